"""Whether the diagnosis names the stage at which evidence was lost: faults are planted one at a time, and it is asked.

    python -m benchmarks.diagnosis [--each 12] [--fault NAME]

In a workspace with the sample documents, questions that the unfaulted recipe answers rightly from their evidence are
asked again under one fault, which is mended before the next. A plant counts only where it takes effect, which is told
by the trace and the accepted answers alone; the diagnosis is given the trace and the question and knows no plant.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from core.answering.ask import finish
from core.answering.diagnosis import Code, Diagnosis
from core.arms import judged
from core.chunking.sentences import sentence_spans
from core.desks.documents import SAMPLES
from core.embedding.encoder import Encoder
from core.evaluation.answers import holds
from core.evaluation.question_files import read_questions
from core.evaluation.questions import Question
from core.evaluation.quotes import fold
from core.generation.contract import Hold, Limits, Messages
from core.generation.prompt import DECLINES
from core.governance.principals import persona
from core.ingestion import Incoming
from core.recipes import recipe, varied
from core.settings import Settings
from core.types import Answer, Principal, Recipe
from core.workbench import Workbench
from tests.fakes import Saying, release, save_smollm2_lora

ADMIN, VIEWER = persona("administrator"), persona("viewer")
QUOTING = replace(recipe("extractive"), route="rag")
WRITING = varied(QUOTING, {"generation.answerer": "local"})
UNFAULTED = {"quoting": QUOTING, "writing": WRITING}
_INVENTED = "Bartholomew Quince fixed it at 9,731 florins on the 37th of Brumaire."
_OTHER = "Nothing about it is settled in this version, which takes the place of the one before."


class Reader(Saying):
    """A model that reads as it is told to: `reads` makes the reply from the prompt."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: Callable[[str], str] = lambda _: DECLINES

    def stream(
        self, messages: Messages, limits: Limits | None = None, *, adapter: str | None = None, hold: Hold | None = None
    ) -> object:
        """The reply, under the adapter's name or none."""
        self.said = {adapter or "none": self.reads(messages[-1][1])}
        return super().stream(messages, limits, adapter=adapter, hold=hold)


class Astray(Encoder):
    """The encoder, but each question's vector points in a direction of its own that has nothing to do with it."""

    def __init__(self, whole: Encoder) -> None:
        self.__dict__ = whole.__dict__

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors by the questions' letters."""
        rows = np.stack([np.random.default_rng([*text.encode()]).normal(size=self.spec.dimension) for text in texts])
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@dataclass(frozen=True)
class Room:
    """A workspace with the samples, the model that stands in for a real one, and the questions."""

    bench: Workbench
    reader: Reader
    questions: Sequence[Question]
    sound: dict[tuple[str, str], bool] = field(default_factory=dict)
    """Whether an unfaulted recipe answers a question rightly, by the recipe's name and the question's id."""


@dataclass(frozen=True)
class Asked:
    """A question asked under a fault."""

    question: Question
    recipe: Recipe
    answer: Answer


@dataclass(frozen=True)
class Fault:
    """A fault, and how it is planted."""

    name: str
    code: Code
    pool: str
    """quoting or writing: the unfaulted recipe that must answer rightly."""
    plant: Callable[[Room, Question], "Iterator[Asked]"]
    """Ask under the fault; it is mended when the iterator ends."""
    took: Callable[[Room, Asked], bool]
    """Whether the fault is what it is meant to be, by the trace alone."""
    right_allowed: bool = False
    """Whether the fault may leave the words of the answer right."""


@dataclass
class Tally:
    """What came of one fault."""

    named: int = 0
    of: int = 0
    """Plants that took effect."""
    ids: list[str] = field(default_factory=list)
    """Their questions."""
    discarded: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    changes: int = 0
    """Diagnoses that suggest a change of the recipe."""
    reached: int = 0
    """Of these the changes that, applied, bring the evidence into the prompt."""
    mended: int = 0
    """Answers that the suggested change, applied, makes right."""
    checked: int = 0
    """Suggested changes that the diagnosis tried itself."""


