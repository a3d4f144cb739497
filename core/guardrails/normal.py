"""A text as a reader sees it, letter by letter, with the way back to the original; it does not know what is looked for.

Compatibility forms (NFKC), case, look-alike letters and invisible characters are folded away. The fold looks at one
letter and the mark that follows it, never further, so that a stream can be folded as it comes.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Final

_LEET: Final = {
    "0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "!": "i", "|": "il", "+": "t", "€": "e", "¢": "c",
    "á": "a", "à": "a", "â": "a", "ã": "a", "å": "a", "é": "e", "è": "e", "ê": "e", "í": "i", "ì": "i", "î": "i",
    "ó": "o", "ò": "o", "ô": "o", "õ": "o", "ú": "u", "ù": "u", "û": "u", "ý": "y",
}  # fmt: skip
"""The letters that a sign may stand for. Umlauts, ñ and ç are letters of their own: "schwül" is no insult."""
_SPACED = re.compile(r"(?<![^\W_])[^\W_](?:([ .\-_*])[^\W_](?:\1[^\W_])+)(?![^\W_])(?!\1[^\W_](?![^\W_]))")
"""Three letters or more, each alone, with the same sign between."""
_NOT_ASCII = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]+")
"""What must be folded letter by letter: a mark belongs to the letter before it."""
_SIGNED = re.compile(r"[\w@$!|+€¢]+")


@dataclass(frozen=True, slots=True)
class Normal:
    """A folded text; character i of it stands for [starts[i], ends[i]) of the original."""

    folded: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where [start, end) of the folded text, which must not be empty, stands in the original."""
        return self.starts[start], self.ends[end - 1]

    def part(self, start: int, end: int) -> "Normal":
        """[start, end) of the folded text, with the same way back."""
        return Normal(self.folded[start:end], self.starts[start:end], self.ends[start:end])

    def leet(self) -> "Normal":
        """The reading in which signs among letters stand for the first letter that they may mean: "h4ck" is "hack"."""

        def read(match: re.Match[str]) -> str:
            word = match[0]
            if not any(sign.isalpha() for sign in word):
                return word
            inner = len(word.rstrip("!"))
            return "".join(_LEET.get(sign, sign)[0] if at < inner else sign for at, sign in enumerate(word))

        return Normal(_SIGNED.sub(read, self.folded), self.starts, self.ends)

    def joined(self) -> "Normal":
        """The reading in which letters spaced out, as "b a d" or "b.a.d", are joined."""
        kept: list[range] = []
        at = 0
        for match in _SPACED.finditer(self.folded):
            kept += [range(at, match.start()), range(match.start(), match.end(), 2)]
            at = match.end()
        if not at:
            return self
        places = [*chain.from_iterable(kept), *range(at, len(self.folded))]
        return Normal(
            "".join(self.folded[place] for place in places),
            tuple(self.starts[place] for place in places),
            tuple(self.ends[place] for place in places),
        )


def normal(text: str) -> Normal:
    """The folded text with its way back; folding it again changes nothing."""
    if text.isascii():
        return Normal(text.lower(), range(len(text)), range(1, len(text) + 1))
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for match in _NOT_ASCII.finditer(text):
        letters.append(text[done : match.start()].lower())
        starts += range(done, match.start())
        ends += range(done + 1, match.start() + 1)
        done = match.end()
        for start, end, seen in _letters(text, match.start(), done):
            letters.append(seen)
            starts += [start] * len(seen)
            ends += [end] * len(seen)
    letters.append(text[done:].lower())
    starts += range(done, len(text))
    ends += range(done + 1, len(text) + 1)
    return Normal("".join(letters), starts, ends)


def _letters(text: str, at: int, until: int) -> Iterator[tuple[int, int, str]]:
    """Each letter of a stretch with its marks: where it begins and ends, and what it is folded to."""
    while at < until:
        sign, start, end, mark = text[at], at, at + 1, ""
        at += 1
        if is_unseen(sign):
            continue
        for place in range(at, until):
            if not is_unseen(text[place]):
                break
            if _is_mark(text[place]):
                mark = mark or text[place]
                end = place + 1
        yield start, end, fold(sign, mark)


def is_unseen(sign: str) -> bool:
    """Whether a character shows nothing of its own: format characters, variant selectors, fillers, marks."""
    return sign > "~" and (_is_mark(sign) or _is_invisible(sign))


