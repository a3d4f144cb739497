"""The commands about recipes: list, show, set, remove, export; it does not know what a recipe does."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.cli.output import AsOption, JsonOption, WorkspaceOption, note, show, workbench, written
from core.cli.questions import changes
from core.errors import RequestError
from core.governance.principals import persona
from core.recipes import varied

if TYPE_CHECKING:
    from core.answering.events import Preparing
    from core.recipes import Saved

recipes = typer.Typer(no_args_is_help=True, help="The recipes of the workspace.")
NameArgument = Annotated[str, typer.Argument(help="The recipe's name.")]


@recipes.command("list")
def recipes_list(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List the recipes, built in and saved."""
    with workbench(workspace) as bench:
        rows = [_row(saved) for saved in bench.recipes.all()]
        for name, why in bench.recipes.unreadable().items():
            note(f"The recipe '{name}' was saved by another version and is left out: {why}")
    show(
        {"recipes": rows},
        as_json,
        lambda: [
            f"{r['name']:24}{r['hash']:14}{'built in' if r['built_in'] else r['saved_by']:16}{r['note']}" for r in rows
        ],
    )


@recipes.command("show")
def recipes_show(name: NameArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Show every field of a recipe."""
    with workbench(workspace) as bench:
        recipe = bench.recipes.get(name)
    body = asdict(recipe)
    result = {"name": name, "hash": recipe.hash, "index_key": recipe.index_key, "recipe": body}
    show(result, as_json, lambda: _lines(body))


@recipes.command("set")
def recipes_set(
    name: NameArgument,
    fields: Annotated[list[str] | None, typer.Argument(help="FIELD=VALUE …, such as retrieval.top_k=8.")] = None,
    base: Annotated[str | None, typer.Option("--from", help="Where to start; the name itself, or default.")] = None,
    told: Annotated[str, typer.Option("--note", help="What it is for.")] = "",
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Save a recipe under a name; its index is built beside and swapped in when it is complete."""
    with workbench(workspace) as bench:
        known = {saved.name for saved in bench.recipes.all()}
        start = bench.recipes.get(base or (name if name in known else "default"))
        recipe = varied(start, changes(fields))
        bench.save_recipe(name, recipe, persona(as_person), told, _note_building)
    show(
        {"name": name, "hash": recipe.hash, "index_key": recipe.index_key, "recipe": asdict(recipe)},
        as_json,
        lambda: [f"{name}  {recipe.hash}"],
    )


@recipes.command("remove")
def recipes_remove(
    name: NameArgument,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Forget a saved recipe, and its index where no other recipe uses it."""
    with workbench(workspace) as bench:
        bench.remove_recipe(name, persona(as_person))
    show({"removed": name}, as_json, lambda: [f"removed {name}"])


@recipes.command("export")
def recipes_export(
    name: NameArgument,
    form: Annotated[str, typer.Option("--format", help="json, or llamaindex: a script of its own.")] = "json",
    output: Annotated[Path | None, typer.Option(help="The file to write; standard output without it.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Write a recipe down for use elsewhere."""
    with workbench(workspace) as bench:
        recipe = bench.recipes.get(name)
        if form == "json":
            body = {"name": name, "hash": recipe.hash, "recipe": asdict(recipe)}
            text = json.dumps(body, indent=2, ensure_ascii=False)
        elif form == "llamaindex":
            from core.interop.script import llamaindex_script

            text = llamaindex_script(name, recipe)
        else:
            raise RequestError(f"There is no format '{form}'; choose json or llamaindex.")
    written(f"{text}\n", output)


def _row(saved: "Saved") -> dict[str, Any]:
    return {
        "name": saved.name,
        "hash": saved.recipe.hash,
        "index_key": saved.recipe.index_key,
        "built_in": saved.built_in,
        "saved_at": saved.saved_at,
        "saved_by": saved.saved_by,
        "note": saved.note,
    }


def _lines(body: dict[str, Any], above: str = "") -> Iterator[str]:
    for key, value in body.items():
        if isinstance(value, dict):
            yield from _lines(value, f"{key}.")
        else:
            yield f"{above + key:28}{json.dumps(value)}"


def _note_building(news: "Preparing") -> None:
    note(f"Building the index of {news.recipe}: {news.done} of {news.documents} documents")
