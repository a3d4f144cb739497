"""Puts the policy of a workspace to work on its library; it does not know who may change either."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import RLock

from sqlalchemy import Engine

from core.errors import RequestError
from core.guardrails.concealed import from_concealed
from core.guardrails.findings import Finding
from core.guardrails.guard import Guard
from core.guardrails.ledger import Checked, Ledger
from core.guardrails.personal import IDENTIFYING, Personal
from core.guardrails.policy import Policy, require_usable
from core.guardrails.scanner import Scanner, forget_words
from core.library.store import Library

_BROKEN = (
    "Version {} of the policy cannot work: {} Nothing is asked, searched or taken in until another is the rule: write "
    "it to a file by `guardrails policy --json`, mend it there, and apply it by `guardrails apply FILE`."
)


class Guards:
    """The guard in force, and guards of policies that are only tried; safe to share between threads."""

    def __init__(self, engine: Engine, library: Library, models: Path) -> None:
        """`models` is the folder of weights, where the model of names lies if it was fetched."""
        self.ledger = Ledger(engine)
        self._library = library
        self._models = models
        self._lock = RLock()
        self._current: Guard | None = None

    @property
    def current(self) -> Guard:
        """The guard of the policy in force; raises RequestError for one that cannot work: then nothing is shown."""
        with self._lock:
            if self._current is None:
                applied = self.ledger.current()
                if applied.broken:
                    raise RequestError(_BROKEN.format(applied.policy.version, applied.broken))
                self._current = self.of(applied.policy)
            return self._current

    def forget(self) -> None:
        """Drop what is remembered of texts and of listed words in memory, as an erasure must."""
        with self._lock:
            self._current = None
            self.ledger.forget()
            forget_words()

    def of(self, policy: Policy) -> Guard:
        """A guard of any policy. A document is looked at once for all policies with the same detectors.

        Raises RequestError for a policy that cannot work.
        """
        require_usable(policy)
        kinds = IDENTIFYING | policy.kinds("personal")
        scanner = Scanner(policy, Personal(self._models, kinds) if policy.names_people() else None)

        def found_in(document_id: str) -> Sequence[Finding]:
            document = self._library.get(document_id)
            return scanner.document(document.text, from_concealed(document.concealed))

        def look(document_ids: Sequence[str]) -> Mapping[str, Checked]:
            return self.ledger.checked(document_ids, scanner.revision, found_in)

        return Guard(policy, scanner, look, self._library.text, self._library.get)

    def scan(self, guard: Guard) -> None:
        """Look at every document that a guard's detectors have not looked at."""
        for document_id in self.ledger.lacking(guard.scanner.revision):
            guard.look([document_id])

    def apply(self, policy: Policy, by: str) -> Policy:
        """Make a policy the rule, as the next version, once its detectors have looked at every document."""
        made = self.of(policy)
        self.scan(made)
        with self._lock:
            applied = self.ledger.apply(policy, by)
            self._current = None
            self.ledger.tidy(made.scanner.revision)
        return applied
