"""A recipe as a retriever of LlamaIndex, for whoever builds on that; it needs an open workbench.

Importing it imports llama-index-core, which takes a second or two.
"""

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from core.types import Hit, Principal, Recipe
from core.workbench import Workbench

_LAST_WORD = ("rerank", "fused", "dense", "sparse")
"""The stage whose score a node gets: the latest that judged it."""


class RecipeRetriever(BaseRetriever):
    """Finds what the recipe finds, for one principal: what they may not see is not found."""

    def __init__(self, bench: Workbench, recipe: Recipe, principal: Principal) -> None:
        super().__init__()
        self._bench = bench
        self._recipe = recipe
        self._principal = principal

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """The recipe's `top_k` hits; raises RequestError for what is no question."""
        top_k = self._recipe.retrieval.top_k
        hits, _ = self._bench.search(query_bundle.query_str, self._recipe, self._principal, top_k)
        return [_node(hit) for hit in hits]


def _node(hit: Hit) -> NodeWithScore:
    shown = hit.shown
    stage = next(name for name in _LAST_WORD if name in hit.scores)
    metadata = {
        "document": hit.document,
        "document_id": hit.chunk.document_id,
        "zone": hit.zone,
        "pages": list(shown.pages),
        "headings": list(shown.headings),
        "scores": {name: {"value": score.value, "rank": score.rank} for name, score in hit.scores.items()},
    }
    node = TextNode(
        id_=hit.chunk.id, text=shown.text, metadata=metadata, start_char_idx=shown.start, end_char_idx=shown.end
    )
    return NodeWithScore(node=node, score=hit.scores[stage].value)
