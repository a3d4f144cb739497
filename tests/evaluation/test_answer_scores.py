"""Measures of answers: literal values, answerers of known quality, and other people's implementations on real outputs."""

import random
import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice

import pytest
import pytrec_eval

from core.answering.ask import ask, finish
from core.answering.screening import ABSTENTION
from core.errors import RequestError
from core.evaluation.answer_metrics import cited_documents, cited_spans, grounded, refusal, similarity
from core.evaluation.answer_scores import Prices, compare, measure, summary, with_opinion, worst_first
from core.evaluation.answers import exact, f1, holds
from core.evaluation.asking import Asked, plan
from core.evaluation.judging import Opinion, opinion
from core.evaluation.measures import MEASURES
from core.evaluation.questions import Evidence
from core.evaluation.quotes import Copy, Resolved
from core.evaluation.retrieval_runs import Result
from core.governance.principals import persona
from core.recipes import BUILT_IN
from core.types import Answer, Citation, Document, Span, Tokens, Trace, Unsupported
from core.workbench import Workbench
from tests.fakes import WordEmbedder

ADMIN, TODAY = persona("administrator"), date(2026, 1, 1)
EXTRACTIVE = BUILT_IN["extractive"]
FIRST = Span(0, 9)
Answerer = Callable[[Asked], Answer]


def receipt(document: str, start: int, end: int, sentence: Span = FIRST) -> Citation:
    return Citation(1, document, document, 1, start, end, "q", sentence, 0.9)


def wanted(document: str, *spans: Span) -> Resolved:
    return Resolved(Evidence(document, "q"), "found", document, spans)


# -- literal values --------------------------------------------------------------------------------------------------


def test_citations_by_document_and_by_passage() -> None:
    asked = [wanted("a", Span(10, 20)), wanted("b", Span(0, 5), Span(50, 55))]
    told = [receipt("a", 0, 10), receipt("a", 15, 30), receipt("c", 0, 99)]
    assert cited_documents(told, asked) == {"citation_precision": 2 / 3, "citation_recall": 0.5}
    assert cited_spans(told, asked) == {"span_precision": 1 / 3, "span_recall": 0.5}
    assert cited_spans([receipt("b", 54, 60)], asked) == {"span_precision": 1.0, "span_recall": 0.5}
    assert cited_documents([], asked) == {"citation_recall": 0.0}


def test_who_cites_a_copy_cites_rightly() -> None:
    asked = [replace(wanted("a", Span(10, 20)), copies=(Copy("twin.txt", "a2", (Span(12, 22),)),)), wanted("b", FIRST)]
    told = [receipt("a2", 15, 30)]
    assert cited_documents(told, asked) == {"citation_precision": 1.0, "citation_recall": 0.5}
    assert cited_spans(told, asked) == {"span_precision": 1.0, "span_recall": 0.5}
    assert cited_spans([receipt("a2", 22, 30)], asked) == {"span_precision": 0.0, "span_recall": 0.0}


def test_sentences_count_once_however_many_receipts_they_have() -> None:
    two = [receipt("a", 0, 1), receipt("b", 0, 1), receipt("a", 0, 1, Span(10, 20))]
    assert grounded(two, [Unsupported(20, 30)]) == 2 / 3
    assert grounded([], [Unsupported(0, 3)]) == 0.0
    assert grounded([], []) is None


def test_refusals_count_where_they_belong() -> None:
    assert refusal(True, True) == {"refusal_precision": 0.0, "wrongly_declined": 1.0}
    assert refusal(True, False) == {"wrongly_declined": 0.0}
    assert refusal(False, True) == {"refusal_precision": 1.0, "refusal_recall": 1.0}
    assert refusal(False, False) == {"refusal_recall": 0.0}


def test_similarity_is_to_the_nearest_accepted_answer() -> None:
    embed = WordEmbedder().passages
    assert similarity("forty days [1]", ["two weeks", "forty days"], embed) == pytest.approx(1.0)
    assert similarity("zebra", ["forty days"], embed) == pytest.approx(0.0)
    assert similarity("[1]", ["forty days"], embed) == 0.0
    with pytest.raises(ValueError, match="accepted"):
        similarity("x", [], embed)


