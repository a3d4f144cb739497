"""File names as a message may show them; it knows nothing of files."""

import hashlib
import unicodedata

_LONGEST = 80
_LONGEST_NAME = 200


def shown(name: str) -> str:
    """The name in quotes, without control or direction characters and cut to 80 characters."""
    safe = "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c)[0] == "C" else c for c in name)
    if len(safe) > _LONGEST:
        safe = f"{safe[:50]}…{safe[-25:]}"
    return f"'{safe}'"


def document_name(name: str) -> str:
    """The name under which a document is kept: one line, no control or direction characters, at most 200 characters.

    A path keeps its folders, but steps up ("..") and empty parts go: a name is never a way to another file. A longer
    name keeps its end, with the extension. What has no character left becomes "unnamed".
    """
    composed = unicodedata.normalize("NFC", name.replace("\\", "/"))
    safe = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in composed)
    safe = "".join(c for c in safe if c in "\u200d\ufe0f" or unicodedata.category(c) != "Cf")
    parts = [" ".join(part.split()) for part in safe.split("/")]
    whole = "/".join(part for part in parts if part not in ("", ".", ".."))
    if len(whole) > _LONGEST_NAME:
        mark = hashlib.sha256(whole.encode()).hexdigest()[:8]
        whole = f"{whole[:100]}…{mark}…{whole[-(_LONGEST_NAME - 110) :]}"
    return whole or "unnamed"


def sentence(name: str, predicate: str) -> str:
    """A parser's predicate ("is damaged: …") made a sentence about the named file."""
    return f"{shown(name)} {predicate.rstrip('.')}."
