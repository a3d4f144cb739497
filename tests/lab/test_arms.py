"""Four arms over a set: asked once each, gone on with after an end, refused once anything changed, seen by right."""

from pathlib import Path
from typing import Any

import pytest

from core.arms import ARMS
from core.errors import AccessDenied, NotFound, RequestError
from core.evaluation.questions import Evidence, Question
from core.governance.principals import persona
from core.lab.asking import Answering
from core.recipes import BUILT_IN
from core.workbench import Workbench
from tests.fakes import Saying, release
from tests.test_ingestion import note

ADMIN, ENGINEER, VIEWER = persona("administrator"), persona("engineer"), persona("viewer")
DEFAULT = BUILT_IN["default"]
BELL, BOAT = "The bell of the tower weighs four hundred kilograms.", "The boat lies at pier nine."


def asked(name: str, text: str, answer: str, quote: str, **more: Any) -> Question:
    return Question(name, text, (answer,), evidence=(Evidence(f"{name}.txt", quote),), zone="public", **more)


QUESTIONS = [
    asked("bell", "How heavy is the bell of the tower?", "four hundred kilograms", BELL),
    asked("boat", "Where does the boat lie?", "pier nine", BOAT),
    Question("cup", "Who won the cup in 1998?", answerable=False, zone="public"),
]


@pytest.fixture
def tower(bench: Workbench, tmp_path: Path, tone: Path) -> Workbench:
    """Two documents, three questions, an adapter, and a model that knows one answer, and another with the adapter."""
    bench.ingest([note(tmp_path, "bell.txt", BELL), note(tmp_path, "boat.txt", BOAT)], ADMIN)
    bench.lab.sets.save("tower", QUESTIONS, ADMIN)
    release(bench, tone)
    bench._models["smollm2"] = Saying(none="It lies at pier nine.", tone="four hundred kilograms")
    return bench


def saying(bench: Workbench) -> Saying:
    model = bench._models["smollm2"]
    assert isinstance(model, Saying)
    return model


def rights(bench: Workbench, trial_id: str) -> dict[str, list[bool]]:
    return {text: [held[arm] for arm in ARMS] for text, held in bench.lab.arms.rights(trial_id, ADMIN).items()}


def test_every_question_is_asked_four_ways(tower: Workbench) -> None:
    job = tower.lab.arms.start("tower", DEFAULT, "tone", ADMIN)
    assert tower.jobs.wait(job)
    assert (job.state, job.error, job.title) == ("done", "", "Four arms with tone on tower")
    assert (job.progress.done, job.progress.of, job.progress.seconds_left) == (12, 12, 0.0)
    table = tower.lab.arms.table(job.result.id, ADMIN)
    assert (table.complete, table.planned, table.left_out) == (True, 3, {})
    assert [(row.arm, row.questions, row.answerable) for row in table.rows] == [(arm, 3, 2) for arm in ARMS]
    held = rights(tower, job.result.id)
    assert held[QUESTIONS[0].text][:2] == [False, True]
    assert held[QUESTIONS[1].text][:2] == [True, False]
    assert held[QUESTIONS[2].text][:2] == [False, False]
    base, adapter = table.rows[:2]
    assert (base.values["right"].mean, adapter.values["right"].mean) == (0.5, 0.5)
    assert (base.values["exact"].mean, adapter.values["exact"].mean) == (0.0, 0.5)
    assert (base.values["prompt"].mean, adapter.values["answer"].mean) == (9.0, 3.0)
    assert "cited" not in base.values and "grounded" not in base.values
    assert table.rows[3].values["cited"].mean > 0
    assert next((d.arm, d.base, d.questions) for d in table.differences) == ("adapter", "base", 2)
    adapters = [adapter for text, adapter in saying(tower).asked if QUESTIONS[1].text in text]
    assert adapters[:2] == [None, "tone"]
    assert tower.state(ADMIN).answers == 0  # a measurement is no conversation


def test_what_it_was_made_of_is_kept(tower: Workbench, tone: Path) -> None:
    trial = tower.lab.arms.begin("tower", DEFAULT, "tone", ADMIN, limit=2)
    assert trial.axes == {
        "adapter": ["tone"],
        "weights_sha256": [tower.adapters.get("tone", ADMIN).manifest.weights_sha256],
        "set_hash": [tower.lab.sets.get("tower", ADMIN).hash],
        "recipe_hash": [DEFAULT.hash],
        "limit": ["2"],
    }
    assert tower.lab.arms.table(trial.id, ADMIN).planned == 2
    tower.lab.arms.carry_on(trial, lambda _: None, lambda: False)
    assert list(rights(tower, trial.id)) == [QUESTIONS[0].text, QUESTIONS[1].text]
    assert tower.runs.all(part_of="") == []  # they are no retrieval runs of their own
    with pytest.raises(RequestError, match="where they were begun"):
        tower.lab.trials.resume(trial.id, ADMIN)


