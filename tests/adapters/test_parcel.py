"""Adapters as zip files: what goes round, and what hostile archives meet; nothing of them is ever left."""

import io
import json
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.adapters import parcel
from core.adapters.parcel import packed, unpack
from core.errors import RequestError
from core.generation.lora import CONFIG, WEIGHTS


def archive(members: dict[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


GOOD: dict[str, bytes | str] = {CONFIG: "{}", WEIGHTS: b"weights"}


def test_only_what_an_adapter_consists_of_is_written(tmp_path: Path) -> None:
    claims = {"zone": "restricted", "template": "grounded-2", "note": "by Ada"}
    members = {f"made/{name}": content for name, content in GOOD.items()}
    members |= {
        "made/manifest.json": json.dumps(claims),
        "made/tokenizer.json": "{}",
        "made/run.py": "x",
        "__MACOSX/made/README.md": "y",
    }
    told = unpack(archive(members), tmp_path / "in")
    assert sorted(path.name for path in (tmp_path / "in").iterdir()) == [CONFIG, WEIGHTS, "manifest.json"]
    assert (told.zone, told.template, told.note) == ("restricted", "grounded-2", "by Ada")


def test_a_parcel_goes_round(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / CONFIG).write_text("{}")
    (folder / WEIGHTS).write_bytes(b"\0" * 5000)
    assert packed(folder) == packed(folder)
    assert unpack(packed(folder), tmp_path / "in") == parcel.Claims()
    assert (tmp_path / "in" / WEIGHTS).read_bytes() == b"\0" * 5000


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({CONFIG: "{}"}, "no adapter_model.safetensors"),
        ({"README.md": "x"}, "no adapter_config.json and no"),
        ({**GOOD, "../README.md": "x"}, "outside of its own folder"),
        ({**GOOD, "/etc/README.md": "x"}, "outside of its own folder"),
        ({**GOOD, "..\\README.md": "x"}, "outside of its own folder"),
        ({**GOOD, "C:\\README.md": "x"}, "outside of its own folder"),
        ({**GOOD, f"other/{WEIGHTS}": b"x"}, "more than once"),
        ({CONFIG: "{}", f"deep/{WEIGHTS}": b"x"}, "several folders"),
        ({**GOOD, "manifest.json": "{"}, "manifest.json of the archive cannot be read"),
        ({**GOOD, "manifest.json": "[1]"}, "manifest.json of the archive cannot be read"),
        ({**GOOD, "README.md": b"\0" * (5 << 20)}, "more than 4 MiB"),
        ({**GOOD, **{f"{n}.txt": "x" for n in range(200)}}, "202 files"),
    ],
)
def test_a_hostile_archive_is_one_sentence(members: dict[str, bytes | str], why: str, tmp_path: Path) -> None:
    with pytest.raises(RequestError) as refused:
        unpack(archive(members), tmp_path / "in")
    assert why in str(refused.value)
    assert str(refused.value).endswith(".")
    assert list(tmp_path.iterdir()) == []


def test_a_bomb_is_stopped_whatever_it_says_of_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcel, "MOST_BYTES", 3 << 20)
    bomb = archive({CONFIG: "{}", WEIGHTS: b"\0" * (8 << 20)})
    assert len(bomb) < 20_000
    with pytest.raises(RequestError, match="more than 3 MiB once unpacked"):
        unpack(bomb, tmp_path / "in")
    lying = bytearray(bomb)  # the central directory says that the weights are 10 bytes
    at = lying.rfind(WEIGHTS.encode()) - 46 + 24
    lying[at : at + 4] = (10).to_bytes(4, "little")
    with pytest.raises(RequestError):
        unpack(bytes(lying), tmp_path / "in")
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(CONFIG, "{}")
        link = zipfile.ZipInfo(WEIGHTS)
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    with pytest.raises(RequestError, match="holds a link"):
        unpack(out.getvalue(), tmp_path / "in")


def test_a_password_is_refused(tmp_path: Path) -> None:
    locked = bytearray(archive(GOOD))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = locked.find(mark)
        while at >= 0:
            locked[at + offset] |= 1
            at = locked.find(mark, at + 4)
    with pytest.raises(RequestError, match="needs a password"):
        unpack(bytes(locked), tmp_path / "in")


@given(cut=st.integers(0, 400), flip=st.integers(0, 400), value=st.integers(0, 255))
def test_a_damaged_archive_never_ends_otherwise_than_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, cut: int, flip: int, value: int
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    whole = bytearray(archive(GOOD))
    whole[min(flip, len(whole) - 1)] = value
    try:
        unpack(bytes(whole[: len(whole) - cut]), folder / "in")
    except RequestError as error:
        assert str(error).endswith(".")
        assert list(folder.iterdir()) == []
