"""Why an answer is as it is, for one who may see it: gathers what is known, names the loss and tries what may mend it.

A changed recipe is tried by searching and packing, and asked as a whole only where that needs no model. It changes
nothing and keeps nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.answering.diagnosis import Diagnosis, Facts, Mend, diagnose
from core.answering.guessing import guess
from core.answering.mending import Changes, advice, label, proposals
from core.answering.replay import AFRESH, Given, chosen
from core.desks.evidence_trail import Followed, Trail
from core.errors import RequestError, WeightsMissing
from core.evaluation.held import holds, shown
from core.index.contract import Access
from core.recipes import varied
from core.types import Answer, Principal, Prompt, Recipe, Source

if TYPE_CHECKING:
    from core.evaluation.questions import Question
    from core.workbench import Workbench

_ROOM = 16_000
"""Tokens of the largest prompt that is proposed."""
_STEP = 50
"""Budgets are proposed in steps of so many tokens."""


@dataclass(frozen=True, slots=True)
class _Case:
    """An answer with all that a trial of another recipe needs."""

    answer: Answer
    recipe: Recipe
    trail: Trail
    question: "Question | None"
    followed: tuple[Followed, ...]


@dataclass(frozen=True, slots=True)
class _Tried:
    """What came of a changed recipe."""

    changes: Changes
    held: bool
    """Whether the evidence reaches the prompt."""
    right: bool | None = None
    """Whether the answer is right; None where it was not asked."""


class Diagnosing:
    """What the workbench hands out as `bench.diagnosis`."""

    def __init__(self, bench: "Workbench") -> None:
        self._bench = bench

    def of(self, trace_id: str, principal: Principal, question: "Question | None" = None) -> Diagnosis:
        """Where the answer of a trace lost its evidence, and what may mend it.

        Without a question that tells the evidence, one of the question sets with the same words is taken; without that
        the diagnosis is a guess. Raises NotFound for a trace that the principal may not see, RequestError for one whose
        recipe this version cannot read.
        """
        answer = self._bench.inspector.open(trace_id, principal)
        recipe = answer.trace.choice
        if recipe is None:
            raise RequestError(f"The trace '{trace_id}' was made by a recipe that this version cannot read.")
        known = question or self._bench.lab.arms.known(answer.trace.question, principal)
        trail = Trail(self._bench, answer, recipe, principal)
        followed = tuple(trail.follow(evidence) for evidence in known.evidence) if known else ()
        case = _Case(answer, recipe, trail, known, followed)
        found = self._found(case, principal)
        return replace(found, mend=self._mend(found, case, principal))

    # -- within --------------------------------------------------------------------------------------------------------

    def _found(self, case: _Case, principal: Principal) -> Diagnosis:
        from core.arms import judged

        answer, known, outdated = case.answer, case.question, case.trail.outdated()
        if known and (known.evidence or not known.answerable or known.answers):
            right = judged(known, answer).right if known.answers else None
            cites = any(case.trail.cited(each.places) for each in case.followed)
            pieces = tuple(each.piece for each in case.followed)
            if pieces or right or not known.answerable:
                return diagnose(answer, Facts(pieces, right, cites, known.answerable, outdated))
        return guess(answer, outdated, self._foreign(case, principal))

    def _foreign(self, case: _Case, principal: Principal) -> str:
        """The question's language where no document that the asker may see is in it, or nothing."""
        better = self._bench.better_recipe(case.trail.asked, case.recipe, case.answer.trace.asker or principal)
        return better.asked_in if better else ""

    def _mend(self, found: Diagnosis, case: _Case, principal: Principal) -> Mend | None:
        """The first change that really mends it; else the first that brings the evidence in; else advice."""
        if found.code == "OK":
            return None
        answerable = case.question is None or case.question.answerable
        foreign = bool(self._foreign(case, principal))
        best: _Tried | None = None
        likely: Changes = {}
        for changes in proposals(found, case.recipe, case.answer, foreign, answerable):
            try:
                tried = self._try(found, case, changes)
            except (RequestError, WeightsMissing):  # this recipe or this machine does not allow the change
                continue
            if tried is None:
                likely = likely or changes
            elif tried.right or (tried.held and best is None):
                best = tried
                if tried.right or tried.right is None:
                    break
        if best is not None:
            return Mend(_label(found, case, best), tuple(best.changes.items()), True, best.right)
        if likely:
            return Mend(label(case.recipe, likely, "may mend it"), tuple(likely.items()))
        return Mend(advice(found, case.trail.asker.name))

    def _try(self, found: Diagnosis, case: _Case, changes: Changes) -> _Tried | None:
        """What comes of a change; None where trying would cost too much or nothing is known to try it by."""
        recipe = varied(case.recipe, dict(changes))
        if found.code == "SPLIT_BY_CHUNKING" and (not self._bench.prepared(recipe) or not self._whole(recipe, case)):
            return _Tried(changes, self._whole(recipe, case))
        extractive = recipe.generation.answerer == "extractive"
        wording = found.code in ("IGNORED_BY_MODEL", "UNSUPPORTED")
        if not self._bench.prepared(recipe) or (wording and not extractive) or (found.guess and not found.chunks):
            return None
        held = True
        if not wording:
            held, budget = self._reaches(found, case, recipe)
            if budget:
                changes = {**changes, "generation.budget": str(budget)}
        right = self._right(case, recipe) if extractive else None
        if wording:
            return None if right is None else _Tried(changes, right, right)
        return _Tried(changes, held, right)

    def _reaches(self, found: Diagnosis, case: _Case, recipe: Recipe) -> tuple[bool, int]:
        """Whether the evidence reaches the prompt, and the budget that this needs where the recipe's is too small."""
        sources = self._packed(case, recipe, recipe.generation.budget)
        if recipe.generation.answerer == "extractive" or _held(found, case, sources):
            return _held(found, case, sources), 0
        wide = self._packed(case, recipe, _ROOM)
        if not _held(found, case, wide):
            return False, 0
        needed = next(n for n in range(1, len(wide) + 1) if _held(found, case, wide[:n]))
        prompt = self._prompt(case, recipe, wide[:needed], _ROOM)
        return True, -(-prompt.tokens // _STEP) * _STEP

    def _packed(self, case: _Case, recipe: Recipe, budget: int) -> tuple[Source, ...]:
        from core.retrieval.retriever import retrieve

        hits = retrieve(case.trail.asked, recipe, Access.of(case.trail.asker), self._bench.retriever(recipe))
        top = chosen(hits, recipe.retrieval.top_k, AFRESH)
        all_of = tuple(Source(number, hit, hit.shown.text) for number, hit in enumerate(top, start=1))
        return (
            all_of if recipe.generation.answerer == "extractive" else self._prompt(case, recipe, all_of, budget).sources
        )

    def _prompt(self, case: _Case, recipe: Recipe, sources: Sequence[Source], budget: int) -> Prompt:
        from core.generation.prompt import pack

        count = self._bench.model(recipe.generation.model).count
        return pack(case.trail.asked, [s.hit for s in sources], budget, count, recipe.generation.template)

    def _right(self, case: _Case, recipe: Recipe) -> bool | None:
        """Whether the recipe, which needs no model, answers rightly; None where no answer is known."""
        from core.answering.ask import ask, finish
        from core.arms import judged

        if case.question is None or (case.question.answerable and not case.question.answers):
            return None
        given = Given(understood=case.answer.trace.understood)
        events = ask(case.answer.trace.question, recipe, case.trail.asker, self._bench.parts(recipe), given=given)
        return judged(case.question, finish(events)).right

    def _whole(self, recipe: Recipe, case: _Case) -> bool:
        """Whether some passage holds each piece of evidence wholly when its document is cut this way."""
        from core.chunking import chunk_document

        counter = self._bench.embedder(recipe.embedding).tokens
        for each in case.followed:
            document = self._bench.library.get(each.places[0].document_id) if each.places else None
            if document is None:
                return False
            chunks = chunk_document(document, recipe.chunking, counter)
            if not any(holds(chunk, each.piece.quote, each.places) for chunk in chunks):
                return False
        return True


def _held(found: Diagnosis, case: _Case, sources: Sequence[Source]) -> bool:
    """Whether the sources hold all the evidence, or the passage that is suspected of being it."""
    if found.guess:
        return set(found.chunks) <= {source.hit.chunk.id for source in sources}
    return bool(case.followed) and all(shown(sources, each.piece.quote, each.places) for each in case.followed)


def _label(found: Diagnosis, case: _Case, tried: _Tried) -> str:
    if not tried.changes:
        return "Ask again: it is found now"
    end = "keeps it whole" if found.code == "SPLIT_BY_CHUNKING" else "keeps it"
    return label(case.recipe, tried.changes, "answers it" if tried.right else end)
