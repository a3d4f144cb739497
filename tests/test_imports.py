"""The architecture as tests: dependencies point down, and heavy modules are not imported at start."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

CORE = Path(__file__).parent.parent / "core"
STEPS = ("models", "library", "chunking", "embedding", "index", "retrieval", "generation", "governance", "storage")
FOUNDATION = {"errors", "types", "settings", "jobs", "workspace", "recipes", "servers", "wording"}
# A step may use another's currency, never its work: the contract of the index, the counting of tokens, where
# sentences end, the words above a passage; and the library keeps its rows in storage,
# and all write their files as the workspace has them written, plain or encrypted.
CURRENCY = {
    "core.index.contract",
    "core.embedding.tokens",
    "core.embedding.context",
    "core.embedding.encoder",
    "core.chunking.sentences",
    "core.storage.database",
    "core.storage.sealed",
}


def imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def files(folder: str = "") -> list[Path]:
    return sorted((CORE / folder).rglob("*.py"))


@pytest.mark.parametrize("file", files(), ids=lambda f: str(f.relative_to(CORE)))
def test_the_core_knows_no_page(file: Path) -> None:
    assert not {name for name in imports(file) if name.split(".")[0] in ("streamlit", "pages", "app")}


@pytest.mark.parametrize("step", STEPS)
def test_steps_do_not_import_each_other(step: str) -> None:
    for file in files(step):
        for name in imports(file):
            parts = name.split(".")
            if parts[0] != "core" or len(parts) < 2 or parts[1] in (*FOUNDATION, step):
                continue
            assert name in CURRENCY, f"{file.relative_to(CORE)} imports {name}"


@pytest.mark.parametrize("package", ["qdrant_edge", "qdrant_client"])
def test_only_the_index_imports_qdrant(package: str) -> None:
    users = {f.relative_to(CORE).parts[0] for f in files() if any(n.split(".")[0] == package for n in imports(f))}
    assert users <= {"index"}


def test_a_light_command_loads_nothing_heavy() -> None:
    code = "import sys, core.cli.app, core.workbench, core.guardrails.personal; print([m for m in ('torch', 'transformers', 'qdrant_edge', 'umap', 'sklearn', 'scipy', 'spacy', 'presidio_analyzer') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=CORE.parent)
    assert done.stdout.strip() == "[]"


STORES = {
    "library", "records", "index", "edits", "dataset_store", "adapter_store", "training_store", "proof_store", "runs",
    "trials", "sets", "facts", "proposals", "workshop_store",
}  # fmt: skip
"""What asks nobody who he is."""


@pytest.mark.parametrize(
    "file", sorted((CORE.parent / "pages").rglob("*.py")), ids=lambda f: str(f.relative_to(CORE.parent))
)
def test_no_page_reads_past_the_desks(file: Path) -> None:
    """A page asks the core with its principal; a store would answer anybody."""
    read = {
        node.attr
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and (
            (isinstance(node.value, ast.Name) and node.value.id == "bench")
            or (isinstance(node.value, ast.Attribute) and node.value.attr == "bench")
        )
    }
    assert not read & STORES
