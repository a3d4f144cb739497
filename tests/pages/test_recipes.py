"""Recipes: the list, the form and its job, removal, and the choice in the sidebar."""

import json
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.governance.principals import persona
from core.recipes import BUILT_IN, from_json, varied
from core.workbench import Workbench
from pages.shared.recipes import in_words
from tests.pages.conftest import PAGES, Open, words

Opened = Callable[[Workbench], Open]
RECIPES = PAGES[3]
ADMIN = persona("administrator")
MORE = varied(BUILT_IN["extractive"], {"retrieval.top_k": "8"})


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def settled(app: AppTest, bench: Workbench) -> AppTest:
    for job in bench.jobs.all():
        assert bench.jobs.wait(job)
    return app.run()


def test_the_list_tells_what_sets_each_apart(bench: Workbench, opened: Opened) -> None:
    bench.save_recipe("more", MORE, ADMIN, "for long questions")
    app = opened(bench)(RECIPES)
    assert not app.exception
    shown = words(app)
    assert "saved by administrator" in shown
    assert "Differs from default: 8 sources; quotes, word for word" in shown.replace("\\", "")
    assert "for long questions" in shown
    assert "0 vectors of passages kept, 0 bytes of at most 307 MB" in shown
    assert "No index yet" in shown  # of multilingual


def test_a_recipe_is_made_and_chosen(bench: Workbench, opened: Opened) -> None:
    app = opened(bench)(RECIPES)
    app.selectbox(key="recipe_base").set_value("extractive").run()
    app.text_input(key="name_extractive").set_value("mine").run()
    app.number_input(key="top_k_extractive").set_value(7).run()
    app.selectbox(key="fusion_extractive").set_value("dbsf").run()
    app.toggle(key="diverse_extractive").set_value(True).run()
    assert "7 sources; joined by scores (DBSF); diversity (MMR 0.7)" in words(app).replace("\\", "")
    settled(press(app, "Save recipe"), bench)
    made = bench.recipes.get("mine")
    assert (made.retrieval.top_k, made.retrieval.fusion, made.retrieval.mmr) == (7, "dbsf", 0.7)
    assert made.generation == BUILT_IN["extractive"].generation
    assert "Recipe mine: saved" in words(app)
    assert "mine" in app.selectbox(key="recipe").options
    app.selectbox(key="recipe").set_value("mine").run()
    assert not app.exception


def test_a_recipe_that_cannot_be_is_one_sentence(bench: Workbench, opened: Opened) -> None:
    app = opened(bench)(RECIPES)
    app.number_input(key="candidates_default").set_value(2).run()
    assert "must be between top\\_k" in app.warning[0].value
    assert "Save recipe" not in [button.label for button in app.button]
    app.number_input(key="candidates_default").set_value(3000).run()
    assert "1000" in app.warning[0].value
    assert "Save recipe" not in [button.label for button in app.button]
    app.number_input(key="candidates_default").set_value(40).run()
    app.text_input(key="name_default").set_value("a/b").run()
    press(app, "Save recipe")
    assert "is no name for a recipe" in app.warning[0].value
    assert not app.exception
    assert bench.jobs.all() == []


def test_a_cancelled_job_changes_nothing(bench: Workbench, opened: Opened) -> None:
    opened(bench)(RECIPES)
    from pages.shared.saving import start

    smaller = varied(MORE, {"chunking.size": "60"})
    bench.save_recipe("mine", MORE, ADMIN)
    bench._ingesting.acquire()  # the job waits here until it has been cancelled
    job = start(bench, ADMIN, "mine", smaller, "")
    job.cancel()
    bench._ingesting.release()
    assert bench.jobs.wait(job)
    assert job.state == "cancelled"
    assert bench.recipes.get("mine") == MORE or not bench.documents(ADMIN)


def test_removing_asks_and_the_choice_falls_back(bench: Workbench, opened: Opened) -> None:
    bench.save_recipe("mine", MORE, ADMIN)
    app = opened(bench)(RECIPES, recipe="mine")
    assert app.selectbox(key="recipe").value == "mine"
    app.button(key="remove_mine").click().run()
    assert "mine" not in [saved.name for saved in bench.recipes.all()]
    app.run()
    assert app.selectbox(key="recipe").value == "default"
    assert "There is no recipe “mine” here" in words(app)


@pytest.mark.parametrize("who", ["viewer", "analyst", "officer"])
def test_readers_see_recipes_and_change_none(who: str, bench: Workbench, opened: Opened) -> None:
    bench.save_recipe("mine", MORE, ADMIN)
    app = opened(bench)(RECIPES, **{"as": who})
    assert "mine" in words(app)
    assert not {"Save recipe", "Remove for good"} & {button.label for button in app.button}


@pytest.mark.parametrize(("asked", "got"), [("mine", "mine"), ("nosuch", "default"), ("extractive", "extractive")])
def test_the_address_names_a_recipe(asked: str, got: str, bench: Workbench, opened: Opened) -> None:
    bench.save_recipe("mine", MORE, ADMIN)
    app = opened(bench)(PAGES[2], recipe=asked)
    assert not app.exception
    assert app.selectbox(key="recipe").value == got
    assert ("There is no recipe “nosuch” here" in words(app)) == (asked == "nosuch")
    app.selectbox(key="recipe").set_value("multilingual").run()
    assert "There is no recipe" not in words(app)


def test_an_export_comes_back_as_the_same_recipe(bench: Workbench, opened: Opened) -> None:
    opened(bench)(RECIPES)
    from pages.recipes.listing import exported

    bench.save_recipe("mine", MORE, ADMIN)
    (saved,) = [saved for saved in bench.recipes.all() if saved.name == "mine"]
    body = json.loads(exported(saved))
    assert body["name"] == "mine"
    assert from_json(body["recipe"]) == MORE


def test_words_leave_out_what_has_no_effect() -> None:
    alone = varied(BUILT_IN["default"], {"retrieval.mode": "dense", "retrieval.fusion": "dbsf"})
    assert in_words(alone) == ["found by meaning alone"]
    assert in_words(BUILT_IN["default"]) == []
