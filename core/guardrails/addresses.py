"""Postal addresses by the words that streets and flats are called by, and by the lines that follow them.

It knows the names of no place: a town is found by the model of names, or as a line of an address.
"""

import re
from collections.abc import Iterator

from core.guardrails.findings import Finding

_CAP = r"[^\W\d_a-zß-öø-ÿ][\w'’.-]*"
"""A word that does not begin with a small letter."""
_PART = rf"(?:{_CAP}|(?:de|del|della|des|dei|du|da|do|la|le|di|van|von|der|den|the|of|and|u\.?|z|y|[dl]['’]\w+))"
_NAME = rf"(?:{_PART}[ ]){{0,3}}"
_STREET_WORD = (
    r"(?:Street|Str\.|St\.?|Road|Rd\.?|Avenue|Ave\.?|Lane|Ln\.?|Drive|Dr\.?|Boulevard|Blvd\.?|Court|Ct\.?|Close|Crescent|"
    r"Place|Pl\.?|Square|Squares|Sq\.?|Terrace|Way|Parkway|Pkwy\.?|Highway|Hwy\.?|Turnpike|Route|Trail|Alley|Gardens|Grove|"
    r"Mews|Row|Circle|Loop|Walk|Hill|Stra(?:ß|ss)e|Weg|Platz|Allee|Gasse|Ring|Ufer|Damm|utca|út|tér|ulica|Plads|Straat)"
)
_SUFFIXED = (
    r"[^\W\d_][\w.-]{2,}(?:stra(?:ß|ss)e|strasse|str\.|straat|strasse|gatan?|vägen|vegen?|vej(?:en)?|veien|katu|tie|tänav|"
    r"gade|gasse|weg|platz|allee|plads|stræde|laan|plein|gracht|kade|ring|damm|ufer|promenade)"
)
_PREFIX = (
    r"(?:Via|Viale|Piazza|Corso|Strada|Rue|Avenue|Boulevard|Place|Calle|Carrer|Avenida|Av\.|Paseo|Plaza|Camino|Rua|"
    r"Travessa|Largo|ul\.|ulica|al\.|Rúa)"
)
_QUARTER = r"(?:North|South|East|West|N|S|E|W|NW|NE|SW|SE)"
_HOUSE = r"\d{1,5}[A-Za-z]?(?:[-/]\d{1,4}[A-Za-z]?)?"
_UNIT = r"(?:(?i:apt\.?|apartment|suite|ste\.)|Unit|Flat|Wohnung)[ ]?#?\d{1,5}[A-Za-z]?"
_LEAD = rf"(?:{_HOUSE}[ ,]{{1,2}})?(?:{_HOUSE}[ ])"
_STREETS = re.compile(
    r"(?<![\w.,-])(?:"
    rf"the corner of (?:{_HOUSE} )?{_NAME}{_CAP} and {_NAME}{_CAP}"
    rf"|(?i:(?:unit|psc) \d{{1,5}},? box \d{{1,6}}|p\.? ?o\.? box \d{{1,6}}|postfach \d{{2,8}})"
    rf"|{_HOUSE} (?:{_HOUSE} )?(?:{_PART} ){{0,3}}{_CAP} {_HOUSE}(?: \d{{1,4}})?"
    rf"(?=[\s>?,]{{1,8}}{_UNIT}|[ ]?\n[^\n\d]{{2,40}}(?:\n[^\n\d]{{0,30}}){{0,2}}\d{{4,6}})"
    rf"|{_LEAD}(?i:rue|avenue|boulevard|place|chemin|impasse|allée|route|quai|cours) (?:{_PART} ){{0,3}}{_CAP}"
    rf"(?: {_HOUSE})?"
    rf"|{_LEAD}(?:{_PART}[ ]){{1,4}}?{_STREET_WORD}(?:[ ]{_QUARTER})?(?!\w)(?:[ ]{_HOUSE}(?!\w))?"
    rf"|(?:{_LEAD})?{_PREFIX}[ ](?:{_PART}[ ,]{{1,2}}){{1,4}}?{_HOUSE}(?: \d{{1,4}})?(?!\w|[.,]\d)"
    rf"|(?:{_LEAD})?(?:{_PART}[ ]){{0,2}}{_SUFFIXED}[ ]{_HOUSE}(?!\w|[.,]\d)"
    rf"|(?:{_LEAD})?(?:{_CAP}[ ]){{1,3}}?(?:{_STREET_WORD})[ ]{_HOUSE}(?!\w|[.,]\d)"
    rf")(?:[\s>?,]{{1,8}}{_UNIT}){{0,2}}"
)
_UNITS = re.compile(rf"(?<!\w){_UNIT}(?!\w|[.,]\d)")
_MILITARY = re.compile(r"(?i)(?<!\w)[AFD]PO,? A[AEP] \d{5}(?:-\d{4})?(?!\w)")
_TOLD = re.compile(
    r"\b(?:(?:address|adresse|anschrift)\b(?:[^\S\n]*(?:is|ist|lautet|to|:|\?|it is|it's))+"
    r"|(?:live[sd]?|living|resid(?:es|ing)|wohn(?:t|haft)|(?:office|restaurant|shop|house) is|located|arrived)"
    r" (?:at|in|on)"
    r"|(?:sent|deliver(?:ed)?|ship(?:ped)?) to|user: )\s*(?=[^\n]{0,40}\d)",
    re.IGNORECASE,
)
"""Words behind which an address stands."""
_TELLING = re.compile(r"[^\n.?!;]{0,40}?\d[^\n?!;:()\"]{0,60}(?:\n[^\n?!;:()\"]{1,40}){0,4}")
_STOP = re.compile(
    r"(?:(?<!\b[Aa]pt)(?<!\b[Ss]t)(?<!\b[Ss]te)(?<!\b[A-Za-z])(?<!\b[Ss]tr)\.\s|\.$|[?!]|\n\n"
    r"| (?:last|this|next|and (?=[a-z]|I\b)|but|for|since|with|until|which|who|where|because|when|street\b)"
    r"| on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)"
)
_POSTCODE = r"\d{4,6}(?:-\d{3,4})?"
_BRITISH = re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,2}\d[A-Z\d]?[ ]{1,2}\d[ABD-HJLNP-UW-Z]{2}(?![A-Za-z0-9])")
_GAP = re.compile(r"[ ,]{0,3}\n?[ ]{0,2}")
"""A postcode of the United Kingdom: two halves, and the letters that its second half may have."""
_LINE = re.compile(
    rf"[,>?\s]{{0,6}}\n[ \t>?,]*(?:{_UNIT}|(?:[A-Z]{{2}}[ ]?)?\d{{2,6}}(?:[ -]\d{{2,4}})?(?:[ ]{_NAME}{_CAP})?"
    rf"|{_NAME}{_CAP}(?:,? (?:[A-Z]{{2}} )?{_POSTCODE})?|\([^()\n]{{2,20}}\)|[A-Z]{{2,3}}\b)[ \t]*(?=\n|$|[.,])"
)
_TAIL = re.compile(rf",?[ ](?:{_CAP}[ ,]{{1,2}}){{0,3}}(?:[A-Z]{{2}}[ ]{{1,2}})?{_POSTCODE}(?!\w|[.,]\d)")
_TOWN = r"[^\W\d_a-zß-öø-ÿ][\w'’-]*"
_TOWNS = re.compile(rf"(?:,[ ](?:{_TOWN}[ ]){{0,2}}{_TOWN}(?:[ ]\([^()\n]{{2,20}}\)|[ ]{_POSTCODE})?){{1,3}}(?![\w'’])")
_AFTER_UNIT = re.compile(rf"(?:,?[ ]{_TOWN}){{1,4}}(?![\w'’])")
"""Towns and countries behind a street, on its line."""


