"""The page Evaluate: runs begin, end and go on; the board sorts; two runs compare; sets are written and reviewed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.evaluation.questions import Evidence, Question
from core.recipes import BUILT_IN
from core.workbench import Workbench
from tests.lab.test_answers import ADMIN, BELL, QUESTIONS, harbour
from tests.pages.conftest import PAGES, Open, words

__all__ = ["harbour"]
Opened = Callable[[Workbench], Open]
EVALUATE = next(page for page in PAGES if "evaluate" in page)


def settle(bench: Workbench, app: AppTest) -> AppTest:
    for job in bench.jobs.all():
        assert bench.jobs.wait(job)
    app.run()
    assert not app.exception
    return app


@pytest.fixture
def ran(harbour: Workbench) -> Workbench:
    for name in ("extractive", "default"):
        job = harbour.lab.answers.start("harbour", [name], ADMIN)
        assert harbour.jobs.wait(job)
    return harbour


def keys(app: AppTest) -> set[str]:
    return {str(button.key) for button in app.button}


def test_a_run_is_started_and_its_result_opened(harbour: Workbench, opened: Opened) -> None:
    app = opened(harbour)(EVALUATE)
    assert "No evaluation yet" in words(app)
    app.button(key="start_eval").click().run()
    settle(harbour, app)
    trial = harbour.lab.answers.all(ADMIN)[0]
    assert harbour.lab.answers.ran(ADMIN)[0].run.asked == 3
    assert "**extractive** on harbour" in words(app)
    app.button(key=f"again_{trial.id}").click().run()
    settle(harbour, app)
    assert len(harbour.lab.answers.all(ADMIN)) == 2
    app.button(key=f"forget_{trial.id}").click().run()
    assert trial.id not in {each.id for each in harbour.lab.answers.all(ADMIN)}
    latest = harbour.lab.answers.all(ADMIN)[0]
    app.button(key=f"board_{latest.id}").click().run()
    assert not app.exception
    assert app.query_params["view"] == "leaderboard"
    assert app.table[0].value.loc["Right", "extractive"].startswith("1.00 [")


def test_an_interrupted_one_is_gone_on_with(harbour: Workbench, opened: Opened) -> None:
    trial = harbour.lab.answers.begin("harbour", {"extractive": BUILT_IN["extractive"]}, ADMIN, 2)
    app = opened(harbour)(EVALUATE)
    app.button(key=f"resume_{trial.id}").click().run()
    settle(harbour, app)
    assert harbour.lab.answers.ran(ADMIN)[0].run.complete
    assert f"resume_{trial.id}" not in keys(app)


def test_the_board_sorts_and_says_a_dash_for_what_was_not_measured(ran: Workbench, opened: Opened) -> None:
    app = opened(ran)(EVALUATE, view="leaderboard", by="tokens_read")
    assert not app.exception
    table = app.table[0].value
    assert list(table.columns) == ["extractive", "default"]  # fewer tokens are better
    assert table.loc["Quotes instead", "extractive"] == "–"
    assert not table.isna().any().any() and "nan" not in table.to_string().lower()
    assert "Cost of 1,000 answers, assumed" not in table.index
    app.number_input(key="price_read").set_value(2.0).run()
    assert app.table[0].value.loc["Cost of 1,000 answers, assumed", "extractive"] == "0.0000 [0.0000, 0.0000]"
    assert "assumption" in words(app)


def test_two_runs_are_compared_and_each_verdict_opens_an_answer(ran: Workbench, opened: Opened) -> None:
    app = opened(ran)(EVALUATE, view="compare")
    assert not app.exception
    one, base = ran.lab.answers.ran(ADMIN)
    told = ran.lab.answers.compare(one.run.id, base.run.id, ADMIN)
    text = words(app)
    assert "McNemar" in text
    for flip in told.flipped:
        assert f"](/inspector?trace={flip.trace}" in text and f"](/inspector?trace={flip.base_trace}" in text
    assert told.flipped or "None: each question" in text
    assert (app.query_params["one"], app.query_params["base"]) == (one.run.id, base.run.id)


def test_the_questions_of_a_run_are_filtered(ran: Workbench, opened: Opened) -> None:
    app = opened(ran)(EVALUATE, view="questions")
    assert not app.exception
    table = app.dataframe[0].value
    assert list(table.columns)[:2] == ["Verdict", "Question"] and all(name.strip() for name in table.columns)
    assert set(table["Verdict"]) <= {f"{mark} {did}" for mark in "✓✗–" for did in ("answered", "declined")}
    assert len(table) == 3 and all(link.startswith("/inspector?trace=") for link in table["Inside"])
    app.button_group(key="q_kind").set_value("Unanswerable").run()
    assert list(app.dataframe[0].value["Question"]) == [QUESTIONS[2].text]
    app.button_group(key="q_kind").set_value(None).run()
    order = list(app.dataframe[0].value["Question"])
    app.button_group(key="q_order").set_value("Best first").run()
    assert list(app.dataframe[0].value["Question"]) == order[::-1]


def test_a_question_is_written_with_its_quote_found_at_once(harbour: Workbench, opened: Opened) -> None:
    app = opened(harbour)(EVALUATE, view="sets")
    assert len(app.dataframe[0].value) == 3
    app.button_group(key="sets_part").set_value("Write").run()
    app.text_area(key="editor_text").set_value("What weighs so much?").run()
    app.text_area(key="editor_answers").set_value("the bell\nBell").run()
    app.selectbox(key="editor_document_0").set_value("bell.txt").run()
    app.text_area(key="editor_quote_0").set_value("weighs nine tons").run()
    assert "do not stand in the version in force" in words(app)
    app.button(key="save_question").click().run()
    assert len(harbour.lab.sets.get("harbour", ADMIN).questions) == 3
    app.text_area(key="editor_quote_0").set_value("weighs four hundred kilograms").run()
    assert f"characters {BELL.index('weighs')} to" in words(app)
    app.button(key="save_question").click().run()
    assert not app.exception
    kept = harbour.lab.sets.get("harbour", ADMIN).questions[-1]
    assert (kept.id, kept.answers) == ("q4", ("the bell", "Bell"))
    assert kept.evidence == (Evidence("bell.txt", "weighs four hundred kilograms"),)
    assert app.text_area(key="editor_text").value == ""


def test_proposals_are_reviewed_and_findings_shown(harbour: Workbench, opened: Opened, tmp_path: Path) -> None:
    from tests.test_ingestion import note

    harbour.ingest([note(tmp_path, "boat.txt", "The boat was sold to a museum in Ghent in 1987.")], ADMIN)
    app = opened(harbour)(EVALUATE, view="sets")
    app.button_group(key="sets_part").set_value("Check").run()
    assert "These words do not stand in the version in force" in words(app).replace("\\", "")
    app.button(key="check_near").click().run()
    assert "No row of a dataset asks" in words(app)
    made = Question("", "Where is the boat?", ("Ghent",), zone="public")
    from core.evaluation.proposed import proposal

    harbour.proposals.add([proposal("harbour", "document", made, [])], "ada")
    app.button_group(key="sets_part").set_value("Proposed").run()
    waiting = harbour.lab.growth.open(ADMIN, "harbour")[0]
    app.button(key=f"change_{waiting.id}").click().run()
    app.text_area(key="editor_text").set_value("Where is the boat now?").run()
    app.button(key="accept_changed").click().run()
    assert not app.exception
    assert harbour.lab.sets.get("harbour", ADMIN).questions[-1].text == "Where is the boat now?"
    assert harbour.lab.growth.open(ADMIN) == []


def test_readers_look_and_start_nothing(ran: Workbench, opened: Opened) -> None:
    app = opened(ran)(EVALUATE, **{"as": "officer"})
    assert "may look at evaluations, not start them" in words(app)
    assert not {key for key in keys(app) if key.startswith(("start_eval", "again_", "forget_"))}
    app = opened(ran)(EVALUATE, view="leaderboard", **{"as": "viewer"})
    assert "Nothing was evaluated yet" in words(app)


def test_a_board_of_other_questions_says_that_there_is_a_newer_one(ran: Workbench, opened: Opened) -> None:
    job = ran.lab.answers.start("harbour", ["extractive"], ADMIN, 1)
    assert ran.jobs.wait(job)
    newest, *_, old = ran.lab.answers.ran(ADMIN)
    app = opened(ran)(EVALUATE, view="leaderboard", like=old.run.id)
    assert list(app.table[0].value.columns) == ["extractive", "default"]
    assert "newer run on this set" in words(app)
    app.button(key="board_newest").click().run()
    assert not app.exception
    assert list(app.table[0].value.columns) == ["extractive"]
    assert "1 question" in words(app) and "newer run" not in words(app)
    assert newest.run.planned == 1


def test_a_question_that_changed_since_says_so(ran: Workbench, opened: Opened) -> None:
    changed = [Question("bell", "How heavy is it?", ("400 kg",), zone="public"), QUESTIONS[2]]
    ran.lab.sets.save("harbour", changed, ADMIN)
    app = opened(ran)(EVALUATE, view="questions")
    told = set(app.dataframe[0].value["Question"])
    assert told == {"How heavy is it? (changed since)", "boat (no longer in the set)", QUESTIONS[2].text}
    assert not app.exception


def test_looking_at_a_set_exports_nothing(harbour: Workbench, opened: Opened) -> None:
    before = len(harbour.audit.search(ADMIN))
    app = opened(harbour)(EVALUATE, view="sets")
    assert app.get("download_button")
    assert [entry.act for entry in harbour.audit.search(ADMIN)[: len(harbour.audit.search(ADMIN)) - before]] == []
