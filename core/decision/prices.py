"""What the cost model is fed with: every input with its unit, its range, and the assumption that stands until measured.

No default is a quote of anybody's price list; each is dated, and meant to be replaced by the reader's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from core.decision.money import Figure, Source

Path = Literal["retrieval", "tuning", "both"]
PATHS: tuple[Path, ...] = ("retrieval", "tuning", "both")
CALLED: Mapping[Path, str] = MappingProxyType({"retrieval": "Retrieval", "tuning": "Adapter", "both": "Both together"})
IN_SENTENCES: Mapping[Path, str] = MappingProxyType(
    {"retrieval": "retrieval", "tuning": "an adapter", "both": "both together"}
)
AS_OF = "2026-11-29"
"""The day on which the defaults were set down."""

Group = Literal["Traffic", "Prices", "People", "A request", "Storage", "Change", "Value"]
GROUPS: tuple[Group, ...] = ("Traffic", "Prices", "People", "A request", "Storage", "Change", "Value")

_ARMS = "python -m core arms --questions SET --adapter NAME"
_ASK = "python -m core ask QUESTION"
_TRAIN = "python -m core adapters train NAME --dataset DATASET"
_INGEST = "python -m core ingest PATH"


@dataclass(frozen=True, slots=True)
class Input:
    """One input of the model."""

    name: str
    title: str
    unit: str
    group: Group
    default: float | None
    """None for what is measured or unknown: no number stands in its place."""
    low: float = 0.0
    high: float = 0.0
    told: str = ""
    """What the default rests on."""
    measured_by: str = ""
    """The command that measures it; empty for what no run of a workspace can tell."""

    def assumed(self) -> Figure | None:
        """The default as a figure."""
        if self.default is None:
            return None
        return Figure(self.default, self.unit, Source("assumption", AS_OF, self.told), self.low, self.high)


def _each(
    name: str,
    title: str,
    unit: str,
    group: Group,
    values: tuple[tuple[float, float, float], ...],
    told: str,
    measured_by: str = "",
) -> list[Input]:
    """The same input for each path."""
    return [
        Input(f"{name}_{path}", f"{title}, {CALLED[path].lower()}", unit, group, *held, told, measured_by)
        for path, held in zip(PATHS, values, strict=True)
    ]


def _unknown(name: str, title: str, measured_by: str) -> list[Input]:
    return [
        Input(
            f"{name}_{path}", f"{title}, {CALLED[path].lower()}", "share", "A request", None, 0.0, 0.0, "", measured_by
        )
        for path in PATHS
    ]


_ALL: tuple[Input, ...] = (
    Input("requests", "Requests a month at the start", "request/month", "Traffic", 10_000, 5_000, 20_000,
          "Yours to set; the break-even is told as a number of these."),
    Input("growth", "Growth of the requests", "share/year", "Traffic", 0.2, 0.0, 0.5, "A product that is taken up."),
    Input("discount", "Discount rate", "share/year", "Traffic", 0.08, 0.04, 0.12,
          "What the money would earn elsewhere; later payments count for less."),
    Input("price_in", "Tokens read by a hosted model", "$/Mtoken", "Prices", 0.15, 0.05, 1.0,
          "The order of a small hosted model in 2026."),
    Input("price_out", "Tokens written by a hosted model", "$/Mtoken", "Prices", 0.60, 0.2, 4.0,
          "Hosts ask about four times as much for a token written as for one read."),
    Input("tuned_rate", "Rate of a tuned model to its base", "times", "Prices", 1.0, 1.0, 2.0,
          "Some hosts ask the same for a tuned model, others up to twice as much."),
    Input("embed_price", "Tokens embedded", "$/Mtoken", "Prices", 0.02, 0.01, 0.13,
          "The order of a small hosted embedder."),
    Input("machine_hour", "An hour of a machine", "$/hour", "Prices", 0.20, 0.05, 2.5,
          "Four processor cores, rented; a graphics card costs ten times as much and takes fewer hours."),
    Input("idle", "Hours paid for each hour used", "times", "Prices", 3.0, 1.5, 10.0,
          "A machine of one's own waits for traffic; it works a third of its hours here."),
    Input("search_month", "A search service", "$/month", "Prices", 50.0, 0.0, 150.0,
          "A small managed vector store, or the share of a machine that runs one."),
    Input("endpoint_month", "A reserved place for the tuned model", "$/month", "Prices", 0.0, 0.0, 500.0,
          "Nothing where adapters share a base model; a machine's rent where the host reserves one."),
    Input("disk", "Storage", "$/GB/month", "Prices", 0.10, 0.02, 0.25, "Between object storage and fast disks."),
    Input("engineer_week", "A week of an engineer", "$/person-week", "People", 4_000, 2_500, 6_000,
          "With everything that an employer pays."),
    Input("curator_hour", "An hour of who writes and checks rows", "$/person-hour", "People", 45, 25, 90,
          "Somebody who knows the matter."),
    Input("minutes_row", "Time for a row of training data", "person-minute/row", "People", 3.0, 1.0, 8.0,
          "To write or correct a question with its answer."),
    Input("rows", "Rows of training data", "row", "People", 1_000, 300, 5_000,
          "Enough for a task, few for many facts.", _TRAIN),
    *_each("weeks", "Building it", "person-week", "People", ((4, 2, 8), (4, 2, 10), (6, 3, 14)),
           "Team of one or two; search, ingestion and rights on one side, data, training and gates on the other."),
    *_each("care", "Running it", "person-week/month", "People", ((0.2, 0.1, 0.5), (0.2, 0.1, 0.5), (0.3, 0.15, 0.8)),
           "Watching, upgrades, complaints; one to one and a half days a month."),
    *_each("read", "Tokens read", "token/request", "A request",
           ((1_100, 600, 2_500), (120, 60, 300), (1_100, 600, 2_500)),
           "Instructions and five passages; without retrieval only instructions and question.", _ARMS),
    *_each("written", "Tokens written", "token/request", "A request", ((80, 30, 250), (60, 30, 200), (70, 30, 200)),
           "An answer of two or three sentences.", _ARMS),
    *_each("seconds", "Machine time", "second/request", "A request", ((3, 1, 8), (2, 0.5, 6), (3, 1, 8)),
           "A small model on processors.", _ARMS),
    Input("search_seconds", "Machine time to search", "second/request", "A request", 0.1, 0.02, 0.3,
          "A question embedded, a search, a ranking.", _ASK),
    Input("index_size", "Index", "GB", "Storage", 0.1, 0.01, 1.0, "Some ten thousand passages.", _INGEST),
    Input("originals_size", "Originals", "GB", "Storage", 0.5, 0.05, 5.0, "Some hundred documents.", _INGEST),
    Input("log_size", "Search log", "byte/request", "Storage", 20_000, 5_000, 60_000,
          "The trace of an answer with its candidates.", _ASK),
    Input("log_months", "Months that a log is kept", "month", "Storage", 12, 3, 24, "A rule of retention."),
    Input("checkpoint_size", "A checkpoint", "GB/checkpoint", "Storage", 0.02, 0.005, 0.2, "A small LoRA.", _TRAIN),
    Input("checkpoints", "Checkpoints kept of each", "checkpoint", "Storage", 3, 2, 6, "The live one and two older."),
    Input("locales", "Locales with an adapter of their own", "times", "Storage", 1, 1, 1, "One language."),
    Input("variants", "Variants of each", "times", "Storage", 1, 1, 1, "One tone, one zone."),
    Input("corpus", "Tokens of all documents", "Mtoken", "Change", 0.5, 0.05, 5.0,
          "Embedded once before the start.", _INGEST),
    Input("changes", "Documents that change", "change/month", "Change", 4, 1, 20,
          "One a week; told once a library was filled for two weeks.", _INGEST),
    Input("change_tokens", "Tokens of a document that changed", "token/change", "Change", 4_000, 1_000, 20_000,
          "Ten pages; all of it is embedded again.", _INGEST),
    Input("check_change", "Looking after a change, with retrieval", "person-minute/change", "Change", 5, 0, 20,
          "Is the new version in, and does it answer?"),
    Input("train_minutes", "A training", "minute/training", "Change", 30, 10, 180, "On processors.", _TRAIN),
    Input("attempts", "Trainings until one passes", "training/release", "Change", 3, 1, 8, "Some fail a gate."),
    Input("releases", "Releases of the adapter before the start", "release", "Change", 1, 1, 3, "The first one holds."),
    Input("changes_release", "Changes that one release takes up", "change/release", "Change", 4, 1, 20,
          "Until then the adapter says the old value."),
    Input("rows_change", "Rows rewritten for a change", "row/change", "Change", 10, 3, 40, "Those that are wrong now."),
    Input("prove_release", "Proving and releasing an adapter", "person-hour/release", "Change", 3, 1, 8,
          "Reading the gates, trying it, signing it off."),
    Input("taught_both", "Share of changes that the adapter must learn, with both", "share", "Change", 0.1, 0.0, 0.5,
          "It learns a manner; facts come from the documents."),
    *_unknown("right", "Answers that are right", _ARMS),
    Input("wrong_cost", "What a wrong answer costs", "$/request", "Value", 0.0, 0.0, 0.0,
          "Nothing until you say so: a call to the desk, a wrong order."),
    *_each("wait", "Months until it answers", "month", "Value", ((1, 0.5, 2), (1.5, 0.5, 4), (2, 1, 5)),
           "From the decision to the first user."),
    Input("worth", "What it is worth a month once it answers", "$/month", "Value", 0.0, 0.0, 0.0,
          "Nothing until you say so; each month of waiting forgoes it."),
)  # fmt: skip
INPUTS: Mapping[str, Input] = MappingProxyType({each.name: each for each in _ALL})
"""By name, in the order in which they are shown."""

TIERS: tuple[tuple[float, float], ...] = ((0.0, 0.0), (10_000.0, 0.05), (50_000.0, 0.10))
"""What a host takes off: from so many dollars a month of tokens at list price on, this share of what lies above."""
