from pathlib import Path

import numpy as np
import pytest

from core.errors import RequestError
from core.evaluation.questions import Question
from core.governance.principals import persona
from core.ingestion import Incoming
from core.recipes import BUILT_IN
from core.types import Chunking, Principal, Recipe
from core.workbench import Workbench
from tests.test_ingestion import note

ADMIN, VIEWER = persona("administrator"), Principal("evaluator", ("reader", "evaluator"), ("public",))
DEFAULT = BUILT_IN["default"]


@pytest.fixture
def three(bench: Workbench, tmp_path: Path) -> Workbench:
    """Six public passages, one restricted and one labelled."""
    words = ["moss", "bell", "lamp", "boat", "mill", "gate"]
    for word in words:
        bench.ingest([note(tmp_path, f"{word}.txt", f"The {word} is kept in order by its {word} keeper.")], ADMIN)
    secret = note(tmp_path, "pay.txt", "Wages rise in May.").path
    bench.ingest([Incoming(secret, "pay.txt", "restricted")], ADMIN)
    bench.ingest([Incoming(secret, "copy.txt", "public", ("inner",))], ADMIN)
    return bench


def test_a_map_holds_only_what_its_person_may_see(three: Workbench) -> None:
    whole = three.lab.maps.pca(DEFAULT, ADMIN)
    assert [entry.document for entry in whole.entries if entry.document in ("pay.txt", "copy.txt")] == [
        "copy.txt",
        "pay.txt",
    ]
    limited = three.lab.maps.pca(DEFAULT, Principal("limited", ("reader",), ("public",), ()))
    assert {entry.document for entry in limited.entries} == {
        f"{word}.txt" for word in ("moss", "bell", "lamp", "boat", "mill", "gate")
    }
    nothing = three.lab.maps.pca(DEFAULT, Principal("nobody", ("reader",), ()))
    assert (nothing.entries, nothing.points.shape) == ((), (0, 2))
    assert whole.points.shape == (8, 2)
    assert len(whole.languages) == 8


def test_near_duplicates_clusters_and_lonely_questions(three: Workbench) -> None:
    drawn = three.lab.maps.pca(DEFAULT, ADMIN)
    names = [entry.document for entry in drawn.entries]
    alike = three.lab.maps.near_duplicates(drawn, 0.8).pairs
    assert ("copy.txt", "pay.txt") in [(names[pair.one], names[pair.other]) for pair in alike]
    assert three.lab.maps.clusters(drawn, count=2).shape == (8,)
    assert len(three.lab.maps.outliers(drawn).cosines) == 8
    asked = [
        Question("near", "When do wages rise?", ("May",)),
        Question("far", "Who won the 1930 chess final?", ("x",)),
    ]
    three.lab.sets.save("two", asked, ADMIN)
    ids, found = three.lab.maps.lonely(drawn, "two", ADMIN, least=0.4)
    assert [ids[i] for i in found.far] == ["far"]
    place = three.lab.maps.place(drawn, [asked[0].text])[0]
    nearest = np.linalg.norm(drawn.points - place, axis=1).argmin()
    assert names[nearest] in ("pay.txt", "copy.txt")


def test_umap_is_fitted_once_and_gone_with_an_erasure(three: Workbench) -> None:
    assert three.lab.maps.umap(DEFAULT, VIEWER) is None
    job = three.lab.maps.start_umap(DEFAULT, VIEWER)
    assert three.jobs.wait(job, 200)
    assert (job.state, job.error) == ("done", "")
    held = three.lab.maps.umap(DEFAULT, VIEWER)
    assert held is not None
    assert (held.points == job.result.points).all()
    assert len(held.entries) == 7
    assert three.lab.maps.umap(DEFAULT, ADMIN) is None
    assert three.lab.maps.place(held, ["Who keeps the moss?"]).shape == (1, 2)
    assert len(list(three.workspace.maps.iterdir())) == 1
    assert three.erase("moss.txt", ADMIN).proven
    assert not three.workspace.maps.exists()
    assert three.lab.maps.umap(DEFAULT, VIEWER) is None


def test_a_map_of_an_index_that_is_not_built_is_refused(three: Workbench) -> None:
    with pytest.raises(RequestError, match="not built yet"):
        three.lab.maps.pca(Recipe(chunking=Chunking("tokens", 20)), ADMIN)
