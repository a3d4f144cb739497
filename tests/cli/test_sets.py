import json
from pathlib import Path

from tests.cli.running import run
from tests.conftest import SAMPLE_FILES


def test_a_set_goes_in_is_shown_and_comes_out_again(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    file = tmp_path / "pilot.csv"
    file.write_text("id,question,answer,document,quote\n1,How long?,45 days,returns-policy.pdf,within 99 days\n")
    done = run("ingest", SAMPLE_FILES / "returns-policy.pdf", "--zone", "public", "--workspace", folder)
    assert done.returncode == 0, done.stderr
    done = run("questions", "import", file, "--note", "a pilot", "--workspace", folder, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["name"], told["questions"], told["note"]) == ("pilot", 1, "a pilot")
    assert [(f["question"], f["state"]) for f in told["findings"]] == [("1", "gone")]
    listed = json.loads(run("questions", "list", "--workspace", folder, "--json").stdout)["sets"]
    assert [row["name"] for row in listed] == ["pilot", "samples"]
    shown = json.loads(run("questions", "show", "pilot", "--workspace", folder, "--json").stdout)
    assert shown["rows"][0]["evidence"] == [{"document": "returns-policy.pdf", "quote": "within 99 days"}]
    written = tmp_path / "out.jsonl"
    assert run("questions", "export", "pilot", "--output", written, "--workspace", folder).returncode == 0
    again = run("questions", "import", written, "--name", "again", "--workspace", folder, "--json")
    assert json.loads(again.stdout)["hash"] == told["hash"]
    assert run("questions", "remove", "pilot", "--workspace", folder).returncode == 0
    gone = run("questions", "show", "pilot", "--workspace", folder)
    assert (gone.returncode, "no question set 'pilot'" in gone.stderr) == (2, True)


def test_a_bad_file_is_one_sentence_and_nothing_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text('{"id": 1, "question": "Why?", "answer": "so"}\n{"id": 2}\n')
    done = run("questions", "import", file, "--workspace", tmp_path / "w", "--json")
    assert (done.returncode, json.loads(done.stdout)["error"]["message"]) == (2, "Line 2: 'question' is missing.")
    assert json.loads(run("questions", "list", "--workspace", tmp_path / "w", "--json").stdout) == {"sets": []}
