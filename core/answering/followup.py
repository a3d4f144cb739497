"""Recognises a question that leans on the one before it, and joins the two so that a search understands it.

Rules, not a model: they take no time, say the same each time, and write nothing that nobody asked. What they win and
cost is measured by `benchmarks/followups.py`.
"""

import re
from collections.abc import Sequence

SHORT = 3
"""A question of so few words seldom says what it is about."""

_OPENERS = re.compile(
    r"""^\W*(and|but|or|so|also|then|what\s+about|how\s+about|which\s+(one|ones)|why\s+not|
    und|aber|oder|also|dann|was\s+ist\s+mit|wie\s+ist\s+es\s+(mit|bei|für)|warum\s+nicht|
    y|e|pero|o|entonces|qué\s+(hay|pasa)\s+(de|con)|et|mais|ou|alors|qu'en\s+est-il)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_POINTERS = re.compile(
    r"""\b((about|of|for|with|is|are|was|were|does|do|did|can|after|before|like|to|from|in|at|on)\s+
    (that|this|it|them|those|these|him|her|one)|
    they|them|their|theirs|its|these|those|he|she|his|him|her|hers|such|same|
    dafür|davon|dabei|dazu|dazwischen|darüber|deren|dessen|diese[nmrs]?|solche[nmrs]?|
    eso|esto|esos|estos|ellos|ellas|aquello|mism[oa]s?|cela|ça|ceux|celui|celle|leurs?)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def leans(question: str) -> bool:
    """Whether a question seems to say only a part of what it asks: it is short, opens with "and", or points back."""
    return (
        len(re.findall(r"\w+", question)) <= SHORT
        or bool(_OPENERS.search(question))
        or bool(_POINTERS.search(question))
    )


def standalone(question: str, before: Sequence[str]) -> str | None:
    """The question with the one that it leans on, or None where it stands alone.

    `before` holds the earlier questions of the conversation, oldest first. Where the one before leans itself, what that
    leaned on comes too: the last question that stands alone, with all that followed.
    """
    if not before or not leans(question):
        return None
    topic: list[str] = []
    for earlier in reversed(before):
        topic.insert(0, earlier.strip())
        if not leans(earlier) or len(topic) == _MOST:
            break
    return " ".join([*topic, question])


_MOST = 3
"""Earlier questions that are taken along at most."""
