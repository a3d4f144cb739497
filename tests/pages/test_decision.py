"""The page Decision: an archetype moves the score, contradictions warn, a vote counts, a link that is wrong says so."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.decision.archetypes import ARCHETYPES
from core.decision.lens import Lens
from core.decision.questions import ASKED, QUESTIONS
from core.governance.principals import persona
from core.workbench import Workbench
from tests.pages.conftest import Open, words

PAGE = "pages/decision/page.py"
ADMIN = persona("administrator")


@pytest.fixture
def open_with(bench: Workbench, opened: Callable[[Workbench], Open]) -> Open:
    return opened(bench)


def press(app: AppTest, label: str) -> AppTest:
    return app.button[[each.label for each in app.button].index(label)].click().run()


def test_a_slider_moves_the_score_and_a_leaning_is_contradicted(open_with: Open) -> None:
    app = open_with(PAGE)
    assert not app.exception
    assert "Scores 4.67 of 5" in words(app)
    app.slider(key="lens_weight_latency").set_value(0.0).run()
    assert "Scores 4.80 of 5" in words(app)
    app.segmented_control(key="lens_leaning").set_value("adapter").run()
    assert any("it shows no source" in str(each.value) for each in app.warning)


def test_an_archetype_sets_every_answer(open_with: Open) -> None:
    app = open_with(PAGE)
    app.button_group(key="decision_begin").set_value("voice").run()
    assert not app.exception
    assert app.selectbox(key="lens_answer_latency").value == "voice"
    assert app.slider(key="lens_weight_latency").value == 5.0
    assert "before both together with" in words(app)
    assert "### :material/school: Adapter" in words(app)


def test_what_is_set_under_costs_is_what_the_lens_counts_with(open_with: Open) -> None:
    app = open_with(PAGE, view="costs")
    app.select_slider(key="cost_slide_engineer_week").set_value(10_000.0).run()
    assert not app.exception
    app.segmented_control(key="decision_view").set_value("lens").run()
    assert not app.exception
    told = words(app)
    assert "over 24 months at 10,000 requests a month" in told
    monthly = int(re.search(r"Retrieval\\?: ([\d,]+) USD a month", told)[1].replace(",", ""))  # type: ignore[index]
    app.segmented_control(key="decision_view").set_value("costs").run()
    app.select_slider(key="cost_slide_engineer_week").set_value(1_000.0).run()
    app.segmented_control(key="decision_view").set_value("lens").run()
    less = int(re.search(r"Retrieval\\?: ([\d,]+) USD a month", words(app))[1].replace(",", ""))  # type: ignore[index]
    assert less < monthly / 2


def test_weights_of_nothing_are_one_sentence(open_with: Open) -> None:
    app = open_with(PAGE)
    for slider in app.slider:
        slider.set_value(0.0)
    app.run()
    assert not app.exception
    assert "Every weight is 0" in words(app)


def test_a_workshop_is_made_and_voted_in(bench: Workbench, open_with: Open) -> None:
    app = open_with(PAGE, view="workshop")
    assert "No workshop yet" in words(app)
    app.text_input[0].set_value("Which *path*?")
    press(app, "Make a workshop")
    assert not app.exception
    (made,) = bench.decision.workshops(ADMIN)
    bench.decision.vote(
        made.id, replace(ARCHETYPES["voice"].lens, leaning="adapter"), ADMIN, "another browser", "Grace"
    )
    app.text_input(key="vote_name").set_value("Ada").run()
    app.button(key="cast_vote").click().run()
    assert not app.exception
    assert {vote.name for vote in bench.decision.standing(made.id, ADMIN).votes} == {"Ada", "Grace"}
    assert "2 votes" in words(app)
    assert "Which \\*path\\*?" in words(app)
    press(app, "Take a snapshot")
    assert bench.decision.snapshots(made.id, ADMIN)[0].tally.count == 2


def test_opposite_votes_are_told_as_a_tie_beside_the_headline_and_in_the_report(
    bench: Workbench, open_with: Open
) -> None:
    made = bench.decision.make("Which path?", ADMIN)
    for ballot, place in (("one", 0), ("two", -1)):
        answers = {key: list(QUESTIONS[key].options)[place] for key in ASKED}
        bench.decision.vote(made.id, Lens(answers), ADMIN, ballot)
    told = words(open_with(PAGE, view="workshop", workshop=made.id)).replace("\\", "")
    assert "Votes are tied on 6 questions: Cost shape, Latency" in told
    assert "clearly" not in told
    assert "**Split on** Cost shape 50%, Latency 50%" in told
    group = bench.decision.standing(made.id, ADMIN).tally
    assert group
    report = bench.decision.report(group.group, "html", ADMIN, made.id).decode()
    assert "Votes are tied on 6 questions: Cost shape, Latency" in report
    assert "tied: Weekend traffic: little, or in seasons / Highway traffic: many, all day" in report
    assert "The ties decide" in report
    assert "The ties decide" in told


def test_a_viewer_votes_and_makes_nothing(bench: Workbench, open_with: Open) -> None:
    made = bench.decision.make("Which path?", ADMIN)
    app = open_with(PAGE, view="workshop", workshop=made.id, **{"as": "viewer"})
    labels = {each.label for each in app.button}
    assert "Cast my vote" in labels
    assert not {"Take a snapshot", "Take no more votes"} & labels


def test_a_link_to_no_workshop_says_so(open_with: Open) -> None:
    app = open_with(PAGE, view="workshop", workshop="nowhere")
    assert not app.exception
    assert "This workshop is gone" in str([each.value for each in app.info])


def test_the_report_may_be_of_a_group(bench: Workbench, open_with: Open) -> None:
    made = bench.decision.make("Which path?", ADMIN)
    bench.decision.vote(made.id, Lens(skills=frozenset({"search"}), leaning="blend"), ADMIN, "a browser")
    app = open_with(PAGE, view="report")
    assert not app.exception
    app.selectbox(key="decision_report_of").set_value(made.id).run()
    assert not app.exception
    assert any("nobody for data curation" in str(each.value) for each in app.warning)
