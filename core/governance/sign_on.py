"""Who is admitted to a workspace: the mapping of its operator, and an entry in the audit for each sign-on.

It knows no page and no provider: whoever received a token hands in its claims.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.errors import AccessDenied
from core.governance.claims import NOBODY, Admitted, Mapped, admitted, read_mapping, subject
from core.governance.noting import Notes
from core.types import Principal

_REMEMBERED = 1000
"""Sign-ons of which it is known that they stand in the audit already."""


class SignOn:
    """The door of a workspace for people whom a provider signed in; safe to share between threads."""

    def __init__(self, mapping: Path | None, notes: Notes, clock: Callable[[], float] = time.time) -> None:
        """Raises RequestError for a mapping that cannot be read."""
        self.mapped: Mapped = read_mapping(mapping) if mapping else NOBODY
        self._notes, self._clock = notes, clock
        self._noted: OrderedDict[tuple[str, str, bool], None] = OrderedDict()
        self._lock = threading.Lock()

    def admit(self, claims: Mapping[str, Any]) -> Admitted:
        """The person of a token; raises AccessDenied. Each sign-on is noted once, a refused one too."""
        try:
            found = admitted(claims, self.mapped, self._clock())
        except AccessDenied:
            who = subject(str(claims.get("iss", "")), str(claims.get("sub", "")))
            self._note(Principal(who, (), ()), claims, refused=True)
            raise
        self._note(found.principal, claims, refused=False)
        return found

    def _note(self, principal: Principal, claims: Mapping[str, Any], refused: bool) -> None:
        token = (principal.name, str(claims.get("iat", "")), refused)
        with self._lock:
            if token in self._noted:
                return
            self._noted[token] = None
            while len(self._noted) > _REMEMBERED:
                self._noted.popitem(last=False)
        if refused:
            self._notes.note(principal, "signed in", "refused", why=AccessDenied.__name__)
        else:
            self._notes.note(principal, "signed in", zones="-".join(principal.zones))
