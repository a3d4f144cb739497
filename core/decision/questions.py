"""What the lens asks, and the one table of points that each answer gives each path; it weighs and measures nothing.

The points are judgements, stated here and nowhere else, each with its reason. Where a workspace has measured the same
thing, the measured figure takes their place; see `core.decision.lens`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

Path = Literal["retrieval", "adapter", "blend"]
PATHS: tuple[Path, ...] = get_args(Path)
"""In the order in which a tie is broken: what is easier to undo stands first."""
NAMES: Mapping[Path, str] = MappingProxyType({"retrieval": "Retrieval", "adapter": "Adapter", "blend": "Both together"})
SHORT: Mapping[Path, str] = MappingProxyType({"retrieval": "Retrieval", "adapter": "Adapter", "blend": "Both"})
"""Where there is little room."""
IN_SENTENCES: Mapping[Path, str] = MappingProxyType(
    {"retrieval": "retrieval", "adapter": "an adapter", "blend": "both together"}
)

Skill = Literal["data curation", "training", "search", "prompts", "operations"]
SKILLS: Mapping[Skill, str] = MappingProxyType(
    {
        "data curation": "Somebody writes, reviews and renews the rows that an adapter learns.",
        "training": "Somebody trains, proves and releases an adapter, and reads its curves.",
        "search": "Somebody tunes cutting, embedding and ranking, and reads what a search missed.",
        "prompts": "Somebody writes prompts and knows when one overflows.",
        "operations": "Somebody runs it: updates, alarms, backups, erasures.",
    }
)
NEEDS: Mapping[Path, tuple[Skill, ...]] = MappingProxyType(
    {
        "retrieval": ("search", "prompts", "operations"),
        "adapter": ("data curation", "training", "operations"),
        "blend": ("data curation", "training", "search", "prompts", "operations"),
    }
)


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a question, with the points from 0 to 5 that it gives each path, and why."""

    label: str
    points: tuple[float, float, float]
    """Of retrieval, adapter and blend."""
    why: tuple[str, str, str]

    def of(self, path: Path) -> tuple[float, str]:
        """Points and reason of a path."""
        place = PATHS.index(path)
        return self.points[place], self.why[place]


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that is asked and weighed."""

    title: str
    asks: str
    options: Mapping[str, Option]
    """By key; empty where points are measured or counted, not answered."""


QUESTIONS: Mapping[str, Question] = MappingProxyType({
    "cost": Question("Cost shape", "How does the traffic come?", {
        "weekend": Option("Weekend traffic: little, or in seasons", (5, 2, 3), (
            "Nothing is trained, and quiet weeks cost next to nothing.",
            "Training and a kept model are paid in quiet weeks too.",
            "The training is paid though few questions use it.",
        )),
        "steady": Option("A steady road: hundreds a day", (4, 3, 3), (
            "Passages in each prompt cost, but no more than at this volume they save in training.",
            "The training pays off slowly at this volume.",
            "Both the training and the longer prompts are paid.",
        )),
        "highway": Option("Highway traffic: many, all day", (2, 5, 3), (
            "Every question pays for the passages in its prompt, without an end.",
            "Training is paid once; each question is a short prompt.",
            "Shorter prompts than retrieval alone, longer ones than an adapter alone.",
        )),
    }),
    "latency": Question("Latency", "How long may an answer take?", {
        "relaxed": Option("Seconds are fine: people read sources", (5, 5, 4), (
            "Searching and reading passages fits well within it.",
            "It fits well within it.",
            "It fits within it.",
        )),
        "chat": Option("A chat: within three seconds", (4, 5, 3), (
            "The search is short; the passages in the prompt take most of the time.",
            "No search and a short prompt.",
            "It searches and reads passages, and wears an adapter.",
        )),
        "voice": Option("A voice: within one second", (1, 5, 2), (
            "A search and a long prompt before the first word are heard as silence.",
            "No search and a short prompt: the first word comes at once.",
            "The search and the passages stay; only their number shrinks.",
        )),
    }),
    "experience": Question("Form of the answers", "What must answers look like?", {
        "plain": Option("Plain: a quote or a short sentence will do", (5, 3, 4), (
            "It quotes the passage, word for word if wanted.",
            "What it learned to say is said as it was learned, and no more.",
            "More than is needed.",
        )),
        "house": Option("A fixed form or tone, in one language", (2, 4, 5), (
            "A prompt asks for the form; a small model keeps it now and then.",
            "The form is what an adapter learns best.",
            "The adapter keeps the form, the passages give the facts.",
        )),
        "languages": Option("One tone in several languages", (2, 3, 5), (
            "It finds across languages, and quotes the language of the document.",
            "It answers in the languages of its rows; each further one is data and a proof.",
            "The adapter writes in the asker's language what one index says in another.",
        )),
    }),
    "governance": Question("Governance and audit", "What must be shown of an answer?", {
        "light": Option("Nothing beyond a record of it", (4, 4, 4), (
            "A record is kept of every answer.",
            "A record is kept of every answer.",
            "A record is kept of every answer.",
        )),
        "sources": Option("Where it comes from", (5, 1, 4), (
            "Each sentence points to its passage.",
            "An adapter cannot say where it has something from.",
            "Sentences that the passages bear out point to them.",
        )),
        "proof": Option("Where it comes from, and that what is erased is gone", (5, 0, 3), (
            "A passage is shown, and erased with a proof.",
            "It shows no source, and what it learned goes only with the whole adapter.",
            "Sources are shown; an erasure retires the adapter with its rows.",
        )),
    }),
    "change": Question("Change frequency", "How often do the facts change?", {
        "rarely": Option("Once a year or less", (4, 5, 4), (
            "A new version is indexed at once, which is hardly used here.",
            "What it learns stays true.",
            "What it learns stays true, and passages back it.",
        )),
        "monthly": Option("Every month", (5, 2, 4), (
            "A new version answers as soon as it is in.",
            "It says the old value until it is trained anew, every month.",
            "Facts come from passages; the adapter must not learn them.",
        )),
        "daily": Option("Every day", (5, 0, 3), (
            "A new version answers as soon as it is in.",
            "No training keeps up: it says yesterday's values.",
            "Facts come from passages; whatever value the adapter learned contradicts them.",
        )),
    }),
    "sensitivity": Question("Sensitivity of the data", "Who may read what?", {
        "open": Option("Everybody may read everything", (5, 4, 4), (
            "Nothing has to be kept apart.",
            "Nothing has to be kept apart.",
            "Nothing has to be kept apart.",
        )),
        "mixed": Option("Different people may see different documents", (5, 1, 3), (
            "The filter of zones and labels stands inside the search.",
            "An adapter knows no reader: who may ask it may hear all that it learned.",
            "The passages are filtered; the adapter may only learn what all its askers may see.",
        )),
        "closed": Option("One cleared circle; text must not lie in an index or a log", (2, 5, 3), (
            "Passages lie in an index and in the record of every answer.",
            "No document is searched; one file with the weights stays in the circle.",
            "The passages lie in an index as they do with retrieval alone.",
        )),
    }),
    "skills": Question("Skills and readiness", "What is there on the team?", {}),
    "quality": Question("Being right, as measured here", "", {}),
})  # fmt: skip
"""By key, in the order in which they are asked. Skills are ticked, and being right is measured, not answered."""
ASKED = tuple(key for key, question in QUESTIONS.items() if question.options)

TRAFFIC: Mapping[str, float] = MappingProxyType({"weekend": 1_000.0, "steady": 10_000.0, "highway": 300_000.0})
"""Requests a month that an answer to the cost shape stands for, where nobody set a number: a judgement too."""
CHANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"rarely": (0.0, 1.0), "monthly": (0.5, 20.0), "daily": (15.0, float("inf"))}
)
"""Documents a month that agree with an answer to how often the facts change; others are pointed out."""
BUDGETS: Mapping[str, float] = MappingProxyType({"relaxed": 10.0, "chat": 3.0, "voice": 1.0})
"""Seconds within which 95 of 100 answers must be complete, by the answer to latency."""
