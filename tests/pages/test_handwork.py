"""Changing passages by hand from the Documents page: menus, forms, the list to undo from, and who is offered what."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import IndexUnavailable
from core.governance.principals import persona
from core.recipes import recipe
from core.workbench import Workbench
from tests.pages.conftest import PAGES, Open, words
from tests.test_ingestion import note

Opened = Callable[[Workbench], Open]
DOCUMENTS = PAGES[1]
ADMIN = persona("administrator")
DEFAULT = recipe("default")
SECOND = "Beta costs 14 euros, and 12 in the sale. " * 10
TEXT = "Alpha costs 12 euros, and 10 in the sale. " * 10 + "\n\n" + SECOND


@pytest.fixture
def paper(bench: Workbench, tmp_path: Path) -> str:
    key = bench.ingest([note(tmp_path, "prices.txt", TEXT)], ADMIN)[0].document_id
    assert key
    assert len(texts(bench, key)) == 2
    return key


def texts(bench: Workbench, paper: str) -> list[str]:
    return [entry.chunk.text for entry in bench.passages(paper, DEFAULT, ADMIN)]


def passages(opened: Opened, bench: Workbench, paper: str, who: str = "administrator") -> AppTest:
    app = opened(bench)(DOCUMENTS, **{"as": who})
    app.session_state["open_document"] = paper
    app.session_state["document_part"] = "Passages"
    app.run()
    assert not app.exception
    return app


def menus(app: AppTest) -> list[list[str]]:
    """The choices of each passage's menu, without their icons."""
    found = [element.proto for element in app.get("menu_button")]
    return [[str(option).rpartition(": ")[2] for option in proto.options] for proto in found]


def chosen(app: AppTest, bench: Workbench, paper: str, number: int, what: str) -> AppTest:
    """As if a line of a passage's menu had been pressed: AppTest presses no menus, so its callback is called."""

    def press(document_id: str, number: int, what: str) -> None:
        import streamlit as st

        from core.recipes import recipe
        from pages.documents import handwork
        from pages.shared import frame
        from pages.shared.bench import workbench

        bench, who, default = workbench(), frame.principal(), recipe("default")
        held = bench.handwork.passages(document_id, default, who)
        work = handwork.Work(bench, who, bench.library.get(document_id), default, held)
        st.session_state["pressed"] = getattr(handwork, what)
        handwork._chosen(work, number, "pressed")

    script = AppTest.from_function(press, args=(paper, number, what), default_timeout=60)
    for key in ("as", "open_document", "document_part"):
        script.session_state[key] = app.session_state[key]
    script.run()
    assert not script.exception
    for key in ("passage_at_work", "passage_change_done", "passage_change_failed"):
        if key in script.session_state:
            app.session_state[key] = script.session_state[key]
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    app = next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def test_an_untouched_document_says_what_can_be_done(bench: Workbench, opened: Opened, paper: str) -> None:
    app = passages(opened, bench, paper)
    assert "can be changed here by hand" in words(app)
    assert "The recipes default and extractive cut and embed alike" in words(app)
    first, second = menus(app)
    assert first == ["Edit the text", "Split in two", "Merge with the next", "Disable"]
    assert second == ["Edit the text", "Split in two", "Disable"]


def test_another_text_is_saved_listed_and_undone(bench: Workbench, opened: Opened, paper: str) -> None:
    app = chosen(passages(opened, bench, paper), bench, paper, 0, "EDIT")
    assert not app.exception
    app.text_area(key="passage_text").set_value("Alpha costs 13 euros.")
    app = press(app, "Save")
    assert texts(bench, paper)[0] == "Alpha costs 13 euros."
    assert "Text changed" in app.toast[0].value
    assert not app.text_area
    assert "1 change by hand, 1 in force" in [expander.label for expander in app.expander]
    assert "by administrator" in words(app)
    app = press(app, "Undo")
    assert texts(bench, paper)[0].startswith("Alpha costs 12 euros")
    assert "undone" in words(app)
    assert "Undo" not in [button.label for button in app.button]


def test_a_text_that_cannot_stand_there_keeps_the_form_and_says_why(
    bench: Workbench, opened: Opened, paper: str
) -> None:
    app = chosen(passages(opened, bench, paper), bench, paper, 0, "EDIT")
    app.text_area(key="passage_text").set_value("  ")
    app = press(app, "Save")
    assert [warning.value for warning in app.warning] == ["A passage without words is not kept; disable it instead\\."]
    assert app.text_area
    app = press(app, "Cancel")
    assert not app.text_area
    assert not app.warning


def test_a_passage_is_split_where_a_sentence_begins_and_merged_again(
    bench: Workbench, opened: Opened, paper: str
) -> None:
    app = chosen(passages(opened, bench, paper), bench, paper, 1, "SPLIT")
    places = app.selectbox(key="passage_split")
    assert len(places.options) == 9
    places.select_index(2).run()
    app = press(app, "Split here")
    assert [text.count("Beta") for text in texts(bench, paper)] == [0, 3, 7]
    app = chosen(app, bench, paper, 1, "MERGE")
    assert [text.count("Beta") for text in texts(bench, paper)] == [0, 10]
    assert menus(app)[1][-1] == "Undo the last change"


def test_a_disabled_passage_stays_in_its_place_and_comes_back(bench: Workbench, opened: Opened, paper: str) -> None:
    app = chosen(passages(opened, bench, paper), bench, paper, 0, "DISABLE")
    assert texts(bench, paper) == [SECOND.strip()]
    assert menus(app) == [["Undo the last change"], ["Edit the text", "Split in two", "Disable"]]
    assert "1 passage: sentences" in words(app)
    app = chosen(app, bench, paper, 0, "UNDO")
    assert len(texts(bench, paper)) == 2


def test_what_a_colleague_changed_meanwhile_is_told(bench: Workbench, opened: Opened, paper: str) -> None:
    app = chosen(passages(opened, bench, paper), bench, paper, 0, "EDIT")
    key = bench.handwork.passages(paper, DEFAULT, ADMIN)[0].key
    bench.handwork.edit(paper, DEFAULT, key, "A colleague was here.", ADMIN)
    app.text_area(key="passage_text").set_value("Mine.")
    app = press(app, "Save")
    assert "no longer as it was when it was shown" in app.warning[0].value
    assert texts(bench, paper)[0] == "A colleague was here."
    assert not app.text_area


def test_an_index_that_is_away_is_one_sentence_and_nothing_is_listed(
    bench: Workbench, opened: Opened, paper: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = chosen(passages(opened, bench, paper), bench, paper, 0, "EDIT")

    def away(*_: object) -> None:
        raise IndexUnavailable("The Qdrant server cannot be reached.")

    app.text_area(key="passage_text").set_value("Mine.")
    with monkeypatch.context() as patched:
        patched.setattr(bench.index, "replace_document", away)
        app = press(app, "Save")
    assert "The Qdrant server cannot be reached" in app.warning[0].value
    assert app.text_area(key="passage_text").value == "Mine."
    assert bench.handwork.edits(ADMIN) == []


def test_readers_see_what_was_changed_and_are_offered_nothing(bench: Workbench, opened: Opened, paper: str) -> None:
    key = bench.handwork.passages(paper, DEFAULT, ADMIN)[0].key
    bench.handwork.edit(paper, DEFAULT, key, "Alpha costs 13 euros.", ADMIN)
    app = passages(opened, bench, paper, "viewer")
    assert "1 change by hand, 1 in force" in [expander.label for expander in app.expander]
    assert menus(app) == []
    assert "Undo" not in [button.label for button in app.button]
