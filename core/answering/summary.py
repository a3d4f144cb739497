"""What one sees of an answer before reading it: its verdicts, its tokens by what they were spent on, its time.

It judges no words: a verdict only repeats what the answer says of itself.
"""

from dataclasses import dataclass
from typing import Literal

from core.types import Answer, Prompt

_QUESTION = "Question: "
"""What stands before the question in a packed prompt; see `core.generation.prompt.compose`."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One remark on an answer."""

    mood: Literal["good", "bad", "neutral"]
    text: str


@dataclass(frozen=True, slots=True)
class Spent:
    """The tokens of a prompt by what they were spent on; they add up to the budget.

    The sum was counted by the model's own tokenizer, each part by itself, when the prompt was packed; it is shared out
    by characters.
    """

    system: int
    sources: int
    question: int
    free: int
    budget: int
    dropped: int
    """Sources that did not fit."""
    truncated: int
    """Sources of which only the beginning did."""


def verdicts(answer: Answer) -> tuple[Verdict, ...]:
    """The remarks on an answer, the gravest first."""
    found: list[Verdict] = []
    if answer.stopped:
        found.append(Verdict("neutral", "stopped"))
    if answer.abstained:
        found.append(Verdict("neutral", "declined"))
    if answer.unsupported:
        count = len(answer.unsupported)
        found.append(Verdict("bad", f"{count} {'sentence' if count == 1 else 'sentences'} without receipt"))
    elif answer.citations:
        found.append(Verdict("good", "every sentence has a receipt"))
    elif not answer.abstained and answer.route == "closed":
        found.append(Verdict("neutral", "from memory, nothing searched"))
    choice = answer.trace.choice
    if choice and choice.generation.answerer == "local" and answer.model == "extractive" and answer.trace.draft:
        found.append(Verdict("neutral", "the model's draft was not borne out"))
    low = {source.number for source in answer.sources if source.hit.low_trust}
    if any(citation.source in low for citation in answer.citations):
        found.append(Verdict("bad", "cites a source of low trust"))
    if answer.rulings:
        found.append(Verdict("neutral", "the policy covered or kept out something"))
    documents = list(dict.fromkeys(citation.document for citation in answer.citations))
    found += [Verdict("neutral", f"cites {name}") for name in documents]
    return tuple(found)


def spent(prompt: Prompt) -> Spent:
    """Where the tokens of a prompt went."""
    system = sum(len(text) for role, text in prompt.messages if role == "system")
    user = "".join(text for role, text in prompt.messages if role != "system")
    at = user.rfind(_QUESTION) if prompt.sources else 0
    sources = max(0, at)
    question = len(user) - sources
    whole = max(1, system + sources + question)
    shares = [prompt.tokens * part // whole for part in (system, sources)]
    return Spent(
        system=shares[0],
        sources=shares[1],
        question=prompt.tokens - sum(shares),
        free=max(0, prompt.budget - prompt.tokens),
        budget=max(prompt.budget, prompt.tokens),
        dropped=len(prompt.dropped),
        truncated=len(prompt.truncated),
    )


def packed(answer: Answer) -> str:
    """What the prompt was packed to, of how much; beside it what the model then read, where it is another number.

    Parts counted one by one, with room for the model's marks around them, are a few tokens more or less than the whole.
    """
    prompt, tokens = answer.trace.prompt, answer.tokens
    if prompt is None:
        return ""
    told = f"packed to {prompt.tokens:,} of {prompt.budget:,} tokens"
    if tokens.prompt in (0, prompt.tokens):
        return told
    return f"{told}, counted by part; {'about ' if tokens.estimated else ''}{tokens.prompt:,} when read as one text"


def as_words(answer: Answer) -> str:
    """The tokens of an answer: "312 read, 40 written"; empty where no model wrote."""
    tokens = answer.tokens
    if not tokens.prompt and not tokens.answer:
        return ""
    about = "about " if tokens.estimated else ""
    return f"{about}{tokens.prompt:,} tokens read, {tokens.answer:,} written"
