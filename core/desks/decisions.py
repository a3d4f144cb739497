"""What a person may do with the decision: see the evidence, be recommended a path, hold workshops, vote, report.

Whoever may read votes and sees the spread; whoever may evaluate makes and closes workshops and takes snapshots. It
scores nothing itself.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from core.desks.costs import CostDesk
from core.desks.decision_gathering import gather
from core.errors import RequestError
from core.governance.audited import audited
from core.governance.rights import require
from core.types import Principal

if TYPE_CHECKING:
    from core.decision.evidence import CostEvidence, Evidence
    from core.decision.lens import Lens
    from core.decision.paper_workshop import Heard
    from core.decision.recommend import Recommendation
    from core.decision.votes import Tally
    from core.decision.workshops import Snapshot, Vote, Workshop
    from core.workbench import Workbench

Form = Literal["html", "pdf"]
_TITLE, _NAME, _NOTE = 120, 60, 300
"""Characters, at most."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A workshop as it stands now."""

    workshop: "Workshop"
    votes: "tuple[Vote, ...]"
    tally: "Tally | None"
    """None before the first vote."""


class DecisionDesk:
    """What the workbench hands out as `bench.decision`."""

    def __init__(self, bench: "Workbench") -> None:
        self._bench = bench
        self.audit = bench.audit

    @cached_property
    def cost(self) -> CostDesk:
        """What the paths cost."""
        return CostDesk(self._bench)

    # -- what to choose ------------------------------------------------------------------------------------------------

    def evidence(self, principal: Principal, cost: "CostEvidence | None" = None) -> "Evidence":
        """What this workspace measured, as far as the principal may see it; raises AccessDenied.

        Costs come from the cost model at its defaults, where any input of it was measured here.
        """
        require(principal, "read")
        return gather(self._bench, principal, cost or self.cost.evidence(principal))

    def recommend(self, lens: "Lens", principal: Principal, evidence: "Evidence | None" = None) -> "Recommendation":
        """The path that follows from a lens and the evidence, which is read where none is given."""
        from core.decision.recommend import recommend

        require(principal, "read")
        return recommend(lens, evidence or self.evidence(principal))

    @audited("exported report", form="form", workshop="workshop_id")
    def report(
        self,
        lens: "Lens",
        form: Form,
        principal: Principal,
        workshop_id: str = "",
        evidence: "Evidence | None" = None,
    ) -> bytes:
        """The decision as a file for a board: "html", or "pdf". A workshop's votes and snapshots are in it, if named.

        Raises AccessDenied, NotFound, RequestError.
        """
        from core.decision.paper import paper

        require(principal, "read")
        if form not in ("html", "pdf"):
            raise RequestError(f"A report is written as html or pdf, not as '{form}'.")
        found = evidence or self.evidence(principal)
        made = paper(
            self.recommend(lens, principal, found), found, self._heard(workshop_id, principal) if workshop_id else None,
            self._bench.workspace.identity(), datetime.now().astimezone().strftime("%Y-%m-%d %H:%M"),
        )  # fmt: skip
        if form == "html":
            from core.decision.paper_html import html

            return html(made).encode()
        from core.decision.paper_pdf import pdf

        return pdf(made)

    def _heard(self, workshop_id: str, principal: Principal) -> "Heard":
        from core.decision.paper_workshop import Heard

        standing = self.standing(workshop_id, principal)
        return Heard(standing.workshop.title, standing.tally, self.snapshots(workshop_id, principal))

    # -- workshops -----------------------------------------------------------------------------------------------------

    def workshops(self, principal: Principal) -> "list[Workshop]":
        """All workshops, newest first; raises AccessDenied."""
        require(principal, "read")
        return self._bench.workshop_store.all()

    @audited("made workshop", told=lambda made: {"workshop": made.id})
    def make(self, title: str, principal: Principal) -> "Workshop":
        """Begin a workshop; raises AccessDenied, RequestError for a title that is none."""
        require(principal, "evaluate")
        return self._bench.workshop_store.make(_line(title, "title", _TITLE, needed=True), principal.name)

    @audited("closed workshop", workshop="workshop_id")
    def close(self, workshop_id: str, principal: Principal) -> None:
        """Take no more votes; raises AccessDenied, NotFound."""
        require(principal, "evaluate")
        self._bench.workshop_store.close(workshop_id, principal.name)

    @audited("removed workshop", workshop="workshop_id")
    def remove(self, workshop_id: str, principal: Principal) -> None:
        """Forget a workshop with its votes and snapshots; raises AccessDenied, NotFound."""
        require(principal, "evaluate")
        self._bench.workshop_store.remove(workshop_id)

    @audited("voted", told=lambda _: {}, workshop="workshop_id")
    def vote(self, workshop_id: str, lens: "Lens", principal: Principal, ballot: str = "", name: str = "") -> "Vote":
        """Cast a vote, or change one's own: a person has one, and under a persona that many share each ballot has one.

        `ballot` is a word of the voter's browser; of it and the principal only a hash is kept, to know the vote again.
        Raises AccessDenied, NotFound, RequestError where the workshop is closed or full.
        """
        require(principal, "read")
        shown = _line(name, "name", _NAME)
        return self._bench.workshop_store.vote(workshop_id, voter(principal, ballot), principal.name, shown, lens)

    def standing(self, workshop_id: str, principal: Principal) -> Standing:
        """The workshop with its votes and what they amount to; raises AccessDenied, NotFound."""
        from core.decision.votes import tally

        require(principal, "read")
        workshop = self._bench.workshop_store.get(workshop_id)
        votes = tuple(self._bench.workshop_store.votes(workshop_id))
        return Standing(workshop, votes, tally([vote.lens for vote in votes]) if votes else None)

    @audited("took snapshot", told=lambda made: {"snapshot": made.id}, workshop="workshop_id")
    def snapshot(
        self, workshop_id: str, principal: Principal, note: str = "", evidence: "Evidence | None" = None
    ) -> "Snapshot":
        """Keep the votes as they stand, without names, with the path that follows now.

        Raises AccessDenied, NotFound, RequestError where nobody has voted.
        """
        require(principal, "evaluate")
        held = self.standing(workshop_id, principal)
        if held.tally is None:
            raise RequestError("Nobody has voted yet; there is nothing to keep.")
        found = self.recommend(held.tally.group, principal, evidence)
        totals: Mapping[str, float] = {each.path: each.total for each in (found.winner, found.runner_up, found.third)}
        told = _line(note, "note", _NOTE)
        return self._bench.workshop_store.keep(workshop_id, principal.name, told, held.tally, found.winner.path, totals)

    def snapshots(self, workshop_id: str, principal: Principal) -> "list[Snapshot]":
        """The snapshots of a workshop, newest first; raises AccessDenied, NotFound."""
        require(principal, "read")
        self._bench.workshop_store.get(workshop_id)
        return self._bench.workshop_store.snapshots(workshop_id)


def voter(principal: Principal, ballot: str) -> str:
    """What tells one voter from another: sixteen hex digits of the principal's name and the ballot."""
    return hashlib.sha256(f"{principal.name}\0{ballot}".encode()).hexdigest()[:16]


def _line(text: str, what: str, most: int, needed: bool = False) -> str:
    """The text on one line; raises RequestError where it is too long, or missing."""
    flat = " ".join(text.split())
    if needed and not flat:
        raise RequestError(f"The {what} is empty.")
    if len(flat) > most:
        raise RequestError(f"The {what} has {len(flat)} characters; it may have {most}.")
    return flat
