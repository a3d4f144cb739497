"""Training from the terminal: what it would take, the candidate that comes of it, and one sentence for what is wrong."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.adapters.rows import Row
from core.cli.app import app
from core.desks import training_job
from core.errors import RequestError
from core.governance.principals import persona
from core.settings import Settings
from core.workbench import Workbench
from tests.generation.conftest import save_tiny

ADMIN = persona("administrator")
SMALL = ["--set", "rank=2", "--set", "epochs=2", "--set", "batch=4"]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with a dataset of eight accepted rows; trainings use a tiny model."""
    tiny = save_tiny(tmp_path / "tiny")
    monkeypatch.setattr(training_job, "model_folder", lambda *_: tiny)
    with Workbench(Settings(workspace=tmp_path / "workspace"), "a test") as bench:
        bench.datasets.create("facts", ADMIN)
        rows = [Row(f"r{n}", f"What is the number of lamp {n}?", f"{n} watts") for n in range(8)]
        bench.datasets.add_rows("facts", rows, ADMIN)
        bench.datasets.review("facts", [row.id for row in rows], "accepted", ADMIN)
    return tmp_path / "workspace"


def run(place: Path, *words: str) -> str:
    done = CliRunner().invoke(app, ["adapters", *words, "--workspace", str(place)])
    if done.exception:
        raise done.exception
    return done.stdout


def test_an_adapter_is_estimated_trained_and_listed(place: Path) -> None:
    expected = json.loads(run(place, "train", "watts", "--dataset", "facts", *SMALL, "--estimate", "--json"))
    assert (expected["rows"], expected["held_out"], expected["measured"]) == (6, 2, False)
    made = json.loads(run(place, "train", "watts", "--dataset", "facts", *SMALL, "--json"))
    assert made["told"].startswith("watts is a candidate")
    (training,) = json.loads(run(place, "trainings", "--json"))["trainings"]
    assert (training["state"], training["hyper"]["rank"], training["hyper"]["alpha"]) == ("done", 2, 4)
    (adapter,) = [a for a in json.loads(run(place, "list", "--json"))["adapters"] if a["name"] == "watts"]
    assert (adapter["state"], adapter["releasable"]) == ("candidate", False)
    assert "rank 2" in run(place, "show", "watts")
    run(place, "trainings", "--forget", training["id"])
    assert run(place, "trainings") == "Nothing was trained yet.\n"


def test_a_sweep_trains_every_combination(place: Path) -> None:
    run(place, "sweep", "try", "--dataset", "facts", "--ranks", "1,2", "--rates", "1e-3", "--epochs", "1")
    names = [each["name"] for each in json.loads(run(place, "trainings", "--json"))["trainings"]]
    assert sorted(names) == ["try-r1-0.001-1", "try-r2-0.001-1"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["train", "a", "--dataset", "facts", "--set", "rank=many"], "rank is 'many'; it must be a number."),
        (["train", "a", "--dataset", "facts", "--set", "rank=0"], "rank is 0; it must be between 1 and 256."),
        (["train", "a", "--dataset", "facts", "--set", "size=3"], "There is no hyper-parameter 'size'"),
        (["train", "a", "--dataset", "facts", "--set", "targets=lips"], "targets must be some of"),
        (["train", "a", "--dataset", "none"], "There is no dataset 'none'"),
        (["sweep", "a", "--dataset", "facts", "--ranks", "x"], "ranks is 'x'"),
        (["resume", "nothing"], "There is no training 'nothing'"),
    ],
)
def test_what_is_wrong_is_one_sentence(place: Path, words: list[str], told: str) -> None:
    with pytest.raises(RequestError, match=told.replace("(", r"\(")):
        run(place, *words)
