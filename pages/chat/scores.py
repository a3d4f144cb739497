"""The scores of the search in words: what each kind measures under a recipe, and how a passage was widened."""

from collections.abc import Sequence

from core.types import Hit, Recipe

KINDS = {"dense": "Meaning", "sparse": "Words", "fused": "Fused", "rerank": "Rerank"}
"""By stage, in the order of the stages; kinds are never compared with each other."""

_DISTANCES = {
    "cosine": "the cosine of its vector and the question's; 1 would be the same direction",
    "dot": "the dot product of its vector and the question's; more is nearer",
    "euclid": "the Euclidean distance of its vector from the question's; less is nearer",
}


def says(kind: str, recipe: Recipe) -> str:
    """One sentence on what a score of this kind measures under the recipe."""
    retrieval = recipe.retrieval
    if kind == "dense":
        return f"Dense vectors: {_DISTANCES[recipe.embedding.distance]}."
    if kind == "sparse":
        return "BM25: how well its words match the question's, rare words counting more; it has no upper end."
    if kind == "rerank":
        if retrieval.rerank == "maxsim":
            return "MaxSim: each word of the question beside the word of the passage that is nearest to it, added up."
        return "Cross-encoder: a model that reads question and passage together; more is better."
    if retrieval.fusion == "dbsf":
        return (
            "DBSF: the scores of both searches, each brought to one scale by its mean and spread, then weighted and "
            "added."
        )
    return f"RRF: weight / ({retrieval.rrf_k} + rank), added over both searches; only ranks count, not scores."


def present(hits: Sequence[Hit]) -> list[str]:
    """The kinds that at least one of the hits has."""
    return [kind for kind in KINDS if any(kind in hit.scores for hit in hits)]


def value(kind: str, hit: Hit) -> str:
    """A score as it was measured, never as a share of anything."""
    score = hit.scores.get(kind)
    return f"{score.value:.3g}" if score else "–"


def rank(kind: str, hit: Hit) -> str:
    """The place that the score gave it among all candidates."""
    score = hit.scores.get(kind)
    return f"#{score.rank}" if score else "–"


def share(kind: str, hit: Hit, among: Sequence[Hit], recipe: Recipe) -> float:
    """0 to 1: the score beside the best of its own kind, for the length of a bar; 0 where that says nothing."""
    values = [other.scores[kind].value for other in among if kind in other.scores]
    if kind not in hit.scores or min(values) < 0:
        return 0.0
    own = hit.scores[kind].value
    if kind == "dense" and recipe.embedding.distance == "euclid":
        return min(values) / own if own else 1.0
    return own / max(values) if max(values) else 0.0


def widened(hit: Hit, recipe: Recipe) -> str:
    """How the passage was widened for the prompt; empty where it was not."""
    if hit.passage is None:
        return ""
    if recipe.retrieval.expand == "new":
        return "shown without what a better passage shows"
    section = recipe.retrieval.expand == "parent" and hit.chunk.headings
    return "shown with its section" if section else "shown with its neighbours"
