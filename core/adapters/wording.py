"""Small changes of English wording that questions need; it knows no document and asks nothing itself."""

import re

_NUMBERS = "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty sixty ninety"
NUMBER = rf"(?:\d[\d.,:]*\d|\d|{'|'.join(_NUMBERS.split())})"
"""A number in digits or as a word, without its unit; as a regular expression."""
_SINGULAR_S = ("ss", "us", "is", "news", "series")
_PLURALS = ("people", "staff", "children", "men", "women")
_PEOPLE = {"we": "you", "our": "your", "ours": "yours", "us": "you", "your": "my", "yours": "mine"}
_OBJECT_AFTER = re.compile(r"\b(?:to|for|from|with|reach\w*|sen[dt]s?|gives?|tells?|by|at|of)$", re.IGNORECASE)


def lowered(text: str) -> str:
    """The text without the capital that only its place gave it: names, codes and acronyms keep theirs."""
    words = text.split(" ")
    first, rest = words[0], [word for word in words[1:] if word[:1].isalpha()]
    if first in ("The", "A", "An", "Every", "Each", "All", "Our", "Your"):
        return first.lower() + text[len(first) :]
    if not re.fullmatch(r"[A-Z][a-z'’-]*,?", first):
        return text
    if rest and all(word[0].isupper() for word in rest):
        return text
    return first[0].lower() + text[1:]


def asked(text: str) -> str:
    """What a document tells its reader, as the reader would ask: "you" and "your" become "I" and "my"."""

    def other(match: re.Match[str]) -> str:
        word = match[0].lower()
        if word == "you":
            return "me" if _OBJECT_AFTER.search(text[: match.start()].rstrip()) else "I"
        return _PEOPLE[word]

    return re.sub(r"\b(?:you|yours?|we|us|ours?)\b", other, text, flags=re.IGNORECASE)


def plural(noun: str) -> bool:
    """Whether a noun phrase looks like a plural, by the ending of its head."""
    if re.search(r"\band\b", noun):
        return True
    head = re.split(r" (?:of|for|per|from|in|on|at|with|to|by|without|who|that|which) ", noun.strip())[0].split()
    last = head[-1].lower().strip(".,;") if head else ""
    if head and head[0].lower() in ("a", "an", "every", "each", "everybody", "everyone", "this", "that", "one"):
        return False
    return last in _PLURALS or (last.endswith("s") and not last.endswith(_SINGULAR_S))


def base_form(verb: str) -> str:
    """A verb in the third person singular without its ending: "lapses" becomes "lapse"."""
    if verb.endswith("ies") and len(verb) > 4:
        return verb[:-3] + "y"
    if re.search(r"(?:ss|sh|ch|x|zz|o)es$", verb):
        return verb[:-2]
    return verb[:-1] if verb.endswith("s") and not verb.endswith("ss") else verb


def flat(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


def opened(question: str) -> str:
    """The question with a capital."""
    return question[:1].upper() + question[1:]
