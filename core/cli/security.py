"""`python -m core security`: the state of a workspace's protection, and its checks; it judges nothing itself."""

from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.output import AsOption, JsonOption, WorkspaceOption, note, show, workbench
from core.governance.principals import persona

if TYPE_CHECKING:
    from core.desks.guarding import Sifting
    from core.security import Outcome
    from core.standing import Standing


def security(
    check: Annotated[bool, typer.Option("--check", help="Carry out every check; exit 1 where one fails.")] = False,
    as_person: AsOption = "administrator",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how the workspace is protected, claim by claim, each with the command that checks it."""
    from core import security as found

    who = persona(as_person)
    with workbench(workspace) as bench:
        outcomes = found.check(bench, who, _doing) if check else ()
        claims = found.posture(bench, who)
    show(found.as_json(claims, outcomes), as_json, lambda: [*map(_line, claims), *map(_outcome, outcomes)])
    if not all(each.good for each in outcomes):
        raise typer.Exit(1)


def _doing(progress: "Sifting") -> None:
    note(f"{progress.doing} ({progress.done + 1} of {progress.of})")


def _line(claim: "Standing") -> str:
    return f"{claim.title:20}{claim.state:11}{claim.sentence}\n{'':31}{claim.check}"


def _outcome(each: "Outcome") -> str:
    return f"{'passed' if each.good else 'FAILED':8}{each.topic:12}{each.sentence}"
