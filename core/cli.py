"""`python -m core …`: the same core without a browser; it parses arguments, prints results and sets the exit status.

Exit status: 0 done, 1 the work ran and the verdict is bad, 2 the request was wrong, 3 the workspace is in use. With
--json standard output is one JSON document (one line for each question with --batch); all else goes to standard error.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from core.errors import FileRefused, RequestError, TouchstoneError
from core.governance.principals import persona
from core.recipes import BUILT_IN, name_of, recipe

if TYPE_CHECKING:
    from core.erasure import Receipt
    from core.ingestion import Outcome, Progress
    from core.library.store import Summary
    from core.settings import Settings
    from core.types import Answer, Hit, Principal, Recipe, Route, Zone
    from core.workbench import Workbench

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Touchstone.")
models = typer.Typer(no_args_is_help=True, help="Model weights.")
app.add_typer(models, name="models")
documents = typer.Typer(help="The documents of the workspace.")
app.add_typer(documents, name="documents")

WorkspaceOption = Annotated[Path | None, typer.Option("--workspace", help="Folder of the workspace.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
RecipeOption = Annotated[str, typer.Option("--recipe", help=f"One of {', '.join(BUILT_IN)}.")]
AsOption = Annotated[str, typer.Option("--as", help="Persona to ask as.")]
BatchOption = Annotated[Path | None, typer.Option("--batch", help='JSON lines of {"id","question"[,"as"]}.')]


def main() -> None:
    """Run the command line; a known error becomes one sentence and its exit status."""
    try:
        app()
    except TouchstoneError as error:
        if "--json" in sys.argv:
            print(json.dumps({"error": {"type": type(error).__name__, "message": str(error)}}))
        _note(f"touchstone: {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _note("touchstone: stopped.")
        sys.exit(130)


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

    root = _settings(None).models
    chosen = [find(name)] if name else [w for w in CATALOGUE.values() if w.default]
    report = []
    for weights in chosen:
        fetched = pull(root, weights.key, _note)
        if verify and not intact(root, weights.key):
            raise TouchstoneError(
                f"The files of {weights.title} are not as they were fetched; delete {root / weights.folder}."
            )
        report.append({"model": weights.key, "title": weights.title, "fetched": fetched, "licence": weights.licence})
    _print(report, as_json, lambda: [f"{r['title']:28}{'fetched' if r['fetched'] else 'present'}" for r in report])


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders to walk.")],
    zone: Annotated[str, typer.Option(help="public, internal or restricted.")] = "internal",
    label: Annotated[list[str] | None, typer.Option("--label", help="May be given several times.")] = None,
    valid_from: Annotated[str | None, typer.Option(help="First day in force, YYYY-MM-DD.")] = None,
    valid_until: Annotated[str | None, typer.Option(help="Last day in force, YYYY-MM-DD.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Keep in step with one folder until interrupted.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take documents in; the same file twice is a no-op."""
    from core.library.store import check_validity
    from core.types import ZONES
    from core.workbench import incoming_files

    if zone not in ZONES:
        raise RequestError(f"There is no zone '{zone}'; choose {', '.join(ZONES)}.")
    check_validity(valid_from, valid_until)
    if watch:
        _watch(paths, zone, tuple(label or ()), workspace)
        return
    files = [
        replace(file, valid_from=valid_from, valid_until=valid_until)
        for file in incoming_files(paths, zone, tuple(label or ()))
    ]
    began = time.monotonic()
    with _workbench(workspace) as bench:
        outcomes = bench.ingest(files, "command line", _progress_line())
    seconds = time.monotonic() - began
    result = {
        "documents": [asdict(outcome) for outcome in outcomes],
        "chunks": sum(outcome.chunks for outcome in outcomes),
        "seconds": round(seconds, 3),
    }
    _print(result, as_json, lambda: _outcome_lines(outcomes, seconds))
    refused = [outcome for outcome in outcomes if outcome.state == "refused"]
    for outcome in refused:
        _note(f"touchstone: {outcome.error}")
    if refused:
        raise typer.Exit(FileRefused.exit_code)


