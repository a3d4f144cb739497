"""Where sentences end, in plain text of several languages; it knows nothing of tokens or chunks.

A rule with exact offsets instead of NLTK's Punkt: importing that costs 0.6 s, more than the whole `chunk` command.
"""

import re
from pathlib import Path

from core.types import Span

_ABBREVIATIONS = frozenset(Path(__file__).with_name("abbreviations.txt").read_text(encoding="utf-8").split())
_MONTHS = frozenset(
    """
    Januar Jänner Februar März April Mai Juni Juli August September Oktober November Dezember Quartal Januars
    Kalendertag Werktag Tag Monat
    """.split()
)

_CANDIDATE = re.compile(
    r"""
    (?P<stop>[.!?…]+["'”’»)\]]*)(?=\s)      # Latin full stop, then white space
    | [。！？]+["'”’」』）]*                     # CJK full stop, no white space needed
    | [؟۔।](?=\s|$)                           # Arabic question mark, Urdu and Hindi full stops
    | (?P<break>[ \t]*\n[ \t]*(?:\n\s*)+)     # blank line: a paragraph ends
    | (?P<line>[ \t]*\n(?=[ \t]*(?:[-*•–▪◦·]|\(?[0-9a-zA-Z]{1,3}[.)]|\#{1,6}|\|)[ \t]))  # a list item or heading begins
    | (?P<cell>(?<=[:;|])[ \t]*\n)            # a line that announces what follows
    """,
    re.VERBOSE,
)
_WORD_BEFORE = re.compile(r"([^\s(\[\"'“‘«]+)$")
_WORD = re.compile(r"\w")
_NEXT_WORD = re.compile(r"\s*[\"'“‘«(\[]*(\w[\w-]*)?")


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """The sentences of text[start:end] as spans without surrounding white space; blank text gives none.

    Lines and paragraphs end a sentence where a list item, a heading or a blank line follows; a single wrapped line
    does not.
    """
    end = len(text) if end is None else end
    spans: list[Span] = []
    begin = wordless = start  # up to `wordless`, the sentence that begins at `begin` holds no word
    for match in _CANDIDATE.finditer(text, start, end):
        if match["stop"]:
            if not _WORD.search(text, wordless, match.start()):
                wordless = match.end()
                continue
            if not _ends_sentence(text, match, begin):
                continue
        _append(spans, text, begin, match.end())
        begin = wordless = match.end()
    _append(spans, text, begin, end)
    return spans


def trim(text: str, start: int, end: int) -> Span | None:
    """The span without white space at its edges; None when nothing is left."""
    piece = text[start:end]
    stripped = piece.strip()
    if not stripped:
        return None
    begin = start + len(piece) - len(piece.lstrip())
    return Span(begin, begin + len(stripped))


def _append(spans: list[Span], text: str, start: int, end: int) -> None:
    span = trim(text, start, end)
    if span:
        spans.append(span)


def _ends_sentence(text: str, match: re.Match[str], begin: int) -> bool:
    """Whether a full stop followed by white space ends a sentence rather than an abbreviation or ordinal."""
    if match["stop"][0] in ".…" and text[match.start() - 1].isspace():
        return False  # dots that lead from a title to its page
    if match["stop"][0] != ".":
        return True
    before = _WORD_BEFORE.search(text[max(begin, match.start() - 40) : match.start()])
    word = before[1] if before else ""
    following = _NEXT_WORD.match(text, match.end())
    after = (following[1] or "") if following else ""
    if word.lower() in _ABBREVIATIONS or (len(word) == 1 and word.isalpha() and word.isupper()):
        return False
    if (
        word.isdigit()
        and len(word) <= 2
        and (after in _MONTHS or text[max(begin, match.start() - 2) : match.start()] == word)
    ):
        return False  # "15. März", and "3. " that opens a list item
    return not after or not after[0].islower()
