"""The Freshness page: empty, with facts and a check, a change with one press, an alarm and its acknowledgement."""

from collections.abc import Callable
from pathlib import Path

from core.workbench import Workbench
from tests.pages.conftest import Open, words
from tests.test_freshness import ADMIN, BELL, CLOSED, tower
from tests.test_ingestion import note

__all__ = ["tower"]
Opened = Callable[[Workbench], Open]
PAGE = "pages/freshness/page.py"


def test_without_facts_it_says_what_to_do(bench: Workbench, opened: Opened) -> None:
    app = opened(bench)(PAGE)
    assert not app.exception
    assert "No facts yet" in words(app)
    app.text_input[0].set_value("a")
    app.button(key="FormSubmitter:fact_form-Keep the fact").click().run()
    assert not app.exception
    assert "value" in app.warning[0].value


def test_from_a_change_to_an_alarm_that_is_seen(tower: Workbench, opened: Opened, tmp_path: Path) -> None:
    tower.freshness.check(["extractive"], ["tone"], ADMIN)
    tower.ingest([note(tmp_path, "bell.txt", BELL.format(380))], ADMIN)
    app = opened(tower)(PAGE)
    assert not app.exception
    grid = app.dataframe[0].value
    assert list(grid["Fact"]) == ["bell", "boat"]
    assert set(grid[CLOSED]) == {"✓ fresh"}
    assert grid["It"][0] == "now says another: 380 kilograms"
    app.button(key="take_over").click().run()
    assert tower.freshness.facts.get("bell", ADMIN).value == "380 kilograms"
    app.multiselect(key="check_adapters").set_value(["tone"]).run()
    app.button(key="check_start").click().run()
    job = next(job for job in tower.jobs.all() if job.title == "Freshness check")
    assert tower.jobs.wait(job)
    app.run()
    assert list(app.dataframe[0].value[CLOSED]) == ["▲ drifted", "✓ fresh"]
    assert "1 fact drifted" in app.warning[0].value
    app.button_group(key="freshness_view").set_value("alarms").run()
    assert "Train the adapter anew" in words(app)
    app.button(key=f"seen_bell_{CLOSED}").click().run()
    assert not app.exception and not app.warning
    assert "Seen by administrator" in words(app)
    app.button_group(key="freshness_view").set_value("timeline").run()
    assert not app.exception
    app.selectbox(key="timeline_answerer").set_value(CLOSED).run()
    assert "✓ fresh → ▲ drifted" in words(app)
    app.button_group(key="freshness_view").set_value("plan").run()
    app.radio(key="plan_every").set_value("hours").run()
    app.button(key="plan_keep").click().run()
    assert not app.exception
    assert tower.freshness.schedule().every == "hours"
