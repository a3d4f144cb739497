"""`python -m core decide cost`: what retrieval, an adapter and both cost, and from which volume on which is less."""

from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from core.cli.decide import Chosen, lens_of
from core.cli.output import AsOption, JsonOption, WorkspaceOption, show, workbench
from core.errors import RequestError
from core.governance.principals import persona

if TYPE_CHECKING:
    from core.decision.cost import Bill, Line
    from core.decision.money import Figure
    from core.desks.costs import Costs


def decide_cost(
    context: typer.Context,
    volume: Annotated[float | None, typer.Option(help="Requests a month at the start.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="NAME=VALUE of an input, as often as needed; a unit may follow.")
    ] = None,
    horizon: Annotated[int, typer.Option(help="Months.")] = 24,
    serving: Annotated[str, typer.Option(help="hosted: tokens are paid for; own: hours of a machine are.")] = "hosted",
    tiers: Annotated[
        list[str] | None,
        typer.Option("--tier", help="DOLLARS=SHARE that a host takes off what lies above so many dollars a month."),
    ] = None,
    inputs: Annotated[bool, typer.Option("--inputs", help="List every input with its source too.")] = False,
    as_person: AsOption = "administrator",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare total cost of ownership, break-even volumes with their bands, and cost per right answer.

    The answer to the cost shape says how many requests a month there are, unless --volume does.
    """
    from core.decision.scenario import Setting, parsed
    from core.decision.terms import Serving

    if serving not in get_args(Serving):
        raise RequestError(f"A model is served {' or '.join(get_args(Serving))}, not '{serving}'.")
    chosen: Chosen = context.obj
    given = {setting.name: setting for setting in map(parsed, [*chosen.settings, *(settings or [])])}
    if volume is not None:
        given["requests"] = Setting("requests", volume)
    who = persona(as_person)
    with workbench(workspace) as bench:
        desk = bench.decision.cost
        answer, *tied = lens_of(chosen).options("cost")
        asked = "" if tied else answer
        scenario = desk.scenario(who, given, horizon, serving, _tiers(tiers), answer=asked)  # type: ignore[arg-type]
        found = desk.costs(scenario, who)
    show(body(found), as_json, lambda: _lines(found, inputs))


def _tiers(given: list[str] | None) -> tuple[tuple[float, float], ...] | None:
    """The steps of a discount, ascending from 0; None for the usual ones."""
    if not given:
        return None
    try:
        steps = {float(begin): float(off) for begin, off in (each.split("=") for each in given)}
    except ValueError:
        raise RequestError("A tier is written as DOLLARS=SHARE, such as 10000=0.05.") from None
    return tuple(sorted(({0.0: 0.0} | steps).items()))


def body(found: "Costs") -> dict[str, Any]:
    """All of it as plain values."""
    scenario = found.scenario
    return {
        "horizon_months": scenario.horizon,
        "serving": scenario.serving,
        "discount_tiers": [list(tier) for tier in scenario.tiers],
        "paths": [
            {
                "path": bill.path,
                "total": bill.total,
                "low": found.spreads[bill.path].low,
                "high": found.spreads[bill.path].high,
                "per_answer": bill.per_answer,
                "per_right_answer": bill.per_right_answer,
                "lines": _line_json(bill.line),
            }
            for bill in found.bills
        ],
        "break_even": [
            {
                "between": list(each.pair),
                "cheaper_at_first": each.cheaper,
                "crossings": [
                    {"requests_a_month": crossing.requests, "cheaper_above": crossing.cheaper_above}
                    for crossing in each.crossings
                ],
                "band": None if each.low is None else [each.low, each.median, each.high],
                "turns_to": each.turns_to,
                "share_of_draws": each.share,
                "share_without": {"cheaper_at_first": each.never, "the_other": each.other_way},
            }
            for each in found.break_evens
        ],
        "tornado": [{"input": s.name, "at_low": s.at_low, "at_high": s.at_high} for s in found.tornado],
        "inputs": {name: _figure_json(figure) for name, figure in scenario.figures.items()},
        "unmeasured": {each.held.name: each.held.measured_by for each in found.unmeasured},
    }


def _line_json(line: "Line") -> dict[str, Any]:
    found: dict[str, Any] = {"title": line.title, "amount": line.amount, "words": line.words}
    if line.inputs:
        found["inputs"] = [name for name, _ in line.inputs]
    if line.lines:
        found["lines"] = [_line_json(each) for each in line.lines]
    return found


def _figure_json(figure: "Figure") -> dict[str, Any]:
    source = figure.source
    return {
        "value": figure.value,
        "unit": figure.unit,
        "low": figure.low,
        "high": figure.high,
        "source": {"kind": source.kind, "at": source.at, "told": source.told, "runs": list(source.runs)},
    }


def _lines(found: "Costs", inputs: bool) -> list[str]:
    from core.decision.prices import CALLED, IN_SENTENCES, INPUTS
    from core.decision.telling import told
    from core.decision.terms import PARTS

    scenario = found.scenario
    requests = scenario.figures["requests"].to("request/month").value
    served = "tokens of a hosted model" if scenario.serving == "hosted" else "hours of a machine of one's own"
    lines = [f"{scenario.horizon} months, {requests:,.0f} requests a month at the start, {served}; dollars of today"]
    lines.append(f"{'':26}" + "".join(f" {CALLED[bill.path]:>23}" for bill in found.bills))
    for part in PARTS:
        amounts = [sum(line.amount for line in bill.line.lines if line.title == part) for bill in found.bills]
        lines.append(_row(part, [f"{amount:,.0f}" for amount in amounts]))
    lines.append(_row("Total", [f"{bill.total:,.0f}" for bill in found.bills]))
    bands = [found.spreads[bill.path] for bill in found.bills]
    lines.append(_row("  8 of 10 draws within", [f"{band.low:,.0f}–{band.high:,.0f}" for band in bands]))
    lines.append(_row("Per answer", [f"{bill.per_answer:.4f}" for bill in found.bills]))
    lines.append(
        _row("Share that is right", [f"{b.right.value:.2f}" if b.right else "not measured" for b in found.bills])
    )
    lines.append(_row("Per right answer", [_per_right(bill) for bill in found.bills]))
    lines += ["", *(told(each) for each in found.break_evens), ""]
    one, other = found.pair
    lines.append(f"What moves {IN_SENTENCES[one]} less {IN_SENTENCES[other]} most (at the low end, at the high end):")
    lines += [f"  {INPUTS[s.name].title:56}{s.at_low:>12,.0f}{s.at_high:>12,.0f}" for s in found.tornado[:6]]
    measured = sum(figure.measured for figure in scenario.figures.values())
    lines += [
        "",
        f"{measured} of {len(scenario.figures)} inputs were measured here; the others are assumptions (--inputs).",
    ]
    if inputs:
        lines += [_input(name, figure) for name, figure in scenario.figures.items()]
    for command in dict.fromkeys(each.held.measured_by for each in found.unmeasured):
        named = [each.held.name for each in found.unmeasured if each.held.measured_by == command]
        lines.append(f"not measured: {', '.join(named)}; `{command}` measures it")
    return lines


def _row(title: str, cells: list[str]) -> str:
    return f"{title:26}" + "".join(f" {cell:>23}" for cell in cells)


def _per_right(bill: "Bill") -> str:
    if bill.right is None:
        return "not measured"
    return "none is right" if bill.per_right_answer is None else f"{bill.per_right_answer:.4f}"


def _input(name: str, figure: "Figure") -> str:
    from core.decision.scenario import number

    source = figure.source
    runs = f" ({', '.join(source.runs)})" if source.runs else ""
    return f"  {name:26}{number(figure.value):>14} {figure.unit:24}{source.kind} {source.at}: {source.told}{runs}"
