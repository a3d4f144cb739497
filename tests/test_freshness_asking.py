"""With whose rights a fact is asked, whose verdicts are shown, and what a schedule or an erasure does to them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.evaluation.fact_store import Schedule
from core.evaluation.facts import Fact, Judgement
from core.evaluation.questions import Evidence, Question
from core.evaluation.values import Tolerance
from core.freshness import BY_CLOCK
from core.freshness_asking import least
from core.freshness_schedule import Clock
from core.recipes import BUILT_IN
from core.workbench import Workbench
from tests.test_freshness import ADMIN, BELL, BOAT, CLOSED, NUMBER, VIEWER, fact, states, tower
from tests.test_ingestion import note

__all__ = ["tower"]
SECRET = "The bonus of the directors is 77 percent of a year's pay."
BONUS = Fact("bonus", "3 percent", "How many percent is the bonus of the directors?", NUMBER, zone="public")


def guarded(bench: Workbench, tmp_path: Path) -> None:
    """A restricted document that answers the question of a public fact."""
    bench.ingest([note(tmp_path, "secret.txt", SECRET)], ADMIN)
    bench.rezone(bench.library.resolve("secret.txt").id, ADMIN, "restricted")


def test_no_value_of_a_guarded_document_comes_to_light_beside_an_open_fact(bench: Workbench, tmp_path: Path) -> None:
    guarded(bench, tmp_path)
    bench.freshness.facts.save([BONUS, replace(BONUS, id="inside", zone="restricted")], ADMIN)
    bench.freshness.check(["extractive"], [], ADMIN)
    found = {each.judgement.fact: each.judgement for each in bench.freshness.latest(ADMIN)}
    assert (found["bonus"].state, found["bonus"].found) == ("unknown", "")
    assert (found["inside"].state, found["inside"].found) == ("wrong", "77 percent")
    assert [each.judgement.fact for each in bench.freshness.latest(VIEWER)] == ["bonus"]


def test_a_fact_is_asked_as_the_least_who_may_see_it(tower: Workbench) -> None:
    bell = replace(tower.library.resolve("bell.txt"), labels=("hr",))
    assert (least(fact(), bell, ADMIN).zones, least(fact(), bell, ADMIN).labels) == (("public",), ("hr",))
    assert least(fact(zone="restricted"), None, ADMIN).zones == ADMIN.zones
    assert least(fact(zone="restricted"), None, VIEWER).zones == ("public",)


def test_what_a_guarded_or_retired_adapter_says_is_not_shown(tower: Workbench, tmp_path: Path) -> None:
    tower.ingest([note(tmp_path, "bell.txt", BELL.format(380))], ADMIN)
    for document in tower.library.ready():
        tower.rezone(document.id, ADMIN, "public")
    tower.freshness.check(["extractive"], ["tone"], ADMIN)
    assert ("bell", CLOSED) in states(tower, VIEWER)
    guarded_one = tower.library.resolve("boat.txt")
    tower.rezone(guarded_one.id, ADMIN, "restricted")
    assert set(states(tower, VIEWER)) == {("bell", "extractive")}
    assert tower.freshness.history(VIEWER)[-1][1][0].answerer == "extractive"
    assert len(tower.freshness.alarms(ADMIN)) == 1
    tower.adapters.retire("tone", "It says old things.", ADMIN)
    assert tower.freshness.alarms(ADMIN) == []


def test_a_corrected_fact_stays_corrected_while_its_document_goes_on_saying_the_old(
    tower: Workbench, tmp_path: Path
) -> None:
    tower.freshness.facts.correct("bell", "350 kilograms", ADMIN)
    tower.ingest([note(tmp_path, "bell.txt", BELL.format(400) + " Nobody minds.")], ADMIN)
    assert tower.freshness.facts.truths(ADMIN)["bell"].standing == "not replaced"
    tower.freshness.check(["extractive"], [], ADMIN, only=["bell"])
    assert states(tower)["bell", "extractive"] == ("drifted", "source")
    tower.ingest([note(tmp_path, "bell.txt", BELL.format(340))], ADMIN)
    assert tower.freshness.facts.truths(ADMIN)["bell"].standing == "changed"


def test_a_schedule_with_a_recipe_that_is_gone_fails_as_a_job_and_costs_no_ingestion(
    tower: Workbench, tmp_path: Path
) -> None:
    tower.recipes.save("mine", BUILT_IN["extractive"], "ada")
    tower.freshness.set_schedule(Schedule("daily", on_change=True, recipes=("mine",)), ADMIN)
    tower.freshness.start_clock()
    tower.recipes.remove("mine")
    (outcome,) = tower.ingest([note(tmp_path, "bell.txt", BELL.format(380))], ADMIN)
    assert outcome.state == "replaced"
    job = next(job for job in tower.jobs.all() if job.title == "Freshness check")
    assert tower.jobs.wait(job) and job.state == "failed"
    assert "There is no recipe 'mine'" in job.error


def test_hours_count_from_the_last_check_whatever_the_app_did_since() -> None:
    now = datetime.now(UTC)
    for since, least_wait, most_wait in ((1, 1.9, 2.1), (30, 0, 0.1)):
        clock = Clock(lambda: None)
        clock.start(Schedule("hours", 3), now - timedelta(hours=since))
        due = clock.next()
        clock.stop()
        assert due and least_wait <= (due - now) / timedelta(hours=1) <= most_wait


def test_a_short_value_that_only_an_erased_document_had_goes_from_the_verdicts(
    bench: Workbench, tmp_path: Path
) -> None:
    guarded(bench, tmp_path)
    lamp = Fact("lamp", "12 percent", "How much pay?", Tolerance("number"), zone="restricted")
    bench.freshness.facts.save([lamp, replace(lamp, id="vase")], ADMIN)
    told = Judgement("lamp", "extractive", "wrong", "12 percent", "77 percent", "", "It says another value.")
    kept = replace(told, fact="vase", found="5 percent")
    bench.facts.keep("2026-01-01T00:00:00.000+00:00", "ada", BY_CLOCK, [told, kept])
    bench.erase("secret.txt", ADMIN)
    assert [each.judgement.found for each in bench.freshness.latest(ADMIN)] == ["5 percent"]
    assert bench.facts.last_by(BY_CLOCK) == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_question_set_suggests_facts_that_count_once_they_are_accepted(tower: Workbench) -> None:
    asked = "Where does the boat lie?"
    rows = [
        ("berth", asked, ("at the ninth pier", "pier nine"), True, (Evidence("boat.txt", BOAT),)),
        ("weight", "How heavy is it?", ("400 kilograms",), True, (Evidence("bell.txt", BELL.format(400)),)),
        ("elsewhere", asked, ("at the ninth pier",), True, (Evidence("boat.txt", BOAT),)),
        ("gone", asked, ("pier nine",), True, (Evidence("boat.txt", "The boat is at pier nine."),)),
        ("bell", "How heavy?", ("400 kilograms",), True, (Evidence("bell.txt", BELL.format(400)),)),
        ("none", "Who owns the boat?", (), False, ()),
    ]
    tower.lab.sets.save("mine", [Question(*row, zone="public") for row in rows], ADMIN)
    found = {each.id: each for each in tower.freshness.facts.propose_from_set("mine", ADMIN)}
    assert {key: (each.value, each.tolerance.kind) for key, each in found.items()} == {
        "berth": ("pier nine", "exact"),
        "weight": ("400 kilograms", "number"),
    }
    assert {each.state for each in found.values()} == {"proposed"}
    assert tower.freshness.facts.get("bell", ADMIN).state == "kept"
    tower.freshness.facts.accept(["weight"], ADMIN)
    check = tower.freshness.check(["extractive"], [], ADMIN)
    assert check and {each.fact for each in tower.freshness.judgements(check, ADMIN)} == {"bell", "boat", "weight"}
    assert tower.freshness.facts.propose_from_set("mine", ADMIN) == []
