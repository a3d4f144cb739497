"""`python -m core chunks …` inside the test process, on a workspace with one document."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from core.cli.app import app
from core.embedding.encoder import Encoder
from core.errors import NotFound, RequestError
from core.governance.principals import persona
from core.settings import Settings
from core.workbench import Workbench
from tests.test_ingestion import note

TEXT = "Alpha costs 12 euros. Beta costs 14 euros."


@pytest.fixture
def workspace(tmp_path: Path, minilm: Encoder, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    root = tmp_path / "w"
    with Workbench(Settings(workspace=root)) as bench:
        bench._encoders["minilm"] = minilm
        bench.ingest([note(tmp_path, "prices.txt", TEXT)], persona("administrator"))
    begun = Workbench.__init__

    def with_encoder(self: Workbench, *given: Any) -> None:
        begun(self, *given)
        self._encoders["minilm"] = minilm

    monkeypatch.setattr(Workbench, "__init__", with_encoder)
    yield root


def run(workspace: Path, *arguments: object) -> dict[str, Any]:
    done = CliRunner().invoke(app, ["chunks", *map(str, arguments), "--workspace", str(workspace), "--json"])
    if done.exception:
        raise done.exception
    return dict(json.loads(done.stdout))


def texts(workspace: Path) -> list[str]:
    return [passage["text"] for passage in run(workspace, "list", "prices.txt")["passages"]]


def test_every_change_and_its_undoing(workspace: Path, tmp_path: Path) -> None:
    run(workspace, "split", "prices.txt", 1, "--before", "Beta")
    assert texts(workspace) == ["Alpha costs 12 euros.", "Beta costs 14 euros."]
    (tmp_path / "new.txt").write_text("Beta costs 15 euros.\n")
    edit = run(workspace, "edit", "prices.txt", 2, "--file", tmp_path / "new.txt")["edit"]
    assert (edit["kind"], edit["text"], edit["made_by"]) == ("edit", "Beta costs 15 euros.", "administrator")
    assert edit["passages"] == [{"start": 22, "end": 42}]
    run(workspace, "disable", "prices.txt", 1)
    passages = run(workspace, "list", "prices.txt")["passages"]
    assert [(p["number"], p["edited"], p["disabled"], p["edits"]) for p in passages] == [
        (1, False, True, [1, 3]),
        (2, True, False, [1, 2]),
    ]
    edits = run(workspace, "edits", "prices.txt")["edits"]
    assert [(e["id"], e["kind"], e["state"], e["before"]) for e in edits] == [
        (3, "disable", "in force", ["Alpha costs 12 euros."]),
        (2, "edit", "in force", ["Beta costs 14 euros."]),
        (1, "split", "in force", [TEXT]),
    ]
    for change in (3, 2, 1):
        run(workspace, "undo", change)
    assert texts(workspace) == [TEXT]
    run(workspace, "split", "prices.txt", 1, "--at", 22)
    run(workspace, "merge", "prices.txt", 1)
    assert texts(workspace) == [TEXT]


def test_a_person_reads_lines(workspace: Path) -> None:
    run(workspace, "edit", "prices.txt", 1, "--text", "Alpha is free.")
    shown = CliRunner().invoke(app, ["chunks", "list", "prices.txt", "--workspace", str(workspace)]).stdout
    assert "edited    Alpha is free." in shown
    told = CliRunner().invoke(app, ["chunks", "edits", "--workspace", str(workspace)]).stdout
    assert f"       - {TEXT}\n       + Alpha is free." in told
    assert "by administrator  in force" in told


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        (("disable", "prices.txt", 9), NotFound, "no passage 9; the document has 1"),
        (("disable", "ghost.txt", 1), NotFound, "no document 'ghost.txt'"),
        (("edit", "prices.txt", 1), RequestError, "by --text or by --file"),
        (("edit", "prices.txt", 1, "--file", "/nowhere/x"), RequestError, "cannot be read"),
        (("split", "prices.txt", 1), RequestError, "by --at or by --before"),
        (("split", "prices.txt", 1, "--before", "Gamma"), NotFound, "do not stand in the passage"),
        (("split", "prices.txt", 1, "--at", 4000), RequestError, "leaves one part empty"),
        (("merge", "prices.txt", 1), NotFound, "no passage 2"),
        (("merge", "prices.txt", 1, "--to", 1), RequestError, "two passages or more"),
        (("undo", 7), NotFound, "no change by hand with the number 7"),
        (("disable", "prices.txt", 1, "--as", "viewer"), RequestError, "may read documents, not change them"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    workspace: Path, arguments: tuple[object, ...], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        run(workspace, *arguments)
    assert texts(workspace) == [TEXT]
