"""The four arms on the command line, by the real model and an adapter in its shape."""

import json
from pathlib import Path

import pytest

from core.governance.principals import persona
from core.recipes import BUILT_IN
from core.settings import Settings
from core.workbench import Workbench
from tests.cli.running import run
from tests.conftest import SAMPLE_FILES
from tests.fakes import release

ASKED = "How long may unused articles be sent back?"


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory, tone: Path) -> tuple[str, Path]:
    folder = tmp_path_factory.mktemp("arms")
    done = run("ingest", SAMPLE_FILES / "returns-policy.pdf", "--zone", "public", "--workspace", folder)
    assert done.returncode == 0, done.stderr
    rows = [
        {"id": "a", "question": ASKED, "answers": ["45 days"], "zone": "public"},
        {"id": "b", "question": "Who won the cup?", "answerable": False, "zone": "public"},
    ]
    file = folder / "exam.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    assert run("questions", "import", file, "--workspace", folder).returncode == 0
    with Workbench(Settings(workspace=folder), "a test") as bench:
        release(bench, tone)
    return "--workspace", folder


def test_one_question(at: tuple[str, Path]) -> None:
    done = run("arms", ASKED, "--adapter", "tone", "--json", *at)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["question"], told["adapter"], told["accepted"]) == (ASKED, "tone", ["45 days"])
    assert [arm["arm"] for arm in told["arms"]] == ["base", "adapter", "base + retrieval", "adapter + retrieval"]
    assert [arm["adapter"] for arm in told["arms"]] == [None, "tone", None, "tone"]
    assert [bool(arm["sources"]) for arm in told["arms"]] == [False, False, True, True]
    assert all(arm["seconds"]["total"] >= arm["seconds"]["first_token"] >= 0 for arm in told["arms"])
    assert set(told["arms"][0]["verdict"]) == {"declined", "grounded", "right", "exact", "f1", "cited"}
    assert "base + retrieval: " in done.stderr


def test_a_set(at: tuple[str, Path]) -> None:
    done = run("arms", "--questions", "exam", "--adapter", "tone", "--limit", 1, "--json", *at)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["set"], told["planned"], told["left_out"]) == ("exam", 1, {})
    assert [(arm["arm"], arm["questions"]) for arm in told["arms"]] == [
        ("base", 1), ("adapter", 1), ("base + retrieval", 1), ("adapter + retrieval", 1),
    ]  # fmt: skip
    assert set(told["arms"][3]["right"]) == {"mean", "low", "high"}
    assert len(told["differences"]) == 4
    with Workbench(Settings(workspace=at[1]), "a test") as bench:
        routes = bench.lab.routes.found("exam", {"rag": BUILT_IN["extractive"]}, persona("administrator"))
    rows = json.loads(run("arms", "--list", "--json", *at).stdout)["trials"]
    assert [(row["trial"], row["kind"], row["answered"], row["planned"]) for row in rows] == [
        (told["trial"], "arms", 4, 4), (routes.id, "routes", 0, 2),
    ]  # fmt: skip
    assert "no trial 'none'" in run("arms", "--forget", "none", *at).stderr.replace("There is ", "")
    left = json.loads(run("arms", "--forget", routes.id, "--json", *at).stdout)["trials"]
    assert [row["trial"] for row in left] == [told["trial"]]


def test_what_is_wrong_is_one_sentence(at: tuple[str, Path]) -> None:
    for arguments, told in (
        (("--adapter", "tone"), "Give a question, or --questions"),
        ((ASKED,), "Name an adapter with --adapter"),
        ((ASKED, "--adapter", "tone", "--limit", 3), "--limit belongs to --questions"),
        ((ASKED, "--adapter", "none"), "There is no adapter 'none'"),
        (("--questions", "none", "--adapter", "tone"), "There is no question set 'none'"),
    ):
        done = run("arms", *arguments, *at)
        assert (done.returncode, told in done.stderr) == (2, True), done.stderr
