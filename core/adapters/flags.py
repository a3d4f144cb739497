"""What a reviewer should look at before a row is learned; it changes no row and decides nothing.

Two questions are near each other when their vectors have a cosine of at least 0.93, the content words of one hold those
of the other, and no number or code differs. Of the rules' own paraphrases 95% lie above 0.93; without the second and
third condition "the net price of C2-110" and "of C2-120" would count as one question.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from core.adapters.rows import Row
from core.embedding.neighbours import near_duplicates
from core.evaluation.quotes import fold
from core.generation.evidence import words
from core.generation.particulars import numbers
from core.guardrails.patterns import personal

FlagKind = Literal["contradiction", "duplicate", "personal data", "evidence", "length", "test question"]
FLAGS: tuple[FlagKind, ...] = ("contradiction", "duplicate", "personal data", "evidence", "length", "test question")
NEAR = 0.93
"""Cosine from which two questions may be the same; see above."""
LONG_ANSWER = 1_200
"""Characters above which an answer is no short one."""
_MOST_PAIRS = 5_000
_CROWD = 20
"""Rows with one question above which each is only compared with the next."""

Vectors = Callable[[Sequence[str]], np.ndarray]
"""Texts to unit vectors, shape (texts, dimension)."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A reason to look twice."""

    kind: FlagKind
    why: str
    """A sentence."""
    others: tuple[str, ...] = ()
    """Ids of the rows that it is about besides."""


def flag_rows(
    rows: Sequence[Row],
    vectors: Vectors | None = None,
    tests: Mapping[str, str] | None = None,
    problem: Callable[[Row], str] = lambda _: "",
) -> dict[str, tuple[Flag, ...]]:
    """The flags of each row that has any, by its id, in the order of `FLAGS`.

    `vectors` embeds questions, without it only equal ones are compared; `tests` holds the names of the question sets
    that measure, by their questions; `problem` says what is wrong with a row's evidence. Rows that were rejected are
    not compared with others, and a row not with its own paraphrases.
    """
    found: dict[str, list[Flag]] = {row.id: [] for row in rows}
    told: set[tuple[str, str]] = set()
    for one, other in _alike([row for row in rows if row.state != "rejected"], vectors):
        same = fold_question(one.question) == fold_question(other.question)
        asked = "asks the same" if same else "asks nearly the same"
        for row, beside in ((one, other), (other, one)):
            if (row.id, _root(beside)) in told:  # said of the row or of another of its paraphrases
                continue
            told.add((row.id, _root(beside)))
            if contradict(one, other):
                why = f"Another row {asked} and is answered otherwise: {_short(beside)}"
                found[row.id].append(Flag("contradiction", why, (beside.id,)))
            else:
                found[row.id].append(Flag("duplicate", f"Another row {asked}.", (beside.id,)))
    tested = _tested(rows, tests or {}, vectors)
    for row in rows:
        found[row.id] += [*_private(row), *_proof(row, problem), *_length(row), *tested.get(row.id, ())]
    order = {kind: place for place, kind in enumerate(FLAGS)}
    return {key: tuple(sorted(flags, key=lambda flag: order[flag.kind])) for key, flags in found.items() if flags}


def fold_question(question: str) -> str:
    """A question without case, accents' form, white space and closing marks, for comparison."""
    return fold(question).strip(" ?!.¿¡")


def contradict(one: Row, other: Row) -> bool:
    """Whether two rows that ask the same cannot both be right.

    One declines and the other answers; or their numbers differ; or, where neither has one, their words have less than
    half in common.
    """
    if one.declines or other.declines:
        return one.declines != other.declines
    left, right = _bare(one.answer), _bare(other.answer)
    if numbers(left) != numbers(right):
        return True
    if numbers(left):
        return False
    mine, theirs = set(words(left)), set(words(right))
    return bool(mine | theirs) and len(mine & theirs) * 2 < len(mine | theirs)


# -- pairs -----------------------------------------------------------------------------------------------------------


