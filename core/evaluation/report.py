"""An evaluation as one HTML file that stands alone: no script, no picture, nothing that a network would fetch.

It draws what it is given. Names come from people and are escaped.
"""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from core.evaluation.measures import MEASURES, Unit

if TYPE_CHECKING:
    from core.evaluation.statistics import Estimate
    from core.lab.ran import Row

_CHARTED = ("overall", "right", "f1", "citation_precision", "grounded", "recall_at_5")
_DIGITS: dict[Unit, int] = {"share": 2, "ms": 0, "tokens": 0, "money": 4}
_LEFT, _WIDE, _HIGH, _END = 190, 640, 26, 140
"""Pixels of a chart: names, names and scale, a row, the figures behind the scale."""
_STYLE = """
:root { color-scheme: light dark; --ink: #1f2937; --soft: #6b7280; --line: #e5e7eb; --mark: #2563eb; --page: #ffffff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e5e7eb; --soft: #9ca3af; --line: #374151; --mark: #60a5fa; --page: #111827; }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); margin: 2rem auto;
  max-width: 72rem; padding: 0 1.5rem; }
h1 { font-size: 1.5rem; margin-bottom: .2rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
p.facts, td.told, figcaption { color: var(--soft); }
div.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
figure { margin: 1rem 0; } figcaption { font-weight: 600; } svg { max-width: 100%; height: auto; }
svg text { font: 13px system-ui, sans-serif; fill: currentColor; font-variant-numeric: tabular-nums; }
"""


def number(estimate: "Estimate", name: str) -> str:
    """A mean with its interval, in the digits that the measure deserves, with the unit that its title does not say."""
    unit = MEASURES[name].unit
    return estimate.text(_DIGITS[unit]) + (" ms" if unit == "ms" else "")


def page_of(title: str, rows: "Sequence[Row]") -> str:
    """The file's text; what no run measured is left out, what one did not is a dash."""
    names = [name for name in MEASURES if any(name in row.values for row in rows)]
    charts = "".join(_chart(name, rows) for name in _CHARTED if name in names)
    head = "".join(f"<th scope='col'>{escape(row.ran.name)}</th>" for row in rows)
    body = "".join(
        f"<tr><th scope='row'>{escape(MEASURES[name].title)}</th>"
        + "".join(f"<td class='number'>{_cell(row, name)}</td>" for row in rows)
        + f"<td class='told'>{escape(MEASURES[name].told)}</td></tr>"
        for name in names
    )
    made = "".join(f"<li>{escape(_origin(row))}</li>" for row in rows)
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{escape(title)}</title>"
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>"
        "<p class='facts'>Means with 95% intervals over questions: Wilson's for what is right or wrong, bootstrapped "
        f"for the rest.</p>{charts}"
        f"<h2>All measures</h2><div class='wide'><table><thead><tr><th scope='col'>Measure</th>{head}"
        f"<th scope='col'>What it says</th></tr></thead><tbody>{body}</tbody></table></div>"
        f"<h2>What ran</h2><ul>{made}</ul></body></html>\n"
    )


def _cell(row: "Row", name: str) -> str:
    return escape(number(row.values[name], name)) if name in row.values else "–"


def _origin(row: "Row") -> str:
    run = row.ran.run
    code = f"{run.code}, {run.revision}" if run.revision else run.code
    began = run.began_at[:16].replace("T", " ")
    return (
        f"{row.ran.name}: recipe {run.recipe.hash}, {run.asked} of {run.planned} questions of {run.set_name} "
        f"({run.set_hash}), documents {run.corpus}, by {run.by} on {began} UTC, code {code}"
    )


def _chart(name: str, rows: "Sequence[Row]") -> str:
    """A dot with its interval for each run, on a scale from 0 to 1."""
    shown = [row for row in rows if name in row.values]
    high = _HIGH * len(shown) + 26
    marks = "".join(_whisker(row, name, at) for at, row in enumerate(shown))
    ticks = "".join(
        f"<line x1='{_x(at):.0f}' x2='{_x(at):.0f}' y1='0' y2='{high - 22}' stroke='var(--line)'/>"
        f"<text x='{_x(at):.0f}' y='{high - 6}' text-anchor='middle'>{at:g}</text>"
        for at in (0.0, 0.25, 0.5, 0.75, 1.0)
    )
    told = "; ".join(f"{row.ran.name} {number(row.values[name], name)}" for row in shown)
    title = MEASURES[name].title
    return (
        f"<figure><figcaption>{escape(title)}</figcaption><svg viewBox='0 0 {_WIDE + _END} {high}' "
        f"width='{_WIDE + _END}' role='img' aria-label='{escape(f'{title}: {told}', quote=True)}'>{ticks}{marks}</svg>"
        "</figure>"
    )


def _whisker(row: "Row", measure: str, at: int) -> str:
    """One run's dot and interval, its name before the scale and the figures behind it."""
    name, estimate, y = row.ran.name, row.values[measure], _HIGH * at + _HIGH / 2
    short = name if len(name) <= 24 else f"{name[:23]}…"
    return (
        f"<text x='{_LEFT - 14}' y='{y + 4:.0f}' text-anchor='end'>{escape(short)}</text>"
        f"<line x1='{_x(estimate.low):.1f}' x2='{_x(estimate.high):.1f}' y1='{y}' y2='{y}' stroke='var(--mark)' "
        f"stroke-width='2'/><circle cx='{_x(estimate.mean):.1f}' cy='{y}' r='5' fill='var(--mark)'/>"
        f"<text class='end' x='{_WIDE + 16}' y='{y + 4:.0f}'>{escape(number(estimate, measure))}</text>"
    )


def _x(value: float) -> float:
    return _LEFT + max(0.0, min(1.0, value)) * (_WIDE - _LEFT)
