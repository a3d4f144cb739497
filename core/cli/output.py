"""What every command shares: options, the workbench, and printing; it knows no command."""

import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from core.settings import Settings
    from core.workbench import Workbench

WorkspaceOption = Annotated[Path | None, typer.Option("--workspace", help="Folder of the workspace.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
AsOption = Annotated[str, typer.Option("--as", help="Persona to ask as.")]
FormerLimit = Annotated[int | None, typer.Option("--most", hidden=True, help="What --limit was called before.")]


def settings(workspace: Path | None) -> "Settings":
    """The settings, with the workspace that the command names."""
    from core.secrets import keep_from_logs
    from core.settings import Settings

    found = Settings(workspace=workspace) if workspace else Settings()
    keep_from_logs(found.secrets)
    return found


def workbench(workspace: Path | None) -> "Workbench":
    """The workbench of the command; it takes the workspace."""
    from core.workbench import Workbench

    return Workbench(settings(workspace))


def show(result: object, as_json: bool, lines: Callable[[], Iterable[str]]) -> None:
    """One JSON document, or lines for a person, on standard output."""
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        print("\n".join(lines()))


def written(text: str, output: Path | None) -> None:
    """The text to a file, or to standard output without one; raises RequestError where it cannot be written."""
    from core.errors import RequestError

    if output is None:
        print(text, end="")
        return
    try:
        output.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise RequestError(f"'{output}' cannot be written: {error.strerror}.") from error
    note(f"wrote {output}")


def writable(*files: Path | None) -> None:
    """Raises RequestError where a file that is written at the end of a long run could not be; checked before it."""
    from core.errors import RequestError

    for file in files:
        if file is not None and (file.is_dir() or not os.access(file if file.exists() else file.parent, os.W_OK)):
            raise RequestError(f"'{file}' cannot be written.")


def read(file: Path) -> bytes:
    """The bytes of a file that a person named; raises RequestError where it cannot be read."""
    from core.errors import RequestError

    try:
        return file.read_bytes()
    except OSError as error:
        raise RequestError(f"'{file}' cannot be read: {error.strerror}.") from error


def limit_of(limit: int | None, former: int | None, usual: int) -> int:
    """The number that --limit gives, or --most as it was called before, or else the usual one; raises RequestError."""
    from core.errors import RequestError

    if limit is not None and former is not None:
        raise RequestError("--most is what --limit was called before; give one of them.")
    chosen = next(each for each in (limit, former, usual) if each is not None)
    if chosen < 1:
        raise RequestError(f"--limit is {chosen}; it must be at least 1.")
    return chosen


def read_text(file: Path) -> str:
    """The text of a file that a person named, without the mark that some editors begin with; raises RequestError."""
    from core.errors import RequestError

    try:
        return read(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RequestError(f"'{file}' is no text in UTF-8.") from None


def short(text: str, width: int = 100) -> str:
    """The text on one line, cut to the width."""
    flat = " ".join(text.split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"


def note(text: str) -> None:
    """A line for a person on standard error."""
    print(text, file=sys.stderr, flush=True)
