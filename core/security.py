"""The state of a workspace's protection at a glance, the checks of it, and a summary for an auditor to take away.

`core.standing` and `core.outward` say what is claimed. Each check tries the thing itself: the trail's MACs, receipts,
raw bytes, checksums, a limit that is overrun, a person without rights. It mends nothing.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from core import outward, protecting, standing
from core.desks.guarding import Sifting
from core.errors import LimitReached, RequestError, TouchstoneError
from core.governance.audit import require_auditor
from core.governance.limits import Allowance, Limits
from core.governance.rights import RIGHTS, may
from core.jobs import Job
from core.models.cache import changed
from core.models.catalogue import CATALOGUE
from core.outward import Serving
from core.standing import CHECKED, Standing
from core.types import Principal
from core.wording import many

if TYPE_CHECKING:
    from core.workbench import Workbench

TITLE = "Checking security"
NOBODY = Principal("nobody", (), ())
_MOST_TRIED = 10_000
"""Questions and jobs that a limit is tried with, at most."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check found."""

    topic: str
    """That of the standing whose claim was checked."""
    good: bool
    sentence: str


def posture(bench: "Workbench", principal: Principal, serving: Serving | None = None) -> tuple[Standing, ...]:
    """Every claim as it stands now; raises AccessDenied unless the principal audits.

    `serving` is how the app is served; without it what the configuration says. A part that cannot be read is a claim
    that needs attention, with the sentence why.
    """
    require_auditor(principal)
    served = serving or outward.configured()
    claims: tuple[tuple[str, str, Callable[[], Standing]], ...] = (
        ("policy", "Guardrails", lambda: standing.policy(bench, principal)),
        ("access", "Access", lambda: standing.access(bench, served)),
        ("audit", "Audit trail", lambda: standing.audit(bench, principal)),
        ("encryption", "Encryption at rest", lambda: standing.encryption(bench, principal)),
        ("receipts", "Erasure receipts", lambda: standing.receipts(bench, principal)),
        ("retention", "Retention", lambda: standing.retention(bench)),
        ("limits", "Limits", lambda: standing.limits(bench)),
        ("models", "Model checksums", lambda: outward.models(bench)),
        ("network", "Network", lambda: outward.network(bench)),
        ("telemetry", "Telemetry", lambda: outward.telemetry(served)),
    )
    return tuple(_told(*claim) for claim in claims)


