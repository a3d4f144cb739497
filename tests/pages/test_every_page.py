"""Every page opens: empty, filled, for each persona, without weights, and beside another owner of the workspace."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.governance.principals import PERSONAS
from core.workbench import Workbench
from core.workspace import Workspace
from tests.pages.conftest import PAGES, Open, open_page, words

Opened = Callable[[Workbench], Open]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_empty(page: str, bench: Workbench, opened: Opened) -> None:
    app = opened(bench)(page)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("persona", PERSONAS)
def test_every_page_opens_for_everyone(page: str, persona: str, filled: Workbench, opened: Opened) -> None:
    app = opened(filled)(page, **{"as": persona})
    assert not app.exception
    assert not app.error
    assert app.session_state["as"] == persona


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_without_weights(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHSTONE_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("TOUCHSTONE_CACHE", str(tmp_path / "cache"))
    app = open_page(page)
    assert not app.exception
    assert not app.error


def test_a_busy_workspace_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHSTONE_WORKSPACE", str(tmp_path))
    other = Workspace(tmp_path)
    other.acquire("python -m core ingest")
    try:
        app = open_page()
        assert not app.exception
        assert app.subheader[0].value == "This workspace is busy"
        assert "python \\-m core ingest" in words(app)
    finally:
        other.release()
    app.button[0].click().run()
    assert app.title[0].value == "Answers you can check"


@pytest.mark.parametrize("page", PAGES)
def test_files_stay_thin(page: str) -> None:
    root = Path(__file__).parent.parent.parent
    for path in (root / page).parent.glob("*.py"):
        assert len(path.read_text().splitlines()) < 200, path
