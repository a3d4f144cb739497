"""The numbers of the lanes: a table, and how long the chunks are."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.lab.chunking import Lane
from pages.chunking.choosing import LETTERS
from pages.chunking.lanes import title
from pages.shared.words import duration, size

_TOLD = {
    "Chunks": "Parts that this document is cut into.",
    "Tokens, median": "Half of the chunks are shorter.",
    "Tokens, 95th percentile": "One chunk in twenty is longer.",
    "Tokens, longest": "",
    "Beyond the search model": "Chunks longer than the search model reads; what is beyond is not seen.",
    "Sentences cut": "Sentences that are never read wholly.",
    "Tables split": "Tables of which two chunks hold a part each.",
    "Table rows cut": "Rows that are never read wholly.",
    "Quotes cut": "Quotes of the question set that are never read wholly: their questions lose part of the evidence.",
    "Repeated": "Share of the text that stands in two chunks.",
    "Embedding": "About what embedding this document takes here, nothing known yet.",
    "Index": "About what this document takes in the index.",
}


def figures(lanes: Sequence[Lane], quotes: int) -> pd.DataFrame:
    """A row for each number, a column for each lane."""
    columns = {}
    for lane, letter in zip(lanes, LETTERS, strict=False):
        n = lane.numbers
        columns[title(lane, letter)] = [
            f"{n.chunks:,}",
            f"{n.median:.0f}",
            f"{n.p95:.0f}",
            f"{n.largest:,}",
            f"{n.over} ({n.over_share:.0%})" if n.over else "0",
            _of(n.sentences_cut, n.sentences),
            _of(n.tables_split, n.tables),
            _of(n.rows_cut, n.rows),
            _of(len(lane.gold_cut), quotes),
            f"{n.repeated:.0%}",
            duration(lane.seconds) if lane.seconds >= 1 else "under 1 s",
            size(lane.bytes),
        ]
    return pd.DataFrame(columns, index=pd.Index(list(_TOLD), name="This document"))


def table(frame: pd.DataFrame) -> None:
    """The numbers as a table that a screen reader reads."""
    st.table(frame)


def explained() -> str:
    """What each number means, a line each."""
    return "  \n".join(f"**{name}**: {told}" for name, told in _TOLD.items() if told)


def _of(count: int, whole: int) -> str:
    return f"{count} of {whole:,}" if whole else "none there"
