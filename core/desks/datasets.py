"""What a person may do with datasets: make, fill, review, freeze, copy and remove them; it stores nothing itself.

A row tells what its documents say: of each dataset a person gets the rows that he may see, and only who sees all of it
may freeze, copy, use or remove it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.adapters.dataset import Dataset, Held
from core.adapters.rows import ORIGINS, STATES, Origin, Row, RowState, Split
from core.errors import AccessDenied, NotFound, RequestError
from core.governance.principals import may_see
from core.governance.rights import require
from core.tabular import Format
from core.types import ZONES, Document, Principal, Zone

if TYPE_CHECKING:
    from core.adapters.flags import Flag
    from core.adapters.proposals import Kind
    from core.assembly import Assembly
    from core.desks.dataset_checks import DatasetChecks
    from core.library.store import Standing


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the list of datasets, over the rows that the principal may see."""

    name: str
    hash: str
    rows: int
    states: dict[RowState, int]
    origins: dict[Origin, int]
    zone: Zone | None
    """The most guarded zone of its accepted rows; None where none is accepted."""
    note: str
    made_at: str
    made_by: str
    frozen_at: str | None
    uses: tuple[str, ...]
    lost: int


@dataclass(frozen=True, slots=True)
class Added:
    """What became of rows that were brought."""

    dataset: str
    added: int
    known: int
    """Rows that were there already."""
    left_out: int = 0
    """Rows about what the person may not see."""


