"""The costs on their page: sliders move them, settings are told and reset, every number opens."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.decision.lens import Lens
from core.workbench import Workbench

APP = str(Path(__file__).parent / "cost_app.py")


@pytest.fixture
def drawn(filled: Workbench, opened: Callable[[Workbench], object]) -> AppTest:
    opened(filled)
    app = AppTest.from_file(APP, default_timeout=60).run()
    assert not app.exception
    return app


def told(app: AppTest) -> str:
    return app.info[0].value.replace("\\", "")


def test_the_break_even_moves_with_a_slider(drawn: AppTest) -> None:
    before, totals = told(drawn), [metric.value for metric in drawn.metric]
    assert re.search(r"From [\d.]+ million requests a month on, an adapter costs less than retrieval", before)
    drawn.select_slider(key="cost_slide_price_in").set_value(3.0).run()
    assert not drawn.exception
    assert told(drawn) != before
    assert [metric.value for metric in drawn.metric] != totals
    assert drawn.button(key="cost_reset").label == "Reset 1 setting"
    drawn.button(key="cost_reset").click().run()
    assert told(drawn) == before
    assert drawn.button(key="cost_reset").disabled


def counted(app: AppTest) -> str:
    caption = next(each.value for each in app.caption if "Cards and bars are for" in each.value)
    assert "\\\\" not in caption  # escaped once
    return caption.replace("\\", "")


def test_costs_are_for_the_traffic_that_the_lens_says(drawn: AppTest) -> None:
    drawn.session_state["decision_lens"] = Lens(answers=Lens().answers | {"cost": "highway", "change": "daily"})
    drawn.run()
    assert not drawn.exception
    caption = counted(drawn)
    assert "300,000 requests a month at the start (what the answer “Highway traffic" in caption
    assert "The lens says of facts that change “Every day”; here 4 documents change a month." in caption
    drawn.select_slider(key="cost_slide_requests").set_value(1_000.0).run()
    caption = counted(drawn)
    assert "for 1,000 requests a month at the start, in dollars" in caption


def test_a_link_opens_the_same_costs(filled: Workbench, opened: Callable[[Workbench], object]) -> None:
    opened(filled)
    app = AppTest.from_file(APP, default_timeout=60)
    for name, value in {"set": "price_in=3;rows=900:300:5000", "served": "own", "months": "36"}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert app.button(key="cost_reset").label == "Reset 2 settings"
    assert app.segmented_control(key="decision_served").value == "own"
    assert app.segmented_control(key="decision_months").value == "36"
    app.button(key="cost_reset").click().run()
    assert "set" not in app.query_params


def test_a_link_that_makes_no_sense_sets_nothing(filled: Workbench, opened: Callable[[Workbench], object]) -> None:
    opened(filled)
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["set"] = "price_in=-4"
    app.query_params["served"] = "cloud"
    app.run()
    assert not app.exception
    assert "at least 0" in app.warning[0].value
    assert app.button(key="cost_reset").disabled


def test_every_number_opens_to_inputs_with_their_source(drawn: AppTest) -> None:
    captions = "\n".join(caption.value for caption in drawn.caption).replace("\\", "")
    assert "A week of an engineer: 4,000 $/person-week (2,500 to 6,000) — assumption, 2026-11-29" in captions
    assert re.search(r"Originals: [\d.e-]+ GB — measured here, \d{4}-\d\d-\d\d: The files of \d+ documents", captions)
    assert "measured here · " in captions


def test_own_machines_are_another_bill(drawn: AppTest) -> None:
    drawn.segmented_control(key="decision_served").set_value("own").run()
    assert not drawn.exception
    markdown = "\n".join(element.value for element in drawn.markdown)
    assert "**Machine time**" in markdown and "**Tokens read**" not in markdown
    assert drawn.select_slider(key="cost_slide_idle").value == 3.0


def test_the_table_holds_every_input_and_names_what_measures_it(drawn: AppTest) -> None:
    from core.decision.prices import INPUTS

    frame = next(each.value for each in drawn.dataframe if "Name" in each.value)
    assert set(frame["Name"]) == set(INPUTS)
    right = frame[frame["Name"] == "right_tuning"].iloc[0]
    assert right["Source"] == "not measured" and right["Rests on"].startswith("python -m core arms")
    assert any(code.value == "python -m core arms --questions SET --adapter NAME" for code in drawn.code)


@pytest.mark.parametrize(
    ("cells", "kept", "said"),
    [
        ({"Value": 0.9}, (0.9, 0.3, 6.0), ""),
        ({"Low": 0.1, "High": 0.2}, (0.15, 0.1, 0.2), ""),
        ({"Low": 0.5}, None, "lies outside its range"),
        ({"Value": -1.0}, None, "at least 0"),
    ],
)
def test_a_cell_that_was_written_counts_or_is_told(
    monkeypatch: pytest.MonkeyPatch, cells: dict[str, float], kept: tuple[float, float, float] | None, said: str
) -> None:
    from core.decision.scenario import scenario
    from pages.decision import cost_inputs

    state = {"table": {"edited_rows": {"0": cells}}}
    monkeypatch.setattr(st, "session_state", state)
    cost_inputs._edited("table", ["price_in"], {}, scenario({}).figures)
    if kept is None:
        assert cost_inputs.settings() == {} and said in state[cost_inputs.TROUBLE]  # type: ignore[operator]
    else:
        figure = scenario({}, cost_inputs.settings()).figures["price_in"]
        assert (figure.value, figure.low, figure.high) == pytest.approx(kept)
        assert cost_inputs.TROUBLE not in state
