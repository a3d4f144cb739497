from benchmarks.retrieval.chunking import Scored, _chosen, _plain
from benchmarks.retrieval.chunking_data import Benchmark, Question

QUESTIONS = tuple(Question(f"question {i}", "a", ()) for i in range(20))
BENCHMARK = Benchmark({"a": "x"}, QUESTIONS)


def scored(name: str, recall: float, iou: float, ours: bool = True) -> Scored:
    return Scored(name, [recall] * 20, [iou] * 20, [iou] * 20, 0.5, 1234.0, ours)


ROWS = [
    scored("peer", 0.8, 0.08, ours=False),
    scored("long", 0.95, 0.05),
    scored("good", 0.9, 0.1),
    scored("short", 0.7, 0.2),
]


def test_chosen_is_the_best_recall_above_the_peers_iou() -> None:
    lines = _chosen(BENCHMARK, ROWS)
    assert "**good**; best recall of a peer there: peer." in lines[0]
    half = sum(question.half for question in QUESTIONS)
    assert any(line.startswith(f"{half} questions") for line in lines)
    assert "| peer | 80.0 [80.0, 80.0] | -10.0 [-10.0, -10.0] | 8.0 [8.0, 8.0] | -2.0 [-2.0, -2.0] |" in lines


def test_every_setting_has_a_line() -> None:
    assert _plain(ROWS)[-1] == "| short | 70.0 [70.0, 70.0] | 20.0 [20.0, 20.0] | 20.0 [20.0, 20.0] | 50.0 | 1,234 |"
