"""Trials as they are kept: several recipes over one question set and the same documents; it runs none of them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.engine import Row

from core.errors import NotFound
from core.recipes import from_json
from core.storage.database import trials as table
from core.types import Principal, Recipe, Zone

Kind = Literal["sweep", "embedders", "arms", "answers", "routes"]


@dataclass(frozen=True, slots=True)
class Trial:
    """A sweep, a comparison of embedders, the four arms of an adapter, or answers of recipes."""

    id: str
    kind: Kind
    began_at: str
    title: str
    set_name: str
    by: str
    zones: tuple[Zone, ...]
    labels: tuple[str, ...] | None
    corpus: str
    """Hash of the documents; a trial whose documents changed is not gone on with."""
    recipes: tuple[Recipe, ...]
    """What is tried, those with the same index side by side."""
    axes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The fields that a sweep varied, with their values as text; of four arms and of answers what they were made of."""
    skipped: Mapping[str, str] = field(default_factory=dict)
    """Combinations of a sweep that no recipe can have, with the reason."""
    failed: Mapping[str, str] = field(default_factory=dict)
    """By the hash of a recipe, why it could not be tried."""
    speeds: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """By the hash of a recipe, what was measured of its embedder."""

    @property
    def principal(self) -> Principal:
        """As whom it searches."""
        return Principal(self.by, ("reader", "builder"), self.zones, self.labels)


class Trials:
    """The trials of one workspace."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(
        self,
        kind: Kind,
        title: str,
        set_name: str,
        principal: Principal,
        corpus: str,
        recipes: Sequence[Recipe],
        axes: Mapping[str, Sequence[str]] | None = None,
        skipped: Mapping[str, str] | None = None,
    ) -> Trial:
        """Keep a trial of which nothing was run yet."""
        body: dict[str, Any] = {
            "title": title,
            "set_name": set_name,
            "by": principal.name,
            "zones": list(principal.zones),
            "labels": None if principal.labels is None else list(principal.labels),
            "corpus": corpus,
            "recipes": [asdict(recipe) for recipe in recipes],
            "axes": {name: list(values) for name, values in (axes or {}).items()},
            "skipped": dict(skipped or {}),
            "failed": {},
            "speeds": {},
        }
        key = uuid.uuid4().hex[:12]
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._engine.begin() as connection:
            connection.execute(insert(table).values(id=key, kind=kind, began_at=now, body=body))
        return self.get(key)

    def note(self, trial_id: str, part: Literal["failed", "speeds"], recipe: Recipe, what: object) -> None:
        """Write down why a recipe failed, or what was measured of its embedder; None takes the failure back."""
        with self._engine.begin() as connection:
            body = dict(connection.execute(select(table.c.body).where(table.c.id == trial_id)).scalar_one())
            held = {key: value for key, value in body[part].items() if key != recipe.hash}
            body[part] = held if what is None else {**held, recipe.hash: what}
            connection.execute(update(table).where(table.c.id == trial_id).values(body=body))

    def get(self, trial_id: str) -> Trial:
        """The trial of this id; raises NotFound."""
        with self._engine.connect() as connection:
            row = connection.execute(select(table).where(table.c.id == trial_id)).one_or_none()
        if row is None:
            raise NotFound(f"There is no trial '{trial_id}'.")
        return _trial(row)

    def all(self, kind: Kind) -> list[Trial]:
        """All trials of a kind, newest first."""
        query = select(table).where(table.c.kind == kind).order_by(table.c.began_at.desc())
        with self._engine.connect() as connection:
            return [_trial(row) for row in connection.execute(query)]

    def remove(self, trial_id: str) -> None:
        """Forget a trial; its runs are removed apart."""
        with self._engine.begin() as connection:
            connection.execute(delete(table).where(table.c.id == trial_id))


def _trial(row: Row[Any]) -> Trial:
    body = dict(row.body)
    labels = body.pop("labels")
    return Trial(
        id=row.id,
        kind=row.kind,
        began_at=row.began_at,
        zones=tuple(body.pop("zones")),
        labels=None if labels is None else tuple(labels),
        recipes=tuple(from_json(recipe) for recipe in body.pop("recipes")),
        **body,
    )
