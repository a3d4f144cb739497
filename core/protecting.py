"""Checks what is claimed of a workspace's encryption against its bytes; `core.governance.protection` makes the claims.

It knows nothing of the cryptography beyond what the parts that do it can verify.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.encryption import sealable
from core.errors import IndexFailure, WorkspaceDamaged
from core.governance.audit import require_auditor
from core.governance.protection import Claim, protection
from core.scanning import scan
from core.storage.sealed import SealedFiles
from core.types import ZONES, Document, Principal

if TYPE_CHECKING:
    from core.assembly import Assembly

_PIECE = 24
"""Characters of a piece of text that is looked for."""
_PIECES = 4
"""Pieces of each document, spread over its text."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What the bytes say."""

    pieces: int
    """Pieces of known texts and names that were looked for."""
    files: int
    bytes: int
    found: tuple[str, ...]
    """Files below the workspace in which one stands in plain."""
    verified: int
    """Encrypted files that were decrypted from beginning to end, each frame verified."""
    broken: tuple[str, ...]
    """A sentence for each thing that is not as it was written."""
    encrypted: bool

    @property
    def kept(self) -> bool:
        """Whether nothing contradicts what is claimed."""
        return not self.broken and not (self.encrypted and self.found)


def claims(parts: "Assembly", principal: Principal) -> tuple[Claim, ...]:
    """What is encrypted now, kind by kind; raises AccessDenied unless the principal audits."""
    require_auditor(principal)
    return protection(parts.workspace, parts.settings, parts.vault is not None)


def check(parts: "Assembly", principal: Principal) -> Checked:
    """Look for known texts in every raw byte, and decrypt all that is encrypted; raises AccessDenied."""
    require_auditor(principal)
    probes = [probe for document in parts.library.every() for probe in _probes(document)]
    if parts.workspace.database.exists():
        with parts._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
    files, size, found = scan(parts.workspace.root, probes)
    verified, broken = _verified(parts)
    return Checked(len(probes), files, size, tuple(found), verified, tuple(broken), parts.vault is not None)


def _verified(parts: "Assembly") -> tuple[int, list[str]]:
    if parts.vault is None or not isinstance(parts.files, SealedFiles):
        return 0, []
    count, broken = 0, list[str]()
    for path in sealable(parts.workspace):
        try:
            for _ in parts.files.frames(path):
                pass
            count += 1
        except WorkspaceDamaged as error:
            broken.append(str(error))
    with parts._engine.connect() as connection:
        broken += [f"The database: {row[0]}." for row in connection.exec_driver_sql("PRAGMA cipher_integrity_check")]
    if not parts.settings.qdrant_url:
        keys = parts.index.keys()
        for key in keys:
            for zone in ZONES:
                try:
                    for _ in parts.index.iterate(key, zone):
                        pass
                except IndexFailure as error:
                    broken.append(str(error))
    return count, broken


def _probes(document: Document) -> Iterator[bytes]:
    """Pieces of a text, and its name where that is no common word, as the stores write them."""
    step = max(1, (len(document.text) - _PIECE) // _PIECES)
    pieces = [document.text[at : at + _PIECE] for at in range(0, max(1, len(document.text) - _PIECE), step)][:_PIECES]
    for piece in (*pieces, document.name if len(document.name) > 8 else ""):
        if len(set(piece)) > 4:
            yield from {piece.encode("utf-8", "surrogatepass"), json.dumps(piece)[1:-1].encode()}
