"""The audit on the page: who sees it, filters, links, the check, and an erased trail of words."""

from collections.abc import Callable

import pytest
from sqlalchemy import update

from core.errors import AccessDenied
from core.governance.principals import persona
from core.storage.database import audit
from core.workbench import Workbench
from tests.pages.conftest import Open, words

Opened = Callable[[Workbench], Open]
AUDIT = "pages/audit/page.py"
ADMIN, VIEWER = persona("administrator"), persona("viewer")
TRACE = "ab" * 16


@pytest.fixture
def noted(bench: Workbench) -> Workbench:
    """A workspace in which a viewer asked and was refused, and an administrator erased."""
    bench.audit.note(VIEWER, "asked", trace=TRACE, documents=["c0ffee123456"], abstained=True, unsupported=2)
    with pytest.raises(AccessDenied), bench.audit.noting(VIEWER, "released adapter", adapter="tone"):
        raise AccessDenied("No.")
    bench.audit.note(ADMIN, "erased", documents=["c0ffee123456"], receipt="d" * 32)
    return bench


def test_a_viewer_sees_one_sentence(noted: Workbench, opened: Opened) -> None:
    app = opened(noted)(AUDIT, **{"as": "viewer"})
    assert not app.exception
    assert [note.value for note in app.info] == [
        "The viewer may not read the audit trail; auditors and administrators may."
    ]
    assert not app.dataframe and not app.button


def test_an_empty_trail_says_what_will_stand_there(bench: Workbench, opened: Opened) -> None:
    app = opened(bench)(AUDIT)
    assert "Nothing was done here yet" in words(app)


def test_entries_are_shown_filtered_and_linked(noted: Workbench, opened: Opened) -> None:
    app = opened(noted)(AUDIT, **{"as": "officer"})
    assert not app.exception
    table = app.dataframe[0].value
    assert list(table["#"]) == [3, 2, 1]
    assert list(table["Outcome"]) == ["Done", "Refused", "Done"]
    assert table["Details"][2] == "no answer in the documents · 2 without a receipt"
    assert table["Details"][1].startswith("without the right to it · adapter sha256-")
    assert table["Details"][0] == "receipt dddddddd"
    assert list(table["Answer"].dropna()) == [f"/inspector?trace={TRACE}&as=officer"]
    assert list(table["Documents"][2]) == ["c0ffee123456"]
    app.selectbox(key="audit_act").select("erased").run()
    assert list(app.dataframe[0].value["Act"]) == ["Erased"]
    assert "erased" in app.query_params["act"]
    app.selectbox(key="audit_who").select("viewer").run()
    assert "No entry fits these filters." in [note.value for note in app.info]
    app.selectbox(key="audit_act").select("all").run()
    app.selectbox(key="audit_period").select("today").run()
    assert list(app.dataframe[0].value["#"]) == [2, 1]


def test_the_check_tells_an_intact_trail_and_names_a_bad_entry(noted: Workbench, opened: Opened) -> None:
    app = opened(noted)(AUDIT)
    app.button(key="audit_verify").click().run()
    assert app.success[0].value.startswith("Intact: 3 entries are as written. Last MAC")
    with noted._engine.begin() as connection:
        connection.execute(update(audit).where(audit.c.seq == 2).values(who="administrator"))
    app.button(key="audit_verify").click().run()
    assert app.error[0].value.startswith("Not intact. Entry 2 was changed\\.")


def test_a_row_has_room_for_what_it_says(bench: Workbench, opened: Opened) -> None:
    counts = {"redacted": 7, "erased": 0, "kept": 0, "remains": 0}
    bench.audit.note(ADMIN, "forgot person", receipt="d" * 32, documents=["a" * 12, "b" * 12, "c" * 12], **counts)
    bench.audit.verify(ADMIN)
    table = opened(bench)(AUDIT).dataframe[0].value
    assert list(table["Details"]) == ["the trail was intact", "receipt dddddddd · redacted 7"]
    assert list(table["Documents"][1]) == ["a" * 12, "+2"]
