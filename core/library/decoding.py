"""Bytes to text: UTF-8, UTF-16 and UTF-32, legacy code pages, and files that mix them; it knows no format."""

import codecs

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 1 << 16
_TEXT_CONTROLS = frozenset("\t\n\r\f\v\x1b\x1a\x00")


def decode(data: bytes, declared: str | None = None, partial: bool = False) -> str:
    """The text of a file's bytes without its byte order mark; `declared` is what the file says of itself.

    `partial` means that the bytes may break off within a character.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    sixteen = _utf16_without_mark(data)
    if sixteen:
        return data.decode(sixteen, "replace")
    known = _codec(declared)
    for encoding in dict.fromkeys(filter(None, (known, "utf-8"))):
        try:
            decoder = codecs.getincrementaldecoder(encoding)("strict")
            return decoder.decode(data, final=not partial)
        except (UnicodeDecodeError, UnicodeError):
            continue
    if _mostly_utf8(data):
        return _by_lines(data)
    return data.decode(_guess(data), "replace")


def looks_binary(text: str) -> bool:
    """Whether a decoded text is no text: one character in fifty is a control character."""
    sample = text[:_SAMPLE]
    odd = sum(c < " " and c not in _TEXT_CONTROLS for c in sample)
    nuls = sample.count("\x00")
    return (odd + nuls) * 50 > len(sample) and odd + nuls > 1


def _codec(declared: str | None) -> str | None:
    """A declared encoding as browsers take it: latin-1 means cp1252, and one that reads anything is not believed."""
    try:
        info = codecs.lookup((declared or "").strip().strip("\"'"))
    except (LookupError, ValueError):
        return None
    name = info.name
    if not info._is_text_encoding:  # "zip" and "base64" are codecs too
        return None
    if name in ("iso8859-1", "ascii"):
        return "cp1252"
    return (
        None if name.startswith(("utf-16", "utf-32", "utf-7", "idna", "punycode", "unicode", "raw", "undef")) else name
    )


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 by its zero bytes: nearly all at odd places in little-endian Latin text, at even ones in big-endian."""
    sample = data[:4096]
    if len(sample) < 4:
        return None
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    half = len(sample) // 2
    if odd > half * 0.4 and even < half * 0.05:
        return "utf-16-le"
    if even > half * 0.4 and odd < half * 0.05:
        return "utf-16-be"
    return None


def _mostly_utf8(data: bytes) -> bool:
    """Whether the lines with letters beyond ASCII are for the most part valid UTF-8."""
    good = bad = 0
    for line in data[: 1 << 22].split(b"\n"):
        if not line.isascii():
            try:
                line.decode()
                good += 1
            except UnicodeDecodeError:
                bad += 1
    return good > bad


def _by_lines(data: bytes) -> str:
    """UTF-8 where a line is valid, cp1252 where it is not."""
    lines = []
    for line in data.split(b"\n"):
        try:
            lines.append(line.decode())
        except UnicodeDecodeError:
            lines.append(line.decode("cp1252", "replace"))
    return "\n".join(lines)


def _guess(data: bytes) -> str:
    """The code page by letter frequencies; cp1252 where nothing fits better or the sample is too small to tell."""
    telling = b"\n".join(line for line in data[: 1 << 20].split(b"\n") if not line.isascii())[:_SAMPLE]
    if len(telling) < 64:
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(telling).best()
    if best is None:
        return "cp1252"
    name = codecs.lookup(best.encoding).name
    return "cp1252" if name in ("iso8859-1", "ascii", "cp1250", "mac-roman", "cp437", "cp850") else name
