"""All detectors that a policy asks for, as one: a text in, its findings out. It decides nothing and keeps nothing."""

import hashlib
import json
from collections.abc import Callable, Sequence

from core.guardrails.findings import Finding, in_order
from core.guardrails.patterns import personal
from core.guardrails.policy import Policy

Finder = Callable[[str], Sequence[Finding]]
_VERSION = 1
"""Counts up whenever a detector finds something else than before: documents are then looked at anew."""


class Scanner:
    """The detectors of one policy; safe to share between threads."""

    def __init__(self, policy: Policy, names: Finder | None = None) -> None:
        """`names` finds people, places and organisations; None where the policy has no rule on them."""
        self._never = frozenset(_plain(each) for each in policy.never)
        self._quick = _finders(policy)
        self._names = names
        told = [_VERSION, sorted(policy.terms), policy.profanity, sorted(policy.never), names is not None]
        self.revision = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
        """Changes with everything that the findings of a document depend on."""

    def document(self, text: str, hidden: Sequence[Finding] = ()) -> tuple[Finding, ...]:
        """What a document holds, names included; `hidden` is what its parser saw that a reader does not."""
        found = [*hidden, *self.quick(text)]
        if self._names:
            found += self._kept(text, self._names(text))
        return in_order(dict.fromkeys(found))

    def quick(self, text: str) -> tuple[Finding, ...]:
        """The same without names, which take too long for a question or an answer."""
        return in_order(self._kept(text, [found for finder in self._quick for found in finder(text)]))

    def _kept(self, text: str, found: Sequence[Finding]) -> list[Finding]:
        return [each for each in found if _plain(text[each.start : each.end]) not in self._never]


def _finders(policy: Policy) -> tuple[Finder, ...]:
    return (_patterns,)


def _patterns(text: str) -> list[Finding]:
    return [Finding("personal", each.kind, each.start, each.end) for each in personal(text)]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
