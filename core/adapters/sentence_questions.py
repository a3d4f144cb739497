"""A question for an English sentence that defines something or states a number; it reads one sentence at a time.

Only plain clauses are asked: a subject without commas, one verb, and the phrase that answers. What does not fit a rule
gives nothing rather than a crooked question.
"""

import re
from collections.abc import Callable

from core.adapters.wording import NUMBER, asked, base_form, lowered, opened, plural

_NO_SUBJECT = frozenset(
    """
    it this that these those they he she there if when where while after before because as in on at for with both one
    two here but and or so then who whoever whatever what which how please not only its their his her whether until
    from between by since during below above elsewhere otherwise instead also such some other another any none nobody
    nothing do does did is are was were can may must will should be have has had about within without under over to
    """.split()
)
_IN = r"(?:[^,;:()|•]|(?<=\d)[,:](?=\d))"
"""A character within a phrase: no comma or colon, except in a number or a time of day."""
_SUBJECT = rf"(?P<s>[A-Z0-9]{_IN}*?)"
_QUALIFIER = r"(?:about |up to |at least |at most |no more than |not more than |less than |more than |exactly |only )?"
_AMOUNT = rf"(?P<a>{_QUALIFIER}{NUMBER}{_IN}*?)"
_END = r"(?=,(?!\d)|;|:(?!\d)|\s(?:and|but|or|when|if|because|which|unless)\b|$)"
_CLAUSE = r"\b(?:is|are|was|were|may|must|can|will|has|have|had|not|if|when|because|but)\b"
"""Words that tell that what should be one phrase is a clause of its own."""
_BE, _MODAL = r"(?P<v>is|are|was|were)", r"(?P<v>may|must|can|will|should|is|are|was|were)"
_TIME = r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|working days?|calendar days?|nights?)"
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_WHEN = rf"(?:\d{{1,2}} (?:{_MONTH})(?: \d{{4}})?|(?:{_MONTH})(?: \d{{4}})?|\d{{1,2}}:\d{{2}}|\d{{4}})"
_LASTING = rf"{_QUALIFIER}{NUMBER} (?:\w+ )?{_TIME}"
_PHRASES: tuple[tuple[str, str], ...] = (
    (rf"within {_LASTING}", "within what time"),
    (rf"at least {NUMBER} (?:\w+ )?{_TIME} (?:ahead|before|in advance)", "how long ahead"),
    (rf"after {_LASTING}", "after how long"),
    (rf"every {NUMBER} (?:\w+ )?{_TIME}", "how often"),
    (rf"for {_LASTING}", "for how long"),
    (rf"until {_WHEN}", "until when"),
    (rf"from {_WHEN} (?:to|until) {_WHEN}", "when"),
    (rf"between {_WHEN} and {_WHEN}", "when"),
    (rf"from {_WHEN}", "from when"),
    (rf"before {_WHEN}", "before when"),
    (rf"by {_WHEN}", "by when"),
    (rf"(?:on|in|at) {_WHEN}", "when"),
)


def ask_sentence(sentence: str) -> list[tuple[str, str]]:
    """Questions with their answers, each a piece of the sentence or the sentence itself; none where no rule fits."""
    clean = " ".join(sentence.split()).lstrip("•-–* ").strip()
    if not clean.endswith((".", "!")) or not 12 <= len(clean) <= 240 or re.search(r" \. |\. [A-Z]", clean):
        return []
    body = clean.rstrip(".!")
    for rule in _RULES:
        found = rule(body, clean)
        if found and not re.search(r"\bbetween (?!.*\band\b)", found[1]):
            question, answer = found
            return [(opened(re.sub(r"\s+", " ", question)), answer.strip())]
    return []


Rule = Callable[[str, str], tuple[str, str] | None]


def _costs(body: str, _: str) -> tuple[str, str] | None:
    found = _matched(rf"{_SUBJECT} costs? {_AMOUNT}{_END}", body)
    return (f"How much {_do(found)} {_subject(found)} cost?", found["a"]) if found else None


def _takes(body: str, _: str) -> tuple[str, str] | None:
    found = _matched(rf"{_SUBJECT} takes? (?P<a>{_QUALIFIER}{NUMBER}(?: to {NUMBER})? (?:\w+ )?{_TIME}){_END}", body)
    return (f"How long {_do(found)} {_subject(found)} take?", found["a"]) if found else None


def _counts(body: str, _: str) -> tuple[str, str] | None:
    """ "Apprentices have 32 days of holiday": how many days of holiday do they have."""
    verbs = r"(?P<v>has|have|holds?|receives?|gets?|keeps?|contains?|covers?|needs?|gives?|makes?)"
    found = _matched(rf"{_SUBJECT} {verbs} (?P<q>{_QUALIFIER}{NUMBER}) (?P<n>[a-z]{_IN}*?){_END}", body)
    if not found or found["n"].split()[0] in ("of", "per", "in", "and", "to", "or", "more", "times"):
        return None
    if found["q"].strip() in ("one", "1") or not plural(found["n"]):
        return None
    verb = "have" if found["v"] in ("has", "have") else base_form(found["v"])
    return f"How many {found['n']} {_do(found)} {_subject(found)} {verb}?", f"{found['q']} {found['n']}"


