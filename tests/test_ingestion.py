import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from core.answering.ask import finish
from core.embedding.encoder import Encoder
from core.errors import AccessDenied
from core.governance.principals import persona
from core.ingestion import Incoming, Progress
from core.recipes import recipe
from core.settings import Settings
from core.types import ZONES
from core.workbench import Workbench
from tests.conftest import SAMPLE_FILES

ADMIN = persona("administrator")
EXTRACTIVE = recipe("extractive")


def consistent(bench: Workbench) -> None:
    """The list equals what the index holds, and every original is there."""
    expected = {row.id: row.chunks for row in bench.documents(ADMIN)}
    held: dict[str, int] = {}
    for zone in ZONES:
        held |= bench.index.counts(EXTRACTIVE.index_key, zone)
    assert held == expected
    hashes = {d.content_hash for d in bench.library.every() if not d.redacted}
    assert {path.name for path in bench.workspace.originals.iterdir()} == hashes


def note(folder: Path, name: str, text: str) -> Incoming:
    path = folder / name
    path.write_text(text)
    return Incoming(path, name, "public")


def test_the_same_file_twice_is_a_no_op(bench: Workbench, tmp_path: Path) -> None:
    file = note(tmp_path, "a.txt", "The kettle boils at 94 degrees.")
    first, second = bench.ingest([file], ADMIN)[0], bench.ingest([file], ADMIN)[0]
    assert (first.state, first.chunks) == ("added", 1)
    assert (second.state, second.document_id, second.chunks) == ("unchanged", first.document_id, 0)
    assert [o.state for o in bench.ingest([file, file], ADMIN)] == ["unchanged", "unchanged"]
    consistent(bench)


def test_new_content_under_a_name_replaces_what_answers(bench: Workbench, tmp_path: Path) -> None:
    bench.ingest([note(tmp_path, "price.txt", "The Wren scale costs 80 euros.")], ADMIN)
    outcome = bench.ingest([note(tmp_path, "price.txt", "The Wren scale costs 95 euros.")], ADMIN)[0]
    assert outcome.state == "replaced"
    answer = finish(bench.ask("What does the Wren scale cost?", EXTRACTIVE, ADMIN))
    assert "95" in answer.text
    assert "80" not in answer.text
    assert [row.version for row in bench.documents(ADMIN)] == [2]
    held: dict[str, int] = {}
    for zone in ZONES:
        held |= bench.index.counts(EXTRACTIVE.index_key, zone)
    assert list(held) == [outcome.document_id]


def test_a_refused_file_costs_only_itself(bench: Workbench, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    files = [Incoming(tmp_path / "empty.txt", "empty.txt"), note(tmp_path, "good.txt", "A good text stands here.")]
    outcomes = bench.ingest(files, ADMIN)
    assert [o.state for o in outcomes] == ["refused", "added"]
    assert outcomes[0].error is not None
    assert "empty.txt" in outcomes[0].error
    consistent(bench)


def test_progress_is_counted(bench: Workbench, tmp_path: Path) -> None:
    seen: list[Progress] = []
    files = [note(tmp_path, f"{n}.txt", f"Text number {n}. " * 50) for n in range(4)]
    bench.ingest(files, ADMIN, seen.append)
    assert seen[-1].stage == "done"
    assert (seen[-1].files_done, seen[-1].files) == (4, 4)
    assert seen[-1].chunks_done == sum(row.chunks for row in bench.documents(ADMIN))
    done = [p.files_done for p in seen]
    assert done == sorted(done)
    assert all(p.seconds_left is None or p.seconds_left >= 0 for p in seen)


def test_cancelling_ends_at_a_file_boundary(bench: Workbench, tmp_path: Path) -> None:
    files = [note(tmp_path, f"{n}.txt", f"Text number {n}.") for n in range(30)]
    outcomes = bench.ingest(files, ADMIN, cancelled=lambda: len(bench.documents(ADMIN)) > 0)
    assert "cancelled" in {o.state for o in outcomes}
    consistent(bench)


def test_what_a_crash_left_is_put_right(tmp_path: Path, minilm: Encoder) -> None:
    settings = Settings(workspace=tmp_path / "w")
    with Workbench(settings) as bench:
        bench._encoders["minilm"] = minilm
        bench.ingest(
            [note(tmp_path, "a.txt", "Alpha stands here."), note(tmp_path, "b.txt", "Beta stands here.")], ADMIN
        )
        lost = bench.library.find_current("b.txt")
        assert lost
        bench.index.delete_documents(EXTRACTIVE.index_key, "public", [lost.id])
        parsed = note(tmp_path, "c.txt", "Gamma stands here.")
        from core.library.parsing import parse_file

        bench.library.stage(parsed.path, "c.txt", parse_file(parsed.path, "c.txt"), "public", (), "t")
    with Workbench(settings) as again:
        again._encoders["minilm"] = minilm
        consistent(again)
        assert [row.name for row in again.documents(ADMIN)] == ["a.txt", "b.txt"]
        assert len(again.mended) == 2


@pytest.mark.parametrize("seed", range(3))
def test_sigkill_during_ingest_leaves_each_document_wholly_in_or_out(
    tmp_path: Path, minilm: Encoder, seed: int
) -> None:
    workspace = tmp_path / "w"
    command = [sys.executable, "-m", "core", "ingest", str(SAMPLE_FILES), "--workspace", str(workspace)]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=SAMPLE_FILES.parents[1])
    database = workspace / "touchstone.db"
    deadline = time.monotonic() + 60
    while not database.exists() and time.monotonic() < deadline and child.poll() is None:
        time.sleep(0.02)
    time.sleep(random.Random(seed).uniform(0.5, 6))
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    with Workbench(Settings(workspace=workspace)) as bench:
        bench._encoders["minilm"] = minilm
        consistent(bench)
        bench.ingest(bench.samples(), ADMIN)
        assert len(bench.documents(ADMIN)) == len(bench.samples())
        consistent(bench)


