"""Milliseconds by stage and tokens by use as plain data for the browser; it measures nothing."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.answering.summary import packed, spent
from core.types import Answer, Hit, Prompt
from pages.inspector.columns import LETTERS
from pages.shared.drawing import component
from pages.shared.words import listed, many, milliseconds

_NAMED = 3

_costs = component("costs", Path(__file__).with_name("costs.js"))


def draw(titles: Sequence[str], answers: Sequence[Answer | None], large: bool = False) -> None:
    """Mount the waterfalls, all on one scale, and the bars of tokens."""
    _costs(data=view(titles, answers, large), key="inspector_costs")


def view(titles: Sequence[str], answers: Sequence[Answer | None], large: bool = False) -> dict[str, Any]:
    """Everything that the browser draws; shares are of the slowest answer."""
    longest = max((answer.trace.total_ms for answer in answers if answer), default=0.0) or 1.0
    return {
        "large": large,
        "columns": [
            {"letter": letter, "title": title, **_column(answer, longest)}
            for title, letter, answer in zip(titles, LETTERS, answers, strict=False)
        ],
    }


def _column(answer: Answer | None, longest: float) -> dict[str, Any]:
    if answer is None:
        return {"total": "", "stages": [], "tokens": None, "without": ""}
    at, stages = 0.0, []
    for stage in answer.trace.stages:
        stages.append(
            {
                "name": stage.name,
                "ms": milliseconds(stage.ms) if stage.ms >= 1 else f"{stage.ms:.1f} ms",
                "from": at / longest,
                "share": stage.ms / longest,
                "detail": f"{stage.went_in:,} in, {stage.came_out:,} out"
                + (f"; {stage.detail}" if stage.detail else ""),
            }
        )
        at += stage.ms
    prompt = answer.trace.prompt
    return {
        "total": milliseconds(answer.trace.total_ms),
        "stages": stages,
        "tokens": _tokens(answer, prompt) if prompt else None,
        "without": "" if prompt else "No prompt: no model was asked.",
    }


def _tokens(answer: Answer, prompt: Prompt) -> dict[str, Any]:
    held, hits = spent(prompt), answer.trace.candidates
    parts = {"system": held.system, "sources": held.sources, "question": held.question, "free": held.free}
    left = [
        f"{title}: {_named(ids, hits)}"
        for title, ids in (("Did not fit", prompt.dropped), ("Cut short", prompt.truncated))
        if ids
    ]
    return {
        "told": f"Prompt {packed(answer)}",
        "parts": [
            {"name": name, "share": count / held.budget, "told": f"{'' if name == 'free' else 'about '}{count:,}"}
            for name, count in parts.items()
        ],
        "left": left,
    }


def _named(ids: Sequence[str], hits: Sequence[Hit]) -> str:
    """Passages by document and rank; of many the first."""
    named = [f"{hit.document} (rank {hit.rank})" for hit in hits if hit.chunk.id in ids]
    return listed([*named[:_NAMED], many(len(named) - _NAMED, "other")] if len(named) > _NAMED else named)
