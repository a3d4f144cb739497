"""What was looked for and what was not, in words without a name; it looks for nothing."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from core.forgetting.person import Person
from core.wording import listed, many

_NOUNS = {
    "name": ("the name in its forms", "names in their forms"),
    "e-mail": ("1 e-mail address", "e-mail addresses"),
    "telephone": ("1 telephone number", "telephone numbers"),
    "other": ("1 other detail", "other details"),
}


def looked_for(person: Person) -> dict[str, Any]:
    """What will be looked for, as a receipt holds it: numbers by kind."""
    return {"looked_for": dict(Counter(kind for kind, _ in person.terms))}


def sought(body: Mapping[str, Any]) -> str:
    """What a person's receipt says was looked for: "the name in its forms and 2 telephone numbers"."""
    counts: Mapping[str, int] = body.get("looked_for") or {}
    if not counts:  # of an earlier version, which kept no kinds
        return many(len(body.get("terms", ())), "name or address", "names and addresses")
    return listed(
        [
            one if counts[kind] == 1 else f"{counts[kind]} {more}"
            for kind, (one, more) in _NOUNS.items()
            if counts.get(kind)
        ]
    )


def stayed(body: Mapping[str, Any]) -> str:
    """What a person's receipt says stood beside the mentions and was not looked for, as a sentence; empty for none."""
    counts: Mapping[str, int] = body.get("beside") or {}
    if not counts:
        return ""
    kinds = listed([f"{number} × {kind}" for kind, number in counts.items()])
    return f"Beside the mentions stayed what was not looked for: {kinds}."
