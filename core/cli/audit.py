"""The commands of `python -m core audit`: the trail searched, checked and exported; it judges nothing itself."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from core.cli.output import AsOption, FormerLimit, JsonOption, WorkspaceOption, limit_of, show, workbench, written
from core.governance.audit import Query
from core.governance.principals import persona
from core.governance.trail import Entry
from core.wording import many

audit = typer.Typer(no_args_is_help=True, help="The audit trail: who did what, when, in ids and hashes.")
Who = Annotated[str, typer.Option("--who", help="Name of a principal.")]
Act = Annotated[str, typer.Option("--act", help="An act, as the trail names it: asked, ingested, erased …")]
Since = Annotated[str, typer.Option("--since", help="A date or time, such as 2026-01-31 or 2026-01-31T09:30.")]
Until = Annotated[str, typer.Option("--until", help="The same; a date counts to its end.")]
TraceOption = Annotated[str, typer.Option("--trace", help="Id of an answer's trace.")]


@audit.command("search")
def audit_search(
    who: Who = "",
    act: Act = "",
    since: Since = "",
    until: Until = "",
    trace: TraceOption = "",
    limit: Annotated[int | None, typer.Option(help="Entries to show, newest first; 50 without it.")] = None,
    most: FormerLimit = None,
    as_person: AsOption = "administrator",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the entries that fit, newest first."""
    shown = limit_of(limit, most, 50)
    with workbench(workspace) as bench:
        found = bench.audit.search(persona(as_person), Query(who, act, since, until, trace), shown)
        acts = bench.audit.acts(persona(as_person)) if act and not found else ()
    show(
        {"entries": [asdict(entry) for entry in found]},
        as_json,
        lambda: [_line(entry) for entry in found] or [_none(act, acts)],
    )


@audit.command("verify")
def audit_verify(
    as_person: AsOption = "administrator", workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """Check every entry and the checkpoints; the first bad entry is named, and the exit status is 1.

    That it was checked is noted in the trail, and how it ended.
    """
    with workbench(workspace) as bench:
        verdict = bench.audit.verify(persona(as_person))
    show(
        {**asdict(verdict), "intact": verdict.intact},
        as_json,
        lambda: [
            f"Intact: {many(verdict.entries, 'entry', 'entries')}; the last MAC is {verdict.last}."
            if verdict.intact
            else f"Not intact: {verdict.sentence} As written, of those before: {verdict.entries}."
        ],
    )
    if not verdict.intact:
        raise SystemExit(1)


@audit.command("export")
def audit_export(
    form: Annotated[str, typer.Option("--format", help="csv or jsonl.")] = "csv",
    output: Annotated[Path | None, typer.Option("--output", help="A file; standard output without one.")] = None,
    who: Who = "",
    act: Act = "",
    since: Since = "",
    until: Until = "",
    trace: TraceOption = "",
    as_person: AsOption = "administrator",
    workspace: WorkspaceOption = None,
) -> None:
    """Write the entries that fit, oldest first, with their MACs. The export is noted in the trail."""
    with workbench(workspace) as bench:
        written(bench.audit.export(persona(as_person), form, Query(who, act, since, until, trace)), output)


def _none(act: str, acts: Sequence[str]) -> str:
    """That nothing fits, and whether the act is one that the trail does not know."""
    if not act or act in acts:
        return "No entry fits."
    return f"No entry fits: '{act}' is no act of this trail. It holds {', '.join(acts) or 'none yet'}."


def _line(entry: Entry) -> str:
    why = entry.facts.get("why", "")
    outcome = f"{entry.outcome} ({why})" if why else entry.outcome
    facts = "  ".join(f"{name}={value}" for name, value in entry.facts.items() if name != "why")
    documents = f"  documents={','.join(entry.documents)}" if entry.documents else ""
    return f"{entry.seq:>6}  {entry.at[:19]}  {entry.who:14}{entry.act:20}{outcome:10}  {facts}{documents}"
