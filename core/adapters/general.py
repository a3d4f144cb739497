"""The general set that every adapter is held against: what a base model can, so that one sees what was forgotten.

It lies beside this file: facts and skills with options of which the first is right, instructions that a rule can
check, and plain text. Nothing of it is ever learned. It asks no model.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "general"
FACTS = "knowledge"
INSTRUCTIONS = "instructions"


@dataclass(frozen=True, slots=True)
class Choice:
    """A question whose options are compared by their probability."""

    id: str
    skill: str
    question: str
    options: tuple[str, ...]
    """The first is right; the order is never shown to a model."""


@dataclass(frozen=True, slots=True)
class Order:
    """An instruction whose outcome a rule can check."""

    id: str
    prompt: str
    check: str
    """A name from CHECKS."""
    value: str = ""
    """What the rule compares with."""


@dataclass(frozen=True, slots=True)
class General:
    """The whole set."""

    choices: tuple[Choice, ...]
    orders: tuple[Order, ...]
    texts: tuple[str, ...]


@cache
def general() -> General:
    """The set as it comes with Touchstone."""
    facts = [Choice(r["id"], FACTS, r["question"], tuple(r["options"])) for r in _lines("knowledge")]
    skills = [Choice(r["id"], r["skill"], r["question"], tuple(r["options"])) for r in _lines("skills")]
    orders = [Order(r["id"], r["prompt"], r["check"], str(r.get("value", ""))) for r in _lines("instructions")]
    return General((*facts, *skills), tuple(orders), tuple(r["text"] for r in _lines("text")))


def followed(order: Order, answer: str) -> bool:
    """Whether an answer does what the instruction asks for."""
    return CHECKS[order.check](answer.strip(), order.value)


def _items(text: str) -> list[str]:
    """What a list holds: its lines where it has several, else what commas part."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    marked = [line for line in lines if re.match(r"(\d+[.)]|[-*•])\s+\S", line)]
    if marked:
        return marked
    return lines if len(lines) > 1 else [each.strip() for each in text.split(",") if each.strip()]


def _object(text: str) -> Any:
    bare = re.sub(r"^```(?:json)?\s*|\s*```$", "", text)
    try:
        return json.loads(bare)
    except ValueError:
        return None


def _capitals(text: str, _: str) -> bool:
    return any(sign.isalpha() for sign in text) and text == text.upper()


def _small(text: str, _: str) -> bool:
    return any(sign.isalpha() for sign in text) and text == text.lower()


CHECKS: dict[str, Callable[[str, str], bool]] = {
    "words at most": lambda text, value: 0 < len(text.split()) <= int(value),
    "capitals": _capitals,
    "small letters": _small,
    "items": lambda text, value: len(_items(text)) == int(value),
    "json": lambda text, value: isinstance(found := _object(text), dict) and (not value or value in found),
    "holds": lambda text, value: value.lower() in text.lower(),
    "begins": lambda text, value: text.lower().startswith(value.lower()),
    "ends": lambda text, value: text.lower().rstrip(" .!").endswith(value.lower()),
    "one of": lambda text, value: text.lower().rstrip(" .!") in value.lower().split("|"),
    "a number": lambda text, _: re.fullmatch(r"-?\d+(?:[.,]\d+)?", text.rstrip(".")) is not None,
    "a question": lambda text, _: text.endswith("?"),
    "lacks": lambda text, value: bool(text) and value.lower() not in text.lower(),
}
"""By name: whether a text is what was asked for."""


def _lines(name: str) -> Iterator[dict[str, Any]]:
    for line in (_FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)
