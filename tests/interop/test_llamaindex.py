import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from core.errors import RequestError
from core.governance.principals import persona
from core.interop.script import llamaindex_script
from core.models.cache import model_folder
from core.recipes import BUILT_IN, varied
from core.settings import Settings
from core.workbench import Workbench

QUESTIONS = [
    "How many days may unused articles be sent back?",
    "What does the kettle cost?",
    "Who approves travel?",
    "Wie viele Tage lang darf man unbenutzte Ware zurückschicken?",
]
OFFICER = persona("officer")


def test_a_recipe_is_a_retriever_of_llamaindex(filled: Workbench) -> None:
    from core.interop.llamaindex import RecipeRetriever

    recipe = BUILT_IN["extractive"]
    nodes = RecipeRetriever(filled, recipe, OFFICER).retrieve(QUESTIONS[0])
    hits, _ = filled.search(QUESTIONS[0], recipe, OFFICER, recipe.retrieval.top_k)
    assert [node.node_id for node in nodes] == [hit.chunk.id for hit in hits]
    assert [node.score for node in nodes] == [hit.scores["fused"].value for hit in hits]
    seen = RecipeRetriever(filled, recipe, persona("viewer")).retrieve("personnel record salary")
    assert {node.metadata["zone"] for node in seen} == {"public"}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """Some papers, embedded in 32 bits as the script does it: in 16, near ties fall out otherwise."""
    import torch

    with pytest.MonkeyPatch.context() as patch:
        for place in ("network", "bert"):
            patch.setattr(f"core.embedding.{place}.fastest_dtype", lambda: torch.float32)
        with Workbench(Settings(workspace=tmp_path_factory.mktemp("whole")), "a test") as made:
            made.ingest(made.samples()[:8], persona("administrator"))
            yield made


@pytest.mark.parametrize(
    "changes", [{}, {"retrieval.fusion": "dbsf", "retrieval.mmr": "0.7", "retrieval.words_known": "0.75"}]
)
def test_the_exported_script_finds_the_same_without_touchstone(
    whole: Workbench, tmp_path: Path, changes: dict[str, str]
) -> None:
    recipe = varied(BUILT_IN["extractive"], changes)
    script, papers = tmp_path / "recipe.py", tmp_path / "papers.jsonl"
    script.write_text(llamaindex_script("mine", recipe), encoding="utf-8")
    with papers.open("w", encoding="utf-8") as out:
        for row in whole.documents(OFFICER):
            document = whole.visible(row.id, OFFICER)
            layout = {key: [asdict(each) for each in getattr(document, key)] for key in ("pages", "headings", "tables")}
            line = {"id": document.id, "name": document.name, "zone": document.zone, "text": document.text}
            out.write(json.dumps(line | {"layout": layout}) + "\n")
    model = model_folder(whole.settings.models, "minilm")
    done = subprocess.run(
        [sys.executable, str(script), str(papers), *QUESTIONS, "--model", str(model)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "import core" not in script.read_text() and "from core" not in script.read_text()
    for line in done.stdout.splitlines():
        told = json.loads(line)
        hits, _ = whole.search(told["question"], recipe, OFFICER, 5)
        ours = [(hit.document, hit.chunk.start, hit.chunk.end) for hit in hits]
        theirs = [(hit["document"], hit["start"], hit["end"]) for hit in told["hits"]]
        assert theirs == ours


def test_what_a_script_cannot_carry_is_said() -> None:
    base = BUILT_IN["default"]
    with pytest.raises(RequestError, match=r"retrieval\.expand = parent"):
        llamaindex_script("x", replace(base, retrieval=replace(base.retrieval, expand="parent")))
    with pytest.raises(RequestError, match="cannot carry the strategy 'hierarchical'"):
        llamaindex_script("x", replace(base, chunking=replace(base.chunking, strategy="hierarchical")))
