"""The router's decisions over numbers, and its answers with a model that says what it was given to say."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from core.answering.ask import finish
from core.answering.events import Delta
from core.answering.kept import as_body, from_body
from core.answering.router import REFUSALS
from core.answering.routing_model import DRAFT, Chance, Outcome, RouteModel, as_json, from_json, learn
from core.answering.routing_plan import WORTH, Routes, plan, settled
from core.answering.routing_rules import ZoneRules
from core.answering.routing_signals import BEFORE, DRAFTED, MEANS, Known, Signals, measure
from core.desks.routing import _mark
from core.errors import RequestError, WorkspaceDamaged
from core.evaluation.facts import Fact, Judgement
from core.evaluation.questions import Evidence, Question
from core.evaluation.values import Tolerance
from core.governance.principals import persona
from core.recipes import BUILT_IN, varied
from core.route_learning import LEAST, WORTHS, learned, worth
from core.route_proof import prove
from core.types import ZONES, Recipe, Routing, Tokens, Way, Zone
from core.workbench import Workbench
from tests.fakes import Saying, release, source
from tests.test_ingestion import note

ADMIN = persona("administrator")
WAYS: tuple[Way, ...] = ("closed", "rag", "rag + adapter")
MS: dict[Way, float] = {"closed": 300.0, "rag": 1_500.0, "rag + adapter": 900.0}
BELL, BOAT = "The bell of the tower weighs four hundred kilograms.", "The boat lies at pier nine."


def signals(zone: Zone | None = "public", stale: bool = False, **values: float) -> Signals:
    usual = dict.fromkeys(DRAFTED, 0.5) | {"sure": -0.2, "least sure": -1.0}
    return Signals(usual | {name.replace("_", " "): value for name, value in values.items()}, zone, stale)


def routes(model: RouteModel | None = None, rules: ZoneRules | None = None, ways: Sequence[Way] = WAYS) -> Routes:
    return Routes(dict.fromkeys(ways, Recipe()), rules or ZoneRules(), MS, model)


def outcomes(count: int = 200, seed: int = 0) -> list[Outcome]:
    """The adapter is right where it is near, the documents where something is found."""
    chance = np.random.default_rng(seed)
    made = []
    for number in range(count):
        near, found = chance.random(2)
        knows, holds = bool(chance.random() < near**2), bool(chance.random() < 0.3 + 0.5 * found)
        sure = -0.1 - 0.2 * chance.random() if knows else -0.6 - chance.random()
        seen = signals(near=near, found=found, sure=sure, least_sure=2 * sure)
        right: dict[Way, bool] = {"closed": knows, "rag": holds, "rag + adapter": holds or bool(chance.random() < 0.1)}
        made.append(Outcome(f"q{number}", seen, right, MS, dict.fromkeys(WAYS, 100)))
    return made


@pytest.fixture(scope="module")
def model() -> RouteModel:
    return learn(outcomes(), {"set": "made up"})


# -- decisions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("learned", [True, False])
def test_no_zone_rule_is_ever_broken(model: RouteModel, learned: bool) -> None:
    chance = np.random.default_rng(1)
    names, zones = ["any", "adapter only", "retrieval only"], [*ZONES, None]
    for _ in range(5_000):  # 10,000 draws with both parameters
        rules = ZoneRules({zone: names[chance.integers(3)] for zone in ZONES})  # type: ignore[misc]
        seen = signals(
            zones[chance.integers(4)], bool(chance.integers(2)),
            **{name.replace(" ", "_"): float(chance.normal()) for name in DRAFTED},
        )  # fmt: skip
        ways = [way for way in WAYS if chance.random() < 0.8]
        open_now = replace(routes(model if learned else None, rules, ways))
        routing = Routing(int(chance.integers(0, 3_000)), float(chance.random() * 0.5))
        first = plan(seen, open_now, routing)
        last = settled(first, seen, open_now, routing, 300.0) if first.way == "closed" else first
        for way in filter(None, (first.way, first.then, last.way)):
            assert rules.allows(way, seen.zone)
            assert way == "decline" or way in ways
            assert not (way == "closed" and seen.stale)
        assert len(last.reasons) <= 3


def test_a_draft_is_followed_only_within_the_budget(model: RouteModel) -> None:
    chance, followed = np.random.default_rng(2), 0
    for _ in range(2_000):
        budget, spent = int(chance.integers(1, 3_000)), float(chance.random() * 1_500)
        seen = signals(near=float(chance.random()), found=float(chance.random()), sure=-2.0, least_sure=-4.0)
        routing = Routing(budget, 0.0)
        first = plan(seen, routes(model), routing)
        assert first.expected_ms <= budget
        if first.way != "closed":
            continue
        assert first.then is None or MS["closed"] + MS[first.then] <= budget
        last = settled(first, seen, routes(model), routing, spent)
        if last.way not in ("closed", "decline"):
            followed += 1
            assert spent + MS[last.way] <= budget and last.expected_ms == spent + MS[last.way]
    assert followed > 50


def test_without_outcomes_the_rule_decides() -> None:
    known = signals(near=0.97, learned=1.0)
    assert plan(known, routes(), Routing()).way == "closed"
    assert plan(signals(near=0.97, learned=0.0), routes(), Routing()).way == "rag + adapter"
    assert plan(signals(near=0.5, learned=1.0), routes(), Routing()).way == "rag + adapter"
    assert plan(signals(near=0.5), routes(ways=["rag"]), Routing()).way == "rag"
    assert plan(signals(near=0.1, found=0.05), routes(), Routing()).way == "decline"
    assert plan(replace(known, stale=True), routes(), Routing()).way == "rag + adapter"
    nothing_fits = plan(known, routes(), Routing(latency_budget_ms=100))
    assert nothing_fits.way == "decline" and nothing_fits.reasons[0].signal == "speed"


def test_what_is_learned_depends_on_what_was_right(model: RouteModel) -> None:
    near, far = model.before(signals(near=0.95, found=0.2)), model.before(signals(near=0.05, found=0.9))
    assert near["closed"] > 0.6 > near["rag"]
    assert far["closed"] < 0.2 and far["rag"] > 0.6
    assert model.after(signals(near=0.6, sure=-0.15, least_sure=-0.3)) > 0.8
    assert model.after(signals(near=0.6, sure=-1.4, least_sure=-2.8)) < 0.2
    for chance in model.chances.values():
        assert chance.log_loss <= chance.base_loss
    assert learn(outcomes(), {"set": "made up"}) == model
    assert from_json(json.loads(json.dumps(as_json(model)))) == model
    with pytest.raises(RequestError, match="20 are the least"):
        learn(outcomes(19), {})
    with pytest.raises(WorkspaceDamaged):
        from_json({"chances": {"rag": {}}, "ms": {}, "manifest": {}})


def test_a_route_that_is_always_the_same_has_a_flat_chance() -> None:
    same = [replace(each, right={**each.right, "rag": True}) for each in outcomes(60)]
    held = learn(same, {}).chances["rag"]
    assert set(held.slopes) == {0.0} and held.of(signals(near=-9.0)) == held.of(signals()) == pytest.approx(61 / 62)


def test_an_explanation_names_signals_that_were_used(model: RouteModel) -> None:
    chance = np.random.default_rng(3)
    for _ in range(300):
        seen = signals(**{name.replace(" ", "_"): float(chance.random()) for name in BEFORE})
        made = plan(seen, routes(model), Routing())
        used = {
            name
            for each in model.chances.values()
            for name, slope in zip(each.names, each.slopes, strict=True)
            if slope
        }
        told = [reason.signal for reason in made.reasons]
        assert 1 <= len(told) <= 3 and set(told) <= used | {"confidence", "speed"} and set(told) <= set(MEANS)
        for reason in made.reasons:
            assert reason.speaks
    drafted = settled(
        plan(signals(near=0.99), routes(model), Routing()), signals(near=0.99), routes(model), Routing(), 9
    )
    assert "sure" in {reason.signal for reason in drafted.reasons}


def test_a_route_that_no_signal_speaks_for_says_why_it_was_taken_all_the_same() -> None:
    """The signals speak for the adapter, which is hardly ever right; the documents are taken for their mean."""
    near = Chance(("near",), (0.0,), (1.0,), (1.0,), -4.0)
    often = Chance(("near",), (0.0,), (1.0,), (0.0,), 0.0)
    held = RouteModel({"closed": near, DRAFT: near, "rag": often}, MS, {})
    made = plan(signals(near=1.0), routes(held, ways=("closed", "rag")), Routing())
    assert [(each.signal, each.value, each.speaks) for each in made.reasons] == [
        ("confidence", "50% against 5%", "for rag"), ("near", "1.00", "against rag"),
    ]  # fmt: skip


def test_the_fastest_of_about_equals_is_taken() -> None:
    def flat(share: float) -> Chance:
        return Chance(("near",), (0.0,), (1.0,), (0.0,), float(np.log(share / (1 - share))))

    def chosen(closed: float, rag: float, both: float) -> Way:
        held = {"closed": flat(closed), "rag": flat(rag), "rag + adapter": flat(both), DRAFT: flat(closed)}
        return plan(signals(), routes(RouteModel(held, MS, {})), Routing(latency_budget_ms=1_600)).way

    assert chosen(0.05, 0.7, 0.7 - WORTH / 2) == "rag + adapter"
    assert chosen(0.05, 0.7, 0.6) == "rag"
    assert chosen(0.8, 0.7, 0.6) == "closed"


@pytest.mark.parametrize("body", [{"public": "any"}, {"public": "any", "internal": "any", "restricted": "never"}])
def test_rules_that_are_none_are_refused(body: dict[str, str]) -> None:
    with pytest.raises(RequestError):
        ZoneRules(body)  # type: ignore[arg-type]


def test_signals_are_what_they_say() -> None:
    hits = [source(n, BELL if n == 1 else BOAT, dense=0.9 - 0.1 * n).hit for n in range(1, 7)]
    known = Known(("How heavy is the bell?",), np.array([[0.6, 0.8]]), frozenset([hits[0].chunk.document_id]))
    seen = measure("How heavy is the tower bell?", np.array([0.6, 0.8]), hits, known)
    assert seen.zone == "public" and seen.values["near"] == pytest.approx(1.0)
    assert seen.values["found"] == pytest.approx(0.8) and seen.values["margin"] == pytest.approx(0.4)
    assert (seen.values["learned"], seen.values["same words"]) == (1.0, pytest.approx(2 / 3))
    nothing = measure("Anything?", np.array([1.0, 0.0]), [], Known())
    assert nothing.zone is None and nothing.values["found"] == nothing.values["near"] == 0.0
    assert seen.drafted(Tokens()).values["sure"] < -1


# -- the proof ---------------------------------------------------------------------------------------------------------


def test_the_proof_tells_better_from_not_better(model: RouteModel) -> None:
    fresh = outcomes(300, seed=9)
    proof = prove(fresh, model, ZoneRules(), Routing(least_confidence=0.0))
    points = {(each.policy, each.budget_ms): each for each in proof.points}
    assert (
        points["oracle", 0].right.mean >= max(each.right.mean for each in proof.points)
        and points["oracle", 0].regret == 0
    )
    assert proof.best == "always rag + adapter" and proof.won and proof.broken == 0
    ours = [each for each in proof.points if each.policy == "router"]
    assert all(each.ms.mean <= each.budget_ms for each in ours if each.budget_ms and set(each.shares) != {"decline"})
    assert sum(each.questions for each in proof.bins) == 300 and 0 < proof.brier < 0.25
    never = [replace(each, right={"closed": False, "rag": False, "rag + adapter": True}) for each in fresh]
    lost = prove(never, model, ZoneRules(), Routing())
    assert lost.verdict == "not better" and "is not shown to beat always rag + adapter" in lost.told
    with pytest.raises(RequestError, match="too few"):
        prove(fresh[:9], model, ZoneRules(), Routing())


def test_the_oracle_may_decline_as_the_router_may(model: RouteModel) -> None:
    """Of ten questions that nothing answers every route is wrong; who declines them has ten right answers."""
    wrong: dict[Way, bool] = dict.fromkeys(WAYS, False)
    hopeless = [replace(each, right=wrong, answerable=False) for each in outcomes(10)]
    proof = prove(hopeless, model, ZoneRules(), Routing(least_confidence=1.0))
    points = {each.policy: each for each in proof.points}
    assert (points["oracle"].right.mean, points["oracle"].shares) == (1.0, {"decline": 1.0})
    assert (points["router"].right.mean, points["router"].regret) == (1.0, 0.0)
    assert points["always rag"].regret == 1.0


def test_a_question_is_planned_with_the_speeds_of_now(model: RouteModel) -> None:
    """A closed route that has become slow is taken less often than when the router learned."""
    fresh = outcomes(100, seed=9)
    before, now = (
        next(p for p in prove(fresh, model, ZoneRules(), Routing(), [0], speeds).points if p.policy == "router")
        for speeds in (None, MS | {"closed": 90_000.0})
    )
    assert now.shares["closed"] < before.shares["closed"]


def test_reasons_are_those_of_the_route_that_answers_in_the_end(model: RouteModel) -> None:
    doubtful = signals(near=0.9, found=0.9, sure=-3.0, least_sure=-6.0)
    for known in (model, None):
        here = routes(known)
        first = plan(replace(doubtful, values=doubtful.values | {"learned": 1.0}), here, Routing())
        assert first.way == "closed"
        last = settled(first, doubtful, here, Routing(), 325.0)
        assert last.way == first.then
        assert last.reasons[0].signal == "sure"
        assert not any(each.speaks.endswith("for closed") for each in last.reasons)


def test_the_verdict_is_of_the_recipe_s_budget_and_not_of_the_luckiest(model: RouteModel) -> None:
    fresh = outcomes(300, seed=9)
    assert prove(fresh, model, ZoneRules(), Routing(least_confidence=0.0)).won
    tight = prove(fresh, model, ZoneRules(), Routing(latency_budget_ms=310, least_confidence=0.0))
    assert (tight.operating_ms, tight.verdict) == (310, "not better")
    assert tight.told.startswith("The router is not shown to beat always rag + adapter. Within 310 ms, ")
    assert {point.budget_ms for point in tight.points if point.policy == "router"} >= {0, 310}


def test_outcomes_in_any_order_teach_the_same() -> None:
    some = outcomes(60)
    assert as_json(learn(some[::-1], {})) == as_json(learn(some, {}))


def test_time_is_bought_only_where_it_is_worth_it() -> None:
    """A slow route that is right just as often as a fast one is not taken; too few outcomes leave the usual worth."""
    chance = np.random.default_rng(4)
    alike = [
        Outcome(
            f"q{n:03}", signals(near=0.5, found=float(chance.random())),
            {"closed": bool(n % 10 < 6), "rag": bool(n % 10 < 6)}, MS, dict.fromkeys(WAYS, 100),
        )
        for n in range(LEAST)
    ]  # fmt: skip
    taught = learned(alike, {}, ZoneRules(), Routing())
    assert taught.worth in WORTHS
    assert plan(alike[0].signals, routes(taught, ways=("closed", "rag")), Routing()).way == "closed"
    assert worth(alike[1:], ZoneRules(), Routing()) == WORTH
    assert from_json(as_json(replace(taught, worth=0.2))).worth == 0.2


# -- answers -----------------------------------------------------------------------------------------------------------


class Sure(Saying):
    """Says it with one log-probability for each word."""

    def __init__(self, logprob: float, **said: str) -> None:
        super().__init__(**said)
        self.logprob = logprob

    def stream(self, *args: object, **more: object) -> object:  # type: ignore[override]
        made = super().stream(*args, **more)  # type: ignore[arg-type]
        words = made._text.split()

        def pieces() -> object:
            yield made._text
            made.tokens = Tokens(9, len(words), 1.0, logprobs=(self.logprob,) * len(words))

        made.__class__ = type("Said", (made.__class__,), {"__iter__": lambda _: pieces()})
        return made


LEARNED = "How heavy is the bell of the tower?"


@pytest.fixture
def tower(bench: Workbench, tmp_path: Path, tone: Path) -> Workbench:
    """Two documents, and an adapter that learned one of them by a dataset of one question."""
    bench.ingest([note(tmp_path, "bell.txt", BELL), note(tmp_path, "boat.txt", BOAT)], ADMIN)
    bell = next(each.id for each in bench.documents(ADMIN) if each.name == "bell.txt")
    bench.datasets.create("rows", ADMIN)
    bench.datasets.add_file("rows", json.dumps({"question": LEARNED, "answer": "x"}).encode(), "jsonl", ADMIN)
    held = bench.datasets.get("rows", ADMIN)
    bench.datasets.review("rows", [each.row.id for each in held.rows], "accepted", ADMIN)
    release(bench, tone, dataset="rows", documents=(bell,), template="closed-1")
    bench._models["smollm2"] = Sure(-0.05, none="It lies at pier nine.", tone="four hundred kilograms")
    return bench


def routed(bench: Workbench, **changes: str) -> Recipe:
    base = bench.routing.recipe(BUILT_IN["default"], "tone", None, ADMIN)
    return varied(base, {f"routing.{name}": value for name, value in changes.items()})


def test_a_learned_question_goes_to_the_adapter_and_says_why(tower: Workbench) -> None:
    recipe = routed(tower)
    answer = finish(tower.ask(LEARNED, recipe, ADMIN))
    assert (answer.text, answer.route, answer.adapter) == ("four hundred kilograms", "closed", "tone")
    told = answer.trace.routed
    assert told is not None and (told.way, told.by, told.dropped) == ("closed", "rule", ())
    assert {"near", "learned", "sure"} == {reason.signal for reason in told.reasons}
    assert answer.recipe == answer.trace.recipe == recipe.hash and answer.trace.choice == recipe
    assert answer.trace.stages[0].name == "signals"
    assert sum(stage.ms for stage in answer.trace.stages) == pytest.approx(answer.trace.total_ms, rel=0.2, abs=20)
    body = json.loads(json.dumps(as_body(answer)))
    assert from_body(answer.trace.id, body, lambda *_: "").trace.routed == told
    assert (
        from_body(answer.trace.id, {k: v for k, v in body.items() if k != "routed"}, lambda *_: "").trace.routed is None
    )
    kept = tower.inspector.open(answer.trace.id, ADMIN)
    assert kept.trace.routed == told
    assert tower.records.median_ms("closed", "tone", True) == answer.trace.total_ms
    assert tower.records.median_ms("rag", "tone", True) is None


def test_an_unsure_draft_is_thrown_away_and_never_shown(tower: Workbench) -> None:
    tower._models["smollm2"] = Sure(-3.0, none="The boat lies at pier nine.", tone="a wild guess")
    events = list(tower.ask(LEARNED, routed(tower), ADMIN))
    answer = finish(iter(events))
    assert answer.trace.routed is not None
    assert (answer.route, answer.adapter, answer.trace.routed.way) == ("rag", None, "rag")
    assert answer.trace.routed.dropped == ("closed",) and "a wild guess" not in str(as_body(answer))
    assert not any("wild" in event.text for event in events if isinstance(event, Delta))
    assert [stage.name for stage in answer.trace.stages][:2] == ["signals", "draft"]
    assert answer.citations and tower.records.median_ms("rag", None, True) is None  # it took a draft's time too
    hurried = finish(tower.ask(LEARNED, routed(tower, latency_budget_ms="600"), ADMIN))
    assert hurried.trace.routed is not None and hurried.trace.routed.way == "decline"
    assert (hurried.text, hurried.abstained) == (REFUSALS["speed"], True)
    assert hurried.trace.routed.reasons[0].signal == "speed"


def test_zone_rules_hold_in_answers(tower: Workbench, tmp_path: Path) -> None:
    tower.routing.set_rules(ZoneRules({**dict.fromkeys(ZONES, "any"), "public": "retrieval only"}), ADMIN)  # type: ignore[arg-type]
    answer = finish(tower.ask(LEARNED, routed(tower), ADMIN))
    assert answer.route == "rag" and answer.trace.routed is not None
    assert answer.trace.routed.reasons[0].signal == "zone"
    secret = note(tmp_path, "pay.txt", "The pay of the bell ringer of the tower is nine thousand crowns.")
    tower.ingest([replace(secret, zone="restricted")], ADMIN)
    tower.routing.set_rules(ZoneRules({**dict.fromkeys(ZONES, "any"), "restricted": "adapter only"}), ADMIN)  # type: ignore[arg-type]
    asked = finish(tower.ask("What is the pay of the bell ringer?", routed(tower), ADMIN))
    assert asked.trace.routed is not None and asked.trace.routed.way in ("closed", "decline")
    beside = finish(tower.ask("Where does the boat of the ringer lie?", routed(tower), ADMIN))
    assert beside.route == "rag" and "restricted" not in {hit.zone for hit in beside.trace.candidates}


def test_a_stale_fact_never_goes_to_the_adapter(tower: Workbench) -> None:
    fact = Fact("bell", "four hundred", LEARNED, Tolerance("exact"), document="bell.txt", zone="public")
    tower.facts.save([fact], "ada")
    tower.facts.keep(
        "2026-01-01", "ada", "by hand", [Judgement("bell", "tone (closed book)", "drifted", "", "", "", "")]
    )
    answer = finish(tower.ask("How heavy is the tower's bell?", routed(tower), ADMIN))
    assert answer.route == "rag" and answer.trace.routed is not None
    assert "closed" not in (answer.trace.routed.way, *answer.trace.routed.dropped)


def test_small_talk_and_who_may_not_use_the_adapter(tower: Workbench) -> None:
    talk = finish(tower.ask("Thank you!", routed(tower), ADMIN))
    assert talk.route == "small talk" and talk.trace.routed is not None and talk.trace.routed.way == "small talk"
    tower.rezone(next(d.id for d in tower.documents(ADMIN) if d.name == "bell.txt"), ADMIN, "restricted")
    seen = finish(tower.ask(LEARNED, routed(tower), persona("viewer")))
    assert seen.trace.routed is not None and "closed" not in dict(seen.trace.routed.chances)


QUESTIONS = [
    Question(
        f"q{n}", f"Where does the boat of berth {n} lie?" if n % 2 else f"{LEARNED[:-1]} number {n}?",
        ("pier nine",) if n % 2 else ("four hundred kilograms",), zone="public",
        evidence=(Evidence("boat.txt", BOAT) if n % 2 else Evidence("bell.txt", BELL),),
    )
    for n in range(44)
]  # fmt: skip


def model_of(bench: Workbench) -> RouteModel:
    parts, recipe = bench.routing._parts, routed(bench)
    found = parts.model(parts.recipes(recipe, ADMIN), ADMIN)
    assert found is not None
    return found


def test_it_learns_from_a_set_proves_itself_and_refuses_what_was_changed(tower: Workbench) -> None:
    tower.lab.sets.save("tower", QUESTIONS, ADMIN)
    recipe = routed(tower)
    with pytest.raises(RequestError, match="train it first"):
        tower.routing.prove("tower", recipe, ADMIN)
    learned = tower.routing.train("tower", recipe, ADMIN)
    assert learned.manifest["set"] == "tower" and 20 <= learned.manifest["questions"] < 44
    assert learned.proof is None and set(learned.ms) == {"closed", "rag"}
    model = tower._models["smollm2"]
    assert isinstance(model, Sure)
    asked = len(model.asked)
    proof = tower.routing.prove("tower", recipe, ADMIN)
    assert len(model.asked) == asked  # every route was asked for the training already
    assert proof.questions == 44 - learned.manifest["questions"]
    assert tower.routing.show(ADMIN)[0].proof["questions"] == proof.questions  # type: ignore[index]
    kept = model_of(tower).manifest["learned"]
    assert len(kept) == learned.manifest["questions"] and "learned" not in learned.manifest
    shuffled = [replace(q, id=f"other-{q.id}", text=f" {q.text.upper()}") for q in QUESTIONS]
    tower.lab.sets.save("again", shuffled, ADMIN)
    assert tower.routing.prove("again", recipe, ADMIN).questions == proof.questions
    taught = [q for q in QUESTIONS if _mark(q.text) in kept]
    tower.lab.sets.save("taught", taught, ADMIN)
    with pytest.raises(RequestError, match="It learned all but 0 questions of this set; 10 are the least"):
        tower.routing.prove("taught", recipe, ADMIN)
    answer = finish(tower.ask("Where does the boat of berth 77 lie?", recipe, ADMIN))
    assert answer.trace.routed is not None and answer.trace.routed.by == "learned"
    with tower._engine.begin() as connection:
        connection.execute(
            text("UPDATE routers SET body = replace(body, '\"bias\"', '\"bias\" ') WHERE kind = 'model'")
        )
    with pytest.raises(WorkspaceDamaged, match="changed from outside"):
        finish(tower.ask(LEARNED, recipe, ADMIN))


def test_what_four_arms_measured_is_not_asked_again(tower: Workbench) -> None:
    tower.lab.sets.save("tower", QUESTIONS[:44], ADMIN)
    assert tower.jobs.wait(tower.lab.arms.start("tower", BUILT_IN["default"], "tone", ADMIN))
    model = tower._models["smollm2"]
    assert isinstance(model, Sure)
    asked = len(model.asked)
    tower.routing.train("tower", routed(tower), ADMIN)
    assert len(model.asked) - asked <= 2  # to warm the two routes


def test_too_few_questions_are_refused_before_any_is_asked(tower: Workbench) -> None:
    tower.lab.sets.save("tower", QUESTIONS[:24], ADMIN)
    model = tower._models["smollm2"]
    assert isinstance(model, Sure)
    asked = len(model.asked)
    with pytest.raises(RequestError, match="Of 24 questions 13 are learned from, the others prove; 20 are the least"):
        tower.routing.train("tower", routed(tower), ADMIN)
    assert len(model.asked) == asked


def test_recipes_without_the_router_keep_their_hashes() -> None:
    assert BUILT_IN["default"].hash == "7330fadf36e2"
    other = varied(BUILT_IN["default"], {"routing.latency_budget_ms": "900"})
    assert other.hash != BUILT_IN["default"].hash
    with pytest.raises(RequestError, match="least_confidence"):
        varied(BUILT_IN["default"], {"routing.least_confidence": "2"})
    with pytest.raises(RequestError, match="outside 0"):
        Routing(latency_budget_ms=-1)
