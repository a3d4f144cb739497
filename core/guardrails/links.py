"""Links and images by which data could leave: whoever opens one tells its host what it holds.

It knows addresses by their form alone, not which hosts an operator trusts, and asks none.
"""

import base64
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from core.guardrails.findings import Finding, in_order
from core.guardrails.normal import normal

KINDS: Final = ("image", "resource", "script", "data URI", "link with data", "odd host", "other target")
_MOST: Final = 4096
"""Characters of an address or an element that are looked at."""
_REMOTE = r"(?:https?:)?//"
_IMAGE = re.compile(rf"!\[[^\[\]\n]{{0,1000}}\]\(\s*<?({_REMOTE}[^\s)>]{{1,{_MOST}}})[^)\n]{{0,1000}}\)", re.IGNORECASE)
_REFERRED = re.compile(r"!\[([^\[\]\n]{0,1000})\](?:\[([^\[\]\n]{0,1000})\])?(?!\()")
_DEFINED = re.compile(
    rf"^[ ]{{0,3}}\[([^\[\]\n]{{1,1000}})\]:\s*<?({_REMOTE}[^\s>]{{1,{_MOST}}})", re.IGNORECASE | re.MULTILINE
)
_NAMED = re.compile(
    rf"(?<!!)\[([^\[\]\n]{{1,1000}})\]\(\s*<?({_REMOTE}[^\s)>]{{1,{_MOST}}})[^)\n]{{0,1000}}\)", re.IGNORECASE
)
_ELEMENT = re.compile(
    rf"<(img|image|link|script|iframe|object|embed|video|audio|source|track|form|input|base|meta)\b[^<>]{{0,{_MOST}}}>?",
    re.IGNORECASE,
)
_TARGET = re.compile(
    rf"""(?:src|srcset|href|action|formaction|data|poster|content|xlink:href)\s*=\s*["']?[^"'>]{{0,200}}?({_REMOTE}[^\s"'>]+)""",
    re.IGNORECASE,
)
_STYLE = re.compile(rf"""(?:url\(\s*["']?|@import\s+["'])({_REMOTE}[^\s"')]{{1,{_MOST}}})["']?\)?""", re.IGNORECASE)
_RUNS = re.compile(r"(?<![\w-])(?:javascript|vbscript)\s*:(?=\S)(?!:)[^\s\"'<>)]*", re.IGNORECASE)
_HANDLER = re.compile(rf"<[a-z][^<>]{{0,{_MOST}}}?\son[a-z]{{3,20}}\s*=\s*[^<>]{{0,{_MOST}}}>?", re.IGNORECASE)
_DATA = re.compile(rf"(?<![\w-])data:(?:[a-z]+/[a-z0-9.+-]+)?(?:;[a-z0-9=-]+)*,[^\s\"'<>)]{{0,{_MOST}}}", re.IGNORECASE)
_URL = re.compile(rf"(?<![\w@])(?:https?://|ftp://|www\.)[^\s<>\"'`\\|^]{{1,{_MOST}}}", re.IGNORECASE)
_HOLE = re.compile(
    r"\{[^{}]*\}|\$\(|\[[A-Za-z_ ]+\]|<[A-Za-z_ ]+>|\b(?:INSERT|YOUR|THE)_[A-Z_]+|\b[A-Z]+_(?:DATA|HERE)\b"
)
"""A place left for something to be filled in."""
_ADDRESS = re.compile(r"(?:https?://)?((?:[\w-]+\.)+[a-z]{2,24})(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)
"""A text that is nothing but an address."""
_CARRIER = re.compile(
    r"^(?:data|payload|exfil\w*|leak|secrets?|prompts?|context|conversation|history|chat|messages?|msg|cookies?|stolen|dump|"
    r"content|body|text|info|password|passwd|pw|token|key|credentials?)$",
    re.IGNORECASE,
)
_ENCODED = re.compile(r"^(?:[0-9a-f]{24,}|[A-Za-z0-9+/_-]{24,}={0,2})$")


def links(text: str) -> tuple[Finding, ...]:
    """Addresses that carry data out or deceive, in reading order.

    The score grows with what the address carries: a filled query 0.3, what looks like an id 0.4, a merely remote image
    0.5, a coded value that can be read or a place to be filled in 0.9, code that would run 1.
    """
    found = list(chain(_elements(text), _images(text), _code(text)))
    inner = [(each.start, each.end) for each in found if each.kind in ("image", "resource")]
    for kind, start, end, score in chain(_named(text), _bare(text)):
        if kind == "odd host" or not any(a <= start and end <= b for a, b in inner):
            found.append(Finding("link", kind, start, end, score))
    return in_order(set(found))


def carries(address: str) -> float:
    """How surely an address holds data beyond what names a page, 0 to 1."""
    parts = _split(address)
    if parts is None:
        return 0.0
    if _HOLE.search(unquote(parts.query + parts.path + parts.fragment)):
        return 0.9
    score = 0.0
    for pair in re.split("[&;]", parts.query):
        name, _, value = pair.partition("=")
        score = max(score, _weight(name, unquote(value)))
    for piece in (*parts.path.split("/"), parts.fragment):
        if len(piece) >= 40:
            score = max(score, _coded(unquote(piece)))
    if any(len(label) >= 40 for label in (parts.hostname or "").split(".")):
        score = max(score, 0.8)
    return score


def _weight(name: str, value: str) -> float:
    """Of a pair of a query: coded, long, or named as what one would steal."""
    if not value:
        return 0.6 if _CARRIER.match(name) else 0.0
    coded = _coded(value)
    if coded > 0.5:
        return coded
    if _CARRIER.match(name):
        return 0.7
    return 0.6 if len(value) >= 40 and not coded else max(coded, 0.3)


def _coded(value: str) -> float:
    """How surely a value says something in code: it decodes to text, it is long, or it only looks like an id."""
    if not _is_coded(value):
        return 0.0
    if _says_something(value):
        return 0.9
    return 0.8 if len(value) >= 100 else 0.4


def _says_something(value: str) -> bool:
    """Whether hexadecimal digits or base 64 hold text that can be printed."""
    for read in (bytes.fromhex, lambda sign: base64.b64decode(sign + "=" * (-len(sign) % 4), altchars=b"-_")):
        try:
            if read(value).decode("utf-8").isprintable():
                return True
        except ValueError:
            continue
    return False


def _is_coded(value: str) -> bool:
    """Whether a value looks like hexadecimal digits or base 64 rather than like words joined by hyphens."""
    if not _ENCODED.match(value):
        return False
    if re.fullmatch("[0-9a-f]+", value):
        return True
    words = [word for word in re.split(r"[-_/+]", value) if word]
    if all(re.fullmatch(r"[A-Z]?[a-z]{1,14}|[0-9]{1,8}|[A-Z]{1,14}", word) for word in words):
        return False
    counts = Counter(value)
    return -sum(many / len(value) * math.log2(many / len(value)) for many in counts.values()) > 3.5


def _split(address: str) -> SplitResult | None:
    """The parts of an address; None of what is none, as of an open bracket in the host."""
    full = address if re.match(r"[a-z]+:", address, re.IGNORECASE) else f"https://{address.removeprefix('//')}"
    try:
        parts = urlsplit(full)
        parts.port  # noqa: B018 (it is read to be checked)
    except ValueError:
        return None
    return parts


def _images(text: str) -> Iterator[Finding]:
    for match in _IMAGE.finditer(text):
        yield Finding("link", "image", match.start(), match.end(), max(0.5, carries(match[1])))
    targets = {match[1].casefold(): match[2] for match in _DEFINED.finditer(text)}
    if targets:
        for match in _REFERRED.finditer(text):
            target = targets.get((match[2] or match[1]).casefold())
            if target:
                yield Finding("link", "image", match.start(), match.end(), max(0.5, carries(target)))


def _elements(text: str) -> Iterator[Finding]:
    for match in _ELEMENT.finditer(text):
        name, target = match[1].lower(), _TARGET.search(match[0])
        if name == "script":
            yield Finding("link", "script", match.start(), match.end())
        elif target:
            kind = "image" if name in ("img", "image") else "resource"
            yield Finding("link", kind, match.start(), match.end(), max(0.5, carries(target[1])))
    for match in _STYLE.finditer(text):
        yield Finding("link", "resource", match.start(), match.end(), max(0.5, carries(match[1])))


def _code(text: str) -> Iterator[Finding]:
    for pattern in (_RUNS, _HANDLER):
        for match in pattern.finditer(text):
            yield Finding("link", "script", match.start(), match.end())
    for match in _DATA.finditer(text):
        runs = re.match(r"data:(?:text/html|image/svg|application/(?:xhtml|javascript))", match[0], re.IGNORECASE)
        yield Finding("link", "data URI", match.start(), match.end(), 1.0 if runs else 0.5)


def _named(text: str) -> Iterator[tuple[str, int, int, float]]:
    """Links of Markdown that name one host and lead to another."""
    for match in _NAMED.finditer(text):
        says = _ADDRESS.fullmatch(match[1].strip())
        target = _split(match[2])
        if says and target and target.hostname:
            shown, real = (host.lower().removeprefix("www.") for host in (says[1], target.hostname))
            if (
                shown != real
                and not real.endswith(f".{shown}")
                and not re.search(r"\.(?:md|py|js|txt|pdf|html?)$", shown)
            ):
                yield "other target", match.start(), match.end(), 0.8


def _bare(text: str) -> Iterator[tuple[str, int, int, float]]:
    for match in _URL.finditer(text):
        address = _closed(match[0]).rstrip(".,;:!?*_")
        start, end = match.start(), match.start() + len(address)
        score = carries(address)
        if score:
            yield "link with data", start, end, score
        odd = _oddness(address)
        if odd:
            yield "odd host", start, end, odd


def _closed(address: str) -> str:
    """An address up to the first bracket that closes none of its own."""
    depth = {")": 0, "]": 0, "}": 0}
    for place, sign in enumerate(address):
        if sign in "([{":
            depth[")]}"["([{".index(sign)]] += 1
        elif sign in depth:
            depth[sign] -= 1
            if depth[sign] < 0:
                return address[:place]
    return address


def _oddness(address: str) -> float:
    """How sure it is that the host is not what a reader takes it for."""
    parts = _split(address)
    if parts is None:
        return 0.8
    host = parts.hostname or ""
    if parts.username is not None:
        return 0.9
    if not host.isascii():
        return (
            0.9 if normal(host).folded.isascii() or len({_script(sign) for sign in host if sign.isalpha()}) > 1 else 0.4
        )
    if any(label.startswith("xn--") for label in host.split(".")):
        return 0.7
    return 0.6 if re.fullmatch(r"[\d.]+|0x[0-9a-f]+|\[?[0-9a-f:]*:[0-9a-f:.]*\]?", host) else 0.0


def _script(sign: str) -> str:
    return unicodedata.name(sign, "?").split(" ")[0]
