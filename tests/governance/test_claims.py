"""From claims to a principal: what a mapping gives, and that whatever is wrong, missing or unknown gives nothing."""

import random
from pathlib import Path
from typing import Any

import pytest

from core.errors import AccessDenied, RequestError
from core.governance.claims import NOBODY, Group, Mapped, admitted, groups_of, read_mapping, subject
from core.governance.principals import PERSONAS, may_see
from core.governance.sign_on import SignOn
from core.types import ZONES, Principal

ISSUER = "https://login.fernmoor.example"
NOW = 1_800_000_000.0
GROUPS = {
    "readers": Group(("reader",), ("public",), None),
    "staff": Group(("reader",), ("public", "internal"), ("hr",)),
    "vault": Group(("reader",), ("restricted",), ()),
    "builders": Group(("builder",)),
    "finance": Group((), (), ("finance",)),
    "placed without a role": Group((), ("restricted",), None),
}
MAPPED = Mapped(ISSUER, "groups", GROUPS)


def claims(*groups: str, **changes: Any) -> dict[str, Any]:
    told = {"iss": ISSUER, "sub": "4711", "exp": NOW + 300, "iat": NOW - 10, "groups": list(groups), **changes}
    return {name: value for name, value in told.items() if value is not None}


def who(*groups: str, mapped: Mapped = MAPPED, **changes: Any) -> Principal:
    return admitted(claims(*groups, **changes), mapped, NOW).principal


def test_groups_become_roles_and_zones() -> None:
    name = subject(ISSUER, "4711")
    assert who("readers") == Principal(name, ("reader",), ("public",), None)
    assert who("builders", "staff") == Principal(name, ("reader", "builder"), ("public", "internal"), ("hr",))
    assert who("staff", "finance") == Principal(name, ("reader",), ("public", "internal"), ("finance", "hr"))


def test_groups_together_show_nothing_that_none_of_them_shows() -> None:
    assert who("readers", "vault") == Principal(subject(ISSUER, "4711"), ("reader",), ("public", "restricted"), ())
    chance = random.Random(7)
    names = ("a", "b", "c")
    for _ in range(20_000):
        held = {
            name: Group(
                ("reader",),
                tuple(zone for zone in ZONES if chance.random() < 0.4),
                None if chance.random() < 0.2 else tuple(label for label in "xyz" if chance.random() < 0.4),
            )
            for name in names
        }
        made = who(*names, mapped=Mapped(ISSUER, "groups", held))
        zone, labels = chance.choice(ZONES), tuple(label for label in "xyz" if chance.random() < 0.4)
        if may_see(made, zone, labels):
            placed = [group for group in held.values() if group.zones]
            adding = [group for group in held.values() if not group.zones]
            assert any(zone in group.zones for group in placed)
            everywhere = any(group.labels is None for group in adding)
            for label in labels:
                by_all = all(group.labels is None or label in group.labels for group in placed)
                assert everywhere or by_all or any(label in (group.labels or ()) for group in adding)


@pytest.mark.parametrize(
    "groups", [(), ("strangers",), ("READERS",), ("readers ",), ("builders",), ("finance",), ("placed without a role",)]
)
def test_who_is_in_no_group_with_a_zone_sees_nothing(groups: tuple[str, ...]) -> None:
    made = who(*groups)
    assert made.zones == ()
    assert not any(may_see(made, zone, labels) for zone in ZONES for labels in ((), ("finance",)))


@pytest.mark.parametrize(
    "value", [None, 7, True, {"readers": True}, ["readers", 7], [["readers"]], "reader,staff", b"readers"]
)
def test_a_claim_of_another_shape_is_no_group(value: object) -> None:
    assert who(groups=value).zones == ()


