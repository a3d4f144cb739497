"""The commands of `python -m core guardrails`: the policy, what it found, and the proof that nothing leaks."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from core.cli.output import AsOption, JsonOption, WorkspaceOption, note, read_text, show, workbench
from core.desks.guarding import Changed, Guarded, Shown, Version
from core.errors import RequestError
from core.governance.principals import persona
from core.guardrails.fuzzing import Tried
from core.guardrails.policy import Policy, as_json, from_json
from core.guardrails.wording import ACTION_WORDS

guardrails = typer.Typer(
    no_args_is_help=True, help="The policy: what is done with personal data, secrets, planted text."
)
FileArgument = Annotated[Path, typer.Argument(help="A policy as JSON; see `guardrails policy --json`.")]
NameArgument = Annotated[str, typer.Argument(help="Name or id of a document.")]


@guardrails.command("policy")
def show_policy(
    version: Annotated[int | None, typer.Option("--version", help="An earlier version; 0 is the first.")] = None,
    as_person: AsOption = "administrator",
    workspace: WorkspaceOption = None,
    as_json_: JsonOption = False,
) -> None:
    """Show the policy in force; with --json as a file that can be changed and applied.

    Listed words and the reason of a version are shown to who may edit the policy; to others, how many words there are.
    """
    with workbench(workspace) as bench:
        held = bench.guarding.policies(persona(as_person))
    wanted = held[0].policy.version if version is None else version
    found = next((each for each in held if each.policy.version == wanted), None)
    if found is None:
        raise RequestError(f"There is no version {version} of the policy; there are 0 to {held[0].policy.version}.")
    told = json.loads(as_json(found.policy))
    if not found.whole:  # what was left out is not told as empty: as a file it would take the words away
        told = {name: value for name, value in told.items() if name not in ("terms", "never", "note")}
        told["withheld"] = {"terms": found.terms, "never": found.never}
    show(told, as_json_, lambda: _policy_lines(found))


@guardrails.command("try")
def try_policy(
    file: FileArgument,
    as_person: AsOption = "administrator",
    workspace: WorkspaceOption = None,
    as_json_: JsonOption = False,
) -> None:
    """Say what a policy would change, on which documents; nothing is changed."""
    policy = _read(file)
    with workbench(workspace) as bench:
        trial = bench.guarding.try_out(policy, persona(as_person))
    told = {
        "documents": len(trial.documents),
        "changed": [{"before": _row(each.before), "after": _row(each.after)} for each in trial.changed],
    }
    show(
        told,
        as_json_,
        lambda: [
            *map(_changed_line, trial.changed),
            f"{len(trial.changed)} of {len(trial.documents)} documents would be treated in another way.",
        ],
    )


@guardrails.command("apply")
def apply_policy(
    file: FileArgument,
    as_person: AsOption = "administrator",
    workspace: WorkspaceOption = None,
    as_json_: JsonOption = False,
) -> None:
    """Make a policy the rule for every answer from now on, as the next version."""
    policy = _read(file)
    with workbench(workspace) as bench:
        applied = bench.guarding.apply(policy, persona(as_person))
    show({"version": applied.version}, as_json_, lambda: [f"Version {applied.version} is in force."])


@guardrails.command("documents")
def list_documents(
    as_person: AsOption = "administrator", workspace: WorkspaceOption = None, as_json_: JsonOption = False
) -> None:
    """List the documents with what was found in them and what is done about it."""
    with workbench(workspace) as bench:
        found = bench.guarding.documents(persona(as_person))
    rows = [_row(each) for each in found]
    show({"documents": rows}, as_json_, lambda: [_document_line(each) for each in found] or ["There are no documents."])


@guardrails.command("findings")
def list_findings(
    name: NameArgument,
    as_person: AsOption = "administrator",
    workspace: WorkspaceOption = None,
    as_json_: JsonOption = False,
) -> None:
    """List what was found in a document, with the words around it, covered as a prompt gets them."""
    with workbench(workspace) as bench:
        who = persona(as_person)
        found = bench.guarding.findings(bench.named(name, who).id, who)
    rows = [{**asdict(each.finding), "action": each.action, "page": each.page, "text": each.text} for each in found]
    show({"findings": rows}, as_json_, lambda: [_finding_line(each) for each in found] or ["Nothing was found in it."])


@guardrails.command("clear")
def clear_document(
    name: NameArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why it may be trusted; kept with your name.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take the clearance back.")] = False,
    as_person: AsOption = "administrator",
    workspace: WorkspaceOption = None,
    as_json_: JsonOption = False,
) -> None:
    """Trust a document whatever was found in it: it leaves quarantine and low trust."""
    with workbench(workspace) as bench:
        who = persona(as_person)
        document = bench.named(name, who)
        if undo:
            bench.guarding.revoke(document.id, who)
        else:
            bench.guarding.clear(document.id, who, reason)
    told = "no longer cleared" if undo else "cleared"
    show({"document": document.id, "cleared": not undo}, as_json_, lambda: [f"'{document.name}' is {told}."])


@guardrails.command("prove")
def prove(
    name: Annotated[str | None, typer.Argument(help="A document; all without one.")] = None,
    as_person: AsOption = "administrator",
    workspace: WorkspaceOption = None,
    as_json_: JsonOption = False,
) -> None:
    """Slide the boundaries of every chunking strategy over all that is covered; exit status 1 where anything leaks."""
    with workbench(workspace) as bench:
        who = persona(as_person)
        key = bench.named(name, who).id if name else None
        note("Sliding boundaries; a minute for some dozens of findings.")
        tried = bench.guarding.prove(who, key)
    leaks = sum(len(each.leaks) for each in tried)
    show(
        {"strategies": [{**asdict(each), "leaks": len(each.leaks)} for each in tried], "leaks": leaks},
        as_json_,
        lambda: (
            [*map(_tried_line, tried), f"{leaks} characters could be read." if leaks else "Nothing leaks."]
            if any(each.cuts for each in tried)
            else [f"There is nothing to prove: the policy covers nothing in what {who.name} may see."]
        ),
    )
    raise typer.Exit(1 if leaks else 0)


def _read(file: Path) -> Policy:
    return from_json(read_text(file))


def _row(each: Guarded) -> dict[str, Any]:
    counts = [
        {"detector": detector, "kind": kind, "action": action, "count": count}
        for (detector, kind, action), count in sorted(each.counts.items())
    ]
    cleared = asdict(each.clearance) if each.clearance else None
    return {
        "id": each.id,
        "name": each.name,
        "zone": each.zone,
        "verdict": each.verdict,
        "findings": counts,
        "cleared": cleared,
    }


def _document_line(each: Guarded) -> str:
    counted: Counter[str] = Counter()
    for (detector, _, _), count in each.counts.items():
        counted[detector] += count
    found = ", ".join(f"{count} {detector}" for detector, count in sorted(counted.items())) or "nothing found"
    cleared = "  cleared" if each.clearance else ""
    return f"{ACTION_WORDS[each.verdict]:14}{each.zone:12}{each.name}: {found}{cleared}"


def _changed_line(each: Changed) -> str:
    before, after = ACTION_WORDS[each.before.verdict], ACTION_WORDS[each.after.verdict]
    return f"{each.after.name}: {before} → {after}, covered findings {each.before.covered} → {each.after.covered}"


def _finding_line(each: Shown) -> str:
    what = f"{each.finding.detector} · {each.finding.kind}"
    around = " ".join(f"{each.before}⟦{each.text}⟧{each.after}".split())
    return f"page {each.page:<4}{what:28}{ACTION_WORDS[each.action]:12}…{around}…"


def _tried_line(each: Tried) -> str:
    return (
        f"{each.strategy:16}{each.cuts:7,} cuts, {each.inside:7,} boundaries within a finding, {len(each.leaks)} leaks"
    )


def _policy_lines(held: Version) -> Sequence[str]:
    policy = held.policy
    applied = f"applied {held.at} by {held.by}" if held.at else "the one that a workspace begins with"
    lines = [f"Version {policy.version}, {applied}{f': {policy.note}' if policy.note else ''}"]
    for where, rules in (*policy.zones.items(), ("question", policy.question), ("answer", policy.answer)):
        lines.append(f"{where}")
        lines += [
            f"  {f'{rule.detector} · {rule.kind}' if rule.kind else rule.detector:32}{ACTION_WORDS[rule.action]}"
            f"{f', from a score of {rule.least}' if rule.action != 'allow' else ''}"
            for rule in rules
        ]
    lines.append(f"{held.terms} terms of your own; swear words {'are' if policy.profanity else 'are not'} found.")
    lines.append(f"{held.never} texts are never a finding.")
    return [*lines, f"It cannot work: {held.broken}"] if held.broken else lines
