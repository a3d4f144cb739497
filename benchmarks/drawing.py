"""How long the inspector takes to draw four columns of all their candidates, in a real Chromium.

    python -m benchmarks.drawing [--runs 5]

Four recipes answer one question over the sample papers. In turns, each in a fresh browser session, the page is opened
empty and with a link to the four traces: what the second takes longer is the opening of the traces, the diagnosis
behind the page, and the drawing of all lines. Medians are told.
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

from core.answering.ask import finish
from core.governance.principals import persona
from core.recipes import BUILT_IN, varied
from core.settings import Settings
from core.workbench import Workbench
from scripts.find_chromium import find

QUESTION = "How long is the warranty on a kettle?"
CHANGES: tuple[dict[str, str], ...] = (
    {},
    {"retrieval.top_k": "8"},
    {"retrieval.rrf_k": "60"},
    {"retrieval.rerank": "maxsim"},
)


def answered(workspace: Path) -> list[str]:
    """The traces of the four answers."""
    admin = persona("administrator")
    with Workbench(Settings(workspace=workspace), "a benchmark") as bench:
        bench.ingest(bench.samples(), admin)
        recipes = [varied(BUILT_IN["extractive"], change) for change in CHANGES]
        return [finish(bench.ask(QUESTION, recipe, admin)).trace.id for recipe in recipes]


def served(workspace: Path, port: int) -> subprocess.Popen[bytes]:
    """The app, once it answers."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    environment = {**os.environ, "TOUCHSTONE_WORKSPACE": str(workspace)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=2).close()
            return process
        except OSError:
            time.sleep(0.2)
    process.kill()
    raise SystemExit("The app did not start.")


def main() -> None:
    """Measure and print."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        traces = answered(Path(folder) / "w")
        process = served(Path(folder) / "w", port)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox", "--disable-gpu"])
                empty, full, lines = [], [], 0
                for _ in range(runs + 1):
                    for trace, times in (("", empty), (f"?trace={','.join(traces)}", full)):
                        page = browser.new_page(viewport={"width": 1280, "height": 900})
                        began = time.perf_counter()
                        page.goto(f"http://localhost:{port}/inspector{trace}")
                        shown = page.locator(".fates .way").nth(199) if trace else page.get_by_label("Question")
                        shown.wait_for(state="attached", timeout=60_000)
                        times.append(time.perf_counter() - began)
                        lines = page.locator(".fates .way").count()
                        page.close()
                browser.close()
        finally:
            process.terminate()
            process.wait()
    before, after = statistics.median(empty[1:]), statistics.median(full[1:])
    print(f"{len(traces)} columns, {lines} lines, {runs} runs after one to warm up")
    print(f"the page empty     {before:6.2f} s")
    print(f"with four columns  {after:6.2f} s")
    print(f"the columns        {after - before:6.2f} s")


if __name__ == "__main__":
    main()
