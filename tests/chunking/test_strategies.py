"""Invariants of every strategy over arbitrary texts, and what each promises of its own."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.chunking import STRATEGIES, chunk_text
from core.embedding.tokens import TokenCounter
from core.errors import RequestError
from core.models.cache import model_folder
from core.settings import Settings
from core.types import Chunk, Chunking, Heading, Page, Span, Table

COUNTER = TokenCounter(model_folder(Settings().models, "minilm") / "tokenizer.json")
STARTS = st.lists(st.integers(0, 1000), max_size=6, unique=True).map(sorted)
TEXT = st.one_of(
    st.text(max_size=500),
    st.lists(st.sampled_from(["One is here. ", "Zwei! ", "a ", "\n", "\n\n", "| x | y |\n", "三。", "\u2028", "🙂"]), max_size=120).map("".join),
)  # fmt: skip


def vectors(texts: list[str] | tuple[str, ...] | object) -> np.ndarray:
    """A fake embedder: unit vectors from the letters of a text."""
    rows = [np.bincount([ord(c) % 16 for c in text] or [0], minlength=16) + 0.01 for text in texts]  # type: ignore[attr-defined]
    found = np.array(rows, dtype=np.float32).reshape(-1, 16)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def cut(text: str, chunking: Chunking, *places: tuple[object, ...]) -> list[Chunk]:
    return chunk_text(text, chunking, COUNTER, "d", *places, vectors=vectors)  # type: ignore[arg-type]


def structure(
    text: str, heads: list[int], cuts: list[int], rows: list[int]
) -> tuple[tuple[Page, ...], tuple[Heading, ...], tuple[Table, ...]]:
    """Pages, headings and a table at offsets that lie in the text."""
    inside = [i for i in heads if i < len(text)]
    headings = tuple(Heading(at, 1 + n % 3, text[at : at + 5]) for n, at in enumerate(inside))
    edges = sorted({0, *(i for i in cuts if i < len(text)), len(text)})
    pages = tuple(Page(n, a, b) for n, (a, b) in enumerate(zip(edges, edges[1:], strict=False), start=1))
    lines = [i for i in rows if i <= len(text)]
    spans = tuple(Span(a, b) for a, b in zip(lines, lines[1:], strict=False))
    tables = (Table(spans[0].start, spans[-1].end, spans),) if spans else ()
    return pages, headings, tables


@pytest.mark.parametrize("strategy", STRATEGIES)
@settings(max_examples=80, deadline=None)
@given(TEXT, st.integers(8, 40), st.integers(0, 7), STARTS, STARTS, STARTS)
def test_every_strategy_reproduces_the_document(
    strategy: str, text: str, size: int, overlap: int, heads: list[int], cuts: list[int], rows: list[int]
) -> None:
    chunking = Chunking(strategy, size, overlap, window=1, breakpoint=60, parent=60)
    places = structure(text, heads, cuts, rows)
    chunks = cut(text, chunking, *places)
    covered: set[int] = set()
    for chunk in chunks:
        assert chunk.text == text[chunk.start : chunk.end]
        assert chunk.text == chunk.text.strip() != ""
        assert chunk.tokens <= size
        covered.update(range(chunk.start, chunk.end))
        if chunk.around:
            assert chunk.around.start <= chunk.start < chunk.end <= chunk.around.end <= len(text)
    assert not {i for i, c in enumerate(text) if not c.isspace()} - covered
    for a, b in zip(chunks, chunks[1:], strict=False):
        assert a.start < b.start
        assert a.end < b.end
        repeated = np.searchsorted(COUNTER.starts(text), [b.start, max(a.end, b.start)])
        assert repeated[1] - repeated[0] <= overlap
    assert cut(text, chunking, *places) == chunks
    assert len({chunk.id for chunk in chunks}) == len(chunks)


HANDBOOK = (
    "Leave\n\nTwenty-eight days a year.\n\nTravel\n\nBy rail where it takes under six hours. Second class.\n\nEnd"
)
HEADINGS = tuple(Heading(HANDBOOK.index(title), 1, title) for title in ("Leave", "Travel", "End"))


def test_sections_are_the_text_under_each_heading() -> None:
    chunks = cut(HANDBOOK, Chunking("sections", 40), (), HEADINGS)
    assert [chunk.text.split("\n")[0] for chunk in chunks] == ["Leave", "Travel", "End"]
    assert chunks[1].text.endswith("Second class.")


def test_a_heading_without_text_stays_with_the_next_section() -> None:
    text = "Handbook\n\nLeave\n\nTwenty-eight days a year, of which ten stand fixed."
    headings = (Heading(0, 1, "Handbook"), Heading(10, 2, "Leave"))
    assert [chunk.text for chunk in cut(text, Chunking("sections", 40), (), headings)] == [text]


def test_a_window_is_found_by_one_sentence_and_read_with_its_neighbours() -> None:
    text = "One is here. Two is here. Three is here. Four is here."
    chunks = cut(text, Chunking("window", 40, window=1))
    assert [chunk.text for chunk in chunks] == ["One is here.", "Two is here.", "Three is here.", "Four is here."]
    assert [text[c.around.start : c.around.end] for c in chunks if c.around] == [
        "One is here. Two is here.",
        "One is here. Two is here. Three is here.",
        "Two is here. Three is here. Four is here.",
        "Three is here. Four is here.",
    ]


def test_children_lie_in_the_parent_that_they_are_read_with() -> None:
    text = "A sentence of seven words stands here. " * 30
    chunks = cut(text, Chunking("hierarchical", 20, parent=60))
    parents = {(c.around.start, c.around.end) for c in chunks if c.around}
    assert len(chunks) > len(parents) > 2
    assert max(COUNTER.count([text[a:b]])[0] for a, b in parents) <= 60
    assert max(chunk.tokens for chunk in chunks) <= 20


def test_pages_are_chunks_and_a_long_one_is_packed() -> None:
    text = "Short page." + "A sentence of seven words stands here. " * 10
    pages = (Page(1, 0, 11), Page(2, 11, len(text)))
    chunks = cut(text, Chunking("pages", 40), pages)
    assert chunks[0].text == "Short page."
    assert {chunk.pages for chunk in chunks[1:]} == {(2,)}
    assert len(chunks) > 2


def test_a_table_never_shares_a_chunk_with_text() -> None:
    rows = ["Model: K1 | Price: 10", "Model: K2 | Price: 20"]
    text = "Prices follow.\n" + "\n".join(rows) + "\nThey hold for a year."
    at = [text.index(row) for row in rows]
    table = Table(at[0], at[1] + len(rows[1]), tuple(Span(a, a + len(r)) for a, r in zip(at, rows, strict=True)))
    chunks = cut(text, Chunking("tables", 60), (), (), (table,))
    assert [chunk.text for chunk in chunks] == ["Prices follow.", "\n".join(rows), "They hold for a year."]
    small = cut(text, Chunking("tables", 12), (), (), (table,))
    assert [chunk.text for chunk in small if "Model" in chunk.text] == rows


def test_recursive_prefers_paragraphs_to_lines_to_words() -> None:
    text = "First paragraph here.\n\nSecond one\nwith two lines.\n\n" + "word " * 30
    chunks = cut(text, Chunking("recursive", 9))
    assert [c.text for c in chunks][:2] == ["First paragraph here.", "Second one\nwith two lines."]
    assert all(set(c.text.split()) == {"word"} for c in chunks[2:])


def test_semantic_cuts_where_the_meaning_turns() -> None:
    text = "Aaaa aaaa. " * 4 + "Zzzz zzzz. " * 4
    chunks = cut(text, Chunking("semantic", 200, breakpoint=85))
    assert [chunk.text[:4] for chunk in chunks] == ["Aaaa", "Zzzz"]


def test_semantic_without_a_model_is_one_sentence() -> None:
    with pytest.raises(RequestError, match="needs an embedding model"):
        chunk_text("Text.", Chunking("semantic"), COUNTER)


def test_every_strategy_tells_its_controls() -> None:
    fields = set(Chunking.__dataclass_fields__) - {"strategy"}
    assert all(set(info.controls) <= fields and info.when.endswith(".") for info in STRATEGIES.values())
    text = "A sentence of seven words stands here. " * 40
    for name, info in STRATEGIES.items():  # a control that a strategy names changes what it cuts
        base = Chunking(name, 40, breakpoint=50, parent=100)
        for other in ({"size": 24}, {"overlap": 12}, {"window": 4}, {"breakpoint": 95}, {"parent": 200}):
            changed = cut(text, replace(base, **other)) != cut(text, base)  # type: ignore[arg-type]
            assert not changed or set(other) <= set(info.controls), (name, other)
