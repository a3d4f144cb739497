"""What makes the audit's entries a chain: their bytes, their MACs, the checkpoint beside them, and what breaks it.

Each MAC is HMAC-SHA256 over the MAC before it and the entry's canonical JSON; the first one's predecessor names the
workspace. It knows neither the database nor what the acts mean.
"""

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.errors import RequestError
from core.storage.sealed import PLAIN, Files
from core.types import ZONES, fingerprint

Fact = str | int | bool
Outcome = Literal["done", "refused", "failed", "left"]
"""refused: without the right, or not as it stands; failed: something broke; left: nobody waited for the answer."""
DAMAGED = "found damaged"
"""The act of the entry that is written where the trail and its checkpoint disagree when a process opens them."""
VERIFIED = "verified audit"
"""The act of a check of the whole trail; `good` says how it ended, `entries` how many were as they were written."""
LEAST_KEY = 16
"""Characters of a key that is set by hand."""

_ID = re.compile(r"[0-9a-f]{8,64}")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_OWN_WORDS = frozenset({*ZONES, "csv", "jsonl", "test", "training", "up", "down"})
_CHECKPOINT_BYTES = 256


@dataclass(frozen=True, slots=True)
class Entry:
    """One act, in ids and hashes."""

    seq: int
    """Counts up from 1, without a gap."""
    at: str
    """ISO time in UTC."""
    who: str
    roles: tuple[str, ...]
    act: str
    outcome: Outcome
    documents: tuple[str, ...]
    """Ids of the documents that it concerned, or that an answer drew on."""
    facts: Mapping[str, Fact]
    """What else is known: trace, recipe (hash), route, adapter, abstained, unsupported, why (type of the error) …"""

    @property
    def body(self) -> str:
        """Canonical JSON of all fields."""
        held = {
            "seq": self.seq,
            "at": self.at,
            "who": self.who,
            "roles": list(self.roles),
            "act": self.act,
            "outcome": self.outcome,
            "documents": list(self.documents),
            "facts": dict(self.facts),
        }
        return json.dumps(held, sort_keys=True, ensure_ascii=True, separators=(",", ":"))

    @property
    def trace(self) -> str:
        """Id of the trace that it made, gave out or spoke of; empty without one."""
        return str(self.facts.get("trace", ""))


def entry_of(body: str) -> Entry:
    """The entry of a body; raises ValueError, KeyError or TypeError where it is none."""
    held = json.loads(body)
    return Entry(**{**held, "roles": tuple(held["roles"]), "documents": tuple(held["documents"])})


def as_id(text: str) -> str:
    """An id of hex digits as it is, of any other text the hash: what a person typed may be anything."""
    return text if _ID.fullmatch(text) else hashed(text)


def as_fact(value: Fact, known: bool) -> Fact:
    """A value that may be kept: numbers, ids, and names of one word where they are `known`; a hash of all else."""
    if not isinstance(value, str):
        return value
    known = known or value in _OWN_WORDS
    return value if known and _WORD.fullmatch(value) else as_id(value)


def hashed(text: str) -> str:
    """How a text stands in an entry."""
    return f"sha256-{fingerprint(text)}"


class Seal:
    """MACs under one key; `start` stands before the first entry."""

    def __init__(self, key: bytes, workspace: str) -> None:
        self._key = key
        self.start = hashlib.sha256(f"touchstone audit 1 {workspace}".encode()).hexdigest()

    def of(self, before: str, body: str) -> str:
        """The MAC of an entry after the one whose MAC is `before`, in hex digits."""
        return hmac.digest(self._key, f"{before}\n{body}".encode("utf-8", "surrogatepass"), "sha256").hex()

    def of_checkpoint(self, count: int, mac: str) -> str:
        """The MAC of a checkpoint; no entry can have the same."""
        return self.of("checkpoint", f"{count} {mac}")


def key_of(configured: str | None, file: Path, make: bool, files: Files = PLAIN) -> bytes | None:
    """The key that is configured, else the file's; with `make` the file is made, readable by its owner alone.

    None where there is none. Raises RequestError for one too short to be a secret.
    """
    if configured is not None:
        if len(configured) < LEAST_KEY:
            raise RequestError(f"TOUCHSTONE_AUDIT_KEY has fewer than {LEAST_KEY} characters; take a longer secret.")
        return configured.encode()
    if file.exists():
        return files.read(file).strip()
    if not make:
        return None
    made = secrets.token_hex(32).encode()
    files.write(file, made, private=True)
    return made


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far the trail had come, as a file outside the database said it."""

    count: int
    mac: str
    sealed: bool
    """Whether its own MAC is right."""


def read_checkpoint(file: Path, seal: Seal) -> Checkpoint | None:
    """The checkpoint of a file, None where there is no file; one that cannot be read is not `sealed`."""
    try:
        content = file.read_text(encoding="utf-8")
        count, mac, _ = content.split()
        number = int(count)
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return Checkpoint(0, "", False)
    written = _checkpoint(number, mac, seal)
    return Checkpoint(number, mac, hmac.compare_digest(content.encode(), written.encode()))


def write_checkpoint(file: Path, count: int, mac: str, seal: Seal) -> None:
    """Say how far the trail has come; raises RequestError where the file cannot be written.

    It is overwritten in place by one write of fewer bytes than a sector: after a crash it is the old one or the new
    one. It is not waited for, so that it may lag behind the database, never run ahead of it.
    """
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.pwrite(descriptor, _checkpoint(count, mac, seal).encode(), 0)
            os.ftruncate(descriptor, _CHECKPOINT_BYTES)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise RequestError(f"The audit's checkpoint {file} cannot be written: {error.strerror}.") from error


def _checkpoint(count: int, mac: str, seal: Seal) -> str:
    return f"{count} {mac} {seal.of_checkpoint(count, mac)}".ljust(_CHECKPOINT_BYTES - 1) + "\n"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table as it is on disk, whatever was done to it."""

    seq: int
    columns: tuple[str, ...]
    """What the table repeats of the body, to be searched: at, who, act, trace."""
    body: str
    mac: str


