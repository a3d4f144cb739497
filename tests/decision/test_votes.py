"""Votes: mean, spread and agreement by hand, the lens of the group, what is tied; and a tally that comes back."""

from dataclasses import replace

import pytest

from core.decision.lens import Lens
from core.decision.questions import QUESTIONS
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


def test_a_tie_takes_the_first_answer_of_the_table_and_says_so() -> None:
    found = tally([vote("daily"), vote("rarely")])
    assert (found.group.answers["change"], found.tied) == ("rarely", ("change",))
    assert found.group.leaning is None


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
