"""A person who asks to be forgotten, and every form in which a text names them; it reads no store.

A name is found in any case, with or without accents, over line breaks and hyphenation, in full, surname first, with
initials or a title, with or without a genitive's s. Offsets are those of the text as it is.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from core.errors import RequestError

Form = Literal["name", "initials", "title", "alias", "e-mail", "telephone", "other", "surname"]
FORMS: tuple[Form, ...] = ("name", "initials", "title", "alias", "e-mail", "telephone", "other", "surname")
BLOCK = "█"
LEAST, LONGEST = 4, 200
"""Letters and digits of a further detail, and its characters at most."""

_TITLES = "mrs|mr|ms|miss|sir|dr|prof|professor|frau|herrn|herr|mme|mlle|madame|monsieur|sig|signora|signor|sra|sr|dott"
_GAP = r"[\s,;|._\-]{1,8}"
"""Between the parts of a name: also in a table's row, a file's name or an address."""
_BREAK = r"(?:-\s+)?"
"""Hyphenation within a word; where lines were joined, a space is left of the break."""
_BROKEN = re.compile(r"-\s+")
_BEFORE, _AFTER = r"(?<![^\W_])", r"(?=(?:'?s)?(?![^\W_]))"
_REACH = 240
"""Characters around a last name in which the whole mention stands."""
_DIGIT_GAP = r"[\s./()\-]{0,3}"
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Scripts that put no space between words."""


@dataclass(frozen=True, slots=True)
class Mention:
    """The characters [start, end) of a text name the person."""

    start: int
    end: int
    form: Form


@dataclass(frozen=True)
class Person:
    """What the person is known by; raises RequestError for what would name half of everybody."""

    name: str
    aliases: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """What else is to go, as it is written: an account, an address, a date of birth."""

    def __post_init__(self) -> None:
        for each in (self.name, *self.aliases):
            letters = [sign for sign in each if sign.isalnum()]
            if len(letters) < (2 if _WIDE.search(each) else 3):
                raise RequestError(f"'{each}' is too short to be looked for; a name needs three letters.")
        for each in self.emails:
            if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", each):
                raise RequestError(f"'{each}' is no e-mail address.")
        for each in self.phones:
            if len(_digits(each)) < 6:
                raise RequestError(f"'{each}' is no telephone number; it needs six digits.")
        for each in self.others:
            if sum(map(str.isalnum, each)) < LEAST or len(each) > LONGEST:
                raise RequestError(
                    f"'{each}' cannot be looked for; a detail has four letters or digits, and 200 signs at most."
                )

    @property
    def terms(self) -> tuple[tuple[str, str], ...]:
        """What it is known by, each as kind and folded text: the same for the same person however it was typed."""
        names = [("name", " ".join(_parts(each))) for each in (self.name, *self.aliases)]
        mails = [("e-mail", folded(each)) for each in self.emails]
        others = [("other", " ".join(folded(each).split())) for each in self.others]
        return (*names, *mails, *(("telephone", _digits(each).lstrip("0")) for each in self.phones), *others)

    def find(self, text: str, surname: bool = False) -> tuple[Mention, ...]:
        """Where the text names the person, in reading order; with `surname` also by the last name alone."""
        plain = folded(text)
        pattern = self._with_surname if surname else self._pattern
        near = (pattern.finditer(plain, start, end) for start, end in self._windows(plain))
        found = [(match.start(), match.end(), _form(match)) for matches in near for match in matches]
        found += [place for phone in self.phones for place in _telephones(plain, phone)]
        if not found:
            return ()
        at = _offsets(text) if len(plain) != len(text) or not text.isascii() else None
        spans = [Mention(s, e, f) if at is None else Mention(at[s], at[e - 1] + 1, f) for s, e, f in found]
        return _apart(spans)

    @cached_property
    def spelled(self) -> tuple[str, ...]:
        """The names in small letters, given names first, with their accents and in each other spelling."""
        names = [spelling for name in (self.name, *self.aliases) for spelling in (name, *_spellings(name))]
        return tuple(dict.fromkeys(" ".join(_parts(each, _spelled)) for each in names))

    @cached_property
    def details(self) -> tuple[str, ...]:
        """The other details in small letters, with their accents, one space between words."""
        return tuple(" ".join(_spelled(each).split()) for each in self.others)

    @cached_property
    def _keys(self) -> tuple[str, ...]:
        """Folded words of which each mention of a name or an address has one."""
        lasts = [_parts(each)[-1] for name in (self.name, *self.aliases) for each in _spellings(name)]
        keys = [max(last.split("-"), key=len) for last in lasts]
        keys += [max(re.split(r"[\s-]+", folded(each)), key=len) for each in self.others]
        return tuple(dict.fromkeys([*keys, *(folded(each).partition("@")[0] for each in self.emails)]))

    def _windows(self, plain: str) -> list[tuple[int, int]]:
        """Where it is worth to look closely: around each such word, and everywhere where a line break parts one."""
        places = [match.start() for key in self._keys for match in re.finditer(re.escape(key), plain)]
        if _BROKEN.search(plain):
            joined = _BROKEN.sub("", plain)
            if sum(joined.count(key) for key in self._keys) > sum(plain.count(key) for key in self._keys):
                return [(0, len(plain))]
        windows: list[tuple[int, int]] = []
        for at in sorted(places):
            start, end = max(0, at - _REACH), min(len(plain), at + _REACH)
            if windows and start <= windows[-1][1]:
                windows[-1] = (windows[-1][0], end)
            else:
                windows.append((start, end))
        return windows

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(self._forms()))

    @cached_property
    def _with_surname(self) -> re.Pattern[str]:
        lasts = dict.fromkeys(p[-1] for name in _spellings(self.name) if len(p := _parts(name)) > 1 and len(p[-1]) > 2)
        alone = [f"(?P<surname_{n}>{_BEFORE}{_word(last)}{_AFTER})" for n, last in enumerate(lasts)]
        return re.compile("|".join([*self._forms(), *alone]))

    def _forms(self) -> list[str]:
        forms = [f"(?P<mail_{n}>{_mail(each)})" for n, each in enumerate(self.emails)]
        for number, (name, kind) in enumerate(
            [
                *((s, "name") for s in _spellings(self.name)),
                *((s, "alias") for a in self.aliases for s in _spellings(a)),
            ]
        ):
            forms += [f"(?P<{form}_{number}>{pattern})" for form, pattern in _patterns(_parts(name), kind)]
        written = [_GAP.join(map(_word, folded(each).split())) for each in self.others]
        return forms + [f"(?P<other_{n}>{_BEFORE}{pattern}(?![^\\W_]))" for n, pattern in enumerate(written)]


