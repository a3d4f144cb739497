"""Rules: the special before the general, the strictest of several, and a policy as JSON and back."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import guardrails
from core.errors import RequestError
from core.guardrails.findings import DETECTORS, Finding
from core.guardrails.kinds import KINDS
from core.guardrails.policy import STANDARD, Policy, Rule, as_json, decide, from_json, strictest
from core.types import ACTIONS

RULES = (Rule("personal", "mask"), Rule("personal", "allow", "e-mail"), Rule("instruction", "veto", least=0.8))


def test_a_rule_for_the_kind_comes_before_the_one_for_the_detector() -> None:
    assert decide(RULES, Finding("personal", "e-mail", 0, 1)) == "allow"
    assert decide(RULES, Finding("personal", "IBAN", 0, 1)) == "mask"
    assert decide(RULES, Finding("secret", "key", 0, 1)) == "allow"


def test_a_finding_below_the_least_score_does_nothing() -> None:
    assert decide(RULES, Finding("instruction", "override", 0, 1, 0.79)) == "allow"
    assert decide(RULES, Finding("instruction", "override", 0, 1, 0.8)) == "veto"


def test_the_gravest_action_wins() -> None:
    assert strictest(["mask", "quarantine", "veto"]) == "quarantine"
    assert strictest([]) == "allow"


@given(
    st.lists(
        st.sampled_from([(each, kind) for each in DETECTORS for kind in ("", *sorted(KINDS[each]))]).flatmap(
            lambda on: st.builds(Rule, st.just(on[0]), st.sampled_from(ACTIONS), st.just(on[1]), st.floats(0, 1))
        ),
        max_size=6,
        unique_by=lambda rule: (rule.detector, rule.kind),
    ),
    st.lists(st.text("abc äß", min_size=1).map(str.strip).filter(bool), max_size=4, unique=True),
)
def test_a_policy_survives_json(rules: list[Rule], terms: list[str]) -> None:
    made = Policy(zones={**STANDARD.zones, "internal": tuple(rules)}, terms=tuple(terms), note="why", version=3)
    assert from_json(as_json(made)) == made


def test_what_a_file_leaves_out_is_as_in_a_new_workspace() -> None:
    assert from_json("{}") == STANDARD
    assert from_json('{"terms": ["Project Heron"]}').terms == ("Project Heron",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("no json", "not JSON"),
        ("[]", "JSON object"),
        ('{"zone": {}}', "no 'zone'"),
        ('{"zones": {"secret": []}}', "rules by zone"),
        ('{"answer": [{"detector": "term", "action": "quarantine"}]}', "for documents"),
        (
            '{"zones": {"internal": [{"detector": "personal", "action": "mask", "kind": "nonsense"}]}}',
            "A rule of 'internal' is on 'personal' of the kind 'nonsense'",
        ),
        ('{"question": [{"detector": "term", "action": "mask", "kind": "Own list"}]}', "choose own list, swear word"),
        ('{"answer": [{"detector": "magic", "action": "mask"}]}', "no detector 'magic'"),
        ('{"answer": [{"detector": "term", "action": "burn"}]}', "no action 'burn'"),
        ('{"answer": [{"action": "mask"}]}', "lacks its detector"),
        ('{"answer": [{"detector": "term", "action": "mask", "least": 2}]}', "outside 0 to 1"),
        ('{"answer": [{"detector": "term", "action": "mask"}, {"detector": "term", "action": "veto"}]}', "Two rules"),
        ('{"terms": ["a", ""]}', "empty line"),
        ('{"profanity": "yes"}', "no bool"),
    ],
)
def test_a_bad_policy_is_one_sentence(text: str, says: str) -> None:
    with pytest.raises(RequestError, match=says):
        from_json(text)


def test_the_standard_policy_reads_no_names() -> None:
    assert not STANDARD.names_people()
    held = json.loads(as_json(STANDARD))
    held["zones"]["public"].append({"detector": "personal", "action": "mask", "kind": "person"})
    assert from_json(json.dumps(held)).names_people()


def test_every_kind_that_a_detector_writes_may_be_named_in_a_rule() -> None:
    """The kinds stand as words in the detectors' own files: one that is new there must come into the table."""
    folder = Path(guardrails.__file__).parent
    told = re.compile(r'(?:Finding\(\s*"(\w+)", |yield )"([\w -]+)"')
    found = [(file, *each) for file in folder.glob("*.py") for each in told.findall(file.read_text(encoding="utf-8"))]
    assert len(found) > 30
    for file, detector, kind in found:
        assert kind in KINDS[detector or "link"], f"{file.name}: {kind}"
