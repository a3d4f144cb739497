"""What a person may do with the passages of a document by hand: reword, disable, split, merge them, and undo it.

Every right is checked here. A change is kept first and then carried out on the index of the recipe; where that fails it
is taken back, and where the process dies in between, the next start carries it out. It knows no page and no command.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from core.chunking import chunk_document
from core.chunking.edits import Applied, Passage, apply, disabled, merged, require_distinct, reworded, split
from core.desks.documents import require_builder
from core.errors import RequestError, TouchstoneError
from core.governance.audited import audited
from core.governance.principals import may_see
from core.library.edits import no_edit
from core.types import ChunkEdit, Document, Principal, Recipe, fingerprint
from core.workspace import require_space

if TYPE_CHECKING:
    from core.desks.documents import Desk
    from core.indexing import LiveIndex

State = Literal["in force", "undone", "without effect"]
_BYTES_A_CHUNK = 16_384
"""Room that a chunk takes at most; see `core.ingestion`."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A change by hand with what became of it."""

    edit: ChunkEdit
    document: str
    """The document's name."""
    version: int
    state: State
    """"without effect" where what it was made on is no longer there, or the version no longer answers."""
    before: tuple[str, ...]
    """The texts that it was made on; empty where they are no longer there."""
    recipes: tuple[str, ...]
    """Names of the recipes that search its index; empty where there is none any longer."""


