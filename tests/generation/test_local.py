import threading
from pathlib import Path

import pytest

from core.errors import DeadlineExceeded, GenerationError, QueueFull
from core.generation.local import Limits, LocalModel

QUESTION = [("user", "Name three colours.")]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A llama of two layers with random weights and the real tokenizer: everything but sense."""
    import torch
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    from core.models.cache import model_folder
    from core.settings import Settings

    folder = tmp_path_factory.mktemp("tiny")
    tokenizer = AutoTokenizer.from_pretrained(model_folder(Settings().models, "smollm2"))
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        eos_token_id=tokenizer.eos_token_id,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


@pytest.fixture
def model(tiny: Path):
    made = LocalModel(tiny, waiting=2)
    yield made
    made.close()


def test_greedy_answers_repeat_and_are_counted(model: LocalModel) -> None:
    first, second = model.stream(QUESTION, Limits(max_tokens=12)), model.stream(QUESTION, Limits(max_tokens=12))
    texts = ["".join(first), "".join(second)]
    assert texts[0] == texts[1] != ""
    assert first.tokens.answer == 12
    assert first.tokens.prompt == second.tokens.prompt > 10
    assert first.tokens.first_token_ms > 0


def test_two_threads_each_get_their_own_answer(model: LocalModel) -> None:
    alone = {q: "".join(model.stream([("user", q)], Limits(max_tokens=10))) for q in ("One?", "Another thing?")}
    together: dict[str, str] = {}

    def ask(q: str) -> None:
        together[q] = "".join(model.stream([("user", q)], Limits(max_tokens=10)))

    threads = [threading.Thread(target=ask, args=(q,)) for q in alone]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone


def test_cancel_ends_the_stream_early(model: LocalModel) -> None:
    stream = model.stream(QUESTION, Limits(max_tokens=2000))
    pieces = iter(stream)
    next(pieces)
    stream.cancel()
    list(pieces)
    assert stream.tokens.answer < 2000


def test_a_full_queue_refuses_and_the_place_is_known(model: LocalModel) -> None:
    running = model.stream(QUESTION, Limits(max_tokens=3000))
    next(iter(running))
    waiting = [model.stream(QUESTION, Limits(max_tokens=1)) for _ in range(2)]
    assert [stream.ahead for stream in waiting] == [1, 2]
    with pytest.raises(QueueFull, match="2 questions wait"):
        model.stream(QUESTION)
    running.cancel()
    assert all(stream.tokens is not None and list(stream) is not None for stream in waiting)


def test_a_deadline_reaches_only_its_request(model: LocalModel) -> None:
    with pytest.raises(DeadlineExceeded):
        list(model.stream(QUESTION, Limits(max_tokens=3000, seconds=0.05)))
    assert list(model.stream(QUESTION, Limits(max_tokens=2)))


def test_an_exception_reaches_only_its_request(model: LocalModel) -> None:
    with pytest.raises(GenerationError):
        list(model.stream([("no such role", None)]))  # type: ignore[list-item]
    assert list(model.stream(QUESTION, Limits(max_tokens=2)))


def test_a_closed_model_refuses(tiny: Path) -> None:
    model = LocalModel(tiny)
    model.close()
    with pytest.raises(GenerationError, match="closed"):
        model.stream(QUESTION)
