"""`python -m core router …`: learn which questions need a search, see what was learned, prove it, set zone rules."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.cli.following import answers, follow
from core.cli.output import AsOption, JsonOption, WorkspaceOption, show, workbench
from core.errors import RequestError, TouchstoneError
from core.governance.principals import persona
from core.types import ZONES, Principal, Recipe

if TYPE_CHECKING:
    from core.desks.routing import Learned
    from core.jobs import Job
    from core.route_proof import Proof
    from core.workbench import Workbench

router = typer.Typer(no_args_is_help=True, help="The route of each question: learned, proved, ruled by zone.")

SetArgument = Annotated[str, typer.Argument(metavar="SET", help="A question set with accepted answers.")]
AloneOption = Annotated[str, typer.Option("--adapter", help="The adapter that answers without sources.")]
ReaderOption = Annotated[str | None, typer.Option("--reader", help="The adapter that reads sources; none without it.")]
RecipeOption = Annotated[str, typer.Option("--recipe", help="The recipe that finds passages.")]
LimitOption = Annotated[int | None, typer.Option(help="N questions only, evenly spread over the set.")]


@router.command("train")
def train(
    set_name: SetArgument,
    adapter: AloneOption = "",
    reader: ReaderOption = None,
    recipe_name: RecipeOption = "default",
    limit: LimitOption = None,
    as_person: AsOption = "administrator",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask every route a set, and learn from half of it which is right when."""
    who = persona(as_person)
    with workbench(workspace) as bench:
        recipe = _recipe(bench, recipe_name, adapter, reader, who)
        learned: Learned = _waited(bench, bench.routing.start_training(set_name, recipe, who, limit))
        show(asdict(learned), as_json, lambda: _lines(learned))


@router.command("show")
def show_learned(
    as_person: AsOption = "administrator", workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """List what was learned, with the proof of each, and the zone rules."""
    who = persona(as_person)
    with workbench(workspace) as bench:
        learned, rules = bench.routing.show(who), dict(bench.routing.rules(who).zones)
    told = [f"{zone}: {rule}" for zone, rule in rules.items()]
    without = ["Nothing was learned yet; the stated rule decides. Train with `router train`."]
    show(
        {"rules": rules, "models": [asdict(each) for each in learned]},
        as_json,
        lambda: [*told, *([line for each in learned for line in _lines(each)] or without)],
    )


@router.command("prove")
def prove(
    set_name: SetArgument,
    adapter: AloneOption = "",
    reader: ReaderOption = None,
    recipe_name: RecipeOption = "default",
    limit: LimitOption = None,
    as_person: AsOption = "administrator",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure the router on questions that it did not learn from; exits with 1 where it does not reach its goal."""
    from core.route_proof import as_json as plain

    who = persona(as_person)
    with workbench(workspace) as bench:
        recipe = _recipe(bench, recipe_name, adapter, reader, who)
        proof: Proof = _waited(bench, bench.routing.start_proof(set_name, recipe, who, limit))
    show(plain(proof), as_json, lambda: proof_lines(proof))
    if not proof.won:
        raise typer.Exit(1)


@router.command("rule")
def rule(
    zone: Annotated[str, typer.Argument(metavar="ZONE", help=", ".join(ZONES))],
    means: Annotated[str, typer.Argument(metavar="RULE", help="any, adapter only or retrieval only")],
    as_person: AsOption = "administrator",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say which routes the matters of a zone may take."""
    from core.answering.routing_rules import as_json as plain
    from core.answering.routing_rules import from_json

    who = persona(as_person)
    if zone not in ZONES:
        raise RequestError(f"There is no zone '{zone}'; choose {', '.join(ZONES)}.")
    with workbench(workspace) as bench:
        made = from_json(plain(bench.routing.rules(who)) | {zone: means})
        bench.routing.set_rules(made, who)
    show(plain(made), as_json, lambda: [f"{each}: {rule}" for each, rule in made.zones.items()])


def _recipe(bench: "Workbench", name: str, adapter: str, reader: str | None, who: Principal) -> Recipe:
    """The recipe that routes between these adapters; raises RequestError where none is named."""
    if not adapter:
        raise RequestError("Name an adapter with --adapter; `adapters list` shows them.")
    return bench.routing.recipe(bench.recipes.get(name), adapter, reader, who)


def _waited(bench: "Workbench", job: "Job") -> Any:
    """The result of a job, its progress told on the way; raises what made it fail."""
    follow(bench, job, answers)
    if job.state != "done":
        raise TouchstoneError("It was cancelled; what was asked is kept.")
    return job.result


def _lines(learned: "Learned") -> list[str]:
    of = learned.manifest
    names = ", ".join(f"{way} by {name or 'no adapter'}" for way, name in of["adapters"].items())
    lines = [f"{learned.key}  {of['questions']} questions of {of['set']}, {of['at']}: {names}"]
    for way, (loss, base) in learned.losses.items():
        ms = f"{learned.ms[way]:>7,.0f} ms" if way in learned.ms else f"{'':>10}"
        share = of.get("right", {}).get(way)
        ms += f"{share:>6.0%} right" if share is not None else f"{'':>12}"
        strongest = sorted(learned.slopes[way].items(), key=lambda item: -abs(item[1]))[:3]
        told = ", ".join(f"{name} {slope:+.2f}" for name, slope in strongest if slope)
        lines.append(f"  {way:15}{ms}  log loss {loss:.3f} against {base:.3f}  {told or 'the mean alone'}")
    lines.append(f"  a slower route is taken where it is likelier right by more than {learned.worth:.0%}")
    return [*lines, f"  {learned.proof['told']}" if learned.proof else "  Not proved yet; see `router prove`."]


def proof_lines(proof: "Proof") -> list[str]:
    """The table of a proof, for a person."""
    lines = [f"{proof.questions} questions that it did not learn from; means and medians with 95% intervals"]
    heads = f"{'right':>20}{'median ms':>26}{'mean ms':>10}{'tokens':>8}{'regret':>8}"
    lines.append(f"{'':15}{'budget':>10}{heads}  answered by")
    for each in proof.points:
        budget = f"{each.budget_ms:,} ms" if each.budget_ms else "none" if each.policy == "router" else ""
        went = ", ".join(f"{way} {share:.0%}" for way, share in each.shares.items())
        lines.append(
            f"{each.policy.removeprefix('always '):15}{budget:>10}{each.right.text(2):>20}{each.ms.text(0):>26}"
            f"{each.mean_ms:>10,.0f}{each.tokens.mean:>8,.0f}{each.regret:>8.2f}  {went}"
        )
    told = ", ".join(f"{each.confidence:.2f}: {each.right:.2f}" for each in proof.bins)
    lines.append(f"confidence: share right   {told}   (Brier {proof.brier:.3f})")
    lines.append(f"zone rules broken under strict rules: {proof.broken}")
    return [*lines, proof.told]
