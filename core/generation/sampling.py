"""Chooses a token from logits, greedily or by chance; it does not know where the logits come from.

A token that was drafted is right when the chosen one equals it. Since every token is chosen from the model's own
distribution, drafting changes nothing of what is written or how often (Leviathan et al. 2023, with a draft of one).
"""

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import RequestError

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are chosen."""

    temperature: float = 0.0
    """Logits are divided by it; 0 takes the most likely token."""
    top_p: float = 1.0
    """The most likely tokens that together reach this probability stay; 1 keeps all."""
    top_k: int = 0
    """So many of the most likely tokens stay; 0 keeps all."""
    seed: int | None = None
    """Equal seeds choose equally; None never repeats."""

    def __post_init__(self) -> None:
        if self.temperature < 0:
            raise RequestError(f"The temperature is {self.temperature}; it must be at least 0.")
        if not 0 < self.top_p <= 1:
            raise RequestError(f"top_p is {self.top_p}; it must be above 0 and at most 1.")
        if self.top_k < 0:
            raise RequestError(f"top_k is {self.top_k}; it must be at least 0.")


GREEDY = Sampling()


class Chooser:
    """The choices of one request; keeps the state of its chance."""

    def __init__(self, sampling: Sampling = GREEDY) -> None:
        self.sampling = sampling
        self._chance = random.Random(sampling.seed)  # noqa: S311 - chance, no secret

    @property
    def greedy(self) -> bool:
        """Whether the most likely token is always taken."""
        return self.sampling.temperature == 0

    def choose(self, logits: "torch.Tensor") -> int:
        """A token by logits of shape (vocabulary,)."""
        if self.greedy:
            return int(logits.argmax())
        import torch

        reached = probabilities(logits, self.sampling).cumsum(0)
        at = self._chance.random() * float(reached[-1])
        return min(int(torch.searchsorted(reached, at, right=True)), len(reached) - 1)


def probabilities(logits: "torch.Tensor", sampling: Sampling) -> "torch.Tensor":
    """The distribution that tokens are chosen from, shape (vocabulary,), float64, sum 1; temperature above 0."""
    import torch

    chances = (logits.double() / sampling.temperature).softmax(0)
    if sampling.top_k or sampling.top_p < 1:
        ordered, order = chances.sort(descending=True, stable=True)
        kept = torch.ones_like(ordered, dtype=torch.bool)
        if sampling.top_k:
            kept[sampling.top_k :] = False
        kept &= ordered.cumsum(0) - ordered < sampling.top_p  # the one that crosses the mark stays
        chances = torch.zeros_like(chances).index_put_((order[kept],), ordered[kept])
    total: torch.Tensor = chances / chances.sum()
    return total
