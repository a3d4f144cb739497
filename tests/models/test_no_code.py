"""Weights are data: a pickle that is planted beside or in place of them is never run."""

import ast
import json
import os
import pickle
from pathlib import Path

import pytest

from core.adapters.manifest import Manifest
from core.adapters.registry import Registry
from core.embedding.folder import read_folder
from core.errors import TouchstoneError
from core.generation.lora import CONFIG, WEIGHTS, read_lora
from core.generation.network import open_network
from core.storage.database import open_database
from tests.generation.conftest import save_lora

CORE = Path(__file__).parents[2] / "core"


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.mark),)


@pytest.fixture
def trap(tmp_path: Path) -> bytes:
    content = pickle.dumps(Trap(tmp_path / "sprung"))
    pickle.loads(content)  # it works: what the tests below would see
    (tmp_path / "sprung").rmdir()
    return content


def test_a_pickle_in_the_place_of_an_adapters_weights_is_refused_and_not_run(tmp_path: Path, trap: bytes) -> None:
    folder = save_lora(tmp_path / "tone")
    (folder / WEIGHTS).write_bytes(trap)
    with pytest.raises(TouchstoneError, match="cannot be read"):
        read_lora(folder)
    (folder / WEIGHTS).unlink()
    (folder / "adapter_model.bin").write_bytes(trap)
    with pytest.raises(TouchstoneError, match="it needs adapter_config"):
        read_lora(folder)
    registry = Registry(open_database(tmp_path / "t.db"), tmp_path / "adapters", tmp_path / "none")
    with pytest.raises(TouchstoneError):
        registry.add("tone", folder, Manifest("smollm2", "a" * 64, "b" * 64, "imported"), "ada")
    assert not (tmp_path / "sprung").exists()


def test_a_pickle_beside_an_adapters_weights_is_left_behind(tmp_path: Path, trap: bytes) -> None:
    from core.library.store import sha256_of

    folder = save_lora(tmp_path / "tone")
    (folder / "adapter_model.bin").write_bytes(trap)
    registry = Registry(open_database(tmp_path / "t.db"), tmp_path / "adapters", tmp_path / "none")
    registry.add("tone", folder, Manifest("smollm2", "a" * 64, sha256_of(folder / WEIGHTS), "imported"), "ada")
    assert {path.name for path in (tmp_path / "adapters" / "tone").iterdir()} == {CONFIG, WEIGHTS}
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("kind", ["llama", "bert"])
def test_a_model_folder_with_a_pickle_for_weights_is_refused_and_not_run(
    tmp_path: Path, trap: bytes, kind: str
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"model_type": kind, "vocab_size": 8}))
    for name in ("pytorch_model.bin", "model.pt", "model.pkl"):
        (folder / name).write_bytes(trap)
    with pytest.raises((TouchstoneError, OSError, ValueError)):
        open_network(folder) if kind == "llama" else read_folder("trap", folder)
    assert not (tmp_path / "sprung").exists()


def test_nothing_of_the_core_unpickles_or_trusts_code() -> None:
    for file in CORE.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
                assert not {"pickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"} & set(names), file
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            assert given.get("trust_remote_code", "False") == "False", f"{file}:{node.lineno}"
            if called == "torch.load":
                assert given.get("weights_only") == "True", f"{file}:{node.lineno}"
            if called == "np.load":
                assert given.get("allow_pickle") == "False", f"{file}:{node.lineno}"
