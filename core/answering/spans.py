"""Answers as OpenTelemetry spans in OpenInference's convention, sent to a collector such as Phoenix; it keeps nothing.

One trace an answer, under the same id as in the workspace: the question as a chain, the search as a retriever with its
passages, the model with its messages and tokens, each step with the time that it took. Sending happens behind the
answer; what could not be sent is counted, never hidden, and never delays or fails an answer.
"""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from openinference.semconv.resource import ResourceAttributes
from openinference.semconv.trace import (
    DocumentAttributes,
    MessageAttributes,
    OpenInferenceMimeTypeValues,
    OpenInferenceSpanKindValues,
    SpanAttributes,
)
from opentelemetry import trace as otel
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

from core.types import Answer, Hit, Stage

_KIND = SpanAttributes.OPENINFERENCE_SPAN_KIND
_KINDS = {"retrieve": OpenInferenceSpanKindValues.RETRIEVER.value, "generate": OpenInferenceSpanKindValues.LLM.value}
_CHAIN = OpenInferenceSpanKindValues.CHAIN.value
_TIMEOUT = 10.0
"""Seconds that one request to the collector may take."""
_LIMITS = SpanLimits(max_span_attributes=20_000)
"""The usual 128 would lose all but the first thirty candidates of a search."""

Attributes = dict[str, str | int | float | bool]


@dataclass(frozen=True, slots=True)
class Sent:
    """How the sending goes."""

    spans: int
    """Spans that the collector took."""
    failed: int
    """Spans that it did not."""


