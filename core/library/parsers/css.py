"""The few rules of a page's own style sheets that can be told without a browser: which declarations an element has.

It knows compounds of tags, classes and ids, and their descendants; no pseudo-classes, no linked sheets, no
conditions but that of a screen.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Style = dict[str, str]
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.S)
_COMPOUND = re.compile(r"(\*|[a-zA-Z][\w-]*)?((?:[.#][\w-]+)*)")
_SCREEN = re.compile(r"@media\s+(?:only\s+)?(?:screen|all)\s*", re.I)
_MOST_RULES = 5_000
_LONGEST = 500
"""Characters of a value that are looked at; a picture may be written out in one."""


@dataclass(frozen=True, slots=True)
class _Compound:
    tag: str
    id: str
    classes: frozenset[str]

    def fits(self, element: Any) -> bool:
        if not isinstance(element.tag, str) or (self.tag not in ("", "*") and element.tag.lower() != self.tag):
            return False
        if self.id and element.get("id") != self.id:
            return False
        return not self.classes or self.classes <= set((element.get("class") or "").split())


@dataclass(frozen=True, slots=True)
class _Rule:
    compounds: tuple[_Compound, ...]
    weight: tuple[int, int, int, int]
    """Ids, classes, tags, and the place in the sheets."""
    style: Style

    def fits(self, element: Any) -> bool:
        if not self.compounds[-1].fits(element):
            return False
        wanted = list(self.compounds[:-1])
        for outer in element.iterancestors() if wanted else ():
            if wanted and wanted[-1].fits(outer):
                wanted.pop()
        return not wanted


class Sheets:
    """The style sheets of one page."""

    def __init__(self, texts: list[str]) -> None:
        self._by_key: dict[str, list[_Rule]] = {}
        count = 0
        for text in texts:
            for selectors, body in _blocks(_COMMENT.sub(" ", text)):
                style = declarations(body)
                for selector in selectors.split(",") if style else ():
                    compounds = _compounds(selector)
                    count += 1
                    if compounds and count <= _MOST_RULES:
                        self._add(compounds, count, style)

    def style(self, element: Any) -> Style:
        """What the sheets say of an element, then what its own attribute says."""
        rules: list[_Rule] = []
        if self._by_key:
            names = [f".{name}" for name in (element.get("class") or "").split()]
            for key in (*names, f"#{element.get('id')}", element.tag.lower(), "*"):
                rules += [rule for rule in self._by_key.get(key, ()) if rule.fits(element)]
        style: Style = {}
        for rule in sorted(rules, key=lambda each: each.weight):
            style |= rule.style
        return style | declarations(element.get("style") or "")

    def _add(self, compounds: tuple[_Compound, ...], place: int, style: Style) -> None:
        last = compounds[-1]
        key = f"#{last.id}" if last.id else f".{min(last.classes)}" if last.classes else last.tag or "*"
        weight = (
            sum(bool(each.id) for each in compounds),
            sum(len(each.classes) for each in compounds),
            sum(each.tag not in ("", "*") for each in compounds),
            place,
        )
        self._by_key.setdefault(key, []).append(_Rule(compounds, weight, style))


def declarations(text: str) -> Style:
    """Names and values of a list of declarations, both in small letters."""
    if ":" not in text:
        return {}
    style: Style = {}
    for each in _COMMENT.sub(" ", text).split(";"):
        name, colon, value = each.partition(":")
        if colon and value.strip():
            style[name.strip().lower()] = value[:_LONGEST].lower().replace("!important", "").strip()
    return style


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Selectors and bodies of plain rules; those under a condition other than a screen are left out."""
    at = 0
    while (opening := text.find("{", at)) >= 0:
        head = text[at:opening].rpartition(";")[2].strip()
        if head.startswith("@"):
            end = _closing(text, opening)
            if _SCREEN.fullmatch(head + " "):
                yield from _blocks(text[opening + 1 : end])
            at = end + 1
            continue
        closing = text.find("}", opening)
        closing = closing if closing >= 0 else len(text)
        yield head.lstrip("}").strip(), text[opening + 1 : closing]
        at = closing + 1


def _closing(text: str, opening: int) -> int:
    depth = 0
    for match in re.compile(r"[{}]").finditer(text, opening):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.start()
    return len(text)


def _compounds(selector: str) -> tuple[_Compound, ...]:
    """The compounds of a selector, outermost first; none where it says more than tags, classes and ids."""
    found = []
    for part in selector.replace(">", " ").split():
        match = _COMPOUND.fullmatch(part)
        if match is None:
            return ()
        marks = re.findall(r"[.#][\w-]+", match[2])
        ids = [mark[1:] for mark in marks if mark[0] == "#"]
        classes = frozenset(mark[1:] for mark in marks if mark[0] == ".")
        found.append(_Compound((match[1] or "").lower(), ids[0] if ids else "", classes))
    return tuple(found)