def _as_many(body: str, _: str) -> tuple[str, str] | None:
    """ "Up to six days may be carried over": how many days may be."""
    found = _matched(
        rf"(?P<q>(?:Up to|At most|At least) {NUMBER}) (?P<s>(?:\w+ )?\w+) {_MODAL} (?P<r>{_IN}*?){_END}", body, False
    )
    return (f"How many {found['s']} {found['v']} {asked(found['r'])}?", f"{found['q']} {found['s']}") if found else None


def _measures(body: str, _: str) -> tuple[str, str] | None:
    """ "The monthly limit is 2,500 euros": what is the monthly limit."""
    found = _matched(rf"{_SUBJECT} {_BE} {_AMOUNT}{_END}", body)
    if not found or not re.match(r"(?:The|A|An|Our|Your)\b", found["s"]) or re.fullmatch(NUMBER, found["a"]):
        return None
    return f"What {found['v']} {_subject(found)}?", found["a"]


def _times(body: str, _: str) -> tuple[str, str] | None:
    """ "Flights must be booked at least 14 days ahead": how long ahead must they be booked."""
    for phrase, how in _PHRASES:
        found = _matched(rf"{_SUBJECT} {_MODAL} (?P<r>{_IN}*? )?(?P<a>{phrase}{_IN}*?){_END}", body)
        rest = (found["r"] or "").strip() if found else ""
        if found and _completes(found["v"], rest):
            return f"{how} {found['v']} {_subject(found)} {asked(rest)}?", found["a"]
        found = _matched(rf"{_SUBJECT} (?P<v>[a-z]+s) (?P<a>{phrase}{_IN}*?){_END}", body)
        singular = found and re.match(r"(?:The|A|An|Every|Each)\b", found["s"]) and not plural(found["s"])
        if found and singular and found["v"] not in ("is", "was", "has"):
            return f"{how} does {_subject(found)} {base_form(found['v'])}?", found["a"]
    return None


def _by_whom(body: str, _: str) -> tuple[str, str] | None:
    end = r"(?=,? (?:which|who)\b|,? and (?:is|are|must|may|can|has|have|not)\b|$)"
    participle = r"(?P<r>\w+ed|kept|made|given|paid|sent)"
    found = _matched(rf"{_SUBJECT} {_BE} {participle} by (?P<a>(?:the |an? |[A-Z])[^;:()|]*?){end}", body)
    return (f"By whom {found['v']} {_subject(found)} {found['r']}?", found["a"]) if found else None


def _defines(body: str, clean: str) -> tuple[str, str] | None:
    found = _matched(rf"{_SUBJECT} (?P<v>is|are) (?:an?|the) (?P<a>[a-z][^|]*)$", body)
    if not found or len(found["s"].split()) > 5 or len(found["a"].split()) < 3 or re.match("Your|Our|You|We", body):
        return None
    if re.match(r"(?:same|only|first|last|next|rest|reason|exception)\b", found["a"]):
        return None
    return f"What {found['v']} {_subject(found)}?", clean


_RULES: tuple[Rule, ...] = (_as_many, _costs, _takes, _times, _counts, _measures, _by_whom, _defines)


def _matched(pattern: str, body: str, plain: bool = True) -> re.Match[str] | None:
    """The match at the beginning whose subject is a plain noun phrase of at most ten words."""
    found = re.match(pattern, body)
    if not found:
        return None
    words = found["s"].split()
    if plain and (words[0].casefold() in _NO_SUBJECT or len(words) > 10):
        return None
    if words[-1].casefold() in _NO_SUBJECT or re.fullmatch(NUMBER, words[-1], re.IGNORECASE):
        return None
    return None if re.search(_CLAUSE, found["s"]) else found


def _completes(verb: str, rest: str) -> bool:
    """Whether what stands between verb and time is the plain rest of the verb, as in "must | be booked | …"."""
    if not rest or len(rest.split()) > 10 or re.search(_CLAUSE, rest) or re.search(r"\b(?:who|that|which|and)\b", rest):
        return False
    be = verb in ("is", "are", "was", "were")
    return not be or bool(re.match(r"\w+(?:ed|en)\b|(?:open|closed|valid|due|sent|paid|kept|made|put|held)\b", rest))


def _subject(found: re.Match[str]) -> str:
    return asked(lowered(found["s"]))


def _do(found: re.Match[str]) -> str:
    own = found["s"].strip()
    return "do" if plural(own) or own in ("You", "We", "I") else "does"