@pytest.mark.parametrize(
    ("reply", "right"),
    [
        ('{"right": true}', True),
        ('```json\n{"right": false}\n```', False),
        ("Yes, it is right.", None),
        ('{"right": "yes"}', None),
        ('{"right": true} or {"right": false}', None),
        ("{right: true}", None),
        ('{"score": 1}', None),
        ("", None),
    ],
)
def test_a_judge_gives_a_verdict_or_fails(reply: str, right: bool | None) -> None:
    found = opinion(reply)
    assert found.right is right
    assert bool(found.why) == (right is None)


def test_failures_of_a_judge_are_no_zeros() -> None:
    base = Result("q", "h", None, {"ms": 1.0, "first_ms": 1.0}, ())
    told = summary([with_opinion(base, Opinion(True)), with_opinion(base, Opinion(None, "It timed out."))])
    assert (told["judge"].mean, told["judge_failed"].mean) == (1.0, 0.5)
    assert "judge" not in summary([with_opinion(base, Opinion(None, "It timed out."))])


def test_cost_is_told_with_prices_only() -> None:
    result = Result("q", "h", None, {"ms": 1.0, "first_ms": 1.0, "tokens_read": 800.0, "tokens_written": 50.0}, ())
    assert "assumed_cost" not in summary([result])
    assert summary([result], Prices(0.5, 2.0))["assumed_cost"].mean == pytest.approx(0.5)
    assert summary([result], Prices())["assumed_cost"].mean == 0.0
    with pytest.raises(RequestError, match="at least 0"):
        Prices(-1.0)


def test_latency_is_told_by_percentiles() -> None:
    told = summary([Result(f"{n}", "h", None, {"ms": float(n), "first_ms": n / 2}, ()) for n in range(1, 101)])
    assert (told["p50_ms"].mean, told["first_p50_ms"].mean) == (50.5, 25.25)
    assert told["p95_ms"].mean == pytest.approx(95.05)
    assert set(told) == {"p50_ms", "p95_ms", "first_p50_ms"}
    assert summary([]) == {}


def result(name: str, overall: float, **more: float) -> Result:
    return Result(name, name, None, {"overall": overall, "ms": 1.0, **more}, (), f"trace of {name}")


def test_two_runs_flip_on_some_questions() -> None:
    ours = [result("a", 1, f1=0.9), result("b", 0, f1=0.2), result("c", 1), result("d", 1), result("e", 1)]
    theirs = [result("a", 0, f1=0.4), result("b", 1, f1=0.3), result("c", 1), replace(result("d", 0), hash="other")]
    found = compare(ours, theirs)
    assert (found.questions, found.flips.gained, found.flips.lost, found.flips.p) == (3, 1, 1, 1.0)
    assert [(flip.question, flip.gained, flip.trace) for flip in found.flipped] == [
        ("b", False, "trace of b"),
        ("a", True, "trace of a"),
    ]
    assert found.differences["f1"].mean == pytest.approx(0.2)
    assert "ms" not in found.differences and "p50_ms" not in found.differences
    assert found.left_out == ("d", "e")
    with pytest.raises(RequestError, match="no question in common"):
        compare(ours, [result("z", 1)])
    assert [each.question for each in worst_first(ours)[:1]] == ["b"]


# -- answerers of known quality --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def planned(filled: Workbench) -> list[Asked]:
    """The sample company's questions that can be judged."""
    questions = filled.lab.sets.get("samples", ADMIN).questions
    return plan(questions, filled.library.ready(), ADMIN, TODAY)[0]


def answered(text: str, abstained: bool = False, citations: Sequence[Citation] = ()) -> Answer:
    trace = Trace("t", "q", "r", "administrator", (), (), None, 1.0, "")
    return Answer(
        text, abstained, tuple(citations), (), (), "rag", "extractive", None, Tokens(), "r", trace
    )  # fmt: skip


def proofs(each: Asked) -> list[Citation]:
    return [receipt(item.document_id, item.spans[0].start, item.spans[0].end) for item in each.wanted]


def oracle(each: Asked) -> Answer:
    if not each.question.answerable:
        return answered(ABSTENTION, True)
    return answered(each.question.answers[0], citations=proofs(each))


def means(planned: Sequence[Asked], answerer: Answerer) -> dict[str, float]:
    embed = WordEmbedder().passages
    results = [measure(each, answerer(each), EXTRACTIVE, 1.0, 1.0, embed, TODAY) for each in planned]
    return {name: estimate.mean for name, estimate in summary(results).items()}


