from dataclasses import replace

import pytest

from core.answering.ask import ask, finish
from core.answering.events import Delta, Done, Sources
from core.answering.screening import ABSTENTION
from core.answering.smalltalk import reply_to
from core.errors import NotFound, RequestError
from core.governance.principals import persona
from core.recipes import recipe, varied
from core.types import Fate, Generation, Principal, Tokens
from core.workbench import Workbench

EXTRACTIVE = recipe("extractive")
OFFICER = persona("officer")
QUESTION = "How many days may unused articles be sent back?"


def test_an_extractive_answer_quotes_its_documents(filled: Workbench) -> None:
    answer = finish(filled.ask(QUESTION, EXTRACTIVE, OFFICER))
    assert "45 days" in answer.text
    assert not answer.abstained
    assert answer.recipe == EXTRACTIVE.hash
    for citation in answer.citations:
        document = filled.library.get(citation.document_id)
        assert document.text[citation.start : citation.end] == citation.quote
        page = document.pages[citation.page - 1]
        assert page.start <= citation.start < page.end
        assert " ".join(citation.quote.split()) == answer.text[citation.sentence.start : citation.sentence.end]


def test_sources_come_before_the_first_word(filled: Workbench) -> None:
    events = list(filled.ask(QUESTION, EXTRACTIVE, OFFICER))
    assert [type(event) for event in events] == [Sources, Delta, Done]
    assert [s.number for s in events[0].sources] == [1, 2, 3, 4, 5]


def test_every_candidate_has_one_fate_and_stage_times_sum_to_the_total(filled: Workbench) -> None:
    answer = finish(filled.ask(QUESTION, EXTRACTIVE, OFFICER))
    fates = [hit.fate for hit in answer.trace.candidates]
    assert fates.count(Fate.CITED) == len({c.source for c in answer.citations})
    assert fates.count(Fate.CITED) + fates.count(Fate.PACKED) == 5
    assert set(fates) <= {Fate.CITED, Fate.PACKED, Fate.RETRIEVED}
    assert sum(stage.ms for stage in answer.trace.stages) == pytest.approx(answer.trace.total_ms, rel=0.05)


def test_scores_of_stages_stay_apart(filled: Workbench) -> None:
    hits, _ = filled.search(QUESTION, EXTRACTIVE, OFFICER, 5)
    assert [hit.rank for hit in hits] == [1, 2, 3, 4, 5]
    top = hits[0].scores
    assert top["fused"].rank == 1
    assert -1 <= top["dense"].value <= 1 < top["sparse"].value


def test_a_viewer_never_sees_another_zone(filled: Workbench) -> None:
    for question in ("What is the salary in the personnel record?", "incident report cause", QUESTION):
        answer = finish(filled.ask(question, EXTRACTIVE, persona("viewer")))
        assert {hit.zone for hit in answer.trace.candidates} == {"public"}


def test_no_zone_means_no_answer(filled: Workbench) -> None:
    nobody = Principal("nobody", ("reader",), ())
    answer = finish(filled.ask(QUESTION, EXTRACTIVE, nobody))
    assert (answer.abstained, answer.text, answer.sources) == (True, ABSTENTION, ())
    assert filled.documents(nobody) == []
    with pytest.raises(NotFound):
        filled.visible(filled.documents(OFFICER)[0].id, nobody)


def test_what_the_documents_do_not_know_is_declined(filled: Workbench) -> None:
    answer = finish(filled.ask("Who won the football world cup in 1998?", EXTRACTIVE, OFFICER))
    assert answer.abstained
    assert answer.citations == ()


@pytest.mark.parametrize("question", ["", "   ", "x" * 5000])
def test_bad_questions_are_one_sentence(filled: Workbench, question: str) -> None:
    with pytest.raises(RequestError):
        ask(question, EXTRACTIVE, OFFICER, filled.parts(EXTRACTIVE))


@pytest.mark.parametrize("text", ["Hi", "hello there!", "Danke schön", "¡Gracias!", "thank you so much"])
def test_small_talk_does_not_search(filled: Workbench, text: str) -> None:
    answer = finish(filled.ask(text, EXTRACTIVE, OFFICER))
    assert answer.route == "small talk"
    assert answer.trace.candidates == ()


@pytest.mark.parametrize("text", ["hi, how long is the warranty?", "good kettle?", "all", "you", "day"])
def test_questions_are_not_small_talk(text: str) -> None:
    assert text == "day" or reply_to(text) is None


def test_a_written_answer_has_its_prompt_in_the_trace(filled: Workbench) -> None:
    events = list(filled.ask(QUESTION, recipe("default"), OFFICER))
    answer = events[-1].answer
    assert answer.model in ("smollm2", "extractive")
    assert answer.trace.prompt is not None
    assert answer.tokens.prompt > 200
    assert any(isinstance(event, Delta) for event in events)
    kept = filled.records.get(answer.trace.id)
    assert kept["prompt"]["messages"] == [list(message) for message in answer.trace.prompt.messages]
    assert all(content in kept["received"] for _, content in answer.trace.prompt.messages)
    assert kept["answer"] == answer.text


