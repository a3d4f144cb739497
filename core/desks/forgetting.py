"""Who may have a person or a user forgotten, and what is noted of it; it carries nothing out itself.

Looking for somebody shows words of every document, so only one who may erase and sees all of the library may do so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.desks.documents import require_builder
from core.errors import AccessDenied, NotFound, RequestError
from core.governance.audited import audited
from core.governance.principals import may_audit, sees_all
from core.governance.rights import require, who_may
from core.jobs import Job
from core.types import Principal

if TYPE_CHECKING:
    from core.forgetting.barred import Barred, BarredFiles
    from core.forgetting.carrying import Forgotten, Report
    from core.forgetting.debts import Debt
    from core.forgetting.person import Person
    from core.forgetting.places import Way
    from core.forgetting.preview import Preview
    from core.forgetting.receipts import Kept, ReceiptBook
    from core.forgetting.returning import Checked
    from core.forgetting.user import UserForgotten, UserPreview
    from core.workbench import Workbench

_SYSTEM = Principal("touchstone", ("auditor",), ())
"""As whom the trail is asked what was acknowledged; that is shown to all who may read receipts."""


class Forgetting:
    """What the workbench hands out as `bench.forgetting`."""

    def __init__(self, bench: "Workbench") -> None:
        self._bench = bench
        self.audit = bench.audit

    # -- a person ------------------------------------------------------------------------------------------------------

    @audited("looked for person", told=lambda found: {"places": len(found.places), "mentions": found.mentions})
    def preview(self, person: "Person", principal: Principal) -> "Preview":
        """Every place that names the person, and nothing changed; raises AccessDenied."""
        from core.forgetting.preview import preview

        _require(principal)
        return preview(person, self._bench._places(), self._bench.workspace.inbox)

    @audited(
        "forgot person",
        told=lambda receipt: {
            "receipt": receipt.id,
            "documents": list(receipt.documents),
            "redacted": sum((receipt.redacted or {}).values()),
            "erased": sum((receipt.erased or {}).values()),
            "kept": receipt.kept,
            "remains": len(receipt.remains),
        },
    )
    def forget(
        self,
        person: "Person",
        asked: "Way",
        principal: Principal,
        ways: "Mapping[str, Way] | None" = None,
        report: "Report" = lambda _: None,
    ) -> "Forgotten":
        """Redact or erase every place, by its id as `ways` says, else as `asked`; returns the receipt, which is kept.

        Raises AccessDenied, and RequestError where a place of `ways` is gone or uploads are being taken in.
        """
        from core.forgetting.carrying import carry_out
        from core.forgetting.person import redacted
        from core.forgetting.preview import preview

        _require(principal)
        bench = self._bench
        try:
            with bench.changing(), bench.scratch.closed():
                places = bench._places()
                found = preview(person, places, bench.workspace.inbox)
                on_server = bool(bench.settings.qdrant_url)
                receipt = carry_out(person, asked, ways or {}, found, principal.name, places, report, on_server)
        finally:  # what broke off has changed something too
            bench.forget_texts()
        for job in bench.jobs.all():  # titles and outcomes of uploads hold names of files
            job.title = redacted(job.title, person.find(job.title))
            if job.over and isinstance(job.result, list) and person.find(repr(job.result)):
                job.result = None
        return receipt

    def start_forget(
        self, person: "Person", asked: "Way", principal: Principal, ways: "Mapping[str, Way] | None" = None
    ) -> Job:
        """The same as a job: `job.progress` tells how far it is, `job.result` is the receipt."""
        _require(principal)

        def work(job: Job) -> "Forgotten":
            job.cancellable = False

            def report(progress: Any) -> None:
                job.progress = progress

            return self.forget(person, asked, principal, ways, report)

        return self._bench.jobs.start("Forgetting a person", principal.name, work)

    # -- a user --------------------------------------------------------------------------------------------------------

    def users(self, principal: Principal) -> list[str]:
        """Names of all whose questions or words are kept; raises AccessDenied."""
        from core.forgetting.user import users

        _require(principal)
        return users(self._bench._engine)

    @audited("looked for user", told=lambda found: {"places": len(found.places)})
    def preview_user(self, user: str, principal: Principal) -> "UserPreview":
        """All that a user asked and said; raises AccessDenied, NotFound where there is nothing."""
        from core.forgetting.user import preview_user

        _require(principal)
        found = preview_user(user, self._bench._engine)
        if not found.places and not found.entries:
            raise NotFound("Nobody of this name asked anything here.")
        return found

    @audited(
        "forgot user", told=lambda receipt: {"receipt": receipt.id, "erased": sum((receipt.erased or {}).values())}
    )
    def forget_user(self, user: str, principal: Principal) -> "UserForgotten":
        """Erase all that a user asked and said; returns the receipt. Raises AccessDenied, NotFound."""
        from core.forgetting.user import forget_user, preview_user

        _require(principal)
        bench = self._bench
        with bench.changing():
            found = preview_user(user, bench._engine)
            if not found.places and not found.entries:
                raise NotFound("Nobody of this name asked anything here.")
            try:
                return forget_user(found, principal.name, bench._places())
            finally:
                bench.forget_texts()

    def start_forget_user(self, user: str, principal: Principal) -> Job:
        """The same as a job: `job.result` is the receipt."""
        _require(principal)

        def work(job: Job) -> "UserForgotten":
            job.cancellable = False
            return self.forget_user(user, principal)

        return self._bench.jobs.start("Forgetting a user", principal.name, work)

    # -- receipts ------------------------------------------------------------------------------------------------------

    def receipts(self, principal: Principal) -> "list[Kept]":
        """All receipts, newest first; raises AccessDenied unless the principal audits."""
        _require_auditor(principal)
        return self._book.all()

    def receipt(self, receipt_id: str, principal: Principal) -> "Kept":
        """One receipt, by its id or how it begins; raises AccessDenied, NotFound."""
        _require_auditor(principal)
        return self._book.get(receipt_id)

    @audited("verified receipt", told=lambda found: {"receipt": found.receipt.id, "good": found.good})
    def verify(self, receipt_id: str, principal: Principal, person: "Person | None" = None) -> "Checked":
        """Check that a receipt is as it was signed, and with its person that still nothing is found of them.

        Raises AccessDenied, NotFound, and RequestError where the receipt is about somebody else, or no person's.
        """
        from core.forgetting.carrying import prove
        from core.forgetting.returning import Checked

        _require_auditor(principal)
        kept = self._book.get(receipt_id)
        if person is not None and kept.kind != "person":
            raise RequestError(f"This receipt is about a {kept.kind}; a name can only be brought to that of a person.")
        if kept.kind == "document":
            (checked,) = self._checked([kept])
            return checked
        if person is None:
            return Checked(kept, of=len(kept.body.get("terms", ())))
        from core.forgetting.receipts import person_macs

        if not sees_all(principal):
            raise AccessDenied(f"'{principal.name}' does not see every document, and the scan reads all of them.")
        held = set(kept.body["terms"])
        same = held & set(person_macs(self.audit.mac, person.terms))
        if not same:
            raise RequestError("This receipt is about somebody else, or the name was written in another way then.")
        with self._bench.changing():
            found = prove(person, self._bench._places())
        return Checked(kept, True, len(same), len(held), found["remains"])

    def verify_all(self, principal: Principal) -> "list[Checked]":
        """Every receipt with its signature and, of documents, whether they are back; raises AccessDenied.

        Names are not searched for: whoever brings one verifies that receipt by itself.
        """
        return self._checked(self.receipts(principal))

    @audited(
        "acknowledged return",
        told=lambda found: {"receipt": found.receipt.id, "documents": [each.document for each in found.new]},
    )
    def acknowledge(self, receipt_id: str, principal: Principal) -> "Checked":
        """Say that what came in again after a receipt is known to be back, and needs no attention any longer.

        Returns what was acknowledged. Raises AccessDenied unless the principal may erase, NotFound, and RequestError
        where nothing came in again.
        """
        _require(principal)
        (checked,) = self._checked([self._book.get(receipt_id)])
        if not checked.new:
            known = " that is not acknowledged yet" if checked.returned else ""
            raise RequestError(f"Nothing of this receipt came in again{known}.")
        return checked

    # -- files and adapters --------------------------------------------------------------------------------------------

    def barred(self, principal: Principal) -> "list[Barred]":
        """Files that are not taken in again since they name somebody who is forgotten; raises AccessDenied."""
        _require_auditor(principal)
        return self._barred.all()

    @audited("lifted bar", file="identity")
    def lift(self, identity: str, principal: Principal) -> None:
        """Let a file be taken in again; raises AccessDenied unless the principal administers, NotFound."""
        require(principal, "administer")
        self._barred.lift(identity)

    def require_not_barred(self, name: str, path: Path) -> None:
        """Raises RequestError for a file whose bytes were redacted or erased since they name a person."""
        from core.library.store import sha256_of

        if not self._barred.any():
            return
        found = self._barred.find(sha256_of(path))
        if found:
            raise RequestError(
                f"'{name}' names a person who was forgotten on {found.at[:10]}, and is not taken in again; an "
                f"administrator can allow it: python -m core forget lift {found.id}."
            )

    def debts(self, principal: Principal) -> "list[Debt]":
        """Adapters whose training saw what was forgotten since, newest first; raises AccessDenied for a mere reader."""
        from core.forgetting.debts import debts

        if not may_audit(principal):
            require_builder(principal)
        return debts(self._bench._engine)

    # -- within --------------------------------------------------------------------------------------------------------

    @property
    def _book(self) -> "ReceiptBook":
        from core.forgetting.receipts import ReceiptBook

        return ReceiptBook(self._bench._engine, self.audit.mac)

    @property
    def _barred(self) -> "BarredFiles":
        from core.forgetting.barred import BarredFiles

        return BarredFiles(self._bench._engine, self.audit.mac)

    def _checked(self, receipts: "Sequence[Kept]") -> "list[Checked]":
        from core.forgetting.returning import ACKNOWLEDGED, Checked, found_again
        from core.governance.audit import Query

        bench, found = self._bench, []
        known = self.audit.search(_SYSTEM, Query(act=ACKNOWLEDGED))
        for kept in receipts:
            left, returned = found_again(kept, bench._engine, bench.workspace.originals, known)
            found.append(Checked(kept, kept.kind == "document", remains=tuple(left), returned=returned))
        return found


def as_json(receipt: "Kept") -> dict[str, Any]:
    """A receipt as it is shown and downloaded."""
    return {**asdict(receipt), "body": dict(receipt.body), "finished": receipt.finished, "proven": receipt.proven}


def _require(principal: Principal) -> None:
    require(principal, "erase")
    if not sees_all(principal):
        raise AccessDenied(f"'{principal.name}' does not see every document, and whoever is looked for may be in any.")


def _require_auditor(principal: Principal) -> None:
    if not may_audit(principal):
        raise AccessDenied(f"'{principal.name}' may not read receipts; {who_may('audit')} may.")
