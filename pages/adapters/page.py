"""Adapters: what they learn from, which there are, and what each adds. Every part has its own file."""

from core.types import Principal
from core.workbench import Workbench
from pages.adapters import arms, datasets, proof, registry, router, training
from pages.shared.room import part, room

PAGE = "adapters"
VIEWS = {
    "datasets": ":material/dataset: Datasets",
    "training": ":material/model_training: Training",
    "proof": ":material/verified: Proof",
    "adapters": ":material/extension: Adapters",
    "arms": ":material/grid_view: Four arms",
    "router": ":material/alt_route: Router",
}
SHOW = {
    "datasets": datasets.show,
    "training": training.show,
    "proof": proof.show,
    "adapters": registry.show,
    "arms": arms.show,
    "router": router.show,
}


def _draw(bench: Workbench, who: Principal) -> None:
    part(bench, who, PAGE, VIEWS, SHOW)


room(
    "Adapters",
    "An adapter learns facts by heart, or a way to answer. Collect rows, train, measure before and after, release it, "
    "and see beside retrieval what it adds.",
    _draw,
)
