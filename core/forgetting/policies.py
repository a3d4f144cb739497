"""What people write into a policy, and the same without somebody: listed words go whole, rules stay as they are.

A word of which blocks were left would be no word, and a policy that holds one could not work. It knows no table.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

_LISTS = ("terms", "never")
_WRITTEN = (*_LISTS, "note")


def written(body: str) -> Any:
    """The lists and the note of a policy's JSON; the text as it is where it is no such JSON."""
    held = _read(body)
    return body if held is None else {name: held[name] for name in _WRITTEN if name in held}


def cleared(body: str, names: Callable[[str], bool], redact: Callable[[str], str]) -> str:
    """The JSON without the listed words that `names` somebody, and with its note redacted."""
    held = _read(body)
    if held is None:
        return redact(body)
    fresh = dict(held)
    for name in _LISTS:
        if isinstance(words := held.get(name), list):
            fresh[name] = [each for each in words if not (isinstance(each, str) and (names(each) or _is_blank(each)))]
    if isinstance(held.get("note"), str):
        fresh["note"] = redact(held["note"])
    return body if fresh == held else json.dumps(fresh, ensure_ascii=False, indent=2)


def _is_blank(word: str) -> bool:
    """Whether only blocks are left of a word, from before words went whole."""
    return not any(map(str.isalnum, word))


def _read(body: str) -> Mapping[str, Any] | None:
    try:
        held = json.loads(body)
    except ValueError:
        return None
    return held if isinstance(held, dict) else None
