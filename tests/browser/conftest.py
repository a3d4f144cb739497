"""The real app on a free port, and a Chromium that talks to nothing else."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from scripts.find_chromium import find

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 180_000
"""Milliseconds: two busy cores write a word a second."""
expect.set_options(timeout=30_000)
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class App:
    """A server of its own process on a workspace that outlives it."""

    def __init__(self, workspace: Path, log: Path, options: Sequence[str] = (), script: str = "app.py") -> None:
        """`options` are further ones of Streamlit's command line."""
        self.workspace, self._log, self._options, self._script = workspace, log, options, script
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def start(self) -> "App":
        """Serve, and return when it answers."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://localhost:{port}"
        environment = {**os.environ, "TOUCHSTONE_WORKSPACE": str(self.workspace), "HF_HUB_OFFLINE": "1"}
        command = [sys.executable, "-m", "streamlit", "run", self._script, "--server.port", str(port), *self._options]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2):
                    return self
            except OSError:
                time.sleep(0.2)
        raise AssertionError(f"The app did not start: {self._log.read_text()[-2000:]}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the process and wait until it is gone."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(how)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


@pytest.fixture
def make_app(tmp_path: Path) -> Iterator[Callable[[], App]]:
    """Apps on the test's workspace; all are stopped at its end."""
    made: list[App] = []

    def make() -> App:
        made.append(App(tmp_path / "workspace", tmp_path / "server.log"))
        return made[-1].start()

    yield make
    for app in made:
        app.stop()


@pytest.fixture
def app(make_app: Callable[[], App]) -> App:
    """An app on an empty workspace."""
    return make_app()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    path = find()
    if not path:
        pytest.fail("No Chromium is here; run 'python scripts/find_chromium.py'.")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser session of its own."""
    opened = browser.new_context(viewport={"width": 1280, "height": 800})
    opened.set_default_timeout(PATIENCE)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A tab."""
    return context.new_page()
