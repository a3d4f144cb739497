"""The operator's rules: what is done with which finding, by zone and choke point. It finds and covers nothing."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Any

from core.errors import RequestError
from core.guardrails.findings import DETECTORS, Detector, Finding
from core.guardrails.kinds import KINDS
from core.guardrails.terms import findable
from core.types import ACTIONS, ZONES, Action, Zone

COVERS: tuple[Action, ...] = ("mask", "redact", "veto", "quarantine")
"""Actions after which what was found is not shown; a vetoed passage is out of the prompt, and legible nowhere else."""
_SAID: tuple[Action, ...] = ("allow", "mask", "redact", "veto")
"""What can be done with a question or an answer: there is no document to put aside."""
_MOST_TERMS = 10_000


@dataclass(frozen=True, slots=True)
class Rule:
    """What is done with findings of one detector, or of one kind of it."""

    detector: Detector
    action: Action
    kind: str = ""
    """Empty for every kind that has no rule of its own."""
    least: float = 0.5
    """The score from which a finding counts, 0 to 1."""

    def __post_init__(self) -> None:
        if self.detector not in DETECTORS:
            raise RequestError(f"There is no detector '{self.detector}'; choose {', '.join(DETECTORS)}.")
        if self.action not in ACTIONS:
            raise RequestError(f"There is no action '{self.action}'; choose {', '.join(ACTIONS)}.")
        if not 0 <= self.least <= 1:
            raise RequestError(f"A least score of {self.least} is outside 0 to 1.")


Rules = tuple[Rule, ...]


def _standard(zone: Zone) -> Rules:
    personal = () if zone == "restricted" else ("IBAN", "card", "national id")
    return (
        Rule("secret", "redact"),
        *(Rule("personal", "mask", kind) for kind in personal),
        Rule("hidden", "redact"),
        *(Rule("hidden", "allow", kind) for kind in ("comment", "metadata", "hidden sheet", "hidden row or column")),
        Rule("instruction", "downgrade", least=0.6),
        Rule("link", "redact", least=0.6),
        Rule("term", "mask"),
    )


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of a workspace. Each version is kept; `version` 0 is the one that a new workspace begins with."""

    zones: Mapping[Zone, Rules] = field(
        default_factory=lambda: MappingProxyType({zone: _standard(zone) for zone in ZONES})
    )
    """For what documents of a zone hold."""
    question: Rules = (Rule("secret", "redact"),)
    """For what a question holds, before it is searched, sent to a model or kept; "veto" refuses the question."""
    answer: Rules = (Rule("secret", "redact"), Rule("term", "mask"))
    """For what an answer holds, before a character of it is shown; "veto" withholds the answer."""
    terms: tuple[str, ...] = ()
    """Words and phrases of the operator's own that the detector "term" finds."""
    profanity: bool = True
    """Whether that detector finds common swear words too, in English and German."""
    never: tuple[str, ...] = ()
    """Texts that are no finding, whatever a detector says, as the company's own telephone number."""
    version: int = 0
    note: str = ""

    def __post_init__(self) -> None:
        if set(self.zones) != set(ZONES):
            raise RequestError(f"A policy has rules for each of {', '.join(ZONES)}.")
        for rules in (self.question, self.answer):
            if wrong := [rule.action for rule in rules if rule.action not in _SAID]:
                raise RequestError(f"'{wrong[0]}' is for documents; a question or an answer has {', '.join(_SAID)}.")
        for rules in (*self.zones.values(), self.question, self.answer):
            named = [(rule.detector, rule.kind) for rule in rules]
            if twice := [name for name in named if named.count(name) > 1]:
                raise RequestError(f"Two rules decide on {' '.join(filter(None, twice[0]))}; keep one.")
        if len(self.terms) > _MOST_TERMS:
            raise RequestError(f"{len(self.terms):,} terms are more than {_MOST_TERMS:,}.")
        if any(not term.strip() for term in (*self.terms, *self.never)):
            raise RequestError("An empty line is no term.")

    def kinds(self, detector: Detector) -> frozenset[str]:
        """Kinds of one detector that any rule names."""
        held = [rule for rules in (*self.zones.values(), self.question, self.answer) for rule in rules]
        return frozenset(rule.kind for rule in held if rule.detector == detector and rule.kind)

    def names_people(self) -> bool:
        """Whether a rule for documents depends on names, which take a language model to find."""
        rules = [rule for rules in self.zones.values() for rule in rules if rule.detector == "personal"]
        return any(rule.action != "allow" and rule.kind in ("", *NAMED) for rule in rules)


