"""The personas that a demo or a command line can ask as; real sign-on replaces them, not the rules behind them."""

from core.errors import NotFound
from core.types import ZONES, Principal

PERSONAS = {
    principal.name: principal
    for principal in (
        Principal("viewer", ("reader",), ("public",)),
        Principal("analyst", ("reader",), ("public", "internal")),
        Principal("engineer", ("reader", "builder"), ("public", "internal")),
        Principal("officer", ("reader", "auditor"), ZONES),
        Principal("administrator", ("reader", "builder", "auditor", "administrator"), ZONES),
    )
}


def persona(name: str) -> Principal:
    """The persona of this name; raises NotFound with the names that exist."""
    if name not in PERSONAS:
        raise NotFound(f"There is no persona '{name}'; choose {', '.join(PERSONAS)}.")
    return PERSONAS[name]