def test_stopping_keeps_what_was_written(filled: Workbench) -> None:
    written: list[str] = []
    chosen = replace(recipe("default"), route="closed")
    for event in filled.ask("Tell me a long story about a kettle.", chosen, OFFICER, stop=lambda: len(written) > 3):
        if isinstance(event, Delta):
            written.append(event.text)
        elif isinstance(event, Done):
            assert event.answer.stopped
            assert event.answer.text == "".join(written).strip()
    assert len(written) < 40


class Says:
    """A model that writes one text, whatever it is asked."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.ahead = 0
        self.received = ""
        self.tokens = Tokens(100, 5, 10.0, 20.0)

    def count(self, text: str) -> int:
        return len(text.split())

    def stream(self, *_: object, **__: object) -> "Says":
        return self

    def __iter__(self):
        yield from (word + " " for word in self.text.split())

    def cancel(self) -> None:
        pass


@pytest.mark.parametrize(
    ("written", "model"),
    [("Unused articles may be sent back within 45 days.", "smollm2"), ("The moon is made of cheese.", "extractive")],
)
def test_what_has_no_receipt_gives_way_to_quotes(filled: Workbench, written: str, model: str) -> None:
    chosen = recipe("default")
    parts = replace(filled.parts(chosen), model=lambda: Says(written))
    answer = finish(ask(QUESTION, chosen, OFFICER, parts))
    assert answer.model == model
    assert answer.citations
    assert "cheese" not in answer.text
    assert not answer.abstained


def test_a_draft_with_a_figure_that_its_source_does_not_hold_gives_way_to_quotes(filled: Workbench) -> None:
    chosen = recipe("default")
    text = "Unused articles may be sent back within 45 days. Unused articles may be sent back within 77 days."
    answer = finish(ask(QUESTION, chosen, OFFICER, replace(filled.parts(chosen), model=lambda: Says(text))))
    assert answer.model == "extractive"
    assert "45 days" in answer.text
    assert "77" not in answer.text


def test_what_is_stopped_before_its_first_word_is_no_refusal(filled: Workbench) -> None:
    chosen = recipe("default")
    parts = replace(filled.parts(chosen), model=lambda: Says("So"))
    answer = finish(ask(QUESTION, chosen, OFFICER, parts, stop=lambda: True))
    assert answer.stopped
    assert answer.citations == ()
    assert not answer.abstained
    assert answer.sources


@pytest.mark.parametrize(("adapter", "declined"), [("grounded", True), (None, False)])
def test_an_adapter_is_taken_at_its_word_when_it_declines(
    filled: Workbench, adapter: str | None, declined: bool
) -> None:
    chosen = replace(recipe("default"), generation=Generation(adapter=adapter, template="grounded-2"))
    parts = replace(filled.parts(chosen), model=lambda: Says("The documents do not answer this."))
    answer = finish(ask(QUESTION, chosen, OFFICER, parts))
    assert answer.abstained is declined
    assert (answer.text == ABSTENTION) is declined
    assert bool(answer.citations) is not declined
    assert answer.trace.prompt
    assert "in a few words" in answer.trace.prompt.messages[0][1]


def test_a_follow_up_is_searched_with_what_it_leans_on(filled: Workbench) -> None:
    before = ["How many days may unused articles be sent back?"]
    alone = finish(filled.ask("And refurbished ones?", EXTRACTIVE, OFFICER))
    joined = finish(filled.ask("And refurbished ones?", EXTRACTIVE, OFFICER, before=before))
    assert joined.trace.understood == f"{before[0]} And refurbished ones?"
    assert joined.trace.question == "And refurbished ones?"
    assert alone.trace.understood == ""
    assert any("days" in citation.quote for citation in joined.citations)
    off = varied(EXTRACTIVE, {"retrieval.followups": "false"})
    apart = finish(filled.ask("And refurbished ones?", off, OFFICER, before=before))
    assert apart.trace.understood == ""
    assert [h.chunk.id for h in apart.trace.candidates] == [h.chunk.id for h in alone.trace.candidates]


def test_a_greeting_leans_on_nothing(filled: Workbench) -> None:
    greeted = varied(EXTRACTIVE, {"route": "auto"})
    answer = finish(filled.ask("Hello", greeted, OFFICER, before=["How many days may unused articles be sent back?"]))
    assert answer.route == "small talk"
    assert answer.trace.understood == ""


def test_a_question_that_stands_alone_is_taken_as_it_is(filled: Workbench) -> None:
    other = finish(filled.ask(QUESTION, EXTRACTIVE, OFFICER, before=["Can I bring my dog to the works on Fridays?"]))
    assert other.trace.understood == ""
    assert "45 days" in other.text
