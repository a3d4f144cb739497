"""Trainings for one who asks: estimated, begun, carried on after a stop, swept; the loop is `core.adapters.training`.

A training runs as a job in a lane of its own. The dataset is frozen when it begins, and the plan follows from rows and
hyper-parameters alone, so that what is gone on with is what was begun.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from core.adapters.hyper import Curve, Hyper
from core.adapters.trainings import Training
from core.desks.training_job import SPLIT_SEED, Learning, carry_out
from core.errors import DiskFull, NotFound, RequestError, TouchstoneError
from core.governance.principals import may_see
from core.governance.rights import require
from core.jobs import Job
from core.models.cache import model_folder
from core.types import ZONES, Principal
from core.workspace import require_space

if TYPE_CHECKING:
    from core.adapters.rows import Row
    from core.adapters.training import Data
    from core.assembly import Assembly
    from core.desks.datasets import DatasetDesk

SHARE = 0.2
"""Of the rows, held out unless something else is asked for."""
WINDOW = 2048
"""Tokens of a row at most: what the base model was made for."""
MOST = 24
"""Trainings of one sweep."""
_USUAL = (150.0, 450.0)
"""Tokens a second on laptops of two to four cores, until one was trained here."""
_FIXED_MB, _TOKEN_MB, _SCORED_MB = 900, 2.1, 0.6
"""Memory of a training: at rest, for each token of its largest pass, and more for each that is scored; see
`benchmarks.training_memory`."""
LANE = "training"


def megabytes(tokens: int, scored: int) -> int:
    """Peak memory of training a pass of so many tokens, of which so many are scored."""
    return round(_FIXED_MB + _TOKEN_MB * tokens + _SCORED_MB * scored)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a training would take, before it starts."""

    rows: int
    held_out: int
    tokens: int
    """Read in all, the looks at the held-out rows included."""
    steps: int
    seconds: tuple[float, float]
    """From and to; equal where the pace was measured here."""
    measured: bool
    """Whether the pace is that of an earlier training of this workspace."""
    megabytes: int
    """Memory, over what the app takes."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    data: "Data"
    rows: "tuple[Row, ...]"
    template: str


class AdapterTraining:
    """The trainings of a workspace."""

    def __init__(self, parts: "Assembly", datasets: "Callable[[], DatasetDesk]") -> None:
        self._parts, self._datasets = parts, datasets
        self._lock = threading.Lock()

    # -- reading -----------------------------------------------------------------------------------------------------

    def all(self, principal: Principal) -> list[Training]:
        """The trainings whose documents the principal may see, newest first."""
        places = {each.id: each for each in self._parts.library.standings()}

        def visible(training: Training) -> bool:
            held = [places[each] for each in training.documents if each in places]
            return training.zone in principal.zones and all(may_see(principal, d.zone, d.labels) for d in held)

        return [each for each in self._parts.training_store.all() if visible(each)]

    def get(self, training_id: str, principal: Principal) -> Training:
        """The training of this id; raises NotFound."""
        held = self._parts.training_store.get(training_id)
        if held.id not in {each.id for each in self.all(principal)}:
            raise NotFound(f"There is no training '{training_id}'.")
        return held

    def estimate(self, dataset: str, hyper: Hyper, principal: Principal, share: float = SHARE) -> Estimate:
        """What a training would take; raises what `start` would raise for its rows."""
        from core.adapters.examples import packs
        from core.adapters.training import planned

        data = self._prepared(dataset, principal, share).data
        plan = planned(data.train, hyper)
        held_out = sum(pack.tokens for pack in packs(data.held_out)) // 3  # no way back: a third of the work
        tokens = sum(pack.tokens for step in plan for pack in step) + held_out * min(hyper.looks, len(plan))
        paces = [each.curve.per_second for each in self._parts.training_store.all() if _telling(each.curve)]
        slow, fast = (median(paces[:5]),) * 2 if paces else _USUAL
        largest = max(
            megabytes(pack.tokens, sum(len(each.answer) for each in pack.examples)) for step in plan for pack in step
        )
        return Estimate(
            len(data.train), len(data.held_out), tokens, len(plan), (tokens / fast, tokens / slow), bool(paces),
            largest,
        )  # fmt: skip

    # -- training ----------------------------------------------------------------------------------------------------

    def start(
        self, name: str, dataset: str, hyper: Hyper, principal: Principal, share: float = SHARE, note: str = ""
    ) -> Job:
        """Train an adapter as a job: `job.progress` is a Learning, `job.result` a sentence.

        Raises RequestError for a bad or taken name, too few rows or one over the window, DiskFull, AccessDenied.
        """
        begun = self._begin(name, dataset, hyper, principal, share, note)
        return self._job(f"Training {name}", [begun], principal)

    def resume(self, training_id: str, principal: Principal) -> Job:
        """Go on with a training from its last checkpoint; raises RequestError for one that is over or runs."""
        require(principal, "train")
        held = self.get(training_id, principal)
        if held.state not in ("interrupted", "cancelled"):
            raise RequestError(
                f"The training of '{held.name}' is {held.state}; only one that stopped half-way goes on."
            )
        held = self._parts.training_store.moved(held.id, "waiting")
        return self._job(f"Training {held.name} (resumed)", [held], principal)

    def sweep(
        self, prefix: str, dataset: str, hypers: Sequence[Hyper], principal: Principal, share: float = SHARE
    ) -> Job:
        """Train one adapter for each, one after another, as one job; those that fail do not stop the others.

        Raises as `start`, and RequestError for more than 24 or two of the same.
        """
        if not 1 < len(hypers) <= MOST:
            raise RequestError(f"A sweep trains 2 to {MOST} adapters; these are {len(hypers)}.")
        if len(set(hypers)) < len(hypers):
            raise RequestError("Two trainings of the sweep are the same.")
        names = [f"{prefix}-{hyper.short}" for hyper in hypers]
        for name in names:
            self._require_name(name)
        first = self._begin(names[0], dataset, hypers[0], principal, share, part_of="self")
        rest = [
            self._begin(name, dataset, hyper, principal, share, part_of=first.part_of)
            for name, hyper in zip(names[1:], hypers[1:], strict=True)
        ]
        return self._job(f"Sweep {prefix}", [first, *rest], principal)

    def remove(self, training_id: str, principal: Principal) -> None:
        """Forget a training that does not run; the adapter that came of it stays."""
        require(principal, "train")
        held = self.get(training_id, principal)
        if held.state in ("waiting", "running"):
            raise RequestError(f"The training of '{held.name}' is {held.state}; stop it first.")
        self._parts.training_store.remove(held.id)

    # -- within ------------------------------------------------------------------------------------------------------

    @cached_property
    def _encode(self) -> Any:
        from transformers import AutoTokenizer

        from core.adapters.examples import encoder

        return encoder(AutoTokenizer.from_pretrained(self._base, local_files_only=True))

    @property
    def _base(self) -> Path:
        return model_folder(self._parts.settings.models, "smollm2")

    def _prepared(self, dataset: str, principal: Principal, share: float) -> _Prepared:
        """The rows as tokens; raises RequestError where they cannot be trained on."""
        from core.adapters.examples import examples
        from core.adapters.training import Data

        split = self._datasets().split(dataset, share, SPLIT_SEED, principal)
        rows = (*split.train, *split.held_out)
        if len(split.train) < 2:
            raise RequestError(
                f"The dataset '{dataset}' has {len(rows)} accepted {'row' if len(rows) == 1 else 'rows'}; "
                "a training needs two to learn from, besides those that are held out."
            )
        template = "grounded-2" if sum(bool(row.sources) for row in rows) * 2 > len(rows) else "closed-1"
        with self._lock:  # a tokenizer is not made for two threads
            train, held = (examples(side, self._encode, WINDOW) for side in (split.train, split.held_out))
        return _Prepared(Data(tuple(train), tuple(held)), rows, template)

    def _require_name(self, name: str) -> None:
        self._parts.adapter_store.require_free(name)
        if any(each.name == name and each.unfinished for each in self._parts.training_store.all()):
            raise RequestError(f"There is an unfinished training of '{name}'; go on with it, or remove it.")

    def _begin(
        self,
        name: str,
        dataset: str,
        hyper: Hyper,
        principal: Principal,
        share: float,
        note: str = "",
        part_of: str = "",
    ) -> Training:
        require(principal, "train")
        self._require_name(name)
        prepared = self._prepared(dataset, principal, share)
        require_space(self._parts.workspace.root, 24 * hyper.weights)  # two checkpoints with moments, and the adapter
        frozen = self._datasets().use(dataset, f"adapter {name}", principal)
        training = Training(
            name=name,
            dataset=dataset,
            dataset_hash=frozen.hash,
            base="smollm2",
            template=prepared.template,
            hyper=hyper,
            share=share,
            zone=max((row.zone for row in prepared.rows), key=ZONES.index),
            documents=tuple(sorted({each for row in prepared.rows for each in row.documents})),
            rows=len(prepared.data.train),
            held_out=len(prepared.data.held_out),
            by=principal.name,
            note=note,
            part_of=f"{name} {time.time_ns():x}" if part_of == "self" else part_of,
        )
        return self._parts.training_store.begin(training)

    def _job(self, title: str, trainings: Sequence[Training], principal: Principal) -> Job:
        def work(job: Job) -> str:
            told = []
            for number, training in enumerate(trainings):
                if job.cancelled:
                    self._parts.training_store.moved(training.id, "cancelled")
                    continue
                try:
                    data = self._prepared(training.dataset, principal, training.share).data
                    told.append(carry_out(self._parts, data, training, job, number, len(trainings)))
                except DiskFull as error:
                    self._parts.training_store.moved(training.id, "interrupted", str(error))
                    raise
                except TouchstoneError as error:
                    self._parts.training_store.moved(training.id, "failed", str(error))
                    if len(trainings) == 1:
                        raise
                    told.append(f"{training.name}: {error}")
                except Exception as error:
                    said = f"It ended with an unexpected error: {type(error).__name__}: {error}."
                    self._parts.training_store.moved(training.id, "failed", said)
                    raise
            return " ".join(told)

        waits = Learning(trainings[0].id, trainings[0].name, Curve(0), 0, len(trainings))
        return self._parts.jobs.start(title, principal.name, work, LANE, waits)


def _telling(curve: Curve) -> bool:
    """Whether a curve is long enough to tell a pace."""
    return bool(curve.points) and curve.points[-1].seconds > 5
