"""Question sets as files: JSON lines and CSV, read strictly and written back; it stores nothing.

A file is taken whole or not at all: the first thing wrong with it is one sentence with its line.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from core.answering.question import checked
from core.errors import RequestError
from core.evaluation.questions import Evidence, Question, as_json
from core.governance.principals import PERSONAS
from core.types import ZONES

Format = Literal["jsonl", "csv"]
FORMATS: tuple[Format, ...] = ("jsonl", "csv")

_MOST = 20_000
"""Questions of one file."""
_FIELDS = ("id", "question", "answers", "evidence", "answerable", "language", "zone", "persona", "tags")
_COLUMNS = ("id", "question", "answers", "document", "quote", "evidence", *_FIELDS[4:])
_NAMES = {"answer": "answers", "as": "persona"}
"""Other names under which a field is taken."""
_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")


def read_questions(content: bytes, form: Format) -> tuple[Question, ...]:
    """The questions of a file; raises RequestError with the line of the first thing that is wrong.

    JSON lines hold one object each: `id`, `question`, and as they apply `answers` (or `answer`), `evidence` (a list of
    {"document", "quote"}), `answerable`, `language`, `zone`, `persona` (or `as`), `tags`. A CSV file has these as
    columns under a header, `document` and `quote` in place of one piece of evidence; a cell with several answers, tags
    or pieces of evidence is a JSON list.
    """
    text = _decoded(content)
    found: dict[str, tuple[int, Question]] = {}
    for line, row in _csv_rows(text) if form == "csv" else _json_rows(text):
        try:
            question = _question(row)
        except RequestError as error:
            raise RequestError(f"Line {line}: {_as_clause(error)}") from None
        if question.id in found:
            raise RequestError(f"Line {line}: the id '{question.id}' is that of line {found[question.id][0]} already.")
        found[question.id] = (line, question)
        if len(found) > _MOST:
            raise RequestError(f"Line {line}: a question set has at most {_MOST:,} questions.")
    if not found:
        raise RequestError("The file holds no questions.")
    return tuple(question for _, question in found.values())


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
        row = body | one | {"answers": _cell(body["answers"]), "tags": _cell(body["tags"])}
        row |= {"evidence": json.dumps(several, ensure_ascii=False) if several else ""}
        row |= {"answerable": str(question.answerable).lower(), "persona": question.persona}
        writer.writerow([row[column] for column in _COLUMNS])
    return sink.getvalue()


def format_of(name: str) -> Format:
    """The format that a file's name says; raises RequestError for any but .jsonl and .csv."""
    ending = name.rsplit(".", 1)[-1].lower()
    if ending in ("jsonl", "ndjson"):
        return "jsonl"
    if ending == "csv":
        return "csv"
    raise RequestError(f"'{name}' is neither a .jsonl nor a .csv file.")


# -- rows ------------------------------------------------------------------------------------------------------------


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise RequestError(f"Line {line}: the file is not UTF-8 text.") from None


def _json_rows(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each object with its line; only a line feed ends a line, other separators may stand in a text."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line, object_pairs_hook=_unique)
        except (ValueError, RecursionError):
            raise RequestError(f"Line {number} is not JSON.") from None
        except RequestError as error:
            raise RequestError(f"Line {number}: {_as_clause(error)}") from None
        if not isinstance(row, dict):
            raise RequestError(f"Line {number} is not a JSON object.")
        yield number, _named(row, number, _FIELDS)


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] = []
    begins = 1
    try:
        for cells in reader:
            number, begins = begins, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = [cell.strip().lower() for cell in cells]
                _named(_unique([(name, "") for name in header if name]), number, _COLUMNS)
                continue
            if len(cells) != len(header):
                raise RequestError(f"Line {number} has {len(cells)} cells, the header {len(header)}.")
            named = {name: cell for name, cell in zip(header, cells, strict=True) if name}
            yield number, _from_cells(_named(named, number, _COLUMNS), number)
    except csv.Error as error:
        raise RequestError(f"Line {begins}: the CSV cannot be read, {error}.") from None
    except RequestError as error:
        raise error if str(error).startswith("Line") else RequestError(f"Line {number}: {_as_clause(error)}") from None


