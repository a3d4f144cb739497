"""Guesses where an answer lost what it needed, from what it lacks alone; it knows no evidence and reads nothing."""

from core.answering.diagnosis import Diagnosis, unsaid
from core.generation.evidence import Passage, coverage, rarity
from core.generation.prompt import declines
from core.types import Answer, Fate, Hit, Span

UNSURE = 0.2
"""Estimated probability that the sources hold the answer below which an answer is doubted."""
_MORE = 0.2
"""A passage that was left out is suspected from this much more of the question's words than any in the prompt."""
_FEW = 0.34
"""Below this share of the question's words, the best passage is not about it."""

_UNCHECKED = "whether they answer the question was not checked"
"""A receipt bears its own sentence out; that it is what was asked for only known evidence tells."""


def guess(answer: Answer, outdated: str = "", foreign: str = "") -> Diagnosis:
    """The most likely loss; OK where nothing points at one, which does not say that the question is answered.

    `outdated` is a document that the answer cites and that is no longer in force, `foreign` the language of a question
    that differs from the documents'; both empty where it is not so.
    """
    code, stage, told, chunks, rank = "OK", "", f"Every sentence has a receipt; {_UNCHECKED}.", (), 0
    if outdated:
        code, stage = "STALE", "library"
        told = f"The answer cites '{outdated}', which is not in force any longer in that version."
    elif answer.route == "closed":
        code, stage, told = "NOT_RETRIEVED", "route", "Nothing was searched: the answer came by the route 'closed'."
    elif answer.route != "rag":
        told = "The question was taken for small talk, which needs no evidence."
    elif doubted(answer):
        return _suspected(answer, foreign)
    elif answer.trace.draft:
        told = "Every sentence has a receipt: quotes stand in the place of a draft that no source bore out"
        told += f"; {_UNCHECKED}."
    return Diagnosis(code, stage, told, chunks=chunks, rank=rank, guess=True)  # type: ignore[arg-type]


def doubted(answer: Answer) -> bool:
    """Whether something of the answer asks for an explanation.

    It is judged as it stands: quotes in the place of a model's draft are as good as the same quotes without one.
    """
    unsure = answer.confidence is not None and answer.confidence < UNSURE
    unborne = bool(answer.unsupported) or not answer.citations
    return answer.abstained or declines(answer.text) or unborne or unsure or answer.stopped


def _suspected(answer: Answer, foreign: str) -> Diagnosis:
    trace = answer.trace
    if not trace.candidates:
        return Diagnosis("NOT_INDEXED", "library", "No passage that the asker may see was found at all.", guess=True)
    if foreign:
        told = f"The question is in '{foreign}', the documents are not, and the recipe finds by their words."
        return Diagnosis("NOT_RETRIEVED", "retrieve", told, guess=True)
    shares = _shares(answer)
    packed = max((shares[h.chunk.id] for h in trace.candidates if _read(h)), default=0.0)
    out = [hit for hit in trace.candidates if not _read(hit) and hit.fate is not Fate.WITHHELD]
    best = max(out, key=lambda hit: (shares[hit.chunk.id], -hit.rank), default=None)
    if best and shares[best.chunk.id] >= packed + _MORE:
        words = (
            f"A passage with {shares[best.chunk.id]:.0%} of the question's words, against {packed:.0%} in the prompt"
        )
        held = (best.chunk.id,)
        if best.fate is Fate.DROPPED:
            told = f"{words}, did not fit the prompt's budget."
            return Diagnosis("DROPPED_BY_BUDGET", "pack", told, best.document, chunks=held, rank=best.rank, guess=True)
        takes = trace.choice.retrieval.top_k if trace.choice else len(answer.sources)
        told = f"{words}, ranked {best.rank}; the prompt takes {takes}."
        return Diagnosis("RANKED_TOO_LOW", "rank", told, best.document, chunks=held, rank=best.rank, guess=True)
    if packed < _FEW:
        told = f"No passage found holds more than {packed:.0%} of the question's words: the documents may not tell."
        return Diagnosis("NOT_INDEXED", "library", told, guess=True)
    code, stage, told = unsaid(answer)
    told = told.replace("held the passage", f"held a passage with {packed:.0%} of the question's words")
    return Diagnosis(code, stage, told, guess=True)


def _read(hit: Hit) -> bool:
    return hit.fate in (Fate.PACKED, Fate.CITED, Fate.TRUNCATED)


def _shares(answer: Answer) -> dict[str, float]:
    """By chunk id the share of the question's words, by rarity, that stand in a candidate or above it."""
    trace = answer.trace
    passages = [
        Passage(at, Span(0, 0), hit.shown.text, " ".join([hit.document, *hit.chunk.headings]))
        for at, hit in enumerate(trace.candidates)
    ]
    weights, asked = rarity(passages), trace.understood or trace.question
    return {
        hit.chunk.id: coverage(asked, passage, weights) for hit, passage in zip(trace.candidates, passages, strict=True)
    }
