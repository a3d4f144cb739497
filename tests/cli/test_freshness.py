"""`freshness` and `facts` on the command line: exit status, gates, JUnit, import and export."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from core.cli import freshness as freshness_commands
from core.cli.app import app
from core.workbench import Workbench
from tests.test_freshness import ADMIN, BELL, tower
from tests.test_ingestion import note

__all__ = ["tower"]


class _Open:
    """The test's workbench, which a command must not close."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench

    def __enter__(self) -> Workbench:
        return self._bench

    def __exit__(self, *_: object) -> None:
        pass


def test_exit_status_gates_and_junit(tower: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freshness_commands, "workbench", lambda _: _Open(tower))
    run = CliRunner().invoke
    told = run(app, ["freshness", "--recipes", "extractive", "--json"])
    assert told.exit_code == 0
    assert json.loads(told.stdout)["counts"] == {"fresh": 2, "drifted": 0, "wrong": 0, "unknown": 0, "fresh_share": 1}
    tower.ingest([note(tmp_path, "bell.txt", BELL.format(380))], ADMIN)
    xml, gates = tmp_path / "out.xml", tmp_path / "gates.toml"
    told = run(app, ["freshness", "--recipes", "", "--adapters", "tone", "--junit", str(xml)])
    assert told.exit_code == 1
    assert "FAILED: drifted is 1; at most 0 is asked." in told.stdout
    cases = {case.get("name"): [part.tag for part in case] for case in ElementTree.parse(xml).iter("testcase")}
    assert cases == {"max_drifted": ["failure"], "bell": ["failure"], "boat": []}
    gates.write_text("[freshness]\nmax_drifted = 1\nmin_fresh_share = 0.5\n")
    kept = ["freshness", "--recipes", "", "--adapters", "tone", "--gates", str(gates), "--junit", str(xml)]
    assert run(app, kept).exit_code == 0
    assert not list(ElementTree.parse(xml).iter("failure"))  # red exactly where the command fails
    assert [part.tag for part in ElementTree.parse(xml).iter("skipped")] == ["skipped"]
    told = run(app, ["freshness", "--junit", str(tmp_path / "nowhere" / "out.xml")])
    assert "cannot be written" in str(told.exception)  # before anybody is asked
    gates.write_text("[eval]\nmin_right = 1\n")
    told = run(app, ["freshness", "--gates", str(gates)])
    assert "has no table [freshness]" in str(told.exception)
    assert "no fact 'ghost'" in str(run(app, ["freshness", "--facts", "ghost"]).exception)


def test_facts_are_exported_imported_listed_and_removed(
    tower: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freshness_commands, "workbench", lambda _: _Open(tower))
    run = CliRunner().invoke
    file = tmp_path / "facts.csv"
    assert run(app, ["facts", "export", "--format", "csv", "--output", str(file)]).exit_code == 0
    before = tower.freshness.facts.all(ADMIN)
    assert run(app, ["facts", "remove", "bell", "boat"]).exit_code == 0
    assert tower.freshness.facts.all(ADMIN) == []
    assert json.loads(run(app, ["facts", "import", str(file), "--json"]).stdout) == {"facts": 2}
    assert tower.freshness.facts.all(ADMIN) == before
    rows = json.loads(run(app, ["facts", "list", "--json"]).stdout)["facts"]
    assert [(row["id"], row["standing"]) for row in rows] == [("bell", "same"), ("boat", "same")]