def redacted(text: str, mentions: Iterable[Mention]) -> str:
    """The text with a block in the place of each character of a mention, line breaks kept: of the same length."""
    signs = list(text)
    for each in mentions:
        signs[each.start : each.end] = [s if s in "\r\n" else BLOCK for s in signs[each.start : each.end]]
    return "".join(signs)


def folded(text: str) -> str:
    """The text without case, accents and invisible characters."""
    return text.lower() if text.isascii() else text.translate(_FOLDED)


# -- within ------------------------------------------------------------------------------------------------------------


class _Folding(dict[int, str]):
    def __missing__(self, number: int) -> str:
        sign = chr(number)
        if sign in "\u00ad\u200b\u200c\u200d\u2060\ufeff":
            made = ""
        elif sign in "\u2010\u2011\u2012\u2013":
            made = "-"
        elif sign in "\u2019\u02bc":
            made = "'"
        else:
            apart = unicodedata.normalize("NFKD", sign).casefold()
            made = "".join(each for each in apart if unicodedata.category(each) != "Mn")
        self[number] = made
        return made


_FOLDED = _Folding()
_SIGNS = str.maketrans(dict.fromkeys("\u2019\u02bc", "'") | dict.fromkeys("\u2010\u2011\u2012\u2013", "-"))


def _spelled(text: str) -> str:
    """The text in small letters with its accents, and with plain apostrophes and hyphens."""
    return unicodedata.normalize("NFC", text).lower().translate(_SIGNS)


