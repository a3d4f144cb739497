"""What is measured of retrieval, as people call it; it measures nothing."""

from core.evaluation.statistics import Estimate

NAMES = {
    "recall@1": "Recall@1",
    "recall@3": "Recall@3",
    "recall@5": "Recall@5",
    "recall@10": "Recall@10",
    "mrr": "MRR",
    "ndcg@10": "nDCG@10",
    "token recall": "Token recall",
    "token precision": "Token precision",
    "token iou": "Token IoU",
    "tokens": "Tokens a prompt",
    "characters": "Characters a prompt",
    "ms": "Search, ms",
}
TOLD = {
    "recall@1": "Share of the evidence that the first passage holds wholly.",
    "recall@3": "Share of the evidence that one of the first three passages holds wholly.",
    "recall@5": "Share of the evidence that one of the first five passages holds wholly.",
    "recall@10": "Share of the evidence that one of the first ten passages holds wholly.",
    "mrr": "1 divided by the rank of the first passage that holds evidence, on average.",
    "ndcg@10": "How near to the top the passages with evidence stand, among the first ten.",
    "token recall": "Share of the evidence's text that the prompt is shown.",
    "token precision": "Share of the text shown that is evidence; the rest is ballast.",
    "token iou": "Evidence shown, divided by all that is shown or is evidence: right and short at once.",
    "tokens": "Tokens of the passages that a prompt is shown.",
    "characters": "Characters of the passages that a prompt is shown.",
    "ms": "Milliseconds from question to passages on this machine.",
}
QUALITIES = tuple(name for name in NAMES if name not in ("tokens", "characters", "ms"))
"""Those of which more is better, all from 0 to 1."""


def text(estimate: Estimate, name: str) -> str:
    """A mean with its interval, in the digits that the measure deserves."""
    return estimate.text(0 if name in ("tokens", "characters") else 1 if name == "ms" else 3)
