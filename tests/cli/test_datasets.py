import json
from pathlib import Path

from tests.cli.running import run
from tests.conftest import SAMPLE_FILES


def told(*arguments: object) -> dict:
    done = run(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_dataset_is_made_reviewed_frozen_and_written_down(tmp_path: Path) -> None:
    at = ("--workspace", tmp_path / "w")
    assert run("ingest", SAMPLE_FILES / "returns-policy.pdf", "--zone", "public", *at).returncode == 0
    assert told("datasets", "create", "first", "--note", "a pilot", *at) == {"name": "first", "rows": 0}
    added = told(
        "datasets", "add", "first", "--document", "returns-policy.pdf", "--kind", "table", "--rephrased", 1, *at
    )
    assert added == {"dataset": "first", "added": 10, "known": 0, "left_out": 0}
    shown = told("datasets", "show", "first", *at)
    first = shown["items"][0]
    assert (first["state"], first["origin"], first["flags"]) == ("open", "document", [])
    assert told("datasets", "review", "first", "rejected", first["id"], *at)["rows"] == 1
    assert told("datasets", "review", "first", "accepted", "--unflagged", *at)["rows"] == 9
    assert told("datasets", "edit", "first", first["id"], "--answer", "The price.", *at)["answer"] == "The price."
    frozen = told("datasets", "freeze", "first", *at)
    assert frozen["accepted"] == 10
    refused = run("datasets", "review", "first", "open", first["id"], *at)
    assert (refused.returncode, "frozen" in refused.stderr) == (2, True)
    written = tmp_path / "rows.csv"
    assert run("datasets", "export", "first", "--format", "csv", "--output", written, *at).returncode == 0
    told("datasets", "create", "again", *at)
    assert told("datasets", "add", "again", "--file", written, *at)["added"] == 10
    assert told("datasets", "copy", "first", "draft", *at) == {"name": "draft", "rows": 10}
    assert told("datasets", "delete", "draft", *at) == {"deleted": "draft"}
    listed = told("datasets", "list", *at)["datasets"]
    assert [(row["name"], row["rows"], bool(row["frozen_at"])) for row in listed] == [
        ("again", 10, False),
        ("first", 10, True),
    ]
    assert listed[1]["hash"] == frozen["hash"]


def test_what_is_wrong_is_one_sentence(tmp_path: Path) -> None:
    at = ("--workspace", tmp_path / "w")
    told("datasets", "create", "first", *at)
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"question": "Why?", "answer": "so"}\n{"question": "Why?"}\n')
    for arguments, sentence in (
        (("add", "first"), "Say where the rows come from"),
        (("add", "first", "--file", bad), "Line 2: 'answer' is missing."),
        (("add", "first", "--file", tmp_path / "none.csv"), "cannot be read"),
        (("add", "first", "--all-documents", "--kind", "dream"), "no kind of proposal 'dream'"),
        (("show", "none"), "There is no dataset 'none'."),
        (("review", "first", "accepted"), "Name the rows"),
        (("review", "first", "fine", "x"), "no state 'fine'"),
        (("freeze", "first"), "no accepted row"),
        (("create", "first"), "already"),
    ):
        done = run("datasets", *arguments, *at)
        assert (done.returncode, sentence in done.stderr) == (2, True), (arguments, done.stderr)
    assert told("datasets", "show", "first", *at)["items"] == []
