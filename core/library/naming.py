"""File names as a message may show them; it knows nothing of files."""

import unicodedata

_LONGEST = 80


def shown(name: str) -> str:
    """The name in quotes, without control or direction characters and cut to 80 characters."""
    safe = "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c)[0] == "C" else c for c in name)
    if len(safe) > _LONGEST:
        safe = f"{safe[:50]}…{safe[-25:]}"
    return f"'{safe}'"


def sentence(name: str, predicate: str) -> str:
    """A parser's predicate ("is damaged: …") made a sentence about the named file."""
    return f"{shown(name)} {predicate.rstrip('.')}."
