"""One module a format, each with `parse(path, limits) -> ParsedFile`, found by media type.

A parser does not know the file's name: the message of an error that it raises is a predicate ("is damaged: it ends too
early"), which `core.library.naming.sentence` completes. Modules are imported only when needed: start-up time.
"""

from importlib import import_module
from pathlib import Path

from core.errors import UnsupportedType
from core.library.limits import Limits
from core.library.media import Media
from core.types import ParsedFile

_MODULES = {
    Media.PDF: "pdf",
    Media.DOCX: "docx",
    Media.PPTX: "pptx",
    Media.XLSX: "xlsx",
    Media.HTML: "html",
    Media.MARKDOWN: "markdown",
    Media.TEXT: "text",
    Media.CSV: "csv_",
    Media.TSV: "csv_",
    Media.EML: "email_",
    Media.JSON: "json_",
    Media.JSONL: "json_",
}


def parse_as(media_type: str, path: Path, limits: Limits) -> ParsedFile:
    """Read a file as the given media type, whatever its name."""
    module = _MODULES.get(Media(media_type))
    if module is None:
        raise UnsupportedType(f"is of the type {media_type}, which is not read")
    parsed: ParsedFile = import_module(f"core.library.parsers.{module}").parse(path, limits)
    return parsed
