"""The currency between modules: frozen dataclasses that a later stage enriches with `replace`.

Knows nothing of how any of them is made, stored or drawn. Offsets are always half-open character ranges of
`Document.text`; page numbers start at 1; times are in milliseconds unless a name says otherwise.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from core.errors import RequestError
from core.servers import on_server, split_name

Zone = Literal["public", "internal", "restricted"]
ZONES: tuple[Zone, ...] = ("public", "internal", "restricted")
REDACTED = "redacted-"
"""How the content hash of a document begins whose original was removed when it was redacted."""
Distance = Literal["cosine", "dot", "euclid"]
DISTANCES: tuple[Distance, ...] = ("cosine", "dot", "euclid")
Quantization = Literal["none", "int8", "binary"]
QUANTIZATIONS: tuple[Quantization, ...] = ("none", "int8", "binary")


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open character range [start, end) of a document's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page, slide or sheet, and the range of the text that stands on it."""

    number: int
    start: int
    end: int
    width: float = 0.0
    """Points (1/72 inch); 0 where the format has no page size."""
    height: float = 0.0
    label: str = ""
    """A sheet's name or a slide's title."""
    text_layer: Literal["native", "ocr", "none"] = "native"
    """Where the text came from; "none" marks a page that holds no readable text."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading at `start`; level 1 is the outermost."""

    start: int
    level: int
    title: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the text; each row is a line that repeats its column headers ("Header: value | …")."""

    start: int
    end: int
    rows: tuple[Span, ...]


Why = Literal[
    "white text", "tiny text", "off the page", "hidden by style", "comment", "metadata", "hidden sheet", "hidden slide",
    "hidden row or column", "deleted in tracked changes", "behind a picture",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Concealed:
    """A half-open range [start, end) of a document's text that a person who opens the file does not see."""

    start: int
    end: int
    why: Why
    """How it is kept out of sight; "white text" is in the colour of what it stands on, whichever that is."""


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """What a parser makes of a file: its text and everything that is known by offset."""

    media_type: str
    text: str
    pages: tuple[Page, ...]
    headings: tuple[Heading, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    """What the reader should know, such as "no text on pages 3–7"."""
    concealed: tuple[Concealed, ...] = ()
    """In reading order, none overlapping another."""


@dataclass(frozen=True, slots=True)
class Document:
    """One version of a named document, as the library holds it."""

    id: str
    """Hash of name and content: two names with the same bytes are two documents, and erasing one keeps the other."""
    name: str
    content_hash: str
    """sha256 of the original's bytes."""
    media_type: str
    zone: Zone
    labels: tuple[str, ...]
    version: int
    text: str
    pages: tuple[Page, ...]
    headings: tuple[Heading, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    valid_from: str | None = None
    """ISO date from which the document is in force; None for always."""
    valid_until: str | None = None
    """ISO date of the last day in force; None for no end."""
    size: int = 0
    """Bytes of the original."""
    added_at: str = ""
    added_by: str = ""
    origin: str = ""
    """The followed folder that it came from; empty for what was brought by hand."""
    language: str | None = None
    """ISO 639-1, as "de"; None where the text does not tell."""
    concealed: tuple[Concealed, ...] = ()
    """In reading order, none overlapping another; empty for a version that was read before this was looked for."""

    @property
    def redacted(self) -> bool:
        """Whether names were taken out of it; then its original is gone."""
        return self.content_hash.startswith(REDACTED)

    def in_force(self, day: str) -> bool:
        """Whether it is in force on an ISO date; its first and its last day count."""
        return (self.valid_from or "") <= day <= (self.valid_until or day)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage with its place in the document: `text == document.text[start:end]`, unless it is `edited`."""

    id: str
    document_id: str
    text: str
    start: int
    end: int
    pages: tuple[int, ...]
    headings: tuple[str, ...]
    """Titles of the headings above, outermost first."""
    tokens: int
    """Tokens of the document, by the embedder's own tokenizer, that begin in the chunk; no special tokens."""
    around: Span | None = None
    """What is read when it is found, where its strategy finds small and reads wide."""
    edited: bool = False
    """Its text was written by hand; [start, end) is where the text stands that it replaces."""


@dataclass(frozen=True, slots=True)
class Target:
    """A passage that a change by hand was made on, as it was then."""

    start: int
    end: int
    was: str
    """Fingerprint of its text."""


EditKind = Literal["edit", "disable", "split", "merge"]


@dataclass(frozen=True, slots=True)
class ChunkEdit:
    """A change by hand of the passages of one document in one index."""

    document_id: str
    index_key: str
    kind: EditKind
    targets: tuple[Target, ...]
    """In reading order, one beside the other; more than one of a merge only."""
    text: str = ""
    """What an edit put in the passage's place."""
    at: int = 0
    """Offset in the document at which a split begins its second part."""
    made_at: str = ""
    made_by: str = ""
    undone_at: str | None = None
    """None while it is in force."""
    undone_by: str | None = None
    id: int = 0
    """Counts up in the order in which changes were made; 0 before it is kept."""


class Fate(StrEnum):
    """How far a candidate came; each candidate of a trace has exactly one."""

    RETRIEVED = "retrieved"
    """Found, but cut off by top-k."""
    WITHHELD = "withheld"
    """Removed at the choke point."""
    DROPPED = "dropped"
    """Did not fit the prompt's budget."""
    TRUNCATED = "truncated"
    """Packed in part."""
    PACKED = "packed"
    """In the prompt, not cited."""
    CITED = "cited"


Point = Literal["question", "source", "answer"]
Action = Literal["allow", "mask", "redact", "downgrade", "veto", "quarantine"]
ACTIONS: tuple[Action, ...] = ("allow", "mask", "redact", "downgrade", "veto", "quarantine")
"""What a rule of the policy asks for, the mildest first."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the policy did at one of the three choke points; it never holds the text that it was done to."""

    point: Point
    action: Action
    detector: str
    kind: str
    count: int
    """Findings that it was done for."""


@dataclass(frozen=True, slots=True)
class Score:
    """A score of one stage and the rank (from 1) that it gave."""

    value: float
    rank: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A candidate passage; scores of different stages are never mixed into one."""

    chunk: Chunk
    document: str
    """The document's name."""
    zone: Zone
    rank: int
    scores: Mapping[str, Score]
    """By stage: dense, sparse, fused, rerank."""
    fate: Fate = Fate.RETRIEVED
    passage: Chunk | None = None
    """The passage that the prompt gets in the chunk's place, where the recipe widens its hits or cuts repeats."""
    low_trust: bool = False
    """Whether the policy lets it be cited only beside a source that it trusts."""
    rulings: tuple["Ruling", ...] = ()
    """What the policy did to it at the choke point."""

    @property
    def shown(self) -> Chunk:
        """What a prompt gets of it."""
        return self.passage or self.chunk


@dataclass(frozen=True, slots=True)
class Source:
    """A numbered passage in a prompt; citations point at `number`."""

    number: int
    hit: Hit
    text: str
    """What stands in the prompt: the chunk's text, or its beginning when truncated."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the model receives, and what was left out."""

    messages: tuple[tuple[str, str], ...]
    """(role, content) pairs."""
    sources: tuple[Source, ...]
    tokens: int
    budget: int
    dropped: tuple[str, ...] = ()
    """Ids of chunks that did not fit."""
    truncated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A receipt: the passage of a document that supports a sentence of the answer."""

    source: int
    document_id: str
    document: str
    page: int
    start: int
    end: int
    quote: str
    sentence: Span
    """The range of the answer's text that it supports."""
    support: float
    """0 to 1; see `core.generation.citations`."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of ask(): how long it took, how many went in and came out."""

    name: str
    ms: float
    went_in: int
    came_out: int
    detail: str = ""


Way = Literal["small talk", "closed", "rag", "rag + adapter", "decline"]
"""What the router chooses between."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A signal that decided a route."""

    signal: str
    """Its name in `core.answering.routing_signals`, or "zone", "budget" or "speed"."""
    value: str
    """What was measured, for a person."""
    speaks: str
    """What it speaks for or against, as "for closed"."""


@dataclass(frozen=True, slots=True)
class Routed:
    """What the router decided for a question, and why."""

    way: Way
    by: str
    """"rule", or "learned" where outcomes decided."""
    reasons: tuple[Reason, ...]
    chances: tuple[tuple[Way, float], ...] = ()
    """Of each route that was open: the estimated probability that its answer is right."""
    expected_ms: float = 0.0
    """Milliseconds that it was expected to take, drafts included."""
    budget_ms: int = 0
    dropped: tuple[Way, ...] = ()
    """Routes whose drafts were not sure enough, and were thrown away."""
    confidence: float = 0.0
    """Estimated probability that the answer is right, after its draft where there was one."""


@dataclass(frozen=True, slots=True)
class Trace:
    """The record of one question: what each step did and what became of every candidate."""

    id: str
    question: str
    recipe: str
    """Hash of the recipe."""
    principal: str
    stages: tuple[Stage, ...]
    candidates: tuple[Hit, ...]
    prompt: Prompt | None
    total_ms: float
    started_at: str
    understood: str = ""
    """The question with the earlier ones that it leans on; empty where it was taken as it stands."""
    choice: "Recipe | None" = None
    """The recipe itself, so that the question can be asked again."""
    asker: "Principal | None" = None
    """Who asked, with all that was visible then; `principal` is only the name."""
    received: str = ""
    """What the model received, byte for byte: the messages in its own chat template, or as JSON for a server."""
    draft: str = ""
    """What the model wrote, where the answer is another text."""
    parent: str = ""
    """The trace that this one replays; empty for a question that was asked afresh."""
    since: str = ""
    """The first stage that a replay ran anew; what came before was taken from its parent."""
    pinned: tuple[str, ...] = ()
    """Ids of chunks that a person put first."""
    barred: tuple[str, ...] = ()
    """Ids of chunks that a person kept out."""
    policy: int = 0
    """Version of the policy that was in force; 0 where none was."""
    routed: Routed | None = None
    """What the router decided; None where the recipe says the route itself."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of the model: read, written, how soon and how surely."""

    prompt: int = 0
    answer: int = 0
    first_token_ms: float = 0.0
    """From the moment of asking, waiting included."""
    per_second: float = 0.0
    """Tokens written a second, from the first on; 0 where there is only one."""
    logprobs: tuple[float, ...] = ()
    """Of each token written, the natural logarithm of its probability; empty where a server does not tell."""
    reused: int = 0
    """Tokens of the prompt that were known from an earlier one."""
    guessed: int = 0
    """Tokens of the answer that were drafted from the prompt and came true."""
    waited_ms: float = 0.0
    """Until the model turned to the request."""
    estimated: bool = False
    """Whether the counts are estimates, since a server did not tell them."""


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A sentence of an answer without a receipt: text[start:end]."""

    start: int
    end: int
    missing: tuple[str, ...] = ()
    """Numbers and names of it that the passage nearest to it lacks; empty where no passage is near."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer with its receipts."""

    text: str
    abstained: bool
    citations: tuple[Citation, ...]
    unsupported: tuple[Unsupported, ...]
    """Sentences of `text` that no source supports."""
    sources: tuple[Source, ...]
    route: str
    model: str
    adapter: str | None
    tokens: Tokens
    recipe: str
    trace: Trace
    stopped: bool = False
    """True when the asker stopped it before its end."""
    confidence: float | None = None
    """Estimated probability that the sources hold the answer; None where nothing was searched."""
    rulings: tuple[Ruling, ...] = ()
    """What the policy did to the question, to the sources in the prompt and to the answer."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. Empty zones mean that nothing is visible, never everything."""

    name: str
    roles: tuple[str, ...]
    zones: tuple[Zone, ...]
    labels: tuple[str, ...] | None = None
    """A labelled document is visible only when all its labels are among these; None sets no limit by label."""


@dataclass(frozen=True, slots=True)
class Chunking:
    """How documents are cut."""

    strategy: str = "sentences"
    """A name from `core.chunking.STRATEGIES`."""
    size: int = 160
    """The most tokens of a chunk, counted by the embedder."""
    overlap: int = 0
    """Tokens that a chunk repeats of the one before."""
    window: int = 2
    """Sentences on each side that a found sentence is read with; of the strategy "window"."""
    breakpoint: int = 90
    """Percentile of the gaps in meaning above which a chunk ends; of the strategy "semantic"."""
    parent: int = 480
    """The most tokens of the passage that a found chunk is read with; of the strategy "hierarchical"."""

    def __post_init__(self) -> None:
        if not 8 <= self.size <= 8192:
            raise RequestError(f"A chunk size of {self.size} tokens is outside 8 to 8192.")
        if not 0 <= self.overlap < self.size:
            raise RequestError(
                f"An overlap of {self.overlap} tokens must be at least 0 and below {self.size}, the size."
            )
        if not 0 <= self.window <= 20:
            raise RequestError(f"A window of {self.window} sentences on each side is outside 0 to 20.")
        if not 1 <= self.breakpoint <= 99:
            raise RequestError(f"A breakpoint at percentile {self.breakpoint} is outside 1 to 99.")
        if self.strategy == "hierarchical" and not self.size < self.parent <= 8192:
            raise RequestError(
                f"A parent of {self.parent} tokens must be above {self.size}, the size, and at most 8192."
            )


@dataclass(frozen=True, slots=True)
class Embedding:
    """How chunks and questions become vectors."""

    model: str = "minilm"
    """A name from the catalogue of embedders."""
    distance: Distance = "cosine"
    quantization: Quantization = "none"
    """The smaller copy of the vectors that is searched first; the best are rescored with the whole ones."""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """How passages are found for a question."""

    mode: Literal["hybrid", "dense", "sparse"] = "hybrid"
    top_k: int = 5
    """Passages handed on to the prompt."""
    candidates: int = 40
    """Passages fetched by each of dense and sparse before fusion."""
    fusion: Literal["rrf", "dbsf"] = "rrf"
    """How ranked lists are joined: by reciprocal rank, or by scores brought to one scale by their distribution."""
    rrf_k: int = 10
    """The constant of reciprocal rank fusion."""
    dense_weight: float = 1.0
    """What a dense list counts in the fusion."""
    sparse_weight: float = 1.0
    """What a sparse list counts in the fusion."""
    words_known: float = 0.0
    """Of a question's words, stop words aside, the least share that must stand in the passages that the asker may see.
    Below it, as for a question in another language, neither words nor MaxSim count, and meaning alone decides."""
    rerank: str = "none"
    """none; maxsim (late interaction over MiniLM's token vectors); cross:<hub id or folder> of a cross-encoder."""
    rerank_depth: int = 20
    """Candidates that are reranked."""
    rerank_order: Literal["fused", "alone"] = "fused"
    """Whether the reranker's order is one more list of the fusion, or decides alone."""
    rerank_weight: float = 1.0
    """What the reranker's list counts in the fusion."""
    mmr: float | None = None
    """Maximal marginal relevance: 1 is relevance alone, 0 diversity alone, None is off."""
    expand: Literal["none", "new", "neighbours", "parent"] = "none"
    """What the prompt gets of a hit: the passage, what of it no better hit shows, it with the ones beside it, or the
    section that it stands in."""
    followups: bool = True
    """Whether a question that leans on the one before is understood with it; see `core.answering.followup`."""

    def __post_init__(self) -> None:
        if not 1 <= self.top_k <= 200:
            raise RequestError(f"top_k is {self.top_k}; it must be between 1 and 200.")
        if not self.top_k <= self.candidates <= 1000:
            raise RequestError(f"candidates ({self.candidates}) must be between top_k ({self.top_k}) and 1000.")
        if self.rrf_k < 1:
            raise RequestError(f"rrf_k is {self.rrf_k}; it must be at least 1.")
        if min(self.dense_weight, self.sparse_weight) < 0 or self.dense_weight + self.sparse_weight == 0:
            raise RequestError("The weights of dense and sparse must not be negative, and not both 0.")
        if not 0 <= self.words_known <= 1:
            raise RequestError(f"words_known is {self.words_known}; it must be between 0 and 1.")
        if self.rerank not in ("none", "maxsim") and not self.rerank.removeprefix("cross:").strip():
            raise RequestError("A cross-encoder needs its name: cross:<hub id or folder>.")
        if self.rerank not in ("none", "maxsim") and not self.rerank.startswith("cross:"):
            raise RequestError(f"There is no reranker '{self.rerank}'; choose none, maxsim or cross:<model>.")
        if not self.top_k <= self.rerank_depth <= self.candidates and self.rerank != "none":
            raise RequestError(
                f"rerank_depth ({self.rerank_depth}) must be between top_k ({self.top_k}) "
                f"and candidates ({self.candidates})."
            )
        if self.rerank_weight < 0:
            raise RequestError(f"rerank_weight is {self.rerank_weight}; it must be at least 0.")
        if self.mmr is not None and not 0 <= self.mmr <= 1:
            raise RequestError(f"mmr is {self.mmr}; it must be between 0 and 1.")


@dataclass(frozen=True, slots=True)
class Generation:
    """How the answer is written."""

    answerer: Literal["extractive", "local"] = "local"
    """"extractive" quotes the best-supported sentences; "local" lets the model write."""
    model: str = "smollm2"
    """A key of the catalogue of models, or openai:<model>@<url> for one on a server."""
    adapter: str | None = None
    """An adapter of the model; on a server, the name that the server gives it."""
    template: str = "grounded-1"
    """The prompt's instructions, with their version; see `core.generation.prompt.templates`."""
    budget: int = 1400
    """The most tokens of the prompt, question and instructions included."""
    max_tokens: int = 160
    """The most tokens of the answer."""
    sentences: int = 2
    """The most sentences that the extractive answerer quotes."""
    abstain_below: float = 0.02
    """Below this estimated probability that the sources hold the answer, the reply is that they do not."""

    def __post_init__(self) -> None:
        if self.budget < 200:
            raise RequestError(f"A prompt budget of {self.budget} tokens is below 200, too small for one source.")
        if not 0 <= self.abstain_below <= 1:
            raise RequestError(f"abstain_below is {self.abstain_below}; it must be between 0 and 1.")
        if on_server(self.model):
            split_name(self.model)  # an address that cannot be, or that holds a secret, is refused before it is stored


Route = Literal["rag", "closed", "auto", "router"]
LONGEST_WAIT = 120_000
"""Milliseconds; a budget above it would bind nothing, since a model stops by then."""


@dataclass(frozen=True, slots=True)
class Routing:
    """How the router chooses for each question; only the route "router" reads it."""

    latency_budget_ms: int = 0
    """The most milliseconds that an answer is expected to take; 0 sets no limit."""
    least_confidence: float = 0.1
    """Below this estimated probability of being right by the best route, the reply is that there is no answer."""
    closed: str | None = None
    """The adapter that answers without searching; None for the one that reads sources, `generation.adapter`."""

    def __post_init__(self) -> None:
        if not 0 <= self.latency_budget_ms <= LONGEST_WAIT:
            raise RequestError(
                f"A latency budget of {self.latency_budget_ms} ms is outside 0 (no limit) to {LONGEST_WAIT}."
            )
        if not 0 <= self.least_confidence <= 1:
            raise RequestError(f"least_confidence is {self.least_confidence}; it must be between 0 and 1.")


@dataclass(frozen=True, slots=True)
class Recipe:
    """The frozen choice of everything that shapes an answer; two equal recipes have equal hashes."""

    chunking: Chunking = field(default_factory=Chunking)
    embedding: Embedding = field(default_factory=Embedding)
    retrieval: Retrieval = field(default_factory=Retrieval)
    generation: Generation = field(default_factory=Generation)
    route: Route = "rag"
    """rag searches, closed does not, auto searches unless the question is small talk, router chooses by `routing`."""
    routing: Routing = field(default_factory=Routing)

    @property
    def hash(self) -> str:
        """Twelve hex digits over all fields; an answer is stamped with it.

        `routing` counts where it is not the usual one: recipes of before there was a router keep their hashes.
        """
        body = asdict(self)
        if self.routing == Routing():
            del body["routing"]
        return fingerprint(body)

    @property
    def index_key(self) -> str:
        """Twelve hex digits over what decides the stored vectors: chunking and embedding."""
        return fingerprint([asdict(self.chunking), asdict(self.embedding)])


def fingerprint(value: object) -> str:
    """The first twelve hex digits of the sha256 of canonical JSON."""
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def no_scores() -> Mapping[str, Score]:
    """An empty, immutable map of scores."""
    return MappingProxyType({})
