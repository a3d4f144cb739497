"""Words that an operator names, and profanity, however they are dressed up; it does not know what is allowed.

All terms lie in one trie, which is walked from each beginning of a word, so that the time depends on the text and
hardly on the number of terms, as with Aho and Corasick's automaton. A walk tries every reading at once: letters as
they are, signs that stand for letters, letters with signs between or spaced out, letters drawn out. What a walk has
not finished at the end of the text is what a stream must hold back.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any, Final

from core.errors import RequestError
from core.guardrails.findings import Finding, in_order
from core.guardrails.holdback import Scan
from core.guardrails.normal import is_unspaced, is_word, meanings, means, normal

_END: Final = ""
"""The key of a node at which a term ends."""
_GAP: Final = " "
"""The key from the last letter of a word of a term to its next word."""
_BETWEEN_WORDS, _BETWEEN_LETTERS = 8, 3
"""Most signs between two words and between two letters of a word."""
_ONE, _TIGHT, _BROKEN, _SPACED = range(4)
"""How a word has been written so far: one letter, without gaps, with signs but no spaces in it, with spaces."""
_OPENING, _KEPT = 4, 50_000
"""Characters of a beginning that is remembered, and how many of them are."""
_COMPOSABLE = re.compile("[à-öø-ÿ]")


class Terms:
    """Finds whole words: no term is found within a longer word."""

    def __init__(self, words: Sequence[str], kind: str) -> None:
        self.kind = kind
        self._root: dict[str, Any] = {}
        self._barren: set[str] = set()
        """First characters with which no term begins; kept since most words of a text were tried before."""
        self._numbers: set[str] = set()
        """Terms of digits alone."""
        self._composed: set[str] = set()
        """Letters without their mark that, with a mark that may follow, are letters of a term."""
        for word in words:
            self._plant(word)
        first = set(self._root) | {
            sign for sign, others in meanings().items() if any(each in self._root for each in others)
        }
        self._first = re.compile(f"[{''.join(map(re.escape, sorted(first)))}]") if first else None

    def find(self, text: str) -> tuple[Finding, ...]:
        """Where terms stand, in reading order, none within another."""
        return self.scan(text).findings

    def scan(self, text: str, begin: int = 0, final: bool = True) -> Scan:
        """The terms that begin at `begin` or later; unless the text is final, also from where it may become one."""
        seen = normal(text)
        findings: list[Finding] = []
        still_open, reach = len(text), 0
        unsettled = self._unsettled(seen.folded) if not final else len(seen.folded)
        for start in self._beginnings(seen.folded):
            barren = seen.folded[start : start + _OPENING] in self._barren and start + _OPENING <= unsettled
            if barren or seen.starts[start] < begin:
                continue
            end, grows = self._walk(seen.folded, start, final, unsettled)
            if grows:
                still_open = min(still_open, seen.starts[start])
            if end and not self._is_number(seen.folded[start:end]):
                at = seen.span(start, end)
                if at[1] > reach:
                    reach = at[1]
                    findings.append(Finding("term", self.kind, *at))
        if unsettled < len(seen.folded):
            still_open = min(still_open, max(begin, seen.starts[unsettled]))
        return Scan(in_order(findings), still_open)

    def _plant(self, word: str) -> None:
        words = _words(word)
        if not findable(word):
            raise RequestError(f"A term needs a letter or a digit; {word!r} has none.")
        self._composed |= {unicodedata.normalize("NFD", sign)[0] for sign in _COMPOSABLE.findall(words)}
        if (number := words.replace(_GAP, "")).isdigit():
            self._numbers.add(number)
        node = self._root
        for sign in words:
            node = node.setdefault(sign, {})
        node[_END] = True

    def _is_number(self, found: str) -> bool:
        """Whether what was read as a term is a number that is none: 5417 is no way to write "salt"."""
        digits = "".join(sign for sign in found if is_word(sign) or means(sign))
        return digits.isdigit() and digits not in self._numbers

    def _unsettled(self, folded: str) -> int:
        """The place of the last letter where a mark that may follow makes a term's letter of it; else the length."""
        return len(folded) - (folded[-1:] in self._composed)

    def _beginnings(self, folded: str) -> Iterator[int]:
        """Where a term may begin: a letter of the root's with no word before it."""
        if self._first is None:
            return
        for match in self._first.finditer(folded):
            start = match.start()
            before = folded[start - 1] if start else " "
            if not is_word(before) or is_unspaced(before) or is_unspaced(folded[start]):
                yield start

    def _walk(self, folded: str, start: int, final: bool, unsettled: int) -> tuple[int, bool]:
        """The end of the longest term from here, 0 for none, and whether more text might make one or unmake it."""
        states: list[Any] = [(self._root, "", 0, 0, 0, _ONE, "", "", "")]
        end, grows = 0, False
        for at in range(start, len(folded)):
            states = list(_stepped(states, folded[at]))
            if not states:
                self._remember(folded[start : start + _OPENING], at - start, bool(end) or grows)
                return end, grows
            for node, _, run, over, length, mode, gap, first, last in states:
                if _END in node and not gap and _whole(run, over, length, mode):
                    fits = _stands_alone(folded, start, at + 1, mode, first, last, final)
                    grows = grows or fits is None
                    end = at + 1 if fits else end
            grows = grows or at + 1 == unsettled < len(folded)
        return end, grows or not final

    def _remember(self, opening: str, died: int, found: bool) -> None:
        if died < len(opening) == _OPENING and not found:
            if len(self._barren) >= _KEPT:
                self._barren = set()
            self._barren.add(opening)


