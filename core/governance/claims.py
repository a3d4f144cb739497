"""From the claims of a signed-in person to a principal, by a mapping that the operator writes; it signs nobody in.

Whatever is not said gives nothing: a group that the mapping does not name, a claim of another shape, a token without an
end. Signatures are checked before by whoever received the token; here only what it says.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from core.errors import AccessDenied, RequestError
from core.governance.rights import ROLES, may
from core.types import ZONES, Principal, Zone

ALL = "all"
"""In the place of a list of labels: no limit by label."""
_LEEWAY = 60
"""Seconds that the clocks of provider and app may differ."""
_TOP = {"issuer", "email_domains", "groups_claim", "session_hours", "groups"}
_GROUP = {"roles", "zones", "labels"}


@dataclass(frozen=True, slots=True)
class Group:
    """What the members of a group of the provider get here."""

    roles: tuple[str, ...] = ()
    zones: tuple[Zone, ...] = ()
    labels: tuple[str, ...] | None = ()
    """None sets no limit by label; without any, labelled documents stay hidden."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """The operator's mapping."""

    issuer: str
    """Tokens of any other issuer are refused."""
    groups_claim: str
    """The claim that holds a person's groups; dots lead into nested ones, as realm_access.roles."""
    groups: Mapping[str, Group]
    email_domains: tuple[str, ...] = ()
    """Where given, a verified e-mail address of one of these domains is needed."""
    session_hours: float | None = None
    """How long a sign-on holds from the moment of its token; without it, to the end that the token names."""


