"""The fates of an answer's candidates as a drawing for a file: SVG without script; it knows no page."""

from collections.abc import Sequence
from html import escape

from core.answering.journeys import Axis, Journey, axes, journeys
from core.types import Answer, Fate

WIDTH, HEIGHT = 560, 400
_TOP, _LEFT, _RIGHT, _BOTTOM = 34, 34, 156, 14
_BEND = 0.7
"""Ranks fall off as their power of this, so that the first stand apart."""
_APART = 13
"""Pixels between two labels at least."""
_SHORT = 20
"""Signs of a document's name in a label."""
TITLES: dict[Axis, str] = {
    "dense": "Meaning",
    "sparse": "Words",
    "fused": "Fused",
    "rerank": "Rerank",
    "final": "Final",
    "packed": "Prompt",
    "cited": "Cited",
}
"""What each stage is called above its axis."""
COLOURS = {
    Fate.CITED: "#b07a10",
    Fate.PACKED: "#3d6a94",
    Fate.TRUNCATED: "#b4691f",
    Fate.DROPPED: "#b3402e",
    Fate.WITHHELD: "#b3402e",
    Fate.RETRIEVED: "#8b8475",
}


def svg(answer: Answer) -> str:
    """The drawing; empty where nothing was searched."""
    shown, ways = axes(answer), journeys(answer)
    if not shown:
        return ""
    deepest = max(max(way.places.values()) for way in ways)
    across = (WIDTH - _LEFT - _RIGHT) / (len(shown) - 1)
    places = {axis: _LEFT + across * at for at, axis in enumerate(shown)}
    parts = [_axis(TITLES[axis], x) for axis, x in places.items()]
    parts += [_rank(rank, deepest) for rank in (1, 5, 10, 20, 40, 80, 160) if rank <= deepest]
    order = sorted(ways, key=lambda way: list(Fate).index(way.hit.fate))  # the cited ones lie on top
    parts += [_way(way, places, deepest) for way in order]
    parts += _ends([way for way in ways if "packed" in way.places], places, deepest)
    label = f"{len(ways)} candidates by their rank at each stage"
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}" xmlns="http://www.w3.org/2000/svg">'
        f"{''.join(parts)}</svg>"
    )


def _ends(ways: Sequence[Journey], places: dict[Axis, float], deepest: int) -> list[str]:
    """What was cited by its number and document behind the last axis, what was only in the prompt by its number."""
    parts, low = [], dict.fromkeys(places, 0.0)
    for way in sorted(ways, key=lambda way: way.places["packed"]):
        number, fate = way.places["packed"], way.hit.fate
        x, y = places[way.end] + 9, _y(way.places[way.end], deepest) + 4
        y = low[way.end] = max(y, low[way.end] + _APART)
        if fate is Fate.CITED:
            name = way.hit.document
            told = f"[{number}] {name if len(name) <= _SHORT else f'{name[: _SHORT - 1]}…'}"
        else:
            told = f"[{number}]"
        parts.append(f'<text class="end" x="{x:.1f}" y="{y:.1f}" style="fill:{COLOURS[fate]}">{escape(told)}</text>')
    return parts


def _y(rank: int, deepest: int) -> float:
    share: float = ((rank - 1) / max(1, deepest - 1)) ** _BEND
    return _TOP + 10 + share * (HEIGHT - _TOP - _BOTTOM - 20)


def _axis(title: str, x: float) -> str:
    return (
        f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{HEIGHT - _BOTTOM}"/>'
        f'<text class="title" x="{x:.1f}" y="{_TOP - 12}">{title}</text>'
    )


def _rank(rank: int, deepest: int) -> str:
    return f'<text class="rank" x="{_LEFT - 12}" y="{_y(rank, deepest) + 3:.1f}">{rank}</text>'


def _way(way: Journey, places: dict[Axis, float], deepest: int) -> str:
    points = [(places[axis], _y(rank, deepest)) for axis, rank in way.places.items() if axis in places]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    fate = way.hit.fate
    told = escape(f"{way.hit.document}, characters {way.hit.chunk.start} to {way.hit.chunk.end}: {way.note}")
    end = (
        f'<path d="M{x - 4:.1f},{y - 4:.1f}l8,8m0,-8l-8,8"/>'
        if fate in (Fate.DROPPED, Fate.WITHHELD)
        else f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{4.5 if fate is Fate.CITED else 3}"/>'
    )
    return (
        f'<g class="{fate.value}" style="color:{COLOURS[fate]}"><title>{told}</title>'
        f'<polyline points="{line}"/>{end}</g>'
    )
