"""The collections of one server behind their aliases: named, made, swapped, snapshotted; it knows no entry.

An index and zone is the alias `<prefix>_<key>_<zone>`; the collection behind it ends in its version, `_v1` and so on.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ParamSpec, TypeVar

from qdrant_client import QdrantClient
from qdrant_client import models as m

from core.errors import IndexFailure, NotFound
from core.index.contract import IndexSpec
from core.index.payload import KEYWORDS, NUMBERS
from core.index.reaching import Reaching, without_credentials
from core.types import ZONES, Zone

_DISTANCES = {"cosine": m.Distance.COSINE, "dot": m.Distance.DOT, "euclid": m.Distance.EUCLID}
_PATIENCE = 3600
"""Seconds that a snapshot may take."""
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where the server is and how collections are made there."""

    url: str
    api_key: str = field(default="", repr=False)
    timeout: int = 10
    """Seconds for one request."""
    retries: int = 3
    """Further tries after a connection error, a time-out or an answer of 5xx."""
    shard_number: int = 1
    replication_factor: int = 1
    prefix: str = "touchstone"
    """Collections of other names on the server are left alone."""
    owner: str = ""
    """The workspace; a collection that another one made is refused, for it would be emptied of what is not here."""
    snapshots: str = "/qdrant/snapshots"
    """The folder in which the server keeps its snapshots, as the server sees it."""

    def __repr__(self) -> str:
        return f"ServerSettings({without_credentials(self.url)!r})"


class Collections:
    """What one workspace has on one server."""

    def __init__(self, settings: ServerSettings, client: QdrantClient | None = None) -> None:
        self._settings = settings
        self._given = client
        self.client = client or self._connect(settings.timeout)
        self._reach = Reaching(settings.url, settings.retries, secrets=(settings.api_key,))
        self.name = self._reach.name
        """The server's address, fit for a message."""

    def do(self, request: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """A request's result; raises IndexUnavailable when the server stays away, IndexFailure when it refuses."""
        return self._reach.do(lambda: request(*arguments, **named))

    def close(self) -> None:
        """Give the connections free."""
        self.client.close()

    def alias(self, key: str, zone: Zone) -> str:
        """The name under which a zone of an index is used."""
        return f"{self._settings.prefix}_{key}_{zone}"

    def aliases(self) -> dict[str, str]:
        """Collections by alias."""
        return {a.alias_name: a.collection_name for a in self.do(self.client.get_aliases).aliases}

    def keys(self) -> tuple[str, ...]:
        """Keys of the indexes that are there with every zone."""
        pattern = re.compile(rf"{re.escape(self._settings.prefix)}_(\w+)_({'|'.join(ZONES)})")
        zones = {(match[1], match[2]) for alias in self.aliases() if (match := pattern.fullmatch(alias))}
        return tuple(sorted({key for key, _ in zones if all((key, zone) in zones for zone in ZONES)}))

    def metadata(self, alias: str) -> dict[str, Any]:
        """What was written on the collection when it was made."""
        return dict(self.do(self.client.get_collection, alias).config.metadata or {})

    def require_own(self, alias: str) -> None:
        """Raises IndexFailure when another workspace made the collection: it would be emptied of what is not here."""
        if self.metadata(alias).get("owner", "") != self._settings.owner:
            raise IndexFailure(
                f"The collection {alias} on {self.name} belongs to another workspace; "
                "set TOUCHSTONE_QDRANT_PREFIX to a name that only this one uses."
            )

    def point_alias(self, alias: str, collection: str, before: str | None) -> None:
        """Make the alias stand for a collection, in one step for readers."""
        steps: list[Any] = [m.DeleteAliasOperation(delete_alias=m.DeleteAlias(alias_name=alias))] if before else []
        create = m.CreateAlias(collection_name=collection, alias_name=alias)
        steps.append(m.CreateAliasOperation(create_alias=create))
        self.do(self.client.update_collection_aliases, steps)

    def create(self, name: str, spec: IndexSpec) -> None:
        """A new, empty collection with its fields indexed; one of that name, left by a killed process, goes first."""
        quantization: Any = {
            "none": None,
            "int8": m.ScalarQuantization(
                scalar=m.ScalarQuantizationConfig(type=m.ScalarType.INT8, quantile=0.99, always_ram=True)
            ),
            "binary": m.BinaryQuantization(binary=m.BinaryQuantizationConfig(always_ram=True)),
        }[spec.quantization]
        if self.do(self.client.collection_exists, name):
            self.do(self.client.delete_collection, name)
        self.do(
            self.client.create_collection,
            name,
            vectors_config={
                "dense": m.VectorParams(
                    size=spec.dimension, distance=_DISTANCES[spec.distance], quantization_config=quantization
                )
            },
            sparse_vectors_config={"sparse": m.SparseVectorParams(modifier=m.Modifier.IDF)},
            shard_number=self._settings.shard_number,
            replication_factor=self._settings.replication_factor,
            metadata={"touchstone": asdict(spec), "owner": self._settings.owner},
        )
        for keyword in KEYWORDS:
            self.do(self.client.create_payload_index, name, keyword, m.PayloadSchemaType.KEYWORD, wait=True)
        for number in NUMBERS:
            self.do(self.client.create_payload_index, name, number, m.PayloadSchemaType.INTEGER, wait=True)

    def snapshot(self, key: str, zone: Zone) -> str:
        """Make a snapshot on the server; returns its name."""
        patient = self._given or self._connect(_PATIENCE)
        made = self.do(patient.create_snapshot, self.aliases()[self.alias(key, zone)], wait=True)
        if made is None:
            raise IndexFailure(f"The server made no snapshot of the {zone} zone of index {key}.")
        return made.name

    def restore(self, key: str, names: Sequence[str]) -> None:
        """Bring zones back to snapshots that lie on the server; raises NotFound for a name that is not there."""
        places: dict[str, tuple[str, str]] = {}
        for zone in ZONES:
            collection = self.aliases()[self.alias(key, zone)]
            folder = f"file://{self._settings.snapshots}/{collection}"
            held = self.do(self.client.list_snapshots, collection)
            places |= {snapshot.name: (collection, f"{folder}/{snapshot.name}") for snapshot in held}
        if missing := [name for name in names if name not in places]:
            raise NotFound(f"There is no snapshot '{missing[0]}' of index {key} on {self.name}.")
        patient = self._given or self._connect(_PATIENCE)
        for collection, place in (places[name] for name in names):
            self.do(patient.recover_snapshot, collection, place, priority=m.SnapshotPriority.SNAPSHOT, wait=True)

    def _connect(self, timeout: int) -> QdrantClient:
        return QdrantClient(
            url=self._settings.url,
            api_key=self._settings.api_key or None,
            timeout=timeout,
            check_compatibility=False,
        )
