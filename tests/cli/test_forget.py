import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.cli.app import app
from core.embedding.encoder import Encoder
from core.governance.principals import persona
from core.workbench import Workbench
from tests.test_ingestion import note


@pytest.fixture
def run(bench: Workbench, monkeypatch: pytest.MonkeyPatch, minilm: Encoder):  # type: ignore[no-untyped-def]
    """Run a command on the workbench of the test."""
    monkeypatch.setattr("core.cli.forget.workbench", lambda _: bench)
    monkeypatch.setattr(Workbench, "__enter__", lambda self: self)
    monkeypatch.setattr(Workbench, "__exit__", lambda *_: None)
    return lambda *words, given=None: CliRunner().invoke(app, list(words), input=given)


def test_from_the_preview_to_the_receipt(run, bench: Workbench, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    bench.ingest(
        [note(tmp_path, "keys.txt", "The key is kept by Maria Keller, by the dock.")], persona("administrator")
    )
    shown = run("forget", "person", "Maria Keller")
    assert "text 19: The key is kept by [Maria Keller], by the dock." in shown.stdout
    assert "Nothing was changed" in shown.stdout
    assert "1 mention in 1 place." in shown.stdout
    unanswered = run("forget", "person", "Maria Keller", "--redact")
    assert "nobody answered" in str(unanswered.exception)
    declined = run("forget", "person", "Maria Keller", "--redact", given="n\n")
    assert declined.exit_code == 0 and declined.stdout.endswith("Nothing was changed.\n")
    assert "Redact 1 place with 1 mention?" in declined.stderr
    assert "Keller" in bench.library.resolve("keys.txt").text
    done = run("forget", "person", "Maria Keller", "--redact", "--yes", "--json")
    receipt = json.loads(done.stdout)
    assert (done.exit_code, receipt["remains"], receipt["redacted"]) == (0, [], {"document": 1})
    assert "Keller" not in bench.library.resolve("keys.txt").text
    assert f"{receipt['id'][:12]}" in run("receipts", "list").stdout
    assert json.loads(run("receipts", "show", receipt["id"][:10]).stdout)["signature"] == "valid"
    checked = run("receipts", "verify", receipt["id"], "--person", "Maria Keller")
    assert (checked.exit_code, "nothing found" in checked.stdout) == (0, True)
    (line,) = run("forget", "files").stdout.splitlines()
    assert run("forget", "lift", line.split()[0]).exit_code == 0
    assert run("forget", "files").stdout == "No file is barred.\n"
    assert "kept (TOUCHSTONE_RETENTION_TRACES=0)" in run("retention").stdout


def test_what_stands_beside_the_name_is_offered_and_the_receipt_keeps_kinds_alone(
    run, bench: Workbench, tmp_path: Path
) -> None:  # type: ignore[no-untyped-def]
    row = "Name: Maria Keller | Account (IBAN): GB29NWBK60161331926819 | E-mail: m.k@example.com"
    bench.ingest([note(tmp_path, "staff.txt", row)], persona("administrator"))
    shown = run("forget", "person", "Maria Keller").stdout
    assert "IBAN: --other GB29NWBK60161331926819  (staff.txt, version 1)" in shown
    assert "e-mail: --email m.k@example.com" in shown
    plain = json.loads(run("forget", "person", "Maria Keller", "--json").stdout)
    assert [each["kind"] for each in plain["beside"]] == ["IBAN", "e-mail"]
    with_account = ("forget", "person", "Maria Keller", "--other", "GB29NWBK60161331926819")
    done = run(*with_account, "--redact", "--yes").stdout
    assert "Looked for the name in its forms and 1 other detail in" in done
    assert "none of it is left. Nothing else was looked for." in done
    assert "Beside the mentions stayed what was not looked for: 1 × e-mail." in done
    assert b"GB29NWBK" not in b"".join(p.read_bytes() for p in bench.workspace.root.rglob("*") if p.is_file())
    (receipt,) = bench.forgetting.receipts(persona("administrator"))
    assert (receipt.body["looked_for"], receipt.body["beside"]) == ({"name": 1, "other": 1}, {"e-mail": 1})
    assert "m.k@" not in json.dumps(dict(receipt.body)) and "Keller" not in json.dumps(dict(receipt.body))
    checked = run("receipts", "verify", receipt.id, "--person", "Maria Keller", "--other", "gb29nwbk60161331926819")
    assert "Looked again for 2 of its 2 names and addresses: nothing found." in checked.stdout


def test_wrong_requests_are_told(run) -> None:  # type: ignore[no-untyped-def]
    assert "four letters or digits" in str(run("forget", "person", "Maria Keller", "--other", "12").exception)
    assert "not both" in str(run("forget", "person", "Maria Keller", "--redact", "--erase").exception)
    assert "too short" in str(run("forget", "person", "Al").exception)
    assert "no receipt" in str(run("receipts", "verify", "00").exception)
    assert "give it with --person" in str(run("receipts", "verify", "00", "--alias", "Mary").exception)


def test_what_came_in_again_is_listed_and_acknowledged(run, bench: Workbench, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    file, who = note(tmp_path, "keys.txt", "The key is kept by the dock."), persona("administrator")
    bench.ingest([file], who)
    receipt = bench.erase("keys.txt", who).id
    assert "came in again" not in run("receipts", "list").stdout
    bench.ingest([file], who)
    assert "came in again on 20" in run("receipts", "list").stdout
    assert "about a document" in str(run("receipts", "verify", receipt, "--person", "Somebody Else").exception)
    checked = run("receipts", "verify", receipt)
    assert (checked.exit_code, "came in again on 20" in checked.stdout) == (0, True)
    assert "acknowledged." in run("receipts", "acknowledge", receipt[:8]).stdout
    assert run("receipts", "list").stdout.strip().endswith(", acknowledged")
