"""What holds for any content: pages tile the text, headings and rows lie where they say, nothing but errors of ours."""

import csv
import io
import json
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import FileRefused
from core.library.limits import Limits
from core.library.media import Media
from core.library.parsers import parse_as
from core.library.parsers.build import TextBuilder
from core.library.parsers.markdown import inline
from core.library.sniff import sniff_within
from tests.library.making import check

LIMITS = Limits()
MARKS = (
    "# ", "\n", "\n\n", "| a | b |\n|---|---|\n", "- ", "<p>", "<table><tr><td>", "</td>", "**", "`", "[x](", "\x00",
    "\ud800", "\u200b", "\u202e", "\r", "===", "```", "<h1>", "<li>", "<script>", "&amp;", "a,b\n",
)  # fmt: skip
PIECES = st.one_of(st.text(max_size=30), st.sampled_from(MARKS))
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
)
relaxed = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@relaxed
@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("page"), st.text(max_size=5)),
            st.tuples(st.just("paragraph"), st.text(max_size=40)),
            st.tuples(st.just("heading"), st.text(max_size=20)),
            st.tuples(st.just("item"), st.text(max_size=20)),
            st.tuples(st.just("table"), st.lists(st.lists(st.text(max_size=6), max_size=4), max_size=5)),
        ),
        max_size=15,
    )
)
def test_whatever_is_appended_the_offsets_hold(steps):
    builder = TextBuilder(LIMITS)
    builder.page("first")
    builder.paragraph("something")
    for kind, value in steps:
        if kind == "heading":
            builder.heading(value, 2)
        else:
            getattr(builder, kind)(value)
    check(builder.finish(Media.TEXT))


@relaxed
@given(
    pieces=st.lists(PIECES, max_size=25),
    media=st.sampled_from([Media.TEXT, Media.MARKDOWN, Media.HTML, Media.CSV, Media.EML]),
)
def test_any_text_is_read_or_refused(tmp_path_factory, pieces, media):
    path = _write(tmp_path_factory, "".join(pieces).encode("utf-8", "surrogatepass"))
    with suppress(FileRefused):
        check(parse_as(media, path, LIMITS))


@relaxed
@given(
    data=st.binary(max_size=400),
    prefix=st.sampled_from([b"", b"%PDF-1.4\n", b"PK\x03\x04", b"{", b"<html>", b"From: x\n"]),
)
def test_any_bytes_have_a_kind_or_are_refused(tmp_path_factory, data, prefix):
    path = _write(tmp_path_factory, prefix + data)
    try:
        check(parse_as(sniff_within(path, "a", LIMITS), path, LIMITS))
    except FileRefused as refused:
        assert str(refused)


@relaxed
@given(table=st.lists(st.lists(WORDS, min_size=2, max_size=4), min_size=2, max_size=8))
def test_no_cell_of_a_csv_is_lost(tmp_path_factory, table):
    out = io.StringIO()
    csv.writer(out).writerows([["Name", "Sum", "From", "To"], *table])
    path = _write(tmp_path_factory, out.getvalue().encode())
    try:
        text = check(parse_as(Media.CSV, path, LIMITS)).text
    except FileRefused:
        assert not any(cell.strip() for row in table for cell in row)
        return
    for row in table:
        for cell in row:
            assert " ".join(cell.split()) in text


@relaxed
@given(value=VALUES)
def test_json_of_any_shape(tmp_path_factory, value):
    path = _write(tmp_path_factory, json.dumps(value).encode())
    with suppress(FileRefused):
        check(parse_as(Media.JSON, path, LIMITS))


@given(st.text(st.characters(codec="utf-8", exclude_characters="*_`[]<>&\\~!\ue000\ue001"), max_size=60))
def test_text_without_markup_stays_as_it_is(text):
    assert inline(text) == text


def _write(factory, data: bytes) -> Path:
    path = factory.mktemp("any", numbered=True) / "a"
    path.write_bytes(data or b" ")
    return path