def _from_cells(row: dict[str, Any], line: int) -> dict[str, Any]:
    """A CSV row in the form of a JSON line: empty cells are left out, lists and truth values are read."""
    document, quote = row.pop("document", ""), row.pop("quote", "")
    row = {name: cell for name, cell in row.items() if cell.strip()}
    for name in ("answers", "tags", "evidence"):
        if name in row:
            row[name] = _list(row[name], name, line)
    if "answerable" in row:
        told = row["answerable"].strip().lower()
        if told not in (*_TRUE, *_FALSE):
            raise RequestError(f"Line {line}: 'answerable' is '{told}'; write true or false.")
        row["answerable"] = told in _TRUE
    if document.strip() or quote.strip():
        if "evidence" in row:
            raise RequestError(f"Line {line} has both 'evidence' and 'document' with 'quote'.")
        row["evidence"] = [{"document": document, "quote": quote}]
    return row


def _list(cell: str, name: str, line: int) -> list[Any]:
    if not cell.lstrip().startswith("["):
        if name == "evidence":
            raise RequestError(f"Line {line}: 'evidence' is not a JSON list.")
        return [cell.strip()]
    try:
        found = json.loads(cell, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise RequestError(f"Line {line}: '{name}' begins like a JSON list and is none.") from None
    return list(found)


def _cell(values: Sequence[str]) -> str:
    """A list in one cell: as it is when it is one plain value, else as JSON."""
    if not values:
        return ""
    plain = len(values) == 1 and values[0] == values[0].strip() and not values[0].startswith("[")
    return values[0] if plain else json.dumps(values, ensure_ascii=False)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise RequestError(f"the field '{_shown(name)}' stands there twice.")
    return dict(pairs)


def _named(row: Mapping[str, Any], line: int, known: Sequence[str]) -> dict[str, Any]:
    """The row under the fields' own names; raises RequestError for one that is not known."""
    renamed: dict[str, Any] = {}
    for name, value in row.items():
        own = _NAMES.get(name, name)
        if own not in known:
            raise RequestError(f"Line {line} has a field '{_shown(name)}', which is none of {', '.join(known)}.")
        if own in renamed:
            raise RequestError(f"Line {line} has the field '{own}' twice, once as '{name}'.")
        renamed[own] = value
    return renamed


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
        raise RequestError(f"there is no zone '{_shown(zone)}'; choose {', '.join(ZONES)}.")
    persona = _text(row.get("persona") or "", "persona")
    if persona and persona not in PERSONAS:
        raise RequestError(f"there is no persona '{persona}'; choose {', '.join(PERSONAS)}.")
    question = Question(
        id=_short(identity, "id", least=1),
        text=checked(_text(row.get("question"), "question")),
        answers=_texts(row.get("answers"), "answers"),
        answerable=answerable,
        evidence=_evidence(row.get("evidence")),
        language=_short(row.get("language") or "", "language"),
        zone=zone,
        persona=persona,
        tags=_texts(row.get("tags"), "tags"),
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
        document, quote = _text(item["document"], "document").strip(), _text(item["quote"], "quote").strip()
        if bool(document) != bool(quote):  # both are empty where the document was erased
            raise RequestError("a piece of evidence lacks its document or its quote.")
        found.append(Evidence(document, quote))
    return tuple(found)


def _texts(value: Any, name: str) -> tuple[str, ...]:
    if value is None:
        return ()
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list):
        raise RequestError(f"'{name}' must be a list of texts.")
    texts = tuple(_text(each, name).strip() for each in values)
    if not all(texts):
        raise RequestError(f"'{name}' holds an empty text.")
    return texts


def _short(value: Any, name: str, least: int = 0) -> str:
    text = _text(value, name).strip()
    if not least <= len(text) <= 200 or "\n" in text:
        raise RequestError(f"'{name}' must be one line of {least} to 200 characters.")
    return text


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise RequestError(f"'{name}' is missing." if value is None else f"'{name}' must be a text.")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise RequestError(f"'{name}' holds half of a character (a lone surrogate), which is no valid text.")
    return value


def _shown(value: Any) -> str:
    return str(value).encode("utf-8", "replace").decode()[:60]


def _as_clause(error: RequestError) -> str:
    text = str(error)
    return text[:1].lower() + text[1:]
