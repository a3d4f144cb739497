"""Asks every route every question once, and keeps what came of it in a file; it judges no router.

Questions: those of the sample company that are in the documents' language, and questions of the handbook's documents
in wordings that its adapter never saw. Which half a question falls into is decided by a hash, of the fact where two
questions may ask for one fact.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.data import lines
from core.answering.routing_model import Outcome
from core.answering.routing_signals import Known, Signals, draft_signals, measure
from core.arms import Spoken, speak
from core.evaluation.questions import Question, from_body, half_of
from core.governance.principals import persona
from core.index.contract import Access
from core.recipes import BUILT_IN
from core.retrieval.retriever import retrieve
from core.settings import Settings
from core.types import Recipe, Tokens, Way, fingerprint
from core.workbench import Workbench
from scripts.handbook_rows import handbook

ALONE, READER = "handbook", "grounded"
SAMPLES = Path(__file__).parent.parent / "sample_docs" / "questions.jsonl"
ADMIN = persona("administrator")


@dataclass(frozen=True)
class Asked:
    """A question, and whether it is of the half that is tested on."""

    question: Question
    test: bool


def questions(limit: int | None = None) -> tuple[list[Asked], tuple[str, ...]]:
    """The questions, ordered by hash so that the first are like all; and those that the adapter was trained with."""
    train, held = handbook()
    bodies = [body for body in lines(SAMPLES) if "cross-lingual" not in body["tags"]]
    sample = [Asked(each, _tested(each)) for each in map(from_body, bodies)]
    rephrased = []
    for row in held:
        question = Question(f"h-{row.id}", row.question, (row.answer,), zone=row.zone, tags=(ALONE,))
        rephrased.append(Asked(question, half_of(row.rephrases or row.id) == "report"))
    mixed = sorted([*sample, *rephrased], key=lambda each: fingerprint(["router", each.question.id]))
    return mixed[:limit], tuple(row.question for row in train)


def gather(file: Path, limit: int) -> list[dict[str, Any]]:
    """One row a question; those that the file lacks are asked and written to it."""
    held = {row["id"]: row for row in lines(file)} if file.exists() else {}
    wanted, trained = questions(limit)
    missing = [each for each in wanted if each.question.id not in held]
    if missing:
        with tempfile.TemporaryDirectory() as place, Workbench(Settings(workspace=Path(place))) as bench:
            bench.ingest(bench.samples(), ADMIN)
            with file.open("a", encoding="utf-8") as out:
                for number, row in enumerate(_asked(bench, missing, trained), start=1):
                    held[row["id"]] = row
                    out.write(json.dumps(row) + "\n")
                    out.flush()
                    if number % 20 == 0:
                        print(f"{number} of {len(missing)} asked", file=sys.stderr, flush=True)
    return [held[each.question.id] for each in wanted]


def _tested(question: Question) -> bool:
    """By what it rests on, so that two questions for one fact fall on one side; parity of a CRC would not do here.

    The handbook's questions were held out by the CRC of their facts: its parity is the same for all of them.
    """
    found = question.evidence
    return half_of(f"{found[0].document}|{found[0].quote}" if found else question.id) == "report"


def outcome(row: dict[str, Any], rag: str = "rag") -> Outcome:
    """A row of the file as what a router learns from; `rag` is "quotes" where retrieval answers with them."""
    names: dict[Way, str] = {"closed": "closed", "rag": rag, "rag + adapter": "rag + adapter"}
    held = {way: row["ways"][name] for way, name in names.items()}
    return Outcome(
        row["id"], Signals(row["signals"], row["zone"]), {way: each["right"] for way, each in held.items()},
        {way: each["ms"] for way, each in held.items()}, {way: each["tokens"] for way, each in held.items()},
        row["answerable"],
    )  # fmt: skip


def ways_of(bench: Workbench) -> dict[str, Recipe]:
    """The recipe of each route, and of quotes, which no model writes."""
    base = BUILT_IN["default"]
    alone, reader = (bench.adapters.worn(base, name, ADMIN) for name in (ALONE, READER))
    return {
        "closed": replace(alone, route="closed"),
        "rag": replace(base, route="rag"),
        "rag + adapter": replace(reader, route="rag"),
        "quotes": replace(BUILT_IN["extractive"], route="rag"),
    }


def _asked(bench: Workbench, wanted: Sequence[Asked], trained: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    from core.answering.ask import ask

    recipes, base = ways_of(bench), BUILT_IN["default"]
    parts = bench.parts(base)
    documents = frozenset(bench.adapters.get(ALONE, ADMIN).manifest.documents)
    known = Known(trained, parts.judge.queries(list(trained)), documents)

    def spoken(question: Question, recipe: Recipe) -> Spoken:
        return speak(question, "base", recipe, lambda text, chosen: ask(text, chosen, ADMIN, bench.parts(chosen)))

    for recipe in recipes.values():  # no first question pays for the loading
        spoken(Question("", "How warm is the kettle?"), recipe)
    for each in wanted:
        question = each.question
        began = time.perf_counter()
        vector = parts.judge.queries([question.text])[0]
        hits = retrieve(question.text, base, Access.of(ADMIN), parts.retriever, vector)
        signals = measure(question.text, vector, hits, known)
        looked = (time.perf_counter() - began) * 1000
        found: dict[str, Any] = {}
        draft = Tokens()
        for way, recipe in recipes.items():
            said = spoken(question, recipe)
            tokens = said.answer.tokens
            draft = tokens if way == "closed" else draft
            found[way] = {
                "right": bool(said.verdict.right), "ms": said.seconds * 1000,
                "tokens": tokens.prompt + tokens.answer, "declined": said.verdict.declined,
            }  # fmt: skip
        yield {
            "id": question.id, "test": each.test, "handbook": ALONE in question.tags, "answerable": question.answerable,
            "zone": signals.zone, "signals": {**signals.values, **draft_signals(draft)}, "looked_ms": looked,
            "ways": found,
        }  # fmt: skip