def test_an_oracle_gets_full_marks(planned: list[Asked]) -> None:
    told = means(planned, oracle)
    for name in (
        "overall", "right", "exact", "f1", "citation_precision", "citation_recall", "span_precision", "span_recall",
        "grounded", "refusal_precision", "refusal_recall",
    ):  # fmt: skip
        assert told[name] == 1.0, name
    assert told["wrongly_declined"] == 0.0
    assert told["similarity"] > 0.95  # an answer of stop words only has no vector in the fake


def test_who_always_abstains_is_right_where_nothing_answers(planned: list[Asked]) -> None:
    told = means(planned, lambda _: answered(ABSTENTION, True))
    without = sum(not each.question.answerable for each in planned) / len(planned)
    assert 0 < without < 1
    assert (told["overall"], told["refusal_precision"]) == (pytest.approx(without), pytest.approx(without))
    assert (told["right"], told["f1"], told["similarity"], told["refusal_recall"]) == (0.0, 0.0, 0.0, 1.0)
    assert (told["wrongly_declined"], told["citation_recall"], told["span_recall"]) == (1.0, 0.0, 0.0)
    assert not {"citation_precision", "span_precision", "grounded"} & set(told)


def test_who_cites_the_wrong_source_is_right_and_wrongly_cited(planned: list[Asked], filled: Workbench) -> None:
    def wrong(each: Asked) -> Answer:
        right = {item.document_id for item in each.wanted}
        other = next(d.id for d in filled.library.ready() if d.id not in right)
        return replace(oracle(each), citations=(receipt(other, 0, 50),) if right else ())

    told = means(planned, wrong)
    assert (told["right"], told["grounded"]) == (1.0, 1.0)
    assert [told[f"{kind}_{part}"] for kind in ("citation", "span") for part in ("precision", "recall")] == [0.0] * 4


def test_the_right_document_and_the_wrong_passage(planned: list[Asked]) -> None:
    told = means(planned, lambda each: replace(oracle(each), citations=tuple(away(each))))
    assert (told["citation_precision"], told["citation_recall"], told["span_precision"]) == (1.0, 1.0, 0.0)


def away(each: Asked) -> Iterator[Citation]:
    for item in each.wanted:
        end = max(span.end for other in each.wanted for span in other.spans)
        yield receipt(item.document_id, end, end + 9)


def test_chance_is_worth_what_chance_is(planned: list[Asked]) -> None:
    pool = [each.question.answers[0] for each in planned if each.question.answerable]
    chance = random.Random(7)
    told = means(planned, lambda _: answered(chance.choice(pool)))
    some = [each for each in planned if each.question.answerable]
    expected = sum(holds(text, each.question.answers) for each in some for text in pool) / len(some) / len(pool)
    assert told["right"] == pytest.approx(expected, abs=0.06) and expected < 0.1
    assert (told["refusal_recall"], told["wrongly_declined"], told["citation_recall"]) == (0.0, 0.0, 0.0)


# -- other people's definitions on real outputs ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(filled: Workbench, planned: list[Asked]) -> list[tuple[Asked, Answer]]:
    """What the product says to every sixth question that can be answered, by quotes, the search included."""
    parts = filled.parts(EXTRACTIVE)
    chosen = [each for each in planned if each.question.answerable and len(each.wanted) == 1][::6]
    return [(each, finish(ask(each.question.text, EXTRACTIVE, each.asker, parts))) for each in chosen]