def check(
    bench: "Workbench",
    principal: Principal,
    report: Callable[[Sifting], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Outcome, ...]:
    """Carry out every check that needs no one's judgement, and note in the audit how each ended.

    Raises AccessDenied, and RequestError when it was cancelled.
    """
    with bench.audit.noting(principal, CHECKED) as noting:
        require_auditor(principal)
        steps: tuple[tuple[str, str, Callable[[], Outcome]], ...] = (
            ("audit", "Verifying the audit trail", lambda: _audit(bench, principal)),
            ("access", "Trying the rights of nobody", lambda: _access(bench)),
            ("limits", "Overrunning the limits", lambda: _limits(bench)),
            ("receipts", "Verifying receipts", lambda: _receipts(bench, principal)),
            ("encryption", "Reading every byte of the workspace", lambda: _encryption(bench, principal)),
            ("models", "Hashing the weights", lambda: _models(bench)),
        )
        found = []
        for done, (topic, doing, step) in enumerate(steps):
            if cancelled():
                raise RequestError("The check was cancelled.")
            report(Sifting(doing, done, len(steps)))
            found.append(_tried(topic, step))
        ended: dict[str, Any] = {each.topic: "good" if each.good else "wrong" for each in found}
        try:
            noting.done(**ended)
        except RequestError as error:  # a trail that takes no entry is itself what was looked for
            found = [Outcome("audit", False, str(error)) if each.topic == "audit" else each for each in found]
    return tuple(found)


def start_check(bench: "Workbench", principal: Principal) -> Job:
    """The same as a job: `job.progress` is a Sifting, `job.result` the outcomes; raises AccessDenied."""
    require_auditor(principal)

    def work(job: Job) -> tuple[Outcome, ...]:
        def report(progress: Sifting) -> None:
            job.progress = progress

        return check(bench, principal, report, lambda: job.cancelled)

    return bench.jobs.start(TITLE, principal.name, work, lane="security")


def summary(
    bench: "Workbench", principal: Principal, outcomes: tuple[Outcome, ...] = (), serving: Serving | None = None
) -> str:
    """All of it as a JSON document, noted in the audit as an export; raises AccessDenied."""
    with bench.audit.noting(principal, "exported security summary") as noting:
        claims = posture(bench, principal, serving)
        told = {
            "workspace": bench.workspace.identity(),
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "by": principal.name,
            **as_json(claims, outcomes),
        }
        noting.done(attention=sum(claim.state == "attention" for claim in claims), checks=len(outcomes))
    return json.dumps(told, ensure_ascii=False, indent=2)


def as_json(claims: tuple[Standing, ...], outcomes: tuple[Outcome, ...] = ()) -> dict[str, object]:
    """Claims and outcomes as plain data."""
    standings = [
        asdict(claim) | {"details": [{"what": what, "told": told} for what, told in claim.details]} for claim in claims
    ]
    return {"claims": standings, "checks": [asdict(each) for each in outcomes]}


# -- within ------------------------------------------------------------------------------------------------------------


def _told(topic: str, title: str, claim: Callable[[], Standing]) -> Standing:
    try:
        return claim()
    except TouchstoneError as error:
        return Standing(topic, title, "attention", str(error), "python -m core security --check")


def _tried(topic: str, step: Callable[[], Outcome]) -> Outcome:
    try:
        return step()
    except TouchstoneError as error:
        return Outcome(topic, False, str(error))


def _audit(bench: "Workbench", principal: Principal) -> Outcome:
    verdict = bench.audit.verify(principal)
    if verdict.intact:
        whole = "1 entry is as it was" if verdict.entries == 1 else f"{verdict.entries:,} entries are as they were"
        return Outcome("audit", True, f"Intact: {whole} written.")
    return Outcome("audit", False, f"Not intact: {verdict.sentence}")


def _access(bench: "Workbench") -> Outcome:
    """Somebody without roles and zones has no right and is shown no document."""
    given = [right for right in RIGHTS if may(NOBODY, right)]
    shown = len(bench.documents(NOBODY)) + len(bench.guarding.documents(NOBODY)) + len(bench.names(NOBODY))
    if given or shown:
        rights, seen = many(len(given), "right"), many(shown, "document")
        return Outcome("access", False, f"Somebody without a role has {rights} and sees {seen}.")
    return Outcome("access", True, f"Somebody without a role has none of {len(RIGHTS)} rights and sees no document.")


def _limits(bench: "Workbench") -> Outcome:
    """The allowance of the app overrun on a counter of its own, so that nobody's is used up."""
    most = bench.settings.served()
    allowed = Allowance(
        most.limit_questions or 0, most.limit_characters or 0, most.limit_uploads or 0, most.limit_jobs or 0
    )
    counter = Limits(allowed, lambda: 0.0, lambda _name, _act: None)
    tries: dict[str, Callable[[], None]] = {}
    if 0 < allowed.questions <= _MOST_TRIED:
        for _ in range(allowed.questions):
            counter.question("somebody", 1)
        tries["questions"] = lambda: counter.question("somebody", 1)
    if allowed.characters:
        tries["characters"] = lambda: counter.question("another", allowed.characters + 1)
    if allowed.megabytes:
        tries["uploads"] = lambda: counter.upload("somebody", (allowed.megabytes << 20) + 1)
    if allowed.jobs:
        tries["jobs"] = lambda: counter.job("somebody", allowed.jobs)
    passed = [name for name, overrun in tries.items() if not _refused(overrun)]
    if passed:
        return Outcome("limits", False, f"More than the limit was let through: {', '.join(passed)}.")
    return Outcome("limits", True, f"One more than allowed was refused: {', '.join(tries) or 'no limit is set'}.")


def _refused(act: Callable[[], None]) -> bool:
    try:
        act()
    except LimitReached:
        return True
    return False


def _receipts(bench: "Workbench", principal: Principal) -> Outcome:
    found = bench.forgetting.verify_all(principal)
    bad = [each.receipt.id[:8] for each in found if not each.good]
    if bad:
        fail = f"{len(bad)} of {many(len(found), 'receipt')} {'does' if len(bad) == 1 else 'do'} not hold"
        return Outcome("receipts", False, f"{fail}: {', '.join(bad[:5])}.")
    if not found:
        return Outcome("receipts", True, "There is no receipt to verify.")
    came = sum(len(each.returned) for each in found)
    again = f"{many(came, 'erased document')} came in again later" if came else "no erased document is back"
    signed = "1 is as it was" if len(found) == 1 else f"{len(found):,} are as they were"
    return Outcome("receipts", True, f"{signed} signed, and {again}.")


def _encryption(bench: "Workbench", principal: Principal) -> Outcome:
    found = protecting.check(bench, principal)
    if not found.kept:
        wrong = [*(f"{file} holds text in plain" for file in found.found), *found.broken]
        return Outcome("encryption", False, f"What is claimed does not hold: {wrong[0].rstrip('.')}.")
    read = f"{found.bytes / 1e6:,.1f} MB of {many(found.files, 'file')}"
    if not found.encrypted:
        return Outcome("encryption", True, f"No encryption is claimed; {read} were read.")
    return Outcome("encryption", True, f"{read} hold none of {found.pieces:,} known pieces of text in plain.")


def _models(bench: "Workbench") -> Outcome:
    root = bench.settings.models
    here = [each for each in CATALOGUE.values() if (root / each.folder).is_dir()]
    wrong = [f"{name} of {each.title}" for each in here for name in changed(root, each.key)]
    if wrong:
        return Outcome("models", False, f"Changed since they were fetched: {', '.join(wrong)}.")
    return Outcome("models", True, f"Every byte of {many(len(here), 'model')} is as it was fetched.")
