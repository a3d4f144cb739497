"""Which files of a folder are meant: none hidden, none outside by a link, none of the workspace itself."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import NotFound, RequestError
from core.types import Zone

if TYPE_CHECKING:
    from core.incoming import Incoming


def files_below(folder: Path, workspace: Path) -> Iterator[Path]:
    """Regular files below a folder in order of their paths.

    Left out are names that begin with a dot, links that lead out of the folder, and what the workspace holds.
    """
    root = folder.resolve()
    for path in sorted(folder.rglob("*")):
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        real = path.resolve() if path.is_symlink() else root / path.relative_to(folder)
        if real.is_relative_to(root) and not real.is_relative_to(workspace) and path.is_file():
            yield path


def check_followable(folder: Path, workspace: Path) -> Path:
    """The folder's real path; raises NotFound, and RequestError for a folder that nobody can mean to follow."""
    if not folder.is_dir():
        raise NotFound(f"There is no folder '{folder}' to follow.")
    real = folder.resolve()
    if real == Path(real.anchor) or real == Path.home():
        raise RequestError(f"'{real}' is too wide a folder to follow; name one that holds documents only.")
    if real.is_relative_to(workspace) or workspace.is_relative_to(real):
        raise RequestError(f"'{real}' holds this workspace or lies in it; follow a folder apart from it.")
    return real


def incoming_files(
    paths: Sequence[Path], workspace: Path, zone: Zone | None, labels: tuple[str, ...] | None
) -> list["Incoming"]:
    """Files and the files below folders, named by file name or by path below the folder.

    See `files_below` for what is left out. Raises NotFound for a path that does not exist and RequestError
    for a folder without files.
    """
    from core.incoming import Incoming

    files: list[Incoming] = []
    for path in paths:
        if not path.exists():
            raise NotFound(f"There is no file or folder '{path}'.")
        if not path.is_dir():
            files.append(Incoming(path, path.name, zone, labels))
            continue
        inside = list(files_below(path, workspace.resolve()))
        if not inside:
            raise RequestError(f"The folder '{path}' holds no files.")
        files += [Incoming(p, p.relative_to(path).as_posix(), zone, labels) for p in inside]
    return files
