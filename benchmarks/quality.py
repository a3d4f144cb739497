"""Answer quality on the sample company's questions, for each recipe: right, cited to the right document, declined.

    python -m benchmarks.quality [--recipes extractive,default] [--limit N] [--show N]

The documents are taken in to a temporary workspace. An answer counts as right when one of the accepted answers stands
in it, case and spacing aside; as rightly cited when a citation points into a document that holds the evidence. The
intervals are 95% bootstrap intervals over questions.
"""

import argparse
import json
import re
import tempfile
import time
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.answering.ask import finish
from core.desks.documents import SAMPLES
from core.governance.principals import persona
from core.recipes import BUILT_IN, varied
from core.settings import Settings
from core.types import Answer
from core.workbench import Workbench


@dataclass(frozen=True)
class Row:
    """One question with what came of it."""

    question: dict[str, Any]
    answer: Answer
    found_at: int | None
    """Rank of the first hit that overlaps the evidence, None when no candidate does."""
    ms: float


def fold(text: str) -> str:
    """Case, accents' form, quotes and spacing made equal."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("–", "-")
    return re.sub(r"\s+", " ", text)


def right(row: Row) -> bool:
    """One of the accepted answers stands in the answer."""
    return not row.answer.abstained and any(fold(a) in fold(row.answer.text) for a in row.question["answers"])


def rightly_cited(row: Row) -> bool:
    """A citation points into a document that holds the evidence."""
    wanted = {evidence["document"] for evidence in row.question["evidence"]}
    return any(citation.document in wanted for citation in row.answer.citations)


def interval(values: Sequence[bool]) -> str:
    """Mean with its 95% bootstrap interval, as text."""
    if not values:
        return "-"
    data = np.array(values, dtype=float)
    draws = np.random.default_rng(0).choice(data, (2000, len(data))).mean(1)
    low, high = np.percentile(draws, [2.5, 97.5])
    return f"{data.mean():.2f} [{low:.2f}, {high:.2f}]"


def run(bench: Workbench, name: str, questions: Sequence[dict[str, Any]]) -> list[Row]:
    """Ask every question by one recipe, varied as its name says, as an administrator."""
    base, *changes = name.split("+")
    asker, chosen = persona("administrator"), varied(BUILT_IN[base], dict(change.split("=", 1) for change in changes))
    rows = []
    for question in questions:
        began = time.perf_counter()
        answer = finish(bench.ask(question["question"], chosen, asker))
        ms = (time.perf_counter() - began) * 1000
        rows.append(Row(question, answer, _found_at(question, answer), ms))
    return rows


def _found_at(question: dict[str, Any], answer: Answer) -> int | None:
    quotes = [(e["document"], fold(e["quote"])) for e in question["evidence"]]
    for hit in answer.trace.candidates:
        text = fold(hit.chunk.text)
        if any(hit.document == document and (quote in text or text in quote) for document, quote in quotes):
            return hit.rank
    return None


def table(name: str, rows: Sequence[Row]) -> list[str]:
    """The lines that describe one recipe."""
    answerable = [row for row in rows if row.question["answerable"]]
    without = [row for row in rows if not row.question["answerable"]]
    groups: dict[str, Callable[[Row], bool]] = {
        "all answerable": lambda row: True,
        "  in the documents' language": lambda row: "cross-lingual" not in row.question["tags"],
        "  in another language": lambda row: "cross-lingual" in row.question["tags"],
    }
    lines = [f"\n{name}: {len(answerable)} answerable, {len(without)} unanswerable"]
    lines.append(f"{'':30}{'right':>20}{'rightly cited':>20}{'wrongly declined':>20}{'recall@5':>20}")
    for label, member in groups.items():
        some = [row for row in answerable if member(row)]
        columns = (
            [right(row) for row in some],
            [rightly_cited(row) for row in some],
            [row.answer.abstained for row in some],
            [row.found_at is not None and row.found_at <= 5 for row in some],
        )
        lines.append(f"{label:30}" + "".join(f"{interval(column):>20}" for column in columns))
    lines.append(f"{'unanswerable, declined':30}{interval([row.answer.abstained for row in without]):>20}")
    lines.append(f"{'median milliseconds':30}{np.median([row.ms for row in rows]):>20.0f}")
    return lines


def main() -> None:
    """Print a table for each recipe."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipes", default="extractive,default", help="name[+field=value]…, separated by commas")
    parser.add_argument("--limit", type=int, default=None, help="the first N questions only")
    parser.add_argument("--show", type=int, default=0, help="print N wrong answers of each recipe")
    options = parser.parse_args()
    questions = [json.loads(line) for line in (SAMPLES / "questions.jsonl").read_text().splitlines()][: options.limit]
    with tempfile.TemporaryDirectory() as folder, Workbench(Settings(workspace=Path(folder))) as bench:
        bench.ingest(bench.samples(), persona("administrator"))
        for name in options.recipes.split(","):
            rows = run(bench, name, questions)
            print("\n".join(table(name, rows)))
            wrong = [row for row in rows if row.question["answerable"] and not right(row)]
            for row in wrong[: options.show]:
                print(f"  {row.question['id']} {row.question['question']}\n    wanted {row.question['answers'][0]!r}")
                print(f"    found at {row.found_at}, got {row.answer.text[:160]!r}")


if __name__ == "__main__":
    main()
