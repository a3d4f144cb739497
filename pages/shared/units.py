"""Offsets as a browser counts them: UTF-16 units, where Python counts characters."""

from collections.abc import Sequence

import numpy as np

_ONE_UNIT = 0xFFFF
"""The highest character that takes one unit."""


def units(text: str, offsets: Sequence[int]) -> list[int]:
    """Each offset into the text, from 0 to its length, counted in UTF-16 units."""
    if not text or max(text) <= chr(_ONE_UNIT):
        return list(offsets)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    before = np.concatenate([[0], np.cumsum(codes > _ONE_UNIT)])
    at = np.asarray(offsets, dtype=np.int64)
    return [int(value) for value in at + before[at]]
