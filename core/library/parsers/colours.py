"""Colours as three numbers from 0 to 255, and when two of them cannot be told apart; it knows no formats."""

import re
from functools import lru_cache

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
UNKNOWN: Colour = (-1000, -1000, -1000)
"""A ground that cannot be told; no colour is lost on it."""
_FUNCTION = re.compile(r"(rgb|hsl)a?\(([^()]*)\)")
_ALIKE = 16
"""The most that each of red, green and blue may differ: one seventeenth of the whole range."""


def alike(a: Colour, b: Colour) -> bool:
    """Whether a text of one colour is lost on a ground of the other."""
    return abs(a[0] - b[0]) <= _ALIKE and abs(a[1] - b[1]) <= _ALIKE and abs(a[2] - b[2]) <= _ALIKE


def from_hex(text: str | None) -> Colour | None:
    """As "FFFFFF", with a number sign or without; None for what is none, as "auto"."""
    if not text or not re.fullmatch(r"#?[0-9a-fA-F]{6}", text):
        return None
    digits = text.removeprefix("#")
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


@lru_cache(maxsize=256)
def from_css(text: str) -> Colour | None:
    """A colour of CSS; None for what is none, or not understood, or transparent."""
    from PIL import ImageColor

    try:
        red, green, blue, *rest = ImageColor.getrgb(_plain(text))
    except ValueError:
        return None
    return None if rest and not rest[0] else (red, green, blue)


def is_transparent(text: str) -> bool:
    """Whether a colour of CSS shows nothing."""
    text = text.strip().lower()
    if text == "transparent" or re.fullmatch(r"#(?:[0-9a-f]{3}0|[0-9a-f]{6}00)", text):
        return True
    match = _FUNCTION.fullmatch(text)
    numbers = re.split(r"[\s,/]+", match[2].strip()) if match else []
    return len(numbers) == 4 and not numbers[3].rstrip("%").strip("0.")


def _plain(text: str) -> str:
    """The spelling that Pillow knows: commas between the numbers, no share of opacity."""
    match = _FUNCTION.fullmatch(text.strip().lower())
    if match is None:
        return text.strip()
    numbers = re.split(r"[\s,/]+", match[2].strip())[:3]
    whole = [n if n.endswith("%") else n.split(".")[0] or "0" for n in numbers]
    return f"{match[1]}({','.join(whole)})"
