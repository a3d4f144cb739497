"""The trail itself: what is noticed, what is no false alarm, who may read it, and what it never holds."""

import json
import random
import sqlite3
import stat
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from core.errors import AccessDenied, NotFound, RequestError, WorkspaceDamaged
from core.governance.audit import Audit, Query
from core.governance.principals import PERSONAS, persona
from core.governance.trail import DAMAGED, Verdict
from core.storage.database import open_database
from core.types import Principal
from core.workspace import Workspace

ADMIN, OFFICER, VIEWER = persona("administrator"), persona("officer"), persona("viewer")
KEY = SecretStr("a key that only a test has")
COLUMNS = ("seq", "at", "who", "act", "trace", "body", "mac")


class Place:
    """A workspace's trail that can be closed, tampered with and opened again."""

    def __init__(self, root: Path, key: SecretStr | None = KEY, second: Path | None = None) -> None:
        root.mkdir(exist_ok=True)
        self.workspace, self.key, self.second = Workspace(root), key, second
        self.engine: Engine = open_database(self.workspace.database)
        self.audit = self.opened()

    def opened(self) -> Audit:
        """As another process would open it."""
        return Audit(lambda: self.engine, self.workspace, self.key, self.second)

    def written(self, count: int) -> "Place":
        for number in range(count):
            self.audit.note(ADMIN, "asked", trace=f"{number:032x}", documents=[f"{number:012x}"], abstained=False)
        return self

    def sql(self, statement: str, *values: object) -> None:
        with sqlite3.connect(self.workspace.database) as connection:
            connection.execute(statement, values)
        connection.close()

    def rows(self) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.workspace.database) as connection:
            found = connection.execute(f"SELECT {', '.join(COLUMNS)} FROM audit ORDER BY seq").fetchall()
        connection.close()
        return found

    def put(self, rows: list[tuple[object, ...]]) -> None:
        with sqlite3.connect(self.workspace.database) as connection:
            connection.execute("DELETE FROM audit")
            connection.executemany(f"INSERT INTO audit VALUES ({', '.join('?' * len(COLUMNS))})", rows)
        connection.close()

    def verdict(self) -> Verdict:
        return self.opened()._checked()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "w").written(5)


def found(verdict: Verdict) -> tuple[int | None, str | None]:
    return verdict.seq, verdict.kind


def test_what_was_written_is_read_back_newest_first(place: Place) -> None:
    entries = place.audit.search(OFFICER)
    assert [entry.seq for entry in entries] == [5, 4, 3, 2, 1]
    first = entries[-1]
    assert (first.who, first.roles, first.act, first.outcome) == (ADMIN.name, ADMIN.roles, "asked", "done")
    assert (first.documents, dict(first.facts)) == (("0" * 12,), {"trace": "0" * 32, "abstained": False})
    verdict = place.verdict()
    assert (verdict.intact, verdict.entries, verdict.last) == (True, 5, place.rows()[-1][-1])


def test_an_empty_trail_is_intact(tmp_path: Path) -> None:
    assert Place(tmp_path / "w").verdict().intact


def test_any_byte_of_any_field_is_noticed_and_named(place: Place) -> None:
    rows, chance = place.rows(), random.Random(7)
    for number, row in enumerate(rows, start=1):
        for column in range(1, len(COLUMNS)):
            text = str(row[column])
            for at in chance.sample(range(len(text)), min(4, len(text))):
                other = chr(ord(text[at]) ^ 1 << chance.randrange(5))
                changed = (*row[:column], text[:at] + other + text[at + 1 :], *row[column + 1 :])
                place.put([*rows[: number - 1], changed, *rows[number:]])
                verdict = place.verdict()
                assert verdict.seq == number and verdict.kind in ("changed", "reordered"), (COLUMNS[column], at, other)
    place.put(rows)
    assert place.verdict().intact


@pytest.mark.parametrize("value", [b"\xff\xfe", 7, "é"])
def test_a_field_of_another_type_is_noticed(place: Place, value: object) -> None:
    for column in ("at", "who", "act", "trace", "body", "mac"):
        rows = place.rows()
        place.sql(f"UPDATE audit SET {column} = ? WHERE seq = 3", value)
        assert found(place.verdict()) == (3, "changed")
        place.put(rows)


def test_every_swap_deletion_and_cut_is_noticed(place: Place) -> None:
    rows = place.rows()
    for a in range(5):
        place.put([*rows[:a], *rows[a + 1 :]])
        assert found(place.verdict()) == (a + 1, "missing" if a < 4 else "truncated")
        place.put(rows[:a])
        assert found(place.verdict()) == (a + 1, "truncated")
        for b in range(a + 1, 5):
            swapped = list(rows)
            swapped[a], swapped[b] = (rows[a][0], *rows[b][1:]), (rows[b][0], *rows[a][1:])
            place.put(swapped)
            assert found(place.verdict()) == (a + 1, "reordered")
    place.put([*rows[:2], *((row[0] - 1, *row[1:]) for row in rows[3:])])  # type: ignore[operator]
    assert found(place.verdict()) == (3, "reordered")  # closed up after a deletion


