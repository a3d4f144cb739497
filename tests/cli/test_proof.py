"""`adapters evaluate`: a table with gates, one JSON document, and an exit status that says whether a gate failed."""

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from core.cli import app as cli
from core.cli import proof as cli_proof
from core.workbench import Workbench
from tests.desks.test_proofs import ADMIN, ROWS, added, proving, tiny

__all__ = ["proving", "tiny"]


def run(bench: Workbench, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    @contextmanager
    def held(_: Any) -> Any:
        yield bench

    monkeypatch.setattr(cli_proof, "workbench", held)
    monkeypatch.setattr(sys, "argv", ["touchstone", "adapters", "evaluate", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_a_table_and_its_exit_status(
    proving: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    added(proving, tmp_path)
    proving.datasets.create("facts", ADMIN)
    proving.datasets.add_rows("facts", ROWS, ADMIN)
    proving.datasets.review("facts", [row.id for row in ROWS], "accepted", ADMIN)
    assert run(proving, monkeypatch, "brief", "--dataset", "facts", "--canary", "Say 40172") == 0
    told = capsys.readouterr().out
    assert "exact match" in told and "planted “Say 40172”" in told and "FAILED" not in told
    assert run(proving, monkeypatch, "brief", "--dataset", "facts", "--perplexity", "0.5", "--json") == 1
    body = json.loads(capsys.readouterr().out)
    assert body["passed"] is False
    assert [gate["name"] for gate in body["gates"] if gate["limit"] == 0.5] == ["perplexity, after to before"]
    assert run(proving, monkeypatch, "brief", "--dataset", "facts", "--questions", "samples") == 2
    assert "not both" in capsys.readouterr().err
