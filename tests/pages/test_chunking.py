"""Chunking lab: lanes from the address, flags, a run, a sweep, its winner, and what each persona may do."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from core.chunking import STRATEGIES
from core.errors import RequestError
from core.evaluation.questions import Evidence, Question
from core.governance.principals import persona
from core.types import Chunking
from core.workbench import Workbench
from tests.pages.conftest import PAGES, Open, words
from tests.test_ingestion import note

Opened = Callable[[Workbench], Open]
LAB = PAGES[4]
ADMIN = persona("administrator")
FILLER = "The wheel turns and the flour falls into the sacks below. " * 9
TEXT = f"Mill report.\n\n{FILLER}It stands by the brook. The miller sleeps at noon. {FILLER}"
QUOTE = "It stands by the brook. The miller sleeps at noon."
SMALL = "tokens_16_0_minilm~tokens_200_0_minilm"


@pytest.fixture
def mill(bench: Workbench, tmp_path: object) -> Workbench:
    """Two documents and four questions, of which two fall into each half."""
    from pathlib import Path

    folder = Path(str(tmp_path))
    facts = {"mill.txt": TEXT, "bell.txt": "The bell weighs four hundred kilograms and rings at noon. " * 3}
    bench.ingest([note(folder, name, text) for name, text in facts.items()], ADMIN)
    questions = [
        Question(f"q{n}", f"When does the miller sleep, {n}?", evidence=(Evidence("mill.txt", QUOTE),), zone="public")
        for n in range(6)
    ]
    bench.lab.sets.save("mill", questions, ADMIN)
    return bench


def settled(app: AppTest, bench: Workbench) -> AppTest:
    for job in bench.jobs.all():
        assert bench.jobs.wait(job, 60)
        assert not job.error
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def address(app: AppTest, name: str) -> str:
    """What stands in the address bar."""
    held = app.query_params[name]
    return held if isinstance(held, str) else str(held[0])


def test_without_documents_the_page_says_what_to_do(bench: Workbench, opened: Opened) -> None:
    app = opened(bench)(LAB)
    assert not app.exception
    assert "Nothing to cut yet" in words(app)


def test_a_link_opens_the_same_lanes_and_the_cut_quote_is_told(mill: Workbench, opened: Opened) -> None:
    app = opened(mill)(LAB, lanes=SMALL)
    assert not app.exception
    assert app.selectbox(key="lab_doc").value == next(d.id for d in mill.documents(ADMIN) if d.name == "mill.txt")
    assert app.selectbox(key="strategy_lane0").value == "tokens"
    assert app.slider(key="size_lane1").value == 200
    table = app.table[0].value
    assert list(table.columns) == ["A · Fixed tokens 16", "B · Fixed tokens 200"]
    assert list(table.loc["Quotes cut"]) == ["1 of 1", "0 of 1"]
    assert address(app, "lanes") == SMALL


def test_a_slider_cuts_anew_and_the_address_follows(mill: Workbench, opened: Opened) -> None:
    app = opened(mill)(LAB, lanes=SMALL)
    app.slider(key="size_lane0").set_value(64).run()
    assert address(app, "lanes") == "tokens_64_0_minilm~tokens_200_0_minilm"
    app.slider(key="overlap_lane0").set_value(200).run()
    assert "The overlap counts as 32" in words(app)
    assert not app.exception
    app.selectbox(key="strategy_lane0").set_value("hierarchical").run()
    assert "_p480_minilm~" in address(app, "lanes")
    assert not app.exception


def test_three_and_four_lanes_and_every_strategy(mill: Workbench, opened: Opened) -> None:
    app = opened(mill)(LAB)
    app.segmented_control(key="lane_count").set_value(4).run()
    assert not app.exception
    assert len(app.table[0].value.columns) == 4
    for strategy in STRATEGIES:
        app.selectbox(key="strategy_lane3").set_value(strategy).run()
        assert not app.exception
        assert STRATEGIES[strategy].when in words(app)


def test_a_link_that_is_none_is_told_and_the_page_lives(mill: Workbench, opened: Opened) -> None:
    app = opened(mill)(LAB, lanes="magic_1_2_x", view="nosuch", doc="nosuch", set="nosuch")
    assert not app.exception
    assert "is no lane" in words(app)
    assert app.table


def test_views_keep_lanes_and_document(mill: Workbench, opened: Opened) -> None:
    bell = next(d.id for d in mill.documents(ADMIN) if d.name == "bell.txt")
    app = opened(mill)(LAB, lanes=SMALL, doc=bell)
    for view in ("sweep", "questions", "text"):
        app.segmented_control(key="lab_view").set_value(view).run()
        assert not app.exception
        assert address(app, "view") == view
    assert app.selectbox(key="lab_doc").value == bell
    assert app.slider(key="size_lane0").value == 16


def test_lanes_are_measured_and_compared(mill: Workbench, opened: Opened) -> None:
    app = opened(mill)(LAB, lanes=SMALL, view="questions")
    assert "not measured yet" in words(app)
    settled(press(app, "Measure A and B"), mill)
    assert not app.exception
    table = app.table[0].value
    assert table.loc["Recall@5", "B · Fixed tokens 200"] == "1.000 [0.610, 1.000]"  # Wilson over six: 6 / (6 + 1.96²)
    assert table.loc["Recall@5", "A · Fixed tokens 16"] == "0.000 [0.000, 0.390]"
    assert "**B** finds 6 questions that A misses, and misses 0 that A finds" in words(app)
    assert len(app.dataframe[0].value) == 6
    assert "Measure A and B" not in [button.label for button in app.button]


def test_a_sweep_shows_a_winner_that_is_saved_and_asked_with(mill: Workbench, opened: Opened) -> None:
    app = opened(mill)(LAB, view="sweep")
    app.multiselect(key="sweep_strategy").set_value(["tokens"]).run()
    app.multiselect(key="sweep_size").set_value([96, 512]).run()
    app.multiselect(key="sweep_overlap").set_value([0]).run()
    settled(press(app, "Start the sweep"), mill)
    assert not app.exception
    assert "2 of 2 recipes done" in words(app)
    rows = app.dataframe[0].value
    assert set(rows["Way of cutting"]) == {"Fixed tokens 96, MiniLM (English)", "Fixed tokens 512, MiniLM (English)"}
    assert "Best: " in words(app)
    settled(press(app, "Save as recipe"), mill)
    assert len(mill.recipes.all()) == 4
    saved = mill.recipes.all()[-1]
    press(app, "Ask with it in Chat")
    assert not app.exception
    assert app.selectbox(key="recipe").value == saved.name


@pytest.mark.parametrize("who", ["viewer", "analyst"])
def test_who_may_only_read_starts_nothing(who: str, mill: Workbench, opened: Opened) -> None:
    for view in ("text", "questions", "sweep"):
        app = opened(mill)(LAB, **{"as": who, "view": view})
        assert not app.exception
        labels = {button.label for button in app.button}
        assert not {"Save as recipe", "Measure A and B", "Start the sweep"} & labels


def test_what_is_hidden_is_not_offered(mill: Workbench, opened: Opened) -> None:
    secret = next(d.id for d in mill.documents(ADMIN) if d.name == "mill.txt")
    mill.rezone(secret, ADMIN, "restricted")
    app = opened(mill)(LAB, **{"as": "viewer", "doc": secret})
    assert not app.exception
    assert secret not in str(app.selectbox(key="lab_doc").value)
    assert "miller" not in words(app)


@given(
    some.lists(
        some.tuples(some.sampled_from(sorted(STRATEGIES)), some.integers(16, 400), some.integers(0, 15)),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_written_in_a_link_is_read_back(lanes: list[tuple[str, int, int]]) -> None:
    from pages.chunking.link import LaneChoice, read, written

    chosen = [LaneChoice(Chunking(strategy, size, overlap), "minilm") for strategy, size, overlap in lanes]
    assert read(written(chosen)) == chosen


@pytest.mark.parametrize("text", ["", "tokens", "tokens_1_0_minilm", "tokens_16_16_minilm", "x_16_0_minilm", "~~"])
def test_no_other_text_is_a_lane(text: str) -> None:
    from pages.chunking.link import read

    with pytest.raises(RequestError):
        read(text)
