"""What a replay takes over, and from which stage it runs anew."""

import pytest

from core.answering.replay import AFRESH, Given, chosen, first_changed
from core.errors import RequestError
from core.recipes import recipe, varied
from core.types import Prompt
from tests.fakes import source

HITS = [source(number, f"passage {number}").hit for number in range(1, 6)]
LOCAL = varied(recipe("default"), {"route": "rag"})


def numbers(hits: list) -> list[int]:
    return [hit.rank for hit in hits]


@pytest.mark.parametrize(
    ("base", "change", "since"),
    [
        ({}, {}, "generate"),
        ({}, {"generation.max_tokens": "40"}, "generate"),
        ({}, {"generation.adapter": "grounded"}, "generate"),
        ({}, {"generation.budget": "700"}, "pack"),
        ({}, {"generation.answerer": "extractive"}, "pack"),
        ({}, {"retrieval.top_k": "9"}, "pack"),
        ({"retrieval.expand": "new"}, {"retrieval.top_k": "9"}, "retrieve"),
        ({"retrieval.mmr": "0.5"}, {"retrieval.top_k": "9"}, "retrieve"),
        ({"chunking.strategy": "window"}, {"retrieval.top_k": "9"}, "retrieve"),
        ({}, {"retrieval.rrf_k": "60"}, "retrieve"),
        ({}, {"chunking.size": "80"}, "retrieve"),
        ({}, {"embedding.model": "e5"}, "retrieve"),
        ({}, {"route": "closed"}, "retrieve"),
        ({}, {"route": "auto"}, "generate"),
    ],
)
def test_the_first_stage_that_a_change_touches(base: dict[str, str], change: dict[str, str], since: str) -> None:
    before = varied(LOCAL, base)
    assert first_changed(before, varied(before, change)) == since


def test_pinned_come_first_and_barred_make_room() -> None:
    given = Given(pinned=(HITS[3],), barred=frozenset({"c1"}))
    assert numbers(chosen(HITS, 3, given)) == [4, 2, 3]
    assert numbers(chosen(HITS, 3, AFRESH)) == [1, 2, 3]


def test_more_pinned_than_top_k_are_all_taken() -> None:
    assert numbers(chosen(HITS, 1, Given(pinned=(HITS[4], HITS[2])))) == [5, 3]


def test_what_no_search_found_joins_behind() -> None:
    found = Given(pinned=(source(9, "elsewhere").hit,)).joined(HITS)
    assert [(hit.chunk.id, hit.rank) for hit in found][-1] == ("c9", 6)
    assert Given(pinned=(HITS[0],)).joined(HITS) == HITS


def test_a_passage_is_not_put_first_and_kept_out() -> None:
    with pytest.raises(RequestError, match="at once"):
        Given(pinned=(HITS[0],), barred=frozenset({"c1"}))


@pytest.mark.parametrize(
    ("messages", "says"), [((("user", " "),), "is empty"), ((("user", "a b c d e"),), "above the budget")]
)
def test_a_prompt_that_cannot_be_sent(messages: tuple[tuple[str, str], ...], says: str) -> None:
    with pytest.raises(RequestError, match=says):
        Given(messages=messages).worded(Prompt((), (), 0, 4), lambda text: len(text.split()))