def _alike(rows: Sequence[Row], vectors: Vectors | None) -> Iterator[tuple[Row, Row]]:
    """Pairs of rows that ask the same or nearly the same, each once."""
    seen: set[tuple[str, str]] = set()
    by_text: dict[str, list[Row]] = {}
    for row in rows:
        by_text.setdefault(fold_question(row.question), []).append(row)
    for group in by_text.values():
        pairs = combinations(group, 2) if len(group) <= _CROWD else zip(group, group[1:], strict=False)
        for one, other in pairs:
            if _root(one) != _root(other):
                seen.add((one.id, other.id))
                yield one, other
    for one, other in _near(rows, vectors) if vectors and len(rows) > 1 else ():
        if (one.id, other.id) not in seen and (other.id, one.id) not in seen:
            yield one, other


def _near(rows: Sequence[Row], vectors: Vectors) -> Iterator[tuple[Row, Row]]:
    found = near_duplicates(vectors([row.question for row in rows]), [_root(row) for row in rows], NEAR, _MOST_PAIRS)
    content = [frozenset(words(row.question)) for row in rows]
    for pair in found.pairs:
        if _same_words(content[pair.one], content[pair.other]):
            yield rows[pair.one], rows[pair.other]


def _root(row: Row) -> str:
    return row.rephrases or row.id


def _bare(answer: str) -> str:
    """The answer without its marks of sources."""
    return re.sub(r"\[\d{1,2}\]", "", answer)


def _short(row: Row) -> str:
    text = "it declines" if row.declines else " ".join(row.answer.split())
    return text if len(text) <= 80 else f"{text[:79]}…"


# -- one row ---------------------------------------------------------------------------------------------------------


def _private(row: Row) -> Iterator[Flag]:
    kinds: dict[str, list[str]] = {}
    for place, text in (("question", row.question), ("answer", row.answer), ("sources", "\n".join(row.sources))):
        for found in personal(text):
            held = kinds.setdefault(found.kind, [])
            if place not in held:
                held.append(place)
    for kind, places in kinds.items():
        article = "an" if kind in ("e-mail", "IBAN") else "a"
        what = {"e-mail": "e-mail address", "telephone": "telephone number", "card": "card number"}.get(kind, kind)
        yield Flag("personal data", f"There is {article} {what} in the {' and '.join(places)}.")


def _proof(row: Row, problem: Callable[[Row], str]) -> Iterator[Flag]:
    told = problem(row)
    if told:
        yield Flag("evidence", told)


def _length(row: Row) -> Iterator[Flag]:
    if not row.answer.strip() and not row.declines:
        yield Flag("length", "The answer is empty.")
    elif len(row.answer) > LONG_ANSWER:
        yield Flag("length", f"The answer has {len(row.answer):,} characters; {LONG_ANSWER:,} are a long one.")


def asked_again(rows: Sequence[Row], asked: Sequence[str], vectors: Vectors | None) -> Iterator[tuple[Row, str]]:
    """Each row with each of the questions that it asks, or nearly asks; equal ones first, a pair may come twice."""
    by_text: dict[str, list[str]] = {}
    for question in asked:
        by_text.setdefault(fold_question(question), []).append(question)
    for row in rows:
        for question in by_text.get(fold_question(row.question), ()):
            yield row, question
    if vectors and asked and rows:
        cosines = vectors([row.question for row in rows]) @ vectors(asked).T
        for at, other in np.argwhere(cosines >= NEAR).tolist():
            if _same_words(frozenset(words(rows[at].question)), frozenset(words(asked[other]))):
                yield rows[at], asked[other]


def _tested(rows: Sequence[Row], tests: Mapping[str, str], vectors: Vectors | None) -> dict[str, list[Flag]]:
    """Rows whose question, or nearly that question, a question set measures with."""
    held: dict[str, str] = {}
    for row, question in asked_again(rows, list(tests), vectors):
        held.setdefault(row.id, tests[question])
    why = "The question set “{}” measures with this question; learned, it would measure nothing."
    return {key: [Flag("test question", why.format(name))] for key, name in held.items()}


def _same_words(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether one holds the other, and what is more has no digit in it."""
    return (mine <= theirs or theirs <= mine) and not any(sign.isdigit() for word in mine ^ theirs for sign in word)
