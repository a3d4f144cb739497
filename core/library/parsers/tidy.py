"""Makes text safe to store without moving words: newlines, control characters, lone surrogates; it knows no format."""

import re

_CONTROLS = dict.fromkeys([*range(9), *range(11, 32), 127], " ")
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Newlines as `\\n`, other control characters as blanks, lone surrogates replaced; nothing else changes."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.translate(_CONTROLS)
    return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)


def flat(text: str) -> str:
    """The same words on one line, with single blanks."""
    if text.isprintable():  # then the only white space is the blank: a short cut for large tables
        return text.strip() if "  " not in text else " ".join(text.split())
    return " ".join(clean(text).split())
