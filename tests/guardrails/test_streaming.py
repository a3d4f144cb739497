"""The policy's stream filter: however an answer is cut into pieces, what is shown is the covered whole from its start."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.guardrails.guard import Guard
from core.guardrails.policy import STANDARD, Policy, Rule
from core.guardrails.scanner import Scanner

KEY = "ghp_" + "a1B2" * 9
ANSWER = (
    f"Project Heron is late. Use {KEY} or password: hunter2x for it.\nMail anna@firm.example, then P r o j e c t Heron."
)


def guard(*rules: Rule, terms: tuple[str, ...] = ("Project Heron",)) -> Guard:
    policy = replace(STANDARD, answer=rules, terms=terms)
    return Guard(policy, Scanner(policy), lambda _: {}, lambda *_: "", lambda _: None)  # type: ignore[arg-type,return-value]


COVERING = (Rule("secret", "redact"), Rule("term", "mask"), Rule("personal", "redact", "e-mail"))


def streamed(made: Guard, pieces: list[str]) -> list[str]:
    """What has been shown after each piece, and at the end, as `core.generation.contract.released` asks for it."""
    hold = made.hold()
    assert hold is not None
    held, shown, states = "", "", []
    for piece in pieces:
        free, held = hold(held + piece, False)
        shown += free
        states.append(shown)
    return [*states, shown + hold(held, True)[0]]


def test_what_rules_cover_is_covered_in_a_whole_answer() -> None:
    text = guard(*COVERING).answer(ANSWER).text
    assert len(text) == len(ANSWER)
    for secret in (KEY, "hunter2x", "anna@firm.example", "Project Heron"):
        assert secret not in text
    assert text.startswith("█" * 7 + " " + "█" * 5 + " is late.")


def test_no_cut_shows_a_part_of_what_is_covered() -> None:
    made = guard(*COVERING)
    whole = made.answer(ANSWER).text
    for cuts in [(at,) for at in range(len(ANSWER))] + list(combinations(range(0, len(ANSWER), 7), 2)):
        edges = [0, *cuts, len(ANSWER)]
        states = streamed(made, [ANSWER[a:b] for a, b in zip(edges, edges[1:], strict=False)])
        assert all(_same(whole, state) for state in states), cuts
        assert len(states[-1]) == len(whole)
    states = streamed(made, list(ANSWER))
    assert all(_same(whole, state) for state in states)
    assert len(states[40]) > 10, "what needs not be held is shown as it comes"


def _same(whole: str, shown: str) -> bool:
    """Whether what is shown is the beginning of the whole; a space within a term may be covered in a stream."""
    return all(a == b or (b == "█" and a == " ") for a, b in zip(whole, shown, strict=False))


@settings(max_examples=150)
@given(
    st.lists(st.text("Prs: =k1anHeo@.x\n", max_size=6), max_size=8),
    st.sampled_from([KEY, "Project Heron", "a@b.example"]),
)
def test_whatever_stands_around_it_nothing_of_a_finding_is_shown(pieces: list[str], secret: str) -> None:
    made = guard(*COVERING)
    text = f"{''.join(pieces)} {secret} end"
    whole = made.answer(text).text
    assert all(_same(whole, state) for state in streamed(made, list(text)))


@pytest.mark.parametrize("between", [" and then for its other half ", " and the secret ", " | ", ": secret\n"])
def test_the_secret_half_of_an_aws_key_is_held_back_from_its_id_on(between: str) -> None:
    name, value = "AKIA" + "ABCDEFGHIJKLMNOP", "wJalrXUtnFEMI" + "/K7MDENG/bPxRfiCYzzzzPLEKEY"
    made = guard(*COVERING)
    text = f"Here: {name}{between}{value}. Done with it."
    whole = made.answer(text).text
    assert value not in whole
    assert all(_same(whole, state) for state in streamed(made, list(text)))


def test_a_rule_that_withholds_answers_lets_nothing_through() -> None:
    made = guard(Rule("term", "veto"))
    assert streamed(made, list("The Project Heron is late.")) == [""] * 27
    assert streamed(made, ["The heron is a bird."]) == ["", "The heron is a bird."]
    hold = made.hold()
    assert hold is not None
    hold("The Project Heron is late.", True)
    assert made.answer("", hold).refused


def test_what_a_stream_covered_is_told(recwarn: pytest.WarningsRecorder) -> None:
    made = guard(*COVERING)
    hold = made.hold()
    assert hold is not None
    shown, _ = hold(ANSWER, True)
    told = made.answer(shown, hold)
    assert told.text == shown
    assert {(each.detector, each.count) for each in told.rulings} >= {("secret", 1), ("term", 2), ("personal", 1)}


def test_no_rule_no_filter() -> None:
    assert guard(Rule("term", "allow")).hold() is None
    assert isinstance(guard().policy, Policy)
