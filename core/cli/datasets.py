"""The commands about datasets, from an empty draft to a frozen one; they train nothing."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from core.cli.output import AsOption, JsonOption, WorkspaceOption, note, read, short, show, workbench, written
from core.errors import RequestError
from core.governance.principals import persona

datasets = typer.Typer(no_args_is_help=True, help="Rows that adapters learn from.")
NameArgument = Annotated[str, typer.Argument(help="The dataset's name.")]


@datasets.command("list")
def datasets_list(
    workspace: WorkspaceOption = None, as_person: AsOption = "administrator", as_json: JsonOption = False
) -> None:
    """List the datasets."""
    with workbench(workspace) as bench:
        rows = bench.datasets.all(persona(as_person))
    show(
        {"datasets": [asdict(row) for row in rows]},
        as_json,
        lambda: [
            f"{r.name:24}{r.hash:14}{r.rows:>6} rows, {r.states['accepted']} accepted, {r.states['open']} open  "
            f"{'frozen' if r.frozen_at else 'draft':8}{r.note}"
            for r in rows
        ],
    )


@datasets.command("create")
def datasets_create(
    name: NameArgument,
    told: Annotated[str, typer.Option("--note", help="What it is for.")] = "",
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Begin an empty draft."""
    with workbench(workspace) as bench:
        made = bench.datasets.create(name, persona(as_person), told)
    show({"name": made.name, "rows": 0}, as_json, lambda: [f"created {made.name}"])


