"""Forgetting on the page: who may, the preview with its choices, the receipt, and what expires."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from core.governance.principals import persona
from core.workbench import Workbench
from tests.pages.conftest import Open, words
from tests.test_ingestion import note

Opened = Callable[[Workbench], Open]
ERASURE = "pages/erasure/page.py"
ADMIN = persona("administrator")


def test_who_may_see_what(bench: Workbench, opened: Opened) -> None:
    open_page = opened(bench)
    app = open_page(ERASURE, **{"as": "viewer"})
    assert next(note.value for note in app.info) == (
        "The viewer may erase nothing; builders, guardians and administrators may. "
        "Auditors and administrators may read the receipts."
    )
    app = open_page(ERASURE, **{"as": "engineer"})
    (views,) = app.segmented_control
    assert [option.split(": ")[-1] for option in views.options] == ["A document"]
    assert "for builders, guardians and administrators who see every document" in words(app)
    app = open_page(ERASURE, **{"as": "officer"})
    (views,) = app.segmented_control
    assert [option.split(": ")[-1] for option in views.options][-2:] == ["Receipts", "Retention"]
    assert "Nothing was forgotten here yet" in words(open_page(ERASURE, view="receipts", **{"as": "officer"}))
    app = open_page(ERASURE, view="retention", **{"as": "officer"})
    assert app.dataframe[0].value["Rule"].tolist() == ["kept"] * 5
    assert not [button for button in app.button if button.label == "Apply now"]


def test_a_person_is_looked_for_chosen_and_forgotten(bench: Workbench, opened: Opened, tmp_path: Path) -> None:
    files = [
        note(tmp_path, "keys.txt", "The key is kept by Maria Keller."),
        note(tmp_path, "minutes.txt", "Keller, Maria, was present on 3 May."),
    ]
    bench.ingest([replace(file, zone="internal") for file in files], ADMIN)
    app = opened(bench)(ERASURE)
    name, *_ = app.text_input
    name.set_value("Ma")
    _press(app, "Find mentions")
    assert "too short" in words(app)
    app.text_input[0].set_value("Maria Keller")
    _press(app, "Find mentions")
    assert "2 mentions in 2 places" in words(app)
    (forget,) = (button for button in app.button if button.label == "Forget")
    assert forget.disabled
    ids = {p.title: p.id for p in app.session_state["erasure_found"].places}
    app.session_state["erasure_ways"] = {ids["minutes.txt, version 1"]: "keep"}
    app.run()
    assert app.checkbox[0].label == "1 place redacted and 1 place kept as they are. This cannot be undone."
    app.checkbox[0].check().run()
    _press(app, "Forget")
    (job,) = (job for job in bench.jobs.all() if job.title == "Forgetting a person")
    assert bench.jobs.wait(job)
    app.run()
    assert "since 1 place stayed as chosen" in words(app)
    assert "erasure_found" not in app.session_state
    assert app.text_input[0].value == ""
    assert "Keller" not in bench.library.resolve("keys.txt").text
    assert "Keller" in bench.library.resolve("minutes.txt").text

    app = opened(bench)(ERASURE, view="receipts")
    assert "Redacted: 1 × document" in words(app).replace("\\", "")
    app.text_input[0].set_value("Maria Keller")
    _press(app, "Verify")
    assert "Found again" in words(app)
    _press(app, "Allow again")
    assert bench.forgetting.barred(ADMIN) == []


def _press(app, label: str) -> None:  # type: ignore[no-untyped-def]
    (button,) = (button for button in app.button if button.label == label)
    button.click().run()
