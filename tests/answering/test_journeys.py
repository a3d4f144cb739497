"""The way of every candidate: where it ended, and why."""

from dataclasses import replace

import pytest

from core.answering.ask import finish
from core.answering.journeys import axes, journeys, links, same_passage, tally
from core.answering.summary import packed, spent, verdicts
from core.governance.principals import persona
from core.recipes import recipe, varied
from core.types import Answer, Chunk, Fate, Hit, Prompt, Recipe, Tokens, no_scores
from core.workbench import Workbench
from tests.fakes import Saying, source

ADMIN = persona("administrator")
EXTRACTIVE = recipe("extractive")
QUESTION = "How many days may unused articles be sent back?"


def spoken(bench: Workbench, changes: dict[str, str], monkeypatch: pytest.MonkeyPatch, said: str = "") -> Answer:
    model = Saying(none=said or "Unused articles may be sent back within 45 days of delivery. [1]")
    monkeypatch.setattr(bench, "model", lambda _: model)
    return finish(bench.ask(QUESTION, varied(recipe("default"), changes), ADMIN))


def test_each_candidate_ends_once_and_the_ends_are_all_of_them(filled: Workbench) -> None:
    answer = finish(filled.ask(QUESTION, EXTRACTIVE, ADMIN))
    ways = journeys(answer)
    assert len(ways) == len(answer.trace.candidates) == sum(count for _, count in tally(answer))
    assert axes(answer) == ("dense", "sparse", "fused", "final", "packed", "cited")
    for way in ways:
        assert way.end == list(way.places)[-1]
        assert way.places["final"] == way.hit.rank
        assert all(way.places[axis] == way.hit.scores[axis].rank for axis in way.hit.scores)  # type: ignore[index]
    sixth = next(way for way in ways if way.hit.rank == 6)
    assert (sixth.end, sixth.note) == ("final", "rank 6, prompt takes 5")
    cited = [way for way in ways if way.end == "cited"]
    assert {way.places["cited"] for way in cited} == {citation.source for citation in answer.citations}
    assert tally(answer)[0] == ("cited", len(cited))


def test_a_rerank_is_an_axis_of_its_own_and_one_search_needs_no_fusion(filled: Workbench) -> None:
    dense = varied(EXTRACTIVE, {"retrieval.mode": "dense", "retrieval.rerank": "maxsim"})
    assert axes(finish(filled.ask(QUESTION, dense, ADMIN))) == ("dense", "rerank", "final", "packed", "cited")
    assert axes(finish(filled.ask("hello", EXTRACTIVE, ADMIN))) == ()


def test_what_was_kept_out_and_put_first_says_so(filled: Workbench) -> None:
    first = finish(filled.ask(QUESTION, EXTRACTIVE, ADMIN))
    hits = first.trace.candidates
    again = finish(
        filled.inspector.rerun(
            first.trace.id,
            EXTRACTIVE,
            ADMIN,
            pinned=[(hits[8].chunk.document_id, hits[8].chunk.id)],
            barred=[hits[1].chunk.id],
        )
    )
    ways = {way.hit.chunk.id: way for way in journeys(again)}
    assert ways[hits[1].chunk.id].note == "kept out by hand"
    pinned = ways[hits[8].chunk.id]
    assert pinned.places["packed"] == 1 and pinned.places["final"] == 9
    assert pinned.why.endswith("A person put it first.")
    displaced = next(way for way in ways.values() if way.hit.rank == 6)
    assert displaced.why == "It ranked 6; the prompt takes 5 passages, 1 of them put first by hand (top_k)."


