"""Ingestion under attack and bad luck: odd names, races, a full disk, and kills at random moments."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from core.embedding.encoder import Encoder
from core.governance.principals import persona
from core.ingestion import Incoming
from core.settings import Settings
from core.workbench import Workbench
from tests.cli.running import spawn
from tests.conftest import SAMPLE_FILES
from tests.test_ingestion import consistent, note

ADMIN = persona("administrator")
ROOT = SAMPLE_FILES.parents[1]


@pytest.mark.parametrize(
    ("name", "kept"),
    [("a\nb.txt", "a b.txt"), ("../up.txt", "up.txt"), ("🫖.txt", "🫖.txt"), ("x" * 300 + ".txt", None)],
)
def test_odd_names_are_kept_safely(bench: Workbench, tmp_path: Path, name: str, kept: str | None) -> None:
    path = tmp_path / "upload"
    path.write_text("A text stands here.")
    bench.ingest([Incoming(path, name)], ADMIN)
    names = [row.name for row in bench.documents(ADMIN)]
    assert len(names) == 1
    assert kept is None or names == [kept]
    assert {p.name for p in tmp_path.iterdir()} == {"upload", "workspace"}


def test_two_uploads_of_one_file_at_once(bench: Workbench, tmp_path: Path) -> None:
    file = note(tmp_path, "same.txt", "The same text comes twice at once.")
    states: list[str] = []
    threads = [threading.Thread(target=lambda: states.append(bench.ingest([file], ADMIN)[0].state)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(states) == ["added", "unchanged", "unchanged", "unchanged"]
    consistent(bench)


def test_a_file_that_vanishes_costs_only_itself(bench: Workbench, tmp_path: Path) -> None:
    outcomes = bench.ingest([Incoming(tmp_path / "gone.txt", "gone.txt"), note(tmp_path, "here.txt", "Here.")], ADMIN)
    assert [o.state for o in outcomes] == ["refused", "added"]


def test_many_rows_of_a_csv(bench: Workbench, tmp_path: Path) -> None:
    rows = "\n".join(f"{n},item {n},{n * 3}" for n in range(2000))
    outcome = bench.ingest([note(tmp_path, "rows.csv", "id,name,price\n" + rows)], ADMIN)[0]
    assert outcome.state == "added"
    document = bench.library.find_current("rows.csv")
    assert document
    assert document.text.count("price: ") == 2000
    entries = list(bench.index.entries(next(iter(bench.index.keys())), "public", document.id))
    assert all("name: " in entry.chunk.text for entry in entries)
    consistent(bench)


@pytest.fixture
def small_disk(tmp_path: Path):
    """A file system of 420 MB, which a test fills up."""
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=420m", "tmpfs", place], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("mounting a small tmpfs needs rights that are not given here")
    yield place
    subprocess.run(["umount", "-l", place], check=False)


def test_a_full_disk_is_one_sentence_and_what_was_in_stays(small_disk: Path, tmp_path: Path, minilm: Encoder) -> None:
    big = tmp_path / "big.txt"
    big.write_text("\n\n".join(f"Paragraph {n} of a long text. " * 12 for n in range(6000)))
    workspace = small_disk / "w"
    first = spawn("ingest", SAMPLE_FILES / "service-faq.md", "--workspace", workspace)
    filler = small_disk / "filler"
    free = os.statvfs(small_disk)
    filler.write_bytes(bytes(max(0, free.f_bavail * free.f_frsize - 600_000)))
    second = spawn("ingest", big, "--workspace", workspace)
    filler.unlink()
    assert first.returncode == 0, first.stderr
    assert second.returncode == 2
    assert "MB free" in second.stderr
    assert "Traceback" not in second.stderr
    assert second.stderr.count("\n") == 1
    with Workbench(Settings(workspace=workspace)) as bench:
        bench._encoders["minilm"] = minilm
        consistent(bench)
        assert [row.name for row in bench.documents(ADMIN)] == ["service-faq.md"]


@pytest.mark.slow
def test_fifty_kills_at_random_moments(tmp_path: Path, minilm: Encoder) -> None:
    """A loop of at least 50: after each restart the library equals the index."""
    workspace, chance = tmp_path / "w", random.Random(50)
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for turn in range(50):
        for n in range(6):  # new versions all the time
            (corpus / f"{n}.txt").write_text("\n\n".join(f"Turn {turn}, file {n}, part {i}. " * 10 for i in range(40)))
        command = [sys.executable, "-m", "core", "ingest", str(corpus), "--workspace", str(workspace)]
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
        time.sleep(chance.uniform(0.5, 7))
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        with Workbench(Settings(workspace=workspace)) as bench:
            bench._encoders["minilm"] = minilm
            consistent(bench)