class DatasetDesk:
    """What the workbench hands out as `bench.datasets`."""

    def __init__(self, parts: "Assembly", checks: "DatasetChecks") -> None:
        self._parts = parts
        self._checks = checks

    # -- reading -----------------------------------------------------------------------------------------------------

    def all(self, principal: Principal) -> list[Listed]:
        """A row for each dataset, over the rows that the principal may see; what is hidden wholly is left out."""
        places = self._places()
        found = [(held, _seen(held, principal, places)) for held in self._parts.dataset_store.all()]
        return [listed(seen) for held, seen in found if seen.rows or not held.rows]

    def get(self, name: str, principal: Principal) -> Dataset:
        """The dataset with the rows that the principal may see, each as guarded as its documents are now.

        Raises NotFound where all of them are hidden.
        """
        held = self._parts.dataset_store.get(name)
        seen = _seen(held, principal, self._places())
        if held.rows and not seen.rows:
            raise NotFound(f"There is no dataset '{name}'.")
        return seen

    def flags(self, name: str, principal: Principal) -> "Mapping[str, tuple[Flag, ...]]":
        """What to look at twice, by the ids of the rows; compared with rows only that the principal may see."""
        return self._checks.flags(self.get(name, principal), principal)

    def accepted(self, name: str, principal: Principal) -> tuple[Row, ...]:
        """The rows that are learned; raises AccessDenied for who does not see all of the dataset."""
        self._require_whole(name, principal)
        return self.get(name, principal).accepted

    def split(self, name: str, share: float, seed: int, principal: Principal) -> Split:
        """The accepted rows in two, documents whole with all their versions; see `core.adapters.rows.split`.

        Where all rows hang together by their documents, other wordings of the same are held out instead.
        """
        from core.adapters.rows import split, split_wordings

        names = {each.id: each.name for each in self._parts.library.standings()}
        rows = self.accepted(name, principal)
        found = split(rows, share, seed, names)
        return found if found.held_out or not share else split_wordings(rows, share, seed)

    def export(self, name: str, form: Format, principal: Principal, states: Sequence[RowState] = STATES) -> str:
        """The text of a file with the rows in these states that the principal may see."""
        from core.adapters.dataset_files import write_rows

        rows = [held.row for held in self.get(name, principal).rows if held.row.state in states]
        return write_rows(rows, form)

    # -- filling -----------------------------------------------------------------------------------------------------

    def create(self, name: str, principal: Principal, note: str = "") -> Dataset:
        """Begin an empty draft; raises AccessDenied, RequestError."""
        require(principal, "train")
        return self._parts.dataset_store.create(name, principal.name, note)

    def add_rows(self, name: str, rows: Sequence[Row], principal: Principal) -> Added:
        """Put rows into a draft; those about what the principal may not see are left out. Raises as `Datasets.add`."""
        require(principal, "train")
        places = self._places()
        mine = [row for row in rows if _may_read(row, principal, places)]
        added = self._parts.dataset_store.add(name, mine, principal.name)
        return Added(name, added, len(mine) - added, len(rows) - len(mine))

    def add_file(self, name: str, content: bytes, form: Format, principal: Principal) -> Added:
        """Put the rows of a file into a draft, wholly or not at all; see `core.adapters.dataset_files.read_rows`.

        Documents may stand there by name or id, and make a row as guarded as they are. Raises RequestError with the
        line of what is wrong, or for a document that is not there, and AccessDenied.
        """
        from core.adapters.dataset_files import read_rows

        require(principal, "train")
        known: dict[str, tuple[str, Zone]] = {}
        for each in self._parts.library.standings():
            if may_see(principal, each.zone, each.labels):
                known[each.id] = (each.id, each.zone)
                if each.current or each.name not in known:
                    known[each.name] = (each.id, each.zone)
        rows = [_placed(row, known) for row in read_rows(content, form)]
        beyond = next((row for row in rows if row.zone not in principal.zones), None)
        if beyond:
            raise AccessDenied(f"'{principal.name}' may not bring rows of the zone {beyond.zone}.")
        return self.add_rows(name, rows, principal)

    def add_questions(self, name: str, set_name: str, principal: Principal, with_sources: bool = True) -> Added:
        """Put the questions of a set into a draft, with what the documents in force answer to them."""
        from core.adapters.making import rows_of_questions
        from core.lab.sets import LabSets

        require(principal, "train")
        questions = LabSets(self._parts).get(set_name, principal).questions
        return self.add_rows(name, rows_of_questions(questions, self._visible(principal), with_sources), principal)

    def add_documents(
        self,
        name: str,
        names: Sequence[str],
        principal: Principal,
        kinds: "Sequence[Kind] | None" = None,
        with_sources: bool = True,
        rephrased: int = 0,
    ) -> Added:
        """Propose rows from current documents, by name or id, and put them into a draft; all documents for none named.

        Each question is asked in up to `rephrased` other ways too. Raises NotFound for a document that is not there.
        """
        from core.adapters.making import rows_of_document
        from core.adapters.proposals import KINDS

        require(principal, "train")
        seen = self._visible(principal)
        missing = set(names) - {document.name for document in seen} - {document.id for document in seen}
        if missing:
            raise NotFound(f"There is no document '{min(missing)}' in this workspace.")
        chosen = [document for document in seen if not names or {document.name, document.id} & set(names)]
        rows = [r for document in chosen for r in rows_of_document(document, kinds or KINDS, with_sources, rephrased)]
        return self.add_rows(name, rows, principal)

    def add_feedback(self, name: str, principal: Principal, with_sources: bool = True) -> Added:
        """Put what people corrected or liked into a draft, as far as the principal may see it."""
        from core.adapters.making import rows_of_feedback
        from core.desks.adapters import barred_adapters

        require(principal, "train")
        known = {document.id: document for document in self._parts.library.every()}
        barred = barred_adapters(self._parts, principal)
        given = [each for each in self._parts.feedback_book.all() if each.adapter not in barred]
        rows = rows_of_feedback(given, known, with_sources)
        return self.add_rows(name, rows, principal)

    # -- reviewing ---------------------------------------------------------------------------------------------------

    def review(self, name: str, ids: Sequence[str], state: RowState, principal: Principal) -> int:
        """Accept, reject or reopen rows; returns how many. Raises NotFound for a row that the principal may not see."""
        require(principal, "train")
        self._require_rows(name, ids, principal)
        return self._parts.dataset_store.review(name, ids, state, principal.name)

    def edit(
        self, name: str, row_id: str, question: str, answer: str, principal: Principal, declines: bool | None = None
    ) -> Held:
        """Put other words into a row and accept it."""
        require(principal, "train")
        self._require_rows(name, [row_id], principal)
        return self._parts.dataset_store.edit(name, row_id, question, answer, principal.name, declines)

    # -- as a whole --------------------------------------------------------------------------------------------------

    def freeze(self, name: str, principal: Principal) -> Dataset:
        """Let nothing change a dataset any more; see `Datasets.freeze`."""
        self._require_whole(name, principal)
        self._parts.dataset_store.freeze(name, principal.name)
        return self.get(name, principal)

    def use(self, name: str, what: str, principal: Principal) -> Dataset:
        """Note that something, such as an adapter, is made of a dataset; that freezes it for good."""
        self._require_whole(name, principal)
        self._parts.dataset_store.use(name, what, principal.name)
        return self.get(name, principal)

    def copy(self, name: str, to: str, principal: Principal) -> Dataset:
        """Make a new draft of a dataset."""
        self._require_whole(name, principal)
        return self._parts.dataset_store.copy(name, to, principal.name)

    def remove(self, name: str, principal: Principal) -> None:
        """Forget a dataset; raises RequestError where something was made of it."""
        self._require_whole(name, principal)
        self._parts.dataset_store.remove(name)

    # -- within ------------------------------------------------------------------------------------------------------

    def _places(self) -> "dict[str, Standing]":
        """Where each document of any version stands, by its id."""
        return {each.id: each for each in self._parts.library.standings()}

    def _visible(self, principal: Principal) -> list[Document]:
        return [d for d in self._parts.library.ready() if may_see(principal, d.zone, d.labels)]

    def _require_whole(self, name: str, principal: Principal) -> None:
        require(principal, "train")
        if len(self.get(name, principal).rows) < len(self._parts.dataset_store.get(name).rows):
            raise AccessDenied(f"'{principal.name}' does not see all of the dataset '{name}'.")

    def _require_rows(self, name: str, ids: Sequence[str], principal: Principal) -> None:
        seen = {held.row.id for held in self.get(name, principal).rows}
        missing = [row_id for row_id in ids if row_id not in seen]
        if missing:
            raise NotFound(f"The dataset '{name}' has no row '{missing[0]}'.")


