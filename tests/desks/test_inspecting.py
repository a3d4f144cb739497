"""Answers found, opened and asked again: who may, and what comes of it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from core.answering.ask import finish
from core.errors import NotFound, RequestError
from core.governance.principals import PERSONAS, persona
from core.ingestion import Incoming
from core.recipes import recipe, varied
from core.types import Fate, Principal
from core.workbench import Workbench
from tests.fakes import Saying

ADMIN, ENGINEER, VIEWER = persona("administrator"), persona("engineer"), persona("viewer")
EXTRACTIVE = recipe("extractive")
QUESTION = "How many days may unused articles be sent back?"


def note(folder: Path, name: str, text: str, zone: str = "internal") -> Incoming:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return Incoming(path, name, zone=zone)  # type: ignore[arg-type]


def test_an_unchanged_replay_gives_the_same_answer_without_a_search(filled: Workbench) -> None:
    first = finish(filled.ask(QUESTION, EXTRACTIVE, ADMIN))
    again = finish(filled.inspector.rerun(first.trace.id, EXTRACTIVE, ADMIN))
    assert (again.text, again.citations, again.trace.candidates) == (
        first.text,
        first.citations,
        first.trace.candidates,
    )
    assert (again.trace.parent, again.trace.since) == (first.trace.id, "generate")
    assert {each.name: each.detail for each in again.trace.stages}["retrieve"] == "taken from the earlier answer"


def test_a_barred_passage_makes_room_for_the_next_and_says_so(filled: Workbench) -> None:
    first = finish(filled.ask(QUESTION, EXTRACTIVE, ADMIN))
    out = first.sources[0].hit.chunk.id
    again = finish(filled.inspector.rerun(first.trace.id, EXTRACTIVE, ADMIN, barred=[out]))
    fates = {hit.chunk.id: hit.fate for hit in again.trace.candidates}
    assert fates[out] is Fate.WITHHELD
    assert [s.hit.rank for s in again.sources] == [2, 3, 4, 5, 6]
    assert (again.trace.barred, again.trace.since) == ((out,), "pack")
    third = finish(filled.inspector.rerun(again.trace.id, EXTRACTIVE, ADMIN))
    assert third.sources[0].hit.chunk.id == out


def test_a_passage_that_no_search_found_is_put_first(filled: Workbench) -> None:
    first = finish(filled.ask(QUESTION, EXTRACTIVE, ADMIN))
    held = {hit.chunk.id for hit in first.trace.candidates}
    document = filled.library.ready()[0]
    other = next(
        e.chunk.id
        for d in filled.library.ready()
        for e in filled.index.entries(EXTRACTIVE.index_key, d.zone, d.id)
        if e.chunk.id not in held and (document := d)
    )
    again = finish(filled.inspector.rerun(first.trace.id, EXTRACTIVE, ADMIN, pinned=[(document.id, other)]))
    assert again.sources[0].hit.chunk.id == other
    assert len({hit.chunk.id for hit in again.trace.candidates}) == len(again.trace.candidates)
    fresh = finish(filled.inspector.rerun(again.trace.id, EXTRACTIVE, ADMIN))
    assert other not in {hit.chunk.id for hit in fresh.trace.candidates}
    with pytest.raises(RequestError, match="cut another way"):
        filled.inspector.rerun(first.trace.id, EXTRACTIVE, ADMIN, pinned=[(document.id, "none")])


def test_a_prompt_in_own_words_reaches_the_model_to_the_byte(
    filled: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Saying(none="45 days.")
    monkeypatch.setattr(filled, "model", lambda _: model)
    local = varied(EXTRACTIVE, {"generation.answerer": "local"})
    first = finish(filled.ask(QUESTION, local, ADMIN))
    words = (("system", "Say it."), ("user", "Only this."))
    again = finish(filled.inspector.rerun(first.trace.id, local, ADMIN, messages=words))
    assert again.trace.received == "<system>Say it.<user>Only this."
    assert again.trace.prompt is not None and again.trace.prompt.messages == words
    assert model.asked[-1] == ("Only this.", None)


def test_each_lists_and_opens_what_he_may(filled: Workbench) -> None:
    seen = finish(filled.ask(QUESTION, EXTRACTIVE, VIEWER)).trace.id
    more = finish(filled.ask(QUESTION, EXTRACTIVE, ADMIN)).trace.id
    nobody = Principal("nobody", ("builder",), ())
    for who, found in (
        (VIEWER, {seen}),
        (ENGINEER, {seen}),
        (ADMIN, {seen, more}),
        (nobody, set()),
        (PERSONAS["analyst"], set()),
    ):
        assert {row.id for row in filled.inspector.traces(who)} & {seen, more} == found, who.name
        for trace_id in (seen, more):
            if trace_id in found:
                assert filled.inspector.open(trace_id, who).trace.id == trace_id
            else:
                for forbidden in (
                    lambda t=trace_id, w=who: filled.inspector.open(t, w),
                    lambda t=trace_id, w=who: filled.inspector.export(t, w),
                    lambda t=trace_id, w=who: filled.inspector.rerun(t, EXTRACTIVE, w),
                ):
                    with pytest.raises(NotFound, match="There is no trace"):
                        forbidden()


def test_an_export_holds_the_text_of_each_candidate(filled: Workbench) -> None:
    answer = finish(filled.ask(QUESTION, EXTRACTIVE, ADMIN))
    body = json.loads(filled.inspector.export(answer.trace.id, ADMIN))
    assert [c["chunk"]["text"] for c in body["candidates"]] == [h.chunk.text for h in answer.trace.candidates]
    assert body["choice"]["retrieval"]["top_k"] == 5


def test_a_document_that_moves_away_takes_its_traces_along(bench: Workbench, tmp_path: Path) -> None:
    bench.ingest([note(tmp_path, "kettle.txt", "The kettle costs 30 euros.", "public")], ADMIN)
    trace = finish(bench.ask("What does the kettle cost?", EXTRACTIVE, VIEWER)).trace.id
    assert bench.inspector.open(trace, VIEWER).trace.id == trace
    bench.rezone(bench.library.resolve("kettle.txt").id, ADMIN, "restricted")
    with pytest.raises(NotFound):
        bench.inspector.open(trace, VIEWER)
    assert bench.inspector.traces(VIEWER) == []


def test_what_was_replaced_does_not_answer_again(bench: Workbench, tmp_path: Path) -> None:
    bench.ingest([note(tmp_path, "kettle.txt", "The kettle costs 30 euros.")], ADMIN)
    first = finish(bench.ask("What does the kettle cost?", EXTRACTIVE, ADMIN))
    bench.ingest([note(tmp_path, "kettle.txt", "The kettle costs 40 euros.")], ADMIN)
    again = finish(bench.inspector.rerun(first.trace.id, EXTRACTIVE, ADMIN))
    assert "40" in again.text
    assert again.trace.since == "retrieve"
    assert "30" in bench.inspector.open(first.trace.id, ADMIN).text


def test_a_question_that_leaned_on_another_leans_again(filled: Workbench) -> None:
    first = finish(filled.ask("and for lamps?", EXTRACTIVE, ADMIN, before=[QUESTION]))
    again = finish(filled.inspector.rerun(first.trace.id, replace(EXTRACTIVE, route="rag"), ADMIN))
    assert first.trace.understood and again.trace.understood == first.trace.understood
