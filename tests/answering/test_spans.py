"""Answers as spans: what a collector receives over HTTP, and what happens when it is away."""

import gzip
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from core.answering.ask import finish
from core.answering.spans import Sent, Spans, headers_of
from core.errors import RequestError
from core.governance.principals import persona
from core.recipes import recipe
from core.settings import Settings
from core.types import Answer
from core.workbench import Workbench

QUESTION = "How many days may unused articles be sent back?"


class Collector:
    """Takes OTLP over HTTP and remembers it."""

    def __init__(self, status: int = 200) -> None:
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler) -> None:
                body = handler.rfile.read(int(handler.headers["content-length"]))
                self.bodies.append(gzip.decompress(body) if handler.headers.get("content-encoding") == "gzip" else body)
                self.headers.append({name.lower(): value for name, value in handler.headers.items()})
                handler.send_response(status)
                handler.end_headers()

            def log_message(handler, *_: Any) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1/traces"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def spans(self) -> list[Any]:
        requests = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return [s for r in requests for group in r.resource_spans for scope in group.scope_spans for s in scope.spans]


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.close()


@pytest.fixture(scope="module")
def answer(filled: Workbench) -> Answer:
    return finish(filled.ask(QUESTION, recipe("extractive"), persona("officer")))


def attributes(span: Any) -> dict[str, Any]:
    return {a.key: getattr(a.value, a.value.WhichOneof("value")) for a in span.attributes}


def test_an_answer_is_one_trace_under_its_own_id(collector: Collector, answer: Answer) -> None:
    spans = Spans(collector.url, {"x-key": "secret"})
    spans.send(answer)
    spans.close()
    sent = sorted(collector.spans, key=lambda span: span.start_time_unix_nano)
    assert {span.trace_id.hex() for span in sent} == {answer.trace.id}
    (root,) = (span for span in sent if span.name == "ask")
    steps = [span for span in sent if span is not root]
    assert [span.name for span in steps] == [stage.name for stage in answer.trace.stages]
    assert all(span.parent_span_id == root.span_id for span in steps)
    taken = (root.end_time_unix_nano - root.start_time_unix_nano) / 1e6
    assert taken == pytest.approx(answer.trace.total_ms, rel=0.05)
    held = attributes(root)
    assert held["openinference.span.kind"] == "CHAIN"
    assert (held["input.value"], held["output.value"]) == (QUESTION, answer.text)
    found = attributes(next(span for span in collector.spans if span.name == "retrieve"))
    assert found["openinference.span.kind"] == "RETRIEVER"
    assert found["retrieval.documents.0.document.content"] == answer.trace.candidates[0].shown.text
    assert collector.headers[0]["x-key"] == "secret"
    assert spans.sent == Sent(len(answer.trace.stages) + 1, 0)


def test_without_texts_no_word_of_question_passage_or_answer_is_sent(collector: Collector, answer: Answer) -> None:
    spans = Spans(collector.url, {}, texts=False)
    spans.send(answer)
    spans.close()
    sent = b"".join(collector.bodies)
    assert answer.trace.id in {span.trace_id.hex() for span in collector.spans}
    for text in (QUESTION, answer.text, *(hit.document for hit in answer.trace.candidates)):
        assert text.encode() not in sent


def test_a_collector_that_refuses_is_counted(answer: Answer) -> None:
    refusing = Collector(400)
    spans = Spans(refusing.url, {})
    spans.send(answer)
    spans.close()
    refusing.close()
    assert spans.sent == Sent(0, len(answer.trace.stages) + 1)


def test_the_workbench_sends_what_it_answers(tmp_path: Path, collector: Collector, minilm: object) -> None:
    with Workbench(Settings(workspace=tmp_path / "w", otel_endpoint=collector.url), "a test") as bench:
        trace = finish(bench.ask("hello", recipe("extractive"), persona("viewer"))).trace.id
    assert {span.trace_id.hex() for span in collector.spans} == {trace}


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    with (
        Workbench(Settings(workspace=tmp_path / "w", otel_endpoint="ftp://x"), "a test") as bench,
        pytest.raises(RequestError),
    ):
        finish(bench.ask("hello", recipe("extractive"), persona("viewer")))


def test_headers_are_pairs() -> None:
    assert headers_of("Authorization=Bearer a=b, x-y = z,broken,=c") == {"authorization": "Bearer a=b", "x-y": "z"}
    assert headers_of("") == {}
