"""What one person may ask for at a time: counted by person, forgotten with time, told in one sentence, noted."""

from pathlib import Path
from threading import Event, Thread

import pytest

from core.answering.ask import finish
from core.embedding.encoder import Encoder
from core.errors import LimitReached
from core.governance.limits import Allowance, Limits
from core.governance.principals import persona
from core.ingestion import Incoming
from core.recipes import recipe
from core.settings import Settings
from core.workbench import Workbench

ADMIN, VIEWER, ENGINEER = persona("administrator"), persona("viewer"), persona("engineer")
MB = 1 << 20


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def counting(**most: int) -> tuple[Limits, Clock, list[tuple[str, str]]]:
    clock, refused = Clock(), list[tuple[str, str]]()
    return Limits(Allowance(**most), clock, lambda name, act: refused.append((name, act))), clock, refused


def test_questions_of_any_minute_by_person() -> None:
    limits, clock, _ = counting(questions=3)
    for _ in range(3):
        limits.question("ada", 10)
        clock.now += 10
    with pytest.raises(LimitReached, match="'ada' asked 3 questions in a minute, the most; wait a little"):
        limits.question("ada", 10)
    limits.question("bea", 10)
    clock.now = 160.0  # the first of ada's is a minute old
    limits.question("ada", 10)
    with pytest.raises(LimitReached):
        limits.question("ada", 10)


def test_what_was_refused_is_not_counted() -> None:
    limits, clock, _ = counting(questions=1)
    limits.question("ada", 1)
    for second in range(59):
        clock.now = 101.0 + second / 2
        with pytest.raises(LimitReached):
            limits.question("ada", 1)
    clock.now = 160.0
    limits.question("ada", 1)


def test_who_did_nothing_lately_takes_no_memory() -> None:
    limits, clock, _ = counting(questions=5)
    for number in range(1000):
        limits.question(f"p{number}", 1)
    clock.now += 61
    limits.question("ada", 1)
    assert list(limits._questions) == ["ada"]


def test_characters_uploads_and_jobs() -> None:
    limits, clock, refused = counting(characters=20, megabytes=2, jobs=2)
    with pytest.raises(LimitReached, match="has 21 characters; here 20 are the most"):
        limits.question("ada", 21)
    limits.upload("ada", 2 * MB)
    with pytest.raises(LimitReached, match="'ada' may bring 2 MB of files in 24 hours"):
        limits.upload("ada", 1)
    clock.now += 86_401
    limits.upload("ada", MB)
    limits.job("ada", 1)
    with pytest.raises(LimitReached, match="has 2 jobs under way"):
        limits.job("ada", 2)
    assert refused == [("ada", "brought files"), ("ada", "started job")]


def test_zero_is_no_limit() -> None:
    limits, _, refused = counting()
    for _ in range(500):
        limits.question("ada", 10**6)
        limits.upload("ada", 10**12)
        limits.job("ada", 10**6)
    assert not refused


def test_threads_do_not_get_more_between_them() -> None:
    limits, _, _ = counting(questions=50)
    passed = list[int]()

    def ask() -> None:
        for _ in range(100):
            try:
                limits.question("ada", 1)
            except LimitReached:
                continue
            passed.append(1)

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 50


def test_the_app_has_limits_where_none_are_set_and_a_command_has_not(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Settings()
    assert (plain.limit_questions, plain.limit_uploads, plain.limit_jobs) == (None, None, None)
    served = plain.served()
    assert (served.limit_questions, served.limit_uploads, served.limit_jobs) == (60, 2_000, 8)
    monkeypatch.setenv("TOUCHSTONE_LIMIT_QUESTIONS", "0")
    monkeypatch.setenv("TOUCHSTONE_LIMIT_JOBS", "3")
    assert (Settings().served().limit_questions, Settings().served().limit_jobs) == (0, 3)


def test_the_workbench_refuses_and_notes(tmp_path: Path, minilm: Encoder) -> None:
    settings = Settings(workspace=tmp_path / "w", limit_questions=3, limit_characters=60, limit_uploads=1, limit_jobs=1)
    with Workbench(settings, "a test") as bench:
        bench._encoders["minilm"] = minilm
        extractive, going = recipe("extractive"), Event()
        with pytest.raises(LimitReached, match="61 characters"):
            finish(bench.ask("x" * 61, extractive, VIEWER))
        finish(bench.ask("What is a heron?", extractive, VIEWER))
        bench.search("heron", extractive, VIEWER, 3)
        bench.search("heron", extractive, VIEWER, 3)
        with pytest.raises(LimitReached, match="'viewer' asked 3 questions"):
            bench.search("heron", extractive, VIEWER, 3)
        with pytest.raises(LimitReached):
            next(iter(bench.ask("What is a heron?", extractive, VIEWER)))
        finish(bench.ask("What is a heron?", extractive, ENGINEER))

        with pytest.raises(LimitReached, match="may bring 1 MB"):
            bench.receive([b"x" * MB, b"y"], ENGINEER)
        assert not list(bench.workspace.inbox.glob("*"))
        large = tmp_path / "large.txt"
        large.write_bytes(b"heron " * (MB // 5))
        with pytest.raises(LimitReached):
            bench.ingest([Incoming(large, "large.txt", "public")], ENGINEER)
        assert bench.documents(ADMIN) == []

        held = bench.jobs.start("waits", "engineer", lambda _: going.wait(20))
        with pytest.raises(LimitReached, match="'engineer' has 1 jobs under way"):
            bench.start_ingest([], ENGINEER, "files")
        assert bench.jobs.start("another's", "officer", lambda _: None).by == "officer"
        going.set()
        bench.jobs.wait(held)
        bench.jobs.wait(bench.start_ingest([], ENGINEER, "files"))
        noted = {(e.who, e.act) for e in bench.audit.search(ADMIN) if e.facts.get("why") == "LimitReached"}
        assert noted == {
            ("viewer", "asked"), ("viewer", "searched"), ("engineer", "brought files"), ("engineer", "ingested"),
            ("engineer", "started job"),
        }  # fmt: skip
