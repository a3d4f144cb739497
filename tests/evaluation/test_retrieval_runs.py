import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RequestError
from core.evaluation.comparison import compare, halves, summary
from core.evaluation.questions import Evidence, Question
from core.evaluation.quotes import Copy, Resolved
from core.evaluation.retrieval_runs import METRICS, Planned, Result, plan, result_from, result_json, score
from core.governance.principals import persona
from core.index.contract import Access
from core.types import Chunk, Document, Hit, Span

ACCESS = Access(("public",), None, date(2026, 1, 1))


def hit(start: int, end: int, rank: int = 1, document: str = "d", shown: tuple[int, int] | None = None) -> Hit:
    chunk = Chunk(f"{document}{start}-{end}", document, "x" * (end - start), start, end, (1,), (), end - start)
    passage = shown and Chunk(chunk.id, document, "x" * (shown[1] - shown[0]), *shown, (1,), (), shown[1] - shown[0])
    return Hit(chunk, f"{document}.txt", "public", rank, MappingProxyType({}), passage=passage or None)


def planned(*spans: tuple[int, int], document: str = "d") -> Planned:
    wanted = tuple(Resolved(Evidence("d.txt", "q"), "found", document, (Span(*span),)) for span in spans)
    return Planned(Question("q", "Why?", ("x",)), wanted, ACCESS)


def scored(asked: Planned, hits: Sequence[Hit], top_k: int = 5) -> Result:
    return score(asked, hits, top_k, 1.0)


def result(name: str, rank: int | None, **values: float) -> Result:
    filled = dict.fromkeys(METRICS, 0.0) | {"mrr": 1 / rank if rank else 0.0} | values
    return Result(name, "h", rank, filled, ())


def test_a_hit_is_relevant_when_it_covers_the_whole_quote() -> None:
    found = scored(planned((10, 20)), [hit(0, 15), hit(20, 40), hit(8, 25)])
    assert found.rank == 3
    assert [found.values[f"recall@{k}"] for k in (1, 3, 5, 10)] == [0, 1, 1, 1]
    assert found.values["mrr"] == 1 / 3
    assert found.values["ndcg@10"] == 1 / math.log2(4)
    assert [place.relevant for place in found.places] == [False, False, True]


def test_a_hit_in_a_copy_is_relevant_too() -> None:
    asked = planned((10, 20))
    asked = replace(asked, wanted=(replace(asked.wanted[0], copies=(Copy("twin.txt", "t", (Span(30, 40),)),)),))
    found = scored(asked, [hit(10, 20, document="t"), hit(30, 40, document="t")])
    assert (found.rank, found.values["recall@3"], found.values["token recall"]) == (2, 1, 1)


def test_what_is_covered_in_part_counts_for_tokens_only() -> None:
    found = scored(planned((10, 20)), [hit(0, 15), hit(100, 110)], top_k=2)
    assert (found.rank, found.values["recall@10"], found.values["ndcg@10"]) == (None, 0, 0)
    assert found.values["token recall"] == 0.5
    assert found.values["token precision"] == 5 / 25
    assert found.values["token iou"] == 5 / 30
    assert (found.values["tokens"], found.values["characters"]) == (25, 25)


def test_only_what_a_prompt_is_shown_counts_for_tokens() -> None:
    found = scored(planned((10, 20)), [hit(50, 60), hit(10, 20)], top_k=1)
    assert (found.values["token recall"], found.values["tokens"], found.rank) == (0, 10, 2)


def test_a_widened_hit_covers_what_it_shows() -> None:
    found = scored(planned((10, 20)), [hit(12, 18, shown=(0, 30))])
    assert (found.rank, found.values["token recall"], found.values["characters"]) == (1, 1, 30)


def test_two_pieces_of_evidence_in_one_hit_are_the_ideal() -> None:
    assert scored(planned((0, 5), (6, 9)), [hit(0, 10)]).values["ndcg@10"] == 1
    apart = scored(planned((0, 5), (50, 60)), [hit(0, 10), hit(20, 30), hit(50, 60)])
    assert apart.values["ndcg@10"] == (1 + 1 / 2) / (1 + 1 / math.log2(3))
    half = scored(planned((0, 5), (50, 60)), [hit(0, 10)])
    assert (half.values["recall@1"], half.values["ndcg@10"]) == (0.5, 1 / (1 + 1 / math.log2(3)))


