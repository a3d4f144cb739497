"""Finds a Chromium for the browser tests and installs one when there is none; prints where it is.

The order: TOUCHSTONE_CHROMIUM, one on the PATH, Playwright's own, the system's package manager, Playwright's download.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """Path of a Chromium that is here already, or None."""
    named = os.environ.get("TOUCHSTONE_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return next((path for path in map(shutil.which, NAMES) if path), None) or _playwrights_own()


def install() -> None:
    """Install one, by apt-get where we may, else by Playwright."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment)
        done = subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False, env=environment)
        if done.returncode == 0:
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def main() -> None:
    """Exit 1 with a sentence when no Chromium can be had."""
    if not find():
        install()
    path = find()
    if not path:
        sys.exit("No Chromium could be found or installed; set TOUCHSTONE_CHROMIUM to one.")
    print(f"Chromium: {path}")


if __name__ == "__main__":
    main()
