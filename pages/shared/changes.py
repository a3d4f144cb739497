"""Lines that were added and removed, drawn as plain text: no line of a document is ever read as markup."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent

_changes = st.components.v2.component(
    "touchstone_changes", css=(_HERE / "changes.css").read_text(), js=(_HERE / "changes.js").read_text()
)


def changes(rows: Sequence[tuple[str, str]], *, key: str) -> None:
    """Show (sign, text) rows; the sign is "+", "-", " " or "…"."""
    _changes(data={"rows": [list(row) for row in rows]}, key=key)
