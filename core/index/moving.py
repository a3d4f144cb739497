"""Copies indexes from one store to another, page by page, and believes the copy only after comparing it.

It works on the contract alone and knows neither store. The source is only read. A copy that was cut short is begun
again: entries have the same ids on both sides, so what is there already is written over, not doubled.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

import numpy as np

from core.errors import IndexFailure
from core.index.contract import Access, Query, Stored, VectorIndex
from core.types import ZONES, Zone

_PAGE = 500
"""Entries held in memory at once."""
_SAMPLES = 20
"""Searches that are compared, in each zone."""
_TOP = 10
_NEAR = 1e-3
"""Difference of scores that two engines may have for the same vectors."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What was copied of one index, and verified."""

    key: str
    chunks: dict[Zone, int]
    searches: int
    """Searches whose first hits were compared on both sides."""


def copy_indexes(
    source: VectorIndex, target: VectorIndex, report: Callable[[str, int, int], None] = lambda *_: None
) -> list[Moved]:
    """Copy every index of `source` to `target` and verify it; `report` gets key, chunks done, chunks in all.

    The indexes of `source` must be open. Raises IndexFailure when the target holds documents that the source lacks
    (then nothing of that index was written), or when counts or searches differ afterwards; the source stays as it was.
    """
    return [_copy(key, source, target, report) for key in source.keys()]  # noqa: SIM118 - a method, not a dict


def _copy(key: str, source: VectorIndex, target: VectorIndex, report: Callable[[str, int, int], None]) -> Moved:
    target.open(source.spec(key))
    for zone in ZONES:
        strangers = target.counts(key, zone).keys() - source.counts(key, zone).keys()
        if strangers:
            raise IndexFailure(
                f"The target holds {len(strangers)} documents in the {zone} zone of index {key} that are not here; "
                "nothing was copied. Remove that index there first."
            )
    whole = sum(sum(source.counts(key, zone).values()) for zone in ZONES)
    done = 0
    samples: dict[Zone, list[Stored]] = {}
    for zone in ZONES:
        samples[zone] = []
        seen = 0
        chance = random.Random(f"{key} {zone}")  # noqa: S311 - a spread over the entries, not a secret
        for page in _pages(source.iterate(key, zone)):
            vectors = np.stack([stored.vector for stored in page])
            target.replace_document(key, zone, [stored.entry for stored in page], vectors, {})
            for stored in page:  # reservoir sampling: each entry has the same chance, and few are kept
                seen += 1
                if len(samples[zone]) < _SAMPLES:
                    samples[zone].append(stored)
                elif (place := chance.randrange(seen)) < _SAMPLES:
                    samples[zone][place] = stored
            done += len(page)
            report(key, done, whole)
    for zone in ZONES:
        _compare_counts(key, zone, source, target)
        for stored in samples[zone]:
            _compare_search(key, zone, stored, source, target)
    chunks = {zone: sum(target.counts(key, zone).values()) for zone in ZONES}
    return Moved(key, chunks, sum(map(len, samples.values())))


def _compare_counts(key: str, zone: Zone, source: VectorIndex, target: VectorIndex) -> None:
    here, there = source.counts(key, zone), target.counts(key, zone)
    differing = [document for document in here.keys() | there.keys() if here.get(document) != there.get(document)]
    if differing:
        raise IndexFailure(
            f"The copy of index {key} differs in the {zone} zone: {sum(here.values())} passages here, "
            f"{sum(there.values())} there, in {len(differing)} documents; the source stays in use."
        )


def _compare_search(key: str, zone: Zone, stored: Stored, source: VectorIndex, target: VectorIndex) -> None:
    """The first hits of both sides for a stored vector; hits with equal scores may stand in any order."""
    day = date.fromisoformat(stored.entry.valid_from) if stored.entry.valid_from else date.today()
    access = Access((zone,), None, day)
    query = Query(stored.vector, None, _TOP, exact=True)
    here, there = (index.search(key, query, access).dense for index in (source, target))
    scores = [np.array([hit.score for hit in hits]) for hits in (here, there)]
    agree = len(here) == len(there) and np.allclose(scores[0], scores[1], rtol=_NEAR, atol=_NEAR)
    if agree and here:
        last = here[-1].score + _NEAR * max(1.0, abs(here[-1].score))
        sure = [{hit.entry.chunk.id for hit in hits if hit.score > last} for hits in (here, there)]
        hits_there, hits_here = ({hit.entry.chunk.id for hit in hits} for hits in (there, here))
        agree = sure[0] <= hits_there and sure[1] <= hits_here
    if not agree:
        raise IndexFailure(
            f"The copy of index {key} finds other passages in the {zone} zone for '{stored.entry.document}'; "
            "the source stays in use."
        )


def _pages(stream: Iterator[Stored]) -> Iterator[Sequence[Stored]]:
    while page := list(islice(stream, _PAGE)):
        yield page
