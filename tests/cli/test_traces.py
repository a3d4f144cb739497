"""The commands over answers that were given."""

import json
from pathlib import Path

from tests.cli.running import run
from tests.conftest import SAMPLE_FILES

QUESTION = "How many days may unused articles be sent back?"


def test_an_answer_is_listed_shown_and_exported(tmp_path: Path) -> None:
    at = ("--workspace", tmp_path / "w")
    assert run("ingest", SAMPLE_FILES / "returns-policy.pdf", "--zone", "internal", *at).returncode == 0
    asked = json.loads(run("ask", QUESTION, "--recipe", "extractive", "--as", "analyst", *at, "--json").stdout)
    (row,) = json.loads(run("traces", "list", "UNUSED", *at, "--json").stdout)["traces"]
    assert (row["id"], row["origin"], row["recipe_name"]) == (asked["trace_id"], "command line", "extractive")
    assert run("traces", "list", "no such words", *at).stdout.strip() == "No answer was given yet."
    shown = run("traces", "show", row["id"], *at).stdout
    assert "retrieve" in shown and "cited" in shown and "returns-policy.pdf" in shown
    file = tmp_path / "trace.json"
    assert run("traces", "export", row["id"], "--output", file, *at).returncode == 0
    assert json.loads(file.read_text())["answer"] == asked["answer"]
    hidden = run("traces", "show", row["id"], "--as", "viewer", *at, "--json")
    assert (hidden.returncode, json.loads(hidden.stdout)["error"]["type"]) == (2, "NotFound")
