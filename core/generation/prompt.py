"""Packs a prompt within a token budget and says what was left out; it knows no model beyond its token counts."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from core.errors import RequestError
from core.types import Hit, Prompt, Source

_TEMPLATES = Path(__file__).parent / "templates"
DECLINES = "The documents do not answer this."
"""What the templates ask a model to say when the sources do not hold the answer."""
_LEAST = 32
"""A source that would be cut below this many tokens is dropped instead."""
_FRAME = 24
"""Tokens that a chat template adds around two messages."""

Count = Callable[[str], int]


@cache
def template(name: str) -> str:
    """The text of a prompt template; its version is part of its name. Raises RequestError for an unknown one."""
    if name not in templates():
        raise RequestError(f"There is no prompt template '{name}'; there are {', '.join(templates())}.")
    return (_TEMPLATES / f"{name}.txt").read_text(encoding="utf-8").strip()


def templates() -> list[str]:
    """The names of all prompt templates."""
    return sorted(path.stem for path in _TEMPLATES.glob("*.txt"))


def pack(question: str, hits: Sequence[Hit], budget: int, count: Count, name: str = "grounded-1") -> Prompt:
    """Number the hits as sources, best first, until the budget is full.

    The first source that does not fit is cut at a word and reported as truncated when a useful part of it remains;
    all after it are reported as dropped. Raises RequestError when the question alone exceeds the budget.
    """
    system = template(name)
    used = count(system) + count(question) + _FRAME
    if used > budget:
        raise RequestError(f"The question takes {used} tokens with its instructions, above the budget of {budget}.")
    sources: list[Source] = []
    truncated: list[str] = []
    dropped: list[str] = []
    for hit in hits:
        label = f"[{len(sources) + 1}] {_heading(hit)}\n"
        text = neutral(hit.shown.text)
        cost = count(label + text) + 2
        if dropped or truncated:
            dropped.append(hit.chunk.id)
            continue
        if used + cost > budget:
            text = _cut(text, budget - used - count(label) - 2, count)
            if not text:
                dropped.append(hit.chunk.id)
                continue
            truncated.append(hit.chunk.id)
            cost = count(label + text) + 2
        sources.append(Source(len(sources) + 1, hit, text))
        used += cost
    user = compose([f"{_heading(s.hit)}\n{s.text}" for s in sources], neutral(question))
    return Prompt(
        messages=(("system", system), ("user", user)),
        sources=tuple(sources),
        tokens=used,
        budget=budget,
        dropped=tuple(dropped),
        truncated=tuple(truncated),
    )


def declines(answer: str) -> bool:
    """Whether an answer is the sentence that the templates give for declining, whatever follows it."""
    return answer.strip().startswith(DECLINES.rstrip("."))


def compose(sources: Sequence[str], question: str) -> str:
    """What the user's turn holds: the sources, numbered from 1, each beginning with its heading, and the question."""
    body = "".join(f"[{number}] {text}\n\n" for number, text in enumerate(sources, start=1))
    return f"{body}Question: {question}" if sources else question


def neutral(text: str) -> str:
    """The text with chat control tokens taken apart: what a document says cannot end its turn."""
    return text.replace("<|", "< |")


def _heading(hit: Hit) -> str:
    return neutral(" › ".join([hit.document, *hit.chunk.headings]))


def _cut(text: str, room: int, count: Count) -> str:
    """The longest beginning, at a word, within `room` tokens; empty when that is less than a useful part."""
    if room < _LEAST:
        return ""
    words = text.split(" ")
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if count(" ".join(words[:middle])) <= room:
            low = middle
        else:
            high = middle - 1
    return " ".join(words[:low])
