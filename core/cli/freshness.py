"""The commands about facts: freshness, and facts import, list, export, remove; it does not know how they are judged."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.cli.output import AsOption, JsonOption, WorkspaceOption, note, read, show, workbench, writable, written
from core.errors import RequestError
from core.governance.principals import persona

if TYPE_CHECKING:
    from core.evaluation.facts import Judgement
    from core.evaluation.gates import Judged

facts = typer.Typer(no_args_is_help=True, help="Facts that answers must go on saying.")


def freshness(
    recipes: Annotated[str, typer.Option(help="Recipes to ask, with commas between them; empty for none.")] = "default",
    adapters: Annotated[str, typer.Option(help="Adapters to ask without documents, likewise.")] = "",
    chosen: Annotated[str, typer.Option("--facts", help="Ids of the facts to check, likewise; all without it.")] = "",
    junit: Annotated[Path | None, typer.Option(help="Write the verdicts as JUnit XML.")] = None,
    gates: Annotated[Path | None, typer.Option(help=r"A file with a \[freshness] table; see the README.")] = None,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Ask for every fact and compare with the documents in force; exit 1 on an alarm or a gate that is not kept."""
    from core.evaluation.facts import STATES
    from core.evaluation.gates import Threshold, judge, read_gates
    from core.freshness import counted

    writable(junit)
    bounds = read_gates(gates).get("freshness", ()) if gates else ()
    if gates and not bounds:
        raise RequestError(f"'{gates}' has no table [freshness].")
    who = persona(as_person)
    if not any(bound.measure == "drifted" for bound in bounds):
        bounds = (*bounds, Threshold("drifted", "max", 0))
    judge(bounds, dict.fromkeys((*STATES, "fresh_share")))  # a gate of an unknown name is told before anybody is asked
    with workbench(workspace) as bench:
        known = {fact.id for fact in bench.freshness.facts.all(who)}
        if absent := sorted(set(_names(chosen)) - known):
            raise RequestError(f"There is no fact '{absent[0]}'.")
        check = bench.freshness.check(_names(recipes), _names(adapters), who, only=_names(chosen))
        assert check is not None
        found = bench.freshness.judgements(check, who)
    counts: dict[str, float | None] = {name: float(count) for name, count in counted(found).items()}
    counts["fresh_share"] = sum(each.state == "fresh" for each in found) / len(found)
    verdicts = judge(bounds, counts)
    if junit:
        _write(junit, found, verdicts)
    if check.told:
        note(check.told)
    kept = all(each.passed for each in verdicts)
    gated = [{"sentence": each.sentence, "passed": each.passed} for each in verdicts]
    result = {"check": check.id, "counts": counts, "verdicts": [asdict(each) for each in found], "gates": gated}
    show(result | {"passed": kept}, as_json, lambda: _lines(found, counts, gated))
    if not kept:
        raise typer.Exit(1)


@facts.command("import")
def facts_import(
    file: Annotated[Path, typer.Argument(help="A .jsonl or .csv file.")],
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Take in a file of facts, as a whole or not at all."""
    from core.tabular import format_of

    form = format_of(file.name)
    content = read(file)
    with workbench(workspace) as bench:
        kept = bench.freshness.facts.bring(content, form, persona(as_person))
    show({"facts": len(kept)}, as_json, lambda: [f"{len(kept)} facts kept"])


@facts.command("list")
def facts_list(
    workspace: WorkspaceOption = None, as_person: AsOption = "administrator", as_json: JsonOption = False
) -> None:
    """List the facts, with what their documents say now."""
    from core.evaluation.staleness import TOLD

    with workbench(workspace) as bench:
        held = bench.freshness.facts.all(persona(as_person))
        now = bench.freshness.facts.truths(persona(as_person))
    rows = [
        {
            "id": fact.id, "value": fact.value, "question": fact.question, "document": fact.document,
            "owner": fact.owner, "state": fact.state, "standing": now[fact.id].standing, "says": now[fact.id].says,
            "why": TOLD[now[fact.id].standing],
        }
        for fact in held
    ]  # fmt: skip
    show(
        {"facts": rows},
        as_json,
        lambda: (
            [f"{r['id']:26}{r['value']:24}{r['standing']:14}{r['document']}" for r in rows] or ["No fact is kept yet."]
        ),
    )


@facts.command("export")
def facts_export(
    form: Annotated[str, typer.Option("--format", help="jsonl or csv.")] = "jsonl",
    output: Annotated[Path | None, typer.Option(help="The file to write; standard output without it.")] = None,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
) -> None:
    """Write the facts down as a file that `import` reads."""
    from core.tabular import format_named

    chosen = format_named(form)
    with workbench(workspace) as bench:
        text = bench.freshness.facts.export(chosen, persona(as_person))
    written(text, output)


@facts.command("remove")
def facts_remove(
    ids: Annotated[list[str], typer.Argument(help="The facts' ids.")],
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Forget facts, with everything that was found of them."""
    with workbench(workspace) as bench:
        bench.freshness.facts.remove(ids, persona(as_person))
    show({"removed": ids}, as_json, lambda: [f"removed {each}" for each in ids])


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _lines(found: "list[Judgement]", counts: dict[str, float | None], gated: list[dict[str, Any]]) -> list[str]:
    odd = [each for each in found if each.state != "fresh"]
    told = [f"{e.state:9}{e.fact:26}{e.answerer:24}{e.expected} | {e.found or '-'}: {e.why}" for e in odd]
    sums = ", ".join(f"{int(counts[state] or 0)} {state}" for state in ("fresh", "drifted", "wrong", "unknown"))
    return [*told, sums, *(("passed: " if each["passed"] else "FAILED: ") + each["sentence"] for each in gated)]


def _write(file: Path, found: "list[Judgement]", verdicts: "list[Judged]") -> None:
    """JUnit that is red exactly where the command fails: a case for each gate, and one for each fact and answerer.

    A fact fails where a gate on its state is broken; what else is not fresh is skipped, with a message.
    """
    from core.evaluation.gates import cases_of
    from core.evaluation.junit import Case, write_junit

    broken = {each.threshold.measure for each in verdicts if not each.passed}
    cases = cases_of(verdicts, "freshness")
    for each in found:
        failed = each.state != "fresh" and bool(broken & {each.state, "fresh", "fresh_share"})
        cases.append(
            Case(
                each.answerer,
                each.fact,
                "failed" if failed else "passed" if each.state == "fresh" else "skipped",
                f"{each.state}: {each.why}" if each.state != "fresh" else "",
                f"expected: {each.expected}\nfound: {each.found or '-'}",
            )
        )
    write_junit(file, cases, "Freshness")
