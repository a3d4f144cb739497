"""Names of people, places, groups and organisations by spaCy's English model, piece by piece of a text.

The model learned from English news; it does not know other languages, nor whose name matters.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from core.guardrails.findings import Finding
from core.guardrails.usage import TITLE, Usage, plausible

if TYPE_CHECKING:
    from spacy.language import Language

PIECE = 3_000
"""Characters that the model reads at a time."""
OVERLAP = 300
"""Characters that two pieces share: a name in the middle of them is seen whole, with words on both sides, by one."""

_KINDS = {"PERSON": "person", "GPE": "place", "LOC": "place", "FAC": "place", "NORP": "group", "ORG": "organisation"}
_SCORES = {"person": 0.8, "place": 0.7, "group": 0.7, "organisation": 0.5}
_UNUSED = ["tagger", "parser", "attribute_ruler", "lemmatizer", "senter"]
_HYPHENED = re.compile(r"(?:-[^\W\d_]+)+")
_BEFORE = re.compile(rf"^[ ,.;:\"'-]*(?:{TITLE}\.? |[Tt]he )?")
_ENGLISH = frozenset("the of and to is for that with are be this it was on by as from or you we not have has".split())
_OTHER = frozenset(
    """der die das und ist nicht mit den dem ein eine für auf von zu sich wird sind oder wir sie le la les des et est
    une dans pour que qui sur pas avec el los las y en un por con para una del se il di che per non sono gli het een van
    niet zijn voor""".split()
)
"""Small words of English, and of German, French, Spanish, Italian and Dutch."""


def load(folder: Path) -> "Language":
    """The model of a folder of the cache, with the parts that find names only."""
    import spacy

    return spacy.load(folder, exclude=_UNUSED)


class Names:
    """A model of names, guarded by a lock: one piece at a time goes through it."""

    def __init__(self, model: "Language") -> None:
        self._model = model
        self._lock = Lock()

    def find(self, usage: Usage) -> Iterator[Finding]:
        """Names by the model, cut at the edges of what is a name; in the text's order.

        spaCy remembers each word that it has seen; the zone makes it forget those of this text.
        """
        for start, piece, low, high in pieces(usage.text):
            if not reads_as_english(piece):
                continue
            with self._lock, self._model.memory_zone():
                found = [(ent.label_, start + ent.start_char, start + ent.end_char) for ent in self._model(piece).ents]
            for label, begin, end in found:
                if label in _KINDS and low <= begin < high:
                    yield from _cut(usage, _KINDS[label], begin, end)


def reads_as_english(text: str) -> bool:
    """False where the small words of another language stand in the text and those of English do not.

    The model takes the nouns of a German text for persons: 45 of them in a warranty of 4,000 characters.
    """
    words = [word.lower() for word in re.findall(r"[^\W\d_]+", text)]
    english, other = (sum(word in few for word in words) for few in (_ENGLISH, _OTHER))
    return other <= 3 or english > other


def pieces(text: str) -> Iterator[tuple[int, str, int, int]]:
    """(start, piece, from, to): a piece of the text, and the part of it [from, to) in which its names begin.

    The parts of all pieces are the text, without gap and without overlap; pieces end at a space where there is one.
    """
    start, low = 0, 0
    while True:
        end = min(len(text), start + PIECE)
        if end == len(text):
            yield start, text[start:end], low, end + 1
            return
        space = max(text.rfind(" ", end - OVERLAP // 4, end), text.rfind("\n", end - OVERLAP // 4, end))
        end = space if space > 0 else end
        high = end - OVERLAP // 2
        yield start, text[start:end], low, high
        low, following = high, end - OVERLAP
        space = text.find(" ", following, following + OVERLAP // 4)
        start = space + 1 if space >= 0 else following


def _cut(usage: Usage, kind: str, begin: int, end: int) -> Iterator[Finding]:
    """What of an entity is a name: within a line, without title and possessive, with the rest of a double name."""
    text = usage.text
    for line in re.finditer(r"[^\n\t|]+", text[begin:end]):
        name = re.sub(r"['’]s?$", "", line[0].rstrip(" ,.;:-"))
        before = _BEFORE.match(name)
        name = name[before.end() if before else 0 :]
        start = begin + line.start() + (before.end() if before else 0)
        rest = _HYPHENED.match(text, start + len(name)) if kind == "person" else None
        name += rest[0] if rest else ""
        if name and plausible(usage, kind, name, start):
            yield Finding("personal", kind, start, start + len(name), _SCORES[kind])
