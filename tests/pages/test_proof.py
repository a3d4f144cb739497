"""The proof as a person sees it: nothing yet, measured, a failed gate that keeps it from release, who may do what."""

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.adapters.manifest import Gate
from core.adapters.measuring import RUINED
from core.workbench import Workbench
from tests.desks.test_proofs import ADMIN, ROWS, Thresholds, added, prove, proving, tiny
from tests.pages.conftest import words
from tests.pages.test_adapters import ADAPTERS, Opened

__all__ = ["proving", "tiny"]


def opened_proof(opened: Opened, bench: Workbench, **query: str) -> AppTest:
    return opened(bench)(ADAPTERS, view="proof", **query)


def test_without_an_adapter_it_says_how_one_comes(
    proving: Workbench, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proving.adapter_store, "_shipped", Path("/nowhere"))
    app = opened_proof(opened, proving)
    assert "No adapter yet" in words(app)
    assert not app.exception


def test_it_is_measured_from_the_page_and_released(proving: Workbench, tmp_path: Path, opened: Opened) -> None:
    added(proving, tmp_path)
    proving.datasets.create("facts", ADMIN)
    proving.datasets.add_rows("facts", ROWS, ADMIN)
    proving.datasets.review("facts", [row.id for row in ROWS], "accepted", ADMIN)
    app = opened_proof(opened, proving, proved="brief")
    assert "Nothing was measured of it yet" in words(app)
    assert not [button for button in app.button if button.key == "proof_release"]
    app.button(key="proof_start").click().run()
    assert not app.exception
    until = time.monotonic() + 60
    while proving.adapters.proof.of("brief", ADMIN) is None and time.monotonic() < until:
        time.sleep(0.1)
    (job,) = [job for job in proving.jobs.all() if job.title == "Proof of brief"]
    assert proving.jobs.wait(job)
    app.run()
    assert "0 rows got better, 0 worse, 3 stayed as good" in words(app)
    assert "**failed**" not in words(app)
    app.button(key="proof_release").click().run()
    assert not app.exception
    assert proving.adapters.get("brief", ADMIN).state == "released"


def test_a_failed_gate_keeps_it_from_release_and_a_ruined_one_says_so(
    proving: Workbench, tmp_path: Path, opened: Opened
) -> None:
    added(proving, tmp_path, value=float("nan"))
    prove(proving, limits=Thresholds(better=0.5))
    app = opened_proof(opened, proving, proved="brief")
    assert app.button(key="proof_release").disabled
    assert "cannot be released" in words(app)
    assert RUINED.split(":")[0] in words(app)
    assert "**failed**" in words(app)
    assert not app.exception


def test_a_viewer_sees_the_proof_and_decides_nothing(proving: Workbench, tmp_path: Path, opened: Opened) -> None:
    added(proving, tmp_path, gates=(Gate("x", 1.0, 0.0, True),))
    prove(proving)
    app = opened_proof(opened, proving, proved="brief", **{"as": "viewer"})
    assert "Gates" in words(app)
    assert "How long is a tour?" not in words(app)
    assert not [b for b in app.button if b.key in ("proof_start", "proof_release", "proof_retire")]
    assert not app.exception
