"""The personas that a demo or a command line can ask as; real sign-on replaces them, not the rules behind them."""

from collections.abc import Sequence

from core.errors import NotFound
from core.governance.rights import may
from core.types import ZONES, Principal, Zone

PERSONAS = {
    principal.name: principal
    for principal in (
        Principal("viewer", ("reader",), ("public",)),
        Principal("analyst", ("reader",), ("public", "internal")),
        Principal("engineer", ("reader", "builder"), ("public", "internal")),
        Principal("officer", ("reader", "auditor", "guardian"), ZONES),
        Principal("administrator", ("reader", "builder", "auditor", "administrator"), ZONES),
    )
}


def persona(name: str) -> Principal:
    """The persona of this name; raises NotFound with the names that exist."""
    if name not in PERSONAS:
        raise NotFound(f"There is no persona '{name}'; choose {', '.join(PERSONAS)}.")
    return PERSONAS[name]


def may_build(principal: Principal) -> bool:
    """Whether the principal may change the library."""
    return may(principal, "build")


def may_follow(principal: Principal) -> bool:
    """Whether the principal may have a folder of this computer followed."""
    return may(principal, "follow folders")


def may_audit(principal: Principal) -> bool:
    """Whether the principal may read the audit trail."""
    return may(principal, "audit")


def may_set_policy(principal: Principal) -> bool:
    """Whether the principal may change what the guards do."""
    return may(principal, "edit policy")


def sees_all(principal: Principal) -> bool:
    """Whether no document is hidden from the principal."""
    return set(principal.zones) == set(ZONES) and principal.labels is None


def may_see(principal: Principal, zone: Zone, labels: Sequence[str]) -> bool:
    """The rule of the index's filter, for what is read without a search."""
    return zone in principal.zones and (principal.labels is None or set(labels) <= set(principal.labels))


def sees_as_much(who: Principal, other: Principal) -> bool:
    """Whether `who` may see all that `other` may see."""
    if not set(other.zones) <= set(who.zones):
        return False
    return who.labels is None or (other.labels is not None and set(other.labels) <= set(who.labels))