# -- what is seen without the diagnosis --------------------------------------------------------------------------------


def quote_of(question: Question) -> str:
    """The folded words that prove the answer."""
    return fold(question.evidence[0].quote).strip()


def in_prompt(asked: Asked) -> bool:
    """Whether a source of the answer holds the evidence."""
    return any(quote_of(asked.question) in fold(source.text) for source in asked.answer.sources)


def among_candidates(asked: Asked, first: int | None = None) -> bool:
    """Whether a candidate, or one of the first so many, holds the evidence."""
    hits = asked.answer.trace.candidates[:first]
    return any(quote_of(asked.question) in fold(hit.chunk.text) for hit in hits)


def right(asked: Asked) -> bool:
    """Whether an accepted answer stands in it."""
    return bool(judged(asked.question, asked.answer).right)


def ask(room: Room, question: Question, chosen: Recipe, who: Principal = ADMIN) -> Asked:
    """The question with its answer, whose trace is kept."""
    return Asked(question, chosen, finish(room.bench.ask(question.text, chosen, who)))


# -- the faults --------------------------------------------------------------------------------------------------------


def honest(question: Question, prompt: str) -> str:
    """What a perfect reader says: the words that prove it, if it has them."""
    return question.evidence[0].quote if quote_of(question) in fold(prompt) else DECLINES


def elsewhere(question: Question, prompt: str) -> str:
    """Another sentence of the prompt, word for word, which does not answer."""
    body = prompt.rpartition("Question: ")[0]
    for span in sentence_spans(body):
        sentence = body[span.start : span.end].strip()
        same = fold(sentence) in quote_of(question) or quote_of(question) in fold(sentence)
        if len(sentence.split()) >= 8 and "[" not in sentence and not same and not holds(sentence, question.answers):
            return sentence
    return DECLINES


def by_recipe(room: Room, question: Question, base: Recipe, **changes: str) -> Iterator[Asked]:
    """Under a recipe with these fields changed; two underscores stand for the dot."""
    chosen = varied(base, {name.replace("__", "."): value for name, value in changes.items()})
    room.reader.reads = partial(honest, question)
    yield ask(room, question, chosen)


def reading(
    room: Room, question: Question, reads: Callable[[Question, str], str], adapter: str = "null"
) -> Iterator[Asked]:
    """With a model that reads this way."""
    room.reader.reads = partial(reads, question)
    yield ask(room, question, varied(WRITING, {"generation.sentences": "1", "generation.adapter": adapter}))


def ignoring(room: Room, question: Question) -> Iterator[Asked]:
    """A model that says another sentence, or, by an adapter whose word counts, that it declines."""
    if int(question.id[1:]) % 2:
        yield from reading(room, question, elsewhere)
    else:
        yield from reading(room, question, lambda _, __: DECLINES, "tone")


def erased(room: Room, question: Question) -> Iterator[Asked]:
    """Without the document."""
    name = question.evidence[0].document
    room.bench.erase(name, ADMIN)
    yield ask(room, question, QUOTING)
    room.bench.ingest([file for file in room.bench.samples() if file.name == name], ADMIN)


def astray(room: Room, question: Question) -> Iterator[Asked]:
    """With an embedder that misses."""
    whole = room.bench._encoders["minilm"]
    assert isinstance(whole, Encoder)
    room.bench._encoders["minilm"] = Astray(whole)
    yield ask(room, question, varied(QUOTING, {"retrieval.mode": "dense", "retrieval.candidates": "15"}))
    room.bench._encoders["minilm"] = whole


def forbidden(room: Room, question: Question) -> Iterator[Asked]:
    """Asked by one whom the zone keeps out, or a label."""
    document = room.bench.library.resolve(question.evidence[0].document)
    if document.zone == "public":
        labels = tuple(sorted({label for d in room.bench.library.ready() for label in d.labels} - {document.labels[0]}))
        yield ask(room, question, QUOTING, replace(ADMIN, name="clerk", labels=labels))
    else:
        yield ask(room, question, QUOTING, VIEWER)