def test_a_claim_may_be_one_text_nested_or_an_address() -> None:
    assert groups_of({"groups": "readers"}, "groups") == ("readers",)
    assert groups_of({"realm": {"groups": ["a", "b"]}}, "realm.groups") == ("a", "b")
    assert groups_of({"https://fernmoor.example/groups": ["a"]}, "https://fernmoor.example/groups") == ("a",)
    assert groups_of({"realm": ["groups"]}, "realm.groups") == ()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"iss": "https://login.fernmoor.example/"}, "a provider that is not the one"),
        ({"iss": None}, "a provider that is not the one"),
        ({"iss": [ISSUER]}, "a provider that is not the one"),
        ({"sub": None}, "no subject"),
        ({"sub": " "}, "no subject"),
        ({"sub": 4711}, "no subject"),
        ({"exp": None}, "how long it holds"),
        ({"exp": True}, "how long it holds"),
        ({"exp": "9999999999"}, "how long it holds"),
        ({"exp": float("inf")}, "how long it holds"),
        ({"exp": float("nan")}, "how long it holds"),
        ({"exp": NOW - 60}, "expired"),
    ],
)
def test_a_token_that_is_not_in_order_admits_nobody(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(AccessDenied, match=sentence):
        who("readers", **changes)


def test_session_hours_count_from_the_sign_on() -> None:
    mapped = Mapped(ISSUER, "groups", GROUPS, session_hours=8)
    assert admitted(claims("readers", exp=NOW - 9e3), mapped, NOW).until == NOW - 10 + 8 * 3600
    with pytest.raises(AccessDenied, match="expired"):
        who("readers", mapped=mapped, iat=NOW - 8 * 3600)
    with pytest.raises(AccessDenied, match="how long"):
        who("readers", mapped=mapped, iat=None)


def test_only_verified_addresses_of_the_domains() -> None:
    mapped = Mapped(ISSUER, "groups", GROUPS, ("fernmoor.example",))
    assert who("readers", mapped=mapped, email="ada@Fernmoor.example", email_verified=True).zones == ("public",)
    for email, verified in (
        ("ada@fernmoor.example", False), ("ada@fernmoor.example", "true"), ("ada@fernmoor.example", None),
        (None, True), ("ada@evil.example", True), ("ada@fernmoor.example.evil.example", True),
        ("ada@evil.example@fernmoor.example", True), ("fernmoor.example", True), ("ada@notfernmoor.example", True),
    ):  # fmt: skip
        with pytest.raises(AccessDenied, match="e-mail address"):
            who("readers", mapped=mapped, email=email, email_verified=verified)


def test_without_a_mapping_nobody_is_admitted() -> None:
    for told in (claims("readers"), {**claims("readers"), "iss": ""}, {}):
        with pytest.raises(AccessDenied, match="TOUCHSTONE_ACCESS"):
            admitted(told, NOBODY, NOW)


def test_the_name_is_the_subject_and_nothing_that_a_person_chooses() -> None:
    one = admitted(claims("readers", name="Ada Byron", email="ada@x.example"), MAPPED, NOW)
    other = admitted(claims("readers", name="Ada Byron", email="ada@x.example", sub="4712"), MAPPED, NOW)
    assert one.shown == other.shown == "Ada Byron"
    assert one.principal.name != other.principal.name
    again = admitted(claims("readers", name="administrator", preferred_username="touchstone"), MAPPED, NOW)
    assert again.principal == one.principal and again.shown == "administrator"
    assert subject("a", "b,c") != subject("a,b", "c") and subject("a", 'b","c') != subject('a","b', "c")
    assert subject(ISSUER, "4711") == "user-bed3e137f742c9509484"
    assert not {one.principal.name, other.principal.name} & {*PERSONAS, "touchstone"}


GOOD = f'issuer = "{ISSUER}"\ngroups_claim = "groups"\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("issuer = ", "is no valid TOML"),
        ('groups_claim = "groups"', "it needs a text as issuer"),
        (f'issuer = "{ISSUER}"', "it needs a text as groups_claim"),
        (GOOD + 'isuer = "x"', "no setting 'isuer' at the top"),
        (GOOD + "session_hours = 0", "session_hours must be a number above 0"),
        (GOOD + "session_hours = true", "session_hours must be a number above 0"),
        (GOOD + 'email_domains = "x.example"', "email_domains must be a list"),
        (GOOD + "groups = 7", "groups must be tables"),
        (GOOD + '[groups.a]\nroles = "reader"', "roles of the group 'a' must be a list of texts"),
        (GOOD + '[groups.a]\nroles = ["root"]', "the role 'root', which is none"),
        (GOOD + '[groups.a]\nzones = ["secret"]', "the zone 'secret', which is none"),
        (GOOD + '[groups.a]\nzone = ["public"]', "no setting 'zone' of the group 'a'"),
        (GOOD + '[groups.a]\nlabels = "some"', "labels of the group 'a' must be a list"),
    ],
)
def test_a_mapping_that_is_wrong_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "access.toml"
    file.write_text(text)
    with pytest.raises(RequestError) as told:
        read_mapping(file)
    assert sentence in str(told.value) and "\n" not in str(told.value)


def test_a_mapping_is_read(tmp_path: Path) -> None:
    file = tmp_path / "access.toml"
    file.write_text(
        GOOD + 'session_hours = 8\nemail_domains = ["@Fernmoor.example"]\n'
        '[groups."a b"]\nroles = ["reader"]\nzones = ["internal", "public"]\nlabels = "all"\n[groups.c]\nzones = ["public"]\n'
    )
    assert read_mapping(file) == Mapped(
        ISSUER,
        "groups",
        {"a b": Group(("reader",), ("public", "internal"), None), "c": Group((), ("public",), ())},
        ("fernmoor.example",),
        8.0,
    )
    with pytest.raises(RequestError, match="cannot be read"):
        read_mapping(tmp_path / "gone.toml")


class Noted:
    """Stands for the audit trail: remembers what it was told."""

    def __init__(self) -> None:
        self.held: list[tuple[str, str, str, dict[str, Any]]] = []

    def note(self, principal: Principal, act: str, outcome: str = "done", **facts: Any) -> None:
        self.held.append((principal.name, act, outcome, facts))


def test_a_sign_on_is_noted_once_and_a_refused_one_too(tmp_path: Path) -> None:
    file, noted = tmp_path / "access.toml", Noted()
    file.write_text(GOOD + '[groups.readers]\nroles = ["reader"]\nzones = ["public"]\n')
    door = SignOn(file, noted, lambda: NOW)  # type: ignore[arg-type]
    for _ in range(3):
        assert door.admit(claims("readers")).principal.zones == ("public",)
    for _ in range(2):
        with pytest.raises(AccessDenied):
            door.admit(claims("readers", exp=NOW - 100))
    door.admit(claims("readers", iat=NOW))
    name = subject(ISSUER, "4711")
    assert noted.held == [
        (name, "signed in", "done", {"zones": "public"}),
        (name, "signed in", "refused", {"why": "AccessDenied"}),
        (name, "signed in", "done", {"zones": "public"}),
    ]