def test_a_small_budget_drops_and_cuts_short(filled: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = spoken(filled, {"generation.budget": "420"}, monkeypatch)
    notes = {way.hit.fate: way.note for way in journeys(answer)}
    assert notes[Fate.DROPPED] == "did not fit: budget 420"
    assert answer.trace.prompt and answer.trace.prompt.truncated
    cut = next(way for way in journeys(answer) if way.hit.chunk.id in answer.trace.prompt.truncated)
    assert "cut short" in cut.note


def test_a_declined_answer_leaves_its_sources_unread(filled: Workbench) -> None:
    answer = finish(filled.ask("Who won the cup in 1974?", varied(EXTRACTIVE, {"route": "rag"}), ADMIN))
    assert answer.abstained
    packed = [way for way in journeys(answer) if way.end == "packed"]
    assert {way.note for way in packed} == {"packed, answer declined"}
    assert [verdict.text for verdict in verdicts(answer)] == ["declined"]


def test_verdicts_name_what_has_no_receipt_and_what_is_cited(
    filled: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = verdicts(finish(filled.ask(QUESTION, EXTRACTIVE, ADMIN)))
    assert [good[0].mood, good[0].text] == ["good", "every sentence has a receipt"]
    assert "cites returns-policy.pdf" in {verdict.text for verdict in good}
    answer = spoken(filled, {}, monkeypatch, "The moon is made of cheese.")
    assert "the model's draft was not borne out" in {verdict.text for verdict in verdicts(answer)}


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [((0, 10), (9, 20), True), ((0, 10), (10, 20), False), ((5, 6), (0, 90), True)],
)
def test_a_shared_character_makes_the_same_passage(a: tuple[int, int], b: tuple[int, int], same: bool) -> None:
    one, other = (Chunk(f"c{at}", "d", "", *at, (1,), (), 1) for at in (a, b))
    assert same_passage(one, other) is same_passage(other, one) is same
    assert not same_passage(one, replace(one, document_id="e"))


def test_passages_of_different_cuts_are_joined_across_columns() -> None:
    def column(*spans: tuple[int, int]) -> list[Hit]:
        return [Hit(Chunk(f"c{s}", "d", "", *s, (1,), (), 1), "d.txt", "public", 1, no_scores()) for s in spans]

    found = links([column((0, 10), (50, 60)), column((0, 5), (5, 12)), column((55, 58))])
    assert found == (((0, 0), (1, 0)), ((0, 0), (1, 1)), ((0, 1), (2, 0)))


def test_the_tokens_of_a_prompt_add_up_to_its_budget(filled: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    prompt = spoken(filled, {}, monkeypatch).trace.prompt
    assert prompt
    held = spent(prompt)
    assert held.system + held.sources + held.question == prompt.tokens
    assert held.system + held.sources + held.question + held.free == held.budget == 1400
    assert held.sources > held.system > 0 < held.question


def test_what_was_packed_and_what_was_read_are_told_as_two_counts(filled: Workbench) -> None:
    answer = finish(filled.ask(QUESTION, EXTRACTIVE, ADMIN))
    assert packed(replace(answer, trace=replace(answer.trace, prompt=None))) == ""
    prompt = Prompt((("system", "Be brief."), ("user", "Why?")), (), 1106, 1400)
    asked = replace(answer, trace=replace(answer.trace, prompt=prompt), tokens=Tokens(1098, 40))
    assert packed(asked) == "packed to 1,106 of 1,400 tokens, counted by part; 1,098 when read as one text"
    assert packed(replace(asked, tokens=Tokens(1098, 40, estimated=True))).endswith(
        "by part; about 1,098 when read as one text"
    )
    assert packed(replace(asked, tokens=Tokens(1106, 40))) == "packed to 1,106 of 1,400 tokens"


def test_a_prompt_without_sources_spends_nothing_on_them() -> None:
    asked = Prompt((("system", "Be brief."), ("user", "Question: why is the word Question: here?")), (), 20, 200)
    assert spent(asked).sources == 0
    with_sources = replace(asked, sources=(source(1, "text"),))
    assert spent(with_sources).sources > 0


def test_a_trace_of_an_unreadable_recipe_still_says_why(filled: Workbench) -> None:
    answer = finish(filled.ask(QUESTION, EXTRACTIVE, ADMIN))
    bare: Recipe | None = None
    old = replace(answer, trace=replace(answer.trace, choice=bare))
    assert "rank 6, not taken" in {way.note for way in journeys(old)}
