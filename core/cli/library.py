"""The commands about documents: ingest, documents …, chunk; it does not know how they are carried out."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from core.cli.output import AsOption, JsonOption, WorkspaceOption, note, settings, short, show, workbench
from core.errors import FileRefused, RequestError
from core.governance.principals import persona
from core.wording import many

if TYPE_CHECKING:
    from core.erasure import Receipt
    from core.incoming import Outcome, Progress
    from core.library.store import Summary
    from core.types import Principal, Zone

documents = typer.Typer(help="The documents of the workspace.")


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders to walk.")],
    zone: Annotated[
        str | None, typer.Option(help="public, internal or restricted; internal for a new document without it.")
    ] = None,
    label: Annotated[list[str] | None, typer.Option("--label", help="May be given several times.")] = None,
    valid_from: Annotated[str | None, typer.Option(help="First day in force, YYYY-MM-DD.")] = None,
    valid_until: Annotated[str | None, typer.Option(help="Last day in force, YYYY-MM-DD.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Keep in step with one folder until interrupted.")] = False,
    as_person: AsOption = "administrator",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take documents in; the same file twice is a no-op, unless it comes with another zone, label or validity."""
    from core.folder import incoming_files
    from core.library.store import check_validity, stricter

    chosen = stricter(None, cast("Zone", zone)) if zone else None
    check_validity(valid_from, valid_until)
    labels, asker = tuple(label) if label else None, persona(as_person)
    if watch:
        _watch(paths, chosen, labels, asker, workspace)
        return
    files = [
        replace(file, valid_from=valid_from, valid_until=valid_until)
        for file in incoming_files(paths, settings(workspace).workspace, chosen, labels)
    ]
    began = time.monotonic()
    with workbench(workspace) as bench, _progress_line() as report:
        outcomes = bench.ingest(files, asker, report)
    seconds = time.monotonic() - began
    result = {
        "documents": [asdict(outcome) for outcome in outcomes],
        "chunks": sum(outcome.chunks for outcome in outcomes),
        "seconds": round(seconds, 3),
    }
    show(result, as_json, lambda: _outcome_lines(outcomes, seconds))
    refused = [outcome for outcome in outcomes if outcome.state == "refused"]
    for outcome in refused:
        note(f"touchstone: {outcome.error}")
    if refused:
        raise typer.Exit(FileRefused.exit_code)


def _watch(
    paths: list[Path],
    zone: "Zone | None",
    labels: tuple[str, ...] | None,
    asker: "Principal",
    workspace: Path | None,
) -> None:
    """Follow one folder; each change is a line on standard error."""
    if len(paths) != 1:
        raise RequestError("--watch takes one folder.")
    with workbench(workspace) as bench:
        watch = bench.watch(paths[0], zone, asker, labels).start()
        note(f"Watching {watch.folder}; press Ctrl-C to end.")
        told, trouble = 0, ""
        try:
            while watch.running:
                new = watch.told - told
                told += new
                for outcome in watch.outcomes[-new:] if new else []:
                    note(f"{outcome.state:10} {outcome.name}" + (f": {outcome.error}" if outcome.error else ""))
                if watch.error != trouble:
                    trouble = watch.error
                    note(trouble or "The folder is there again.")
                time.sleep(0.5)
        finally:
            watch.stop()


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
    with workbench(workspace) as bench:
        rows = bench.documents(persona(as_person))
    keys = ("id", "name", "zone", "labels", "version", "chunks", "state")
    result = {
        "documents": [
            {key: getattr(row, key) for key in keys} | ({"notes": list(row.notes)} if row.notes else {}) for row in rows
        ]
    }
    lines = [line for row in rows for line in _document_lines(row)]
    show(result, as_json, lambda: lines or ["There is no document that you may see yet; `ingest` brings some."])


