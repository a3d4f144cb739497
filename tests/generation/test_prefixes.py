"""What was read once is not read again, and nobody can tell."""

from pathlib import Path

import torch

from core.generation.contract import Limits
from core.generation.decoding import pieces
from core.generation.llama import Llama
from core.generation.local import LocalModel
from core.generation.prefixes import Prefixes

SYSTEM = ("system", "You answer questions about a company's documents and name the source of each sentence. " * 3)
END = frozenset([2])


def read(network, ids: list[int]):
    memory = network.memory(len(ids))
    with torch.inference_mode():
        for end in pieces(ids, END):
            network.read(ids[memory.length : end], memory)
    return memory


def test_only_whole_pieces_of_the_same_beginning_are_taken(tiny: Path) -> None:
    network, known = Llama(tiny), Prefixes()
    first = [*range(10, 60), 2, *range(100, 140), 2, 7]
    known.keep("", first, pieces(first, END), read(network, first))

    def taken(ids: list[int], adapter: str = "") -> int:
        return known.begin(adapter, ids, pieces(ids, END), network.memory(len(ids)))

    assert taken(first) == 92  # all but the last piece, whose logits are wanted
    assert taken([*first[:60], 9, 9]) == 51
    assert taken([*first[:51], *range(300, 340), 2, 8]) == 51
    assert taken([11, *first[1:]]) == 0
    assert taken(first, adapter="formal") == 0
    assert taken(first[:51]) == 0  # ends where the piece ends: nothing would be left to read
    known.forget()
    assert taken(first) == 0


def test_the_room_is_bounded(tiny: Path) -> None:
    network = Llama(tiny)
    one = network.memory(64).bytes
    known = Prefixes(most_bytes=3 * one)
    for start in range(5):
        ids = [start, *range(20, 60), 2, 5]
        known.keep("", ids, pieces(ids, END), read(network, ids))
    assert len(known) == 3
    assert known.bytes == 3 * one
    oldest, newest = [0, *range(20, 60), 2, 5], [4, *range(20, 60), 2, 5]
    assert known.begin("", oldest, pieces(oldest, END), network.memory(64)) == 0
    assert known.begin("", newest, pieces(newest, END), network.memory(64)) == 42


def test_a_conversation_is_read_on_and_answers_as_if_read_anew(tiny: Path) -> None:
    talk = [SYSTEM, ("user", "What may a hotel cost in a large city? " * 4)]
    longer = [*talk, ("assistant", "The papers name 180 for large cities. " * 4), ("user", "And for contractors?")]

    def ask(model: LocalModel, messages: list) -> tuple[str, tuple[float, ...], int]:
        stream = model.stream(messages, Limits(max_tokens=12))
        return "".join(stream), stream.tokens.logprobs, stream.tokens.reused

    fresh = []
    for messages in (talk, longer, [SYSTEM, ("user", "Something else")]):
        model = LocalModel(tiny)
        fresh.append(ask(model, messages))
        model.close()
    assert {reused for *_, reused in fresh} == {0}
    model = LocalModel(tiny)
    first, second, third = (ask(model, m) for m in (talk, longer, [SYSTEM, ("user", "Something else")]))
    assert [first[:2], second[:2], third[:2]] == [answer[:2] for answer in fresh]
    assert first[2] == 0
    assert second[2] > third[2] > 40
    model.forget()
    assert ask(model, longer) == fresh[1]
    model.close()
