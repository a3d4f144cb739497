"""What a report says of a workshop: how it voted, and how the votes moved from one snapshot to the next."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.decision.paper_parts import Section, Sheet
from core.decision.questions import NAMES, PATHS, QUESTIONS
from core.decision.votes import Spread, Tally
from core.decision.workshops import Snapshot
from core.wording import many


@dataclass(frozen=True, slots=True)
class Heard:
    """A workshop as a report tells of it."""

    title: str
    tally: Tally | None
    """None where nobody voted."""
    snapshots: Sequence[Snapshot] = ()
    """Newest first."""


def heard_sections(heard: Heard) -> tuple[Section, ...]:
    """How it voted, and its snapshots where some were taken."""
    return (
        *((_votes(heard.tally),) if heard.tally else ()),
        *((_snapshots(heard.snapshots),) if heard.snapshots else ()),
    )


def _votes(tally: Tally) -> Section:
    rows = tuple(_spread(each) for each in tally.spreads)
    leaning = ", ".join(f"{NAMES[p] if p in PATHS else p}: {n}" for p, n in tally.leanings.items() if n)  # type: ignore[index]
    own = ", ".join(f"{NAMES[path]}: {count}" for path, count in tally.winners.items() if count)
    agreed = ", ".join(QUESTIONS[each.question].title for each in tally.agreed) or "none"
    apart = [QUESTIONS[each.question].title for each in tally.dissent]
    split = ", ".join([*(["the path itself"] if tally.divided else []), *apart]) or "none"
    tied = ", ".join(QUESTIONS[key].title for key in tally.group.tied)
    points = (
        f"Leaning of the voters: {leaning}.",
        f"What the table gives for each vote alone: {own}.",
        f"Agreement: {agreed}.",
        f"Dissent: {split}.",
        *((f"Tied: {tied}. Each counts with the mean points of its tied answers.",) if tied else ()),
    )
    head = ("Question", "Mean weight", "From to", "Answers", "Agreement")
    said = f"{many(tally.count, 'vote')}; the lens of the group has the mean weights and the answers with most votes, "
    said += "or all that are tied for most."
    return Section("What the workshop said", (said,), points, Sheet(head, rows, (0.22, 0.12, 0.12, 0.4, 0.14)))


def _spread(each: Spread) -> tuple[str, ...]:
    options = QUESTIONS[each.question].options
    answers = "; ".join(f"{options[option].label}: {count}" for option, count in each.answers.items())
    return (
        QUESTIONS[each.question].title, f"{each.mean:.2f}", f"{each.low:g} to {each.high:g}", answers or "-",
        f"{each.agreement:.0%}",
    )  # fmt: skip


def _snapshots(kept: Sequence[Snapshot]) -> Section:
    rows = tuple(
        (
            f"{each.made_at[:16].replace('T', ' ')} UTC{f': {each.note}' if each.note else ''}",
            str(each.tally.count),
            next((NAMES[path] for path in PATHS if path == each.winner), each.winner),
            *(f"{each.totals[path]:.2f}" for path in PATHS),
            ", ".join(QUESTIONS[spread.question].title for spread in each.tally.dissent) or "nothing",
        )
        for each in reversed(kept)
    )
    head = ("When", "Votes", "Path", *(NAMES[path] for path in PATHS), "Split on")
    said = "Each line keeps the votes, and the scores by the evidence of that moment; the oldest is first."
    widths = (0.22, 0.07, 0.15, 0.11, 0.11, 0.11, 0.23)
    return Section("How the votes moved", (said,), table=Sheet(head, rows, widths))
