"""Evaluations of answers: each question asked once by each recipe, gone on with, replayed, compared, seen by right."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.answering.events import Preparing
from core.errors import AccessDenied, NotFound, RequestError
from core.evaluation.answer_scores import Prices
from core.evaluation.questions import Evidence, Question
from core.governance.principals import persona
from core.lab.asking import Answering
from core.lab.ran import before, beside
from core.recipes import BUILT_IN, varied
from core.workbench import Workbench
from tests.fakes import Saying
from tests.generation.chat_server import said, serving
from tests.lab.test_arms import BELL, BOAT, QUESTIONS
from tests.test_ingestion import note

ADMIN, ENGINEER, VIEWER = persona("administrator"), persona("engineer"), persona("viewer")
BOTH = ["extractive", "default"]


@pytest.fixture
def harbour(bench: Workbench, tmp_path: Path) -> Workbench:
    """Two documents, three questions, and a model that knows one answer."""
    bench.ingest([note(tmp_path, "bell.txt", BELL), note(tmp_path, "boat.txt", BOAT)], ADMIN)
    bench.lab.sets.save("harbour", QUESTIONS, ADMIN)
    bench._models["smollm2"] = Saying(none="The boat lies at pier nine.")
    return bench


def run(bench: Workbench, recipes: list[str] = BOTH, **more: Any) -> str:
    job = bench.lab.answers.start("harbour", recipes, ADMIN, **more)
    assert bench.jobs.wait(job)
    assert (job.state, job.error) == ("done", "")
    trial_id: str = job.result.id
    return trial_id


def test_every_recipe_answers_every_question_and_each_answer_has_its_trace(harbour: Workbench) -> None:
    trial = run(harbour)
    rows = harbour.lab.answers.rows(trial, ADMIN)
    assert [(row.ran.name, row.ran.run.planned, row.ran.run.asked, row.ran.run.complete) for row in rows] == [
        ("extractive", 3, 3, True),
        ("default", 3, 3, True),
    ]
    results = harbour.lab.answers.results(rows[0].ran.run.id, ADMIN)
    assert [result.question for result in results] == ["bell", "boat", "cup"]
    for result, question in zip(results, QUESTIONS, strict=True):
        assert harbour.records.get(result.trace)["question"] == question.text
    assert rows[0].values["right"].mean == 1.0
    assert rows[0].values["span_precision"].mean == 1.0
    assert rows[0].values["recall_at_1"].mean == 1.0
    model = {r.question: r.values for r in harbour.lab.answers.results(rows[1].ran.run.id, ADMIN)}
    assert (model["boat"]["tokens_read"], model["boat"]["tokens_written"]) == (9.0, 6.0)
    assert rows[0].values["tokens_read"].mean == 0.0
    assert "assumed_cost" not in rows[1].values
    priced = harbour.lab.answers.rows(trial, ADMIN, Prices(read=1.0))
    assert priced[1].values["assumed_cost"].mean == pytest.approx(rows[1].values["tokens_read"].mean / 1_000)
    assert priced[0].values["assumed_cost"].mean == 0.0


def test_an_answer_that_cites_a_copy_of_its_evidence_is_right(bench: Workbench, tmp_path: Path) -> None:
    bench.ingest([note(tmp_path, "a copy of bell.txt", BELL), note(tmp_path, "boat.txt", BOAT)], ADMIN)
    bench.ingest([note(tmp_path, "bell.txt", f"{BELL}\n")], ADMIN)
    names = ("bell.txt", "a copy of bell.txt")
    named = [replace(QUESTIONS[0], id=name, evidence=(Evidence(name, BELL),)) for name in names]
    bench.lab.sets.save("harbour", named, ADMIN)
    job = bench.lab.answers.start("harbour", ["extractive"], ADMIN)
    assert bench.jobs.wait(job)
    (row,) = bench.lab.answers.rows(job.result.id, ADMIN)
    for name in ("citation_precision", "citation_recall", "span_precision", "span_recall", "recall_at_1"):
        assert row.values[name].mean == 1.0, name


def test_what_made_it_is_kept_and_no_word_of_an_answer(harbour: Workbench) -> None:
    trial = harbour.lab.answers.get(run(harbour, ["default"], limit=2), ADMIN)
    held = harbour.lab.sets.get("harbour", ADMIN)
    assert trial.axes == {"names": ["default"], "weights": [""], "set_hash": [held.hash], "limit": ["2"], "judge": [""]}
    one = harbour.lab.answers.ran(ADMIN, trial.id)[0].run
    assert (one.recipe, one.set_hash, one.planned, one.corpus) == (BUILT_IN["default"], held.hash, 2, trial.corpus)
    assert one.code.startswith("0.1.0+")
    assert harbour.lab.runs.all(ADMIN) == []  # it is no retrieval run of its own
    raw = harbour.workspace.database.read_bytes()
    for result in harbour.lab.answers.results(one.id, ADMIN):
        assert "pier" not in repr(result)
    assert raw  # the database is there; traces hold the words, and go with their documents


def test_what_was_asked_is_not_asked_again(harbour: Workbench) -> None:
    chosen = {name: BUILT_IN[name] for name in BOTH}
    trial = harbour.lab.answers.begin("harbour", chosen, ADMIN)
    seen: list[Answering | Preparing] = []
    harbour.lab.answers.carry_on(trial, seen.append, lambda: bool(seen and seen[-1].done == 3))
    before = {each.run.id: harbour.lab.answers.results(each.run.id, ADMIN) for each in harbour.lab.answers.ran(ADMIN)}
    assert sum(map(len, before.values())) == 3 == harbour.state(ADMIN).answers
    assert not any(each.run.complete for each in harbour.lab.answers.ran(ADMIN))
    job = harbour.lab.answers.resume(trial.id, ADMIN)
    assert harbour.jobs.wait(job)
    assert (job.state, job.progress.done, harbour.state(ADMIN).answers) == ("done", 6, 6)
    for run_id, results in before.items():
        assert harbour.lab.answers.results(run_id, ADMIN)[: len(results)] == results
    harbour.jobs.wait(harbour.lab.answers.resume(trial.id, ADMIN))
    assert harbour.state(ADMIN).answers == 6


@pytest.mark.parametrize("change", ["set", "documents"])
def test_what_changed_is_not_gone_on_with(change: str, harbour: Workbench, tmp_path: Path) -> None:
    trial = harbour.lab.answers.begin("harbour", {"extractive": BUILT_IN["extractive"]}, ADMIN)
    if change == "set":
        harbour.lab.sets.save("harbour", QUESTIONS[:2], ADMIN)
    else:
        harbour.ingest([note(tmp_path, "lamp.txt", "The lamp burns sixty watts.")], ADMIN)
    job = harbour.lab.answers.resume(trial.id, ADMIN)
    assert harbour.jobs.wait(job)
    assert job.state == "failed" and "start it anew" in job.error
    assert harbour.lab.answers.ran(ADMIN)[0].run.asked == 0
    again = harbour.lab.answers.again(trial.id, ADMIN)
    assert harbour.jobs.wait(again)
    assert again.state == "done"
    assert harbour.lab.answers.ran(ADMIN, again.result.id)[0].run.recipe == BUILT_IN["extractive"]


def test_two_runs_are_compared_and_lead_to_their_traces(harbour: Workbench) -> None:
    run(harbour)
    quotes, model = harbour.lab.answers.ran(ADMIN)
    found = harbour.lab.answers.compare(quotes.run.id, model.run.id, ADMIN)
    assert found.questions == 3
    told = {each.run.id: harbour.lab.answers.results(each.run.id, ADMIN) for each in (quotes, model)}
    rights = {key: {r.question: r.values["overall"] for r in held} for key, held in told.items()}
    flipped = {q for q in ("bell", "boat", "cup") if rights[quotes.run.id][q] != rights[model.run.id][q]}
    assert {flip.question for flip in found.flipped} == flipped
    for flip in found.flipped:
        for trace in (flip.trace, flip.base_trace):
            assert harbour.records.get(trace)["question"]
    assert before(quotes, harbour.lab.answers.ran(ADMIN)) is None
    run(harbour, ["extractive"])
    latest = harbour.lab.answers.ran(ADMIN)[0]
    earlier = before(latest, harbour.lab.answers.ran(ADMIN))
    assert earlier is not None and earlier.run.id == quotes.run.id
    board = beside(harbour.lab.answers.ran(ADMIN), "harbour")
    assert [each.run.id for each in board] == [latest.run.id, model.run.id]
    run(harbour, ["extractive"], limit=1)
    assert len(beside(harbour.lab.answers.ran(ADMIN), "harbour")) == 1  # fewer questions do not compare


def test_an_erased_document_takes_the_results_that_drew_on_it(harbour: Workbench) -> None:
    run(harbour, ["extractive"])
    ran = harbour.lab.answers.ran(ADMIN)[0]
    results = harbour.lab.answers.results(ran.run.id, ADMIN)
    boat = next(d.id for d in harbour.library.ready() if d.name == "boat.txt")
    drew = set(harbour.records.about([boat]))
    assert drew
    harbour.erase("boat.txt", ADMIN)
    left = harbour.lab.answers.results(ran.run.id, ADMIN)
    assert left == [result for result in results if result.trace not in drew]
    assert len(left) < len(results)
    assert harbour.lab.answers.rows(harbour.lab.answers.all(ADMIN)[0].id, ADMIN)[0].ran.run.asked == len(left)


def test_who_sees_less_sees_no_run_of_it(harbour: Workbench) -> None:
    secret = Question("vault", "What is the code?", ("4711",), zone="restricted")
    harbour.lab.sets.save("harbour", [*QUESTIONS, secret], ADMIN)
    trial = run(harbour, ["extractive"])
    ran = harbour.lab.answers.ran(ADMIN)[0]
    assert ran.run.planned == 4
    assert (harbour.lab.answers.all(ENGINEER), harbour.lab.answers.ran(ENGINEER)) == ([], [])
    for reading in (harbour.lab.answers.get, harbour.lab.answers.rows):
        with pytest.raises(NotFound):
            reading(trial, ENGINEER)
    with pytest.raises(NotFound):
        harbour.lab.answers.results(ran.run.id, ENGINEER)
    own = harbour.lab.answers.begin("harbour", {"extractive": BUILT_IN["extractive"]}, ENGINEER)
    assert harbour.lab.answers.ran(ENGINEER, own.id)[0].run.planned == 3
    for changing in (
        lambda: harbour.lab.answers.start("harbour", ["extractive"], VIEWER),
        lambda: harbour.lab.answers.resume(trial, VIEWER),
        lambda: harbour.lab.answers.again(own.id, VIEWER),
        lambda: harbour.lab.answers.remove(own.id, VIEWER),
    ):
        with pytest.raises((AccessDenied, NotFound)):
            changing()
    harbour.lab.answers.remove(own.id, ENGINEER)
    assert harbour.lab.answers.all(ENGINEER) == []


def test_bad_requests_are_one_sentence(harbour: Workbench) -> None:
    same = {"one": BUILT_IN["extractive"], "two": BUILT_IN["extractive"]}
    for asking, told in (
        (lambda: harbour.lab.answers.start("harbour", ["none such"], ADMIN), "There is no recipe 'none such'"),
        (lambda: harbour.lab.answers.start("harbour", [], ADMIN), "between 1 and 12 recipes"),
        (lambda: harbour.lab.answers.start("harbour", BOTH, ADMIN, 0), "The limit is 0"),
        (lambda: harbour.lab.answers.start("harbour", BOTH, ADMIN, judge="smollm2"), "A judge is a model on a server"),
        (lambda: harbour.lab.answers.begin("harbour", same, ADMIN), "the same under different names"),
        (lambda: harbour.lab.answers.start("none such", BOTH, ADMIN), "There is no question set"),
    ):
        with pytest.raises(RequestError, match=told):
            asking()
    assert harbour.lab.answers.all(ADMIN) == []


def test_a_judge_on_a_server_gives_verdicts_and_its_failures_are_counted_apart(harbour: Workbench) -> None:
    with serving() as chat:
        chat.queued = [said('{"right": true}'), said("I think so."), said('{"right": false}')]
        trial = run(harbour, ["extractive"], judge=f"openai:m@{chat.url}")
        values = harbour.lab.answers.rows(trial, ADMIN)[0].values
        assert (values["judge"].mean, values["judge_failed"].mean) == (0.5, pytest.approx(1 / 3))
        assert "four hundred kilograms" in chat.requests[0]["messages"][1]["content"]
        harbour._models.pop(f"openai:m@{chat.url}").close()


def test_an_index_that_is_missing_is_built_first_and_told(harbour: Workbench) -> None:
    small = varied(BUILT_IN["extractive"], {"chunking.size": "64"})
    seen: list[Answering | Preparing] = []
    trial = harbour.lab.answers.begin("harbour", {"small": small}, ADMIN, 1)
    harbour.lab.answers.carry_on(trial, seen.append, lambda: False)
    assert isinstance(seen[0], Preparing) and isinstance(seen[-1], Answering)
    assert harbour.lab.answers.ran(ADMIN)[0].run.complete
