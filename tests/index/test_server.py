"""What only a store on a server must do: bear a server that is away, slow or broken, and never tell its key."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from qdrant_client import QdrantClient

from core.errors import IndexFailure, IndexUnavailable
from core.index.reaching import Reaching, without_credentials
from core.index.server import ServerIndex
from core.index.server_collections import ServerSettings
from tests.index.test_contract import SPEC, add, entry

KEY = "sk-very-secret-4711"
NO_ALIASES = json.dumps({"result": {"aliases": []}, "status": "ok", "time": 0.0}).encode()


@contextmanager
def answering(answer: Callable[[int], tuple[int, bytes] | None]) -> Iterator[tuple[str, list[str]]]:
    """A server whose n-th answer is `answer(n)`; None never answers. Yields its address and the paths asked for."""
    asked: list[str] = []
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            found = answer(len(asked))
            if found is None:
                ended.wait(20)
                return
            status, body = found
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def reaching(url: str, retries: int = 2, timeout: int = 1, key: str = "") -> Iterator[ServerIndex]:
    index = ServerIndex(ServerSettings(url, key, timeout=timeout, retries=retries))
    try:
        yield index
    finally:
        index.close()


def test_a_server_that_works_again_after_two_failures_is_used() -> None:
    with answering(lambda n: (503, b"{}") if n < 3 else (200, NO_ALIASES)) as (url, asked), reaching(url) as index:
        assert index.keys() == ()
        assert len(asked) == 3


def test_a_server_that_stays_broken_is_named_in_one_sentence() -> None:
    with answering(lambda _: (503, b"{}")) as (url, asked), reaching(url) as index:
        with pytest.raises(IndexUnavailable) as caught:
            index.keys()
        assert str(caught.value) == f"The Qdrant server at {url} answers 503; try again when it is back."
        assert len(asked) == 3


def test_a_server_that_never_answers_is_given_up_in_time() -> None:
    with answering(lambda _: None) as (url, asked), reaching(url, retries=1) as index:
        began = time.monotonic()
        with pytest.raises(IndexUnavailable, match="does not answer in time"):
            index.keys()
        assert time.monotonic() - began < 8
        assert len(asked) == 2


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with reaching(url, retries=0) as index, pytest.raises(IndexUnavailable, match=f"{url} cannot be reached"):
        index.keys()


@pytest.mark.parametrize(("status", "said"), [(401, "refuses the API key"), (404, "refused a request \\(404\\)")])
def test_what_trying_again_cannot_mend_is_asked_once(status: int, said: str) -> None:
    with answering(lambda _: (status, b'{"status":{"error":"no"}}')) as (url, asked), reaching(url) as index:
        with pytest.raises(IndexFailure, match=said) as caught:
            index.keys()
        assert not isinstance(caught.value, IndexUnavailable)
        assert len(asked) == 1


def test_another_kind_of_server_is_told_apart() -> None:
    with answering(lambda _: (200, b"<html>hello</html>")) as (url, asked), reaching(url) as index:
        with pytest.raises(IndexFailure, match="is no Qdrant server"):
            index.keys()
        assert len(asked) == 1


@pytest.mark.filterwarnings("ignore:Api key is used with an insecure connection")
def test_the_key_is_in_no_error_no_repr_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    answers = {1: (503, KEY.encode()), 2: (401, KEY.encode()), 3: (500, KEY.encode()), 4: (400, KEY.encode())}
    with answering(lambda n: answers[n]) as (url, _):
        address = url.replace("http://", f"http://user:{KEY}@") + f"?api-key={KEY}"
        told = [repr(ServerSettings(address, KEY))]
        for retries in (1, 0, 0):
            with reaching(address, retries, key=KEY) as index, pytest.raises(IndexFailure) as caught:
                told.append(repr(index))
                index.keys()
            told += [str(caught.value), repr(caught.value), str(caught.value.__cause__)]
    assert KEY not in " ".join(told)
    assert KEY not in caplog.text


def test_pauses_grow_between_tries() -> None:
    pauses: list[float] = []

    def fail() -> None:
        from qdrant_client.http.exceptions import ResponseHandlingException

        raise ResponseHandlingException(OSError("gone"))

    with pytest.raises(IndexUnavailable):
        Reaching("http://somewhere", 3, pauses.append).do(fail)
    assert len(pauses) == 3
    assert pauses[0] < pauses[1] < pauses[2]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://user:pass@host:6333/base?key=1#x", "https://host:6333/base"),
        ("http://[::1]:6333", "http://[::1]:6333"),
        ("http://localhost", "http://localhost"),
    ],
)
def test_an_address_is_told_without_credentials(url: str, name: str) -> None:
    assert without_credentials(url) == name


def test_a_rewrite_swaps_the_alias_and_removes_the_old_collection() -> None:
    client = QdrantClient(":memory:")
    index = ServerIndex(ServerSettings("http://nowhere"), client)
    index.open(SPEC)
    add(index, [entry("a", n) for n in range(3)])
    index.delete_documents("k", "public", ["a"])
    add(index, [entry("b", n) for n in range(2)])
    index.rewrite("k", "public")
    names = {c.name for c in client.get_collections().collections}
    assert names == {"touchstone_k_public_v2", "touchstone_k_internal_v1", "touchstone_k_restricted_v1"}
    assert index.counts("k", "public") == {"b": 2}
    index.close()


def test_a_collection_of_another_workspace_is_refused() -> None:
    client = QdrantClient(":memory:")
    first = ServerIndex(ServerSettings("http://nowhere", owner="one"), client)
    first.open(SPEC)
    add(first, [entry("a", 0)])
    second = ServerIndex(ServerSettings("http://nowhere", owner="two"), client)
    with pytest.raises(IndexFailure, match="belongs to another workspace"):
        second.open(SPEC)
    ServerIndex(ServerSettings("http://nowhere", prefix="mine", owner="two"), client).open(SPEC)
    assert first.counts("k", "public") == {"a": 1}
    first.close()
