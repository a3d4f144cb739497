"""Table rows as lines that repeat their headers ("Header: value | Header: value"); it knows no formats."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from core.library.parsers.marks import unmarked
from core.library.parsers.tidy import flat

_NUMBER = re.compile(r"[-+(]?[\s€$£¥]*\d[\d\s.,:/'%€$£¥)-]*[a-zA-Z€$£¥%]{0,3}")
_YEAR = re.compile(r"(19|20)\d\d")
_COLONS = re.compile(":+(\ufdef?)$")
"""Colons at the end of a header, before the mark that ends a concealed one."""
_LONGEST_HEADER = 80
_MOST_TITLES = 6


def render_rows(rows: Iterable[Sequence[str]], header: bool | None = None) -> Iterator[str]:
    """One line for each row with a value; empty cells are left out. `header` None: decide by the first rows."""
    cleaned = (([flat(cell) for cell in row]) for row in rows)
    filled = (row for row in cleaned if any(row))
    first = list(islice(filled, 8))
    if not first:
        return
    if header is None:
        header = has_header([[unmarked(cell) for cell in row] for row in first])
    names = [_COLONS.sub(r"\1", name) for name in first[0]] if header else []
    if header and len(first) == 1:
        yield join_cells([], first[0])
        return
    for row in chain(first[1:] if header else first, filled):
        yield join_cells(names, row)


def split_titles(rows: Iterable[Sequence[str]]) -> tuple[list[str], Iterable[Sequence[str]]]:
    """The lines of a single value above rows of several, and the rows."""
    coming = iter(rows)
    first = list(islice(coming, _MOST_TITLES + 1))
    filled = [[cell for cell in row if cell.strip()] for row in first]
    wide = next((place for place, cells in enumerate(filled) if len(cells) > 1), 0)
    return [cells[0] for cells in filled[:wide] if cells], chain(first[wide:], coming)


def join_cells(names: Sequence[str], row: Sequence[str]) -> str:
    """A row as one line."""
    parts = []
    for position, value in enumerate(row):
        if value:
            name = names[position] if position < len(names) else ""
            named = name and name != value and unmarked(name) != unmarked(value)
            parts.append(f"{name}: {value}" if named else value)
    return " | ".join(parts)


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: short, distinct words, not values (years may be column names)."""
    first = rows[0]
    cells = [cell for cell in first if cell]
    places = [place for place, cell in enumerate(first) if cell]
    if not places:
        return False
    first = first[places[0] : places[-1] + 1]
    if len(rows) < 2 or len(cells) != len(set(cells)) or len(cells) * 2 < len(first):
        return False
    if any(cell.endswith(".") and cell.count(" ") >= 4 for cell in cells):  # a sentence
        return False
    if any(len(cell) > _LONGEST_HEADER or (is_number(cell) and not _YEAR.fullmatch(cell)) for cell in cells):
        return False
    if all(is_number(cell) for cell in cells):
        return False
    labels = [row[0] for row in rows if row and row[0]]
    return not (len(first) == 2 and sum(label.endswith(":") for label in labels) * 2 > len(labels))


def is_number(cell: str) -> bool:
    """Whether a cell holds a number, amount, date or time."""
    return bool(_NUMBER.fullmatch(cell))
