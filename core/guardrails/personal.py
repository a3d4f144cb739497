"""Personal data in a text: what a form or a check digit tells, and names by a model where its weights are there.

It says where something stands, what it is and how sure that is; never whether it is allowed.
"""

from collections.abc import Iterable
from pathlib import Path
from threading import Lock

from core.errors import WeightsMissing
from core.guardrails.addresses import addresses
from core.guardrails.contacts import contacts
from core.guardrails.dates import dates
from core.guardrails.findings import Finding, in_order
from core.guardrails.identifiers import identifiers
from core.guardrails.introduced import addressed, introduced, listed, repeated
from core.guardrails.names import Names, load
from core.guardrails.patterns import personal
from core.guardrails.spans import apart
from core.guardrails.usage import Usage
from core.models.cache import model_folder

IDENTIFYING = frozenset(
    {
        "person", "address", "e-mail", "telephone", "IBAN", "card", "account", "national id", "passport",
        "driving licence", "date of birth", "age", "IP address", "MAC address",
    }
)  # fmt: skip
"""What points to one person by itself."""
CONTEXTUAL = frozenset({"place", "postcode", "organisation", "group", "date", "title", "web address"})
"""What points to a person only together with other things; most texts are full of it."""
KINDS = IDENTIFYING | CONTEXTUAL

_PATTERN_SCORES = {"e-mail": 1.0, "IBAN": 1.0, "card": 1.0, "telephone": 0.85}


class Personal:
    """Finds personal data; loads the model of names at the first text, works without it, and says so."""

    def __init__(self, models: Path | None, kinds: Iterable[str] = IDENTIFYING) -> None:
        """`models` is the cache of weights (Settings.models), None for patterns alone; `kinds` are those told."""
        self.kinds = frozenset(kinds)
        self._models = models
        self._names: Names | None = None
        self._loaded = models is None
        self._lock = Lock()

    @property
    def knows_names(self) -> bool:
        """Whether the model of names is there: without it a name is found only where words introduce it."""
        return self._model() is not None

    def find(self, text: str) -> tuple[Finding, ...]:
        """Findings of the kinds asked for, in reading order, none over another.

        Where two lie over one another the longer stays, then the surer; what is not asked for takes no room.
        """
        found = [
            Finding("personal", each.kind, each.start, each.end, _PATTERN_SCORES[each.kind]) for each in personal(text)
        ]
        for rule in (identifiers, contacts, dates, addresses):
            found += rule(text)
        usage = Usage(text)
        found += introduced(usage)
        names = self._model()
        if names is not None:
            found += names.find(usage)
        for further in (addressed, listed, repeated):
            found += list(further(usage, found))
        return in_order(each for each in apart(found) if each.kind in self.kinds)

    def _model(self) -> Names | None:
        with self._lock:
            if not self._loaded and self._models is not None:
                try:
                    self._names = Names(load(model_folder(self._models, "names")))
                except WeightsMissing:
                    self._names = None
                self._loaded = True
        return self._names
