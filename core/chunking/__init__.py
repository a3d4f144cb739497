"""Documents become chunks: strategies that choose spans, and one function that makes them passages with offsets."""

from core.chunking.catalogue import STRATEGIES, StrategyInfo
from core.chunking.chunker import chunk_at, chunk_document, chunk_id, chunk_text

__all__ = ["STRATEGIES", "StrategyInfo", "chunk_at", "chunk_document", "chunk_id", "chunk_text"]
