"""Who may do what: the one table of rights by role, and the check of them; it knows no document and no zone.

A role gives rights, zones and labels give sight: whoever may build does so only with what he may see.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal, get_args

from core.errors import AccessDenied
from core.types import Principal
from core.wording import listed

Right = Literal[
    "read",
    "build",
    "train",
    "release",
    "evaluate",
    "erase",
    "read others",
    "audit",
    "see unmasked",
    "edit policy",
    "follow folders",
    "see all jobs",
    "administer",
]
RIGHTS: tuple[Right, ...] = get_args(Right)

MEANS: Mapping[Right, str] = MappingProxyType(
    {
        "read": "see documents of the own zones, search, ask, give feedback",
        "build": "bring, change and withdraw documents, save recipes, change passages, ask a server for its models",
        "train": "make datasets, train and prove adapters",
        "release": "release, retire, remove, export and import adapters",
        "evaluate": "keep question sets and facts, run evaluations, sweeps and checks",
        "erase": "erase documents with everything that came of them",
        "read others": "open what others asked, as far as they may see what was shown",
        "audit": "read, check and export the audit trail",
        "see unmasked": "see personal data that a policy masks",
        "edit policy": "change what the guardrails do",
        "follow folders": "have a folder of this computer followed",
        "see all jobs": "see and cancel the work of others",
        "administer": "whatever concerns the workspace as a whole",
    }
)

ROLES: Mapping[str, frozenset[Right]] = MappingProxyType(
    {
        "reader": frozenset[Right]({"read"}),
        "evaluator": frozenset[Right]({"read", "evaluate", "read others"}),
        "builder": frozenset[Right]({"read", "build", "train", "release", "evaluate", "erase", "read others"}),
        "auditor": frozenset[Right]({"read", "audit", "read others"}),
        "guardian": frozenset[Right]({"read", "erase", "edit policy", "see unmasked"}),
        "administrator": frozenset[Right](RIGHTS),
    }
)
"""A role that does not stand here gives nothing."""

_REFUSED: Mapping[Right, str] = MappingProxyType(
    {
        "read": "may not ask or search here",
        "build": "may read documents, not change them",
        "train": "may not make datasets or train adapters",
        "release": "may not release, retire or move adapters",
        "evaluate": "may not keep questions or facts, nor measure with them",
        "erase": "may not erase documents",
        "read others": "may not open what others asked",
        "audit": "may not read the audit trail",
        "see unmasked": "may not see what is masked",
        "edit policy": "may not change policies",
        "follow folders": "may not have a folder of this computer followed",
        "see all jobs": "may not see the work of others",
        "administer": "may not administer this workspace",
    }
)


_SHORT: Mapping[Right, str] = MappingProxyType(
    {
        "build": "change the library",
        "train": "train adapters",
        "evaluate": "evaluate",
        "erase": "erase",
        "audit": "read the audit trail",
        "edit policy": "set the policy",
    }
)
"""What the rights that make a difference from day to day come to, in a few words."""


def rights_of(roles: Sequence[str]) -> tuple[Right, ...]:
    """The rights that these roles give together, in the order of the table."""
    given = frozenset[Right]().union(*(ROLES.get(role, frozenset()) for role in roles))
    return tuple(right for right in RIGHTS if right in given)


def who_may(*rights: Right) -> str:
    """The roles that give any of these rights, as words: "guardians and administrators"."""
    names = [f"{role}s" for role, given in ROLES.items() if given & set(rights)]
    return listed(names) or "nobody"


def in_short(principal: Principal) -> str:
    """What somebody may do, as "may change the library, erase and set the policy"."""
    if set(rights_of(principal.roles)) == set(RIGHTS):
        return "may do everything"
    acts = [told for right, told in _SHORT.items() if may(principal, right)]
    if not acts:
        return "may search and ask" if may(principal, "read") else "may do nothing"
    return f"may {listed(acts)}"


def may(principal: Principal, right: Right) -> bool:
    """Whether a role of the principal gives the right."""
    return any(right in ROLES.get(role, ()) for role in principal.roles)


def require(principal: Principal, right: Right) -> None:
    """Raises AccessDenied unless a role of the principal gives the right."""
    if not may(principal, right):
        raise AccessDenied(f"'{principal.name}' {_REFUSED[right]}; {who_may(right)} may.")
