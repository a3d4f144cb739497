"""A diagnosis in a browser: the stage that lost the answer, the change that mends it, and the answer mended."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.evaluation.questions import Evidence, Question
from core.governance.principals import persona
from core.ingestion import Incoming
from core.recipes import BUILT_IN, varied
from core.settings import Settings
from core.workbench import Workbench
from tests.browser.conftest import PATIENCE, App

pytestmark = pytest.mark.browser

ADMIN = persona("administrator")
SLEEPERS = ("cat", "dog", "goat", "hen", "miller", "mule", "owl", "ox")
NARROW = varied(BUILT_IN["extractive"], {"retrieval.top_k": "1", "route": "rag"})


@pytest.fixture
def narrow(tmp_path: Path, make_app: Callable[[], App]) -> tuple[App, str, str]:
    """An app whose recipe "narrow" reads one passage, a question whose evidence ranks lower, and its answer."""
    incoming = []
    for hour, name in enumerate(SLEEPERS, start=1):
        path = tmp_path / f"{name}.txt"
        path.write_text(f"The {name} of the mill goes to sleep at {hour} o'clock.")
        incoming.append(Incoming(path, path.name, "public"))
    with Workbench(Settings(workspace=tmp_path / "workspace"), "a test") as bench:
        bench.ingest(incoming, ADMIN)
        bench.save_recipe("narrow", NARROW, ADMIN)
        for hour, name in enumerate(SLEEPERS, start=1):
            asked = f"Who in the mill sleeps when the clock strikes {hour}?"
            hits, _ = bench.search(asked, NARROW, ADMIN, 8)
            if hits[0].document != f"{name}.txt":
                quote = f"The {name} of the mill goes to sleep at {hour} o'clock"
                known = Question(
                    "q1", asked, (f"The {name}",), evidence=(Evidence(f"{name}.txt", quote),), zone="public"
                )
                bench.lab.sets.save("pilot", [known], ADMIN)
                return make_app(), asked, f"The {name} of the mill"
    raise AssertionError("Every question finds its evidence first; this test needs one that does not.")


def test_a_suggestion_is_run_and_the_answer_mends(narrow: tuple[App, str, str], page: Page) -> None:
    app, asked, right = narrow
    page.goto(f"{app.url}/inspector?q={asked}&recipes=narrow")
    strip = page.locator(".board .side:nth-child(1) .found")
    expect(strip).to_contain_text("Ranked too low", ignore_case=True, timeout=PATIENCE)
    expect(strip).to_contain_text(re.compile(r"ranked \d(nd|rd|th)"))
    button = strip.get_by_role("button", name=re.compile(r"top_k 1 → \d"))
    button.click()
    expect(page.locator(".board .side:nth-child(1)")).to_contain_text(right, timeout=PATIENCE)
    document = right.split()[1]
    expect(page.locator(f".fates .way.cited[aria-label^='{document}.txt']")).to_have_count(1, timeout=PATIENCE)