@documents.command("erase")
def documents_erase(
    name: Annotated[str, typer.Argument(help="Name or id; all versions go.")],
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Erase a document everywhere, and print the receipt; exit 1 when the scan of all bytes cannot prove it."""
    with workbench(workspace) as bench:
        receipt = bench.erase(name, persona(as_person))
    show(asdict(receipt) | {"proven": receipt.proven}, as_json, lambda: _receipt_lines(receipt))
    if not receipt.proven:
        raise typer.Exit(1)


@documents.command("check")
def documents_check(
    repair: Annotated[bool, typer.Option("--repair", help="Put right what disagrees.")] = False,
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
    as_json: JsonOption = False,
) -> None:
    """Compare library, index and originals; exit 1 when they disagree."""
    with workbench(workspace) as bench:
        findings = bench.check(persona(as_person), repair)
        mended = list(bench.mended)
    show(
        {"findings": findings, "repaired": repair, "put_right_at_start": mended},
        as_json,
        lambda: (
            [f"Put right at start: {told}" for told in mended] + (findings or ["Library, index and originals agree."])
        ),
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
    if label and no_labels:
        raise RequestError("--label and --no-labels contradict each other; give one of them.")
    asker = persona(as_person)
    with workbench(workspace) as bench:
        document = bench.named(name, asker)
        labels = () if no_labels else tuple(label or document.labels)
        first, last = _day(valid_from, document.valid_from), _day(valid_until, document.valid_until)
        bench.retag(document.id, asker, labels, first, last)
        if zone:
            bench.rezone(document.id, asker, cast("Zone", zone))
        changed = bench.library.get(document.id)
    keys = ("id", "name", "zone", "labels", "valid_from", "valid_until")
    result = {key: getattr(changed, key) for key in keys}
    show(result, as_json, lambda: [f"{key:12} {value}" for key, value in result.items()])


@documents.command("export")
def documents_export(
    file: Annotated[Path, typer.Argument(help="The JSON lines file to write.")],
    workspace: WorkspaceOption = None,
    as_person: AsOption = "administrator",
) -> None:
    """Write the texts of the documents, with pages, headings and tables, for use elsewhere."""
    part = file.with_name(f".{file.name}.part")
    with workbench(workspace) as bench:
        seen = [bench.visible(row.id, persona(as_person)) for row in bench.documents(persona(as_person))]
    keys = ("id", "name", "zone", "labels", "version", "valid_from", "valid_until", "text")
    parts = ("pages", "headings", "tables")
    try:
        with part.open("w", encoding="utf-8") as out:
            for document in seen:
                layout = {key: [asdict(each) for each in getattr(document, key)] for key in parts}
                row = {key: getattr(document, key) for key in keys} | {"layout": layout}
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise RequestError(f"'{file}' cannot be written: {error.strerror}.") from error
    note(f"wrote {len(seen)} documents to {file}")


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
    with workbench(workspace) as bench:
        pairs = bench.duplicates(persona(as_person), least)
        names = {pair_id: bench.library.get(pair_id).name for pair in pairs for pair_id in (pair.first, pair.second)}
    rows = [asdict(pair) | {"first": names[pair.first], "second": names[pair.second]} for pair in pairs]
    show({"pairs": rows}, as_json, lambda: [f"{r['similarity']:.2f}  {r['first']}  =  {r['second']}" for r in rows])


def _day(given: str | None, held: str | None) -> str | None:
    return held if given is None else None if given == "always" else given


def _document_lines(row: "Summary") -> list[str]:
    lines = [f"{row.name:44}{row.zone:12}v{row.version:<4}{row.chunks:>6} chunks  {', '.join(row.labels)}".rstrip()]
    return [*lines, *(f"    {note}" for note in row.notes)]


def _receipt_lines(receipt: "Receipt") -> list[str]:
    proof = f"still found in {', '.join(receipt.remains)}" if receipt.remains else "none found"
    others = f"{many(len(receipt.shared), 'other document')}, which {'stays' if len(receipt.shared) == 1 else 'stay'}"
    shared = f"Passages of it also stand in {others}."
    return [
        f"receipt {receipt.id}, {receipt.erased_at}, by {receipt.by}",
        f"{many(receipt.versions, 'version')}, {many(receipt.chunks, 'chunk')}, "
        f"{many(receipt.vectors_forgotten, 'cached vector')}, {many(len(receipt.traces), 'trace')}, "
        f"{many(receipt.rows, 'row')} of datasets, {many(receipt.feedback, 'word')} on answers erased",
        f"{many(receipt.probes, 'piece')} of the text looked for in {many(receipt.bytes_scanned, 'byte')} of "
        f"{many(receipt.files_scanned, 'file')}: {proof}",
        *(
            [f"adapters retired, since they had learned from it: {', '.join(receipt.adapters)}"]
            if receipt.adapters
            else []
        ),
        *([shared] if receipt.shared else []),
        *([] if receipt.proven or receipt.remains else [receipt.UNPROVEN]),
    ]


def chunk(
    file: Annotated[Path, typer.Argument(help="The file to cut.")],
    strategy: Annotated[str, typer.Option(help="How to cut.")] = "sentences",
    size: Annotated[int, typer.Option(help="Tokens of a chunk at most.")] = 160,
    overlap: Annotated[int, typer.Option(help="Tokens repeated of the chunk before.")] = 0,
    window: Annotated[int, typer.Option(help="Sentences read on each side; of the strategy window.")] = 2,
    breakpoint_: Annotated[
        int, typer.Option("--breakpoint", help="Percentile of gaps in meaning that ends a chunk; of semantic.")
    ] = 90,
    parent: Annotated[int, typer.Option(help="Tokens of the passage that is read; of hierarchical.")] = 480,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how a file would be cut; writes nothing."""
    from core.chunking import STRATEGIES, chunk_text
    from core.embedding.encoder import SPECS, Encoder
    from core.library.parsing import parse_file
    from core.models.cache import model_folder
    from core.types import Chunking

    chunking = Chunking(strategy, size, overlap, window, breakpoint_, parent)
    chosen = settings(workspace)
    encoder = Encoder(SPECS["minilm"], model_folder(chosen.models, "minilm"), chosen.threads)
    parsed = parse_file(file, file.name)
    chunks = chunk_text(
        parsed.text, chunking, encoder.tokens, "", parsed.pages, parsed.headings, parsed.tables, encoder.passages
    )
    around = ("around",) if STRATEGIES[strategy].reads_around else ()
    keys = ("start", "end", "text", "tokens", "pages", *around)
    result = [{key: getattr(c, key) for key in keys} for c in chunks]
    show(result, as_json, lambda: [f"{c.start:>8}-{c.end:<8}{c.tokens:>5}  {short(c.text)}" for c in chunks])


@contextmanager
def _progress_line() -> "Iterator[Callable[[Progress], None]]":
    """A line on a terminal that rewrites itself, and is ended whatever happens; silent elsewhere."""
    begun = False

    def report(progress: "Progress") -> None:
        nonlocal begun
        if sys.stderr.isatty():
            left = f", {progress.seconds_left:.0f} s left" if progress.seconds_left is not None else ""
            line = f"{progress.files_done}/{progress.files} files, {progress.chunks_done} chunks{left}  {progress.file}"
            print(f"\r\033[K{line[:110].rstrip()}", end="", file=sys.stderr, flush=True)
            begun = True

    try:
        yield report
    finally:
        if begun:
            note("")


def _outcome_lines(outcomes: "list[Outcome]", seconds: float) -> list[str]:
    chunks = sum(outcome.chunks for outcome in outcomes)
    lines = [
        f"{outcome.state:10} {outcome.name}" + (f"  {many(outcome.chunks, 'chunk')}" if outcome.chunks else "")
        for outcome in outcomes
    ]
    return [*lines, f"{many(len(outcomes), 'file')}, {many(chunks, 'chunk')}, {seconds:.1f} s"]
