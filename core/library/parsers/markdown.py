"""Markdown as reading text: headings, lists, pipe tables, code; emphasis, links and pictures become their words.

It knows the common dialect and no extensions beyond tables and front matter.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.library.decoding import decode
from core.library.limits import Limits
from core.library.media import Media
from core.library.parsers.build import TextBuilder
from core.library.parsers.markdown_hidden import remarks, with_marks
from core.library.parsers.marks import unmarked
from core.library.parsers.tidy import clean
from core.types import ParsedFile

_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?[ \t]*#*[ \t]*$")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_RULE = re.compile(r" {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$")
_ITEM = re.compile(r"([ \t]*)([-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_DELIMITER = re.compile(r" {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_REFERENCE = re.compile(r" {0,3}\[[^\]]+\]:[ \t]*\S+")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_HIDDEN = re.compile(r"<(script|style)\b[^>]*>.*?(?:</\1\s*>|\Z)", re.S | re.I)
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]*(?:\s[^<>]{0,500})?/?>")
_AUTOLINK = re.compile(r"<((?:https?|mailto|ftp):[^\s<>]+|[\w.+-]+@[\w.-]+)>")
_CODE = re.compile(r"(`+)(.+?)(?<!`)\1(?!`)", re.S)
_PICTURE = re.compile(
    r"!\[([^\]\n]{0,500})\](?:\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)|\[[^\]]{0,200}\])"
)
_LINK = re.compile(r"\[([^\[\]]{0,1000})\](?:\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)|\[[^\]]{0,200}\])")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.{1,2000}?)(?<=\S)\1", re.S)
_STARRED = re.compile(r"(?<!\*)\*(?=[^\s*])([^*\n]{1,1000}?)(?<=[^\s*])\*(?!\*)")
_UNDERSCORED = re.compile(r"(?<![\w_])_(?=[^\s_])([^_\n]{1,1000}?)(?<=[^\s_])_(?![\w_])")
_STRUCK = re.compile(r"~~(?=\S)(.{1,1000}?)(?<=\S)~~", re.S)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def parse(path: Path, limits: Limits) -> ParsedFile:
    """The whole file."""
    builder = TextBuilder(limits, marked=True)
    whole = unmarked(clean(decode(path.read_bytes())))
    source = _HIDDEN.sub("", _COMMENT.sub("", whole))
    _Reader(builder, with_marks(source).split("\n")).read()
    builder.notes += remarks(whole)
    return builder.finish(Media.MARKDOWN)


class _Reader:
    def __init__(self, builder: TextBuilder, lines: Sequence[str]) -> None:
        self._builder = builder
        self._lines = lines
        self._at = 0
        self._paragraph: list[str] = []
        self._marker: tuple[str, int] | None = None

    def read(self) -> None:
        self._front_matter()
        while self._at < len(self._lines):
            line = self._lines[self._at].expandtabs(4)
            self._at += 1
            if not line.strip() or _REFERENCE.match(line):
                self._flush()
            elif fence := _FENCE.match(line):
                self._code(fence[1])
            elif heading := _ATX.match(line):
                self._flush()
                self._builder.heading(inline(heading[2] or ""), len(heading[1]))
            elif self._paragraph and self._marker is None and (under := _SETEXT.match(line)):
                title = " ".join(self._paragraph)
                self._paragraph = []
                self._builder.heading(inline(title), 1 if under[1][0] == "=" else 2)
            elif _RULE.match(line):
                self._flush()
            elif self._is_table(line):
                self._flush()
                self._table(line)
            elif item := _ITEM.match(line):
                self._begin_item(item, line)
            else:
                self._go_on(line)
        self._flush()

    def _front_matter(self) -> None:
        """Metadata between lines of dashes at the top, kept as lines."""
        if not self._lines or self._lines[0].rstrip() not in ("---", "+++"):
            return
        mark = self._lines[0].rstrip()
        for end in range(1, min(len(self._lines), 200)):
            if self._lines[end].rstrip() in (mark, "..."):
                kept = [line.rstrip() for line in self._lines[1:end] if line.strip() and not line.startswith("#")]
                self._builder.paragraph("\n".join(kept))
                self._at = end + 1
                return

    def _begin_item(self, item: re.Match[str], line: str) -> None:
        self._flush()
        marker = item[2] if item[2][0].isdecimal() else "-"
        self._marker = (f"{marker} ", len(item[1]) // 2)
        text = re.sub(r"^\[([ xX])\]\s", lambda m: "☐ " if m[1] == " " else "☒ ", line[item.end() :])
        if text.strip():
            self._paragraph.append(text)

    def _go_on(self, line: str) -> None:
        text = re.sub(r"^[ ]{0,3}(?:>[ ]?)+", "", line)
        if not text.strip():
            self._flush()
        elif text.endswith("  ") or text.endswith("\\"):
            self._paragraph.append(text.strip().removesuffix("\\") + "\x00")
        else:
            self._paragraph.append(text.strip())

    def _flush(self) -> None:
        text = inline(" ".join(self._paragraph)).replace("\x00 ", "\n").replace("\x00", "")
        marker, self._marker = self._marker, None
        self._paragraph = []
        if marker is None:
            self._builder.paragraph(text)
        else:
            self._builder.item(text, *marker)

    def _code(self, fence: str) -> None:
        self._flush()
        lines = []
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            if line.strip().startswith(fence[0] * len(fence)) and not line.strip().strip(fence[0]):
                break
            lines.append(line.rstrip())
        self._builder.paragraph("\n".join(lines))

    def _is_table(self, line: str) -> bool:
        if "|" not in line or self._at >= len(self._lines):
            return False
        under = self._lines[self._at]
        return bool("-" in under and _DELIMITER.match(under)) and len(_cells(line)) == len(_cells(under))

    def _table(self, header: str) -> None:
        self._at += 1
        self._builder.table(self._rows(header), header=True)

    def _rows(self, header: str) -> Iterator[list[str]]:
        yield [inline(cell) for cell in _cells(header)]
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if not line.strip() or "|" not in line:
                return
            self._at += 1
            yield [inline(cell) for cell in _cells(line)]


def inline(text: str) -> str:
    """The words of inline markup."""
    if not text:
        return ""
    kept: list[str] = []

    def keep(match: re.Match[str], group: int) -> str:
        kept.append(match[group])
        return f"\ue000{len(kept) - 1}\ue001"

    text = text.replace("\ue000", " ").replace("\ue001", " ")
    text = _CODE.sub(lambda m: keep(m, 2), text) if "`" in text else text
    text = _ESCAPED.sub(lambda m: keep(m, 1), text) if "\\" in text else text
    if "<" in text:
        text = _TAG.sub(lambda m: " " if m[0][:3].lower() == "<br" else "", _AUTOLINK.sub(r"\1", text))
    if "[" in text:
        text = _PICTURE.sub(r"\1", text)
        text = _LINK.sub(r"\1", _LINK.sub(r"\1", text))
    if "*" in text or "_" in text or "~" in text:
        for _ in range(2):
            text = _UNDERSCORED.sub(r"\1", _STARRED.sub(r"\1", _STRONG.sub(r"\2", text)))
        text = _STRUCK.sub(r"\1", text)
    if "&" in text:
        import html

        text = clean(html.unescape(text))
    return re.sub("\ue000(\\d+)\ue001", lambda m: kept[int(m[1])], text)


def _cells(line: str) -> list[str]:
    """The cells of a row; a bar after a backslash is part of its cell."""
    text = line.strip()
    text = text.removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    return [cell.replace("\\|", "|").strip() for cell in re.split(r"(?<!\\)\|", text)]
