"""Carries the forgetting of a person out, proves it by reading every byte again, and leaves a signed receipt.

What breaks off half-way is completed by asking for it again: vectors go first, each document changes in one
transaction, and index files that still hold the name are found by their bytes.
"""

import shutil
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.engine import Engine

from core.erasure import Places, erase
from core.errors import RequestError
from core.forgetting.barred import BarredFiles
from core.forgetting.debts import note_debt
from core.forgetting.documents import forget_vectors, redact_document, reindex, shards_of
from core.forgetting.person import Person
from core.forgetting.places import Place, Way, acted, find_places
from core.forgetting.preview import LEARNED, ORIGINALS, WHY, Learned, Preview, require_known
from core.forgetting.receipts import ReceiptBook, person_macs
from core.forgetting.remains import Search, look
from core.forgetting.rewriting import erase_rows, redact_rows, without
from core.forgetting.telling import looked_for
from core.storage.compacting import compact, flush
from core.types import ZONES, Zone

_DATABASE = "touchstone.db"


@dataclass(frozen=True, slots=True)
class Forgetting:
    """How far it is."""

    doing: str
    done: int
    of: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The receipt: counts, ids and MACs, never the name."""

    id: str
    by: str
    began_at: str
    terms: tuple[str, ...]
    """MACs of the names, addresses and numbers that were looked for."""
    finished: bool = False
    redacted: Mapping[str, int] | None = None
    """Places by kind."""
    erased: Mapping[str, int] | None = None
    kept: int = 0
    """Places that were left as they are because somebody chose so."""
    mentions: int = 0
    documents: tuple[str, ...] = ()
    """Ids of the documents that were redacted."""
    receipts: tuple[str, ...] = ()
    """Ids of the receipts of documents that were erased."""
    adapters: tuple[str, ...] = ()
    """Adapters that had learned: retired, and their weights deleted, unless they were kept."""
    adapters_kept: tuple[str, ...] = ()
    vectors_forgotten: int = 0
    files_scanned: int = 0
    bytes_scanned: int = 0
    probes: int = 0
    remains: tuple[str, ...] = ()
    """Files, and tables, that still name the person."""
    acted: int = 0
    """Entries of the audit trail and receipts that name the person as one who acted."""
    looked_for: Mapping[str, int] | None = None
    """How many names, addresses, numbers and other details were looked for, by kind."""
    beside: Mapping[str, int] | None = None
    """What stood beside mentions that were redacted and was not looked for, by kind: it stays."""
    on_server: bool = False
    """Whether vectors lie on a server, whose files no scan of ours reads."""

    STAYS = "Who did what stays in the audit trail, with the time, ids and hashes, and no text: it is append-only."


Report = Callable[[Forgetting], None]


def carry_out(
    person: Person,
    asked: Way,
    ways: Mapping[str, Way],
    found: Preview,
    by: str,
    places: Places,
    report: Report = lambda _: None,
    on_server: bool = False,
) -> Forgotten:
    """Redact or erase every place as `ways` says by its id, and as `asked` where it says nothing.

    Raises RequestError, before anything is changed, for places that there are not and while uploads wait.
    """
    require_known(dict(ways), found)
    if found.waiting:
        raise RequestError("Files are being taken in, and what they hold is not known yet; try again when they are in.")
    book = ReceiptBook(places.engine, places.mac)
    terms = tuple(person_macs(places.mac, person.terms))
    receipt = Forgotten(uuid.uuid4().hex, by, _now(), terms, **looked_for(person))
    book.keep("person", receipt.id, receipt.began_at, asdict(receipt))
    chosen = {place: ways.get(place.id, place.way(asked)) for place in found.places}
    body = asdict(receipt) | _carried(person, chosen, found, receipt.id, by, places, report)
    report(Forgetting("Reading every byte", 0, 1))
    body |= prove(person, places) | {"finished": True, "on_server": on_server, "mentions": found.mentions}
    book.keep("person", receipt.id, receipt.began_at, body)
    for earlier in book.all():
        if not earlier.finished and earlier.body.get("terms") == list(terms):
            book.keep("person", earlier.id, earlier.at, {**earlier.body, "finished": True, "completed_by": receipt.id})
    return Forgotten(**body)


def prove(person: Person, places: Places) -> dict[str, Any]:
    """Read every byte of the workspace, and every text of its tables, and tell what still names the person."""
    flush(places.engine)
    files, size, remains = look(places.root, person, places.opened)
    still = acted(places.engine, person)
    tables = sorted({f"table {place.table}" for place in find_places(places.engine, person)})
    if still and _DATABASE in remains and not tables and _only_sealed(person, places.engine, places):
        remains.remove(_DATABASE)
    return {
        "files_scanned": files,
        "bytes_scanned": size,
        "probes": len(person.terms),
        "remains": (*remains, *tables),
        "acted": still,
    }


# -- within ------------------------------------------------------------------------------------------------------------


def _carried(
    person: Person,
    chosen: Mapping[Place, Way],
    found: Preview,
    receipt: str,
    by: str,
    places: Places,
    report: Report,
) -> dict[str, Any]:
    def those(way: Way, *tables: str) -> list[Place]:
        return [place for place, mine in chosen.items() if mine == way and place.table in tables]

    rows = sorted({place.table for place in chosen} - {"documents", ORIGINALS, LEARNED})
    redact = [str(place.key[0]) for place in those("redact", "documents", ORIGINALS)]
    names = list(dict.fromkeys(places.library.get(p.key[0]).name for p in those("erase", "documents")))
    redact = [each for each in redact if places.library.get(each).name not in names]
    steps, done = len(redact) + len(names) + 3, 0
    context = found.context | {places.library.get(each).name for each in found.context}
    barred = BarredFiles(places.engine, places.mac)
    edited = {places.edits.get(place.key[0]).document_id for place in those("redact", "chunk_edits")} - set(redact)
    vectors = forget_vectors([*redact, *edited], places)
    retired, kept = _adapters(found.learned, chosen, receipt, person, places)
    shards = shards_of([*redact, *edited], places)
    erased = []
    for name in names:
        report(Forgetting("Erasing documents", done, steps))
        for document in (d for d in places.library.every() if d.name == name):
            with places.engine.begin() as connection:
                barred.add(connection, document.content_hash, document.id, receipt)
        erased.append(erase(name, by, places).id)
        done += 1
    for document_id in redact:
        report(Forgetting("Redacting documents", done, steps))
        redact_document(document_id, person, places, barred, receipt)
        done += 1
    report(Forgetting("Rewriting rows", done, steps))
    redact_rows(places.engine, those("redact", *rows), person, context)
    erase_rows(places.engine, those("erase", *rows), person)
    for document_id in edited & {document.id for document in places.library.ready()}:
        reindex(places.library.get(document_id), person, places)
    _files(person, places)
    report(Forgetting("Rewriting the index", done + 1, steps))
    for key, zone in sorted(shards | _shards_with(person, places)):
        places.index.rewrite(key, zone)
    compact(places.engine)
    count = {way: Counter(p.kind for p, mine in chosen.items() if mine == way) for way in ("redact", "erase", "keep")}
    return {
        "redacted": dict(count["redact"]),
        "erased": dict(count["erase"]),
        "kept": count["keep"].total(),
        "beside": dict(Counter(e.kind for e in {e: p for p in chosen if chosen[p] == "redact" for e in p.beside})),
        "documents": tuple(redact),
        "receipts": tuple(erased),
        "adapters": retired,
        "adapters_kept": kept,
        "vectors_forgotten": vectors,
    }


def _adapters(
    learned: tuple[Learned, ...], chosen: Mapping[Place, Way], receipt: str, person: Person, places: Places
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Flag every adapter that learned, and retire those that are not kept; what trains from the rows is ended."""
    retired: list[str] = []
    kept: list[str] = []
    for each in learned:
        name = without(each.adapter, person, surname=False)
        way = next((way for place, way in chosen.items() if (place.table, place.key) == (LEARNED, (each.adapter,))), "")
        dataset = without(each.dataset, person, surname=False)
        note_debt(places.engine, name, receipt, dataset, each.rows, each.documents)
        if way == "erase":
            places.adapters.retire(each.adapter, f"{WHY}.", forget=True)
        (retired if way == "erase" else kept).append(name)
    sets = {str(p.key[0]) for p, way in chosen.items() if p.table == "dataset_rows" and way == "erase"}
    for training in places.trainings.all():
        if training.dataset in sets and training.unfinished:
            shutil.rmtree(places.trainings.place(training.id), ignore_errors=True)
            places.trainings.moved(training.id, "failed", "Rows that it learns from were erased.")
    return tuple(retired), tuple(kept)


