"""The commands about passages: list, edit, disable, split, merge, undo, edits; it does not know how they are done."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.cli.output import AsOption, JsonOption, WorkspaceOption, note, read, short, show, workbench
from core.errors import NotFound, RequestError
from core.governance.principals import persona

if TYPE_CHECKING:
    from core.chunking.edits import Passage
    from core.desks.handwork import Listed
    from core.types import ChunkEdit, Principal, Recipe
    from core.workbench import Workbench

chunks = typer.Typer(no_args_is_help=True, help="The passages of a document, and changes of them by hand.")
NameArgument = Annotated[str, typer.Argument(help="Name or id of a current document.")]
NumberArgument = Annotated[int, typer.Argument(help="The passage's number, as `chunks list` shows it.", min=1)]
RecipeOption = Annotated[
    str, typer.Option("--recipe", help="Whose passages; recipes that cut and embed alike share them.")
]


@dataclass(frozen=True, slots=True)
class _Opened:
    """A document with its passages, for the length of a command."""

    bench: "Workbench"
    asker: "Principal"
    recipe: "Recipe"
    document_id: str
    passages: "list[Passage]"

    def key(self, number: int) -> str:
        """The passage of this number; raises NotFound."""
        if number > len(self.passages):
            raise NotFound(f"There is no passage {number}; the document has {len(self.passages)}.")
        return self.passages[number - 1].key


@chunks.command("list")
def chunks_list(
    name: NameArgument,
    recipe: RecipeOption = "default",
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """List the passages of a document, numbered in reading order."""
    with _open(workspace, name, recipe, as_person) as opened:
        rows = [_passage_json(number, passage) for number, passage in enumerate(opened.passages, start=1)]
    show({"passages": rows}, as_json, lambda: [_passage_line(row) for row in rows])


@chunks.command("edit")
def chunks_edit(
    name: NameArgument,
    number: NumberArgument,
    text: Annotated[str | None, typer.Option(help="What stands in its place.")] = None,
    file: Annotated[Path | None, typer.Option(help="The same from a file, or from - for standard input.")] = None,
    recipe: RecipeOption = "default",
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Put another text in a passage's place; it keeps its place in the document."""
    if (text is None) == (file is None):
        raise RequestError("Give the text by --text or by --file.")
    wanted = text if text is not None else _read(file)
    with _open(workspace, name, recipe, as_person) as o:
        edit = o.bench.handwork.edit(o.document_id, o.recipe, o.key(number), wanted, o.asker)
    _made(edit, as_json)