def test_an_entry_without_the_key_is_a_forged_end(place: Place) -> None:
    body = replace(place.audit.search(OFFICER)[0], seq=6).body
    at, who, act, trace = place.rows()[-1][1:5]
    place.put([*place.rows(), (6, at, who, act, trace, body, "0" * 64)])
    assert found(place.verdict()) == (6, "forged")
    place.written(1)  # the trail goes on, and the forged one stays in its middle
    assert found(place.verdict()) == (6, "changed")


def test_a_cut_with_its_checkpoint_taken_away_or_forged_is_noticed(place: Place) -> None:
    rows, file = place.rows(), place.workspace.audit_checkpoint
    content = file.read_bytes()
    place.put(rows[:3])
    file.write_text(f"3 {rows[2][-1]} {'0' * 64}".ljust(255) + "\n")
    assert found(place.verdict()) == (None, "checkpoint")
    file.unlink()
    assert found(place.verdict()) == (None, "checkpoint")
    place.audit = place.opened()
    place.written(1)
    assert found(place.verdict()) == (4, "damaged")  # the next entry did not wash it clean
    place.put(rows)
    file.write_bytes(content)
    for at in range(0, len(content), 7):
        file.write_bytes(content[:at] + bytes([content[at] ^ 2]) + content[at + 1 :])
        assert place.verdict().kind == "checkpoint"


def test_a_trail_that_was_cut_off_does_not_heal(place: Place) -> None:
    rows = place.rows()
    place.put(rows[:3])
    place.audit = place.opened()
    place.written(2)
    assert [entry.act for entry in place.audit.search(OFFICER)][:3] == ["asked", "asked", DAMAGED]
    assert found(place.verdict()) == (4, "missing")
    place.put([])
    place.audit = place.opened()
    place.written(1)
    assert found(place.verdict()) == (1, "missing")


@pytest.mark.parametrize("behind", [1, 3, 5])
def test_a_checkpoint_that_lags_behind_is_no_alarm(tmp_path: Path, behind: int) -> None:
    place = Place(tmp_path / "w").written(5 - behind) if behind < 5 else Place(tmp_path / "w")
    place.audit._opened()  # before the first entry the checkpoint is there
    lagging = place.workspace.audit_checkpoint.read_bytes()
    place.written(behind)
    place.workspace.audit_checkpoint.write_bytes(lagging)  # as after a crash
    assert place.verdict().intact
    place.audit = place.opened()
    place.written(1)
    assert place.verdict() == Verdict(6, str(place.rows()[-1][-1]))
    assert DAMAGED not in place.audit.acts(OFFICER)


def test_a_second_folder_notices_what_is_rolled_back_with_the_first(tmp_path: Path) -> None:
    place = Place(tmp_path / "w", second=tmp_path / "far" / "away").written(3)
    rows, early = place.rows(), place.workspace.audit_checkpoint.read_bytes()
    place.written(3)
    place.put(rows)
    place.workspace.audit_checkpoint.write_bytes(early)
    assert found(place.verdict()) == (4, "truncated")
    place.second = None
    assert place.verdict().intact  # without it nothing could tell: the docs say so


def test_a_second_folder_that_comes_later_is_noted_and_its_loss_is_named(place: Place, tmp_path: Path) -> None:
    place.second = tmp_path / "far"
    place.audit = place.opened()
    place.written(1)
    assert place.verdict().intact
    assert [entry.act for entry in place.audit.search(OFFICER)][:2] == ["asked", "began checkpoint"]
    (file,) = place.second.iterdir()
    file.unlink()
    assert place.verdict().sentence == "The checkpoint in the second folder is missing."
    place.second = tmp_path / "w" / "touchstone.db" / "no folder"
    with pytest.raises(RequestError, match="cannot be made"):
        place.opened().note(ADMIN, "asked")