def require_usable(policy: Policy) -> None:
    """Raises RequestError where a rule names a kind that its detector does not have, since it would silently do
    nothing, and for a term without a letter or a digit."""
    for where, rules in (*policy.zones.items(), ("question", policy.question), ("answer", policy.answer)):
        for rule in rules:
            if rule.kind and rule.kind not in KINDS[rule.detector]:
                kinds = ", ".join(sorted(KINDS[rule.detector]))
                raise RequestError(
                    f"A rule of '{where}' is on '{rule.detector}' of the kind '{rule.kind}', which there is not; "
                    f"leave the kind out for all, or choose {kinds}."
                )
    if blank := [term for term in policy.terms if not findable(term)]:
        raise RequestError(f"A term needs a letter or a digit; {blank[0]!r} has none.")


NAMED = ("person", "address", "place", "organisation", "group")
"""Kinds of personal data that patterns alone find only in part."""


def decide(rules: Sequence[Rule], finding: Finding) -> Action:
    """What the rules ask for: the one for the kind before the one for the detector; "allow" where there is none."""
    own = [rule for rule in rules if rule.detector == finding.detector and rule.kind in ("", finding.kind)]
    for rule in sorted(own, key=lambda rule: not rule.kind):
        return rule.action if finding.score >= rule.least else "allow"
    return "allow"


def strictest(actions: Iterable[Action]) -> Action:
    """The gravest of some actions; "allow" for none."""
    return max(actions, key=ACTIONS.index, default="allow")


def as_json(policy: Policy) -> str:
    """The policy as a JSON document that `from_json` reads."""
    held = {each: getattr(policy, each) for each in ("terms", "profanity", "never", "version", "note")}
    rules = {zone: [asdict(rule) for rule in policy.zones[zone]] for zone in ZONES}
    said = {point: [asdict(rule) for rule in getattr(policy, point)] for point in ("question", "answer")}
    return json.dumps({"zones": rules, **said, **held}, ensure_ascii=False, indent=2)


def from_json(text: str) -> Policy:
    """The policy of a JSON document; what is left out is as in a new workspace.

    Raises RequestError, also for one that cannot work; see `require_usable`.
    """
    policy = read_json(text)
    require_usable(policy)
    return policy


def read_json(text: str) -> Policy:
    """The same, however it would work: a version that was kept is shown as it is. Raises RequestError."""
    try:
        held = json.loads(text)
    except json.JSONDecodeError as error:
        raise RequestError(f"The policy is not JSON from line {error.lineno}, column {error.colno} on.") from None
    if not isinstance(held, dict):
        raise RequestError("The policy is a JSON object with zones, question, answer, terms, profanity, never, note.")
    given = dict(held)
    found: dict[str, Any] = {}
    if "zones" in given:
        zones = given.pop("zones")
        if not isinstance(zones, dict) or not set(zones) <= set(ZONES):
            raise RequestError(f"'zones' holds rules by zone: {', '.join(ZONES)}.")
        found["zones"] = MappingProxyType({z: _rules(zones[z], z) if z in zones else _standard(z) for z in ZONES})
    for point in ("question", "answer"):
        if point in given:
            found[point] = _rules(given.pop(point), point)
    for name in ("terms", "never"):
        if name in given:
            found[name] = _texts(given.pop(name), name)
    for name, kind in (("profanity", bool), ("note", str), ("version", int)):
        if name in given:
            found[name] = given.pop(name)
            if not isinstance(found[name], kind):
                raise RequestError(f"'{name}' of the policy is no {kind.__name__}.")
    if given:
        raise RequestError(f"A policy has no '{next(iter(given))}'.")
    return Policy(**found)


def _rules(held: object, where: str) -> Rules:
    known = {"detector", "action", "kind", "least"}
    if not isinstance(held, list) or not all(isinstance(each, dict) and set(each) <= known for each in held):
        raise RequestError(f"'{where}' of the policy is a list of rules with {', '.join(sorted(known))}.")
    try:
        return tuple(Rule(**each) for each in held)
    except TypeError:
        raise RequestError(
            f"A rule of '{where}' lacks its detector or its action, or its score is no number."
        ) from None


def _texts(held: object, name: str) -> tuple[str, ...]:
    if not isinstance(held, list) or not all(isinstance(each, str) for each in held):
        raise RequestError(f"'{name}' of the policy is a list of texts.")
    return tuple(dict.fromkeys(each.strip() for each in held))


STANDARD = Policy()
"""The rules that a new workspace begins with."""


def numbered(policy: Policy, version: int) -> Policy:
    """The policy as the version of this number."""
    return replace(policy, version=version)
