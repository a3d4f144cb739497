"""`python -m core adapters evaluate`: measure an adapter beside its base, and say whether it may be released."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.cli.following import follow
from core.cli.output import AsOption, FormerLimit, JsonOption, WorkspaceOption, limit_of, show, workbench
from core.errors import RequestError, TouchstoneError
from core.governance.principals import persona

if TYPE_CHECKING:
    from core.adapters.proof import Measure, Proof


def adapters_evaluate(
    name: Annotated[str, typer.Argument(help="The adapter's name.")],
    dataset: Annotated[str, typer.Option(help="Measure by the accepted rows of this dataset.")] = "",
    questions: Annotated[str, typer.Option(help="Measure by this question set.")] = "",
    limit: Annotated[int | None, typer.Option(help="Rows at most; 60 without it.")] = None,
    most: FormerLimit = None,
    canary: Annotated[list[str] | None, typer.Option(help="A secret that was planted in the training rows.")] = None,
    declined: Annotated[float, typer.Option(help="The most answerable questions that may be declined.")] = 0.25,
    forgetting: Annotated[float, typer.Option(help="The most general accuracy that may be lost.")] = 0.05,
    perplexity: Annotated[float, typer.Option(help="The most that perplexity may grow, as a ratio.")] = 1.5,
    exposure: Annotated[float, typer.Option(help="The most bits of exposure of a planted secret.")] = 6.0,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Measure an adapter by held-out rows, the general set and planted secrets; exits with 1 where a gate fails."""
    from core.adapters.measuring import Proving
    from core.adapters.proof import Thresholds
    from core.adapters.proof import as_json as plain

    if dataset and questions:
        raise RequestError("Name a dataset or a question set, not both.")
    rows = limit_of(limit, most, 60)
    limits = Thresholds(declined=declined, forgetting=forgetting, perplexity=perplexity, exposure=exposure)
    with workbench(workspace) as bench:
        job = bench.adapters.proof.start(
            name, persona(as_person), None, rows, canary or (), dataset=dataset, questions=questions, limits=limits
        )
        follow(bench, job, lambda now: _progress(now) if isinstance(now, Proving) else "", 5)
        if job.state != "done":
            raise TouchstoneError("The proof was cancelled.")
        proof: Proof = job.result
        body: dict[str, Any] = {**plain(proof), "passed": proof.passed}
        show(body, as_json, lambda: _lines(proof))
    if not proof.passed:
        raise typer.Exit(1)


def _progress(now: Any) -> str:
    return f"{now.doing}: {now.done} of {now.of}, about {now.left / 60:.0f} min left"


def _lines(proof: "Proof") -> list[str]:
    head = f"{'':26}{'rows':>5}  {'base':24}{'adapter':24}difference"
    lines = [f"{proof.adapter}, measured by {proof.rows_from}", head]
    lines += [_line(each) for each in proof.measures]
    lines += ["general set", *(_line(each) for each in proof.skills)]
    before, after = proof.perplexity
    lines.append(f"{'perplexity':26}{'':5}  {before:<24.2f}{after:<24.2f}× {after / before:.3f}")
    for canary in proof.canaries:
        told = "printed" if canary.printed else "not printed"
        lines.append(f"planted “{canary.text}”: exposure {canary.exposure:.1f} bits (base {canary.before:.1f}), {told}")
    for gate in proof.gates:
        measured = "not measured" if gate.measured is None else f"{gate.measured:.3f}"
        sign = "at least" if gate.at_least else "at most"
        lines.append(f"{'passed' if gate.passed else 'FAILED':8}{gate.name}: {measured}, {sign} {gate.limit:g}")
    return [*lines, *filter(None, [proof.trouble])]


def _line(each: "Measure") -> str:
    digits = 1 if each.name == "tokens" else 2
    base, adapter = each.base.text(digits), each.adapter.text(digits)
    return f"  {each.name:24}{each.rows:5}  {base:24}{adapter:24}{each.difference.text(digits, sign=True)}"
