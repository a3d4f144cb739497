import io
import os
from pathlib import Path

import pytest

from core.errors import WorkspaceDamaged
from core.storage.sealed import PLAIN, SealedFiles, looks_sealed, plain_size
from core.storage.wiping import overwrite, sweep, wipe

FRAME = 256 << 10
KEY = bytes(range(32))


@pytest.fixture
def files(tmp_path: Path) -> SealedFiles:
    return SealedFiles(tmp_path.resolve(), KEY, tmp_path / "tmp")


@pytest.mark.parametrize("size", [0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME])
def test_what_is_written_is_read_back_and_its_size_is_known(files: SealedFiles, tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    files.write(tmp_path / "a", content)
    assert files.read(tmp_path / "a") == content
    assert files.size(tmp_path / "a") == size
    assert plain_size((tmp_path / "a").stat().st_size) == size
    assert looks_sealed(tmp_path / "a")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_no_piece_of_the_content_is_in_the_file_and_no_two_files_are_alike(files: SealedFiles, tmp_path: Path) -> None:
    for name in ("a", "b"):
        files.write(tmp_path / name, b"The heron stands in the reeds. " * 20)
    first, second = ((tmp_path / name).read_bytes() for name in ("a", "b"))
    assert b"heron" not in first
    assert first[8:24] != second[8:24]
    assert first[24:] != second[24:]


def test_any_changed_byte_is_noticed(files: SealedFiles, tmp_path: Path) -> None:
    path = tmp_path / "a"
    files.write(path, b"x" * 100)
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(WorkspaceDamaged, match="a in the workspace"):
            files.read(path)


def test_frames_cannot_be_cut_off_swapped_repeated_or_taken_from_another_file(
    files: SealedFiles, tmp_path: Path
) -> None:
    path, other = tmp_path / "a", tmp_path / "b"
    for each in (path, other):
        files.write(each, os.urandom(3 * FRAME))
    head, frames = _parts(path.read_bytes())
    _, foreign = _parts(other.read_bytes())
    one, two, three = frames
    for tampered in (
        [one], [one, two], [], [two, one, three], [one, one, two, three], [one, foreign[1], three],
        [one, two, three, three], [two, three], [one, two, three[:-1]],
    ):  # fmt: skip
        path.write_bytes(head + b"".join(tampered))
        with pytest.raises(WorkspaceDamaged):
            files.read(path)


def test_a_file_cannot_stand_in_for_another_nor_be_read_with_another_key(files: SealedFiles, tmp_path: Path) -> None:
    files.write(tmp_path / "a", b"one")
    files.write(tmp_path / "b", b"two")
    (tmp_path / "a").rename(tmp_path / "b")
    with pytest.raises(WorkspaceDamaged, match="in another file's place"):
        files.read(tmp_path / "b")
    assert files.read(tmp_path / "b", tmp_path / "a") == b"one"
    with pytest.raises(WorkspaceDamaged):
        SealedFiles(tmp_path.resolve(), bytes(32), tmp_path / "tmp").read(tmp_path / "b", tmp_path / "a")


def test_a_plain_file_is_never_taken_for_a_sealed_one(files: SealedFiles, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"plain")
    with pytest.raises(WorkspaceDamaged, match="not encrypted as it should be"):
        files.read(tmp_path / "a")


def test_a_readable_copy_is_private_and_gone_afterwards(files: SealedFiles, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name in ("a", "b"):
        files.write(tmp_path / "folder" / name, name.encode() * 10)
    with files.plain(tmp_path / "folder") as folder:
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"a": b"a" * 10, "b": b"b" * 10}
        assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
        assert (tmp_path / "tmp").stat().st_mode & 0o777 == 0o700
    with pytest.raises(OSError, match="no more"), files.plain(tmp_path / "folder" / "a") as copy:
        assert copy.read_bytes() == b"a" * 10
        raise OSError("no more")
    assert list((tmp_path / "tmp").iterdir()) == []


def test_what_a_killed_process_left_to_be_read_is_wiped_at_the_next_start(files: SealedFiles, tmp_path: Path) -> None:
    files.write(tmp_path / "a", b"a secret")
    held = files.plain(tmp_path / "a")
    copy = held.__enter__()
    link = tmp_path / "link"
    os.link(copy, link)  # another name of the same bytes shows what became of them
    SealedFiles(tmp_path.resolve(), KEY, tmp_path / "tmp")
    assert not (tmp_path / "tmp").exists()
    assert link.read_bytes() == bytes(8)


def test_a_write_that_breaks_leaves_what_was_there(files: SealedFiles, tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("gone")

    for kind in (files, PLAIN):
        kind.write(tmp_path / "a", b"before")
        with pytest.raises(OSError, match="gone"):
            kind.write(tmp_path / "a", Broken())
        assert kind.read(tmp_path / "a") == b"before"
        assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_private_file_is_its_owners_alone(files: SealedFiles, tmp_path: Path) -> None:
    for kind in (files, PLAIN):
        kind.write(tmp_path / "key", b"k", private=True)
        assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_wiping_overwrites_the_bytes_and_leaves_holes_alone(tmp_path: Path) -> None:
    file, link = tmp_path / "a", tmp_path / "same"
    with file.open("wb") as out:
        out.write(b"secret")
        out.seek(50 << 20)
        out.write(b"secret")
    os.link(file, link)
    overwrite(file)
    assert link.stat().st_blocks * 512 < 1 << 20
    assert link.stat().st_size == (50 << 20) + 6
    with link.open("rb") as held:
        assert held.read(6) == bytes(6)
        held.seek(50 << 20)
        assert held.read() == bytes(6)
    wipe(file)
    assert not file.exists()
    sweep(tmp_path / "nowhere")


def _parts(whole: bytes) -> tuple[bytes, list[bytes]]:
    return whole[:24], [whole[at : at + FRAME + 16] for at in range(24, len(whole), FRAME + 16)]
