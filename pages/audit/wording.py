"""Acts and facts of the audit trail as people read them; it draws nothing."""

from core.governance.trail import DAMAGED, VERIFIED, Entry, Fact

_ACTS = {DAMAGED: "Found the trail damaged", "began checkpoint": "Began a checkpoint"}
OUTCOMES = {"done": "Done", "refused": "Refused", "failed": "Failed", "left": "Not waited for"}
_WHY = {
    "AccessDenied": "without the right to it",
    "NotFound": "not there, or hidden from them",
    "GateFailed": "a gate was not met",
    "RequestError": "not possible as it stood",
}
_VERDICTS = {
    "abstained": "no answer in the documents",
    "stopped": "stopped by the asker",
    "unsupported": "{} without a receipt",
    "refused": "{} refused",
}
_COUNTS = {"redacted", "erased", "kept", "remains"}
"""Told of an act only where there are any."""
_ELSEWHERE = {"trace", "recipe", "why", "entries"}


def act(name: str) -> str:
    """An act at the head of a cell."""
    return _ACTS.get(name, name[:1].upper() + name[1:])


def details(entry: Entry, recipe: str) -> str:
    """What else is known, in one line: first why it did not end well, then by which recipe, then the rest."""
    why = str(entry.facts.get("why", ""))
    facts = {name: value for name, value in entry.facts.items() if name not in _ELSEWHERE}
    if entry.act == VERIFIED and "good" in facts:
        return "the trail was intact" if facts["good"] else f"not intact: {facts.get('kind', '')}"
    told = (_fact(name, value) for name, value in facts.items())
    return " · ".join(filter(None, [_WHY.get(why, why), recipe, *told]))


def _fact(name: str, value: Fact) -> str:
    """A fact in words; empty where it is as usual."""
    if name in _VERDICTS:
        return _VERDICTS[name].format(value) if value else ""
    if name in _COUNTS and not value:
        return ""
    if name == "route":
        return {"rag": "", "closed": "without documents"}.get(str(value), str(value).replace("-", " "))
    if name == "origin":
        return f"from {str(value).replace('-', ' ')}"
    short = str(value)[:8] if name in ("parent", "receipt") else value
    return f"{'of trace' if name == 'parent' else name} {short}"