def addresses(text: str) -> Iterator[Finding]:
    """Streets with a number, flats, boxes and the lines of the address below them; they may lie over one another.

    A British postcode alone is one of a few houses, and told as a postcode.
    """
    for match in _BRITISH.finditer(text):
        yield Finding("personal", "postcode", *match.span(), 0.7)
    for pattern, score in ((_STREETS, 0.85), (_MILITARY, 0.95), (_UNITS, 0.7)):
        for match in pattern.finditer(text):
            yield Finding(
                "personal", "address", match.start(), _extended(text, match.end(), bool(_UNITS.search(match[0]))), score
            )
    for match in _TOLD.finditer(text):
        found = _TELLING.match(text, match.end())
        if found and _is_address(found[0]):
            stop = _STOP.search(found[0])
            told = found[0][: stop.start()] if stop else found[0]
            end = match.end() + len(told.rstrip(" ,.\n"))
            if any(sign.isdigit() for sign in text[match.end() : end]):
                yield Finding("personal", "address", match.end(), end, 0.75)


def _is_address(text: str) -> bool:
    """Whether what follows "lives at" and the like begins as an address does: a number or a name, and both in it."""
    first = text.lstrip()
    return bool(first) and (first[0].isdigit() or first[0].isupper()) and any(sign.isalpha() for sign in first)


def _extended(text: str, end: int, unit: bool) -> int:
    """The end of the address whose street ends there: a town and postcode beside it, or up to five lines."""
    tail = _TAIL.match(text, end) or _TOWNS.match(text, end) or (_AFTER_UNIT.match(text, end) if unit else None)
    if tail:
        end = tail.end()
    for _ in range(5):
        if (whole := _whole_postcode(text, end)) != end:
            return whole
        line = _LINE.match(text, end)
        if not line:
            return end
        end = line.start() + len(line[0].rstrip())
    return _whole_postcode(text, end)


def _whole_postcode(text: str, end: int) -> int:
    """The end of an address with a British postcode that it ends in, or that follows it on its line or the next."""
    cut = next((each for each in _BRITISH.finditer(text, max(0, end - 6), end + 10) if each.start() < end), None)
    behind = None if cut else _BRITISH.match(text, end + len(_GAP.match(text, end)[0]))  # type: ignore[index]
    found = cut or behind
    return max(end, found.end()) if found else end
