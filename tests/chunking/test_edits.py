from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chunking import chunk_document
from core.chunking.edits import (
    LONGEST,
    Passage,
    apply,
    disabled,
    ever,
    merged,
    require_distinct,
    reworded,
    split,
    split_places,
)
from core.embedding.tokens import TokenCounter
from core.errors import NotFound, RequestError
from core.models.cache import model_folder
from core.settings import Settings
from core.types import Chunk, ChunkEdit, Chunking, Document, Heading, Page, Span

COUNTER = TokenCounter(model_folder(Settings().models, "minilm") / "tokenizer.json")
TEXT = "\n\n".join(f"Part {n} has a first sentence here. Then its second sentence {n} follows it." for n in range(6))
HALF = TEXT.index("Part 3")
DOCUMENT = Document(
    "d",
    "paper.txt",
    "hash",
    "text/plain",
    "public",
    (),
    1,
    TEXT,
    (Page(1, 0, HALF), Page(2, HALF, len(TEXT))),
    (Heading(0, 1, "One"), Heading(HALF, 1, "Two")),
)


def cut(size: int = 20, overlap: int = 0) -> list[Chunk]:
    return chunk_document(DOCUMENT, Chunking("sentences", size, overlap), COUNTER)


def passages(edits: list[ChunkEdit], chunks: list[Chunk] | None = None) -> list[Passage]:
    return list(apply(DOCUMENT, chunks or cut(), edits, COUNTER).passages)


def made(edits: list[ChunkEdit], edit: ChunkEdit) -> list[ChunkEdit]:
    """The edits with one more, numbered as the catalogue would."""
    return [*edits, replace(edit, id=len(edits) + 1)]


def texts(edits: list[ChunkEdit]) -> list[str]:
    return [chunk.text for chunk in apply(DOCUMENT, cut(), edits, COUNTER).chunks]


def test_without_changes_passages_are_as_they_were_cut() -> None:
    assert [p.chunk for p in passages([])] == cut()
    assert len(cut()) == 6


def test_another_text_keeps_its_place_and_is_marked() -> None:
    before = cut()[1]
    (after,) = [p for p in passages(made([], reworded(passages([]), passages([])[1].key, " New words. "))) if p.edits]
    assert after.chunk == replace(before, text="New words.", tokens=3, edited=True)
    assert after.chunk.id == before.id


def test_a_disabled_passage_is_kept_out_of_the_index_and_in_its_place() -> None:
    edits = made([], disabled(passages([]), passages([])[2].key))
    assert [p.disabled for p in passages(edits)] == [False, False, True, False, False, False]
    assert texts(edits) == [chunk.text for i, chunk in enumerate(cut()) if i != 2]


def test_a_split_and_a_merge_stand_in_the_document_as_cut_there() -> None:
    first = passages([])[3]
    (at,) = split_places(first)
    edits = made([], split(passages([]), first.key, at))
    left, right = passages(edits)[3:5]
    assert (left.chunk.text, right.chunk.text) == (TEXT[first.chunk.start : at].strip(), TEXT[at : first.chunk.end])
    assert left.chunk.tokens + right.chunk.tokens == first.chunk.tokens
    assert {left.chunk.pages, right.chunk.pages} == {(2,)}
    edits = made(edits, merged(passages(edits), [left.key, right.key]))
    again = passages(edits)[3]
    assert again.chunk == first.chunk
    assert again.edits == (1, 2)


def test_a_merge_over_pages_has_both_and_the_first_heading() -> None:
    held = passages([])
    (whole,) = [p.chunk for p in passages(made([], merged(held, [held[2].key, held[3].key]))) if p.edits]
    assert (whole.pages, whole.headings) == ((1, 2), ("One",))
    assert whole.text == TEXT[whole.start : whole.end]


def test_a_merge_with_a_text_written_by_hand_joins_what_is_read() -> None:
    edits = made([], reworded(passages([]), passages([])[0].key, "Mine."))
    held = passages(edits)
    edits = made(edits, merged(held, [held[0].key, held[1].key]))
    whole = passages(edits)[0].chunk
    assert whole.text == f"Mine.\n\n{cut()[1].text}"
    assert whole.edited
    assert (whole.start, whole.end) == (0, cut()[1].end)


def test_what_is_read_around_a_passage_is_kept_where_it_is_split_and_joined_where_it_is_merged() -> None:
    chunks = chunk_document(DOCUMENT, Chunking("window", 64, window=1), COUNTER)
    held = passages([], chunks)
    both = passages(made([], merged(held, [held[1].key, held[2].key])), chunks)[1].chunk
    assert chunks[1].around
    assert chunks[2].around
    assert both.around == Span(chunks[1].around.start, chunks[2].around.end)
    rewritten = passages(made([], reworded(held, held[1].key, "Mine.")), chunks)[1].chunk
    assert rewritten.around is None


