"""Changing documents from the page: versions, zones, withdrawal, erasure, folders, duplicates."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.erasure import Receipt
from core.errors import DiskFull
from core.governance.principals import persona
from core.types import Principal
from core.workbench import Workbench
from pages.documents.history import difference
from tests.pages.conftest import PAGES, Open, words
from tests.test_ingestion import note

Opened = Callable[[Workbench], Open]
DOCUMENTS = PAGES[1]
ADMIN = persona("administrator")


@pytest.fixture
def priced(bench: Workbench, tmp_path: Path) -> Workbench:
    for price in (10, 12):
        bench.ingest([note(tmp_path, "price.txt", f"The price is {price} euros.\n\nThe rest stays.")], ADMIN)
    return bench


def inside(app: AppTest, bench: Workbench, part: str) -> AppTest:
    app.session_state["open_document"] = bench.library.resolve("price.txt").id
    app.session_state["document_part"] = part
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def test_versions_are_listed_and_compared(priced: Workbench, opened: Opened) -> None:
    app = inside(opened(priced)(DOCUMENTS), priced, "Versions")
    assert not app.exception
    assert "answers now" in words(app)
    assert "kept for audit, does not answer" in words(app)
    assert "1 line added, 1 line removed." in words(app)


def test_passages_are_shown_as_the_index_holds_them(priced: Workbench, opened: Opened) -> None:
    app = inside(opened(priced)(DOCUMENTS), priced, "Passages")
    assert not app.exception
    assert "1 passage: sentences, up to 160 tokens" in words(app)


def test_a_zone_and_labels_are_saved(priced: Workbench, opened: Opened) -> None:
    app = inside(opened(priced)(DOCUMENTS), priced, "Change")
    key = priced.library.resolve("price.txt").id
    app.selectbox(key=f"zone_{key}").set_value("restricted")
    press(app, "Save changes")
    assert not app.exception
    assert priced.library.resolve("price.txt").zone == "restricted"
    assert priced.documents(persona("engineer")) == []


def test_erasing_needs_a_yes_and_shows_the_receipt(priced: Workbench, opened: Opened) -> None:
    app = inside(opened(priced)(DOCUMENTS), priced, "Change")
    key = priced.library.resolve("price.txt").id
    assert app.button(key=f"erase_{key}").disabled
    assert "2 versions will be erased" in words(app)
    app.checkbox(key=f"sure_{key}").check().run()
    app.button(key=f"erase_{key}").click().run()
    assert not app.exception
    assert priced.documents(ADMIN) == []
    assert "2 versions, 1 passage" in words(app) or any("2 versions, 1 passage" in s.value for s in app.success)


def test_a_withdrawn_document_leaves_the_list(priced: Workbench, opened: Opened) -> None:
    app = inside(opened(priced)(DOCUMENTS), priced, "Change")
    key = priced.library.resolve("price.txt").id
    app.button(key=f"withdraw_{key}").click().run()
    assert priced.documents(ADMIN) == []
    assert [v.state for v in priced.versions("price.txt", ADMIN)] == ["superseded", "superseded"]


def test_a_bulk_erasure_that_breaks_keeps_its_receipts(
    bench: Workbench, opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        bench.ingest([note(tmp_path, f"n{number}.txt", f"The price of item {number} is {number + 10} euros.")], ADMIN)
    whole = bench.erase

    def breaking(name: str, who: Principal) -> Receipt:
        if name == "n1.txt":
            raise DiskFull("Too little room is left to rewrite the index.")
        return whole(name, who)

    monkeypatch.setattr(bench, "erase", breaking)
    app = opened(bench)(DOCUMENTS)

    def erase_four() -> None:
        from pages.documents.erasing import erase_all, receipts_shown
        from pages.shared import frame
        from pages.shared.bench import workbench

        erase_all(workbench(), frame.principal(), [f"n{number}.txt" for number in range(4)])
        receipts_shown()

    run = AppTest.from_function(erase_four, default_timeout=60)
    run.session_state["as"] = "administrator"
    run.run()
    assert not run.exception
    assert len(run.success) + len(run.warning) == 1  # the receipt of the first
    assert "Too little room is left" in run.error[0].value
    assert "Not tried after it\\: n2\\.txt and n3\\.txt" in run.error[0].value
    assert [document.name for document in bench.documents(ADMIN)] == ["n1.txt", "n2.txt", "n3.txt"]
    next(button for button in run.button if button.label == "Dismiss receipts")
    assert not app.exception


@pytest.mark.parametrize(
    ("who", "tools"),
    [
        ("engineer", ["Find duplicates"]),
        ("administrator", ["Follow a folder", "Find duplicates", "Check the index"]),
    ],
)
def test_only_those_who_may_are_offered_a_tool(who: str, tools: list[str], priced: Workbench, opened: Opened) -> None:
    priced.rezone(priced.library.resolve("price.txt").id, ADMIN, "internal")
    app = opened(priced)(DOCUMENTS, **{"as": who})
    (group,) = [group for group in app.get("button_group") if "Find duplicates" in str(group.proto)]
    assert [option.content for option in group.proto.options] == tools


@pytest.mark.parametrize("who", ["viewer", "analyst"])
def test_readers_are_offered_no_change(who: str, priced: Workbench, opened: Opened) -> None:
    app = opened(priced)(DOCUMENTS, **{"as": who})
    assert not [toggle for toggle in app.toggle if toggle.label == "Choose several"]
    assert "Follow a folder" not in str(app.get("button_group"))


def test_a_folder_that_is_not_there_is_one_sentence(priced: Workbench, opened: Opened) -> None:
    app = opened(priced)(DOCUMENTS)
    app.session_state["upkeep_tool"] = "Follow a folder"
    app.run()
    app.text_input[0].set_value("/nowhere/at/all")
    press(app, "Follow")
    assert any("There is no folder" in warning.value for warning in app.warning)
    assert priced.watches(persona("administrator")) == []


def test_duplicates_and_the_check_are_told(priced: Workbench, opened: Opened, tmp_path: Path) -> None:
    priced.ingest([note(tmp_path, "copy.txt", "The price is 12 euros.\n\nThe rest stays.")], ADMIN)
    app = opened(priced)(DOCUMENTS)
    app.session_state["upkeep_tool"] = "Find duplicates"
    app.run()
    assert "the same file" in words(app)
    app.session_state["upkeep_tool"] = "Check the index"
    app.run()
    assert "Library, index and originals agree." in words(app)


def test_the_difference_of_two_texts() -> None:
    before = ["a", "b", "c", "d", "e", "f", "g"]
    assert difference(before, [*before[:3], "D", *before[4:]]) == [
        (" ", "b"),
        (" ", "c"),
        ("-", "d"),
        ("+", "D"),
        (" ", "e"),
        (" ", "f"),
    ]
    assert difference(before, before) == []
