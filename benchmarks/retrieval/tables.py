"""Results as Markdown: a mean with its interval, and the paired difference to a base row over the same questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.evaluation.statistics import estimate, paired


@dataclass(frozen=True, slots=True)
class Row:
    """One way of ranking with a value for each question, by measure; all rows of a table share their questions."""

    name: str
    values: Mapping[str, Sequence[float]]


def table(title: str, rows: Sequence[Row], base: str, digits: int = 3, scale: float = 1.0) -> list[str]:
    """The lines of a Markdown table; raises ValueError when no row has the base's name."""
    reference = next((row for row in rows if row.name == base), None)
    if reference is None:
        raise ValueError(f"No row is called {base!r}.")
    measures = list(reference.values)
    count = len(reference.values[measures[0]])
    heads = [cell for measure in measures for cell in (measure, f"Δ {measure}")]
    lines = [
        f"\n### {title}\n",
        f"{count} questions; 95% bootstrap intervals; Δ is the paired difference to **{base}**.\n",
    ]
    lines += ["| | " + " | ".join(heads) + " |", "|---|" + "---|" * len(heads)]
    for row in rows:
        cells = []
        for measure in measures:
            cells.append(estimate(row.values[measure]).text(digits, scale))
            difference = paired(row.values[measure], reference.values[measure])
            cells.append("" if row is reference else difference.text(digits, scale, sign=True))
        lines.append(f"| {row.name} | " + " | ".join(cells) + " |")
    return lines
