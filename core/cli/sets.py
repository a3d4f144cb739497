"""The commands about question sets: import, list, show, export, role, remove; it does not know who asks them."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from core.cli.output import AsOption, JsonOption, WorkspaceOption, note, read, short, show, workbench, written
from core.governance.principals import persona

questions = typer.Typer(no_args_is_help=True, help="The question sets of the workspace.")
NameArgument = Annotated[str, typer.Argument(help="The set's name.")]


@questions.command("import")
def questions_import(
    file: Annotated[Path, typer.Argument(help="A .jsonl or .csv file.")],
    name: Annotated[str | None, typer.Option("--name", help="What to call it; the file's name without it.")] = None,
    told: Annotated[str, typer.Option("--note", help="What it is for.")] = "",
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Take in a file of questions, as a whole or not at all."""
    from core.evaluation.question_sets import listed
    from core.tabular import format_of

    form = format_of(file.name)
    content = read(file)
    with workbench(workspace) as bench:
        kept = bench.lab.sets.bring(name or file.stem, content, form, persona(as_person), told)
        found = bench.lab.sets.findings(kept.name, persona(as_person))
    for finding in found:
        note(f"{finding.question}: {finding.why[:-1]}: {finding.document}, {short(finding.quote, 60)}")
    result = asdict(listed(kept)) | {"findings": [asdict(finding) | {"why": finding.why} for finding in found]}
    show(
        result, as_json, lambda: [f"{kept.name}  {kept.hash}  version {kept.version}, {len(kept.questions)} questions"]
    )


@questions.command("list")
def questions_list(
    workspace: WorkspaceOption = None, as_person: AsOption = "administrator", as_json: JsonOption = False
) -> None:
    """List the question sets."""
    with workbench(workspace) as bench:
        rows = bench.lab.sets.all(persona(as_person))
    show(
        {"sets": [asdict(row) for row in rows]},
        as_json,
        lambda: [f"{r.name:24}{r.hash:14}{r.questions:>6} questions  {r.role:10}{r.saved_by:16}{r.note}" for r in rows],
    )


@questions.command("show")
def questions_show(
    name: NameArgument,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Show the questions of a set, and the quotes that the documents in force no longer hold."""
    from core.evaluation.question_sets import listed
    from core.evaluation.questions import as_json as body

    with workbench(workspace) as bench:
        held = bench.lab.sets.get(name, persona(as_person))
        found = bench.lab.sets.findings(name, persona(as_person))
    result = asdict(listed(held)) | {
        "rows": [body(question) for question in held.questions],
        "findings": [asdict(finding) | {"why": finding.why} for finding in found],
    }
    show(
        result,
        as_json,
        lambda: [
            *(f"{q.id:12}{short(q.text)}" for q in held.questions),
            *(f"  {f.question}: {f.why[:-1]}: {f.document}, {short(f.quote, 60)}" for f in found),
        ],
    )


@questions.command("export")
def questions_export(
    name: NameArgument,
    form: Annotated[str, typer.Option("--format", help="jsonl or csv.")] = "jsonl",
    output: Annotated[Path | None, typer.Option(help="The file to write; standard output without it.")] = None,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
) -> None:
    """Write a set down as a file that `import` reads."""
    from core.tabular import format_named

    chosen = format_named(form)
    with workbench(workspace) as bench:
        text = bench.lab.sets.export(name, chosen, persona(as_person))
    written(text, output)


@questions.command("role")
def questions_role(
    name: NameArgument,
    role: Annotated[str, typer.Argument(help="test: it measures; training: adapters may learn it.")],
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Say what a set is for."""
    with workbench(workspace) as bench:
        bench.lab.sets.set_role(name, role, persona(as_person))
    show({"name": name, "role": role}, as_json, lambda: [f"{name} is for {role}"])


@questions.command("remove")
def questions_remove(
    name: NameArgument,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Forget a set."""
    with workbench(workspace) as bench:
        bench.lab.sets.remove(name, persona(as_person))
    show({"removed": name}, as_json, lambda: [f"removed {name}"])
