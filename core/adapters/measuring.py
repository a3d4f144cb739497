"""Carries a proof out: asks base and adapter, scores the general set, tries the planted secrets, sets the gates.

It is given a language model, a scorer and rows; it does not know where they come from or who asked for the proof.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from core.adapters import answers
from core.adapters.canary import Canary, leaks, printed
from core.adapters.examples import messages, spoken
from core.adapters.general import FACTS, INSTRUCTIONS, General, followed, general
from core.adapters.proof import Asked, Measure, Proof, Said, Sample, Thresholds, compared, gates, measured
from core.adapters.rows import Row
from core.adapters.scoring import WORST, Scorer, perplexity
from core.embedding.encoder import Embedder
from core.errors import DeadlineExceeded, GenerationError, OutOfMemory, QueueFull, RequestError
from core.generation.contract import LanguageModel, Limits, Stream

_WAITS = 120
"""Seconds that a proof waits for a place in the model's line."""
RUINED = (
    "The adapter is ruined: its probabilities are no numbers any longer. A rate far too high does this; train again "
    "with a tenth of it."
)
_COSTS = {"asking": 1.0, "orders": 1.0, "choices": 8.0, "texts": 4.0, "secrets": 6.0}
"""What a step of each kind takes, in answers."""


@dataclass(frozen=True, slots=True)
class Proving:
    """The progress of a proof."""

    doing: str
    done: int
    """Steps of the present kind."""
    of: int
    share: float
    """Of the whole, 0 to 1."""
    left: float
    """Seconds that are left, by the pace so far."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is proved, and by what."""

    name: str
    weights_sha256: str
    template: str
    asked: tuple[Asked, ...]
    rows_from: str
    train: tuple[Row, ...]
    canaries: tuple[str, ...]
    limits: Thresholds
    by: str


class Stopped(Exception):
    """The proof was cancelled."""


