"""The way of every candidate of an answer: its rank at each stage, where it ended, and why; it draws nothing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, get_args

from core.guardrails.wording import listed
from core.types import Answer, Chunk, Fate, Hit

Axis = Literal["dense", "sparse", "fused", "rerank", "final", "packed", "cited"]
AXES: tuple[Axis, ...] = get_args(Axis)
"""In the order in which a candidate passes them; "final" is the rank that the prompt is filled by."""
Link = tuple[tuple[int, int], tuple[int, int]]
"""Two (column, place in its candidates) that show the same passage."""


@dataclass(frozen=True, slots=True)
class Journey:
    """One candidate on its way."""

    hit: Hit
    places: Mapping[Axis, int]
    """Its rank, from 1, at each stage that it reached; at "packed" and "cited" its number in the prompt."""
    end: Axis
    """The last stage that it reached."""
    note: str
    """In a few words why it ended there."""
    why: str
    """The same as a sentence."""


def axes(answer: Answer) -> tuple[Axis, ...]:
    """The stages that candidates of the answer passed, in their order; none where nothing was searched."""
    hits = answer.trace.candidates
    if not hits:
        return ()
    return tuple(axis for axis in AXES if axis in AXES[4:] or any(axis in hit.scores for hit in hits))


def journeys(answer: Answer) -> tuple[Journey, ...]:
    """The candidates in the order of the trace, each with its ranks and its end."""
    numbers = {source.hit.chunk.id: source.number for source in answer.sources}
    return tuple(_journey(hit, numbers.get(hit.chunk.id), answer) for hit in answer.trace.candidates)


def tally(answer: Answer) -> tuple[tuple[str, int], ...]:
    """How many candidates met each end, in words, the farthest first; ends that none met are left out."""
    counts: dict[Fate, int] = defaultdict(int)
    for hit in answer.trace.candidates:
        counts[hit.fate] += 1
    extractive = answer.trace.prompt is None
    names = {
        Fate.CITED: "cited",
        Fate.PACKED: "read, not quoted" if extractive else "in the prompt, not cited",
        Fate.TRUNCATED: "cut short",
        Fate.DROPPED: "did not fit",
        Fate.WITHHELD: "kept out",
        Fate.RETRIEVED: "ranked too low",
    }
    return tuple((name, counts[fate]) for fate, name in names.items() if counts[fate])


def same_passage(one: Chunk, other: Chunk) -> bool:
    """Whether two chunks, of whatever cut, share text of one document."""
    return one.document_id == other.document_id and one.start < other.end and other.start < one.end


def links(columns: Sequence[Sequence[Hit]]) -> tuple[Link, ...]:
    """The candidates of different columns that are the same passage, column by column."""
    found: list[Link] = []
    for (left, mine), (right, theirs) in combinations(enumerate(columns), 2):
        by_document: dict[str, list[int]] = defaultdict(list)
        for place, hit in enumerate(theirs):
            by_document[hit.chunk.document_id].append(place)
        found += [
            ((left, place), (right, other))
            for place, hit in enumerate(mine)
            for other in by_document[hit.chunk.document_id]
            if same_passage(hit.chunk, theirs[other].chunk)
        ]
    return tuple(found)


def _journey(hit: Hit, number: int | None, answer: Answer) -> Journey:
    places: dict[Axis, int] = {axis: hit.scores[axis].rank for axis in AXES[:4] if axis in hit.scores}
    places["final"] = hit.rank
    end: Axis = "final"
    if number is not None:
        places["packed"] = number
        end = "packed"
    if hit.fate is Fate.CITED and number is not None:
        places["cited"] = number
        end = "cited"
    note, why = _ending(hit, number, answer)
    return Journey(hit, places, end, note, why)


def _ending(hit: Hit, number: int | None, answer: Answer) -> tuple[str, str]:
    trace = answer.trace
    prompt, pinned = trace.prompt, hit.chunk.id in trace.pinned
    budget = f"budget {prompt.budget:,}" if prompt else "no budget"
    first = " A person put it first." if pinned else ""
    if hit.fate is Fate.CITED:
        cited = sum(citation.source == number for citation in answer.citations)
        times = "once" if cited == 1 else f"{cited} times"
        short = prompt is not None and hit.chunk.id in prompt.truncated
        more = ", cut short" if short else ""
        return f"cited {times}{more}", f"The answer cites it {times}, as source {number}{more}.{first}"
    if hit.fate is Fate.PACKED:
        return _unused(number, answer, first)
    if hit.fate is Fate.TRUNCATED:
        return (
            f"cut short: {budget}",
            f"Only its beginning fitted into the prompt ({budget} tokens), and the answer does not cite it.{first}",
        )
    if hit.fate is Fate.DROPPED:
        return f"did not fit: {budget}", f"It ranked {hit.rank}, and the prompt was full before it ({budget} tokens)."
    return _withheld(hit, answer) if hit.fate is Fate.WITHHELD else _too_low(hit, answer)


def _withheld(hit: Hit, answer: Answer) -> tuple[str, str]:
    if hit.chunk.id in answer.trace.barred:
        return "kept out by hand", f"It ranked {hit.rank}; a person kept it out of the prompt."
    rules = listed([each for each in hit.rulings if each.action in ("veto", "quarantine")])
    return "kept out by policy", f"The policy keeps it out of prompts{f' ({rules})' if rules else ''}."


def _unused(number: int | None, answer: Answer, first: str) -> tuple[str, str]:
    if answer.abstained:
        return "packed, answer declined", f"It was source {number}, and the answer was declined.{first}"
    if answer.trace.prompt is None:
        return "read, not quoted", f"It was source {number}, and other sentences were quoted before its own.{first}"
    return (
        "packed, not cited",
        f"It stood in the prompt as source {number}, and no sentence of the answer rests on it.{first}",
    )


def _too_low(hit: Hit, answer: Answer) -> tuple[str, str]:
    choice, pinned = answer.trace.choice, len(answer.trace.pinned)
    if choice is None:
        return f"rank {hit.rank}, not taken", f"It ranked {hit.rank}, below what the prompt takes."
    takes = choice.retrieval.top_k
    ahead = f", {pinned} of them put first by hand" if pinned else ""
    note = f"rank {hit.rank}, prompt takes {takes}"
    return note, f"It ranked {hit.rank}; the prompt takes {takes} passages{ahead} (top_k)."
