"""Names the first stage at which an answer lost its evidence; it reads nothing, and judges by what it is told.

The stages come in this order: the library, the access, the chunking, the search, its ranking, the prompt's budget, the
model. Of several pieces of evidence the one that was lost first decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from core.generation.prompt import declines
from core.types import Answer, Fate, Hit

Code = Literal[
    "NOT_INDEXED",
    "STALE",
    "FILTERED",
    "SPLIT_BY_CHUNKING",
    "NOT_RETRIEVED",
    "RANKED_TOO_LOW",
    "DROPPED_BY_BUDGET",
    "UNSUPPORTED",
    "IGNORED_BY_MODEL",
    "OK",
]
CODES: tuple[Code, ...] = get_args(Code)
"""In the order of the stages: of two losses the earlier in this list came first."""

State = Literal[
    "current", "missing", "erased", "never", "unindexed", "uncovered", "later", "not in force", "withdrawn", "gone",
    "replaced",
]  # fmt: skip
"""How a piece of evidence stands in library and index."""

_LIBRARY: Mapping[State, tuple[Code, str]] = {
    "missing": ("NOT_INDEXED", "There is no document '{document}' that you may see."),
    "erased": ("NOT_INDEXED", "The document that held it was erased."),
    "never": ("NOT_INDEXED", "'{document}' does not say it, in any version that is kept."),
    "unindexed": ("NOT_INDEXED", "The index of this recipe holds no passage of '{document}'."),
    "uncovered": (
        "NOT_INDEXED",
        "No passage covers the place of '{document}' at which it stands: it was disabled or rewritten by hand.",
    ),
    "later": ("NOT_INDEXED", "'{document}' was not searched in this state when the question was asked; it is now."),
    "not in force": ("STALE", "'{document}' is not in force: it is valid {valid}."),
    "withdrawn": ("STALE", "'{document}' held it in version {version}, and was withdrawn."),
    "gone": ("STALE", "'{document}' held it in version {version}; the version in force does not say it."),
    "replaced": ("STALE", "The answer drew on version {version} of '{document}', which was replaced since."),
}
_BY = {"dense": "by meaning", "sparse": "by words", "rerank": "by the reranker"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence, and how far it came."""

    document: str
    """The document's name."""
    quote: str = ""
    state: State = "current"
    version: int = 0
    """The version that held it, where the one in force does not."""
    valid: str = ""
    """When the document is in force, in words, where that is not now."""
    hidden: str = ""
    """Why the asker may not see the document, as the rest of a sentence; empty where he may."""
    holders: tuple[str, ...] = ()
    """Ids of the chunks that hold the quote wholly as they are read."""
    parts: tuple[str, ...] = ()
    """Ids of the chunks that hold a part of it."""
    shown: bool = False
    """Whether the sources of the answer hold it wholly."""
    ranks: tuple[tuple[str, int], ...] = ()
    """In a wider search the ranks by stage, and "fused" over all; empty where that found nothing or was not made."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an answer beside its trace."""

    pieces: tuple[Piece, ...] = ()
    right: bool | None = None
    """Whether an accepted answer stands in it; None where none is known."""
    cites: bool = False
    """Whether a receipt points at the evidence."""
    answerable: bool = True
    """False where declining is right."""
    outdated: str = ""
    """A document that the answer cites and that is not in force any longer; empty where there is none."""

    @property
    def good(self) -> bool:
        """Whether the answer is as it should be."""
        return self.cites if self.right is None else self.right


@dataclass(frozen=True, slots=True)
class Mend:
    """A change that is likely to mend an answer."""

    label: str
    """For a button, such as "top_k 5 → 12 keeps it"; or advice in words where no recipe mends it."""
    changes: tuple[tuple[str, str], ...] = ()
    """Fields of the recipe with their new values, as `core.recipes.varied` takes them; empty for advice."""
    checked: bool = False
    """Whether a search was really made with it, or the document cut, and the evidence was there."""
    answers: bool | None = None
    """Whether the answer, really asked with it, is right; None where that was not asked."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Where an answer lost its evidence, and what may mend it."""

    code: Code
    stage: str
    """library, access, chunk, retrieve, rank, pack, weigh or generate; empty when all is well."""
    sentence: str
    document: str = ""
    """Name of the document of the evidence that was lost."""
    quote: str = ""
    chunks: tuple[str, ...] = ()
    """Ids of the chunks that hold it, or, where none does wholly, a part of it."""
    rank: int = 0
    """The best rank of these among the candidates, or else in a wider search; 0 where it is not known."""
    mend: Mend | None = None
    guess: bool = False
    """Whether the evidence was not known, and this is told from what the answer lacks."""


