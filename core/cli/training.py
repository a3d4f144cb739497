"""`python -m core adapters train …`: trainings begun, gone on with, swept and listed from the terminal."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.cli.adapters import Name, adapters
from core.cli.following import follow
from core.cli.output import AsOption, JsonOption, WorkspaceOption, note, show, workbench
from core.errors import RequestError
from core.governance.principals import persona

if TYPE_CHECKING:
    from core.adapters.hyper import Hyper
    from core.adapters.trainings import Training
    from core.desks.training_job import Learning
    from core.desks.trainings import Estimate
    from core.jobs import Job
    from core.types import Principal
    from core.workbench import Workbench

Dataset = Annotated[str, typer.Option(help="The dataset whose accepted rows are learned.")]
HeldOut = Annotated[float, typer.Option(help="Share of the rows that is held out.")]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", help="FIELD=VALUE of a hyper-parameter, such as rank=8 or rate=5e-4.")
]


@adapters.command("train")
def adapters_train(
    name: Name,
    dataset: Dataset,
    settings_given: SetOption = None,
    held_out: HeldOut = 0.2,
    estimate: Annotated[bool, typer.Option("--estimate", help="Only say what it would take.")] = False,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Train an adapter on a dataset; Ctrl-C keeps what it has learned so far, and `resume` goes on."""
    hyper, who = _hyper(settings_given), persona(as_person)
    with workbench(workspace) as bench:
        expected = bench.adapters.training.estimate(dataset, hyper, who, held_out)
        if estimate:
            show(asdict(expected), as_json, lambda: [_expected(expected)])
            return
        note(_expected(expected))
        _follow(bench, bench.adapters.training.start(name, dataset, hyper, who, held_out), who, as_json)


@adapters.command("resume")
def adapters_resume(
    training: Annotated[str, typer.Argument(help="Id of a training, or its beginning; see `trainings`.")],
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Go on with a training that was stopped."""
    who = persona(as_person)
    with workbench(workspace) as bench:
        _follow(bench, bench.adapters.training.resume(training, who), who, as_json)


@adapters.command("sweep")
def adapters_sweep(
    prefix: Annotated[str, typer.Argument(help="What the names of its adapters begin with.")],
    dataset: Dataset,
    ranks: Annotated[str, typer.Option(help="Ranks, with commas.")] = "",
    rates: Annotated[str, typer.Option(help="Rates, with commas.")] = "",
    epochs: Annotated[str, typer.Option(help="Epochs, with commas.")] = "",
    settings_given: SetOption = None,
    held_out: HeldOut = 0.2,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Train an adapter for every combination, one after another."""
    from core.adapters.hyper import grid

    who = persona(as_person)
    numbers = [int(each) for each in _numbers("ranks", ranks)]
    hypers = grid(_hyper(settings_given), numbers, _numbers("rates", rates), _numbers("epochs", epochs))
    with workbench(workspace) as bench:
        _follow(bench, bench.adapters.training.sweep(prefix, dataset, hypers, who, held_out), who, as_json)


@adapters.command("trainings")
def adapters_trainings(
    forget: Annotated[str, typer.Option(help="Id of a training to forget; its adapter stays.")] = "",
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """List the trainings, newest first."""
    who = persona(as_person)
    with workbench(workspace) as bench:
        if forget:
            bench.adapters.training.remove(forget, who)
        held = bench.adapters.training.all(who)
    rows = [_row(each) for each in held]
    show({"trainings": rows}, as_json, lambda: [_line(each) for each in held] or ["Nothing was trained yet."])


def _follow(bench: "Workbench", job: "Job", who: "Principal", as_json: bool) -> None:
    """Show a training's curve until it is over; Ctrl-C stops it with a checkpoint."""
    from core.desks.training_job import Learning

    def line(now: object) -> str:
        return _step(now) if isinstance(now, Learning) and now.curve.points else ""

    follow(bench, job, line, 0.5)
    rows = [_row(each) for each in bench.adapters.training.all(who) if each.began_at and each.state == "done"]
    show({"told": job.result, "trainings": rows}, as_json, lambda: [str(job.result)])


def _step(now: "Learning") -> str:
    last = now.curve.points[-1]
    looked = "" if last.held_out is None else f", held out {last.held_out:.3f}"
    left = "" if now.seconds_left is None else f", {now.seconds_left / 60:.0f} min left"
    pace = f"{now.curve.per_second:.0f} tokens/s{left}"
    return f"{now.name}: step {last.step} of {now.curve.steps}, loss {last.loss:.3f}{looked}, {pace}"


def _hyper(given: list[str] | None) -> "Hyper":
    """The hyper-parameters with what was given as FIELD=VALUE; raises RequestError."""
    from core.adapters.hyper import Hyper
    from core.cli.questions import changes

    kinds = {name: type(value) for name, value in asdict(Hyper()).items()}
    values: dict[str, Any] = {}
    for field, text in changes(given).items():
        if field not in kinds:
            raise RequestError(f"There is no hyper-parameter '{field}'; there are {', '.join(kinds)}.")
        try:
            values[field] = tuple(text.split(",")) if kinds[field] is tuple else kinds[field](text)
        except ValueError as error:
            raise RequestError(f"{field} is '{text}'; it must be a number.") from error
    if "rank" in values and "alpha" not in values:
        values["alpha"] = 2 * values["rank"]
    return Hyper(**values)


def _numbers(name: str, text: str) -> list[float]:
    try:
        return [float(each) for each in text.split(",") if each.strip()]
    except ValueError as error:
        raise RequestError(f"{name} is '{text}'; it must be numbers with commas between them.") from error


def _expected(expected: "Estimate") -> str:
    low, high = (max(1, round(seconds / 60)) for seconds in expected.seconds)
    minutes = f"about {high} min" if low == high else f"{low} to {high} min"
    basis = "at the pace of earlier trainings here" if expected.measured else "on a usual laptop"
    return (
        f"{expected.rows} rows, {expected.held_out} held out, {expected.steps} steps, {expected.tokens:,} tokens: "
        f"{minutes} {basis}, {expected.megabytes:,} MB of memory"
    )


def _row(training: "Training") -> dict[str, Any]:
    body = asdict(training)
    body["curve"] = asdict(training.curve)
    return body | {"held_out_loss": training.best, "tokens_per_second": round(training.curve.per_second, 1)}


def _line(training: "Training") -> str:
    best = "" if training.best is None else f"held out {training.best:.3f}"
    told = f"{training.curve.done} of {training.curve.steps} steps" if training.curve.steps else ""
    tail = "  ".join(filter(None, [training.hyper.short, told, best, training.error]))
    return f"{training.id[:8]}  {training.name:24}{training.state:12}{training.dataset:16}{tail}"
