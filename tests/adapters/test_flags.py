from collections.abc import Sequence

import numpy as np
import pytest

from core.adapters.flags import FLAGS, contradict, flag_rows, fold_question
from core.adapters.rows import Row
from core.embedding.encoder import Encoder


def kinds(*rows: Row, **more: object) -> dict[str, list[str]]:
    found = flag_rows(rows, **more)  # type: ignore[arg-type]
    return {key: [flag.kind for flag in flags] for key, flags in found.items()}


def test_the_same_question_with_the_same_answer_is_a_duplicate() -> None:
    rows = (Row("a", "How long?", "45 days [1]"), Row("b", " how LONG ", "45 days"), Row("c", "How much?", "12"))
    found = flag_rows(rows)
    assert {key: [flag.kind for flag in flags] for key, flags in found.items()} == {
        "a": ["duplicate"],
        "b": ["duplicate"],
    }
    assert found["a"][0].others == ("b",)


def test_the_same_question_with_another_number_is_a_contradiction() -> None:
    rows = (Row("a", "After how long?", "after 60 days"), Row("b", "After how long?", "after 90 days"))
    assert kinds(*rows) == {"a": ["contradiction"], "b": ["contradiction"]}
    assert "after 90 days" in flag_rows(rows)["a"][0].why


@pytest.mark.parametrize(
    ("one", "other", "against"),
    [
        ("1,000 euros", "1000 euros [2]", False),
        ("45 days", "forty-five days", False),
        ("45 days", "forty-six days", True),
        ("the line manager", "your line manager decides", False),
        ("the line manager", "nobody at all", True),
        ("", "", False),
    ],
)
def test_answers_contradict_by_numbers_and_else_by_words(one: str, other: str, against: bool) -> None:
    assert contradict(Row("a", "Q?", one), Row("b", "Q?", other)) is against
    assert contradict(Row("b", "Q?", other), Row("a", "Q?", one)) is against


def test_who_declines_contradicts_who_answers() -> None:
    assert contradict(Row("a", "Q?", "12"), Row("b", "Q?", "", declines=True))
    assert not contradict(Row("a", "Q?", "", declines=True), Row("b", "Q?", "", declines=True))


def test_a_paraphrase_and_a_rejected_row_are_no_duplicates() -> None:
    row = Row("a", "How long?", "45 days")
    assert kinds(row, Row("b", "how long", "45 days", rephrases="a"), Row("c", "how long", "45", rephrases="a")) == {}
    assert kinds(row, Row("b", "How long?", "60 days", state="rejected")) == {}


def test_near_questions_are_compared_by_meaning_words_and_numbers(minilm: Encoder) -> None:
    rows = (
        Row("a", "What is the price of the Tarn S3 kitchen scale?", "64 euros"),
        Row("b", "Could you tell me the price of the Tarn S3 kitchen scale?", "59 euros"),
        Row("c", "What is the price of the Tarn S4 kitchen scale?", "70 euros"),
        Row("d", "What is the colour of the Tarn S3 kitchen scale?", "chalk"),
        Row("e", "Who founded the works?", "Odalys"),
    )
    assert kinds(*rows, vectors=minilm.queries) == {"a": ["contradiction"], "b": ["contradiction"]}


def test_personal_data_is_told_with_its_place() -> None:
    row = Row("a", "What is Ada's account?", "GB82WEST12345698765432 [1]", ("Ada: ada@example.com, +44 1632 960 301",))
    why = [flag.why for flag in flag_rows([row])["a"]]
    assert why == [
        "There is an IBAN in the answer.",
        "There is an e-mail address in the sources.",
        "There is a telephone number in the sources.",
    ]


def test_an_empty_and_a_long_answer_are_flagged() -> None:
    rows = (
        Row("a", "A?", " "),
        Row("b", "B?", "x" * 1201),
        Row("c", "C?", "", declines=True),
        Row("d", "D?", "x" * 1200),
    )
    assert kinds(*rows) == {"a": ["length"], "b": ["length"]}


def test_a_question_that_measures_is_flagged_also_in_near_words() -> None:
    tests = {"How long may I keep it?": "samples"}
    rows = (
        Row("a", "how long may i KEEP it", "x"),
        Row("b", "Now, how long may I keep it?", "x"),
        Row("c", "Why?", "x"),
    )

    def alike(texts: Sequence[str]) -> np.ndarray:
        return np.array([[1.0, 0.0] if "keep" in text.lower() else [0.0, 1.0] for text in texts])

    assert kinds(*rows, tests=tests) == {"a": ["test question"]}
    found = kinds(*rows, tests=tests, vectors=alike)
    assert found == {"a": ["duplicate", "test question"], "b": ["duplicate", "test question"]}


def test_what_is_wrong_with_the_evidence_is_told() -> None:
    found = flag_rows(
        [Row("a", "A?", "x"), Row("b", "B?", "y")], problem=lambda row: "It is gone." if row.id == "a" else ""
    )
    assert {key: [(f.kind, f.why) for f in flags] for key, flags in found.items()} == {
        "a": [("evidence", "It is gone.")]
    }


def test_flags_stand_in_one_order() -> None:
    rows = (Row("a", "Q?", "a@b.de 1"), Row("b", "Q?", "2"))
    found = flag_rows(rows, problem=lambda _: "Gone.", tests={"Q?": "samples"})
    assert [flag.kind for flag in found["a"]] == ["contradiction", "personal data", "evidence", "test question"]
    assert [kind for kind in FLAGS if kind in {f.kind for f in found["a"]}] == [flag.kind for flag in found["a"]]


def test_many_rows_with_one_question_are_compared_in_a_chain() -> None:
    rows = [Row(f"r{n}", "Q?", "yes") for n in range(400)]
    assert max(len(flags) for flags in flag_rows(rows).values()) == 2


def test_questions_are_folded() -> None:
    assert fold_question("  ¿Cuánto  CUESTA? ") == fold_question("cuánto cuesta")
