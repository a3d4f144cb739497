"""Maps of the passages that a person may see, and what lies near what on them; it draws nothing.

A map holds no passage of a zone or label that is not its person's: entries are filtered before anything is computed,
so that not even a distance tells of what is hidden.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from core.errors import RequestError
from core.governance.principals import may_see
from core.governance.rights import require
from core.jobs import Job
from core.types import Principal, Recipe, fingerprint

if TYPE_CHECKING:
    from core.assembly import Assembly
    from core.embedding.neighbours import Far, NearDuplicates
    from core.embedding.projection import Plane
    from core.index.contract import Entry
    from core.lab.sets import LabSets

How = Literal["pca", "umap"]
_KEPT = 20
"""Files of fitted maps; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Map:
    """Passages as points, in the order of documents and of their text."""

    how: How
    recipe: Recipe
    entries: "tuple[Entry, ...]"
    vectors: np.ndarray
    """Shape (n, dimension)."""
    points: np.ndarray
    """Shape (n, 2)."""
    languages: tuple[str, ...]
    """ISO 639-1 of each passage's document; empty where it is not known."""
    plane: "Plane | None" = None
    """Of a PCA."""


class LabMaps:
    """The maps of a workspace."""

    def __init__(self, parts: "Assembly", sets: "LabSets") -> None:
        self._parts = parts
        self._sets = sets

    def pca(self, recipe: Recipe, principal: Principal) -> Map:
        """The map by PCA, at once; raises RequestError while the recipe's index is not built."""
        from core.embedding.projection import pca

        self._require_built(recipe)
        entries, vectors, languages = self._seen(recipe, principal)
        plane = pca(vectors)
        return Map("pca", recipe, entries, vectors, plane.place(vectors), languages, plane)

    def umap(self, recipe: Recipe, principal: Principal) -> Map | None:
        """The map by UMAP if it was fitted to exactly these passages before, else None; see `start_umap`."""
        self._require_built(recipe)
        entries, vectors, languages = self._seen(recipe, principal)
        file = self._file(recipe, entries)
        if not file.exists():
            return None
        return Map("umap", recipe, entries, vectors, self._read(file), languages)

    def start_umap(self, recipe: Recipe, principal: Principal) -> Job:
        """Fit UMAP as a job, building the recipe's index first where it is missing; `job.result` is the Map."""
        require(principal, "evaluate")
        name = self._parts.recipes.name_of(recipe.hash)
        return self._parts.jobs.start(f"Map of {name}", principal.name, lambda job: self._fit(job, recipe, principal))

    def place(self, drawn: Map, questions: Sequence[str]) -> np.ndarray:
        """Where questions lie on a map, shape (questions, 2)."""
        from core.embedding.projection import place

        vectors = self.vectors(drawn, questions)
        return drawn.plane.place(vectors) if drawn.plane else place(vectors, drawn.vectors, drawn.points)

    def vectors(self, drawn: Map, questions: Sequence[str]) -> np.ndarray:
        """The questions' vectors by the map's embedder, shape (questions, dimension)."""
        return self._parts.embedder(drawn.recipe.embedding).queries(list(questions))

    def clusters(self, drawn: Map, how: Literal["kmeans", "hdbscan"] = "kmeans", count: int = 8) -> np.ndarray:
        """A cluster for each passage; see `core.embedding.neighbours.clusters`."""
        from core.embedding.neighbours import clusters

        return clusters(drawn.vectors, how, count)

    def outliers(self, drawn: Map) -> "Far":
        """Passages that are far from all others."""
        from core.embedding.neighbours import outliers

        return outliers(drawn.vectors)

    def near_duplicates(self, drawn: Map, least: float = 0.95) -> "NearDuplicates":
        """Passages of different documents that say about the same."""
        from core.embedding.neighbours import near_duplicates

        return near_duplicates(drawn.vectors, [entry.chunk.document_id for entry in drawn.entries], least)

    def lonely(
        self, drawn: Map, set_name: str, principal: Principal, least: float | None = None
    ) -> "tuple[tuple[str, ...], Far]":
        """The ids of the questions of a set that the principal may see, and which of them have no passage near."""
        from core.embedding.neighbours import lonely

        questions = self._sets.get(set_name, principal).questions
        vectors = self.vectors(drawn, [question.text for question in questions])
        return tuple(question.id for question in questions), lonely(vectors, drawn.vectors, least)

    # -- within ------------------------------------------------------------------------------------------------------

    def _fit(self, job: Job, recipe: Recipe, principal: Principal) -> Map | None:
        from core.embedding.projection import umap

        if not self._parts.prepare(recipe, cancelled=lambda: job.cancelled):
            return None
        with self._parts.scratch.ticket() as ticket:  # an erasure ends it and waits, as with every experiment
            entries, vectors, languages = self._seen(recipe, principal)
            file = self._file(recipe, entries)
            if file.exists():
                return Map("umap", recipe, entries, vectors, self._read(file), languages)
            points = umap(vectors, lambda: job.cancelled or ticket.ended)
            ticket.check()
            if points is None:
                return None
            self._keep(file, points)
        return Map("umap", recipe, entries, vectors, points, languages)

    def _seen(self, recipe: Recipe, principal: Principal) -> "tuple[tuple[Entry, ...], np.ndarray, tuple[str, ...]]":
        current = self._parts.library.summaries(recipe.index_key, principal.zones)
        languages = {document.id: document.language or "" for document in current}
        stored = [
            each
            for zone in principal.zones
            for each in self._parts.index.iterate(recipe.index_key, zone)
            if each.entry.chunk.document_id in languages and may_see(principal, zone, each.entry.labels)
        ]
        stored.sort(key=lambda each: (each.entry.document, each.entry.chunk.start, each.entry.chunk.id))
        entries = tuple(each.entry for each in stored)
        dimension = self._parts.embedder(recipe.embedding).spec.dimension
        vectors = np.stack([each.vector for each in stored]) if stored else np.zeros((0, dimension), dtype=np.float32)
        return entries, vectors, tuple(languages[e.chunk.document_id] for e in entries)

    def _file(self, recipe: Recipe, entries: "Sequence[Entry]") -> Path:
        """Where the fitted points of exactly these passages are kept."""
        revision = self._parts.embedder(recipe.embedding).revision
        content = fingerprint([recipe.index_key, revision, [_mark(entry) for entry in entries]])
        return self._parts.workspace.maps / f"{content}.npy"

    def _keep(self, file: Path, points: np.ndarray) -> None:
        file.parent.mkdir(exist_ok=True)
        content = io.BytesIO()
        np.save(content, points, allow_pickle=False)
        self._parts.files.write(file, content.getvalue())
        files = sorted(file.parent.glob("*.npy"), key=lambda path: path.stat().st_mtime)
        for old in files[:-_KEPT]:
            old.unlink()

    def _read(self, file: Path) -> np.ndarray:
        return np.asarray(np.load(io.BytesIO(self._parts.files.read(file)), allow_pickle=False))

    def _require_built(self, recipe: Recipe) -> None:
        if not self._parts.prepared(recipe):
            raise RequestError("The index of this recipe is not built yet; build it first.")


def _mark(entry: "Entry") -> str:
    """What changes with a passage's vector: its place, and its text where that was written by hand."""
    return f"{entry.chunk.id} {entry.chunk.text}" if entry.chunk.edited else entry.chunk.id
