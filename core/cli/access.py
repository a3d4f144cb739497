"""`python -m core access`: the table of rights, one persona, what a mapping gives; it opens no workspace."""

import time
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from core.cli.output import JsonOption, settings, show
from core.errors import RequestError
from core.governance.claims import ALL, Mapped, admitted, read_mapping, subject
from core.governance.principals import PERSONAS, persona
from core.governance.rights import MEANS, RIGHTS, ROLES, rights_of
from core.types import Principal


def access(
    as_person: Annotated[str | None, typer.Option("--as", help="What this persona may do.")] = None,
    group: Annotated[
        list[str] | None, typer.Option("--group", help="What the mapping gives who is in this group; repeat it.")
    ] = None,
    sub: Annotated[
        str | None, typer.Option("--subject", help="The name in the audit of this subject of the mapping's issuer.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show who may do what: the table of rights by role, one persona, or what TOUCHSTONE_ACCESS gives to groups."""
    if sum(each is not None for each in (as_person, sub)) + bool(group) > 1:
        raise RequestError("Choose one of --as, --group and --subject.")
    mapped = _mapping() if group or sub is not None or settings(None).access else None  # a wrong one is told at once
    if as_person is not None:
        _person(persona(as_person), as_json)
    elif group and mapped:
        _person(_tried(mapped, group), as_json)
    elif sub is not None and mapped:
        name = subject(mapped.issuer, sub)
        show({"subject": sub, "name": name}, as_json, lambda: [name])
    else:
        _table(mapped, as_json)


def _mapping() -> Mapped:
    file = settings(None).access
    if file is None:
        raise RequestError("No mapping is configured; name its file by TOUCHSTONE_ACCESS.")
    return read_mapping(file)


def _tried(mapped: Mapped, groups: list[str]) -> Principal:
    """Somebody in these groups whose token is in order."""
    claims: dict[str, Any] = {
        "iss": mapped.issuer,
        "sub": "example",
        "iat": time.time(),
        "exp": time.time() + 60,
        "email_verified": True,
        "email": f"example@{mapped.email_domains[0]}" if mapped.email_domains else "",
        mapped.groups_claim: groups,
    }
    return admitted(claims, mapped, time.time()).principal


def _person(who: Principal, as_json: bool) -> None:
    rights = rights_of(who.roles)
    labels: object = ALL if who.labels is None else list(who.labels)
    told: Mapping[str, object] = {
        "name": who.name,
        "roles": list(who.roles),
        "zones": list(who.zones),
        "labels": labels,
        "rights": list(rights),
    }
    told_labels = "every label" if who.labels is None else ", ".join(who.labels) or "only what has no label"
    show(
        told,
        as_json,
        lambda: [
            f"{who.name}: {', '.join(who.roles) or 'no role'}",
            f"sees: {', '.join(who.zones) or 'nothing'}; {told_labels}",
            *(f"{'may' if right in rights else '-':5}{right:16}{MEANS[right]}" for right in RIGHTS),
        ],
    )


def _told(mapped: Mapped | None) -> list[str]:
    if mapped is None:
        return []
    groups = ", ".join(sorted(mapped.groups)) or "none"
    return ["", f"People sign in at {mapped.issuer}; groups of the mapping: {groups} (--group NAME shows one)."]


def _table(mapped: Mapped | None, as_json: bool) -> None:
    personas = {
        name: {"roles": list(who.roles), "zones": list(who.zones), "rights": list(rights_of(who.roles))}
        for name, who in PERSONAS.items()
    }
    told = {
        "roles": {role: [right for right in RIGHTS if right in given] for role, given in ROLES.items()},
        "rights": dict(MEANS),
        "personas": personas,
        "groups": sorted(mapped.groups) if mapped else [],
    }

    def lines() -> list[str]:
        marks = [
            f"{right:16}" + "".join(f"{'x' if right in given else '.':>15}" for given in ROLES.values())
            for right in RIGHTS
        ]
        people = [f"{name:16}{', '.join(who.roles)}; sees {', '.join(who.zones)}" for name, who in PERSONAS.items()]
        return [" " * 16 + "".join(f"{role:>15}" for role in ROLES), *marks, "", *people, *_told(mapped)]

    show(told, as_json, lines)
