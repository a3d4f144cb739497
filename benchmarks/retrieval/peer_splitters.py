"""Cuts texts with LangChain's splitters, as Chroma's benchmark does; run by peers.py in the environment of the peers.

    .venv-bench/bin/python benchmarks/retrieval/peer_splitters.py TOKENIZER_JSON < request > pieces

The request is {"texts": {name: text}, "settings": [[kind, size, overlap], …]}; the reply holds for each setting
{name: [piece, …]}. A length is MiniLM's word pieces with its two special tokens, or tokens of cl100k_base. It imports
nothing of Touchstone.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

SEPARATORS = ["\n\n", "\n", ".", "?", "!", " ", ""]


def _cl100k() -> Any:
    """The encoding from the copy that llama-index-core carries, so that nothing is downloaded."""
    import llama_index.core

    os.environ["TIKTOKEN_CACHE_DIR"] = str(Path(llama_index.core.__file__).parent / "_static" / "tiktoken_cache")
    import tiktoken

    return tiktoken.get_encoding("cl100k_base")


def main() -> None:
    """Answer the request on standard input."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter
    from tokenizers import Tokenizer

    request = json.load(sys.stdin)
    pieces = Tokenizer.from_file(sys.argv[1])
    pieces.no_truncation()
    pieces.no_padding()
    encoding = _cl100k()
    lengths = {
        "recursive": lambda text: len(pieces.encode(text).ids),
        "recursive-cl100k": lambda text: len(encoding.encode(text)),
    }
    reply = []
    for kind, size, overlap in request["settings"]:
        if kind == "tokentext":
            cut = lambda text: _windows(text, pieces, size, overlap)  # noqa: E731, B023
        elif kind == "tokentext-cl100k":
            cut = lambda text: _decoded(text, encoding, size, overlap)  # noqa: E731, B023
        else:
            cut = RecursiveCharacterTextSplitter(
                separators=SEPARATORS,
                keep_separator=True,
                chunk_size=size,
                chunk_overlap=overlap,
                length_function=lengths[kind],
            ).split_text
        reply.append({name: cut(text) for name, text in request["texts"].items()})
    json.dump(reply, sys.stdout)


def _windows(text: str, pieces: Any, size: int, overlap: int) -> list[str]:
    """Windows of word pieces, as the text at their offsets: the pieces themselves would be in lower case."""
    offsets = pieces.encode(text, add_special_tokens=False).offsets
    return [text[part[0][0] : part[-1][1]] for part in _parts(offsets, size, overlap)]


def _decoded(text: str, encoding: Any, size: int, overlap: int) -> list[str]:
    """LangChain's TokenTextSplitter, as text; a character cut in two at a border is left out."""
    return [encoding.decode(part).replace("\ufffd", "") for part in _parts(encoding.encode(text), size, overlap)]


def _parts(tokens: list[Any], size: int, overlap: int) -> list[list[Any]]:
    """Windows of `size` tokens that repeat `overlap` of the one before; the last ends with the text."""
    starts = range(0, max(len(tokens) - overlap, 1), size - overlap)
    return [tokens[start : start + size] for start in starts]


if __name__ == "__main__":
    main()
