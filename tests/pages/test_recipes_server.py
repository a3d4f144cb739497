"""A recipe whose model is on a server: the form lists what the server has, and one answers in Chat."""

from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from core.governance.principals import persona
from core.recipes import BUILT_IN, varied
from core.workbench import Workbench
from tests.generation.chat_server import ChatServer, serving
from tests.pages.conftest import PAGES, Open, words
from tests.pages.test_recipes import press, settled

Opened = Callable[[Workbench], Open]
RECIPES = PAGES[3]
LISTED = [
    {"id": "big", "object": "model", "max_model_len": 8192},
    {"id": "small", "object": "model"},
    {"id": "formal", "object": "model", "parent": "big"},
]


@pytest.fixture
def chat() -> Iterator[ChatServer]:
    with serving() as made:
        made.listing = (200, {"object": "list", "data": LISTED})
        yield made


def buttons(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def test_a_model_is_listed_chosen_and_saved(bench: Workbench, opened: Opened, chat: ChatServer) -> None:
    app = opened(bench)(RECIPES)
    assert "List its models" not in buttons(app)
    app.selectbox(key="author_default").set_value("server").run()
    assert "Write the address of the server and choose one of its models." in app.warning[0].value.replace("\\", "")
    assert "Save recipe" not in buttons(app)
    app.text_input(key="address_default").set_value(f" {chat.url} ").run()
    press(app, "List its models")
    assert app.selectbox(key="served_default").options == ["big", "small"]
    assert app.selectbox(key="served_default").value == "big"
    assert app.selectbox(key="adapter_default").options == ["none", "formal"]
    assert "big reads and writes 8,192 tokens at most. Here its tokens are estimated." in words(app).replace("\\", "")
    app.selectbox(key="adapter_default").set_value("formal").run()
    app.text_input(key="name_default").set_value("served").run()
    host = chat.url.removeprefix("http://").removesuffix("/v1")
    assert f"written by big on {host}; adapter formal" in words(app).replace("\\", "")
    settled(press(app, "Save recipe"), bench)
    assert not app.exception
    made = bench.recipes.get("served").generation
    assert (made.answerer, made.model, made.adapter) == ("local", f"openai:big@{chat.url}", "formal")
    app.selectbox(key="served_default").set_value("small").run()
    assert app.selectbox(key="adapter_default").options == ["none"]
    press(app, "List its models")
    assert app.selectbox(key="served_default").value == "small"
    app.selectbox(key="author_default").set_value("smollm2").run()
    assert "The same as default so far" in words(app)


def test_a_server_that_is_away_is_one_sentence_and_a_name_may_be_written(bench: Workbench, opened: Opened) -> None:
    app = opened(bench)(RECIPES)
    app.selectbox(key="author_default").set_value("server").run()
    app.text_input(key="address_default").set_value("http://127.0.0.1:9/v1").run()
    press(app, "List its models")
    told = "The server at http://127.0.0.1:9/v1 cannot be reached."
    assert told in [warning.value.replace("\\", "") for warning in app.warning]
    assert not app.exception
    app.text_input(key="named_default").set_value("mine").run()
    assert [warning.value for warning in app.warning] == []
    assert "written by mine on 127.0.0.1:9" in words(app).replace("\\", "")
    assert "Save recipe" in buttons(app)


@pytest.mark.parametrize("address", ["host:8000/v1", "http://me:pa55word@host/v1"])
def test_an_address_that_cannot_be_is_refused(bench: Workbench, opened: Opened, address: str) -> None:
    app = opened(bench)(RECIPES)
    app.selectbox(key="author_default").set_value("server").run()
    app.text_input(key="address_default").set_value(address).run()
    app.text_input(key="named_default").set_value("mine").run()
    assert "The address of a model server" in app.warning[0].value
    assert "pa55word" not in words(app)
    assert "Save recipe" not in buttons(app)
    press(app, "List its models")
    assert all("The address of a model server" in warning.value for warning in app.warning)
    assert not app.exception


def test_a_saved_recipe_fills_the_form_without_asking_the_server(
    bench: Workbench, opened: Opened, chat: ChatServer
) -> None:
    fields = {"generation.model": f"openai:big@{chat.url}", "generation.adapter": "formal"}
    bench.save_recipe("served", varied(BUILT_IN["default"], fields), persona("administrator"))
    app = opened(bench)(RECIPES)
    app.selectbox(key="recipe_base").set_value("served").run()
    assert app.text_input(key="address_served").value == chat.url
    assert app.text_input(key="named_served").value == "big"
    assert app.text_input(key="worn_served").value == "formal"
    assert "The same as served so far" in words(app)
    assert chat.keys == []
    press(app, "List its models")
    assert app.selectbox(key="served_served").value == "big"
    assert app.selectbox(key="adapter_served").value == "formal"
    assert "The same as served so far" in words(app)


def test_the_list_opens_with_a_search_model_on_a_server_that_is_away(bench: Workbench, opened: Opened) -> None:
    away = varied(BUILT_IN["extractive"], {"embedding.model": "openai:e@http://127.0.0.1:9/v1"})
    bench.recipes.save("away", away, "administrator")
    app = opened(bench)(RECIPES)
    assert not app.exception
    assert [warning.value for warning in app.warning] == []
    assert "Save recipe" in buttons(app)
