"""The same question in other words, by rules on its form; it knows no answer and no document.

English questions are turned ("Could you tell me the price?"), contracted, asked about the other way round and
typed as people type; questions in other languages are only typed so.
"""

import re

from core.adapters.wording import lowered, opened

_WH = r"(?:what|who|whom|when|where|how|which|why|within|after|until|before|for how|by|since|from when|at what)"
_ENGLISH = re.compile(rf"^{_WH}\b|^(?:is|are|do|does|did|can|may|must|should|will|was|were)\b", re.IGNORECASE)
_CONTRACTED = (
    (r"\b(What|Who|Where|When|How) is\b", r"\1's"),
    (r"\b(do|does|did|is|are|was|were|has|have) not\b", r"\1n't"),
    (r"\bcannot\b", "can't"),
    (r"\bper cent\b", "%"),
)
_OF = r"What (is|are) the ([^?]+?) of (?:the )?([^?]+)\?"


def paraphrases(question: str, most: int = 3) -> tuple[str, ...]:
    """Up to `most` other ways to ask, none of them the question itself; the same question always gives the same.

    They are chosen in turn from those that apply: turned, contracted, the other way round, as typed in haste.
    """
    plain = " ".join(question.split())
    rules = (_turned, _other_way, _typed, _contracted, _asked_for) if _ENGLISH.match(plain) else (_typed,)
    found = dict.fromkeys(made for rule in rules if (made := rule(plain)) and made != plain)
    return tuple(found)[: max(0, most)]


def _turned(question: str) -> str:
    """ "What is the price of tea?": could you tell me the price of tea?"""
    if found := re.fullmatch(r"What (?:is|are) (the [^?]+)\?", question):
        return f"Could you tell me {found[1]}?"
    if found := re.fullmatch(r"What (?:does|do) ([^?]+) say about ([^?]+)\?", question):
        return f"Could you tell me what {found[1]} says about {found[2]}?"
    if found := re.fullmatch(r"(What|Who|When|Where) (is|are|was|were) ([^?,]+)\?", question):
        rest, verb = found[3], found[2]
        if participle := re.fullmatch(r"(.+) (\w+(?:ed|en|orn|ept|ade))", rest):
            return f"Could you tell me {found[1].lower()} {participle[1]} {verb} {participle[2]}?"
        if len(rest.split()) <= 9:
            return f"Could you tell me {found[1].lower()} {rest} {verb}?"
    if found := re.fullmatch(r"(How much|How long|How many [^?]+?|[A-Z][a-z ]+?) (does|do) ([^?]+) (\w+)\?", question):
        verb = _third(found[4]) if found[2] == "does" else found[4]
        return f"Could you tell me {lowered(found[1])} {found[3]} {verb}?"
    return f"Could you tell me: {lowered(question)}"


def _other_way(question: str) -> str:
    """ "What is the price of tea?": for tea, what is the price?"""
    if found := re.fullmatch(_OF, question):
        return f"{opened(found[3])}: what {found[1]} the {found[2]}?"
    if found := re.fullmatch(r"What (?:does|do) ([^?]+) say about ([^?]+)\?", question):
        return f"What can I read in {found[1]} on {found[2]}?"
    if found := re.fullmatch(r"How much does ([^?]+) cost\?", question):
        return f"What is the price of {found[1]}?"
    if found := re.fullmatch(r"By whom (is|are|was|were) ([^?]+) (\w+ed)\?", question):
        return (
            f"Who has {found[2]} {found[3]}?" if found[1] in ("was", "were") else f"Who {_plain(found[3])} {found[2]}?"
        )
    return ""


def _typed(question: str) -> str:
    """As typed in haste: no capitals, no question mark."""
    return question.lower().rstrip("? ").lstrip("¿") if question.endswith("?") else ""


def _contracted(question: str) -> str:
    made = question
    for pattern, short in _CONTRACTED:
        made = re.sub(pattern, short, made)
    return made


def _asked_for(question: str) -> str:
    """ "What is the price of tea?": please tell me the price of tea."""
    found = re.fullmatch(r"What (?:is|are) (the [^?]+)\?", question)
    return f"Please tell me {found[1]}." if found else ""


def _third(verb: str) -> str:
    """A verb in the third person singular."""
    if verb == "have":
        return "has"
    if re.search(r"(?:s|sh|ch|x|z|o)$", verb):
        return verb + "es"
    return verb[:-1] + "ies" if re.search(r"[^aeiou]y$", verb) else verb + "s"


def _plain(participle: str) -> str:
    """ "approved" as what somebody does: "approves"."""
    stem = participle[:-2]
    if re.search(r"(?:v|c|g|s|z|ag|id|at|in|ur|ir)$", stem) and not stem.endswith(("ss", "gn")):
        return stem + "es"
    if re.search(r"([bdgmnprt])\1$", stem):
        return stem[:-1] + "s"
    return _third(stem[:-1] + "y") if stem.endswith("i") else _third(stem)
