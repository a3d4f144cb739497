"""`python -m core eval`: table, JSON, gates and exit status, JUnit, a baseline; what is wrong is one sentence."""

import json
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from core.embedding.encoder import Encoder
from core.governance.principals import persona
from core.ingestion import Incoming
from core.recipes import BUILT_IN
from core.settings import Settings
from core.workbench import Workbench
from tests.cli.running import run
from tests.conftest import SAMPLE_FILES

ADMIN = persona("administrator")
BEGUN = []
"""The id of an evaluation that was begun and interrupted."""

ROWS = [
    {
        "id": "a",
        "question": "How long may unused articles be sent back?",
        "answers": ["45 days"],
        "evidence": [{"document": "returns-policy.pdf", "quote": "within 45 days of the day it reached you"}],
        "zone": "public",
    },
    {"id": "b", "question": "How long may unused articles be sent back?", "answers": ["99 years"], "zone": "public"},
]


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory, minilm: Encoder) -> tuple[str, Path]:
    folder, file = tmp_path_factory.mktemp("eval"), SAMPLE_FILES / "returns-policy.pdf"
    with Workbench(Settings(workspace=folder), "a test") as bench:
        bench._encoders["minilm"] = minilm
        bench.ingest([Incoming(file, file.name, "public")], ADMIN)
        bench.lab.sets.bring("exam", "\n".join(map(json.dumps, ROWS)).encode(), "jsonl", ADMIN)
        BEGUN[:] = [bench.lab.answers.begin("exam", {"extractive": BUILT_IN["extractive"]}, ADMIN).id]
    return "--workspace", folder


def test_gates_decide_the_exit_status_and_junit_agrees(at: tuple[str, Path]) -> None:
    folder = at[1]
    gates, report = folder / "gates.toml", folder / "report.xml"
    gates.write_text("[eval]\nmin_right = 0.5\nmax_wrong = 1\n[eval.extractive]\nmin_recall_at_5 = 1.0\n")
    done = run("eval", "exam", "--resume", *BEGUN, "--gates", gates, "--junit", report, "--json", *at)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["evaluation"], told["set"], told["planned"], told["passed"]) == (BEGUN[0], "exam", 2, True)
    one = told["recipes"][0]
    assert (one["recipe"], one["model"], one["wrong"], one["regressed"]) == ("extractive", "extractive", ["b"], None)
    assert one["measures"]["right"] == pytest.approx({"mean": 0.5, "low": 0.0945, "high": 0.9055}, abs=1e-4)
    assert [(gate["gate"], gate["measured"]) for gate in one["gates"]] == [
        ("min_right", 0.5),
        ("max_wrong", 1.0),
        ("min_recall_at_5", 1.0),
    ]
    assert "NaN" not in done.stdout
    assert len({question["trace_id"] for question in one["questions"]}) == 2
    root = Xml.parse(report).getroot()
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("5", "0", "1")
    assert [case.get("name") for case in root.iter("testcase")][-1] == "b: How long may unused articles be sent back?"

    before = json.loads(done.stdout)
    for question in before["recipes"][0]["questions"]:
        question["right"] = True
    (folder / "before.json").write_text(json.dumps(before))
    gates.write_text("[eval]\nmin_right = 0.5\nmax_wrong = 1\nmax_regressed = 0\n")
    done = run("eval", "exam", "--gates", gates, "--junit", report, "--baseline", folder / "before.json", *at)
    assert done.returncode == 1, done.stderr
    assert "BROKEN: regressed is 1; at most 0 is asked." in done.stdout
    assert "extractive: 1 wrong, 1 regressed" in done.stdout
    root = Xml.parse(report).getroot()
    failed = [case.get("name") for case in root.iter("testcase") if case.find("failure") is not None]
    assert failed == ["max_regressed", "b: How long may unused articles be sent back?"]
    assert "Dealt with rightly before, and no longer." in report.read_text()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["none such"], "There is no question set 'none such'"),
        (["exam", "--recipes", "extractive,nothing"], "There is no recipe 'nothing'"),
        (["exam", "--gates", "missing.toml"], "The file of gates 'missing.toml' cannot be read: No such file"),
        (["exam", "--resume", "none"], "There is no evaluation 'none'"),
        (["exam", "--price", "cheap"], "'cheap' is no price"),
        (["exam", "--junit", "nowhere/report.xml"], "'nowhere/report.xml' cannot be written"),
    ],
)
def test_what_is_wrong_is_one_sentence(at: tuple[str, Path], arguments: list[str], told: str) -> None:
    done = run("eval", *arguments, *at)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr and len(done.stderr.strip().splitlines()) == 1
