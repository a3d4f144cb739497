"""Votes: mean, spread and agreement by hand, the lens of the group, what is tied; and a tally that comes back."""

from dataclasses import replace

import pytest

from core.decision.contradictions import contradictions
from core.decision.lens import Lens, score
from core.decision.plan import by_zone
from core.decision.questions import ASKED, PATHS, QUESTIONS, Path
from core.decision.recommend import recommend, ties
from core.decision.votes import as_body, from_body, tally


def vote(change: str = "monthly", weight: float = 3.0, leaning: str | None = None, *skills: str) -> Lens:
    begun = Lens()
    return replace(
        begun,
        answers={**begun.answers, "change": change},
        weights={**begun.weights, "change": weight},
        leaning=leaning,  # type: ignore[arg-type]
        skills=frozenset(skills),  # type: ignore[arg-type]
    )


def test_the_spread_of_three_votes() -> None:
    found = tally([vote("daily", 5), vote("daily", 4), vote("rarely", 0)])
    spread = next(each for each in found.spreads if each.question == "change")
    assert (spread.mean, spread.low, spread.high) == (3.0, 0.0, 5.0)
    assert dict(spread.answers) == {"rarely": 1, "daily": 2}
    assert spread.agreement == pytest.approx(
        1 - (14 / 3) ** 0.5 / 2.5
    )  # deviations 2, 1, -3: their mean square is 14/3
    assert [each.question for each in found.dissent] == ["change"]
    assert "change" not in {each.question for each in found.agreed}


def test_two_opposite_votes_do_not_agree_at_all() -> None:
    found = tally([vote(weight=0), vote(weight=5)])
    assert next(each for each in found.spreads if each.question == "change").agreement == 0


def test_the_lens_of_the_group_has_means_most_votes_and_what_most_see() -> None:
    votes = [
        vote("daily", 5, "retrieval", "search", "training"),
        vote("daily", 2, "retrieval", "search"),
        vote("rarely", 2, "adapter"),
    ]
    found = tally(votes)
    assert (found.group.answers["change"], found.group.weights["change"]) == ("daily", 3.0)
    assert (found.group.skills, found.group.leaning) == ({"search"}, "retrieval")
    assert found.leanings == {"retrieval": 2, "adapter": 1, "blend": 0, "undecided": 0}
    assert sum(found.winners.values()) == 3


def test_a_tie_keeps_every_tied_answer_and_counts_as_a_split() -> None:
    found = tally([vote("daily"), vote("rarely")])
    assert (found.group.answers["change"], found.group.tied) == ("rarely|daily", ("change",))
    assert found.group.leaning is None
    assert [each.question for each in found.dissent] == ["change"]
    assert "change" not in {each.question for each in found.agreed}
    assert tally([vote("daily"), vote("rarely"), vote("daily")]).group.tied == ()


def opposed() -> tuple[Lens, Lens]:
    """Two voters who answer every question with the first and with the last option of the table."""
    first, last = ({key: list(QUESTIONS[key].options)[place] for key in ASKED} for place in (0, -1))
    return replace(Lens(), answers=first), replace(Lens(), answers=last)


def test_the_score_of_a_tied_group_is_the_mean_of_its_tied_answers() -> None:
    one, other = opposed()
    group = tally([one, other]).group
    assert group.tied == ASKED
    apart, together = (score(one), score(other)), score(group)
    for path in PATHS:
        assert together[path].total == pytest.approx((apart[0][path].total + apart[1][path].total) / 2)


def test_neither_the_order_of_voters_nor_that_of_options_changes_what_a_tie_gives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other = opposed()
    before = recommend(tally([one, other]).group)
    assert recommend(tally([other, one]).group) == before
    turned = {key: replace(each, options=dict(reversed(each.options.items()))) for key, each in QUESTIONS.items()}
    for module in ("lens", "votes", "recommend"):
        monkeypatch.setattr(f"core.decision.{module}.QUESTIONS", turned)
    after = recommend(tally([one, other]).group)
    assert after.lens.answers["change"] == "daily|rarely"
    assert (after.winner.path, after.settled) == (before.winner.path, before.settled)
    assert after.winner.total == pytest.approx(before.winner.total)
    assert after.runner_up.total == pytest.approx(before.runner_up.total)


