"""What the policy did, in plain words; it decides nothing."""

from collections.abc import Sequence

from core.types import Action, Ruling

DETECTOR_WORDS = {
    "personal": "personal data",
    "secret": "secrets",
    "term": "listed words",
    "instruction": "planted instructions",
    "hidden": "hidden text",
    "link": "links that carry data out",
}
ACTION_WORDS: dict[Action, str] = {
    "allow": "allowed",
    "mask": "masked",
    "redact": "covered",
    "downgrade": "low trust",
    "veto": "kept out",
    "quarantine": "in quarantine",
}
_WHERE = {"question": "in the question", "source": "in the sources", "answer": "in the answer"}


def told(ruling: Ruling) -> str:
    """One thing that the policy did, as "masked: 2 × IBAN in the sources"."""
    what = ruling.kind if ruling.detector in ("personal", "secret", "hidden", "link") else _what(ruling)
    times = f"{ruling.count} × " if ruling.count > 1 else ""
    return f"{ACTION_WORDS[ruling.action]}: {times}{what} {_WHERE[ruling.point]}"


def listed(rulings: Sequence[Ruling]) -> str:
    """All of them, the gravest last; empty for none."""
    return "; ".join(told(ruling) for ruling in rulings)


def _what(ruling: Ruling) -> str:
    one = {"term": "listed word", "instruction": "planted instruction"}[ruling.detector]
    return f"{one} ({ruling.kind})" if ruling.kind else one
