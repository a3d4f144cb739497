"""The hyper-parameters of a LoRA training, with their bounds; it trains nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from core.errors import RequestError

TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
"""The linear layers of a Llama-shaped model, as PEFT names them."""
_LAYERS = 30
_SIDES = {
    "q_proj": 576 + 576, "k_proj": 576 + 192, "v_proj": 576 + 192, "o_proj": 576 + 576,
    "gate_proj": 576 + 1536, "up_proj": 576 + 1536, "down_proj": 576 + 1536,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hyper:
    """How an adapter is trained; Hu et al. 2021 for rank and alpha."""

    rank: int = 16
    """Columns of each low-rank change: more can hold more, and weigh more."""
    alpha: int = 32
    """The change is scaled by alpha / rank."""
    targets: tuple[str, ...] = TARGETS
    """Linear layers that get a change."""
    rate: float = 5e-4
    """Peak learning rate of AdamW; it rises for the first steps and falls along a cosine to a tenth."""
    epochs: float = 2.0
    """How often every row is seen; parts of an epoch are allowed."""
    batch: int = 16
    """Rows whose gradients make one step."""
    seed: int = 0
    """Decides the first weights and the order of the rows."""
    dropout: float = 0.0
    """Share of the inputs of a change that are left out in training."""
    patience: int = 0
    """Looks at the held-out loss without a better one after which training ends early; 0 never ends it early."""
    looks: int = 8
    """How often the held-out loss is measured."""
    warmup: float = 0.06
    """Share of the steps in which the rate rises."""
    decay: float = 0.01
    """Weight decay of AdamW."""

    def __post_init__(self) -> None:
        for name, low, high in (
            ("rank", 1, 256), ("alpha", 1, 1024), ("epochs", 0.01, 100), ("batch", 1, 512), ("looks", 1, 100),
            ("patience", 0, 100), ("seed", 0, 2**31 - 1),
        ):  # fmt: skip
            value = getattr(self, name)
            if not low <= value <= high:
                raise RequestError(f"{name} is {value}; it must be between {low} and {high}.")
        if not 0 < self.rate <= 1:
            raise RequestError(f"rate is {self.rate}; it must be above 0 and at most 1.")
        if not 0 <= self.dropout < 1 or not 0 <= self.warmup < 1 or not 0 <= self.decay <= 1:
            raise RequestError("dropout and warmup must be from 0 to below 1, decay from 0 to 1.")
        unknown = [name for name in self.targets if name not in TARGETS]
        if unknown or not self.targets:
            raise RequestError(f"targets must be some of {', '.join(TARGETS)}.")

    @property
    def weights(self) -> int:
        """Numbers that are trained, for SmolLM2 135M: rows and columns of each matrix, once for each rank."""
        return _LAYERS * self.rank * sum(_SIDES[target] for target in self.targets)

    @property
    def short(self) -> str:
        """What sweeps vary, for a name: rank, rate, epochs."""
        return f"r{self.rank}-{self.rate:g}-{self.epochs:g}"


def grid(base: Hyper, ranks: Sequence[int], rates: Sequence[float], epochs: Sequence[float]) -> list[Hyper]:
    """Every combination of these, or of the base's own where none are given; alpha keeps its proportion to the rank."""
    times = base.alpha / base.rank
    return [
        replace(base, rank=rank, alpha=max(1, round(rank * times)), rate=rate, epochs=epoch)
        for rank, rate, epoch in product(ranks or [base.rank], rates or [base.rate], epochs or [base.epochs])
    ]


EXPLAINED = {
    "rank": "How much each change can hold. 8 suits a tone, 16 a task, 64 many facts.",
    "alpha": "How strongly the change counts: alpha divided by rank. Twice the rank is usual.",
    "targets": "Which layers change. All of them learn most for each row.",
    "rate": "How far each step goes. Too high ruins the model, which the gate then stops; too low learns nothing.",
    "epochs": "How often each row is seen. Facts need several, a task one to three.",
    "batch": "Rows a step. Small batches make more steps of the same rows.",
    "seed": "The same seed, rows and machine give the same weights.",
    "dropout": "Share of inputs left out at random, against learning by heart.",
    "patience": "Ends early after so many looks without a better held-out loss; 0 goes to the end.",
    "looks": "How often the held-out loss is measured on the way.",
}
"""For people who choose: what each does, in a sentence."""


@dataclass(frozen=True, slots=True)
class Point:
    """One reading of a training curve."""

    step: int
    loss: float
    """Mean over the answers' tokens, in nats; of the steps since the last reading."""
    held_out: float | None
    """The same over the held-out rows; None where it was not measured then."""
    rate: float
    seconds: float
    """Since the start, pauses not counted."""
    tokens: int
    """Read since the start."""


@dataclass(frozen=True, slots=True)
class Curve:
    """What a training reported."""

    steps: int
    points: tuple[Point, ...] = field(default_factory=tuple)

    @property
    def done(self) -> int:
        """Steps that were taken."""
        return self.points[-1].step if self.points else 0

    @property
    def per_second(self) -> float:
        """Tokens a second over all."""
        last = self.points[-1] if self.points else None
        return last.tokens / last.seconds if last and last.seconds else 0.0
