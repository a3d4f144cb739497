"""Documents: who may add, what the list holds, what a document looks like inside."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from core.governance.principals import persona
from core.ingestion import Incoming
from core.library.store import Summary
from core.types import Principal
from core.workbench import Workbench
from pages.shared.words import plain
from tests.pages.conftest import PAGES, Open, words

ADMIN = persona("administrator")

Opened = Callable[[Workbench], Open]
DOCUMENTS = PAGES[1]


@pytest.fixture
def hostile(bench: Workbench, tmp_path: Path) -> Workbench:
    """One document whose name and text would do harm as Markdown or HTML."""
    path = tmp_path / "paper.txt"
    path.write_text(
        "![pixel](http://evil.example/p.png) <img src=x onerror=alert(1)> :red[hello] The answer is 42.\n" * 3
    )
    (outcome,) = bench.ingest([Incoming(path, "![x](http:evil) _a_.txt", "public", ("<b>",))], ADMIN)
    assert outcome.state == "added"
    return bench


@pytest.mark.parametrize(("persona", "allowed"), [("viewer", 0), ("analyst", 0), ("engineer", 1), ("administrator", 1)])
def test_only_builders_see_the_drop_zone(persona: str, allowed: int, bench: Workbench, opened: Opened) -> None:
    app = opened(bench)(DOCUMENTS, **{"as": persona})
    assert len(app.get("file_uploader")) == allowed
    assert ("Choose the engineer" in words(app)) != bool(allowed)


def test_a_builder_chooses_among_zones_of_their_own(bench: Workbench, opened: Opened) -> None:
    app = opened(bench)(DOCUMENTS, **{"as": "engineer"})
    zone = next(box for box in app.selectbox if box.label == "Who may find it")
    assert len(zone.options) == 3
    assert zone.value is None  # a new version stays in its zone, a new document is internal


def test_nothing_is_added_before_a_file_is_in(bench: Workbench, opened: Opened) -> None:
    app = opened(bench)(DOCUMENTS)
    assert next(button for button in app.button if button.label == "Add").disabled
    app.get("file_uploader")[0].upload("note.md", b"# Note\n\nThe gate opens at nine.\n", "text/markdown").run()
    assert not next(button for button in app.button if button.label == "Add").disabled


def test_an_upload_becomes_a_job_and_then_a_document(bench: Workbench, opened: Opened) -> None:
    app = opened(bench)(DOCUMENTS)
    app.get("file_uploader")[0].upload("note.md", b"# Note\n\nThe gate opens at nine.\n", "text/markdown").run()
    next(button for button in app.button if button.label == "Add").click().run()
    assert all(bench.jobs.wait(job) for job in bench.jobs.all())
    app.run()
    assert "1 added" in words(app)
    assert list(app.dataframe[0].value["Name"]) == ["note.md"]
    assert not [path for path in bench.workspace.inbox.iterdir() if path.is_dir()]


def test_a_document_that_comes_while_the_page_is_drawn_is_listed(
    bench: Workbench, opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(bench)
    (path := tmp_path / "note.md").write_text("# Note\n\nThe gate opens at nine.\n")
    read = bench.documents

    def reads_then_comes(who: Principal) -> Sequence[Summary]:
        found = read(who)
        monkeypatch.setattr(bench, "documents", read)
        job = bench.jobs.start("note.md", who.name, lambda job: bench.ingest([Incoming(path, "note.md")], who))
        assert bench.jobs.wait(job)
        return found

    app = page()
    monkeypatch.setattr(bench, "documents", reads_then_comes)
    app.switch_page(DOCUMENTS).run()
    assert list(app.dataframe[0].value["Name"]) == ["note.md"]


def test_a_refused_file_says_why(bench: Workbench, opened: Opened) -> None:
    app = opened(bench)(DOCUMENTS)
    app.get("file_uploader")[0].upload("empty.pdf", b"", "application/pdf").run()
    next(button for button in app.button if button.label == "Add").click().run()
    assert all(bench.jobs.wait(job) for job in bench.jobs.all())
    app.run()
    assert "1 refused" in words(app)
    assert "empty\\.pdf" in words(app)
    assert not app.dataframe


def test_the_list_is_filtered_by_words_and_zones(filled: Workbench, opened: Opened) -> None:
    app = opened(filled)(DOCUMENTS)
    assert len(app.dataframe[0].value) == len(filled.samples())
    app.text_input[0].set_value("POLICY finance").run()
    assert set(app.dataframe[0].value["Name"]) >= {"travel-policy-2025.pdf", "travel-policy-2026.pdf"}
    app.text_input[0].set_value("no such thing").run()
    assert not app.dataframe
    assert "No document fits this filter." in words(app)


def test_a_viewer_sees_no_other_zone(filled: Workbench, opened: Opened) -> None:
    app = opened(filled)(DOCUMENTS, **{"as": "viewer"})
    assert set(app.dataframe[0].value["Zone"]) == {"public"}


def test_inside_a_document(filled: Workbench, opened: Opened) -> None:
    app = opened(filled)(DOCUMENTS)
    app.session_state["open_document"] = filled.library.resolve("returns-policy.pdf").id
    app.run()
    assert not app.exception
    assert "returns\\-policy\\.pdf" in words(app)
    assert "public zone" in words(app)
    assert "version 1" in words(app)


def test_hidden_text_is_told_inside_a_document(filled: Workbench, opened: Opened) -> None:
    app = opened(filled)(DOCUMENTS)
    app.session_state["open_document"] = filled.library.resolve("supplier-letter.html").id
    app.run()
    assert not app.exception
    assert plain("Hidden text: white text (1 passage)") in words(app)


def test_a_document_beyond_the_persona_stays_shut(filled: Workbench, opened: Opened) -> None:
    app = opened(filled)(DOCUMENTS, **{"as": "viewer"})
    app.session_state["open_document"] = filled.library.resolve("hr-personnel-record.docx").id
    app.run()
    assert "There is no document" in words(app)
    assert "personnel" not in words(app)


def test_names_and_texts_are_never_markup(hostile: Workbench, opened: Opened) -> None:
    app = opened(hostile)(DOCUMENTS)
    app.session_state["open_document"] = hostile.library.ready()[0].id
    app.run()
    assert not app.exception
    shown = words(app)
    assert "![" not in shown
    assert "<img" not in shown
    assert "<b>" not in shown


def test_job_rows_are_for_their_starter_and_administrators(bench: Workbench, opened: Opened) -> None:
    bench.jobs.start("secret-plan.pdf", "administrator", lambda job: [])
    assert all(bench.jobs.wait(job) for job in bench.jobs.all())
    open_as = opened(bench)
    assert "secret\\-plan" in words(open_as(DOCUMENTS))
    assert "secret\\-plan" not in words(open_as(DOCUMENTS, **{"as": "engineer"}))


def test_names_stand_in_one_order_whatever_their_case_and_notes_are_cut_behind_a_word(
    bench: Workbench, opened: Opened, tmp_path: Path
) -> None:
    for name in ("alder.txt", "Birch.txt", "cedar.txt"):
        (tmp_path / name).write_text(f"The {name} is a tree.")
    files = [Incoming(tmp_path / name, name, zone="restricted") for name in ("cedar.txt", "Birch.txt", "alder.txt")]
    bench.ingest(files, persona("administrator"))
    table = opened(bench)(DOCUMENTS, **{"as": "administrator"}).dataframe[0].value
    assert list(table["Name"]) == ["alder.txt", "Birch.txt", "cedar.txt"]
    assert not {"Labels", "Notes"} & set(table.columns), "a column in which nothing stands takes no room"
    from pages.documents.shelf import _noted

    held = replace(bench.documents(persona("administrator"))[0], notes=("1 comment was left out", "Hidden text: white"))
    assert _noted(held, 40) == "Hidden text: white; 1 comment was left out"
    assert _noted(held, 19) == "Hidden text: white; 1 comment …"
