"""Whether what a receipt says is gone is there now: left behind, or brought in again after it; it looks for no name.

A receipt holds for what was there when it was signed. A document that came later is another act, which is told with
its day until somebody acknowledges it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, select

from core.forgetting.receipts import Kept
from core.governance.trail import Entry
from core.library.store import STORING
from core.storage.database import documents as table

ACKNOWLEDGED = "acknowledged return"
"""The act by which it stands in the audit trail; it names the receipt and the documents."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A document that came in again after it was erased."""

    document: str
    """Its id."""
    at: str
    """ISO time at which it was added."""
    acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of a receipt found."""

    receipt: Kept
    searched: bool = False
    """Whether the scan was made again, for which the name has to be brought."""
    terms: int = 0
    """Names, addresses and numbers that were brought and stand in the receipt."""
    of: int = 0
    """Those that stand in the receipt."""
    remains: tuple[str, ...] = ()
    """What still names the person, or still holds the document."""
    returned: tuple[Returned, ...] = ()
    """Documents that came in again after the receipt was signed; no fault of the receipt's."""

    @property
    def new(self) -> list[Returned]:
        """Those that nobody acknowledged yet."""
        return [each for each in self.returned if not each.acknowledged]

    @property
    def good(self) -> bool:
        """Whether the receipt is as it was signed, was carried out to its end, and nothing was found again."""
        return self.receipt.signature != "changed" and self.receipt.finished and not self.remains


def found_again(
    kept: Kept, engine: Engine, originals: Path, acknowledged: Iterable[Entry]
) -> tuple[list[str], tuple[Returned, ...]]:
    """What is still there of an erased document, and what came in again; nothing for receipts of another kind.

    Its text is not in its receipt, so it is told by ids and by the hash of its bytes. `acknowledged` are the entries of
    that act. Times count by the second: what was added in the second of the receipt came after it, for the receipt is
    signed last.
    """
    if kept.kind != "document":
        return [], ()
    ids, hashes = kept.body["document_ids"], kept.body["content_sha256"]
    known = (table.c.id.in_(ids) | table.c.content_hash.in_(hashes)) & (table.c.state != STORING)
    chosen = select(table.c.id, table.c.content_hash, table.c.added_at).where(known).order_by(table.c.added_at)
    with engine.connect() as connection:
        rows = connection.execute(chosen).all()
    signed = datetime.fromisoformat(kept.at)
    came = [row for row in rows if datetime.fromisoformat(row.added_at) >= signed]
    left = [f"document {row.id}" for row in rows if row not in came]
    brought = {row.content_hash for row in came}
    left += [f"originals/{each}" for each in sorted(set(hashes) - brought) if (originals / each).exists()]
    mine = [each for each in acknowledged if each.outcome == "done" and each.facts.get("receipt") == kept.id]
    return left, tuple(Returned(row.id, row.added_at, _known(row.id, row.added_at, mine)) for row in came)


def _known(document: str, at: str, entries: Sequence[Entry]) -> bool:
    came = datetime.fromisoformat(at)
    return any(document in each.documents and datetime.fromisoformat(each.at) >= came for each in entries)
