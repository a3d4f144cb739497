"""One question on its way through the steps of an answer, and what the steps hand on to each other.

Each step's work is done by its own package; the order is retrieve, pack, generate, cite and verify.
"""

import time
import uuid
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from core.answering.events import Delta, Done, Event, Sources
from core.answering.fates import fated
from core.answering.question import LONGEST
from core.answering.replay import Given, chosen
from core.answering.router import Router
from core.answering.screening import (
    ABSTENTION,
    LOW_TRUST,
    REFUSED,
    alone,
    copies,
    covered,
    doubted,
    prompted,
    rulings,
    shown,
    trusted,
)
from core.answering.smalltalk import reply_to
from core.answering.writing import Stop, Written, write
from core.embedding.encoder import Embedder
from core.generation.citations import Attribution, Pages, attribute, cite, holds
from core.generation.contract import LanguageModel
from core.generation.extractive import Evidence, quote, weigh
from core.generation.prompt import declines, pack
from core.guardrails.guard import Guard, Screened
from core.guardrails.streaming import Held
from core.index.contract import Access
from core.retrieval.retriever import Retriever, retrieve
from core.servers import on_server
from core.types import (
    Answer,
    Fate,
    Hit,
    Page,
    Principal,
    Prompt,
    Recipe,
    Source,
    Span,
    Stage,
    Tokens,
    Trace,
)

_TAKEN = {True: "taken from the earlier answer", False: "searched before the route was chosen"}


@dataclass(frozen=True, slots=True)
class Parts:
    """What a recipe needs, put together by the workbench."""

    retriever: Retriever
    judge: Embedder
    """Compares sentences: the recipe's embedder where it was calibrated for that, else one that was."""
    model: Callable[[], LanguageModel]
    """Called only when a model writes; the extractive answerer never does."""
    pages: Callable[[Sequence[str]], dict[str, tuple[Page, ...]]]
    """Page maps by document id."""
    guard: Guard
    """The policy in force."""
    router: Callable[[Principal], Router] | None = None
    """What chooses the way of a question, for a recipe whose route it is."""


