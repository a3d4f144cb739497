"""The choice of the model that writes: on this computer, or one of those that a server says it has."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.errors import RequestError, TouchstoneError
from core.models.catalogue import CATALOGUE
from core.servers import Served, on_server, split_name
from core.types import Generation
from pages.shared.notices import trouble
from pages.shared.words import plain

Serves = Callable[[str], Sequence[Served]]
"""The models of the server at an address."""

Released = Callable[[str], Sequence[str]]
"""Names of the adapters that may answer by a model of this computer."""

_SERVER = "server"
_NONE = ""


def author(now: Generation, key: str, serves: Serves, released: Released) -> dict[str, Any]:
    """The fields that say which model writes; raises RequestError while a server is chosen and not yet its model."""
    away = on_server(now.model)
    here = [weights.key for weights in CATALOGUE.values() if weights.kind == "generator"]
    known = here if away or now.model in here else [*here, now.model]
    places = {name: CATALOGUE[name].title if name in CATALOGUE else name for name in known}
    places[_SERVER] = "One on a server"
    one, two, three = st.columns(3, vertical_alignment="bottom")
    with one:
        place = st.selectbox(
            "Model",
            list(places),
            list(places).index(_SERVER if away else now.model),
            format_func=lambda name: places[name],
            key=f"author_{key}",
            help="A server is any that speaks OpenAI's interface: vLLM, llama.cpp, Ollama. It gets the question and "
            "the passages that are found.",
        )
    if place != _SERVER:
        with two:
            adapter = _worn(now.adapter if now.model == place else None, released(str(place)), f"{key}_{place}")
        return {"model": place, "adapter": adapter}
    model, url = split_name(now.model) if away else ("", "")
    with two:
        url = st.text_input(
            "Its address",
            url,
            placeholder="http://host:8000/v1",
            key=f"address_{key}",
            help="Without a key: that is read from TOUCHSTONE_OPENAI_API_KEY, and neither shown nor stored.",
        ).strip()
    with three:
        asked = st.button("List its models", icon=":material/refresh:", disabled=not url, key=f"list_{key}")
    return _chosen(model, (now.adapter or "") if away else "", url, _listed(url, key, serves, asked), key)


def _worn(now: str | None, released: Sequence[str], key: str) -> str | None:
    """The adapter on a model of this computer; the one that the recipe holds stays a choice, also once retired."""
    names = list(dict.fromkeys([_NONE, *released, *filter(None, [now])]))
    if len(names) == 1:
        return None
    chosen = st.selectbox(
        "Adapter",
        names,
        names.index(now or _NONE),
        format_func=lambda name: name or "none",
        key=f"wears_{key}",
        help="What the model has learned beside what it knew; only released ones answer.",
    )
    return chosen or None


def _listed(url: str, key: str, serves: Serves, asked: bool) -> Sequence[Served]:
    """What the server at the address said when it was last asked; asks when the button was pressed."""
    listings: dict[str, Sequence[Served]] = st.session_state.setdefault(f"listings_{key}", {})
    if asked:
        listings.pop(url, None)
        try:
            with st.spinner("Asking the server…"):
                listings[url] = serves(url)
        except TouchstoneError as error:
            trouble(error)
    return listings.get(url, ())


def _chosen(model: str, adapter: str, url: str, listed: Sequence[Served], key: str) -> dict[str, Any]:
    """What the recipe holds and the list both may be chosen; without a list the names are written."""
    one, two = st.columns(2)
    with one:
        told = "The name that the server gives it."
        if listed:
            models = list(dict.fromkeys([*(each.name for each in listed if not each.parent), *filter(None, [model])]))
            name = st.selectbox(
                "Its model", models, models.index(model) if model else 0, key=f"served_{key}", help=told
            )
        else:
            name = st.text_input("Its model", model, key=f"named_{key}", help=told).strip()
    with two:
        told = "A name under which the server answers with an adapter on the model; may be empty."
        if listed:
            fitting = [each.name for each in listed if each.parent and each.parent == name]
            adapters = list(dict.fromkeys(["", *fitting, *([adapter] if name == model else [])]))
            worn = st.selectbox(
                "Adapter", adapters, adapters.index(adapter) if adapter in adapters else 0,
                format_func=lambda each: each or "none", key=f"adapter_{key}", help=told,
            )  # fmt: skip
        else:
            worn = st.text_input("Adapter", adapter, key=f"worn_{key}", help=told).strip()
    window = next((each.window for each in listed if each.name == name), None)
    if window:
        st.caption(f"{plain(name)} reads and writes {window:,} tokens at most. Here its tokens are estimated.")
    if not url or not name:
        raise RequestError("Write the address of the server and choose one of its models.")
    return {"model": f"openai:{name}@{url}", "adapter": worn or None}
