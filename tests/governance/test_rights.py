"""The table of rights: what each role gives, and that the core asks the table and nothing else."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.cli.app import app
from core.errors import AccessDenied, RequestError
from core.governance.principals import PERSONAS, may_audit, may_build, may_follow, persona
from core.governance.rights import MEANS, RIGHTS, ROLES, in_short, may, require, rights_of, who_may
from core.types import Principal

ROOT = Path(__file__).parents[2]


def test_what_each_persona_may() -> None:
    assert {name: set(rights_of(who.roles)) for name, who in PERSONAS.items()} == {
        "viewer": {"read"},
        "analyst": {"read"},
        "engineer": {"read", "build", "train", "release", "evaluate", "erase", "read others"},
        "officer": {"read", "audit", "read others", "erase", "edit policy", "see unmasked"},
        "administrator": set(RIGHTS),
    }


def test_a_role_that_is_none_gives_nothing() -> None:
    for roles in ((), ("root",), ("Administrator",), ("administrator ",), ("",)):
        who = Principal("x", roles, ("public",))
        assert rights_of(roles) == () and not any(may(who, right) for right in RIGHTS)
        for right in RIGHTS:
            with pytest.raises(AccessDenied, match=r"^'x' may "):
                require(who, right)


def test_every_right_is_explained_and_given_to_somebody_other_than_nobody() -> None:
    assert set(MEANS) == set(RIGHTS)
    assert set().union(*ROLES.values()) == set(RIGHTS)
    assert all("read" in given for given in ROLES.values())


@pytest.mark.parametrize("name", PERSONAS)
def test_the_short_names_ask_the_table(name: str) -> None:
    who = persona(name)
    assert (may_build(who), may_follow(who), may_audit(who)) == (
        may(who, "build"),
        may(who, "follow folders"),
        may(who, "audit"),
    )


def test_who_may_is_said_by_the_table() -> None:
    assert who_may("edit policy") == "guardians and administrators"
    assert who_may("edit policy", "audit") == "auditors, guardians and administrators"
    assert who_may("erase") == "builders, guardians and administrators"
    assert who_may("administer") == "administrators"
    with pytest.raises(AccessDenied, match=r"^'viewer' may not change policies; guardians and administrators may\.$"):
        require(persona("viewer"), "edit policy")


def test_what_somebody_may_do_is_said_by_the_table() -> None:
    assert {name: in_short(who) for name, who in PERSONAS.items()} == {
        "viewer": "may search and ask",
        "analyst": "may search and ask",
        "engineer": "may change the library, train adapters, evaluate and erase",
        "officer": "may erase, read the audit trail and set the policy",
        "administrator": "may do everything",
    }
    assert in_short(Principal("x", (), ())) == "may do nothing"


def test_nobody_writes_by_hand_which_roles_may() -> None:
    """A sentence that names roles contradicts the table as soon as that changes."""
    told = re.compile(rf"\b(?:{'|'.join(set(ROLES) - {'reader'})})s?\b[^\n\"]{{0,30}} may\b", re.IGNORECASE)
    for folder in ("core", "pages"):
        for file in (ROOT / folder).rglob("*.py"):
            assert not told.findall(file.read_text(encoding="utf-8")), file


def test_no_other_file_decides_by_roles() -> None:
    """Roles are copied and shown in many places, compared in one."""
    told = ("in principal.roles", "in who.roles", "& set(principal.roles)", '"administrator" in', '"builder" in')
    for folder in ("core", "pages"):
        for file in (ROOT / folder).rglob("*.py"):
            found = [each for each in told if each in file.read_text(encoding="utf-8")]
            assert not found or file.name == "rights.py", (file, found)


def called(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["access", *arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def test_the_table_on_the_command_line() -> None:
    told = json.loads(called("--json"))
    assert told["roles"]["builder"] == [right for right in RIGHTS if right in ROLES["builder"]]
    assert told["personas"]["viewer"] == {"roles": ["reader"], "zones": ["public"], "rights": ["read"]}
    assert called().splitlines()[0].split() == list(ROLES)
    one = json.loads(called("--as", "officer", "--json"))
    assert (one["labels"], one["zones"][-1], "audit" in one["rights"]) == ("all", "restricted", True)
    assert "may  audit" in called("--as", "officer") and "-    audit" in called("--as", "viewer")


def test_what_a_mapping_gives_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "access.toml"
    file.write_text(
        'issuer = "https://login.fernmoor.example"\ngroups_claim = "realm.groups"\nemail_domains = ["fernmoor.example"]\n'
        '[groups.harbour]\nroles = ["builder"]\nzones = ["internal", "public"]\n'
    )
    monkeypatch.setenv("TOUCHSTONE_ACCESS", str(file))
    told = json.loads(called("--group", "harbour", "--group", "strangers", "--json"))
    assert (told["roles"], told["zones"], told["labels"]) == (["builder"], ["public", "internal"], [])
    assert json.loads(called("--group", "strangers", "--json"))["zones"] == []
    assert called("--subject", "4711").strip() == "user-bed3e137f742c9509484"
    assert called().splitlines()[-1].endswith("groups of the mapping: harbour (--group NAME shows one).")


@pytest.mark.parametrize("content", [b"a = = b", b"\xff\xfe\x00\x9a", b"issuer = 3"])
def test_a_wrong_mapping_is_told_by_every_way_of_access(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "access.toml"
    file.write_bytes(content)
    monkeypatch.setenv("TOUCHSTONE_ACCESS", str(file))
    for arguments in ((), ("--as", "viewer"), ("--group", "harbour")):
        with pytest.raises(RequestError, match=r"The access mapping '.*' is (no|wrong)") as told:
            called(*arguments)
        assert "codec" not in str(told.value) and told.value.exit_code == 2
