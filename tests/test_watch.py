from pathlib import Path

import pytest

from core.errors import NotFound
from core.governance.principals import persona
from core.workbench import Workbench

ADMIN = persona("administrator")


def names(bench: Workbench) -> list[tuple[str, int]]:
    return [(row.name, row.version) for row in bench.documents(ADMIN)]


def test_a_folder_is_kept_in_step_deletions_included(bench: Workbench, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text("Alpha stands here.")
    (folder / "sub" / "b.md").write_text("# Beta\n\nBeta stands here.")
    (folder / ".hidden").write_text("not for you")
    watch = bench.watch(folder, "internal", "tests")
    assert watch.look() == []  # nothing has settled yet
    assert {o.state for o in watch.look()} == {"added"}
    assert names(bench) == [("a.txt", 1), ("sub/b.md", 1)]
    assert watch.look() == []
    (folder / "a.txt").write_text("Alpha was written anew.")
    watch.look()
    assert [o.state for o in watch.look()] == ["replaced"]
    (folder / "sub" / "b.md").unlink()
    assert [(o.name, o.state) for o in watch.look()] == [("sub/b.md", "withdrawn")]
    assert names(bench) == [("a.txt", 2)]


def test_the_thread_starts_and_stops(bench: Workbench, tmp_path: Path) -> None:
    watch = bench.watch(tmp_path, "public", "tests").start()
    assert watch.running
    watch.stop()
    assert not watch.running
    assert watch.error == ""


def test_a_folder_that_is_not_there(bench: Workbench, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no folder"):
        bench.watch(tmp_path / "nowhere", "public", "tests")
