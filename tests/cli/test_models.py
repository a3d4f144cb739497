"""`models list`: what can be fetched, and what a server offers."""

import json
from collections.abc import Iterator

import pytest

from tests.cli.running import run
from tests.generation.chat_server import SECRET, ChatServer, serving


@pytest.fixture
def chat() -> Iterator[ChatServer]:
    with serving() as made:
        yield made


def test_the_models_of_a_server(chat: ChatServer) -> None:
    rows = [
        {"id": "big", "object": "model", "max_model_len": 8192},
        {"id": "formal", "object": "model", "parent": "big"},
    ]
    chat.listing = (200, {"object": "list", "data": rows})
    done = run("models", "list", "--url", chat.url, "--json", TOUCHSTONE_OPENAI_API_KEY=SECRET)
    assert json.loads(done.stdout) == {
        "models": [
            {"name": "big", "parent": "", "window": 8192},
            {"name": "formal", "parent": "big", "window": None},
        ]
    }
    assert chat.keys == [f"Bearer {SECRET}"]
    assert run("models", "list", "--url", chat.url).stdout == "big  8,192 tokens\nformal  adapts big\n"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://127.0.0.1:9/v1", "The server at http://127.0.0.1:9/v1 cannot be reached."),
        ("localhost:8000", "The address of a model server begins with http:// or https://, then the host."),
    ],
)
def test_a_server_that_cannot_be_asked(url: str, told: str) -> None:
    done = run("models", "list", "--url", url, TOUCHSTONE_OPENAI_API_KEY=SECRET)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"touchstone: {told}\n"


def test_the_catalogue(tmp_path: object) -> None:
    done = run("models", "list", "--json", TOUCHSTONE_CACHE=str(tmp_path))
    rows = json.loads(done.stdout)["models"]
    assert {"smollm2", "minilm", "e5"} <= {row["name"] for row in rows}
    assert not any(row["present"] for row in rows)
