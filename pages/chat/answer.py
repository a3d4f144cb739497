"""An answer as the reader sees it: the sources, then the text with a mark behind each supported sentence, then facts.

All text reaches the browser as data and is set as text there; nothing of a document or a model becomes markup.
"""

from collections.abc import Sequence
from math import exp
from pathlib import Path
from statistics import fmean
from typing import Any

import streamlit as st

from core.guardrails.wording import listed as policy_told
from core.types import Answer, Chunk, Citation, Hit, Recipe, Source, Span, Unsupported
from pages.chat.conversation import Pointer, Turn, open_receipt
from pages.chat.scores import KINDS, present, rank, says, share, value, widened
from pages.shared.drawing import component
from pages.shared.recipes import spoke
from pages.shared.routed import routed_by
from pages.shared.words import listed, many, milliseconds

_answer = component("answer", Path(__file__).with_name("answer.js"))


def draw_answer(turn: Turn, latest: bool) -> None:
    """Mount the answer of a turn; pressing a source or a citation opens its receipt."""
    key = f"answer_{turn.id}"

    def pressed() -> None:
        picked = (st.session_state.get(key) or {}).get("open")
        if picked:
            open_receipt(Pointer(turn.id, str(picked["kind"]), int(picked["index"])))

    _answer(data={**view(turn), "latest": latest}, key=key, on_open_change=pressed)


def view(turn: Turn) -> dict[str, Any]:
    """Everything that the browser draws, as plain data."""
    asking, answer = turn.asking, turn.asking.answer
    sources = answer.sources if answer else asking.sources or ()
    hits = [source.hit for source in sources]
    cited = {citation.source for citation in answer.citations} if answer else set()
    return {
        "note": "" if asking.over else _note(turn),
        "sources": [_source(source, hits, source.number in cited, turn.recipe) for source in sources],
        "dimmed": bool(answer and not cited),
        "abstained": bool(answer and answer.abstained),
        "stopped": bool(answer and answer.stopped),
        "segments": segments(answer) if answer else [{"text": asking.text, "kind": "plain", "title": "", "marks": []}],
        "remark": _remark(turn, answer) if answer else "",
        "speaker": _speaker(answer) if answer else "",
        "writing": not asking.over,
        "receipts": [_receipt(number, citation) for number, citation in enumerate(answer.citations)] if answer else [],
        "facts": facts(turn, answer) if answer else [],
    }


def segments(answer: Answer) -> list[dict[str, Any]]:
    """The text in pieces that are supported, unsupported or neither, with the citations that end at each.

    Cut here and not in the browser: there, offsets count UTF-16 units.
    """
    spans: list[tuple[Span | Unsupported, str]] = [(citation.sentence, "cited") for citation in answer.citations]
    spans += [(doubt, "unsupported") for doubt in answer.unsupported]
    cuts = sorted({0, len(answer.text), *(edge for span, _ in spans for edge in (span.start, span.end))})
    doubts = {doubt.start: _doubt(doubt) for doubt in answer.unsupported}
    pieces = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        kinds = [kind for span, kind in spans if span.start <= start and end <= span.end]
        marks = [
            {"index": index, "number": citation.source, "title": _place(citation)}
            for index, citation in enumerate(answer.citations)
            if citation.sentence.end == end
        ]
        kind = kinds[0] if kinds else "plain"
        title = doubts.get(start, "") if kind == "unsupported" else ""
        pieces.append({"text": answer.text[start:end], "kind": kind, "title": title, "marks": marks})
    return pieces


def _doubt(doubt: Unsupported) -> str:
    """Why a sentence has no receipt."""
    if not doubt.missing:
        return "No source supports this."
    stand = "does" if len(doubt.missing) == 1 else "do"
    return f"The source nearest to this says something else: {listed(doubt.missing)} {stand} not stand there."


