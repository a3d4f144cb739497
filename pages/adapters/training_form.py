"""The form of a training: what to learn, how, and what it would take; a sweep of the same."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from core.adapters.hyper import EXPLAINED, TARGETS, Hyper, grid
from core.desks.datasets import Listed
from core.desks.trainings import MOST, Estimate
from core.errors import RequestError, TouchstoneError
from core.types import Principal
from core.workbench import Workbench
from pages.shared.notices import trouble
from pages.shared.words import duration, many, plain

_KINDS = {
    ":material/menu_book: Facts by heart": Hyper(rate=1e-3, epochs=6, batch=16, looks=6),
    ":material/format_quote: A way to answer": Hyper(rate=5e-4, epochs=2, batch=16, looks=8),
}
_EPOCHS = (1.0, 2.0, 4.0, 6.0, 10.0)
_FEW, _SMALL = 64, 4
"""Below so many rows a batch of so many: a handful of steps teaches nothing."""
_FAILED = "training_failed"
_ESTIMATES = "training_estimates"


def form(bench: Workbench, who: Principal, held: dict[str, Listed]) -> None:
    """Choose, see what it takes, begin."""
    if error := st.session_state.pop(_FAILED, None):
        trouble(error)
    left, right = st.columns([1, 1], vertical_alignment="bottom")
    with left:
        dataset = st.selectbox(
            "Dataset",
            list(held),
            key="training_dataset",
            help="Its accepted rows; it is frozen when a training begins.",
        )
    with right:
        name = st.text_input(
            "Name of the adapter", key="training_name", placeholder="handbook-2", max_chars=60
        ).strip()  # fmt: skip
    kind = st.segmented_control(
        "What it shall learn", list(_KINDS), default=next(iter(_KINDS)), required=True, key="training_kind",
        help="Facts need to be seen often; a way to answer only a few times.",
    )  # fmt: skip
    with st.expander("All settings", icon=":material/tune:"):
        base = _KINDS[kind]
        if held[dataset].states["accepted"] < _FEW:
            base = replace(base, batch=_SMALL)
        hyper, share = _settings(base, f"{list(_KINDS).index(kind)}_{base.batch}")
    if hyper is None:
        return
    expected = _estimate(bench, who, held[dataset], hyper, share)
    if expected is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            "Train", type="primary", icon=":material/model_training:", key="start_training", disabled=not name
        ):
            _try(lambda: bench.adapters.training.start(name, dataset, hyper, who, share))
        with st.popover("Sweep", icon=":material/stacked_line_chart:", key="training_sweep", disabled=not name):
            _sweep(bench, who, name, dataset, hyper, share)
        st.caption(_told(expected))


def _settings(base: Hyper, key: str) -> tuple[Hyper | None, float]:
    """The hyper-parameters, each with what it does; None where they cannot be."""
    first, second, third = st.columns(3)
    with first:
        rank = st.number_input("Rank", 1, 256, base.rank, key=f"rank_{key}", help=EXPLAINED["rank"])
        alpha = st.number_input("Alpha", 1, 1024, base.alpha, key=f"alpha_{key}", help=EXPLAINED["alpha"])
        dropout = st.number_input(
            "Dropout", 0.0, 0.9, base.dropout, step=0.05, key=f"dropout_{key}", help=EXPLAINED["dropout"]
        )
    with second:
        rate = st.number_input(
            "Rate", 1e-6, 1.0, base.rate, step=1e-4, format="%.6f", key=f"rate_{key}", help=EXPLAINED["rate"]
        )
        epochs = st.number_input(
            "Epochs", 0.1, 100.0, float(base.epochs), step=1.0, key=f"epochs_{key}", help=EXPLAINED["epochs"]
        )
        batch = st.number_input("Batch", 1, 512, base.batch, key=f"batch_{key}", help=EXPLAINED["batch"])
    with third:
        seed = st.number_input("Seed", 0, 2**31 - 1, base.seed, key=f"seed_{key}", help=EXPLAINED["seed"])
        patience = st.number_input("Patience", 0, 100, base.patience, key=f"patience_{key}", help=EXPLAINED["patience"])
        looks = st.number_input("Looks", 1, 100, base.looks, key=f"looks_{key}", help=EXPLAINED["looks"])
    targets = st.multiselect("Layers", TARGETS, base.targets, key=f"targets_{key}", help=EXPLAINED["targets"])
    share = st.slider(
        "Held out", 0.0, 0.5, 0.2, step=0.05, key=f"share_{key}", format="percent",
        help="Share of the rows that is not learned but measured: whole documents, or other wordings where all rows "
        "come from one.",
    )  # fmt: skip
    try:
        hyper = Hyper(
            int(rank), int(alpha), tuple(targets), float(rate), float(epochs), int(batch), int(seed), float(dropout),
            int(patience), int(looks),
        )  # fmt: skip
    except RequestError as error:
        st.caption(f":material/info: {plain(str(error))}")
        return None, share
    return hyper, share


def _estimate(bench: Workbench, who: Principal, dataset: Listed, hyper: Hyper, share: float) -> Estimate | None:
    """What it would take; kept while nothing that it rests on changes. None, with the reason, where it cannot be."""
    key = (dataset.name, dataset.hash, hyper, share, who.name, len(bench.adapters.training.all(who)))
    kept: dict[object, Estimate] = st.session_state.setdefault(_ESTIMATES, {})
    if key not in kept:
        try:
            kept[key] = bench.adapters.training.estimate(dataset.name, hyper, who, share)
        except TouchstoneError as error:
            trouble(error)
            return None
    return kept[key]


def _told(expected: Estimate) -> str:
    low, high = expected.seconds
    time = f"about {duration(high)}" if expected.measured else f"{duration(low)} to {duration(high)} on a usual laptop"
    held = f", {many(expected.held_out, 'row')} held out" if expected.held_out else ", none held out"
    return (
        f"{many(expected.rows, 'row')} learned{held} · {many(expected.steps, 'step')}, {expected.tokens:,} tokens · "
        f"{time} · {expected.megabytes / 1000:.1f} GB of memory"
    )


def _sweep(bench: Workbench, who: Principal, name: str, dataset: str, base: Hyper, share: float) -> None:
    ranks = st.multiselect("Ranks", (2, 4, 8, 16, 32, 64), [8, 16], key="sweep_ranks")
    rates = st.multiselect("Rates", (1e-4, 2e-4, 5e-4, 1e-3, 2e-3), [5e-4, 1e-3], key="sweep_rates")
    epochs = st.multiselect("Epochs", sorted({*_EPOCHS, base.epochs}), [base.epochs], key=f"sweep_epochs_{base.epochs}")
    hypers = grid(replace(base), ranks, rates, epochs)
    st.caption(f"{many(len(hypers), 'adapter')}, one after another; at most {MOST}.")
    if st.button("Start the sweep", icon=":material/play_arrow:", key="start_training_sweep", disabled=len(hypers) < 2):
        _try(lambda: bench.adapters.training.sweep(name, dataset, hypers, who, share))


def _try(begin: Callable[[], object]) -> None:
    try:
        begin()
    except TouchstoneError as error:
        st.session_state[_FAILED] = error
    st.rerun()
