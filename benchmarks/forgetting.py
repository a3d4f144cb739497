"""What an adapter forgot: base and adapter on public questions and on the product's own general set, side by side.

    python -m benchmarks.forgetting --adapter FOLDER [--limit 200]
    python -m benchmarks.forgetting --workspace FOLDER --name NAME

BoolQ (Clark et al. 2019) and seven subjects of MMLU (Hendrycks et al. 2021), `--limit` questions of each, drawn with a
seed. An answer is right where the mean log-probability of a token of the right option is the highest. Nothing is
trained or chosen on these questions.
"""

import argparse
import csv
import random
from pathlib import Path

from benchmarks.data import folder, lines
from core.adapters.general import general
from core.adapters.proof import Measure, compared
from core.adapters.scoring import Scorer, perplexity
from core.models.cache import model_folder
from core.settings import Settings

Asked = tuple[list[tuple[str, str]], tuple[str, ...], int]
"""Messages, options, and the place of the right one."""


def boolq(limit: int) -> list[Asked]:
    rows = random.Random(0).sample(list(lines(folder("forgetting") / "boolq_dev_sample600.jsonl")), limit)
    found = []
    for row in rows:
        asked = f"{row['passage']}\nQuestion: {row['question']}? Answer yes or no."
        found.append(([("user", asked)], ("Yes", "No"), int(not row["answer"])))
    return found


def mmlu(limit: int) -> list[Asked]:
    rows = []
    for file in sorted((folder("forgetting") / "mmlu").glob("*_test.csv")):
        with file.open(encoding="utf-8", newline="") as held:
            rows += [row for row in csv.reader(held) if len(row) == 6]
    chosen = random.Random(0).sample(rows, min(limit, len(rows)))
    return [([("user", row[0])], tuple(row[1:5]), "ABCD".index(row[5])) for row in chosen]


def own() -> list[Asked]:
    return [([("user", choice.question)], choice.options, 0) for choice in general().choices]


def right(scores: list[float], place: int) -> float:
    """1 where the score at the place is above all others."""
    return float(scores[place] > max(score for at, score in enumerate(scores) if at != place))


def measure(name: str, asked: list[Asked], scorer: Scorer) -> Measure:
    arms = []
    for adapted in (False, True):
        scores = scorer.options([(messages, options) for messages, options, _ in asked], adapted)
        arms.append([right(each, place) for each, (_, _, place) in zip(scores, asked, strict=True)])
    return compared(name, *arms)


def row(name: str, count: int, base: str, adapter: str, difference: str) -> str:
    return f"{name:24}{count!s:>5}  {base:24}{adapter:24}{difference}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adapter", type=Path, help="a folder as PEFT writes it")
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--name", help="an adapter of the workspace")
    parser.add_argument("--limit", type=int, default=200)
    given = parser.parse_args()
    if not given.adapter and not (given.workspace and given.name):
        parser.error("name --adapter, or --workspace with --name")
    place = given.adapter or given.workspace / "adapters" / given.name
    scorer = Scorer(model_folder(Settings().models, "smollm2"), place)
    print(f"{'accuracy':24}{'n':>5}  {'base':24}{'adapter':24}difference")
    for name, asked in (("BoolQ", boolq(given.limit)), ("MMLU", mmlu(given.limit)), ("general set", own())):
        found = measure(name, asked, scorer)
        told = (found.base.text(), found.adapter.text(), found.difference.text(sign=True))
        print(row(name, found.rows, *told), flush=True)
    texts = general().texts
    before, after = (perplexity(scorer.texts(texts, adapted)) for adapted in (False, True))
    print(row("perplexity", len(texts), f"{before:.2f}", f"{after:.2f}", f"× {after / before:.3f}"))


if __name__ == "__main__":
    main()
