"""The adapters of a workspace: candidate, released, retired; where their files lie, and what may not be loaded.

Files come in by a folder beside that is moved into place, before the row that names it is written; a folder without a
row is removed at the next start. Those that come with Touchstone stay where they were installed and are released from
the start; a workspace writes a row for one only to retire it. Who may be answered by which adapter is decided
elsewhere, by its zone.
"""

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.engine import Row

from core.adapters.manifest import Manifest, State, as_json, from_json
from core.errors import GateFailed, NotFound, RequestError, WeightsError, WeightsMissing
from core.generation.lora import CONFIG, WEIGHTS, read_lora
from core.library.store import sha256_of
from core.storage.database import adapters as table
from core.storage.sealed import PLAIN, Files

_NAME = re.compile(r"[\w][\w.-]{0,59}")
_FILES = (CONFIG, WEIGHTS, "README.md")
_MANIFEST = "manifest.json"
SHIPPED = Path(__file__).parent / "shipped"


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

    @property
    def shipped(self) -> bool:
        """Whether it comes with Touchstone."""
        return self.manifest.source == "shipped"

    @property
    def dataset(self) -> str:
        """What it can be trained anew from in its workspace; empty for one that was made elsewhere."""
        return self.manifest.dataset if self.manifest.source == "trained" else ""


