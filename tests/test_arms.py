"""Four arms of one question: which recipe each has, what is judged of an answer, and that an adapter really speaks."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.answering.events import Delta, Done, Event, Waiting
from core.answering.screening import ABSTENTION
from core.arms import ARMS, adapted, four, judged, recipes, retrieves, speak
from core.errors import NotFound, RequestError
from core.evaluation.questions import Evidence, Question
from core.governance.principals import persona
from core.recipes import BUILT_IN
from core.types import Answer, Citation, Recipe, Span, Tokens, Trace, Unsupported
from core.workbench import Workbench
from tests.fakes import release

ADMIN, VIEWER = persona("administrator"), persona("viewer")
KNOWN = Question("q", "How long?", ("45 days", "forty-five days"), evidence=(Evidence("paper.txt", "within 45 days"),))
UNKNOWN = Question("u", "Who won?", answerable=False)


def answer(
    text: str, *, route: str = "rag", documents: tuple[str, ...] = ("paper.txt",), doubts: int = 0, **changes: object
) -> Answer:
    trace = Trace("t", "q", "r", "viewer", (), (), None, 12.0, "")
    receipts = tuple(Citation(1, name, name, 1, 0, 3, "one", Span(0, 4), 0.9) for name in documents)
    made = Answer(
        text, False, receipts, (Unsupported(0, 1),) * doubts, (), route, "smollm2", None, Tokens(9, 3), "r", trace
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_receipt_from_a_copy_of_the_evidence_counts() -> None:
    made = answer("45 days", documents=("copy.txt",))
    assert (judged(KNOWN, made).cited, judged(KNOWN, made, ["copy.txt"]).cited) == (False, True)


def test_arms_are_rows_of_the_square() -> None:
    assert [(retrieves(arm), adapted(arm)) for arm in ARMS] == [
        (False, False),
        (False, True),
        (True, False),
        (True, True),
    ]


def test_the_model_speaks_in_each_arm(bench: Workbench, tone: Path) -> None:
    release(bench, tone)
    made = recipes(BUILT_IN["extractive"], "tone", lambda base, name: bench.adapters.worn(base, name, ADMIN))
    assert tuple(made) == ARMS
    assert {recipe.generation.answerer for recipe in made.values()} == {"local"}
    assert [recipe.route for recipe in made.values()] == ["closed", "closed", "rag", "rag"]
    assert [recipe.generation.adapter for recipe in made.values()] == [None, "tone", None, "tone"]
    assert [recipe.generation.template for recipe in made.values()] == ["grounded-1", "grounded-2"] * 2
    assert {recipe.index_key for recipe in made.values()} == {BUILT_IN["extractive"].index_key}
    with pytest.raises(NotFound):
        bench.lab.arms.four("How long?", BUILT_IN["default"], "none such", ADMIN)


def test_who_may_not_use_an_adapter_does_not_see_its_arms(bench: Workbench, tone: Path) -> None:
    release(bench, tone, zone="restricted")
    with pytest.raises(NotFound, match="There is no adapter 'tone'"):
        bench.lab.arms.four("How long?", BUILT_IN["default"], "tone", VIEWER)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("45 days [1]", (True, True, 1.0)),
        ("You have 45 days.", (True, False, 2 * (2 / 4) / (2 / 4 + 1))),
        ("Two weeks.", (False, False, 0.0)),
    ],
)
def test_a_known_answer_is_looked_for(text: str, expected: tuple[bool, bool, float]) -> None:
    verdict = judged(KNOWN, answer(text))
    assert (verdict.right, verdict.exact) == expected[:2]
    assert verdict.f1 == pytest.approx(expected[2])
    assert (verdict.declined, verdict.grounded, verdict.cited) == (False, True, True)


def test_receipts_are_judged_where_there_can_be_any() -> None:
    assert judged(KNOWN, answer("45 days", doubts=1)).grounded is False
    assert judged(KNOWN, answer("45 days", documents=("other.txt",))).cited is False
    assert judged(KNOWN, answer("45 days", documents=())).grounded is False
    closed = judged(KNOWN, answer("45 days", route="closed", documents=()))
    assert (closed.grounded, closed.cited, closed.right) == (None, None, True)
    bare = judged(Question("", "How long?"), answer("45 days"))
    assert (bare.right, bare.exact, bare.f1, bare.cited) == (None, None, None, None)


def test_declining_is_right_where_nothing_answers() -> None:
    declined = answer(ABSTENTION, documents=(), abstained=True)
    assert (judged(UNKNOWN, declined).right, judged(UNKNOWN, declined).declined) == (True, True)
    assert judged(UNKNOWN, answer("Brazil won.")).right is False
    wrongly = judged(KNOWN, declined)
    assert (wrongly.right, wrongly.exact, wrongly.f1, wrongly.grounded) == (False, False, 0.0, None)
    said = judged(UNKNOWN, answer("The documents do not answer this.", route="closed", documents=()))
    assert (said.declined, said.right) == (True, True)


def test_each_answer_comes_as_soon_as_it_is_there() -> None:
    heard: list[tuple[str, str]] = []
    made: dict = {arm: Recipe(route="rag" if retrieves(arm) else "closed") for arm in ARMS}

    def ask(text: str, recipe: Recipe) -> Iterator[Event]:
        yield Waiting(1)
        yield Delta(text)
        yield Done(answer("45 days", route=recipe.route))

    answers = four(KNOWN, made, ask, lambda arm, event: heard.append((arm, type(event).__name__)))
    first = next(answers)
    assert (first.arm, first.answer.route, first.verdict.right) == ("base", "closed", True)
    assert heard == [("base", "Waiting"), ("base", "Delta"), ("base", "Done")]
    assert [spoken.arm for spoken in answers] == list(ARMS[1:])
    assert 0 <= first.first <= first.seconds
    quoted = speak(KNOWN, "base", Recipe(), lambda *_: iter([Done(answer("45 days", model="extractive"))]))
    assert quoted.quoted and not first.quoted
    assert quoted.first == quoted.seconds
    with pytest.raises(RequestError, match="never ended"):
        speak(KNOWN, "base", Recipe(), lambda *_: iter([Delta("on and on")]))


@pytest.mark.weights
def test_an_adapter_of_the_real_model_speaks(filled: Workbench, tone: Path) -> None:
    """Weights of a visible strength change what is said, and taking the adapter off brings the old words back."""
    release(filled, tone)
    try:
        question = "How long do I have to send back a scale I never used?"
        spoken = {each.arm: each for each in filled.lab.arms.four(question, BUILT_IN["default"], "tone", ADMIN)}
        again = {each.arm: each for each in filled.lab.arms.four(question, BUILT_IN["default"], "tone", ADMIN)}
    finally:
        filled.adapters.retire("tone", "the test is over", ADMIN)
        filled.adapters.remove("tone", ADMIN)
    assert list(spoken) == list(ARMS)
    assert spoken["base"].answer.text != spoken["adapter"].answer.text
    assert [each.answer.text for each in again.values()] == [each.answer.text for each in spoken.values()]
    assert [each.answer.adapter for each in spoken.values()] == [None, "tone", None, "tone"]
    assert [bool(each.answer.sources) for each in spoken.values()] == [False, False, True, True]
    assert filled.lab.arms.known(question.upper(), ADMIN) is not None
    assert filled.lab.arms.known(question + "!", ADMIN) is None
