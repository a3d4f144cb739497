"""Each stage at which evidence can be lost is named, the first of several, from literal traces."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.answering.diagnosis import CODES, Diagnosis, Facts, Piece, diagnose, ordinal
from core.answering.guessing import guess
from core.answering.mending import advice, label, proposals
from core.recipes import recipe, varied
from core.types import Answer, Citation, Fate, Hit, Prompt, Recipe, Score, Span, Stage, Tokens, Trace, Unsupported
from tests.fakes import source

LOCAL = replace(recipe("default"), route="rag")
QUOTING = replace(recipe("extractive"), route="rag")
DECLINED = "The documents do not answer this."


def hit(number: int, fate: Fate = Fate.RETRIEVED, text: str = "words") -> Hit:
    found = source(number, text).hit
    scores = {"dense": Score(0.5, number + 3), "sparse": Score(2.0, number)}
    return replace(found, rank=number, fate=fate, scores=scores)


def given_by(
    *hits: Hit,
    choice: Recipe = LOCAL,
    text: str = "So it is.",
    stages: tuple[str, ...] = ("generate",),
    **changes: object,
) -> Answer:
    """An answer over these candidates; `draft` and `barred` go to its trace."""
    prompt = Prompt((), (), 900, 1400) if choice.generation.answerer == "local" else None
    trace = Trace(
        "t", "What is it?", choice.hash, "ada", tuple(Stage(s, 1, 1, 1) for s in stages), hits, prompt, 9.0, "2026-01-01",
        choice=choice, draft=str(changes.pop("draft", "")), barred=changes.pop("barred", ()),  # type: ignore[arg-type]
    )  # fmt: skip
    held = Answer(text, False, (), (), (), "rag", "m", None, Tokens(), "r", trace, confidence=0.5)
    return replace(held, **changes)  # type: ignore[arg-type]


HELD = Piece("a.txt", "It is so.", holders=("c12",), parts=("c12",))


@pytest.mark.parametrize(
    ("piece", "answer", "code", "stage", "sentence"),
    [
        (Piece("a.txt", state="missing"), given_by(), "NOT_INDEXED", "library", "There is no document 'a.txt' that you may see."),
        (Piece("", state="erased"), given_by(), "NOT_INDEXED", "library", "The document that held it was erased."),
        (Piece("a.txt", state="unindexed"), given_by(), "NOT_INDEXED", "library", "The index of this recipe holds no passage of 'a.txt'."),
        (Piece("a.txt", state="gone", version=1), given_by(), "STALE", "library", "'a.txt' held it in version 1; the version in force does not say it."),
        (Piece("a.txt", state="not in force", valid="until 2025-12-31"), given_by(), "STALE", "library", "'a.txt' is not in force: it is valid until 2025-12-31."),
        (Piece("a.txt", hidden="lies in the zone restricted, which 'ada' may not see"), given_by(), "FILTERED", "access", "'a.txt' lies in the zone restricted, which 'ada' may not see."),
        (HELD, given_by(hit(12, Fate.WITHHELD), barred=("c12",)), "FILTERED", "access", "The passage that holds it was kept out of this answer by hand or by a rule."),
        (Piece("a.txt", parts=("c1", "c2")), given_by(hit(1, Fate.CITED)), "SPLIT_BY_CHUNKING", "chunk", "No passage holds it whole: a boundary runs through it, and 2 hold a part each."),
        (HELD, given_by(hit(1), hit(2)), "NOT_RETRIEVED", "retrieve", "The passage that holds it is not among the 2 candidates, nor found by a much wider search."),
        (replace(HELD, ranks=(("dense", 123), ("sparse", 61), ("fused", 80))), given_by(hit(1)), "NOT_RETRIEVED", "retrieve", "The passage that holds it is not among the one candidate: it ranks 123rd by meaning, 61st by words."),
        (HELD, given_by(route="closed"), "NOT_RETRIEVED", "route", "Nothing was searched: the answer came by the route 'closed'."),
        (HELD, given_by(hit(12)), "RANKED_TOO_LOW", "rank", "The passage that holds it ranked 12th (by meaning 15th, by words 12th); the prompt takes 5."),
        (HELD, given_by(hit(12, Fate.DROPPED)), "DROPPED_BY_BUDGET", "pack", "The passage that holds it ranked 12th and did not fit the 1400 tokens of the prompt."),
        (HELD, given_by(hit(12, Fate.TRUNCATED)), "DROPPED_BY_BUDGET", "pack", "The passage that holds it ranked 12th, was cut to fit the 1400 tokens of the prompt, and ends before it."),
        (replace(HELD, shown=True), given_by(hit(12, Fate.TRUNCATED)), "IGNORED_BY_MODEL", "generate", "The prompt held the passage; the answer says something else."),
        (replace(HELD, shown=True), given_by(text=DECLINED), "IGNORED_BY_MODEL", "generate", "The prompt held the passage; the model declined to answer."),
        (replace(HELD, shown=True), given_by(draft=DECLINED), "IGNORED_BY_MODEL", "generate", "The prompt held the passage; the model declined to answer."),
        (replace(HELD, shown=True), given_by(choice=QUOTING, stages=("quote",)), "IGNORED_BY_MODEL", "generate", "The prompt held the passage; the sentences that were quoted are others."),
        (replace(HELD, shown=True), given_by(choice=QUOTING, stages=("weigh",), abstained=True, confidence=0.01), "IGNORED_BY_MODEL", "weigh", "The prompt held the passage; the probability that it answers was estimated at 0.01, which is too low to answer by."),
        (replace(HELD, shown=True), given_by(stopped=True), "IGNORED_BY_MODEL", "generate", "The prompt held the passage; the answer was stopped before its end."),
        (replace(HELD, shown=True), given_by(draft="It is 9."), "UNSUPPORTED", "generate", "The prompt held the passage; the model wrote what no source bears out, and quotes stand in its place."),
        (replace(HELD, shown=True), given_by(unsupported=(Unsupported(0, 3), Unsupported(4, 6))), "UNSUPPORTED", "generate", "The prompt held the passage; the answer has 2 sentences that no source bears out."),
    ],
)  # fmt: skip
def test_the_stage_that_lost_it(piece: Piece, answer: Answer, code: str, stage: str, sentence: str) -> None:
    found = diagnose(answer, Facts((piece,), right=False))
    assert (found.code, found.stage, found.sentence) == (code, stage, sentence)
    assert (found.document, found.guess) == (piece.document, False)


def test_a_right_answer_is_well_unless_it_stands_on_what_is_out_of_force() -> None:
    assert diagnose(given_by(), Facts((HELD,), right=True)).code == "OK"
    assert diagnose(given_by(), Facts((HELD,), cites=True)).code == "OK"
    assert diagnose(given_by(), Facts((HELD,), right=False, cites=True)).code == "NOT_RETRIEVED"
    old = diagnose(given_by(), Facts((HELD,), right=True, outdated="a.txt"))
    assert (old.code, old.document) == ("STALE", "a.txt")
    assert diagnose(given_by(), Facts((replace(HELD, shown=True),), right=False, outdated="a.txt")).code == "STALE"


def test_a_question_without_an_answer_is_well_when_it_is_declined() -> None:
    assert diagnose(given_by(text=DECLINED), Facts(answerable=False)).code == "OK"
    claims = diagnose(given_by(), Facts(answerable=False))
    assert claims.code == "UNSUPPORTED"
    (change,) = proposals(claims, LOCAL, given_by(confidence=0.5), False, False)
    assert change == {"generation.abstain_below": "0.501"}


PIECES = [
    Piece("a", state="missing"),
    Piece("a", state="gone"),
    Piece("a", hidden="is labelled x"),
    Piece("a", parts=("c1",)),
    Piece("a", holders=("c99",)),
    Piece("a", holders=("c7",)),
    Piece("a", holders=("c3",)),
    Piece("a", holders=("c1",), shown=True),
]
SOME = given_by(hit(1, Fate.PACKED), hit(3, Fate.DROPPED), hit(7))


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=5))
def test_of_several_pieces_the_first_that_was_lost_decides(pieces: list[Piece]) -> None:
    alone = [CODES.index(diagnose(SOME, Facts((piece,), right=False)).code) for piece in pieces]
    assert CODES.index(diagnose(SOME, Facts(tuple(pieces), right=False)).code) == min(alone)


@given(
    st.sampled_from([code for code in CODES if code != "OK"]),
    st.sampled_from(["route", "retrieve", "weigh", "generate"]),
    st.integers(0, 900),
    st.booleans(),
    st.sampled_from(
        [
            LOCAL,
            QUOTING,
            recipe("multilingual"),
            varied(QUOTING, {"retrieval.top_k": "40", "retrieval.mode": "sparse"}),
            varied(QUOTING, {"retrieval.rerank": "maxsim", "retrieval.candidates": "20"}),
            varied(QUOTING, {"chunking.strategy": "hierarchical", "chunking.size": "64", "chunking.overlap": "60"}),
        ]
    ),
)
def test_what_is_proposed_is_another_recipe_or_to_ask_again(
    code: str, stage: str, rank: int, foreign: bool, base: Recipe
) -> None:
    assume(stage != "route" or base.route != "rag")
    found = Diagnosis(code, stage, "", document="a.txt", rank=rank)  # type: ignore[arg-type]
    for changes in proposals(found, base, given_by(), foreign, True):
        changed = varied(base, dict(changes))
        assert (changed != base) == bool(changes), changes
        assert label(base, changes, "keeps it").endswith("keeps it")
    assert advice(found, "ada").endswith(".")


def test_a_change_reads_as_a_person_would_say_it() -> None:
    assert label(LOCAL, {"retrieval.top_k": "12"}, "keeps it") == "top_k 5 → 12 keeps it"
    low = Diagnosis("RANKED_TOO_LOW", "rank", "", rank=12)
    assert proposals(low, LOCAL, given_by(), False, True)[0] == {"retrieval.top_k": "12"}
    far = replace(low, rank=90)
    first, *_, last = proposals(far, LOCAL, given_by(), False, True)
    assert first == {"retrieval.rerank": "maxsim"}
    assert last == {"retrieval.top_k": "90", "retrieval.candidates": "90"}


@pytest.mark.parametrize(
    ("number", "words"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (112, "112th"), (121, "121st")]
)  # fmt: skip
def test_ordinals(number: int, words: str) -> None:
    assert ordinal(number) == words


# -- without known evidence ------------------------------------------------------------------------------------------

ASKED = "red kettle price"


def asked(*hits: Hit, **changes: object) -> Answer:
    held = given_by(*hits, **changes)
    return replace(held, trace=replace(held.trace, question=ASKED))


RECEIPT = Citation(1, "d", "a.txt", 1, 0, 3, "abc", Span(0, 3), 0.9)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (asked(hit(1, Fate.CITED), citations=(RECEIPT,)), "OK"),
        (asked(abstained=True), "NOT_INDEXED"),
        (asked(route="small talk"), "OK"),
        (asked(route="closed"), "NOT_RETRIEVED"),
        (asked(hit(1, Fate.PACKED, "the lamp"), hit(9, text="The red kettle has a price."), abstained=True), "RANKED_TOO_LOW"),
        (asked(hit(1, Fate.PACKED, "the lamp"), hit(4, Fate.DROPPED, "The red kettle has a price."), abstained=True), "DROPPED_BY_BUDGET"),
        (asked(hit(1, Fate.PACKED, "the lamp"), hit(9, text="the blue lamp"), abstained=True), "NOT_INDEXED"),
        (asked(hit(1, Fate.PACKED, "The red kettle has a price."), abstained=True), "IGNORED_BY_MODEL"),
        (asked(hit(1, Fate.PACKED, "The red kettle has a price."), unsupported=(Unsupported(0, 3),)), "UNSUPPORTED"),
    ],
)  # fmt: skip
def test_a_guess_from_what_the_answer_lacks(answer: Answer, code: str) -> None:
    found = guess(answer)
    assert (found.code, found.guess) == (code, True)


def test_quotes_are_judged_alike_with_and_without_a_draft_before_them() -> None:
    quoted = asked(hit(1, Fate.CITED), citations=(RECEIPT,))
    instead = replace(quoted, trace=replace(quoted.trace, draft="The kettle is made of cheese."))
    assert [guess(each).code for each in (quoted, instead)] == ["OK", "OK"]
    assert "draft" in guess(instead).sentence
    assert all("whether they answer the question was not checked" in guess(each).sentence for each in (quoted, instead))
    assert guess(replace(instead, citations=())).code != "OK"


def test_a_guess_by_age_and_language() -> None:
    assert guess(asked(hit(1, Fate.CITED), citations=(RECEIPT,)), outdated="a.txt").code == "STALE"
    assert guess(asked(hit(1), abstained=True), foreign="de").code == "NOT_RETRIEVED"
    low = guess(asked(hit(1, Fate.PACKED, "the lamp"), hit(9, text="The red kettle has a price."), abstained=True))
    assert (low.chunks, low.rank) == (("c9",), 9)
