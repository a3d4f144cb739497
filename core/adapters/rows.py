"""A row that an adapter learns from, and what is decided over rows alone; it does not know where they are kept.

`Row.sources` stand in the prompt in their order, numbered from 1; the answer may cite them as [1], [2].
"""

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from core.errors import RequestError
from core.types import ZONES, Zone
from core.types import fingerprint as _digits

Origin = Literal["questions", "feedback", "document", "paraphrase", "file"]
ORIGINS: tuple[Origin, ...] = ("questions", "feedback", "document", "paraphrase", "file")
RowState = Literal["open", "accepted", "rejected"]
STATES: tuple[RowState, ...] = ("open", "accepted", "rejected")


@dataclass(frozen=True, slots=True)
class Quoted:
    """A range of a document's text that an answer rests on, as it was when the row was made."""

    document_id: str
    start: int
    end: int
    sha256: str
    """Of the text in the range, as UTF-8."""


@dataclass(frozen=True, slots=True)
class Row:
    """A question with the answer that an adapter shall give."""

    id: str
    """Its own within a dataset; a copy of the dataset keeps it."""
    question: str
    answer: str
    """What is learned; where the row declines, the words to decline with, or empty for the usual ones."""
    sources: tuple[str, ...] = ()
    """Texts that stand in the prompt, in this order; none where the answer is given from memory."""
    documents: tuple[str, ...] = ()
    """Ids of the documents that it draws on."""
    zone: Zone = "public"
    """The most guarded zone of what it tells."""
    origin: Origin = "file"
    declines: bool = False
    """True where the sources do not hold the answer, and saying so is right."""
    state: RowState = "open"
    """Only accepted rows are learned."""
    evidence: tuple[Quoted, ...] = ()
    rephrases: str = ""
    """Id of the row whose question it asks in other words; empty for a question of its own."""


@dataclass(frozen=True, slots=True)
class Split:
    """Rows to learn and rows to measure by; no document stands on both sides."""

    train: tuple[Row, ...]
    held_out: tuple[Row, ...]


def split_wordings(rows: Sequence[Row], share: float, seed: int) -> Split:
    """Hold out other ways to ask for what is learned, until `share` of the rows is held out or there are no more.

    It tells whether facts are known in words that were not learned, and is for rows that cannot be parted by document.
    """
    others = [row.id for row in rows if row.rephrases]
    chance = random.Random(seed)  # noqa: S311
    out = set(chance.sample(others, min(len(others), round(len(rows) * share))))
    return Split(tuple(row for row in rows if row.id not in out), tuple(row for row in rows if row.id in out))


def split(rows: Sequence[Row], share: float, seed: int, same: Mapping[str, str] | None = None) -> Split:
    """Hold out whole documents until about `share` (0 to below 1) of the rows is held out.

    Rows that share a document, and a row with the one that it rephrases, go to one side together, and so do those that
    hang together through others; a row without documents stands alone. `same` maps ids of documents to what they count
    as, such as the name that two versions have in common. The same rows and seed give the same sides whatever the order
    of the rows, which each side keeps. Where everything hangs together nothing is held out; where it does not and
    `share` is above 0, neither side is empty. Raises RequestError for a share out of range.
    """
    if not 0 <= share < 1:
        raise RequestError(f"A held-out share of {share} is outside 0 to below 1.")
    groups = sorted(_groups(rows, same or {}), key=lambda group: _digits([seed, min(group)]))
    goal, held = share * len(rows), set[str]()
    for group in groups:
        if abs(len(held) + len(group) - goal) < abs(len(held) - goal):
            held |= group
    if share > 0 and len(groups) > 1 and len(held) in (0, len(rows)):
        held ^= min(groups, key=lambda group: (len(group), _digits([seed, min(group)])))
    return Split(
        tuple(row for row in rows if row.id not in held),
        tuple(row for row in rows if row.id in held),
    )


def fingerprint(rows: Sequence[Row]) -> str:
    """Twelve hex digits over what the split and the training read of the rows, whatever their order."""
    return _digits(
        sorted(
            _digits([row.id, row.question, row.answer, row.sources, row.documents, row.declines, row.rephrases])
            for row in rows
        )
    )


def quoted(document_id: str, text: str, start: int, end: int) -> Quoted:
    """The range [start, end) of a document's text, as evidence; raises RequestError for a range that it has not."""
    if not 0 <= start < end <= len(text):
        raise RequestError(f"The text has {len(text)} characters, and no range {start} to {end}.")
    return Quoted(document_id, start, end, digest(text[start:end]))


def digest(text: str) -> str:
    """The sha256 of a text, in hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def as_json(row: Row) -> dict[str, Any]:
    """The row as plain values; `from_body` reads it back to the same."""
    return asdict(row)


def from_body(body: Mapping[str, Any]) -> Row:
    """A row from what `as_json` made of it, taken on trust; see `dataset_files` for what people bring."""
    assert body["zone"] in ZONES
    return Row(
        id=body["id"],
        question=body["question"],
        answer=body["answer"],
        sources=tuple(body["sources"]),
        documents=tuple(body["documents"]),
        zone=body["zone"],
        origin=body["origin"],
        declines=body["declines"],
        state=body["state"],
        evidence=tuple(Quoted(**item) for item in body["evidence"]),
        rephrases=body["rephrases"],
    )


def _groups(rows: Sequence[Row], same: Mapping[str, str]) -> list[set[str]]:
    """Ids of the rows that hang together, by joining what each row names."""
    above: dict[str, str] = {}

    def root(key: str) -> str:
        while above.setdefault(key, key) != key:
            above[key] = above[above[key]]
            key = above[key]
        return key

    for row in rows:
        own = f"row {row.id}"
        others = [f"document {same.get(each, each)}" for each in row.documents]
        if row.rephrases:
            others.append(f"row {row.rephrases}")
        for other in others:
            above[root(other)] = root(own)
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(root(f"row {row.id}"), set()).add(row.id)
    return list(found.values())
