"""Turns the encryption of a workspace on and off, or to another key: everything or nothing, also after a kill.

The whole workspace is written anew into `converting/` beside the old one. Until `converting/ready` exists the old one
stands, and what was written is wiped at the next start; from then on the new one takes its place file by file, the old
bytes overwritten first, and whoever opens the workspace next finishes that. Finishing needs no key. It knows what
lies where in a workspace, not what it means.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import RequestError, WorkspaceDamaged
from core.storage.database import pragma_key
from core.storage.keys import HEADER, Vault, fresh, open_vault, secret_of, sync_folder, unwrap, write_header
from core.storage.pages import pages_of
from core.storage.sealed import PLAIN, Files, SealedFiles
from core.storage.wiping import overwrite, sweep, wipe
from core.workspace import Workspace, require_space

if TYPE_CHECKING:
    from core.settings import Settings

STAGE = "converting"
AREAS = ("originals", "inbox", "adapters", "maps", "trainings")
"""Folders whose files are encrypted one by one."""
_READY = "ready"
_OLD_HEADER = f".{HEADER}.old"
Tell = Callable[[str], None]


def opened_vault(workspace: Workspace, settings: "Settings") -> Vault | None:
    """The vault of a workspace that this process holds; a conversion that was cut off is ended or undone first.

    Raises WrongKey and RequestError, before anything is touched; see `core.storage.keys.open_vault`.
    """
    secret = secret_of(settings)
    finish(workspace)
    return open_vault(workspace.root, workspace.database, secret)


def files_of(workspace: Workspace, vault: Vault | None) -> Files:
    """How the files of a workspace are written and read; what a killed process left to be read is wiped."""
    sweep(workspace.temporary)
    return SealedFiles(workspace.root, vault.files, workspace.temporary) if vault else PLAIN


def plain_pieces(path: Path, workspace: Workspace, vault: Vault | None, files: Files) -> Iterator[bytes] | None:
    """What a file of an encrypted workspace holds, piece by piece; None for one that lies in plain.

    Raises WorkspaceDamaged, while it is read, for a file that this key did not seal.
    """
    if vault is None or not isinstance(files, SealedFiles):
        return None
    if path in (workspace.database, _log(workspace.database)):
        return pages_of(path, vault.database)
    return files.frames(path) if _sealable(path, workspace) else None


def sealable(workspace: Workspace) -> Iterator[Path]:
    """The files that are encrypted one by one; what begins with a dot was never finished and is none of them."""
    for area in AREAS:
        for path in sorted((workspace.root / area).rglob("*")):
            if path.is_file() and _sealable(path, workspace):
                yield path
    if workspace.audit_key.exists():
        yield workspace.audit_key


def encrypt(settings: "Settings", new: bytes | None, anew: bool = False, tell: Tell = lambda _: None) -> str:
    """Encrypt a workspace, or change the passphrase of an encrypted one; returns what was done, as a sentence.

    The passphrase of the settings opens it; `new` is the one that it shall have, without which a plain workspace gets
    that of the settings. An encrypted one keeps its inner key, which is wrapped anew, unless `anew` asks for another:
    then every byte is written again. Raises WrongKey, RequestError, DiskFull, WorkspaceInUse.
    """
    held = secret_of(settings)
    workspace = Workspace(settings.workspace)
    with _holding(workspace):
        if (workspace.root / HEADER).exists():
            if new is None and not anew:
                raise RequestError(f"The workspace {workspace.root} is encrypted already.")
            old = open_vault(workspace.root, workspace.database, held)
            wanted = new or held
            assert old is not None and wanted is not None
            if not anew:
                _wrap_anew(workspace, old, wanted)
                return "The key was changed; what is encrypted under it was not written again."
            _convert(workspace, old, fresh(), wanted, tell)
            return "The workspace was encrypted anew."
        wanted = new or held
        if wanted is None:
            raise RequestError(
                "Set TOUCHSTONE_ENCRYPTION_KEY or TOUCHSTONE_ENCRYPTION_KEY_FILE, or give --new-key-file."
            )
        open_vault(workspace.root, workspace.database, None)  # a header that is missing is told
        _convert(workspace, None, fresh(), wanted, tell)
        return "The workspace is encrypted; without its key it cannot be opened any longer."


def decrypt(settings: "Settings", tell: Tell = lambda _: None) -> str:
    """Write an encrypted workspace in plain again; raises as `encrypt` does."""
    held = secret_of(settings)
    workspace = Workspace(settings.workspace)
    with _holding(workspace):
        if not (workspace.root / HEADER).exists():
            raise RequestError(f"The workspace {workspace.root} is not encrypted.")
        old = open_vault(workspace.root, workspace.database, held)
        _convert(workspace, old, None, None, tell)
        return "The workspace is no longer encrypted; unset its key."


def finish(workspace: Workspace) -> None:
    """End a conversion that was cut off after it was ready, or undo one that was not."""
    root = workspace.root
    if (root / _OLD_HEADER).exists():
        if (root / _OLD_HEADER).samefile(root / HEADER):  # the new one never took its place
            (root / _OLD_HEADER).unlink()
        else:
            wipe(root / _OLD_HEADER)
    stage = root / STAGE
    if not stage.exists():
        return
    if (stage / _READY).exists():
        _take_place(workspace, stage)
    _drop(stage)
    sync_folder(root)


# -- within ----------------------------------------------------------------------------------------------------------


@contextmanager
def _holding(workspace: Workspace) -> Iterator[None]:
    """The workspace is held for the time of the block, and what was cut off before is finished first."""
    if not workspace.root.is_dir():
        raise RequestError(f"There is no workspace at {workspace.root}.")
    workspace.acquire("a change of its encryption")
    try:
        finish(workspace)
        yield
    finally:
        workspace.release()


def _wrap_anew(workspace: Workspace, vault: Vault, secret: bytes) -> None:
    header, old = workspace.root / HEADER, workspace.root / _OLD_HEADER
    os.link(header, old)
    write_header(header, vault, secret)
    wipe(old)


def _convert(workspace: Workspace, old: Vault | None, new: Vault | None, secret: bytes | None, tell: Tell) -> None:
    root, stage = workspace.root, workspace.root / STAGE
    _settle_checkpoints(root)
    require_space(root, 2 * sum(p.stat().st_blocks * 512 for p in root.rglob("*") if p.is_file()))
    try:
        (stage / "new").mkdir(parents=True, mode=0o700)
        _write_files(workspace, stage, old, new, tell)
        tell("the database")
        if workspace.database.exists():
            _write_database(workspace.database, stage / "new" / workspace.database.name, old, new)
        tell("the index")
        _write_index(workspace, stage, old, new)
        if new is not None and secret is not None:
            write_header(stage / HEADER, new, secret)
            if unwrap(stage / HEADER, secret).secret != new.secret:
                raise WorkspaceDamaged("The new key could not be read back; nothing was changed.")
        os.sync()  # all that was written rests on the disk before anything says that it is ready
        PLAIN.write(stage / _READY, b"encrypted" if new else b"plain")
        sync_folder(stage)
    except BaseException:
        _drop(stage)
        raise
    tell("in the place of the old")
    finish(workspace)


def _write_files(workspace: Workspace, stage: Path, old: Vault | None, new: Vault | None, tell: Tell) -> None:
    root = workspace.root
    source: Files = SealedFiles(root, old.files, workspace.temporary) if old else PLAIN
    target = SealedFiles(root, new.files, workspace.temporary) if new else PLAIN
    for path in sealable(workspace):
        tell(path.relative_to(root).as_posix())
        beside = stage / "new" / path.relative_to(root)
        beside.parent.mkdir(parents=True, exist_ok=True)
        with source.plain(path) as plain, plain.open("rb") as content:
            target.write(beside, content, path, private=path == workspace.audit_key)


def _write_database(source: Path, target: Path, old: Vault | None, new: Vault | None) -> None:
    """Copy every table and index; the log is read along."""
    from sqlcipher3 import dbapi2

    connection = dbapi2.connect(str(source))
    try:
        if old is not None:
            connection.execute(f'PRAGMA key = "{pragma_key(old.database)}"')
        quoted = str(target).replace("'", "''")
        word = f'"{pragma_key(new.database)}"' if new is not None else "''"
        connection.execute(f"ATTACH DATABASE '{quoted}' AS target KEY {word}")
        connection.execute("SELECT sqlcipher_export('target')")
        tables = [row[0] for row in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
        for name in tables:
            counts = {connection.execute(f'SELECT count(*) FROM {at}."{name}"').fetchone() for at in ("main", "target")}  # noqa: S608 - names of our own tables
            if len(counts) != 1:
                raise WorkspaceDamaged(f"The table {name} could not be copied whole; nothing was changed.")
        connection.execute("DETACH DATABASE target")
    except dbapi2.Error as error:
        raise WorkspaceDamaged(f"The database could not be copied, and nothing was changed: {error}.") from error
    finally:
        connection.close()


def _write_index(workspace: Workspace, stage: Path, old: Vault | None, new: Vault | None) -> None:
    from core.index.sealing import TextSeal, convert_indexes, converter

    if workspace.index.is_dir():
        convert = converter(TextSeal(old.index) if old else None, TextSeal(new.index) if new else None)
        convert_indexes(workspace.index, stage / "new" / workspace.index.name, convert)
        (stage / "new" / workspace.index.name).mkdir(exist_ok=True)


def _take_place(workspace: Workspace, stage: Path) -> None:
    """Put what is in the stage in the place of what it was made of; may be called again at any point of itself."""
    root, new = workspace.root, stage / "new"
    if (new / workspace.index.name).is_dir():
        sweep(workspace.index)
        (new / workspace.index.name).rename(workspace.index)
    if (new / workspace.database.name).exists():
        for log in (_log(workspace.database), workspace.database.with_name(f"{workspace.database.name}-shm")):
            wipe(log)
    for path in sorted(each for each in new.rglob("*") if each.is_file()):
        _replace(root / path.relative_to(new), path)
    for area in AREAS:  # what was never finished is in plain, or under the old key
        for path in [each for each in (root / area).rglob("*") if each.is_file() and _hidden(each, root)]:
            wipe(path)
    for leftover in (workspace.scratch, workspace.temporary, *root.glob(".adapter-*")):
        sweep(leftover)
    if (stage / HEADER).exists():
        _replace(root / HEADER, stage / HEADER)
    if (stage / _READY).read_bytes() == b"plain":
        wipe(root / HEADER)
    os.sync()


def _drop(stage: Path) -> None:
    """Wipe the stage; that it is ready goes first, for half of it must never take its place."""
    if (stage / _READY).exists():
        (stage / _READY).unlink()
        sync_folder(stage)
    sweep(stage)


def _replace(target: Path, by: Path) -> None:
    overwrite(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    by.replace(target)


def _settle_checkpoints(root: Path) -> None:
    """Leave one checkpoint of each unfinished training, under its own name."""
    for folder in (root / "trainings").glob("*"):
        old, place = folder / "checkpoint.old", folder / "checkpoint"
        if old.is_dir() and not place.exists():
            old.rename(place)
        for leftover in (old, folder / "checkpoint.new"):
            sweep(leftover)


def _sealable(path: Path, workspace: Workspace) -> bool:
    place = path.relative_to(workspace.root)
    return path == workspace.audit_key or (place.parts[0] in AREAS and not _hidden(path, workspace.root))


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def _log(database: Path) -> Path:
    return database.with_name(f"{database.name}-wal")
