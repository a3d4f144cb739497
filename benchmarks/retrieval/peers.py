"""The chunkers of Chroma's benchmark, as spans of the corpora; it neither embeds chunks for search nor scores them.

Recursive and TokenText are cut by LangChain's code in the environment of the peers; ClusterSemantic joins pieces of
LangChain's by the published rule: the segmentation, at most size // 50 pieces a chunk, with the largest sum of
similarities within chunks, each less the mean similarity (Smith and Troynikov 2024, ClusterSemanticChunker).
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.models.cache import model_folder
from core.settings import Settings
from core.types import Span

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-bench" / "bin" / "python"
PIECE = 50
"""Tokens of the pieces that ClusterSemantic joins."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One row of Chroma's table."""

    kind: str
    size: int
    overlap: int = 0

    @property
    def name(self) -> str:
        """As in "recursive 250/125"."""
        return f"{self.kind} {self.size}/{self.overlap}"


PEERS = (
    Peer("recursive", 250, 125),
    Peer("recursive", 250),
    Peer("recursive", 200),
    Peer("recursive", 400, 200),
    Peer("tokentext", 250, 125),
    Peer("tokentext", 250),
    Peer("tokentext", 200),
    Peer("tokentext-cl100k", 250, 125),
    Peer("tokentext-cl100k", 200),
    Peer("cluster", 250),
    Peer("cluster", 200),
)

Embed = Callable[[Sequence[str]], np.ndarray]


@dataclass(frozen=True, slots=True)
class Piece:
    """A chunk as the peer wrote it, which is what gets embedded, and where it stands."""

    text: str
    span: Span


def peer_chunks(peers: Sequence[Peer], texts: Mapping[str, str], embed: Embed) -> dict[str, dict[str, list[Piece]]]:
    """For each peer's name the pieces of each text, in the order in which the peer cut them."""
    settings = [_splitter(peer) for peer in peers]
    request = json.dumps({"texts": dict(texts), "settings": settings})
    if not PYTHON.exists():
        sys.exit("The peers' environment is missing; make it with 'make bench-setup'.")
    tokenizer = model_folder(Settings().models, "minilm") / "tokenizer.json"
    script = Path(__file__).with_name("peer_splitters.py")
    run = subprocess.run([PYTHON, script, tokenizer], input=request, capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(f"The peers' splitters failed: {run.stderr.strip().splitlines()[-1:]}")
    found: dict[str, dict[str, list[Piece]]] = {}
    for peer, reply in zip(peers, json.loads(run.stdout), strict=True):
        pieces = reply
        if peer.kind == "cluster":
            pieces = {name: joined(cut, embed(cut), peer.size // PIECE) for name, cut in reply.items()}
        found[peer.name] = {name: [Piece(cut, locate(texts[name], cut)) for cut in pieces[name]] for name in texts}
    return found


def _splitter(peer: Peer) -> tuple[str, int, int]:
    return ("recursive", PIECE, 0) if peer.kind == "cluster" else (peer.kind, peer.size, peer.overlap)


def joined(pieces: Sequence[str], vectors: np.ndarray, longest: int) -> list[str]:
    """Neighbouring pieces joined by a space; vectors are unit vectors, shape (pieces, dimension)."""
    similar = vectors @ vectors.T
    similar = similar - similar[np.triu_indices(len(pieces), k=1)].mean()
    np.fill_diagonal(similar, 0)
    best, begins = np.zeros(len(pieces)), np.zeros(len(pieces), dtype=int)
    for i in range(len(pieces)):
        for begin in range(i, max(i - longest, -1), -1):
            value = similar[begin : i + 1, begin : i + 1].sum() + (best[begin - 1] if begin else 0)
            if value > best[i]:
                best[i], begins[i] = value, begin
    chunks: list[str] = []
    end = len(pieces) - 1
    while end >= 0:
        chunks.append(" ".join(pieces[begins[end] : end + 1]))
        end = begins[end] - 1
    return chunks[::-1]


def locate(text: str, piece: str) -> Span:
    """Where a piece stands first, by the benchmark's rule: without one final full stop, then whatever its spacing."""
    piece = piece.removesuffix(".")
    start = text.find(piece)
    if start >= 0:
        return Span(start, start + len(piece))
    loose = re.compile(r"\s*".join(re.escape(word) for word in piece.split()), re.IGNORECASE)
    match = loose.search(text)
    if match is None:
        raise ValueError(f"A chunk is not in its corpus: {piece[:80]!r}")
    return Span(*match.span())
