"""`python -m core eval`: a question set answered by recipes, told as a table, JSON, JUnit and an exit status."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.cli.following import answers, follow
from core.cli.output import AsOption, JsonOption, WorkspaceOption, note, read_text, show, workbench, writable, written
from core.errors import RequestError
from core.governance.principals import persona
from core.jobs import Job

if TYPE_CHECKING:
    from core.evaluation.answer_scores import Prices
    from core.evaluation.gates import Gates
    from core.evaluation.trials import Trial
    from core.evaluation.verdicts import Told
    from core.lab.ran import Row
    from core.types import Principal
    from core.workbench import Workbench

Baseline = dict[str, dict[str, tuple[str, bool]]]
"""By recipe and question, the hash of the question's form and whether it was dealt with rightly."""


def evaluate(
    name: Annotated[str, typer.Argument(metavar="SET", help="A question set that `questions list` shows.")],
    recipes: Annotated[str, typer.Option(help="Names, separated by commas.")] = "extractive",
    limit: Annotated[int | None, typer.Option(help="N questions only, evenly spread over the set.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write the table as an HTML file that stands alone.")] = None,
    junit: Annotated[Path | None, typer.Option(help="Write the verdicts as JUnit XML.")] = None,
    gates: Annotated[
        Path | None, typer.Option(help=r"Thresholds, a TOML file with \[eval] and \[eval.RECIPE].")
    ] = None,
    baseline: Annotated[Path | None, typer.Option(help="What --json printed before; see `regressed`.")] = None,
    judge: Annotated[str, typer.Option(help="A model that grades too: openai:MODEL@URL.")] = "",
    price: Annotated[str, typer.Option(help="READ,WRITTEN a million tokens: an assumption, for assumed_cost.")] = "",
    resume: Annotated[str, typer.Option(help="Go on with this interrupted evaluation of the set.")] = "",
    as_person: AsOption = "administrator",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    r"""Answer a question set with recipes, and judge the answers.

    Gates hold for the mean of a measure, such as min_right = 0.6 or max_p95_ms = 4000, or for a count of questions:
    max_wrong, and max_regressed against the --baseline, or else against the recipe's last run on the set in the
    workspace. What was not measured does not pass. \[eval] is for every recipe, \[eval.RECIPE] overrides it for one.

    Exit status: 0 every gate is kept, or there is none; 1 a gate is broken; 2 the request was wrong.

    JUnit has one case for each gate, and one for each question. A question fails only where a broken gate counts it
    (wrong, regressed); one that is wrong and that no gate asks for is skipped, with a message. So the report is red
    exactly when the exit status is 1.
    """
    from core.evaluation.gates import read_gates
    from core.evaluation.junit import write_junit
    from core.evaluation.report import page_of
    from core.evaluation.verdicts import cases, check_tables

    names = list(dict.fromkeys(part.strip() for part in recipes.split(",") if part.strip()))
    writable(junit, html)
    limits: Gates = read_gates(gates) if gates else {}
    before, prices, who = _baseline(baseline), _prices(price), persona(as_person)
    with workbench(workspace) as bench:
        if resume:
            names = list(_resumed(bench, resume, name, who).axes["names"])
        if gates:
            check_tables(limits, names)
        lab = bench.lab.answers
        job = lab.resume(resume, who) if resume else lab.start(name, names, who, limit, judge)
        _wait(bench, job)
        rows = bench.lab.answers.rows(job.result.id, who, prices)
        told = [_told(bench, row, who, before, limits) for row in rows]
        results = {row.ran.name: bench.lab.answers.results(row.ran.run.id, who) for row in rows}
        texts = {key: question.text for key, question in bench.lab.answers.questions(name, who).items()}
    if junit:
        found = [case for each in told for case in cases(each, results[each.recipe], texts)]
        write_junit(junit, found, f"touchstone eval {name}")
        note(f"wrote {junit}")
    if html:
        written(page_of(f"Answers on {name}", rows), html)
    passed = all(each.passed for each in told)
    result = {
        "evaluation": job.result.id,
        "set": name,
        "set_hash": rows[0].ran.run.set_hash,
        "code": rows[0].ran.run.code,
        "revision": rows[0].ran.run.revision,
        "corpus": rows[0].ran.run.corpus,
        "planned": rows[0].ran.run.planned,
        "left_out": dict(rows[0].ran.run.left_out),
        "passed": passed,
        "recipes": [_json(row, each, results[each.recipe]) for row, each in zip(rows, told, strict=True)],
    }
    show(result, as_json, lambda: _lines(rows, told))
    if not passed:
        raise typer.Exit(1)


def _resumed(bench: "Workbench", trial_id: str, name: str, who: "Principal") -> "Trial":
    trial = bench.lab.answers.get(trial_id, who)
    if trial.set_name != name:
        raise RequestError(f"The evaluation '{trial_id}' is of the set '{trial.set_name}', not of '{name}'.")
    return trial


def _wait(bench: "Workbench", job: Job) -> None:
    """Tell the progress until the job is over; raises what made it fail."""
    try:
        follow(bench, job, _progress)
    except KeyboardInterrupt:
        job.cancel()
        bench.jobs.wait(job, 60)
        note("what was answered is kept; --resume goes on with it, under the id that the page Evaluate shows.")
        raise


def _progress(now: Any) -> str:
    if hasattr(now, "documents"):
        return f"indexing for {now.recipe}: {now.done} of {now.documents} documents"
    return answers(now)


def _told(bench: "Workbench", row: "Row", who: "Principal", before: Baseline | None, gates: "Gates") -> "Told":
    from core.evaluation.verdicts import rights, tell
    from core.lab.ran import before as earlier_of

    ran = row.ran
    results = bench.lab.answers.results(ran.run.id, who)
    if before is not None:
        return tell(ran.name, results, row.values, before.get(ran.name), gates)
    earlier = earlier_of(ran, bench.lab.answers.ran(who))
    known = rights(bench.lab.answers.results(earlier.run.id, who)) if earlier else None
    return tell(ran.name, results, row.values, known, gates)


def _baseline(file: Path | None) -> Baseline | None:
    """What an earlier `eval --json` said of each question; raises RequestError where the file is no such thing."""
    if file is None:
        return None
    try:
        body = json.loads(read_text(file))
        return {
            each["recipe"]: {q["id"]: (str(q["hash"]), bool(q["right"])) for q in each["questions"] if "right" in q}
            for each in body["recipes"]
        }
    except (ValueError, KeyError, TypeError) as error:
        raise RequestError(f"'{file}' is not what `eval --json` prints.") from error


def _prices(text: str) -> "Prices | None":
    from core.evaluation.answer_scores import Prices

    if not text:
        return None
    try:
        read, written = (float(part) for part in text.split(","))
    except ValueError as error:
        raise RequestError(f"'{text}' is no price: give two numbers, READ,WRITTEN a million tokens.") from error
    return Prices(read, written)


def _json(row: "Row", told: "Told", results: "list[Any]") -> dict[str, Any]:
    recipe = row.ran.run.recipe
    return {
        "recipe": told.recipe,
        "hash": recipe.hash,
        "model": recipe.generation.model if recipe.generation.answerer == "local" else "extractive",
        "adapter": recipe.generation.adapter,
        "run": row.ran.run.id,
        "asked": len(results),
        "measures": {name: asdict(value) for name, value in told.values.items()},
        "wrong": list(told.wrong),
        "regressed": None if told.regressed is None else list(told.regressed),
        "gates": [
            {
                "gate": f"{gate.threshold.bound}_{gate.threshold.measure}",
                "value": gate.threshold.value,
                "measured": gate.measured,
                "passed": gate.passed,
            }
            for gate in told.gates
        ],
        "questions": [
            {"id": r.question, "hash": r.hash, "trace_id": r.trace}
            | ({"right": bool(r.values["overall"])} if "overall" in r.values else {})
            for r in results
        ],
    }


def _lines(rows: "list[Row]", told: "list[Told]") -> list[str]:
    """A table with a column for each recipe, then the gates."""
    from core.evaluation.measures import MEASURES

    run = rows[0].ran.run
    lines = [f"{run.planned} questions; means with 95% intervals over questions"]
    lines.append(f"{'':26}" + "".join(f"{each.recipe:>24}" for each in told))
    for name, measure in MEASURES.items():
        digits = {"share": 2, "ms": 0, "tokens": 0, "money": 4}[measure.unit]
        cells = [each.values[name].text(digits) if name in each.values else "–" for each in told]
        if set(cells) != {"–"}:
            lines.append(f"{name:26}" + "".join(f"{cell:>24}" for cell in cells))
    for each in told:
        known = "no earlier run to compare with" if each.regressed is None else f"{len(each.regressed)} regressed"
        lines.append(f"{each.recipe}: {len(each.wrong)} wrong, {known}")
        lines += [f"  {'passed' if gate.passed else 'BROKEN'}: {gate.sentence}" for gate in each.gates]
    return lines + [f"left out: {count} {reason}" for reason, count in run.left_out.items()]
