"""The embedded store under many hands at once, and under the knife."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.index.contract import Query, Tags
from core.index.edge import EdgeIndex
from core.types import ZONES, Zone
from tests.index.test_contract import SPEC, entry, everything, vector

CHUNKS = 12


def put(index: EdgeIndex, name: str, zone: Zone, old: dict[Zone, list[str]] | None = None) -> None:
    entries = [entry(name, n, zone) for n in range(CHUNKS)]
    index.replace_document(
        "k", zone, entries, np.stack([vector(hash((name, n)) & 0xFFFF) for n in range(CHUNKS)]), old or {}
    )


class Hands:
    """Threads that do one thing over and over until the time is up; what they raised, and what each did."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._threads: list[threading.Thread] = []
        self.raised: list[BaseException] = []
        self.done: list[int] = []

    def add(self, step: Callable[[int], None]) -> None:
        at = len(self.done)
        self.done.append(0)

        def run() -> None:
            try:
                while time.monotonic() < self._end:
                    step(self.done[at])
                    self.done[at] += 1
            except BaseException as error:  # told by the test
                self.raised.append(error)

        self._threads.append(threading.Thread(target=run))

    def work(self) -> None:
        for thread in self._threads:
            thread.start()
        for thread in self._threads:
            thread.join()


@pytest.mark.parametrize("seconds", [3, pytest.param(60, marks=pytest.mark.slow)])
def test_readers_writers_and_an_eraser_at_once(tmp_path: Path, seconds: float) -> None:
    index = EdgeIndex(tmp_path)
    index.open(SPEC)
    held: dict[Zone, set[str]] = {zone: set() for zone in ZONES}
    guard = threading.Lock()
    for zone in ZONES:
        put(index, f"first-{zone}", zone)
        held[zone].add(f"first-{zone}")
    hands = Hands(seconds)

    def read(n: int) -> None:
        got = index.search("k", Query(vector(n), "passage", 20), everything())
        assert got.dense
        assert got.sparse
        counts = index.counts("k", ZONES[n % 3])
        assert set(counts.values()) <= {CHUNKS}  # a document is there whole, or not at all
        name = next(iter(counts), None)
        if name:
            assert len(list(index.entries("k", ZONES[n % 3], name))) in (0, CHUNKS)

    def writer(who: str, zone: Zone) -> Callable[[int], None]:
        def write(n: int) -> None:
            new = f"{who}-{n}"
            old = [f"{who}-{n - 1}"] if n % 3 == 0 and n else []
            put(index, new, zone, {zone: old})
            if n % 5 == 0:
                index.relabel("k", zone, new, Tags(("hr",), None, None))
            with guard:
                held[zone].add(new)
                held[zone].difference_update(old)

        return write

    def erase(n: int) -> None:
        zone = ZONES[n % 2]
        with guard:
            free = [name for name in held[zone] if name.startswith("first")] if n < 2 else []
        if free:
            index.delete_documents("k", zone, free)
            with guard:
                held[zone].difference_update(free)
        index.rewrite("k", zone)

    for _ in range(4):
        hands.add(read)
    hands.add(writer("a", "public"))
    hands.add(writer("b", "internal"))
    hands.add(erase)
    hands.work()
    assert hands.raised == []
    assert min(hands.done) > 0
    for zone in ZONES:
        assert index.counts("k", zone) == dict.fromkeys(held[zone], CHUNKS)
    index.close()
    again = EdgeIndex(tmp_path)
    again.open(SPEC)
    for zone in ZONES:
        assert again.counts("k", zone) == dict.fromkeys(held[zone], CHUNKS)
    again.close()


def child(folder: str, run: str) -> None:
    """Write without end; each line printed tells a change that was acknowledged."""
    index = EdgeIndex(Path(folder))
    index.open(SPEC)
    print("open", flush=True)
    n = 0
    while True:
        put(index, f"{run}-{n}", ZONES[n % 3], {ZONES[n % 3]: [f"{run}-{n - 3}"]} if n % 4 == 3 else None)
        print(f"put {n}", flush=True)
        if n % 10 == 9:
            index.rewrite("k", ZONES[n % 3])
        n += 1


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, kills: int) -> None:
    chance = random.Random(3)
    expected: dict[Zone, set[str]] = {zone: set() for zone in ZONES}
    for run in range(kills):
        code = f"from tests.index.test_hard_use import child; child({str(tmp_path)!r}, 'r{run}')"
        process = subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONHASHSEED": "0"}
        )
        assert process.stdout
        assert process.stdout.readline() == "open\n"
        threading.Timer(chance.uniform(0.2, 2), process.send_signal, (signal.SIGKILL,)).start()
        lines = process.stdout.read().splitlines()
        process.stdout.close()
        assert process.wait() == -signal.SIGKILL
        last = -1
        for line in lines:
            if not line.startswith("put "):
                continue  # cut short by the kill
            last = int(line.removeprefix("put "))
            expected[ZONES[last % 3]].add(f"r{run}-{last}")
            if last % 4 == 3:
                expected[ZONES[last % 3]].discard(f"r{run}-{last - 3}")
        under_way, replaced = f"r{run}-{last + 1}", f"r{run}-{last - 2}"
        index = EdgeIndex(tmp_path)
        index.open(SPEC)
        for zone in ZONES:
            counts = index.counts("k", zone)
            assert expected[zone] - {replaced} <= set(counts) <= expected[zone] | {under_way}
            if replaced in expected[zone] and replaced not in counts:
                assert under_way in counts  # it may go only when what replaces it is there
            assert all(counts[name] == CHUNKS for name in expected[zone] & set(counts))
            expected[zone] = set(counts)
            entries = [stored.entry for stored in index.iterate("k", zone)]
            assert len(entries) == sum(counts.values())
            for name in set(counts) - {under_way}:
                assert len(list(index.entries("k", zone, name))) == CHUNKS
        if any(under_way in names for names in expected.values()):
            zone = ZONES[(last + 1) % 3]
            index.delete_documents("k", zone, [under_way])
            expected[zone].discard(under_way)
        index.close()
