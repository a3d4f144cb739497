"""The policy inside one answer: the question screened, the stream held back, and what rests on low trust alone told.

It knows the choke points of an answer and their order, not what a rule finds.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from core.generation.citations import Attribution
from core.guardrails.covering import COVER
from core.guardrails.guard import Guard, Screened
from core.guardrails.policy import COVERS
from core.guardrails.streaming import Held
from core.types import Action, Fate, Hit, Prompt, Ruling, Source

REFUSED = "This question is not answered: it holds something that the policy keeps out of questions."
ABSTENTION = "The documents that you may see do not answer this."
HELD = "The answer is withheld: it held something that the policy keeps out of answers."
LOW_TRUST = "Only a document of low trust answers this, and the policy asks for another beside it."
COVERED = "The passage that this asks for is covered by the policy."
BLACKED = "The passage that this asks for was blacked out when somebody was forgotten."
DOUBT = 0.5
"""What an answer's confidence is multiplied with when a source of low trust is cited; a choice, not a measurement."""


def alone(outcome: Attribution, sources: Sequence[Source]) -> bool:
    """Whether an answer has receipts, and none from a source that the policy trusts."""
    low = {source.number: source.hit.low_trust for source in sources}
    return bool(outcome.citations) and all(low[citation.source] for citation in outcome.citations)


def covered(sources: Sequence[Source]) -> str:
    """Why what would answer cannot be read, as the reply to the question."""
    by_policy = any(each.action in COVERS for source in sources for each in source.hit.rulings)
    return COVERED if by_policy else BLACKED


def copies(text: str, held: Held | None) -> bool:
    """Whether a model wrote what stands for covered characters, beside what was covered in its stream."""
    places = [(found.start, found.end) for found, _ in held.decided] if held else []
    written = (at for at, sign in enumerate(text) if sign == COVER)
    return any(not any(start <= at < end for start, end in places) for at in written)


def trusted(sources: Sequence[Source]) -> list[Source]:
    """The sources that may be cited without another."""
    return [source for source in sources if not source.hit.low_trust]


def doubted(confidence: float | None, outcome: Attribution, sources: Sequence[Source]) -> float | None:
    """The confidence of an answer, lower where a source of low trust is among the cited."""
    low = {source.number for source in sources if source.hit.low_trust}
    cited = any(citation.source in low for citation in outcome.citations)
    return confidence * DOUBT if confidence is not None and cited else confidence


def shown(outcome: Attribution, guard: Guard, held: Held | None) -> tuple[Attribution, Screened]:
    """An answer as it may be shown: covered, or withheld and without receipts; `held` is what filtered its stream."""
    screened = guard.answer(outcome.text, held)
    if screened.refused:
        return Attribution(HELD, (), ()), screened
    return replace(outcome, text=screened.text), screened


def prompted(prompt: Prompt, guard: Guard) -> Prompt:
    """A prompt in a person's own words, without what the policy keeps out of questions."""
    return replace(prompt, messages=tuple((role, guard.question(text).text) for role, text in prompt.messages))


def rulings(question: Screened, candidates: Iterable[Hit], answer: Screened | None) -> tuple[Ruling, ...]:
    """All that the policy did to an answer, counted: to its sources and to what it kept out of them."""
    met = (Fate.WITHHELD, Fate.PACKED, Fate.TRUNCATED, Fate.CITED)
    counted: Counter[tuple[Action, str, str]] = Counter()
    for hit in candidates:
        if hit.fate in met:
            for each in hit.rulings:
                counted[each.action, each.detector, each.kind] += each.count
    found = [Ruling("source", action, what, kind, n) for (action, what, kind), n in sorted(counted.items())]
    return (*question.rulings, *found, *(answer.rulings if answer else ()))
