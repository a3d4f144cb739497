"""What a name looks like, and what only looks like one: told by its letters and by how the text itself uses the word.

It finds nothing; it knows no list of names.
"""

import re
from functools import cached_property

PARTICLE = r"(?:de|del|della|di|da|dos|du|van|von|der|den|ter|bin|ibn|al|el|la|le|zu|y|af|av)"
CAPITAL = rf"(?:(?!{PARTICLE}\b)(?:[^\W\d_a-zß-öø-ÿ]\.|[^\W\d_a-zß-öø-ÿ][^\W\d_]+(?:['’-][^\W\d_]+)*))"
NAME = rf"{CAPITAL}(?:[ ](?:{PARTICLE}[ ])?{CAPITAL}){{0,3}}"
TITLE = r"(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Sir|Madam|Herr|Herrn|Frau|Señor|Señora|Sra|Mme)"
"""A name of one to four words with capitals."""
_NO_PERSON = re.compile(
    r"(?:Works|Wharf|House|Hall|Bridge|River|Lake|Street|Road|Square|University|College|Hospital|Institute|Museum|Park"
    r"|Church|School|Company|Group|Bank|Hotel|Serif|Sans|Award|Prize|Act|Committee|Policy|Team|Department|Manual|Report"
    r"|Guide|Cent(?:er|re)|Club|Inc|Ltd|LLC|GmbH|AG|Corp|Sie|Island|Islands|County|City|Office"
    r"|Fund|Foundation|Test)$"
)
"""Last words of names that are of no person."""
_THING = re.compile(
    r" (?:syndrome|disease|lymphoma|virus|an(?:a)?emia|cells?|tests?|area|analysis|models?|proteins?|genes?|factor"
    r"|signall?ing|receptor|species|interference|method|score|index|criteria|distribution|diffusion|square|chain)\b"
)
"""What is called after a person is no person."""
_INNER = re.compile(r"[a-zß-öø-ÿ][A-ZÀ-ÞΑ-Ω]|[A-ZÀ-Þ]{2}[a-z]|[Α-Ωα-ωβ]")
_PREFIXED = re.compile(r"(?:Mc|Mac|Fitz|De|Le|La|Van|O['’]|D['’])[A-Z]")
NOT_NAMES = frozenset(
    """i we you he she it they the a an this that these those my your his her our their there here what who when where
    why how yes no not and or but if so then monday tuesday wednesday thursday friday saturday sunday january february
    march april may june july august september october november december all everyone everybody team sir madam there
    customer customers user users bot assistant hello hi dear thanks thank please sorry ok okay to whom it glad sure
    happy from new sie wir ihr ihre unser das die der ein eine""".split()
)
"""Words with a capital that follow a greeting or "this is" and are no name."""
_SIGNS = frozenset("@/_<>{}[]()#=&+")
_LINE_BEGINS = re.compile(r"[\n|#>*•-]\s*[\"“‘']?$")
_BEGINS = re.compile(r"(?:^|[.!?:]\s)\s*[\"“‘']?$")
"""The end of what stands before the first word of a line or cell, and of a text or sentence."""
_GOES_ON = re.compile(r"[.!?]?$|['’]s\b|, | (?:and|is|was|has|had|will|would|can|who|said|says|does|did|lives|works)\b")
"""What follows a person that begins a sentence rather than a thing or a command."""
_ARTICLE = re.compile(r"\b(the|an?|your|our|each|every|this|der|die|das|ein|eine) $")

_WORD = re.compile(r"(?<![\w@./-])[^\W\d_]++(?:[-'’][^\W\d_]++)*+(?![@_/]|\.\w)")
"""A word of the text; what an e-mail or web address spells is no use of it."""


class Usage:
    """How a text uses its words."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _small(self) -> frozenset[str]:
        return frozenset(_WORD.findall(self.text))

    @cached_property
    def _with_article(self) -> frozenset[str]:
        return frozenset(re.findall(r"\b(?:[Tt]he|[Aa]n?|[Yy]our|[Oo]ur) ([^\W\d_]+(?:[-'’][^\W\d_]+)*)", self.text))

    def is_small(self, word: str) -> bool:
        """Whether the text itself uses the word in small letters."""
        return word.lower() in self._small

    def is_word(self, word: str) -> bool:
        """Whether the text itself uses the word as a word: in small letters, or with an article."""
        return self.is_small(word) or word in self._with_article


def plausible(usage: Usage, kind: str, name: str, start: int) -> bool:
    """Whether what a model calls a name of that kind, and begins there, can be one."""
    words = name.split()
    if len(name) < 2 or not any(sign.isalpha() for sign in name) or words[0].lower() in NOT_NAMES - {"new"}:
        return False
    if kind == "organisation":  # a short abbreviation may stand for anything
        return len(words) > 1 or not name.isupper() or len(name) > 5
    return kind != "person" or (
        _reads_as_person(words)
        and not _NO_PERSON.search(name)
        and not _THING.match(usage.text, start + len(name))
        and not has_article(usage.text, start, len(words))
        and (len(words) > 1 or _alone(usage, name, start))
    )


def _reads_as_person(words: list[str]) -> bool:
    """Whether the words have the letters of a person's name: no digits, no abbreviation, no letter that numbers."""
    name = " ".join(words)
    if len(words) > 5 or any(sign.isdigit() or sign in _SIGNS for sign in name) or name.islower():
        return False
    if not name.isupper() and any(word.isupper() and len(word) > 2 for word in words):
        return False
    if len(words) == 2 and len(words[1].rstrip(".")) == 1:
        return False
    return not any(_INNER.search(word) and not _PREFIXED.match(word) for word in words)


def _alone(usage: Usage, name: str, start: int) -> bool:
    """Whether a single word is a person's name: no abbreviation, no heading, used nowhere as a word."""
    if name.isupper() or len(name) < 3 or usage.is_word(name):
        return False
    before = usage.text[max(0, start - 4) : start]
    if _LINE_BEGINS.search(before) and start:
        return False
    return not _BEGINS.search(before) or bool(_GOES_ON.match(usage.text, start + len(name)))


def has_article(text: str, start: int, words: int = 1) -> bool:
    """Whether an article or the like stands before; "a" and "an" may stand before a full name."""
    found = _ARTICLE.search(text[max(0, start - 8) : start].lower())
    return found is not None and not (words > 1 and found[1] in ("a", "an"))
