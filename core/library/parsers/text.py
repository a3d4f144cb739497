"""Plain text: paragraphs as they stand; it knows no markup."""

from pathlib import Path

from core.library.decoding import decode
from core.library.limits import Limits
from core.library.media import Media
from core.library.parsers.build import TextBuilder
from core.library.parsers.tidy import clean
from core.types import ParsedFile


def parse(path: Path, limits: Limits) -> ParsedFile:
    """The whole file; form feeds begin pages."""
    builder = TextBuilder(limits)
    for paragraph in clean(decode(path.read_bytes()).replace("\f", "\n\n")).split("\n\n"):
        builder.paragraph(paragraph)
    return builder.finish(Media.TEXT)
