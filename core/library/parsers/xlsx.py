"""Workbooks: one page a sheet, its blocks of rows as tables with their headers; it knows nothing of charts or macros.

Formulas give the values that were stored with them.
"""

import re
import warnings
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import chain
from pathlib import Path
from typing import Any

from core.errors import DamagedFile, ParserLimit
from core.library.limits import Limits
from core.library.media import Media
from core.library.parsers.build import TextBuilder
from core.library.parsers.cell_values import displayed
from core.library.parsers.left_out import comments_and_properties
from core.library.parsers.marks import mark, unmarked
from core.library.parsers.ooxml import Package
from core.library.parsers.xlsx_hidden import Folded, Looks, folded
from core.types import ParsedFile

_NOT_COMPUTED = re.compile(rb"</f>\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_MOST_CELLS = 20_000_000
_WIDEST = 2_000
"""Cells of a row that are looked at."""


def parse(path: Path, limits: Limits) -> ParsedFile:
    """All sheets in the order of their tabs, hidden ones included with a note."""
    builder = TextBuilder(limits, marked=True, unit="sheet")
    with Package(path, limits) as package:  # measures the container; openpyxl opens it for itself
        away: dict[str, Folded] = {}
        bare = False
        for name in package.names():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                data = package.read(name)
                away[name] = folded(data)
                bare = bare or _NOT_COMPUTED.search(data) is not None
        dropped = comments_and_properties(package)
        if bare:
            builder.notes.append(
                "formulas without a stored value were left out; save the workbook in Excel to store them"
            )
    from openpyxl import load_workbook

    hidden, blank = [], []
    with path.open("rb") as file, warnings.catch_warnings():  # given a path, openpyxl would judge it by its extension
        warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that it does not know
        try:
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False, keep_vba=False)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise DamagedFile(f"is damaged: its workbook cannot be read ({type(error).__name__})") from None
        try:
            looks = Looks(book)
            for sheet in book.worksheets:
                builder.page(sheet.title)
                gone = sheet.sheet_state != "visible"
                if gone:
                    hidden.append(sheet.title)
                rows = _rows(sheet, away.get(sheet._worksheet_path.lower().lstrip("/"), Folded()), looks)
                with builder.concealing("hidden sheet") if gone else nullcontext():
                    if not _sheet(builder, sheet.title, rows):
                        blank.append(sheet.title)
        finally:
            book.close()
    builder.notes += [f"sheet '{title}' is hidden" for title in hidden[:20]]
    builder.notes += [f"no text on sheet '{title}'" for title in blank[:20]]
    builder.notes += dropped
    return builder.finish(Media.XLSX)


def _sheet(builder: TextBuilder, title: str, rows: Iterator[list[str]]) -> bool:
    """Append a sheet; False when it is blank, and then it has no heading either."""
    first = next((row for row in rows if row), None)
    if first is None:
        return False
    builder.heading(title, 1)
    rows = chain([first], rows)
    while True:
        region = _region(rows)
        lead = next(region, None)
        if lead is None:
            return True
        second = next(region, None)
        if second is None and sum(map(bool, lead)) == 1:
            builder.paragraph("".join(lead))
        else:
            builder.table(chain([lead], [second] if second else [], region))


def _region(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """The rows up to the next blank one, after the blank ones before."""
    begun = False
    for row in rows:
        if row:
            begun = True
            yield row
        elif begun:
            return


def _rows(sheet: Any, away: Folded, looks: Looks) -> Iterator[list[str]]:
    """Rows of displayed values with marks; a blank row is an empty list, and of several only one is given."""
    sheet.reset_dimensions()
    cells = 0
    was_blank = False
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells += len(row)
        if cells > _MOST_CELLS:
            raise ParserLimit(f"holds more than {_MOST_CELLS:,} cells and was not read")
        texts = [_text(cell) if cell.value is not None else "" for cell in row[:_WIDEST]]
        if number in away.rows:
            texts = [mark(text, "hidden row or column") for text in texts]
        elif away.columns or looks.any:
            texts = [
                mark(text, "hidden row or column" if column in away.columns else looks.why(cell)) if text else ""
                for column, (text, cell) in enumerate(zip(texts, row, strict=False), 1)
            ]
        while texts and not texts[-1].strip():
            texts.pop()
        if texts or not was_blank:
            yield texts
        was_blank = not texts


def _text(cell: Any) -> str:
    return unmarked(displayed(cell.value, cell.number_format))
