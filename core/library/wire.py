"""Frames between a process and its child, and parsed files inside them; it knows nothing of processes.

A frame is two lengths, a JSON header and a blob. No pickle: what a child sends may come from a hostile file.
"""

import json
import struct
from typing import Any, BinaryIO

from core.types import Concealed, Heading, Page, ParsedFile, Span, Table

LENGTHS = struct.Struct(">QQ")


def pack(header: dict[str, Any], blob: bytes = b"") -> list[bytes]:
    """The pieces of one frame, to be written one after another."""
    encoded = json.dumps(header, separators=(",", ":")).encode()
    return [LENGTHS.pack(len(encoded), len(blob)), encoded, blob]


def read_frame(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """The next frame of a blocking stream; None at its end."""
    lengths = stream.read(LENGTHS.size)
    if len(lengths) < LENGTHS.size:
        return None
    header, blob = LENGTHS.unpack(lengths)
    return json.loads(stream.read(header)), stream.read(blob)


def pack_parsed(parsed: ParsedFile) -> tuple[dict[str, Any], bytes]:
    """A parsed file as header and blob; a million row spans stay flat integers."""
    header = {
        "media_type": parsed.media_type,
        "pages": [[p.number, p.start, p.end, p.width, p.height, p.label, p.text_layer] for p in parsed.pages],
        "headings": [[h.start, h.level, h.title] for h in parsed.headings],
        "tables": [[t.start, t.end, [edge for row in t.rows for edge in (row.start, row.end)]] for t in parsed.tables],
        "notes": parsed.notes,
        "concealed": [[c.start, c.end, c.why] for c in parsed.concealed],
    }
    return header, parsed.text.encode()


def unpack_parsed(header: dict[str, Any], blob: bytes) -> ParsedFile:
    """The parsed file that `pack_parsed` took apart."""
    return ParsedFile(
        media_type=header["media_type"],
        text=blob.decode(),
        pages=tuple(Page(*page) for page in header["pages"]),
        headings=tuple(Heading(*heading) for heading in header["headings"]),
        tables=tuple(
            Table(start, end, tuple(Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)))
            for start, end, edges in header["tables"]
        ),
        notes=tuple(header["notes"]),
        concealed=tuple(Concealed(*each) for each in header["concealed"]),
    )
