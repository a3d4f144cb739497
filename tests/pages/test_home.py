"""Home: what is there, what is missing, and the one click that loads the samples."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.workbench import Workbench
from tests.pages.conftest import Open, open_page, words

Opened = Callable[[Workbench], Open]


def test_an_empty_workspace_offers_the_samples(bench: Workbench, opened: Opened) -> None:
    app = opened(bench)()
    labels = [button.label for button in app.button]
    assert "Load the sample documents" in labels
    assert labels.count("Needs the samples") == 3


def test_a_reader_is_not_offered_what_it_may_not_do(bench: Workbench, opened: Opened) -> None:
    app = opened(bench)(**{"as": "viewer"})
    assert "Load the sample documents" not in [button.label for button in app.button]


def test_one_click_loads_the_samples(bench: Workbench, opened: Opened, minilm: object) -> None:
    app = opened(bench)()
    app.button(key="load_samples").click().run()
    (job,) = bench.jobs.all()
    assert job.by == "administrator"
    assert all(bench.jobs.wait(job) for job in bench.jobs.all())
    app.run()
    assert f"{len(bench.samples())} added" in words(app)
    assert app.metric[0].value == str(len(bench.samples()))


def test_a_reader_is_told_what_is_true_of_samples_it_may_not_see(filled: Workbench, opened: Opened) -> None:
    labels = [button.label for button in opened(filled)(**{"as": "viewer"}).button]
    assert "Needs internal documents" in labels  # the paper on dogs
    assert labels.count("Ask this") == 2
    assert "Needs the samples" not in labels


def test_answers_are_those_of_the_workspace(bench: Workbench, opened: Opened) -> None:
    assert "Answers in this workspace" in [metric.label for metric in opened(bench)().metric]


def test_an_engineer_loads_only_what_an_engineer_may_see(
    bench: Workbench, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []
    monkeypatch.setattr(bench, "start_ingest", lambda files, by, title: taken.extend(file.zone for file in files))
    app = opened(bench)(**{"as": "engineer"})
    app.button(key="load_samples").click().run()
    assert set(taken) == {"public", "internal"}


def test_the_numbers_are_those_of_the_persona(filled: Workbench, opened: Opened) -> None:
    seen = {name: opened(filled)(**{"as": name}).metric[0].value for name in ("viewer", "administrator")}
    zones = [file.zone for file in filled.samples()]
    assert seen == {"viewer": str(zones.count("public")), "administrator": str(len(zones))}


def test_missing_weights_come_with_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHSTONE_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("TOUCHSTONE_CACHE", str(tmp_path / "cache"))
    app = open_page()
    assert "4 models not on this computer yet" in words(app)
    assert app.code[0].value == "python -m core models pull"
    assert app.metric[3].value == "0 of 4"


def test_the_way_to_chat_keeps_what_the_address_holds(filled: Workbench, opened: Opened) -> None:
    app = opened(filled)(**{"as": "engineer", "recipe": "extractive"})
    next(button for button in app.button if button.label == "Ask a question").click().run()
    assert not app.exception
    assert app.selectbox(key="recipe").value == "extractive"
    assert app.selectbox(key="as").value == "engineer"
