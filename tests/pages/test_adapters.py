"""Adapters: a dataset is begun, filled, reviewed and frozen; what the browser is told and what it tells; each persona."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.adapters.flags import Flag
from core.evaluation.questions import Evidence, Question
from core.governance.principals import persona
from core.workbench import Workbench
from tests.desks.test_datasets import FEE, note
from tests.pages.conftest import PAGES, Open, words
from tests.pages.test_chat import CHAT, ask

Opened = Callable[[Workbench], Open]
ADAPTERS = PAGES[6]
ADMIN = persona("administrator")


@pytest.fixture
def town(bench: Workbench, tmp_path: Path) -> Workbench:
    bench.ingest([note(tmp_path, "fees.txt", f"{FEE} A tour takes two hours.")], ADMIN)
    return bench


@pytest.fixture
def filled_town(town: Workbench) -> Workbench:
    town.datasets.create("boats", ADMIN, "What the ferry asks")
    town.datasets.add_documents("boats", (), ADMIN)
    more = [{"id": "x", "question": "What is the fee for the boat?", "answer": "14 euros", "zone": "public"}]
    town.datasets.add_file("boats", "\n".join(map(json.dumps, more)).encode(), "jsonl", ADMIN)
    return town


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def states(bench: Workbench, name: str = "boats") -> list[str]:
    return [held.row.state for held in bench.datasets.get(name, ADMIN).rows]


def test_a_dataset_is_begun_and_filled_from_documents(town: Workbench, opened: Opened) -> None:
    app = opened(town)(ADAPTERS)
    assert "No dataset yet" in words(app)
    app.text_input(key="dataset_name").set_value("boats")
    app.text_input(key="dataset_note").set_value("What the ferry asks")
    press(app, "Begin a draft")
    assert not app.exception
    assert app.selectbox(key="adapters_dataset").value == "boats"
    assert "What the ferry asks" in words(app)
    app.number_input(key="adding_rephrased").set_value(0)
    press(app, "Propose rows")
    assert not app.exception
    assert [held.row.question for held in town.datasets.get("boats", ADMIN).rows] == [
        "What is the fee for the boat?",
        "How long does a tour take?",
    ]
    assert "2 rows added" in app.toast[0].value
    assert app.query_params["dataset"] == "boats"


def test_a_name_that_is_taken_is_one_sentence(filled_town: Workbench, opened: Opened) -> None:
    app = opened(filled_town)(ADAPTERS)
    app.text_input(key="dataset_name").set_value("boats")
    press(app, "Begin a draft")
    assert "already" in app.warning[0].value
    assert not app.exception


def test_questions_say_whether_they_measure(town: Workbench, opened: Opened) -> None:
    asked = [
        Question("q", "What does the boat cost?", ("12 euros",), evidence=(Evidence("fees.txt", FEE),), zone="public")
    ]
    town.lab.sets.save("exam", asked, ADMIN)
    town.datasets.create("boats", ADMIN)
    app = opened(town)(ADAPTERS)
    app.segmented_control(key="adding_origin").set_value("questions").run()
    assert "will be flagged as a test question" in words(app)
    app.toggle(key="adding_role_exam").set_value(True).run()
    assert town.lab.sets.get("exam", ADMIN).role == "training"
    assert "will be flagged" not in words(app)
    press(app, "Add its questions")
    assert [held.row.answer for held in town.datasets.get("boats", ADMIN).rows] == ["12 euros [1]"]
    assert not app.exception


def test_a_bad_file_is_one_sentence(town: Workbench, opened: Opened) -> None:
    town.datasets.create("boats", ADMIN)
    app = opened(town)(ADAPTERS)
    app.segmented_control(key="adding_origin").set_value("file").run()
    app.file_uploader(key="adding_file").set_value([("rows.jsonl", b'{"question": "Why?"}', "text/plain")]).run()
    press(app, "Add the file's rows")
    assert "Line 1: 'answer' is missing" in app.warning[0].value.replace("\\", "")
    assert states(town) == []


def test_filters_choose_rows_and_stand_in_the_address(filled_town: Workbench, opened: Opened) -> None:
    app = opened(filled_town)(ADAPTERS, dataset="boats", flag="contradiction")
    assert app.selectbox(key="adapters_flag").value == "contradiction"
    assert app.selectbox(key="adapters_flag").options[-1] == "Contradiction (2)"
    assert app.button(key="accept_clean").label == "Accept 1 open row without a flag"
    app.selectbox(key="adapters_origin").set_value("file").run()
    assert app.query_params["origin"] == "file"
    app.segmented_control(key="adapters_state").set_value("accepted").run()
    assert not app.exception


def test_rows_without_a_flag_are_accepted_together(filled_town: Workbench, opened: Opened) -> None:
    app = opened(filled_town)(ADAPTERS)
    app.button(key="accept_clean").click().run()
    assert states(filled_town) == ["open", "accepted", "open"]
    assert app.button(key="accept_clean").disabled


def test_what_the_browser_decided_is_written_once_and_in_order(filled_town: Workbench, opened: Opened) -> None:
    opened(filled_town)(ADAPTERS)
    import streamlit as st

    from pages.adapters.review import take

    one, two, three = [held.row.id for held in filled_town.datasets.get("boats", ADMIN).rows]
    first = [{"n": 1, "id": one, "action": "accept"}, {"n": 2, "id": two, "action": "reject"}]
    take(filled_town, ADMIN, "boats", {"dataset": "boats", "browser": "b", "decisions": first})
    assert states(filled_town) == ["accepted", "rejected", "open"]
    later = [
        *first,
        {"n": 3, "id": three, "action": "edit", "question": "How dear is it?", "answer": "12 euros"},
        {"n": 4, "id": three, "action": "reject"},
        {"n": 5, "id": one, "action": "reopen"},
    ]
    filled_town.datasets.review("boats", [two], "open", ADMIN)
    take(filled_town, ADMIN, "boats", {"dataset": "boats", "browser": "b", "decisions": later})
    assert states(filled_town) == ["open", "open", "rejected"]
    assert filled_town.datasets.get("boats", ADMIN).rows[2].row.question == "How dear is it?"
    assert st.session_state["review_seen"] == {"b": 5}
    take(
        filled_town,
        ADMIN,
        "boats",
        {"dataset": "other", "browser": "b", "decisions": [{"n": 6, "id": one, "action": "accept"}]},
    )
    assert states(filled_town)[0] == "open"


def test_a_decision_that_comes_too_late_is_one_sentence(filled_town: Workbench, opened: Opened) -> None:
    open_page = opened(filled_town)
    one = filled_town.datasets.get("boats", ADMIN).rows[0].row.id
    filled_town.datasets.review("boats", [one], "accepted", ADMIN)
    filled_town.datasets.freeze("boats", ADMIN)
    app = open_page(ADAPTERS)
    from core.errors import RequestError

    app.session_state["review_failed"] = RequestError("The dataset 'boats' is frozen and stays as it is.")
    app.run()
    assert "is frozen and stays as it is" in app.warning[0].value
    assert not [button for button in app.button if button.key == "accept_clean"]
    assert not app.exception


def test_the_browser_gets_each_passage_once_and_nothing_hidden(filled_town: Workbench, opened: Opened) -> None:
    opened(filled_town)(ADAPTERS)
    from pages.adapters.review_view import view

    held = filled_town.datasets.get("boats", ADMIN)
    names = {each.id: each.name for each in filled_town.library.standings()}
    flags = {"x": (Flag("contradiction", "Another row.", (held.rows[0].row.id,)),)}
    drawn = view(held, held.rows, flags, names, writable=True)
    assert [row["sources"] for row in drawn["rows"]] == [[0], [0], []]
    assert len(drawn["passages"]) == 1
    assert drawn["rows"][0]["facts"] == "proposed from a document · fees.txt · public"
    assert drawn["rows"][2]["flags"] == [
        {"kind": "contradiction", "why": "Another row.", "others": [held.rows[0].row.id]}
    ]
    assert drawn["counts"] == {"accepted": 0, "rejected": 0, "open": 3}
    assert view(held, held.rows, flags, names, writable=True)["stamp"] == drawn["stamp"]
    assert view(held, held.rows, {}, names, writable=True)["stamp"] != drawn["stamp"]
    assert json.loads(json.dumps(drawn)) == drawn


def test_a_dataset_is_frozen_copied_and_removed(filled_town: Workbench, opened: Opened) -> None:
    app = opened(filled_town)(ADAPTERS)
    choose = lambda label: app.menu_button(key="dataset_menu").click(label).run()  # noqa: E731
    choose(":material/lock: Freeze")
    assert "no accepted row" in app.warning[0].value
    app.button(key="accept_clean").click().run()
    choose(":material/lock: Freeze")
    assert "Frozen" in words(app)
    assert not app.expander
    choose(":material/content_copy: Copy as a new draft")
    assert app.selectbox(key="adapters_dataset").value == "boats 2"
    choose(":material/delete: Delete")
    assert [row.name for row in filled_town.datasets.all(ADMIN)] == ["boats"]
    assert not app.exception


def test_a_reader_looks_and_decides_nothing(filled_town: Workbench, opened: Opened) -> None:
    app = opened(filled_town)(ADAPTERS, **{"as": "viewer"})
    assert not app.exception
    assert not app.expander
    assert not [b for b in app.button if b.key in ("accept_clean", "adding_press")]


def test_thumbs_and_a_correction_reach_a_dataset(town: Workbench, opened: Opened) -> None:
    town.datasets.create("said", ADMIN)
    app = ask(opened(town)(CHAT, recipe="extractive"), "What is the fee for the boat?")
    app.feedback[0].set_value(1).run()
    assert [given.thumb for given in town.feedback_book.all()] == ["up"]
    app.feedback[0].set_value(0).run()
    area = app.text_area[0]
    assert area.value.startswith(FEE)
    area.set_value("12 euros a day [1]").run()
    press(app, "Save")
    (given,) = town.feedback_book.all()
    assert (given.thumb, given.corrected) == ("down", "12 euros a day [1]")
    app.feedback[0].set_value(1).run()
    assert town.feedback_book.all()[0].corrected == "12 euros a day [1]"
    app.switch_page(ADAPTERS).run()
    app.segmented_control(key="adding_origin").set_value("feedback").run()
    assert "1 corrected answer, 0 liked" in words(app)
    press(app, "Add feedback")
    assert [held.row.answer for held in town.datasets.get("said", ADMIN).rows] == ["12 euros a day [1]"]
    assert not app.exception
