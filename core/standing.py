"""What can be said of a workspace's protection, one claim at a time, with the command that checks it.

It reads what the parts say of themselves and carries no check out; what goes out of this machine is `core.outward`.
"""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core import protecting
from core.governance.audit import Query
from core.governance.principals import PERSONAS
from core.governance.protection import CHECK as CHECK_PROTECTION
from core.governance.trail import DAMAGED, VERIFIED, Entry
from core.types import ZONES, Principal
from core.wording import many

if TYPE_CHECKING:
    from core.outward import Serving
    from core.workbench import Workbench

State = Literal["good", "attention", "not set"]
"""not set: nothing is wrong, and nothing protects either."""

CHECKED = "checked security"
"""The act by which a check of all claims stands in the audit trail."""
_SEALED_FIRST = ("originals", "database", "words in the index")
"""The kinds of thing that hold texts of documents."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One claim as it stands now."""

    topic: str
    """One word, by which an outcome of a check names it."""
    title: str
    state: State
    sentence: str
    check: str
    """The command that checks the claim."""
    details: tuple[tuple[str, str], ...] = ()
    """Further facts, each with its name."""


def policy(bench: "Workbench", principal: Principal) -> Standing:
    """The rules in force, and what they do to the documents that the principal may see."""
    rules = bench.guarding.policies(principal)[0]
    version, seen = rules.policy.version, bench.guarding.documents(principal)
    verdicts = Counter(each.verdict for each in seen)
    covered = sum(each.covered for each in seen)
    aside, doubted = verdicts["quarantine"], verdicts["downgrade"]
    acting = any(rule.action != "allow" for zone in ZONES for rule in rules.policy.zones[zone])
    if not acting:
        told = f"Version {version} of the policy allows everything that documents hold."
    else:
        of = f"of {many(len(seen), 'document')} that you may see {_are(aside)} in quarantine, {_are(doubted)}"
        told = f"Version {version} of the policy is in force; {of} of low trust."
    kinds = Counter[str]()
    for each in seen:
        for (_, kind, action), count in each.counts.items():
            kinds[kind] += count if action != "allow" else 0
    found = ", ".join(f"{kind} ({count:,})" for kind, count in kinds.most_common(5) if count)
    return Standing(
        "policy",
        "Guardrails",
        "not set" if not acting else "attention" if aside or doubted else "good",
        told,
        "python -m core guardrails prove",
        (
            ("Version", f"{version}, {f'since {rules.at[:10]}' if rules.at else 'as a workspace begins'}"),
            ("Covered", f"{many(covered, 'place')} in documents"),
            ("Acted upon", found or "nothing that was found"),
            ("Not found", "what the detectors miss; see docs/security.md"),
        ),
    )


def access(bench: "Workbench", serving: "Serving") -> Standing:
    """Whether people sign in, or choose who they are."""
    where = "this computer only" if serving.local else f"others too ({serving.address or 'every address'})"
    if bench.settings.access:
        mapped = bench.sign_on.mapped
        return Standing(
            "access",
            "Access",
            "good",
            f"People sign in at {mapped.issuer}; {many(len(mapped.groups), 'group')} of theirs give roles and zones.",
            "python -m core access --group NAME",
            (
                ("Mapping", str(bench.settings.access)),
                ("Session", f"{mapped.session_hours} hours" if mapped.session_hours else "as long as the token"),
                ("Served to", where),
            ),
        )
    told = "Nobody signs in: whoever reaches the app chooses who to be, the administrator included."
    return Standing(
        "access",
        "Access",
        "attention",
        f"{told} That is a switch for demonstrations, no boundary."
        + ("" if serving.local else " And the app is served to other computers."),
        "python -m core access",
        (("Personas", ", ".join(PERSONAS)), ("Served to", where), ("Instead", "a sign-on; see docs/access.md")),
    )


def audit(bench: "Workbench", principal: Principal) -> Standing:
    """The trail, and what its newest verification found, wherever it was asked for."""
    newest = next(iter(bench.audit.search(principal, Query(), 1)), None)
    last = _newest(bench, principal, VERIFIED)
    found = next(iter(bench.audit.search(principal, Query(act=DAMAGED), 1)), None)
    wrong = bench.audit.glance(principal)
    state, told = "attention", wrong
    if wrong:
        told = f"Not intact. {wrong}"
    elif newest is None:
        state, told = "not set", "Nothing was done here yet, so the trail has no entry."
    elif last is None and found is None:
        told = f"{_entries(newest.seq)}; the trail was never verified."
    elif last is None or not last.facts["good"] or (found and found.seq > last.seq):
        told = f"{_entries(newest.seq)}; the trail was not found intact."
    else:
        state = "good"
        whole, since = int(last.facts["entries"]), newest.seq - int(last.facts["entries"])
        told = f"The first {_entries(whole)} were" if whole != 1 else "The first entry was"
        told = f"{told} intact when last verified" if whole else "The trail was empty when last verified"
        told += f"; {since:,} more since, with the note of that." if since > 1 else "; that was noted as one more."
    second = bench.settings.audit_checkpoint
    key = "in the environment" if bench.settings.audit_key else "in the workspace: who may read the folder can forge"
    return Standing(
        "audit",
        "Audit trail",
        state,  # type: ignore[arg-type]
        told,
        "python -m core audit verify",
        (
            ("Last verified", f"{last.at[:16].replace('T', ' ')} UTC by {last.who}" if last else "never"),
            ("Second checkpoint", "in another folder" if second else "none: an older copy of both would pass"),
            ("Key", key),
        ),
    )


