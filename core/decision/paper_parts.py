"""What a report is made of: sections with paragraphs, points, bars and tables; it knows neither HTML nor PDF."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """A score from 0 to 5 to be drawn."""

    label: str
    value: float
    best: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its head, rows of as many cells, and the share of the width that each column takes."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report; `bars` come first, then the paragraphs, the points and the table."""

    title: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    table: Sheet | None = None
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole report."""

    title: str
    about: str
    sections: tuple[Section, ...]
