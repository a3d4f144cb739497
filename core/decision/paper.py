"""What a report on the decision says, as titles, paragraphs, bars and tables; it knows neither HTML nor PDF.

Every number in it is followed by what it comes from: the id of a run, a trace or a check, or the word that says that it
is an assumption or a vote.
"""

from collections.abc import Sequence

from core.decision.contradictions import CAUTIONS
from core.decision.evidence import CostEvidence, Evidence, Figure, Priced
from core.decision.lens import Reason, Score
from core.decision.paper_parts import Bar, Paper, Section, Sheet
from core.decision.paper_workshop import Heard, heard_sections
from core.decision.plan import ROUTES, Step
from core.decision.questions import IN_SENTENCES, NAMES, PATHS, QUESTIONS, SKILLS
from core.decision.recommend import Recommendation, ties, to_measure
from core.decision.telling import money


def paper(found: Recommendation, evidence: Evidence, heard: Heard | None, workspace: str, made_at: str) -> Paper:
    """The report on a recommendation, with what was heard in a workshop where one was held."""
    as_of = evidence.as_of[:16].replace("T", " ")
    about = f"A report of Touchstone, {made_at}. Workspace {workspace}; evidence as of {as_of} UTC."
    if heard:
        about += f" Workshop: {heard.title}."
    cost = evidence.cost.at(found.lens.answers["cost"]) if evidence.cost else None
    sections = [
        _recommended(found),
        _steps("The plan by kind of question", "Kind of question", found.kinds),
        _steps("The plan by zone", "Zone", found.zones),
        _cost(found, cost),
        _otherwise(found),
        *(heard_sections(heard) if heard else ()),
        _points(found),
        _measured(evidence),
        *([_rests(cost)] if cost and cost.inputs else []),
        _next(found),
        _reading(),
    ]
    return Paper(f"Recommendation: {IN_SENTENCES[found.winner.path]}", about, tuple(sections))


def basis(reason: Reason) -> str:
    """Where the points of a reason come from."""
    if reason.basis == "measured" and reason.figure:
        return f"measured: {', '.join(reason.figure.refs) or 'cost model'}"
    return {
        "judged": "assumption: the table of points",
        "counted": "counted: the checklist",
        "modelled": "assumption: the cost model's prices",
    }.get(reason.basis, "measured")


def answered(found: Recommendation, key: str) -> str:
    """What the lens answers to a question, in words."""
    options = QUESTIONS[key].options
    if options:
        told = " / ".join(options[option].label for option in found.lens.options(key))
        return f"tied: {told}" if key in found.lens.tied else told
    return (
        ", ".join(skill for skill in SKILLS if skill in found.lens.skills) or "nobody"
        if key == "skills"
        else "measured"
    )


def _recommended(found: Recommendation) -> Section:
    scores = {each.path: each for each in (found.winner, found.runner_up, found.third)}
    bars = tuple(Bar(NAMES[path], scores[path].total, path == found.winner.path) for path in PATHS)
    more = f"{found.margin:.2f} more than" if not found.level else "as much as"
    lead = (
        f"{NAMES[found.winner.path]} scores {found.winner.total:.2f} of 5, {more} "
        f"{IN_SENTENCES[found.runner_up.path]} with {found.runner_up.total:.2f}; "
        f"{IN_SENTENCES[found.third.path]} has {found.third.total:.2f}. The scores are worked out below, from the "
        "weights and points of each question."
    )
    why = [
        f"{QUESTIONS[reason.question].title}: +{gain:.2f}. {reason.says} ({basis(reason)})"
        for reason, gain in found.why
    ]
    against = [
        f"Against it, {QUESTIONS[reason.question].title.lower()}: -{gain:.2f}. "
        f"{NAMES[found.runner_up.path]}: {reason.says} ({basis(reason)})"
        for reason, gain in found.against
    ]
    warned = [
        f"{'Caution' if each.rule in CAUTIONS else 'Contradiction'}: {each.says}"
        + (f" ({', '.join(each.refs)})" if each.refs else "")
        for each in found.contradictions
    ]
    tied = ties(found)
    return Section(
        "What is recommended, and why", (*((tied,) if tied else ()), lead), (*why, *against, *warned), bars=bars
    )


def _steps(title: str, of: str, steps: Sequence[Step]) -> Section:
    rows = tuple((step.of, ROUTES[step.route], step.data, step.gate) for step in steps)
    return Section(title, table=Sheet((of, "Route", "Data", "Gate"), rows, (0.2, 0.2, 0.32, 0.28)))


