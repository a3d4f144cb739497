"""Acts and facts of the audit trail as people read them; it draws nothing."""

from collections.abc import Mapping

from core.governance.trail import DAMAGED, Entry, Fact

_ACTS = {DAMAGED: "Found the trail damaged", "began checkpoint": "Began a checkpoint"}
_OUTCOMES = {"done": "Done", "refused": "Refused", "failed": "Failed", "left": "Not waited for"}
_WHY = {
    "AccessDenied": "without the right to it",
    "NotFound": "not there, or hidden from them",
    "GateFailed": "a gate was not met",
    "RequestError": "not possible as it stood",
}
_OWN_COLUMN = {"trace", "recipe"}


def act(name: str) -> str:
    """An act at the head of a cell."""
    return _ACTS.get(name, name[:1].upper() + name[1:])


def outcome(entry: Entry) -> str:
    """How it ended, and why where it did not end well."""
    why = str(entry.facts.get("why", ""))
    return f"{_OUTCOMES[entry.outcome]}: {_WHY.get(why, why)}" if why else _OUTCOMES[entry.outcome]


def details(facts: Mapping[str, Fact]) -> str:
    """What else is known, in one line; a verdict in words."""
    found = []
    for name, value in facts.items():
        if name == "abstained":
            found += ["no answer in the documents"] if value else []
        elif name == "stopped":
            found += ["stopped by the asker"] if value else []
        elif name == "unsupported":
            found += [f"{value} without a receipt"] if value else []
        elif name == "origin":
            found.append(f"from {str(value).replace('-', ' ')}")
        elif name == "parent":
            found.append(f"of trace {str(value)[:8]}")
        elif name == "receipt":
            found.append(f"receipt {str(value)[:8]}")
        elif name == "refused":
            found += [f"{value} refused"] if value else []
        elif name != "why" and name not in _OWN_COLUMN:
            found.append(f"{name} {value}")
    return " · ".join(found)
