"""The lens: six archetypes, scores by hand, measurements in the table's place, flips that flip, contradictions."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.decision.archetypes import ARCHETYPES
from core.decision.contradictions import contradictions
from core.decision.evidence import CostEvidence, CostInput, Evidence, Figure
from core.decision.lens import HEAVIEST, Lens, as_json, from_json, ranked, score
from core.decision.questions import ASKED, PATHS, QUESTIONS, SKILLS, Skill
from core.decision.recommend import recommend
from core.errors import RequestError
from tests.decision.evidence import NOTHING, measured

STALE = "10 of 10 changed facts were answered stale by handbook (closed book)"


def lenses() -> st.SearchStrategy[Lens]:
    weights = st.fixed_dictionaries({key: st.integers(0, 10).map(lambda n: n / 2) for key in QUESTIONS})
    answers = st.fixed_dictionaries({key: st.sampled_from(list(QUESTIONS[key].options)) for key in ASKED})
    usable = weights.filter(lambda held: any(held[key] for key in held if key != "quality"))
    return st.builds(
        Lens, answers, usable, st.frozensets(st.sampled_from(list(SKILLS))), st.sampled_from([None, *PATHS])
    )


SEARCHERS: frozenset[Skill] = frozenset({"search", "prompts", "operations"})


def only(**weights: float) -> dict[str, float]:
    return {**dict.fromkeys(QUESTIONS, 0.0), **weights}


@pytest.mark.parametrize("name", ARCHETYPES)
def test_the_recommendation_of_an_archetype_and_what_decides_it(name: str) -> None:
    archetype = ARCHETYPES[name]
    found = recommend(archetype.lens)
    assert found.winner.path == archetype.expected
    assert found.why[0][0].question == archetype.because


def test_all_three_paths_win_somewhere() -> None:
    assert {each.expected for each in ARCHETYPES.values()} == set(PATHS)
    assert len(ARCHETYPES) == 6


def test_an_archetype_flips_where_its_situation_does() -> None:
    support, voice, many = (ARCHETYPES[name].lens for name in ("support", "voice", "multilingual"))
    slow = replace(support, answers={**support.answers, "change": "rarely", "governance": "light", "latency": "voice"})
    trained = replace(slow, skills=frozenset(SKILLS))
    assert recommend(trained).winner.path == "adapter"
    assert recommend(replace(many, answers={**many.answers, "experience": "plain"})).winner.path == "retrieval"
    unsure = replace(voice, answers={**voice.answers, "latency": "relaxed", "change": "daily", "governance": "proof"})
    assert recommend(unsure).winner.path == "retrieval"


def test_a_score_is_the_weighted_mean_of_points() -> None:
    lens = Lens(weights=only(change=4, governance=1), answers={**Lens().answers, "change": "daily"})
    scores = score(lens)
    assert [scores[path].total for path in PATHS] == [5.0, pytest.approx(1 / 5), pytest.approx((12 + 4) / 5)]
    assert [reason.question for reason in scores["adapter"].reasons] == list(ASKED)


def test_skills_are_counted() -> None:
    lens = Lens(weights=only(skills=1), skills=frozenset({"search", "prompts"}))
    scores = score(lens)
    assert [round(scores[path].total, 2) for path in PATHS] == [3.33, 0.0, 2.0]
    assert scores["retrieval"].reasons[-1].says.endswith("operations is missing.")


def test_nobody_s_skills_speak_for_no_path() -> None:
    """Where nobody said who is on the team, neither score, contradiction nor flip rests on it."""
    heavy = Lens(weights={**Lens().weights, "skills": 5.0}, leaning="adapter")
    assert [score(heavy)[path].total for path in PATHS] == [score(Lens())[path].total for path in PATHS]
    assert "unskilled" not in {each.rule for each in contradictions(heavy)}
    assert "team had" not in str(recommend(heavy).answer_flip)


@pytest.mark.parametrize(("seconds", "points"), [(0.5, 5), (0.51, 4), (1.0, 4), (1.9, 2), (2.1, 0)])
def test_a_measured_time_takes_the_place_of_the_table(seconds: float, points: float) -> None:
    lens = Lens(answers={**Lens().answers, "latency": "voice"})
    found = score(lens, measured("latency", "retrieval", seconds, f"{seconds} s", "trace ab"))["retrieval"]
    reason = next(each for each in found.reasons if each.question == "latency")
    assert (reason.points, reason.basis, reason.figure and reason.figure.refs) == (points, "measured", ("trace ab",))


def test_measured_staleness_decides_only_where_facts_change() -> None:
    evidence = measured("stale", "blend", 0.75, "3 of 4", "check c")
    for answer, points, basis in (("daily", 1.25, "measured"), ("rarely", 4, "judged")):
        lens = Lens(answers={**Lens().answers, "change": answer})
        reason = next(each for each in score(lens, evidence)["blend"].reasons if each.question == "change")
        assert (reason.points, reason.basis) == (points, basis)


def test_receipts_can_only_lower_the_points() -> None:
    for share, points, basis in ((0.9, 4.5, "measured"), (1.0, 5, "judged")):
        found = score(Lens(), measured("receipts", "retrieval", share, "so many", "arms a"))["retrieval"]
        reason = next(each for each in found.reasons if each.question == "governance")
        assert (reason.points, reason.basis) == (points, basis)


def test_being_right_counts_once_all_three_paths_were_asked() -> None:
    evidence = measured("right", "retrieval", 0.8, "80%", "arms a")
    assert "quality" not in {each.question for each in score(Lens(), evidence)["retrieval"].reasons}
    for path, share in (("adapter", 0.2), ("blend", 0.6)):
        evidence = measured("right", path, share, "so many", "arms a", evidence)  # type: ignore[arg-type]
    scores = score(Lens(weights=only(quality=5)), evidence)
    assert [scores[path].total for path in PATHS] == [4.0, 1.0, 3.0]
    with pytest.raises(RequestError, match="never measured"):
        recommend(Lens(weights=only(quality=5)))


def test_cost_by_a_model_takes_the_place_of_the_table() -> None:
    cost = CostEvidence(
        {"retrieval": 200.0, "adapter": 100.0, "blend": 400.0}, "EUR", "Cheaper from 9 on.", ("arms a",)
    )
    found = recommend(Lens(weights=only(cost=1)), replace(NOTHING, cost=cost))
    assert (found.winner.path, found.winner.total, found.runner_up.total, found.third.total) == (
        "adapter",
        5,
        2.5,
        1.25,
    )
    assert found.cost == "Adapter: 100 EUR a month. Cheaper from 9 on."


def rights(retrieval: float, adapter: float, blend: float) -> Evidence:
    evidence = NOTHING
    for path, share in (("retrieval", retrieval), ("adapter", adapter), ("blend", blend)):
        evidence = measured("right", path, share, f"{share:.0%} of 17", "arms cd", evidence)  # type: ignore[arg-type]
    return evidence


def test_a_path_that_is_hardly_ever_right_is_left_out_and_told() -> None:
    voice = ARCHETYPES["voice"].lens
    assert recommend(voice).winner.path == "adapter"
    found = recommend(voice, rights(0.24, 0.0, 0.35))
    assert found.winner.path == "blend" and found.third.path == "adapter"
    told = {each.rule: each for each in found.contradictions}
    assert told["left out"].says == (
        "Adapter is left out: right in 0% of 17 here, less than half as often as both together with 35% of 17."
    )
    assert told["left out"].refs == ("arms cd",)
    assert "no path is good enough yet" in told["not good enough"].says
    fine = recommend(voice, rights(0.8, 0.7, 0.8))
    assert fine.winner.path == "adapter" and not {"left out", "not good enough"} & {c.rule for c in fine.contradictions}
    assert recommend(voice, rights(0.0, 0.0, 0.0)).winner.path == "adapter"  # nobody is better


def test_a_recommended_path_that_is_too_slow_says_so() -> None:
    voice = ARCHETYPES["voice"].lens
    slow = measured("latency", "adapter", 1.31, "1.31 s", "arms cd")
    found = recommend(voice, slow)
    assert found.winner.path == "adapter"
    assert "Adapter took 1.31 s here, and an answer may take 1 s." in {each.says for each in found.contradictions}
    reason = next(each for each in found.winner.reasons if each.question == "latency")
    assert reason.says == "Measured 1.31 s, over the budget of 1 s."


def test_the_shape_of_the_traffic_counts_by_the_cost_model_too() -> None:
    cheap, dear = (
        {"retrieval": 10.0, "adapter": 90.0, "blend": 95.0},
        {"retrieval": 900.0, "adapter": 95.0, "blend": 800.0},
    )
    cost = CostEvidence(
        cheap, "USD", traffic={"highway": CostEvidence(dear, "USD", about="at 300,000 requests a month")}
    )
    lens = Lens(weights=only(cost=1))
    assert recommend(lens, replace(NOTHING, cost=cost)).winner.path == "retrieval"
    busy = recommend(replace(lens, answers={**lens.answers, "cost": "highway"}), replace(NOTHING, cost=cost))
    assert busy.winner.path == "adapter" and busy.cost == "Adapter: 95 USD a month at 300,000 requests a month."


@settings(max_examples=40, deadline=None)
@given(lenses())
def test_a_flip_makes_the_runner_up_win(lens: Lens) -> None:
    found = recommend(lens)
    assert found.winner.total >= found.runner_up.total >= found.third.total
    for flip in (found.weight_flip, found.answer_flip):
        if flip:
            assert ranked(score(flip.lens))[0].path == found.runner_up.path
            assert flip.size > 0
    assert sum(gain for _, gain in found.why) >= found.margin - 1e-9 or len(found.why) == 3


def test_the_weight_that_flips_is_the_hand_computed_one() -> None:
    """Of 6: the adapter has 4 x 5 + 2 x 0, retrieval 4 x 2 + 2 x 5; they meet where change weighs 2 + 2 / 5."""
    lens = Lens({**Lens().answers, "change": "daily", "cost": "highway"}, only(cost=4, change=2))
    found = recommend(lens)
    assert (found.winner.path, found.winner.total, found.runner_up.path) == (
        "adapter",
        pytest.approx(20 / 6),
        "retrieval",
    )
    assert found.weight_flip and found.weight_flip.lens.weights == only(cost=4, change=2.41)
    assert found.weight_flip.says == "Weights would have to be: Change frequency 2.41 (now 2)."


@settings(max_examples=50, deadline=None)
@given(lenses(), st.sampled_from(ASKED))
def test_who_wins_and_leads_in_a_question_still_wins_when_it_weighs_more(lens: Lens, key: str) -> None:
    winner = ranked(score(lens))[0].path
    points = {path: QUESTIONS[key].options[lens.answers[key]].of(path)[0] for path in PATHS}
    heavier = replace(lens, weights={**lens.weights, key: HEAVIEST})
    if points[winner] == max(points.values()):
        assert ranked(score(heavier))[0].path == winner


def test_freshness_weighed_highest_and_an_adapter_chosen_is_told_with_the_figure() -> None:
    lens = Lens({**Lens().answers, "change": "daily"}, {**Lens().weights, "change": 5.0}, leaning="adapter")
    evidence = measured("stale", "adapter", 1.0, STALE, "check 77")
    found = {each.rule: each for each in contradictions(lens, evidence)}
    assert found["fresh adapter"].says == f"You weigh freshness highest and chose an adapter: {STALE}."
    assert found["fresh adapter"].refs == ("check 77",)
    assert "fresh adapter" not in {each.rule for each in contradictions(replace(lens, leaning="retrieval"), evidence)}


def _but(base: Evidence = NOTHING, **changes: object) -> Evidence:
    return replace(base, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "answers", "leaning", "evidence"),
    [
        ("sourceless", {"governance": "sources"}, "adapter", None),
        ("too slow", {"latency": "voice"}, "retrieval", None),
        ("too slow", {"latency": "chat"}, "blend", measured("latency", "blend", 3.4, "3.40 s", "trace a")),
        ("one ear", {"sensitivity": "mixed"}, "blend", None),
        ("lying about", {"sensitivity": "closed"}, "retrieval", None),
        ("unskilled", {}, "adapter", None),
        ("idle training", {"cost": "weekend"}, "blend", None),
        ("changes after all", {"change": "rarely"}, None, _but(change=Figure("c", 4.0, "4.0 a month", ("library",)))),
        ("not so open", {"sensitivity": "open"}, None, _but(zones={"public": 1, "internal": 0, "restricted": 2})),
    ],
)  # fmt: skip
def test_each_rule_finds_its_contradiction_and_not_its_opposite(
    rule: str, answers: dict[str, str], leaning: object, evidence: Evidence | None
) -> None:
    lens = Lens({**Lens().answers, **answers}, skills=SEARCHERS, leaning=leaning)  # type: ignore[arg-type]
    assert rule in {each.rule for each in contradictions(lens, evidence)}
    calm = {"cost": "highway", "latency": "relaxed", "governance": "light", "change": "monthly", "sensitivity": "mixed"}
    quiet = Lens({**Lens().answers, **calm}, skills=SEARCHERS, leaning="retrieval")
    assert contradictions(quiet, evidence) == []


def test_where_text_must_not_lie_in_an_index_restricted_never_leaves_the_adapter() -> None:
    zones = {step.of: step.route for step in recommend(ARCHETYPES["classified"].lens).zones}
    assert zones["restricted"] == "closed"
    assert zones["public"] == "rag"
    legal = {step.of: step.route for step in recommend(ARCHETYPES["legal"].lens).zones}
    assert set(legal.values()) == {"rag"}


def test_what_is_wanting_is_listed_with_the_command_that_measures_it() -> None:
    found = recommend(ARCHETYPES["voice"].lens, NOTHING)
    assert [figure.path for figure in found.measure_next[:2]] == ["adapter", "blend"]
    assert "python -m core arms" in found.measure_next[0].command
    assert found.cost.startswith("Not known")


@settings(max_examples=30, deadline=None)
@given(lenses())
def test_a_lens_goes_out_and_comes_back(lens: Lens) -> None:
    assert from_json(as_json(lens)) == lens


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"answers": {}}, "needs an answer"),
        ({"answers": {**Lens().answers, "cost": "free"}}, "'free' is no answer to cost"),
        ({"answers": {**Lens().answers, "cost": "steady|free"}}, "'steady|free' is no answer to cost"),
        ({"answers": {**Lens().answers, "cost": "steady|weekend"}}, "'steady|weekend' is no answer to cost"),
        ({"answers": {**Lens().answers, "cost": "steady|steady"}}, "'steady|steady' is no answer to cost"),
        ({"weights": {**Lens().weights, "cost": 6.0}}, "must be from 0 to 5"),
        ({"weights": {**Lens().weights, "cost": float("nan")}}, "must be from 0 to 5"),
        ({"weights": dict.fromkeys(QUESTIONS, 0.0)}, "at least one question must count"),
        ({"skills": frozenset({"magic"})}, "'magic' is no skill"),
        ({"leaning": "both"}, "'both' is no path"),
    ],
)
def test_a_bad_lens_is_one_sentence(changes: dict[str, object], told: str) -> None:
    with pytest.raises(RequestError, match=told):
        replace(Lens(), **changes)  # type: ignore[arg-type]
    with pytest.raises(RequestError, match="no lens"):
        from_json({"answers": 3})


@pytest.mark.parametrize(
    ("rests", "basis"), [("assumption", "modelled"), ("set by hand", "modelled"), ("measured", "measured")]
)
def test_a_cost_that_rests_on_assumed_prices_is_not_called_measured(rests: Any, basis: str) -> None:
    inputs = (CostInput("A token read", "0.4 $/Mtoken", rests, "somewhere, 2026-11-29"),)
    cost = CostEvidence({"retrieval": 100, "adapter": 200, "blend": 300}, "USD", refs=("run 1",), inputs=inputs)
    found = score(Lens(), replace(NOTHING, cost=cost))["adapter"]
    reason = next(each for each in found.reasons if each.question == "cost")
    assert (reason.points, reason.basis) == (2.5, basis)
