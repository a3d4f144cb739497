"""The operator's table of which routes the matters of a zone may take; it knows no question and chooses nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from core.errors import RequestError
from core.types import ZONES, Way, Zone

ZoneRule = Literal["any", "adapter only", "retrieval only"]
RULES: Mapping[ZoneRule, str] = {
    "any": "every route",
    "adapter only": "the adapter alone: no passage of it reaches a prompt",
    "retrieval only": "by searching alone: an answer has its receipts",
}
_WAYS: Mapping[ZoneRule, frozenset[Way]] = {
    "any": frozenset(("closed", "rag", "rag + adapter")),
    "adapter only": frozenset(("closed",)),
    "retrieval only": frozenset(("rag", "rag + adapter")),
}


@dataclass(frozen=True, slots=True)
class ZoneRules:
    """One rule a zone. Small talk and declining are always allowed: neither tells anything."""

    zones: Mapping[Zone, ZoneRule] = field(
        default_factory=lambda: MappingProxyType(dict.fromkeys(ZONES, "any"))  # type: ignore[arg-type]
    )

    def __post_init__(self) -> None:
        if set(self.zones) != set(ZONES):
            raise RequestError(f"The router has one rule for each of {', '.join(ZONES)}.")
        for rule in self.zones.values():
            if rule not in RULES:
                raise RequestError(f"There is no zone rule '{rule}'; choose {', '.join(RULES)}.")

    def allows(self, way: Way, zone: Zone | None) -> bool:
        """Whether a question whose best passage is of this zone may go this way; None where nothing was found."""
        return zone is None or way in ("small talk", "decline") or way in _WAYS[self.zones[zone]]

    def searchable(self, zone: Zone) -> bool:
        """Whether passages of the zone may stand in a prompt."""
        return self.zones[zone] != "adapter only"


def as_json(rules: ZoneRules) -> dict[str, str]:
    """The rules as plain values."""
    return {zone: rules.zones[zone] for zone in ZONES}


def from_json(body: Mapping[str, Any]) -> ZoneRules:
    """The rules of what `as_json` made of them; raises RequestError."""
    return ZoneRules(MappingProxyType(dict(body)))  # type: ignore[arg-type]
