"""The key of an encrypted workspace: random, wrapped under a passphrase that scrypt stretches; it encrypts no content.

`encryption.json` in the workspace holds the salt, the cost and the wrapped key. Whoever loses the passphrase or that
file loses the workspace. A new passphrase wraps the same key anew; see docs/encryption.md for what that means.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import RequestError, WorkspaceDamaged, WrongKey
from core.storage.sealed import derived

if TYPE_CHECKING:
    from core.settings import Settings

HEADER = "encryption.json"
LEAST = 16
"""Characters of a passphrase at least."""
COST = 1 << 17
"""scrypt's N for new headers, with r = 8 and p = 1: 128 MB and some 0.4 s for each guess (RFC 7914)."""
_MOST_COST = 1 << 20
_PLAIN_DATABASE = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True, repr=False)
class Vault:
    """The key of one workspace, and those that are derived of it; its text shows none of them."""

    secret: bytes

    @property
    def files(self) -> bytes:
        """For `SealedFiles`."""
        return derived(self.secret, "files")

    @property
    def database(self) -> bytes:
        """For SQLCipher."""
        return derived(self.secret, "database")

    @property
    def index(self) -> bytes:
        """For the texts beside the vectors."""
        return derived(self.secret, "index")


def secret_of(settings: "Settings") -> bytes | None:
    """The passphrase that is configured, or what the key file holds; raises RequestError for one that cannot serve."""
    given, file = settings.encryption_key, settings.encryption_key_file
    if given is not None and file is not None:
        raise RequestError("Set TOUCHSTONE_ENCRYPTION_KEY or TOUCHSTONE_ENCRYPTION_KEY_FILE, not both.")
    if file is not None:
        if file.expanduser().resolve().is_relative_to(settings.workspace.expanduser().resolve()):
            raise RequestError(f"The key file {file} lies in the workspace that it shall protect; keep it elsewhere.")
        return read_key(file)
    return checked(given.get_secret_value().encode(), "TOUCHSTONE_ENCRYPTION_KEY") if given is not None else None


def read_key(file: Path) -> bytes:
    """The passphrase in a file, without white space around it; raises RequestError."""
    try:
        return checked(file.expanduser().read_bytes().strip(), f"The key file {file}")
    except OSError as error:
        raise RequestError(f"The key file {file} cannot be read: {error.strerror}.") from error


def checked(secret: bytes, what: str) -> bytes:
    """The passphrase; raises RequestError for one too short to be a secret."""
    if len(secret) < LEAST:
        raise RequestError(f"{what} has fewer than {LEAST} characters; take a longer secret.")
    return secret


def open_vault(root: Path, database: Path, secret: bytes | None) -> Vault | None:
    """The vault of a workspace, made for a new one when a passphrase is set; None for a plain workspace.

    Raises WrongKey without the workspace's passphrase, and RequestError for a plain workspace when one is set. Nothing
    is touched then.
    """
    if (root / HEADER).exists():
        if secret is None:
            told = "set TOUCHSTONE_ENCRYPTION_KEY, or name the file of its key by TOUCHSTONE_ENCRYPTION_KEY_FILE"
            raise WrongKey(f"The workspace {root} is encrypted; {told}.")
        return unwrap(root / HEADER, secret)
    held = database.exists() and database.stat().st_size > 0
    if held and not _plain(database):
        raise WorkspaceDamaged(f"The database of {root} is encrypted, and {HEADER} is missing; put it back.")
    if secret is None:
        return None
    if held:
        raise RequestError(
            f"A key is set, and the workspace {root} is not encrypted; "
            "encrypt it with 'python -m core encrypt', or unset the key."
        )
    vault = fresh()
    write_header(root / HEADER, vault, secret)
    return vault


def fresh() -> Vault:
    """A vault with a new random key."""
    return Vault(os.urandom(32))


def write_header(file: Path, vault: Vault, secret: bytes) -> None:
    """Wrap the vault's key under a passphrase and put the header in its place, whole or not at all."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = os.urandom(16), os.urandom(12)
    wrapped = AESGCM(_stretched(secret, salt, COST)).encrypt(nonce, vault.secret, _bound(salt, COST))
    body = {"format": 1, "stretch": "scrypt", "n": COST, "salt": salt.hex(), "nonce": nonce.hex()}
    part = file.with_name(f".{file.name}.part")
    with part.open("w", encoding="utf-8") as sink:
        json.dump(body | {"wrapped": wrapped.hex()}, sink, indent=1)
        sink.flush()
        os.fsync(sink.fileno())
    part.replace(file)
    sync_folder(file.parent)


def unwrap(header: Path, secret: bytes) -> Vault:
    """The vault of a header; raises WrongKey, and WorkspaceDamaged for a header that is none."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        body = json.loads(header.read_text(encoding="utf-8"))
        salt, nonce, wrapped = (bytes.fromhex(body[name]) for name in ("salt", "nonce", "wrapped"))
        cost = int(body["n"])
        if body["format"] != 1 or not 2 <= cost <= _MOST_COST or cost & (cost - 1):
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise WorkspaceDamaged(f"{header} is damaged; put it back from a backup.") from None
    try:
        return Vault(AESGCM(_stretched(secret, salt, cost)).decrypt(nonce, wrapped, _bound(salt, cost)))
    except InvalidTag:
        told = "is not that of the workspace"
        raise WrongKey(f"The encryption key {told} {header.parent}; nothing was touched.") from None


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder rest on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _plain(database: Path) -> bool:
    with database.open("rb") as file:
        return file.read(len(_PLAIN_DATABASE)) == _PLAIN_DATABASE


def _stretched(secret: bytes, salt: bytes, cost: int) -> bytes:
    return hashlib.scrypt(secret, salt=salt, n=cost, r=8, p=1, maxmem=256 * 8 * cost, dklen=32)


def _bound(salt: bytes, cost: int) -> bytes:
    return b"touchstone key 1 " + salt + cost.to_bytes(4, "big")
