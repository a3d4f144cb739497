"""What the pages of an encrypted database hold, free ones included, for a scan of every byte; it reads no table.

SQLCipher 4 as it comes: pages of 4,096 bytes, AES-256-CBC, and at the end of each 80 bytes: 16 of the page's vector, 64
of its HMAC. The first 16 bytes of the file are a salt.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

_PAGE = 4096
_RESERVED = 80
_SALT = 16
_LOG_HEAD, _FRAME_HEAD = 32, 24


def pages_of(file: Path, key: bytes) -> Iterator[bytes]:
    """The decrypted pages of a database, or of its log where the name ends in "-wal"; nothing is authenticated."""
    log = file.name.endswith("-wal")
    with file.open("rb") as held:
        held.seek(_LOG_HEAD if log else 0)
        number = 0
        while True:
            head = held.read(_FRAME_HEAD) if log else b""
            page = held.read(_PAGE)
            if len(page) < _PAGE:
                return
            number = struct.unpack(">I", head[:4])[0] if log else number + 1
            yield _decrypted(page, key, _SALT if number == 1 else 0)


def _decrypted(page: bytes, key: bytes, start: int) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    end = _PAGE - _RESERVED
    opening = Cipher(AES(key), CBC(page[end : end + 16])).decryptor()
    return opening.update(page[start:end]) + opening.finalize()
