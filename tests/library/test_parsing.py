"""The child process: limits, crashes, hangs and cancellation cost one file only and leave nothing behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from core.errors import DamagedFile, FileTooLarge, ParserLimit, ReadingCancelled, RequestError
from core.library.parsing import Limits, Parser, Parsers, parse_file
from tests.library.making import check


def alive(pid: int) -> bool:
    """Whether a process runs; a dead one that nobody waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


@pytest.fixture
def large(tmp_path):
    """A file that takes about two seconds to read."""
    path = tmp_path / "large.csv"
    path.write_text("name,sum\n" + "tea,1\n" * 900_000)
    return path


def test_one_child_reads_many_files(write):
    with Parser() as parser:
        parser.parse(write("a.txt", "one"), "a.txt")
        first = parser.child_pid
        assert parser.parse(write("b.md", "# two"), "b.md").text == "two"
        assert parser.child_pid == first
    assert not alive(first)


def test_a_hang_costs_that_file_only(write, large):
    with Parser(Limits(seconds=1)) as parser:
        parser.parse(write("a.txt", "one"), "a.txt")
        first = parser.child_pid
        with pytest.raises(ParserLimit, match=r"'large\.csv' took longer than 1 s to read and was stopped\."):
            parser.parse(large, "large.csv")
        assert not alive(first)
        assert parser.parse(write("a.txt", "one"), "a.txt").text == "one"


def test_a_crash_costs_that_file_only(write, large):
    with Parser() as parser:
        parser.parse(write("a.txt", "one"), "a.txt")
        threading.Timer(0.3, os.kill, (parser.child_pid, signal.SIGSEGV)).start()
        with pytest.raises(
            DamagedFile, match=r"'large\.csv' made its reader crash \(SIGSEGV\); nothing of it was taken in\."
        ):
            parser.parse(large, "large.csv")
        assert parser.parse(write("a.txt", "two"), "a.txt").text == "two"


def test_a_child_that_died_between_files_is_replaced(write):
    with Parser() as parser:
        parser.parse(write("a.txt", "one"), "a.txt")
        os.kill(parser.child_pid, signal.SIGKILL)
        time.sleep(0.1)
        assert parser.parse(write("b.txt", "two"), "b.txt").text == "two"


def test_too_much_memory(write):
    path = write("a.csv", "a,b\n" + "1,2\n" * 5_000_000)
    with pytest.raises(ParserLimit, match=r"'a\.csv' needs more (memory|than 200 MB)"):
        parse_file(path, "a.csv", Limits(memory_mb=200))


def test_cancellation(large):
    stop = threading.Event()
    with Parser() as parser:
        threading.Timer(0.3, stop.set).start()
        began = time.monotonic()
        with pytest.raises(ReadingCancelled, match=r"'large\.csv' was not read: the run was cancelled\."):
            parser.parse(large, "large.csv", stop.is_set)
        assert time.monotonic() - began < 1.5
        assert parser.child_pid is None


def test_threads_share_a_parser(write):
    paths = [write(f"{n}.txt", f"text {n}") for n in range(12)]
    found = {}
    with Parser() as parser:
        threads = [
            threading.Thread(target=lambda p=p: found.update({p.stem: parser.parse(p, p.name).text})) for p in paths
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == {str(n): f"text {n}" for n in range(12)}


def test_the_child_dies_with_its_parent(large):
    code = (
        "import os, sys, threading\nfrom pathlib import Path\nfrom core.library.parsing import Parser\n"
        "p = Parser()\nthreading.Thread(target=p.parse, args=(Path(sys.argv[1]), 'x.csv'), daemon=True).start()\n"
        "while not p.child_pid: pass\nprint(p.child_pid, flush=True)\nimport time; time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(large)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        time.sleep(0.5)
        assert alive(child)
        parent.kill()
        wait_until(lambda: not alive(child))


def test_the_child_opens_no_connection_and_sees_no_secrets(monkeypatch):
    monkeypatch.setenv("TOUCHSTONE_SECRET", "s3cret")
    with Parser() as parser:
        with pytest.raises(DamagedFile):
            parser.parse(Path(__file__).with_name("making.py").parent / "conftest.py", "x.json")
        environment = Path(f"/proc/{parser.child_pid}/environ").read_bytes()
    assert b"s3cret" not in environment and b"PATH=" in environment
    code = (
        "import sys\nfrom core.library.child import _refuse_network\nsys.addaudithook(_refuse_network)\n"
        "import socket\nsocket.create_connection(('127.0.0.1', 9))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "A parser tried to open a network connection." in done.stderr


def test_oversize_text(write):
    with pytest.raises(FileTooLarge, match=r"'a\.txt' holds more than 1,000 characters of text, which is the limit\."):
        parse_file(write("a.txt", "word " * 500), "a.txt", Limits(text_chars=1000))


def test_a_million_rows(write):
    path = write("a.csv", "id,sum\n" + "".join(f"{n},{n % 97}\n" for n in range(1_000_000)))
    with pytest.raises(FileTooLarge, match="20,000,000 characters"):
        parse_file(path, "a.csv")
    parsed = check(parse_file(path, "a.csv", Limits(text_chars=40_000_000)))
    assert len(parsed.tables[0].rows) == 1_000_000
    last = parsed.tables[0].rows[-1]
    assert parsed.text[last.start : last.end] == "id: 999999 | sum: 26"


@pytest.mark.parametrize("field", ["seconds", "memory_mb", "pages", "text_chars"])
def test_limits_must_be_above_zero(field):
    with pytest.raises(RequestError, match=f"The limit '{field}' is 0"):
        Limits(**{field: 0})


def test_a_file_with_a_hostile_name_is_read(tmp_path):
    for name in ("a\nb.txt", "🧾.txt", "x" * 240 + ".txt", "-rf.txt"):
        path = tmp_path / name
        path.write_text("content")
        assert parse_file(path, f"../../{name}").text == "content"


def test_lent_parsers_are_kept_and_each_borrower_has_its_own(write):
    path = write("a.txt", "text")
    parsers = Parsers(idle=60)
    with parsers.lend() as one:
        one.parse(path, "a.txt")
        first = one.child_pid
        with parsers.lend() as other:
            assert other is not one
    with parsers.lend() as again, parsers.lend() as another:
        assert {again, another} == {one, other}
        assert first in {again.child_pid, another.child_pid}
    parsers.close()
    assert one.child_pid is None
    assert other.child_pid is None


def test_an_idle_parser_ends_and_a_closed_lender_keeps_none(write):
    parsers = Parsers(idle=0.05)
    with parsers.lend() as parser:
        parser.parse(write("a.txt", "text"), "a.txt")
    deadline = time.monotonic() + 10
    while parser.child_pid is not None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert parser.child_pid is None
    with parsers.lend() as late:
        parsers.close()
        late.parse(write("b.txt", "text"), "b.txt")
    assert late.child_pid is None
