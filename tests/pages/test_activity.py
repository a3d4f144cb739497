"""Jobs on the page: one line for those that ended, a row where something went wrong."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import RequestError
from core.guardrails.fuzzing import Tried
from core.ingestion import Outcome as Taken
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
