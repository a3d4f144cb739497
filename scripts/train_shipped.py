"""Trains the adapters that come with Touchstone, from public data and invented papers.

    python -m scripts.train_shipped grounded --out DIR
    python -m scripts.train_shipped practised --begin DIR --out DIR2
    python -m scripts.train_shipped handbook --out DIR

`practised` goes on from the weights of `grounded` with more papers and a part of its rows, so that those are not
forgotten; it is what ships. Run again with the same DIR a training goes on where it was stopped.

The rows of `grounded` come from one half of the titles of Natural Questions, XQuAD and AdversarialQA by a hash, and
from `sample_docs.practice`; those of `handbook` from the sample documents, see `scripts.handbook_rows`, with prose of
XQuAD between. The other half and the sample questions are what they are measured on, and are not read here.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.data import folder, half, lines
from core.adapters.examples import Example, encoder, examples, packs
from core.adapters.hyper import Curve, Hyper
from core.adapters.rows import Row
from core.adapters.training import Data, Trainer
from core.embedding.encoder import SPECS, Encoder
from core.models.cache import model_folder
from core.settings import Settings
from sample_docs.practice import papers
from scripts.handbook_rows import handbook

WINDOW = 2048
PAPERS = 420
PIECES, PIECE = 240, 64
HYPER = {
    "grounded": Hyper(rank=16, alpha=32, rate=8e-4, epochs=2, batch=48, looks=6),
    "practised": Hyper(rank=16, alpha=32, rate=4e-4, epochs=1, batch=48, looks=4),
    "handbook": Hyper(rank=16, alpha=32, rate=8e-4, epochs=4, batch=16, looks=4),
}


@dataclass(frozen=True)
class Passage:
    """A passage with what is asked of it: question and short answer."""

    title: str
    text: str
    asked: tuple[tuple[str, str], ...]


def natural_questions(which: int) -> list[Passage]:
    """Search questions with the passage that answers."""
    found = []
    for row in lines(folder("nq_oracle") / "nq-open-oracle.jsonl"):
        best = row["ctxs"][0]
        answer = next((a for a in row["answers"] if a in best["text"]), "")
        if half(best["title"]) == which and answer and len(answer.split()) <= 12:
            found.append(Passage(best["title"], best["text"], ((row["question"] + "?", answer),)))
    return found


def xquad(which: int) -> list[Passage]:
    """English paragraphs with their questions."""
    texts = {row["para_id"]: row for row in lines(folder("xquad") / "paragraphs.en.jsonl")}
    asked: dict[str, list[tuple[str, str]]] = {}
    for row in lines(folder("xquad") / "questions.jsonl"):
        asked.setdefault(row["para_id"], []).append((row["question"]["en"], row["en_answer"]))
    return [
        Passage(row["title"].replace("_", " "), row["context"], tuple(asked.get(key, ())))
        for key, row in texts.items()
        if half(row["title"]) == which
    ]


def adversarial(which: int) -> list[Passage]:
    """Passages with questions made to be hard."""
    asked: dict[str, list[tuple[str, str]]] = {}
    for row in lines(folder("finetune_closedqa") / "adversarial_qa.jsonl"):
        if row["answer_in_context"] and len(row["answer"].split()) <= 12:
            asked.setdefault(row["context"], []).append((row["question"], row["answer"]))
    return [Passage("Article", text, tuple(pairs)) for text, pairs in asked.items() if half(text) == which]


def together(passages: Sequence[Passage], vectors: np.ndarray, chance: random.Random) -> Iterator[Row]:
    """Rows over groups of near passages: each asked of, and one asked of that was left out.

    The rows of a group have their sources in common, which the trainer reads once.
    """
    left = set(range(len(passages)))
    number = 0
    while left:
        start = min(left)
        near = [int(i) for i in np.argsort(-(vectors @ vectors[start])) if int(i) in left]
        size = chance.choice((1, 2, 3, 3, 4, 5))
        shown, absent = near[:size], near[size : size + 2]
        left -= set(shown)
        chance.shuffle(shown)
        sources = tuple(f"{passages[i].title}\n{passages[i].text}" for i in shown)
        for place, i in enumerate(shown, start=1):
            for question, answer in passages[i].asked:
                number += 1
                yield Row(f"{start}-{number}", question, f"{answer} [{place}]", sources)
        for i in absent:
            for question, answer in chance.sample(passages[i].asked, min(2, len(passages[i].asked))):
                if not any(answer.lower() in source.lower() for source in sources):
                    number += 1
                    yield Row(f"{start}-{number}", question, "", sources, declines=True)


def practice(number: int, seed: int) -> Iterator[Row]:
    """Rows of invented papers; some sections are shown alone, so that what they do not say is asked for too."""
    for at, paper in enumerate(papers(number, seed)):
        for i, asked in enumerate(paper.asked):
            answer = f"{asked.answer} [{asked.section + 1}]" if asked.section is not None else ""
            yield Row(f"paper{at}-{i}", asked.question, answer, paper.sections, declines=asked.section is None)


def grounded(which: int) -> list[Row]:
    """All rows of the adapter that answers from sources."""
    chance = random.Random(11)  # noqa: S311
    judge = Encoder(SPECS["minilm"], model_folder(Settings().models, "minilm"))
    found: list[Row] = []
    for passages in (natural_questions(which), xquad(which), adversarial(which)):
        chance.shuffle(passages)
        found += together(passages, judge.passages([f"{p.title}\n{p.text}" for p in passages]), chance)
    return found + list(practice(PAPERS if which == 0 else 40, which))


def practised(which: int) -> list[Row]:
    """More papers, and one in eight of the rows of public data."""
    public = [row for row in grounded(which) if not row.id.startswith("paper")]
    sources = sorted({row.sources for row in public})
    kept = set(random.Random(2).sample(sources, len(sources) // 8))  # noqa: S311
    return [row for row in public if row.sources in kept] + list(
        practice(PAPERS // 2 if which == 0 else 20, 100 + which)
    )


def prose(tokenizer: Any) -> list[Example]:
    """Pieces of plain paragraphs: who learns by heart reads other things in between, and forgets less (Robins 1995)."""
    start = (int(tokenizer.eos_token_id),)
    pieces = []
    for passage in xquad(0):
        ids = tokenizer(passage.text, add_special_tokens=False)["input_ids"]
        pieces += [Example(start, tuple(ids[at : at + PIECE])) for at in range(0, len(ids) - PIECE + 1, PIECE)]
    return random.Random(0).sample(pieces, PIECES)  # noqa: S311


def begin_from(earlier: Path, checkpoints: Path) -> None:
    """Let a training begin with the weights of another; what it began itself is gone on with."""
    from safetensors.torch import load_file, save_file

    if (checkpoints / "checkpoint").exists():
        return
    place = checkpoints / "checkpoint"
    place.mkdir(parents=True)
    held = load_file(earlier / "checkpoints" / "checkpoint" / "state.safetensors")
    save_file({name: each for name, each in held.items() if name.startswith("weight.")}, place / "state.safetensors")
    (place / "state.json").write_text(json.dumps({"step": 0, "tokens": 0, "seconds": 0.0, "points": []}))


def main() -> None:
    """Train, with a line for every reading of the curve."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("adapter", choices=list(HYPER))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--begin", type=Path, help="the DIR of a training whose weights this one begins with")
    parser.add_argument("--epochs", type=float)
    parser.add_argument("--rate", type=float)
    chosen = parser.parse_args()
    from transformers import AutoTokenizer

    base = model_folder(Settings().models, "smollm2")
    tokenizer = AutoTokenizer.from_pretrained(base)
    encode = encoder(tokenizer)
    made = {"grounded": grounded, "practised": practised}.get(chosen.adapter)
    rows = (made(0), made(1)) if made else handbook()
    train, held = (examples(side, encode, WINDOW) for side in rows)
    held = random.Random(3).sample(held, min(200, len(held)))  # noqa: S311
    if chosen.adapter == "handbook":
        train += prose(tokenizer)
    told = sum(pack.tokens for pack in packs(train))
    alone = sum(example.tokens for example in train)
    print(f"{len(train)} rows, {told} tokens where rows share their sources, {alone} without", flush=True)
    named = HYPER[chosen.adapter]
    hyper = replace(named, epochs=chosen.epochs or named.epochs, rate=chosen.rate or named.rate)
    trainer = Trainer(base, Data(tuple(train), tuple(held)), hyper)
    if chosen.begin:
        begin_from(chosen.begin, chosen.out / "checkpoints")
    began = time.monotonic()

    def report(curve: Curve) -> None:
        point = curve.points[-1]
        looked = f", held out {point.held_out:.3f}" if point.held_out is not None else ""
        print(
            f"step {point.step} of {curve.steps}: {point.loss:.3f}{looked}, {curve.per_second:.0f} tokens/s", flush=True
        )
        if looked:
            trainer.save(chosen.out / f"step-{point.step}")

    curve = trainer.run(chosen.out / "checkpoints", report)
    trainer.save(chosen.out / "adapter")
    (chosen.out / "curve.json").write_text(json.dumps([asdict(point) for point in curve.points]))
    print(f"done in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