def profanity(language: str) -> tuple[str, ...]:
    """A short list of Touchstone's own, of English ("en") or German ("de") insults and obscenities."""
    source = files("core.guardrails").joinpath("data", f"profanity_{language}.txt")
    if language not in ("en", "de"):
        raise RequestError(f"There is no list of profanity in '{language}', only in 'en' and 'de'.")
    rows = source.read_text(encoding="utf-8").splitlines()
    return tuple(row.strip() for row in rows if row.strip() and not row.startswith("#"))


def _stepped(states: list[Any], sign: str) -> Iterator[Any]:
    """The states after one more character; a state is what has been read of a term, and how it was written."""
    letters = sign + means(sign)
    word = is_word(sign)
    for node, letter, run, over, length, mode, gap, first, last in states:
        for each in letters:
            if letter and each == letter and not gap and mode != _SPACED:
                yield node, letter, run + 1, over + 1, length, max(mode, _TIGHT), "", first, last
            if not _whole(run, over, 3, mode):
                continue
            if each != _GAP and each in node:
                after = _joined(mode, gap) if letter else _ONE
                if after is not None:
                    spaced = after == _SPACED
                    again = run + 1 if each == letter and not gap else 1
                    opening = first or gap if spaced else ""
                    yield node[each], each, again, 0, length + 1, after, "", opening, gap if spaced else ""
            if _GAP in node and each in node[_GAP] and _whole(run, over, length, mode):
                yield node[_GAP][each], each, 1, 0, 1, _ONE, "", "", ""
        if not word and letter and _may_widen(node, gap + sign, mode):
            yield node, letter, run, over, length, mode, gap + sign, first, last


def _joined(mode: int, gap: str) -> int | None:
    """How the word is written once its next letter comes after a gap; None where no word is written so."""
    if not gap:
        return None if mode == _SPACED else max(mode, _TIGHT)
    if any(sign.isspace() for sign in gap):
        return _SPACED if mode in (_ONE, _SPACED) else None
    return _BROKEN if mode != _SPACED and len(gap) < _BETWEEN_LETTERS else None


def _may_widen(node: dict[str, Any], gap: str, mode: int) -> bool:
    if _GAP in node:
        return len(gap) <= _BETWEEN_WORDS
    if mode in (_TIGHT, _BROKEN) and gap[-1].isspace():
        return False
    return len(gap) <= _BETWEEN_LETTERS and any(key != _END for key in node)


def findable(term: str) -> bool:
    """Whether a term has a letter or a digit by which it could be found."""
    return any(is_word(sign) for sign in _words(term))


def _words(term: str) -> str:
    return re.sub(r"[\s\-_'’.,/]+", _GAP, normal(term).folded).strip()


def _whole(run: int, over: int, length: int, mode: int) -> bool:
    """Whether letters were drawn out thrice at least where they were, and a word with gaps has three letters."""
    return (not over or run >= 3) and (length >= 3 or mode in (_ONE, _TIGHT))


def _stands_alone(folded: str, start: int, end: int, mode: int, first: str, last: str, final: bool) -> bool | None:
    """Whether no word goes on behind it and it is no part of a longer word spaced out; None where more text decides."""
    if end == len(folded):
        if not final:
            return None
    elif is_word(folded[end]) and not is_unspaced(folded[end]) and not is_unspaced(folded[end - 1]):
        return False
    if mode != _SPACED:
        return True
    before = start - len(first)
    alone = before > 0 and is_word(folded[before - 1]) and (before == 1 or not is_word(folded[before - 2]))
    if alone and folded[before:start] == first:
        return False
    return _nothing_goes_on(folded[end : end + len(last) + 2], last, final)


def _nothing_goes_on(behind: str, gap: str, final: bool) -> bool | None:
    """Whether no single letter follows after the gap that stood between the letters."""
    short = len(behind) < len(gap) + 2
    if len(behind) <= len(gap):
        return None if short and not final and gap.startswith(behind) else True
    if not behind.startswith(gap) or not is_word(behind[len(gap)]):
        return True
    if short:
        return None if not final else False
    return is_word(behind[-1])
