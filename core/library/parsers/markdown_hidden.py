"""Words of a Markdown file that a rendering does not show: in elements of HTML that hide, marked; comments, counted.

It knows no Markdown but where a line's own signs end, so that a mark does not stand before them.
"""

import re

from lxml import etree

from core.library.parsers.html_hidden import Hidden
from core.library.parsers.left_out import is_remark
from core.library.parsers.marks import left_out, mark
from core.types import Why

_OPENING = re.compile(r"<([a-zA-Z][a-zA-Z0-9-]*)(\s[^<>]{1,500})>")
_HIDES = re.compile(r"\bstyle\s*=|\bhidden\b|\bcolor\s*=", re.I)
_CODE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)|(`+)[^\n]+?(?<!`)\2(?!`)", re.S | re.M)
_SIGNS = re.compile(r"[ \t]*(?:>[ \t]?)*(?:#{1,6}[ \t]+|[-*+][ \t]+|\d{1,9}[.)][ \t]+)?(?:\[[ xX]\][ \t])?")
_TAG = re.compile(r"<[^<>]*>")
_BAR = re.compile(r"(?<!\\)\|")
_REMARK = re.compile(r'^ {0,3}\[[^\]\n]+\]:[ \t]*(?:#|<>)[ \t]*["(\'](.*?)["\')][ \t]*$', re.M)
"""A link that leads nowhere, whose title is used as a comment."""


def with_marks(source: str) -> str:
    """The source with marks around what elements of HTML hide, code left alone."""
    if not _HIDES.search(source):
        return source
    code = [match.span() for match in _CODE.finditer(source)]
    parts: list[str] = []
    at = 0
    for opening in _OPENING.finditer(source):
        in_code = any(start <= opening.start() < end for start, end in code)
        if opening.start() < at or in_code or not _HIDES.search(opening[2]):
            continue
        why = _why(opening[1], opening[2])
        if why is None:
            continue
        end = _end(source, opening)
        parts += [source[at : opening.end()], _marked(source[opening.end() : end], why)]
        at = end
    return "".join([*parts, source[at:]])


def remarks(source: str) -> list[str]:
    """A note on comments that were left out."""
    comments = re.findall(r"<!--(.*?)(?:-->|\Z)", source, re.S) + _REMARK.findall(source)
    return left_out(sum(is_remark(_TAG.sub(" ", each)) for each in comments), "comment", "comments")


def _why(tag: str, attributes: str) -> Why | None:
    markup = f"<{tag}{attributes.rstrip('/')}>x</{tag}>"
    root = etree.fromstring(markup.encode(), etree.HTMLParser(recover=True, no_network=True, encoding="utf-8"))
    element = next(root.iter(tag.lower()), None) if root is not None else None
    return Hidden(root, markup).why(element) if element is not None else None


def _end(source: str, opening: re.Match[str]) -> int:
    """Where the element ends that a tag opens; without an end of its own, its paragraph's."""
    depth = 1
    for match in re.compile(rf"<(/?){opening[1]}\b[^<>]*>", re.I).finditer(source, opening.end()):
        depth += -1 if match[1] else 1
        if depth == 0:
            return match.start()
    blank = source.find("\n\n", opening.end())
    return blank if blank >= 0 else len(source)


def _marked(text: str, why: Why) -> str:
    lines = text.split("\n")
    return "\n".join(_line(line, why, _SIGNS if number else None) for number, line in enumerate(lines))


def _line(line: str, why: Why, signs: re.Pattern[str] | None) -> str:
    """A line with its words marked, cell by cell; lines of signs alone stay as they are."""
    match = signs.match(line) if signs else None
    begin = match.end() if match else 0
    cells = _BAR.split(line[begin:])
    return line[:begin] + "|".join(
        mark(cell, why) if any(map(str.isalnum, _TAG.sub("", cell))) else cell for cell in cells
    )
