"""Counts and locates tokens with a model's own tokenizer, without loading the model; knows nothing of chunks."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_PIECE = 20_000
"""Characters tokenized at once: long texts are cut at line ends so that the tokenizer can use every core."""

_TEXTS = 8
"""Texts whose token starts are kept: offsets alone, no text."""

_ROUGH = r"[\p{L}\p{M}\p{N}&&[^\p{Han}\p{Hiragana}\p{Katakana}]]{1,4}|[^\s]"
"""A piece of an estimated token; a character of Chinese or Japanese counts for itself."""


class TokenCounter:
    """A tokenizer file, loaded at first use; safe to share between threads."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._kept: OrderedDict[bytes, np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    @cached_property
    def tokenizer(self) -> "Tokenizer":
        """The tokenizer itself, without truncation or padding."""
        from tokenizers import Tokenizer

        if self._file.is_file():
            tokenizer = Tokenizer.from_file(str(self._file))
        else:  # an older folder: transformers builds the same from its vocabulary
            from transformers import AutoTokenizer

            tokenizer = AutoTokenizer.from_pretrained(self._file.parent, local_files_only=True).backend_tokenizer
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens not counted."""
        return [len(e.ids) for e in self.tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]

    def starts(self, text: str) -> np.ndarray:
        """Where each token begins: ascending character offsets of `text`, shape (tokens,), int64, not to be changed.

        Those of the last texts are kept, since the same text is cut again and again while a size is chosen.
        """
        key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = self._starts(text)
        found.flags.writeable = False
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > _TEXTS:
                self._kept.popitem(last=False)
        return found

    def _starts(self, text: str) -> np.ndarray:
        pieces = _pieces(text)
        encoded = self.tokenizer.encode_batch([text[a:b] for a, b in pieces], add_special_tokens=False)
        starts = [
            np.fromiter((start for start, _ in e.offsets), dtype=np.int64, count=len(e.offsets)) + a
            for (a, _), e in zip(pieces, encoded, strict=True)
        ]
        return np.concatenate(starts) if starts else np.zeros(0, dtype=np.int64)


class RoughCounter(TokenCounter):
    """Estimates tokens where the tokenizer is a server's: up to four letters or digits, or one other sign, each."""

    def __init__(self) -> None:
        super().__init__(Path())

    @cached_property
    def tokenizer(self) -> "Tokenizer":
        """A tokenizer whose pieces are the estimated tokens; their ids mean nothing."""
        from tokenizers import Regex, Tokenizer, models, pre_tokenizers

        tokenizer = Tokenizer(models.WordLevel({"?": 0}, unk_token="?"))  # noqa: S106 - no password
        tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_ROUGH), behavior="removed", invert=True)
        return tokenizer


def _pieces(text: str) -> list[tuple[int, int]]:
    """Consecutive ranges of about `_PIECE` characters, cut after a line end where there is one."""
    pieces, start = [], 0
    while start < len(text):
        end = min(start + _PIECE, len(text))
        if end < len(text):
            line_end = text.rfind("\n", start, end)
            space = text.rfind(" ", start, end)
            end = line_end + 1 if line_end > start else space + 1 if space > start else end
        pieces.append((start, end))
        start = end
    return pieces
