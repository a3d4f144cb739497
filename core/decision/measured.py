"""What a workspace measured, as figures of the cost model; it reads no store, and what was not measured is left out.

What asked several paths the same questions goes first, as in the lens; then evaluations, then the traces of daily use;
the newest before older ones. Ranges are 95% intervals of the mean over questions, or of a rate of events (Poisson, by
its normal approximation).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.decision.money import Figure, Source
from core.decision.prices import PATHS, Path
from core.evaluation.statistics import estimate, share
from core.wording import many

_UNITS = {"read": "token/request", "written": "token/request", "seconds": "second/request", "right": "share"}
_DAYS = 30.4375
"""Of a month, in the mean."""
LEAST_ANSWERS = 10
"""Answers of a path below which no figure is told of them: two short questions are no traffic."""
_NAMED = 5
"""Traces whose ids a figure names."""
LEAST_DAYS = 14
"""Days that a library must have been watched before changes a month are told of it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One run of a path over questions, or its traces."""

    path: Path
    at: str
    """ISO time at which it began."""
    told: str
    """What it was, such as "the set samples"."""
    runs: tuple[str, ...]
    """Id of the run, or of some of the traces."""
    values: Mapping[str, Sequence[float]]
    """One number for each answer under read, written, seconds, search_seconds and right, as far as known."""
    traces: bool = False
    """Whether it is daily use, not an evaluation."""
    alike: int = 1
    """Ways to answer that were asked the same questions, this among them."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A training that came to its end."""

    id: str
    began_at: str
    rows: int
    """Learned from and held out together."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Arrival:
    """A version of a document that came in."""

    name: str
    version: int
    at: str
    """ISO time."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What lies on the disk, and what an index was made of."""

    index_bytes: int | None
    originals_bytes: int | None
    log_bytes: Mapping[str, int]
    """Of each kept trace, by its id."""
    checkpoint_bytes: Sequence[int]
    """Of each adapter that was trained here."""
    tokens: Sequence[int]
    """Of some documents, evenly spread over all, as the embedder counts."""
    documents: int


def figures(
    asked: Sequence[Asked], trained: Sequence[Trained], arrivals: Sequence[Arrival], stored: Stored, today: str
) -> dict[str, Figure]:
    """Every input of the model that these tell, by name; today is an ISO date."""
    found = answers(asked)
    found |= _trainings(sorted(trained, key=lambda each: each.began_at, reverse=True)[:5])
    found |= _changes(arrivals, today)
    return found | _sizes(stored, today)


def answers(asked: Sequence[Asked]) -> dict[str, Figure]:
    """What answers of each path read, wrote, took and had right."""
    found: dict[str, Figure] = {}
    newest = sorted(asked, key=lambda each: (not each.traces, each.alike, each.at), reverse=True)
    for path in PATHS:
        for name, unit in _UNITS.items():
            run = next((each for each in newest if each.path == path and _enough(each.values.get(name))), None)
            if run is not None:
                found[f"{name}_{path}"] = _mean(run, run.values[name], unit)
    searched = next((each for each in newest if _enough(each.values.get("search_seconds"))), None)
    if searched is not None:
        found["search_seconds"] = _mean(searched, searched.values["search_seconds"], "second/request")
    return found


def _enough(values: Sequence[float] | None) -> bool:
    return values is not None and len(values) >= LEAST_ANSWERS


def _mean(run: Asked, values: Sequence[float], unit: str) -> Figure:
    mean = share(values) if unit == "share" else estimate(values)
    told = f"Mean over {many(len(values), 'answer' if run.traces else 'question')}: {run.told}"
    source = Source("measured here", run.at[:10], told, run.runs)
    return Figure(mean.mean, unit, source, max(0.0, min(mean.low, mean.mean)), max(mean.high, mean.mean))


def _trainings(trained: Sequence[Trained]) -> dict[str, Figure]:
    """How long a training takes, over the newest, and how many rows the newest had."""
    if not trained:
        return {}
    minutes = [each.seconds / 60 for each in trained]
    told = f"Mean over the newest {len(trained)} trainings" if len(trained) > 1 else "The one training so far"
    source = Source("measured here", trained[0].began_at[:10], told, tuple(each.id for each in trained))
    newest = Source("measured here", trained[0].began_at[:10], "Rows of the newest training", (trained[0].id,))
    return {
        "train_minutes": Figure(sum(minutes) / len(minutes), "minute/training", source, min(minutes), max(minutes)),
        "rows": Figure(float(trained[0].rows), "row", newest),
    }


def _changes(arrivals: Sequence[Arrival], today: str) -> dict[str, Figure]:
    """Versions of documents that replaced an earlier one, a month."""
    from datetime import date

    if not arrivals:
        return {}
    began = min(each.at for each in arrivals)[:10]
    days = (date.fromisoformat(today) - date.fromisoformat(began)).days
    if days < LEAST_DAYS:
        return {}
    count, months = sum(each.version > 1 for each in arrivals), days / _DAYS
    spread = 1.96 * math.sqrt(count)
    low, high = max(0.0, count - spread) / months, (count + spread if count else 3.0) / months  # none: rule of three
    told = f"{many(count, 'new version')} in {days} days"
    return {"changes": Figure(count / months, "change/month", Source("measured here", today, told), low, high)}


def _sizes(stored: Stored, today: str) -> dict[str, Figure]:
    found: dict[str, Figure] = {}

    def keep(name: str, value: float, unit: str, told: str) -> None:
        found[name] = Figure(value, unit, Source("measured here", today, told))

    if stored.index_bytes:
        keep("index_size", stored.index_bytes / 1e9, "GB", "The index of the default recipe on this disk")
    if stored.originals_bytes:
        keep("originals_size", stored.originals_bytes / 1e9, "GB", f"The files of {stored.documents} documents")
    if len(stored.log_bytes) >= LEAST_ANSWERS:
        mean = estimate(list(map(float, stored.log_bytes.values())))
        some = tuple(stored.log_bytes)[:_NAMED]
        source = Source("measured here", today, f"Mean over {len(stored.log_bytes)} kept traces", some)
        found["log_size"] = Figure(
            mean.mean, "byte/request", source, min(mean.low, mean.mean), max(mean.high, mean.mean)
        )
    if stored.checkpoint_bytes:
        size = max(stored.checkpoint_bytes)
        keep("checkpoint_size", size / 1e9, "GB/checkpoint", "The largest adapter that was trained here")
    if stored.tokens:
        mean = estimate(list(map(float, stored.tokens)))
        low, high, count = min(mean.low, mean.mean), max(mean.high, mean.mean), stored.documents
        told = f"Mean over {len(stored.tokens)} of {count} documents, as the embedder counts"
        source = Source("measured here", today, told)
        found["change_tokens"] = Figure(mean.mean, "token/change", source, low, high)
        parts = (mean.mean * count / 1e6, low * count / 1e6, high * count / 1e6)
        found["corpus"] = Figure(parts[0], "Mtoken", source, parts[1], parts[2])
    return found
