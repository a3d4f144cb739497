"""CSV and TSV: each row on a line with its headers, whatever the delimiter; it knows no types of columns."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from core.library.decoding import decode
from core.library.limits import Limits
from core.library.media import Media
from core.library.parsers.build import TextBuilder
from core.types import ParsedFile

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 200
"""Rows that decide on the delimiter."""


def parse(path: Path, limits: Limits) -> ParsedFile:
    """The whole table."""
    text = decode(path.read_bytes()).replace("\x00", " ")
    sample = text[: 1 << 16]
    delimiter, text = _declared(text) or (_delimiter(sample), text)
    csv.field_size_limit(limits.text_chars)
    builder = TextBuilder(limits)
    builder.table(_rows(text, delimiter))
    return builder.finish(Media.TSV if delimiter == "\t" else Media.CSV)


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False, skipinitialspace=True)
    yield from reader


def _declared(text: str) -> tuple[str, str] | None:
    """Excel's first line "sep=;"."""
    first, _, rest = text.partition("\n")
    first = first.strip()
    return (first[4], rest) if len(first) == 5 and first.lower().startswith("sep=") else None


def _delimiter(sample: str) -> str:
    """The one that gives the most rows of one width above 1; a comma where none does."""

    def fitness(delimiter: str) -> tuple[float, int]:
        widths: dict[int, int] = {}
        try:
            for number, row in enumerate(_rows(sample, delimiter)):
                if row:
                    widths[len(row)] = widths.get(len(row), 0) + 1
                if number >= _SAMPLE:
                    break
        except csv.Error:
            return 0.0, 0
        total = sum(widths.values())
        usual = max(widths, key=lambda width: (widths[width], width), default=1)
        return (widths[usual] / total if usual > 1 else 0.0), usual

    return max(_DELIMITERS, key=fitness)
