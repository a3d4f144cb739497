"""`python -m core decide …`: which path to take, by answers, weights and what was measured; it opens no workshop."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from core.cli.output import AsOption, JsonOption, WorkspaceOption, note, read, show, workbench, writable
from core.errors import NotFound, RequestError
from core.governance.principals import persona

if TYPE_CHECKING:
    from core.decision.evidence import Evidence
    from core.decision.lens import Lens
    from core.decision.recommend import Recommendation
    from core.types import Principal
    from core.workbench import Workbench

decide = typer.Typer(no_args_is_help=True, help="Retrieval, an adapter, or both: by answers, weights and measurements.")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the options of `decide` say, for each of its commands."""

    archetype: str
    lens: Path | None
    answers: tuple[str, ...]
    weights: tuple[str, ...]
    skills: str | None
    leaning: str
    settings: tuple[str, ...]

    @property
    def asks_nothing(self) -> bool:
        """Whether no lens is said."""
        return not any((self.archetype, self.lens, self.answers, self.weights, self.leaning)) and self.skills is None


@decide.callback()
def decide_options(
    context: typer.Context,
    archetype: Annotated[str, typer.Option(help="Begin from one; `decide archetypes` shows them.")] = "",
    lens: Annotated[
        Path | None, typer.Option(help="Begin from a file with a lens, as `show --json` prints it.")
    ] = None,
    answer: Annotated[list[str] | None, typer.Option(help="QUESTION=ANSWER, as change=daily; repeatable.")] = None,
    weight: Annotated[list[str] | None, typer.Option(help="QUESTION=0…5, as change=5; repeatable.")] = None,
    skills: Annotated[str | None, typer.Option(help="Skills on the team, with commas: search,prompts,…")] = None,
    leaning: Annotated[str, typer.Option(help="The path that is leaned to: retrieval, adapter or blend.")] = "",
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="An input of the cost model, as price_in=0.4; repeatable.")
    ] = None,
) -> None:
    """Answer and weigh; what is not said stays as it is in the middle, or in the archetype."""
    context.obj = Chosen(
        archetype, lens, tuple(answer or ()), tuple(weight or ()), skills, leaning, tuple(setting or ())
    )


@decide.command("archetypes")
def decide_archetypes(as_json: JsonOption = False) -> None:
    """List the situations to begin from, and every question with its answers."""
    from core.decision.archetypes import ARCHETYPES
    from core.decision.questions import QUESTIONS, SKILLS

    result = {
        "archetypes": {name: {"title": each.title, "tells": each.tells} for name, each in ARCHETYPES.items()},
        "questions": {
            key: {"title": each.title, "answers": {option: held.label for option, held in each.options.items()}}
            for key, each in QUESTIONS.items()
        },
        "skills": dict(SKILLS),
    }
    show(
        result,
        as_json,
        lambda: [
            *(f"{name:14}{each.title}: {each.tells}" for name, each in ARCHETYPES.items()),
            *(f"{key:14}{each.title}: {', '.join(each.options) or 'a weight only'}" for key, each in QUESTIONS.items()),
        ],
    )


