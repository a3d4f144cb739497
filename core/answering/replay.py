"""What a replay takes over from an earlier answer, and from which stage on it runs anew; it asks nothing.

A replay is an ordinary ask() with some of its steps given: the candidates of a search that was made before, passages
that a person puts first or keeps out, or a prompt that a person wrote.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from core.errors import RequestError
from core.types import Fate, Hit, Prompt, Recipe

Since = Literal["retrieve", "pack", "generate"]


@dataclass(frozen=True, slots=True)
class Given:
    """What is not found anew."""

    parent: str = ""
    """Id of the trace that is replayed."""
    since: str = ""
    """The first stage that runs anew."""
    understood: str = ""
    """What the question was taken to mean; empty to find out."""
    hits: tuple[Hit, ...] | None = None
    """All candidates of the search, best first; None to search."""
    pinned: tuple[Hit, ...] = ()
    """Passages that come first in the prompt, whatever their rank; one that no search found joins the candidates."""
    barred: frozenset[str] = frozenset()
    """Ids of chunks that do not reach the prompt."""
    messages: tuple[tuple[str, str], ...] | None = None
    """The prompt in a person's own words; None for the packed one."""
    refusal: str = ""
    """Why it is declined before anything is written; empty where the documents do not answer."""

    def __post_init__(self) -> None:
        both = self.barred & {hit.chunk.id for hit in self.pinned}
        if both:
            raise RequestError("A passage cannot be put first and kept out at once.")

    def joined(self, hits: Sequence[Hit]) -> list[Hit]:
        """The candidates with the pinned ones that no search found behind them."""
        held = {hit.chunk.id for hit in hits}
        new = [hit for hit in self.pinned if hit.chunk.id not in held]
        return [*hits, *(replace(hit, rank=rank) for rank, hit in enumerate(new, start=len(hits) + 1))]

    def worded(self, prompt: Prompt, count: Callable[[str], int]) -> Prompt:
        """The prompt in the person's words where there are some; its sources stay what citations point at."""
        if self.messages is None:
            return prompt
        if not any(text.strip() for _, text in self.messages):
            raise RequestError("The prompt is empty; write something for the model to answer.")
        tokens = sum(count(text) for _, text in self.messages)
        if tokens > prompt.budget:
            raise RequestError(f"The prompt has {tokens} tokens, above the budget of {prompt.budget}; shorten it.")
        return replace(prompt, messages=self.messages, tokens=tokens)


AFRESH = Given()
"""Nothing is given: the question is asked as if for the first time."""


def chosen(hits: Sequence[Hit], top_k: int, given: Given) -> list[Hit]:
    """The candidates that the prompt may use: pinned ones, then the best of those that are not kept out.

    What the policy keeps out, no pin brings in.
    """
    hits = [hit for hit in hits if hit.fate is not Fate.WITHHELD]
    first = {hit.chunk.id: position for position, hit in enumerate(given.pinned)}
    pinned = sorted((hit for hit in hits if hit.chunk.id in first), key=lambda hit: first[hit.chunk.id])
    rest = [hit for hit in hits if hit.chunk.id not in first and hit.chunk.id not in given.barred]
    return [*pinned, *rest[: max(0, top_k - len(pinned))]]


def first_changed(before: Recipe, after: Recipe) -> Since:
    """The first stage whose outcome a change of recipe may alter; equal recipes begin at "generate".

    More or fewer passages of the same ranking need no new search, unless the search itself shapes its first `top_k`:
    widened hits, cut repeats, diversity, and strategies that read wider than they find.
    """
    routed = before.route != after.route and "closed" in (before.route, after.route)
    if (before.chunking, before.embedding) != (after.chunking, after.embedding) or routed:
        return "retrieve"
    if before.retrieval != after.retrieval:
        wide = after.chunking.strategy in ("window", "hierarchical")
        shaped = wide or after.retrieval.expand != "none" or after.retrieval.mmr is not None
        same = replace(before.retrieval, top_k=1) == replace(after.retrieval, top_k=1)
        return "pack" if same and not shaped else "retrieve"
    mine, yours = before.generation, after.generation
    packing = ("answerer", "template", "budget", "model")
    return "pack" if any(getattr(mine, name) != getattr(yours, name) for name in packing) else "generate"
