"""What is known of an adapter: its base, what it learned from, how, and what was measured; it loads no weights."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from core.adapters.hyper import Point
from core.types import ZONES, Zone

State = Literal["candidate", "released", "retired"]
STATES: tuple[State, ...] = ("candidate", "released", "retired")
Source = Literal["trained", "imported", "shipped"]


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition of release, and whether it is met."""

    name: str
    measured: float | None
    """None where it was not measured yet, which does not pass."""
    limit: float
    at_least: bool
    """Whether the measure must reach the limit; else it must not exceed it."""

    @property
    def passed(self) -> bool:
        """Whether the condition is met."""
        if self.measured is None or self.measured != self.measured:
            return False
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


@dataclass(frozen=True, slots=True)
class Manifest:
    """The lineage of one adapter."""

    base: str
    """The key of its base model in the catalogue."""
    base_sha256: str
    """Of the base model's weights; on others it is not loaded."""
    weights_sha256: str
    """Of the adapter's own weights."""
    source: Source
    zone: Zone = "public"
    """The most guarded zone of what it learned from: only who sees that zone is answered by it."""
    dataset: str = ""
    dataset_hash: str = ""
    documents: tuple[str, ...] = ()
    """Ids of the documents that it learned from."""
    template: str = "grounded-2"
    """The prompt template that it was trained with."""
    hyper: Mapping[str, Any] = field(default_factory=dict)
    curve: tuple[Point, ...] = ()
    measures: Mapping[str, float] = field(default_factory=dict)
    gates: tuple[Gate, ...] = ()
    note: str = ""

    @property
    def releasable(self) -> bool:
        """Whether every gate is passed; without any there is no proof, and no release."""
        return bool(self.gates) and all(gate.passed for gate in self.gates)


@dataclass(frozen=True, slots=True)
class Beside:
    """A measure of an adapter beside the same of its base; None where only one of them was measured."""

    name: str
    base: float | None
    adapter: float | None


OF_BASE = ", base"
"""How a measure of the base ends in `Manifest.measures`; the adapter's own has the name alone."""


def beside(measures: Mapping[str, float]) -> list[Beside]:
    """The measures, each once, in the order in which they first stand."""
    names = dict.fromkeys(name.removesuffix(OF_BASE) for name in measures)
    return [Beside(name, measures.get(name + OF_BASE), measures.get(name)) for name in names]


def as_json(manifest: Manifest) -> dict[str, Any]:
    """The manifest as plain values; `from_json` reads it back."""
    return asdict(manifest)


def from_json(body: Mapping[str, Any]) -> Manifest:
    """A manifest from what `as_json` made of it."""
    values = dict(body)
    values["documents"] = tuple(values.get("documents", ()))
    values["curve"] = tuple(Point(**point) for point in values.get("curve", ()))
    values["gates"] = tuple(Gate(**gate) for gate in values.get("gates", ()))
    return Manifest(**values)


def most_guarded(zones: Sequence[Zone]) -> Zone:
    """The zone that fewest may see; public for none."""
    return max(zones, key=ZONES.index, default="public")