def listed(held: Dataset) -> Listed:
    """The dataset's row of a list."""
    states = Counter(each.row.state for each in held.rows)
    origins = Counter(each.row.origin for each in held.rows)
    return Listed(
        name=held.name,
        hash=held.hash,
        rows=len(held.rows),
        states={state: states[state] for state in STATES},
        origins={origin: origins[origin] for origin in ORIGINS if origins[origin]},
        zone=max((row.zone for row in held.accepted), key=ZONES.index, default=None),
        note=held.note,
        made_at=held.made_at,
        made_by=held.made_by,
        frozen_at=held.frozen_at,
        uses=tuple(use.what for use in held.uses),
        lost=held.lost,
    )


def _seen(held: Dataset, principal: Principal, places: "Mapping[str, Standing]") -> Dataset:
    seen = [each for each in held.rows if _may_read(each.row, principal, places)]
    return replace(held, rows=tuple(replace(each, row=_guarded(each.row, places)) for each in seen))


def _may_read(row: Row, principal: Principal, places: "Mapping[str, Standing]") -> bool:
    held = [places[each] for each in _documents(row) if each in places]
    return row.zone in principal.zones and all(may_see(principal, each.zone, each.labels) for each in held)


def _guarded(row: Row, places: "Mapping[str, Standing]") -> Row:
    """The row in the most guarded of its own zone and its documents', which may have been moved since."""
    zones = [row.zone, *(places[each].zone for each in _documents(row) if each in places)]
    zone = max(zones, key=ZONES.index)
    return row if zone == row.zone else replace(row, zone=zone)


def _documents(row: Row) -> tuple[str, ...]:
    return (*row.documents, *(quoted.document_id for quoted in row.evidence))


def _placed(row: Row, known: Mapping[str, tuple[str, Zone]]) -> Row:
    """The row with ids in the place of names of documents, in the most guarded of their zones."""
    missing = next((each for each in row.documents if each not in known), None)
    if missing:
        raise RequestError(f"The row '{row.id}' names a document '{missing}' that is not in this workspace.")
    zone = max([row.zone, *(known[each][1] for each in row.documents)], key=ZONES.index)
    return replace(row, documents=tuple(known[each][0] for each in row.documents), zone=zone)
