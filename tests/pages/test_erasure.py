"""Forgetting on the page: who may, the preview with its choices, the receipt, and what expires."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from core.forgetting.person import Person
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
    assert "**Keep** leaves the name there" in words(app)
    (forget,) = (button for button in app.button if button.label == "Forget")
    assert forget.disabled
    ids = {p.title: p.id for p in app.session_state["erasure_found"].places}
    app.session_state["erasure_ways"] = {ids["minutes.txt, version 1"]: "keep"}
    app.run()
    assert app.checkbox[0].label == "1 place will be redacted and 1 place will stay unchanged. This cannot be undone."
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


def test_what_stands_beside_a_name_is_told_and_looked_for_on_a_press(
    bench: Workbench, opened: Opened, tmp_path: Path
) -> None:
    row = "Name: Maria Keller | Account (IBAN): GB29NWBK60161331926819 | E-mail: m.k@example.com | Salary: 71,900 euros"
    bench.ingest([replace(note(tmp_path, "staff.txt", row), zone="internal")], ADMIN)
    app = opened(bench)(ERASURE)
    app.text_input[0].set_value("Maria Keller")
    _press(app, "Find mentions")
    told = words(app).replace("\\", "")
    assert "looked for: the name in its forms" in told
    assert "Beside the mentions stays what is not looked for:** 1 × IBAN and 1 × e-mail in staff.txt" in told
    (details,) = app.multiselect
    assert details.options == ["IBAN: GB29NWBK60161331926819", "e-mail: m.k@example.com"]
    (again,) = (button for button in app.button if button.label == "Look again")
    assert again.disabled
    details.select("IBAN: GB29NWBK60161331926819").run()
    _press(app, "Look again")
    assert "looked for: the name in its forms and 1 other detail" in words(app)
    assert app.multiselect[0].options == ["e-mail: m.k@example.com"]
    app.checkbox[0].check().run()
    _press(app, "Forget")
    (job,) = (job for job in bench.jobs.all() if job.title == "Forgetting a person")
    assert bench.jobs.wait(job)
    told = words(app.run()).replace("\\", "")
    (done,) = (each.value for each in app.success)
    assert "Looked for the name in its forms and 1 other detail in" in done
    assert "none of it is left. Nothing else was looked for." in done
    assert "Beside the mentions stayed what was not looked for: 1 × e-mail." in told
    held = bench.library.resolve("staff.txt").text
    assert held == row.replace("Maria Keller", "█" * 12).replace("GB29NWBK60161331926819", "█" * 22)
    told = words(opened(bench)(ERASURE, view="receipts")).replace("\\", "")
    assert "looked for the name in its forms and 1 other detail in" in told
    assert "Beside the mentions stayed what was not looked for: 1 × e-mail" in told


def _press(app, label: str) -> None:  # type: ignore[no-untyped-def]
    (button,) = (button for button in app.button if button.label == label)
    button.click().run()


def test_what_another_tab_holds_of_a_person_goes_when_they_are_forgotten(
    bench: Workbench, opened: Opened, tmp_path: Path
) -> None:
    files = [
        note(tmp_path, "pier.txt", "The old pier is painted green every spring."),
        note(tmp_path, "keys-of-maria-keller.txt", "The key of the boathouse is kept by Maria Keller, 0151 555 0199."),
    ]
    open_page = opened(bench)
    chat = open_page("pages/chat/page.py", **{"as": "administrator", "recipe": "extractive"})
    questions = ("Which colour is the old pier painted?", "Who keeps the key of the boathouse?")
    for question, file in zip(questions, files, strict=True):
        bench.ingest([replace(file, zone="internal")], ADMIN)
        chat.chat_input[0].set_value(question).run()
        assert all(turn.asking.wait(60) for turn in chat.session_state["turns"])
        chat.run()
    kept, held = chat.session_state["turns"]
    assert "Maria Keller" in repr(held.asking.answer)
    chat.session_state["inspector_question"] = "Where does Maria Keller live?"
    chat.session_state["erasure_person"] = chat.session_state["decision_evidence"] = "Maria Keller"
    with_preview = open_page(ERASURE)
    with_preview.text_input[0].set_value("Maria Keller")
    _press(with_preview, "Find mentions")
    bench.forgetting.forget(Person("Maria Keller", phones=("0151 555 0199",)), "redact", ADMIN)
    chat.run()
    assert not chat.exception
    assert [turn.id for turn in chat.session_state["turns"]] == [kept.id], "what spoke of something else stays"
    assert "Something was erased or forgotten since" in chat.info[0].value
    everything = repr(chat.session_state._state.filtered_state)
    assert not [word for word in ("Keller", "keller", "555 0199") if word in everything]
    with_preview.run()
    assert not with_preview.exception
    assert "erasure_found" not in with_preview.session_state


def test_an_erased_document_takes_its_answers_from_open_tabs(bench: Workbench, opened: Opened, tmp_path: Path) -> None:
    bench.ingest([replace(note(tmp_path, "pier.txt", "The old pier is painted green."), zone="internal")], ADMIN)
    chat = opened(bench)("pages/chat/page.py", **{"as": "administrator", "recipe": "extractive"})
    chat.chat_input[0].set_value("Which colour is the pier painted?").run()
    assert chat.session_state["turns"][0].asking.wait(60)
    bench.erase("pier.txt", ADMIN)
    chat.run()
    assert not chat.exception and not chat.session_state["turns"]


def test_what_is_dropped_is_held_by_some_page() -> None:
    from pages.shared import erased

    code = "".join(path.read_text() for path in Path("pages").rglob("*.py") if path.name != "erased.py")
    names = [key.partition("_") for key in (*erased.OBJECTS, *erased.TEXTS)]
    missing = [
        page + rest + name
        for page, rest, name in names
        if f'"{page}_{name}"' not in code and f'{{PAGE}}_{name}"' not in code and f'"{name.strip("_")}' not in code
    ]
    assert not missing
