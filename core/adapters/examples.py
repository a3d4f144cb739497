"""Rows as tokens: the prompt that the chat sends, the answer behind it, and several answers over one beginning.

What is learned must be what is asked later: the prompt comes from `core.generation.prompt` and the model's own chat
template. It knows tokens; nothing of networks or of training.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.adapters.rows import Row
from core.errors import RequestError
from core.generation.prompt import DECLINES, compose, template

_WORTH = 48
"""Tokens that rows must have in common before they are read together."""
_TOGETHER = 1024
"""Tokens of a pack at most, unless one row is longer."""
_BRIEF = 96
"""Tokens of a row that is too short to be read alone: small passes leave most of a processor idle."""

Encode = Callable[[Sequence[tuple[str, str]], str], tuple[list[int], list[int]]]
"""Messages and an answer to the tokens of both; the answer's end with the token that ends it."""


@dataclass(frozen=True, slots=True)
class Example:
    """One row: tokens of the prompt, and those of the answer, which are what is learned."""

    prompt: tuple[int, ...]
    answer: tuple[int, ...]

    @property
    def tokens(self) -> int:
        """All of them."""
        return len(self.prompt) + len(self.answer)


@dataclass(frozen=True, slots=True)
class Pack:
    """Examples that are read in one pass: what they have in common once, then the rest of each."""

    common: tuple[int, ...]
    examples: tuple[Example, ...]

    @property
    def tokens(self) -> int:
        """Tokens that the pass goes over."""
        return len(self.common) + sum(example.tokens - len(self.common) for example in self.examples)

    @property
    def answers(self) -> int:
        """Tokens that are learned."""
        return sum(len(example.answer) for example in self.examples)


def encoder(tokenizer: Any) -> Encode:
    """Encodes by a transformers tokenizer with a chat template."""

    def encode(messages: Sequence[tuple[str, str]], answer: str) -> tuple[list[int], list[int]]:
        chat = [{"role": role, "content": content} for role, content in messages]
        text = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
        prompt = tokenizer(text, add_special_tokens=False)["input_ids"]
        said = tokenizer(answer, add_special_tokens=False)["input_ids"]
        return list(prompt), [*said, tokenizer.eos_token_id]

    return encode


def examples(rows: Sequence[Row], encode: Encode, window: int, name: str = "grounded-2") -> list[Example]:
    """The rows in their order, with the prompt template of that name.

    Raises RequestError for the first that does not fit into `window` tokens.
    """
    found = []
    for row in rows:
        prompt, answer = encode(messages(row, name), spoken(row))
        size = len(prompt) + len(answer)
        if size > window:
            raise RequestError(f"The row “{row.question[:60]}” takes {size} tokens; the model was made for {window}.")
        found.append(Example(tuple(prompt), tuple(answer)))
    return found


def messages(row: Row, name: str = "grounded-2") -> tuple[tuple[str, str], ...]:
    """The prompt of a row: with its sources by the template, else as a question from memory."""
    return ("system", template(name if row.sources else "closed-1")), ("user", compose(row.sources, row.question))


def spoken(row: Row) -> str:
    """What the adapter shall say."""
    return row.answer.strip() or (DECLINES if row.declines else "")


def packs(given: Sequence[Example], chance: random.Random | None = None, most: int = 1_000) -> list[Pack]:
    """Examples grouped so that no beginning is read twice and no pass is small; each example in one pack.

    Sorted tokens put equal beginnings side by side: reading such a group costs what is not in common, and scores the
    same. Short rows with little in common are put together in any case, by chance where one is given, since
    like ones in one step pull the same way.
    """
    made = _sharing(given)
    found = [pack for pack in made if len(pack.examples) > 1 or pack.tokens > _BRIEF]
    brief = [pack.examples[0] for pack in made if len(pack.examples) == 1 and pack.tokens <= _BRIEF]
    held = list[Example]()
    for example in chance.sample(brief, len(brief)) if chance else brief:
        if len(held) == most or sum(each.tokens for each in held) + example.tokens > _TOGETHER // 2:
            found.append(_pack(held))
            held = []
        held.append(example)
    return [*found, _pack(held)] if held else found


def _sharing(given: Sequence[Example]) -> list[Pack]:
    """Groups that begin alike, one after another."""
    found: list[Pack] = []
    held: list[Example] = []
    for example in sorted(given, key=_order):
        if held:
            together = [*held, example]
            joined = Pack(_common(together), tuple(together))
            if (
                len(joined.common) >= _WORTH
                and 2 * len(joined.common) >= len(example.prompt)
                and joined.tokens <= _TOGETHER
            ):
                held.append(example)
                continue
            found.append(_pack(held))
        held = [example]
    return [*found, _pack(held)] if held else found


def _order(example: Example) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return example.prompt, example.answer


def _pack(held: Sequence[Example]) -> Pack:
    held = sorted(held, key=_order)
    return Pack(_common(held) if len(held) > 1 else (), tuple(held))


def _common(together: Sequence[Example]) -> tuple[int, ...]:
    """The beginning of all prompts; at least the last token of each prompt stays its own."""
    first, last = together[0].prompt, together[-1].prompt  # sorted: what these share, all between share
    length = 0
    for ours, theirs in zip(first, last, strict=False):
        if ours != theirs:
            break
        length += 1
    return first[: min(length, *(len(example.prompt) - 1 for example in together))]
