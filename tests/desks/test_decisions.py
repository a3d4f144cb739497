"""The decision in a workspace: evidence of traces, arms, facts and versions; workshops by right; reports; the audit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from core.decision.lens import Lens
from core.errors import AccessDenied, NotFound, RequestError
from core.governance.principals import persona
from core.recipes import BUILT_IN
from core.storage.database import documents
from core.types import Principal
from core.workbench import Workbench
from tests.answering.test_router import QUESTIONS as ROUTED
from tests.answering.test_router import routed
from tests.answering.test_router import tower as routes_tower
from tests.fakes import Saying
from tests.lab.test_arms import DEFAULT, QUESTIONS
from tests.lab.test_arms import tower as arms_tower
from tests.test_freshness import tower as facts_tower
from tests.test_ingestion import note

__all__ = ["arms_tower", "facts_tower", "routes_tower"]
ADMIN, ENGINEER, VIEWER = persona("administrator"), persona("engineer"), persona("viewer")
NOBODY = Principal("nobody", (), ())


def answered(bench: Workbench, question: str, who: Principal) -> str:
    *_, done = bench.ask(question, BUILT_IN["extractive"], who)
    return str(done.answer.trace.id)  # type: ignore[union-attr]


def test_an_empty_workspace_has_no_figure_and_says_how_to_measure_each(bench: Workbench) -> None:
    evidence = bench.decision.evidence(ADMIN)
    assert not any(figure.known for figure in evidence.figures())
    assert all(figure.command.startswith("python -m core") for figure in evidence.figures())
    assert bench.decision.recommend(Lens(), ADMIN).winner.path == "retrieval"


def test_the_time_of_answers_names_the_trace_that_it_is(bench: Workbench, tmp_path: Path) -> None:
    bench.ingest([note(tmp_path, "bell.txt", "The bell weighs four hundred kilograms.")], ADMIN)
    ids = [answered(bench, "How heavy is the bell?", ADMIN) for _ in range(3)]
    evidence = bench.decision.evidence(ADMIN)
    slowest = max(bench.records.listed(ids), key=lambda row: row.total_ms)
    figure = evidence.latency["retrieval"]
    assert (figure.value, figure.refs) == (slowest.total_ms / 1_000, (f"trace {slowest.id}",))
    assert "of 3 answers, 3 of them quotes" in figure.text
    assert (evidence.receipts["retrieval"].value, evidence.latency["adapter"].known) == (1.0, False)
    assert evidence.receipts["retrieval"].refs == tuple(f"trace {row.id}" for row in bench.records.listed(ids))
    assert not bench.decision.evidence(VIEWER).latency["retrieval"].known  # another's questions are not his evidence


def test_what_taught_a_router_counts_where_no_arms_were_asked(routes_tower: Workbench) -> None:
    bench = routes_tower
    bench.lab.sets.save("tower", ROUTED, ADMIN)
    bench.routing.train("tower", routed(bench), ADMIN)
    runs = bench.lab.routes.of_ways(bench.lab.routes.all(ADMIN)[0])
    evidence, costs = bench.decision.evidence(ADMIN), bench.decision.cost.measured(ADMIN)
    for way, path, called in (("closed", "adapter", "tuning"), ("rag", "retrieval", "retrieval")):
        results = bench.runs.results(runs[way].id)  # type: ignore[index]
        share = sum(each.values["right"] for each in results) / len(results)
        assert evidence.right[path].refs == (f"run {runs[way].id}",)  # type: ignore[index]
        assert (evidence.right[path].value, costs[f"right_{called}"].value) == (share, share)  # type: ignore[index]
        assert "quotes" not in evidence.latency[path].text  # type: ignore[index]
    assert not evidence.right["blend"].known


def test_a_run_of_quotes_says_so_and_gives_way_to_one_that_a_model_wrote(arms_tower: Workbench) -> None:
    lab, answers = arms_tower.lab, arms_tower.lab.answers
    assert arms_tower.jobs.wait(answers.start("tower", ["extractive"], ADMIN))
    quoted = arms_tower.decision.evidence(ADMIN)
    assert "quotes without a model" in quoted.latency["retrieval"].text
    assert "quotes without a model" in quoted.receipts["retrieval"].text
    assert quoted.right["retrieval"].text.startswith("Evaluated on its own only")
    assert "seconds_retrieval" not in arms_tower.decision.cost.measured(ADMIN)
    assert arms_tower.jobs.wait(answers.start("tower", ["default"], ADMIN))
    assert arms_tower.jobs.wait(answers.start("tower", ["extractive"], ADMIN))
    assert "quotes" not in arms_tower.decision.evidence(ADMIN).latency["retrieval"].text
    assert lab.arms.all(ADMIN) == []


def test_four_arms_tell_what_is_right_on_each_path(arms_tower: Workbench) -> None:
    job = arms_tower.lab.arms.start("tower", DEFAULT, "tone", ADMIN)
    assert arms_tower.jobs.wait(job)
    evidence = arms_tower.decision.evidence(ADMIN)
    rows = {row.arm: row for row in arms_tower.lab.arms.table(job.result.id, ADMIN).rows}
    for path, arm in (("retrieval", "base + retrieval"), ("adapter", "adapter"), ("blend", "adapter + retrieval")):
        figure = evidence.right[path]  # type: ignore[index]
        assert figure.value == rows[arm].values["right"].mean  # type: ignore[index]
        assert figure.refs == (f"arms {job.result.id}",)
    assert "of 2 answerable questions" in evidence.right["adapter"].text
    assert len(QUESTIONS) == 3
    assert "of 3 answers" in evidence.latency["blend"].text
    assert evidence.right["adapter"].few  # three questions are shown, and decide nothing
    assert "quality" not in {each.question for each in arms_tower.decision.recommend(Lens(), ADMIN).winner.reasons}


def test_changed_facts_answered_stale_contradict_who_weighs_freshness_and_chose_an_adapter(
    facts_tower: Workbench, tmp_path: Path
) -> None:
    bench = facts_tower
    bench.ingest([note(tmp_path, "bell.txt", "The bell of the tower weighs 500 kilograms. It rings at noon.")], ADMIN)
    bench.freshness.facts.take_over(["bell"], ADMIN)
    bench._models["smollm2"] = Saying(none="400 kilograms", tone="400 kilograms")
    bench.freshness.check(["extractive"], ["tone"], ADMIN)
    evidence = bench.decision.evidence(ADMIN)
    assert (evidence.stale["retrieval"].value, evidence.stale["adapter"].value) == (0.0, 1.0)
    lens = Lens({**Lens().answers, "change": "daily"}, {**Lens().weights, "change": 5.0}, leaning="adapter")
    told = {each.rule: each for each in bench.decision.recommend(lens, ADMIN, evidence).contradictions}
    assert told["fresh adapter"].says == (
        "You weigh freshness highest and chose an adapter: "
        "1 of 1 changed facts was answered stale by tone (closed book)."
    )
    assert told["fresh adapter"].refs[0].startswith("check ")


def test_versions_over_time_are_a_rate(bench: Workbench, tmp_path: Path) -> None:
    for text in ("One.", "Two.", "Three."):
        bench.ingest([note(tmp_path, "price.txt", f"The price is {text}")], ADMIN)
    assert "too short for a rate" in bench.decision.evidence(ADMIN).change.text
    long_ago = (datetime.now(UTC) - timedelta(days=61)).isoformat()
    with bench._engine.begin() as connection:
        connection.execute(update(documents).where(documents.c.version == 1).values(added_at=long_ago))
    change = bench.decision.evidence(ADMIN).change
    assert (change.value, change.text) == (
        pytest.approx(2 * 30.44 / 61, rel=1e-3), "1.0 a month (2 new versions of 1 document in 61 days)",
    )  # fmt: skip


def test_who_sees_less_has_less_evidence(bench: Workbench, tmp_path: Path) -> None:
    bench.ingest([replace(note(tmp_path, "secret.txt", "The code is blue."), zone="restricted")], ADMIN)
    assert bench.decision.evidence(ADMIN).zones == {"public": 0, "internal": 0, "restricted": 1}
    assert bench.decision.evidence(VIEWER).zones == {"public": 0, "internal": 0, "restricted": 0}


# -- workshops -----------------------------------------------------------------------------------------------------------


def test_two_browsers_vote_and_a_second_vote_of_one_takes_the_place_of_its_first(bench: Workbench) -> None:
    made = bench.decision.make("  Which \n path? ", ADMIN)
    assert made.title == "Which path?"
    bench.decision.vote(made.id, Lens(leaning="retrieval"), VIEWER, "one", "Ada")
    bench.decision.vote(made.id, Lens(leaning="adapter"), VIEWER, "two")
    bench.decision.vote(made.id, Lens(leaning="blend"), VIEWER, "one", "Ada")
    held = bench.decision.standing(made.id, VIEWER)
    assert {(vote.name, vote.lens.leaning) for vote in held.votes} == {("Ada", "blend"), ("", "adapter")}
    assert held.tally and held.tally.count == 2
    assert not {"one", "two"} & {vote.voter for vote in held.votes}


def test_a_vote_that_is_itself_tied_is_none(bench: Workbench) -> None:
    made = bench.decision.make("Path", ADMIN)
    with pytest.raises(RequestError, match="one answer to each question; to change it gives several"):
        bench.decision.vote(made.id, Lens({**Lens().answers, "change": "monthly|daily"}), VIEWER, "one")
    assert bench.decision.standing(made.id, VIEWER).tally is None


def test_only_who_may_evaluate_makes_closes_and_keeps(bench: Workbench) -> None:
    made = bench.decision.make("Path", ENGINEER)
    for refused in (
        lambda: bench.decision.make("x", VIEWER),
        lambda: bench.decision.close(made.id, VIEWER),
        lambda: bench.decision.remove(made.id, VIEWER),
        lambda: bench.decision.snapshot(made.id, VIEWER),
        lambda: bench.decision.vote(made.id, Lens(), NOBODY),
        lambda: bench.decision.standing(made.id, NOBODY),
        lambda: bench.decision.report(Lens(), "html", NOBODY),
        lambda: bench.decision.evidence(NOBODY),
    ):
        with pytest.raises(AccessDenied):
            refused()
    with pytest.raises(RequestError, match="Nobody has voted"):
        bench.decision.snapshot(made.id, ENGINEER)


def test_a_snapshot_stays_when_votes_go_on_and_holds_no_name(bench: Workbench) -> None:
    made = bench.decision.make("Path", ADMIN)
    bench.decision.vote(made.id, Lens(), VIEWER, "one", "Ada Lovelace")
    kept = bench.decision.snapshot(made.id, ADMIN, "before the break")
    bench.decision.vote(made.id, Lens(leaning="adapter"), VIEWER, "two")
    (read,) = bench.decision.snapshots(made.id, VIEWER)
    assert (read, read.tally.count, read.note) == (kept, 1, "before the break")
    assert (read.winner, round(read.totals["retrieval"], 2)) == ("retrieval", 4.67)
    assert "Lovelace" not in str(read)


def test_a_closed_workshop_takes_no_vote_and_a_removed_one_is_gone(bench: Workbench) -> None:
    made = bench.decision.make("Path", ADMIN)
    bench.decision.vote(made.id, Lens(), VIEWER, "one")
    bench.decision.close(made.id, ADMIN)
    with pytest.raises(RequestError, match="closed"):
        bench.decision.vote(made.id, Lens(), VIEWER, "two")
    assert len(bench.decision.standing(made.id, VIEWER).votes) == 1
    bench.decision.remove(made.id, ADMIN)
    for gone in (bench.decision.standing, bench.decision.snapshots):
        with pytest.raises(NotFound):
            gone(made.id, ADMIN)
    with pytest.raises(NotFound):
        bench.decision.vote(made.id, Lens(), VIEWER)


@pytest.mark.parametrize(("title", "told"), [(" ", "empty"), ("x" * 121, "121 characters")])
def test_a_bad_title_is_one_sentence(bench: Workbench, title: str, told: str) -> None:
    with pytest.raises(RequestError, match=told):
        bench.decision.make(title, ADMIN)
    assert bench.decision.workshops(ADMIN) == []


def test_a_user_who_is_forgotten_has_no_vote(bench: Workbench) -> None:
    made = bench.decision.make("Path", ADMIN)
    bench.decision.vote(made.id, Lens(), VIEWER, "one", "Ada")
    bench.decision.vote(made.id, Lens(), ENGINEER, "one")
    bench.forgetting.forget_user("viewer", ADMIN)
    assert [vote.name for vote in bench.decision.standing(made.id, ADMIN).votes] == [""]


def test_acts_stand_in_the_trail_without_a_text(bench: Workbench) -> None:
    made = bench.decision.make("A private title", ADMIN)
    bench.decision.vote(made.id, Lens(), VIEWER, "one", "Ada")
    bench.decision.snapshot(made.id, ADMIN, "a private note")
    bench.decision.report(Lens(), "pdf", ADMIN, made.id)
    from core.governance.audit import Query

    entries = bench.audit.search(ADMIN, Query(), 20)
    assert {"made workshop", "voted", "took snapshot", "exported report"} <= {entry.act for entry in entries}
    assert not any(word in str(entries) for word in ("private", "Ada"))


def test_a_report_of_a_form_that_is_none_is_refused(bench: Workbench) -> None:
    with pytest.raises(RequestError, match="html or pdf"):
        bench.decision.report(Lens(), "docx", ADMIN)  # type: ignore[arg-type]
