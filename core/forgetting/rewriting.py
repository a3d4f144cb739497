"""Writes rows anew without a person's name, or removes them; it knows no index and no file.

Each mention becomes blocks of the same length, so that offsets stay true, and a name of a document stays the same name
in every table.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import JSON, Connection, Engine, String, Table, Text, and_, delete, select, update

from core.forgetting.person import Person, redacted
from core.forgetting.places import Place, in_context, mentions_in, structural, texts_of
from core.forgetting.policies import cleared
from core.storage.database import datasets, metadata, policies, question_sets


def redact_rows(engine: Engine, places: Iterable[Place], person: Person, context: set[str]) -> int:
    """Redact these places in one transaction; returns how many rows there were. Documents are none of them."""
    count = 0
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")  # a name that others refer to changes with them
        for place in places:
            count += redact_row(connection, metadata.tables[place.table], place.key, person, context)
    return count


def redact_row(connection: Connection, table: Table, key: tuple[Any, ...], person: Person, context: set[str]) -> int:
    """Redact one row; 0 where it is gone."""
    row = connection.execute(select(table).where(_is(table, key))).mappings().one_or_none()
    if row is None:
        return 0
    wide = in_context(person, list(texts_of(table, dict(row))), context)
    changed: dict[str, Any] = {}
    for column in table.columns:
        if isinstance(column.type, JSON | String | Text) and not structural(column.name):
            told = row[column.name]
            fresh = _policy(told, person, wide) if column is policies.c.body else without(told, person, wide)
            if fresh != told:
                changed[column.name] = fresh
    if table is question_sets:
        changed["version"] = row["version"] + 1
    if changed:
        connection.execute(update(table).where(_is(table, key)).values(**changed))
    return 1


def without(value: Any, person: Person, surname: bool) -> Any:
    """The value with every text in it redacted, and every key that is no field of ours; codes stay as they are."""
    if isinstance(value, str):
        return redacted(value, mentions_in(person, value, surname))
    if isinstance(value, Mapping):
        return {
            without(key, person, surname=False): inner if structural(key) else without(inner, person, surname)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [without(inner, person, surname) for inner in value]
    return value


def _policy(body: str, person: Person, surname: bool) -> str:
    return cleared(
        body, lambda word: bool(mentions_in(person, word, surname)), lambda text: without(text, person, surname)
    )


def erase_rows(engine: Engine, places: Iterable[Place], person: Person) -> int:
    """Remove these places in one transaction, and what hangs on them; returns how many there were.

    Of a question set the questions go that name the person, of a dataset the rows, which it counts as lost.
    """
    count = 0
    with engine.begin() as connection:
        for place in places:
            table = metadata.tables[place.table]
            if table is question_sets:
                count += _questions(connection, place, person)
                continue
            gone = connection.execute(delete(table).where(_is(table, place.key))).rowcount
            if gone and place.table == "dataset_rows":
                lost = {"lost": datasets.c.lost + 1, "revision": datasets.c.revision + 1}
                connection.execute(update(datasets).where(datasets.c.name == place.key[0]).values(**lost))
            count += gone
    return count


def _questions(connection: Connection, place: Place, person: Person) -> int:
    row = connection.execute(select(question_sets).where(question_sets.c.name == place.key[0])).mappings().one_or_none()
    if row is None:
        return 0
    named = {int(seen.field.split(".")[1]) for seen in place.mentions if seen.field.startswith("body.")}
    kept = [question for number, question in enumerate(row["body"]) if number not in named]
    if kept:
        values = {"body": kept, "version": row["version"] + 1}
        connection.execute(update(question_sets).where(_is(question_sets, place.key)).values(**values))
        redact_row(connection, question_sets, place.key, person, set())  # its name and its note
    else:
        connection.execute(delete(question_sets).where(_is(question_sets, place.key)))
    return max(1, len(named))


def _is(table: Table, key: tuple[Any, ...]) -> Any:
    return and_(*(column == value for column, value in zip(table.primary_key.columns, key, strict=True)))
