"""E-mails: the headers that a reader sees, then the body; attachments are named and never opened."""

import email.policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from core.errors import DamagedFile
from core.library.decoding import decode
from core.library.limits import Limits
from core.library.media import Media
from core.library.parsers.build import TextBuilder
from core.library.parsers.html import append_html
from core.library.parsers.marks import unmarked
from core.types import ParsedFile

_SHOWN = ("Subject", "From", "To", "Cc", "Date")
_MOST_PARTS = 1_000


def parse(path: Path, limits: Limits) -> ParsedFile:
    """The message; of two forms of the body the plain one."""
    with path.open("rb") as file:
        message = BytesParser(policy=email.policy.default).parse(file)
    builder = TextBuilder(limits, marked=True)
    headers = [f"{name}: {value}" for name in _SHOWN if (value := _header(message, name))]
    builder.paragraph(unmarked("\n".join(headers)))
    plain, markup, attached = _parts(message)
    if not headers and not plain and not markup:
        raise DamagedFile("is damaged: it has neither headers nor a body")
    if any(text.strip() for text in plain):
        for text in plain:
            for paragraph in text.replace("\r\n", "\n").split("\n\n"):
                builder.paragraph(unmarked(paragraph))
    else:
        for text in markup:
            append_html(builder, text)
    if attached:
        names = ", ".join(f"'{name}'" for name in attached[:20])
        builder.notes.append(f"attachments were not read: {names}")
    return builder.finish(Media.EML)


def _header(message: EmailMessage, name: str) -> str:
    """A header decoded; as it stands where it cannot be."""
    try:
        return " ".join(str(message[name] or "").split())
    except Exception:  # the standard library's header parser raises many kinds on malformed ones
        return " ".join(str(value) for key, value in message.raw_items() if key.lower() == name.lower())


def _parts(message: EmailMessage) -> tuple[list[str], list[str], list[str]]:
    """Plain bodies, HTML bodies, and names of attachments."""
    plain: list[str] = []
    markup: list[str] = []
    attached: list[str] = []
    for number, part in enumerate(message.walk()):
        if number > _MOST_PARTS:
            break
        if part.is_multipart() and part.get_content_type() != "message/rfc822":
            continue
        name = _file_name(part)
        kind = part.get_content_type()
        if name is not None or part.get_content_disposition() == "attachment" or not kind.startswith("text/"):
            if not kind.startswith("message/delivery"):
                attached.append(name or kind)
        elif kind == "text/html":
            markup.append(_body(part))
        else:
            plain.append(_body(part))
    return plain, markup, attached


def _file_name(part: EmailMessage) -> str | None:
    try:
        return part.get_filename()
    except Exception:  # as for headers
        return "unnamed"


def _body(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    return decode(payload, part.get_content_charset()) if isinstance(payload, bytes) else str(part.get_payload())
