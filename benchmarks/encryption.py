"""What encryption at rest costs: the same work in a plain workspace and in an encrypted one, turn by turn.

    python -m benchmarks.encryption [--rounds 5]

Medians of the rounds; plain and encrypted alternate, so that what else the machine does falls on both.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import insert, select

from core.answering.ask import finish
from core.encryption import decrypt, encrypt
from core.governance.principals import persona
from core.recipes import BUILT_IN, recipe
from core.settings import Settings
from core.storage.database import open_database, recipes, traces
from core.workbench import Workbench

ADMIN, EXTRACTIVE = persona("administrator"), recipe("extractive")
KEY = SecretStr("a passphrase for measuring")
QUESTION = "How long may I return unused articles?"
ROWS, BODY = 200, {"text": "The heron stands in the reeds. " * 600}


@contextmanager
def timed(into: dict[str, list[float]], what: str) -> Iterator[None]:
    """Adds the milliseconds of the block."""
    began = time.perf_counter()
    yield
    into.setdefault(what, []).append((time.perf_counter() - began) * 1000)


def database(folder: Path, key: bytes | None, into: dict[str, list[float]]) -> None:
    """Operations of the database alone."""
    engine = open_database(folder / f"{key is None}.db", key)
    row = {"started_at": "2026", "principal": "a", "recipe": "r", "body": BODY}
    with timed(into, f"database: {ROWS} traces of 19 KB, one transaction"), engine.begin() as connection:
        connection.execute(insert(traces), [{"id": str(n), **row} for n in range(ROWS)])
    with timed(into, "database: 20 small transactions, each on the disk"):
        for n in range(20):
            with engine.begin() as connection:
                values = {"name": str(n), "body": {}, "saved_at": "", "saved_by": ""}
                connection.execute(insert(recipes).values(**values))
    with timed(into, f"database: {ROWS} traces read one by one"):
        for n in range(ROWS):
            with engine.connect() as connection:
                connection.execute(select(traces).where(traces.c.id == str(n))).one()
    with timed(into, "database: vacuum"), engine.connect() as connection:
        connection.exec_driver_sql("VACUUM")
    engine.dispose()


def workspace(folder: Path, key: SecretStr | None, into: dict[str, list[float]]) -> None:
    """What a person does with a workspace; models are loaded before."""
    settings = Settings(workspace=folder / f"{key is None}", encryption_key=key)
    with Workbench(settings, "the benchmark") as bench:
        bench._encoders.update(_LOADED)
        with timed(into, "ingest of the samples, vectors computed"):
            bench.ingest(bench.samples(), ADMIN)
    with timed(into, "open a workspace and list its documents"), Workbench(settings, "the benchmark") as bench:
        bench.documents(ADMIN)
    with Workbench(settings, "the benchmark") as bench:
        bench._encoders.update(_LOADED)
        finish(bench.ask(QUESTION, EXTRACTIVE, ADMIN))
        for _ in range(10):
            with timed(into, "search"):
                bench.search(QUESTION, EXTRACTIVE, ADMIN, 10)
            with timed(into, "extractive answer, trace and audit kept"):
                finish(bench.ask(QUESTION, EXTRACTIVE, ADMIN))
        with timed(into, "erase a document, with the scan"):
            bench.erase("returns-policy.pdf", ADMIN)
    if key is None:
        with timed(into, "encrypt the whole workspace"):
            encrypt(settings.model_copy(update={"encryption_key": KEY}), None)
        with timed(into, "decrypt it again"):
            decrypt(settings.model_copy(update={"encryption_key": KEY}))


_LOADED: dict[str, object] = {}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as place, Workbench(Settings(workspace=Path(place))) as bench:
        encoder = bench.encoder(BUILT_IN["default"].embedding.model)
        encoder.warm()
        _LOADED[BUILT_IN["default"].embedding.model] = encoder
    plain: dict[str, list[float]] = {}
    sealed: dict[str, list[float]] = {}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as place:
            turns: list[Callable[[], None]] = [
                lambda place=place: database(Path(place), None, plain),  # type: ignore[misc]
                lambda place=place: database(Path(place), b"k" * 32, sealed),  # type: ignore[misc]
                lambda place=place: workspace(Path(place), None, plain),  # type: ignore[misc]
                lambda place=place: workspace(Path(place), KEY, sealed),  # type: ignore[misc]
            ]
            for turn in turns:
                turn()
    print(f"{'milliseconds, median':52}{'plain':>10}{'encrypted':>11}{'ratio':>8}")
    for what, values in plain.items():
        before = statistics.median(values)
        if what not in sealed:
            print(f"{what:52}{before:10.1f}")
            continue
        after = statistics.median(sealed[what])
        print(f"{what:52}{before:10.1f}{after:11.1f}{after / before:8.2f}")


if __name__ == "__main__":
    main()
