"""An adapter as one zip file, to carry in and out; it reads no weights and knows no registry.

Of a file that is brought in only what an adapter consists of is written, under names of our own, and never more than a
limit. Nothing is believed of what the archive says of itself: bytes are counted as they come.
"""

import io
import json
import shutil
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import get_args

from core.errors import RequestError
from core.generation.lora import CONFIG, WEIGHTS
from core.generation.prompt import templates
from core.types import Zone

MANIFEST = "manifest.json"
FILES = (CONFIG, WEIGHTS, "README.md", MANIFEST)
"""All that is taken from an archive; other files of it are left out."""
MOST_BYTES = 256 << 20
"""Of all that is written: an adapter of rank 64 on the largest small model is below it."""
_SMALL = 4 << 20
"""Of each file that is not the weights."""
_MOST_MEMBERS = 200
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Claims:
    """What a manifest that came with an adapter says; nobody has checked it."""

    zone: Zone | None = None
    template: str = ""
    note: str = ""


def packed(folder: Path) -> bytes:
    """The files of an adapter's folder as a zip file, the same bytes for the same files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(path for path in folder.iterdir() if path.is_file()):
            archive.writestr(zipfile.ZipInfo(file.name), file.read_bytes(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def unpack(content: bytes, folder: Path) -> Claims:
    """Write an adapter's files from a zip file into a folder, which is made; returns what its manifest claims.

    Raises RequestError, with nothing left, for what is no zip file, is encrypted, would leave the folder, is too large
    once unpacked, holds no adapter or more than one, or has a manifest that cannot be read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = _members(archive)
            folder.mkdir(parents=True)
            room = MOST_BYTES
            for name, info in members.items():
                room -= _write(archive, info, folder / name, min(room, MOST_BYTES if name == WEIGHTS else _SMALL))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError, ValueError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise RequestError("The file is no zip archive that can be read; bring the adapter's folder as one.") from error
    except RequestError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    try:
        return _claims(folder / MANIFEST)
    except RequestError:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The adapter's files of an archive by their own name; all lie in one folder of it."""
    infos = archive.infolist()
    if len(infos) > _MOST_MEMBERS:
        raise RequestError(f"The archive holds {len(infos)} files; an adapter has a few, and {_MOST_MEMBERS} are read.")
    found: dict[str, zipfile.ZipInfo] = {}
    homes = set()
    for info in infos:
        path = PurePosixPath(info.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in info.filename or "\0" in info.orig_filename:
            raise RequestError("The archive names a file outside of its own folder; nothing of it was taken.")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise RequestError("The archive holds a link; bring the files themselves.")
        if info.is_dir() or path.name not in FILES or "__MACOSX" in path.parts:
            continue
        if info.flag_bits & 1:
            raise RequestError("The archive needs a password; bring it without one.")
        if path.name in found:
            raise RequestError(f"The archive holds {path.name} more than once; bring one adapter at a time.")
        found[path.name] = info
        homes.add(path.parent)
    lacking = [name for name in (CONFIG, WEIGHTS) if name not in found]
    if lacking:
        raise RequestError(f"The archive holds no {' and no '.join(lacking)}: it is no adapter as PEFT writes it.")
    if len(homes) > 1:
        raise RequestError("The adapter's files lie in several folders of the archive; put them into one.")
    if sum(info.file_size for info in found.values()) > MOST_BYTES:
        raise RequestError(f"The adapter takes more than {MOST_BYTES >> 20} MiB once unpacked, the most that is taken.")
    return found


def _write(archive: zipfile.ZipFile, info: zipfile.ZipInfo, to: Path, most: int) -> int:
    """Unpack one file block by block; returns its bytes, and raises RequestError as soon as they are too many."""
    written = 0
    with archive.open(info) as source, to.open("wb") as target:
        while block := source.read(_BLOCK):
            written += len(block)
            if written > most:
                raise RequestError(f"{to.name} of the archive takes more than {most >> 20} MiB once unpacked.")
            target.write(block)
    return written


def _claims(file: Path) -> Claims:
    if not file.is_file():
        return Claims()
    try:
        body = json.loads(file.read_text(encoding="utf-8"))
        zone, template, note = body.get("zone"), body.get("template", ""), body.get("note", "")
    except (ValueError, AttributeError, RecursionError) as error:
        raise RequestError("The manifest.json of the archive cannot be read; leave it out or mend it.") from error
    return Claims(
        zone if zone in get_args(Zone) else None,
        template if template in templates() else "",
        note[:400] if isinstance(note, str) else "",
    )
