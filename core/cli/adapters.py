"""`python -m core adapters …`: list, bring, release, retire, export; training and proof have modules of their own."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast, get_args

import typer

from core.cli.output import AsOption, JsonOption, WorkspaceOption, show, workbench
from core.errors import RequestError
from core.governance.principals import persona

if TYPE_CHECKING:
    from core.adapters.registry import Adapter

adapters = typer.Typer(no_args_is_help=True, help="What was learned, and what may answer.")

Name = Annotated[str, typer.Argument(help="The adapter's name.")]


@adapters.command("list")
def adapters_list(
    workspace: WorkspaceOption = None, as_person: AsOption = "administrator", as_json: JsonOption = False
) -> None:
    """List the adapters that you may know of."""
    with workbench(workspace) as bench:
        held = bench.adapters.all(persona(as_person))
        show(
            {"adapters": [described(adapter) for adapter in held]},
            as_json,
            lambda: [_line(adapter) for adapter in held] or ["There is no adapter yet."],
        )


@adapters.command("show")
def adapters_show(
    name: Name, workspace: WorkspaceOption = None, as_person: AsOption = "administrator", as_json: JsonOption = False
) -> None:
    """Show where an adapter comes from and what was measured of it."""
    with workbench(workspace) as bench:
        held = bench.adapters.get(name, persona(as_person))
        show(described(held), as_json, lambda: _card(held))


@adapters.command("release")
def adapters_release(
    name: Name, workspace: WorkspaceOption = None, as_person: AsOption = "administrator", as_json: JsonOption = False
) -> None:
    """Let a candidate answer, if it passed every gate."""
    with workbench(workspace) as bench:
        held = bench.adapters.release(name, persona(as_person))
        show(described(held), as_json, lambda: [f"{name} is released."])


@adapters.command("retire")
def adapters_retire(
    name: Name,
    reason: Annotated[str, typer.Option(help="Why; it is kept.")],
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Take an adapter out of use, for good."""
    with workbench(workspace) as bench:
        held = bench.adapters.retire(name, reason, persona(as_person))
        show(described(held), as_json, lambda: [f"{name} is retired."])


@adapters.command("remove")
def adapters_remove(name: Name, workspace: WorkspaceOption = None, as_person: AsOption = "administrator") -> None:
    """Delete a candidate or a retired adapter with its files."""
    with workbench(workspace) as bench:
        bench.adapters.remove(name, persona(as_person))
    print(f"{name} is removed.")


@adapters.command("export")
def adapters_export(
    name: Name,
    folder: Annotated[Path, typer.Argument(help="A folder that is not there yet.")],
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
) -> None:
    """Write an adapter as PEFT and vLLM read it, with its manifest."""
    with workbench(workspace) as bench:
        bench.adapters.export(name, folder, persona(as_person))
    print(f"{name} is written to {folder}.")


@adapters.command("import")
def adapters_import(
    name: Name,
    folder: Annotated[Path, typer.Argument(help="A folder that PEFT wrote.")],
    zone: Annotated[str, typer.Option(help="Who may be answered by it: public, internal or restricted.")] = "public",
    template: Annotated[str, typer.Option(help="The instructions that it was trained with.")] = "grounded-1",
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Take in an adapter that was trained elsewhere, as a candidate."""
    from core.generation.prompt import template as known
    from core.types import Zone

    if zone not in get_args(Zone):
        raise RequestError(f"There is no zone '{zone}'; choose {', '.join(get_args(Zone))}.")
    known(template)
    with workbench(workspace) as bench:
        held = bench.adapters.bring(name, folder, persona(as_person), cast("Zone", zone), template)
        show(described(held), as_json, lambda: [f"{name} is a candidate; measure it before it is released."])


def described(adapter: "Adapter") -> dict[str, Any]:
    """The adapter as JSON."""
    from core.adapters.manifest import as_json

    return {
        "name": adapter.name,
        "state": adapter.state,
        "made_at": adapter.made_at,
        "made_by": adapter.made_by,
        "released_at": adapter.released_at,
        "released_by": adapter.released_by,
        "retired_at": adapter.retired_at,
        "reason": adapter.reason,
        "releasable": adapter.manifest.releasable,
        **as_json(adapter.manifest),
    }


def _line(adapter: "Adapter") -> str:
    made = adapter.manifest
    learned = f"{made.dataset}, {len(made.documents)} documents" if made.dataset else made.source
    return f"{adapter.name:20}{adapter.state:12}{made.base:12}{made.zone:12}{learned}"


def _card(adapter: "Adapter") -> list[str]:
    made = adapter.manifest
    lines = [f"{adapter.name}: {adapter.state}, {made.source}, on {made.base}, for {made.zone}"]
    if made.dataset:
        lines.append(f"learned from {made.dataset} ({made.dataset_hash[:12]}), {len(made.documents)} documents")
    if made.hyper:
        lines.append(", ".join(f"{key} {value}" for key, value in made.hyper.items() if key != "targets"))
    lines += [f"  {key:40}{value:.3f}" for key, value in made.measures.items()]
    for gate in made.gates:
        told = "not measured" if gate.measured is None else f"{gate.measured:.3f}"
        sign = "at least" if gate.at_least else "at most"
        lines.append(f"  {'passed' if gate.passed else 'FAILED':8}{gate.name}: {told}, {sign} {gate.limit:g}")
    lines += [line for line in (made.note, adapter.reason and f"retired: {adapter.reason}") if line]
    return lines
