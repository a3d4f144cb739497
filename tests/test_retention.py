import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from core.errors import AccessDenied
from core.governance.principals import persona
from core.settings import Settings
from core.storage.database import feedback, question_proposals, retrieval_results, retrieval_runs, traces
from core.workbench import Workbench

ADMIN = persona("administrator")
NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


def ago(days: int) -> str:
    return (NOW - timedelta(days=days)).isoformat(timespec="milliseconds")


def fill(bench: Workbench) -> None:
    with bench._engine.begin() as connection:
        for days in (1, 29, 31, 90):
            at, key = ago(days), f"{days:032x}"
            secret = {"question": f"canary question of {days} days"}
            connection.execute(
                insert(traces).values(id=key, started_at=at, principal="ada", recipe="r", body=secret, **secret)
            )
            connection.execute(
                insert(feedback).values(
                    id=key, trace_id=key, given_at=at, given_by="ada", zone="public", documents=[], body=secret
                )
            )
            connection.execute(insert(retrieval_runs).values(id=key, began_at=at, recipe={}, body={}))
            connection.execute(insert(retrieval_results).values(run_id=key, question_id="q", position=0, body=secret))
            for origin in ("feedback", "document"):
                values = {"id": f"{origin}{days}", "set_name": "s", "state": "open", "made_at": at, "made_by": "ada"}
                connection.execute(insert(question_proposals).values(**values, origin=origin, documents=[], body={}))


def test_what_is_too_old_goes_and_no_byte_of_it_stays(tmp_path: Path) -> None:
    settings = Settings(
        workspace=tmp_path / "w", retention_traces=30, retention_feedback=60, retention_evaluations=30, retention_jobs=7
    )
    with Workbench(settings) as bench:
        fill(bench)
        inbox = bench.workspace.inbox
        bench.receive([b"waited long"], ADMIN)
        bench.receive([b"just came"], ADMIN)
        (old,) = (path.parent for path in inbox.glob("*/upload") if path.read_bytes() == b"waited long")
        os.utime(old, (NOW.timestamp() - 8 * 86400,) * 2)
        due = {each.kind: (each.held, each.due) for each in bench.retention.due(ADMIN, NOW)}
        assert due == {
            "questions and answers": (4, 2),
            "proposed questions": (4, 2),
            "feedback": (4, 1),
            "evaluation answers": (4, 2),
            "job notes and uploads that wait": (2, 1),
        }
        following = {each.kind: each.next_at for each in bench.retention.due(ADMIN, NOW)}
        assert following["questions and answers"] == (NOW + timedelta(days=1)).isoformat(timespec="seconds")
        gone = bench.retention.apply(ADMIN, NOW)
        assert sum(each.due for each in gone) == 8
        assert [path.read_bytes() for path in inbox.glob("*/upload")] == [b"just came"]
        assert bench.retention.apply(ADMIN, NOW) == []
        (entry,) = bench.audit.search(ADMIN)
        assert (entry.act, dict(entry.facts)["feedback"]) == ("expired", 1)
        held = b"".join(path.read_bytes() for path in bench.workspace.root.rglob("*") if path.is_file())
        assert b"canary question of 90 days" not in held
        assert b"canary question of 29 days" in held


def test_nothing_expires_without_a_rule_or_by_one_who_may_not(tmp_path: Path) -> None:
    with Workbench(Settings(workspace=tmp_path / "w")) as bench:
        fill(bench)
        assert bench.retention.apply(ADMIN, NOW) == []
        bench.retention.start_clock()
        assert not bench.retention.clock.running
        for who in ("viewer", "engineer"):
            with pytest.raises(AccessDenied):
                bench.retention.due(persona(who))
        with pytest.raises(AccessDenied):
            bench.retention.apply(persona("officer"))
        assert json.dumps([each.held for each in bench.retention.due(ADMIN, NOW)]) == "[4, 4, 4, 4, 0]"


def test_the_clock_applies_the_rules_at_the_start_and_every_night(tmp_path: Path) -> None:
    with Workbench(Settings(workspace=tmp_path / "w", retention_traces=30)) as bench:
        fill(bench)
        bench.retention.start_clock()
        assert bench.records.count() == sum(
            datetime.fromisoformat(ago(days)) > datetime.now(UTC) - timedelta(days=30) for days in (1, 29, 31, 90)
        )
        due = bench.retention.clock.next()
        assert due
        assert (due.hour, due.minute) == (3, 30)
    assert not bench.retention.clock.running