@cache
def fold(sign: str, mark: str = "") -> str:
    """What a character, with the first mark that follows it, is folded to: mostly one letter, else several or none.

    A letter with a mark stays itself where Latin-1 has it (ü is not u); the marks of all other letters are dropped.
    """
    if mark and sign.isascii():
        composed = unicodedata.normalize("NFC", sign + mark)
        sign = composed if len(composed) == 1 and composed <= "ÿ" else sign
    seen = sign
    for _ in range(4):
        after = "".join(map(_step, seen))
        if after == seen:
            break
        seen = after
    return seen


def means(sign: str) -> str:
    """The letters that a folded character may stand for beside itself, as 1 for i and l."""
    return meanings().get(sign, "")


def is_word(sign: str) -> bool:
    """Whether a character is part of words: a letter, a digit, or a vowel sign that its script writes as a mark."""
    return sign.isalnum() or (sign > "~" and unicodedata.category(sign)[0] == "M")


def is_unspaced(sign: str) -> bool:
    """Whether a character is of a script that writes no spaces between words."""
    return sign > "\u0dff" and (
        "\u0e00" <= sign <= "\u0eff"  # Thai, Lao
        or "\u1000" <= sign <= "\u109f"  # Burmese
        or "\u1780" <= sign <= "\u17ff"  # Khmer
        or "\u3040" <= sign <= "\u30ff"  # Kana
        or "\u3400" <= sign <= "\u9fff"  # Han
        or "\U00020000" <= sign <= "\U0003ffff"
    )


def _step(sign: str) -> str:
    if is_unseen(sign):
        return ""
    if sign.isascii() or sign <= "ÿ":
        return "".join(each for each in unicodedata.normalize("NFKC", sign).casefold() if not is_unseen(each))
    plain = unicodedata.normalize("NFKC", sign).casefold()
    if plain.isascii():
        return plain
    like = _lookalikes().get(sign)
    if like:
        return like
    parts = unicodedata.normalize("NFKD", sign)
    if not _is_mark(parts[0]):
        plain = unicodedata.normalize("NFKC", "".join(each for each in parts if not is_unseen(each))).casefold()
    return "".join(each for each in plain if not is_unseen(each))


def _is_mark(sign: str) -> bool:
    return sign >= "\u0300" and (
        sign <= "\u036f"
        or "\u1ab0" <= sign <= "\u1aff"
        or "\u1dc0" <= sign <= "\u1dff"
        or "\u20d0" <= sign <= "\u20ff"
        or "\ufe20" <= sign <= "\ufe2f"
    )


@cache
def _is_invisible(sign: str) -> bool:
    return (
        unicodedata.category(sign) == "Cf"
        or "\ufe00" <= sign <= "\ufe0f"
        or "\U000e0100" <= sign <= "\U000e01ef"
        or sign in "\u115f\u1160\u3164\uffa0\u180b\u180c\u180d\u180f"
    )


@cache
def _listed() -> dict[str, str]:
    """The Latin letters, as they are written, that a character looks like, by the Unicode list of confusables."""
    source = files("confusable_homoglyphs").joinpath("confusables.json").read_text(encoding="utf-8")
    found = {}
    for sign, others in json.loads(source).items():
        if len(sign) == 1 and sign > "ÿ":
            letters = "".join(other["c"] for other in others if len(other["c"]) == 1 and other["c"].isascii())
            if letters and letters[0].isalnum():
                found[sign] = letters
    return found


@cache
def _lookalikes() -> dict[str, str]:
    """Small letters of other scripts to the Latin ones that they look like; a capital goes its small letter's way."""
    listed = _listed()
    found = {}
    for sign, letters in listed.items():
        small = sign.lower()
        if small == sign or len(small) > 1:
            found[sign] = letters[0].lower()
        elif small in listed:
            found[sign] = listed[small][0].lower()
    return found


@cache
def meanings() -> dict[str, str]:
    """What each sign may stand for beside itself: `_LEET`, and Latin letters that only a capital looks like, as Н."""
    found = dict(_LEET)
    for sign, letters in _listed().items():
        small = fold(sign)
        if small != sign and len(small) == 1 and not small.isascii() and letters[0].isalpha():
            found[small] = letters[0].lower()
    return found
