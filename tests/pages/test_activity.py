"""Jobs on the page: one line for those that ended, a row where something went wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import RequestError
from core.governance.principals import persona
from core.guardrails.fuzzing import Tried
from core.incoming import Outcome as Taken
from core.ingestion import Incoming
from core.jobs import Job
from core.security import Outcome
from core.workbench import Workbench
from tests.pages.conftest import PAGES, Open, words

Opened = Callable[[Workbench], Open]
DOCUMENTS = PAGES[1]


def finished(bench: Workbench, *titles: str) -> None:
    for title in titles:
        assert bench.jobs.wait(bench.jobs.start(title, "administrator", lambda _: "all there"))


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def test_finished_jobs_are_one_line_that_opens_and_goes(bench: Workbench, opened: Opened) -> None:
    finished(bench, "First", "Second", "Third")
    app = opened(bench)(DOCUMENTS)
    assert "3 jobs done" in words(app)
    assert "Second" not in words(app)
    assert "Second" in words(press(app, "Show"))
    assert "Second" not in words(press(app, "Hide"))
    press(app, "Dismiss")
    assert "jobs done" not in words(app)
    finished(bench, "Fourth")
    assert "Fourth: all there" in words(app.run())


def test_what_ended_well_is_told_for_a_while_only(bench: Workbench, opened: Opened) -> None:
    def fails(_: Job) -> None:
        raise RequestError("The folder is gone.")

    finished(bench, "First", "Second")
    app = opened(bench)(DOCUMENTS)
    assert "2 jobs done" in words(app)
    app.session_state["told_jobs"] = dict.fromkeys(app.session_state["told_jobs"], 0.0)
    assert "jobs done" not in words(app.run())
    bench.jobs.wait(bench.jobs.start("Broken", "administrator", fails))
    assert "The folder is gone" in words(app.run())


def test_what_went_wrong_is_open(bench: Workbench, opened: Opened) -> None:
    def fails(_: Job) -> None:
        raise RequestError("The folder is gone.")

    bench.jobs.wait(bench.jobs.start("Broken", "administrator", fails))
    finished(bench, "Whole")
    app = opened(bench)(DOCUMENTS)
    assert "2 jobs done, 1 with trouble" in words(app)
    assert "The folder is gone" in words(app)


@pytest.mark.parametrize(
    "result",
    [
        [Tried("words", 1, 2, 3, ())],
        (Outcome("policy", True, "It holds."),),
        {"name": "x"},
        [1, None],
        object(),
        7.0,
        None,
        "",
    ],
    ids=["proof", "check", "mapping", "mixed list", "object", "number", "nothing", "no words"],
)
def test_a_result_of_any_kind_is_a_line_on_every_page_of_it(bench: Workbench, opened: Opened, result: object) -> None:
    bench.jobs.wait(bench.jobs.start("Odd", "administrator", lambda _: result))
    app = opened(bench)(DOCUMENTS)
    assert not app.exception
    assert "Odd: done in" in words(app)
    finished(bench, "Other")
    assert "2 jobs done" in words(app.run())
    assert "Odd" in words(press(app, "Show"))


def test_files_taken_in_are_counted_and_the_refused_one_is_named(bench: Workbench, opened: Opened) -> None:
    taken = [Taken("a.md", "added"), Taken("b.md", "refused", error="b.md is empty.")]
    bench.jobs.wait(bench.jobs.start("Upload", "administrator", lambda _: taken))
    app = opened(bench)(DOCUMENTS)
    assert "1 added and 1 refused in" in words(app)
    assert " is empty" in words(app)


def test_progress_of_an_unknown_kind_is_work_under_way() -> None:
    def page() -> None:
        from pages.shared.progress import bar

        bar(object())

    app = AppTest.from_function(page).run()
    assert not app.exception


def test_the_jobs_of_others_are_not_shown(bench: Workbench, opened: Opened) -> None:
    finished(bench, "Secret plan.pdf")
    assert "Secret plan" not in words(opened(bench)(DOCUMENTS, **{"as": "engineer"}))


def test_refused_files_are_one_line_where_the_page_is_about_something_else(
    bench: Workbench, opened: Opened, tmp_path: Path
) -> None:
    (tmp_path / "empty.txt").touch()
    job = bench.start_ingest([Incoming(tmp_path / "empty.txt", "empty.txt")], persona("administrator"), "1 file")
    assert bench.jobs.wait(job)
    open_page = opened(bench)
    for page, shown in ((DOCUMENTS, True), ("pages/guardrails/page.py", False), ("pages/inspector/page.py", False)):
        app = open_page(page, **{"as": "administrator"})
        assert "1 refused" in words(app)
        assert ("'empty.txt' is empty" in words(app).replace("\\", "")) == shown, page
        if shown:
            (row,) = [each.value for each in app.markdown if "**1 file**" in each.value]
            assert row.startswith(":material/warning:"), "no tick under what went wrong"
    assert "'empty.txt' is empty" in words(press(app, "Show")).replace("\\", "")
