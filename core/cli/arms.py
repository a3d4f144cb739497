"""`python -m core arms …`: one question, or a set of questions, without and with retrieval and an adapter."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.cli.following import answers, follow
from core.cli.output import AsOption, JsonOption, WorkspaceOption, note, short, show, workbench
from core.errors import RequestError
from core.governance.principals import persona

if TYPE_CHECKING:
    from core.arms import Spoken
    from core.lab.arms import Table
    from core.types import Principal, Recipe
    from core.workbench import Workbench


def arms(
    question: Annotated[str | None, typer.Argument()] = None,
    adapter: Annotated[str, typer.Option(help="A released adapter's name.")] = "",
    questions: Annotated[str | None, typer.Option(help="A question set, asked as a whole.")] = None,
    limit: Annotated[int | None, typer.Option(help="N questions only, evenly spread over the set.")] = None,
    listing: Annotated[
        bool, typer.Option("--list", help="List what was measured over sets, the router's too.")
    ] = False,
    forget: Annotated[str, typer.Option(help="Id of one that --list shows, to forget with its results.")] = "",
    recipe_name: Annotated[str, typer.Option("--recipe", help="A name that `recipes list` shows.")] = "default",
    as_person: AsOption = "administrator",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare four answers: retrieval off and on, adapter off and on."""
    who = persona(as_person)
    if listing or forget:
        if question or questions:
            raise RequestError("--list and --forget ask nothing; leave the question out.")
        with workbench(workspace) as bench:
            _kept(bench, forget, who, as_json)
        return
    if (question is None) == (questions is None):
        raise RequestError("Give a question, or --questions with the name of a set.")
    if not adapter:
        raise RequestError("Name an adapter with --adapter; `adapters list` shows them.")
    if limit is not None and questions is None:
        raise RequestError("--limit belongs to --questions.")
    with workbench(workspace) as bench:
        recipe = bench.recipes.get(recipe_name)
        if question is not None:
            _one(bench, question, recipe, adapter, who, as_json)
        elif questions is not None:
            _set(bench, questions, recipe, adapter, who, limit, as_json)


def _kept(bench: "Workbench", forget: str, who: "Principal", as_json: bool) -> None:
    """List the trials of arms and of the router's routes, without the one to forget."""
    labs = (bench.lab.arms, bench.lab.routes)
    if forget:
        routes = forget in {trial.id for trial in bench.lab.routes.all(who)}
        labs[routes].remove(forget, who)
    rows = [
        {"trial": trial.id, "kind": trial.kind, "title": trial.title, "set": trial.set_name, "by": trial.by}
        | {"began_at": trial.began_at, "answered": lab.standing(trial)[0], "planned": lab.standing(trial)[1]}
        for lab in labs
        for trial in lab.all(who)
    ]
    lines = [
        f"{row['trial']}  {str(row['began_at'])[:16]}  {row['answered']} of {row['planned']} answers  {row['title']}"
        for row in rows
    ]
    show({"trials": rows}, as_json, lambda: lines or ["Nothing was measured over a set yet."])


def _one(bench: "Workbench", question: str, recipe: "Recipe", adapter: str, who: "Principal", as_json: bool) -> None:
    known = bench.lab.arms.known(question, who)
    spoken = []
    for each in bench.lab.arms.four(known or question, recipe, adapter, who):
        spoken.append(each)
        note(f"{each.arm}: {each.seconds:.1f} s")
    accepted = list(known.answers) if known else []
    result = {"question": question, "adapter": adapter, "accepted": accepted, "arms": [_json(each) for each in spoken]}
    show(result, as_json, lambda: [line for each in spoken for line in _lines(each)])


def _json(spoken: "Spoken") -> dict[str, Any]:
    answer = spoken.answer
    return {
        "arm": spoken.arm,
        "answer": answer.text,
        "model": answer.model,
        "adapter": answer.adapter,
        "quoted": spoken.quoted,
        "verdict": asdict(spoken.verdict),
        "sources": [{"number": s.number, "document": s.hit.document} for s in answer.sources],
        "citations": [
            {key: getattr(c, key) for key in ("source", "document", "page", "start", "end", "quote", "support")}
            for c in answer.citations
        ],
        "seconds": {"first_token": round(spoken.first, 3), "total": round(spoken.seconds, 3)},
        "tokens": {"prompt": answer.tokens.prompt, "answer": answer.tokens.answer},
        "trace_id": answer.trace.id,
    }


def _lines(spoken: "Spoken") -> list[str]:
    answer, verdict = spoken.answer, spoken.verdict
    told = {
        "declined": verdict.declined,
        "quotes": spoken.quoted,
        "grounded": verdict.grounded,
        "right": verdict.right,
        "wrong": verdict.right is False,
        "exact": verdict.exact,
        "rightly cited": verdict.cited,
    }
    facts = [name for name, holds in told.items() if holds]
    head = f"{spoken.arm} ({spoken.seconds:.1f} s, {answer.tokens.prompt} + {answer.tokens.answer} tokens)"
    receipts = [f"    [{c.source}] {c.document}, page {c.page}: {short(c.quote, 80)}" for c in answer.citations]
    return [f"{head}: {', '.join(facts) or 'no verdict'}", f"  {short(answer.text, 300)}", *receipts]


def _set(
    bench: "Workbench", name: str, recipe: "Recipe", adapter: str, who: "Principal", limit: int | None, as_json: bool
) -> None:
    job = bench.lab.arms.start(name, recipe, adapter, who, limit)
    follow(bench, job, answers)
    trial = job.result
    table = bench.lab.arms.table(trial.id, who)
    result = {"trial": trial.id, "set": name, **{key: values[0] for key, values in trial.axes.items()}}
    result |= {
        "planned": table.planned,
        "left_out": table.left_out,
        "arms": [
            {"arm": row.arm, "questions": row.questions, "answerable": row.answerable}
            | {key: asdict(value) for key, value in row.values.items()}
            for row in table.rows
        ],
        "differences": [asdict(difference) for difference in table.differences],
    }
    show(result, as_json, lambda: _tabled(table))


def _tabled(table: "Table") -> list[str]:
    from core.evaluation.arm_scores import MEDIANS, SHARES

    lines = [f"{table.planned} questions, {table.rows[0].answerable} answerable; means with 95% intervals"]
    lines.append(f"{'':18}" + "".join(f"{row.arm:>22}" for row in table.rows))
    for name in (*SHARES, *MEDIANS):
        digits = 0 if name in ("prompt", "answer") else 2
        cells = [row.values[name].text(digits) if name in row.values else "-" for row in table.rows]
        if set(cells) != {"-"}:
            lines.append(f"{name:18}" + "".join(f"{cell:>22}" for cell in cells))
    for each in table.differences:
        flips = f"{each.flips.gained} gained, {each.flips.lost} lost, p {each.flips.p:.3f}"
        lines.append(f"{each.arm} less {each.base}: right {each.right.text(2, sign=True)} ({flips})")
    lines += [f"left out: {count} {reason}" for reason, count in table.left_out.items()]
    return lines
