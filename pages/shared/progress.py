"""How far a job is, as a bar with a line on it; each kind of work tells its progress in its own record."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.shared.bench import warmth
from pages.shared.words import duration, many, plain

if TYPE_CHECKING:
    from core.adapters.measuring import Proving
    from core.answering.events import Preparing
    from core.desks.guarding import Sifting
    from core.desks.training_job import Learning
    from core.forgetting.carrying import Forgetting
    from core.incoming import Progress
    from core.lab.asking import Answering
    from core.lab.runs import Running
    from core.lab.trials import Trying

_VERBS = {"reading": "reading", "embedding": "indexing", "writing": "storing"}
_PROVING = {
    "asking": "Held-out questions",
    "orders": "Instructions",
    "choices": "Facts and skills",
    "texts": "Plain text",
    "secrets": "Planted secrets",
}


def bar(progress: Any) -> None:
    """Draw what a job reported last; None where it has only begun. A record of an unknown kind is work under way."""
    if progress is None:
        st.progress(0.0, text="Starting…")
        return
    share, told = _TOLD.get(type(progress).__name__, lambda _: (0.0, "Working…"))(progress)
    st.progress(min(1.0, share), text=told)


def _running(now: "Running") -> tuple[float, str]:
    what = "document" if now.doing == "indexing" else "question"
    return (now.done / now.of if now.of else 0.0), f"{now.doing.capitalize()}: {now.done} of {many(now.of, what)}"


def _trying(now: "Trying") -> tuple[float, str]:
    inside, doing = _running(now.running) if now.running else (0.0, "")
    told = f"Recipe {min(now.done + 1, now.of)} of {now.of}" + (f": {doing.lower()}" if doing else "")
    return (now.done + min(1.0, inside)) / max(1, now.of), told


def _answering(now: "Answering") -> tuple[float, str]:
    left = "" if now.seconds_left is None else f" · about {duration(now.seconds_left)} left"
    return now.done / max(1, now.of), f"{now.done} of {many(now.of, 'answer')}{left}"


def _preparing(now: "Preparing") -> tuple[float, str]:
    share = now.done / now.documents if now.documents else 1.0
    return share, f"Indexing: {now.done} of {many(now.documents, 'document')}"


def _learning(now: "Learning") -> tuple[float, str]:
    share = now.curve.done / now.curve.steps if now.curve.steps else 0.0
    told = f"{plain(now.name)}: step {now.curve.done} of {now.curve.steps}" if now.curve.steps else "Reading the rows"
    told += f" · adapter {now.member + 1} of {now.members}" if now.members > 1 else ""
    if now.seconds_left is not None:
        told += f" · about {duration(now.seconds_left)} left"
    return (now.member + share) / now.members, told


def _proving(now: "Proving") -> tuple[float, str]:
    left = f" · about {duration(now.left)} left" if now.share > 0.02 else ""
    return now.share, f"{_PROVING[now.doing]}: {now.done} of {now.of}{left}"


def _forgetting(now: "Forgetting") -> tuple[float, str]:
    return now.done / max(1, now.of), f"{now.doing}: step {min(now.done + 1, now.of)} of {now.of}"


def _ingesting(now: "Progress") -> tuple[float, str]:
    if not now.chunks_done and warmth().state == "warming":
        return 0.0, f"Loading the search model, reading {plain(now.file)}"
    facts = [f"{now.files_done} of {many(now.files, 'file')}", many(now.chunks_done, "passage")]
    if now.chunks_done:
        facts.append(f"{now.rate:.0f} a second")
    if now.seconds_left is not None and now.files_done < now.files:
        facts.append(f"about {duration(now.seconds_left)} left")
    if now.file:
        facts.append(f"{_VERBS.get(now.stage, now.stage)} {plain(now.file)}")
    return now.share, " · ".join(facts)


def _sifting(now: "Sifting") -> tuple[float, str]:
    return now.done / max(1, now.of), f"{plain(now.doing)}: {now.done} of {now.of}"


_TOLD: dict[str, Callable[[Any], tuple[float, str]]] = {
    "Answering": _answering,
    "Running": _running,
    "Trying": _trying,
    "Preparing": _preparing,
    "Learning": _learning,
    "Proving": _proving,
    "Progress": _ingesting,
    "Sifting": _sifting,
    "Forgetting": _forgetting,
}
"""By the name of the record's class: its module need not be loaded to draw the bar of another."""
