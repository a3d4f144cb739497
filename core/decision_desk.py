"""What a person may see of a decision between retrieval, an adapter and both; it computes nothing itself."""

from functools import cached_property
from typing import TYPE_CHECKING

from core.cost_desk import CostDesk

if TYPE_CHECKING:
    from core.workbench import Workbench


class DecisionDesk:
    """What the workbench hands out as `bench.decision`."""

    def __init__(self, bench: "Workbench") -> None:
        self._bench = bench

    @cached_property
    def cost(self) -> CostDesk:
        """What the paths cost."""
        return CostDesk(self._bench)
