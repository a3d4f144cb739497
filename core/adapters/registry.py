"""The adapters of a workspace: candidate, released, retired; where their files lie, and what may not be loaded.

Files come in by a folder beside that is moved into place, before the row that names it is written; a folder without a
row is removed at the next start. Who may be answered by which adapter is decided elsewhere, by its zone.
"""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.engine import Row

from core.adapters.manifest import Manifest, State, as_json, from_json
from core.errors import GateFailed, NotFound, RequestError, WeightsError
from core.generation.lora import CONFIG, WEIGHTS, read_lora
from core.library.store import sha256_of
from core.storage.database import adapters as table

_NAME = re.compile(r"[\w][\w.-]{0,59}")
_FILES = (CONFIG, WEIGHTS, "README.md")


@dataclass(frozen=True, slots=True)
class Adapter:
    """One adapter, as the registry holds it."""

    name: str
    state: State
    manifest: Manifest
    made_at: str
    made_by: str
    released_at: str = ""
    released_by: str = ""
    retired_at: str = ""
    reason: str = ""
    """Why it was retired."""


class Registry:
    """All adapters of one workspace, by name."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine, self._folder = engine, folder

    def all(self) -> list[Adapter]:
        """All adapters by name."""
        with self._engine.connect() as connection:
            return [_adapter(row) for row in connection.execute(select(table).order_by(table.c.name))]

    def get(self, name: str) -> Adapter:
        """The adapter of this name; raises NotFound with the names that exist."""
        held = {adapter.name: adapter for adapter in self.all()}
        if name not in held:
            known = f"; there are {', '.join(held)}" if held else "; this workspace has none"
            raise NotFound(f"There is no adapter '{name}'{known}.")
        return held[name]

    def add(self, name: str, folder: Path, manifest: Manifest, by: str) -> Adapter:
        """Take an adapter's files in as a candidate.

        Raises RequestError for a name that is none or is taken, WeightsError for files that are no plain LoRA or whose
        weights are not those that the manifest names. Nothing is left of what is refused.
        """
        if not _NAME.fullmatch(name):
            raise RequestError(
                f"'{name}' is no name for an adapter: letters, digits, dots, dashes and underscores, 60 at most."
            )
        if any(adapter.name == name for adapter in self.all()):
            raise RequestError(f"There is an adapter '{name}' already; choose another name.")
        read_lora(folder)
        if sha256_of(folder / WEIGHTS) != manifest.weights_sha256:
            raise WeightsError(f"The weights in {folder.name} are not those of its manifest.")
        fresh = self._folder / f".{name}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for file in _FILES:
            if (folder / file).is_file():
                shutil.copyfile(folder / file, fresh / file)
        shutil.rmtree(self._folder / name, ignore_errors=True)  # what a killed process left without a row
        fresh.replace(self._folder / name)
        row = {"name": name, "state": "candidate", "manifest": as_json(manifest), "made_at": _now(), "made_by": by}
        with self._engine.begin() as connection:
            connection.execute(insert(table).values(**row))
        return self.get(name)

    def measured(self, name: str, manifest: Manifest) -> Adapter:
        """Write down what was measured of a candidate; raises RequestError for any other, whose proof stands."""
        self._in_state(name, "candidate")
        return self._set(name, manifest=as_json(manifest))

    def release(self, name: str, by: str) -> Adapter:
        """Let a candidate answer; raises GateFailed with what is not met, RequestError for one that is no candidate."""
        manifest = self._in_state(name, "candidate").manifest
        if not manifest.releasable:
            failed = [gate.name for gate in manifest.gates if not gate.passed] or ["nothing was measured yet"]
            raise GateFailed(f"The adapter '{name}' cannot be released: {', '.join(failed)}.")
        return self._set(name, state="released", released_at=_now(), released_by=by)

    def retire(self, name: str, reason: str) -> Adapter:
        """Take an adapter out of use, for good."""
        self.get(name)
        return self._set(name, state="retired", retired_at=_now(), reason=reason)

    def remove(self, name: str) -> None:
        """Delete an adapter with its files; raises NotFound."""
        self.get(name)
        with self._engine.begin() as connection:
            connection.execute(delete(table).where(table.c.name == name))
        shutil.rmtree(self._folder / name, ignore_errors=True)

    def place(self, name: str, base_sha256: str) -> Path:
        """The folder of a released adapter for a base model; raises NotFound, WeightsError for another base."""
        adapter = self.get(name)
        if adapter.state != "released":
            raise NotFound(f"The adapter '{name}' is {_told(adapter.state)} and does not answer.")
        if adapter.manifest.base_sha256 != base_sha256:
            raise WeightsError(f"The adapter '{name}' was made for other weights of {adapter.manifest.base}.")
        return self._folder / name

    def export(self, name: str, folder: Path) -> Path:
        """Copy an adapter's files, as PEFT and vLLM read them; raises RequestError where the folder exists."""
        self.get(name)
        if folder.exists():
            raise RequestError(f"'{folder}' exists already; name a folder that does not.")
        shutil.copytree(self._folder / name, folder)
        return folder

    def learned_from(self, document_ids: Sequence[str]) -> list[str]:
        """Names of the adapters that learned from any of these documents."""
        wanted = set(document_ids)
        return [adapter.name for adapter in self.all() if wanted & set(adapter.manifest.documents)]

    def tidy(self) -> list[str]:
        """Remove folders that no row names; returns their names."""
        if not self._folder.is_dir():
            return []
        known = {adapter.name for adapter in self.all()}
        left = sorted(path.name for path in self._folder.iterdir() if path.name not in known)
        for name in left:
            shutil.rmtree(self._folder / name, ignore_errors=True)
        return left

    def _in_state(self, name: str, state: State) -> Adapter:
        adapter = self.get(name)
        if adapter.state != state:
            raise RequestError(f"The adapter '{name}' is {_told(adapter.state)}, not {_told(state)}.")
        return adapter

    def _set(self, name: str, **values: object) -> Adapter:
        with self._engine.begin() as connection:
            connection.execute(update(table).where(table.c.name == name).values(**values))
        return self.get(name)


def _told(state: State) -> str:
    return {"candidate": "a candidate", "released": "released", "retired": "retired"}[state]


def _adapter(row: Row) -> Adapter:  # type: ignore[type-arg]
    return Adapter(
        row.name, row.state, from_json(row.manifest), row.made_at, row.made_by,
        row.released_at, row.released_by, row.retired_at, row.reason,
    )  # fmt: skip


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
