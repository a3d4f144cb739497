"""Touchstone's recipes for others: as a retriever of LlamaIndex, and as a script that runs without Touchstone."""