def stale(room: Room, question: Question) -> Iterator[Asked]:
    """The document out of force; or replaced by one that says something else, before the question or after it."""
    name = question.evidence[0].document
    document = room.bench.library.resolve(name)
    if not name.endswith((".md", ".html")):
        room.bench.retag(document.id, ADMIN, document.labels, None, "2025-12-31")
        yield ask(room, question, QUOTING)
        room.bench.retag(document.id, ADMIN, document.labels, document.valid_from, document.valid_until)
        return
    text = (SAMPLES / "files" / name).read_text(encoding="utf-8")
    quote = question.evidence[0].quote
    if quote not in text:
        return
    earlier = [ask(room, question, QUOTING)] if int(question.id[1:]) % 2 else []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(text.replace(quote, _OTHER), encoding="utf-8")
        room.bench.ingest([Incoming(path, name)], ADMIN)
        yield from earlier or [ask(room, question, QUOTING)]
    room.bench.ingest([file for file in room.bench.samples() if file.name == name], ADMIN)


def _cut_through(room: Room, asked: Asked) -> bool:
    document = room.bench.library.resolve(asked.question.evidence[0].document)
    entries = room.bench.index.entries(asked.recipe.index_key, document.zone, document.id)
    return not any(quote_of(asked.question) in fold(entry.chunk.text) for entry in entries)


FAULTS = (
    Fault("document missing", "NOT_INDEXED", "quoting", erased, lambda r, a: not among_candidates(a)),
    Fault(
        "boundary through it",
        "SPLIT_BY_CHUNKING",
        "quoting",
        lambda r, q: by_recipe(r, q, QUOTING, chunking__strategy="tokens", chunking__size="12"),
        _cut_through,
    ),
    Fault("embedder that misses", "NOT_RETRIEVED", "quoting", astray, lambda r, a: not among_candidates(a)),
    Fault(
        "rank beyond k",
        "RANKED_TOO_LOW",
        "quoting",
        lambda r, q: by_recipe(r, q, QUOTING, retrieval__top_k="1"),
        lambda r, a: among_candidates(a) and not in_prompt(a),
    ),
    Fault("zone or label forbids", "FILTERED", "quoting", forbidden, lambda r, a: not among_candidates(a)),
    Fault(
        "budget too small",
        "DROPPED_BY_BUDGET",
        "writing",
        lambda r, q: by_recipe(r, q, WRITING, generation__budget="200"),
        lambda r, a: among_candidates(a, 5) and not in_prompt(a),
    ),
    Fault("model that ignores", "IGNORED_BY_MODEL", "writing", ignoring, lambda r, a: in_prompt(a)),
    Fault(
        "model that invents",
        "UNSUPPORTED",
        "writing",
        lambda r, q: reading(r, q, lambda _, __: _INVENTED),
        lambda r, a: in_prompt(a),
    ),
    Fault("superseded version", "STALE", "quoting", stale, lambda r, a: True, right_allowed=True),
)


# -- the run -----------------------------------------------------------------------------------------------------------


@contextmanager
def furnished(folder: Path, encoder: Encoder | None = None, names: Sequence[str] = ()) -> Iterator[Room]:
    """A new workspace with the samples, all or those of these names, and their questions."""
    with Workbench(Settings(workspace=folder / "workspace")) as bench:
        if encoder:
            bench._encoders["minilm"] = encoder
        bench.ingest([file for file in bench.samples() if not names or file.name in names], ADMIN)
        release(bench, save_smollm2_lora(folder / "tone"))
        bench._models["smollm2"] = reader = Reader()
        found = read_questions((SAMPLES / "questions.jsonl").read_bytes(), "jsonl")
        held = {summary.name for summary in bench.documents(ADMIN)}
        known = [q for q in found if q.answers and len(q.evidence) == 1 and q.evidence[0].document in held]
        yield Room(bench, reader, known)