@chunks.command("disable")
def chunks_disable(
    name: NameArgument,
    number: NumberArgument,
    recipe: RecipeOption = "default",
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Keep a passage from being found; `chunks undo` brings it back."""
    with _open(workspace, name, recipe, as_person) as o:
        edit = o.bench.handwork.disable(o.document_id, o.recipe, o.key(number), o.asker)
    _made(edit, as_json)


@chunks.command("split")
def chunks_split(
    name: NameArgument,
    number: NumberArgument,
    at: Annotated[int | None, typer.Option(help="Offset in the document at which the second part begins.")] = None,
    before: Annotated[str | None, typer.Option(help="Words of the passage with which the second part begins.")] = None,
    recipe: RecipeOption = "default",
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Make two passages of one."""
    if (at is None) == (before is None):
        raise RequestError("Say where to split: by --at or by --before.")
    with _open(workspace, name, recipe, as_person) as o:
        key = o.key(number)
        place = at if at is not None else _beginning(o.passages[number - 1], str(before))
        edit = o.bench.handwork.split(o.document_id, o.recipe, key, place, o.asker)
    _made(edit, as_json)


@chunks.command("merge")
def chunks_merge(
    name: NameArgument,
    number: NumberArgument,
    to: Annotated[int | None, typer.Option(help="The last passage; the next one without it.", min=1)] = None,
    recipe: RecipeOption = "default",
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Make one passage of several that follow each other."""
    last = number + 1 if to is None else to
    with _open(workspace, name, recipe, as_person) as o:
        keys = [o.key(each) for each in range(number, last + 1)]
        edit = o.bench.handwork.merge(o.document_id, o.recipe, keys, o.asker)
    _made(edit, as_json)


@chunks.command("undo")
def chunks_undo(
    change: Annotated[int, typer.Argument(help="The change's number, as `chunks edits` shows it.")],
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Take a change back."""
    with workbench(workspace) as bench:
        edit = bench.handwork.undo(change, persona(as_person))
    show({"edit": _edit_json(edit)}, as_json, lambda: [f"change {edit.id} ({edit.kind}) undone"])


@chunks.command("edits")
def chunks_edits(
    name: Annotated[str | None, typer.Argument(help="Name or id of a document; all without it.")] = None,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """List the changes by hand, newest first: what, by whom, when, and whether it is in force."""
    with workbench(workspace) as bench:
        found = bench.handwork.edits(persona(as_person), name)
    rows = [_listed_json(each) for each in found]
    show(
        {"edits": rows}, as_json, lambda: [line for row in rows for line in _edit_lines(row)] or ["No changes by hand."]
    )


@contextmanager
def _open(workspace: Path | None, name: str, recipe: str, as_person: str) -> Iterator[_Opened]:
    asker = persona(as_person)
    with workbench(workspace) as bench:
        chosen = bench.recipes.get(recipe)
        document = bench.named(name, asker)
        passages = bench.handwork.passages(document.id, chosen, asker)
        yield _Opened(bench, asker, chosen, document.id, passages)


def _read(file: Path | None) -> str:
    content = sys.stdin.buffer.read() if str(file) == "-" else read(Path(str(file)))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RequestError(f"'{file}' is no text in UTF-8.") from None


def _beginning(passage: "Passage", words: str) -> int:
    """Where in the document the passage's words begin; raises NotFound."""
    at = passage.chunk.text.find(words)
    if at < 0 or not words.strip():
        raise NotFound(f"The words '{short(words, 60)}' do not stand in the passage.")
    return passage.chunk.start + at


def _made(edit: "ChunkEdit", as_json: bool) -> None:
    note(f"`python -m core chunks undo {edit.id}` takes it back.")
    show({"edit": _edit_json(edit)}, as_json, lambda: [f"change {edit.id}: {edit.kind}"])


def _edit_json(edit: "ChunkEdit") -> dict[str, Any]:
    row = asdict(edit)
    targets = row.pop("targets")
    kept: Callable[[str], bool] = lambda key: key not in ("text", "at") or bool(row[key])  # noqa: E731
    spans = [{"start": target["start"], "end": target["end"]} for target in targets]
    return {key: row[key] for key in row if kept(key)} | {"passages": spans}


def _listed_json(listed: "Listed") -> dict[str, Any]:
    told = {"document": listed.document, "version": listed.version, "state": listed.state}
    return _edit_json(listed.edit) | told | {"before": list(listed.before), "recipes": list(listed.recipes)}


def _edit_lines(row: dict[str, Any]) -> list[str]:
    undone = f" by {row['undone_by']}, {row['undone_at']}" if row["undone_at"] else ""
    where = f"{row['passages'][0]['start']}-{row['passages'][-1]['end']}"
    first = f"{row['id']:>5}  {row['kind']:9}{row['document']} v{row['version']}, {where}"
    lines = [f"{first}  {row['made_at']} by {row['made_by']}  {row['state']}{undone}"]
    lines += [f"       - {short(text)}" for text in row["before"]]
    return [*lines, *([f"       + {short(row['text'])}"] if row.get("text") else [])]


def _passage_json(number: int, passage: "Passage") -> dict[str, Any]:
    chunk = passage.chunk
    keys = ("id", "start", "end", "pages", "tokens", "text")
    marks = {"edited": chunk.edited, "disabled": passage.disabled, "edits": list(passage.edits)}
    return {"number": number} | {key: getattr(chunk, key) for key in keys} | marks


def _passage_line(row: dict[str, Any]) -> str:
    marks = [mark for mark in ("disabled", "edited") if row[mark]]
    marks = marks or (["changed"] if row["edits"] else [])
    first = f"{row['number']:>5}  {row['start']:>8}-{row['end']:<8}{row['tokens']:>5}"
    return f"{first}  {', '.join(marks):10}{short(row['text'], 80)}"
