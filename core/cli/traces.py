"""The commands of `python -m core traces`: what was asked, and one answer whole; it makes no answer."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from core.cli.output import (
    AsOption,
    FormerLimit,
    JsonOption,
    WorkspaceOption,
    limit_of,
    short,
    show,
    workbench,
    written,
)
from core.governance.principals import persona

traces = typer.Typer(no_args_is_help=True, help="Answers that were given: what happened to every passage.")
TraceId = Annotated[str, typer.Argument(help="The trace's id, as `ask --json` and `traces list` tell it.")]


@traces.command("list")
def traces_list(
    text: Annotated[str, typer.Argument(help="Words of the question or the answer; all without them.")] = "",
    limit: Annotated[int | None, typer.Option(help="Rows to show, newest first; 20 without it.")] = None,
    most: FormerLimit = None,
    as_person: AsOption = "administrator",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the answers that were given."""
    shown = limit_of(limit, most, 20)
    with workbench(workspace) as bench:
        rows = bench.inspector.traces(persona(as_person), text)[:shown]
        names = {row.recipe: bench.recipes.name_of(row.recipe) for row in rows}
    show(
        {"traces": [asdict(row) | {"recipe_name": names[row.recipe]} for row in rows]},
        as_json,
        lambda: (
            [
                f"{row.id}  {row.started_at[:19]}  {names[row.recipe]:14}{row.total_ms:8.0f} ms  "
                f"{short(row.question, 60)}"
                for row in rows
            ]
            or ["No answer was given yet."]
        ),
    )


@traces.command("show")
def traces_show(
    trace_id: TraceId,
    as_person: AsOption = "administrator",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one answer: its stages, and the fate of every passage. With --json all that is kept of it."""
    with workbench(workspace) as bench:
        who = persona(as_person)
        if as_json:
            print(bench.inspector.export(trace_id, who))
            return
        answer = bench.inspector.open(trace_id, who)
    trace = answer.trace
    print(f"{trace.question}\n{answer.text}\n")
    for stage in trace.stages:
        print(f"{stage.name:10}{stage.ms:9.1f} ms  {stage.went_in:>4} → {stage.came_out:<4} {stage.detail}")
    print(f"{'total':10}{trace.total_ms:9.1f} ms\n")
    for hit in trace.candidates:
        ranks = "  ".join(f"{name} #{score.rank}" for name, score in hit.scores.items())
        print(f"{hit.rank:>3}  {hit.fate.value:10}{hit.document}: {short(hit.chunk.text, 60)}  ({ranks})")


@traces.command("export")
def traces_export(
    trace_id: TraceId,
    output: Annotated[Path | None, typer.Option("--output", help="A file; standard output without one.")] = None,
    as_person: AsOption = "administrator",
    workspace: WorkspaceOption = None,
) -> None:
    """Write one answer as JSON, with the text of every passage."""
    with workbench(workspace) as bench:
        written(bench.inspector.export(trace_id, persona(as_person)) + "\n", output)