def encryption(bench: "Workbench", principal: Principal) -> Standing:
    """What is encrypted on the disk and what is not, kind by kind."""
    claims = protecting.claims(bench, principal)
    states = {claim.kind: claim.state for claim in claims}
    lacking = [kind for kind in _SEALED_FIRST if states.get(kind) in ("plain", "in part")]
    if bench.vault is None:
        state, told = "not set", "Nothing is encrypted at rest: whoever has the folder, or a copy of it, can read it."
    elif lacking or states.get("index") == "elsewhere":
        plainly = ", ".join(lacking) or "the index, which lies on a server,"
        state, told = "attention", f"A key is set, and {plainly} is not encrypted with it."
    else:
        state, told = "good", "Documents, the database and the words in the index are encrypted; vectors are not."
    rows = ((claim.kind, f"{claim.state}. {claim.told}".strip()) for claim in claims if claim.state != "none")
    return Standing("encryption", "Encryption at rest", state, told, CHECK_PROTECTION, tuple(rows))  # type: ignore[arg-type]


def retention(bench: "Workbench") -> Standing:
    """What expires by itself."""
    kinds = {
        "Questions and answers": bench.settings.retention_traces,
        "Feedback": bench.settings.retention_feedback,
        "Evaluations": bench.settings.retention_evaluations,
        "Uploads that wait": bench.settings.retention_jobs,
    }
    held = [kind for kind, days in kinds.items() if not days]
    if len(held) == len(kinds):
        told = "Nothing expires: what people asked and said is kept until somebody erases it."
    else:
        told = f"{len(kinds) - len(held)} of {len(kinds)} kinds of record expire by themselves, every night."
    return Standing(
        "retention",
        "Retention",
        "not set" if len(held) == len(kinds) else "good",
        told,
        "python -m core retention",
        tuple((kind, f"after {many(days, 'day')}" if days else "kept") for kind, days in kinds.items()),
    )


def limits(bench: "Workbench") -> Standing:
    """How much one person may ask of the app."""
    most = bench.settings.served()
    rows = (
        ("Questions in a minute", most.limit_questions),
        ("Characters of a question", most.limit_characters or 4_000),
        ("MB of uploads in 24 hours", most.limit_uploads),
        ("Jobs at once", most.limit_jobs),
    )
    open_ended = [name if name.startswith("MB") else name.lower() for name, value in rows if not value]
    told = "What one person may ask of the app is bounded."
    if open_ended:
        told = f"These have no limit: {', '.join(open_ended)}."
    return Standing(
        "limits",
        "Limits",
        "attention" if open_ended else "good",
        told,
        "python -m core security --check",
        tuple((name, f"{value:,}" if value else "no limit") for name, value in rows),
    )


def receipts(bench: "Workbench", principal: Principal) -> Standing:
    """Whether what was erased has receipts that are as they were signed, and whether any of it is back."""
    found = bench.forgetting.verify_all(principal)
    last = _newest(bench, principal, CHECKED)
    signed = Counter(each.receipt.signature for each in found)
    broken = sum(not each.receipt.finished for each in found)
    left = [each.receipt.id[:12] for each in found if each.remains]
    new = [(each, back) for each in found for back in each.new]
    of, command = many(len(found), "receipt"), "python -m core receipts list"
    state = "attention"
    if not found:
        state, told = "not set", "Nothing was erased yet; each erasure will leave a signed receipt."
    elif signed["changed"]:
        was = "was" if signed["changed"] == 1 else "were"
        told = f"Of {of}, {signed['changed']} {was} changed after signing."
    elif left:
        hold = "does not hold" if len(left) == 1 else "do not hold"
        told = f"Of {of}, {len(left)} {hold}: what was erased is there ({', '.join(left[:5])})."
    elif broken or signed["none"]:
        told = f"Of {of}, {signed['none']} unsigned and {broken} unfinished."
    elif new:
        each, back = new[0]
        told = f"{of}, as signed. A document of {each.receipt.id[:12]} came in again on {back.at[:10]}"
        told += f", and {len(new) - 1} more." if len(new) > 1 else "."
        command = f"python -m core receipts acknowledge {each.receipt.id[:12]}"
    elif last and last.facts.get("receipts") == "wrong":
        told = f"{of}, as signed now; when last checked, not all of them held. Check them again."
        command = "python -m core security --check"
    else:
        state, told = "good", f"{of}, each as it was signed."
    newest = found[0].receipt.at[:10] if found else "none"
    proven = sum(each.receipt.proven for each in found)
    came = sum(len(each.returned) for each in found)
    details = (
        ("Newest", newest),
        ("Proven by a scan of every byte", f"{proven} of {len(found)}"),
        ("Came in again later", many(came, "document") if came else "none"),
    )
    return Standing("receipts", "Erasure receipts", state, told, command, details)  # type: ignore[arg-type]


def _newest(bench: "Workbench", principal: Principal, act: str) -> Entry | None:
    """The newest entry of an act that was carried out."""
    return next((each for each in bench.audit.search(principal, Query(act=act), 20) if each.outcome == "done"), None)


def _entries(count: int) -> str:
    return many(count, "entry", "entries")


def _are(count: int) -> str:
    return f"{count or 'none'} {'is' if count < 2 else 'are'}"
