"""What a person may do with the policy and with what was found: read, try out, apply, clear a document, prove.

Every right is checked here. A policy is tried on the documents that the person may see, and changes nothing until it is
applied. It finds and covers nothing itself.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from core.chunking import STRATEGIES, chunk_text
from core.errors import AccessDenied, RequestError
from core.governance.audited import audited
from core.governance.rights import Right, may, require, who_may
from core.guardrails.covering import Covered, cover
from core.guardrails.findings import Finding
from core.guardrails.fuzzing import Tried, slide
from core.guardrails.guard import Guard
from core.guardrails.ledger import Applied, Clearance
from core.guardrails.policy import COVERS, Policy
from core.jobs import Job
from core.types import Action, Chunk, Chunking, Document, Hit, Principal, no_scores

if TYPE_CHECKING:
    from core.desks.documents import Desk

TRIES: tuple[Right, ...] = ("build", "audit", "edit policy")
"""Each of these rights lets a person try a policy out and have it proven."""
CLEARS: tuple[Right, ...] = ("audit", "edit policy")
"""Each of these lets a person clear a document."""
_AROUND = 60
"""Characters shown on each side of a finding."""
_FUZZED = 40
"""Places that a proof slides boundaries over, at most, for each strategy."""
_LONGEST = 200
"""Characters of a place that a proof slides over; of a longer one its beginning."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the policy as somebody may know it."""

    policy: Policy
    """Without words and without its reason for one who may not edit the policy."""
    at: str
    """ISO time in UTC; empty for the one that a workspace begins with."""
    by: str
    broken: str
    """Why it cannot work, where it cannot."""
    terms: int
    """How many words and phrases are listed."""
    never: int
    """How many texts are never a finding."""
    whole: bool
    """Whether the policy is all of it."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """A document as the policy sees it."""

    id: str
    name: str
    zone: str
    version: int
    verdict: Action
    """The gravest that is done: to a part of it, or to all."""
    counts: Mapping[tuple[str, str, Action], int]
    """Findings by detector, kind and what is done about them."""
    clearance: Clearance | None

    @property
    def covered(self) -> int:
        """Findings that are not shown."""
        return sum(count for (_, _, action), count in self.counts.items() if action in COVERS)


@dataclass(frozen=True, slots=True)
class Changed:
    """A document that a tried policy would treat in another way."""

    before: Guarded
    after: Guarded


@dataclass(frozen=True, slots=True)
class Trial:
    """What a policy would do, and where it differs from the one in force."""

    documents: tuple[Guarded, ...]
    changed: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding with the words around it, covered as a prompt would have them."""

    finding: Finding
    action: Action
    page: int
    before: str
    text: str
    after: str


@dataclass(frozen=True, slots=True)
class Sifting:
    """How far a proof is."""

    doing: str
    done: int
    of: int


