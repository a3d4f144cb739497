"""Makes the consumer price list, a workbook of four sheets with plain tables.

It does not know the dealers' prices.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from sample_docs.brand import DISCLAIMER, PAPER, RULE, TEAL
from sample_docs.frozen import freeze

Row = tuple[str | float, ...]

_WHERE = "Price with tax (euros)"
SHEETS: dict[str, tuple[tuple[int, ...], tuple[Row, ...]]] = {
    "Devices": (
        (12, 34, 14, 22, 52, 20),
        (
            ("Article", "Model", "Colour", _WHERE, "Description", "Delivery"),
            (
                "TS3-CH",
                "Tarn S3 kitchen scale",
                "chalk",
                64.0,
                "Up to 5 kg in steps of 1 g; three AAA cells",
                "in stock",
            ),
            (
                "TS3-GR",
                "Tarn S3 kitchen scale",
                "graphite",
                64.0,
                "Up to 5 kg in steps of 1 g; three AAA cells",
                "in stock",
            ),
            (
                "TSD-GR",
                "Tarn S3 Duo kitchen scale",
                "graphite",
                89.0,
                "Second platform of 8 cm for up to 500 g in steps of 0.1 g",
                "in stock",
            ),
            (
                "WC2-CH",
                "Wren C2 brewing scale",
                "chalk",
                118.0,
                "Up to 2 kg in steps of 0.1 g, timer and flow bar",
                "in stock",
            ),
            (
                "WC2-GR",
                "Wren C2 brewing scale",
                "graphite",
                118.0,
                "Up to 2 kg in steps of 0.1 g, timer and flow bar",
                "in stock",
            ),
            ("WC2-FE", "Wren C2 brewing scale", "fern", 124.0, "Made in March and September only", "September 2026"),
            (
                "BW1-ST",
                "Bowline B1 hanging scale",
                "steel",
                72.0,
                "Up to 25 kg in steps of 10 g, folding hook",
                "in stock",
            ),
            (
                "HK1-CH",
                "Hob K1 gooseneck kettle",
                "chalk",
                139.0,
                "0.9 litres, 1,150 watts, 40 to 100 °C in single degrees",
                "in stock",
            ),
            (
                "HK1-GR",
                "Hob K1 gooseneck kettle",
                "graphite",
                139.0,
                "0.9 litres, 1,150 watts, 40 to 100 °C in single degrees",
                "in stock",
            ),
            ("RG40", "Rook G40 hand grinder", "steel", 96.0, "Steel burrs of 40 mm, holds 28 g of beans", "in stock"),
            (
                "RG58",
                "Rook G58 electric grinder",
                "graphite",
                329.0,
                "Flat burrs of 58 mm, 2.1 g a second, 54 decibels",
                "two weeks",
            ),
            (
                "LD2",
                "Loft D2 dripper",
                "porcelain white",
                28.0,
                "For one to four cups, fits size 02 papers",
                "in stock",
            ),
        ),
    ),
    "Spare parts": (
        (12, 40, 26, 22, 36),
        (
            ("Part", "Name", "Fits", _WHERE, "Remark"),
            ("C2-110", "Battery BL-11, 1,100 mAh", "Wren C2", 14.5, "Exchange takes ten minutes"),
            ("C2-120", "Load cell 3 kg with paper gauge", "Wren C2", 27.0, "Calibrate afterwards"),
            ("C2-131", "Display with gasket", "Wren C2", 22.8, "Gasket is for single use"),
            ("C2-140", "Main board, calibrated", "Wren C2", 41.0, "From board week 2418"),
            ("S3-210", "Load cell 6 kg", "Tarn S3, Tarn S3 Duo", 21.5, "Calibrate afterwards"),
            ("S3-305", "Battery lid", "Tarn S3", 3.2, "Graphite only"),
            ("K1-210", "Heating plate 46 ohms", "Hob K1", 38.0, "Fitted by the repair desk only"),
            ("K1-220", "Thread insert for handle, pair", "Hob K1", 3.8, "With hexagon key 2.5 mm"),
            ("K1-233", "Lid with cork knob", "Hob K1", 12.4, "Cork knob also fits model K0 of 2016"),
            ("G40-310", "Burr set 40 mm", "Rook G40", 34.0, "Sealed; cannot be returned once opened"),
            ("G58-310", "Burr set 58 mm", "Rook G58", 58.0, "Sealed; lasts about 600 kg of coffee"),
            ("G58-322", "Drive belt", "Rook G58", 9.9, "Lasts about 900 kg of coffee"),
        ),
    ),
    "Services": (
        (14, 40, 22, 60),
        (
            ("Code", "Service", _WHERE, "Condition"),
            (
                "SV-01",
                "Repair, per half hour",
                24.0,
                "Estimate before the work begins; 18 months warranty on the repair",
            ),
            ("SV-02", "Calibration at the works", 19.0, "Return postage included; certificate with three points"),
            ("SV-03", "Calibration certificate with ten points", 46.0, "Takes five working days"),
            ("SV-04", "Engraving", 9.0, "Up to 18 characters; three working days; no return"),
            ("SV-05", "Place in the Saturday repair workshop", 12.0, "Parts extra; at most 16 places"),
            ("SV-06", "Loan of a 1,000 g weight, class M1", 0.0, "Deposit of 30 euros; for up to ten days"),
            (
                "SV-07",
                "Service contract for cafés",
                156.0,
                "Per year and grinder; two visits and a loan device within 24 hours",
            ),
        ),
    ),
    "Second Round": (
        (12, 34, 18, 22, 56),
        (
            ("Article", "Model", "Grade", _WHERE, "What to expect"),
            ("2R-TS3", "Tarn S3 kitchen scale", "A", 43.0, "No visible marks; 30 months warranty"),
            ("2R-TS3B", "Tarn S3 kitchen scale", "B", 36.0, "Scratches on the platform; 30 months warranty"),
            ("2R-WC2", "Wren C2 brewing scale", "A", 79.0, "New battery fitted; 30 months warranty"),
            ("2R-HK1", "Hob K1 gooseneck kettle", "A", 92.0, "New lid and seals; 30 months warranty"),
            ("2R-RG58", "Rook G58 electric grinder", "B", 218.0, "New burrs; marks on the housing; 30 months warranty"),
        ),
    ),
}


def price_list() -> bytes:
    """The workbook's bytes."""
    book = Workbook()
    book.remove(book.active)
    for title, (widths, rows) in SHEETS.items():
        _fill(book.create_sheet(title), widths, rows)
    props = book.properties
    props.creator, props.title, props.description = "Quillow Works", "Consumer price list 2026", DISCLAIMER
    props.created = props.modified = datetime(2026, 1, 5, 8, 0)
    out = BytesIO()
    book.save(out)
    return freeze(out.getvalue())


def _fill(sheet: Worksheet, widths: tuple[int, ...], rows: tuple[Row, ...]) -> None:
    thin = Side(style="thin", color=RULE)
    for number, width in enumerate(widths):
        sheet.column_dimensions[chr(ord("A") + number)].width = width
    for r, row in enumerate(rows, start=1):
        for c, value in enumerate(row, start=1):
            cell = sheet.cell(r, c, value)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            cell.border = Border(bottom=thin)
            if r == 1:
                cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor=TEAL)
            elif r % 2:
                cell.fill = PatternFill("solid", fgColor=PAPER)
            if isinstance(value, float):
                cell.number_format = "0.00"
    sheet.freeze_panes = "A2"
    sheet.oddHeader.left.text, sheet.oddHeader.right.text = "Quillow Works: consumer prices", "&A"
    sheet.oddFooter.left.text = f"Valid 1 March 2026 to 28 February 2027 | {DISCLAIMER}"
    sheet.oddFooter.right.text = "Page &P of &N"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
