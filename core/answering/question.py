"""What a question must be before anything is done with it; it does not answer."""

from core.errors import RequestError

LONGEST = 4000
"""Characters."""


def checked(question: str) -> str:
    """The question without surrounding space; raises RequestError when it is empty, overlong or no valid text."""
    question = question.strip()
    if not question:
        raise RequestError("The question is empty.")
    if len(question) > LONGEST:
        raise RequestError(f"The question has {len(question)} characters; {LONGEST} are the most.")
    if any("\ud800" <= character <= "\udfff" for character in question):
        raise RequestError("The question holds half of a character (a lone surrogate), which is no valid text.")
    return question
