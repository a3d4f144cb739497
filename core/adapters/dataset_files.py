"""Datasets as files: JSON lines and CSV, read strictly and written back; it stores nothing.

A file is taken whole or not at all; see `core.tabular` for what makes it unreadable.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from core.adapters.dataset import checked_answer
from core.adapters.rows import ORIGINS, Row
from core.answering.question import checked
from core.errors import RequestError
from core.tabular import (
    Format,
    cell_of,
    csv_rows,
    decoded,
    gathered,
    json_rows,
    list_of,
    short_of,
    shown,
    text_of,
    texts_of,
    truth_of,
)
from core.types import ZONES, fingerprint

_MOST = 20_000
"""Rows of one file."""
_FIELDS = ("id", "question", "answer", "sources", "documents", "zone", "origin", "declines", "rephrases")
_WRITTEN = ("state", "evidence")
"""What an export says besides; an import reviews and proves anew."""
_NAMES = {"answers": "answer", "source": "sources", "document": "documents", "context": "sources"}
"""Other names under which a field is taken."""


def read_rows(content: bytes, form: Format) -> tuple[Row, ...]:
    """The rows of a file; raises RequestError with the line of the first thing that is wrong.

    JSON lines hold one object each: `question` and `answer`, and as they apply `sources` (texts in the order of their
    numbers), `documents` (ids or names), `zone`, `declines`, `id`, `origin`, `rephrases`. A CSV file has these as
    columns; a cell with several sources or documents is a JSON list. A row without an id gets one of its content.
    """
    text = decoded(content)
    known = (*_FIELDS, *_WRITTEN)
    cells = _cells(text, known) if form == "csv" else json_rows(text, known, _NAMES)

    def twice(body: Mapping[str, Any], name: str) -> str:
        return f"the id '{name}' is" if "id" in body else "the row is"

    return gathered(
        cells, lambda _, body: _row(body), lambda row: row.id, _MOST, "a dataset has at most {most} rows", twice
    )


def write_rows(rows: Sequence[Row], form: Format) -> str:
    """The rows as text that `read_rows` reads back, with their state and evidence."""
    bodies = [_body(row) for row in rows]
    if form == "jsonl":
        return "".join(json.dumps(body, ensure_ascii=False) + "\n" for body in bodies)
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow((*_FIELDS, *_WRITTEN))
    for body in bodies:
        cells = {
            **body,
            "sources": cell_of(body["sources"]),
            "documents": cell_of(body["documents"]),
            "declines": str(body["declines"]).lower(),
            "evidence": json.dumps(body["evidence"]) if body["evidence"] else "",
        }
        writer.writerow([cells[name] for name in (*_FIELDS, *_WRITTEN)])
    return sink.getvalue()


def _cells(text: str, known: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, cells in csv_rows(text, known, _NAMES):
        row: dict[str, Any] = {name: cell for name, cell in cells.items() if cell.strip()}
        for name in ("sources", "documents"):
            if name in row:
                row[name] = list_of(row[name], name, line)
        if "declines" in row:
            row["declines"] = truth_of(row["declines"], "declines", line)
        yield line, row


def _row(body: Mapping[str, Any]) -> Row:
    declines = body.get("declines", False)
    if not isinstance(declines, bool):
        raise RequestError("'declines' must be true or false.")
    zone = body.get("zone") or "internal"
    if zone not in ZONES:
        raise RequestError(f"there is no zone '{shown(zone)}'; choose {', '.join(ZONES)}.")
    origin = body.get("origin") or "file"
    if origin not in ORIGINS:
        raise RequestError(f"there is no origin '{shown(origin)}'; choose {', '.join(ORIGINS)}.")
    given = body.get("answer")
    answer = checked_answer(text_of("" if given is None and declines else given, "answer"))
    question = checked(text_of(body.get("question"), "question"))
    sources, documents = texts_of(body.get("sources"), "sources"), texts_of(body.get("documents"), "documents")
    identity = str(body["id"]) if type(body.get("id")) is int else body.get("id")
    own = fingerprint([question, answer, sources, documents, declines])
    return Row(
        id=short_of(own if identity is None else identity, "id", least=1),
        question=question,
        answer=answer,
        sources=sources,
        documents=documents,
        zone=zone,
        origin=origin,
        declines=declines,
        rephrases=short_of(body.get("rephrases") or "", "rephrases"),
    )


def _body(row: Row) -> dict[str, Any]:
    body = asdict(row)
    return {name: body[name] for name in (*_FIELDS, *_WRITTEN)}