def test_a_recommendation_says_which_questions_are_tied_and_whether_the_ties_decide() -> None:
    heavy = {**dict.fromkeys(QUESTIONS, 0.0), "change": 5.0, "cost": 1.0}
    fresh, still = (replace(vote(change), weights=heavy) for change in ("daily", "rarely"))
    assert (recommend(fresh).winner.path, recommend(still).winner.path) == ("retrieval", "adapter")
    group = recommend(tally([fresh, still]).group)
    assert group.hangs
    assert ties(group).startswith("Votes are tied on 1 question: Change frequency.")
    assert ties(group).endswith(
        "The ties decide: of the 2 ways to settle them the winner is retrieval in 1, an adapter in 1."
    )
    light = {**heavy, "cost": 0.0, "change": 1.0, "governance": 5.0}
    sure = recommend(tally([replace(fresh, weights=light), replace(still, weights=light)]).group)
    assert not sure.hangs
    assert ties(sure).endswith("In each of the 2 ways to settle them the winner is retrieval.")
    assert (ties(recommend(fresh)), recommend(fresh).hangs) == ("", False)


def test_to_settle_a_tie_is_an_answer_that_may_flip_it() -> None:
    heavy = {**dict.fromkeys(QUESTIONS, 0.0), "change": 5.0, "latency": 4.0}
    found = recommend(tally([replace(vote(change), weights=heavy) for change in ("daily", "rarely")]).group)
    flip = found.answer_flip
    assert flip and flip.says == "It would win if change frequency were “Once a year or less”."
    assert flip.lens.tied == ()
    assert recommend(flip.lens).winner.path == found.runner_up.path


def test_the_plan_of_a_tied_group_keeps_to_what_every_tied_answer_allows() -> None:
    def zones(path: Path, *sensitivity: str) -> str:
        group = tally([replace(Lens(), answers={**Lens().answers, "sensitivity": each}) for each in sensitivity]).group
        return next(step.route for step in by_zone(path, group) if step.of == "restricted")

    assert zones("blend", "open") == "rag + adapter"
    assert zones("blend", "open", "mixed") == "rag"
    assert zones("adapter", "mixed", "open") == "none"
    assert zones("blend", "closed", "open") == "closed"
    assert zones("blend", "mixed", "closed") == "none"


def test_a_contradiction_that_hangs_on_a_tie_says_so() -> None:
    adapters = [replace(vote(change, 5.0), leaning="adapter") for change in ("daily", "rarely")]
    told = {each.rule: each.says for each in contradictions(tally(adapters).group)}
    assert told["fresh adapter"].endswith("So it is with some of the answers that are tied.")
    both = [replace(vote(change, 5.0), leaning="adapter") for change in ("daily", "monthly")]
    told = {each.rule: each.says for each in contradictions(tally(both).group)}
    assert told["fresh adapter"].endswith("which says what was true when it was trained.")


def test_weights_of_nothing_still_make_a_lens() -> None:
    only = replace(Lens(), weights={**dict.fromkeys(QUESTIONS, 0.0), "cost": 0.005})
    assert set(tally([only, only, only]).group.weights.values()) in ({0.0, 0.01}, {1.0}, {0.0, 0.005})


def test_a_tally_goes_out_and_comes_back() -> None:
    found = tally([vote("daily", 5, "blend"), vote("rarely", 1)])
    assert from_body(as_body(found)) == found


def test_no_vote_is_no_tally() -> None:
    with pytest.raises(ValueError, match="no vote"):
        tally([])


def test_leanings_to_several_paths_are_dissent_and_untouched_weights_are_no_agreement() -> None:
    found = tally([vote(leaning="retrieval"), vote(leaning="adapter"), vote()])
    assert found.divided == ("retrieval", "adapter")
    assert tally([vote(leaning="adapter"), vote()]).divided == ()
    assert {"skills", "quality"} & {each.question for each in found.agreed} == set()
    moved = replace(vote(), weights={**vote().weights, "skills": 3.5})
    assert "skills" in {each.question for each in tally([moved, vote(), vote()]).agreed}
