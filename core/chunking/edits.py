"""Changes by hand applied to what a strategy cut: passages reworded, disabled, split and merged.

A change is made on passages as they were, text and place; where they are no longer so it has no effect, and is told. It
knows nothing of who may change what, nor of where changes are kept.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.chunking.chunker import chunk_at
from core.chunking.sentences import sentence_spans, trim
from core.embedding.tokens import TokenCounter
from core.errors import NotFound, RequestError
from core.types import Chunk, ChunkEdit, Document, Span, Target, fingerprint

LONGEST = 20_000
"""Characters that a passage written by hand may have."""
_GONE = "The passage is no longer as it was when it was shown; look at the passages again."


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk, and the changes that made it what it is."""

    chunk: Chunk
    edits: tuple[int, ...] = ()
    """Ids of the changes, oldest first; empty for a passage as it was cut."""
    disabled: bool = False
    """Kept out of the index."""

    @property
    def key(self) -> str:
        """The same as long as neither its place nor its text changes."""
        return fingerprint([self.chunk.start, self.chunk.end, self.chunk.text])


@dataclass(frozen=True, slots=True)
class Applied:
    """The passages of a document after all changes in force."""

    passages: tuple[Passage, ...]
    """In reading order, disabled ones in their place."""
    lapsed: tuple[int, ...]
    """Ids of changes without effect: what they were made on is no longer there."""
    rests_on: Mapping[int, frozenset[int]]
    """By change in force, the changes that made what it was made on."""

    @property
    def chunks(self) -> list[Chunk]:
        """What the index holds."""
        return [passage.chunk for passage in self.passages if not passage.disabled]


def apply(document: Document, chunks: Sequence[Chunk], edits: Sequence[ChunkEdit], counter: TokenCounter) -> Applied:
    """Apply the changes in force to the chunks of a document; `edits` stand in the order in which they were made."""
    passages = [Passage(chunk) for chunk in chunks]
    lapsed: list[int] = []
    rests_on: dict[int, frozenset[int]] = {}
    for edit in edits:
        if edit.undone_at:
            continue
        at = _place(passages, edit.targets)
        if at is None:
            lapsed.append(edit.id)
            continue
        behind = at + len(edit.targets)
        rests_on[edit.id] = frozenset(each for passage in passages[at:behind] for each in passage.edits)
        passages[at:behind] = _made(edit, passages[at:behind], document, counter)
    return Applied(tuple(passages), tuple(lapsed), rests_on)


def ever(document: Document, chunks: Sequence[Chunk], edits: Sequence[ChunkEdit], counter: TokenCounter) -> list[Chunk]:
    """Every passage that changes ever made of these chunks, undone ones too, with the chunks themselves.

    An erasure must know them: their vectors may still be cached.
    """
    pool = {_target(chunk): Passage(chunk) for chunk in chunks}
    for edit in edits:
        if all(target in pool for target in edit.targets):
            for passage in _made(edit, [pool[target] for target in edit.targets], document, counter):
                pool.setdefault(_target(passage.chunk), passage)
    return [passage.chunk for passage in pool.values()]


# -- changes proposed; each raises NotFound where the passage is no longer there ---------------------------------------


def reworded(passages: Sequence[Passage], key: str, text: str) -> ChunkEdit:
    """Another text for a passage; raises RequestError for one that cannot stand there."""
    passage = passages[_find(passages, key)]
    text = text.strip()
    if not text:
        raise RequestError("A passage without words is not kept; disable it instead.")
    if text == passage.chunk.text:
        raise RequestError("The text is the passage's own; nothing was changed.")
    if len(text) > LONGEST:
        raise RequestError(f"The text has {len(text):,} characters; a passage may have {LONGEST:,}.")
    if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise RequestError("The text holds characters that cannot be stored.")
    return _change("edit", [passage], text=text)


def disabled(passages: Sequence[Passage], key: str) -> ChunkEdit:
    """Keep a passage out of the index, so that nothing finds it."""
    return _change("disable", [passages[_find(passages, key)]])


def split(passages: Sequence[Passage], key: str, at: int) -> ChunkEdit:
    """Two passages out of one, the second from offset `at` of the document on; raises RequestError for the offset."""
    passage = passages[_find(passages, key)]
    chunk = passage.chunk
    if chunk.edited:
        raise RequestError("A passage that was written by hand is not split; undo that change first, or edit it again.")
    inside = at - chunk.start
    if not chunk.text[: max(0, inside)].strip() or not chunk.text[max(0, inside) :].strip():
        raise RequestError(f"A split at {at:,} leaves one part empty; choose {chunk.start + 1:,} to {chunk.end - 1:,}.")
    return _change("split", [passage], at=at)


