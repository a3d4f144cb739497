import pytest

from core.generation.extractive import passages_of, quote, weigh
from tests.fakes import WordEmbedder, source

EMBED = WordEmbedder()
CONTENTS = (
    "Contents\n\n1 Before you begin . . . . . . . . 3\n2 Warranty period. . . . . . . . 4\n"
    "2.1 What is meant by\nthe period......... 5\n\n1 Before you begin\n\nThe warranty period is five years."
)


def texts(text: str) -> list[str]:
    passages = passages_of([source(1, text, start=70)])
    assert [text[p.span.start - 70 : p.span.end - 70] for p in passages] == [p.text for p in passages]
    return [passage.text for passage in passages]


def test_lines_of_a_table_of_contents_are_no_evidence() -> None:
    assert texts(CONTENTS) == ["Contents", "1 Before you begin", "The warranty period is five years."]
    sources = [source(1, CONTENTS)]
    found = weigh("warranty period", EMBED.queries(["warranty period"])[0], sources, EMBED.passages, "minilm")
    assert [found.passages[i].text for i in quote(found, 3)] == ["The warranty period is five years."]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (". . . . . 8\n13 Repairs that you can do . . . . . 8\n14 Spare parts", []),  # a chunk cut from its midst
        ("1 Warranty ........ 9\nIt is five years.\nIt covers all.", ["It is five years.", "It covers all."]),
        ("1 保修 ………… 3\n\n保修期为五年。", ["保修期为五年。"]),
        ("Espresso ........ 2.50\nCoffee ........ 3 euros", ["Espresso ........ 2.50\nCoffee ........ 3 euros"]),
        ("他说……没有。\n\nIt was ... late.", ["他说……没有。", "It was ... late."]),
        ("Part: Lid | Page: 4\nPart: Cup | Page: 5", ["Part: Lid | Page: 4", "Part: Cup | Page: 5"]),
    ],
)
def test_dots_lead_to_a_page_and_not_to_a_price(text: str, kept: list[str]) -> None:
    assert texts(text) == kept


def test_a_source_that_is_a_table_of_contents_supports_nothing() -> None:
    only = [source(1, "1 Warranty . . . . . 3\n2 Repairs . . . . . 4")]
    found = weigh("warranty", EMBED.queries(["warranty"])[0], only, EMBED.passages, "minilm")
    assert (found.passages, found.confidence, quote(found, 2)) == ((), 0.0, [])
