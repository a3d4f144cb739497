"""How soon a newcomer has a cited answer: launch to served, ingestion, first token and whole answer.

    python -m benchmarks.first_answer [--runs 3]

Launch is a fresh `streamlit run` until its health page answers; the rest runs in this process on a temporary
workspace with the sample documents. Medians of the runs.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from core.answering.events import Delta, Done, Sources
from core.governance.principals import persona
from core.recipes import recipe
from core.settings import Settings
from core.workbench import Workbench

ROOT = Path(__file__).parent.parent
QUESTIONS = (
    "How many days may unused articles be sent back?",
    "What does a hotel night in a city cost at most in 2026?",
    "What does error code E4 on the scale mean?",
)


def seconds_to_serve() -> float:
    """From the start of the process to the first healthy reply."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", str(port)]
        began = time.perf_counter()
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "TOUCHSTONE_WORKSPACE": folder},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            while time.perf_counter() - began < 60:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).read()
                    return time.perf_counter() - began
                except OSError:
                    time.sleep(0.05)
        finally:
            server.terminate()
            server.wait()
    sys.exit("The app was not served within a minute.")


def one_run() -> dict[str, float]:
    """The figures of one run."""
    found = {"launch to served, s": seconds_to_serve()}
    with tempfile.TemporaryDirectory() as folder, Workbench(Settings(workspace=Path(folder))) as bench:
        bench.warm()
        began = time.perf_counter()
        outcomes = bench.ingest(bench.samples(), persona("administrator"))
        seconds = time.perf_counter() - began
        found["ingest of the samples, s"] = seconds
        found["ingest, chunks/s"] = sum(outcome.chunks for outcome in outcomes) / seconds
        for name in ("extractive", "default"):
            times = [_answer_times(bench, name, question) for question in QUESTIONS]
            for label, values in zip(
                ("sources shown", "first token", "whole answer"), zip(*times, strict=True), strict=True
            ):
                found[f"{name}: {label}, ms"] = statistics.median(values)
    return found


def _answer_times(bench: Workbench, name: str, question: str) -> tuple[float, float, float]:
    began = time.perf_counter()
    sources = first = whole = 0.0
    for event in bench.ask(question, recipe(name), persona("administrator")):
        now = (time.perf_counter() - began) * 1000
        if isinstance(event, Sources):
            sources = now
        elif isinstance(event, Delta) and not first:
            first = now
        elif isinstance(event, Done):
            whole = now
    return sources, first, whole


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = [one_run() for _ in range(parser.parse_args().runs)]
    for label in runs[0]:
        values = [run[label] for run in runs]
        print(f"{label:34}{statistics.median(values):10.1f}   ({min(values):.1f} to {max(values):.1f})")


if __name__ == "__main__":
    main()
