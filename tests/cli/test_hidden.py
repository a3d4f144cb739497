"""Commands that name a document tell one that is hidden from one that never was by no word."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.cli.app import app
from core.embedding.encoder import Encoder
from core.errors import NotFound
from core.governance.principals import persona
from core.settings import Settings
from core.workbench import Workbench
from tests.test_ingestion import note


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, minilm: Encoder) -> Path:
    folder = tmp_path_factory.mktemp("hidden")
    with Workbench(Settings(workspace=folder / "w")) as bench:
        bench._encoders["minilm"] = minilm
        bench.ingest([note(folder, "salaries.txt", "Salaries rise by four percent.")], persona("administrator"))
        bench.rezone(bench.library.resolve("salaries.txt").id, persona("administrator"), "restricted")
    return folder / "w"


@pytest.mark.parametrize(
    "command",
    [
        ("documents", "set", "NAME", "--zone", "public"),
        ("chunks", "list", "NAME"),
        ("guardrails", "findings", "NAME"),
        ("guardrails", "clear", "NAME", "--reason", "read"),
        ("guardrails", "prove", "NAME"),
    ],
    ids=" ".join,
)
def test_a_hidden_document_is_refused_in_the_words_for_an_absent_one(workspace: Path, command: tuple[str, ...]) -> None:
    told = []
    for name in ("salaries.txt", "nothing.txt"):
        given = [name if part == "NAME" else part for part in command]
        done = CliRunner().invoke(app, [*given, "--as", "viewer", "--workspace", str(workspace)])
        assert isinstance(done.exception, NotFound)
        told.append(str(done.exception).replace(name, "NAME"))
    assert told == ["There is no document 'NAME' in this workspace."] * 2
