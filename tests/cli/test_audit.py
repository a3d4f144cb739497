"""The commands over the audit trail."""

import json
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from core.cli.audit import audit
from core.errors import AccessDenied, RequestError
from core.governance.audit import Audit
from core.governance.principals import persona
from core.storage.database import open_database
from core.workspace import Workspace
from tests.cli.running import run


def called(*arguments: str) -> str:
    """Standard output of a command, run in this process."""
    done = CliRunner().invoke(audit, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Three acts of three people."""
    made = Workspace(tmp_path / "w")
    made.root.mkdir()
    engine: Engine = open_database(made.database)
    trail = Audit(lambda: engine, made)
    trail.note(persona("viewer"), "asked", trace="a" * 32, abstained=True)
    trail.note(persona("engineer"), "ingested", documents=["b" * 12])
    trail.note(persona("analyst"), "erased", "refused", why="AccessDenied")
    engine.dispose()
    return made


def test_the_trail_is_searched_and_exported(workspace: Workspace, tmp_path: Path) -> None:
    at = ("--workspace", str(workspace.root))
    (entry,) = json.loads(called("search", "--who", "viewer", *at, "--json"))["entries"]
    assert (entry["act"], entry["facts"]) == ("asked", {"trace": "a" * 32, "abstained": True})
    lines = called("search", "--since", "2020-01-01", *at).splitlines()
    assert "refused (AccessDenied)" in lines[0] and "documents=bbbbbbbbbbbb" in lines[1] and len(lines) == 3
    assert called("search", "--until", "2020-01-01", *at).strip() == "No entry fits."
    assert "'nosuch' is no act of this trail. It holds asked, erased, ingested" in called(
        "search", "--act", "nosuch", *at
    )
    file = tmp_path / "trail.csv"
    called("export", "--output", str(file), *at)
    assert len(file.read_text().splitlines()) == 4
    assert json.loads(called("export", "--format", "jsonl", "--act", "exported audit", *at))["entry"]["seq"] == 4
    assert called("verify", "--as", "officer", *at).startswith("Intact: 5 entries;")
    with pytest.raises(AccessDenied):
        called("verify", "--as", "viewer", *at)
    with pytest.raises(RequestError, match="no format 'xml'"):
        called("export", "--format", "xml", *at)
    with pytest.raises(RequestError, match="--limit is 0"):
        called("search", "--limit", "0", *at)
    assert len(json.loads(called("search", "--most", "1", "--json", *at))["entries"]) == 1


def test_a_bad_entry_is_named_and_the_exit_status_is_1(workspace: Workspace) -> None:
    with sqlite3.connect(workspace.database) as connection:
        connection.execute("UPDATE audit SET who = 'engineer' WHERE seq = 3")
    connection.close()
    bad = run("audit", "verify", "--workspace", workspace.root, "--json")
    assert bad.returncode == 1
    told = json.loads(bad.stdout)
    assert (told["seq"], told["kind"], told["entries"], told["intact"]) == (3, "changed", 2, False)
