"""Questions about the cells of a table whose rows repeat their headers, "Header: value | …"; it finds no tables."""

import re
from collections.abc import Sequence

from core.adapters.wording import asked, base_form, flat, lowered, opened, plural

_NUMBERING = frozenset("no. no nr. nr # pos. line row".split())
_NAMES = frozenset(
    "name item thing model product article part service person device project property word part_number".split()
)
_CALLED = frozenset("name model part service product title description device".split())
"""Columns that say in words what a code in the first column stands for."""
_PROPERTIES = frozenset("property attribute feature characteristic".split())
_WHOM = frozenset("person contact owner lead responsible head manager mentor".split())
_WHERE = frozenset("place location where".split())
_VERBS = frozenset("fits contains includes costs weighs holds needs covers".split())
_PRICED = r"\b(?:price|cost|sum|amount|fee|charge|total|value|rate|net|gross|weight|length|size)\b"
_NO_NOUN = r"(?:set|take|made|used|sold|kept)\b|.* (?:of|in|at|for|with|by|from|to)$"
"""Headers that no "What is the …" goes with."""
_NO_THING = r"(?:up|above|below|under|over|from|more|less|\d)\b"
"""Rows that are ranges, not things."""
_EMPTY = frozenset(["", "-", "–", "—", "n/a", "none", "?"])
_ASKING = r"(?:who|whom|what|when|where|how|which|why)"
_MODAL = r"(?:may|must|can|will|should)"
_LONGEST_KEY = 80


def read_row(line: str) -> list[tuple[str, str]]:
    """The cells of a row as (header, value); a cell without a header continues the one before."""
    cells: list[tuple[str, str]] = []
    for part in line.split(" | "):
        header, colon, value = part.partition(": ")
        if colon and header.strip():
            cells.append((flat(header), flat(value)))
        elif cells and not part.endswith(":"):
            cells[-1] = (cells[-1][0], flat(f"{cells[-1][1]} | {part}"))
    return cells


def key_columns(rows: Sequence[Sequence[tuple[str, str]]]) -> tuple[str, ...]:
    """The headers of the first columns that tell every row from the others; empty where none do.

    Numbers of rows are passed over. A code is joined by the column that names what it stands for.
    """
    headers = [header for header, value in rows[0] if not _is_number(header, value)] if rows else []
    for width in (1, 2, 3):
        chosen = headers[:width]
        if len(chosen) < width or len(headers) <= width:
            return ()
        values = [tuple(dict(row).get(header, "") for header in chosen) for row in rows]
        if len(set(values)) == len(values) and all(all(value) for value in values):
            second = headers[1] if len(headers) > 2 else ""
            if width == 1 and second.casefold() in _CALLED and all(_is_code(value) for (value,) in values):
                return (chosen[0], second)
            return tuple(chosen)
    return ()


def ask_row(row: Sequence[tuple[str, str]], keys: Sequence[str], title: str, english: bool) -> list[tuple[str, str]]:
    """A question with its answer for each cell of the row that is no key; `title` names what the table is about."""
    cells = dict(row)
    if not all(cells.get(key) for key in keys) or sum(len(cells[key]) for key in keys) > _LONGEST_KEY:
        return []
    found = []
    for header, value in row:
        if header in keys or _is_number(header, value) or value.casefold() in _EMPTY:
            continue
        column, unit = _unit(header)
        answer = f"{value} {unit}" if unit and re.fullmatch(r"[\d.,]+", value) else value
        if english and re.fullmatch(r"\d[\d.,]*[.,]\d\d", value) and not re.search(_PRICED, column, re.IGNORECASE):
            column = f"{column} price"
        if not english:
            found.append((f"{_named(cells, keys)}: {column}?", answer))
            continue
        found.append((opened(_question(column, cells, keys, title)), answer))
    return found


def _question(column: str, cells: dict[str, str], keys: Sequence[str], title: str) -> str:
    """The question for the cell of a column: a natural one where its header is known, else "What is the … of …?"."""
    name, of = _named(cells, keys), _whose(cells, keys)
    if wh := re.fullmatch(rf"((?:with |for |by )?{_ASKING})\b(.*)", column, re.IGNORECASE):
        happens = keys[0].casefold() in ("date", "time") and column.casefold() == "what"
        return f"What happens at {name}?" if happens else _of_question(lowered(wh[1]), wh[2].strip(), cells, keys)
    known = _known(column.casefold(), keys[0].casefold(), name, title)
    if known:
        return known
    if column.casefold() in _WHOM:
        return f"Who is the {column.casefold()}{of.replace(' of ', ' for ', 1)}?"
    return f"What {_is(column)} the {lowered(column)}{of}?"


