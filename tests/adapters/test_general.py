"""The general set: complete, without doubles, and rules that tell right from wrong."""

import pytest

from core.adapters.general import CHECKS, Order, followed, general


def test_the_set_is_whole() -> None:
    held = general()
    assert len([c for c in held.choices if c.skill == "knowledge"]) >= 55
    assert len([c for c in held.choices if c.skill != "knowledge"]) >= 20
    assert len(held.orders) >= 20
    assert len(held.texts) == 12
    ids = [each.id for each in (*held.choices, *held.orders)]
    assert len(set(ids)) == len(ids)
    for choice in held.choices:
        assert len(set(choice.options)) == len(choice.options) >= 2, choice.id
    assert {order.check for order in held.orders} <= set(CHECKS)


@pytest.mark.parametrize(
    ("check", "value", "good", "bad"),
    [
        ("words at most", "2", "two words", "these are three"),
        ("capitals", "", "THE CAT", "The cat"),
        ("small letters", "", "sun", "Sun"),
        ("items", "3", "1. a\n2. b\n3. c", "a, b"),
        ("items", "3", "Here they are:\n- a\n- b\n- c", "- a\n- b"),
        ("items", "2", "cat, dog", "cat"),
        ("json", "name", '```json\n{"name": "Ann"}\n```', '{"age": 3}'),
        ("json", "", "{}", "[]"),
        ("holds", "dog", "A Dog barks.", "A cat."),
        ("begins", "yes", "Yes, it is.", "It is, yes."),
        ("ends", "now", "Do it now.", "Now do it"),
        ("one of", "yes|no", "Yes.", "Maybe"),
        ("a number", "", "7.", "seven"),
        ("a question", "", "Is it?", "It is."),
        ("lacks", "blue", "It is wide.", "It is Blue."),
    ],
)
def test_a_rule_tells_what_follows_the_instruction(check: str, value: str, good: str, bad: str) -> None:
    order = Order("x", "", check, value)
    assert followed(order, good)
    assert not followed(order, bad)
    assert check == "lacks" or not followed(order, "")
