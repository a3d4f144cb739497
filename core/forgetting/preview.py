"""What forgetting a person would touch, found without changing anything: rows, originals, uploads, adapters."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.adapters.registry import Adapter
from core.erasure import Places
from core.errors import RequestError
from core.forgetting.beside import Detail
from core.forgetting.debts import retraining, untrainable
from core.forgetting.person import Person
from core.forgetting.places import Place, Way, acted, find_places
from core.forgetting.remains import Search
from core.storage.sealed import Files

ORIGINALS, LEARNED = "originals", "learned"
"""Places that are no rows: files as they were brought, adapters whose weights saw a mention."""


@dataclass(frozen=True, slots=True)
class Learned:
    """An adapter that learned what names the person, and what would clear it."""

    adapter: str
    state: str
    dataset: str
    rows: tuple[str, ...]
    """Ids of the rows of its dataset that name the person."""
    documents: tuple[str, ...]
    """Ids of documents that it learned from and that name the person."""
    shipped: bool = False
    """Whether it comes with Touchstone."""

    @property
    def command(self) -> str:
        """What trains it anew without them; empty where what it was trained from is not here."""
        return retraining(self.adapter, self.dataset)

    @property
    def untrainable(self) -> str:
        """Why it cannot be trained anew here and what to do instead; empty where it can."""
        return "" if self.command else untrainable(self.adapter, self.shipped)


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything that names a person."""

    places: tuple[Place, ...]
    learned: tuple[Learned, ...]
    waiting: tuple[str, ...]
    """Names of uploads that are being taken in; what they hold is not known yet."""
    acted: int
    """Entries of the audit trail and receipts that name the person as one who acted; they stay."""

    @property
    def mentions(self) -> int:
        """Mentions over all places."""
        return sum(len(place.mentions) for place in self.places)

    @property
    def beside(self) -> dict[Detail, tuple[str, ...]]:
        """What stands beside mentions and is not looked for, each with the titles of its places."""
        found: dict[Detail, tuple[str, ...]] = {}
        for place in self.places:
            for each in place.beside:
                found[each] = (*found.get(each, ()), place.title)
        return found

    @property
    def context(self) -> set[str]:
        """Ids and names of documents that name the person: of what speaks of them the last name counts alone."""
        return {str(each) for place in self.places if place.table == "documents" for each in place.key}


def preview(person: Person, places: Places, inbox: Path) -> Preview:
    """Find all places; raises nothing where there are none."""
    found = find_places(places.engine, person)
    ids = [place.key[0] for place in found if place.table == "documents"]
    found += _originals(person, places, set(ids))
    learned = learned_from(ids, [place for place in found if place.table == "dataset_rows"], places)
    found += [_adapter(each) for each in learned]
    return Preview(
        tuple(found), tuple(learned), tuple(_waiting(inbox, places.library.files)), acted(places.engine, person)
    )


def learned_from(ids: Sequence[str], rows: Sequence[Place], places: Places) -> list[Learned]:
    """The adapters that learned from these documents, or from datasets with these rows."""
    found = []
    for adapter in places.adapters.all():
        made = adapter.manifest
        mine = tuple(str(row.key[1]) for row in rows if made.dataset and row.key[0] == made.dataset)
        documents = tuple(sorted(set(ids) & set(made.documents)))
        if (mine or documents) and not _cleared(adapter):
            found.append(Learned(adapter.name, adapter.state, adapter.dataset, mine, documents, adapter.shipped))
    return found


def require_known(ways: dict[str, Way], found: Preview) -> None:
    """Raises RequestError for a place that there is not, or a way that it does not have."""
    known = {place.id: place for place in found.places}
    for key, way in ways.items():
        if key not in known:
            raise RequestError("The preview is out of date: a place of it is gone. Look again before you go on.")
        if way not in known[key].ways:
            raise RequestError(
                f"A {known[key].kind} cannot be handled by '{way}'; choose {', '.join(known[key].ways)}."
            )


def _cleared(adapter: Adapter) -> bool:
    """Whether its weights are gone already."""
    return adapter.state == "retired" and adapter.reason.startswith(WHY)


WHY = "It learned from what names a person who is forgotten"


def _adapter(learned: Learned) -> Place:
    why = [f"{len(learned.rows)} rows of its dataset"] if learned.rows else []
    why += [f"{len(learned.documents)} documents that it learned from"] if learned.documents else []
    title = f"{learned.adapter}: {' and '.join(why)} name the person"
    return Place(LEARNED, (learned.adapter,), "adapter's weights", title, (), ("erase", "keep"))


def _originals(person: Person, places: Places, named: set[str]) -> list[Place]:
    """Documents whose text does not name the person and whose file does, as its author or in what is hidden."""
    search, found, seen = Search(person), [], dict[str, bool]()
    for document in places.library.every():
        if document.id in named or document.redacted:
            continue
        path = places.library.original(document)
        if document.content_hash not in seen:
            seen[document.content_hash] = path.exists() and _read(path, search, places)
        if seen[document.content_hash]:
            title = f"{document.name}, version {document.version}"
            found.append(Place(ORIGINALS, (document.id,), "original file", title, (), ("redact", "keep")))
    return found


def _read(path: Path, search: Search, places: Places) -> bool:
    with places.library.files.plain(path) as plain:
        return search.holds(plain)


def _waiting(inbox: Path, kept: Files) -> list[str]:
    from core import inbox as uploads

    notes = sorted(inbox.glob("*.json")) if inbox.is_dir() else []
    return [name for note in notes for name in uploads.names_in(note, kept)]