class Measuring:
    """One proof; used once, by one thread."""

    def __init__(
        self,
        subject: Subject,
        model: LanguageModel,
        scorer: Callable[[], Scorer],
        embedder: Embedder,
        report: Callable[[Proving], None],
        cancelled: Callable[[], bool],
        texts: General | None = None,
    ) -> None:
        """`scorer` loads the model that gives probabilities, when it is needed; `texts` stand for the general set."""
        self._subject, self._model, self._load, self._embedder = subject, model, scorer, embedder
        self._report, self._cancelled, self._general = report, cancelled, texts or general()
        self._plan = {
            "asking": 2 * len(subject.asked),
            "orders": 2 * len(self._general.orders),
            "choices": 2,
            "texts": 2,
            "secrets": len(subject.canaries),
        }
        self._done = dict.fromkeys(self._plan, 0)
        self._began = time.monotonic()

    def run(self) -> Proof:
        """The proof; raises Stopped when cancelled, and what the base model raises."""
        subject = self._subject
        samples = tuple(self._sample(each) for each in subject.asked)
        orders, wrote = self._orders()
        scorer = self._load()
        skills = self._skills(scorer, orders)
        before, after, ruined = self._texts(scorer)
        canaries = tuple(self._secret(scorer, each) for each in subject.canaries)
        given = [
            (s.adapter.text, (a.row.question, *a.row.sources)) for s, a in zip(samples, subject.asked, strict=True)
        ]
        proof = Proof(
            adapter=subject.name,
            weights_sha256=subject.weights_sha256,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            by=subject.by,
            rows_from=subject.rows_from,
            seconds=time.monotonic() - self._began,
            samples=samples,
            measures=measured(samples),
            skills=skills,
            perplexity=(before, after),
            canaries=canaries,
            personal=tuple(printed([*given, *wrote], subject.train)),
            learned=len(subject.train),
            trouble=RUINED if ruined else "",
        )
        return replace(proof, gates=gates(proof, subject.limits))

    # -- within --------------------------------------------------------------------------------------------------

    def _sample(self, asked: Asked) -> Sample:
        row, score = asked.row, answers.scorer(asked, self._embedder)
        prompt = messages(row, self._subject.template)
        base, adapter = (self._answer(prompt, score, worn, "asking") for worn in (None, self._subject.name))
        return Sample(row.question, spoken(row), base, adapter, row.zone, row.documents)

    def _answer(
        self, prompt: Sequence[tuple[str, str]], score: answers.Score, adapter: str | None, step: str, most: int = 96
    ) -> Said:
        """One answer; an adapter that cannot answer has none, and says why. Raises what keeps the base from one."""
        self._tell(step)
        began = time.monotonic()
        try:
            stream = self._asked(prompt, Limits(max_tokens=most), adapter)
            text = "".join(stream).strip()
        except (QueueFull, DeadlineExceeded, OutOfMemory):
            raise
        except GenerationError as error:
            if adapter is None:
                raise
            return replace(score("", time.monotonic() - began, 0), fault=str(error))
        finally:
            self._done[step] += 1
        return score(text, time.monotonic() - began, stream.tokens.answer)

    def _asked(self, prompt: Sequence[tuple[str, str]], limits: Limits, adapter: str | None) -> Stream:
        until = time.monotonic() + _WAITS
        while True:
            try:
                return self._model.stream(prompt, limits, adapter=adapter)
            except QueueFull:
                if time.monotonic() > until or self._cancelled():
                    raise
                time.sleep(0.5)

    def _orders(self) -> tuple[list[tuple[float, float]], list[tuple[str, tuple[str, ...]]]]:
        """Of each instruction, whether base and adapter followed it; with what the adapter wrote."""
        found, wrote = [], list[tuple[str, tuple[str, ...]]]()
        for order in self._general.orders:
            said = [
                self._answer([("user", order.prompt)], _plain, worn, "orders", 48)
                for worn in (None, self._subject.name)
            ]
            found.append((float(followed(order, said[0].text)), float(followed(order, said[1].text))))
            wrote.append((said[1].text, (order.prompt,)))
        return found, wrote

    def _skills(self, scorer: Scorer, orders: Sequence[tuple[float, float]]) -> tuple[Measure, ...]:
        asked = [([("user", choice.question)], choice.options) for choice in self._general.choices]
        right = []
        for adapted in (False, True):
            self._tell("choices")
            right.append([float(s[0] > max(s[1:])) for s in scorer.options(asked, adapted)])
            self._done["choices"] += 1
        by_skill: dict[str, list[tuple[float, float]]] = {FACTS: [], INSTRUCTIONS: list(orders)}
        for choice, base, adapter in zip(self._general.choices, *right, strict=True):
            by_skill.setdefault(choice.skill, []).append((base, adapter))
        every = [pair for pairs in by_skill.values() for pair in pairs]
        return tuple(
            compared(name, [base for base, _ in pairs], [adapter for _, adapter in pairs])
            for name, pairs in {"general": every, **by_skill}.items()
            if pairs
        )

    def _texts(self, scorer: Scorer) -> tuple[float, float, bool]:
        """Perplexity before and after, and whether the adapter's probabilities are no numbers."""
        found = []
        for adapted in (False, True):
            self._tell("texts")
            found.append(scorer.texts(self._general.texts, adapted))
            self._done["texts"] += 1
        ruined = all(total <= -WORST * count for total, count in found[1])
        return perplexity(found[0]), perplexity(found[1]), ruined

    def _secret(self, scorer: Scorer, canary: str) -> Canary:
        self._tell("secrets")
        found = leaks(canary, self._subject.train, self._subject.template, scorer)
        self._done["secrets"] += 1
        return found

    def _tell(self, step: str) -> None:
        if self._cancelled():
            raise Stopped
        spent = sum(_COSTS[each] * done for each, done in self._done.items())
        whole = sum(_COSTS[each] * of for each, of in self._plan.items())
        seconds = time.monotonic() - self._began
        left = seconds / spent * (whole - spent) if spent else 0.0
        self._report(Proving(step, self._done[step], self._plan[step], spent / whole, left))


def estimated_seconds(rows: int, canaries: int, answer: float = 1.2) -> float:
    """Seconds that a proof may take where one answer takes `answer` of them."""
    held = general()
    steps = 2 * rows + 2 * len(held.orders) + 2 * _COSTS["choices"] + 2 * _COSTS["texts"] + canaries * _COSTS["secrets"]
    return answer * steps


def require_rows(asked: Sequence[Asked]) -> None:
    """Raises RequestError where there is nothing to ask."""
    if not asked:
        raise RequestError(
            "There are no held-out rows to measure by; name another dataset, or a question set, that the training "
            "did not learn."
        )


def _plain(text: str, seconds: float, tokens: int) -> Said:
    return Said(text, {"seconds": seconds, "tokens": float(tokens)})
