import shutil
from pathlib import Path

import pytest

from core.embedding.encoder import Encoder
from core.errors import AccessDenied, NotFound, RequestError, TouchstoneError
from core.governance.principals import persona
from core.ingestion import Incoming
from core.settings import Settings
from core.workbench import Workbench

ADMIN = persona("administrator")


def names(bench: Workbench) -> list[tuple[str, int]]:
    return [(row.name, row.version) for row in bench.documents(ADMIN)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "papers"
    (made / "sub").mkdir(parents=True)
    (made / "a.txt").write_text("Alpha stands here.")
    (made / "sub" / "b.md").write_text("# Beta\n\nBeta stands here.")
    return made


def test_a_folder_is_kept_in_step_deletions_included(bench: Workbench, folder: Path) -> None:
    (folder / ".hidden").write_text("not for you")
    watch = bench.watch(folder, "internal", ADMIN)
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


def test_a_deletion_while_nobody_watched_is_noticed(tmp_path: Path, minilm: Encoder, folder: Path) -> None:
    settings = Settings(workspace=tmp_path / "w")
    for expected in ([("a.txt", 1), ("sub/b.md", 1)], [("sub/b.md", 1)]):
        with Workbench(settings) as bench:
            bench._encoders["minilm"] = minilm
            watch = bench.watch(folder, "internal", ADMIN)
            watch.look()
            watch.look()
            assert names(bench) == expected
        (folder / "a.txt").unlink(missing_ok=True)


def test_what_was_brought_by_hand_is_left_alone(bench: Workbench, folder: Path, tmp_path: Path) -> None:
    brought = tmp_path / "by-hand.txt"
    brought.write_text("This was brought by hand.")
    bench.ingest([Incoming(brought, "c.txt")], ADMIN)
    watch = bench.watch(folder, None, ADMIN)
    watch.look()
    watch.look()
    (folder / "c.txt").write_text("This was brought by hand.")  # the same content appears in the folder, and goes
    watch.look()
    assert [o.state for o in watch.look()] == ["unchanged"]
    (folder / "c.txt").unlink()
    assert watch.look() == []
    assert ("c.txt", 1) in names(bench)


def test_what_was_set_by_hand_stays_when_the_folder_is_read_again(bench: Workbench, folder: Path) -> None:
    for _ in range(2):
        watch = bench.watch(folder, "internal", ADMIN, ("finance",))
        watch.look()
        watch.look()
        held = bench.library.find_current("a.txt")
        assert held
        bench.retag(held.id, ADMIN, ("hr",), None, None)
    held = bench.library.find_current("a.txt")
    assert held
    assert held.labels == ("hr",)


@pytest.mark.parametrize("how", ["gone", "empty"])
def test_a_disk_that_is_not_connected_withdraws_nothing(bench: Workbench, folder: Path, how: str) -> None:
    watch = bench.watch(folder, "internal", ADMIN)
    watch.look()
    watch.look()
    shutil.move(folder, folder.with_name("elsewhere"))
    if how == "empty":
        folder.mkdir()
    with pytest.raises(TouchstoneError, match="stay"):
        watch.look()
    assert len(names(bench)) == 2
    shutil.rmtree(folder, ignore_errors=True)
    shutil.move(folder.with_name("elsewhere"), folder)
    watch.look()
    assert len(names(bench)) == 2


def test_links_that_lead_out_are_not_followed(bench: Workbench, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("A secret stands here.")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "other.txt").write_text("Another secret.")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "linked").symlink_to(tmp_path / "more")
    (folder / "inside.txt").symlink_to(folder / "a.txt")
    watch = bench.watch(folder, "internal", ADMIN)
    watch.look()
    assert sorted(o.name for o in watch.look()) == ["a.txt", "inside.txt", "sub/b.md"]


def test_the_thread_starts_and_stops(bench: Workbench, folder: Path) -> None:
    watch = bench.watch(folder, "public", ADMIN).start()
    assert watch.running
    watch.stop()
    assert not watch.running
    assert watch.error == ""


def test_folders_that_nobody_can_mean(bench: Workbench, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no folder"):
        bench.watch(tmp_path / "nowhere", "public", ADMIN)
    for wide in (Path("/"), Path.home(), bench.workspace.root, bench.workspace.root.parent, bench.workspace.originals):
        with pytest.raises(RequestError):
            bench.watch(wide, "public", ADMIN)
    with pytest.raises(AccessDenied):
        bench.watch(tmp_path, "public", persona("engineer"))
