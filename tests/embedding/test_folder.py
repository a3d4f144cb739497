"""sentence-transformers folders: what they say is read, and what they ask for that is not supported is refused."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from core.embedding.encoder import Encoder
from core.embedding.folder import read_folder, weights_hash
from core.embedding.registry import open_embedder
from core.errors import NotFound, RequestError, WeightsError, WeightsMissing
from core.models.hub import locate
from core.settings import Settings
from tests.embedding.tiny import write_model, write_sentence_model

TEXTS = ["the scale may be returned within days.", "who pays for travel?", "travel"]


def opened(folder: Path, unit: bool = True) -> Encoder:
    found = open_embedder(f"folder:{folder}", Settings(), lambda name: locate(folder, name), unit=unit)
    assert isinstance(found, Encoder)
    return found


def means(model: torch.nn.Module, encoder: Encoder, texts: list[str]) -> np.ndarray:
    rows = [e.ids for e in encoder.tokens.tokenizer.encode_batch(texts)]
    with torch.inference_mode():
        states = [model(input_ids=torch.tensor([row])).last_hidden_state[0] for row in rows]
    return np.stack([s.mean(0).numpy() for s in states])


def test_a_model_without_normalisation_keeps_its_lengths_where_they_matter(tmp_path: Path) -> None:
    model = write_sentence_model(tmp_path)
    unit, raw = opened(tmp_path), opened(tmp_path, unit=False)
    expected = means(model, raw, TEXTS)
    assert np.allclose(raw.passages(TEXTS), expected, rtol=0.03, atol=0.05)
    assert np.linalg.norm(expected, axis=1).min() > 1.05
    assert np.allclose(np.linalg.norm(unit.passages(TEXTS), axis=1), 1, atol=1e-5)
    assert raw.revision == unit.revision + "-raw"


def test_a_model_that_normalises_itself_has_one_kind_of_vector(tmp_path: Path) -> None:
    write_sentence_model(tmp_path, normalise=True)
    unit, raw = opened(tmp_path), opened(tmp_path, unit=False)
    assert raw.revision == unit.revision
    assert np.allclose(np.linalg.norm(raw.queries(TEXTS), axis=1), 1, atol=1e-5)


def test_window_dimension_pooling_and_layers_are_read(tmp_path: Path) -> None:
    write_sentence_model(tmp_path, pooling={"pooling_mode": "cls"}, dense=True)
    read = read_folder("folder:x", tmp_path)
    assert (read.spec.window, read.spec.dimension, read.spec.pooling) == (12, 8, "cls")
    assert [layer.activation for layer in read.layers] == ["Tanh"]
    vectors = opened(tmp_path, unit=False).passages(TEXTS)
    assert vectors.shape == (3, 8)
    assert np.abs(vectors).max() <= 1


def test_a_plain_transformer_is_pooled_by_the_mean_within_its_positions(tmp_path: Path) -> None:
    model = write_model(tmp_path, "xlm-roberta")
    encoder = opened(tmp_path, unit=False)
    assert encoder.spec.window == 38  # of 40 positions two lie before the first token
    assert np.allclose(encoder.passages(TEXTS), means(model, encoder, TEXTS), rtol=0.03, atol=0.05)
    assert encoder.passages(["travel " * 100]).shape == (1, 16)


def test_the_models_own_prompts_come_before_its_familys(tmp_path: Path) -> None:
    write_sentence_model(tmp_path, prompts={"query": "who: ", "document": "the: "})
    spec = read_folder("hub:intfloat/e5-small", tmp_path).spec
    assert (spec.query_prefix, spec.passage_prefix) == ("who: ", "the: ")


@pytest.mark.parametrize(
    ("name", "query", "passage"),
    [
        ("hub:intfloat/multilingual-e5-base", "query: ", "passage: "),
        ("hub:intfloat/e5-small-v2", "query: ", "passage: "),
        (
            "hub:intfloat/multilingual-e5-large-instruct",
            "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: ",
            "",
        ),
        ("hub:BAAI/bge-base-en-v1.5", "Represent this sentence for searching relevant passages: ", ""),
        ("hub:BAAI/bge-m3", "", ""),
        ("hub:thenlper/gte-base", "", ""),
        ("hub:nomic-ai/nomic-embed-text-v1.5", "search_query: ", "search_document: "),
        ("folder:/models/bge-small-zh-v1.5", "为这个句子生成表示以用于检索相关文章：", ""),
        ("hub:sentence-transformers/all-mpnet-base-v2", "", ""),
    ],
)
def test_families_without_prompts_of_their_own(tmp_path: Path, name: str, query: str, passage: str) -> None:
    write_sentence_model(tmp_path)
    spec = read_folder(name, tmp_path).spec
    assert (spec.query_prefix, spec.passage_prefix) == (query, passage)


def test_prefixes_reach_the_model(tmp_path: Path) -> None:
    write_sentence_model(tmp_path, prompts={"query": "query: ", "passage": ""})
    encoder = opened(tmp_path)
    assert np.allclose(encoder.queries(["travel"]), encoder.passages(["query: travel"]), atol=1e-6)
    assert not np.allclose(encoder.queries(["travel"]), encoder.passages(["travel"]), atol=1e-2)


def test_what_exceeds_the_window_is_counted_once_and_embedded_from_memory(tmp_path: Path) -> None:
    write_sentence_model(tmp_path, prompts={"query": "", "passage": "passage: "})
    encoder = opened(tmp_path)
    texts = ["travel", "days " * 8, "days " * 9, "days " * 20]  # window 12; prefix 2 tokens, special 2
    assert encoder.tokens_over(texts) == [0, 0, 1, 12]
    known = encoder.passages(texts)
    again = opened(tmp_path).passages(texts)
    assert np.array_equal(known, again)
    assert encoder.tokens_over([]) == []


def test_the_revision_follows_the_bytes_of_the_weights(tmp_path: Path) -> None:
    write_sentence_model(tmp_path / "a")
    write_sentence_model(tmp_path / "b")
    write_sentence_model(tmp_path / "c", normalise=True)
    assert weights_hash(tmp_path / "a") == weights_hash(tmp_path / "b") != weights_hash(tmp_path / "c")


@pytest.mark.parametrize(
    ("pooling", "reason"),
    [
        ({"pooling_mode": "weightedmean"}, "by weightedmean"),
        ({"pooling_mode": ["cls", "mean"]}, r"by cls\+mean"),
        ({"pooling_mode_mean_sqrt_len_tokens": True}, "by mean_sqrt_len_tokens"),
        ({"pooling_mode": "mean", "include_prompt": False}, "leaves its prompt out"),
    ],
)
def test_pooling_that_is_not_supported_is_named(tmp_path: Path, pooling: dict[str, object], reason: str) -> None:
    write_sentence_model(tmp_path, pooling=pooling)
    with pytest.raises(WeightsError, match=reason):
        opened(tmp_path)


def test_modules_that_are_not_supported_are_named(tmp_path: Path) -> None:
    write_sentence_model(tmp_path)
    (tmp_path / "modules.json").write_text(json.dumps([{"type": "sentence_transformers.models.StaticEmbedding"}]))
    with pytest.raises(WeightsError, match="begins with a StaticEmbedding module"):
        opened(tmp_path)


def test_an_empty_folder_a_pickle_and_a_damaged_config(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match="holds no model"):
        opened(tmp_path)
    write_model(tmp_path)
    (tmp_path / "model.safetensors").rename(tmp_path / "pytorch_model.bin")
    with pytest.raises(WeightsMissing, match="weights as safetensors are needed"):
        opened(tmp_path)
    (tmp_path / "pytorch_model.bin").rename(tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(WeightsError, match=r"config.json is damaged"):
        opened(tmp_path)


@pytest.mark.parametrize("name", ["", "minilmm", "hub:", "folder: ", "Qwen/x", "openai:"])
def test_unknown_names_list_the_choices(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound, match=r"choose minilm, e5, hub:<org/name>, folder:<path>, openai:<model>@<url>"):
        open_embedder(name, Settings(), lambda n: locate(tmp_path, n))


def test_a_server_without_address(tmp_path: Path) -> None:
    for name in ("openai:model", "openai:@http://x", "openai:model@", "openai:m@ftp://x", "openai:m@http://"):
        with pytest.raises(RequestError):
            open_embedder(name, Settings(), lambda n: locate(tmp_path, n))
