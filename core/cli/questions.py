"""The commands that ask: search and ask, one question or a batch; it does not know how answers are made."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from core.cli.output import AsOption, JsonOption, WorkspaceOption, note, read_text, short, show, workbench
from core.errors import RequestError
from core.governance.principals import persona
from core.recipes import varied

if TYPE_CHECKING:
    from core.answering.events import Event, Preparing
    from core.types import Answer, Hit, Principal, Recipe, Route
    from core.workbench import Workbench

RecipeOption = Annotated[str, typer.Option("--recipe", help="A name that `recipes list` shows.")]
SetOption = Annotated[list[str] | None, typer.Option("--set", help="FIELD=VALUE, this time only; see `recipes show`.")]
BatchOption = Annotated[Path | None, typer.Option("--batch", help='JSON lines of {"id","question"[,"as"]}.')]


def search(
    question: Annotated[str | None, typer.Argument()] = None,
    recipe_name: RecipeOption = "default",
    as_person: AsOption = "administrator",
    settings_given: SetOption = None,
    k: Annotated[int, typer.Option("-k", help="Hits to return.")] = 5,
    batch: BatchOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find passages for a question."""
    if not 1 <= k <= 200:
        raise RequestError(f"-k is {k}; it must be between 1 and 200.")
    with workbench(workspace) as bench:
        chosen = varied(bench.recipes.get(recipe_name), changes(settings_given))

        def run(text: str, principal: "Principal") -> dict[str, Any]:
            bench.prepare(chosen, _note_building)
            hits, ms = bench.search(text, chosen, principal, k)
            return {"hits": [_hit_json(hit) for hit in hits], "timings_ms": {"search": round(ms, 3)}}

        def lines(result: dict[str, Any]) -> list[str]:
            return [
                f"{h['rank']:>3}  {h['document']}, page {h['page']}\n     {short(h['text'])}" for h in result["hits"]
            ]

        _one_or_batch(question, batch, as_person, as_json, run, lines)


def ask(
    question: Annotated[str | None, typer.Argument()] = None,
    recipe_name: RecipeOption = "default",
    settings_given: SetOption = None,
    adapter: Annotated[
        str | None, typer.Option(help="An adapter's name, or none; the recipe's own without it.")
    ] = None,
    route: Annotated[str | None, typer.Option(help="closed, rag, auto or router; the recipe's own without it.")] = None,
    as_person: AsOption = "administrator",
    before: Annotated[
        list[str] | None, typer.Option("--before", help="An earlier question of the conversation; oldest first.")
    ] = None,
    batch: BatchOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question with citations."""
    from core.answering.ask import finish

    with workbench(workspace) as bench:
        plain = _routed(varied(bench.recipes.get(recipe_name), changes(settings_given)), route)
        chosen = _worn(bench, plain, adapter, persona(as_person))

        def run(text: str, principal: "Principal") -> dict[str, Any]:
            if better := bench.better_recipe(text, chosen, principal):
                note(
                    f"The question seems to be in '{better.asked_in}', the documents in '{better.written_in}': "
                    f"--recipe {better.recipe} finds across languages."
                )
            events = bench.ask(text, chosen, principal, before=before or (), origin="command line")
            return _answer_json(finish(_told(events)), bench.recipes.name_of(chosen.hash))

        def lines(result: dict[str, Any]) -> list[str]:
            receipts = [
                f"  [{c['source']}] {c['document']}, page {c['page']}: {short(c['quote'])}" for c in result["citations"]
            ]
            return [result["answer"], *receipts, *(_doubt(result["answer"], each) for each in result["unsupported"])]

        _one_or_batch(question, batch, as_person, as_json, run, lines)


def _doubt(answer: str, unsupported: dict[str, Any]) -> str:
    """A sentence without a receipt, and what of it the nearest source does not say."""
    lacking = ", ".join(unsupported["missing"])
    sentence = short(answer[unsupported["start"] : unsupported["end"]])
    return f"  [no receipt] {sentence}" + (f" (not in the source: {lacking})" if lacking else "")


def changes(given: list[str] | None) -> dict[str, str]:
    """`FIELD=VALUE` arguments as a map; raises RequestError."""
    pairs = [text.partition("=") for text in given or ()]
    for field, sign, _ in pairs:
        if not sign or not field:
            raise RequestError(f"'{field}' is not of the form FIELD=VALUE, such as retrieval.top_k=8.")
    return {field.strip(): value.strip() for field, _, value in pairs}


def _told(events: "Iterator[Event]") -> "Iterator[Event]":
    """The events of an answer; what it waits for goes to standard error."""
    from core.answering.events import Preparing

    for event in events:
        if isinstance(event, Preparing):
            _note_building(event)
        yield event


def _note_building(news: "Preparing") -> None:
    note(f"Building the index of the recipe {news.recipe}: {news.done} of {news.documents} documents")


def _worn(bench: "Workbench", chosen: "Recipe", adapter: str | None, principal: "Principal") -> "Recipe":
    """The recipe with the adapter that was named."""
    return chosen if adapter is None else bench.adapters.worn(chosen, None if adapter == "none" else adapter, principal)


def _routed(chosen: "Recipe", route: str | None) -> "Recipe":
    if route not in (None, "closed", "rag", "auto", "router"):
        raise RequestError(f"There is no route '{route}'; choose closed, rag, auto or router.")
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
        show(result, as_json, lambda: lines(result))
        return
    assert batch is not None
    answered = 0
    for number, line in enumerate(_batch_lines(batch), start=1):
        if not line.strip():
            continue
        row: dict[str, Any] = {"id": None, "line": number}
        try:
            row = _batch_row(line, number, batch)
            result = run(row["question"], persona(row["as"]) if "as" in row else default)
            answered += 1
        except RequestError as error:  # one bad question must not cost the others
            result = {"error": {"type": type(error).__name__, "message": str(error)}}
            result |= {"line": number} if row["id"] is None else {}
        print(json.dumps({"id": row["id"], **result}, ensure_ascii=False), flush=True)
    if not answered:
        note(f"touchstone: No line of '{batch}' held a question that could be asked.")
        raise typer.Exit(2)


def _batch_lines(file: Path) -> list[str]:
    """The lines of a file of questions, whose byte order mark some editors write; JSON lines end with a line feed."""
    return read_text(file).replace("\r\n", "\n").split("\n")


def _batch_row(line: str, number: int, file: Path) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:
        raise RequestError(f"Line {number} of '{file}' is not JSON.") from None
    if not isinstance(row, dict) or not isinstance(row.get("question"), str) or row.get("id") is None:
        raise RequestError(f"Line {number} of '{file}' lacks an id or a question.")
    return row


def _answer_json(answer: "Answer", recipe_name: str) -> dict[str, Any]:
    return {
        "answer": answer.text,
        "understood": answer.trace.understood or answer.trace.question,
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
        "recipe": {"name": recipe_name, "hash": answer.recipe},
    }


def _hit_json(hit: "Hit") -> dict[str, Any]:
    chunk = hit.chunk
    return {
        "rank": hit.rank,
        "document": hit.document,
        "page": chunk.pages[0] if chunk.pages else 1,
        **({"edited": True} if chunk.edited else {}),
        "start": chunk.start,
        "end": chunk.end,
        "text": chunk.text,
        "headings": list(chunk.headings),
        "zone": hit.zone,
        "scores": {name: {"value": score.value, "rank": score.rank} for name, score in hit.scores.items()},
    }
