"""Numbers with their nouns, as every sentence for a person needs them; it knows no sentence."""


def many(count: int, one: str, more: str = "") -> str:
    """A count with its noun, which in the plural is `more`, or has an s."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"