Kind = Literal["changed", "missing", "reordered", "forged", "truncated", "checkpoint", "key", "damaged", "unreadable"]
AT_THE_END: frozenset[Kind | None] = frozenset(("truncated", "checkpoint", "forged"))
"""What a checkpoint tells, which the next entry writes anew."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the whole trail found."""

    entries: int
    """Entries that were checked and are as they were written."""
    last: str
    """MAC of the last of them."""
    seq: int | None = None
    """Number of the first bad entry; None where nothing is wrong, or not with an entry."""
    kind: Kind | None = None
    sentence: str = ""

    @property
    def intact(self) -> bool:
        """Whether nothing is wrong."""
        return self.kind is None


def check(rows: Iterable[Row], checkpoints: Mapping[str, Checkpoint | None], seal: Seal) -> Verdict:
    """Go through the whole trail and name the first thing that is wrong.

    `checkpoints` were read before the rows, by the name of their place: they may lag behind, not be ahead.
    """
    far = max((held.count for held in checkpoints.values() if held and held.sealed), default=0)
    macs, damaged = [seal.start], None
    for row in rows:
        expected = len(macs)
        if bad := _fault(row, expected, macs[-1], far, seal):
            kind, sentence = bad
            return Verdict(expected - 1, macs[-1], expected if kind == "missing" else row.seq, kind, sentence)
        if damaged is None and row.columns[2] == DAMAGED:
            damaged = row.seq
        macs.append(row.mac)
    count, last = len(macs) - 1, macs[-1]
    if wrong := fault_at_the_end(count, macs.__getitem__, checkpoints, far):
        return Verdict(count, last, *wrong)
    if damaged is not None:
        sentence = f"When entry {damaged} was written, the trail before it did not agree with its checkpoint."
        return Verdict(count, last, damaged, "damaged", sentence)
    return Verdict(count, last)


def fault_at_the_end(
    count: int, mac_at: Callable[[int], str | None], checkpoints: Mapping[str, Checkpoint | None], far: int
) -> tuple[int | None, Kind, str] | None:
    """What the checkpoints contradict of a trail of `count` entries; `mac_at` 0 is what stands before the first.

    `far` is the number of the last entry that a sealed checkpoint knows.
    """
    if far > count:
        gone = f"Entry {far} is" if far == count + 1 else f"Entries {count + 1} to {far} are"
        return count + 1, "truncated", f"{gone} missing at the end: the trail was cut off."
    for place, held in checkpoints.items():
        if held is None and count:
            return None, "checkpoint", f"The checkpoint {place} is missing."
        if held and not held.sealed:
            return None, "checkpoint", f"The checkpoint {place} was changed."
        if held and mac_at(held.count) != held.mac:
            sentence = f"Entry {held.count} is not the one that the checkpoint {place} knows: the end was replaced."
            return held.count, "forged", sentence
    return None


def _fault(row: Row, expected: int, before: str, far: int, seal: Seal) -> tuple[Kind, str] | None:
    """What is wrong with a row after one whose MAC is `before`."""
    if row.seq > expected:
        gone = f"Entry {expected} is" if row.seq == expected + 1 else f"Entries {expected} to {row.seq - 1} are"
        return "missing", f"{gone} missing."
    try:
        entry = entry_of(row.body)
    except (ValueError, KeyError, TypeError):
        return "changed", f"Entry {row.seq} was changed: it is no entry any longer."
    if entry.seq != row.seq:
        return "reordered", f"Entry {row.seq} says that it is entry {entry.seq}: it was changed or moved."
    right = row.seq == expected and hmac.compare_digest(row.mac.encode(), seal.of(before, row.body).encode())
    if not right and row.seq > far > 0:
        return "forged", f"Entry {row.seq} was added or changed by someone without the key."
    if not right or row.columns != (entry.at, entry.who, entry.act, entry.trace):
        hint = ", or the key is another one" if row.seq == 1 else ""
        return "changed", f"Entry {row.seq} was changed{hint}."
    return None