def _watch(paths: list[Path], zone: "Zone", labels: tuple[str, ...], workspace: Path | None) -> None:
    """Follow one folder; each change is a line on standard error."""
    if len(paths) != 1:
        raise RequestError("--watch takes one folder.")
    with _workbench(workspace) as bench:
        watch = bench.watch(paths[0], zone, "command line", labels).start()
        _note(f"Watching {watch.folder}; press Ctrl-C to end.")
        told = 0
        try:
            while watch.running:
                for outcome in watch.outcomes[told:]:
                    _note(f"{outcome.state:10} {outcome.name}" + (f": {outcome.error}" if outcome.error else ""))
                told = len(watch.outcomes)
                time.sleep(0.5)
        finally:
            watch.stop()
        if watch.error:
            raise TouchstoneError(watch.error)


@documents.callback(invoke_without_command=True)
def documents_list(
    context: typer.Context,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """List the documents of the workspace, or change them by a command."""
    if context.invoked_subcommand:
        return
    with _workbench(workspace) as bench:
        rows = bench.documents(persona(as_person))
    keys = ("id", "name", "zone", "labels", "version", "chunks", "state")
    result = {"documents": [{key: getattr(row, key) for key in keys} | {"notes": list(row.notes)} for row in rows]}
    _print(result, as_json, lambda: [line for row in rows for line in _document_lines(row)])


@documents.command("erase")
def documents_erase(
    name: Annotated[str, typer.Argument(help="Name or id; all versions go.")],
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Erase a document everywhere, and print the receipt; exit 1 when the scan of all bytes still finds a piece."""
    with _workbench(workspace) as bench:
        receipt = bench.erase(name, persona(as_person))
    _print(asdict(receipt), as_json, lambda: _receipt_lines(receipt))
    if receipt.remains:
        raise typer.Exit(1)


@documents.command("check")
def documents_check(
    repair: Annotated[bool, typer.Option("--repair", help="Put right what disagrees.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare library, index and originals; exit 1 when they disagree."""
    with _workbench(workspace) as bench:
        findings = bench.check(repair)
    _print(
        {"findings": findings, "repaired": repair}, as_json, lambda: findings or ["Library, index and originals agree."]
    )
    if findings and not repair:
        raise typer.Exit(1)


@documents.command("set")
def documents_set(
    name: Annotated[str, typer.Argument(help="Name or id of a current document.")],
    zone: Annotated[str | None, typer.Option(help="public, internal or restricted.")] = None,
    label: Annotated[list[str] | None, typer.Option("--label", help="Replaces all labels.")] = None,
    no_labels: Annotated[bool, typer.Option("--no-labels", help="Removes all labels.")] = False,
    valid_from: Annotated[str | None, typer.Option(help="YYYY-MM-DD, or 'always'.")] = None,
    valid_until: Annotated[str | None, typer.Option(help="YYYY-MM-DD, or 'always'.")] = None,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Change zone, labels or validity; no vector is computed."""
    if not (zone or label or no_labels or valid_from or valid_until):
        raise RequestError("Say what to change: --zone, --label, --no-labels, --valid-from or --valid-until.")
    asker = persona(as_person)
    with _workbench(workspace) as bench:
        document = bench.library.resolve(name)
        labels = () if no_labels else tuple(label or document.labels)
        first, last = _day(valid_from, document.valid_from), _day(valid_until, document.valid_until)
        bench.retag(document.id, asker, labels, first, last)
        if zone:
            bench.rezone(document.id, asker, cast("Zone", zone))
        changed = bench.library.get(document.id)
    keys = ("id", "name", "zone", "labels", "valid_from", "valid_until")
    result = {key: getattr(changed, key) for key in keys}
    _print(result, as_json, lambda: [f"{key:12} {value}" for key, value in result.items()])


@documents.command("duplicates")
def documents_duplicates(
    least: Annotated[float, typer.Option(help="Similarity from which two texts are shown, 0 to 1.")] = 0.7,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Show documents that say the same under different names."""
    if not 0.1 <= least <= 1:
        raise RequestError(f"--least is {least}; it must be between 0.1 and 1.")
    with _workbench(workspace) as bench:
        pairs = bench.duplicates(persona(as_person), least)
        names = {pair_id: bench.library.get(pair_id).name for pair in pairs for pair_id in (pair.first, pair.second)}
    rows = [asdict(pair) | {"first": names[pair.first], "second": names[pair.second]} for pair in pairs]
    _print({"pairs": rows}, as_json, lambda: [f"{r['similarity']:.2f}  {r['first']}  =  {r['second']}" for r in rows])


def _day(given: str | None, held: str | None) -> str | None:
    return held if given is None else None if given == "always" else given


def _document_lines(row: "Summary") -> list[str]:
    lines = [f"{row.name:44}{row.zone:12}v{row.version:<4}{row.chunks:>6} chunks  {', '.join(row.labels)}".rstrip()]
    return [*lines, *(f"    {note}" for note in row.notes)]


def _receipt_lines(receipt: "Receipt") -> list[str]:
    proof = f"still found in {', '.join(receipt.remains)}" if receipt.remains else "none found"
    return [
        f"receipt {receipt.id}, {receipt.erased_at}, by {receipt.by}",
        f"{receipt.versions} versions, {receipt.chunks} chunks, {receipt.vectors_forgotten} cached vectors, "
        f"{len(receipt.traces)} traces erased",
        f"{receipt.probes} pieces of the text looked for in {receipt.bytes_scanned:,} bytes of "
        f"{receipt.files_scanned} files: {proof}",
    ]


@app.command()
def chunk(
    file: Annotated[Path, typer.Argument(help="The file to cut.")],
    strategy: Annotated[str, typer.Option(help="How to cut.")] = "sentences",
    size: Annotated[int, typer.Option(help="Tokens of a chunk at most.")] = 160,
    overlap: Annotated[int, typer.Option(help="Tokens repeated of the chunk before.")] = 0,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how a file would be cut; writes nothing."""
    from core.chunking import chunk_text
    from core.embedding.tokens import TokenCounter
    from core.library.parsing import parse_file
    from core.models.cache import model_folder
    from core.types import Chunking

    chunking = Chunking(strategy, size, overlap)
    counter = TokenCounter(model_folder(_settings(workspace).models, "minilm") / "tokenizer.json")
    parsed = parse_file(file, file.name)
    chunks = chunk_text(parsed.text, chunking, counter, "", parsed.pages, parsed.headings, parsed.tables)
    keys = ("start", "end", "text", "tokens", "pages")
    result = [{key: getattr(c, key) for key in keys} for c in chunks]
    _print(result, as_json, lambda: [f"{c.start:>8}-{c.end:<8}{c.tokens:>5}  {_short(c.text)}" for c in chunks])


@app.command()
def search(
    question: Annotated[str | None, typer.Argument()] = None,
    recipe_name: RecipeOption = "default",
    as_person: AsOption = "administrator",
    k: Annotated[int, typer.Option("-k", help="Hits to return.")] = 5,
    batch: BatchOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find passages for a question."""
    chosen = recipe(recipe_name)
    if not 1 <= k <= 200:
        raise RequestError(f"-k is {k}; it must be between 1 and 200.")
    with _workbench(workspace) as bench:

        def run(text: str, principal: "Principal") -> dict[str, Any]:
            hits, ms = bench.search(text, chosen, principal, k)
            return {"hits": [_hit_json(hit) for hit in hits], "timings_ms": {"search": round(ms, 3)}}

        def lines(result: dict[str, Any]) -> list[str]:
            return [
                f"{h['rank']:>3}  {h['document']}, page {h['page']}\n     {_short(h['text'])}" for h in result["hits"]
            ]

        _one_or_batch(question, batch, as_person, as_json, run, lines)


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument()] = None,
    recipe_name: RecipeOption = "default",
    adapter: Annotated[str, typer.Option(help="An adapter's name, or none.")] = "none",
    route: Annotated[str | None, typer.Option(help="closed, rag or auto; the recipe's own without it.")] = None,
    as_person: AsOption = "administrator",
    batch: BatchOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question with citations."""
    from core.answering.ask import finish

    chosen = _varied(recipe(recipe_name), adapter, route)
    with _workbench(workspace) as bench:

        def run(text: str, principal: "Principal") -> dict[str, Any]:
            return _answer_json(finish(bench.ask(text, chosen, principal)))

        def lines(result: dict[str, Any]) -> list[str]:
            receipts = [
                f"  [{c['source']}] {c['document']}, page {c['page']}: {_short(c['quote'])}"
                for c in result["citations"]
            ]
            return [result["answer"], *receipts]

        _one_or_batch(question, batch, as_person, as_json, run, lines)


def _varied(chosen: "Recipe", adapter: str, route: str | None) -> "Recipe":
    if adapter != "none":
        raise RequestError(f"There is no adapter '{adapter}'; this workspace has none.")
    if route not in (None, "closed", "rag", "auto"):
        raise RequestError(f"There is no route '{route}'; choose closed, rag or auto.")
    return replace(chosen, route=cast("Route", route)) if route else chosen


def _one_or_batch(
    question: str | None,
    batch: Path | None,
    as_person: str,
    as_json: bool,
    run: "Callable[[str, Principal], dict[str, Any]]",
    lines: Callable[[dict[str, Any]], list[str]],
) -> None:
    """One question to one document, or a file of questions to a JSON line each, in the file's order."""
    if (question is None) == (batch is None):
        raise RequestError("Give a question, or --batch with a file of questions.")
    default = persona(as_person)
    if question is not None:
        result = run(question, default)
        _print(result, as_json, lambda: lines(result))
        return
    assert batch is not None
    rows = list(_batch_rows(batch))
    principals = [persona(row["as"]) if "as" in row else default for row in rows]
    for row, principal in zip(rows, principals, strict=True):
        try:
            result = run(row["question"], principal)
        except RequestError as error:  # one bad question must not cost the others
            result = {"error": {"type": type(error).__name__, "message": str(error)}}
        print(json.dumps({"id": row["id"], **result}, ensure_ascii=False), flush=True)


def _batch_rows(file: Path) -> Iterator[dict[str, Any]]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"The batch file '{file}' cannot be read as UTF-8 text: {error}.") from error
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            raise RequestError(f"Line {number} of '{file}' is not JSON.") from None
        if not isinstance(row, dict) or not isinstance(row.get("question"), str) or "id" not in row:
            raise RequestError(f"Line {number} of '{file}' lacks an id or a question.")
        yield row


def _answer_json(answer: "Answer") -> dict[str, Any]:
    return {
        "answer": answer.text,
        "abstained": answer.abstained,
        "confidence": None if answer.confidence is None else round(answer.confidence, 3),
        "route": answer.route,
        "adapter": answer.adapter,
        "model": answer.model,
        "citations": [
            {key: getattr(c, key) for key in ("source", "document", "page", "start", "end", "quote", "support")}
            for c in answer.citations
        ],
        "unsupported": [asdict(span) for span in answer.unsupported],
        "timings_ms": {stage.name: stage.ms for stage in answer.trace.stages}
        | {"total": answer.trace.total_ms, "first_token": round(answer.tokens.first_token_ms, 3)},
        "tokens": {
            "prompt": answer.tokens.prompt,
            "answer": answer.tokens.answer,
            "per_second": round(answer.tokens.per_second, 1),
        },
        "trace_id": answer.trace.id,
        "recipe": {"name": name_of(answer.recipe), "hash": answer.recipe},
    }


def _hit_json(hit: "Hit") -> dict[str, Any]:
    chunk = hit.chunk
    return {
        "rank": hit.rank,
        "document": hit.document,
        "page": chunk.pages[0] if chunk.pages else 1,
        "start": chunk.start,
        "end": chunk.end,
        "text": chunk.text,
        "headings": list(chunk.headings),
        "zone": hit.zone,
        "scores": {name: {"value": score.value, "rank": score.rank} for name, score in hit.scores.items()},
    }


def _settings(workspace: Path | None) -> "Settings":
    from core.settings import Settings

    return Settings(workspace=workspace) if workspace else Settings()


def _workbench(workspace: Path | None) -> "Workbench":
    from core.workbench import Workbench

    return Workbench(_settings(workspace))


def _print(result: object, as_json: bool, lines: Callable[[], Iterable[str]]) -> None:
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        print("\n".join(lines()))


def _progress_line() -> "Callable[[Progress], None]":
    """A line on a terminal that rewrites itself; silent elsewhere."""

    def report(progress: "Progress") -> None:
        if sys.stderr.isatty():
            left = f", {progress.seconds_left:.0f} s left" if progress.seconds_left is not None else ""
            line = f"{progress.files_done}/{progress.files} files, {progress.chunks_done} chunks{left}  {progress.file}"
            print(f"\r\033[K{line[:110]}", end="" if progress.stage != "done" else "\n", file=sys.stderr, flush=True)

    return report


def _outcome_lines(outcomes: "list[Outcome]", seconds: float) -> list[str]:
    chunks = sum(outcome.chunks for outcome in outcomes)
    lines = [
        f"{outcome.state:10} {outcome.name}" + (f"  {outcome.chunks} chunks" if outcome.chunks else "")
        for outcome in outcomes
    ]
    return [*lines, f"{len(outcomes)} files, {chunks} chunks, {seconds:.1f} s"]


def _short(text: str, width: int = 100) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
