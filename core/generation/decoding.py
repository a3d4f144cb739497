"""The decode loop: from a prompt's token ids to the answer's, one choice after the other, several to a pass.

Each pass reads the token chosen last and a draft of what may follow, and every choice is made from the model's own
logits: what a draft saves is passes, never a choice. It knows neither texts, requests nor threads.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.generation.lookup import Lookup
from core.generation.network import Memory, Network
from core.generation.sampling import Chooser

if TYPE_CHECKING:
    import torch

PIECE = 512
"""Tokens of a prompt that are read at once; between two pieces a request can be stopped."""
_LEAST = 32
"""Tokens of a piece that ends with a message; a shorter message is read with the next."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token of the answer."""

    id: int
    logprob: float
    """Natural logarithm of its probability by the model, before temperature and cuts."""


@dataclass(slots=True)
class Tally:
    """What the loop did; complete when it has ended."""

    passes: int = 0
    drafted: int = 0
    right: int = 0
    """Drafted tokens that were chosen."""
    ties: int = 0
    """Choices that were made again by a pass over one token."""


@dataclass(slots=True)
class Decoding:
    """One sequence being written: what was read, and how the next token is chosen."""

    network: Network
    memory: Memory
    chooser: Chooser
    adapter: Any = None
    speculate: bool = True
    tally: Tally = field(default_factory=Tally)

    def run(self, prompt: Sequence[int], logits: "torch.Tensor", most: int) -> Iterator[Token]:
        """At most `most` tokens behind a prompt that was read with `logits` as its outcome, shape (vocabulary,).

        Behind the prompt the memory may hold drafts that were wrong when the caller stops iterating.
        """
        lookup = Lookup(prompt, self.network.longest_step - 1) if self.speculate else None
        token = self._token(logits)
        yield token
        left = most - 1
        while left > 0:
            if lookup:
                lookup.add(token.id)
            draft = lookup.draft(left - 1) if lookup else []
            start = self.memory.length
            rows = self._step([token.id, *draft])
            right = 0
            for i, row in enumerate(rows):
                again = len(draft) > 0 and self._near(row)
                if again:  # the order of two logits may be that of the pass, not of the model
                    self.memory.length = start + i
                    row = self._step([token.id])[0]  # noqa: PLW2901
                    self.tally.ties += 1
                token = self._token(row)
                goes_on = not again and i < len(draft) and token.id == draft[i]
                if not goes_on:
                    self.memory.length = start + i + 1
                yield token
                left -= 1
                if not goes_on:
                    break
                right += 1
                if lookup:
                    lookup.add(token.id)
            self._learn(lookup, len(draft), right)

    def _step(self, ids: list[int]) -> "torch.Tensor":
        self.tally.passes += 1
        return self.network.step(ids, self.memory, self.adapter)

    def _learn(self, lookup: Lookup | None, drafted: int, right: int) -> None:
        self.tally.drafted += drafted
        self.tally.right += right
        if lookup:
            lookup.learn(drafted, right)

    def _near(self, row: "torch.Tensor") -> bool:
        if not self.network.tie or not self.chooser.greedy:
            return False
        first, second = row.topk(2).values.tolist()
        return bool(first - second < self.network.tie)

    def _token(self, logits: "torch.Tensor") -> Token:
        chosen = self.chooser.choose(logits)
        return Token(chosen, min(0.0, float(logits[chosen] - logits.logsumexp(0))))


def pieces(ids: Sequence[int], ends: frozenset[int]) -> list[int]:
    """Where the pieces of a prompt end, the last at its end: behind a message, and at most PIECE tokens apart.

    They depend on the tokens before them alone, so that prompts with one beginning are read in the same pieces, and
    what was read for one has the bits that another would get. `ends` are the ids that close a message.
    """
    found, start = [], 0
    for i, token in enumerate(ids, start=1):
        if i - start == PIECE or (token in ends and i - start >= _LEAST):
            found.append(i)
            start = i
    return found if found and found[-1] == len(ids) else [*found, len(ids)]


def read_prompt(
    network: Network,
    memory: Memory,
    ids: Sequence[int],
    marks: Sequence[int],
    adapter: Any = None,
    between: Callable[[], None] = lambda: None,
) -> "torch.Tensor":
    """Read what the memory does not hold yet, piece by piece; logits after the last token, shape (vocabulary,).

    `marks` are the ends of pieces; the memory's length must be 0 or one of them. `between` is called before each piece
    and may raise.
    """
    logits = None
    for end in marks:
        if end > memory.length:
            between()
            logits = network.read(ids[memory.length : end], memory, adapter)
    if logits is None:
        raise ValueError("nothing is left of the prompt to read")
    return logits
