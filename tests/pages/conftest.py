"""Runs the app inside the test process on a workbench of the test's choice; nothing leaves the machine."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.workbench import Workbench

ROOT = Path(__file__).parent.parent.parent
PAGES = (
    "pages/home/page.py",
    "pages/documents/page.py",
    "pages/chat/page.py",
    "pages/recipes/page.py",
    "pages/chunking/page.py",
    "pages/embedding/page.py",
    "pages/adapters/page.py",
    "pages/evaluate/page.py",
    "pages/freshness/page.py",
    "pages/inspector/page.py",
    "pages/audit/page.py",
    "pages/guardrails/page.py",
    "pages/erasure/page.py",
    "pages/security/page.py",
    "pages/decision/page.py",
)

Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """No workbench and no component of another test; components are registered with the runtime that imports them."""
    _forget()
    yield
    st.cache_resource.clear()
    _forget()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Workbench], Open]]:
    """Put a workbench behind the app; returns what opens a page of it."""

    def use(bench: Workbench) -> Open:
        from pages.shared import bench as shared

        monkeypatch.setattr(bench, "warm", lambda: None)
        monkeypatch.setattr(bench, "close", lambda: None)  # its fixture closes it
        monkeypatch.setattr(shared, "build", lambda: bench)
        return open_page

    yield use
    st.cache_resource.clear()  # while `close` still does nothing


def open_page(page: str = PAGES[0], **query: str) -> AppTest:
    """The app, run once on this page with these query parameters."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    return app if page == PAGES[0] else app.switch_page(page).run()


def words(app: AppTest) -> str:
    """All text that a page shows outside components."""
    kinds = ("title", "subheader", "markdown", "caption", "text", "warning", "error")
    return "\n".join(str(element.value) for kind in kinds for element in app.get(kind))


def _forget() -> None:
    for name in [name for name in sys.modules if name.startswith("pages.") and not name.endswith("__pycache__")]:
        del sys.modules[name]