@decide.command("show")
def decide_show(
    context: typer.Context,
    as_person: AsOption = "administrator",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the recommendation with its reasons, the evidence and what would change it."""
    who, lens = persona(as_person), lens_of(context.obj)
    with workbench(workspace) as bench:
        evidence = _evidence(bench, context.obj, who)
        found = bench.decision.recommend(lens, who, evidence)
    result = as_result(found) | {"evidence": [asdict(each) for each in evidence.figures()], "zones": evidence.zones}
    show(result, as_json, lambda: _lines(found))


@decide.command("report")
def decide_report(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", help="A file that ends in .html or .pdf.")],
    workshop: Annotated[str, typer.Option(help="Id of a workshop: its votes stand in the report.")] = "",
    as_person: AsOption = "administrator",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the decision for a board, as HTML or PDF; with --workshop and no lens by the lens of the group."""
    form = out.suffix.lower().lstrip(".")
    if form not in ("html", "pdf"):
        raise RequestError(f"'{out.name}' must end in .html or .pdf.")
    writable(out)
    who, chosen = persona(as_person), context.obj
    with workbench(workspace) as bench:
        lens = lens_of(chosen)
        if workshop and chosen.asks_nothing:
            tally = bench.decision.standing(workshop, who).tally
            if tally is None:
                raise RequestError("Nobody has voted in this workshop yet; give a lens, or let somebody vote.")
            lens = tally.group
        evidence = _evidence(bench, chosen, who)
        content = bench.decision.report(lens, form, who, workshop, evidence)  # type: ignore[arg-type]
    try:
        out.write_bytes(content)
    except OSError as error:
        raise RequestError(f"'{out}' cannot be written: {error.strerror}.") from error
    note(f"wrote {out}")
    if as_json:
        show({"file": str(out), "bytes": len(content)}, True, list)


@decide.command("workshops")
def decide_workshops(
    as_person: AsOption = "administrator", workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """List the workshops, newest first, with their votes."""
    who = persona(as_person)
    with workbench(workspace) as bench:
        held = [bench.decision.standing(each.id, who) for each in bench.decision.workshops(who)]
    rows = [asdict(each.workshop) | {"votes": len(each.votes)} for each in held]
    show(
        {"workshops": rows},
        as_json,
        lambda: [f"{row['id']}  {row['votes']:>4} votes  {row['title']}" for row in rows] or ["There is no workshop."],
    )


def as_result(found: "Recommendation") -> dict[str, Any]:
    """The recommendation as JSON values."""
    from core.decision.lens import as_json

    def scored(path: Any) -> dict[str, Any]:
        return {"path": path.path, "score": round(path.total, 4), "reasons": [asdict(each) for each in path.reasons]}

    def flip(each: Any) -> dict[str, Any] | None:
        return {"says": each.says, "lens": as_json(each.lens)} if each else None

    return {
        "lens": as_json(found.lens),
        "winner": scored(found.winner),
        "runner_up": scored(found.runner_up),
        "third": scored(found.third),
        "margin": round(found.margin, 4),
        "why": [{"question": reason.question, "gain": round(gain, 4)} for reason, gain in found.why],
        "would_flip": {"weights": flip(found.weight_flip), "answers": flip(found.answer_flip)},
        "plan": {"kinds": [asdict(each) for each in found.kinds], "zones": [asdict(each) for each in found.zones]},
        "contradictions": [asdict(each) for each in found.contradictions],
        "measure_next": [asdict(each) for each in found.measure_next],
        "cost": found.cost,
    }


def _evidence(bench: "Workbench", chosen: Chosen, who: "Principal") -> "Evidence":
    """What was measured, with the costs of the settings where there are any."""
    from core.decision.scenario import parsed

    if not chosen.settings:
        return bench.decision.evidence(who)
    settings = {made.name: made for made in map(parsed, chosen.settings)}
    desk = bench.decision.cost
    return bench.decision.evidence(who, desk.evidence(who, desk.scenario(who, settings)))


def lens_of(chosen: Chosen) -> "Lens":
    """The lens of the options; raises RequestError, NotFound."""
    from core.decision.archetypes import ARCHETYPES
    from core.decision.lens import Lens, from_json

    if chosen.archetype and chosen.lens:
        raise RequestError("Begin from --archetype or from --lens, not from both.")
    if chosen.archetype and chosen.archetype not in ARCHETYPES:
        raise NotFound(f"There is no archetype '{chosen.archetype}'; choose {', '.join(ARCHETYPES)}.")
    begun = ARCHETYPES[chosen.archetype].lens if chosen.archetype else Lens()
    if chosen.lens:
        try:
            held = json.loads(read(chosen.lens))
        except ValueError:
            raise RequestError(f"'{chosen.lens}' is no JSON.") from None
        body = held.get("lens", held) if isinstance(held, dict) else {}
        begun = from_json(cast("dict[str, Any]", body))
    changes: dict[str, Any] = {
        "answers": {**begun.answers, **dict(map(_pair, chosen.answers))},
        "weights": {**begun.weights, **{key: _number(key, value) for key, value in map(_pair, chosen.weights)}},
    }
    if chosen.skills is not None:
        changes["skills"] = frozenset(each.strip() for each in chosen.skills.split(",") if each.strip())
    if chosen.leaning:
        changes["leaning"] = chosen.leaning
    return replace(begun, **changes)


def _pair(text: str) -> tuple[str, str]:
    from core.decision.questions import QUESTIONS

    key, equals, value = text.partition("=")
    if not equals:
        raise RequestError(f"'{text}' is not of the form QUESTION=VALUE; the questions are {', '.join(QUESTIONS)}.")
    if key not in QUESTIONS:
        raise RequestError(f"There is no question '{key}'; the questions are {', '.join(QUESTIONS)}.")
    return key, value


def _number(key: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise RequestError(f"The weight of {key} is '{value}', which is no number.") from None


def _lines(found: "Recommendation") -> list[str]:
    from core.decision.paper import basis
    from core.decision.plan import ROUTES
    from core.decision.questions import NAMES, QUESTIONS
    from core.decision.recommend import ties, to_measure

    scores = [found.winner, found.runner_up, found.third]
    lines = ["   ".join(f"{NAMES[each.path]} {each.total:.2f}" for each in scores)]
    lines += filter(None, [ties(found)])
    lines += [
        f"+ {QUESTIONS[reason.question].title} {gain:+.2f}: {reason.says} ({basis(reason)})"
        for reason, gain in found.why
    ]
    lines += [f"! {each.says}" for each in found.contradictions]
    lines += [f"  {step.of}: {ROUTES[step.route]}" for step in (*found.kinds, *found.zones)]
    flips = [flip.says for flip in (found.weight_flip, found.answer_flip) if flip]
    lines += [f"{NAMES[found.runner_up.path]} instead: {each}" for each in flips]
    lines += [f"? {what}: {command}" for command, what in to_measure(found)]
    return [*lines, found.cost]
