"""Places that name a person, as plain data for the browser, and the component that draws them; it decides nothing."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from core.forgetting.places import Place, Seen, Way
from pages.shared.drawing import component

_mentions = component("mentions", Path(__file__).with_name("mentions.js"))


def draw(data: Mapping[str, Any], key: str, chosen: Callable[[], None]) -> None:
    """Mount the places; `chosen` is called when somebody chose a way for one."""
    _mentions(data=data, key=key, on_chosen_change=chosen)


def view(places: Sequence[Place], ways: Mapping[str, Way], writable: bool = True) -> dict[str, Any]:
    """Everything that the browser draws."""
    return {"writable": writable, "places": [_place(place, ways) for place in places]}


def _place(place: Place, ways: Mapping[str, Way]) -> dict[str, Any]:
    return {
        "id": place.id,
        "kind": place.kind,
        "title": place.title,
        "ways": list(place.ways),
        "way": ways.get(place.id, place.ways[0]),
        "mentions": [_seen(each) for each in place.mentions],
    }


def _seen(seen: Seen) -> dict[str, str]:
    where = f"page {seen.page}" if seen.page else _where(seen.field)
    return {"where": where, "before": seen.before, "text": seen.text, "after": seen.after, "form": seen.form}


def _where(field: str) -> str:
    """A field as a reader names it: without the numbers and the column that holds everything."""
    parts = [part for part in field.removesuffix(" key").split(".") if not part.isdigit() and part != "body"]
    return parts[-1].replace("_", " ") if parts else field
