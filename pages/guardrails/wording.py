"""Actions and detectors as the page words them; it decides nothing."""

from core.guardrails.wording import ACTION_WORDS, DETECTOR_WORDS
from core.types import Action

COLOURS: dict[Action, str] = {
    "allow": "green",
    "mask": "blue",
    "redact": "blue",
    "downgrade": "orange",
    "veto": "red",
    "quarantine": "red",
}
ICONS: dict[Action, str] = {
    "allow": "check_circle",
    "mask": "visibility_off",
    "redact": "visibility_off",
    "downgrade": "gpp_maybe",
    "veto": "block",
    "quarantine": "lock",
}
SAYS: dict[Action, str] = {
    "allow": "nothing is done",
    "mask": "its shape can be seen, its letters and digits cannot",
    "redact": "nothing of it can be seen",
    "downgrade": "the document is cited only beside one that is trusted, and the answer says so",
    "veto": "the passage is kept out of prompts",
    "quarantine": "the whole document is kept out of prompts until a person clears it",
}


def badge(action: Action) -> str:
    """A badge of what is done."""
    return f":{COLOURS[action]}-badge[:material/{ICONS[action]}: {ACTION_WORDS[action]}]"


def field(detector: str) -> str:
    """What a detector looks for."""
    return DETECTOR_WORDS[detector]
