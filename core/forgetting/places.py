"""Every place of a workspace's tables that names a person, with the words around; it changes nothing.

It goes through every table and every text in it, whatever the table is for: a table that comes later is gone through
too. Left out are the audit trail and the receipts, which are never rewritten, and tables that hold no text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import JSON, Engine, String, Table, Text, func, select

from core.forgetting.beside import Detail, beside
from core.forgetting.person import Form, Mention, Person
from core.forgetting.policies import written
from core.storage.database import metadata, policies

Way = Literal["redact", "erase", "keep"]
WAYS: tuple[Way, ...] = ("redact", "erase", "keep")

SEALED = ("audit", "receipts")
"""Tables that are never rewritten: each row is under a MAC."""
_NO_TEXT = ("embeddings", "indexed", "trace_documents", "barred_files")
_KINDS = {
    "documents": "document",
    "chunk_edits": "passage changed by hand",
    "traces": "question and answer",
    "feedback": "feedback",
    "question_sets": "question set",
    "question_proposals": "proposed question",
    "dataset_rows": "dataset row",
    "datasets": "dataset",
    "retrieval_runs": "evaluation run",
    "retrieval_results": "evaluation answer",
    "trials": "trial",
    "facts": "fact",
    "fact_verdicts": "verdict on a fact",
    "fact_checks": "check of facts",
    "recipes": "recipe",
    "adapters": "adapter's card",
    "trainings": "training",
    "proofs": "proof of an adapter",
    "policies": "policy",
    "workshops": "workshop",
    "workshop_votes": "vote in a workshop",
    "workshop_snapshots": "snapshot of a workshop",
}
_ERASABLE = (
    "documents", "traces", "feedback", "question_sets", "question_proposals", "retrieval_results", "facts",
    "fact_verdicts",
)  # fmt: skip
ROWS: tuple[Way, ...] = ("erase", "keep")
"""Of a dataset: a row with a hole in it would teach the hole."""
_AROUND = 48
_CODES = frozenset({
    "state", "zone", "kind", "role", "route", "media_type", "language", "index_key", "revision", "thumb", "strategy",
    "model", "base", "template", "fate", "roles", "zones",
})  # fmt: skip
_CODE = re.compile(r"[a-z][a-z0-9_]*")
_ID = re.compile(r"(?=.*[a-f])[0-9a-f]{8,64}")


@dataclass(frozen=True, slots=True)
class Seen:
    """A mention with what stands around it."""

    field: str
    """Where in the place: a column, and the way into its value."""
    start: int
    end: int
    """Offsets in that text."""
    form: Form
    before: str
    text: str
    after: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A row that names the person."""

    table: str
    key: tuple[Any, ...]
    kind: str
    title: str
    """What to call it: a document's name, the beginning of a question."""
    mentions: tuple[Seen, ...]
    ways: tuple[Way, ...]
    beside: tuple[Detail, ...] = ()
    """What else stands in the lines of the mentions, and stays unless it is looked for too."""

    @property
    def id(self) -> str:
        """Its own among all places."""
        return "/".join([self.table, *map(str, self.key)])

    def way(self, asked: Way) -> Way:
        """What is done where `asked` is asked: what it has instead where it does not have that."""
        return asked if asked in self.ways else next(each for each in self.ways if each != "keep")


def find_places(engine: Engine, person: Person) -> list[Place]:
    """All places, documents first.

    The last name alone counts too in what also names the person in full, and in what speaks of a document that does.
    """
    found: list[Place] = []
    context: set[str] = set()
    ranks = {name: rank for rank, name in enumerate(_KINDS)}
    for table in sorted(metadata.sorted_tables, key=lambda table: ranks.get(table.name, len(ranks))):
        if table.name in (*SEALED, *_NO_TEXT):
            continue
        for values in rows_of(engine, table):
            place = _place(table, values, person, context)
            if place:
                found.append(place)
                if table.name == "documents":
                    context |= {values["id"], values["name"]}
    return found


def rows_of(engine: Engine, table: Table) -> Iterator[dict[str, Any]]:
    """The rows of a table, as plain values."""
    with engine.connect() as connection:
        for row in connection.execution_options(yield_per=200).execute(select(table)).mappings():
            yield dict(row)


