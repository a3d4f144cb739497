"""Trainings by person: estimated, begun, stopped, gone on with, refused; a tiny model in the place of the real one."""

import errno
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from core.adapters.hyper import Hyper, grid
from core.adapters.rows import Row
from core.adapters.training import Trainer
from core.desks import training_job, trainings
from core.desks.training_job import Learning
from core.errors import AccessDenied, DiskFull, NotFound, RequestError
from core.governance.principals import persona
from core.jobs import Job
from core.models.catalogue import base_sha256
from core.storage.sealed import Files
from core.workbench import Workbench
from tests.generation.conftest import save_tiny

ADMIN, ENGINEER, VIEWER = persona("administrator"), persona("engineer"), persona("viewer")
HYPER = Hyper(rank=2, alpha=4, rate=2e-3, epochs=4, batch=4, looks=4)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def school(bench: Workbench, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    """A workspace with a dataset of twelve accepted rows, whose trainings use the tiny model."""
    monkeypatch.setattr(training_job, "model_folder", lambda *_: tiny)
    bench.datasets.create("facts", ADMIN)
    rows = [Row(f"r{n}", f"What is the number of lamp {n}?", f"{n} watts", zone="internal") for n in range(12)]
    bench.datasets.add_rows("facts", rows, ADMIN)
    bench.datasets.review("facts", [row.id for row in rows], "accepted", ADMIN)
    yield bench


def done(bench: Workbench, job: Job) -> Job:
    assert bench.jobs.wait(job, 120)
    return job


def weights(bench: Workbench, name: str) -> dict[str, torch.Tensor]:
    return load_file(bench.workspace.root / "adapters" / name / "adapter_model.safetensors")


def test_a_dataset_becomes_a_candidate_with_its_lineage(school: Workbench) -> None:
    job = done(school, school.adapters.training.start("watts", "facts", HYPER, ADMIN))
    assert (job.state, job.error) == ("done", "")
    assert job.result == "watts is a candidate; measure it before it is released."
    held = school.adapters.get("watts", ADMIN)
    made = held.manifest
    assert (held.state, made.source, made.template, made.zone) == ("candidate", "trained", "closed-1", "internal")
    assert (made.dataset, made.dataset_hash) == ("facts", school.datasets.get("facts", ADMIN).hash)
    assert made.base_sha256 == base_sha256("smollm2")
    assert made.hyper["rank"] == 2 and made.hyper["held_out_share"] == 0.2
    assert made.measures["held-out loss"] == made.curve[-1].held_out
    assert all(tensor.dtype == torch.bfloat16 for tensor in weights(school, "watts").values())
    assert school.datasets.get("facts", ADMIN).frozen_at
    (training,) = school.adapters.training.all(ADMIN)
    assert (training.state, training.rows, training.held_out) == ("done", 10, 2)
    assert not school.training_store.place(training.id).exists()
    assert isinstance(job.progress, Learning)
    config = (school.workspace.root / "adapters" / "watts" / "adapter_config.json").read_text()
    assert "HuggingFaceTB/SmolLM2-135M-Instruct" in config and str(school.workspace.root) not in config


def test_what_was_stopped_goes_on_and_ends_with_the_same_weights(
    school: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(school, school.adapters.training.start("whole", "facts", HYPER, ADMIN))
    run = Trainer.run

    def stopping(self: Trainer, folder: Path, _report: object, _cancelled: object, files: Files) -> object:
        told = iter([False, True])
        stopped.append(self)
        return run(self, folder, cancelled=lambda: next(told), files=files)

    stopped: list[Trainer] = []
    monkeypatch.setattr(Trainer, "run", stopping)
    real = Job.cancelled
    monkeypatch.setattr(Job, "cancelled", property(lambda _: bool(stopped)))
    job = done(school, school.adapters.training.start("parted", "facts", HYPER, ADMIN))
    assert job.result, job.error
    assert job.result.startswith("parted stopped after ")
    (held,) = [each for each in school.adapters.training.all(ADMIN) if each.name == "parted"]
    assert held.state == "cancelled" and school.training_store.place(held.id).is_dir()
    monkeypatch.setattr(Trainer, "run", run)
    monkeypatch.setattr(Job, "cancelled", real)
    assert done(school, school.adapters.training.resume(held.id, ADMIN)).state == "done"
    whole, parted = weights(school, "whole"), weights(school, "parted")
    assert all(torch.equal(whole[key], parted[key]) for key in whole)
    with pytest.raises(RequestError, match="only one that stopped half-way goes on"):
        school.adapters.training.resume(held.id, ADMIN)


def test_an_estimate_tells_steps_and_pace(school: Workbench) -> None:
    first = school.adapters.training.estimate("facts", HYPER, ADMIN)
    assert (first.rows, first.held_out, first.measured) == (10, 2, False)
    assert first.seconds[0] < first.seconds[1] and first.megabytes > 900
    twice = school.adapters.training.estimate("facts", replace(HYPER, epochs=8), ADMIN)
    assert 1.8 < twice.tokens / first.tokens < 2.2
    assert school.datasets.get("facts", ADMIN).frozen_at is None


def test_a_sweep_trains_each_and_one_that_diverges_stops_no_other(school: Workbench) -> None:
    hypers = grid(HYPER, [2, 4], [2e-3], [1])
    assert [(each.rank, each.alpha) for each in hypers] == [(2, 4), (4, 8)]
    job = done(school, school.adapters.training.sweep("try", "facts", hypers, ADMIN))
    assert job.state == "done"
    assert [held.name for held in school.adapters.all(ADMIN) if held.state == "candidate"] == [
        "try-r2-0.002-1", "try-r4-0.002-1",
    ]  # fmt: skip
    assert len({each.part_of for each in school.adapters.training.all(ADMIN)} - {""}) == 1
    with pytest.raises(RequestError, match="2 to 24"):
        school.adapters.training.sweep("try", "facts", hypers[:1], ADMIN)
    with pytest.raises(RequestError, match="the same"):
        school.adapters.training.sweep("try", "facts", [HYPER, HYPER], ADMIN)


def test_a_loss_that_is_no_number_fails_and_registers_nothing(school: Workbench) -> None:
    ruined = replace(HYPER, rate=1.0, epochs=60, batch=1)
    job = done(school, school.adapters.training.start("ruined", "facts", ruined, ADMIN))
    (training,) = school.adapters.training.all(ADMIN)
    if job.state == "failed":  # whether so high a rate gives numbers is the arithmetic's to decide
        assert "no number any longer" in job.error and training.error == job.error
        assert "ruined" not in {held.name for held in school.adapters.all(ADMIN)}
    else:
        assert training.best is not None and training.best > 3


def test_a_full_disk_is_one_sentence_and_leaves_no_half_adapter(
    school: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Trainer, "save", full)
    job = done(school, school.adapters.training.start("big", "facts", HYPER, ADMIN))
    assert job.state == "failed" and job.error.startswith("The disk is full; 'big' was not kept.")
    assert "big" not in {held.name for held in school.adapters.all(ADMIN)}
    assert not list(school.workspace.root.glob(".adapter-*"))
    (training,) = school.adapters.training.all(ADMIN)
    assert training.state == "interrupted"
    monkeypatch.undo()
    monkeypatch.setattr(trainings, "require_space", lambda *_: (_ for _ in ()).throw(DiskFull("No room.")))
    with pytest.raises(DiskFull):
        school.adapters.training.start("other", "facts", HYPER, ADMIN)


def test_what_cannot_be_trained_on_is_refused_before_anything_starts(school: Workbench) -> None:
    desk = school.datasets
    desk.create("empty", ADMIN)
    desk.create("one", ADMIN)
    desk.add_rows("one", [Row("a", "Why so?", "Because.")], ADMIN)
    desk.review("one", ["a"], "accepted", ADMIN)
    desk.create("long", ADMIN)
    rows = [Row(f"l{n}", f"How long is it, {n}?", "word " * 2500, state="open") for n in range(3)]
    desk.add_rows("long", rows, ADMIN)
    desk.review("long", [row.id for row in rows], "accepted", ADMIN)
    start = school.adapters.training.start
    for name, told in (("empty", "has 0 accepted rows"), ("one", "has 1 accepted row;"), ("long", "takes 25")):
        with pytest.raises(RequestError, match=told):
            start("a", name, HYPER, ADMIN)
    with pytest.raises(NotFound):
        start("a", "none", HYPER, ADMIN)
    with pytest.raises(RequestError, match="no name for an adapter"):
        start("../a", "facts", HYPER, ADMIN)
    with pytest.raises(AccessDenied):
        start("a", "facts", HYPER, VIEWER)
    assert school.adapters.training.all(ADMIN) == []
    assert school.datasets.get("long", ADMIN).frozen_at is None


def test_a_training_is_known_to_who_may_see_its_zone(school: Workbench) -> None:
    done(school, school.adapters.training.start("watts", "facts", HYPER, ADMIN))
    (held,) = school.adapters.training.all(ENGINEER)
    assert school.adapters.training.all(VIEWER) == []
    with pytest.raises(NotFound):
        school.adapters.training.get(held.id, VIEWER)
    school.adapters.training.remove(held.id, ENGINEER)
    assert school.adapters.training.all(ADMIN) == []
    assert school.adapters.get("watts", ADMIN).state == "candidate"


def test_a_training_that_waits_is_known_as_one(school: Workbench) -> None:
    held = threading.Event()
    school.jobs.start("before it", "a test", lambda job: held.wait(60), trainings.LANE)
    job = school.adapters.training.start("watts", "facts", HYPER, ADMIN)
    assert isinstance(job.progress, Learning)
    assert (job.progress.name, job.progress.curve.points) == ("watts", ())
    held.set()
    assert done(school, job).state == "done"