def test_what_was_asked_is_not_asked_again(tower: Workbench) -> None:
    trial = tower.lab.arms.begin("tower", DEFAULT, "tone", ADMIN)
    seen: list[Answering] = []
    tower.lab.arms.carry_on(trial, seen.append, lambda: bool(seen and seen[-1].done == 5))
    assert (seen[-1].done, tower.lab.arms.table(trial.id, ADMIN).complete) == (5, False)
    assert seen[-1].seconds_left is not None and seen[0].seconds_left is None
    kept = {run.id: tower.runs.results(run.id) for run in tower.runs.all(part_of=trial.id)}
    before = len(saying(tower).asked)
    job = tower.lab.arms.resume(trial.id, ADMIN)
    assert tower.jobs.wait(job)
    assert (job.state, job.progress.done) == ("done", 12)
    assert len(saying(tower).asked) - before <= 4 + 7  # four that warm, and the answers that were left
    for run_id, results in kept.items():
        assert tower.runs.results(run_id)[: len(results)] == results
    after = len(saying(tower).asked)
    tower.jobs.wait(tower.lab.arms.resume(trial.id, ADMIN))
    assert len(saying(tower).asked) == after


@pytest.mark.parametrize("change", ["set", "documents", "adapter"])
def test_what_changed_is_not_gone_on_with(change: str, tower: Workbench, tmp_path: Path) -> None:
    trial = tower.lab.arms.begin("tower", DEFAULT, "tone", ADMIN)
    if change == "set":
        tower.lab.sets.save("tower", QUESTIONS[:2], ADMIN)
        told = "The question set 'tower' has changed"
    elif change == "documents":
        tower.ingest([note(tmp_path, "lamp.txt", "The lamp burns sixty watts.")], ADMIN)
        told = "The documents have changed"
    else:
        tower.adapters.retire("tone", "worse", ADMIN)
        told = "'tone' is retired and does not answer"
    job = tower.lab.arms.resume(trial.id, ADMIN)
    assert tower.jobs.wait(job)
    assert job.state == "failed" and told in job.error
    assert all(run.asked == 0 for run in tower.runs.all(part_of=trial.id))


def test_who_sees_part_of_a_set_gets_that_part(tower: Workbench, tmp_path: Path) -> None:
    secret = Question(
        "vault", "What is the code?", ("4711",), evidence=(Evidence("vault.txt", "code is 4711"),), zone="restricted"
    )
    tower.lab.sets.save("tower", [*QUESTIONS, secret], ADMIN)
    trial = tower.lab.arms.begin("tower", DEFAULT, "tone", ENGINEER)
    assert (trial.zones, tower.lab.arms.table(trial.id, ENGINEER).planned) == (("public", "internal"), 3)
    whole = tower.lab.arms.begin("tower", DEFAULT, "tone", ADMIN)
    assert [held.id for held in tower.lab.arms.all(ENGINEER)] == [trial.id]
    assert [held.id for held in tower.lab.arms.all(ADMIN)] == [whole.id, trial.id]
    for reading in (tower.lab.arms.get, tower.lab.arms.table, tower.lab.arms.rights):
        with pytest.raises(NotFound):
            reading(whole.id, ENGINEER)
    assert tower.lab.arms.known("What is the code?", ENGINEER) is None
    for change in (
        lambda: tower.lab.arms.start("tower", DEFAULT, "tone", VIEWER),
        lambda: tower.lab.arms.resume(trial.id, VIEWER),
        lambda: tower.lab.arms.remove(trial.id, VIEWER),
    ):
        with pytest.raises(AccessDenied):
            change()


def test_a_question_is_asked_as_its_persona(tower: Workbench) -> None:
    """The persona need not know the adapter; whoever runs the trial does."""
    tower.adapters.retire("tone", "for another zone", ADMIN)
    tower.adapters.remove("tone", ADMIN)
    folder = tower.workspace.root.parent / "again"
    from tests.fakes import save_smollm2_lora

    release(tower, save_smollm2_lora(folder, seed=3), zone="restricted")
    tower.lab.sets.save(
        "asked", [asked("boat", "Where does the boat lie?", "pier nine", BOAT, persona="viewer")], ADMIN
    )
    job = tower.lab.arms.start("asked", DEFAULT, "tone", ADMIN)
    assert tower.jobs.wait(job)
    assert (job.state, job.error) == ("done", "")


def test_it_is_forgotten_with_its_runs(tower: Workbench) -> None:
    trial = tower.lab.arms.begin("tower", DEFAULT, "tone", ADMIN)
    tower.lab.arms.remove(trial.id, ADMIN)
    assert (tower.lab.arms.all(ADMIN), tower.runs.all(part_of=trial.id)) == ([], [])


def test_what_cannot_be_asked_is_one_sentence(tower: Workbench) -> None:
    tower.lab.sets.save("mute", [Question("m", "Why?", zone="public")], ADMIN)
    for arguments, told in (
        (("mute", DEFAULT, "tone", ADMIN), "can be judged: 1 without an accepted answer"),
        (("tower", DEFAULT, "tone", ADMIN, 0), "at least 1"),
        (("none", DEFAULT, "tone", ADMIN), "There is no question set"),
        (("tower", DEFAULT, "none", ADMIN), "There is no adapter"),
    ):
        with pytest.raises(RequestError, match=told):
            tower.lab.arms.start(*arguments)
    assert tower.lab.arms.all(ADMIN) == []
