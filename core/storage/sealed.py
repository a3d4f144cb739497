"""Files that are encrypted where they lie: AES-256-GCM in frames, written whole or not at all; it knows no document.

A sealed file is `_MAGIC`, 16 random bytes, then frames of 256 KiB with a tag of 16 bytes each. Its own key is derived
(HKDF-SHA256) from the workspace's with these random bytes, so that a nonce, which is the number of the frame and
whether it is the last, is used once with a key. Each frame authenticates the file's place, its random bytes, the number
and whether it is the last: a frame cannot be cut off, moved, repeated or taken from another file, nor a file put in
another's place.
"""

import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from core.errors import WorkspaceDamaged
from core.storage.wiping import sweep

_MAGIC = b"TSSEAL1\n"
_SALT = 16
_HEAD = len(_MAGIC) + _SALT
_FRAME = 256 << 10
_TAG = 16
_BLOCK = 1 << 20


class Files(Protocol):
    """How the files of a workspace are written and read."""

    sealed: bool

    def write(self, path: Path, content: bytes | BinaryIO, place: Path | None = None, private: bool = False) -> None:
        """Write a file whole or not at all.

        `place` is where it will lie, when it is moved there afterwards; `private` lets nobody but its owner read it.
        """

    def read(self, path: Path, place: Path | None = None) -> bytes:
        """The bytes that were written, for `place` where the file was moved away from it."""

    def size(self, path: Path) -> int:
        """How many they are; nothing is read."""

    def plain(self, path: Path) -> AbstractContextManager[Path]:
        """A path under which any program reads what was written, of a file or of all files of a folder."""


class PlainFiles:
    """Files as they are."""

    sealed = False

    def write(self, path: Path, content: bytes | BinaryIO, place: Path | None = None, private: bool = False) -> None:
        """See `Files`."""
        with _stream(content) as source, _whole(path, private) as sink:
            shutil.copyfileobj(source, sink, _BLOCK)

    def read(self, path: Path, place: Path | None = None) -> bytes:
        """See `Files`."""
        return path.read_bytes()

    def size(self, path: Path) -> int:
        """See `Files`."""
        return path.stat().st_size

    @contextmanager
    def plain(self, path: Path) -> Iterator[Path]:
        """See `Files`."""
        yield path


PLAIN = PlainFiles()