def _offsets(text: str) -> list[int]:
    """For each character of the folded text the one that it came from."""
    return [place for place, sign in enumerate(text) for _ in _FOLDED[ord(sign)]]


def _parts(name: str, fold: Callable[[str], str] = folded) -> list[str]:
    """Words of a folded name, given names first."""
    last, comma, first = fold(name).partition(",")
    return (f"{first} {last}" if comma else last).replace(".", " ").split()


def _spellings(name: str) -> list[str]:
    """The name, and the other way to write its umlauts."""
    composed, pairs = unicodedata.normalize("NFC", name), (("ä", "ae"), ("ö", "oe"), ("ü", "ue"))
    wide, narrow = composed.lower(), folded(name)
    for one, two in pairs:
        wide, narrow = wide.replace(one, two), narrow.replace(two, one)
    return list(dict.fromkeys([folded(name), folded(wide), folded(narrow)]))


def _word(word: str) -> str:
    return _BREAK.join("-?\\s*" if sign == "-" else re.escape(sign) for sign in word)


def _patterns(parts: Sequence[str], kind: str) -> list[tuple[str, str]]:
    """Groups and patterns of one name; those with initials and titles only of a first and a last name."""
    if any(_WIDE.search(part) for part in parts):
        return [(kind, r"\s*".join(map(re.escape, parts)))]
    if len(parts) == 1:
        return [(kind, f"{_BEFORE}{_word(parts[0])}{_AFTER}")]
    first, *middle, last = parts
    between = (
        "".join(f"(?:{_GAP}{_word(each)}|{_GAP}{re.escape(each[0])}\\.?)?" for each in middle)
        or rf"(?:{_GAP}[^\W\d_]\.?)?"
    )
    given = f"{_word(first)}{between}"
    initial = re.escape(first[0])
    short = rf"{initial}(?:\.\s*|\s+)(?:[^\W\d_]\.\s*)?"
    forms = [
        (kind, f"{_BEFORE}{given}{_GAP}{_word(last)}{_AFTER}"),
        (f"{kind}_turned", f"{_BEFORE}{_word(last)}{_GAP}{given}{_AFTER}"),
        ("initials", f"{_BEFORE}{short}{_word(last)}{_AFTER}"),
        ("initials_turned", rf"{_BEFORE}{_word(last)}(?:,\s*{initial}(?![^\W_])\.?|\s+{initial}\.)"),
    ]
    titled = rf"{_BEFORE}(?:(?:{_TITLES})\.?\s+)+{_word(last)}{_AFTER}"
    return [*forms, ("title", titled)]


def _mail(address: str) -> str:
    name, _, host = folded(address).partition("@")
    return rf"(?<![\w.+-]){re.escape(name)}\s*(?:@|\(at\)|\[at\])\s*{re.escape(host)}(?![\w-])"


def _form(match: re.Match[str]) -> Form:
    group = str(match.lastgroup).partition("_")[0]
    return "e-mail" if group == "mail" else next(form for form in FORMS if form == group)


def _digits(phone: str) -> str:
    return "".join(sign for sign in phone if sign.isdigit())


def _telephones(plain: str, phone: str) -> list[tuple[int, int, Form]]:
    """Places of a number, with or without the codes of country and trunk."""
    wanted = _digits(phone).lstrip("0")
    tail = _DIGIT_GAP.join(wanted[-6:])
    found: list[tuple[int, int, Form]] = []
    for match in re.finditer(rf"(?<!\d)(?:\+\s?)?(?:\(?\d{_DIGIT_GAP}){{0,9}}{tail}(?!\d)", plain):
        held = _digits(match[0]).lstrip("0")
        shorter, longer = sorted((held, wanted), key=len)
        if longer.endswith(shorter) and len(longer) - len(shorter) <= 3:
            found.append((match.start(), match.end(), "telephone"))
    return found


def _apart(spans: Iterable[Mention]) -> tuple[Mention, ...]:
    """In reading order, the longer one where two overlap."""
    kept: list[Mention] = []
    for each in sorted(spans, key=lambda m: (m.start - m.end, m.start)):
        if not any(each.start < other.end and other.start < each.end for other in kept):
            kept.append(each)
    return tuple(sorted(kept, key=lambda m: m.start))
