"""How a state looks: a sign and a word, never colour alone; it decides nothing."""

from core.evaluation.facts import PLACES, Judgement
from core.evaluation.staleness import Truth

SIGNS = {"fresh": "✓ fresh", "drifted": "▲ drifted", "wrong": "✕ wrong", "unknown": "? unknown"}
HUES = {"fresh": "greenColor", "drifted": "redColor", "wrong": "orangeColor", "unknown": "grayColor"}
STANDINGS = {
    "same": "says it",
    "changed": "now says another",
    "not replaced": "still says the old one",
    "lost": "place not found",
    "missing": "not here",
    "not in force": "not in force",
    "free": "none named",
}
TO_DO = {
    "source": "Bring the new version of the document, or correct the fact.",
    "index": "Put library and index right: run documents check, or look for passages that were changed by hand.",
    "adapter": "Train the adapter anew on the document in force, or retire it.",
    "validity": "Look at the dates of the document; a successor may be missing.",
    "answer": "The passage is there. Look for another document that says the old value, or at the recipe.",
    "": "",
}


def standing(truth: Truth) -> str:
    """What the document in force says, as a cell."""
    told = STANDINGS[truth.standing]
    return f"{told}: {truth.says}" if truth.standing in ("changed", "not replaced") else told


def what_to_do(judgement: Judgement) -> str:
    """The next step for a verdict, as a sentence; empty for a fresh one."""
    return "" if judgement.state == "fresh" else TO_DO[judgement.where]


def where(judgement: Judgement) -> str:
    """Where it is stale, in words."""
    return PLACES[judgement.where]
