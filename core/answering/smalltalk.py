"""Recognises greetings and thanks, which no document answers; it knows nothing of retrieval."""

import re

_GREETINGS = (
    "hi hello hey hiya howdy yo greetings good morning good afternoon good evening good day "
    "hallo guten tag guten morgen guten abend moin servus grüß gott hola buenos días buenas tardes buenas noches "
    "bonjour salut bonsoir ciao"
)
_THANKS = "thanks thank you thx cheers danke vielen dank danke schön gracias muchas gracias merci merci beaucoup"
_PARTING = "bye goodbye see you tschüss auf wiedersehen adiós hasta luego au revoir"
_FILLER = frozenset(["there", "all", "everyone", "team", "so", "very", "much", "again", "a", "lot", "you", "bot"])
_WORDS = frozenset(f"{_GREETINGS} {_THANKS} {_PARTING}".split()) | _FILLER
_REPLY = "Hello. Ask me anything about the documents in this workspace; I will quote what I find."
_WELCOME = "You are welcome. Ask on whenever you like."


def reply_to(question: str) -> str | None:
    """A short reply when the message is nothing but small talk, else None."""
    said = re.findall(r"\w+", question.lower())
    if not said or len(said) > 6 or not all(word in _WORDS for word in said) or all(word in _FILLER for word in said):
        return None
    return _WELCOME if set(said) & set(_THANKS.split()) - {"you"} else _REPLY
