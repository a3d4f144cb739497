from pathlib import Path

import pytest

from core.chunking import chunk_text
from core.embedding.tokens import TokenCounter
from core.errors import RequestError
from core.models.cache import model_folder
from core.settings import Settings
from core.types import Chunking, Heading, Page, Span, Table

COUNTER = TokenCounter(model_folder(Settings().models, "minilm") / "tokenizer.json")
TEXT = "First part.\n\n" + "A sentence of seven words stands here. " * 30


def test_chunks_keep_to_the_size() -> None:
    chunks = chunk_text(TEXT, Chunking("sentences", 40, 0), COUNTER)
    assert max(chunk.tokens for chunk in chunks) <= 40
    assert [chunk.tokens for chunk in chunks] == COUNTER.count([chunk.text for chunk in chunks])
    assert all(a.end <= b.start for a, b in zip(chunks, chunks[1:], strict=False))


def test_overlap_repeats_whole_sentences() -> None:
    chunks = chunk_text(TEXT, Chunking("sentences", 40, 10), COUNTER)
    assert any(b.start < a.end for a, b in zip(chunks, chunks[1:], strict=False))
    assert all(chunk.text.startswith(("A sentence", "First")) for chunk in chunks)


def test_a_sentence_above_the_size_is_cut_at_tokens() -> None:
    chunks = chunk_text("word " * 100, Chunking("sentences", 16, 0), COUNTER)
    assert {chunk.tokens for chunk in chunks} == {16, 4}


def test_table_rows_are_never_cut() -> None:
    rows = [f"Model: K{n} | Price: {n}.50 euros" for n in range(20)]
    text = "\n".join(rows)
    spans, at = [], 0
    for row in rows:
        spans.append(Span(at, at + len(row)))
        at += len(row) + 1
    table = Table(0, len(text), tuple(spans))
    chunks = chunk_text(text, Chunking("sentences", 48, 0), COUNTER, tables=(table,))
    assert [line for chunk in chunks for line in chunk.text.split("\n")] == rows


def test_pages_and_heading_path() -> None:
    text = "Alpha\n\nText of alpha.\n\nBeta\n\nText of beta."
    beta = text.index("Beta")
    pages = (Page(1, 0, beta), Page(2, beta, len(text)))
    headings = (Heading(0, 1, "Alpha"), Heading(beta, 2, "Beta"))
    chunks = chunk_text(text, Chunking("sentences", 8, 0), COUNTER, "d", pages, headings)
    assert chunks[0].headings == ("Alpha",)
    assert chunks[-1].headings == ("Alpha", "Beta")
    assert chunks[0].pages == (1,)
    assert chunks[-1].pages == (2,)


def test_an_unknown_strategy_is_refused() -> None:
    with pytest.raises(RequestError, match="no chunking strategy 'magic'; choose sentences, tokens"):
        chunk_text("x", Chunking("magic"), COUNTER)


@pytest.mark.parametrize(("size", "overlap"), [(4, 0), (9000, 0), (20, 20), (20, -1)])
def test_contradictions_raise_on_construction(size: int, overlap: int) -> None:
    with pytest.raises(RequestError):
        Chunking("sentences", size, overlap)


def test_token_starts_do_not_depend_on_the_length(tmp_path: Path) -> None:
    text = "Some words, and numbers like 12.5. " * 2000
    starts = COUNTER.starts(text)
    assert len(starts) == COUNTER.count([text])[0]
    assert (starts[1:] >= starts[:-1]).all()