def test_the_same_place_found_twice_adds_nothing() -> None:
    assert scored(planned((0, 5)), [hit(0, 10), hit(0, 12)]).values["ndcg@10"] == 1


def test_a_quote_that_stands_twice_is_found_at_either_place() -> None:
    twice = Planned(
        Question("q", "Why?", ("x",)), (Resolved(Evidence("d", "q"), "found", "d", (Span(0, 5), Span(90, 95))),), ACCESS
    )
    found = scored(twice, [hit(90, 95)])
    assert (found.rank, found.values["token recall"], found.values["token iou"]) == (1, 1, 1)


spans = st.tuples(st.integers(0, 50), st.integers(1, 20)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.lists(spans, min_size=1, max_size=3, unique=True), st.lists(spans, max_size=14, unique=True))
def test_every_measure_is_a_number_in_its_range(wanted: list[tuple[int, int]], found: list[tuple[int, int]]) -> None:
    values = scored(planned(*wanted), [hit(*span) for span in found]).values
    assert set(values) == set(METRICS)
    assert all(0 <= values[name] <= 1 for name in METRICS if name not in ("tokens", "characters", "ms"))
    assert values["recall@1"] <= values["recall@3"] <= values["recall@5"] <= values["recall@10"]
    assert (values["mrr"] == 0) == (scored(planned(*wanted), [hit(*span) for span in found]).rank is None)


def test_a_result_is_kept_as_it_is() -> None:
    found = scored(planned((10, 20)), [hit(0, 15), hit(8, 25)])
    assert result_from("q", result_json(found)) == found


def test_a_plan_says_why_a_question_is_left_out() -> None:
    open_, secret = (
        Document(name, f"{name}.txt", "", "text/plain", zone, (), 1, "It is so.", ())
        for name, zone in (("open", "public"), ("secret", "restricted"))
    )
    quoting = {
        name: Question(name, "Why?", evidence=(Evidence(f"{name}.txt", "it is so"),)) for name in ("open", "secret")
    }
    asked = plan(
        [
            *quoting.values(),
            Question("no", "Why?", answerable=False),
            Question("free", "Why?", ("x",)),
            Question("gone", "Why?", evidence=(Evidence("open.txt", "It is not."),)),
            Question("hidden", "Why?", evidence=quoting["secret"].evidence, persona="viewer"),
        ],
        [open_, secret],
        persona("administrator"),
        date(2026, 1, 1),
    )
    assert [each.question.id for each in asked.asked] == ["open", "secret"]
    assert asked.left_out == {
        "not answerable": 1,
        "without evidence": 1,
        "quote not found": 1,
        "hidden from the asker": 1,
    }


def test_a_persona_never_sees_more_than_who_runs_the_set() -> None:
    document = Document("d", "d.txt", "", "text/plain", "public", (), 1, "It is so.", ())
    question = Question("q", "Why?", evidence=(Evidence("d.txt", "It is so."),), persona="officer")
    asked = plan([question], [document], persona("engineer"), date(2026, 1, 1)).asked[0]
    assert asked.access.zones == ("public", "internal")


def test_a_summary_has_intervals_and_no_nan() -> None:
    empty = summary([])
    assert (empty.questions, empty.values) == (0, {})
    filled = summary([result("a", 1), result("b", None)])
    assert filled.values["mrr"].mean == 0.5
    assert all(math.isfinite(e.mean + e.low + e.high) for e in filled.values.values())
    choose, report = halves([result(f"q{i:03}", 1) for i in range(1, 174)])
    assert (choose.questions, report.questions) == (80, 93)


def test_a_comparison_names_the_questions_that_changed() -> None:
    first = [result("a", 1), result("b", 2), result("c", None), result("only", 1)]
    second = [result("a", 1), result("b", 9), result("c", 3)]
    found = compare(first, second)
    assert (found.questions, found.gained, found.lost, found.left_out) == (3, ("b",), ("c",), ("only",))
    assert [(c.question, c.rank, c.base) for c in found.changed] == [("b", 2, 9), ("c", None, 3)]
    assert found.differences["mrr"].mean == pytest.approx((1 / 2 - 1 / 9 - 1 / 3) / 3)
    assert (found.flips.gained, found.flips.lost, found.flips.p) == (1, 1, 1.0)
    assert compare(first, first).differences["mrr"].high == 0
    with pytest.raises(RequestError, match="no question in common"):
        compare(first, [result("z", 1)])