def _known(column: str, key: str, name: str, title: str) -> str:
    """The question for a column, in lower case, that has one of its own; "" for any other."""
    thing = _thing(name)
    rules = (
        (key == "date" and column == "event", f"What happened on {name}?"),
        (key in _PROPERTIES and column in ("value", "data"), f"What {_is(name)} the {lowered(name)} of the {title}?"),
        (key.startswith("you want to"), f"What should I {column} if I want to {lowered(name)}?"),
        (column in _WHERE, f"Where {_is(name)} {thing}?"),
        (column == "born", f"When was {name} born?"),
        (column == "since", f"Since when has {name} been there?"),
        (column in _VERBS, f"What does {thing} {base_form(column)}?"),
        (key == "item" and column.startswith("sum "), f"What is the {column} for {_quoted(name)}?"),
        (re.match(_NO_NOUN, column) is not None, f"{name}: {column}?"),
    )
    return next((question for fits, question in rules if fits), "")


def _of_question(wh: str, rest: str, cells: dict[str, str], keys: Sequence[str]) -> str:
    """The question that a header such as "Who decides" or "What it does" asks of the row."""
    name, told = _named(cells, keys), _told(cells, keys)
    if it := re.fullmatch(r"it (\w+s)\b(.*)", rest):
        return f"{wh} does {_thing(name)} {base_form(it[1])}{it[2]}?"
    if it := re.fullmatch(rf"it ({_MODAL}) (.+)", rest):
        return f"{wh} {it[1]} it {it[2]}{told}?"
    if to := re.fullmatch(r"to (expect|do|take|use|check)", rest):
        return f"{wh} {'can' if to[1] == 'expect' else 'should'} I {to[1]}{told}?"
    if we := re.fullmatch(r"(we|you|I|they) (\w+)", rest):
        return f"{wh} do {asked(we[1])} {we[2]}{told}?"
    if not rest:
        return f"{wh}{told}?"
    return f"{wh} {rest}{told}?"


def _told(cells: dict[str, str], keys: Sequence[str]) -> str:
    """The row as the circumstance of a question: "if I see “No display”", "for Spain", "(sum: above 80 euros)"."""
    name, key = _named(cells, keys), keys[0]
    if re.match(rf"{_ASKING}\b (?:you see|happens)", key, re.IGNORECASE):
        return f" if I see “{name.rstrip('.')}”"
    if re.match(rf"{_ASKING}$", key, re.IGNORECASE) or key.casefold() in _NAMES:
        return f" for {_the(name)}"
    return f" ({lowered(key)}: {lowered(name)})"


def _whose(cells: dict[str, str], keys: Sequence[str]) -> str:
    name, key = _named(cells, keys), keys[0]
    if len(keys) == 1 and (_is_code(name) or re.fullmatch(r"\d[\d.]*", name)):
        return f" of {lowered(key)} {name}"
    if re.match(rf"{_ASKING}\b", key, re.IGNORECASE) or re.match(_NO_THING, name, re.IGNORECASE):
        return _told(cells, keys)
    if key.casefold().replace(" ", "_") in _NAMES or len(keys) > 1:
        return f" of {_the(name)}"
    return f" of the {lowered(key)} {_quoted(name)}" if " " in name else f" of the {lowered(key)} {name}"


def _named(cells: dict[str, str], keys: Sequence[str]) -> str:
    """What the row is about: the values of its keys, a code in brackets behind the name that it stands for."""
    values = [cells[key] for key in keys]
    if len(values) == 2 and _is_code(values[0]) and keys[1].casefold() in _CALLED:
        return f"{values[1]} ({values[0]})"
    return ", ".join(values)


def _the(name: str) -> str:
    """With an article where the name begins like a common noun."""
    return f"the {name}" if re.match(r"[a-z]", name) and not re.match(r"(?:the|a|an|all) ", name) else name


def _thing(name: str) -> str:
    """With an article also where the capital looks like one of its place only, as in "Drain slot"."""
    return _the(lowered(name)) if re.match("[A-Z][a-z]+ [a-z]", name) else _the(name)


def _quoted(name: str) -> str:
    return f"“{name}”" if len(name.split()) > 2 else name


def _is(noun: str) -> str:
    return "are" if plural(noun) else "is"


def _is_code(value: str) -> bool:
    return 2 <= len(value) <= 14 and " " not in value and value.upper() == value and bool(re.search(r"[A-Z]", value))


def _is_number(header: str, value: str) -> bool:
    """Whether a column only counts the rows."""
    return header.casefold() in _NUMBERING and value.rstrip(".").isdigit()


def _unit(header: str) -> tuple[str, str]:
    """A header such as "Price (euros)" without the unit, and the unit."""
    found = re.fullmatch(r"(.+?) \(([^)\d]{1,12})\)", header)
    return (found[1], found[2]) if found and found[2].islower() else (header, "")
