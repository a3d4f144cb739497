"""An answer with its trace as plain data, and back; it knows no database.

Passages are kept by their place in the document, not by their text, which is read from the library when the answer is
opened again. Only what stands nowhere else is kept as text: passages written by hand, and what the prompt held.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from types import MappingProxyType
from typing import Any

from core.errors import RequestError
from core.recipes import from_json
from core.types import (
    Answer,
    Chunk,
    Citation,
    Fate,
    Hit,
    Principal,
    Prompt,
    Reason,
    Routed,
    Ruling,
    Score,
    Source,
    Span,
    Stage,
    Tokens,
    Trace,
    Unsupported,
)

Texts = Callable[[str, int, int], str]
"""(document id, start, end) to the document's text in that range."""


def as_body(answer: Answer) -> dict[str, Any]:
    """Everything of an answer that opening it again needs, as JSON values."""
    trace = answer.trace
    return {
        "question": trace.question,
        "understood": trace.understood,
        "answer": answer.text,
        "draft": trace.draft,
        "abstained": answer.abstained,
        "stopped": answer.stopped,
        "confidence": answer.confidence,
        "route": answer.route,
        "model": answer.model,
        "adapter": answer.adapter,
        "recipe": trace.recipe,
        "choice": asdict(trace.choice) if trace.choice else None,
        "asker": asdict(trace.asker) if trace.asker else None,
        "principal": trace.principal,
        "started_at": trace.started_at,
        "total_ms": trace.total_ms,
        "tokens": asdict(answer.tokens),
        "stages": [asdict(stage) for stage in trace.stages],
        "citations": [asdict(citation) for citation in answer.citations],
        "unsupported": [asdict(each) for each in answer.unsupported],
        "candidates": [_hit(hit) for hit in trace.candidates],
        "sources": [_source(source) for source in answer.sources],
        "prompt": _prompt(trace.prompt) if trace.prompt else None,
        "received": trace.received,
        "parent": trace.parent,
        "since": trace.since,
        "pinned": list(trace.pinned),
        "barred": list(trace.barred),
        "policy": trace.policy,
        "routed": asdict(trace.routed) if trace.routed else None,
        "rulings": [asdict(ruling) for ruling in answer.rulings],
    }


def from_body(trace_id: str, body: Mapping[str, Any], texts: Texts) -> Answer:
    """The answer from what `as_body` made of it; raises NotFound where a document of it is gone.

    A recipe that this version cannot read is left out: the answer can be read, and not asked again.
    """
    candidates = tuple(_to_hit(held, texts) for held in body["candidates"])
    hits = {hit.chunk.id: hit for hit in candidates}
    sources = tuple(Source(s["number"], hits[s["chunk"]], s["text"]) for s in body["sources"])
    prompt = body["prompt"]
    asker = body["asker"]
    trace = Trace(
        id=trace_id,
        question=body["question"],
        recipe=body["recipe"],
        principal=body["principal"],
        stages=tuple(Stage(**stage) for stage in body["stages"]),
        candidates=candidates,
        prompt=_to_prompt(prompt, sources) if prompt else None,
        total_ms=body["total_ms"],
        started_at=body["started_at"],
        understood=body["understood"],
        choice=_to_recipe(body["choice"]),
        asker=_to_principal(asker) if asker else None,
        received=body["received"],
        draft=body["draft"],
        parent=body["parent"],
        since=body["since"],
        pinned=tuple(body["pinned"]),
        barred=tuple(body["barred"]),
        policy=body.get("policy", 0),
        routed=_to_routed(body.get("routed")),
    )
    return Answer(
        text=body["answer"],
        abstained=body["abstained"],
        citations=tuple(Citation(**{**c, "sentence": Span(**c["sentence"])}) for c in body["citations"]),
        unsupported=tuple(Unsupported(u["start"], u["end"], tuple(u["missing"])) for u in body["unsupported"]),
        sources=sources,
        route=body["route"],
        model=body["model"],
        adapter=body["adapter"],
        tokens=Tokens(**{**body["tokens"], "logprobs": tuple(body["tokens"]["logprobs"])}),
        recipe=body["recipe"],
        trace=trace,
        stopped=body["stopped"],
        confidence=body["confidence"],
        rulings=_rulings(body),
    )


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "chunk": _chunk(hit.chunk),
        "passage": _chunk(hit.passage) if hit.passage else None,
        "document": hit.document,
        "zone": hit.zone,
        "rank": hit.rank,
        "scores": {name: [score.value, score.rank] for name, score in hit.scores.items()},
        "fate": hit.fate.value,
        "low_trust": hit.low_trust,
        "rulings": [asdict(ruling) for ruling in hit.rulings],
    }


def _chunk(chunk: Chunk) -> dict[str, Any]:
    held = {each.name: getattr(chunk, each.name) for each in fields(Chunk) if each.name not in ("text", "around")}
    held["around"] = [chunk.around.start, chunk.around.end] if chunk.around else None
    return held | ({"text": chunk.text} if chunk.edited else {})


def _source(source: Source) -> dict[str, Any]:
    return {"number": source.number, "chunk": source.hit.chunk.id, "text": source.text}


def _prompt(prompt: Prompt) -> dict[str, Any]:
    return {
        "messages": [list(message) for message in prompt.messages],
        "tokens": prompt.tokens,
        "budget": prompt.budget,
        "dropped": list(prompt.dropped),
        "truncated": list(prompt.truncated),
    }


def _to_hit(held: Mapping[str, Any], texts: Texts) -> Hit:
    return Hit(
        chunk=_to_chunk(held["chunk"], texts),
        document=held["document"],
        zone=held["zone"],
        rank=held["rank"],
        scores=MappingProxyType({name: Score(*score) for name, score in held["scores"].items()}),
        fate=Fate(held["fate"]),
        passage=_to_chunk(held["passage"], texts) if held["passage"] else None,
        low_trust=held.get("low_trust", False),
        rulings=_rulings(held),
    )


def _rulings(held: Mapping[str, Any]) -> tuple[Ruling, ...]:
    """Those of an answer or a hit; a trace of an earlier version has none."""
    return tuple(Ruling(**ruling) for ruling in held.get("rulings", ()))


def _to_chunk(held: Mapping[str, Any], texts: Texts) -> Chunk:
    text = held["text"] if held["edited"] else texts(held["document_id"], held["start"], held["end"])
    around = Span(*held["around"]) if held["around"] else None
    listed = {name: tuple(held[name]) for name in ("pages", "headings")}
    return Chunk(**{**held, **listed, "text": text, "around": around})


def _to_prompt(held: Mapping[str, Any], sources: tuple[Source, ...]) -> Prompt:
    messages = tuple((role, content) for role, content in held["messages"])
    return Prompt(
        messages, sources, held["tokens"], held["budget"], tuple(held["dropped"]), tuple(held["truncated"])
    )  # fmt: skip


def _to_recipe(held: Mapping[str, Any] | None) -> Any:
    try:
        return from_json(dict(held)) if held else None
    except RequestError:
        return None


def _to_routed(held: Mapping[str, Any] | None) -> Routed | None:
    """What the router decided; None in a trace of an earlier version."""
    if held is None:
        return None
    reasons = tuple(Reason(**reason) for reason in held["reasons"])
    chances = tuple((way, chance) for way, chance in held["chances"])
    return Routed(**{**held, "reasons": reasons, "chances": chances, "dropped": tuple(held["dropped"])})


def _to_principal(held: Mapping[str, Any]) -> Principal:
    labels = held["labels"]
    return Principal(
        held["name"], tuple(held["roles"]), tuple(held["zones"]), None if labels is None else tuple(labels)
    )
