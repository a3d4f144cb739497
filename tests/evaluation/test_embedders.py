from core.evaluation.embedders import bytes_per_vector, measure, rows, wins
from core.types import Embedding, Recipe
from tests.evaluation.test_retrieval_runs import result
from tests.fakes import WordEmbedder


def test_a_question_is_won_by_the_one_that_ranks_it_best() -> None:
    first = [result("a", 1), result("b", 2), result("c", None), result("d", 3), result("only", 1)]
    second = [result("a", 1), result("b", 1), result("c", 9), result("d", 4)]
    assert wins([first, second]) == [("d",), ("b", "c")]
    assert wins([first, second, second]) == [("d",), ("b", "c"), ("b", "c")]
    assert wins([first]) == [()]
    assert wins([]) == []


def test_bytes_count_the_smaller_copy_too() -> None:
    assert [bytes_per_vector(384, how) for how in ("none", "int8", "binary")] == [1536, 1920, 1584]


def test_speeds_are_positive_and_zero_without_anything_to_measure() -> None:
    told = measure(WordEmbedder(), ["one passage", "two"], ["a question"])
    assert told["vectors_per_second"] > 0 < told["query_ms"]
    assert measure(WordEmbedder(), [], ["a"]) == {"vectors_per_second": 0.0, "query_ms": 0.0}


def test_a_row_for_each_run() -> None:
    recipe = Recipe(embedding=Embedding("e5"))
    speeds = {recipe.hash: {"vectors_per_second": 9.0, "query_ms": 2.0, "bytes_per_vector": 1536.0, "quantized": 0}}
    made = rows([(Recipe(), "r1", [result("a", 2)], {"chunks": 7}), (recipe, "r2", [result("a", 1)], {})], speeds)
    assert [(r.embedding.model, r.wins, r.chunks, r.vectors_per_second) for r in made] == [
        ("minilm", (), 7, 0.0),
        ("e5", ("a",), 0, 9.0),
    ]
    assert made[1].summary.values["mrr"].mean == 1.0
