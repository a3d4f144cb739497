"""`python -m core index …` without any model: an index tells itself what it holds."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from core.cli.app import app
from core.errors import RequestError
from core.index.edge import EdgeIndex
from core.index.server import ServerIndex
from core.workbench import Workbench
from tests.cli.running import run
from tests.index.test_contract import SPEC, add, entry

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    index = EdgeIndex(tmp_path / "w" / "index")
    index.open(replace(SPEC, dimension=8))
    add(index, [entry("a", n) for n in range(6)])
    index.open(replace(SPEC, key="big", dimension=256))
    rng = np.random.default_rng(0)
    entries = [entry("b", n) for n in range(1500)]
    index.replace_document("big", "public", entries, rng.normal(size=(1500, 256)).astype(np.float32), {})
    index.close()
    return tmp_path / "w"


def test_listing_optimising_and_listing_again(workspace: Path) -> None:
    before = json.loads(run("index", "list", "--workspace", workspace, "--json").stdout)["indexes"]
    assert [(r["key"], r["chunks"], r["indexed"]) for r in before] == [("big", 1500, 0), ("k", 6, 0)]
    assert all(r["bytes"] > 0 and r["model"] == "fake" for r in before)
    done = run("index", "optimise", "--workspace", workspace, "--json")
    assert done.returncode == 0, done.stderr
    after = json.loads(run("index", "list", "--workspace", workspace, "--json").stdout)["indexes"]
    assert [(r["key"], r["chunks"], r["indexed_share"]) for r in after] == [("big", 1500, 1.0), ("k", 6, 0.0)]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("move", "--to", "edge"), "The indexes are there already."),
        (("move", "--to", "somewhere"), "'somewhere' is no address of a server"),
        (("optimise", "nothing"), "There is no index 'nothing'; there are big, k."),
        (("snapshot",), "Snapshots are made by a server"),
        (("restore", "k", "x"), "Snapshots are made by a server"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(workspace: Path, arguments: tuple[str, ...], sentence: str) -> None:
    done = run("index", *arguments, "--workspace", workspace)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_that_is_away_is_one_sentence_and_the_source_stays(workspace: Path) -> None:
    done = run("index", "move", "--to", "http://127.0.0.1:9", "--workspace", workspace, OWN_KEY="sk-secret-1")
    assert done.returncode == 2
    assert "The Qdrant server at http://127.0.0.1:9 cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr
    listed = json.loads(run("index", "list", "--workspace", workspace, "--json").stdout)["indexes"]
    assert [r["chunks"] for r in listed] == [1500, 6]


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server's store with the client's own memory, whatever address is given; kept from command to command."""
    from qdrant_client import QdrantClient

    from core.index.server_collections import ServerSettings

    client = QdrantClient(":memory:")

    class Kept(ServerIndex):
        def close(self) -> None:
            pass

    def store(_: Workbench, url: str, api_key: str) -> ServerIndex:
        assert (url, api_key) == ("http://there", "sk-1")
        return Kept(ServerSettings(url, api_key, owner="w"), client)

    monkeypatch.setattr(Workbench, "server_store", store)
    monkeypatch.setenv("OWN_KEY", "sk-1")
    yield
    client.close()


@pytest.mark.usefixtures("memory")
def test_moving_to_a_server_and_back(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cli(*arguments: str) -> dict[str, list[dict[str, object]]]:
        done = CliRunner().invoke(app, ["index", *arguments, "--workspace", str(workspace), "--json"])
        if done.exception:
            raise done.exception
        found: dict[str, list[dict[str, object]]] = json.loads(done.stdout)
        return found

    moved = cli("move", "--to", "http://there", "--key-env", "OWN_KEY")["moved"]
    assert [(m["key"], m["chunks"]) for m in moved] == [
        ("big", {"public": 1500, "internal": 0, "restricted": 0}),
        ("k", {"public": 6, "internal": 0, "restricted": 0}),
    ]
    monkeypatch.setenv("TOUCHSTONE_QDRANT_URL", "http://there")
    monkeypatch.setenv("TOUCHSTONE_QDRANT_API_KEY", "sk-1")
    assert [(r["key"], r["chunks"]) for r in cli("list")["indexes"]] == [("big", 1500), ("k", 6)]
    with pytest.raises(RequestError, match="there already"):
        cli("move", "--to", "http://there/")
    edge = EdgeIndex(workspace / "index")
    for key in edge.keys():  # noqa: SIM118
        edge.open(edge.spec(key))
    add(edge, [entry("only here", 0)])
    edge.close()
    with pytest.raises(Exception, match="holds 1 documents in the public zone"):
        cli("move", "--to", "edge")
    edge = EdgeIndex(workspace / "index")
    for key in edge.keys():  # noqa: SIM118
        edge.open(edge.spec(key))
    edge.delete_documents("k", "public", ["only here"])
    edge.close()
    assert [m["key"] for m in cli("move", "--to", "edge")["moved"]] == ["big", "k"]
