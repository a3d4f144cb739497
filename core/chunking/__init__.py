"""Documents become chunks: strategies that choose spans, and one function that makes them passages with offsets."""

from core.chunking.chunker import STRATEGIES, chunk_document, chunk_id, chunk_text

__all__ = ["STRATEGIES", "chunk_document", "chunk_id", "chunk_text"]
