"""Page numbers in words; it knows nothing of pages."""

from collections.abc import Sequence


def page_ranges(numbers: Sequence[int]) -> str:
    """As "page 3", "pages 3–7 and 9"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    parts = [str(a) if a == b else f"{a}–{b}" for a, b in runs]
    word = "page" if len(numbers) == 1 else "pages"
    return f"{word} {', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else f"{word} {parts[0]}"