class Registry:
    """All adapters of one workspace, by name."""

    def __init__(self, engine: Engine, folder: Path, shipped: Path = SHIPPED, files: Files = PLAIN) -> None:
        """Over a database and the folder of the workspace's own adapters; `shipped` holds those of the installation.

        `files` says how those of the workspace are written and read.
        """
        self._engine, self._folder, self._shipped, self._files = engine, folder, shipped, files

    def all(self) -> list[Adapter]:
        """All adapters by name."""
        with self._engine.connect() as connection:
            own = [_adapter(row) for row in connection.execute(select(table))]
        known = {adapter.name for adapter in own}
        came = [adapter for adapter in _shipped(self._shipped) if adapter.name not in known]
        return sorted([*own, *came], key=lambda adapter: adapter.name)

    def get(self, name: str) -> Adapter:
        """The adapter of this name; raises NotFound with the names that exist."""
        held = {adapter.name: adapter for adapter in self.all()}
        if name not in held:
            known = f"; there are {', '.join(held)}" if held else "; this workspace has none"
            raise NotFound(f"There is no adapter '{name}'{known}.")
        return held[name]

    def require_free(self, name: str) -> None:
        """Raises RequestError for a name that is none or is taken."""
        if not _NAME.fullmatch(name):
            raise RequestError(
                f"'{name}' is no name for an adapter: letters, digits, dots, dashes and underscores, 60 at most."
            )
        if any(adapter.name == name for adapter in self.all()):
            raise RequestError(f"There is an adapter '{name}' already; choose another name.")

    def add(self, name: str, folder: Path, manifest: Manifest, by: str) -> Adapter:
        """Take an adapter's files in as a candidate.

        Raises RequestError for a name that is none or is taken, WeightsError for files that are no plain LoRA or whose
        weights are not those that the manifest names. Nothing is left of what is refused.
        """
        self.require_free(name)
        read_lora(folder)
        if sha256_of(folder / WEIGHTS) != manifest.weights_sha256:
            raise WeightsError(f"The weights in {folder.name} are not those of its manifest.")
        fresh = self._folder / f".{name}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for file in _FILES:
            if (folder / file).is_file():
                with (folder / file).open("rb") as source:
                    self._files.write(fresh / file, source, self._folder / name / file)
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

    def retire(self, name: str, reason: str, forget: bool = False) -> Adapter:
        """Take an adapter out of use, for good; with `forget` its weights go too, unless they were installed."""
        held = self.get(name)
        if held.shipped:
            row = {"name": name, "manifest": as_json(held.manifest), "made_at": held.made_at, "made_by": held.made_by}
            with self._engine.begin() as connection:
                connection.execute(insert(table).prefix_with("OR IGNORE").values(**row, state="released"))
        retired = self._set(name, state="retired", retired_at=_now(), reason=reason)
        if forget:
            shutil.rmtree(self._folder / name, ignore_errors=True)
        return retired

    def remove(self, name: str) -> None:
        """Delete an adapter with its files; raises NotFound, and RequestError for one that comes with Touchstone."""
        if self.get(name).shipped:
            raise RequestError(f"The adapter '{name}' comes with Touchstone; it can be retired, not removed.")
        with self._engine.begin() as connection:
            connection.execute(delete(table).where(table.c.name == name))
        shutil.rmtree(self._folder / name, ignore_errors=True)

    def place(self, name: str, base_sha256: str, states: Sequence[State] = ("released",)) -> Path:
        """The folder of an adapter in one of these states for a base model.

        Raises NotFound, and WeightsError for another base or where files and manifest do not belong together.
        """
        adapter = self.get(name)
        if adapter.state not in states:
            raise NotFound(f"The adapter '{name}' is {_told(adapter.state)} and does not answer.")
        if adapter.manifest.base_sha256 != base_sha256:
            raise WeightsError(f"The adapter '{name}' was made for other weights of {adapter.manifest.base}.")
        return self._place(adapter)

    @contextmanager
    def opened(self, place: Path) -> Iterator[Path]:
        """An adapter's files as any program reads them, for the time of the block; `place` is what `place()` gave.

        Raises WeightsError where the weights are not those that the manifest names: they were changed on the disk.
        """
        adapter = self.get(place.name)
        with (PLAIN if adapter.shipped else self._files).plain(place) as folder:
            if not (folder / WEIGHTS).is_file():
                raise WeightsMissing(f"There is no adapter at {place}: it needs {WEIGHTS}.")
            if sha256_of(folder / WEIGHTS) != adapter.manifest.weights_sha256:
                raise WeightsError(
                    f"The weights of the adapter '{adapter.name}' are not those that were taken in; "
                    "remove it and bring it again."
                )
            yield folder

    def export(self, name: str, folder: Path) -> Path:
        """Copy an adapter's files, as PEFT and vLLM read them, with its manifest.

        Raises RequestError where the folder exists or cannot be written, NotFound where the weights were erased.
        """
        held = self.get(name)
        place = self._place(held)
        if not place.is_dir():
            raise NotFound(f"The weights of the adapter '{name}' were erased.")
        if folder.exists():
            raise RequestError(f"'{folder}' exists already; name a folder that does not.")
        try:
            with self.opened(place) as plain:
                shutil.copytree(plain, folder, ignore=shutil.ignore_patterns(_MANIFEST))
            (folder / _MANIFEST).write_text(json.dumps(as_json(held.manifest), indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise RequestError(f"'{folder}' cannot be written: {error.strerror or 'the disk refused'}.") from error
        return folder

    def size(self, name: str) -> int:
        """Bytes of an adapter's files; 0 where they were erased. Raises NotFound."""
        return sum(file.stat().st_size for file in self._place(self.get(name)).glob("*") if file.is_file())

    def learned_from(self, document_ids: Sequence[str]) -> list[str]:
        """Names of the adapters that learned from any of these documents."""
        wanted = set(document_ids)
        return [adapter.name for adapter in self.all() if wanted & set(adapter.manifest.documents)]

    def tidy(self) -> list[str]:
        """Remove folders that no row names; returns their names."""
        if not self._folder.is_dir():
            return []
        known = {adapter.name for adapter in self.all() if not adapter.shipped}
        left = sorted(path.name for path in self._folder.iterdir() if path.name not in known)
        for name in left:
            shutil.rmtree(self._folder / name, ignore_errors=True)
        return left

    def _place(self, adapter: Adapter) -> Path:
        return (self._shipped if adapter.shipped else self._folder) / adapter.name

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


def _shipped(folder: Path) -> list[Adapter]:
    found = []
    for file in sorted(folder.glob(f"*/{_MANIFEST}")):
        body = json.loads(file.read_text(encoding="utf-8"))
        made_at, by = body.pop("made_at"), "Touchstone"
        found.append(Adapter(file.parent.name, "released", from_json(body), made_at, by, made_at, by))
    return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