class SealedFiles:
    """Files below one folder, encrypted under one key; safe to share between threads."""

    sealed = True

    def __init__(self, root: Path, key: bytes, temporary: Path) -> None:
        """`key` has 32 bytes. `temporary` is a folder for what other programs must read; it is emptied here."""
        self._root, self._key, self._temporary = root, key, temporary
        sweep(temporary)

    def write(self, path: Path, content: bytes | BinaryIO, place: Path | None = None, private: bool = False) -> None:
        """See `Files`."""
        with _stream(content) as source, _whole(path, private) as sink:
            self.seal(source, sink, self._name(place or path))

    def read(self, path: Path, place: Path | None = None) -> bytes:
        """See `Files`; raises WorkspaceDamaged for what this key did not seal at this place."""
        return b"".join(self.frames(path, place))

    def size(self, path: Path) -> int:
        """See `Files`."""
        return plain_size(path.stat().st_size)

    @contextmanager
    def plain(self, path: Path) -> Iterator[Path]:
        """See `Files`: a private copy that is overwritten and removed at the end, or what lies outside as it is."""
        if not path.exists() or not path.resolve().is_relative_to(self._root):
            yield path  # who reads it says that it is missing
            return
        self._temporary.mkdir(mode=0o700, exist_ok=True)
        room = Path(tempfile.mkdtemp(dir=self._temporary))  # its owner's alone
        try:
            copy = room / path.name
            if path.is_dir():
                copy.mkdir()
                for file in (each for each in path.iterdir() if each.is_file()):
                    self._copy(file, copy / file.name)
            else:
                self._copy(path, copy)
            yield copy
        finally:
            sweep(room)

    def frames(self, path: Path, place: Path | None = None) -> Iterator[bytes]:
        """The content piece by piece, each checked before it is given out; raises WorkspaceDamaged."""
        from cryptography.exceptions import InvalidTag

        name = self._name(place or path)
        with path.open("rb") as file:
            head = file.read(_HEAD)
            if len(head) < _HEAD or not head.startswith(_MAGIC):
                raise WorkspaceDamaged(f"{name} in the workspace is not encrypted as it should be.")
            cipher, number = self._cipher(head, name), 0
            frame = file.read(_FRAME + _TAG)
            while True:
                after = file.read(_FRAME + _TAG)
                try:
                    piece = cipher.decrypt(_nonce(number, not after), frame, _bound(head, name, number, not after))
                except InvalidTag:
                    told = "was changed, cut off or put in another file's place, or belongs to another key"
                    raise WorkspaceDamaged(f"{name} in the workspace cannot be decrypted: it {told}.") from None
                yield piece
                if not after:
                    return
                frame, number = after, number + 1

    def seal(self, source: BinaryIO, sink: BinaryIO, name: str) -> None:
        """Encrypt a stream for the place `name` (below the workspace, with slashes)."""
        head = _MAGIC + os.urandom(_SALT)
        sink.write(head)
        cipher, number = self._cipher(head, name), 0
        frame = _exactly(source, _FRAME)
        while True:
            after = _exactly(source, _FRAME) if len(frame) == _FRAME else b""
            sink.write(cipher.encrypt(_nonce(number, not after), frame, _bound(head, name, number, not after)))
            if not after:
                return
            frame, number = after, number + 1

    def opens(self, path: Path) -> bool:
        """Whether the file's first frame was sealed with this key for this place; nothing more is read."""
        try:
            next(self.frames(path))
        except WorkspaceDamaged:
            return False
        return True

    def _copy(self, path: Path, to: Path) -> None:
        with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as sink:
            for piece in self.frames(path):
                sink.write(piece)

    def _cipher(self, head: bytes, name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - imported where used
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(derived(self._key, f"file {name}", head[len(_MAGIC) :]))

    def _name(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()


def derived(key: bytes, purpose: str, salt: bytes = b"") -> bytes:
    """A key of 32 bytes for one purpose (HKDF-SHA256, RFC 5869); none tells anything of another or of `key`."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, salt or None, f"touchstone {purpose}".encode("utf-8", "surrogateescape")).derive(key)


def looks_sealed(path: Path) -> bool:
    """Whether a file begins as a sealed one does."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def plain_size(sealed: int) -> int:
    """Bytes that a sealed file of so many bytes holds."""
    frames = max(1, -(-(sealed - _HEAD) // (_FRAME + _TAG)))
    return sealed - _HEAD - frames * _TAG


@contextmanager
def _whole(path: Path, private: bool) -> Iterator[BinaryIO]:
    """A file that takes its name when it is complete and rests on the disk."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666)
        with os.fdopen(descriptor, "wb") as sink:
            yield sink
            sink.flush()
            os.fsync(sink.fileno())
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    part.rename(path)


def _stream(content: bytes | BinaryIO) -> BinaryIO:
    return io.BytesIO(content) if isinstance(content, bytes) else content


def _exactly(source: BinaryIO, size: int) -> bytes:
    """So many bytes, fewer only at the end: a pipe may give fewer at once."""
    pieces, held = [], 0
    while held < size and (piece := source.read(size - held)):
        pieces.append(piece)
        held += len(piece)
    return b"".join(pieces)


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")


def _bound(head: bytes, name: str, number: int, last: bool) -> bytes:
    """What a frame authenticates beside its content; the lengths before keep two of them from reading alike."""
    told = name.encode("utf-8", "surrogateescape")
    return head + len(told).to_bytes(4, "big") + told + _nonce(number, last)
