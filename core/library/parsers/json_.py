"""JSON and JSON lines as readable lines, "path: value" for each value; it knows no schema."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.errors import DamagedFile
from core.library.decoding import decode
from core.library.limits import Limits
from core.library.media import Media
from core.library.parsers.build import TextBuilder
from core.types import ParsedFile


def parse(path: Path, limits: Limits) -> ParsedFile:
    """All values in order; each member of a list of objects is a paragraph."""
    text = decode(path.read_bytes())
    builder = TextBuilder(limits)
    try:
        records, media = [_load(text)], Media.JSON
    except ValueError as error:
        lines = [line for line in text.split("\n") if line.strip()]
        try:
            records, media = [_load(line) for line in lines], Media.JSONL
        except ValueError:
            raise DamagedFile(f"is damaged: it is not valid JSON ({_where(error)})") from None
    if len(records) == 1 and isinstance(records[0], list):
        records = records[0]
    for number, record in enumerate(records):
        builder.paragraph(
            "\n".join(_lines(record, "" if isinstance(record, dict) or len(records) == 1 else f"{number + 1}"))
        )
    return builder.finish(media)


def _load(text: str) -> Any:
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)


def _where(error: ValueError) -> str:
    return (
        f"line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else "a number too long"
    )


def _lines(value: Any, path: str) -> Iterator[str]:
    """The leaves of a value with their paths, without recursion."""
    stack: list[tuple[Any, str]] = [(value, path)]
    while stack:
        current, at = stack.pop()
        if isinstance(current, dict):
            stack += [(inner, f"{at}.{key}" if at else str(key)) for key, inner in reversed(current.items())]
        elif isinstance(current, list):
            if current and not any(isinstance(inner, dict | list) for inner in current):
                yield f"{at}: {', '.join(map(_leaf, current))}" if at else ", ".join(map(_leaf, current))
            else:
                stack += [
                    (inner, f"{at}[{n}]" if at else f"[{n}]") for n, inner in reversed(list(enumerate(current, 1)))
                ]
        elif current is not None and current != "":
            yield f"{at}: {_leaf(current)}" if at else _leaf(current)


def _leaf(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else " ".join(str(value).split())
