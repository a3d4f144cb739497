"""Asks one answerer for one fact and has the answer judged; it keeps nothing and tells nobody.

What an answer says is shown to everybody who may see the fact. A recipe is therefore asked with the rights of the
least of them: no value of a more guarded document can come to light beside a public fact.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.errors import RequestError
from core.evaluation.anchors import located
from core.evaluation.facts import Fact, Judgement
from core.evaluation.quotes import fold
from core.evaluation.staleness import Learned, Truth, judge, past, truth
from core.recipes import BUILT_IN
from core.servers import on_server
from core.types import ZONES, Document, Principal, Recipe

if TYPE_CHECKING:
    from core.workbench import Workbench

_CLOSED = " (closed book)"


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who is asked: a recipe, or an adapter without documents."""

    name: str
    recipe: Recipe
    adapter: str = ""

    @property
    def label(self) -> str:
        """As it stands in the grid and in the history."""
        return f"{self.adapter}{_CLOSED}" if self.adapter else self.name


class Asking:
    """The answerers of a workspace, and their answers for facts."""

    def __init__(self, bench: "Workbench") -> None:
        self._bench = bench

    def answerers(self, recipes: Sequence[str], adapters: Sequence[str], principal: Principal) -> list[Answerer]:
        """Those of these names; raises NotFound for one that is not there, RequestError without any."""
        if not recipes and not adapters:
            raise RequestError("Choose a recipe or an adapter to check.")
        found = [Answerer(name, self._bench.recipes.get(name)) for name in dict.fromkeys(recipes)]
        for each in found:
            self._bench.adapters.require(each.recipe, principal)
        for name in dict.fromkeys(adapters):
            base = self._bench.adapters.get(name, principal).manifest.base
            bare = replace(BUILT_IN["default"], generation=replace(BUILT_IN["default"].generation, model=base))
            worn = self._bench.adapters.worn(bare, name, principal)
            found.append(Answerer(name, replace(worn, route="closed"), name))
        return found

    def shown(self, principal: Principal) -> Callable[[str], bool]:
        """Tells of an answerer's label whether it still is there, and the principal may know what it answers.

        A retired adapter answers nobody; a recipe or adapter that is gone cannot be mended.
        """
        held = {each.name for each in self._bench.adapters.all(principal) if each.state != "retired"}
        recipes = {
            saved.name for saved in self._bench.recipes.all() if _adapter_of(saved.recipe) in ("", *held)
        }  # fmt: skip
        labels = recipes | {f"{name}{_CLOSED}" for name in held}
        return labels.__contains__

    def verdict(
        self, fact: Fact, answerer: Answerer, document: Document | None, versions: Sequence[Document], who: Principal
    ) -> Judgement:
        """What came of asking; `versions` are all of the fact's document. Raises what asking raises."""
        from core.answering.ask import ask, finish
        from core.generation.prompt import declines

        now = truth(fact, document)
        asker = who if _adapter_of(answerer.recipe) else least(fact, document, who)
        answer = finish(ask(fact.question, answerer.recipe, asker, self._bench.parts(answerer.recipe)))
        declined = answer.abstained or declines(answer.text)
        near = self._near if fact.tolerance.kind == "semantic" else None
        searched = answerer.recipe.route != "closed"
        return judge(
            fact, answerer.label, answer.text, declined, now, past(fact, now, versions), near,
            holds=self._holds(answerer.recipe, document, now) if searched and document and now.says else None,
            learned=self._learned(fact, answerer.adapter, versions) if answerer.adapter else None,
        )  # fmt: skip

    def _holds(self, recipe: Recipe, document: Document, now: Truth) -> bool:
        """Whether the index of a recipe has the passage in which the document says it."""
        entries = self._bench.index.entries(recipe.index_key, document.zone, document.id, (now.start, now.end))
        return any(fold(now.says) in fold(entry.chunk.text) for entry in entries)

    def _learned(self, fact: Fact, adapter: str, versions: Sequence[Document]) -> Learned | None:
        """What the latest version that an adapter learned from said of a fact."""
        documents = set(self._bench.adapter_store.get(adapter).manifest.documents)
        known = [each for each in versions if each.id in documents]
        if not known:
            return None
        last = max(known, key=lambda each: each.version)
        place = located(last.text, fact.anchor, fact.value, fact.tolerance) if fact.anchor else None
        return Learned(last.version, place.value if place else "")

    def _near(self, one: str, other: str) -> float:
        vectors = self._bench.encoder("minilm").passages([one, other])
        return float(vectors[0] @ vectors[1])


def least(fact: Fact, document: Document | None, who: Principal) -> Principal:
    """`who` with no more rights than the least of those who may see the fact; he keeps his name and his roles."""
    open_zones = ZONES[: ZONES.index(fact.zone) + 1]
    labels: Mapping[str, None] = dict.fromkeys(document.labels if document else ())
    return replace(who, zones=tuple(zone for zone in who.zones if zone in open_zones), labels=tuple(labels))


def _adapter_of(recipe: Recipe) -> str:
    """The adapter of this workspace that a recipe wears; empty without one. What a server holds is not known here."""
    now = recipe.generation
    return "" if now.adapter is None or on_server(now.model) else now.adapter
