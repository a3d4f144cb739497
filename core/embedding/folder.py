"""Reads what a sentence-transformers folder says of itself: pooling, window, prefixes, further layers, revision.

The library itself is not needed: its folders are a transformers model, `modules.json` and a few small files, and
importing it takes seconds. What those files ask for beyond this is refused by name, never left out silently.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.embedding.encoder import EncoderSpec
from core.embedding.network import POOLINGS, Pooling
from core.errors import WeightsError, WeightsMissing

FAMILIES: tuple[tuple[str, str, str], ...] = (
    # Name of the model, prefix of questions, prefix of passages; each as its authors' model card says.
    # intfloat/multilingual-e5-large-instruct (and e5-mistral-7b-instruct)
    (
        r"e5-.*instruct",
        "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: ",
        "",
    ),
    (r"(^|[/-])e5-", "query: ", "passage: "),  # intfloat/e5-small-v2, intfloat/multilingual-e5-base
    (r"bge-m3", "", ""),  # BAAI/bge-m3
    (r"bge-.*-en", "Represent this sentence for searching relevant passages: ", ""),  # BAAI/bge-base-en-v1.5
    (r"bge-.*-zh", "为这个句子生成表示以用于检索相关文章：", ""),  # BAAI/bge-base-zh-v1.5
    (r"nomic-embed-text", "search_query: ", "search_document: "),  # nomic-ai/nomic-embed-text-v1.5
    (r"mxbai-embed-large", "Represent this sentence for searching relevant passages: ", ""),  # mixedbread-ai
    (r"snowflake-arctic-embed-(xs|s|m|l)$", "Represent this sentence for searching relevant passages: ", ""),
)
"""Prefixes of models whose folder names none; the first that fits counts. thenlper/gte-* are trained without."""

_QUESTION_PROMPTS = ("query", "question", "web_search_query")
_PASSAGE_PROMPTS = ("document", "passage", "corpus")
_UNLIMITED = 100_000
"""Windows above this are the placeholder of a tokenizer that sets none."""


@dataclass(frozen=True, slots=True)
class DenseLayer:
    """A linear layer behind the pooling."""

    folder: Path
    activation: str


@dataclass(frozen=True, slots=True)
class SentenceModel:
    """What a folder holds and how vectors are made of it."""

    spec: EncoderSpec
    network: Path
    """The folder of the transformers model."""
    revision: str
    layers: tuple[DenseLayer, ...] = ()


def read_folder(name: str, folder: Path, revision: str = "") -> SentenceModel:
    """The model of a folder; `revision` identifies the weights, and is computed from them where it is empty.

    Raises WeightsMissing when there is no model in the folder, WeightsError when it needs what is not supported.
    """
    modules = _json(folder / "modules.json") if (folder / "modules.json").is_file() else [{"type": "Transformer"}]
    kinds = [(str(module["type"]).rsplit(".", 1)[-1], folder / module.get("path", "")) for module in modules]
    if kinds[0][0] != "Transformer":
        raise WeightsError(f"The model {name} begins with a {kinds[0][0]} module; only transformers are supported.")
    network = kinds[0][1]
    if not (network / "config.json").is_file() or not any(network.glob("*.safetensors")):
        raise WeightsMissing(f"The folder {folder} holds no model: config.json and weights as safetensors are needed.")
    config = _json(network / "config.json")
    pooling: Pooling = "mean"
    dimension = int(config.get("hidden_size") or config.get("dim") or config.get("d_model") or 0)
    normalises = False
    layers: list[DenseLayer] = []
    for kind, place in kinds[1:]:
        if kind == "Pooling":
            pooling = _pooling(name, _json(place / "config.json"))
        elif kind == "Dense":
            dense = _json(place / "config.json")
            layers.append(DenseLayer(place, str(dense.get("activation_function", "Tanh")).rsplit(".", 1)[-1]))
            dimension = int(dense["out_features"])
        elif kind == "Normalize":
            normalises = True
        elif kind != "Dropout":
            raise WeightsError(f"The model {name} needs a {kind} module, which is not supported.")
    query, passage = _prefixes(name, config, folder)
    window = _window(network, folder, config)
    spec = EncoderSpec(name, window, dimension, query, passage, pooling, normalises)
    return SentenceModel(spec, network, revision or weights_hash(folder), tuple(layers))


def weights_hash(folder: Path) -> str:
    """Sixteen hex digits over the names and bytes of the weights, the configuration and the tokenizer."""
    digest = hashlib.sha256()
    files = (p for kind in ("*.safetensors", "*.json", "*.txt", "*.model") for p in folder.rglob(kind))
    for path in sorted(files):
        digest.update(path.relative_to(folder).as_posix().encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]


def _pooling(name: str, config: Mapping[str, Any]) -> Pooling:
    """The one way of pooling that the configuration names, in its new or its old spelling."""
    if config.get("include_prompt") is False:
        raise WeightsError(f"The model {name} leaves its prompt out of the pooling, which is not supported.")
    asked = config.get("pooling_mode")
    if asked is None:
        old = {"cls_token": "cls", "mean_tokens": "mean", "max_tokens": "max"}
        on = [k.removeprefix("pooling_mode_") for k, v in config.items() if k.startswith("pooling_mode_") and v is True]
        asked = [old.get(kind, kind) for kind in on] or "mean"
    joined = asked if isinstance(asked, str) else "+".join(asked)
    for pooling in POOLINGS:
        if pooling == joined:
            return pooling
    raise WeightsError(f"The model {name} pools its tokens by {joined}; supported are {', '.join(POOLINGS)}.")


def _prefixes(name: str, config: Mapping[str, Any], folder: Path) -> tuple[str, str]:
    """Prefixes of questions and passages: the model's own, else its family's, else none."""
    own = folder / "config_sentence_transformers.json"
    settings = _json(own) if own.is_file() else {}
    prompts: dict[str, str] = {k: v for k, v in (settings.get("prompts") or {}).items() if isinstance(v, str)}
    if any(prompts.values()):
        usual = prompts.get(settings.get("default_prompt_name") or "", "")
        query = next((prompts[key] for key in _QUESTION_PROMPTS if key in prompts), usual)
        passage = next((prompts[key] for key in _PASSAGE_PROMPTS if key in prompts), usual)
        return query, passage
    for known in (name, str(config.get("_name_or_path", ""))):
        for pattern, query, passage in FAMILIES:
            if re.search(pattern, known.split(":", 1)[-1].rstrip("/"), re.IGNORECASE):
                return query, passage
    return "", ""


def _window(network: Path, folder: Path, config: Mapping[str, Any]) -> int:
    """The most tokens of an input: as sentence-transformers, else the tokenizer, was told; never past the network's."""
    limits: list[int] = []
    for file, key in (
        (network / "sentence_bert_config.json", "max_seq_length"),
        (folder / "sentence_bert_config.json", "max_seq_length"),
        (network / "tokenizer_config.json", "model_max_length"),
    ):
        value = _json(file).get(key) if file.is_file() else None
        if isinstance(value, int | float) and 0 < value < _UNLIMITED:
            limits.append(int(value))
            break
    positions = config.get("max_position_embeddings")
    if isinstance(positions, int) and positions > 0:
        # RoBERTa's table begins with the rows up to its padding id, which no token uses.
        reserved = int(config.get("pad_token_id", 1)) + 1 if "roberta" in str(config.get("model_type")) else 0
        limits.append(positions - reserved)
    return min(limits, default=512)


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise WeightsMissing(f"The model's folder lacks {file.name} in {file.parent}.") from error
    except ValueError as error:
        raise WeightsError(f"{file} is damaged: it is not JSON.") from error
