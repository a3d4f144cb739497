"""What of a sentence must stand in its source as it is: numbers, and the names of people, places and things.

Rules over spelling, for any language: a number in digits or as a word up to a hundred, and a word with a capital where
the language has no other reason for one. It knows nothing of meaning, vectors or sources.
"""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from core.generation.evidence import STOP, fold

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_TOKEN = re.compile(r"\w+(?:[-'’.&]\w+)*", re.UNICODE)
_ENDS = re.compile(r"[.!?:;…•\"“”„«»()\[\]|\n]\s*$")
"""What stands before a word that is capital for its place alone."""
_INITIALS = re.compile(r"\b(\w)\.(?=\w\b)")
"""A letter of an abbreviation such as U.K., written UK elsewhere."""
_GERMAN = frozenset(
    "der die das und ist nicht mit ein eine einen für den dem des von zu auf wird werden im zum zur".split()
)
"""Words by which a text with capital nouns is known: one in eight of its words, as in few others."""
_OFTEN = 0.125


def _number_words() -> dict[str, str]:
    """Number words and what they stand for, from a file of lines such as "12 twelve zwölf doce"."""
    found = {}
    for line in Path(__file__).with_name("number_words.txt").read_text(encoding="utf-8").splitlines():
        value, *words = line.split()
        found.update({fold(word): value for word in words})
    return found


_WORDS = _number_words()
_TENS = {word: value for word, value in _WORDS.items() if len(value) == 2 and value[1] == "0" and value != "10"}

_UNITS = _WORDS | {"one": "1"}
"""Alone, "one" is seldom a number."""


def missing(claim: str, source: str) -> tuple[str, ...]:
    """Numbers and names of `claim`, as they are written there, that `source` does not have."""
    held, known = frozenset(number for number, _ in _numbers(source)), set(_folded(source))
    for token in _TOKEN.findall(source):  # folded alone, where a sign beside it becomes a letter by folding
        known |= set(_folded(token))
    lacking = [printed for number, printed in _numbers(claim) if number not in held]
    lacking += [printed for name, printed in _names(claim) if name not in known]
    return tuple(dict.fromkeys(lacking))


def numbers(text: str) -> frozenset[str]:
    """The numbers of a text in one spelling: 1,000 and 1.000 are 1000, 2,50 is 2.5, 09:05 is 9:5, twelve is 12."""
    return frozenset(number for number, _ in _numbers(text))


def names(text: str) -> tuple[str, ...]:
    """The words of a text that are names by their spelling, in their order; plurals and cases stay as they are."""
    return tuple(printed for _, printed in _names(text))


def _numbers(text: str) -> Iterator[tuple[str, str]]:
    for found in _NUMBER.findall(unicodedata.normalize("NFKC", text)):
        yield _canonical(found), found
    for token in _TOKEN.findall(text):
        folded = fold(token)
        tens, _, units = folded.partition("-")
        if folded in _WORDS:
            yield _WORDS[folded], token
        elif tens in _TENS and units in _UNITS:
            yield str(int(_TENS[tens]) + int(_UNITS[units])), token


def _canonical(number: str) -> str:
    if ":" in number:
        return ":".join(part.lstrip("0") or "0" for part in number.split(":"))
    first, *rest = re.split("[.,]", number)
    whole = first.lstrip("0") or "0"
    if not rest:
        return whole
    thousands = [len(part) == 3 for part in rest]
    if whole != "0" and len(first) <= 3 and all(thousands):
        return whole + "".join(rest)
    if all(thousands[:-1]):  # what does not come in threes is a decimal
        decimals = rest[-1].rstrip("0")
        return whole + "".join(rest[:-1]) + (f".{decimals}" if decimals else "")
    return ".".join(part.lstrip("0") or "0" for part in (first, *rest))


def _names(text: str) -> Iterator[tuple[str, str]]:
    tokens = list(_TOKEN.finditer(text))
    german = sum(fold(token[0]) in _GERMAN for token in tokens) > _OFTEN * len(tokens)
    for token in tokens:
        word = token[0]
        if fold(word) in STOP or len(word) < 2:
            continue
        inner = sum(sign.isupper() for sign in word[1:])
        mixed = any(sign.isdigit() for sign in word) and any(sign.isalpha() for sign in word)
        first = token.start() == 0 or _ENDS.search(text, 0, token.start())
        if inner or (mixed and word[0].isupper()) or (word[0].isupper() and not first and not german):
            yield from ((part, word) for part in _folded(word))


def _folded(text: str) -> Iterator[str]:
    """Words without accents, endings of plural and possession, and what joins them."""
    for token in re.findall(r"\w+", _INITIALS.sub(r"\1", fold(text))):
        if len(token) > 1 and token not in STOP:
            yield _ending(token)


def _ending(word: str) -> str:
    return word[:-1] if word.endswith("s") and len(word) > 3 else word
