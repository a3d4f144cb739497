"""What one workspace keeps: its lock, its keys, its audit, and every store over its one database, each when first used.

It computes nothing and loads no model; `core.assembly` adds what does. It knows no person.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from core.embedding.cache import VectorCache
from core.encryption import files_of, opened_vault
from core.evaluation.question_sets import QuestionSets
from core.governance.audit import Audit
from core.governance.sign_on import SignOn
from core.library.edits import Edits
from core.library.store import Library
from core.recipes import RecipeBook
from core.secrets import keep_from_logs
from core.settings import Settings
from core.storage.database import open_database
from core.workspace import Workspace, this_command

if TYPE_CHECKING:
    from pathlib import Path

    from core.adapters.datasets import Datasets
    from core.adapters.feedback import FeedbackBook
    from core.adapters.proofs import Proofs
    from core.adapters.registry import Registry
    from core.adapters.trainings import Trainings
    from core.answering.records import Records
    from core.decision.workshops import Workshops
    from core.evaluation.fact_store import FactBook
    from core.evaluation.proposed import Proposals
    from core.evaluation.run_store import RetrievalRuns
    from core.evaluation.trials import Trials
    from core.guards import Guards
    from core.index.sealing import TextSeal


class Stores:
    """The kept things of one workspace; safe to share between threads."""

    def __init__(self, settings: Settings, holder: str = "") -> None:
        """Take the workspace; raises WorkspaceInUse when another process holds it, WrongKey when it is encrypted."""
        self.settings = settings
        keep_from_logs(settings.secrets)
        self.workspace = Workspace(settings.workspace)
        self.workspace.acquire(holder or this_command())
        try:
            self.vault = opened_vault(self.workspace, settings)
        except BaseException:
            self.workspace.release()
            raise
        self.files = files_of(self.workspace, self.vault)
        self.audit = Audit(
            lambda: self._engine, self.workspace, settings.audit_key, settings.audit_checkpoint, self.files
        )

    def release(self) -> None:
        """Close the audit and the database, and let the workspace go."""
        self.audit.close()
        if "_engine" in self.__dict__:
            self._engine.dispose()
        self.workspace.release()

    @cached_property
    def _engine(self) -> Engine:
        return open_database(self.workspace.database, self.vault.database if self.vault else None)

    @cached_property
    def seal(self) -> "TextSeal | None":
        """What encrypts the words beside the vectors of this machine's indexes; None in a plain workspace."""
        from core.index.sealing import TextSeal

        return TextSeal(self.vault.index) if self.vault else None

    def plain_pieces(self, path: "Path") -> "Iterator[bytes] | None":
        """What a file of an encrypted workspace holds, for a scan; None for one that lies in plain."""
        from core.encryption import plain_pieces

        return plain_pieces(path, self.workspace, self.vault, self.files)

    @cached_property
    def sign_on(self) -> SignOn:
        """Who of those that a provider signed in is admitted; raises RequestError for a mapping that is wrong."""
        return SignOn(self.settings.access, self.audit)

    @cached_property
    def library(self) -> Library:
        """The documents."""
        return Library(self._engine, self.workspace.originals, self.files)

    @cached_property
    def edits(self) -> Edits:
        """The changes by hand of passages; see `core.desks.handwork` for who may make them."""
        return Edits(self._engine)

    @cached_property
    def records(self) -> "Records":
        """The traces."""
        from core.answering.records import Records

        return Records(self._engine)

    @cached_property
    def guards(self) -> "Guards":
        """The policies at work; see `core.desks.guarding` for who may do what with them."""
        from core.guards import Guards

        return Guards(self._engine, self.library, self.settings.models)

    @cached_property
    def recipes(self) -> RecipeBook:
        """The recipes, built in and saved."""
        return RecipeBook(self._engine)

    @cached_property
    def sets(self) -> QuestionSets:
        """The question sets; see `core.lab.laboratory` for who may do what with them."""
        return QuestionSets(self._engine)

    @cached_property
    def proposals(self) -> "Proposals":
        """The questions that wait for a person; see `core.lab.growth`."""
        from core.evaluation.proposed import Proposals

        return Proposals(self._engine)

    @cached_property
    def dataset_store(self) -> "Datasets":
        """The datasets; see `core.desks.datasets` for who may do what with them."""
        from core.adapters.datasets import Datasets

        return Datasets(self._engine)

    @cached_property
    def adapter_store(self) -> "Registry":
        """The adapters; see `core.desks.adapters` for who may do what with them."""
        from core.adapters.registry import Registry

        found = Registry(self._engine, self.workspace.adapters, files=self.files)
        found.tidy()
        return found

    @cached_property
    def training_store(self) -> "Trainings":
        """The trainings; see `core.desks.trainings` for who may do what with them."""
        from core.adapters.trainings import Trainings

        return Trainings(self._engine, self.workspace.root / "trainings")

    @cached_property
    def proof_store(self) -> "Proofs":
        """What was measured of adapters; see `core.desks.proofs` for who may see what of it."""
        from core.adapters.proofs import Proofs

        return Proofs(self._engine)

    @cached_property
    def facts(self) -> "FactBook":
        """The facts and their checks; see `core.freshness` for who may do what with them."""
        from core.evaluation.fact_store import FactBook

        return FactBook(self._engine)

    @cached_property
    def workshop_store(self) -> "Workshops":
        """Workshops with their votes; see `core.desks.decisions` for who may do what with them."""
        from core.decision.workshops import Workshops

        return Workshops(self._engine)

    @cached_property
    def feedback_book(self) -> "FeedbackBook":
        """What people said of answers."""
        from core.adapters.feedback import FeedbackBook

        return FeedbackBook(self._engine)

    @cached_property
    def runs(self) -> "RetrievalRuns":
        """The retrieval runs; see `core.lab.laboratory` for who may do what with them."""
        from core.evaluation.run_store import RetrievalRuns

        return RetrievalRuns(self._engine)

    @cached_property
    def trials(self) -> "Trials":
        """The sweeps and comparisons of embedders; see `core.lab.laboratory`."""
        from core.evaluation.trials import Trials

        return Trials(self._engine)

    @cached_property
    def vectors(self) -> VectorCache:
        """The vectors that were computed before."""
        return VectorCache(self._engine, self.settings.cached_vectors)
