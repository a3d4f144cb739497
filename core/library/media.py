"""The media types that are read, their names in words and their file extensions; it knows nothing of contents."""

from enum import StrEnum


class Media(StrEnum):
    """A kind of file that Touchstone reads."""

    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    CSV = "text/csv"
    TSV = "text/tab-separated-values"
    HTML = "text/html"
    MARKDOWN = "text/markdown"
    TEXT = "text/plain"
    EML = "message/rfc822"
    JSON = "application/json"
    JSONL = "application/x-ndjson"


WORDS = {
    Media.PDF: "a PDF",
    Media.DOCX: "a Word document",
    Media.PPTX: "a PowerPoint presentation",
    Media.XLSX: "an Excel workbook",
    Media.CSV: "a CSV table",
    Media.TSV: "a TSV table",
    Media.HTML: "an HTML page",
    Media.MARKDOWN: "Markdown",
    Media.TEXT: "plain text",
    Media.EML: "an e-mail",
    Media.JSON: "JSON",
    Media.JSONL: "JSON lines",
}
BY_EXTENSION = {
    "pdf": Media.PDF,
    "docx": Media.DOCX,
    "docm": Media.DOCX,
    "dotx": Media.DOCX,
    "pptx": Media.PPTX,
    "pptm": Media.PPTX,
    "ppsx": Media.PPTX,
    "xlsx": Media.XLSX,
    "xlsm": Media.XLSX,
    "csv": Media.CSV,
    "tsv": Media.TSV,
    "tab": Media.TSV,
    "html": Media.HTML,
    "htm": Media.HTML,
    "xhtml": Media.HTML,
    "md": Media.MARKDOWN,
    "markdown": Media.MARKDOWN,
    "txt": Media.TEXT,
    "text": Media.TEXT,
    "log": Media.TEXT,
    "eml": Media.EML,
    "json": Media.JSON,
    "jsonl": Media.JSONL,
    "ndjson": Media.JSONL,
}
TEXTUAL = frozenset(Media) - {Media.PDF, Media.DOCX, Media.PPTX, Media.XLSX}


def claimed(name: str) -> Media | None:
    """The kind that a file's name claims; None for an unknown extension."""
    return BY_EXTENSION.get(name.rpartition(".")[2].lower()) if "." in name else None