def merged(passages: Sequence[Passage], keys: Sequence[str]) -> ChunkEdit:
    """One passage out of several that follow each other; raises RequestError for others."""
    places = sorted({_find(passages, key) for key in keys})
    if len(places) < 2:
        raise RequestError("Merging takes two passages or more.")
    between = passages[places[0] : places[-1] + 1]
    if any(passage.disabled for passage in between):
        raise RequestError("A disabled passage stands between them; enable it first by undoing that change.")
    if len(between) != len(places):
        raise RequestError("Only passages that follow each other are merged.")
    return _change("merge", between)


def split_places(passage: Passage) -> list[int]:
    """Where in the document sentences and lines of a passage begin, but for the first; none of one written by hand."""
    chunk = passage.chunk
    if chunk.edited:
        return []
    sentences = {span.start for span in sentence_spans(chunk.text)}
    lines = {match.start() for match in re.finditer(r"(?m)^[^\S\n]*\S", chunk.text)}
    return [chunk.start + at for at in sorted(sentences | lines) if chunk.text[:at].strip()]


def require_distinct(applied: Applied) -> None:
    """Raises RequestError where two passages would stand at exactly the same range, which an index cannot hold."""
    chunks = applied.chunks
    if len({chunk.id for chunk in chunks}) < len(chunks):
        raise RequestError("Another passage has exactly this range already; nothing was changed.")


# -- within ------------------------------------------------------------------------------------------------------------


def _find(passages: Sequence[Passage], key: str) -> int:
    for at, passage in enumerate(passages):
        if passage.key == key:
            if passage.disabled:
                raise RequestError("The passage is disabled; undo that change first.")
            return at
    raise NotFound(_GONE)


def _change(kind: str, members: Sequence[Passage], text: str = "", at: int = 0) -> ChunkEdit:
    targets = tuple(_target(passage.chunk) for passage in members)
    return ChunkEdit(members[0].chunk.document_id, "", kind, targets, text, at)  # type: ignore[arg-type]


def _target(chunk: Chunk) -> Target:
    return Target(chunk.start, chunk.end, fingerprint(chunk.text))


def _place(passages: Sequence[Passage], targets: Sequence[Target]) -> int | None:
    """Where the targets stand one beside the other, none of them disabled; None where they do not."""
    for at in range(len(passages) - len(targets) + 1):
        members = passages[at : at + len(targets)]
        if all(_is(passage, target) for passage, target in zip(members, targets, strict=True)):
            return at
    return None


def _is(passage: Passage, target: Target) -> bool:
    chunk = passage.chunk
    here = (chunk.start, chunk.end) == (target.start, target.end) and not passage.disabled
    return here and fingerprint(chunk.text) == target.was


def _made(edit: ChunkEdit, members: Sequence[Passage], document: Document, counter: TokenCounter) -> list[Passage]:
    """What a change makes of the passages that it was made on."""
    first = members[0]
    lineage = (*dict.fromkeys(each for passage in members for each in passage.edits), edit.id)
    if edit.kind == "disable":
        return [Passage(first.chunk, lineage, disabled=True)]
    if edit.kind == "edit":
        chunks = [_rewritten(first.chunk, edit.text, counter)]
    elif edit.kind == "split":
        chunks = _halves(first.chunk, edit.at, document, counter)
    else:
        chunks = [_joined([passage.chunk for passage in members], document, counter)]
    return [Passage(chunk, lineage) for chunk in chunks]


def _rewritten(chunk: Chunk, text: str, counter: TokenCounter) -> Chunk:
    return replace(chunk, text=text, tokens=len(counter.starts(text)), around=None, edited=True)


def _halves(chunk: Chunk, at: int, document: Document, counter: TokenCounter) -> list[Chunk]:
    spans = (trim(document.text, start, end) for start, end in ((chunk.start, at), (at, chunk.end)))
    return [replace(chunk_at(document, span, counter), around=chunk.around) for span in spans if span]


def _joined(chunks: Sequence[Chunk], document: Document, counter: TokenCounter) -> Chunk:
    """The range from the first to the last; their own texts one after the other where one was written by hand."""
    whole = chunk_at(document, Span(chunks[0].start, max(chunk.end for chunk in chunks)), counter)
    if not any(chunk.edited for chunk in chunks):
        arounds = [chunk.around for chunk in chunks if chunk.around]
        around = Span(min(a.start for a in arounds), max(a.end for a in arounds)) if arounds else None
        return replace(whole, around=around)
    text = chunks[0].text
    for before, chunk in zip(chunks, chunks[1:], strict=False):
        gap = document.text[before.end : chunk.start]
        text += (gap if gap.isspace() else " ") + chunk.text
    return _rewritten(whole, text, counter)