def _cost(found: Recommendation, cost: CostEvidence | None) -> Section:
    if cost is None:
        return Section("What it costs", (found.cost,))
    rows = tuple(
        (NAMES[path], *_totals(cost.priced.get(path)), f"{cost.monthly[path]:,.0f} {cost.currency}")
        for path in PATHS
        if path in cost.monthly
    )
    head = (f"Path, {cost.about}" if cost.about else "Path", "In all", "8 of 10 draws", "An answer", "A right answer")
    table = Sheet((*head, "A month"), rows, (0.26, 0.13, 0.22, 0.11, 0.15, 0.13))
    assumed = sum(each.basis != "measured" for each in cost.inputs)
    rests = f"{assumed} of {len(cost.inputs)} inputs are assumptions; all are listed under “What the costs rest on”."
    return Section("What it costs", (found.cost, *((rests,) if cost.inputs else ())), table=table)


def _totals(priced: Priced | None) -> tuple[str, ...]:
    if priced is None:
        return "-", "-", "-", "-"
    right = "none was right" if priced.right == 0 else "not measured"
    return (
        money(priced.total), f"{money(priced.low)} to {money(priced.high)}", money(priced.per_answer),
        money(priced.per_right) if priced.per_right is not None else right,
    )  # fmt: skip


def _rests(cost: CostEvidence) -> Section:
    """Every input of the cost model with what it rests on."""
    rows = tuple(
        (each.title, each.value, each.basis, each.told + (f" ({', '.join(each.refs)})" if each.refs else ""))
        for each in cost.inputs
    )
    said = "In brackets the range that the bands are drawn from. Prices are dated assumptions, to be replaced by yours."
    return Section(
        "What the costs rest on",
        (said,),
        table=Sheet(("Input", "Value", "Basis", "From"), rows, (0.3, 0.27, 0.12, 0.31)),
    )


def _otherwise(found: Recommendation) -> Section:
    runner_up = NAMES[found.runner_up.path]
    told = [
        found.weight_flip.says if found.weight_flip else "No change of the weights alone makes it win.",
        found.answer_flip.says if found.answer_flip else "No change of answers alone makes it win.",
    ]
    return Section(
        "What would have to be true for the runner-up to win",
        (f"{runner_up} would win with the least change of this kind, everything else as it is:",),
        tuple(told),
    )


def _points(found: Recommendation) -> Section:
    scores = {each.path: each for each in (found.winner, found.runner_up, found.third)}
    rows = [
        (
            f"{QUESTIONS[reason.question].title}: {answered(found, reason.question)}",
            f"{reason.weight:g}",
            *(_cell(scores[path], reason.question) for path in PATHS),
        )
        for reason in found.winner.reasons
    ]
    rows.append(("Score: mean of the points by their weights", "", *(f"{scores[path].total:.2f}" for path in PATHS)))
    head = ("Question and answer", "Weight", *(NAMES[path] for path in PATHS))
    said = "Weights and answers are those of whoever was asked; points are from 0 to 5."
    return Section("What the scores are made of", (said,), (), Sheet(head, tuple(rows), (0.31, 0.09, 0.2, 0.2, 0.2)))


def _cell(score: Score, key: str) -> str:
    reason = next(each for each in score.reasons if each.question == key)
    return f"{reason.points:.2f} ({basis(reason)})"


def _measured(evidence: Evidence) -> Section:
    rows = tuple(_figure(each) for each in evidence.figures())
    zones = ", ".join(f"{count} {zone}" for zone, count in evidence.zones.items())
    head = ("What", "Path", "Figure", "From")
    table = Sheet(head, (*rows, ("Documents by zone", "-", zones, "library")), (0.24, 0.18, 0.34, 0.24))
    said = "Only what was measured in this workspace, and as far as whoever made this report may see it."
    return Section("Evidence of this workspace", (said,), (), table)


def _figure(each: Figure) -> tuple[str, ...]:
    told = f"{each.text}; too few to count" if each.few else each.text
    return (
        each.title,
        NAMES[each.path] if each.path else "-",
        told,
        ", ".join(each.refs) if each.known else "not measured",
    )


def _next(found: Recommendation) -> Section:
    points = tuple(f"{what}: {command}" for command, what in to_measure(found))
    told = (
        "These figures are wanting and bear on the two best paths."
        if points
        else "Nothing that bears on it is wanting."
    )
    return Section("What to measure next", (told,), points)


def _reading() -> Section:
    return Section(
        "How to read this",
        (
            "Points marked as an assumption are a judgement, written down in one table of the software, the same for "
            "all. Points marked as measured come from this workspace and take the table's place.",
            "An id such as “trace 3f9c” opens with “python -m core traces show 3f9c” or in the Inspector; “arms” and "
            "“run” stand on the pages Adapters and Evaluate, “check” on Freshness, “policy version” on Guardrails. "
            "“library” counts the documents themselves.",
        ),
    )