def mentions_in(person: Person, text: str, surname: bool) -> tuple[Mention, ...]:
    """The mentions in a text of a row: none in an id, and no last name alone in what looks like a code."""
    if _ID.fullmatch(text):
        return ()
    return person.find(text, surname and not _CODE.fullmatch(text))


def structural(key: str) -> bool:
    """Whether what stands under this key or in this column is a code that the program reads."""
    return key in _CODES


def strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a value with the way to it, and every key that is no field of ours."""
    if isinstance(value, str):
        if not structural(path.rpartition(".")[2]):
            yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if not _CODE.fullmatch(str(key)):
                yield f"{path}.key", str(key)
            yield from strings(inner, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from strings(inner, f"{path}.{number}")


def texts_of(table: Table, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text of a row, by column and the way into its value."""
    for column in table.columns:
        if isinstance(column.type, JSON | String | Text):
            value = values[column.name]
            yield from strings(written(value) if column is policies.c.body else value, column.name)


def in_context(person: Person, texts: Sequence[tuple[str, str]], context: set[str]) -> bool:
    """Whether the last name alone means the person in these texts."""
    return any(text in context or mentions_in(person, text, False) for _, text in texts)


def acted(engine: Engine, person: Person) -> int:
    """Entries of the audit trail and receipts that name the person as one who acted; they stay."""
    count = 0
    with engine.connect() as connection:
        for name in SEALED:
            table = metadata.tables[name]
            who = table.c.who if name == "audit" else table.c.body["by"].as_string()
            for value, number in connection.execute(select(who, func.count()).group_by(who)):
                count += number if value and person.find(value) else 0
    return count


def rows_that(engine: Engine, table: Table, where: Any, ways: tuple[Way, ...]) -> list[Place]:
    """The rows of a table that fulfil a condition, as places without mentions."""
    with engine.connect() as connection:
        rows = [dict(row) for row in connection.execute(select(table).where(where)).mappings()]
    kind = _KINDS.get(table.name, table.name.replace("_", " "))
    keys = [tuple(row[column.name] for column in table.primary_key.columns) for row in rows]
    return [
        Place(table.name, key, kind, _title(table.name, row), (), ways) for key, row in zip(keys, rows, strict=True)
    ]


def _place(table: Table, values: dict[str, Any], person: Person, context: set[str]) -> Place | None:
    texts = list(texts_of(table, values))
    if not in_context(person, texts, context):
        return None
    found = [(field, text, person.find(text, surname=True)) for field, text in texts]
    seen = [_seen(field, text, mention, values) for field, text, mentions in found for mention in mentions]
    if not seen:
        return None
    key = tuple(values[column.name] for column in table.primary_key.columns)
    ways: tuple[Way, ...] = ("redact", "erase", "keep") if table.name in _ERASABLE else ("redact", "keep")
    kind = _KINDS.get(table.name, table.name.replace("_", " "))
    if table.name == "dataset_rows":
        ways = ROWS
    near = dict.fromkeys(detail for _, text, mentions in found for detail in beside(text, mentions))
    return Place(table.name, key, kind, _title(table.name, values), tuple(seen), ways, tuple(near))


def _seen(field: str, text: str, mention: Mention, values: Mapping[str, Any]) -> Seen:
    start, end = mention.start, mention.end
    page = None
    if field == "text" and "layout" in values:
        page = next((p["number"] for p in values["layout"]["pages"] if p["start"] <= start < p["end"]), None)
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    flat = (" ".join(before.split()), " ".join(text[start:end].split()), " ".join(after.split()))
    before = ("…" if start > _AROUND else "") + flat[0] + (" " if before[-1:].isspace() else "")
    after = (" " if after[:1].isspace() else "") + flat[2] + ("…" if end + _AROUND < len(text) else "")
    spaced = (before, flat[1], after)
    return Seen(field, start, end, mention.form, *spaced, page)


def _title(table: str, values: Mapping[str, Any]) -> str:
    if table == "documents":
        state = {"ready": "", "superseded": ", not in force"}.get(values["state"], ", being taken in")
        return f"{values['name']}, version {values['version']}{state}"
    if table == "policies":
        return f"Version {values['version']} of the policy"
    body = values.get("body")
    inner = body if isinstance(body, Mapping) else {}
    told = values.get("question") or inner.get("question") or inner.get("text") or values.get("name")
    told = told or values.get("text") or next(iter(values.values()))
    flat = " ".join(str(told).split())
    return flat if len(flat) <= 90 else f"{flat[:89]}…"
