from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from core.governance.principals import persona
from core.index.contract import Access
from core.recipes import BUILT_IN, varied, with_retrieval
from core.retrieval.retriever import Retriever, retrieve
from core.types import Hit, Recipe
from core.workbench import Workbench

OFFICER = persona("officer")
QUESTION = "How many days may unused articles be sent back?"


class ByLength:
    """A reranker that likes short passages."""

    def scores(self, question: str, passages: Sequence[str]) -> np.ndarray:
        return np.array([-len(passage) for passage in passages], dtype=np.float32)


def hits_of(bench: Workbench, recipe: Recipe, reranker: ByLength | None = None) -> list[Hit]:
    parts = replace(bench.retriever(BUILT_IN["extractive"]), reranker=reranker)
    assert isinstance(parts, Retriever)
    return retrieve(QUESTION, recipe, Access.of(OFFICER), parts)


def test_each_hit_tells_every_score_with_its_rank(filled: Workbench) -> None:
    recipe = with_retrieval(BUILT_IN["extractive"], rerank="maxsim")
    hits = hits_of(filled, recipe, ByLength())
    judged = [hit for hit in hits if "rerank" in hit.scores]
    assert len(judged) == recipe.retrieval.rerank_depth
    assert hits[: len(judged)] == judged
    assert sorted(hit.scores["rerank"].rank for hit in judged) == list(range(1, 21))
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))


def test_a_reranker_alone_decides_or_is_one_more_list(filled: Workbench) -> None:
    recipe = with_retrieval(BUILT_IN["extractive"], rerank="maxsim", rerank_order="alone")
    alone = hits_of(filled, recipe, ByLength())[:20]
    assert [hit.scores["rerank"].rank for hit in alone] == list(range(1, 21))
    nothing = with_retrieval(recipe, rerank_order="fused", rerank_weight=0.0)
    plain = [hit.chunk.id for hit in hits_of(filled, BUILT_IN["extractive"])]
    assert [hit.chunk.id for hit in hits_of(filled, nothing, ByLength())][:5] == plain[:5]


def test_a_weight_of_nothing_takes_a_list_out(filled: Workbench) -> None:
    dense = [hit.chunk.id for hit in hits_of(filled, with_retrieval(BUILT_IN["extractive"], mode="dense"))]
    weighted = hits_of(filled, with_retrieval(BUILT_IN["extractive"], sparse_weight=0.0))
    assert [hit.chunk.id for hit in weighted if "dense" in hit.scores] == dense


def test_diversity_changes_the_order_and_loses_nothing(filled: Workbench) -> None:
    plain = hits_of(filled, BUILT_IN["extractive"])
    diverse = hits_of(filled, with_retrieval(BUILT_IN["extractive"], mmr=0.3))
    assert {hit.chunk.id for hit in diverse} == {hit.chunk.id for hit in plain}
    assert diverse[0].chunk.id == plain[0].chunk.id
    assert [hit.chunk.id for hit in diverse] != [hit.chunk.id for hit in plain]


def test_expanded_hits_are_text_of_their_document_and_show_nothing_twice(filled: Workbench) -> None:
    for expand in ("neighbours", "parent"):
        hits = hits_of(filled, with_retrieval(BUILT_IN["extractive"], expand=expand))[:5]
        assert any(hit.passage for hit in hits) or expand == "parent"  # sections that fit a passage stay as they are
        shown: dict[str, list[tuple[int, int]]] = {}
        for hit in hits:
            document = filled.library.get(hit.chunk.document_id)
            piece = hit.shown
            assert document.text[piece.start : piece.end] == piece.text
            assert piece.start <= hit.chunk.start
            assert hit.chunk.end <= piece.end
            assert piece.pages
            for start, end in shown.get(document.id, []):
                assert piece.end <= start or end <= piece.start
            shown.setdefault(document.id, []).append((piece.start, piece.end))


def test_an_expanded_answer_cites_its_place_in_the_document(filled: Workbench) -> None:
    from core.answering.ask import finish

    recipe = with_retrieval(BUILT_IN["extractive"], expand="neighbours")
    answer = finish(filled.ask(QUESTION, recipe, OFFICER))
    for citation in answer.citations:
        assert filled.library.get(citation.document_id).text[citation.start : citation.end] == citation.quote


def test_words_of_another_language_do_not_count(filled: Workbench) -> None:
    dense = with_retrieval(BUILT_IN["extractive"], mode="dense")
    gated = with_retrieval(BUILT_IN["extractive"], words_known=0.75, rerank="maxsim")
    parts = replace(filled.retriever(BUILT_IN["extractive"]), reranker=ByLength())
    german = "Wie viele Tage lang darf man unbenutzte Ware zurückschicken?"
    plain = retrieve(german, dense, Access.of(OFFICER), replace(parts, reranker=None))
    assert retrieve(german, gated, Access.of(OFFICER), parts) == plain
    assert any("rerank" in hit.scores for hit in retrieve(QUESTION, gated, Access.of(OFFICER), parts))
    cross = with_retrieval(gated, rerank="cross:any")  # a cross-encoder may know the language
    assert "rerank" in retrieve(german, cross, Access.of(OFFICER), parts)[0].scores


@pytest.mark.parametrize("strategy", ["window", "hierarchical"])
def test_what_was_found_small_is_read_wide_and_nothing_twice(bench: Workbench, strategy: str) -> None:
    bench.ingest(bench.samples()[:4], persona("administrator"))
    recipe = varied(BUILT_IN["extractive"], {"chunking.strategy": strategy, "chunking.size": "40"})
    hits, _ = bench.search(QUESTION, recipe, OFFICER, 8)
    top = hits[: recipe.retrieval.top_k]
    assert all(hit.chunk.tokens <= 40 for hit in top)
    wide = [hit for hit in top if hit.passage]
    assert len(wide) >= 3
    shown: dict[str, set[int]] = {}
    for hit in top:
        places = set(range(hit.shown.start, hit.shown.end))
        assert hit.shown.text == bench.library.get(hit.chunk.document_id).text[hit.shown.start : hit.shown.end]
        assert hit.shown.start <= hit.chunk.start < hit.chunk.end <= hit.shown.end
        assert not places & shown.get(hit.chunk.document_id, set())
        shown.setdefault(hit.chunk.document_id, set()).update(places)
    [where] = [hit.chunk.around for hit in wide[:1]]
    assert where is not None
    assert (wide[0].shown.start, wide[0].shown.end) == (where.start, where.end)
    cut, _ = bench.search(QUESTION, with_retrieval(recipe, expand="new"), OFFICER, 8)
    assert all(hit.shown.tokens <= 40 for hit in cut)
