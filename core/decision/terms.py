"""The lines of the cost model: each is a product of inputs, so that it can be opened, checked and varied as one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from core.decision.prices import PATHS, Path

When = Literal["once", "monthly", "per request"]
UNITS: dict[When, str] = {"once": "$", "monthly": "$/month", "per request": "$/request"}
Serving = Literal["hosted", "own"]
SERVINGS: tuple[Serving, ...] = ("hosted", "own")
Part = Literal["Up front", "Per request", "Storage", "Upkeep", "Opportunity"]
PARTS: tuple[Part, ...] = ("Up front", "Per request", "Storage", "Upkeep", "Opportunity")


@dataclass(frozen=True, slots=True)
class Factor:
    """An input within a product."""

    name: str
    power: int = 1
    complement: bool = False
    """Whether one less the input counts, as with a share of wrong answers."""


@dataclass(frozen=True, slots=True)
class Term:
    """A line of one path; its amount is the product of its factors."""

    title: str
    part: Part
    when: When
    factors: tuple[Factor, ...]
    tiered: bool = False
    """Whether a host's discount by volume applies to it."""

    @property
    def unit(self) -> str:
        """What the product must come out in."""
        return UNITS[self.when]


def terms(path: Path, serving: Serving) -> tuple[Term, ...]:
    """The lines of a path, in the order of the parts."""
    found = [*_up_front(path), *_request(path, serving), *_storage(path), *_upkeep(path), *_lost(path)]
    return tuple(sorted(found, key=lambda term: PARTS.index(term.part)))


def names(serving: Serving) -> list[str]:
    """The inputs that any line of this serving uses, each once."""
    used = [factor.name for path in PATHS for term in terms(path, serving) for factor in term.factors]
    return list(dict.fromkeys(["requests", "growth", "discount", *used]))


def _f(*named: str) -> tuple[Factor, ...]:
    """Factors by name; "/name" divides, "1-name" is one less it."""
    return tuple(
        Factor(name.removeprefix("/").removeprefix("1-"), -1 if name[0] == "/" else 1, name.startswith("1-"))
        for name in named
    )


_TRAINS = ("train_minutes", "attempts", "locales", "variants", "machine_hour")


def _up_front(path: Path) -> Iterator[Term]:
    yield Term("Engineers build it", "Up front", "once", _f(f"weeks_{path}", "engineer_week"))
    if path != "tuning":
        yield Term("Documents are embedded", "Up front", "once", _f("corpus", "embed_price"))
    if path != "retrieval":
        curated = _f("rows", "minutes_row", "curator_hour", "locales")
        yield Term("Rows are written and checked", "Up front", "once", curated)
        yield Term("The first release is trained", "Up front", "once", _f("releases", *_TRAINS))
        proved = _f("releases", "prove_release", "locales", "variants", "engineer_week")
        yield Term("The first release is proved", "Up front", "once", proved)


def _request(path: Path, serving: Serving) -> Iterator[Term]:
    tuned = () if path == "retrieval" else ("tuned_rate",)
    if serving == "hosted":
        yield Term("Tokens read", "Per request", "per request", _f(f"read_{path}", "price_in", *tuned), True)
        yield Term("Tokens written", "Per request", "per request", _f(f"written_{path}", "price_out", *tuned), True)
        if path != "tuning":
            yield Term("Machine time to search", "Per request", "per request",
                       _f("search_seconds", "machine_hour", "idle"))  # fmt: skip
    else:
        yield Term("Machine time", "Per request", "per request", _f(f"seconds_{path}", "machine_hour", "idle"))


def _storage(path: Path) -> Iterator[Term]:
    if path != "tuning":
        yield Term("The index", "Storage", "monthly", _f("index_size", "disk"))
        yield Term("A search service", "Storage", "monthly", _f("search_month"))
    yield Term("The originals", "Storage", "monthly", _f("originals_size", "disk"))
    yield Term("The log of requests", "Storage", "per request", _f("log_size", "log_months", "disk"))
    if path != "retrieval":
        kept = _f("checkpoint_size", "checkpoints", "locales", "variants", "disk")
        yield Term("Checkpoints", "Storage", "monthly", kept)
        yield Term("A reserved place for the tuned model", "Storage", "monthly", _f("endpoint_month"))


def _upkeep(path: Path) -> Iterator[Term]:
    yield Term("Engineers run it", "Upkeep", "monthly", _f(f"care_{path}", "engineer_week"))
    if path != "tuning":
        yield Term("Changed documents are embedded again", "Upkeep", "monthly",
                   _f("changes", "change_tokens", "embed_price"))  # fmt: skip
        yield Term("Changes are looked after", "Upkeep", "monthly", _f("changes", "check_change", "engineer_week"))
    if path != "retrieval":
        proved = ("prove_release", "locales", "variants", "engineer_week")
        taught = ("changes", *(("taught_both",) if path == "both" else ()))
        yield Term("Trainings after changes", "Upkeep", "monthly", _f(*taught, "/changes_release", *_TRAINS))
        yield Term("Rows are rewritten", "Upkeep", "monthly",
                   _f(*taught, "rows_change", "minutes_row", "curator_hour", "locales"))  # fmt: skip
        yield Term("Releases are proved", "Upkeep", "monthly", _f(*taught, "/changes_release", *proved))


def _lost(path: Path) -> Iterator[Term]:
    yield Term("Wrong answers", "Opportunity", "per request", _f(f"1-right_{path}", "wrong_cost"))
    yield Term("Months of waiting", "Opportunity", "once", _f(f"wait_{path}", "worth"))