def squad_normal(text: str) -> str:
    """As the evaluation script of SQuAD 1.1 is described: lower case, no punctuation, no articles, single spaces."""
    text = "".join(sign for sign in text.lower() if sign not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def squad_f1(text: str, accepted: str) -> float:
    mine, theirs = squad_normal(text).split(), squad_normal(accepted).split()
    shared = sum((Counter(mine) & Counter(theirs)).values())
    if not mine or not theirs or not shared:
        return float(mine == theirs)
    return 2 * shared / (len(mine) + len(theirs))  # the harmonic mean of shared/mine and shared/theirs


def test_exact_match_and_f1_are_squads(real: list[tuple[Asked, Answer]], planned: list[Asked]) -> None:
    texts = [answer.text for _, answer in real] + [
        each.question.answers[-1] for each in planned if each.question.answers
    ]
    seen: Counter[bool] = Counter()
    for number, text in enumerate(texts):
        for each, _ in islice(real, number % 7, None, 7):
            accepted = [unicodedata.normalize("NFKC", a) for a in each.question.answers]
            plain = unicodedata.normalize("NFKC", text)
            assert "[" not in plain
            assert exact(text, accepted) == any(squad_normal(plain) == squad_normal(a) for a in accepted)
            assert f1(text, accepted) == pytest.approx(max(squad_f1(plain, a) for a in accepted), abs=1e-9)
            seen[f1(text, accepted) > 0] += 1
    assert min(seen.values()) > 20


def test_ranking_measures_are_trec_evals(real: list[tuple[Asked, Answer]]) -> None:
    depths = (1, 3, 5, 10)
    for each, answer in real:
        values = measure(each, answer, EXTRACTIVE, 1.0, 1.0, WordEmbedder().passages, TODAY).values
        item, first, ranking = each.wanted[0], True, {}
        for hit in answer.trace.candidates:
            shown = [(hit.chunk.start, hit.chunk.end), (hit.shown.start, hit.shown.end)]
            covers = hit.chunk.document_id == item.document_id and any(
                start <= span.start and span.end <= end for start, end in shown for span in item.spans
            )
            ranking["evidence" if covers and first else f"hit {hit.rank}"] = float(-hit.rank)
            first = first and not covers
        asked = {f"recall.{','.join(map(str, depths))}", "ndcg_cut.10", "recip_rank"}
        told = pytrec_eval.RelevanceEvaluator({"q": {"evidence": 1}}, asked).evaluate({"q": ranking})["q"]
        assert values["mrr"] == pytest.approx(told["recip_rank"], abs=1e-9)
        assert values["ndcg_at_10"] == pytest.approx(told["ndcg_cut_10"], abs=1e-9)
        for depth in depths:
            assert values[f"recall_at_{depth}"] == pytest.approx(told[f"recall_{depth}"], abs=1e-9)


def test_token_measures_are_chromas(real: list[tuple[Asked, Answer]]) -> None:
    """Sets of characters, from the description of Chroma's code; quotes that stand at one place only."""
    compared = 0
    for each, answer in real:
        item = each.wanted[0]
        if len(item.spans) > 1:
            continue
        values = measure(each, answer, EXTRACTIVE, 1.0, 1.0, WordEmbedder().passages, TODAY).values
        shown = [hit.shown for hit in answer.trace.candidates[: EXTRACTIVE.retrieval.top_k]]
        excerpt = set(range(item.spans[0].start, item.spans[0].end))
        own = [set(range(c.start, c.end)) for c in shown if c.document_id == item.document_id]
        found = excerpt & set().union(*own)
        total = sum(c.end - c.start for c in shown)
        assert values["token_recall"] == pytest.approx(len(found) / len(excerpt), abs=1e-9)
        assert values["token_precision"] == pytest.approx(len(found) / total, abs=1e-9)
        assert values["token_iou"] == pytest.approx(len(found) / (total + len(excerpt - found)), abs=1e-9)
        compared += 1
    assert compared > 10


def test_every_measure_is_a_number_and_has_a_name(real: list[tuple[Asked, Answer]], minilm: WordEmbedder) -> None:
    results = [measure(each, answer, EXTRACTIVE, 1.0, 1.0, minilm.passages, TODAY) for each, answer in real[:9]]
    told = summary(results)
    assert list(told) == [name for name in MEASURES if name in told]
    assert all(0.0 <= each.low <= each.mean <= each.high for name, each in told.items() if name != "similarity")
    assert -1 <= told["similarity"].low <= told["similarity"].high <= 1
    closed = replace(EXTRACTIVE, route="closed")
    bare = measure(real[0][0], real[0][1], closed, 1.0, 1.0, minilm.passages, TODAY)
    assert not {"mrr", "citation_recall", "grounded"} & set(bare.values)


def test_documents_are_those_in_force(filled: Workbench) -> None:
    documents: list[Document] = filled.library.ready()
    questions = filled.lab.sets.get("samples", ADMIN).questions[:2]
    assert all(question.evidence for question in questions)
    none, why = plan(questions, [], ADMIN, TODAY)
    assert (none, why) == ([], {"quote not found": 2})
    bare = [replace(question, answers=()) for question in questions]
    assert plan(bare, documents, ADMIN, TODAY) == ([], {"without an accepted answer": 2})
    assert len(plan(bare, documents, ADMIN, TODAY, without_answer=True)[0]) == 2