@datasets.command("add")
def datasets_add(
    name: NameArgument,
    file: Annotated[Path | None, typer.Option("--file", help="A .jsonl or .csv file of rows.")] = None,
    questions: Annotated[str | None, typer.Option("--questions", help="A question set.")] = None,
    documents: Annotated[list[str] | None, typer.Option("--document", help="A document to propose from.")] = None,
    every: Annotated[bool, typer.Option("--all-documents", help="Propose from all documents.")] = False,
    kinds: Annotated[list[str] | None, typer.Option("--kind", help="heading, table or sentence; all of them.")] = None,
    rephrased: Annotated[int, typer.Option(min=0, max=5, help="Other ways to ask each proposed question.")] = 0,
    feedback: Annotated[bool, typer.Option("--feedback", help="What people corrected or liked in Chat.")] = False,
    sources: Annotated[
        bool, typer.Option(help="Put the passages into the prompt, and the citation into the answer.")
    ] = True,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Put rows into a draft: from a file, a question set, documents, or feedback. Rows that it has are left out."""
    from core.adapters.proposals import KINDS

    chosen = tuple(kind for kind in KINDS if not kinds or kind in kinds)
    unknown = set(kinds or ()) - set(KINDS)
    if unknown:
        raise RequestError(f"There is no kind of proposal '{min(unknown)}'; choose {', '.join(KINDS)}.")
    if sum((file is not None, questions is not None, bool(documents) or every, feedback)) != 1:
        raise RequestError(
            "Say where the rows come from: --file, --questions, --document, --all-documents or --feedback."
        )
    who = persona(as_person)
    with workbench(workspace) as bench:
        desk = bench.datasets
        if file is not None:
            from core.tabular import format_of

            added = desk.add_file(name, read(file), format_of(file.name), who)
        elif questions is not None:
            added = desk.add_questions(name, questions, who, sources)
        elif feedback:
            added = desk.add_feedback(name, who, sources)
        else:
            added = desk.add_documents(name, documents or (), who, chosen, sources, rephrased)
    if added.left_out:
        note(f"{added.left_out} rows are about what '{who.name}' may not see, and were left out")
    show(asdict(added), as_json, lambda: [f"{added.added} rows added, {added.known} there already"])


@datasets.command("show")
def datasets_show(
    name: NameArgument,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Show the rows of a dataset with their state and what to look at twice."""
    from core.adapters.rows import as_json as body
    from core.desks.datasets import listed

    with workbench(workspace) as bench:
        held = bench.datasets.get(name, persona(as_person))
        flags = bench.datasets.flags(name, persona(as_person))

    def told(each: Any) -> dict[str, Any]:
        review = {"edited": each.edited, "reviewed_by": each.reviewed_by, "reviewed_at": each.reviewed_at}
        return body(each.row) | review | {"flags": [asdict(flag) for flag in flags.get(each.row.id, ())]}

    kinds = Counter(kind for row in flags.values() for kind in {flag.kind for flag in row})
    show(
        asdict(listed(held)) | {"flagged": dict(kinds), "items": [told(each) for each in held.rows]},
        as_json,
        lambda: [
            f"{each.row.id:14}{each.row.state:10}{short(each.row.question, 60):62}{short(each.row.answer, 40):42}"
            f"{', '.join(dict.fromkeys(flag.kind for flag in flags.get(each.row.id, ())))}".rstrip()
            for each in held.rows
        ],
    )


@datasets.command("review")
def datasets_review(
    name: NameArgument,
    state: Annotated[str, typer.Argument(help="accepted, rejected or open.")],
    rows: Annotated[list[str] | None, typer.Argument(help="Ids of rows.")] = None,
    unflagged: Annotated[bool, typer.Option("--unflagged", help="All open rows without a flag.")] = False,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Accept, reject or reopen rows."""
    from core.adapters.rows import STATES

    chosen = next((each for each in STATES if each == state), None)
    if chosen is None:
        raise RequestError(f"There is no state '{state}' of a row; choose {', '.join(STATES)}.")
    if bool(rows) == unflagged:
        raise RequestError("Name the rows, or say --unflagged for all open rows without a flag.")
    who = persona(as_person)
    with workbench(workspace) as bench:
        if unflagged:
            flags = bench.datasets.flags(name, who)
            held = bench.datasets.get(name, who)
            rows = [each.row.id for each in held.rows if each.row.state == "open" and each.row.id not in flags]
        count = bench.datasets.review(name, rows or (), chosen, who)
    show({"dataset": name, "state": chosen, "rows": count}, as_json, lambda: [f"{count} rows are {chosen}"])


@datasets.command("edit")
def datasets_edit(
    name: NameArgument,
    row: Annotated[str, typer.Argument(help="The row's id.")],
    question: Annotated[str | None, typer.Option(help="The new question; the old one without it.")] = None,
    answer: Annotated[str | None, typer.Option(help="The new answer; the old one without it.")] = None,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Put other words into a row, and accept it."""
    from core.adapters.rows import as_json as body
    from core.errors import NotFound

    who = persona(as_person)
    with workbench(workspace) as bench:
        held = next((each.row for each in bench.datasets.get(name, who).rows if each.row.id == row), None)
        if held is None:
            raise NotFound(f"The dataset '{name}' has no row '{row}'.")
        words = (held.question if question is None else question, held.answer if answer is None else answer)
        made = bench.datasets.edit(name, row, *words, who)
    show(body(made.row), as_json, lambda: [f"{row} edited and accepted"])


@datasets.command("freeze")
def datasets_freeze(
    name: NameArgument,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Let nothing change a dataset any more, and print its hash."""
    with workbench(workspace) as bench:
        held = bench.datasets.freeze(name, persona(as_person))
    result = {"name": name, "hash": held.hash, "accepted": len(held.accepted), "frozen_at": held.frozen_at}
    show(result, as_json, lambda: [f"{name}  {held.hash}  {len(held.accepted)} accepted rows"])


@datasets.command("copy")
def datasets_copy(
    name: NameArgument,
    to: Annotated[str, typer.Argument(help="The new draft's name.")],
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Make a new draft of a dataset, as it was reviewed."""
    with workbench(workspace) as bench:
        made = bench.datasets.copy(name, to, persona(as_person))
    show({"name": made.name, "rows": len(made.rows)}, as_json, lambda: [f"copied to {made.name}"])


@datasets.command("export")
def datasets_export(
    name: NameArgument,
    form: Annotated[str, typer.Option("--format", help="jsonl or csv.")] = "jsonl",
    accepted: Annotated[bool, typer.Option("--accepted", help="Accepted rows only.")] = False,
    output: Annotated[Path | None, typer.Option(help="The file to write; standard output without it.")] = None,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
) -> None:
    """Write the rows down as a file that `add --file` reads."""
    from core.adapters.rows import STATES
    from core.tabular import format_named

    chosen = format_named(form)
    with workbench(workspace) as bench:
        text = bench.datasets.export(name, chosen, persona(as_person), ("accepted",) if accepted else STATES)
    written(text, output)


@datasets.command("delete")
def datasets_delete(
    name: NameArgument,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Forget a dataset of which nothing was made."""
    with workbench(workspace) as bench:
        bench.datasets.remove(name, persona(as_person))
    show({"deleted": name}, as_json, lambda: [f"deleted {name}"])
