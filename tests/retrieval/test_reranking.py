from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

from core.embedding.encoder import Encoder
from core.errors import NotFound, WeightsError, WeightsMissing
from core.models.hub import locate
from core.retrieval.reranking import CrossEncoder, MaxSim, open_reranker, quantise
from core.settings import Settings
from tests.embedding.tiny import SHAPE, WORDS, write_model, write_tokenizer


class Letters:
    """A token a letter: a and b at right angles, c between them."""

    def __init__(self) -> None:
        self.vectors = {"a": (1.0, 0.0), "b": (0.0, 1.0), "c": (0.6, 0.8)}
        self.revision = "1"
        self.encoded: list[str] = []

    def token_states(self, texts: Sequence[str]) -> list[np.ndarray]:
        self.encoded += texts
        return [np.array([self.vectors[s] for s in text], dtype=np.float16).reshape(-1, 2) for text in texts]


def test_each_token_of_the_question_finds_its_nearest() -> None:
    scores = MaxSim(Letters()).scores("ab", ["a", "ab", "c", "b", "cc", ""])
    assert scores.dtype == np.float32
    assert np.allclose(scores, [0.5, 1.0, 0.7, 0.5, 0.7, 0.0], atol=0.005)


def test_an_empty_question_and_no_passages() -> None:
    assert MaxSim(Letters()).scores("", ["a", "b"]).tolist() == [0.0, 0.0]
    assert MaxSim(Letters()).scores("a", []).shape == (0,)


def test_a_passage_is_encoded_once_while_it_is_kept() -> None:
    letters = Letters()
    reranker = MaxSim(letters)
    first = reranker.scores("a", ["ab", "c", "ab"])
    again = reranker.scores("a", ["c", "ab"])
    assert letters.encoded == ["a", "ab", "c", "a"]
    assert first[[1, 0]].tolist() == again.tolist() == first[[1, 2]].tolist()
    letters.revision = "2"
    reranker.scores("a", ["ab"])
    assert letters.encoded[-1] == "ab"


def test_what_is_kept_is_bounded_and_the_least_used_goes_first() -> None:
    letters = Letters()
    reranker = MaxSim(letters, memory=30)  # a token takes two numbers of a byte and a factor of four
    reranker.scores("a", ["aa", "bb"])
    assert reranker.held == 24
    reranker.scores("a", ["aa"])
    reranker.scores("a", ["cc"])
    assert reranker.held == 24
    letters.encoded.clear()
    reranker.scores("a", ["aa", "cc"])
    assert letters.encoded == ["a"]
    reranker.scores("a", ["abcabc"])  # more than the whole room: used, and not kept
    assert reranker.held == 0
    reranker.scores("a", ["aa"])
    reranker.forget()
    assert reranker.held == 0


def test_bytes_keep_a_vector_within_half_a_step() -> None:
    vectors = np.random.default_rng(3).normal(size=(50, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    values, factors = quantise(vectors.astype(np.float16))
    assert values.dtype == np.int8
    restored = values * factors[:, None]
    assert (np.abs(restored - vectors) <= factors[:, None] * 0.51 + 1e-4).all()
    cosines = (restored * vectors).sum(1) / np.linalg.norm(restored, axis=1)
    assert (cosines > 0.9995).all()
    assert quantise(np.zeros((2, 3), np.float16))[0].tolist() == [[0, 0, 0], [0, 0, 0]]


def test_over_minilm_the_passage_that_answers_comes_first(minilm: Encoder) -> None:
    passages = [
        "Travel by night train is paid for in full.",
        "You may send back any unused article within 45 days of the day it reached you.",
        "The scale is cleaned with a dry cloth.",
    ]
    scores = MaxSim(minilm).scores("How long do I have to return something unused?", passages)
    assert scores.argmax() == 1
    assert ((scores > -1) & (scores <= 1)).all()
    assert MaxSim(minilm).scores("scale", ["scale"])[0] > 0.99


def write_cross(folder: Path, labels: int = 1) -> BertForSequenceClassification:
    torch.manual_seed(11)
    config = BertConfig(vocab_size=len(WORDS), max_position_embeddings=40, pad_token_id=0, num_labels=labels, **SHAPE)
    model = BertForSequenceClassification(config)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.4)
    model.save_pretrained(folder)
    write_tokenizer(folder)
    return model.eval()


def test_a_cross_encoder_gives_its_logit_for_each_pair(tmp_path: Path) -> None:
    model = write_cross(tmp_path)
    passages = ["travel", "the scale may be returned within days.", "days " * 60, ""]
    found = CrossEncoder(tmp_path).scores("who pays for travel?", passages)
    tokenizer = AutoTokenizer.from_pretrained(tmp_path)
    for passage, score in zip(passages, found, strict=True):
        inputs = tokenizer(
            "who pays for travel?", passage, truncation="longest_first", max_length=40, return_tensors="pt"
        )
        with torch.inference_mode():
            assert model(**inputs).logits[0, 0].item() == pytest.approx(score, abs=0.1, rel=0.05)
    assert found.shape == (4,)
    assert len(set(found.tolist())) == 4
    assert CrossEncoder(tmp_path).scores("who", []).shape == (0,)


def test_the_order_of_passages_changes_no_score(tmp_path: Path) -> None:
    write_cross(tmp_path)
    passages = ["days " * n for n in range(1, 20)]
    reranker = CrossEncoder(tmp_path)
    assert np.allclose(reranker.scores("who", passages), reranker.scores("who", passages[::-1])[::-1], atol=0.05)


def opened(name: str, folder: Path, encoder: Letters | None = None):
    return open_reranker(name, Settings(), encoder, lambda place: locate(folder, place))


def test_names(tmp_path: Path) -> None:
    write_cross(tmp_path)
    assert opened("none", tmp_path) is None
    assert isinstance(opened("maxsim", tmp_path, Letters()), MaxSim)
    assert isinstance(opened(f"cross:{tmp_path}", tmp_path), CrossEncoder)
    assert isinstance(opened(f"cross:folder:{tmp_path}", tmp_path), CrossEncoder)
    for name in ("", "cross:", "colbert", "maxsim"):
        with pytest.raises(NotFound, match="choose none, maxsim or cross:<hub id or folder>"):
            opened(name, tmp_path)
    with pytest.raises(WeightsMissing, match="someone/absent are not on this machine"):
        opened("cross:someone/absent", tmp_path)


def test_models_that_cannot_score_a_pair(tmp_path: Path) -> None:
    write_cross(tmp_path / "three", labels=3)
    with pytest.raises(WeightsError, match="sorts into 3 classes"):
        CrossEncoder(tmp_path / "three").scores("who", ["travel"])
    write_model(tmp_path / "embedder")
    with pytest.raises(WeightsError, match=r"is no cross-encoder|sorts into 2 classes"):
        CrossEncoder(tmp_path / "embedder").scores("who", ["travel"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(WeightsError, match="The cross-encoder in empty cannot be loaded"):
        CrossEncoder(tmp_path / "empty").scores("who", ["travel"])
