"""The changes of a recipe that may mend an answer, likeliest first; it tries none of them."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict

from core.answering.diagnosis import Code, Diagnosis
from core.recipes import BUILT_IN
from core.types import Answer, Recipe

Changes = Mapping[str, str]
_SHORT = {"chunking.strategy": "chunking", "embedding.model": "embedder", "retrieval.mode": "mode"}
_LOW = 20
"""Passages that a prompt may take before another ranking is the better cure."""
_MOST = 200
"""Passages that a recipe may hand on to the prompt at most."""

_ADVICE: Mapping[Code, str] = {
    "NOT_INDEXED": "Bring a document that holds the answer into the library.",
    "STALE": "Bring the version that is in force; where it says something else now, mend the question set.",
    "FILTERED": "Ask again without keeping the passage out.",
    "SPLIT_BY_CHUNKING": "Merge the passages by hand.",
    "NOT_RETRIEVED": "Use the document's own words in the question, or choose another embedder.",
    "RANKED_TOO_LOW": "Use the document's own words in the question, or choose another embedder.",
    "DROPPED_BY_BUDGET": "Give the prompt a larger budget, or cut the documents into smaller passages.",
    "IGNORED_BY_MODEL": "Choose a larger model, or an adapter that was trained to answer from passages.",
    "UNSUPPORTED": "Choose a larger model, or an adapter that was trained to answer from passages.",
    "OK": "",
}


def proposals(found: Diagnosis, recipe: Recipe, answer: Answer, foreign: bool, answerable: bool) -> list[Changes]:
    """What may mend it, likeliest first; an empty change is to ask again, or only needs room in the prompt.

    `foreign` says whether the question is in another language than the documents, `answerable` whether these hold an
    answer at all.
    """
    return list(_proposals(found, recipe, answer, foreign, answerable))


def _proposals(found: Diagnosis, recipe: Recipe, answer: Answer, foreign: bool, answerable: bool) -> Iterator[Changes]:
    match found.code:
        case "SPLIT_BY_CHUNKING":
            yield from _cuts(recipe)
        case "NOT_RETRIEVED" if found.stage == "route":
            yield {"route": "rag"}
        case "NOT_RETRIEVED":
            yield from _across(recipe) if foreign else ()
            yield from _searches(recipe)
            yield from _deeper(recipe, found.rank, _MOST)
            yield from _embedders(recipe)
        case "RANKED_TOO_LOW":
            near = list(_deeper(recipe, found.rank, max(_LOW, 2 * recipe.retrieval.top_k)))
            yield from near
            yield from _across(recipe) if foreign else ()
            yield from _reranked(recipe)
            yield from _searches(recipe)
            yield from _deeper(recipe, found.rank, _MOST) if not near else ()
        case "NOT_INDEXED" | "STALE" | "DROPPED_BY_BUDGET":
            yield {}
        case "UNSUPPORTED" if not answerable:
            yield from _declining(answer)
        case "IGNORED_BY_MODEL" | "UNSUPPORTED":
            yield from _words(found, recipe, answer)


def advice(found: Diagnosis, asker: str) -> str:
    """What to do where no change of the recipe was found to mend it."""
    if found.code == "NOT_INDEXED" and found.document:
        return f"Bring '{found.document}' into the library."
    if found.code == "FILTERED" and found.document and not found.chunks:
        return (
            f"Ask as a person who may see '{found.document}', or change its zone or labels: '{asker}' may not see it."
        )
    return _ADVICE[found.code]


def label(recipe: Recipe, changes: Changes, end: str) -> str:
    """The change in short, such as "top_k 5 → 12 keeps it"."""
    before = asdict(recipe)
    parts = []
    for path, value in changes.items():
        section, _, name = path.partition(".")
        held = before[section][name] if name else before[section]
        parts.append(f"{_SHORT.get(path, name or section)} {held} → {value}")
    return f"{', '.join(parts) or 'Asked again, it'} {end}"


def wider(recipe: Recipe, top_k: int) -> Changes:
    """What makes the prompt take so many passages, with the fields that this drags along."""
    held = recipe.retrieval
    changes = {"retrieval.top_k": str(top_k)}
    if held.candidates < top_k:
        changes["retrieval.candidates"] = str(top_k)
    if held.rerank != "none" and held.rerank_depth < top_k:
        changes["retrieval.rerank_depth"] = str(top_k)
    return changes


def _deeper(recipe: Recipe, rank: int, most: int) -> Iterator[Changes]:
    if recipe.retrieval.top_k < rank <= most:
        yield wider(recipe, rank)


def _across(recipe: Recipe) -> Iterator[Changes]:
    """What the recipe that finds across languages has other than this one."""
    to = BUILT_IN["multilingual"]
    wanted = {
        "embedding.model": (recipe.embedding.model, to.embedding.model),
        "retrieval.mode": (recipe.retrieval.mode, to.retrieval.mode),
        "generation.abstain_below": (recipe.generation.abstain_below, to.generation.abstain_below),
    }
    changes = {path: str(new) for path, (old, new) in wanted.items() if old != new}
    if "embedding.model" in changes:
        yield changes


def _searches(recipe: Recipe) -> Iterator[Changes]:
    """Other ways to search the same index."""
    held = recipe.retrieval
    for mode in ("hybrid", "sparse", "dense"):
        if mode != held.mode:
            yield {"retrieval.mode": mode}
    if held.mode != "hybrid":
        yield from ({"retrieval.mode": "hybrid", **wider(recipe, k)} for k in (10, _LOW) if k > held.top_k)
    if held.candidates < 200:
        yield {"retrieval.candidates": "200"}
        yield from ({"retrieval.candidates": "200", "retrieval.top_k": str(k)} for k in (10, _LOW) if k > held.top_k)


def _reranked(recipe: Recipe) -> Iterator[Changes]:
    held = recipe.retrieval
    if held.rerank == "none":
        depth = min(held.candidates, max(held.rerank_depth, held.top_k))
        extra = {} if depth == held.rerank_depth else {"retrieval.rerank_depth": str(depth)}
        yield {"retrieval.rerank": "maxsim", **extra}


def _embedders(recipe: Recipe) -> Iterator[Changes]:
    default = BUILT_IN["default"].embedding.model
    other = BUILT_IN["multilingual"].embedding.model
    yield {"embedding.model": default if recipe.embedding.model != default else other}


def _cuts(recipe: Recipe) -> Iterator[Changes]:
    """Other ways to cut: the default, whose index most workspaces have, then from the nearest to the furthest."""
    held, usual = recipe.chunking, BUILT_IN["default"].chunking
    fields = {name: (getattr(held, name), getattr(usual, name)) for name in ("strategy", "size", "overlap")}
    changes = {f"chunking.{name}": str(new) for name, (old, new) in fields.items() if old != new}
    if changes:
        yield changes
    for share in (0.25, 0.5):
        if (overlap := int(held.size * share)) > held.overlap and held.strategy not in ("window", "hierarchical"):
            yield {"chunking.overlap": str(overlap)}
    for factor in (1.5, 2, 3, 4):
        size = int(held.size * factor)
        parent = {"chunking.parent": str(2 * size)} if held.strategy == "hierarchical" else {}
        if 2 * size <= 8192:
            yield {"chunking.size": str(size), **parent}
    for strategy in ("sentences", "sections", "window"):
        if strategy != held.strategy:
            yield {"chunking.strategy": strategy}
            if held.size < 160:
                yield {"chunking.strategy": strategy, "chunking.size": "160"}
    yield {"chunking.strategy": "window", "chunking.window": "5"}


def _declining(answer: Answer) -> Iterator[Changes]:
    """A bound just above this answer's confidence, under which the reply would be that the documents do not tell."""
    confidence = answer.confidence if answer.confidence is not None else 1.0
    if confidence < 0.9:
        yield {"generation.abstain_below": str(round(confidence + 0.001, 3))}


def _words(found: Diagnosis, recipe: Recipe, answer: Answer) -> Iterator[Changes]:
    """Other ways to write from the same prompt."""
    held = recipe.generation
    if found.stage == "weigh":
        below = max(0.0, round((answer.confidence or 0.0) - 0.0005, 3))
        yield {"generation.abstain_below": str(below)}
        return
    local = {"generation.answerer": "extractive"} if held.answerer == "local" else {}
    if local:
        yield local
    for sentences in range(held.sentences + 1, held.sentences + 4):
        yield {**local, "generation.sentences": str(sentences)}
