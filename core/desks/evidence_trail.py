"""Follows the evidence of a question from library to prompt, as the viewer may see it; it judges no answer.

A document that the viewer may not see is treated as one that does not exist.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from core.answering.diagnosis import Piece
from core.evaluation.held import Place, holds, shown, touches
from core.evaluation.quotes import Folded, bare, fold
from core.governance.principals import may_see
from core.index.contract import Access, Entry
from core.retrieval.expansion import widen
from core.retrieval.retriever import retrieve
from core.types import Answer, Document, Hit, Principal, Recipe, Span, no_scores

if TYPE_CHECKING:
    from core.evaluation.questions import Evidence
    from core.workbench import Workbench

_WIDE = 1_000
"""Candidates of each stage in the search that tells how far away a passage is."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A piece of evidence, how far it came, and where it stands in force; nowhere where it was lost before."""

    piece: Piece
    places: tuple[Place, ...] = ()


class Trail:
    """The way of one answer's evidence."""

    def __init__(self, bench: "Workbench", answer: Answer, recipe: Recipe, viewer: Principal) -> None:
        self._bench, self._answer, self._recipe, self._viewer = bench, answer, recipe, viewer
        self.asker = answer.trace.asker or viewer
        self.asked = answer.trace.understood or answer.trace.question
        self._days = {answer.trace.started_at[:10], date.today().isoformat()}

    def follow(self, evidence: "Evidence") -> Followed:
        """How far a piece of evidence came."""
        if evidence.erased:
            return Followed(Piece("", "", "erased"))
        former, current = self._versions(evidence.document)
        spans = Folded(current.text).find(evidence.quote) if current else ()
        piece = self._standing(Piece(evidence.document, evidence.quote), former, current, bool(spans))
        if current is None or piece.state != "current":
            return Followed(piece)
        piece = replace(piece, hidden=self._hidden(current))
        places = tuple(
            Place(each.id, span, each.text[span.start : span.end])
            for each in (current, *self._copies(current))
            for span in (spans if each is current else Folded(each.text).find(evidence.quote))
        )
        if piece.hidden or self._answer.route != "rag":
            return Followed(piece, places)
        return Followed(self._indexed(piece, current, places), places)

    def _standing(self, piece: Piece, former: list[Document], current: Document | None, stands: bool) -> Piece:
        """The piece with what became of its document."""
        if current and not all(current.in_force(day) for day in self._days):
            return replace(piece, state="not in force", valid=_valid(current))
        if not stands:
            before = next((each for each in reversed(former) if Folded(each.text).find(piece.quote)), None)
            if before:
                return replace(piece, state="gone" if current else "withdrawn", version=before.version)
            return replace(piece, state="never" if current else "missing")
        drawn = {hit.chunk.document_id for hit in self._answer.trace.candidates}
        replaced = next((each for each in former if each.id in drawn), None)
        return replace(piece, state="replaced", version=replaced.version) if replaced else piece

    def outdated(self) -> str:
        """The name of a document that the answer cites and that is no longer in force, or nothing."""
        current = {each.id for each in self._bench.library.standings() if each.current}
        today = date.today().isoformat()
        for citation in self._answer.citations:
            if citation.document_id not in current:
                return citation.document
            document = self._bench.library.get(citation.document_id)
            if not document.in_force(today):
                return citation.document
        return ""

    def cited(self, places: Sequence[Place]) -> bool:
        """Whether a receipt of the answer overlaps one of the places."""
        return any(
            citation.document_id == place.document_id
            and citation.start < place.span.end
            and place.span.start < citation.end
            for citation in self._answer.citations
            for place in places
        )

    # -- within --------------------------------------------------------------------------------------------------------

    def _versions(self, name: str) -> tuple[list[Document], Document | None]:
        """Former versions, oldest first, and the one in the library now, as far as the viewer may see them."""
        seen = [
            each
            for each in self._bench.library.standings()
            if each.name == name and may_see(self._viewer, each.zone, each.labels)
        ]
        former = [self._bench.library.get(each.id) for each in seen if not each.current]
        return former, next((self._bench.library.get(each.id) for each in seen if each.current), None)

    def _copies(self, document: Document) -> list[Document]:
        """What the answer cites that says word for word the same as a document, under another name."""
        ids = {citation.document_id for citation in self._answer.citations} - {document.id}
        cited = [each for each in self._bench.library.standings() if each.id in ids and each.current]
        seen = [self._bench.library.get(e.id) for e in cited if may_see(self._viewer, e.zone, e.labels)]
        return [each for each in seen if bare(each.text) == bare(document.text)]

    def _hidden(self, document: Document) -> str:
        """Why the asker may not see the document, as the rest of a sentence; empty where he may."""
        who = self.asker
        if document.zone not in who.zones:
            return f"lies in the zone {document.zone}, which '{who.name}' may not see"
        if not may_see(who, document.zone, document.labels):
            beyond = sorted(set(document.labels) - set(who.labels or ()))
            return f"is labelled {', '.join(beyond)}, which '{who.name}' may not see"
        return ""

    def _indexed(self, piece: Piece, document: Document, places: tuple[Place, ...]) -> Piece:
        """The piece with what index, search and prompt hold of it."""
        key, trace = self._recipe.index_key, self._answer.trace
        self._bench.prepare(self._recipe)
        entries = list(self._bench.index.entries(key, document.zone, document.id))
        if not entries:
            return replace(piece, state="unindexed")
        parts = [entry for entry in entries if touches(entry.chunk, places)]
        if not parts:
            return replace(piece, state="uncovered")
        holders = [e.chunk.id for e in parts if holds(e.chunk, piece.quote, places, self._read(e))]
        wanted = fold(piece.quote).strip()
        found = {hit.chunk.id: hit for hit in trace.candidates}
        holders += [i for i, hit in found.items() if i not in holders and wanted in fold(hit.chunk.text)]
        piece = replace(
            piece,
            holders=tuple(holders),
            parts=tuple(entry.chunk.id for entry in parts),
            shown=shown(self._answer.sources, piece.quote, places),
        )
        if piece.shown or not holders or set(holders) & (set(found) | set(trace.barred)):
            return piece
        if self._now_found(piece) or _after(document.added_at, trace.started_at):
            return replace(piece, state="later")
        return replace(piece, ranks=self._ranks(holders))

    def _read(self, entry: Entry) -> Span:
        """What is read of a passage where it is found."""
        bench, settings, chunk = self._bench, self._recipe.retrieval, entry.chunk
        if settings.expand in ("none", "new"):
            return chunk.around or Span(chunk.start, chunk.end)
        hit = Hit(chunk, entry.document, entry.zone, 1, no_scores())
        parts = bench.retriever(self._recipe)
        assert parts.texts is not None
        (wide,) = widen([hit], self._recipe.index_key, settings, bench.index, parts.texts, parts.closed)
        return Span(wide.shown.start, wide.shown.end)

    def _now_found(self, piece: Piece) -> bool:
        """Whether the same search, made now, has it among its candidates: then the documents have changed since."""
        hits = retrieve(self.asked, self._recipe, Access.of(self.asker), self._bench.retriever(self._recipe))
        return bool({hit.chunk.id for hit in hits} & set(piece.holders))

    def _ranks(self, holders: Sequence[str]) -> tuple[tuple[str, int], ...]:
        """The best ranks that these passages have in a search of both kinds without narrow bounds."""
        settings = replace(
            self._recipe.retrieval, mode="hybrid", candidates=_WIDE, rerank="none", mmr=None, expand="none",
            words_known=0.0,
        )  # fmt: skip
        wide = replace(self._recipe, retrieval=settings)
        hits = retrieve(self.asked, wide, Access.of(self.asker), self._bench.retriever(wide))
        held = [hit for hit in hits if hit.chunk.id in set(holders)]
        ranks: dict[str, int] = {}
        for hit in held:
            for name in ("dense", "sparse"):
                if name in hit.scores:
                    ranks[name] = min(hit.scores[name].rank, ranks.get(name, _WIDE))
            ranks["fused"] = min(hit.rank, ranks.get("fused", 2 * _WIDE))
        return tuple(ranks.items())


def _valid(document: Document) -> str:
    parts = [f"from {document.valid_from}" if document.valid_from else ""]
    parts.append(f"until {document.valid_until}" if document.valid_until else "")
    return " ".join(part for part in parts if part)


def _after(added: str, asked: str) -> bool:
    """Whether a document came after the question; its moment is known to the second."""
    return bool(added) and datetime.fromisoformat(added) > datetime.fromisoformat(asked)