def test_a_change_whose_passage_is_gone_has_no_effect_and_is_told() -> None:
    edits = made([], disabled(passages([]), passages([])[2].key))
    other = apply(DOCUMENT, cut(12), edits, COUNTER)
    assert other.lapsed == (1,)
    assert other.chunks == cut(12) != cut()


def test_an_undone_change_is_passed_over_and_what_rests_on_it_is_known() -> None:
    edits = made([], reworded(passages([]), passages([])[0].key, "Mine."))
    edits = made(edits, disabled(passages(edits), passages(edits)[0].key))
    edits = made(edits, disabled(passages(edits), passages(edits)[4].key))
    assert apply(DOCUMENT, cut(), edits, COUNTER).rests_on == {1: set(), 2: {1}, 3: set()}
    undone = [edits[0], replace(edits[1], undone_at="2026-01-01"), edits[2]]
    assert [p.disabled for p in passages(undone)] == [False] * 4 + [True, False]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("  \n", "disable it instead"),
        (cut()[0].text, "nothing was changed"),
        ("x" * (LONGEST + 1), "20,001 characters"),
        ("a\0b", "cannot be stored"),
        ("a\udc80b", "cannot be stored"),
    ],
)
def test_a_text_that_cannot_stand_there_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(RequestError, match=sentence):
        reworded(passages([]), passages([])[0].key, text)


def test_what_is_no_longer_there_is_refused() -> None:
    key = passages([])[0].key
    edits = made([], reworded(passages([]), key, "Mine."))
    for propose in (
        lambda: reworded(passages(edits), key, "Other."),
        lambda: disabled(passages(edits), key),
        lambda: split(passages(edits), key, 10),
        lambda: merged(passages(edits), [key, passages(edits)[1].key]),
    ):
        with pytest.raises(NotFound, match="no longer as it was when it was shown"):
            propose()


def test_what_cannot_be_split_or_merged_is_refused() -> None:
    held = passages([])
    for at in (-5, 0, held[0].chunk.end, 10_000):
        with pytest.raises(RequestError, match="leaves one part empty"):
            split(held, held[0].key, at)
    with pytest.raises(RequestError, match="follow each other"):
        merged(held, [held[0].key, held[2].key])
    with pytest.raises(RequestError, match="two passages or more"):
        merged(held, [held[0].key, held[0].key])
    gap = passages(made([], disabled(held, held[1].key)))
    with pytest.raises(RequestError, match="A disabled passage stands between them"):
        merged(gap, [gap[0].key, gap[2].key])
    with pytest.raises(RequestError, match="is disabled"):
        disabled(gap, gap[1].key)
    mine = passages(made([], reworded(held, held[0].key, "Mine. And yours.")))
    assert split_places(mine[0]) == []
    with pytest.raises(RequestError, match="written by hand is not split"):
        split(mine, mine[0].key, 3)


def test_two_passages_never_stand_at_the_same_range() -> None:
    chunks = cut(40, 20)
    first, second = chunks[0], chunks[1]
    assert first.start < second.start < first.end < second.end
    held = passages([], chunks)
    edits = made([], split(held, held[0].key, second.start))
    held = passages(edits, chunks)
    edits = made(edits, split(held, held[2].key, first.end))
    with pytest.raises(RequestError, match="exactly this range"):
        require_distinct(apply(DOCUMENT, chunks, edits, COUNTER))


@given(st.lists(st.tuples(st.sampled_from(["edit", "disable", "split", "merge", "undo"]), st.integers(0, 11))))
def test_any_changes_keep_order_places_and_the_document(steps: list[tuple[str, int]]) -> None:
    edits: list[ChunkEdit] = []
    seen: set[str] = {chunk.text for chunk in cut()}
    for kind, n in steps:
        held = passages(edits)
        one, other = held[n % len(held)], held[(n + 1) % len(held)]
        try:
            if kind == "edit":
                edit = reworded(held, one.key, f"Written {n}.")
            elif kind == "disable":
                edit = disabled(held, one.key)
            elif kind == "split":
                edit = split(held, one.key, next(iter(split_places(one)), 0))
            elif kind == "merge":
                edit = merged(held, [one.key, other.key])
            elif edits:
                edits[n % len(edits)] = replace(edits[n % len(edits)], undone_at="2026-01-01")
                continue
            else:
                continue
        except RequestError:
            continue
        edits = made(edits, edit)
        seen |= set(texts(edits))
        applied = apply(DOCUMENT, cut(), edits, COUNTER)
        spans = [(p.chunk.start, p.chunk.end) for p in applied.passages]
        assert spans == sorted(spans)
        assert all(a[1] <= b[0] for a, b in zip(spans, spans[1:], strict=False))
        assert all(c.edited or c.text == TEXT[c.start : c.end] for c in applied.chunks)
        in_force = {edit.id for edit in edits if not edit.undone_at}
        assert set(applied.rests_on) | set(applied.lapsed) == in_force
    assert seen <= {chunk.text for chunk in ever(DOCUMENT, cut(), edits, COUNTER)}