class Guarding:
    """The policy of a workspace, for one who asks."""

    def __init__(self, bench: "Desk") -> None:
        self._bench = bench
        self.audit = bench.audit

    def policies(self, principal: Principal) -> list[Version]:
        """Every policy that was in force, the one that is first.

        Rules are no secret. Listed words, texts that are never a finding, and the reason of a version are for whoever
        may edit the policy; others learn how many words there are.
        """
        whole = may(principal, "edit policy")
        return [_version(each, whole) for each in self._bench.guards.ledger.versions()]

    def documents(self, principal: Principal, policy: Policy | None = None) -> list[Guarded]:
        """The current documents that the principal may see, as a policy sees them: the one in force without another."""
        guards = self._bench.guards
        guard = guards.current if policy is None else guards.of(policy)
        rows = self._bench.documents(principal)
        checked = guard.look([row.id for row in rows])
        cleared = guards.ledger.clearances()
        found = []
        for row in rows:
            if row.id in checked:
                decided = guard.decided(checked[row.id])
                counts = Counter((each.detector, each.kind, action) for each, action in decided)
                verdict = guard.verdict(checked[row.id])
                found.append(
                    Guarded(row.id, row.name, row.zone, row.version, verdict, counts, cleared.get(row.id))  # type: ignore[arg-type]
                )
        return found

    def findings(self, document_id: str, principal: Principal) -> list[Shown]:
        """What was found in a document, in reading order; raises NotFound for one that the principal may not see."""
        document = self._bench.visible(document_id, principal)
        return self._shown(document, self._bench.guards.current.places(document.id))

    @audited("saw unmasked", told=lambda shown: {"findings": len(shown)}, documents="document_id")
    def unmasked(self, document_id: str, principal: Principal) -> list[Shown]:
        """The same with nothing covered, to judge whether a finding is one; raises AccessDenied, NotFound."""
        document = self._bench.visible(document_id, principal)
        require(principal, "see unmasked")
        return self._shown(document, ())

    def try_out(self, policy: Policy, principal: Principal, words_in_force: bool = False) -> Trial:
        """What a policy would do to the documents that the principal may see; nothing is changed.

        With `words_in_force` the lists of the policy in force are tried with it, which the principal may not know.
        Raises AccessDenied for one who neither builds nor audits nor sets the policy.
        """
        if not may_try(principal):
            raise AccessDenied(f"'{principal.name}' may not try out a policy; {who_may(*TRIES)} may.")
        if words_in_force:
            current = self._bench.guards.ledger.current().policy
            policy = replace(policy, terms=current.terms, never=current.never)
        before = {each.id: each for each in self.documents(principal)}
        after = self.documents(principal, policy)
        changed = [
            Changed(before[each.id], each)
            for each in after
            if each.id in before and (each.verdict, each.counts) != (before[each.id].verdict, before[each.id].counts)
        ]
        return Trial(tuple(after), tuple(changed))

    @audited("applied policy", told=lambda policy: {"version": policy.version})
    def apply(self, policy: Policy, principal: Principal) -> Policy:
        """Make a policy the rule for every answer from now on; raises AccessDenied."""
        require(principal, "edit policy")
        current = self._bench.guards.ledger.current()
        same = replace(policy, version=0, note="") == replace(current.policy, version=0, note="")
        if same and not current.broken:
            raise RequestError("This policy is in force already.")
        return self._bench.guards.apply(policy, principal.name)

    @audited("cleared document", documents="document_id")
    def clear(self, document_id: str, principal: Principal, reason: str) -> None:
        """Trust a document whatever was found in it: it leaves quarantine and low trust; what is covered stays so.

        Raises AccessDenied for one who neither sets the policy nor audits, NotFound, RequestError without a reason.
        """
        self._require_clearer(principal)
        document = self._bench.visible(document_id, principal)
        if not reason.strip():
            raise RequestError("Say why this document may be trusted; the reason is kept.")
        self._bench.guards.ledger.clear(document.id, principal.name, " ".join(reason.split()))

    @audited("revoked clearance", documents="document_id")
    def revoke(self, document_id: str, principal: Principal) -> None:
        """Trust a document no longer because a person said so; raises AccessDenied, NotFound."""
        self._require_clearer(principal)
        self._bench.guards.ledger.revoke(self._bench.visible(document_id, principal).id)

    def prove(
        self,
        principal: Principal,
        document_id: str | None = None,
        report: Callable[[Sifting], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> list[Tried]:
        """Slide the boundaries of every strategy over what the policy covers, in the documents that one may see.

        Each passage is read through the choke point of every answer; of a document with more than 40 covered places the
        first 40 are slid over. Raises AccessDenied, NotFound, RequestError when it was cancelled.
        """
        self._require_prover(principal)
        guard = self._bench.guards.current
        chosen = [document_id] if document_id else [row.id for row in self._bench.documents(principal)]
        held = {key: [replace(p, end=min(p.end, p.start + _LONGEST)) for p in guard.places(key)] for key in chosen}
        work = [(strategy, key) for strategy in STRATEGIES for key in chosen if held[key]]
        tried = []
        for done, (strategy, key) in enumerate(work):
            document = self._bench.visible(key, principal)
            report(Sifting(f"Sliding the boundaries of {strategy} over {document.name}", done, len(work)))
            if cancelled():
                raise RequestError("The proof was cancelled.")
            legible = partial(_through, guard, document)
            tried.append(slide(strategy, document.text, held[key][:_FUZZED], self._cutter(strategy), legible))
        return [_summed(strategy, [each for each in tried if each.strategy == strategy]) for strategy in STRATEGIES]

    def start_proof(self, principal: Principal) -> Job:
        """The same over all documents as a job; `job.result` is what `prove` returns."""
        self._require_prover(principal)

        def work(job: Job) -> list[Tried]:
            def report(progress: Sifting) -> None:
                job.progress = progress

            return self.prove(principal, None, report, lambda: job.cancelled)

        return self._bench.jobs.start("Proving the policy", principal.name, work)

    # -- within ------------------------------------------------------------------------------------------------------

    def _shown(self, document: Document, places: Sequence[Covered]) -> list[Shown]:
        guard = self._bench.guards.current

        def legible(start: int, end: int) -> str:
            return cover(document.text[start:end], places, start)

        return [
            Shown(
                found,
                action,
                _page(document, found.start),
                legible(max(0, found.start - _AROUND), found.start),
                legible(found.start, found.end),
                legible(found.end, min(len(document.text), found.end + _AROUND)),
            )
            for found, action in guard.decided(guard.look([document.id])[document.id])
        ]

    def _cutter(self, strategy: str) -> partial[list[Chunk]]:
        embedder = self._bench.encoder("minilm")
        known: dict[str, np.ndarray] = {}

        def vectors(texts: Sequence[str]) -> np.ndarray:  # the same sentences come again with every step
            new = [text for text in dict.fromkeys(texts) if text not in known]
            if new:
                known.update(zip(new, embedder.passages(new), strict=True))
            return np.stack([known[text] for text in texts])

        return partial(_cut, Chunking(strategy, size=16, parent=48), embedder.tokens, vectors)

    def _require_prover(self, principal: Principal) -> None:
        if not may_try(principal):
            raise AccessDenied(f"'{principal.name}' may not have the policy proven; {who_may(*TRIES)} may.")

    def _require_clearer(self, principal: Principal) -> None:
        if not may_clear(principal):
            raise AccessDenied(f"'{principal.name}' may not clear documents; {who_may(*CLEARS)} may.")


def _version(held: Applied, whole: bool) -> Version:
    policy = held.policy if whole else replace(held.policy, terms=(), never=(), note="")
    counts = len(held.policy.terms), len(held.policy.never)
    return Version(policy, held.at, held.by, held.broken, *counts, whole)


def may_try(principal: Principal) -> bool:
    """Whether the principal may try a policy out and have it proven."""
    return any(may(principal, right) for right in TRIES)


def may_clear(principal: Principal) -> bool:
    """Whether the principal may say that a document is to be trusted."""
    return any(may(principal, right) for right in CLEARS)


def _cut(chunking: Chunking, counter: object, vectors: object, text: str) -> list[Chunk]:
    return chunk_text(text, chunking, counter, vectors=vectors)  # type: ignore[arg-type]


def _through(guard: Guard, document: Document, chunk: Chunk, moved: int) -> str:
    """A passage as the choke point lets it through."""
    own = replace(chunk, document_id=document.id, headings=(), text=document.text[chunk.start : chunk.end])
    (hit,) = guard.sift([Hit(own, document.name, document.zone, 1, no_scores())])
    return hit.chunk.text


def _summed(strategy: str, tried: Sequence[Tried]) -> Tried:
    return Tried(
        strategy,
        sum(each.cuts for each in tried),
        sum(each.chunks for each in tried),
        sum(each.inside for each in tried),
        tuple(leak for each in tried for leak in each.leaks),
    )


def _page(document: Document, at: int) -> int:
    return next((page.number for page in document.pages if page.start <= at < page.end), 1)
