"""What a spreadsheet shows for a value: dates in ISO form, numbers without float noise, percent and currency.

It knows no sheets. Number formats beyond these are shown as the plain value.
"""

import datetime
import math
import re
from functools import lru_cache

_QUOTED = re.compile(r'"([^"]*)"|\[\$([^\]-]*)(?:-[^\]]*)?\]|\\(.)')
_COLOUR = re.compile(r"\[[^\]$]*\]|_.|\*.")
_DIGITS = re.compile(r"[#0?][#0?,]*(?:\.([#0?]+))?")
_SIGNS = "€$£¥%"


def displayed(value: object, number_format: str = "General") -> str:
    """The text of a cell."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, number_format)
    return _moment(value)


def _moment(value: object) -> str:
    """A date, a time, or whatever else stands in a cell."""
    if isinstance(value, datetime.datetime):
        whole = value.replace(microsecond=0) + datetime.timedelta(seconds=round(value.microsecond / 1e6))
        if not (whole.hour or whole.minute or whole.second):
            return whole.date().isoformat()
        return whole.isoformat(" ", "seconds" if whole.second else "minutes")
    if isinstance(value, datetime.time):
        return value.isoformat("seconds" if value.second else "minutes")
    return "" if value is None else str(value)


def _number(value: float, number_format: str) -> str:
    form = _form(number_format) if number_format not in ("General", "@") else None
    if isinstance(value, float) and (not math.isfinite(value)):
        return ""
    if form is None or abs(value) >= 1e15:
        return str(value) if isinstance(value, int) else f"{value:.15g}"
    before, decimals, optional, thousands, after = form
    if "%" in after:
        value *= 100
    text = f"{abs(value):{',' if thousands else ''}.{decimals}f}"
    if optional:
        text = text.rstrip("0").rstrip(".") if "." in text else text
    sign = "-" if value < 0 and text.strip("0.,") else ""
    return f"{sign}{before}{text}{after}"


@lru_cache(maxsize=512)
def _form(number_format: str) -> tuple[str, int, bool, bool, str] | None:
    """Text before, decimals, whether they may be left out, thousands, text after; None for what is not understood."""
    section = _COLOUR.sub("", number_format.split(";", maxsplit=1)[0])
    section = _QUOTED.sub(lambda m: "".join(f"\x01{c}" for c in m[1] or m[2] or m[3] or ""), section)
    match = _DIGITS.search(section)
    if match is None:
        return None
    before, after = section[: match.start()], section[match.end() :]
    literal = re.compile(r"\x01(.)|([€$£¥%\s()+-])")
    if literal.sub("", before) or literal.sub("", after) or match[0].endswith(","):
        return None
    kept_before, kept_after = before.replace("\x01", ""), after.replace("\x01", "")
    decimals = match[1] or ""
    return kept_before.lstrip(), len(decimals), "#" in decimals, "," in match[0], kept_after.rstrip()
