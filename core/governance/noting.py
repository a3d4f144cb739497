"""Appends to the audit trail of a workspace; it reads no more of it than where it ends, and knows no act.

It keeps ids and hashes, never a text of a question, an answer or a document, and no document's name.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import Engine, LargeBinary, cast, func, insert, select

from core.errors import GateFailed, RequestError
from core.governance.trail import (
    DAMAGED,
    Entry,
    Fact,
    Outcome,
    Row,
    Seal,
    as_fact,
    as_id,
    key_of,
    read_checkpoint,
    write_checkpoint,
)
from core.storage.database import audit
from core.storage.sealed import PLAIN, Files
from core.types import Principal
from core.workspace import Workspace

_SYSTEM = Principal("touchstone", (), ())
"""Who notes what was found of the trail itself."""


@dataclass(slots=True)
class Noting:
    """An act on its way to its entry, which is written once."""

    _write: Callable[[Outcome, Mapping[str, Fact | Sequence[str]], Callable[[], None] | None], None]
    _facts: dict[str, Fact | Sequence[str]]
    written: bool = field(default=False, init=False)

    def done(self, with_commit: Callable[[], None] | None = None, **facts: Fact | Sequence[str]) -> None:
        """Write that it was done. `with_commit` commits to the same database, and the entry rests on the disk with it.

        So a question, which keeps its trace anyway, waits for the disk once.
        """
        self.written = True
        self._write("done", {**self._facts, **facts}, with_commit)

    def hand_on(self) -> None:
        """Somebody else writes that it was done."""
        self.written = True


class Notes:
    """The trail of one workspace; safe to share between threads of the process that holds it."""

    def __init__(
        self,
        engine: Callable[[], Engine],
        workspace: Workspace,
        key: SecretStr | None = None,
        second: Path | None = None,
        files: Files = PLAIN,
    ) -> None:
        """`second` is a folder that gets a checkpoint too. Nothing is read or made until the first entry."""
        self._engine, self._workspace = engine, workspace
        self._key = key.get_secret_value() if key else None
        self._second, self._files = second, files
        self._lock = threading.RLock()
        self._seal: Seal | None = None
        self._last = (0, "")
        self._closed = False

    def close(self) -> None:
        """Take no entry any longer; an answer that nobody waited for may still be cleared away."""
        self._closed = True

    # -- writing -----------------------------------------------------------------------------------------------------

    def note(self, principal: Principal, act: str, outcome: Outcome = "done", **facts: Fact | Sequence[str]) -> None:
        """Append an entry and wait until it rests on the disk; `documents` are ids, all other facts single values.

        Raises RequestError where the key is not the trail's, or the checkpoint cannot be written.
        """
        self._append(principal, act, outcome, facts)

    def mac(self, purpose: str, text: str) -> str:
        """A MAC under the trail's key, of hex digits, for what must be told later to be unchanged or the same.

        `purpose` is a word, so that no MAC can be taken for one of another purpose or of an entry. Raises as `note`.
        """
        with self._lock:
            return self._opened().of(purpose, text)

    @contextmanager
    def noting(self, principal: Principal, act: str, **facts: Fact | Sequence[str]) -> Iterator[Noting]:
        """Note an act when it ends: done, or refused or failed with the type of the error, which is raised on."""
        noting = Noting(lambda outcome, found, commit: self._append(principal, act, outcome, found, commit), facts)
        try:
            yield noting
        except (RequestError, GateFailed) as error:
            if not noting.written:
                self.note(principal, act, "refused", **facts, why=type(error).__name__)
            raise
        except GeneratorExit:
            if not noting.written and not self._closed:
                self.note(principal, act, "left", **facts)
            raise
        except Exception as error:
            if not noting.written:
                self.note(principal, act, "failed", **facts, why=type(error).__name__)
            raise
        if not noting.written:
            noting.done()

    def _append(
        self,
        principal: Principal,
        act: str,
        outcome: Outcome,
        facts: Mapping[str, Fact | Sequence[str]],
        commit: Callable[[], None] | None = None,
    ) -> None:
        documents = [as_id(each) for each in _listed(facts.get("documents", ()))]
        kept = {
            name: as_fact(value, outcome == "done" or name in ("why", "origin"))
            for name, value in facts.items()
            if isinstance(value, str | int) and value != "" and name != "documents"
        }
        with self._lock:
            seal = self._opened()
            self._insert(seal, principal, act, outcome, documents, kept, wait=commit is None)
            if commit is not None:
                commit()
            self._write_checkpoints(seal)

    def _insert(
        self,
        seal: Seal,
        principal: Principal,
        act: str,
        outcome: Outcome,
        documents: Sequence[str],
        facts: Mapping[str, Fact],
        wait: bool,
    ) -> None:
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._engine().connect() as connection:
            if not wait:
                connection.exec_driver_sql("PRAGMA synchronous=NORMAL")
            try:
                taken = connection.scalar(select(func.max(audit.c.seq))) or 0  # more than ours where one was forged
                seq = max(self._last[0], taken) + 1
                entry = Entry(seq, at, principal.name, principal.roles, act, outcome, tuple(documents), facts)
                mac = seal.of(self._last[1], entry.body)
                row = {"at": at, "who": entry.who, "act": act, "trace": entry.trace, "body": entry.body, "mac": mac}
                connection.execute(insert(audit).values(seq=seq, **row))
                connection.commit()
            finally:
                if not wait:
                    connection.rollback()
                    connection.exec_driver_sql("PRAGMA synchronous=FULL")
        self._last = (seq, mac)

    def _opened(self) -> Seal:
        """The seal, once it is known where the trail ends.

        Where table and checkpoints disagree, the trail goes on after whichever is further, with an entry that says so:
        going on as if nothing had been would make the checkpoint agree again.
        """
        if self._seal is not None:
            return self._seal
        rows = list(self._rows(newest=2))
        files = self._checkpoints()
        make = not rows or not any(f.exists() for f in files.values())
        key = key_of(self._key, self._workspace.audit_key, make, self._files)
        if key is None:
            raise RequestError(f"The audit trail needs its key; set TOUCHSTONE_AUDIT_KEY or put back {self._key_file}.")
        seal = Seal(key, self._workspace.identity())
        held = {place: read_checkpoint(file, seal) for place, file in files.items()}
        last = rows[0] if rows else None
        before = rows[1].mac if len(rows) > 1 else seal.start
        good = last is None or last.mac == seal.of(before, last.body)
        if not good and held["beside the database"] and not any(each and each.sealed for each in held.values()):
            raise RequestError(
                "The audit trail was written with another key; set that one as TOUCHSTONE_AUDIT_KEY, "
                f"or put it back as {self._key_file}."
            )
        sealed = [each for each in held.values() if each and each.sealed]
        furthest = max(sealed, key=lambda each: each.count, default=None)
        self._last = (last.seq, last.mac) if last else (0, seal.start)
        agree = furthest is not None and all(each is None or each.sealed for each in held.values()) and good
        if furthest and furthest.count:
            agree = agree and self._mac_at(furthest.count) == furthest.mac
            if furthest.count >= self._last[0] or not good:
                self._last = (furthest.count, furthest.mac)
        if last is None and not any(held.values()):
            agree = True  # a new trail
        if not agree:
            self._insert(seal, _SYSTEM, DAMAGED, "failed", (), {}, wait=True)
        elif rows and not all(held.values()):
            self._insert(seal, _SYSTEM, "began checkpoint", "done", (), {}, wait=True)
        self._write_checkpoints(seal)  # before the first entry too: entries without a checkpoint have lost theirs
        self._seal = seal
        return seal

    def _note_damage(self) -> None:
        """Say in the trail that it did not agree with a checkpoint, as is said where a process opens such a trail."""
        with self._lock:
            if self._seal is not None:
                self._insert(self._seal, _SYSTEM, DAMAGED, "failed", (), {}, wait=True)

    def _write_checkpoints(self, seal: Seal) -> None:
        for file in self._checkpoints().values():
            write_checkpoint(file, *self._last, seal)

    def _checkpoints(self) -> dict[str, Path]:
        """The files of the checkpoints, by where they are."""
        files = {"beside the database": self._workspace.audit_checkpoint}
        if self._second is not None:
            folder = self._second.expanduser()
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                told = f"The folder {folder} for the audit's checkpoint cannot be made: {error.strerror}."
                raise RequestError(told) from error
            files["in the second folder"] = folder / f"{self._workspace.identity()}.checkpoint"
        return files

    @property
    def _key_file(self) -> str:
        return self._workspace.audit_key.name

    # -- the table --------------------------------------------------------------------------------------------------

    def _rows(self, newest: int | None = None) -> Iterator[Row]:
        """The rows as they are, oldest first; with `newest` the last so many, newest first."""
        columns = [cast(audit.c[name], LargeBinary) for name in ("at", "who", "act", "trace", "body", "mac")]
        order = audit.c.seq if newest is None else audit.c.seq.desc()
        with self._engine().connect() as connection:
            rows = connection.execution_options(yield_per=1_000).execute(
                select(audit.c.seq, *columns).order_by(order).limit(newest)
            )
            for seq, *values in rows:
                *columns_found, body, mac = ((value or b"").decode("utf-8", "replace") for value in values)
                yield Row(seq, tuple(columns_found), body, mac)

    def _mac_at(self, seq: int) -> str | None:
        with self._engine().connect() as connection:
            return connection.scalar(select(audit.c.mac).where(audit.c.seq == seq))


def _listed(value: Fact | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value) if isinstance(value, Sequence) else []
