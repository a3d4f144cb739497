"""Entries as the fields that a store keeps and filters, and what both stores search with; it knows no engine.

Days are kept as numbers, with the ends of the calendar for "always", so that one range filter covers all entries.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core.errors import IndexFailure
from core.index.contract import Entry, IndexSpec, Tags
from core.index.sealing import FIELD, TextSeal
from core.types import Chunk, Span

KEYWORDS = ("document_id", "document", "labels")
"""Fields that are filtered by equality, or counted."""
NUMBERS = ("valid_from", "valid_until", "start", "end")
"""Fields that are filtered by range."""
EF = 128
"""Candidates that a walk through the graph keeps at least; chosen by benchmarks/search_speed.py."""
OVERSAMPLING = 3.0
"""Candidates, in multiples of the limit, that are rescored with whole vectors after a search in quantized ones."""
_ALWAYS = (date.min.toordinal(), date.max.toordinal())


def filled_otherwise(held: IndexSpec, asked: IndexSpec) -> str:
    """The sentence when an index was filled by something else than is asked of it."""
    if (held.model, held.revision) != (asked.model, asked.revision):
        return (
            f"The index {held.key} was filled by {held.model} ({held.revision}), "
            f"not by {asked.model} ({asked.revision}); build it anew."
        )
    fields = ("dimension", "distance", "quantization")
    differ = [
        f"{f} {getattr(held, f)}, not {getattr(asked, f)}" for f in fields if getattr(held, f) != getattr(asked, f)
    ]
    return f"The index {held.key} was filled by {held.model} with {' and '.join(differ)}; build it anew."


def share_of(held: Sequence[bool]) -> float:
    """The share that is true; 0 of none."""
    return sum(held) / len(held) if held else 0.0


def payload_of(entry: Entry, seal: TextSeal | None = None) -> dict[str, Any]:
    """What is kept of an entry, beside its id and its vectors; with a seal its words are encrypted."""
    chunk = entry.chunk
    payload = {
        "document_id": chunk.document_id,
        "document": entry.document,
        "zone": entry.zone,
        **tags_payload(Tags(entry.labels, entry.valid_from, entry.valid_until)),
        "start": chunk.start,
        "end": chunk.end,
        "pages": list(chunk.pages),
        "headings": list(chunk.headings),
        "tokens": chunk.tokens,
        "text": chunk.text,
        **({"around": [chunk.around.start, chunk.around.end]} if chunk.around else {}),
        **({"edited": True} if chunk.edited else {}),
    }
    return seal.sealed(chunk.id, payload) if seal else payload


def tags_payload(tags: Tags) -> dict[str, Any]:
    """The fields that change with a document's tags."""
    first, last = tags.valid_from, tags.valid_until
    return {
        "labels": list(tags.labels),
        "valid_from": date.fromisoformat(first).toordinal() if first else _ALWAYS[0],
        "valid_until": date.fromisoformat(last).toordinal() if last else _ALWAYS[1],
    }


def entry_from(point_id: object, payload: Mapping[str, Any], seal: TextSeal | None = None) -> Entry:
    """The entry that `payload_of` took apart; raises IndexFailure for one that was sealed otherwise."""
    if seal:
        payload = seal.opened(str(point_id), payload)
    elif FIELD in payload:
        raise IndexFailure("The index is encrypted, and the workspace is not; build it anew.")
    first, last = payload["valid_from"], payload["valid_until"]
    return Entry(
        chunk=Chunk(
            id=str(point_id),
            document_id=payload["document_id"],
            text=payload["text"],
            start=payload["start"],
            end=payload["end"],
            pages=tuple(payload["pages"]),
            headings=tuple(payload["headings"]),
            tokens=payload["tokens"],
            around=Span(*payload["around"]) if payload.get("around") else None,
            edited=bool(payload.get("edited")),
        ),
        document=payload["document"],
        zone=payload["zone"],
        labels=tuple(payload["labels"]),
        valid_from=None if first == _ALWAYS[0] else date.fromordinal(first).isoformat(),
        valid_until=None if last == _ALWAYS[1] else date.fromordinal(last).isoformat(),
    )