def test_threads_write_one_chain(tmp_path: Path) -> None:
    place = Place(tmp_path / "w")
    threads = [threading.Thread(target=place.written, args=(8,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (place.verdict().intact, place.verdict().entries) == (True, 32)


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    place = Place(tmp_path / "w", key=None).written(1)
    file = place.workspace.audit_key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.read_text()) == 64
    place.audit = place.opened()
    place.written(1)
    assert place.verdict().intact
    kept = file.read_bytes()
    file.unlink()
    assert found(place.verdict()) == (None, "key")
    with pytest.raises(RequestError, match=r"needs its key; set TOUCHSTONE_AUDIT_KEY or put back audit\.key"):
        place.opened().note(ADMIN, "asked")
    assert not file.exists()
    file.write_bytes(kept)
    assert place.verdict().intact


def test_another_key_neither_writes_nor_verifies(place: Place) -> None:
    place.key = SecretStr("another key of good length")
    with pytest.raises(RequestError, match="written with another key"):
        place.opened().note(ADMIN, "asked")
    assert place.verdict().sentence == "Entry 1 was changed, or the key is another one."
    place.key = SecretStr("short")
    with pytest.raises(RequestError, match="fewer than 16 characters"):
        place.opened().note(ADMIN, "asked")


def test_a_trail_of_another_workspace_is_none_of_this_one(place: Place, tmp_path: Path) -> None:
    other = Place(tmp_path / "other").written(5)
    place.put(other.rows())
    place.workspace.audit_checkpoint.write_bytes(other.workspace.audit_checkpoint.read_bytes())
    assert found(place.verdict()) == (1, "changed")


READING: list[Callable[[Audit, Principal], object]] = [
    Audit.search, Audit.verify, Audit.people, Audit.acts, lambda audit, who: audit.export(who, "csv"),
]  # fmt: skip


@pytest.mark.parametrize("name", PERSONAS)
def test_only_auditors_and_administrators_read(place: Place, name: str) -> None:
    who = PERSONAS[name]
    for read in READING:
        if name in ("officer", "administrator"):
            read(place.audit, who)
        else:
            with pytest.raises(AccessDenied, match="may not read the audit trail"):
                read(place.audit, who)


def test_filters(place: Place) -> None:
    audit = place.audit
    audit.note(VIEWER, "gave feedback", trace="f" * 32, thumb="up")
    assert [e.seq for e in audit.search(OFFICER, Query(who="viewer"))] == [6]
    assert [e.seq for e in audit.search(OFFICER, Query(act="asked"), most=2)] == [5, 4]
    assert [e.seq for e in audit.search(OFFICER, Query(trace=f"{2:032x}"))] == [3]
    day = audit.search(OFFICER)[0].at[:10]
    assert len(audit.search(OFFICER, Query(since=f"{day}T00:00+00:00"))) == 6
    assert audit.search(OFFICER, Query(until="2001-01-01")) == []
    assert audit.search(OFFICER, Query(since="2999-01-01T10:00")) == []
    with pytest.raises(RequestError, match="'yesterday' is no date or time"):
        audit.search(OFFICER, Query(since="yesterday"))
    assert (audit.people(OFFICER), audit.acts(OFFICER)) == (["administrator", "viewer"], ["asked", "gave feedback"])


def test_an_export_is_noted_and_can_be_checked_elsewhere(place: Place) -> None:
    lines = place.audit.export(OFFICER, "jsonl").splitlines()
    assert [json.loads(line)["mac"] for line in lines] == [row[-1] for row in place.rows()[:5]]
    assert all(str(row[5]) in line for row, line in zip(place.rows(), lines, strict=False))
    table = place.audit.export(replace(OFFICER, name="=1+1"), "csv").splitlines()
    assert table[0].startswith("seq,at,who,roles,act,outcome,trace,recipe,route,adapter,abstained")
    assert len(table) == 7
    assert ",'=1+1," in place.audit.export(OFFICER, "csv", Query(who="=1+1"))
    with pytest.raises(RequestError, match="no format 'xml'; choose csv, jsonl"):
        place.audit.export(OFFICER, "xml")
    newest = place.audit.search(OFFICER)
    assert [(e.act, e.outcome) for e in newest[:2]] == [("exported audit", "refused"), ("exported audit", "done")]
    assert newest[-6].facts == {"form": "jsonl", "entries": 5}


def test_what_a_person_typed_is_kept_as_a_hash(place: Place) -> None:
    place.audit.note(ADMIN, "erased", documents=["ada-quill.txt"], name="two words", adapter="tone-2")
    assert "quill" not in str(place.rows()[-1]) and "two words" not in str(place.rows()[-1])
    assert place.audit.search(OFFICER)[0].facts["adapter"] == "tone-2"
    with pytest.raises(NotFound), place.audit.noting(ADMIN, "released adapter", adapter="tone-2", zone="public"):
        raise NotFound("There is none.")
    refused = place.audit.search(OFFICER)[0]
    assert (refused.outcome, refused.facts["why"], refused.facts["zone"]) == ("refused", "NotFound", "public")
    assert str(refused.facts["adapter"]).startswith("sha256-")  # nobody has seen that there is such a thing


def test_an_act_that_breaks_is_noted_as_failed(place: Place) -> None:
    with pytest.raises(OSError, match="gone"), place.audit.noting(ADMIN, "ingested"):
        raise OSError("gone")
    assert (place.audit.search(OFFICER)[0].outcome, place.verdict().intact) == ("failed", True)


def test_a_damaged_body_is_one_sentence_to_a_reader(place: Place) -> None:
    place.sql("UPDATE audit SET body = 'x' WHERE seq = 2")
    with pytest.raises(WorkspaceDamaged, match="core audit verify"):
        place.audit.search(OFFICER)