class Run:
    """One question on its way; holds what the steps hand on to each other."""

    def __init__(
        self,
        screened: Screened,
        joined: str | None,
        recipe: Recipe,
        principal: Principal,
        parts: Parts,
        stop: Stop,
        given: Given,
    ) -> None:
        self.screened = screened
        self.question = screened.text
        self.given = given
        self.understood = (joined or screened.text)[:LONGEST]
        self.recipe = recipe
        self.principal = principal
        self.parts = parts
        self.stop = stop
        self.began = time.perf_counter()
        self.started_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        self.stages: list[Stage] = []
        self.hits: list[Hit] = []
        self._sources: tuple[Source, ...] = ()
        self.prompt: Prompt | None = None
        self.confidence: float | None = None
        self.received = self.draft = ""
        self.held: Held | None = None
        self._mark = self.began

    def events(self) -> Iterator[Event]:
        """The steps in their order."""
        self._stage("screen", 1, int(not self.screened.refused))
        if self.screened.refused:
            yield Delta(REFUSED)
            yield Done(self._answer("refused", "none", Attribution(REFUSED, (), ()), abstained=True))
            return
        small_talk = reply_to(self.question) if self.recipe.route == "auto" else None
        self._stage("route", 1, 1, "small talk" if small_talk else self.recipe.route)
        if small_talk:
            yield Delta(small_talk)
            yield Done(self._answer("small talk", "none", Attribution(small_talk, (), ())))
        elif self.recipe.route == "closed":
            yield from self._closed()
        else:
            yield from self._grounded()

    def declined(self) -> Iterator[Event]:
        """The answer that there is none, with what was found for it already; nothing is written."""
        self._stage("route", 1, 1, "decline")
        self.hits = list(self.given.hits or ())
        text = self.given.refusal or ABSTENTION
        yield Delta(text)
        yield Done(self._answer("decline", "none", Attribution(text, (), ()), abstained=True))

    def vector(self) -> np.ndarray:
        """The question as the judge embeds it, shape (dimension,)."""
        return np.asarray(self.parts.judge.queries([self.understood])[0])

    def search(self, vector: np.ndarray) -> list[Hit]:
        """The candidates for the question with this vector, best first."""
        known = vector if self._same_space else None
        return retrieve(self.understood, self.recipe, Access.of(self.principal), self.parts.retriever, known)

    def _grounded(self) -> Iterator[Event]:
        vector = self.vector()
        sources = self._find(vector)
        yield Sources(sources, tuple(self.hits))
        evidence = self._weigh(vector, sources)
        pages = Pages(self.parts.pages([hit.chunk.document_id for hit in (s.hit for s in sources)]))
        extractive = self.recipe.generation.answerer == "extractive"
        model = "extractive" if extractive else self.recipe.generation.model
        if said := self._declined(evidence, sources):
            yield Delta(said)
            yield Done(self._answer("rag", model, Attribution(said, (), ()), abstained=True))
        elif extractive:
            outcome = self._quoted(evidence, sources, pages)
            if alone(outcome, sources) and (rest := trusted(sources)):
                evidence = self._weigh(vector, rest)
                if evidence.confidence >= self.recipe.generation.abstain_below:
                    outcome = self._quoted(evidence, rest, pages)
            answer = self._answer("rag", model, outcome)
            yield Delta(answer.text)
            yield Done(answer)
        else:
            yield from self._written(evidence, sources, pages)

    def _weigh(self, vector: np.ndarray, sources: Sequence[Source]) -> Evidence:
        judge = self.parts.judge
        evidence = weigh(self.understood, vector, sources, judge.passages, judge.spec.key, self._same_space)
        self.confidence = evidence.confidence
        self._stage("weigh", len(sources), len(evidence.passages), f"confidence {self.confidence:.2f}")
        return evidence

    def _declined(self, evidence: Evidence, sources: Sequence[Source]) -> str:
        """Why the sources give no answer; empty where they may."""
        least = self.recipe.generation.abstain_below
        if evidence.only_covered and evidence.confidence_covered >= least:
            return covered(sources)
        return ABSTENTION if evidence.confidence < least else ""

    @property
    def _given_hits(self) -> bool:
        """Whether some candidates were not found by this search, and were not sifted in it."""
        return self.given.hits is not None or bool(self.given.pinned)

    @property
    def _same_space(self) -> bool:
        """Whether the judge's vectors and scores are those of the index."""
        return self.parts.judge is self.parts.retriever.embedder and self.recipe.embedding.distance == "cosine"

    def _find(self, vector: np.ndarray) -> tuple[Source, ...]:
        if self.given.hits is None:
            self.hits = self.search(vector)
            self._stage("retrieve", 1, len(self.hits), self.recipe.retrieval.mode)
        else:
            self.hits = list(self.given.hits)
            self._stage("retrieve", 1, len(self.hits), _TAKEN[bool(self.given.parent)])
        self.hits = self.parts.guard.sift(self.given.joined(self.hits)) if self._given_hits else self.hits
        passed = sum(hit.fate is not Fate.WITHHELD for hit in self.hits)
        self._stage("guard", len(self.hits), passed)
        top = chosen(self.hits, self.recipe.retrieval.top_k, self.given)
        if self.recipe.generation.answerer == "extractive":
            self._sources = tuple(Source(n, hit, hit.shown.text) for n, hit in enumerate(top, start=1))
        else:
            self.prompt = self._packed(top, self.recipe.generation.template)
            self._sources = self.prompt.sources
        sources = self._sources
        about = "about " if on_server(self.recipe.generation.model) else ""  # a server's tokenizer is not known
        self._stage("pack", len(top), len(sources), f"{about}{self.prompt.tokens} tokens" if self.prompt else "")
        return sources

    def _packed(self, hits: Sequence[Hit], template: str) -> Prompt:
        count = self.parts.model().count
        packed = pack(self.understood, hits, self.recipe.generation.budget, count, template)
        worded = self.given.worded(packed, count)
        return worded if worded is packed else prompted(worded, self.parts.guard)

    def _quoted(self, evidence: Evidence, sources: Sequence[Source], pages: Pages) -> Attribution:
        text, citations = "", []
        for i in quote(evidence, self.recipe.generation.sentences):
            passage = evidence.passages[i]
            piece = " ".join(passage.text.split())
            start = len(text) + 1 if text else 0
            text = f"{text} {piece}" if text else piece
            sentence = Span(start, len(text))
            score = float(evidence.relevance[i])
            citations.append(cite(sources[passage.source], passage.span, sentence, score, pages, passage.text))
        self._stage("quote", len(evidence.passages), len(citations))
        return Attribution(text, tuple(citations), ())

    def _written(self, evidence: Evidence, sources: Sequence[Source], pages: Pages) -> Iterator[Event]:
        assert self.prompt is not None
        said = yield from self._generate(self.prompt.messages)
        text, tokens, stopped = said.text, said.tokens, said.stopped
        model, embed = self.recipe.generation.model, self.parts.judge.passages
        if self.recipe.generation.adapter and declines(text):  # without training a model says so at random
            self.draft = text
            yield Done(self._answer("rag", model, Attribution(ABSTENTION, (), ()), True, tokens, stopped))
            return
        outcome = attribute(text, sources, evidence, embed, pages, self.understood, copies(text, self.held))
        self._stage("cite", len(outcome.citations) + len(outcome.unsupported), len(outcome.citations))
        if not stopped and not holds(outcome):
            model, outcome, self.draft = "extractive", self._quoted(evidence, sources, pages), text
        yield Done(self._answer("rag", model, outcome, not outcome.citations and not stopped, tokens, stopped))

    def _closed(self) -> Iterator[Event]:
        self.prompt = self._packed([], "closed-1")
        said = yield from self._generate(self.prompt.messages)
        outcome = Attribution(said.text.strip(), (), ())
        yield Done(self._answer("closed", self.recipe.generation.model, outcome, False, said.tokens, said.stopped))

    def _generate(self, messages: Sequence[tuple[str, str]]) -> Generator[Event, None, Written]:
        self.held = self.parts.guard.hold()
        said = yield from write(self.parts.model(), messages, self.recipe.generation, self.held, self.stop)
        self.received = said.received
        self._stage("generate", said.tokens.prompt, said.tokens.answer, "stopped" if said.stopped else "")
        return said

    def _stage(self, name: str, went_in: int, came_out: int, detail: str = "") -> None:
        now = time.perf_counter()
        self.stages.append(Stage(name, round((now - self._mark) * 1000, 3), went_in, came_out, detail))
        self._mark = now

    def _answer(
        self,
        route: str,
        model: str,
        outcome: Attribution,
        abstained: bool = False,
        tokens: Tokens | None = None,
        stopped: bool = False,
    ) -> Answer:
        sources = self.prompt.sources if self.prompt else self._sources
        if alone(outcome, sources):
            outcome, abstained = Attribution(LOW_TRUST, (), ()), True
        outcome, screened = shown(outcome, self.parts.guard, self.held)
        if tokens is None:
            tokens = Tokens(first_token_ms=round((time.perf_counter() - self.began) * 1000, 3))
        cited = {citation.source for citation in outcome.citations}
        candidates = tuple(fated(self.hits, sources, cited, self.prompt, self.given.barred))
        met = {hit.chunk.id: hit for hit in candidates}
        sources = tuple(replace(source, hit=met[source.hit.chunk.id]) for source in sources)
        prompt = replace(self.prompt, sources=sources) if self.prompt else None
        self._stage("finish", len(candidates), len(sources))
        trace = Trace(
            id=uuid.uuid4().hex,
            question=self.question,
            recipe=self.recipe.hash,
            principal=self.principal.name,
            stages=tuple(self.stages),
            candidates=candidates,
            prompt=prompt,
            total_ms=round((self._mark - self.began) * 1000, 3),
            started_at=self.started_at,
            understood="" if self.understood == self.question else self.understood,
            choice=self.recipe,
            asker=self.principal,
            received=self.received,
            draft=self.parts.guard.answer(self.draft).text if self.draft else "",
            parent=self.given.parent,
            since=self.given.since,
            pinned=tuple(hit.chunk.id for hit in self.given.pinned),
            barred=tuple(sorted(self.given.barred)),
            policy=self.parts.guard.policy.version,
        )
        return Answer(
            text=outcome.text,
            abstained=abstained or screened.refused,
            citations=outcome.citations,
            unsupported=outcome.unsupported,
            sources=sources,
            route=route,
            model=model,
            adapter=self.recipe.generation.adapter,
            tokens=tokens,
            recipe=self.recipe.hash,
            trace=trace,
            stopped=stopped,
            confidence=doubted(self.confidence, outcome, sources),
            rulings=rulings(self.screened, candidates, screened),
        )
