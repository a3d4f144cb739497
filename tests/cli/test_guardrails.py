"""The commands over the policy."""

import json
from pathlib import Path

import pytest

from core.guardrails.policy import STANDARD, from_json
from core.workbench import Workbench
from tests.cli.running import run
from tests.desks.test_guarding import brought

TEXT = "Refunds of the Heron lamp go to the account DE89 3704 0044 0532 0130 00 within ten days."


@pytest.fixture
def workspace(bench: Workbench, tmp_path: Path) -> Path:
    brought(bench, tmp_path, "refunds.md", TEXT)
    bench.close()
    return bench.workspace.root


def test_a_policy_goes_out_is_changed_tried_and_applied(workspace: Path, tmp_path: Path) -> None:
    where = ("--workspace", str(workspace), "--json")
    shown = run("guardrails", "policy", *where)
    assert from_json(shown.stdout) == STANDARD
    held = json.loads(shown.stdout)
    held["zones"]["internal"] = [{"detector": "personal", "action": "quarantine"}]
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(held), encoding="utf-8")
    tried = json.loads(run("guardrails", "try", str(file), *where).stdout)
    assert [(each["before"]["verdict"], each["after"]["verdict"]) for each in tried["changed"]] == [
        ("mask", "quarantine")
    ]
    assert json.loads(run("guardrails", "apply", str(file), *where).stdout) == {"version": 1}
    (document,) = json.loads(run("guardrails", "documents", *where).stdout)["documents"]
    assert document["verdict"] == "quarantine"
    refused = run("guardrails", "apply", str(file), "--as", "engineer", "--workspace", str(workspace))
    assert (refused.returncode, "may not change policies" in refused.stderr) == (2, True)


def test_findings_are_listed_covered(workspace: Path) -> None:
    told = run("guardrails", "findings", "refunds.md", "--workspace", str(workspace))
    assert "D███ ████ ████" in told.stdout
    assert "0044" not in told.stdout


@pytest.mark.parametrize("text", ["nonsense", '{"zones": 3}', '{"terms": [1]}'])
def test_a_bad_file_is_one_sentence(workspace: Path, tmp_path: Path, text: str) -> None:
    file = tmp_path / "policy.json"
    file.write_text(text, encoding="utf-8")
    done = run("guardrails", "apply", str(file), "--workspace", str(workspace))
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (2, 1)


def test_words_are_told_to_who_may_edit_the_policy_only(workspace: Path, tmp_path: Path) -> None:
    where = ("--workspace", str(workspace))
    file = tmp_path / "policy.json"
    file.write_text(json.dumps({"terms": ["Heron"], "never": ["0800 123"], "note": "A code name."}), encoding="utf-8")
    assert run("guardrails", "apply", str(file), *where).returncode == 0
    for options in ((), ("--json",)):
        told = run("guardrails", "policy", "--as", "engineer", *where, *options).stdout
        assert not any(word in told for word in ("Heron", "0800", "code name"))
        whole = run("guardrails", "policy", "--as", "officer", *where, *options).stdout
        assert "code name" in whole
    assert json.loads(told)["withheld"] == {"terms": 1, "never": 1}
    file.write_text(told, encoding="utf-8")
    assert "A policy has no 'withheld'" in run("guardrails", "apply", str(file), *where).stderr


def test_where_nothing_is_covered_there_is_nothing_to_prove(tmp_path: Path) -> None:
    done = run("guardrails", "prove", "--workspace", str(tmp_path / "empty"))
    assert done.returncode == 0
    assert "There is nothing to prove: the policy covers nothing in what administrator may see." in done.stdout
    assert "Nothing leaks" not in done.stdout
