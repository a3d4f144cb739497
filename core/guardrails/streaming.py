"""The policy in the stream of one answer: what its rules cover is covered before a character of it is shown.

It adapts `core.guardrails.holdback` to what a model's stream asks of a guard; see `core.generation.contract`.
"""

import re
from collections.abc import Sequence

from core.guardrails.findings import Finding
from core.guardrails.holdback import Finder, Growing, HoldBack, Scan
from core.guardrails.policy import COVERS, Rules, decide
from core.guardrails.scanner import Scanner
from core.guardrails.terms import Terms
from core.types import Action

_SECRET = re.compile(
    r"(?:-----BEGIN[\s\S]*"
    r"|(?i:\b(?:pass|pwd|kennwort|contrase|mot de passe|secret|token|key|authorization|credential)[^\n]{0,120})"
    r"|(?:AKIA|ASIA)[^\n]{0,160}|(?i:\b|_)(?i:secret|access[ _-]?key|credentials?)\W{0,3}\s{1,4}[A-Za-z0-9+/]{0,40}"
    r"|(?<!\S)\S+)\Z"
)
"""What may still grow into a secret: the last word, a line from a word that gives one on, a block that has begun."""
_OF_ONE_PIECE = frozenset({"e-mail", "telephone", "IBAN", "card"})
"""Personal data that ends with its word or its group of digits; other kinds wait for the end of their line."""


class Held:
    """A guard of one stream; what it gives, put together, is the answer with all that the rules cover covered."""

    def __init__(self, scanner: Scanner, rules: Rules) -> None:
        self._rules = rules
        self._vetoes = any(rule.action == "veto" for rule in rules)
        self._filter = HoldBack(_finders(scanner, rules))
        self._raw = ""

    def __call__(self, text: str, ended: bool) -> tuple[str, str]:
        """What may be shown of the text, and the rest. With a rule that withholds answers nothing is before the end."""
        if self._vetoes and not ended:
            return "", text
        shown = self._filter.feed(text[len(self._raw) :]) + (self._filter.end() if ended else "")
        if any(action == "veto" for _, action in self.decided):
            return "", ""
        self._raw = text[len(shown) :]
        return shown, self._raw

    @property
    def decided(self) -> list[tuple[Finding, Action]]:
        """What was found so far, and what is done about it."""
        return [(each, decide(self._rules, each)) for each in self._filter.findings]


def _finders(scanner: Scanner, rules: Rules) -> Sequence[Finder]:
    found: list[Finder] = []
    for detector in dict.fromkeys(rule.detector for rule in rules if rule.action in COVERS):
        if detector == "term":
            found += [_Ruled(each, rules) for each in scanner.terms]
        else:
            kinds = {rule.kind for rule in rules if rule.detector == detector and rule.action in COVERS}
            short = Growing.TOKEN if detector == "personal" and kinds <= _OF_ONE_PIECE else Growing.LINE
            tail = _SECRET if detector == "secret" else short

            def find(text: str, detector: str = detector) -> list[Finding]:
                return [each for each in scanner.quick(text, [detector]) if decide(rules, each) in COVERS]  # type: ignore[list-item]

            found.append(Growing(find, detector, tail))
    return found


class _Ruled:
    """A list of words, as far as the rules cover it."""

    def __init__(self, terms: Terms, rules: Rules) -> None:
        self._terms, self._rules = terms, rules

    def scan(self, text: str, begin: int, final: bool) -> Scan:
        """As `Finder.scan` says."""
        scan = self._terms.scan(text, begin, final)
        return Scan(tuple(each for each in scan.findings if decide(self._rules, each) in COVERS), scan.open)
