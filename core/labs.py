"""The laboratory of a workspace: question sets, and what is measured with them; rights are checked here."""

from functools import cached_property
from typing import TYPE_CHECKING

from core.lab_sets import LabSets

if TYPE_CHECKING:
    from core.assembly import Assembly


class Lab:
    """What the workbench hands out as `bench.lab`; safe to share between threads."""

    def __init__(self, parts: "Assembly") -> None:
        self._parts = parts

    @cached_property
    def sets(self) -> LabSets:
        """The question sets."""
        return LabSets(self._parts)
