"""CSV and TSV: each row on a line with its headers, whatever the delimiter; it knows no types of columns."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice
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
    """The one that gives the most rows one width above 1, and cuts the first row; a comma where none does."""

    def fitness(delimiter: str) -> tuple[float, int]:
        try:
            widths = [len(row) for row in islice(_rows(sample, delimiter), _SAMPLE) if row]
        except csv.Error:
            return 0.0, 0
        ranked = Counter(width for width in widths if width > 1).most_common(1)
        if not ranked:
            return 0.0, 1
        usual, count = ranked[0]
        share = count / len(widths)
        return (share if widths[0] > 1 else share / 2), usual

    return max(_DELIMITERS, key=fitness)
