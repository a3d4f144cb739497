"""Six situations that teams are often in, as lenses to begin from; each says the path that the rules then give."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from core.decision.lens import Lens
from core.decision.questions import ASKED, SKILLS, Path, Skill

_ALL = frozenset(SKILLS)
_SEARCHERS = frozenset[Skill]({"search", "prompts", "operations"})
_TRAINERS = frozenset[Skill]({"data curation", "training", "operations"})
_SELLERS = frozenset[Skill]({"search", "prompts"})


@dataclass(frozen=True, slots=True)
class Archetype:
    """A situation with its lens."""

    title: str
    tells: str
    lens: Lens
    expected: Path
    """What the table of points gives with no measurement; held by a test."""
    because: str
    """Key of the question that decides it; held by a test."""


def _lens(answers: str, weights: str, skills: frozenset[Skill]) -> Lens:
    """Answers in the order of ASKED, their weights in the same order, then those of skills and of being right."""
    numbers = [float(each) for each in weights.split()]
    keys = (*ASKED, "skills", "quality")
    return Lens(dict(zip(ASKED, answers.split(), strict=True)), dict(zip(keys, numbers, strict=True)), skills)


ARCHETYPES: Mapping[str, Archetype] = MappingProxyType({
    "support": Archetype(
        "Support desk with daily prices", "Prices and stock change every day; agents read the source to the customer.",
        _lens("steady chat plain sources daily open", "2 3 2 4 5 2 2 3", _SEARCHERS), "retrieval", "change",
    ),
    "voice": Archetype(
        "Voice assistant", "A spoken answer must begin at once, in one tone; what it says hardly changes.",
        _lens("highway voice house light rarely open", "3 5 3 1 3 2 2 2", _ALL), "adapter", "latency",
    ),
    "legal": Archetype(
        "Legal archive", "Each sentence needs its source, readers differ in what they may see, erasures need proof.",
        _lens("weekend relaxed plain proof monthly mixed", "2 1 2 5 3 4 2 3", _SEARCHERS), "retrieval", "governance",
    ),
    "classified": Archetype(
        "Classified manual", "One cleared circle, a manual that stays; no passage may lie in an index or a log.",
        _lens("weekend chat house sources rarely closed", "1 2 2 2 3 5 2 2", _TRAINERS),
        "adapter", "sensitivity",
    ),
    "seasonal": Archetype(
        "Seasonal shop", "Six busy weeks a year, a new catalogue each month, nobody who trains.",
        _lens("weekend chat house sources monthly open", "5 2 2 2 4 2 2 2", _SELLERS), "retrieval", "cost",
    ),
    "multilingual": Archetype(
        "Multilingual helpdesk", "Busy all day, one tone in five languages, facts change each month.",
        _lens("highway chat languages sources monthly open", "3 2 5 3 3 2 2 2", _ALL), "blend", "experience",
    ),
})  # fmt: skip
