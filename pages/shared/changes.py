"""Lines that were added and removed, drawn as plain text: no line of a document is ever read as markup."""

from collections.abc import Sequence
from pathlib import Path

from pages.shared.drawing import component

_changes = component("changes", Path(__file__).with_name("changes.js"))


def changes(rows: Sequence[tuple[str, str]], *, key: str) -> None:
    """Show (sign, text) rows; the sign is "+", "-", " " or "…"."""
    _changes(data={"rows": [list(row) for row in rows]}, key=key)
