"""Trainings as they are kept: what a stop leaves, what an erasure takes."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from core.adapters.hyper import Curve, Hyper, Point
from core.adapters.trainings import Training, Trainings
from core.errors import NotFound
from core.storage.database import open_database

TRAINING = Training("tone", "facts", "abc", "smollm2", "closed-1", Hyper(rank=4), 0.2, "internal", ("d1",), 8, 2, "ada")
CURVE = Curve(9, (Point(3, 1.5, None, 0.1, 2.0, 30), Point(6, 1.1, 1.3, 0.1, 4.0, 60)))


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(tmp_path / "t.db")


def test_a_training_comes_back_as_it_was(engine: Engine, tmp_path: Path) -> None:
    store = Trainings(engine, tmp_path / "trainings")
    begun = store.begin(TRAINING)
    assert replace(begun, id="", began_at="") == TRAINING
    store.reached(begun.id, CURVE)
    held = store.get(begun.id[:6])
    assert held == replace(begun, curve=CURVE)
    assert (held.best, held.curve.done, held.unfinished) == (1.3, 6, True)
    for wrong in ("", "nothing"):
        with pytest.raises(NotFound, match="There is no training"):
            store.get(wrong)


def test_what_ran_when_the_process_ended_is_interrupted_and_keeps_its_state(engine: Engine, tmp_path: Path) -> None:
    store = Trainings(engine, tmp_path / "trainings")
    ran, done = store.begin(TRAINING), store.begin(replace(TRAINING, name="other"))
    for each in (ran, done):
        store.place(each.id).mkdir(parents=True)
    store.moved(ran.id, "running")
    store.moved(done.id, "done")
    again = Trainings(engine, tmp_path / "trainings")
    assert {each.name: each.state for each in again.all()} == {"tone": "interrupted", "other": "done"}
    assert again.place(ran.id).is_dir()
    assert not again.place(done.id).exists()


def test_an_erased_document_ends_what_learns_from_it(engine: Engine, tmp_path: Path) -> None:
    store = Trainings(engine, tmp_path / "trainings")
    mine, other = store.begin(TRAINING), store.begin(replace(TRAINING, documents=("d2",)))
    for each in (mine, other):
        store.place(each.id).mkdir(parents=True)
    assert store.forget(["d1", "d9"]) == [mine.id]
    ended = store.get(mine.id)
    assert (ended.state, ended.error) == ("failed", "A document that it learns from was erased.")
    assert not store.place(mine.id).exists()
    assert store.place(other.id).is_dir() and store.get(other.id).state == "waiting"
    store.remove(mine.id)
    assert [each.id for each in store.all()] == [other.id]