def _files(person: Person, places: Places) -> None:
    """Take the name out of the cards of adapters; maps go, for they are of vectors that are gone."""
    shutil.rmtree(places.root / "maps", ignore_errors=True)
    files = places.library.files
    for card in (places.root / "adapters").glob("*/*.md"):
        text = files.read(card).decode("utf-8")
        if person.find(text):
            files.write(card, without(text, person, surname=True).encode("utf-8"))


def _shards_with(person: Person, places: Places) -> set[tuple[str, Zone]]:
    """Index files that still name the person: from before a change, or left by what broke off.

    In an encrypted index nobody can look for words, so that all of it is written anew.
    """
    if places.sealed:
        return {(each.key, zone) for each in places.live for zone in ZONES}
    search = Search(person)
    found = set()
    for each in places.live:
        for zone in ZONES:
            folder = places.root / "index" / each.key / zone
            if any(search.holds(path) for path in folder.rglob("*") if path.is_file()):
                found.add((each.key, zone))
    return found


def _only_sealed(person: Person, engine: Engine, places: Places) -> bool:
    """Whether a copy of the database without the audit trail and the receipts is clean.

    Of an encrypted database no copy is made: that its tables are clean and its free pages gone is the proof there.
    """
    if places.opened(places.root / _DATABASE) is not None:
        return True
    copy = places.root / f"{uuid.uuid4().hex}.copy"
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("VACUUM INTO ?", (str(copy),))
        cursor.close()
        import sqlite3

        opened = sqlite3.connect(copy)
        opened.executescript("PRAGMA secure_delete=ON; DELETE FROM audit; DELETE FROM receipts; VACUUM;")
        opened.close()
        return not Search(person).holds(copy)
    finally:
        raw.close()
        copy.unlink(missing_ok=True)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
