"""The page of the guardrails: findings in their places, a policy tried and applied, clearances, the proof."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.guardrails.policy import STANDARD, Rule, as_json, from_json
from core.workbench import Workbench
from tests.desks.test_guarding import ADMIN, brought
from tests.pages.conftest import Open, words

PAGE = "pages/guardrails/page.py"
TEXT = "Refunds of the Heron lamp go to the account DE89 3704 0044 0532 0130 00. The lamp has two years of warranty."


@pytest.fixture
def open_with(bench: Workbench, tmp_path: Path, opened: Callable[[Workbench], Open]) -> Callable[..., AppTest]:
    brought(bench, tmp_path, "refunds.md", TEXT)
    return opened(bench)


def test_an_empty_workspace_says_what_to_do(bench: Workbench, opened: Callable[[Workbench], Open]) -> None:
    app = opened(bench)(PAGE)
    assert not app.exception
    assert "No documents to look through" in words(app)
    assert "There is no document yet" in words(opened(bench)(PAGE, **{"as": "administrator"}))
    assert "Nothing is visible to the viewer" in words(opened(bench)(PAGE, **{"as": "viewer"}))


def test_many_kinds_of_findings_are_named_as_far_as_there_is_room(
    bench: Workbench, tmp_path: Path, opened: Callable[[Workbench], Open]
) -> None:
    text = "Ask a@b.example or c@d.example, +49 40 1234567, IBAN DE89 3704 0044 0532 0130 00, card 4111 1111 1111 1111."
    brought(bench, tmp_path, "all.md", f"{text} Wi-Fi password is Fettle-77. 00:1B:44:11:3A:B7 and 106.31.73.20.")
    (table,) = opened(bench)(PAGE, **{"as": "administrator"}).dataframe
    assert table.value["Found"][0].startswith("2 × e-mail, ")
    assert table.value["Found"][0].endswith(", 2 kinds more")
    assert not table.proto.row_height
    assert "Cleared" not in table.value
    comments = "".join(f"<!-- note {n} -->\n" for n in range(12))
    brought(
        bench, tmp_path, "long.md", f"{text} <!-- a note --> 00:1B:44:11:3A:B7, Wi-Fi password is Fettle-77 {comments}"
    )
    bench.guarding.apply(
        replace(STANDARD, zones={**STANDARD.zones, "internal": (Rule("hidden", "quarantine"),)}), ADMIN
    )
    for each in bench.guarding.documents(ADMIN):
        bench.guarding.clear(each.id, ADMIN, "It is known.")
    (table,) = opened(bench)(PAGE, **{"as": "administrator"}).dataframe
    assert (table.proto.row_height, "Cleared" in table.value) == (62, True)


def test_findings_stand_in_a_table_and_none_is_shown_in_full(open_with: Callable[..., AppTest]) -> None:
    app = open_with(PAGE)
    assert not app.exception
    (table,) = app.dataframe
    assert (
        table.value.to_dict("records")[0] | {"Document": "refunds.md", "Covered": 1, "Found": "IBAN"}
        == (table.value.to_dict("records")[0])
    )
    assert "0044" not in words(app)


def test_who_sees_no_document_sees_no_finding(open_with: Callable[..., AppTest]) -> None:
    app = open_with(PAGE, **{"as": "viewer"})
    assert "refunds" not in words(app)
    assert not app.dataframe


def test_a_policy_is_tried_then_applied(bench: Workbench, open_with: Callable[..., AppTest]) -> None:
    app = open_with(PAGE, view="policy", **{"as": "administrator"})
    app.text_area(key="terms_0").set_value("Heron\nwarranty").run()
    app.button[[each.label for each in app.button].index("Try it out")].click().run()
    assert not app.exception
    assert "1 of 1 document would be treated in another way" in words(app)
    assert bench.guarding.policies(ADMIN)[0].policy.version == 0
    app.button(key="guardrails_apply").click().run()
    assert not app.exception
    assert bench.guarding.policies(ADMIN)[0].policy.terms == ("Heron", "warranty")


def test_what_was_changed_after_the_trial_cannot_be_applied(open_with: Callable[..., AppTest]) -> None:
    app = open_with(PAGE, view="policy", **{"as": "administrator"})
    app.text_area(key="terms_0").set_value("Heron").run()
    app.button[[each.label for each in app.button].index("Try it out")].click().run()
    app.text_area(key="terms_0").set_value("Heron\nlamp").run()
    assert "try it out again" in words(app)
    assert "guardrails_apply" not in {each.key for each in app.button}


SECRETIVE = replace(STANDARD, terms=("Heron", "warranty"), never=("0800 123",), note="The project has a code name.")


@pytest.mark.parametrize("persona", ["viewer", "analyst", "engineer"])
@pytest.mark.parametrize("view", ["policy", "versions"])
def test_whoever_may_not_edit_the_policy_reads_rules_and_no_word(
    bench: Workbench, open_with: Callable[..., AppTest], persona: str, view: str
) -> None:
    bench.guarding.apply(SECRETIVE, ADMIN)
    app = open_with(PAGE, view=view, **{"as": persona})
    assert not app.exception
    shown = repr([*app.get("text_area"), *app.get("text_input"), *app.get("dataframe")]) + words(app)
    assert not any(word in shown for word in ("Heron", "0800", "code name"))
    if view == "policy":
        assert "2 words and phrases of your own, and 1 text that is never a finding" in words(app)
        assert "Guardians and administrators may read and change them" in words(app)
        pressed = app.button[[each.label for each in app.button].index("Try it out")]
        assert pressed.disabled == (persona != "engineer")
        said = "Builders, auditors, guardians and administrators may try out another" in words(app)
        assert said == pressed.disabled
    else:
        assert all(each.proto.disabled for each in app.get("download_button"))


def test_a_trial_without_the_words_keeps_those_in_force_and_is_its_persona_s_own(
    bench: Workbench, open_with: Callable[..., AppTest]
) -> None:
    bench.guarding.apply(SECRETIVE, ADMIN)
    app = open_with(PAGE, view="policy", **{"as": "engineer"})
    app.button[[each.label for each in app.button].index("Try it out")].click().run()
    assert "All 1 document stay as they are" in words(app)
    assert "Guardians and administrators may apply it" in words(app)
    app.selectbox(key="as").set_value("viewer").run()
    assert "stay as they are" not in words(app)


def test_versions_are_listed_with_their_author_and_reason(bench: Workbench, open_with: Callable[..., AppTest]) -> None:
    bench.guarding.apply(replace(STANDARD, terms=("Heron",), note="The project has a code name."), ADMIN)
    app = open_with(PAGE, view="versions", **{"as": "administrator"})
    assert "set by administrator" in words(app)
    assert "The project has a code name" in words(app)


def test_a_document_in_quarantine_is_cleared_with_a_reason(bench: Workbench, open_with: Callable[..., AppTest]) -> None:
    rules = (Rule("personal", "quarantine"),)
    bench.guarding.apply(replace(STANDARD, zones={**STANDARD.zones, "internal": rules}), ADMIN)
    app = open_with(PAGE, **{"as": "officer"})
    assert [each.value for each in app.metric][-1] == "1"
    (key,) = [each.id for each in bench.guarding.documents(ADMIN)]
    bench.guarding.clear(key, ADMIN, "It is printed on every invoice.")
    assert [each.value for each in app.run().metric][-1] == "0"


def test_the_table_of_rules_and_a_file_are_the_same_policy(open_with: Callable[..., AppTest]) -> None:
    from pages.guardrails.policy import _read, _rows

    held = json.loads(as_json(STANDARD))
    held["zones"]["public"].append({"detector": "personal", "action": "veto", "kind": "person", "least": 0.7})
    made = from_json(json.dumps(held))
    read = _read((pd.DataFrame(_rows(made)), "", True, "", ""), tell=False)
    assert read is not None
    for zone in made.zones:
        assert set(read.zones[zone]) == set(made.zones[zone])
    assert (set(read.question), set(read.answer)) == (set(made.question), set(made.answer))


def test_every_page_opens_after_a_proof(bench: Workbench, open_with: Callable[..., AppTest]) -> None:
    app = open_with(PAGE, view="proof", **{"as": "administrator"})
    app.button(key="guardrails_start_proof").click().run()
    (job,) = [each for each in bench.jobs.all() if each.title == "Proving the policy"]
    assert bench.jobs.wait(job)
    assert job.state == "done"
    app.run()
    assert not app.exception
    assert any("Nothing leaks" in each.value for each in app.success)
    for page in ("pages/home/page.py", "pages/documents/page.py", "pages/evaluate/page.py"):
        assert not app.switch_page(page).run().exception
