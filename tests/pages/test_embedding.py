"""Embedding lab: the map with a question, the comparison of embedders, the findings, and what each persona may do."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.embedding.encoder import Encoder
from core.evaluation.questions import Evidence, Question
from core.governance.principals import persona
from core.workbench import Workbench
from tests.pages.conftest import PAGES, Open, words
from tests.test_ingestion import note

Opened = Callable[[Workbench], Open]
LAB = PAGES[5]
ADMIN = persona("administrator")
FACTS = {
    "moss.txt": "The moss on the north wall is cut every second Tuesday by the gardener.",
    "bell.txt": "The bell of the old tower rings at noon and weighs four hundred kilograms.",
    "bell2.txt": "The bell of the old tower rings at noon and weighs four hundred kilogrammes.",
    "lamp.txt": "The lamp in the hall burns sixty watts and was bought in Ghent.",
    "boat.txt": "The boat lies at pier nine and its mast was repaired last spring.",
    "rye.txt": "The mill grinds rye until the evening, when the miller goes home.",
}


@pytest.fixture
def town(bench: Workbench, tmp_path: Path) -> Workbench:
    """Six documents, two of them nearly the same, and a question about most."""
    bench.ingest([note(tmp_path, name, text) for name, text in FACTS.items()], ADMIN)
    asked = {
        "moss.txt": "When is the moss cut?",
        "lamp.txt": "Where was the lamp bought?",
        "boat.txt": "Where is the boat?",
    }
    questions = [Question(n, t, evidence=(Evidence(n, FACTS[n]),), zone="public") for n, t in asked.items()]
    questions.append(Question("no", "Who won the football match?", answerable=False, zone="public"))
    bench.lab.sets.save("town", questions, ADMIN)
    return bench


def settled(app: AppTest, bench: Workbench) -> AppTest:
    for job in bench.jobs.all():
        assert bench.jobs.wait(job, 120)
        assert not job.error
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def charts(app: AppTest) -> list[str]:
    """The charts in words, as a screen reader gets them."""
    return [element.proto.alt for element in app.get("plotly_chart")]


def test_without_documents_the_page_says_what_to_do(bench: Workbench, opened: Opened) -> None:
    app = opened(bench)(LAB)
    assert not app.exception
    assert "Nothing to compare yet" in words(app)


@pytest.mark.parametrize("colour", ["document", "zone", "language", "cluster"])
def test_the_map_shows_every_passage_and_what_a_question_finds(colour: str, town: Workbench, opened: Opened) -> None:
    app = opened(town)(LAB, q="How heavy is the bell?", colour=colour)
    assert not app.exception
    (told,) = charts(app)
    assert "6 passages of 6 documents as points" in told
    assert "the question finds bell" in told


def test_a_lasso_lists_passages_and_one_press_opens_its_text(town: Workbench, opened: Opened) -> None:
    app = opened(town)(LAB)
    documents = {document.name: document.id for document in town.documents(ADMIN)}
    two = [(documents[name], 0, 20) for name in ("moss.txt", "lamp.txt")]
    app.session_state["selected_passages"] = two
    app.run()
    assert "2 passages chosen" in words(app)
    assert set(app.dataframe[0].value["Document"]) == {"moss.txt", "lamp.txt"}
    app.session_state["selected_passages"] = two[:1]
    app.run()
    assert "moss" in words(app)
    assert "1 passage chosen" in words(app)
    app.button(key="clear_selection").click().run()
    assert "Press a point" in words(app)
    assert not app.exception


def test_a_second_embedder_is_built_and_shown_beside(town: Workbench, opened: Opened, minilm: Encoder) -> None:
    app = opened(town)(LAB, beside="e5")
    assert "There is no index of these documents by this embedder yet" in words(app)
    settled(press(app, "Build it"), town)
    assert not app.exception
    assert [told.split(":")[0] for told in charts(app)] == ["Map of MiniLM (English)", "Map of E5 (many languages)"]


def test_embedders_are_compared(town: Workbench, opened: Opened) -> None:
    app = opened(town)(LAB, view="compare")
    app.multiselect(key="compare_models").set_value(["minilm"]).run()
    assert "Choose at least two that differ." in words(app)
    app.multiselect(key="compare_quantizations").set_value(["none", "int8"]).run()
    settled(press(app, "Compare"), town)
    assert not app.exception
    table = app.table[0].value
    assert list(table.columns) == ["MiniLM (English)", "MiniLM (English), int8"]
    assert table.loc["Recall@5", "MiniLM (English)"] == "1.000 [0.438, 1.000]"
    assert list(table.loc["Bytes a vector"]) == ["1,536", "1,920"]
    assert "small enough to be searched with whole vectors" in words(app)
    assert "2 of 2 recipes done" in words(app)
    press(app, "Forget it")
    assert town.lab.trials.all("embedders", ADMIN) == []


def test_findings_name_far_questions_and_the_same_in_two_documents(town: Workbench, opened: Opened) -> None:
    app = opened(town)(LAB, view="findings")
    assert not app.exception
    lonely, alike = app.dataframe[0].value, app.dataframe[1].value
    assert lonely["Question"][0] == "Who won the football match?"
    assert {alike["One"][0], alike["Other"][0]} == {"bell.txt", "bell2.txt"}
    app.slider(key="alike_least").set_value(1.0).run()
    assert "No two passages of different documents are as alike." in words(app)


@pytest.mark.parametrize("view", ["map", "compare", "findings"])
def test_who_may_only_read_starts_nothing(view: str, town: Workbench, opened: Opened) -> None:
    app = opened(town)(LAB, **{"as": "viewer", "view": view, "beside": "e5"})
    assert not app.exception
    assert not {"Build it", "Fit the map", "Compare"} & {button.label for button in app.button}


def test_what_is_hidden_is_no_point(town: Workbench, opened: Opened) -> None:
    secret = next(document.id for document in town.documents(ADMIN) if document.name == "moss.txt")
    town.rezone(secret, ADMIN, "restricted")
    app = opened(town)(LAB, **{"as": "viewer", "q": "When is the moss cut?"})
    assert "5 passages of 5 documents" in charts(app)[0]
    assert "moss.txt" not in charts(app)[0]


def test_an_address_that_makes_no_sense_shows_the_usual(town: Workbench, opened: Opened) -> None:
    app = opened(town)(LAB, view="x", how="x", colour="x", model="x", beside="x", set="x", trial="x")
    assert not app.exception
    assert charts(app)
