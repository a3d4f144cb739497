"""Texts become vectors: tokenizers that count and locate tokens, and encoders that pool them."""
