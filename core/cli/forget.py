"""`python -m core forget …`, `receipts …` and `retention`: who is forgotten, the proof of it, and what expires."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.cli.forget_lines import place_json, place_line, preview_json, preview_lines, receipt_lines
from core.cli.output import AsOption, JsonOption, WorkspaceOption, note, show, workbench, written
from core.errors import RequestError
from core.governance.principals import persona
from core.wording import many

if TYPE_CHECKING:
    from core.forgetting.carrying import Forgetting
    from core.forgetting.person import Person
    from core.forgetting.places import Way
    from core.forgetting.receipts import Kept
    from core.forgetting.returning import Checked

forget = typer.Typer(no_args_is_help=True, help="The right to be forgotten: a person, or what a user asked.")
receipts = typer.Typer(no_args_is_help=True, help="Receipts of what was erased or forgotten.")

Aliases = Annotated[list[str] | None, typer.Option("--alias", help="Another name; may be given several times.")]
Emails = Annotated[list[str] | None, typer.Option("--email", help="An e-mail address; may be given several times.")]
Phones = Annotated[list[str] | None, typer.Option("--phone", help="A telephone number; may be given several times.")]
Others = Annotated[
    list[str] | None,
    typer.Option("--other", help="What else is to go, as it is written: an account, an address; several times."),
]
Yes = Annotated[bool, typer.Option("--yes", help="Carry it out without asking.")]


@forget.command("person")
def forget_person(
    name: Annotated[str, typer.Argument(help="The full name: given name and surname.")],
    alias: Aliases = None,
    email: Emails = None,
    phone: Phones = None,
    other: Others = None,
    redact: Annotated[bool, typer.Option("--redact", help="Put blocks in the place of each mention.")] = False,
    erase: Annotated[bool, typer.Option("--erase", help="Erase whole documents, questions and rows.")] = False,
    keep: Annotated[
        list[str] | None, typer.Option("--keep", help="Id of a place that stays as it is, such as traces/4f…")
    ] = None,
    yes: Yes = False,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Show every place that names a person; with --redact or --erase, take the name out of them.

    Who is asked whether to go on and declines gets "Nothing was changed." and the exit status 0.
    """
    if redact and erase:
        raise RequestError("Choose --redact or --erase, not both.")
    person, who = _person(name, alias, email, phone, other), persona(as_person)
    with workbench(workspace) as bench:
        found = bench.forgetting.preview(person, who)
        asked: Way = "erase" if erase else "redact"
        if not (redact or erase):
            show(preview_json(found), as_json, lambda: preview_lines(found))
            return
        if found.places and not _confirmed(
            yes, f"{asked} {many(len(found.places), 'place')} with {many(found.mentions, 'mention')}"
        ):
            show({"changed": False}, as_json, lambda: ["Nothing was changed."])
            return
        ways: dict[str, Way] = dict.fromkeys(keep or (), "keep")
        receipt = bench.forgetting.forget(person, asked, who, ways, _told)
    show(asdict(receipt), as_json, lambda: receipt_lines(receipt))
    if receipt.remains:
        raise SystemExit(1)


