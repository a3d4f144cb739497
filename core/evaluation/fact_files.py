"""Facts as files: JSON lines and CSV, read strictly and written back; it stores nothing and opens no document."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from core.answering.question import checked
from core.errors import RequestError
from core.evaluation.facts import Fact
from core.evaluation.values import Tolerance, check_value
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
from core.types import ZONES

_MOST = 5_000
"""Facts of one file."""
_SLACK = ("relative", "absolute", "cosine")
_FIELDS = ("id", "value", "question", "tolerance", *_SLACK, "owner", "document", "quote", "zone", "tags", "follow")


def read_facts(content: bytes, form: Format) -> tuple[Fact, ...]:
    """The facts of a file; raises RequestError with the line of the first thing that is wrong.

    Each row has `id`, `value`, `question`, and as they apply `tolerance` (exact, number, date or semantic), `relative`
    and `absolute` slack, `cosine`, `owner`, `document`, `quote`, `zone`, `tags`, `follow`.
    """
    text = decoded(content)
    rows = csv_rows(text, _FIELDS, {}) if form == "csv" else json_rows(text, _FIELDS, {})

    def made(line: int, row: Mapping[str, Any]) -> Fact:
        return fact_of(_typed(row, line) if form == "csv" else row)

    return gathered(rows, made, lambda fact: fact.id, _MOST, "a file has at most {most} facts")


def write_facts(facts: Sequence[Fact], form: Format) -> str:
    """The facts as text that `read_facts` reads back."""
    rows = [_row(fact) for fact in facts]
    if form == "jsonl":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow(_FIELDS)
    for row in rows:
        cells = row | {"tags": cell_of(row["tags"]), "follow": str(row["follow"]).lower()}
        writer.writerow([cells[name] for name in _FIELDS])
    return sink.getvalue()


def fact_of(row: Mapping[str, Any]) -> Fact:
    """One fact from its fields; raises RequestError with what is wrong."""
    zone = row.get("zone") or "internal"
    if zone not in ZONES:
        raise RequestError(f"there is no zone '{shown(zone)}'; choose {', '.join(ZONES)}.")
    follow = row.get("follow", False)
    if not isinstance(follow, bool):
        raise RequestError("'follow' must be true or false.")
    kind: Any = text_of(row.get("tolerance") or "exact", "tolerance")
    tolerance = Tolerance(kind, **{name: _number(row[name], name) for name in _SLACK if row.get(name) is not None})
    fact = Fact(
        id=short_of(row.get("id"), "id", least=1),
        value=short_of(row.get("value"), "value", least=1),
        question=checked(text_of(row.get("question"), "question")),
        tolerance=tolerance,
        owner=short_of(row.get("owner") or "", "owner"),
        document=text_of(row.get("document") or "", "document").strip(),
        quote=text_of(row.get("quote") or "", "quote").strip(),
        zone=zone,
        tags=texts_of(row.get("tags"), "tags"),
        follow=follow,
    )
    check_value(fact.value, tolerance)
    if bool(fact.document) != bool(fact.quote):
        raise RequestError("a fact names a document together with the words that it stands in, or neither.")
    if follow and not fact.document:
        raise RequestError("a fact that follows its document must name it.")
    return fact


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RequestError(f"'{name}' must be a number.")
    return float(value)


def _typed(cells: Mapping[str, str], line: int) -> dict[str, Any]:
    row: dict[str, Any] = {name: cell for name, cell in cells.items() if cell.strip()}
    for name in _SLACK:
        if name in row:
            try:
                row[name] = float(row[name])
            except ValueError:
                raise RequestError(f"Line {line}: '{name}' is '{shown(row[name])}'; write a number.") from None
    if "tags" in row:
        row["tags"] = list_of(row["tags"], "tags", line)
    if "follow" in row:
        row["follow"] = truth_of(row["follow"], "follow", line)
    return row


def _row(fact: Fact) -> dict[str, Any]:
    held = fact.tolerance
    return {
        "id": fact.id,
        "value": fact.value,
        "question": fact.question,
        "tolerance": held.kind,
        "relative": held.relative,
        "absolute": held.absolute,
        "cosine": held.cosine,
        "owner": fact.owner,
        "document": fact.document,
        "quote": fact.quote,
        "zone": fact.zone,
        "tags": list(fact.tags),
        "follow": fact.follow,
    }
