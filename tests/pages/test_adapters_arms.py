"""Four arms on the page: the square as it fills, what the browser is told, and a set with its table and chart."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.arms import ARMS, Spoken, judged
from core.errors import GenerationError
from core.evaluation.questions import Question
from core.recipes import BUILT_IN
from core.workbench import Workbench
from tests.fakes import source
from tests.lab.test_arms import ADMIN, QUESTIONS, tower
from tests.pages.conftest import PAGES, Open, words
from tests.test_arms import KNOWN, UNKNOWN, answer

__all__ = ["tower"]
Opened = Callable[[Workbench], Open]
ADAPTERS = PAGES[6]


def spoken(question: Question, arm: Any, **changes: Any) -> Spoken:
    made = answer(changes.pop("text", "45 days"), **changes)
    return Spoken(arm, made, 0.25, 1.5, judged(question, made))


def settle(app: AppTest) -> AppTest:
    assert app.session_state["four_arms"].wait(60)
    return app.run()


def test_without_an_adapter_it_says_what_to_do(bench: Workbench, opened: Opened) -> None:
    app = opened(bench)(ADAPTERS, view="arms")
    assert not app.exception
    if not bench.adapters.released(ADMIN):
        assert "No adapter that may answer yet" in words(app)


def test_a_question_gets_four_answers(tower: Workbench, opened: Opened) -> None:
    app = opened(tower)(ADAPTERS, view="arms")
    assert app.button(key="ask_four").disabled
    app.button_group(key="arms_sample").set_value(QUESTIONS[0].text).run()
    assert app.text_input(key="adapters_question").value == QUESTIONS[0].text
    app.button(key="ask_four").click().run()
    settle(app)
    assert not app.exception
    four = app.session_state["four_arms"]
    assert list(four.spoken) == list(ARMS)
    from pages.adapters.grid_view import view

    told = view(four)
    assert told["columns"] == ["Base model", "With the adapter tone"]
    assert told["accepted"] == ["four hundred kilograms"]
    assert [cell["state"] for cell in told["cells"][:2]] == ["bad", "good"]
    assert [cell["speaker"] for cell in told["cells"][:2]] == ["SmolLM2", "SmolLM2 + tone"]
    assert [cell["writing"] for cell in told["cells"]] == [False] * 4
    assert max(cell["share"] for cell in told["cells"]) == 1.0
    assert app.query_params["question"] == QUESTIONS[0].text


def test_an_error_is_one_sentence_beside_what_is_there(
    tower: Workbench, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> object:
        raise GenerationError("The model is out.")

    app = opened(tower)(ADAPTERS, view="arms", question="How heavy is it?")
    monkeypatch.setattr(tower, "ask", fail)
    app.button(key="ask_four").click().run()
    settle(app)
    assert "The model is out." in app.warning[0].value.replace("\\", "")
    assert not app.exception


@pytest.mark.parametrize(
    ("question", "changes", "badges"),
    [
        (KNOWN, {}, ["Right", "Exact", "Grounded", "Right source"]),
        (KNOWN, {"text": "Two weeks.", "documents": ("other.txt",)}, ["Wrong", "Grounded", "Other source"]),
        (KNOWN, {"route": "closed", "documents": ()}, ["Right", "Exact", "No receipts"]),
        (KNOWN, {"abstained": True, "documents": ()}, ["Wrong", "Declined"]),
        (UNKNOWN, {"abstained": True, "documents": ()}, ["Rightly declined"]),
        (Question("", "?"), {"model": "extractive", "doubts": 1}, ["Quotes instead", "Not grounded"]),
    ],
)
def test_badges_say_what_may_be_said(question: Question, changes: dict, badges: list[str]) -> None:
    from pages.adapters.grid_view import badges as told

    assert [badge["text"] for badge in told(spoken(question, "adapter", **changes))] == badges


def test_text_of_documents_reaches_the_browser_as_data(tower: Workbench) -> None:
    from pages.adapters.four import Four
    from pages.adapters.grid_view import view

    four = Four.__new__(Four)
    four.question, four.adapter, four.known, four.over, four.error = "q", "tone", KNOWN, False, None
    four.texts, four.sources, four.spoken = {"adapter": "<b>half"}, {}, {}
    hostile = "<img src=x onerror=alert(1)>"
    four.spoken["base"] = spoken(KNOWN, "base", text=hostile, sources=(source(1, hostile * 40),), documents=())
    cells = view(four)["cells"]
    assert "".join(part["text"] for part in cells[0]["segments"]) == hostile
    assert len(cells[0]["sources"][0]["text"]) == 420
    assert (cells[1]["writing"], cells[1]["segments"][0]["text"]) == (True, "<b>half")
    assert [(cell["note"], cell["state"]) for cell in cells[2:]] == [("Next…", "waiting")] * 2
    script = (Path(__file__).parents[2] / "pages" / "adapters" / "grid.js").read_text()
    assert "innerHTML" not in script and "insertAdjacentHTML" not in script


def test_a_set_is_compared_and_shown(tower: Workbench, opened: Opened) -> None:
    app = opened(tower)(ADAPTERS, view="arms")
    app.button(key="start_arms").click().run()
    for job in tower.jobs.all():
        assert tower.jobs.wait(job)
    app.run()
    assert not app.exception
    table = app.table[0].value
    assert list(table.columns) == ["Base", "Adapter", "Base + retrieval", "Adapter + retrieval"]
    assert table.loc["Right", "Base"].startswith("0.50 [")
    assert table.loc["Right source cited", "Base"] == "–"
    assert "3 of 3 questions answered four times" in words(app)
    assert "Adapter against base" in words(app)
    assert app.query_params["trial"] == tower.lab.arms.all(ADMIN)[0].id
    app.button(key="forget_arms").click().run()
    assert tower.lab.arms.all(ADMIN) == []
    assert not app.exception


def test_an_interrupted_one_is_gone_on_with(tower: Workbench, opened: Opened) -> None:
    tower.lab.arms.begin("tower", BUILT_IN["default"], "tone", ADMIN, limit=1)
    app = opened(tower)(ADAPTERS, view="arms")
    assert "Results appear here" in words(app)
    app.button(key="resume_arms").click().run()
    for job in tower.jobs.all():
        assert tower.jobs.wait(job)
    app.run()
    assert "1 of 1 question answered four times" in words(app)
    assert not app.exception


def test_readers_ask_and_start_nothing(tower: Workbench, opened: Opened) -> None:
    app = opened(tower)(ADAPTERS, view="arms", **{"as": "viewer"})
    assert "may look at comparisons, not start them" in words(app)
    assert "start_arms" not in {str(button.key) for button in app.button}
    assert app.selectbox(key="adapters_worn").options == ["tone"]


def test_quotes_in_the_place_of_the_model_are_told(tower: Workbench) -> None:
    quoted = replace(spoken(KNOWN, "base + retrieval"), answer=answer("45 days", model="extractive"))
    from pages.shared.recipes import spoke

    assert spoke(quoted.answer) == "quotes"


def test_what_the_router_measured_is_listed_and_forgotten(tower: Workbench, opened: Opened) -> None:
    trial = tower.lab.routes.found("tower", {"rag": BUILT_IN["extractive"]}, ADMIN)
    app = opened(tower)(ADAPTERS, view="arms")
    assert "0 of 3 answers" in words(app)
    app.button(key=f"forget_routes_{trial.id}").click().run()
    assert not app.exception
    assert (tower.lab.routes.all(ADMIN), tower.runs.all(part_of=trial.id)) == ([], [])