class Handwork:
    """The changes by hand of a workspace, for one who asks."""

    def __init__(self, parts: "Desk") -> None:
        self._parts = parts
        self.audit = parts.audit

    def passages(self, document_id: str, recipe: Recipe, principal: Principal) -> list[Passage]:
        """The passages of a current document in a recipe's index, in reading order, disabled ones in their place."""
        document = self._parts.visible(document_id, principal)
        held = [Passage(entry.chunk) for entry in self._parts.passages(document_id, recipe, principal)]
        if not self._parts.edits.of(recipe.index_key, document.id):
            return held
        return list(self._applied(document, self._parts.live(recipe)).passages)

    def edit(self, document_id: str, recipe: Recipe, key: str, text: str, principal: Principal) -> ChunkEdit:
        """Put another text in a passage's place; `key` is the `Passage.key` that was shown.

        This and the other changes raise AccessDenied, NotFound for a document that the principal may not see or a
        passage that is no longer as it was shown, and RequestError for what cannot be.
        """
        return self._change(document_id, recipe, principal, lambda passages: reworded(passages, key, text))

    def disable(self, document_id: str, recipe: Recipe, key: str, principal: Principal) -> ChunkEdit:
        """Keep a passage out of the index until that is undone."""
        return self._change(document_id, recipe, principal, lambda passages: disabled(passages, key))

    def split(self, document_id: str, recipe: Recipe, key: str, at: int, principal: Principal) -> ChunkEdit:
        """Make two passages of one, the second from offset `at` of the document on."""
        return self._change(document_id, recipe, principal, lambda passages: split(passages, key, at))

    def merge(self, document_id: str, recipe: Recipe, keys: Sequence[str], principal: Principal) -> ChunkEdit:
        """Make one passage of several that follow each other."""
        return self._change(document_id, recipe, principal, lambda passages: merged(passages, keys))

    @audited("undid edit", told=lambda edit: {"documents": edit.document_id}, edit="edit_id")
    def undo(self, edit_id: int, principal: Principal) -> ChunkEdit:
        """Take a change back; raises RequestError while a later one rests on it, or when it is undone already."""
        require_builder(principal)
        parts = self._parts
        edit = parts.edits.get(edit_id)
        document = parts.library.get(edit.document_id)
        if not may_see(principal, document.zone, document.labels):
            raise no_edit(edit_id)
        with parts.changing():
            edit = parts.edits.get(edit_id)
            if edit.undone_at:
                raise RequestError(f"Change {edit.id} is undone already.")
            live = next((each for each in parts.settle() if each.key == edit.index_key), None)
            if live is None or not self._current(document):  # nothing searches it: there is only the note to change
                return parts.edits.undo(edit, principal.name)
            applied = self._applied(document, live)
            later = [number for number, below in applied.rests_on.items() if edit.id in below]
            if later:
                raise RequestError(f"Change {max(later)} was made on what this one left; undo that first.")
            rest = [held for held in live.edits(document.id) if held.id != edit.id]
            return self._carry_out(
                document,
                live,
                rest,
                keep=lambda: parts.edits.undo(edit, principal.name),
                take_back=parts.edits.redo,
            )

    def edits(self, principal: Principal, name_or_id: str | None = None) -> list[Listed]:
        """The changes of all documents that the principal may see, or of one and all its versions, newest first.

        Raises NotFound for a document that is not there or that the principal may not see.
        """
        parts = self._parts
        seen = [d for d in parts.library.every() if may_see(principal, d.zone, d.labels)]
        if name_or_id is not None:
            name = parts.any_visible(name_or_id, principal).name
            seen = [document for document in seen if document.name == name]
        found = [listed for document in seen for listed in self._listed(document)]
        return sorted(found, key=lambda listed: -listed.edit.id)

    # -- within ------------------------------------------------------------------------------------------------------

    @audited("edited chunk", told=lambda e: {"edit": e.id, "kind": e.kind}, documents="document_id", recipe="recipe")
    def _change(
        self,
        document_id: str,
        recipe: Recipe,
        principal: Principal,
        propose: Callable[[Sequence[Passage]], ChunkEdit],
    ) -> ChunkEdit:
        require_builder(principal)
        parts = self._parts
        parts.visible(document_id, principal)
        parts.prepare(recipe)
        with parts.changing():
            document = parts.visible(document_id, principal)
            if not self._current(document):
                raise RequestError(f"This version of '{document.name}' no longer answers; change the current one.")
            live = next((each for each in parts.settle() if each.key == recipe.index_key), None)
            if live is None:
                raise RequestError("Changes by hand belong to the index of a recipe with a name; save this one first.")
            edit = replace(propose(self._applied(document, live).passages), index_key=live.key)
            return self._carry_out(
                document,
                live,
                [*live.edits(document.id), edit],
                keep=lambda: parts.edits.add(edit, principal.name),
                take_back=parts.edits.remove,
            )

    def _carry_out(
        self,
        document: Document,
        live: "LiveIndex",
        edits: Sequence[ChunkEdit],
        keep: Callable[[], ChunkEdit],
        take_back: Callable[[ChunkEdit], None],
    ) -> ChunkEdit:
        """Embed what the edits make of a document, keep the change, then put it all into the index."""
        from core.indexing import cut_and_embedded, index_document

        parts = self._parts
        planned = replace(live, edits=lambda _: edits)
        require_distinct(self._applied(document, planned))
        entries, vectors, beyond = cut_and_embedded(document, planned)
        require_space(parts.workspace.root, _BYTES_A_CHUNK * len(entries))
        change = keep()
        try:
            parts.index.replace_document(live.key, document.zone, entries, vectors, {document.zone: [document.id]})
        except BaseException:
            take_back(change)
            with suppress(TouchstoneError):  # else the document stays marked, and is put right at the next start
                index_document(document, live, parts.library, parts.index)
            raise
        parts.library.record_chunks(live.key, document.id, len(entries), beyond)
        return change

    def _applied(self, document: Document, live: "LiveIndex") -> Applied:
        chunks = chunk_document(document, live.chunking, live.embedder.tokens, live.vectors)
        return apply(document, chunks, live.edits(document.id), live.embedder.tokens)

    def _current(self, document: Document) -> bool:
        current = self._parts.library.find_current(document.name)
        return current is not None and current.id == document.id

    def _listed(self, document: Document) -> list[Listed]:
        parts = self._parts
        history = parts.edits.history(document.id)
        current = bool(history) and self._current(document)
        named = {saved.name: saved.recipe for saved in parts.recipes.all()} if history else {}
        effects: set[int] = set()
        for key in {edit.index_key for edit in history} if current else ():
            recipe = next((recipe for recipe in named.values() if recipe.index_key == key), None)
            with suppress(TouchstoneError):  # weights that are gone: nothing searches with them
                effects |= set(self._applied(document, parts.live(recipe)).rests_on) if recipe else set()
        return [
            Listed(
                edit,
                document.name,
                document.version,
                _state(edit, effects),
                _before(edit, document, history),
                tuple(name for name, recipe in named.items() if recipe.index_key == edit.index_key),
            )
            for edit in history
        ]


def _state(edit: ChunkEdit, in_force: set[int]) -> State:
    if edit.undone_at:
        return "undone"
    return "in force" if edit.id in in_force else "without effect"


def _before(edit: ChunkEdit, document: Document, history: Sequence[ChunkEdit]) -> tuple[str, ...]:
    """The texts of the passages that a change was made on: of the document, or as an earlier change left them."""
    earlier = {fingerprint(other.text): other.text for other in history if other.text}
    found = []
    for target in edit.targets:
        own = document.text[target.start : target.end]
        text = own if fingerprint(own) == target.was else earlier.get(target.was)
        if text is not None:
            found.append(text)
    return tuple(found)
