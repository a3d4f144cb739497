"""Lanes as they stand in the address bar, so that a link opens the same comparison; it draws nothing.

A lane is `strategy_size_overlap_model`, with `w2`, `b90` or `p480` before the model where the strategy reads them;
lanes are joined by `~`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.chunking import STRATEGIES
from core.errors import RequestError
from core.types import Chunking, Recipe

MOST = 4
_EXTRA = {"w": "window", "b": "breakpoint", "p": "parent"}


@dataclass(frozen=True, slots=True)
class LaneChoice:
    """What a lane varies of the recipe in the sidebar."""

    chunking: Chunking
    model: str

    def of(self, base: Recipe) -> Recipe:
        """The recipe of the lane."""
        embedding = replace(base.embedding, model=self.model)
        return replace(base, chunking=self.chunking, embedding=embedding)


def written(lanes: Sequence[LaneChoice]) -> str:
    """The lanes as text."""
    return "~".join(map(_one, lanes))


def read(text: str) -> list[LaneChoice]:
    """The lanes of a text; raises RequestError for what is no lane."""
    return [_lane(part) for part in text.split("~")[:MOST]]


def _one(lane: LaneChoice) -> str:
    cut = lane.chunking
    controls = STRATEGIES[cut.strategy].controls if cut.strategy in STRATEGIES else ()
    extra = [f"{letter}{getattr(cut, name)}" for letter, name in _EXTRA.items() if name in controls]
    return "_".join([cut.strategy, str(cut.size), str(cut.overlap), *extra, lane.model])


def _lane(text: str) -> LaneChoice:
    found = re.fullmatch(r"([a-z]+)_(\d{1,5})_(\d{1,5})((?:_[wbp]\d{1,5})*)_(\w[\w.:/-]*)", text)
    if not found or found[1] not in STRATEGIES:
        raise RequestError(f"'{text[:60]}' is no lane; one looks like sentences_160_0_minilm.")
    extra = {_EXTRA[part[0]]: int(part[1:]) for part in found[4].split("_") if part}
    return LaneChoice(Chunking(found[1], int(found[2]), int(found[3]), **extra), found[5])


def lane_key(index: int) -> str:
    """What the keys of a lane's controls end with."""
    return f"lane{index}"
