"""One training carried out, from rows as tokens to a candidate in the registry; who calls it has checked the rights."""

import errno
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.adapters.hyper import Curve
from core.adapters.manifest import Manifest
from core.adapters.trainings import Training
from core.errors import DiskFull
from core.jobs import Job
from core.models.cache import model_folder
from core.models.catalogue import base_sha256

if TYPE_CHECKING:
    from core.adapters.training import Data, Trainer
    from core.assembly import Assembly

SPLIT_SEED = 0
"""The same for all trainings of a dataset, so that their held-out losses compare."""
_NOTED = 5.0
"""Seconds between two notes of the curve in the database."""


@dataclass(frozen=True, slots=True)
class Learning:
    """The progress of a job that trains."""

    training: str
    """Its id."""
    name: str
    curve: Curve
    member: int = 0
    """Which training of a sweep it is, from 0."""
    members: int = 1

    @property
    def seconds_left(self) -> float | None:
        """Of this training, at the pace so far; None before the first reading."""
        last = self.curve.points[-1] if self.curve.points else None
        return last.seconds / last.step * (self.curve.steps - last.step) if last and last.step else None


def carry_out(parts: "Assembly", data: "Data", training: Training, job: Job, member: int = 0, members: int = 1) -> str:
    """Train, report, keep; a sentence on what came of it.

    Raises TrainingDiverged, and DiskFull, after which the training goes on from its last checkpoint.
    """

    from core.adapters.training import Trainer

    store = parts.training_store
    store.moved(training.id, "running")
    job.progress = Learning(training.id, training.name, Curve(0), member, members)
    trainer = Trainer(model_folder(parts.settings.models, training.base), data, training.hyper, parts.settings.threads)
    noted = time.monotonic()

    def report(curve: Curve) -> None:
        nonlocal noted
        job.progress = Learning(training.id, training.name, curve, member, members)
        if time.monotonic() - noted > _NOTED:
            noted = time.monotonic()
            store.reached(training.id, curve)

    try:
        curve = trainer.run(store.place(training.id), report, lambda: job.cancelled, parts.files)
        store.reached(training.id, curve)
        if job.cancelled:
            store.moved(training.id, "cancelled")
            return f"{training.name} stopped after {curve.done} of {curve.steps} steps; it can be gone on with."
        _keep(parts, trainer, training, curve)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"The disk is full; '{training.name}' was not kept. Make room, and go on with it."
            ) from error
        raise
    store.moved(training.id, "done")
    return f"{training.name} is a candidate; measure it before it is released."


def _keep(parts: "Assembly", trainer: "Trainer", training: Training, curve: Curve) -> None:
    """The trained adapter in the registry, as a candidate."""
    from core.adapters.output import CARD, card, write_adapter

    looked = [point.held_out for point in curve.points if point.held_out is not None]
    with tempfile.TemporaryDirectory(dir=parts.workspace.private()) as place:
        trainer.save(Path(place) / "made")
        folder = Path(place) / training.name
        sha256 = write_adapter(Path(place) / "made", folder, training.base)
        manifest = Manifest(
            base=training.base,
            base_sha256=base_sha256(training.base),
            weights_sha256=sha256,
            source="trained",
            zone=training.zone,
            dataset=training.dataset,
            dataset_hash=training.dataset_hash,
            documents=training.documents,
            template=training.template,
            hyper=asdict(training.hyper) | {"held_out_share": training.share, "split_seed": SPLIT_SEED},
            curve=curve.points,
            measures={"held-out loss": looked[-1]} if looked else {},
            note=training.note,
        )
        (folder / CARD).write_text(card(training.name, manifest), encoding="utf-8")
        parts.adapter_store.add(training.name, folder, manifest, training.by)


def _full(error: Exception) -> bool:
    """Whether it tells of a full disk; safetensors has only words for it."""
    number = error.errno if isinstance(error, OSError) else None
    return number in (errno.ENOSPC, errno.EDQUOT) or f"os error {errno.ENOSPC}" in str(error)
