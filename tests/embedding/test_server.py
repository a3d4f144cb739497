"""An embedding server, spoken to over real HTTP on a free port of this machine."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from pydantic import SecretStr

from core.embedding.registry import open_embedder
from core.embedding.server import ServerEmbedder
from core.errors import EmbeddingFailed, RequestError
from core.settings import Settings

SECRET = "sk-canary-3141592653"


class Endpoint:
    """Answers /v1/embeddings with [length of the text, 4] unless a reply was queued before."""

    def __init__(self) -> None:
        self.queued: list[tuple[int, object]] = []
        self.requests: list[dict[str, object]] = []
        self.keys: list[str | None] = []
        self.pause = 0.0
        self.location = ""
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                endpoint.requests.append(body)
                endpoint.keys.append(self.headers["Authorization"])
                time.sleep(endpoint.pause)
                vectors = [[float(len(text)), 4.0] for text in body["input"]]
                status, reply = endpoint.queued.pop(0) if endpoint.queued else (200, listed(vectors))
                if self.path != "/v1/embeddings":
                    status, reply = 404, {"error": {"message": "no such path"}}
                content = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
                self.send_response(status)
                if status == 429:
                    self.send_header("Retry-After", "0")
                if elsewhere := endpoint.location:
                    self.send_header("Location", elsewhere)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"


def listed(vectors: list[list[float]]) -> dict[str, object]:
    """Embeddings as the interface lists them; in no particular order, as the standard allows."""
    data = [{"object": "embedding", "index": i, "embedding": v} for i, v in enumerate(vectors)]
    return {"object": "list", "model": "m", "data": data[::-1], "usage": {"prompt_tokens": 1, "total_tokens": 1}}


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    made = Endpoint()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def embedder(endpoint: Endpoint, **options) -> ServerEmbedder:
    return ServerEmbedder("m", endpoint.url, SecretStr(SECRET), **{"timeout": 5.0, "retries": 2} | options)


def test_vectors_come_in_order_and_of_unit_length(endpoint: Endpoint) -> None:
    found = embedder(endpoint)
    assert np.allclose(found.passages(["abc", "four"]), [[0.6, 0.8], [0.70710678, 0.70710678]])
    assert found.spec.dimension == 2
    assert found.spec.normalises is False
    assert found.queries(["abc"]).dtype == np.float32
    assert set(endpoint.keys) == {f"Bearer {SECRET}"}
    assert found.revision == f"m@{endpoint.url}"


def test_the_length_is_kept_for_other_distances(endpoint: Endpoint) -> None:
    raw = embedder(endpoint, unit=False)
    assert raw.passages(["abc"]).tolist() == [[3.0, 4.0]]
    assert raw.revision == f"m@{endpoint.url}-raw"


def test_texts_go_in_batches_and_progress_counts_them(endpoint: Endpoint) -> None:
    seen: list[int] = []
    found = embedder(endpoint, batch=3)
    vectors = found.passages(["a" * n for n in range(1, 8)], seen.append)
    assert vectors.shape == (7, 2)
    assert np.allclose(vectors[6], [7 / 65**0.5, 4 / 65**0.5])
    assert [len(r["input"]) for r in endpoint.requests] == [1, 3, 3, 1]  # the first is the probe
    assert seen == [3, 6, 7]
    assert found.passages([]).shape == (0, 2)


def test_an_empty_text_is_sent_as_a_space(endpoint: Endpoint) -> None:
    embedder(endpoint).passages(["", "x"])
    assert endpoint.requests[-1]["input"] == [" ", "x"]


def test_too_many_requests_then_an_answer(endpoint: Endpoint) -> None:
    endpoint.queued = [(429, {"error": {"message": "slow down"}})]
    assert np.allclose(embedder(endpoint).passages(["abc"]), [[0.6, 0.8]])
    assert len(endpoint.requests) == 3


def test_a_server_that_keeps_failing(endpoint: Endpoint) -> None:
    endpoint.queued = [(500, {"error": {"message": "out of memory"}})] * 2
    with pytest.raises(EmbeddingFailed) as caught:
        embedder(endpoint, retries=1).passages(["abc"])
    assert str(caught.value) == f"The embedding server at {endpoint.url} answered with status 500 (out of memory)."
    assert len(endpoint.requests) == 2


def test_a_server_that_does_not_answer_in_time(endpoint: Endpoint) -> None:
    endpoint.pause = 0.6
    with pytest.raises(EmbeddingFailed, match=r"did not answer within 0\.2 seconds"):
        embedder(endpoint, timeout=0.2, retries=0).passages(["abc"])


def test_a_server_that_is_not_there(endpoint: Endpoint) -> None:
    gone = ServerEmbedder("m", "http://127.0.0.1:9/v1", None, timeout=2, retries=0)
    with pytest.raises(
        EmbeddingFailed, match=r"^The embedding server at http://127\.0\.0\.1:9/v1 cannot be reached\.$"
    ):
        gone.passages(["abc"])


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (listed([[1.0, 2.0, 3.0]]), "answered with vectors of 3 numbers where 2 were expected"),
        (listed([[1.0, 2.0], [3.0, 4.0]]), "answered 1 texts with 2 vectors"),
        (listed([]), "answered"),
        (listed([[float("nan"), 2.0]]), "not finite"),
        (b"<html>hello</html>", "no list of embeddings"),
        ({"data": None}, "no list of embeddings"),
        ({"answer": 42}, "no list of embeddings"),
    ],
)
def test_answers_that_are_no_vectors(endpoint: Endpoint, reply: object, reason: str) -> None:
    found = embedder(endpoint, retries=0)
    assert found.spec.dimension == 2
    endpoint.queued = [(200, reply)]
    with pytest.raises(EmbeddingFailed, match=reason):
        found.passages(["abc"])


@pytest.mark.parametrize(
    ("status", "reason"), [(401, "TOUCHSTONE_OPENAI_API_KEY"), (404, "knows no model 'm'"), (400, "status 400")]
)
def test_refusals(endpoint: Endpoint, status: int, reason: str) -> None:
    endpoint.queued = [(status, {"error": {"message": "no"}})]
    with pytest.raises(EmbeddingFailed, match=reason):
        embedder(endpoint).passages(["abc"])
    assert len(endpoint.requests) == 1  # asking again would not help


def test_no_secret_in_errors_names_or_logs(endpoint: Endpoint, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    found = embedder(endpoint, retries=0)
    endpoint.queued = [(403, {"error": {"message": f"key {SECRET} is not allowed"}})]
    with pytest.raises(EmbeddingFailed) as caught:
        found.passages(["abc"])
    told = f"{caught.value!r} {caught.value.__cause__!r} {found.revision} {found!r} {caplog.text}"
    assert "status 403 (key … is not allowed)" in told
    assert SECRET not in told


def test_a_redirect_is_not_followed(endpoint: Endpoint) -> None:
    asked: list[str | None] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.headers["Authorization"])
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as other:
        thread = threading.Thread(target=other.serve_forever, args=(0.02,))
        thread.start()
        endpoint.location = f"http://127.0.0.1:{other.server_address[1]}/v1/embeddings"
        endpoint.queued = [(307, {})]
        with pytest.raises(EmbeddingFailed, match=r"points elsewhere \(status 307\)"):
            embedder(endpoint).passages(["abc"])
        other.shutdown()
        thread.join()
    assert asked == []


@pytest.mark.parametrize("rest", ["someone:pa55word@host/v1", "pa55word@host/v1", "host/v1?token=pa55word"])
def test_an_address_with_a_secret_in_it_is_refused_and_not_repeated(rest: str) -> None:
    with pytest.raises(RequestError, match="TOUCHSTONE_OPENAI_API_KEY") as caught:
        ServerEmbedder("m", f"http://{rest}", None)
    assert "pa55word" not in str(caught.value)


def test_the_registry_reads_the_key_from_the_settings(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHSTONE_OPENAI_API_KEY", SECRET)
    settings = Settings()
    found = open_embedder(f"openai:m@{endpoint.url}", settings, pytest.fail)
    assert found.queries(["abc"]).shape == (1, 2)
    assert endpoint.keys == [f"Bearer {SECRET}"] * 2
    assert SECRET not in f"{settings!r} {settings.model_dump_json()}"


def test_chunk_sizes_are_estimated_and_the_window_is_the_servers(endpoint: Endpoint) -> None:
    found = embedder(endpoint)
    assert found.tokens.count(["Versicherung kostet 12,50 €", "", "黑豹队"]) == [9, 0, 3]
    assert found.tokens.starts("ab, cd").tolist() == [0, 2, 4]
    assert found.tokens_over(["word " * 9000]) == [0]
    assert found.spec.window is None
