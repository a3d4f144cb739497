"""The inspector: a question in several columns, the fate of each passage, and the same again with one thing changed."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.answering.ask import finish
from core.governance.principals import persona
from core.ingestion import Incoming
from core.recipes import BUILT_IN, varied
from core.types import Answer
from core.workbench import Workbench
from pages.inspector.board import Side
from pages.inspector.sides import without_shown
from tests.fakes import Saying
from tests.pages.conftest import Open, words

Opened = Callable[[Workbench], Open]
PAGE = "pages/inspector/page.py"
ADMIN = persona("administrator")
EXTRACTIVE = varied(BUILT_IN["extractive"], {"route": "rag"})
QUESTION = "How many days may unused articles be sent back?"
HOSTILE = (
    "<script>alert(1)</script> ![x](http://evil.example/a.png) **The kettle costs 30 euros.** | a | b |\n\n"
    "הקומקום עולה שלושים יורו. <img src=x onerror=alert(2)>\n\n"
)


def visit(app: AppTest, **query: str) -> AppTest:
    """The page with this address, as a link opens it."""
    for name in ("trace", "q", "recipes", "compare", "present"):
        app.query_params.pop(name, None)
    for name, value in query.items():
        app.query_params[name] = value
    return settle(app.run())


def settle(app: AppTest) -> AppTest:
    """Wait for the answers that are being written, and draw them."""
    for column in app.session_state["inspector_columns"]:
        if column.asking is not None:
            assert column.asking.wait(60)
    app.run()
    assert not app.exception
    return app


def columns(app: AppTest) -> Any:
    return app.session_state["inspector_columns"]


def answers(app: AppTest, bench: Workbench) -> list[Answer]:
    return [bench.inspector.open(column.trace, ADMIN) for column in columns(app)]


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    return settle(app)


def test_a_link_asks_its_question_of_its_recipes(filled: Workbench, opened: Opened) -> None:
    app = visit(opened(filled)(PAGE), q=QUESTION, recipes="extractive,extractive,extractive")
    found = answers(app, filled)
    assert [answer.trace.question for answer in found] == [QUESTION] * 3
    assert app.query_params["trace"] == ",".join(answer.trace.id for answer in found)
    assert "q" not in app.query_params
    assert {row.origin for row in filled.records.listed([answer.trace.id for answer in found])} == {"inspector"}
    assert "The fate of every passage" in words(app)


def test_a_link_reopens_the_same_comparison(filled: Workbench, opened: Opened) -> None:
    one, two = (finish(filled.ask(QUESTION, EXTRACTIVE, ADMIN, origin="chat")).trace.id for _ in range(2))
    app = visit(opened(filled)(PAGE), trace=f"{one},{two}")
    assert [column.trace for column in columns(app)] == [one, two]
    assert columns(app)[0].recipe(filled, ADMIN) == EXTRACTIVE
    app = visit(app, trace=two, compare="1")
    assert [column.trace for column in columns(app)] == [two, ""]
    assert columns(app)[1].base == "extractive"  # what the first ran is no saved recipe
    app.button(key="FormSubmitter:inspector_form-Ask").click().run()
    settle(app)
    assert columns(app)[0].trace == two, "the column that has its answer is not asked again"
    assert answers(app, filled)[1].trace.choice == BUILT_IN["extractive"]


def test_a_trace_of_one_who_sees_more_is_one_sentence(filled: Workbench, opened: Opened) -> None:
    trace = finish(filled.ask(QUESTION, EXTRACTIVE, ADMIN)).trace.id
    app = opened(filled)(PAGE, **{"as": "viewer"})
    app = visit(app, trace=trace, **{"as": "viewer"})
    from pages.inspector.sides import side_of

    side = side_of(filled, persona("viewer"), columns(app)[0])
    assert side.answer is None and "There is no trace" in side.error
    assert "The fate of every passage" not in words(app)
    app.segmented_control(key="inspector_view").set_value("Traces").run()
    assert not app.exception
    assert {name for frame in app.dataframe for name in frame.value["Who"]} <= {"viewer"}


def test_another_persona_sees_neither_question_nor_answer(filled: Workbench, opened: Opened) -> None:
    trace = finish(filled.ask(QUESTION, EXTRACTIVE, ADMIN)).trace.id
    app = visit(opened(filled)(PAGE), trace=trace)
    assert app.session_state["inspector_question"] == QUESTION
    app.selectbox(key="as").set_value("viewer").run()
    assert not app.exception
    assert QUESTION not in words(app) and QUESTION not in [each.value for each in app.text_input]
    assert "The fate of every passage" not in words(app)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"q": "x", "recipes": "nothing"}, "There is no recipe 'nothing'"),
        ({"trace": "1,2,3,4,5"}, "at most 4 columns"),
    ],
)
def test_a_wrong_link_is_one_sentence(filled: Workbench, opened: Opened, query: dict[str, str], said: str) -> None:
    app = visit(opened(filled)(PAGE), **query)
    assert any(said in warning.value.replace("\\", "") for warning in app.warning)


def test_a_changed_knob_runs_again_from_its_stage(filled: Workbench, opened: Opened) -> None:
    trace = finish(filled.ask(QUESTION, EXTRACTIVE, ADMIN)).trace.id
    app = visit(opened(filled)(PAGE), trace=trace)
    column = columns(app)[0]
    app.number_input(key=f"inspector_retrieval.top_k_{column.id}_{column.draws}").set_value(8).run()
    assert "runs again from the packing of the prompt" in words(app)
    press(app, f"inspector_rerun_{column.id}")
    again = answers(app, filled)[0]
    assert (again.trace.parent, again.trace.since, len(again.sources)) == (trace, "pack", 8)
    rows = app.text_area(key=f"inspector_rows_{column.id}_{column.draws}")
    rows.set_value("retrieval.mode dense").run()
    assert any("FIELD=VALUE" in warning.value for warning in app.warning)
    rows.set_value("retrieval.rrf_k=3").run()
    press(app, f"inspector_rerun_{column.id}")
    again = answers(app, filled)[0]
    assert again.trace.choice and (again.trace.choice.retrieval.rrf_k, again.trace.choice.retrieval.top_k) == (3, 8)
    assert again.trace.since == "retrieve"


def test_a_passage_is_put_first_and_kept_out(filled: Workbench, opened: Opened) -> None:
    first = finish(filled.ask(QUESTION, EXTRACTIVE, ADMIN))
    app = visit(opened(filled)(PAGE), trace=first.trace.id)
    column, low = columns(app)[0], first.trace.candidates[8].chunk.id
    app.session_state["inspector_passage"] = (column.id, low)
    app.run()
    assert "rank 9, prompt takes 5" in words(app).replace("\\", "")
    press(app, "inspector_pin")
    again = answers(app, filled)[0]
    assert again.sources[0].hit.chunk.id == low and "inspector_passage" not in app.session_state
    best = first.sources[0].hit.chunk.id
    app.session_state["inspector_passage"] = (column.id, best)
    app.run()
    press(app, "inspector_bar")
    third = answers(app, filled)[0]
    assert (third.trace.pinned, third.trace.barred) == ((low,), (best,))
    assert "passage put first" in words(app) and third.text != first.text


def test_a_prompt_in_own_words_is_what_the_model_gets(
    filled: Workbench, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Saying(none="Unused articles may be sent back within 45 days. [1]")
    monkeypatch.setattr(filled, "model", lambda _: model)
    first = finish(filled.ask(QUESTION, varied(BUILT_IN["default"], {"route": "rag"}), ADMIN))
    app = visit(opened(filled)(PAGE), trace=first.trace.id)
    column = columns(app)[0]
    app.button(key=f"inspector_prompt_{column.id}").click().run()
    app.text_area(key=f"inspector_message_0_{column.trace}").set_value("Answer in one word.").run()
    app.button(key="inspector_run_prompt").click().run()
    settle(app)
    again = answers(app, filled)[0]
    assert again.trace.received.startswith("<system>Answer in one word.<user>")
    assert (again.trace.parent, again.trace.since) == (first.trace.id, "generate")


def test_an_answer_is_kept_as_a_row_of_a_question_set(filled: Workbench, opened: Opened) -> None:
    first = finish(filled.ask(QUESTION, EXTRACTIVE, ADMIN))
    app = visit(opened(filled)(PAGE), trace=first.trace.id)
    app.button(key=f"inspector_keep_{columns(app)[0].id}").click().run()
    app.selectbox(key="inspector_set").set_value("a new set").run()
    app.text_input(key="inspector_accepted").set_value("45 days").run()
    app.button(key="inspector_add_row").click().run()
    assert not app.exception
    held = filled.lab.sets.get("from the inspector", ADMIN).questions
    assert [(each.text, each.answers) for each in held] == [(QUESTION, ("45 days",))]
    assert {each.quote for each in held[0].evidence} == {citation.quote for citation in first.citations}
    filled.lab.sets.remove("from the inspector", ADMIN)


def test_traces_are_found_and_opened_in_the_next_column(filled: Workbench, opened: Opened) -> None:
    first = finish(filled.ask("Is there a kettle with a thermometer?", EXTRACTIVE, ADMIN, origin="chat")).trace.id
    second = finish(filled.ask(QUESTION, EXTRACTIVE, ADMIN)).trace.id
    app = visit(opened(filled)(PAGE), trace=second)
    app.segmented_control(key="inspector_view").set_value("Traces").run()
    app.text_input(key="inspector_search").set_value("with a thermometer").run()
    assert set(app.dataframe[0].value["Question"]) == {"Is there a kettle with a thermometer?"}
    app.multiselect(key="inspector_by_origin").set_value(["chat"]).run()
    assert set(app.dataframe[0].value["Asked from"]) == {"chat"}
    app.text_input(key="inspector_search").set_value("no such words anywhere").run()
    assert "No trace fits" in app.info[0].value

    place = AppTest.from_function(_beside, default_timeout=60)
    place.session_state["bench"], place.session_state["wanted"] = filled, first
    place.session_state["inspector_columns"] = columns(app)
    place.run()
    assert not place.exception
    assert [column.trace for column in columns(place)] == [second, first]
    assert place.session_state["inspector_question"] == QUESTION


def _beside() -> None:
    """What the button below the list does; a test cannot tick a row of a table."""
    import streamlit as st

    from core.governance.principals import persona
    from pages.inspector.traces import place

    place(st.session_state["bench"], persona("administrator"), [st.session_state["wanted"]], beside=True)


def test_presenting_shows_no_controls_and_leaves_again(filled: Workbench, opened: Opened) -> None:
    trace = finish(filled.ask(QUESTION, EXTRACTIVE, ADMIN)).trace.id
    app = visit(opened(filled)(PAGE), trace=trace, present="1")
    assert not [each for each in app.selectbox if str(each.key).startswith("inspector_")]
    assert QUESTION in words(app)
    press(app, "inspector_leave")
    assert [each for each in app.selectbox if str(each.key).startswith("inspector_")]


def test_hostile_text_reaches_the_browser_as_data_only(bench: Workbench, opened: Opened, tmp_path: Path) -> None:
    path = tmp_path / "kettle.txt"
    path.write_text(HOSTILE * 12, encoding="utf-8")
    bench.ingest([Incoming(path, "<b>kettle</b> [x](y).txt", zone="public")], ADMIN)
    asked = "What does the <i>kettle</i> cost?"
    found = [
        finish(bench.ask(asked, each, ADMIN))
        for each in (EXTRACTIVE, varied(EXTRACTIVE, {"chunking.size": "16", "retrieval.candidates": "60"}))
    ]
    app = visit(opened(bench)(PAGE), trace=",".join(each.trace.id for each in found))
    assert "<script>" not in words(app) and "](http" not in words(app)
    from pages.inspector import board, costs, fates

    titles = ["one", "two", "one", "two"]
    four = [found[0], found[1], found[0], found[1]]
    drawn = fates.view(titles, four)
    assert len(drawn["columns"][1]["lines"]) >= 50
    assert {tuple(link[:1] + link[2:3]) for link in drawn["links"]} == {
        (a, b) for a in range(4) for b in range(a + 1, 4)
    }
    answers_drawn = board.view([board.Side("t", answer=each) for each in four])
    for data in (drawn, answers_drawn, costs.view(titles, four)):
        assert json.loads(json.dumps(data)) == data
    text = "".join(piece["text"] for piece in answers_drawn["columns"][0]["pieces"])
    assert text == found[0].text


def test_what_did_not_fit_is_named(filled: Workbench, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(filled)
    from pages.inspector.costs import view

    model = Saying(none="Unused articles may be sent back within 45 days. [1]")
    monkeypatch.setattr(filled, "model", lambda _: model)
    tight = varied(BUILT_IN["default"], {"route": "rag", "generation.budget": "420"})
    answer = finish(filled.ask(QUESTION, tight, ADMIN))
    assert answer.trace.prompt and answer.trace.prompt.dropped
    column = view(["t"], [answer])["columns"][0]
    named = next(left for left in column["tokens"]["left"] if left.startswith("Did not fit: "))
    first = next(hit for hit in answer.trace.candidates if hit.chunk.id == answer.trace.prompt.dropped[0])
    assert f"{first.document} (rank {first.rank})" in named
    assert sum(part["share"] for part in column["tokens"]["parts"]) == pytest.approx(1)
    assert [stage["name"] for stage in column["stages"]] == [stage.name for stage in answer.trace.stages]


def test_differences_are_marked_between_the_receipts(filled: Workbench, opened: Opened) -> None:
    opened(filled)
    from pages.inspector.board import Side, view

    first = finish(filled.ask(QUESTION, EXTRACTIVE, ADMIN))
    other = replace(first, text=first.text.replace("45", "90"))
    found = {
        "code": "RANKED_TOO_LOW",
        "sentence": "s",
        "stage": "final",
        "suggestion": {"label": "top_k 8", "changes": {}},
    }
    left, right = view([Side("a", answer=first), Side("b", answer=other, found=found)])["columns"]
    assert {piece["diff"] for piece in left["pieces"]} == {"same"}
    assert [(p["diff"], p["text"]) for p in right["pieces"] if p["diff"] != "same"] == [
        ("missing", "45"),
        ("added", "90"),
    ]
    assert "".join(p["text"] for p in right["pieces"] if p["diff"] != "missing") == other.text
    assert [p["marks"] for p in left["pieces"] if p["marks"]] == [p["marks"] for p in right["pieces"] if p["marks"]]
    assert (left["found"], right["found"]["label"], right["found"]["mood"]) == (None, "top_k 8", "")
    assert view([Side("a", answer=first), Side("b", answer=first)])["columns"][1]["same"]
    elsewhere = replace(other, trace=replace(other.trace, question="Another question?"))
    apart = view([Side("a", answer=first), Side("b", answer=elsewhere)])["columns"][1]
    assert apart["asked"] == "Asked: Another question?" and {piece["diff"] for piece in apart["pieces"]} == {"same"}


def test_a_suggestion_that_a_column_shows_already_points_at_it(filled: Workbench) -> None:
    wide = varied(EXTRACTIVE, {"retrieval.top_k": "8"})
    narrow, eight = (finish(filled.ask(QUESTION, each, ADMIN)) for each in (EXTRACTIVE, wide))
    offer = {"label": "top_k 5 → 8 keeps it: run?", "told": "top_k 5 → 8 keeps it", "changes": {"retrieval.top_k": "8"}}
    lost = {"code": "RANKED_TOO_LOW", "stage": "rank", "sentence": "It ranked 8th.", "suggestion": offer}
    left = Side("extractive", answer=narrow, found=lost)
    first, second = without_shown([left, Side("wide", answer=eight)])
    assert first.found is not None and first.found["suggestion"] is None
    assert first.found["sentence"] == "It ranked 8th. top_k 5 → 8 keeps it: see column B."
    assert second.found is None
    assert without_shown([left, Side("same", answer=narrow)])[0] is left
