"""Where models lie; the hub itself is never asked: HF_HUB_OFFLINE is set for all tests."""

from pathlib import Path

import pytest

from core.errors import NotFound, RequestError, WeightsMissing
from core.models.hub import hub_folder, locate


def test_a_hub_model_that_is_absent_offline_is_one_sentence_with_the_way_out() -> None:
    with pytest.raises(
        WeightsMissing, match=r"^The weights of someone/absent are not on this machine .* folder:<path>\.$"
    ):
        hub_folder("someone/absent")


def test_a_hub_model_in_the_hubs_cache_is_found_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    place = tmp_path / "models--someone--present"
    (place / "snapshots" / commit).mkdir(parents=True)
    (place / "snapshots" / commit / "config.json").write_text("{}")
    (place / "refs").mkdir()
    (place / "refs" / "main").write_text(commit)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    assert hub_folder("someone/present").name == commit


def test_names_that_cannot_be() -> None:
    with pytest.raises(RequestError, match="organisation/name"):
        hub_folder("no such/model name/at all")


def test_folders_and_keys(tmp_path: Path) -> None:
    assert locate(tmp_path, f"folder:{tmp_path}") == tmp_path.resolve()
    with pytest.raises(NotFound, match="There is no folder"):
        locate(tmp_path, f"folder:{tmp_path / 'absent'}")
    with pytest.raises(NotFound, match="choose minilm"):
        locate(tmp_path, "absent")
    with pytest.raises(WeightsMissing, match="models pull"):
        locate(tmp_path, "minilm")
