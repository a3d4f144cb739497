"""A filter in a stream of text that shows no part of what must not be shown; what that is its finders say.

Whatever has been shown is at every moment the beginning of the masked whole, however the stream was cut in pieces. So
text is held back just as long as a finder says that it may still become a finding.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from core.errors import RequestError
from core.guardrails.findings import Detector, Finding, in_order
from core.guardrails.normal import is_unseen

MASK: Final = "█"
_BEHIND: Final = 8
"""Characters before the held text that finders see: the word before, and whether a single letter stands there."""
_WORD: Final = 256
"""How far back the word is sought in which those characters begin."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What stands in a text so far, and from where on it is not settled."""

    findings: tuple[Finding, ...]
    open: int
    """From here on the text may still become, or belong to, a finding; its length where all is settled."""


class Finder(Protocol):
    """Says what stands in a text that is still being written."""

    def scan(self, text: str, begin: int, final: bool) -> Scan:
        """The findings that begin at `begin` or later; what stands before it is there to be looked at only.

        A finding that ends at `open` or before is settled: no text that may follow changes it or adds one there.
        """
        ...


class Located(Protocol):
    """Anything that says where it stands and what it is."""

    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def start(self) -> int: ...  # noqa: D102
    @property
    def end(self) -> int: ...  # noqa: D102


class Growing:
    """Makes a finder of a detector that looks at whole texts, as those of patterns do.

    `tail` matches, at the end of a text, what may still grow into a finding; the detector must find nothing across its
    beginning that is not found without it. Of a tail longer than `bound` characters only so many are held back.
    """

    TOKEN: Final = re.compile(
        r"(?<!\S)(?:[^\s\d]*+\d\S*+[ ]{1,2}+(?:[A-Z0-9()+./-]++[ ]{1,2}+)*+\S*+|\S++)\Z",
    )
    """The last word, with the groups of digits and capitals before it that IBANs, cards and telephone numbers have."""
    LINE: Final = re.compile(r"(?<![^\n])[^\n]++\Z")

    def __init__(
        self,
        detect: Callable[[str], Iterable[Located]],
        detector: Detector,
        tail: re.Pattern[str] = TOKEN,
        bound: int = 4096,
    ) -> None:
        self._detect, self._detector, self._tail, self._bound = detect, detector, tail, bound

    def scan(self, text: str, begin: int = 0, final: bool = True) -> Scan:
        """As `Finder.scan` says."""
        found = in_order(
            Finding(self._detector, each.kind, each.start, each.end)
            for each in self._detect(text)
            if each.start >= begin
        )
        grows = None if final else self._tail.search(text, begin)
        return Scan(found, max(grows.start(), len(text) - self._bound) if grows else len(text))


class HoldBack:
    """Feed it the pieces of a stream; what it returns, put together, is the masked text, character for character."""

    def __init__(self, finders: Sequence[Finder], replacement: str = MASK) -> None:
        if len(replacement) != 1:
            raise RequestError("What stands for a masked character must be one character, so that offsets stay true.")
        self._finders, self._replacement = tuple(finders), replacement
        self._text = ""
        """What is held back, with a little of what was shown before it."""
        self._cut = self._shown = self._begin = 0
        """Where `_text` begins in the whole, and, in `_text`, where what is held back and what is looked for begin."""
        self._findings: list[Finding] = []
        self._ended = False

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What has been masked so far, with offsets in the text that was shown, which are those of the stream."""
        return in_order(self._findings)

    @property
    def held(self) -> int:
        """How many characters are held back now."""
        return len(self._text) - self._shown

    def feed(self, piece: str) -> str:
        """Take the next piece; return what has become settled."""
        if self._ended:
            raise RequestError("The stream has ended; a new one needs a new filter.")
        self._text += piece
        return self._settle(final=False)

    def end(self) -> str:
        """The stream is complete: return the rest."""
        self._ended = True
        return self._settle(final=True)

    def _settle(self, final: bool) -> str:
        scans = [finder.scan(self._text, self._begin, final) for finder in self._finders]
        until = max(self._shown, min((scan.open for scan in scans), default=len(self._text)))
        found = [each for scan in scans for each in scan.findings if each.end > self._shown]
        shown = self._masked(found, until)
        self._findings += [
            replace(each, start=each.start + self._cut, end=each.end + self._cut) for each in found if each.end <= until
        ]
        self._shown = until
        self._begin = min([until, *(each.start for each in found if each.end > until)])
        self._forget()
        return shown

    def _masked(self, found: Iterable[Finding], until: int) -> str:
        letters = list(self._text[self._shown : until])
        for each in found:
            for place in range(max(each.start, self._shown), min(each.end, until)):
                letters[place - self._shown] = self._replacement
        return "".join(letters)

    def _forget(self) -> None:
        """Drop what was shown, but for the words before the place from which findings may begin."""
        keep, seen = self._begin, 0
        while keep and seen < _BEHIND:
            keep -= 1
            seen += not is_unseen(self._text[keep])
        furthest = max(0, keep - _WORD)
        while keep > furthest and not self._text[keep - 1].isspace():
            keep -= 1
        self._text = self._text[keep:]
        self._cut, self._shown, self._begin = self._cut + keep, self._shown - keep, self._begin - keep


def masked(text: str, finders: Sequence[Finder], replacement: str = MASK) -> str:
    """A whole text with everything that the finders find masked."""
    filter_ = HoldBack(finders, replacement)
    return filter_.feed(text) + filter_.end()
