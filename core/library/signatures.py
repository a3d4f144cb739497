"""First bytes by which files that are not read are recognised, with what they are in words; it opens no file."""

SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"MZ", "a Windows program"),
    (0, b"\x7fELF", "a Linux program"),
    (0, b"\xfe\xed\xfa\xce", "a macOS program"),
    (0, b"\xfe\xed\xfa\xcf", "a macOS program"),
    (0, b"\xce\xfa\xed\xfe", "a macOS program"),
    (0, b"\xcf\xfa\xed\xfe", "a macOS program"),
    (0, b"\xca\xfe\xba\xbe", "a Java class or macOS program"),
    (0, b"\x00asm", "a WebAssembly program"),
    (0, b"dex\n", "an Android program"),
    (0, b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"GIF87a", "a GIF picture"),
    (0, b"GIF89a", "a GIF picture"),
    (0, b"II*\x00", "a TIFF picture"),
    (0, b"MM\x00*", "a TIFF picture"),
    (0, b"BM", "a BMP picture"),
    (0, b"8BPS", "a Photoshop picture"),
    (8, b"WEBP", "a WebP picture"),
    (8, b"WAVE", "a WAV recording"),
    (8, b"AVI ", "an AVI film"),
    (4, b"ftypheic", "an HEIC picture"),
    (4, b"ftypavif", "an AVIF picture"),
    (4, b"ftyp", "a film or recording"),
    (0, b"ID3", "an MP3 recording"),
    (0, b"fLaC", "a FLAC recording"),
    (0, b"OggS", "an Ogg recording"),
    (0, b"\x1aE\xdf\xa3", "a Matroska film"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\xfd7zXZ\x00", "an xz archive"),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"SQLite format 3\x00", "an SQLite database"),
    (0, b"PAR1", "a Parquet table"),
    (0, b"\x89HDF", "an HDF5 file"),
    (0, b"%!PS", "a PostScript file"),
    (0, b"{\\rtf", "a rich text (RTF) file; save it as DOCX or PDF"),
    (0, b"OTTO", "a font"),
    (0, b"\x00\x01\x00\x00\x00", "a font"),
    (0, b"wOFF", "a font"),
    (0, b"wOF2", "a font"),
    (0, b"GGUF", "a GGUF model"),
    (0, b"!BDN", "an Outlook mailbox"),
)
_ZIP_KINDS = (
    ("application/epub+zip", "an EPUB book"),
    ("application/vnd.oasis.opendocument.text", "an OpenDocument text; save it as DOCX or PDF"),
    ("application/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet; save it as XLSX"),
    ("application/vnd.oasis.opendocument.presentation", "an OpenDocument presentation; save it as PPTX or PDF"),
)
_LEGACY = (
    ("WordDocument", "an old Word document (.doc); save it as DOCX"),
    ("Workbook", "an old Excel workbook (.xls); save it as XLSX"),
    ("Book", "an old Excel workbook (.xls); save it as XLSX"),
    ("PowerPoint Document", "an old PowerPoint presentation (.ppt); save it as PPTX"),
    ("__properties_version1.0", "an Outlook message (.msg); save it as EML"),
    ("VisioDocument", "an old Visio drawing"),
)


def binary_kind(head: bytes) -> str | None:
    """What a file that is not read is, in words; None when no signature fits."""
    textual = b"\x00" not in head[:4096]
    for offset, magic, words in SIGNATURES:
        if head.startswith(magic, offset) and not (textual and magic.isalnum()):
            return words
    return None


def zip_kind(names: set[str], mimetype: str) -> str:
    """What a zip file without an Office document in it is."""
    for media, words in _ZIP_KINDS:
        if mimetype.startswith(media):
            return words
    if "META-INF/MANIFEST.MF" in names:
        return "a Java archive"
    if "AndroidManifest.xml" in names:
        return "an Android app"
    if "xl/workbook.bin" in names:
        return "a binary Excel workbook (.xlsb); save it as XLSX"
    return "a zip archive; unpack it and add the files inside"


def legacy_kind(content: bytes) -> str:
    """What an OLE container holds, by the names of its streams."""
    for stream, words in _LEGACY:
        if stream.encode("utf-16-le") in content:
            return words
    return "an old Microsoft Office or Outlook file"
