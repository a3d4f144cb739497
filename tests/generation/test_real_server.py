"""A server that is not ours: llama.cpp's, with the same weights as the local model, started by the test."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from benchmarks.generation import gguf
from core.answering.events import Delta, Done
from core.errors import DeadlineExceeded, GenerationError
from core.generation.contract import Limits
from core.generation.server import ServerModel
from core.governance.principals import persona
from core.models.cache import model_folder
from core.recipes import BUILT_IN, varied
from core.servers import client, served
from core.settings import Settings
from core.workbench import Workbench

pytestmark = pytest.mark.weights
ROOT = Path(__file__).parent.parent.parent
KEY = SecretStr("sk-canary-1414213562")
QUESTION = [("system", "You are brief."), ("user", "Name three colours of the rainbow.")]


@dataclass(frozen=True)
class Running:
    root: str

    @property
    def url(self) -> str:
        return f"{self.root}/v1"

    def busy(self) -> int:
        """Requests that the server works on at this moment, by its own word."""
        with client(self.root, KEY, 10) as asking:
            slots = asking.get("/slots", cast_to=object)
        return sum(slot["is_processing"] for slot in slots)  # type: ignore[attr-defined]

    def falls_idle(self) -> bool:
        until = time.monotonic() + 10
        while (busy := self.busy()) and time.monotonic() < until:
            time.sleep(0.05)
        return not busy


@pytest.fixture(scope="module")
def llama() -> Iterator[Running]:
    command = [sys.executable, "-m", "tests.generation.llama_server", str(gguf()), KEY.get_secret_value()]
    child = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    with child:
        assert child.stdout is not None
        address = next((line.strip() for line in child.stdout if line.startswith("http://")), "")
        assert address, "llama.cpp's server did not start"
        yield Running(address)
        assert child.stdin is not None
        child.stdin.close()


@pytest.fixture(scope="module")
def model(llama: Running) -> Iterator[ServerModel]:
    made = ServerModel("smollm2", llama.url, KEY)
    yield made
    made.close()


def test_it_lists_what_it_serves(llama: Running) -> None:
    (one,) = served(llama.url, KEY)
    assert (one.name, one.parent, one.window) == ("smollm2", "", 4096)


def test_an_answer_with_counts_and_log_probabilities(model: ServerModel) -> None:
    from transformers import AutoTokenizer

    stream = model.stream(QUESTION, Limits(max_tokens=24))
    pieces = list(stream)
    assert 1 < len(pieces) <= 24
    assert stream.tokens.answer <= 24
    assert not stream.tokens.estimated
    assert len(pieces) <= len(stream.tokens.logprobs) <= stream.tokens.answer
    assert all(value <= 0 for value in stream.tokens.logprobs)
    assert stream.tokens.first_token_ms > 0
    assert stream.tokens.per_second > 0
    tokenizer = AutoTokenizer.from_pretrained(model_folder(Settings().models, "smollm2"))
    chat = [{"role": role, "content": content} for role, content in QUESTION]
    text = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
    assert stream.tokens.prompt == len(tokenizer(text, add_special_tokens=False)["input_ids"])
    again = model.stream(QUESTION, Limits(max_tokens=24))
    assert list(again) == pieces  # greedy
    assert again.tokens.reused > 0


def test_cancelling_frees_the_server(llama: Running, model: ServerModel) -> None:
    stream = model.stream([("user", "Write a very long story about a lighthouse.")], Limits(max_tokens=3000))
    seen = []
    for piece in stream:
        seen.append(piece)
        if len(seen) == 1:
            assert llama.busy() == 1
        if len(seen) == 3:
            stream.cancel()
    assert len(seen) == 3
    assert llama.falls_idle()


def test_the_deadline_frees_the_server(llama: Running, model: ServerModel) -> None:
    with pytest.raises(DeadlineExceeded):
        list(model.stream([("user", "Count to ten thousand.")], Limits(max_tokens=3000, seconds=0.12)))
    assert llama.falls_idle()


def test_cancelling_does_not_wait_until_it_has_read_the_prompt(model: ServerModel) -> None:
    stream = model.stream([("user", "What follows? " + "one two three " * 200)], Limits(max_tokens=5))
    threading.Timer(0.3, stream.cancel).start()
    assert list(stream) == []
    assert stream.tokens.first_token_ms == 0


def test_a_prompt_beyond_its_window_is_its_own_sentence(llama: Running, model: ServerModel) -> None:
    with pytest.raises(GenerationError, match=r"answered with status 400 \(.*context size") as caught:
        list(model.stream([("user", "word " * 5000)]))
    assert str(caught.value).startswith(f"The server at {llama.url} ")


def test_a_wrong_key_is_refused(llama: Running) -> None:
    stranger = ServerModel("smollm2", llama.url, SecretStr("sk-wrong"))
    with pytest.raises(GenerationError, match=r"refused the key; set TOUCHSTONE_OPENAI_API_KEY\.$"):
        list(stranger.stream(QUESTION))
    stranger.close()


def test_ask_with_a_recipe_that_names_it_gives_a_cited_answer(
    llama: Running, filled: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"openai:smollm2@{llama.url}"
    monkeypatch.setattr(filled, "settings", filled.settings.model_copy(update={"openai_api_key": KEY}))
    recipe = varied(BUILT_IN["default"], {"generation.model": name, "retrieval.top_k": "2"})
    *_, last = events = list(filled.ask("How many days may unused articles be sent back?", recipe, persona("officer")))
    assert isinstance(last, Done)
    answer = last.answer
    assert "".join(event.text for event in events if isinstance(event, Delta))
    assert answer.citations
    assert not answer.abstained
    assert answer.model in (name, "extractive")
    assert 0 < answer.tokens.answer <= 160
    assert not answer.tokens.estimated
    assert answer.trace.prompt is not None
    assert answer.trace.prompt.tokens == pytest.approx(answer.tokens.prompt, rel=0.35)
    (packed,) = [stage for stage in answer.trace.stages if stage.name == "pack"]
    assert packed.detail == f"about {answer.trace.prompt.tokens} tokens"
    assert KEY.get_secret_value() not in str(filled.records.get(answer.trace.id))
