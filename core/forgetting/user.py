"""All that one user asked and said: found, erased, and looked for in every byte afterwards.

It knows the user by the name that stands at the questions. Who did what, and when, stays in the audit trail.
"""

import json
import uuid
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, func, select

from core.erasure import Places
from core.forgetting.person import Person
from core.forgetting.places import SEALED, Place, Way, rows_of, rows_that, texts_of
from core.forgetting.receipts import ReceiptBook
from core.forgetting.rewriting import erase_rows
from core.scanning import scan
from core.storage.compacting import compact
from core.storage.database import (
    audit,
    dataset_rows,
    feedback,
    metadata,
    question_proposals,
    retrieval_results,
    traces,
)

_ERASE: tuple[Way, ...] = ("erase",)
_LEAST = 16
"""Characters of a question that is looked for; a shorter one may stand anywhere by chance."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class UserPreview:
    """What would go, and what would stay."""

    user: str
    places: tuple[Place, ...]
    entries: int
    """Entries of the audit trail that name the user."""


@dataclass(frozen=True, slots=True)
class UserForgotten:
    """The receipt: counts, and a MAC of the user's name."""

    id: str
    by: str
    began_at: str
    terms: tuple[str, ...]
    finished: bool = False
    erased: dict[str, int] | None = None
    traces: tuple[str, ...] = ()
    """Ids of the questions that are gone; they stand in the audit trail too."""
    files_scanned: int = 0
    bytes_scanned: int = 0
    probes: int = 0
    """Texts of theirs that the scan looked for, as far as nothing that stays holds the same."""
    remains: tuple[str, ...] = ()
    acted: int = 0

    STAYS = (
        "In the audit trail stays who asked, when, with which recipe, and ids and hashes of questions and documents: "
        "no text. It is append-only, so that nobody can take out what was done."
    )


def preview_user(user: str, engine: Engine) -> UserPreview:
    """The user's questions with their answers, what they said of answers, and what was made of that."""
    places = rows_that(engine, traces, traces.c.principal == user, _ERASE)
    ids = [place.key[0] for place in places]
    said = rows_that(engine, feedback, feedback.c.given_by == user, _ERASE)
    asked = _questions(engine, user)
    places += said
    for table, inner in ((question_proposals, "text"), (dataset_rows, "question")):
        for row in rows_of(engine, table):
            origin = row["origin"] if "origin" in row else row["body"].get("origin")
            if origin == "feedback" and row["body"].get(inner) in asked:
                keys = [column == row[column.name] for column in table.primary_key.columns]
                condition = keys[0] if len(keys) == 1 else keys[0] & keys[1]
                places += rows_that(engine, table, condition, _ERASE)
    for start in range(0, len(ids), _AT_ONCE):
        mine = retrieval_results.c.body["trace"].as_string().in_(ids[start : start + _AT_ONCE])
        places += rows_that(engine, retrieval_results, mine, _ERASE)
    for table in metadata.sorted_tables:  # what comes later and belongs to one principal, such as what they used up
        if "principal" in table.c and table is not traces and table.name not in SEALED:
            places += rows_that(engine, table, table.c.principal == user, _ERASE)
    with engine.connect() as connection:
        count = select(func.count()).select_from(audit).where(audit.c.who == user)
        return UserPreview(user, tuple(places), int(connection.execute(count).scalar_one()))


def forget_user(found: UserPreview, by: str, places: Places) -> UserForgotten:
    """Erase everything of a preview, compact the database, and look for the texts in every byte."""
    book = ReceiptBook(places.engine, places.mac)
    term = places.mac("person", f"user {found.user}")
    receipt = UserForgotten(
        uuid.uuid4().hex, by, datetime.now(UTC).isoformat(timespec="seconds"), (term,), acted=found.entries
    )
    book.keep("user", receipt.id, receipt.began_at, asdict(receipt))
    texts = _texts(places.engine, found)
    erase_rows(places.engine, found.places, Person("nobody in particular"))
    compact(places.engine)
    probes = probes_of(texts, places.engine)
    files, size, remains = scan(places.root, probes, places.opened)
    body: dict[str, Any] = asdict(receipt) | {
        "finished": True,
        "erased": dict(Counter(place.kind for place in found.places)),
        "traces": tuple(place.key[0] for place in found.places if place.table == "traces"),
        "files_scanned": files,
        "bytes_scanned": size,
        "probes": len(probes),
        "remains": tuple(remains),
    }
    book.keep("user", receipt.id, receipt.began_at, body)
    return UserForgotten(**body)


def probes_of(texts: set[str], engine: Engine) -> list[bytes]:
    """The texts as bytes, as the store writes them, without those that something which stays holds too."""
    wanted = {text for text in texts if len(text) >= _LEAST}
    for table in metadata.sorted_tables:
        for row in rows_of(engine, table) if wanted else ():
            for _, held in texts_of(table, row):
                wanted -= {text for text in wanted if text in held}
    return [way for text in sorted(wanted) for way in {text.encode(), json.dumps(text)[1:-1].encode()}]


def users(engine: Engine) -> list[str]:
    """Names of all who asked or said something that is still kept."""
    found: set[str] = set()
    with engine.connect() as connection:
        for column in (traces.c.principal, feedback.c.given_by):
            found |= set(connection.execute(select(column).distinct()).scalars())
    return sorted(found)


def _questions(engine: Engine, user: str) -> set[str]:
    asked: set[str] = set()
    with engine.connect() as connection:
        asked |= set(connection.execute(select(traces.c.question).where(traces.c.principal == user)).scalars())
        understood = select(traces.c.body["understood"].as_string()).where(traces.c.principal == user)
        asked |= set(connection.execute(understood).scalars())
        for body in connection.execute(select(feedback.c.body).where(feedback.c.given_by == user)).scalars():
            asked.add(body["question"])
    return {each for each in asked if each}


def _texts(engine: Engine, found: UserPreview) -> set[str]:
    """What was typed and corrected, to be looked for afterwards."""
    texts = _questions(engine, found.user)
    with engine.connect() as connection:
        for body in connection.execute(select(feedback.c.body).where(feedback.c.given_by == found.user)).scalars():
            texts.add(body["corrected"])
    return texts
