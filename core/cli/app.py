"""`python -m core …`: the same core without a browser; it parses arguments, prints results and sets the exit status.

Exit status: 0 done, 1 the work ran and the verdict is bad, 2 the request was wrong, 3 the workspace is in use. With
--json standard output is one JSON document (one line for each question with --batch); all else goes to standard error.
"""

import json
import sys
from dataclasses import asdict
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from core.cli import training  # noqa: F401 - its commands join those of adapters
from core.cli.access import access
from core.cli.adapters import adapters
from core.cli.arms import arms
from core.cli.audit import audit
from core.cli.chunks import chunks
from core.cli.cost import decide_cost
from core.cli.datasets import datasets
from core.cli.decide import decide
from core.cli.eval import evaluate
from core.cli.forget import forget, receipts, retention
from core.cli.freshness import facts, freshness
from core.cli.guardrails import guardrails
from core.cli.index import index
from core.cli.library import chunk, documents, ingest
from core.cli.output import JsonOption, note, settings, show
from core.cli.proof import adapters_evaluate
from core.cli.protection import decrypt, encrypt, protection
from core.cli.questions import ask, search
from core.cli.recipes import recipes
from core.cli.router import router
from core.cli.security import security
from core.cli.sets import questions
from core.cli.traces import traces
from core.cli.why import why
from core.errors import TouchstoneError, WeightsMissing

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Touchstone.")
models = typer.Typer(no_args_is_help=True, help="Model weights.")
app.add_typer(models, name="models")
app.add_typer(documents, name="documents")
app.add_typer(chunks, name="chunks")
app.add_typer(recipes, name="recipes")
app.add_typer(index, name="index")
app.add_typer(questions, name="questions")
app.add_typer(datasets, name="datasets")
app.add_typer(adapters, name="adapters")
app.add_typer(traces, name="traces")
app.add_typer(facts, name="facts")
app.add_typer(audit, name="audit")
app.add_typer(guardrails, name="guardrails")
app.add_typer(decide, name="decide")
decide.command("cost")(decide_cost)
app.add_typer(forget, name="forget")
app.add_typer(receipts, name="receipts")
app.add_typer(router, name="router")
adapters.command("evaluate")(adapters_evaluate)
app.command("eval")(evaluate)
for command in (
    ingest, chunk, search, ask, why, arms, freshness, access, retention, encrypt, decrypt, protection, security,
):  # fmt: skip
    app.command()(command)


def main() -> None:
    """Run the command line; a known error becomes one sentence and its exit status."""
    try:
        if "--json" in sys.argv:  # wrong arguments are told as JSON too, so the parser must not end the process itself
            sys.exit(app(standalone_mode=False))
        app()
    except TouchstoneError as error:
        _fail(type(error).__name__, str(error), error.exit_code)
    except TyperException as error:
        told = error.format_message() if isinstance(error, typer.BadParameter) else str(error)
        _fail("RequestError", " ".join(told.split()), 2)
    except KeyboardInterrupt:
        note("touchstone: stopped.")
        sys.exit(130)


def _fail(kind: str, message: str, code: int) -> None:
    if "--json" in sys.argv:
        print(json.dumps({"error": {"type": kind, "message": message}}))
    note(f"touchstone: {message}")
    sys.exit(code)


@models.command("pull")
def models_pull(
    name: Annotated[str | None, typer.Argument(help="A model of the catalogue; all defaults without one.")] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Check the sha256 of what is there already.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Fetch and verify the default weights; what is there is not fetched again."""
    from core.models.cache import pull
    from core.models.cache import verify as intact
    from core.models.catalogue import CATALOGUE, find

    root = settings(None).models
    chosen = [find(name)] if name else [w for w in CATALOGUE.values() if w.default]
    report = []
    for weights in chosen:
        fetched = pull(root, weights.key, note)
        if verify and not intact(root, weights.key):
            raise TouchstoneError(
                f"The files of {weights.title} are not as they were fetched; delete {root / weights.folder}."
            )
        report.append({"model": weights.key, "title": weights.title, "fetched": fetched, "licence": weights.licence})
    show(report, as_json, lambda: [f"{r['title']:28}{'fetched' if r['fetched'] else 'present'}" for r in report])


@models.command("verify")
def models_verify(
    name: Annotated[str | None, typer.Argument(help="A model of the catalogue; all that are here without one.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Read every byte of the weights that are here, and compare with the sha256 of when they were fetched."""
    from core.models.cache import changed
    from core.models.catalogue import CATALOGUE, find

    root = settings(None).models
    chosen = [find(name)] if name else [w for w in CATALOGUE.values() if (root / w.folder).is_dir()]
    if name and not (root / chosen[0].folder).is_dir():
        raise WeightsMissing(f"The weights of {chosen[0].title} are not on this machine.")
    report = [{"model": w.key, "title": w.title, "changed": changed(root, w.key)} for w in chosen]
    show(
        {"models": report},
        as_json,
        lambda: [
            f"{r['title']:28}{'changed: ' + ', '.join(r['changed']) if r['changed'] else 'intact'}" for r in report
        ],
    )
    if any(r["changed"] for r in report):
        raise typer.Exit(1)


@models.command("list")
def models_list(
    url: Annotated[str | None, typer.Option("--url", help="A model server, such as http://host:8000/v1.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the models that can be fetched, or those that a server offers."""
    from core.models.cache import model_folder
    from core.models.catalogue import CATALOGUE
    from core.servers import served

    def present(key: str) -> bool:
        try:
            return model_folder(chosen.models, key).is_dir()
        except WeightsMissing:
            return False

    chosen = settings(None)
    if url is not None:
        rows = [asdict(each) for each in served(url, chosen.openai_api_key)]
        show({"models": rows}, as_json, lambda: [_served_line(row) for row in rows] or ["The server offers no model."])
        return
    held = [
        {"name": w.key, "title": w.title, "kind": w.kind, "licence": w.licence, "present": present(w.key)}
        for w in CATALOGUE.values()
    ]
    show(
        {"models": held},
        as_json,
        lambda: [
            f"{r['name']:12}{r['title']:28}{r['kind']:12}{'present' if r['present'] else 'not fetched'}" for r in held
        ],
    )


def _served_line(row: dict[str, Any]) -> str:
    window = f"{row['window']:,} tokens" if row["window"] else ""
    return "  ".join(filter(None, [row["name"], f"adapts {row['parent']}" if row["parent"] else "", window]))
