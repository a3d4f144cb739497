"""The router: zone rules, what it learned from outcomes, and whether it beats always one route."""

from typing import TYPE_CHECKING, Any, cast

import streamlit as st

from core.answering.routing_rules import RULES, ZoneRule, ZoneRules
from core.errors import TouchstoneError
from core.governance.rights import may
from core.types import ZONES, Principal, Recipe
from core.workbench import Workbench
from pages.adapters import router_view
from pages.shared import frame
from pages.shared.notices import guarded, trouble
from pages.shared.recipes import away
from pages.shared.saving import offer
from pages.shared.words import many, moment, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.adapters.registry import Adapter
    from core.desks.routing import Learned

_FAILED = "router_failed"
_NO_READER = "none"


def show(bench: Workbench, who: Principal) -> None:
    """The whole part."""
    st.caption(
        "For each question: the adapter alone, which is fast; a search, which has receipts; both; or no answer. The "
        "router learns from a question set which of them is right when, and is measured against always one of them."
    )
    if error := st.session_state.pop(_FAILED, None):
        trouble(error)
    _rules(bench, who)
    if not may(who, "evaluate"):
        st.caption("What it learned is for those who may measure.")
        return
    learned = bench.routing.show(who)
    recipe = _measure(bench, who, learned)
    if not learned:
        with st.container(border=True, key="no_router", gap="small"):
            st.markdown(":material/alt_route: **It has learned nothing yet**")
            st.caption(
                "Until then a stated rule decides: a question that is nearly one that the adapter learned, from a "
                "document that it learned in this version, is for the adapter alone; any other is for the documents."
            )
        return
    names = {each.key: _named(each) for each in learned}
    chosen = learned[0]
    if len(learned) > 1:
        key = st.selectbox("Learned", list(names), format_func=lambda each: names[each], key="router_learned")
        chosen = next(each for each in learned if each.key == key)
    else:
        st.markdown(f":small[{plain(names[chosen.key])}]")
    gone = bench.adapters.away(chosen.manifest["adapters"].values(), who)
    if gone:
        told = away(gone, "this was learned and proved with it, and questions no longer go its way")
        st.warning(plain(told), icon=":material/block:")
    router_view.learned(chosen)
    if chosen.proof is None:
        st.caption("Not proved yet: press Prove to measure it on the questions that it did not learn from.")
    else:
        router_view.proof(chosen.proof)
    if recipe is not None:
        with st.container(border=True, key="router_use", gap="small"):
            st.markdown(":material/alt_route: **Ask with it**")
            if chosen.proof and not chosen.proof["won"]:
                st.caption("Its proof was not won: by what was measured, always one route is as good.")
            offer(bench, who, recipe, "routed", f"Routed by what was learned from {chosen.manifest['set']}.", "router")


def _named(each: "Learned") -> str:
    adapters = ", ".join(f"{way}: {name}" for way, name in each.manifest["adapters"].items() if name)
    questions = many(each.manifest["questions"], "question")
    return f"{questions} of {each.manifest['set']} · {adapters} · {moment(each.saved_at)} by {each.saved_by}"


def _rules(bench: Workbench, who: Principal) -> None:
    """The zone rules; whoever may edit the policy changes them."""
    now = bench.routing.rules(who)
    with st.expander("Zone rules", icon=":material/shield:", key="router_rules"):
        st.caption("The zone of the best passage decides. A rule comes before everything that was learned.")
        options, off = list(RULES), not may(who, "edit policy")
        held: dict[str, str] = {}
        for column, zone in zip(st.columns(len(ZONES)), ZONES, strict=True):
            held[zone] = column.selectbox(
                zone.capitalize(), options, options.index(now.zones[zone]), key=f"rule_{zone}", disabled=off,
                help="; ".join(f"{name}: {means}" for name, means in RULES.items()),
            )  # fmt: skip
        made = ZoneRules(cast("dict[Any, ZoneRule]", held))
        if st.button("Apply rules", key="apply_rules", disabled=off or made == now):
            try:
                bench.routing.set_rules(made, who)
            except TouchstoneError as error:
                st.session_state[_FAILED] = error
            st.rerun()


def _measure(bench: Workbench, who: Principal, learned: "list[Learned]") -> Recipe | None:
    """What to learn from, with which adapters; training and proof run as jobs.

    Returns the recipe that is routed so, where something was learned for it.
    """
    name, base = frame.recipe(bench)
    released = {held.name: held for held in bench.adapters.released(who, base.generation.model)}
    sets = [listed.name for listed in bench.lab.sets.all(who)]
    if not released or not sets:
        st.caption("To train it there must be a released adapter and a question set.")
        return None
    usual = _usual(released, sets, learned)
    with st.expander("Train and prove", icon=":material/model_training:", expanded=True, key="router_measure"):
        st.caption(
            f"Passages are found as the recipe {plain(name)} says. Each question is asked by every route once; half "
            "of the set, by a fixed hash, is learned, the other half proves. What was asked is not asked again."
        )
        one, two, three, four = st.columns(4)
        set_name = one.selectbox("Question set", sets, sets.index(usual[0]), key="router_set")
        alone = two.selectbox("Answers alone", list(released), list(released).index(usual[1]), key="router_alone")
        readers = [_NO_READER, *released]
        reader = three.selectbox("Reads sources", readers, readers.index(usual[2]), key="router_reader")
        limit = four.number_input("Questions at most", 50, 2_000, 120, 10, key="router_limit")
        with guarded():
            recipe: Recipe = bench.routing.recipe(base, alone, None if reader == _NO_READER else reader, who)
            known = bench.routing.knows(recipe, who)
            with st.container(horizontal=True, vertical_alignment="center"):
                train = st.button("Train", type="primary", icon=":material/model_training:", key="train_router",
                                  disabled=not may(who, "train"))  # fmt: skip
                prove = st.button("Prove", icon=":material/verified:", key="prove_router", disabled=not known)
                if not known:
                    st.caption("It learned nothing for this choice yet; train it first, then prove it.")
            if train or prove:
                start = bench.routing.start_training if train else bench.routing.start_proof
                start(set_name, recipe, who, int(limit))
                st.rerun()
            return recipe if known else None
    return None


def _usual(released: "Mapping[str, Adapter]", sets: list[str], learned: "list[Learned]") -> tuple[str, str, str]:
    """Set, adapter alone and reader to begin with: those of what was learned last, else an adapter that knows facts."""
    if learned:
        of = learned[0].manifest
        alone, reader = of["adapters"].get("closed"), of["adapters"].get("rag + adapter") or _NO_READER
        if of["set"] in sets and alone in released and reader in (_NO_READER, *released):
            return of["set"], alone, reader
    knowing = [name for name, held in released.items() if held.manifest.documents]
    return sets[0], (knowing or list(released))[0], _NO_READER