NOBODY = Mapped("", "", MappingProxyType({}))
"""The mapping where none is configured: nobody is admitted."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """A signed-in person."""

    principal: Principal
    shown: str
    """What the person is called on the page; anyone may choose it at the provider, so it decides nothing."""
    until: float
    """When the sign-on ends, in seconds since 1970."""


def read_mapping(file: Path) -> Mapped:
    """The mapping of a TOML file; raises RequestError with one sentence that says what is wrong with it."""
    try:
        body = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise RequestError(f"The access mapping '{file}' cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise RequestError(f"The access mapping '{file}' is no text in UTF-8, so no valid TOML.") from None
    except tomllib.TOMLDecodeError as error:
        raise RequestError(f"The access mapping '{file}' is no valid TOML: {error}.") from None
    try:
        return _mapped(body)
    except _Wrong as wrong:
        raise RequestError(f"The access mapping '{file}' is wrong: {wrong}.") from None


def subject(issuer: str, sub: str) -> str:
    """The name of a person in audit and traces, made of what the provider never gives to another one.

    "user-" and the first 20 hex digits of the sha256 of the canonical JSON of [issuer, sub]. A display name or an
    address can be chosen, changed and given to somebody else; neither is in it, nor can one be read out of it.
    """
    told = json.dumps([issuer, sub], ensure_ascii=False, separators=(",", ":"))
    return "user-" + hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def admitted(claims: Mapping[str, Any], mapped: Mapped, now: float) -> Admitted:
    """The person of a checked token at the time `now`, in seconds since 1970.

    Raises AccessDenied for another issuer, no subject, a missing or past end, and an address that is not verified or of
    no allowed domain. Who belongs to no group of the mapping is admitted and sees nothing.
    """
    issuer, sub = claims.get("iss"), claims.get("sub")
    if not mapped.issuer:
        raise AccessDenied("Nobody is admitted yet: TOUCHSTONE_ACCESS names no access mapping.")
    if not isinstance(issuer, str) or issuer != mapped.issuer:
        raise AccessDenied("You were signed in by a provider that is not the one of this workspace.")
    if not isinstance(sub, str) or not sub.strip():
        raise AccessDenied("The provider did not say who you are: its token has no subject.")
    until = _end(claims, mapped)
    if until is None:
        raise AccessDenied("The provider's token does not say how long it holds.")
    if now >= until:
        raise AccessDenied("Your sign-on has expired; sign in again.")
    _require_address(claims, mapped)
    principal = _principal(subject(issuer, sub), groups_of(claims, mapped.groups_claim), mapped)
    return Admitted(principal, _shown(claims, principal.name), until)


def groups_of(claims: Mapping[str, Any], claim: str) -> tuple[str, ...]:
    """The groups in a claim: a list of texts, or one text; anything else is none."""
    value: Any = claims.get(claim)
    if value is None:
        value = claims
        for part in claim.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, Sequence) or not all(isinstance(each, str) for each in value):
        return ()
    return tuple(value)


def _principal(name: str, groups: Sequence[str], mapped: Mapped) -> Principal:
    """Roles and zones of all groups together.

    Labels hold in every zone of a person. So that two groups together show nothing that neither shows, groups with
    zones narrow each other's labels; a group without zones adds its own.
    """
    held = [mapped.groups[name] for name in dict.fromkeys(groups) if name in mapped.groups]
    roles = {role for group in held for role in group.roles}
    zones = {zone for group in held for zone in group.zones}
    placed = [group.labels for group in held if group.zones]
    added = [group.labels for group in held if not group.zones]
    limited = [set(labels) for labels in placed if labels is not None]
    labels: set[str] | None = None
    if any(each is None for each in added):
        labels = None
    elif limited or not placed:
        common = set.intersection(*limited) if limited else set()
        labels = common.union(*(each for each in added if each is not None))
    found = Principal(
        name,
        tuple(role for role in ROLES if role in roles),
        tuple(zone for zone in ZONES if zone in zones),
        None if labels is None else tuple(sorted(labels)),
    )
    return found if may(found, "read") else Principal(name, found.roles, (), ())


def _end(claims: Mapping[str, Any], mapped: Mapped) -> float | None:
    exp, iat = _number(claims.get("exp")), _number(claims.get("iat"))
    if mapped.session_hours is None:
        return None if exp is None else exp + _LEEWAY
    return None if iat is None else iat + mapped.session_hours * 3600


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 < value < 1e11 else None


def _require_address(claims: Mapping[str, Any], mapped: Mapped) -> None:
    if not mapped.email_domains:
        return
    address = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(address, str):
        raise AccessDenied("The provider does not say that your e-mail address is verified.")
    if address.count("@") != 1 or address.rpartition("@")[2].casefold() not in mapped.email_domains:
        raise AccessDenied("Your e-mail address is of no domain that is admitted here.")


def _shown(claims: Mapping[str, Any], otherwise: str) -> str:
    for claim in ("name", "preferred_username", "email"):
        if isinstance(value := claims.get(claim), str) and value.strip():
            return value.strip()[:80]
    return otherwise


class _Wrong(Exception):
    """What is wrong with a mapping, as the end of a sentence."""


def _mapped(body: Mapping[str, Any]) -> Mapped:
    _known(body, _TOP, "at the top")
    issuer, claim = _text(body, "issuer"), _text(body, "groups_claim")
    domains = tuple(each.casefold().lstrip("@") for each in _texts(body, "email_domains", "email_domains"))
    hours = body.get("session_hours")
    if hours is not None and (isinstance(hours, bool) or not isinstance(hours, int | float) or not 0 < hours <= 720):
        raise _Wrong("session_hours must be a number above 0 and at most 720")
    groups = body.get("groups", {})
    if not isinstance(groups, dict) or not all(isinstance(each, dict) for each in groups.values()):
        raise _Wrong("groups must be tables, one for each group, as [groups.readers]")
    return Mapped(
        issuer,
        claim,
        MappingProxyType({name: _group(name, held) for name, held in groups.items()}),
        domains,
        float(hours) if hours is not None else None,
    )


def _group(name: str, body: Mapping[str, Any]) -> Group:
    where = f"the group '{name}'"
    _known(body, _GROUP, f"of {where}")
    roles, zones = _texts(body, "roles", where), _texts(body, "zones", where)
    _among(roles, tuple(ROLES), "role", where)
    _among(zones, ZONES, "zone", where)
    labels = None if body.get("labels") == ALL else _texts(body, "labels", where)
    return Group(roles, tuple(zone for zone in ZONES if zone in zones), labels)


def _known(body: Mapping[str, Any], names: set[str], where: str) -> None:
    if unknown := sorted(set(body) - names):
        raise _Wrong(f"there is no setting '{unknown[0]}' {where}; choose {', '.join(sorted(names))}")


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise _Wrong(f"it needs a text as {name}")
    return value


def _texts(body: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
    value = body.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, str) and each.strip() for each in value):
        raise _Wrong(f"{name} of {where} must be a list of texts" if where != name else f"{name} must be a list")
    return tuple(value)


def _among(given: Sequence[str], known: Sequence[str], what: str, where: str) -> None:
    if unknown := [each for each in given if each not in known]:
        raise _Wrong(f"{where} names the {what} '{unknown[0]}', which is none; choose {', '.join(known)}")
