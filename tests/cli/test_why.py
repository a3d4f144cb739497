"""`why` on the command line: the verdict, its exit status, and what a wrong request is told."""

import json
from pathlib import Path

import pytest

from core.answering.ask import finish
from core.evaluation.questions import Evidence, Question
from core.governance.principals import persona
from core.ingestion import Incoming
from core.recipes import recipe
from core.settings import Settings
from core.workbench import Workbench
from tests.cli.running import run

ADMIN = persona("administrator")


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("why")
    file = folder / "lamp.txt"
    file.write_text("The lamp costs 20 euros.", encoding="utf-8")
    kettle = Question("k", "What does the kettle cost?", ("30 euros",), evidence=(Evidence("kettle.txt", "30 euros"),))
    with Workbench(Settings(workspace=folder / "workspace"), "a test") as bench:
        bench.ingest([Incoming(file, "lamp.txt")], ADMIN)
        bench.lab.sets.save("kettles", [kettle], ADMIN)
        return folder / "workspace", finish(bench.ask(kettle.text, recipe("extractive"), ADMIN)).trace.id


def test_a_loss_is_told_with_what_mends_it(asked: tuple[Path, str]) -> None:
    folder, trace = asked
    done = run("why", trace, "--question-set", "kettles", "--id", "k", "--json", "--workspace", folder)
    told = json.loads(done.stdout)
    assert (done.returncode, told["code"], told["stage"], told["guess"]) == (1, "NOT_INDEXED", "library", False)
    assert told["mend"] == {
        "label": "Bring 'kettle.txt' into the library.",
        "changes": {},
        "checked": False,
        "answers": None,
    }
    plain = run("why", trace, "--workspace", folder)
    assert plain.stdout.startswith("NOT_INDEXED: There is no document 'kettle.txt' that you may see.\n")


def test_a_wrong_request_is_one_sentence(asked: tuple[Path, str]) -> None:
    folder, trace = asked
    for arguments, told in (
        (("nothing",), "There is no trace 'nothing'."),
        ((trace, "--id", "k"), "Give --question-set and --id together, or neither."),
        ((trace, "--question-set", "kettles", "--id", "z"), "The question set 'kettles' has no question 'z'."),
    ):
        done = run("why", *arguments, "--workspace", folder)
        assert (done.returncode, done.stdout, done.stderr) == (2, "", f"touchstone: {told}\n")
