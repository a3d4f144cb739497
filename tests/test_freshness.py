"""Facts in a workspace: changed documents, what turns fresh and what is flagged, rights, erasure, alarms, the clock."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.errors import AccessDenied, NotFound, RequestError
from core.evaluation.fact_store import Schedule
from core.evaluation.facts import Fact
from core.evaluation.values import Tolerance
from core.freshness import counted, differences
from core.governance.principals import persona
from core.types import Principal
from core.workbench import Workbench
from tests.fakes import Saying, release
from tests.test_erasure import CANARY, leftovers
from tests.test_ingestion import note

ADMIN, ENGINEER, VIEWER = persona("administrator"), persona("engineer"), persona("viewer")
NUMBER = Tolerance("number")
BELL = "The bell of the tower weighs {} kilograms. It rings at noon."
BOAT = "The boat lies at pier nine."


def fact(**changes: object) -> Fact:
    made = Fact(
        "bell",
        "400 kilograms",
        "How heavy is the bell of the tower?",
        NUMBER,
        "ada",
        "bell.txt",
        BELL.format(400),
        "public",
    )
    return replace(made, **changes)


@pytest.fixture
def tower(bench: Workbench, tmp_path: Path, tone: Path) -> Workbench:
    """Two documents, a fact of each, and an adapter that learned the first one by heart."""
    bench.ingest([note(tmp_path, "bell.txt", BELL.format(400)), note(tmp_path, "boat.txt", BOAT)], ADMIN)
    bench.freshness.facts.save(
        [
            fact(),
            fact(
                id="boat",
                value="pier nine",
                question="Where does the boat lie?",
                tolerance=Tolerance(),
                document="boat.txt",
                quote=BOAT,
            ),
        ],
        ADMIN,
    )
    release(bench, tone, documents=tuple(document.id for document in bench.library.ready()))
    bench._models["smollm2"] = Saying(none="It weighs 7 kilograms.", tone="400 kilograms at pier nine")
    return bench


def states(bench: Workbench, who: Principal = ADMIN) -> dict[tuple[str, str], tuple[str, str]]:
    return {
        (a.judgement.fact, a.judgement.answerer): (a.judgement.state, a.judgement.where)
        for a in bench.freshness.latest(who)
    }


CLOSED = "tone (closed book)"


def test_after_a_change_the_recipe_is_fresh_and_the_adapter_is_flagged(tower: Workbench, tmp_path: Path) -> None:
    tower.freshness.check(["extractive"], ["tone"], ADMIN)
    assert set(states(tower).values()) == {("fresh", "")}
    tower.ingest([note(tmp_path, "bell.txt", BELL.format(380))], ADMIN)
    assert tower.freshness.facts.truths(ADMIN)["bell"].standing == "changed"
    job = tower.freshness.start(["extractive"], ["tone"], ADMIN)
    assert tower.jobs.wait(job)
    assert (job.state, job.result) == ("done", "3 fresh, 1 drifted")
    assert states(tower)["bell", "extractive"] == ("fresh", "")
    assert states(tower)["bell", CLOSED] == ("drifted", "adapter")
    assert states(tower)["boat", CLOSED] == ("fresh", "")
    (alarm,) = tower.freshness.alarms(ADMIN)
    assert (alarm.judgement.expected, alarm.judgement.found) == ("380 kilograms", "400 kilograms")
    (first, before), (second, now) = tower.freshness.history(ADMIN)
    assert first.began_at < second.began_at
    assert [(was.state, each.fact) for was, each in differences(before, now)] == [("fresh", "bell")]
    assert counted(now) == {"fresh": 3, "drifted": 1, "wrong": 0, "unknown": 0}
    (taken,) = tower.freshness.facts.take_over(["bell", "boat"], ADMIN)
    assert (taken.value, taken.former, taken.confirmed) == ("380 kilograms", ("400 kilograms",), 2)
    assert tower.freshness.facts.truths(ADMIN)["bell"].standing == "same"


def test_what_it_learned_counts_whatever_it_says_and_another_value_is_wrong(tower: Workbench, tmp_path: Path) -> None:
    tower._models["smollm2"] = Saying(none="", tone="It weighs 7 kilograms.")
    tower.freshness.check([], ["tone"], ADMIN)
    assert states(tower)["bell", CLOSED] == ("wrong", "")
    assert states(tower)["boat", CLOSED] == ("unknown", "")
    tower.ingest([note(tmp_path, "bell.txt", BELL.format(380))], ADMIN)
    tower.freshness.check([], ["tone"], ADMIN)
    assert states(tower)["bell", CLOSED] == ("drifted", "adapter")


def test_a_fact_that_follows_takes_the_new_value_over_by_itself(tower: Workbench, tmp_path: Path) -> None:
    tower.freshness.facts.save([fact(follow=True)], ADMIN)
    tower.ingest([note(tmp_path, "bell.txt", BELL.format(380))], ADMIN)
    tower.freshness.check(["extractive"], [], ADMIN)
    held = tower.freshness.facts.get("bell", ADMIN)
    assert (held.value, held.former, held.quote) == (
        "380 kilograms",
        ("400 kilograms",),
        BELL.format(380).split(" It ")[0],
    )


def test_a_source_that_is_not_replaced_and_one_that_is_lost(tower: Workbench, tmp_path: Path) -> None:
    tower.freshness.facts.correct("bell", "350 kilograms", ADMIN)
    assert tower.freshness.facts.truths(ADMIN)["bell"].standing == "not replaced"
    tower.freshness.check(["extractive"], [], ADMIN)
    assert states(tower)["bell", "extractive"] == ("drifted", "source")
    tower.ingest([note(tmp_path, "bell.txt", "Nothing is said of weights here.")], ADMIN)
    assert tower.freshness.facts.truths(ADMIN)["bell"].standing == "lost"
    boat = tower.library.resolve("boat.txt")
    tower.retag(boat.id, ADMIN, [], None, "2020-01-01")
    assert tower.freshness.facts.truths(ADMIN)["boat"].standing == "not in force"


def test_an_index_that_lacks_the_passage_is_named(tower: Workbench, tmp_path: Path) -> None:
    tower.ingest([note(tmp_path, "bell.txt", BELL.format(380)), note(tmp_path, "old.txt", BELL.format(400))], ADMIN)
    bell = tower.library.resolve("bell.txt")
    tower.index.delete_documents(tower.recipes.get("extractive").index_key, bell.zone, [bell.id])
    tower.freshness.check(["extractive"], [], ADMIN, only=["bell"])
    assert states(tower)["bell", "extractive"] == ("drifted", "index")


def test_a_value_that_its_document_does_not_say_is_refused(tower: Workbench) -> None:
    with pytest.raises(RequestError, match=r"value of the fact 'bell' does not stand in its quote in 'bell.txt'"):
        tower.freshness.facts.save([fact(value="12 kilograms")], ADMIN)
    with pytest.raises(RequestError, match=r"rests on 'ghost.txt', which is not among the documents"):
        tower.freshness.facts.save([fact(document="ghost.txt")], ADMIN)
    with pytest.raises(RequestError, match="Choose a recipe or an adapter"):
        tower.freshness.check([], [], ADMIN)


def test_a_persona_sees_the_facts_of_his_documents_only(tower: Workbench) -> None:
    bell = tower.library.resolve("bell.txt")
    tower.rezone(bell.id, ADMIN, "restricted")
    tower.freshness.check(["extractive"], [], ADMIN)
    assert [each.id for each in tower.freshness.facts.all(ENGINEER)] == ["boat"]
    assert {key for key, _ in states(tower, ENGINEER)} == {"boat"}
    with pytest.raises(NotFound, match="no fact 'bell'"):
        tower.freshness.facts.remove(["bell"], ENGINEER)
    with pytest.raises(AccessDenied):
        tower.freshness.facts.save([fact(value="1 kilogram")], ENGINEER)
    with pytest.raises(AccessDenied, match="may not keep questions or facts"):
        tower.freshness.check(["extractive"], [], VIEWER)


def test_proposed_facts_do_not_count_until_they_are_accepted(bench: Workbench, tmp_path: Path) -> None:
    bench.ingest([note(tmp_path, "price.txt", "The lamp costs 12 euros. The vase weighs 3 kilograms.")], ADMIN)
    found = bench.freshness.facts.propose("price.txt", ADMIN)
    assert found and {each.state for each in found} == {"proposed"}
    with pytest.raises(RequestError, match="no fact to check"):
        bench.freshness.check(["extractive"], [], ADMIN)
    bench.freshness.facts.accept([found[0].id], ADMIN)
    assert bench.freshness.check(["extractive"], [], ADMIN)
    assert bench.freshness.facts.propose("price.txt", ADMIN) == []


def test_no_byte_of_a_fact_is_left_after_an_erasure(bench: Workbench, tmp_path: Path) -> None:
    text = f"The code of the vault is {CANARY} for now."
    bench.ingest([note(tmp_path, "vault.txt", text), note(tmp_path, "keep.txt", "The lamp costs 12 euros.")], ADMIN)
    kept = Fact(
        "lamp", "12 euros", "What does the lamp cost?", NUMBER, document="keep.txt", quote="The lamp costs 12 euros."
    )
    vault = Fact("vault", CANARY, "What is the code of the vault?", document="vault.txt", quote=text)
    bench.freshness.facts.save([kept, vault, replace(kept, id="stray", document="", quote="", former=(CANARY,))], ADMIN)
    bench.freshness.check(["extractive"], [], ADMIN)
    receipt = bench.erase("vault.txt", ADMIN)
    assert (receipt.facts, receipt.remains) == (2, ())
    assert [each.id for each in bench.freshness.facts.all(ADMIN)] == ["lamp"]
    assert leftovers(bench.workspace.root) == []


def test_an_alarm_that_was_seen_stays_seen_until_it_changes(tower: Workbench, tmp_path: Path) -> None:
    tower.ingest([note(tmp_path, "bell.txt", BELL.format(380))], ADMIN)
    tower.freshness.check([], ["tone"], ADMIN)
    tower.freshness.acknowledge("bell", CLOSED, ADMIN)
    tower.freshness.check([], ["tone"], ADMIN)
    (alarm,) = tower.freshness.alarms(ADMIN)
    assert alarm.acknowledged_by == "administrator"
    tower.ingest([note(tmp_path, "bell.txt", BELL.format(370))], ADMIN)
    tower.freshness.check([], ["tone"], ADMIN)
    assert tower.freshness.alarms(ADMIN)[0].acknowledged_by == ""


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.server.got.append(self.rfile.read(int(self.headers["Content-Length"])).decode())  # type: ignore[attr-defined]
        status = self.server.answers.pop(0)  # type: ignore[attr-defined]
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), _Hook)
    server.got, server.answers = [], []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def pointed(bench: Workbench, url: str) -> None:
    bench.settings = bench.settings.model_copy(update={"alarm_webhook": SecretStr(url)})


def test_a_webhook_is_told_ids_and_states_once_more_after_a_failure_and_led_nowhere(
    tower: Workbench, tmp_path: Path, hook: HTTPServer
) -> None:
    tower.ingest([note(tmp_path, "bell.txt", BELL.format(380))], ADMIN)
    pointed(tower, f"http://127.0.0.1:{hook.server_port}/s3cret")
    for answers, told in (
        ([500, 200], "The webhook was told."),
        ([302], "The webhook was not told: it answered 302."),
        ([500, 500], "The webhook was not told: it answered 500."),
    ):
        hook.answers, hook.got = list(answers), []  # type: ignore[attr-defined]
        check = tower.freshness.check([], ["tone"], ADMIN)
        assert check and check.told == told and "s3cret" not in check.told
        assert len(hook.got) == len(answers)  # type: ignore[attr-defined]
        assert '"fact": "bell"' in hook.got[0].replace('":"', '": "')  # type: ignore[attr-defined]
        assert "380" not in hook.got[0]  # type: ignore[attr-defined]
    assert tower.freshness.history(ADMIN)[-1][0].told == told


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("ftp://host/s3cret", "must begin with http:// or https://"),
        ("http://me:s3cret@host/", "holds a name or password"),
        ("http://127.0.0.1:1/s3cret", "could not be told: ConnectError"),
    ],
)
def test_a_bad_webhook_costs_no_result_and_is_told_without_its_address(
    tower: Workbench, tmp_path: Path, url: str, told: str
) -> None:
    tower.ingest([note(tmp_path, "bell.txt", BELL.format(380))], ADMIN)
    pointed(tower, url)
    check = tower.freshness.check([], ["tone"], ADMIN)
    assert check and told in check.told and "s3cret" not in check.told
    assert tower.freshness.alarms(ADMIN)


def test_the_clock_goes_by_the_schedule_that_the_workspace_keeps(tower: Workbench, tmp_path: Path) -> None:
    assert tower.freshness.clock.next() is None
    tower.freshness.set_schedule(Schedule("hours", 3, on_change=True), ENGINEER)
    assert tower.freshness.changed(["bell.txt"]) is None  # no app: a command checks when it is told to
    tower.freshness.start_clock()
    tower.freshness.start_clock()
    assert tower.freshness.clock.next() is not None
    assert tower.freshness.schedule() == Schedule("hours", 3, on_change=True, by="engineer", who=ENGINEER)
    assert tower.freshness.changed(["other.txt"]) is None
    tower.ingest([note(tmp_path, "bell.txt", BELL.format(380))], ADMIN)
    job = next(job for job in tower.jobs.all() if job.title == "Freshness check")
    assert tower.jobs.wait(job) and job.state == "done"
    assert tower.freshness.history(ADMIN)[-1][0].why == "after a change"
    tower.freshness.set_schedule(Schedule(), ADMIN)
    assert tower.freshness.clock.next() is None
    for bad in ({"hours": 0}, {"at": "late"}, {"every": "hours", "recipes": ()}):
        with pytest.raises(RequestError):
            Schedule(**bad)  # type: ignore[arg-type]


def test_the_sample_facts_come_with_the_sample_documents_and_each_is_tied_to_its_place(filled: Workbench) -> None:
    held, truths = filled.freshness.facts.all(ADMIN), filled.freshness.facts.truths(ADMIN)
    assert len(held) >= 40
    assert {each.standing for each in truths.values()} == {"same"}
    assert len(filled.freshness.facts.all(VIEWER)) < len(held)


@pytest.mark.slow
@pytest.mark.weights
def test_ten_changed_facts_turn_fresh_by_retrieval_and_are_flagged_of_the_adapter(tmp_path: Path) -> None:
    from benchmarks.freshness import CHANGES, HANDBOOK, changed_papers, check
    from core.settings import Settings

    with Workbench(Settings(workspace=tmp_path / "w"), "a test") as bench:
        bench.ingest(bench.samples(), ADMIN)
        bench.ingest(changed_papers(tmp_path), ADMIN)
        found = check(bench, ["extractive"], [HANDBOOK])
    by_fact = {name: {each.fact: each for each in rows} for name, rows in found.items()}
    assert all(by_fact["extractive"][fact].state == "fresh" for fact in CHANGES)
    flagged = {each.fact for rows in found.values() for each in rows if each.alarm}
    assert flagged == set(CHANGES)
    assert len(by_fact["extractive"]) >= 50
