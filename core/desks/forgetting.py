"""Who may have a person or a user forgotten, and what is noted of it; it carries nothing out itself.

Looking for somebody shows words of every document, so only one who may change the library and sees all of it may do so.
"""

from collections.abc import Mapping, Set
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.desks.documents import require_builder
from core.errors import AccessDenied, NotFound, RequestError
from core.governance.audited import audited
from core.governance.principals import may_audit, sees_all
from core.governance.rights import require
from core.jobs import Job

if TYPE_CHECKING:
    from core.forgetting.barred import Barred, BarredFiles
    from core.forgetting.carrying import Forgotten, Report
    from core.forgetting.debts import Debt
    from core.forgetting.person import Person
    from core.forgetting.places import Way
    from core.forgetting.preview import Preview
    from core.forgetting.receipts import Kept, ReceiptBook
    from core.forgetting.user import UserForgotten, UserPreview
    from core.types import Principal
    from core.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of a receipt found."""

    receipt: "Kept"
    searched: bool = False
    """Whether the scan was made again, for which the name has to be brought."""
    terms: int = 0
    """Names, addresses and numbers that were brought and stand in the receipt."""
    of: int = 0
    """Those that stand in the receipt."""
    remains: tuple[str, ...] = ()
    """What still names the person, or still holds the document."""

    @property
    def good(self) -> bool:
        """Whether the receipt is as it was signed, was carried out to its end, and nothing was found again."""
        return self.receipt.signature != "changed" and self.receipt.finished and not self.remains


class Forgetting:
    """What the workbench hands out as `bench.forgetting`."""

    def __init__(self, bench: "Workbench") -> None:
        self._bench = bench
        self.audit = bench.audit

    # -- a person ------------------------------------------------------------------------------------------------------

    @audited("looked for person", told=lambda found: {"places": len(found.places), "mentions": found.mentions})
    def preview(self, person: "Person", principal: "Principal") -> "Preview":
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
        principal: "Principal",
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
        self, person: "Person", asked: "Way", principal: "Principal", ways: "Mapping[str, Way] | None" = None
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

    def users(self, principal: "Principal") -> list[str]:
        """Names of all whose questions or words are kept; raises AccessDenied."""
        from core.forgetting.user import users

        _require(principal)
        return users(self._bench._engine)

    @audited("looked for user", told=lambda found: {"places": len(found.places)})
    def preview_user(self, user: str, principal: "Principal") -> "UserPreview":
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
    def forget_user(self, user: str, principal: "Principal") -> "UserForgotten":
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

    def start_forget_user(self, user: str, principal: "Principal") -> Job:
        """The same as a job: `job.result` is the receipt."""
        _require(principal)

        def work(job: Job) -> "UserForgotten":
            job.cancellable = False
            return self.forget_user(user, principal)

        return self._bench.jobs.start("Forgetting a user", principal.name, work)

    # -- receipts ------------------------------------------------------------------------------------------------------

    def receipts(self, principal: "Principal") -> "list[Kept]":
        """All receipts, newest first; raises AccessDenied unless the principal audits."""
        _require_auditor(principal)
        return self._book.all()

    def receipt(self, receipt_id: str, principal: "Principal") -> "Kept":
        """One receipt, by its id or how it begins; raises AccessDenied, NotFound."""
        _require_auditor(principal)
        return self._book.get(receipt_id)

    @audited("verified receipt", told=lambda found: {"receipt": found.receipt.id, "good": found.good})
    def verify(self, receipt_id: str, principal: "Principal", person: "Person | None" = None) -> Checked:
        """Check that a receipt is as it was signed, and with its person that still nothing is found of them.

        Raises AccessDenied, NotFound, and RequestError where the receipt is about somebody else.
        """
        from core.forgetting.carrying import prove

        _require_auditor(principal)
        kept = self._book.get(receipt_id)
        if kept.kind == "document":
            held = {each.id for each in self._bench.library.standings()}
            return Checked(kept, True, remains=tuple(self._still_there(kept, held)))
        if person is None or kept.kind != "person":
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

    def verify_all(self, principal: "Principal") -> list[Checked]:
        """Every receipt with its signature and, of documents, whether they are back; raises AccessDenied.

        Names are not searched for: whoever brings one verifies that receipt by itself.
        """
        held = {each.id for each in self._bench.library.standings()}
        return [
            Checked(kept, kept.kind == "document", remains=tuple(self._still_there(kept, held)))
            for kept in self.receipts(principal)
        ]

    # -- files and adapters --------------------------------------------------------------------------------------------

    def barred(self, principal: "Principal") -> "list[Barred]":
        """Files that are not taken in again since they name somebody who is forgotten; raises AccessDenied."""
        _require_auditor(principal)
        return self._barred.all()

    @audited("lifted bar", file="identity")
    def lift(self, identity: str, principal: "Principal") -> None:
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

    def debts(self, principal: "Principal") -> "list[Debt]":
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

    def _still_there(self, kept: "Kept", held: Set[str]) -> list[str]:
        """What is still there of an erased document; its text is not in its receipt, so it cannot be searched."""
        if kept.kind != "document":
            return []
        ids, hashes = set(kept.body["document_ids"]), set(kept.body["content_sha256"])
        originals = self._bench.workspace.originals
        found = [f"document {each}" for each in sorted(ids & held)]
        return [*found, *(f"originals/{each}" for each in sorted(hashes) if (originals / each).exists())]


def as_json(receipt: "Kept") -> dict[str, Any]:
    """A receipt as it is shown and downloaded."""
    return {**asdict(receipt), "body": dict(receipt.body), "finished": receipt.finished, "proven": receipt.proven}


def _require(principal: "Principal") -> None:
    require(principal, "erase")
    if not sees_all(principal):
        raise AccessDenied(f"'{principal.name}' does not see every document, and whoever is looked for may be in any.")


def _require_auditor(principal: "Principal") -> None:
    if not may_audit(principal):
        raise AccessDenied(f"'{principal.name}' may not read receipts; auditors and administrators may.")
