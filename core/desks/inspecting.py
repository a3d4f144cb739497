"""What a person may do with answers that were given: find them, open them, ask them again with one thing changed.

A trace tells what its asker saw. It is shown to who sees as much, and only while every document that it drew on may be
seen by him, and the adapter that wrote the answer may answer him; other people's questions are for those who may read
them. It makes no answer itself and judges none.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from core.desks.adapters import barred_adapters
from core.errors import NotFound, RequestError
from core.governance.audited import audited
from core.governance.principals import may_see, sees_as_much
from core.governance.rights import may
from core.types import Answer, Hit, Principal, Recipe, no_scores

if TYPE_CHECKING:
    from core.answering.events import Event
    from core.answering.records import Listed
    from core.answering.replay import Given
    from core.answering.report import Part
    from core.answering.writing import Stop
    from core.workbench import Workbench


class Inspector:
    """What the workbench hands out as `bench.inspector`."""

    def __init__(self, bench: "Workbench") -> None:
        self._bench = bench
        self.audit = bench.audit

    def traces(self, principal: Principal, text: str = "") -> "list[Listed]":
        """The traces that the principal may open, newest first; with a text those whose question or answer holds it."""
        rows = self._bench.records.listed(text=text.strip())
        barred, adapters = self._barred(principal), barred_adapters(self._bench, principal)
        return [r for r in rows if r.id not in barred and r.adapter not in adapters and _may_read(r, principal)]

    def open(self, trace_id: str, principal: Principal) -> Answer:
        """The answer with its trace as it was given; raises NotFound, also for one that the principal may not see."""
        self._require(trace_id, principal)
        return self._bench.records.open(trace_id, self._bench.guards.current.text)

    @audited("exported trace", trace="trace_id")
    def export(self, trace_id: str, principal: Principal) -> str:
        """A trace as JSON, with the text of every candidate; raises NotFound."""
        from core.answering.kept import as_body

        answer = self.open(trace_id, principal)
        body = as_body(answer)
        for held, hit in zip(body["candidates"], answer.trace.candidates, strict=True):
            held["chunk"]["text"] = hit.chunk.text
            if hit.passage:
                held["passage"]["text"] = hit.passage.text
        return json.dumps({"trace": trace_id, **body}, ensure_ascii=False, indent=2)

    def report(self, question: str, parts: "Sequence[Part]", principal: Principal) -> str:
        """A comparison of answers as one HTML file, each of them noted as exported; raises NotFound."""
        from core.answering.report import report

        for part in parts:
            self._require(part.answer.trace.id, principal)
        made = report(question, parts, datetime.now().astimezone().strftime("%Y-%m-%d %H:%M"))
        for part in parts:
            self.audit.note(principal, "exported trace", trace=part.answer.trace.id, form="html")
        return made

    @audited("replayed", told=lambda _: None, parent="trace_id", recipe="recipe")
    def rerun(
        self,
        trace_id: str,
        recipe: Recipe,
        principal: Principal,
        pinned: Sequence[tuple[str, str]] = (),
        barred: Sequence[str] = (),
        messages: Sequence[tuple[str, str]] | None = None,
        stop: "Stop" = lambda: False,
    ) -> "Iterator[Event]":
        """Ask a trace's question again as its asker did, with this recipe, from the first stage that a change touches.

        `pinned` are passages as (document id, chunk id), `barred` ids of chunks, `messages` a prompt in own words. The
        answer's trace names its parent and the stage. Raises NotFound, RequestError.
        """
        before = self.open(trace_id, principal)
        asker = before.trace.asker or principal
        self._bench.adapters.require(recipe, principal)
        given = self._given(before, recipe, asker, pinned, barred, messages)
        return self._bench.ask(
            before.trace.question, recipe, asker, stop, given=given, origin="inspector", by=principal
        )

    # -- within --------------------------------------------------------------------------------------------------------

    def _given(
        self,
        before: Answer,
        recipe: Recipe,
        asker: Principal,
        pinned: Sequence[tuple[str, str]],
        barred: Sequence[str],
        messages: Sequence[tuple[str, str]] | None,
    ) -> "Given":
        from core.answering.replay import Given, first_changed

        trace = before.trace
        since = first_changed(trace.choice, recipe) if trace.choice else "retrieve"
        current = {each.id for each in self._bench.library.standings() if each.current}
        held = {hit.chunk.document_id for hit in trace.candidates}
        if not held <= current or not trace.candidates:
            since = "retrieve"  # what is withdrawn or replaced must not answer again
        elif since == "generate" and (pinned or barred or trace.pinned or trace.barred):
            since = "pack"
        hits = None
        if since != "retrieve":  # without what a person put there in the earlier answer
            hits = tuple(hit for hit in trace.candidates if hit.scores or hit.chunk.id not in trace.pinned)
        return Given(
            parent=trace.id,
            since=since,
            understood=trace.understood,
            hits=hits,
            pinned=tuple(self._hit(before, recipe, asker, *each) for each in pinned),
            barred=frozenset(barred),
            messages=tuple(messages) if messages is not None else None,
        )

    def _hit(self, before: Answer, recipe: Recipe, asker: Principal, document_id: str, chunk_id: str) -> Hit:
        """The passage as a candidate: the search's own, or one that no search found."""
        for hit in before.trace.candidates:
            if hit.chunk.id == chunk_id and before.trace.choice and before.trace.choice.index_key == recipe.index_key:
                return hit
        document = self._bench.visible(document_id, asker)
        self._bench.prepare(recipe)
        for entry in self._bench.index.entries(recipe.index_key, document.zone, document.id):
            if entry.chunk.id == chunk_id:
                return Hit(entry.chunk, entry.document, entry.zone, 1, no_scores())
        raise RequestError(f"'{document.name}' has no such passage in the index of this recipe; it is cut another way.")

    def _require(self, trace_id: str, principal: Principal) -> None:
        rows = self._bench.records.listed([trace_id])
        hidden = trace_id in self._barred(principal) or not rows or not _may_read(rows[0], principal)
        if hidden or rows[0].adapter in barred_adapters(self._bench, principal):
            raise NotFound(f"There is no trace '{trace_id}'.")

    def _barred(self, principal: Principal) -> set[str]:
        """Ids of the traces that drew on a document which the principal may not see now."""
        hidden = [each.id for each in self._bench.library.standings() if not may_see(principal, each.zone, each.labels)]
        return set(self._bench.records.about(hidden)) if hidden else set()


def _may_read(row: "Listed", principal: Principal) -> bool:
    asker = Principal(row.principal, (), row.zones, row.labels)
    own = row.principal == principal.name or may(principal, "read others")
    return own and sees_as_much(principal, asker)
