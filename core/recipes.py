"""The recipes of a workspace: those that come with Touchstone and those that people saved; it does not run them.

A saved recipe is kept as it was written, field by field, and read back the same way: a field that later versions add
takes its default, and a field that is not known any longer is an error that names it.
"""

import dataclasses
import json
import re
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, Literal, get_args, get_origin, get_type_hints

from sqlalchemy import Engine, delete, insert, select, update

from core.errors import NotFound, RequestError
from core.storage.database import recipes as table
from core.types import Embedding, Generation, Recipe, Retrieval

BUILT_IN = {
    "default": Recipe(route="auto"),
    "extractive": Recipe(generation=Generation(answerer="extractive"), route="auto"),
    "multilingual": Recipe(
        embedding=Embedding(model="e5"),
        retrieval=Retrieval(mode="dense"),  # words of one language only mislead a search in another
        generation=Generation(answerer="extractive", abstain_below=0.2),
        route="auto",
    ),
}
_NAME = re.compile(r"[\w][\w .-]{0,59}")


@dataclass(frozen=True, slots=True)
class Saved:
    """A recipe with its name and where it comes from."""

    name: str
    recipe: Recipe
    saved_at: str = ""
    saved_by: str = ""
    note: str = ""

    @property
    def built_in(self) -> bool:
        """Whether it comes with Touchstone and cannot be changed."""
        return self.name in BUILT_IN


class RecipeBook:
    """The recipes of one workspace, by name."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> list[Saved]:
        """Built-in ones first, then the saved ones by name; see `unreadable` for those that are left out."""
        return [*(Saved(name, held) for name, held in BUILT_IN.items()), *self._read()[0]]

    def unreadable(self) -> dict[str, str]:
        """Saved recipes that this version cannot read, by name, with the sentence why."""
        return self._read()[1]

    def get(self, name: str) -> Recipe:
        """The recipe of this name.

        Raises NotFound with the names that exist, RequestError for one that another version of Touchstone saved.
        """
        own, unreadable = self._read()
        if name in unreadable:
            raise RequestError(f"The recipe '{name}' was saved by another version: {unreadable[name]}")
        held = BUILT_IN | {saved.name: saved.recipe for saved in own}
        if name not in held:
            raise NotFound(f"There is no recipe '{name}'; choose {', '.join(held)}.")
        return held[name]

    def name_of(self, recipe_hash: str) -> str:
        """The name of the recipe with this hash, or the hash itself."""
        return next((saved.name for saved in self.all() if saved.recipe.hash == recipe_hash), recipe_hash)

    def save(self, name: str, recipe: Recipe, by: str, note: str = "") -> None:
        """Keep a recipe under a name, in place of the one that had it; raises RequestError for a name of our own."""
        check_name(name)
        row = {
            "body": asdict(recipe),
            "saved_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "saved_by": by,
            "note": note,
        }
        with self._engine.begin() as connection:
            changed = connection.execute(update(table).where(table.c.name == name).values(**row))
            if not changed.rowcount:
                connection.execute(insert(table).values(name=name, **row))

    def remove(self, name: str) -> None:
        """Forget a saved recipe; raises NotFound, and RequestError for one that comes with Touchstone."""
        if name in BUILT_IN:
            raise RequestError(f"The recipe '{name}' comes with Touchstone and cannot be removed.")
        with self._engine.begin() as connection:
            if not connection.execute(delete(table).where(table.c.name == name)).rowcount:
                raise NotFound(f"There is no saved recipe '{name}'.")

    def _read(self) -> tuple[list[Saved], dict[str, str]]:
        with self._engine.connect() as connection:
            rows = connection.execute(select(table).order_by(table.c.name)).all()
        own, unreadable = list[Saved](), dict[str, str]()
        for row in rows:
            try:
                own.append(Saved(row.name, from_json(row.body), row.saved_at, row.saved_by, row.note))
            except RequestError as error:  # one recipe must not take the others away
                unreadable[row.name] = str(error)
        return own, unreadable


def check_name(name: str) -> None:
    """Raises RequestError unless a recipe may be saved under this name."""
    if name in BUILT_IN:
        raise RequestError(f"The recipe '{name}' comes with Touchstone and stays as it is; choose another name.")
    if not _NAME.fullmatch(name):
        raise RequestError(
            f"'{name}' is no name for a recipe: letters, digits, spaces, dots, dashes and underscores, 60 at most."
        )


def recipe(name: str) -> Recipe:
    """The built-in recipe of this name; raises NotFound with the names that exist."""
    if name not in BUILT_IN:
        raise NotFound(f"There is no recipe '{name}'; choose {', '.join(BUILT_IN)}.")
    return BUILT_IN[name]


def from_json(body: dict[str, Any]) -> Recipe:
    """A recipe from what `dataclasses.asdict` made of it; raises RequestError for a field that it does not have."""
    parts: dict[str, Any] = {}
    kinds = get_type_hints(Recipe)
    for key, value in body.items():
        if key not in kinds:
            raise RequestError(f"A recipe has no field '{key}'.")
        kind = kinds[key]
        if not dataclasses.is_dataclass(kind):
            parts[key] = _of_kind(key, kind, value)
            continue
        inner = get_type_hints(kind)
        unknown = sorted(set(value) - set(inner))
        if unknown:
            raise RequestError(f"A recipe has no field '{key}.{unknown[0]}'.")
        made: Any = kind
        parts[key] = made(**{name: _of_kind(f"{key}.{name}", inner[name], held) for name, held in value.items()})
    return Recipe(**parts)


def varied(base: Recipe, changes: dict[str, str]) -> Recipe:
    """The recipe with fields set from text, such as {"retrieval.top_k": "8"}; raises RequestError, naming the field."""
    body = asdict(base)
    for path, text in changes.items():
        section, _, name = path.partition(".")
        place = body if not name else body.get(section)
        key = name or section
        if not isinstance(place, dict) or key not in place or isinstance(place[key], dict):
            raise RequestError(f"A recipe has no field '{path}'; it has {', '.join(field_names())}.")
        place[key] = _value(text)
    return from_json(body)


def field_names() -> list[str]:
    """All fields of a recipe as `section.field`."""
    names = []
    kinds = get_type_hints(Recipe)
    for each in fields(Recipe):
        kind = kinds[each.name]
        inner = fields(kind) if dataclasses.is_dataclass(kind) else None
        names += [f"{each.name}.{f.name}" for f in inner] if inner else [each.name]
    return names


def with_retrieval(base: Recipe, **changes: Any) -> Recipe:
    """The recipe with other fields of its retrieval."""
    return replace(base, retrieval=replace(base.retrieval, **changes))


def _value(text: str) -> Any:
    """What a person typed: JSON where it is JSON, else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _of_kind(path: str, kind: Any, value: Any) -> Any:
    """The value where it fits the field's type; raises RequestError."""
    if get_origin(kind) is Literal:
        choices = get_args(kind)
        if value not in choices:
            raise RequestError(f"{path} is '{value}'; choose {', '.join(map(str, choices))}.")
        return value
    allowed = get_args(kind) or (kind,)
    if type(value) is int and float in allowed and int not in allowed:
        return float(value)
    if not any(type(value) is each for each in allowed):
        wanted = " or ".join(getattr(each, "__name__", str(each)) for each in allowed)
        raise RequestError(f"{path} is {value!r}; it must be of type {wanted.replace('NoneType', 'null')}.")
    return value
