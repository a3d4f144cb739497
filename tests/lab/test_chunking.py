"""Lanes of the chunking lab: what they hold, who may see them, and that nothing is kept beyond an erasure."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.chunking import STRATEGIES
from core.errors import NotFound, RequestError
from core.evaluation.questions import Evidence, Question
from core.governance.principals import persona
from core.types import Chunking, Embedding, Recipe, Span
from core.workbench import Workbench
from pages.chunking.lanes import view
from tests.test_ingestion import note

ADMIN, VIEWER = persona("administrator"), persona("viewer")
TEXT = "The mill grinds rye. It stands by the brook. The miller sleeps at noon. His cat watches the flour. " * 6
QUOTE = "It stands by the brook. The miller sleeps at noon."


def cut(strategy: str, size: int = 24, **more: int) -> Recipe:
    return Recipe(chunking=Chunking(strategy, size, **more))


@pytest.fixture
def mill(bench: Workbench, tmp_path: Path) -> Workbench:
    """One document and a question whose quote stands in it."""
    bench.ingest([note(tmp_path, "mill.txt", "Mill report. " + TEXT)], ADMIN)
    question = Question("q", "When does the miller sleep?", evidence=(Evidence("mill.txt", QUOTE),), zone="internal")
    bench.lab.sets.save("mill", [question], ADMIN)
    return bench


def only(bench: Workbench) -> str:
    (document,) = bench.documents(ADMIN)
    return document.id


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_each_strategy_makes_a_lane(strategy: str, mill: Workbench) -> None:
    told = mill.lab.chunking.lanes(only(mill), [cut(strategy)], ADMIN, "mill")
    (lane,) = told.lanes
    assert lane.numbers.chunks == len(lane.chunks) > 0
    assert all(chunk.text == told.document.text[chunk.start : chunk.end] for chunk in lane.chunks)
    assert lane.seconds > 0
    assert lane.bytes > lane.numbers.chunks * 384 * 4


def test_a_cut_quote_is_flagged_in_one_lane_and_whole_in_the_other(mill: Workbench) -> None:
    told = mill.lab.chunking.lanes(only(mill), [cut("tokens", 8), cut("tokens", 200)], ADMIN, "mill")
    start = told.document.text.index(QUOTE)
    assert told.gold[0].question == "When does the miller sleep?"
    assert told.gold[0].span == Span(start, start + len(QUOTE))
    small, large = told.lanes
    assert [flag.span for flag in small.gold_cut] == [told.gold[0].span]
    assert small.gold_cut[0].at
    assert all(start < at < start + len(QUOTE) for at in small.gold_cut[0].at)
    assert large.gold_cut == ()


def test_personal_data_is_marked_and_flagged_where_a_boundary_runs_through(bench: Workbench, tmp_path: Path) -> None:
    card = "5555 5555 5555 4444"
    bench.ingest([note(tmp_path, "till.txt", f"The card of the till is {card} and nothing else. " * 3)], ADMIN)
    told = bench.lab.chunking.lanes(only(bench), [cut("tokens", 8), cut("tokens", 200)], ADMIN)
    text = told.document.text
    assert [(each.kind, text[each.start : each.end]) for each in told.personal] == [("card", card)] * 3
    small, large = told.lanes
    assert small.personal_cut
    assert {text[each.span.start : each.span.end] for each in small.personal_cut} == {card}
    assert large.personal_cut == ()
    drawn = view(told)
    assert [each["what"] for each in drawn["personal"]] == ["card"] * 3
    assert "personal detail" in drawn["lanes"][0]["told"]


def test_without_a_set_nothing_is_marked(mill: Workbench) -> None:
    told = mill.lab.chunking.lanes(only(mill), [cut("tokens", 8)], ADMIN)
    assert told.gold == ()
    assert told.lanes[0].gold_cut == ()


def test_an_unchanged_lane_is_the_same_object_and_a_changed_one_is_not(mill: Workbench) -> None:
    first = mill.lab.chunking.lanes(only(mill), [cut("tokens", 8), cut("tokens", 20)], ADMIN, "mill")
    other = replace(cut("tokens", 8), route="closed")  # cut the same, though another recipe
    again = mill.lab.chunking.lanes(only(mill), [other, cut("tokens", 21)], ADMIN, "mill")
    assert again.lanes[0].chunks is first.lanes[0].chunks
    assert again.lanes[0].recipe == other
    assert again.lanes[1].chunks != first.lanes[1].chunks
    assert mill.lab.chunking.lanes(only(mill), [cut("tokens", 8)], ADMIN).lanes[0].gold_cut == ()


def test_what_one_may_not_see_does_not_exist(mill: Workbench) -> None:
    document = only(mill)
    assert mill.lab.chunking.lanes(document, [cut("tokens")], VIEWER).lanes
    mill.rezone(document, ADMIN, "restricted")
    with pytest.raises(NotFound):
        mill.lab.chunking.lanes(document, [cut("tokens")], VIEWER)


def test_an_unknown_strategy_or_embedder_is_one_sentence(mill: Workbench) -> None:
    with pytest.raises(RequestError, match="There is no strategy 'magic'"):
        mill.lab.chunking.lanes(only(mill), [cut("magic")], ADMIN)
    with pytest.raises((RequestError, NotFound), match="nosuch"):
        mill.lab.chunking.lanes(only(mill), [Recipe(embedding=Embedding("nosuch"))], ADMIN)


def test_an_erasure_empties_what_was_kept(mill: Workbench) -> None:
    mill.lab.chunking.lanes(only(mill), [cut("tokens")], ADMIN)
    assert mill.lab.chunking._kept
    mill.erase("mill.txt", ADMIN)
    assert not mill.lab.chunking._kept