def sound(room: Room, pool: str, question: Question) -> bool:
    """Whether the unfaulted recipe answers rightly from the evidence; asked once."""
    if (pool, question.id) not in room.sound:
        room.reader.reads = partial(honest, question)
        asked = ask(room, question, UNFAULTED[pool])
        room.sound[pool, question.id] = right(asked) and in_prompt(asked)
    return room.sound[pool, question.id]


def spread(questions: Sequence[Question]) -> list[Question]:
    """The questions of each document in turn, so that the first few are of several."""
    by_document: dict[str, list[Question]] = {}
    for question in questions:
        by_document.setdefault(question.evidence[0].document, []).append(question)
    most = max(map(len, by_document.values()), default=0)
    return [held[turn] for turn in range(most) for held in by_document.values() if turn < len(held)]


def tallied(room: Room, fault: Fault, each: int) -> Tally:
    """Plant a fault until it took effect for so many questions, and count what the diagnosis says."""
    tally = Tally()
    for question in spread(room.questions):
        if tally.of >= each:
            break
        if not sound(room, fault.pool, question):
            continue
        for asked in fault.plant(room, question):
            if right(asked) and not fault.right_allowed:
                tally.discarded["the answer stayed right"] += 1
            elif not fault.took(room, asked):
                tally.discarded["the fault did not take"] += 1
            else:
                _judge(room, fault, asked, tally)
    return tally


def _judge(room: Room, fault: Fault, asked: Asked, tally: Tally) -> None:
    found = room.bench.diagnosis.of(asked.answer.trace.id, ADMIN, asked.question)
    tally.of += 1
    tally.ids.append(asked.question.id)
    tally.named += found.code == fault.code
    if found.code != fault.code:
        tally.wrong.append(f"{asked.question.id}: {found.code}: {found.sentence}")
    if found.mend and found.mend.changes:
        tally.changes += 1
        tally.checked += found.mend.checked
        again = _applied(room, asked, found)
        tally.reached += in_prompt(again)
        tally.mended += right(again)


def _applied(room: Room, asked: Asked, found: Diagnosis) -> Asked:
    assert found.mend is not None and asked.answer.trace.asker is not None
    chosen = varied(asked.recipe, dict(found.mend.changes))
    return ask(room, asked.question, chosen, asked.answer.trace.asker)


def unfaulted(room: Room, each: int) -> Tally:
    """Good answers, which the diagnosis must leave alone."""
    tally = Tally()
    for name, chosen in UNFAULTED.items():
        good = (question for question in spread(room.questions) if sound(room, name, question))
        for question in islice(good, each):
            room.reader.reads = partial(honest, question)
            _judge(room, Fault("", "OK", name, erased, lambda r, a: True), ask(room, question, chosen), tally)
    return tally


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=12, help="questions of each fault")
    parser.add_argument("--fault", help="one fault alone")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, furnished(Path(folder)) as room:
        head = f"{'fault':28}{'code':20}{'named':>9}{'change':>9}{'checked':>9}{'reaches':>9}{'mends':>9}   discarded"
        print(head)
        named = of = 0
        for fault in FAULTS:
            if given.fault in (None, fault.name):
                tally = tallied(room, fault, given.each)
                named, of = named + tally.named, of + tally.of
                _print(fault.name, fault.code, tally)
        if given.fault is None:
            _print("none", "OK", unfaulted(room, given.each))
        print(f"planted stage named: {named} of {of}, {named / max(1, of):.1%}")


def _print(name: str, code: str, tally: Tally) -> None:
    figures = "".join(f"{f'{n}/{d}':>9}" for n, d in ((tally.named, tally.of), (tally.changes, tally.of)))
    figures += "".join(f"{f'{n}/{tally.changes}':>9}" for n in (tally.checked, tally.reached, tally.mended))
    print(f"{name:28}{code:20}{figures}   " + ", ".join(f"{n} {why}" for why, n in tally.discarded.items()), flush=True)
    for line in tally.wrong:
        print(f"    {line}", flush=True)


if __name__ == "__main__":
    main()
