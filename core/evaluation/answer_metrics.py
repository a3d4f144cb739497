"""What is measured of one answer beside its words: meaning, citations, grounded sentences, what the search found.

Each measure is left out where it cannot be told, so that no table holds a NaN. It asks nobody, and keeps no text.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from core.evaluation.answers import without_marks
from core.evaluation.quotes import Resolved
from core.types import Citation, Unsupported

Embed = Callable[[Sequence[str]], np.ndarray]
"""Texts to unit vectors, shape (texts, dimension)."""


def similarity(text: str, accepted: Sequence[str], embed: Embed) -> float:
    """The cosine of the answer and the accepted answer nearest to it, by their sentence vectors; -1 to 1.

    The measure that Reimers and Gurevych (Sentence-BERT, 2019) validate on STS; marks of sources are no part of the
    answer. 0 for an answer without words. Raises ValueError where nothing is accepted.
    """
    if not accepted:
        raise ValueError("A similarity needs an accepted answer.")
    bare = without_marks(text)
    if not bare:
        return 0.0
    vectors = embed([bare, *accepted])
    return float(np.max(vectors[1:] @ vectors[0]))


def cited_documents(citations: Sequence[Citation], wanted: Sequence[Resolved]) -> dict[str, float]:
    """Precision and recall of the documents that an answer cites, against those of its evidence.

    citation_precision: share of the receipts that point into a document of the evidence; left out without a receipt.
    citation_recall: share of the documents of the evidence into which a receipt points. Precision and recall as
    Gao et al. (ALCE, 2023) ask them of citations, decided by known evidence where they ask a model for entailment.
    A document that says word for word the same under another name counts as the one of the evidence.
    """
    documents = {item.document_id: set(item.places) for item in wanted}
    cited = [citation.document_id for citation in citations]
    right = [any(each in alike for alike in documents.values()) for each in cited]
    return _shares("citation", right, [bool(alike & set(cited)) for alike in documents.values()])


def cited_spans(citations: Sequence[Citation], wanted: Sequence[Resolved]) -> dict[str, float]:
    """The same by passages: a receipt is right when its range shares a character with a quote of the evidence.

    span_precision: share of the receipts that are right; left out without a receipt. span_recall: share of the quotes
    that a receipt shares a character with, at whatever place they stand, also in a copy of their document.
    """
    right = [any(_meets(citation, item) for item in wanted) for citation in citations]
    found = [any(_meets(citation, item) for citation in citations) for item in wanted]
    return _shares("span", right, found)


def grounded(citations: Sequence[Citation], unsupported: Sequence[Unsupported]) -> float | None:
    """Share of the answer's sentences that have a receipt; None where it has no sentence.

    Per-statement groundedness as in RAGAS's faithfulness (Es et al. 2023), by sentences, and decided by the product's
    own receipts (see `core.generation.citations`) in place of a model.
    """
    borne_out = len({(citation.sentence.start, citation.sentence.end) for citation in citations})
    sentences = borne_out + len(unsupported)
    return borne_out / sentences if sentences else None


def refusal(answerable: bool, declined: bool) -> dict[str, float]:
    """Precision and recall of declining, one question's part of each mean.

    refusal_precision: of the questions that were declined, the share that the documents do not answer.
    refusal_recall: of the questions that the documents do not answer, the share that was declined.
    wrongly_declined: of those that they do answer, the share that was declined.
    """
    told: dict[str, float] = {}
    if declined:
        told["refusal_precision"] = float(not answerable)
    told["wrongly_declined" if answerable else "refusal_recall"] = float(declined)
    return told


def retrieval_values(values: Mapping[str, float]) -> dict[str, float]:
    """The measures of `core.evaluation.retrieval_runs.score` that answers are told with, under names of their own."""
    return {own: values[name] for name, own in _RETRIEVAL.items()}


_RETRIEVAL = {
    **{f"recall@{depth}": f"recall_at_{depth}" for depth in (1, 3, 5, 10)},
    "mrr": "mrr",
    "ndcg@10": "ndcg_at_10",
    "token recall": "token_recall",
    "token precision": "token_precision",
    "token iou": "token_iou",
}


def _meets(citation: Citation, item: Resolved) -> bool:
    spans = item.places.get(citation.document_id, ())
    return any(max(citation.start, span.start) < min(citation.end, span.end) for span in spans)


def _shares(name: str, right: Sequence[bool], found: Sequence[bool]) -> dict[str, float]:
    told: dict[str, float] = {}
    if right:
        told[f"{name}_precision"] = sum(right) / len(right)
    if found:
        told[f"{name}_recall"] = sum(found) / len(found)
    return told