def diagnose(answer: Answer, facts: Facts) -> Diagnosis:
    """The first stage at which evidence was lost; OK where the answer is right and stands on what is in force."""
    if not facts.answerable:
        return _unanswerable(answer)
    if facts.good:
        return _outdated(facts) if facts.outdated else Diagnosis("OK", "", "The answer says what its evidence says.")
    losses = [_lost(piece, answer) for piece in facts.pieces]
    first = min(losses, key=lambda loss: CODES.index(loss.code))
    if facts.outdated and CODES.index(first.code) >= CODES.index("UNSUPPORTED"):
        return _outdated(facts)
    return first


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th …"""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _outdated(facts: Facts) -> Diagnosis:
    told = f"The answer cites '{facts.outdated}', which is not in force any longer in that version."
    return Diagnosis("STALE", "library", told, document=facts.outdated)


def _unanswerable(answer: Answer) -> Diagnosis:
    if answer.abstained or declines(answer.text):
        return Diagnosis("OK", "", "The documents do not hold the answer, and the reply says so.")
    return Diagnosis("UNSUPPORTED", "generate", "The documents do not hold the answer, and the reply claims one.")


def _lost(piece: Piece, answer: Answer) -> Diagnosis:
    """Where this piece was lost."""
    code, stage, told = _by_library(piece) or _by_search(piece, answer) or unsaid(answer)
    chunks = piece.holders or piece.parts
    best = best_of(answer.trace.candidates, piece.holders)
    rank = best.rank if best else dict(piece.ranks).get("fused", 0)
    return Diagnosis(code, stage, told, piece.document, piece.quote, chunks, rank)


def _by_library(piece: Piece) -> tuple[Code, str, str] | None:
    if piece.state in _LIBRARY:
        code, told = _LIBRARY[piece.state]
        words = told.format(document=piece.document, version=piece.version, valid=piece.valid)
        return code, "library", words
    return ("FILTERED", "access", f"'{piece.document}' {piece.hidden}.") if piece.hidden else None


def _by_search(piece: Piece, answer: Answer) -> tuple[Code, str, str] | None:
    """Where the way from index to prompt lost it; None where the prompt held it."""
    trace = answer.trace
    if answer.route != "rag":
        return "NOT_RETRIEVED", "route", f"Nothing was searched: the answer came by the route '{answer.route}'."
    if piece.shown:
        return None
    passages = piece.holders or piece.parts
    best = best_of(trace.candidates, passages)
    if (best and best.fate is Fate.WITHHELD) or set(passages) & set(trace.barred):
        return "FILTERED", "access", "The passage that holds it was kept out of this answer by hand or by a rule."
    if not piece.holders:
        told = f"No passage holds it whole: a boundary runs through it, and {len(piece.parts)} hold a part each."
        return "SPLIT_BY_CHUNKING", "chunk", told
    if best is None:
        return "NOT_RETRIEVED", "retrieve", _unfound(piece, len(trace.candidates))
    return _left_out(best, answer)


def _left_out(best: Hit, answer: Answer) -> tuple[Code, str, str]:
    """Why a candidate that holds the evidence wholly did not bring it into the prompt."""
    prompt, choice = answer.trace.prompt, answer.trace.choice
    ranked = f"The passage that holds it ranked {ordinal(best.rank)}"
    if prompt and best.fate is Fate.DROPPED:
        return "DROPPED_BY_BUDGET", "pack", f"{ranked} and did not fit the {prompt.budget} tokens of the prompt."
    if prompt and best.fate in (Fate.TRUNCATED, Fate.CITED, Fate.PACKED):
        told = f"{ranked}, was cut to fit the {prompt.budget} tokens of the prompt, and ends before it."
        return "DROPPED_BY_BUDGET", "pack", told
    takes = choice.retrieval.top_k if choice else len(answer.sources)
    return "RANKED_TOO_LOW", "rank", f"{ranked}{_stages(best)}; the prompt takes {takes}."


def best_of(candidates: Sequence[Hit], ids: Sequence[str]) -> Hit | None:
    """The candidate of these ids that came furthest, of equals the best ranked."""
    order = [Fate.RETRIEVED, Fate.WITHHELD, Fate.DROPPED, Fate.TRUNCATED, Fate.PACKED, Fate.CITED]
    held = [hit for hit in candidates if hit.chunk.id in set(ids)]
    return max(held, key=lambda hit: (order.index(hit.fate), -hit.rank), default=None)


def _unfound(piece: Piece, candidates: int) -> str:
    among = f"{candidates} candidates" if candidates != 1 else "one candidate"
    told = f"The passage that holds it is not among the {among}"
    ranks = [f"{ordinal(rank)} {_BY[name]}" for name, rank in piece.ranks if name in _BY]
    return f"{told}: it ranks {', '.join(ranks)}." if ranks else f"{told}, nor found by a much wider search."


def _stages(hit: Hit) -> str:
    ranks = [f"{_BY[name]} {ordinal(hit.scores[name].rank)}" for name in _BY if name in hit.scores]
    return f" ({', '.join(ranks)})" if len(ranks) > 1 else ""


def unsaid(answer: Answer) -> tuple[Code, str, str]:
    """Why an answer does not say what its prompt held: code, stage and sentence."""
    code, stage, told = _unsaid(answer)
    return code, stage, f"The prompt held the passage; {told}."


def _unsaid(answer: Answer) -> tuple[Code, str, str]:
    draft, doubts = answer.trace.draft, len(answer.unsupported)
    written = any(stage.name == "generate" for stage in answer.trace.stages)
    stage, told = "generate", "the answer says something else"
    if answer.stopped:
        told = "the answer was stopped before its end"
    elif not written and answer.abstained:
        sure = f"estimated at {answer.confidence or 0:.2f}"
        stage, told = "weigh", f"the probability that it answers was {sure}, which is too low to answer by"
    elif not written:
        told = "the sentences that were quoted are others"
    elif declines(draft) or (not draft and (answer.abstained or declines(answer.text))):
        told = "the model declined to answer"
    elif draft:
        return "UNSUPPORTED", stage, "the model wrote what no source bears out, and quotes stand in its place"
    elif doubts:
        count = "a sentence" if doubts == 1 else f"{doubts} sentences"
        return "UNSUPPORTED", stage, f"the answer has {count} that no source bears out"
    return "IGNORED_BY_MODEL", stage, told
