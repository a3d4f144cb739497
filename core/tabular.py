"""Files of rows, JSON lines and CSV, read strictly and one row at a time; it does not know what a row means.

A caller takes a file whole or not at all: the first thing wrong with it is one sentence with its line.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeVar

from core.errors import RequestError

Format = Literal["jsonl", "csv"]
FORMATS: tuple[Format, ...] = ("jsonl", "csv")
Cells = TypeVar("Cells", bound=Mapping[str, Any])
Made = TypeVar("Made")
TRUE, FALSE = ("true", "yes", "1"), ("false", "no", "0")


def format_named(name: str) -> Format:
    """The format of this name; raises RequestError with those that exist."""
    chosen = next((each for each in FORMATS if each == name), None)
    if chosen is None:
        raise RequestError(f"There is no format '{name}'; choose {', '.join(FORMATS)}.")
    return chosen


def format_of(name: str) -> Format:
    """The format that a file's name says; raises RequestError for any but .jsonl and .csv."""
    ending = name.rsplit(".", 1)[-1].lower()
    if ending in ("jsonl", "ndjson"):
        return "jsonl"
    if ending == "csv":
        return "csv"
    raise RequestError(f"'{name}' is neither a .jsonl nor a .csv file.")


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, its byte order mark left out; raises RequestError with the line that is none."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise RequestError(f"Line {line}: the file is not UTF-8 text.") from None


def json_rows(text: str, fields: Sequence[str], aliases: Mapping[str, str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each object with its line; only a line feed ends a line, other separators may stand in a text.

    Fields are under their own names, whatever of `aliases` they came under. Raises RequestError with the line.
    """
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line, object_pairs_hook=_unique)
        except (ValueError, RecursionError):
            raise RequestError(f"Line {number} is not JSON.") from None
        except RequestError as error:
            raise RequestError(f"Line {number}: {as_clause(error)}") from None
        if not isinstance(row, dict):
            raise RequestError(f"Line {number} is not a JSON object.")
        yield number, _named(row, number, fields, aliases)


def csv_rows(text: str, columns: Sequence[str], aliases: Mapping[str, str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row below the header with the line that it begins on, as its cells; see `json_rows`."""
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
                _named(_unique([(name, "") for name in header if name]), number, columns, aliases)
                continue
            if len(cells) != len(header):
                raise RequestError(f"Line {number} has {len(cells)} cells, the header {len(header)}.")
            named = {name: cell for name, cell in zip(header, cells, strict=True) if name}
            yield number, _named(named, number, columns, aliases)
    except csv.Error as error:
        raise RequestError(f"Line {begins}: the CSV cannot be read, {error}.") from None
    except RequestError as error:
        raise error if str(error).startswith("Line") else RequestError(f"Line {number}: {as_clause(error)}") from None


def gathered(
    rows: Iterable[tuple[int, Cells]],
    made: Callable[[int, Cells], Made],
    key: Callable[[Made], str],
    most: int,
    whole: str,
    twice: Callable[[Cells, str], str] = lambda _, key: f"the id '{key}' is",
) -> tuple[Made, ...]:
    """What `made` makes of each row, in the file's order; raises RequestError with the line of the first thing wrong.

    No two have the same `key`, and there are 1 to `most` of them. `whole` says for the sentences what holds how many of
    what, such as "a question set has at most {most} questions"; its last word is what the file is empty of. `twice`
    begins the sentence on a key that an earlier line has.
    """
    found: dict[str, tuple[int, Made]] = {}
    for line, row in rows:
        try:
            each = made(line, row)
        except RequestError as error:
            told = str(error)
            raise RequestError(told if told.startswith("Line ") else f"Line {line}: {as_clause(error)}") from None
        name = key(each)
        if name in found:
            raise RequestError(f"Line {line}: {twice(row, name)} that of line {found[name][0]} already.")
        found[name] = (line, each)
        if len(found) > most:
            raise RequestError(f"Line {line}: {whole.format(most=f'{most:,}')}.")
    if not found:
        raise RequestError(f"The file holds no {whole.rsplit(maxsplit=1)[-1]}.")
    return tuple(each for _, each in found.values())


def list_of(cell: str, name: str, line: int, plain: bool = True) -> list[Any]:
    """The values of a cell: a JSON list, or one value as it stands unless `plain` is false."""
    if not cell.lstrip().startswith("["):
        if not plain:
            raise RequestError(f"Line {line}: '{name}' is not a JSON list.")
        return [cell.strip()]
    try:
        found = json.loads(cell, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise RequestError(f"Line {line}: '{name}' begins like a JSON list and is none.") from None
    return list(found)


def truth_of(cell: str, name: str, line: int) -> bool:
    """The truth value of a cell."""
    told = cell.strip().lower()
    if told not in (*TRUE, *FALSE):
        raise RequestError(f"Line {line}: '{name}' is '{told}'; write true or false.")
    return told in TRUE


def cell_of(values: Sequence[str]) -> str:
    """A list in one cell, as `list_of` reads it: as it is when it is one plain value, else as JSON."""
    if not values:
        return ""
    plain = len(values) == 1 and values[0] == values[0].strip() and not values[0].startswith("[")
    return values[0] if plain else json.dumps(values, ensure_ascii=False)


def text_of(value: Any, name: str) -> str:
    """A field that is a text; raises RequestError for any other, and for half of a character."""
    if not isinstance(value, str):
        raise RequestError(f"'{name}' is missing." if value is None else f"'{name}' must be a text.")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise RequestError(f"'{name}' holds half of a character (a lone surrogate), which is no valid text.")
    return value


def texts_of(value: Any, name: str) -> tuple[str, ...]:
    """A field that is a list of texts, or one text, or not there; raises RequestError for an empty text among them."""
    if value is None:
        return ()
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list):
        raise RequestError(f"'{name}' must be a list of texts.")
    texts = tuple(text_of(each, name).strip() for each in values)
    if not all(texts):
        raise RequestError(f"'{name}' holds an empty text.")
    return texts


def short_of(value: Any, name: str, least: int = 0) -> str:
    """A field that is one line of `least` to 200 characters."""
    text = text_of(value, name).strip()
    if not least <= len(text) <= 200 or "\n" in text:
        raise RequestError(f"'{name}' must be one line of {least} to 200 characters.")
    return text


def shown(value: Any) -> str:
    """What a message may quote of a value."""
    return str(value).encode("utf-8", "replace").decode()[:60]


def as_clause(error: RequestError) -> str:
    """The sentence of an error behind a colon."""
    text = str(error)
    return text[:1].lower() + text[1:]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise RequestError(f"the field '{shown(name)}' stands there twice.")
    return dict(pairs)


def _named(row: Mapping[str, Any], line: int, known: Sequence[str], aliases: Mapping[str, str]) -> dict[str, Any]:
    """The row under the fields' own names; raises RequestError for one that is not known."""
    renamed: dict[str, Any] = {}
    for name, value in row.items():
        own = aliases.get(name, name)
        if own not in known:
            raise RequestError(f"Line {line} has a field '{shown(name)}', which is none of {', '.join(known)}.")
        if own in renamed:
            raise RequestError(f"Line {line} has the field '{own}' twice, once as '{name}'.")
        renamed[own] = value
    return renamed
