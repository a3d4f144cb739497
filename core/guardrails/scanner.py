"""All detectors that a policy asks for, as one: a text in, its findings out. It decides nothing and keeps nothing."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from core.guardrails.findings import DETECTORS, Detector, Finding, in_order
from core.guardrails.instructions import instructions
from core.guardrails.invisible import hidden
from core.guardrails.kinds import OWN, SWEAR
from core.guardrails.links import links
from core.guardrails.personal import IDENTIFYING, Personal
from core.guardrails.policy import Policy
from core.guardrails.secrets import secrets
from core.guardrails.terms import Terms, profanity

Find = Callable[[str], Sequence[Finding]]
_VERSION = 4
"""Counts up whenever a detector finds something else than before: documents are then looked at anew."""


class Scanner:
    """The detectors of one policy; safe to share between threads."""

    def __init__(self, policy: Policy, people: Personal | None = None) -> None:
        """`people` finds names too; None where the policy has no rule on them."""
        self._never = frozenset(map(_plain, policy.never))
        self._people = people
        kinds = IDENTIFYING | policy.kinds("personal")
        self.terms = _terms(policy)
        """The lists of words, each a finder that can also look at a text as it grows."""
        self._quick: Mapping[Detector, tuple[Find, ...]] = {
            "personal": (Personal(None, kinds).find,),
            "secret": (secrets,),
            "term": tuple(each.find for each in self.terms),
            "instruction": (instructions,),
            "hidden": (hidden,),
            "link": (links,),
        }
        named = people.knows_names if people else None
        told = [_VERSION, policy.terms, policy.profanity, sorted(policy.never), sorted(kinds), named]
        self.revision = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
        """Changes with everything that the findings of a document depend on."""

    def document(self, text: str, unseen: Sequence[Finding] = ()) -> tuple[Finding, ...]:
        """What a document holds, names included; `unseen` is what its parser saw that a reader does not."""
        if self._people is None:
            return in_order(dict.fromkeys([*unseen, *self.quick(text)]))
        others = [each for each in DETECTORS if each != "personal"]
        found = [*unseen, *self.quick(text, others), *self._kept(text, self._people.find(text))]
        return in_order(dict.fromkeys(found))

    def quick(self, text: str, detectors: Sequence[Detector] = DETECTORS) -> tuple[Finding, ...]:
        """What some detectors find, names aside, which take too long for a question or an answer."""
        found = [each for detector in detectors for find in self._quick[detector] for each in find(text)]
        return in_order(self._kept(text, found))

    def _kept(self, text: str, found: Sequence[Finding]) -> list[Finding]:
        return [each for each in found if _plain(text[each.start : each.end]) not in self._never]


def _terms(policy: Policy) -> tuple[Terms, ...]:
    never = set(map(_plain, policy.never))
    own = tuple(term for term in policy.terms if _plain(term) not in never)
    swear = (*profanity("en"), *profanity("de")) if policy.profanity else ()
    lists = ((own, OWN), (tuple(word for word in swear if _plain(word) not in never), SWEAR))
    return tuple(_planted(words, kind) for words, kind in lists if words)


@lru_cache(maxsize=8)
def _planted(words: tuple[str, ...], kind: str) -> Terms:
    return Terms(words, kind)


def forget_words() -> None:
    """Drop the lists of words that are remembered in memory."""
    _planted.cache_clear()


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
