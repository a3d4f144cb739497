"""What else stands beside a mention of a person, as the guardrails' detectors tell it; it covers nothing.

A search for a name finds the name. An account, an address or a date of birth in the same line stays, unless it is
looked for as well; what is told in other words, such as a salary, no detector tells.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from core.forgetting.person import LEAST, LONGEST, Mention, Person
from core.guardrails.personal import IDENTIFYING, Personal

_REACH = 300
"""Characters of a line, on each side of a mention, that are looked at."""
_DETECTORS = Personal(None, IDENTIFYING - {"person"})
"""Names aside: another person's is none of theirs."""


@dataclass(frozen=True, slots=True)
class Detail:
    """Something personal as it stands beside a mention."""

    kind: str
    """As the detectors name it: IBAN, telephone, date of birth."""
    text: str


def beside(text: str, mentions: Sequence[Mention]) -> tuple[Detail, ...]:
    """What stands in the lines of the mentions and is no part of one, each once, in reading order."""
    found: dict[Detail, None] = {}
    for mention in mentions:
        line = text.rfind("\n", 0, mention.start) + 1, text.find("\n", mention.end)
        start = max(line[0], mention.start - _REACH)
        end = min(line[1] if line[1] >= 0 else len(text), mention.end + _REACH)
        for each in _DETECTORS.find(text[start:end]):
            held = " ".join(text[start + each.start : start + each.end].split())
            known = any(each.overlaps(other.start - start, other.end - start) for other in mentions)
            if not known and sum(map(str.isalnum, held)) >= LEAST and len(held) <= LONGEST:
                found[Detail(each.kind, held)] = None
    return tuple(found)


def with_details(person: Person, details: Iterable[Detail]) -> Person:
    """The person, known by these details too."""
    held = list(details)
    mails = [each.text for each in held if each.kind == "e-mail"]
    phones = [each.text for each in held if each.kind == "telephone"]
    others = [each.text for each in held if each.kind not in ("e-mail", "telephone")]
    return replace(
        person,
        emails=tuple(dict.fromkeys([*person.emails, *mails])),
        phones=tuple(dict.fromkeys([*person.phones, *phones])),
        others=tuple(dict.fromkeys([*person.others, *others])),
    )
