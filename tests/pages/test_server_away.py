"""The app on a Qdrant server that is away: it starts, and says so in a sentence."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.embedding.encoder import Encoder
from core.errors import IndexUnavailable
from core.settings import Settings
from core.workbench import Workbench
from tests.pages.conftest import Open, words

pytestmark = pytest.mark.weights
URL = "http://127.0.0.1:9"


@pytest.fixture
def away(tmp_path: Path, minilm: Encoder) -> Iterator[Workbench]:
    with Workbench(Settings(workspace=tmp_path / "w", qdrant_url=URL), "a test") as made:
        made._encoders["minilm"] = minilm
        yield made


def test_the_index_is_unavailable_and_is_asked_again(away: Workbench) -> None:
    for _ in range(2):
        with pytest.raises(IndexUnavailable, match=f"The Qdrant server at {URL} cannot be reached"):
            _ = away.index
    assert not (away.workspace.root / "index").exists()


@pytest.mark.parametrize("page", ["pages/home/page.py", "pages/documents/page.py"])
def test_a_page_opens_without_a_traceback(away: Workbench, opened: Callable[[Workbench], Open], page: str) -> None:
    app = opened(away)(page)
    assert not app.exception


def test_the_warming_tells_home_why(tmp_path: Path, minilm: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    from pages.shared import bench as shared
    from tests.pages.conftest import open_page

    bench = Workbench(Settings(workspace=tmp_path / "w", qdrant_url=URL), "a test")
    bench._encoders["minilm"] = minilm
    monkeypatch.setattr(shared, "build", lambda: bench)
    app = open_page()
    assert shared.warmth().done.wait(30)
    app.run()
    assert not app.exception
    assert f"The Qdrant server at {URL} cannot be reached" in words(app).replace("\\", "")
