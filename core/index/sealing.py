"""The words of an entry encrypted beside its vectors, which the engine needs in plain; it holds no shard.

Text, headings and name of the document become one field, AES-256-GCM under the entry's id. What filters read stays as
it is: ids, zone, labels, days, places in the text. So do the vectors, dense ones and those of hashed words.
"""

import base64
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.errors import IndexFailure

FIELD = "sealed"
_WORDS = ("text", "headings", "document")
_NONCE = 12
Convert = Callable[[str, dict[str, Any]], dict[str, Any]]


class TextSeal:
    """Encrypts and decrypts under one key of 32 bytes; safe to share between threads."""

    def __init__(self, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._cipher = AESGCM(key)

    def sealed(self, point_id: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """The payload with its words in one field that only this key opens."""
        words = json.dumps([payload[name] for name in _WORDS], ensure_ascii=True).encode()
        nonce = os.urandom(_NONCE)
        closed = nonce + self._cipher.encrypt(nonce, words, point_id.encode())
        return {k: v for k, v in payload.items() if k not in _WORDS} | {FIELD: base64.b64encode(closed).decode()}

    def opened(self, point_id: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """The payload that `sealed` took; raises IndexFailure for what this key did not seal for this entry."""
        from cryptography.exceptions import InvalidTag

        if FIELD not in payload:
            raise IndexFailure("The index holds a passage in plain, and the workspace is encrypted; build it anew.")
        try:
            closed = base64.b64decode(payload[FIELD])
            words = self._cipher.decrypt(closed[:_NONCE], closed[_NONCE:], point_id.encode())
        except (InvalidTag, ValueError):
            raise IndexFailure(
                "A passage of the index cannot be decrypted: it was changed, or the key is another."
            ) from None
        held = {k: v for k, v in payload.items() if k != FIELD}
        return held | dict(zip(_WORDS, json.loads(words), strict=True))


def converter(old: TextSeal | None, new: TextSeal | None) -> Convert:
    """From payloads under one seal, or none, to payloads under another, or none."""

    def convert(point_id: str, payload: dict[str, Any]) -> dict[str, Any]:
        plain = old.opened(point_id, payload) if old else payload
        return new.sealed(point_id, plain) if new else plain

    return convert


def convert_indexes(source: Path, target: Path, convert: Convert) -> int:
    """Write every index below `source` anew below `target`, the payloads converted; returns the entries.

    Nobody else has the shards open. What was deleted from them does not come along.
    """
    import qdrant_edge as qe

    from core.index.contract import IndexSpec
    from core.index.shards import create, load_or_create, scroll
    from core.types import ZONES

    count = 0
    for record in sorted(source.glob("*/index.json")):
        spec = IndexSpec(**json.loads(record.read_text()))
        for zone in ZONES:
            folder = target / record.parent.name / zone
            folder.parent.mkdir(parents=True, exist_ok=True)
            held = load_or_create(record.parent / zone, spec)
            if held.info().points_count == 0:  # made when the index is opened, which costs less than to write it here
                held.close()
                continue
            made = create(folder, spec)
            for page in scroll(held, None, with_vector=True):
                points = [qe.Point(r.id, r.vector, convert(str(r.id), dict(r.payload))) for r in page]
                made.update(qe.UpdateOperation.upsert_points(points))
                count += len(points)
            made.flush()
            for shard in (made, held):
                shard.close()
        (target / record.parent.name / record.name).write_text(record.read_text())
    return count