@forget.command("user")
def forget_user(
    name: Annotated[str, typer.Argument(help="The name that stands at the questions.")],
    yes: Annotated[bool, typer.Option("--yes", help="Erase them; without it they are only shown.")] = False,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Show all that a user asked and said; with --yes, erase it."""
    who = persona(as_person)
    with workbench(workspace) as bench:
        if not yes:
            found = bench.forgetting.preview_user(name, who)
            body = {"places": [place_json(place) for place in found.places], "audit_entries": found.entries}
            stay = "entry of the audit trail stays", "entries of the audit trail stay"
            stays = f"{many(found.entries, *stay)}, without text."
            show(body, as_json, lambda: [*map(place_line, found.places), stays])
            return
        receipt = bench.forgetting.forget_user(name, who)
    counts = ", ".join(f"{number} × {kind}" for kind, number in (receipt.erased or {}).items()) or "nothing"
    remains = f"Still found in {', '.join(receipt.remains)}." if receipt.remains else "No byte of it was found."
    lines = [f"Erased: {counts}.", remains, receipt.STAYS, f"Receipt {receipt.id}."]
    show(asdict(receipt), as_json, lambda: lines)
    if receipt.remains:
        raise SystemExit(1)


@forget.command("files")
def forget_files(
    workspace: WorkspaceOption = None, as_person: AsOption = "administrator", as_json: JsonOption = False
) -> None:
    """List the files that are not taken in again since they name somebody who is forgotten."""
    with workbench(workspace) as bench:
        found = bench.forgetting.barred(persona(as_person))
    lines = [f"{each.id}  {each.at[:10]}  document {each.document_id}" for each in found]
    show({"files": [asdict(each) for each in found]}, as_json, lambda: lines or ["No file is barred."])


@forget.command("lift")
def forget_lift(
    file: Annotated[str, typer.Argument(help="Id of a barred file; see `forget files`.")],
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
) -> None:
    """Let a barred file be taken in again."""
    with workbench(workspace) as bench:
        bench.forgetting.lift(file, persona(as_person))
    note("It can be taken in again.")


@receipts.command("list")
def receipts_list(
    workspace: WorkspaceOption = None, as_person: AsOption = "administrator", as_json: JsonOption = False
) -> None:
    """List all receipts, newest first."""
    from core.desks.forgetting import as_json as plain

    with workbench(workspace) as bench:
        checked = bench.forgetting.verify_all(persona(as_person))
    found = [each.receipt for each in checked]
    lines = [f"{e.receipt.id[:12]}  {e.receipt.at[:16]}  {e.receipt.kind:9} {_checked_state(e)}" for e in checked]
    show({"receipts": [plain(each) for each in found]}, as_json, lambda: lines or ["There is no receipt."])


@receipts.command("show")
def receipts_show(
    receipt: Annotated[str, typer.Argument(help="Id of a receipt, or how it begins.")],
    output: Annotated[Path | None, typer.Option("--output", help="A file; standard output without one.")] = None,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
) -> None:
    """Print a receipt as JSON."""
    from core.desks.forgetting import as_json as plain

    with workbench(workspace) as bench:
        found = bench.forgetting.receipt(receipt, persona(as_person))
    written(json.dumps(plain(found), indent=1) + "\n", output)


@receipts.command("verify")
def receipts_verify(
    receipt: Annotated[str, typer.Argument(help="Id of a receipt, or how it begins.")],
    name: Annotated[str | None, typer.Option("--person", help="Whom it is about: the scan is made again.")] = None,
    alias: Aliases = None,
    email: Emails = None,
    phone: Phones = None,
    other: Others = None,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Check that a receipt is unchanged and, with --person, that still nothing is found; exit status 1 where not."""
    from core.desks.forgetting import as_json as plain

    if not name and (alias or email or phone or other):
        raise RequestError("--alias, --email, --phone and --other belong to a name; give it with --person.")
    person = _person(name, alias, email, phone, other) if name else None
    with workbench(workspace) as bench:
        found = bench.forgetting.verify(receipt, persona(as_person), person)
    body = {**asdict(found), "receipt": plain(found.receipt), "good": found.good}
    whom = f" for {found.terms} of its {found.of} names and addresses" if found.of else ""
    searched = f"Looked again{whom}: "
    scanned = searched + (f"found in {', '.join(found.remains)}." if found.remains else "nothing found.")
    scan = [scanned] if found.searched else ["The scan was not made again; it needs the name (--person)."]
    came = [
        f"Document {each.document} came in again on {each.at[:10]}{', acknowledged' if each.acknowledged else ''}."
        for each in found.returned
    ]
    show(body, as_json, lambda: [f"Receipt {found.receipt.id}: {_state(found.receipt)}.", *scan, *came])
    if not found.good:
        raise SystemExit(1)


@receipts.command("acknowledge")
def receipts_acknowledge(
    receipt: Annotated[str, typer.Argument(help="Id of a receipt, or how it begins.")],
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Say that a document which came in again after its erasure is known to be back; noted in the audit."""
    with workbench(workspace) as bench:
        found = bench.forgetting.acknowledge(receipt, persona(as_person))
    body = {"receipt": found.receipt.id, "documents": [asdict(each) for each in found.new]}
    show(body, as_json, lambda: [f"Document {e.document}, back since {e.at[:10]}: acknowledged." for e in found.new])


def retention(
    apply: Annotated[bool, typer.Option("--apply", help="Remove what is due; without it, it is only shown.")] = False,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Show what expires by the rules of TOUCHSTONE_RETENTION_*, and with --apply let it."""
    who = persona(as_person)
    with workbench(workspace) as bench:
        found = bench.retention.apply(who) if apply else bench.retention.due(who)
    rows = [{k: v for k, v in asdict(each).items() if k != "ids"} for each in found]
    show({"applied": apply, "rules": rows}, as_json, lambda: [_rule(row, apply) for row in rows] or ["Nothing is due."])


# -- within ------------------------------------------------------------------------------------------------------------


def _person(name: str, *known: list[str] | None) -> "Person":
    from core.forgetting.person import Person

    return Person(name, *(tuple(each or ()) for each in known))


def _confirmed(yes: bool, what: str) -> bool:
    """Whether to go on; raises RequestError where nobody is there who could answer."""
    if yes:
        return True
    try:
        return typer.confirm(f"{what[0].upper()}{what[1:]}? This cannot be undone.", err=True)
    except typer.Abort:
        raise RequestError("Nothing was changed: nobody answered. Give --yes to carry it out without asking.") from None


def _told(progress: "Forgetting") -> None:
    note(f"{progress.doing} ({progress.done} of {progress.of})")


def _state(kept: "Kept") -> str:
    signed = {"valid": "signed", "changed": "CHANGED since it was signed", "none": "not signed"}[kept.signature]
    done = "" if kept.finished else ", broke off: ask for it again"
    return f"{signed}{done}{', nothing remained' if kept.proven else ''}"


def _checked_state(found: "Checked") -> str:
    """The state of a receipt with what is there now of what it says is gone."""
    left = f", STILL THERE: {', '.join(found.remains)}" if found.remains else ""
    days = sorted({each.at[:10] for each in found.returned})
    known = "" if found.new or not days else ", acknowledged"
    return f"{_state(found.receipt)}{left}" + (f", came in again on {', '.join(days)}{known}" if days else "")


def _rule(row: dict[str, Any], applied: bool) -> str:
    if not row["days"]:
        return f"{row['kind']:34} kept ({row['setting']}=0), {row['held']} held"
    told = f"{row['due']} removed" if applied else f"{row['due']} of {row['held']} due"
    following = f", next {row['next_at']}" if row["next_at"] else ""
    return f"{row['kind']:34} after {many(row['days'], 'day')}: {told}{following}"