class Spans:
    """Sends answers to one collector; safe to share between threads."""

    def __init__(
        self, endpoint: str, headers: Mapping[str, str], texts: bool = True, exporter: SpanExporter | None = None
    ) -> None:
        """`endpoint` takes OTLP over HTTP; with `texts` False no word of question, passage or answer is sent."""
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # it would log the collector's words, and ours
        real = exporter or OTLPSpanExporter(endpoint, headers=dict(headers), timeout=_TIMEOUT)
        self._counting = _Counting(real)
        self._texts = texts
        self._ids = _Ids()
        resource = Resource.create({SERVICE_NAME: "touchstone", ResourceAttributes.PROJECT_NAME: "touchstone"})
        self._provider = TracerProvider(
            resource=resource, id_generator=self._ids, shutdown_on_exit=False, span_limits=_LIMITS
        )
        self._provider.add_span_processor(BatchSpanProcessor(self._counting))
        self._tracer = self._provider.get_tracer("touchstone")
        self._lock = threading.Lock()

    @property
    def sent(self) -> Sent:
        """What was sent so far."""
        return Sent(self._counting.spans, self._counting.failed)

    def send(self, answer: Answer) -> None:
        """Hand an answer's spans to the sending thread."""
        began = _nanoseconds(answer.trace.started_at)
        with self._lock:  # the id belongs to the next root only
            self._ids.next_trace = int(answer.trace.id, 16)
            root = self._tracer.start_span("ask", attributes=self._root(answer), start_time=began)
        context = otel.set_span_in_context(root)
        at = began
        for stage in answer.trace.stages:
            until = at + round(stage.ms * 1e6)
            attributes = self._stage(stage, answer)
            self._tracer.start_span(stage.name, context, attributes=attributes, start_time=at).end(until)
            at = until
        root.end(at)

    def close(self) -> None:
        """Send what waits, and end."""
        self._provider.shutdown()

    # -- attributes --------------------------------------------------------------------------------------------------

    def _root(self, answer: Answer) -> Attributes:
        trace = answer.trace
        found: Attributes = {
            _KIND: _CHAIN,
            "touchstone.recipe": trace.recipe,
            "touchstone.route": answer.route,
            "touchstone.adapter": answer.adapter or "none",
            "touchstone.abstained": answer.abstained,
            SpanAttributes.USER_ID: trace.principal,
        }
        return found | self._said(trace.question, answer.text)

    def _stage(self, stage: Stage, answer: Answer) -> Attributes:
        found: Attributes = {
            _KIND: _KINDS.get(stage.name, _CHAIN),
            "touchstone.went_in": stage.went_in,
            "touchstone.came_out": stage.came_out,
            "touchstone.detail": stage.detail,
        }
        if stage.name == "retrieve":
            found |= self._documents(answer.trace.candidates)
            if self._texts:
                found[SpanAttributes.INPUT_VALUE] = answer.trace.understood or answer.trace.question
        if stage.name == "generate":
            found |= self._model(answer)
        return found

    def _documents(self, hits: Sequence[Hit]) -> Attributes:
        found: Attributes = {}
        for number, hit in enumerate(hits):
            place = f"{SpanAttributes.RETRIEVAL_DOCUMENTS}.{number}"
            found[f"{place}.{DocumentAttributes.DOCUMENT_ID}"] = hit.chunk.id
            found[f"{place}.{DocumentAttributes.DOCUMENT_SCORE}"] = 1 / hit.rank
            found[f"{place}.touchstone.fate"] = hit.fate.value
            if self._texts:
                found[f"{place}.{DocumentAttributes.DOCUMENT_CONTENT}"] = hit.shown.text
                found[f"{place}.{DocumentAttributes.DOCUMENT_NAME}"] = hit.document
        return found

    def _model(self, answer: Answer) -> Attributes:
        tokens, prompt = answer.tokens, answer.trace.prompt
        choice = answer.trace.choice
        found: Attributes = {
            SpanAttributes.LLM_MODEL_NAME: choice.generation.model if choice else answer.model,
            SpanAttributes.LLM_TOKEN_COUNT_PROMPT: tokens.prompt,
            SpanAttributes.LLM_TOKEN_COUNT_COMPLETION: tokens.answer,
            SpanAttributes.LLM_TOKEN_COUNT_TOTAL: tokens.prompt + tokens.answer,
        }
        if not self._texts:
            return found
        written = answer.trace.draft or answer.text
        for number, (role, content) in enumerate(prompt.messages if prompt else ()):
            place = f"{SpanAttributes.LLM_INPUT_MESSAGES}.{number}"
            found[f"{place}.{MessageAttributes.MESSAGE_ROLE}"] = role
            found[f"{place}.{MessageAttributes.MESSAGE_CONTENT}"] = content
        place = f"{SpanAttributes.LLM_OUTPUT_MESSAGES}.0"
        found[f"{place}.{MessageAttributes.MESSAGE_ROLE}"] = "assistant"
        found[f"{place}.{MessageAttributes.MESSAGE_CONTENT}"] = written
        return found | self._said(answer.trace.received, written)

    def _said(self, question: str, answer: str) -> Attributes:
        if not self._texts:
            return {}
        text = OpenInferenceMimeTypeValues.TEXT.value
        return {
            SpanAttributes.INPUT_VALUE: question,
            SpanAttributes.INPUT_MIME_TYPE: text,
            SpanAttributes.OUTPUT_VALUE: answer,
            SpanAttributes.OUTPUT_MIME_TYPE: text,
        }


class _Ids(RandomIdGenerator):
    """Gives the next trace the id that it has in the workspace."""

    next_trace = 0

    def generate_trace_id(self) -> int:
        given, self.next_trace = self.next_trace, 0
        return given or super().generate_trace_id()


class _Counting(SpanExporter):
    """Counts what the collector took and what it did not."""

    def __init__(self, real: SpanExporter) -> None:
        self._real = real
        self.spans = self.failed = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        try:
            result = self._real.export(spans)
        except Exception:  # the collector's trouble is counted, and is no answer's trouble
            result = SpanExportResult.FAILURE
        if result is SpanExportResult.SUCCESS:
            self.spans += len(spans)
        else:
            self.failed += len(spans)
        return result

    def shutdown(self) -> None:
        self._real.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._real.force_flush(timeout_millis)


def headers_of(text: str) -> dict[str, str]:
    """`name=value` pairs, comma between them, as OTEL_EXPORTER_OTLP_HEADERS has them; what is no pair is left out."""
    pairs = (pair.partition("=") for pair in text.split(","))
    return {name.strip().lower(): value.strip() for name, sign, value in pairs if sign and name.strip()}


def _nanoseconds(iso: str) -> int:
    return round(datetime.fromisoformat(iso).timestamp() * 1e9)
