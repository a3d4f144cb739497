"""The laboratory of a workspace: question sets, and what is measured with them; each part checks the rights to it."""

from typing import TYPE_CHECKING

from core.lab.answers import LabAnswers
from core.lab.arms import LabArms
from core.lab.chunking import LabChunking
from core.lab.growth import LabGrowth
from core.lab.maps import LabMaps
from core.lab.routes import LabRoutes
from core.lab.runs import LabRuns
from core.lab.sets import LabSets
from core.lab.trials import LabTrials

if TYPE_CHECKING:
    from core.workbench import Workbench


class Lab:
    """What the workbench hands out as `bench.lab`; it holds no state of its own."""

    def __init__(self, parts: "Workbench") -> None:
        self.sets = LabSets(parts)
        """Question sets."""
        self.runs = LabRuns(parts, self.sets)
        """Retrieval runs and their comparison."""
        self.trials = LabTrials(parts, self.runs)
        """Sweeps, and comparisons of embedders."""
        self.chunking = LabChunking(parts, self.sets)
        """One document cut in several ways."""
        self.maps = LabMaps(parts, self.sets)
        """Passages as points, and what lies near what."""
        self.arms = LabArms(parts, self.sets, self.runs)
        """Retrieval on and off by an adapter on and off."""
        self.routes = LabRoutes(parts, self.sets, self.runs)
        """The routes of a question, each over a set: what a router learns from."""
        self.answers = LabAnswers(parts, self.sets, self.runs)
        """Answers of recipes over a set, and their comparison."""
        self.growth = LabGrowth(parts, self.sets)
        """Questions that are written, proposed and reviewed."""
