"""Question sets as files: JSON lines and CSV, read strictly and written back; it stores nothing.

A file is taken whole or not at all: the first thing wrong with it is one sentence with its line.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.answering.question import checked
from core.errors import RequestError
from core.evaluation.questions import Evidence, Question, as_json
from core.governance.principals import PERSONAS
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

_MOST = 20_000
"""Questions of one file."""
_FIELDS = ("id", "question", "answers", "evidence", "answerable", "language", "zone", "persona", "tags")
_COLUMNS = ("id", "question", "answers", "document", "quote", "evidence", *_FIELDS[4:])
_NAMES = {"answer": "answers", "as": "persona"}
"""Other names under which a field is taken."""


def read_questions(content: bytes, form: Format) -> tuple[Question, ...]:
    """The questions of a file; raises RequestError with the line of the first thing that is wrong.

    JSON lines hold one object each: `id`, `question`, and as they apply `answers` (or `answer`), `evidence` (a list of
    {"document", "quote"}), `answerable`, `language`, `zone`, `persona` (or `as`), `tags`. A CSV file has these as
    columns under a header, `document` and `quote` in place of one piece of evidence; a cell with several answers, tags
    or pieces of evidence is a JSON list.
    """
    text = decoded(content)
    rows = _csv_rows(text) if form == "csv" else json_rows(text, _FIELDS, _NAMES)
    whole = "a question set has at most {most} questions"
    return gathered(rows, lambda _, row: _question(row), lambda question: question.id, _MOST, whole)


def write_questions(questions: Sequence[Question], form: Format) -> str:
    """The questions as text that `read_questions` reads back to the same."""
    if form == "jsonl":
        return "".join(json.dumps(as_json(question), ensure_ascii=False) + "\n" for question in questions)
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, lineterminator="\r\n")  # both are quoted then
    writer.writerow(_COLUMNS)
    for question in questions:
        body = as_json(question)
        one = body["evidence"][0] if len(body["evidence"]) == 1 else {"document": "", "quote": ""}
        several = body["evidence"] if not one["quote"] else []
        row = body | one | {"answers": cell_of(body["answers"]), "tags": cell_of(body["tags"])}
        row |= {"evidence": json.dumps(several, ensure_ascii=False) if several else ""}
        row |= {"answerable": str(question.answerable).lower(), "persona": question.persona}
        writer.writerow([row[column] for column in _COLUMNS])
    return sink.getvalue()


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, cells in csv_rows(text, _COLUMNS, _NAMES):
        yield line, _from_cells(cells, line)


def _from_cells(cells: dict[str, str], line: int) -> dict[str, Any]:
    """A CSV row in the form of a JSON line: empty cells are left out, lists and truth values are read."""
    document, quote = cells.pop("document", ""), cells.pop("quote", "")
    row: dict[str, Any] = {name: cell for name, cell in cells.items() if cell.strip()}
    for name in ("answers", "tags", "evidence"):
        if name in row:
            row[name] = list_of(row[name], name, line, plain=name != "evidence")
    if "answerable" in row:
        row["answerable"] = truth_of(row["answerable"], "answerable", line)
    if document.strip() or quote.strip():
        if "evidence" in row:
            raise RequestError(f"Line {line} has both 'evidence' and 'document' with 'quote'.")
        row["evidence"] = [{"document": document, "quote": quote}]
    return row


# -- one question ----------------------------------------------------------------------------------------------------


def _question(row: Mapping[str, Any]) -> Question:
    answerable = row.get("answerable", True)
    if not isinstance(answerable, bool):
        raise RequestError("'answerable' must be true or false.")
    identity = row.get("id")
    if type(identity) is int:
        identity = str(identity)
    zone = row.get("zone") or "internal"
    if zone not in ZONES:
        raise RequestError(f"there is no zone '{shown(zone)}'; choose {', '.join(ZONES)}.")
    persona = text_of(row.get("persona") or "", "persona")
    if persona and persona not in PERSONAS:
        raise RequestError(f"there is no persona '{persona}'; choose {', '.join(PERSONAS)}.")
    question = Question(
        id=short_of(identity, "id", least=1),
        text=checked(text_of(row.get("question"), "question")),
        answers=texts_of(row.get("answers"), "answers"),
        answerable=answerable,
        evidence=_evidence(row.get("evidence")),
        language=short_of(row.get("language") or "", "language"),
        zone=zone,
        persona=persona,
        tags=texts_of(row.get("tags"), "tags"),
    )
    if not answerable and question.evidence:
        raise RequestError("the question is not answerable, and yet has evidence.")
    if answerable and not question.evidence and not question.answers:
        raise RequestError("the question has neither an answer nor evidence; or it is not answerable.")
    return question


def _evidence(value: Any) -> tuple[Evidence, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise RequestError("'evidence' must be a list.")
    found = []
    for item in value:
        if not isinstance(item, dict) or set(item) != {"document", "quote"}:
            raise RequestError("each piece of evidence must have a 'document' and a 'quote', and nothing else.")
        document, quote = text_of(item["document"], "document").strip(), text_of(item["quote"], "quote").strip()
        if bool(document) != bool(quote):  # both are empty where the document was erased
            raise RequestError("a piece of evidence lacks its document or its quote.")
        found.append(Evidence(document, quote))
    return tuple(found)
