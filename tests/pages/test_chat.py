"""Chat: a question, its answer, its receipts; what an error, an abstention and a stop look like."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.answering.events import Delta, Done, Event, Preparing, Sources, Waiting
from core.errors import QueueFull
from core.governance.principals import persona
from core.recipes import BUILT_IN
from core.types import (
    Answer,
    Citation,
    Embedding,
    Principal,
    Recipe,
    Retrieval,
    Ruling,
    Score,
    Span,
    Tokens,
    Trace,
    Unsupported,
)
from core.workbench import Workbench
from tests.fakes import source
from tests.pages.conftest import PAGES, Open, words

Opened = Callable[[Workbench], Open]
CHAT = PAGES[2]
QUESTION = "How long do I have to send back a scale I never used?"


def ask(app: AppTest, question: str) -> AppTest:
    """Type a question and wait until its answer is there."""
    app.chat_input[0].set_value(question).run()
    return settle(app)


def settle(app: AppTest) -> AppTest:
    for turn in app.session_state["turns"]:
        assert turn.asking.wait(60)
    return app.run()


def last(app: AppTest) -> Any:
    return app.session_state["turns"][-1]


def answer(text: str = "One. Two 🔑 three. Four.", **changes: Any) -> Answer:
    trace = Trace("t1", "q", "r", "viewer", (), (), None, 12.0, "")
    citation = Citation(1, "d", "paper.txt", 1, 0, 3, "one", Span(5, 17), 0.9)
    made = Answer(
        text, False, (citation,), (Unsupported(18, 23),), (source(1, "one two"),), "rag", "smollm2", None, Tokens(9, 3, 5.0, 30.0),
        "r", trace,
    )  # fmt: skip
    return replace(made, **changes)


class Scripted:
    """Asks nothing: plays events, and notes when its generator is closed."""

    def __init__(self, *events: Event | Exception, endless: bool = False) -> None:
        self.events, self.endless, self.closed = events, endless, False

    def better_recipe(self, question: str, recipe: Recipe, principal: Principal) -> None:
        return None

    def ask(
        self,
        question: str,
        recipe: Recipe,
        principal: Principal,
        stop: Callable[[], bool] = lambda: False,
        before: Sequence[str] = (),
        origin: str = "",
    ) -> Iterator[Event]:
        try:
            for event in self.events:
                if isinstance(event, Exception):
                    raise event
                yield event
            while self.endless and not stop():
                time.sleep(0.01)
                yield Delta("word ")
            yield Done(answer("word", citations=(), unsupported=(), stopped=self.endless))
        finally:
            self.closed = True


def test_a_question_gets_an_answer_with_its_sources(filled: Workbench, opened: Opened) -> None:
    app = ask(opened(filled)(CHAT, recipe="extractive"), QUESTION)
    assert not app.exception
    found = last(app).asking.answer
    assert "45 days" in found.text
    assert found.citations[0].document == "returns-policy.pdf"
    assert app.chat_message[0].name == "you"
    assert QUESTION in words(app)


def test_the_conversation_survives_a_change_of_page(filled: Workbench, opened: Opened) -> None:
    app = ask(opened(filled)(CHAT, recipe="extractive"), QUESTION)
    app.switch_page(PAGES[1]).run()
    app.switch_page(CHAT).run()
    assert QUESTION in words(app)
    assert len(app.chat_message) == 2
    next(button for button in app.button if button.label == "New conversation").click().run()
    assert not app.chat_message


def test_a_change_of_persona_applies_to_the_next_question(filled: Workbench, opened: Opened) -> None:
    app = ask(opened(filled)(CHAT, recipe="extractive"), "What does Ciaran Vosk earn?")
    app.selectbox(key="as").set_value("viewer").run()
    ask(app, "What does Ciaran Vosk earn?")
    before, after = (turn.asking.answer for turn in app.session_state["turns"])
    assert before.trace.principal == "administrator"
    assert after.trace.principal == "viewer"
    assert {candidate.zone for candidate in after.trace.candidates} <= {"public"}
    assert "76,400" not in after.text
    assert "76,400" in before.text
    assert [message.name for message in app.chat_message] == ["you", "you", "assistant"]
    assert "Asked as administrator, who sees more documents than the viewer: not shown" in words(app)


def test_a_link_asks_its_question_once(filled: Workbench, opened: Opened) -> None:
    app = opened(filled)(CHAT, recipe="extractive", q=QUESTION)
    app.query_params["q"] = QUESTION
    settle(app.run())
    app.run()
    assert [turn.question for turn in app.session_state["turns"]] == [QUESTION]
    assert last(app).recipe_name == "extractive"


def test_a_citation_opens_its_receipt(filled: Workbench, opened: Opened) -> None:
    app = ask(opened(filled)(CHAT, recipe="extractive"), QUESTION)
    from pages.chat.conversation import Pointer

    app.session_state["receipt"] = Pointer(last(app).id, "citation", 0)
    app.run()
    assert not app.exception
    assert "returns\\-policy\\.pdf" in words(app)
    assert "45 days" in words(app)
    app.session_state["receipt_view"] = "Text"
    assert not app.run().exception


def test_a_receipt_is_checked_against_the_one_who_asked(filled: Workbench, opened: Opened) -> None:
    app = ask(opened(filled)(CHAT, recipe="extractive"), "What does Ciaran Vosk earn?")
    from pages.chat.conversation import Pointer

    turn = last(app)
    turn.principal = persona("viewer")
    app.session_state["receipt"] = Pointer(turn.id, "source", 1)
    if turn.asking.answer.sources[0].hit.zone != "public":
        assert "There is no document" in words(app.run())


def test_an_abstention_is_no_error(filled: Workbench, opened: Opened) -> None:
    app = ask(opened(filled)(CHAT, recipe="extractive"), "Who won the football world cup in 2022?")
    assert last(app).asking.answer.abstained
    assert not app.error
    assert not app.warning
    from pages.chat.answer import view

    assert view(last(app))["abstained"]


def test_a_known_error_is_one_sentence_with_the_way_out(
    filled: Workbench, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = QueueFull("16 questions wait for the model already; ask again in a moment.")
    monkeypatch.setattr(filled, "ask", Scripted(Sources((), ()), Waiting(2), full).ask)
    app = ask(opened(filled)(CHAT), QUESTION)
    assert "16 questions wait for the model already" in app.warning[0].value
    assert "extractive recipe" in words(app)


def test_an_unknown_error_shows_no_traceback(
    filled: Workbench, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filled, "ask", Scripted(ZeroDivisionError("secret detail")).ask)
    app = ask(opened(filled)(CHAT), QUESTION)
    assert not app.exception
    assert "ask once more" in app.warning[0].value
    assert "secret detail" not in words(app)


def test_stopping_keeps_what_was_written_and_closes_the_events() -> None:
    from pages.chat.asking import Asking

    script = Scripted(Delta("word "), endless=True)
    asking = Asking(script, "q", BUILT_IN["default"], persona("viewer"))  # type: ignore[arg-type]
    deadline = time.monotonic() + 5
    while "word word" not in asking.text and time.monotonic() < deadline:
        time.sleep(0.01)
    asking.stop()
    assert asking.wait(5)
    assert script.closed
    assert asking.text.startswith("word word")
    assert asking.answer
    assert asking.answer.stopped


def test_an_answer_that_nobody_watches_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    from pages.chat.asking import Asking

    monkeypatch.setattr("pages.shared.watched._FORGOTTEN", 0.05)
    script = Scripted(endless=True)
    asking = Asking(script, "q", BUILT_IN["default"], persona("viewer"))  # type: ignore[arg-type]
    assert asking.wait(5)
    assert script.closed


def turn(done: Answer | None, **asking: Any) -> Any:
    state = {
        "preparing": None,
        "sources": None,
        "text": "",
        "ahead": 0,
        "over": done is not None,
        "stopping": False,
        "answer": done,
    }
    return SimpleNamespace(
        asking=SimpleNamespace(**(state | asking)),
        recipe_name="default",
        recipe=BUILT_IN["default"],
        principal=persona("viewer"),
        id="x",
    )


def test_what_the_policy_did_stands_under_one_heading() -> None:
    from pages.chat.answer import view

    rulings = (Ruling("question", "redact", "secret", "password", 1), Ruling("source", "mask", "personal", "IBAN", 2))
    facts = view(turn(answer(rulings=rulings)))["facts"]
    assert [each["value"] for each in facts if each["name"] == "Policy"] == [
        "covered: password in the question; masked: 2 × IBAN in the sources"
    ]
    assert not [each for each in view(turn(answer()))["facts"] if each["name"] == "Policy"]


def test_the_view_cuts_the_text_by_characters_and_places_each_mark() -> None:
    from pages.chat.answer import view

    drawn = view(turn(answer()))
    assert [(s["text"], s["kind"], [m["number"] for m in s["marks"]]) for s in drawn["segments"]] == [
        ("One. ", "plain", []),
        ("Two 🔑 three.", "cited", [1]),
        (" ", "plain", []),
        ("Four.", "unsupported", []),
    ]
    assert [s["title"] for s in drawn["segments"]][-1] == "No source supports this."
    assert drawn["sources"][0]["cited"]
    facts = {fact["name"]: fact["value"] for fact in drawn["facts"]}
    assert facts == {
        "Answerer": "SmolLM2",
        "Recipe": "default · r",
        "Route": "rag",
        "Asked as": "viewer",
        "First token": "5 ms",
        "Speed": "30 tokens/s",
        "Total": "12 ms",
    }


def test_a_sentence_that_says_more_than_its_source_says_what() -> None:
    from pages.chat.answer import view

    doubts = [Unsupported(18, 23, ("120",)), Unsupported(18, 23, ("120", "Berlin"))]
    told = [view(turn(answer(unsupported=(doubt,))))["segments"][-1]["title"] for doubt in doubts]
    assert told == [
        "The source nearest to this says something else: 120 does not stand there.",
        "The source nearest to this says something else: 120 and Berlin do not stand there.",
    ]


def test_an_answer_of_a_server_tells_where_and_what_is_estimated() -> None:
    from pages.chat.answer import view

    tokens = Tokens(100, 10, 5.0, 30.0, estimated=True)
    served = view(turn(answer(model="openai:big@http://host:8000/v1", tokens=tokens)))
    facts = {fact["name"]: fact["value"] for fact in served["facts"]}
    assert (facts["Answerer"], facts["Speed"]) == ("big on host:8000", "about 30 tokens/s")


@pytest.mark.parametrize(
    ("state", "note"),
    [
        ({}, "Searching your documents…"),
        ({"sources": (), "ahead": 1}, "One question is answered first…"),
        ({"sources": (), "ahead": 3}, "3 questions come first…"),
        ({"sources": ()}, "Reading the sources…"),
        ({"sources": (), "text": "The"}, ""),
        ({"stopping": True}, "Stopping…"),
        ({"preparing": Preparing("default", 3, 18)}, "Preparing the index of default: 3 of 18 documents"),
        ({"preparing": Preparing("default", 18, 18)}, "Searching your documents…"),
    ],
)
def test_what_is_said_while_waiting(state: dict[str, Any], note: str) -> None:
    from pages.chat.answer import view

    assert view(turn(None, **state))["note"] == note


def test_scores_are_compared_within_their_kind_only() -> None:
    from pages.chat.answer import view

    sources = (source(1, "one", dense=0.8), source(2, "two", dense=0.4))
    shares = [s["scores"][0]["share"] for s in view(turn(None, sources=sources))["sources"]]
    assert shares == [1.0, 0.5]


def test_a_distance_is_better_when_it_is_less() -> None:
    from pages.chat.scores import share

    near, far = (source(n, "text", dense=value).hit for n, value in ((1, 0.5), (2, 1.0)))
    recipe = Recipe(embedding=Embedding(distance="euclid"))
    assert [share("dense", hit, [near, far], recipe) for hit in (near, far)] == [1.0, 0.5]


def test_each_score_says_what_it_is_under_its_recipe() -> None:
    from pages.chat.scores import says

    plain, other = BUILT_IN["default"], Recipe(retrieval=Retrieval(fusion="dbsf", rerank="maxsim"))
    assert "weight / (10 + rank)" in says("fused", plain)
    assert says("fused", other).startswith("DBSF")
    assert says("rerank", other).startswith("MaxSim")
    assert says("sparse", plain).startswith("BM25")
    assert "Euclidean" in says("dense", Recipe(embedding=Embedding(distance="euclid")))
    assert not [kind for kind in ("dense", "sparse", "fused", "rerank") if "%" in says(kind, plain)]


def test_an_answer_in_the_place_of_a_draft_says_so_and_shows_no_speed() -> None:
    from pages.chat.answer import view

    quoted = view(turn(answer(model="extractive")))
    assert quoted["remark"] == "The sources do not bear out the model's draft; these are quotes instead."
    assert not {"Speed", "First token"} & {fact["name"] for fact in quoted["facts"]}
    meant = turn(answer(model="extractive"))
    meant.recipe = BUILT_IN["extractive"]
    assert view(meant)["remark"] == ""
    assert view(turn(answer()))["remark"] == ""


def test_a_wider_passage_is_named_and_placed(filled: Workbench) -> None:
    from pages.chat.answer import view

    found = source(1, "one two")
    chunk = replace(found.hit.chunk, text="before one two after", start=0, end=20, pages=(1, 2))
    wide = replace(found, hit=replace(found.hit, passage=chunk), text=chunk.text)
    drawn = turn(None, sources=(found, wide))
    drawn.recipe = Recipe(retrieval=Retrieval(expand="neighbours"))
    assert [(s["widened"], s["place"]) for s in view(drawn)["sources"]] == [
        ("", "page 1"),
        ("shown with its neighbours", "page 1–2"),
    ]


def test_the_receipt_of_a_reranked_hit_shows_every_score(filled: Workbench, opened: Opened) -> None:
    app = ask(opened(filled)(CHAT, recipe="extractive"), QUESTION)
    from pages.chat.conversation import Pointer

    turn = last(app)
    done = turn.asking.answer
    first = done.sources[0]
    judged = replace(first, hit=replace(first.hit, scores={**first.hit.scores, "rerank": Score(-1.5, 4)}))
    turn.asking.answer = replace(done, sources=(judged, *done.sources[1:]))
    app.session_state["receipt"] = Pointer(turn.id, "source", 1)
    app.run()
    assert not app.exception
    table = app.table[0].value
    assert list(table["Score"]) == ["Meaning", "Words", "Fused", "Rerank"]
    assert list(table["Rank"])[-1] == "#4"
    assert list(table["Value"])[-1] == "-1.5"


def test_building_an_index_is_told_in_the_turn(
    filled: Workbench, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = Scripted(Preparing("multilingual", 3, 18))
    monkeypatch.setattr(filled, "ask", script.ask)
    app = ask(opened(filled)(CHAT, recipe="multilingual"), QUESTION)
    assert last(app).asking.preparing == Preparing("multilingual", 3, 18)
    assert last(app).recipe_name == "multilingual"


def test_a_question_in_another_language_is_offered_the_recipe_for_it(filled: Workbench, opened: Opened) -> None:
    app = ask(opened(filled)(CHAT, recipe="extractive"), "Quanti giorni ho per restituire un articolo mai utilizzato?")
    assert "seems to be in Italian" in words(app)
    assert "Ask with multilingual" in [button.label for button in app.button]
    app = ask(app, QUESTION)
    assert "Ask with multilingual" not in [button.label for button in app.button]


def test_a_follow_up_says_how_it_was_understood_and_can_be_asked_alone(filled: Workbench, opened: Opened) -> None:
    app = opened(filled)(CHAT, recipe="extractive")
    ask(app, "thanks")
    ask(app, QUESTION)
    ask(app, "And for refurbished ones?")
    assert not app.exception
    assert "Understood with what was asked before: “" + QUESTION[:-1] in words(app).replace("\\", "")
    assert last(app).asking.answer.trace.understood == f"{QUESTION} And for refurbished ones?"
    next(button for button in app.button if button.label == "Ask it alone").click().run()
    settle(app)
    assert last(app).asking.answer.trace.understood == ""
    assert not last(app).leaning
