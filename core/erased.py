"""Tells which texts hold words that only an erased document had; it removes nothing itself."""

from collections.abc import Callable, Iterable, Iterator, Sequence

_SHARED = 24
"""Characters that a text must have in common with an erased document to count as its words; see `core.erasure`."""


def words_of(texts: Iterable[str], erased: Sequence[str], staying: Sequence[str]) -> Callable[[str], bool]:
    """Tells of any of the texts whether it shares 24 characters with the `erased` ones that no `staying` one holds."""
    asked = {piece for text in texts for piece in _pieces(text)}
    shared = {piece for gone in erased for piece in _pieces(gone) if piece in asked}
    only = {piece for piece in shared if not any(piece in other for other in staying)}
    return lambda text: any(piece in only for piece in _pieces(text))


def _pieces(text: str) -> Iterator[str]:
    return (text[i : i + _SHARED] for i in range(len(text) - _SHARED + 1))
