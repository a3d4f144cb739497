"""Names that the text itself gives away: by a title, by "my name is", by an initial, by a list, by an e-mail address.

It needs no model and knows no list of names; a name that nothing points to it does not see.
"""

import re
from collections.abc import Iterable, Iterator

from core.guardrails.findings import Finding
from core.guardrails.usage import CAPITAL, NAME, NOT_NAMES, PARTICLE, TITLE, Usage, has_article

_TITLES = re.compile(rf"(?<!\w)(?P<title>{TITLE}(?:\.|(?=[ ])))[ ](?:Dr\.?[ ])?(?P<name>{NAME})")
_CUES = re.compile(
    r"\b(?:(?i:(?:my|his|her|their|our|maiden|partner's|husband's|wife's|last|first|full)\s?name(?:'s| is| was)"
    r"|the name is|calls? me|called me|named (?:him|her)|call (?:him|her)"
    r"|(?:name|vorname|nachname|surname|employee|patient|kund(?:e|in)|mitarbeiter(?:in)?|contact|ansprechpartner(?:in)?"
    r"|signed|unterzeichnet|user|attn)[ \t]*:"
    r"|i am|i'm|this is|ich bin|ich heiße|mein name ist|dear|liebe[r]?|regards,|sincerely,|grüßen?,?"
    r"|signed by|directed by|written by|painted by|starring|married to|name\?)"
    rf")\s{{1,4}}(?P<name>{NAME})"
)
_FIELD = re.compile(
    r"^[>? \t]*(?:full )?name[ \t]*:[ \t]*(?P<name>[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){1,3})[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_DOES = re.compile(rf"(?<![\w-])(?P<name>{NAME})(?= (?:lives|lived|resides|was born|is married|grew up)\b)")
_SAYS = re.compile(rf"[\"”'’!?] (?:says|tells|said|adds|asked) (?P<name>{NAME})")
_INITIAL = re.compile(
    rf"(?<![\w-])(?P<name>(?P<first>{CAPITAL})[ ][^\W\d_a-zß-öø-ÿ]\.?[ ]"
    rf"(?:{PARTICLE}[ ])?[^\W\d_a-zß-öø-ÿ][^\W\d_]*[a-zß-öø-ÿ][^\W\d_]*(?:-[^\W\d_]+)*)"
)
"""A given name, an initial, a surname."""
_CELL_ENDS = re.compile(r"[ \t]*(?:\||$)", re.MULTILINE)
"""In a row of a table a name fills its cell: "Name: Load cell 3 kg" is none."""
_LISTED = re.compile(rf"(?<![\w-]){NAME}")
_LIST = re.compile(rf"(?<![\w-]){NAME}(?:(?:, (?:and )?| and | & ){NAME})+(?!\w)")
_NOT_GIVEN = frozenset(
    """vitamin hepatitis type plan class grade group phase section appendix part exhibit schedule annex figure table
    option model series influenza protein factor complement category level team block box line zone unit gate hall room
    step form version stage area chapter""".split()
)
"""Words that a single letter numbers."""


def _in_a_row(text: str, at: int) -> bool:
    """Whether a place lies in a row of a table, whose cells say of many things how they are called."""
    start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    return " | " in text[start : end if end >= 0 else len(text)]


def introduced(usage: Usage) -> Iterator[Finding]:
    """Names that a title or words as "my name is" introduce, names with an initial in the middle, and the titles."""
    text = usage.text
    for match in _TITLES.finditer(text):
        yield Finding("personal", "title", *match.span("title"), 0.8)
        yield Finding("personal", "person", match.start("name"), match.end("name"), 0.9)
    for match in _FIELD.finditer(text):
        yield Finding("personal", "person", *match.span("name"), 0.8)
    for pattern in (_CUES, _DOES, _SAYS):
        for match in pattern.finditer(text):
            whole = not _in_a_row(text, match.start("name")) or _CELL_ENDS.match(text, match.end("name"))
            known = match["name"].split()[0].lower() in NOT_NAMES or has_article(text, match.start("name"))
            if whole and not known:
                yield Finding("personal", "person", *match.span("name"), 0.75)
    for match in _INITIAL.finditer(text):
        first = match["first"].lower()
        if first not in _NOT_GIVEN and first not in NOT_NAMES and not usage.is_word(match["first"]):
            yield Finding("personal", "person", *match.span("name"), 0.75)


def listed(usage: Usage, found: Iterable[Finding]) -> Iterator[Finding]:
    """Names that stand in one list with a name: in "Monk, Ash and Reed" all three are persons where one is."""
    text = usage.text
    persons = {(each.start, each.end) for each in found if each.kind == "person"}
    for match in _LIST.finditer(text):
        parts = [(match.start() + part.start(), match.start() + part.end()) for part in _LISTED.finditer(match[0])]
        if any(part in persons for part in parts):
            for start, end in parts:
                if text[start:end].split()[0].lower() not in NOT_NAMES and not usage.is_word(text[start:end]):
                    yield Finding("personal", "person", start, end, 0.6)


def addressed(usage: Usage, found: Iterable[Finding]) -> Iterator[Finding]:
    """Full names that an e-mail address of the text spells: "Ada Quill" beside "ada.quill@" or "aquill@"."""
    text = usage.text
    spelt: set[str] = set()
    for each in found:
        if each.kind == "e-mail":
            local = text[each.start : each.end].partition("@")[0].lower()
            spelt |= {local, *re.split(r"[._+-]", local)}
    spelt = {word for word in spelt if len(word) > 2}
    if not spelt:
        return
    for match in _LISTED.finditer(text):
        words = [word.strip(".") for word in match[0].split()]
        if len(words) < 2 or words[0].lower() in NOT_NAMES or any(map(usage.is_word, words)):
            continue
        first, last = words[0].lower(), words[-1].lower()
        if spelt & {first, last, first + last, first[0] + last, first + last[0]}:
            yield Finding("personal", "person", *match.span(), 0.85)


def repeated(usage: Usage, found: Iterable[Finding]) -> Iterator[Finding]:
    """Other places where a part of a full name of the text stands: who was named in full is meant again by one name.

    A surname is meant also behind an article, as in "the Tennwick account".
    """
    text = usage.text
    parts: set[str] = set()
    for each in found:
        words = text[each.start : each.end].split()
        if each.kind == "person" and len(words) > 1:
            for place, word in enumerate(words, start=1):
                part = word.strip(".,'’")
                used = usage.is_small(part) if place == len(words) else usage.is_word(part)
                if len(word) > 2 and word[0].isupper() and not word.isupper() and "." not in word and not used:
                    parts.add(part)
    parts = {part for part in parts if part.lower() not in NOT_NAMES}
    if parts:
        alone = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(parts)))})(?![\w-])")
        for match in alone.finditer(text):
            yield Finding("personal", "person", *match.span(), 0.7)
