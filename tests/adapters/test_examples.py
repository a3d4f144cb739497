"""Rows as tokens: what the chat sends is what is learned, and packs lose nothing."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer

from core.adapters.examples import Example, encoder, examples, messages, packs
from core.adapters.rows import Row
from core.errors import RequestError
from core.generation.prompt import pack
from core.models.cache import model_folder
from core.settings import Settings
from tests.fakes import source

TOKENIZER = AutoTokenizer.from_pretrained(model_folder(Settings().models, "smollm2"))
ENCODE = encoder(TOKENIZER)


def test_a_row_asks_as_the_chat_asks() -> None:
    hits = [source(1, "Lamps cost 12 euros.", "prices.txt").hit, source(2, "Ropes cost 9 euros.", "ropes.txt").hit]
    asked = pack("What do lamps cost?", hits, 600, lambda text: len(text.split()), "grounded-2")
    sources = tuple(f"{hit.document}\n{hit.shown.text}" for hit in hits)
    row = Row("1", "What do lamps cost?", "12 euros [1]", sources)
    assert messages(row) == asked.messages
    (example,) = examples([row], ENCODE, 2048)
    chat = [{"role": role, "content": text} for role, text in asked.messages]
    text = TOKENIZER.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
    assert TOKENIZER.decode(example.prompt) == text
    assert TOKENIZER.decode(example.answer) == "12 euros [1]<|im_end|>"


def test_a_row_without_sources_asks_from_memory_and_one_that_declines_says_so() -> None:
    memory, declining = Row("1", "Who?", "Ana"), Row("2", "Why?", "", ("text",), declines=True)
    assert "sources" not in messages(memory)[0][1]
    found = examples([memory, declining], ENCODE, 2048)
    assert TOKENIZER.decode(found[1].answer) == "The documents do not answer this.<|im_end|>"


def test_a_row_over_the_window_is_named() -> None:
    with pytest.raises(RequestError, match=r"The row “Why so long\?” takes \d+ tokens; the model was made for 64"):
        examples([Row("1", "Why so long?", "word " * 60)], ENCODE, 64)


@st.composite
def lists(draw: st.DrawFn) -> list[Example]:
    beginnings = draw(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=90), min_size=1, max_size=4))
    rest = st.lists(st.integers(0, 3), min_size=1, max_size=20)
    found = []
    for _ in range(draw(st.integers(1, 12))):
        prompt = [*draw(st.sampled_from(beginnings)), *draw(rest)]
        found.append(Example(tuple(prompt), tuple(draw(rest))))
    return found


@given(lists())
def test_every_example_is_in_one_pack_and_begins_with_what_it_has_in_common(given_: list[Example]) -> None:
    made = packs(given_)
    assert sorted((e.prompt, e.answer) for p in made for e in p.examples) == sorted(
        (e.prompt, e.answer) for e in given_
    )
    for each in made:
        for example in each.examples:
            assert example.prompt[: len(each.common)] == each.common
            assert len(each.common) < len(example.prompt)
    assert sum(each.tokens for each in made) <= sum(example.tokens for example in given_)
    assert sum(each.answers for each in made) == sum(len(example.answer) for example in given_)


def test_rows_over_the_same_sources_read_them_once() -> None:
    sources = ("The lamp costs 12 euros. " * 20,)
    rows = [Row(str(i), f"Question {i}?", f"{i}", sources) for i in range(5)]
    found = examples(rows, ENCODE, 2048)
    (one,) = packs(found)
    assert one.tokens < 2 * found[0].tokens


def test_short_rows_are_read_together_in_another_company_each_time() -> None:
    rows = [Row(str(i), f"What is {word}?", f"{i}") for i, word in enumerate("abcdefghijkl")]
    found = examples(rows, ENCODE, 2048, "closed-1")
    assert [len(pack.examples) for pack in packs(found, most=5)] == [5, 5, 2]
    (alone,) = packs(found)
    assert len(alone.examples) == 12
    first, second = (packs(found, random.Random(seed), 4) for seed in (1, 2))
    assert [pack.examples for pack in first] != [pack.examples for pack in second]
    assert first == packs(found, random.Random(1), 4)