def test_one_long_file_moves_the_bar_and_it_never_goes_back(bench: Workbench, tmp_path: Path) -> None:
    seen: list[Progress] = []
    text = "\n\n".join(f"Paragraph {n} of a long file speaks of kettles. " * 5 for n in range(120))
    bench.ingest([note(tmp_path, "long.txt", text), note(tmp_path, "short.txt", "Short.")], ADMIN, seen.append)
    shares = [p.share for p in seen]
    assert shares[-1] == 1
    assert shares == sorted(shares)
    assert len({round(share, 2) for share in shares}) > 4
    chunks = [p.chunks_done for p in seen]
    assert chunks == sorted(chunks)


def test_the_same_content_with_another_zone_or_label_is_an_update(bench: Workbench, tmp_path: Path) -> None:
    plain = note(tmp_path, "a.txt", "The same content stands here.")
    bench.ingest([plain], ADMIN)
    tagged = replace(plain, zone="restricted", labels=("hr",), valid_until="2030-12-31")
    assert [o.state for o in bench.ingest([tagged], ADMIN)] == ["updated"]
    held = bench.library.find_current("a.txt")
    assert held
    assert (held.zone, held.labels, held.valid_until, held.version) == ("restricted", ("hr",), "2030-12-31", 1)
    assert [o.state for o in bench.ingest([tagged, plain], ADMIN)] == ["unchanged", "unchanged"]
    assert bench.search("same content", recipe("extractive"), persona("engineer"), 5)[0] == []
    consistent(bench)


def test_nobody_replaces_a_document_that_they_may_not_see(bench: Workbench, tmp_path: Path) -> None:
    bench.ingest([replace(note(tmp_path, "pay.txt", "Salaries stand here."), zone="restricted")], ADMIN)
    engineer = persona("engineer")
    outcome = bench.ingest([note(tmp_path, "pay.txt", "Something else.")], engineer)[0]
    assert (outcome.state, "may not bring" in str(outcome.error)) == ("refused", True)
    outcome = bench.ingest([replace(note(tmp_path, "new.txt", "New."), zone="restricted")], engineer)[0]
    assert outcome.state == "refused"
    with pytest.raises(AccessDenied):
        bench.ingest([note(tmp_path, "v.txt", "By a viewer.")], persona("viewer"))
    held = bench.library.find_current("pay.txt")
    assert held
    assert held.version == 1
    with pytest.raises(AccessDenied):
        bench.check(engineer, repair=False)


def test_an_older_workspace_gets_the_columns_that_came_later(tmp_path: Path) -> None:
    from sqlalchemy import inspect

    from core.storage.database import open_database

    engine = open_database(tmp_path / "t.db")
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE documents DROP COLUMN origin")
    engine.dispose()
    again = open_database(tmp_path / "t.db")
    assert "origin" in {column["name"] for column in inspect(again).get_columns("documents")}
    again.dispose()