def facts(turn: Turn, answer: Answer) -> list[dict[str, str]]:
    """How the answer came about, in the order in which one asks for it."""
    silent = "Nobody: it was declined" if answer.route == "decline" else "Small talk, no search"
    others = {"extractive": "Quoted, not written", "none": silent}
    rows = [
        ("Answerer", others.get(answer.model) or spoke(answer)),
        ("Recipe", f"{turn.recipe_name} · {answer.recipe}"),
        ("Route", answer.trace.routed.way if answer.trace.routed else answer.route),
        *routed_by(answer.trace.routed),
        ("Asked as", turn.principal.name),
    ]
    if answer.model not in ("extractive", "none"):  # a quote has no tokens, and those of a lost draft say nothing of it
        rows.append(("First token", milliseconds(answer.tokens.first_token_ms)))
        if answer.tokens.per_second:
            about = "about " if answer.tokens.estimated else ""
            rows.append(("Speed", f"{about}{answer.tokens.per_second:.0f} tokens/s"))
        if answer.tokens.logprobs:
            rows.append(("Sure of its words", f"{100 * exp(fmean(answer.tokens.logprobs)):.0f}%"))
    rows.append(("Total", milliseconds(answer.trace.total_ms)))
    rows += [("Policy", policy_told(answer.rulings))] if answer.rulings else []
    return [{"name": name, "value": value} for name, value in rows]


def place_of(chunk: Chunk) -> str:
    """Where in its document a passage stands."""
    pages = chunk.pages
    page = f"page {pages[0]}" + (f"–{pages[-1]}" if len(pages) > 1 else "") if pages else ""
    return " · ".join(filter(None, [page, " › ".join(chunk.headings)]))


def _replaced(turn: Turn, answer: Answer) -> bool:
    """Whether a model was to write, and quotes stand in the place of what it wrote."""
    return turn.recipe.generation.answerer == "local" and answer.model == "extractive"


def _remark(turn: Turn, answer: Answer) -> str:
    """What the reader should know of how the answer came about."""
    if low := [source.number for source in answer.sources if source.hit.low_trust and _cites(answer, source.number)]:
        named = listed([f"[{number}]" for number in low])
        return (
            f"Source {named} is of low trust: the policy found something planted in it. Check it before you rely on it."
        )
    if not _replaced(turn, answer):
        return ""
    instead = "these are quotes instead" if answer.citations else "and nothing in them could be quoted instead"
    return f"The sources do not bear out the model's draft{';' if answer.citations else ','} {instead}."


def _cites(answer: Answer, number: int) -> bool:
    return any(citation.source == number for citation in answer.citations)


def _speaker(answer: Answer) -> str:
    """Who speaks, above the answer; small talk and what is declined unwritten need no such line."""
    if answer.model == "none":
        return ""
    without = ", without the documents" if answer.route == "closed" else ""
    return f"{spoke(answer)}{without}"


def _note(turn: Turn) -> str:
    asking = turn.asking
    building = asking.preparing
    if building and building.done < building.documents:
        told = f"Preparing the index of {turn.recipe_name}: {building.done} of {many(building.documents, 'document')}"
        return f"{told}. It stops after the document in hand." if asking.stopping else told
    if asking.stopping:
        return "Stopping…"
    if asking.sources is None:
        doing = "Thinking…" if turn.recipe.route == "closed" else "Searching your documents…"
        return "" if asking.text else doing
    if asking.ahead:
        return "One question is answered first…" if asking.ahead == 1 else f"{asking.ahead} questions come first…"
    return "" if asking.text else "Reading the sources…"


def _source(source: Source, among: Sequence[Hit], cited: bool, recipe: Recipe) -> dict[str, Any]:
    hit = source.hit
    return {
        "number": source.number,
        "document": hit.document,
        "place": place_of(hit.shown) + (" · written by hand" if hit.chunk.edited else ""),
        "widened": " · ".join(filter(None, [widened(hit, recipe), "low trust" if hit.low_trust else ""])),
        "cited": cited,
        "scores": [_score(kind, hit, among, recipe) for kind in present(among)],
    }


def _score(kind: str, hit: Hit, among: Sequence[Hit], recipe: Recipe) -> dict[str, Any]:
    """A score beside the best one of its own kind; kinds are never compared with each other."""
    return {
        "name": KINDS[kind],
        "title": says(kind, recipe),
        "value": value(kind, hit),
        "rank": rank(kind, hit),
        "share": share(kind, hit, among, recipe),
    }


def _receipt(index: int, citation: Citation) -> dict[str, Any]:
    return {"index": index, "number": citation.source, "label": _place(citation), "quote": citation.quote}


def _place(citation: Citation) -> str:
    return f"{citation.document}, page {citation.page}"


def sentence(answer: Answer, span: Span) -> str:
    """The part of an answer that a citation supports."""
    return answer.text[span.start : span.end].strip()
