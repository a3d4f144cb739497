"""Who answers in Chat: an adapter on and off from one question to the next, with the documents and without."""

from collections.abc import Callable

import pytest

from core.recipes import BUILT_IN
from core.types import Answer
from core.workbench import Workbench
from tests.lab.test_arms import ADMIN, QUESTIONS, tower
from tests.pages.conftest import PAGES, Open, words
from tests.pages.test_chat import CHAT, ask, last

__all__ = ["tower"]
Opened = Callable[[Workbench], Open]
ADAPTER, SEARCHES = "chat_adapter", "chat_searches"
BELL = QUESTIONS[0].text


def said(app: object) -> Answer:
    turn = last(app)
    assert turn.asking.error is None
    return turn.asking.answer


def speaker(app: object) -> str:
    from pages.chat.answer import view

    return str(view(last(app))["speaker"])


def test_an_adapter_is_put_on_and_off_from_question_to_question(tower: Workbench, opened: Opened) -> None:
    app = opened(tower)(CHAT)
    assert app.selectbox(key=ADAPTER).options == ["No adapter", "Adapter: tone"]
    app.toggle(key=SEARCHES).set_value(False).run()
    ask(app, BELL)
    assert (said(app).adapter, said(app).route, speaker(app)) == (None, "closed", "SmolLM2, without the documents")
    app.selectbox(key=ADAPTER).set_value("tone").run()
    assert dict(app.query_params).items() >= {"adapter": "tone", "retrieval": "off"}.items()
    ask(app, BELL)
    assert (said(app).text, speaker(app)) == ("four hundred kilograms", "SmolLM2 + tone, without the documents")
    app.toggle(key=SEARCHES).set_value(True).run()
    ask(app, BELL)
    assert (said(app).route, said(app).adapter, bool(said(app).sources)) == ("rag", "tone", True)
    app.selectbox(key=ADAPTER).set_value("none").run()
    assert "adapter" not in app.query_params and "retrieval" not in app.query_params
    ask(app, BELL)
    assert (said(app).recipe, said(app).adapter) == (BUILT_IN["default"].hash, None)
    assert [turn.asking.answer.adapter for turn in app.session_state["turns"]] == [None, "tone", "tone", None]
    assert not app.exception


def test_a_link_brings_the_choice(tower: Workbench, opened: Opened) -> None:
    app = opened(tower)(CHAT, adapter="tone", retrieval="off")
    assert (app.selectbox(key=ADAPTER).value, app.toggle(key=SEARCHES).value) == ("tone", False)
    app = opened(tower)(CHAT, adapter="no such")
    assert app.selectbox(key=ADAPTER).value == "none"


def test_a_recipe_brings_its_adapter(tower: Workbench, opened: Opened) -> None:
    worn = tower.adapters.worn(BUILT_IN["default"], "tone", ADMIN)
    tower.save_recipe("toned", worn, ADMIN)
    app = opened(tower)(CHAT, recipe="toned")
    assert app.selectbox(key=ADAPTER).value == "tone"
    ask(app, BELL)
    assert said(app).recipe == worn.hash
    app.selectbox(key=ADAPTER).set_value("none").run()
    ask(app, BELL)
    assert said(app).adapter is None
    app.selectbox(key="recipe").set_value("default").run()
    assert app.selectbox(key=ADAPTER).value == "none"
    app.selectbox(key="recipe").set_value("toned").run()
    assert app.selectbox(key=ADAPTER).value == "tone"


def test_quotes_stay_quotes_until_an_adapter_speaks(tower: Workbench, opened: Opened) -> None:
    app = opened(tower)(CHAT, recipe="extractive")
    ask(app, BELL)
    assert speaker(app) == "quotes"
    app.selectbox(key=ADAPTER).set_value("tone").run()
    ask(app, BELL)
    assert last(app).recipe.generation.answerer == "local"


@pytest.mark.parametrize("who", ["viewer", "engineer"])
def test_who_may_not_use_an_adapter_is_not_offered_it(who: str, tower: Workbench, opened: Opened) -> None:
    held = tower.adapter_store.get("tone").manifest
    tower.adapter_store._set("tone", manifest=_restricted(held))
    app = opened(tower)(CHAT, adapter="tone", **{"as": who})
    assert not app.exception
    assert ADAPTER not in {str(box.key) for box in app.selectbox}
    assert "tone" not in words(app)
    ask(app, BELL)
    assert said(app).adapter is None


def test_one_that_is_retired_meanwhile_is_no_choice_any_more(tower: Workbench, opened: Opened) -> None:
    app = opened(tower)(CHAT, adapter="tone")
    tower.adapters.retire("tone", "worse", ADMIN)
    ask(app, BELL)
    assert said(app).adapter is None
    assert not app.exception


def test_a_recipe_takes_an_adapter_with_its_instructions(tower: Workbench, opened: Opened) -> None:
    app = opened(tower)(PAGES[3])
    app.text_input(key="name_default").set_value("toned").run()
    app.selectbox(key="wears_default_smollm2").set_value("tone").run()
    assert "adapter tone" in words(app).replace("\\", "")
    next(button for button in app.button if button.label == "Save recipe").click().run()
    for job in tower.jobs.all():
        assert tower.jobs.wait(job)
    saved = tower.recipes.get("toned").generation
    assert (saved.adapter, saved.template) == ("tone", "grounded-2")
    app.run()
    assert "adapter tone" in words(app).replace("\\", "")
    app.selectbox(key="recipe_base").set_value("toned").run()
    app.selectbox(key="wears_toned_smollm2").set_value("").run()
    next(button for button in app.button if button.label == "Save recipe").click().run()
    for job in tower.jobs.all():
        assert tower.jobs.wait(job)
    saved = tower.recipes.get("toned").generation
    assert (saved.adapter, saved.template) == (None, "grounded-1")
    assert not app.exception


def _restricted(manifest: object) -> dict:
    from dataclasses import replace

    from core.adapters.manifest import as_json

    return as_json(replace(manifest, zone="restricted"))  # type: ignore[type-var]
