"""The proof of an adapter: have it measured, look at what it learned, forgot and gave away, release it or not."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import TouchstoneError
from core.governance.rights import may
from core.types import Principal
from core.workbench import Workbench
from pages.adapters import proof_view
from pages.shared import address
from pages.shared.notices import trouble
from pages.shared.words import duration, many, moment, plain

if TYPE_CHECKING:
    from core.adapters.proof import Proof, Thresholds
    from core.adapters.registry import Adapter

PAGE = "adapters"
_CHOSEN, _FAILED = f"{PAGE}_proved", "proof_failed"
_ORDER = ("candidate", "released", "retired")
_HELD_OUT = "What its training held out"
_BADGES = {
    "candidate": ":orange-badge[candidate]",
    "released": ":green-badge[released]",
    "retired": ":gray-badge[retired]",
}


def show(bench: Workbench, who: Principal) -> None:
    """The whole part."""
    held = {each.name: each for each in sorted(bench.adapters.all(who), key=lambda each: _ORDER.index(each.state))}
    if not held:
        with st.container(border=True, key="empty_proof"):
            st.markdown(":material/verified: **No adapter yet**")
            st.caption("Train one, or bring one that PEFT wrote; before it may answer, it is measured here.")
        return
    chosen = _choose(held)
    if error := st.session_state.pop(_FAILED, None):
        trouble(error)
    proof = bench.adapters.proof.of(chosen.name, who)
    _facts(chosen, proof)
    if may(who, "train") and chosen.state != "retired":
        _measure(bench, who, chosen, opened=proof is None)
    if proof is None:
        st.caption("Nothing was measured of it yet; without a proof it is not released.")
        return
    proof_view.gates(proof)
    if may(who, "train"):
        _decide(bench, who, chosen)
    proof_view.show(proof)


def _choose(held: "dict[str, Adapter]") -> "Adapter":
    address.take(PAGE, {"proved": next(iter(held))})
    if st.session_state[_CHOSEN] not in held:
        st.session_state[_CHOSEN] = next(iter(held))
    name = st.selectbox(
        "Adapter", list(held), format_func=lambda each: f"{each} · {held[each].state}", key=_CHOSEN, width=320
    )
    address.put(PAGE, {"proved": name})
    return held[str(name)]


def _facts(chosen: "Adapter", proof: "Proof | None") -> None:
    made = chosen.manifest
    facts = [f"on {made.base}", f"zone {made.zone}", plain(made.dataset) or made.source]
    if proof:
        told = f"measured {moment(proof.at)} by {plain(proof.by)}, {plain(proof.rows_from)}"
        facts += [told, f"took {duration(proof.seconds)}"]
    st.markdown(f"{_BADGES[chosen.state]} :small[{' · '.join(facts)}]")


def _measure(bench: Workbench, who: Principal, chosen: "Adapter", opened: bool) -> None:
    """What to measure by, how long it may take, and the button."""
    running = any(not job.over and job.title == f"Proof of {chosen.name}" for job in bench.jobs.all())
    with st.expander("Measure", icon=":material/speed:", expanded=opened, key="proof_measure"):
        own = [_HELD_OUT] if chosen.manifest.dataset else []
        sets = {f"Question set {row.name}": ("questions", row.name) for row in bench.lab.sets.all(who)}
        data = {f"Dataset {row.name}": ("dataset", row.name) for row in bench.datasets.all(who)}
        sources = {**dict.fromkeys(own, ("dataset", "")), **sets, **data}
        if not sources:
            st.caption("There is no question set and no dataset to measure by yet.")
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            source = st.selectbox("Measure by", list(sources), key="proof_source", width=300)
            most = st.number_input("Rows at most", 1, 500, 60, key="proof_most", width=140)
        planted = st.text_area(
            "Planted secrets, one on each line",
            key="proof_canaries",
            height=68,
            placeholder="The code of the archive door is 48213.",
            help="Texts that stand in the training rows only to see whether they can be got out again.",
        )
        limits = _limits()
        canaries = [line for line in planted.splitlines() if line.strip()]
        seconds = bench.adapters.proof.estimate(int(most), len(canaries))
        with st.container(horizontal=True, vertical_alignment="center"):
            pressed = st.button(
                "Measure", type="primary", icon=":material/play_arrow:", key="proof_start", disabled=running
            )
            told = (
                "It is being measured now." if running else f"About {duration(seconds)} for {many(int(most), 'row')}."
            )
            st.caption(f"{told} Each is answered by the base and by the adapter.")
        if pressed:
            kind, name = sources[str(source)]
            try:
                bench.adapters.proof.start(
                    chosen.name, who, None, int(most), canaries, limits=limits,
                    dataset=name if kind == "dataset" else "", questions=name if kind == "questions" else "",
                )  # fmt: skip
            except TouchstoneError as error:
                st.session_state[_FAILED] = error
            st.rerun()


def _limits() -> "Thresholds":
    from core.adapters.proof import Thresholds

    usual = Thresholds()
    with st.container(horizontal=True):
        better = st.number_input(
            "Least gain", -1.0, 1.0, usual.better, 0.01, key="proof_better", width=150,
            help="The lower bound of the gain in F1 over the base.",
        )  # fmt: skip
        declined = st.number_input(
            "Most declined", 0.0, 1.0, usual.declined, 0.05, key="proof_declined", width=150,
            help="Of the questions that the sources answer.",
        )  # fmt: skip
        forgetting = st.number_input(
            "Most forgotten", 0.0, 1.0, usual.forgetting, 0.01, key="proof_forgetting", width=150,
            help="Accuracy on the general set that may be lost; 0.05 is five in a hundred.",
        )  # fmt: skip
        perplexity = st.number_input(
            "Perplexity ratio", 1.0, 100.0, usual.perplexity, 0.05, key="proof_perplexity", width=150,
            help="How much less probable plain text may become.",
        )  # fmt: skip
        exposure = st.number_input(
            "Most exposure, bits", 0.0, 8.0, usual.exposure, 0.5, key="proof_exposure", width=160,
            help="Of a planted secret; by chance one in 64 has 6 bits.",
        )  # fmt: skip
    return replace(
        usual, better=better, declined=declined, forgetting=forgetting, perplexity=perplexity, exposure=exposure
    )


def _decide(bench: Workbench, who: Principal, chosen: "Adapter") -> None:
    failed = [gate.name for gate in chosen.manifest.gates if not gate.passed]
    with st.container(horizontal=True, vertical_alignment="center", key="proof_decide"):
        if chosen.state == "candidate":
            st.button(
                "Release", type="primary", icon=":material/rocket_launch:", key="proof_release",
                disabled=not chosen.manifest.releasable, on_click=_do, args=(bench.adapters.release, chosen.name, who),
            )  # fmt: skip
            if failed:
                st.caption(f"It cannot be released: {plain(', '.join(failed))}.")
        if chosen.state != "retired":
            with st.popover("Retire", icon=":material/archive:", key="proof_retiring"):
                reason = st.text_input("Why", key="proof_reason")
                st.button("Retire for good", key="proof_retire", on_click=_do,
                          args=(bench.adapters.retire, chosen.name, reason, who))  # fmt: skip


def _do(work: Callable[..., object], *given: object) -> None:
    try:
        work(*given)
    except TouchstoneError as error:
        st.session_state[_FAILED] = error
