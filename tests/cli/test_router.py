"""The router on the command line."""

import json
from pathlib import Path

from core.answering.routing_model import learn
from core.governance.principals import persona
from core.settings import Settings
from core.workbench import Workbench
from tests.answering.test_router import QUESTIONS, outcomes
from tests.cli.running import run

ADMIN = persona("administrator")


def test_rules_and_what_was_learned(tmp_path: Path) -> None:
    at = ("--workspace", tmp_path)
    done = run("router", "rule", "restricted", "adapter only", "--json", *at)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"public": "any", "internal": "any", "restricted": "adapter only"}
    with Workbench(Settings(workspace=tmp_path), "a test") as bench:
        bench.lab.sets.save("mine", QUESTIONS[:1], ADMIN)
        of = {"set": "mine", "adapters": {"closed": ""}, "zones": [], "labels": None, "at": "today"}
        bench.routing._store.save_model("k", learn(outcomes(60), of), "ada")
    told = json.loads(run("router", "show", "--json", *at).stdout)
    assert told["rules"]["restricted"] == "adapter only"
    assert told["models"][0]["manifest"]["questions"] == 60 and told["models"][0]["proof"] is None
    assert "Not proved yet" in run("router", "show", *at).stdout


def test_what_is_wrong_is_one_sentence(tmp_path: Path) -> None:
    for arguments, said in (
        (("rule", "public", "never"), "There is no zone rule 'never'"),
        (("rule", "public", "any", "--as", "viewer"), "may not change policies"),
        (("prove", "none", "--adapter", "nobody"), "There is no adapter 'nobody'"),
    ):
        done = run("router", *arguments, "--workspace", tmp_path)
        assert (done.returncode, done.stdout) == (2, "") and said in done.stderr
