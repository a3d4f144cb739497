"""A report as one HTML file: no script, nothing fetched, every text escaped; it decides nothing."""

from html import escape
from pathlib import Path

from core.decision.paper_parts import Bar, Paper, Section, Sheet

_STYLE = Path(__file__).with_name("paper.css")


def html(paper: Paper) -> str:
    """The file's text."""
    body = "".join(map(_section, paper.sections))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(paper.title)}</title><style>{_STYLE.read_text(encoding='utf-8')}</style></head><body>"
        f'<header><h1>{escape(paper.title)}</h1><p class="about" dir="auto">{escape(paper.about)}</p></header>'
        f"<main>{body}</main></body></html>\n"
    )


def _section(section: Section) -> str:
    bars = f'<div class="bars">{"".join(map(_bar, section.bars))}</div>' if section.bars else ""
    told = "".join(f'<p dir="auto">{escape(each)}</p>' for each in section.paragraphs)
    points = "".join(f'<li dir="auto">{escape(each)}</li>' for each in section.points)
    listed = f"<ul>{points}</ul>" if points else ""
    table = _table(section.table) if section.table else ""
    return f"<section><h2>{escape(section.title)}</h2>{bars}{told}{listed}{table}</section>"


def _bar(bar: Bar) -> str:
    kind = "bar best" if bar.best else "bar"
    return (
        f'<div class="{kind}"><span class="name">{escape(bar.label)}</span><span class="track">'
        f'<span class="fill" style="width:{20 * bar.value:.1f}%"></span></span>'
        f'<span class="value">{bar.value:.2f}</span></div>'
    )


def _table(table: Sheet) -> str:
    columns = "".join(f'<col style="width:{100 * width:.0f}%">' for width in table.widths)
    head = "".join(f"<th>{escape(each)}</th>" for each in table.head)
    rows = "".join(f"<tr>{_cells(row)}</tr>" for row in table.rows)
    return f"<table><colgroup>{columns}</colgroup><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cells(row: tuple[str, ...]) -> str:
    return "".join(f'<td dir="auto">{escape(cell)}</td>' for cell in row)
