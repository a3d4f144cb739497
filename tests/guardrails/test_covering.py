"""Covering keeps length; masking leaves the shape, redacting nothing."""

from hypothesis import given
from hypothesis import strategies as st

from core.guardrails.covering import COVER, Covered, cover


def test_a_mask_leaves_the_shape_and_redaction_only_the_spaces() -> None:
    text = "Write to anna@firm.example today"
    assert cover(text, [Covered(9, 26, "mask")]) == "Write to a███@████.███████ today"
    assert cover(text, [Covered(6, 26, "redact")]) == "Write ██ █████████████████ today"


def test_redaction_wins_where_both_meet() -> None:
    assert cover("abcdef", [Covered(0, 6, "mask"), Covered(0, 3, "redact")]) == "█" * 6


def test_a_piece_is_covered_by_where_it_stands() -> None:
    whole = cover("one secret two", [Covered(4, 10, "redact")])
    for start in range(15):
        for end in range(start, 15):
            assert cover("one secret two"[start:end], [Covered(4, 10, "redact")], start) == whole[start:end]


@given(
    st.text(max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.sampled_from(["mask", "redact"]))),
)
def test_length_stays_and_twice_is_once(text: str, places: list[tuple[int, int, str]]) -> None:
    covers = [Covered(min(a, b), max(a, b), way) for a, b, way in places]  # type: ignore[arg-type]
    once = cover(text, covers)
    assert len(once) == len(text)
    assert all(b in (a, COVER) for a, b in zip(text, once, strict=True))
    assert cover(once, covers) == once
