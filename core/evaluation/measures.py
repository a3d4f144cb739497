"""The measures of answers by name: what each says, over which questions, and which way is better; it measures nothing.

The names are those of gates, JSON and exports. Where a measure is computed stands in `core.evaluation.answer_metrics`,
`answers`, `ranking` and `token_metrics`, with its source.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Unit = Literal["share", "ms", "tokens", "money"]


@dataclass(frozen=True, slots=True)
class Measure:
    """How a measure is told."""

    title: str
    told: str
    """A sentence."""
    unit: Unit = "share"
    better: Literal[1, -1, 0] = 1
    """1: more is better; -1: less is; 0: neither."""


MEASURES: Mapping[str, Measure] = {
    "overall": Measure("Dealt with rightly", "Answered right, or declined where the documents hold no answer."),
    "right": Measure("Right", "An accepted answer stands in the answer; over questions that can be answered."),
    "exact": Measure("Exact match", "The answer is an accepted one and nothing else, as SQuAD compares."),
    "f1": Measure("F1", "Words shared with the accepted answer, as SQuAD counts them."),
    "similarity": Measure("Similarity", "Cosine of the answer and the nearest accepted one, by MiniLM."),
    "citation_precision": Measure("Citation precision", "Of the receipts, those into a document of the evidence."),
    "citation_recall": Measure(
        "Citation recall", "Of the documents of the evidence, those that a receipt points into."
    ),
    "span_precision": Measure("Passage precision", "Of the receipts, those that share text with the evidence's quote."),
    "span_recall": Measure("Passage recall", "Of the evidence's quotes, those that a receipt shares text with."),
    "grounded": Measure("Grounded sentences", "Of an answer's sentences, those that have a receipt."),
    "quoted": Measure(
        "Quotes instead", "The sources did not bear out what the model wrote; quotes stand in.", better=-1
    ),
    "refusal_precision": Measure("Refusal precision", "Of the questions declined, those that nothing answers."),
    "refusal_recall": Measure("Refusal recall", "Of the questions that nothing answers, those declined."),
    "wrongly_declined": Measure(
        "Wrongly declined", "Of the questions that can be answered, those declined.", better=-1
    ),
    "recall_at_1": Measure("Recall@1", "Share of the evidence that the first passage holds wholly."),
    "recall_at_3": Measure("Recall@3", "Share of the evidence that one of the first three passages holds wholly."),
    "recall_at_5": Measure("Recall@5", "Share of the evidence that one of the first five passages holds wholly."),
    "recall_at_10": Measure("Recall@10", "Share of the evidence that one of the first ten passages holds wholly."),
    "mrr": Measure("MRR", "1 divided by the rank of the first passage that holds evidence."),
    "ndcg_at_10": Measure("nDCG@10", "How near to the top the passages with evidence stand, among the first ten."),
    "token_recall": Measure("Token recall", "Share of the evidence's text that the prompt is shown."),
    "token_precision": Measure("Token precision", "Share of the text shown that is evidence."),
    "token_iou": Measure("Token IoU", "Evidence shown, divided by all that is shown or is evidence."),
    "judge": Measure("LLM judge", "A model on a server calls the answer right; its failures are counted apart."),
    "judge_failed": Measure("Judge failures", "Answers of which the judge gave no verdict.", better=-1),
    "p50_ms": Measure("Latency, median", "Milliseconds from question to whole answer, on this machine.", "ms", -1),
    "p95_ms": Measure("Latency, 95th percentile", "19 of 20 answers were whole after so long.", "ms", -1),
    "first_p50_ms": Measure("First words, median", "Milliseconds from question to the first words.", "ms", -1),
    "tokens_read": Measure("Tokens read", "Tokens of the prompt, mean; 0 where no model writes.", "tokens", -1),
    "tokens_written": Measure("Tokens written", "Tokens of the answer, mean; 0 where no model writes.", "tokens", -1),
    "assumed_cost": Measure(
        "Cost of 1,000 answers, assumed", "Tokens times prices that you set; nothing was billed.", "money", -1
    ),
}
QUALITIES = tuple(name for name, each in MEASURES.items() if each.unit == "share")
"""All from 0 to 1, but for `similarity`, which may be below 0."""
