"""The router on its pages: rules, what was learned, the proof, the two sliders, and why in an answer's facts."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from core.answering.ask import finish
from core.answering.routing_model import learn
from core.errors import NotFound
from core.governance.principals import persona
from core.recipes import BUILT_IN
from core.route_parts import key_of
from core.route_proof import as_json, prove
from core.types import Reason, Routed, Routing
from core.workbench import Workbench
from pages.recipes.listing import silent
from pages.shared.recipes import in_words
from pages.shared.routed import routed_by
from tests.answering.test_router import LEARNED, QUESTIONS, WAYS, outcomes, routed, tower
from tests.pages.conftest import PAGES, Open, words

__all__ = ["tower"]
Opened = Callable[[Workbench], Open]
ADMIN = persona("administrator")
ADAPTERS, RECIPES = PAGES[6], PAGES[3]


def test_rules_are_set_and_what_was_learned_is_drawn_with_its_proof(tower: Workbench, opened: Opened) -> None:
    tower.lab.sets.save("tower", QUESTIONS[:1], ADMIN)
    app = opened(tower)(ADAPTERS, view="router")
    assert not app.exception
    assert "It has learned nothing yet" in words(app) and app.button(key="apply_rules").disabled
    assert app.button(key="prove_router").disabled and "train it first" in words(app)
    app.selectbox(key="rule_restricted").select("adapter only").run()
    app.button(key="apply_rules").click().run()
    assert tower.routing.rules(ADMIN).zones["restricted"] == "adapter only"

    recipe = routed(tower)
    key = key_of(tower.routing._parts.recipes(recipe, ADMIN))
    known = tower.routing._parts.of(tower.routing._parts.recipes(recipe, ADMIN), ADMIN)
    of = {**known, "set": "tower", "zones": [], "labels": None, "set_hash": ""}
    model = learn(outcomes(), of)
    tower.routing._store.save_model(key, model, "ada")
    app.run()
    assert not app.exception and "Not proved yet" in words(app)
    assert not app.button(key="prove_router").disabled
    app.button(key="save_router").click().run()
    saving = next(job for job in tower.jobs.all() if job.title == "Recipe routed")
    assert tower.jobs.wait(saving) and tower.recipes.get("routed").routing.closed == "tone"
    assert "Ask with it in Chat" in [button.label for button in app.run().button]
    never = [replace(each, right=dict.fromkeys(WAYS, True)) for each in outcomes(40, seed=5)]
    lost = prove(never, model, tower.routing.rules(ADMIN), Routing())
    tower.routing._store.save("proof", key, as_json(lost), "ada")
    app.run()
    assert not app.exception
    assert lost.told.split(":")[0] in words(app)
    assert [row for row in app.dataframe if "Regret" in row.value.columns]


def test_the_sliders_stand_in_the_recipe_of_the_router_only(tower: Workbench, opened: Opened) -> None:
    app = opened(tower)(RECIPES)
    assert not [slider for slider in app.slider if "budget" in str(slider.key)]
    app.selectbox(key="route_default").select("router").run()
    assert not app.exception
    app.slider(key="budget_default").set_value(900).run()
    app.slider(key="least_default").set_value(0.3).run()
    assert "answers within 900 ms" in words(app) and "declines below 30% sure" in words(app)


def test_words_of_a_route() -> None:
    assert in_words(replace(BUILT_IN["default"], routing=Routing(900))) == []  # nothing reads it there
    assert routed_by(None) == [] == routed_by(Routed("small talk", "rule", ()))
    spoke = (Reason("near", "0.20", "against closed"), Reason("found", "0.30", "against rag"))
    told = Routed("rag", "learned", spoke, (), 300.0, 900, ("closed",), 0.71)
    rows = dict(routed_by(told))
    assert rows["Because (1)"] == "near to what the adapter learned 0.20, against closed"
    assert rows["Although (2)"] == "nearness of the best passage 0.30, against rag"
    assert "Chance of being right" not in dict(routed_by(replace(told, by="rule")))
    assert rows["Tried before"] == "closed, not sure enough" and rows["Chance of being right"] == "71%, estimated"


def test_a_retired_adapter_is_told_where_it_was_to_answer(tower: Workbench, opened: Opened) -> None:
    recipe = routed(tower)
    tower.recipes.save("routed", recipe, "ada")
    parts = tower.routing._parts
    of = {**parts.of(parts.recipes(recipe, ADMIN), ADMIN), "set": "tower", "zones": [], "labels": None, "set_hash": ""}
    tower.lab.sets.save("tower", QUESTIONS[:1], ADMIN)
    tower.routing._store.save_model(key_of(parts.recipes(recipe, ADMIN)), learn(outcomes(), of), "ada")
    app = opened(tower)(ADAPTERS, view="router")
    assert "The adapter tone" not in words(app)
    app = opened(tower)(RECIPES)
    assert "tone answers alone" in words(app) and "The adapter tone" not in words(app)
    tower.adapters.retire("tone", "It is not asked for.", ADMIN)
    assert tower.adapters.away(["tone", None, "nobody"], ADMIN) == {
        "tone": "is retired",
        "nobody": "is not there for you",
    }
    app = opened(tower)(ADAPTERS, view="router")
    assert "The adapter tone is retired: this was learned and proved with it" in words(app).replace("\\", "")
    app = opened(tower)(RECIPES)
    assert "The adapter tone is retired: the router passes its route over." in words(app).replace("\\", "")
    app.selectbox(key="recipe_base").select("routed").run()
    assert "tone does not answer any longer" in words(app)


def test_what_a_recipe_without_its_adapter_comes_to(tower: Workbench) -> None:
    tower.adapters.retire("tone", "It is not asked for.", ADMIN)
    worn = replace(BUILT_IN["default"], generation=replace(BUILT_IN["default"].generation, adapter="tone"))
    assert silent(tower, ADMIN, worn).endswith("is retired: questions by this recipe fail until another is chosen.")
    with pytest.raises(NotFound, match="does not answer"):
        finish(tower.ask(LEARNED, worn, ADMIN))
    away = replace(worn.generation, model="openai:m@http://h:1/v1")
    assert silent(tower, ADMIN, replace(worn, generation=away)) == silent(tower, ADMIN, BUILT_IN["default"]) == ""
