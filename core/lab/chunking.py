"""Several ways of cutting one document, side by side, for one who may see it; it stores nothing.

The document's own text and structure are cut; nothing is embedded but sentences, where a strategy cuts by meaning.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.chunking import STRATEGIES, chunk_document
from core.chunking.numbers import Cut, Numbers, cut_spans, index_bytes, numbers
from core.errors import NotFound, RequestError
from core.governance.principals import may_see
from core.guardrails.patterns import Found, personal
from core.types import Chunk, Document, Principal, Recipe, Span, fingerprint

if TYPE_CHECKING:
    from core.assembly import Assembly
    from core.lab.sets import LabSets

_MEASURED = 12
"""Chunks that are embedded to learn an embedder's pace."""
_KEPT = 12
"""Lanes that are kept: a change of one leaves the others as they are."""


@dataclass(frozen=True, slots=True)
class Gold:
    """A quote that proves the answer to a question, and where it stands in the document."""

    question: str
    """The question's text."""
    span: Span


@dataclass(frozen=True, slots=True)
class Lane:
    """One recipe's way of cutting the document."""

    recipe: Recipe
    chunks: tuple[Chunk, ...]
    numbers: Numbers
    gold_cut: tuple[Cut, ...]
    """Quotes that nothing that is read holds wholly."""
    rows_cut: tuple[Cut, ...]
    personal_cut: tuple[Cut, ...]
    window: int
    """Tokens that the embedder reads of a chunk, two special ones among them; 0 where that is not known."""
    seconds: float
    """About what embedding the chunks takes on this machine, none of them known yet."""
    bytes: int
    """About what an index of the chunks takes."""


@dataclass(frozen=True, slots=True)
class Lanes:
    """A document with its lanes."""

    document: Document
    gold: tuple[Gold, ...]
    rows: tuple[Span, ...]
    """Rows of tables."""
    personal: tuple[Found, ...]
    """Personal data that patterns find."""
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True)
class _Whole:
    """What a boundary should not run through."""

    gold: tuple[Span, ...]
    rows: tuple[Span, ...]
    personal: tuple[Span, ...]


class LabChunking:
    """The chunking lab of a workspace."""

    def __init__(self, parts: "Assembly", sets: "LabSets") -> None:
        self._parts = parts
        self._sets = sets
        self._paces: dict[str, float] = {}
        self._kept: OrderedDict[tuple[str, str, str], Lane] = OrderedDict()
        self._keeping = threading.Lock()

    def lanes(
        self, document_id: str, recipes: Sequence[Recipe], principal: Principal, set_name: str | None = None
    ) -> Lanes:
        """Cut a document by each recipe, with the quotes of a question set marked; raises NotFound, RequestError."""
        document = self._parts.library.get(document_id)
        if not may_see(principal, document.zone, document.labels):
            raise NotFound(f"There is no document with the id '{document_id}'.")
        gold = self._gold(document, set_name, principal)
        rows = tuple(row for table in document.tables for row in table.rows)
        found = personal(document.text)
        spans = sorted({each.span for each in gold}, key=lambda span: (span.start, span.end))
        whole = _Whole(tuple(spans), rows, tuple(Span(each.start, each.end) for each in found))
        lanes = tuple(self._once(document, recipe, whole) for recipe in recipes)
        return Lanes(document, gold, rows, found, lanes)

    def forget(self) -> None:
        """Drop the lanes that are kept, as an erasure must."""
        with self._keeping:
            self._kept.clear()

    def _once(self, document: Document, recipe: Recipe, whole: _Whole) -> Lane:
        """The lane as it was cut before, where text, way of cutting and quotes are the same."""
        key = (document.id, recipe.index_key, fingerprint([[span.start, span.end] for span in whole.gold]))
        with self._keeping:
            lane = self._kept.get(key)
        lane = lane or self._lane(document, recipe, whole)
        with self._keeping:
            self._kept[key] = lane
            self._kept.move_to_end(key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return replace(lane, recipe=recipe)

    def _lane(self, document: Document, recipe: Recipe, whole: _Whole) -> Lane:
        if recipe.chunking.strategy not in STRATEGIES:
            raise RequestError(f"There is no strategy '{recipe.chunking.strategy}'; choose {', '.join(STRATEGIES)}.")
        live = self._parts.live(recipe)
        if STRATEGIES[recipe.chunking.strategy].embeds:
            self._parts.note_cut(recipe)  # an erasure must know what was embedded
        chunks = tuple(chunk_document(document, recipe.chunking, live.embedder.tokens, live.vectors))
        spec = live.embedder.spec
        told = numbers(document.text, chunks, document.tables, spec.window or 0)
        pace = self._pace(recipe, chunks)
        return Lane(
            recipe,
            chunks,
            told,
            tuple(cut_spans(whole.gold, chunks)),
            tuple(cut_spans(whole.rows, chunks)),
            tuple(cut_spans(whole.personal, chunks)),
            spec.window or 0,
            told.tokens / pace if pace else 0.0,
            index_bytes(chunks, spec.dimension, recipe.embedding.quantization),
        )

    def _gold(self, document: Document, set_name: str | None, principal: Principal) -> tuple[Gold, ...]:
        from core.evaluation.quotes import Quotes

        if set_name is None:
            return ()
        quotes = Quotes([document])
        found = [
            Gold(question.text, span)
            for question in self._sets.get(set_name, principal).questions
            for resolved in quotes.resolve(question)
            if resolved.state == "found"
            for span in resolved.spans[:1]
        ]
        return tuple(sorted(found, key=lambda gold: (gold.span.start, gold.span.end)))

    def _pace(self, recipe: Recipe, chunks: Sequence[Chunk]) -> float:
        """Tokens a second that the embedder reads on this machine, measured once; 0 where that is not known yet."""
        from core.evaluation.embedders import measure

        model = recipe.embedding.model
        if model not in self._paces and chunks:
            some = chunks[:_MEASURED]
            speed = measure(self._parts.embedder(recipe.embedding), [c.text for c in some], ["How long?"])
            self._paces[model] = speed["vectors_per_second"] * sum(c.tokens for c in some) / len(some)
        return self._paces.get(model, 0.0)
