"""Numbers with their nouns, and lists of words, as every sentence for a person needs them; it knows no sentence."""

from collections.abc import Sequence


def many(count: int, one: str, more: str = "") -> str:
    """A count with its noun, which in the plural is `more`, or has an s."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def listed(words: Sequence[str]) -> str:
    """Words joined as in a sentence: "a, b and c"."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""
