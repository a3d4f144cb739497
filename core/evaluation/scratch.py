"""Indexes for an experiment: built beside the live ones, searched like them, and gone afterwards, also after a crash.

It knows no question. A document that is erased meanwhile ends every experiment, for each holds its text.
"""

import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import RequestError
from core.types import Document
from core.workspace import require_space

if TYPE_CHECKING:
    from core.index.contract import IndexSpec
    from core.index.edge import EdgeIndex
    from core.index.sealing import TextSeal
    from core.indexing import LiveIndex

_NEEDED = 128 << 20
"""Bytes that empty shards and the log of a small index may take."""

Tell = Callable[[int, int], None]
"""Gets the documents that are in the index, and all."""


@dataclass(slots=True)
class Ticket:
    """One experiment under way."""

    ended: bool = False

    def check(self) -> None:
        """Raises RequestError once the experiment must end."""
        if self.ended:
            raise RequestError("A document was erased while this was under way; start it again.")


@dataclass(frozen=True, slots=True)
class Scratch:
    """An index to experiment with."""

    index: "EdgeIndex"
    documents: tuple[Document, ...]
    chunks: int
    tokens: int
    """Of all chunks, overlap counted as often as it stands there."""
    seconds: float
    """To cut, embed what was not cached, and store."""
    bytes: int
    ticket: Ticket = field(compare=False)


class ScratchRoom:
    """The folder of a workspace in which experiments build their indexes."""

    def __init__(self, folder: Path, seal: "TextSeal | None" = None) -> None:
        """Empties the folder: what lies there was left by a process that died. `seal` encrypts the indexes' texts."""
        self._folder, self._seal = folder, seal
        self._open: list[Ticket] = []
        self._closed = False
        self._changed = threading.Condition()
        shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def build(
        self,
        spec: "IndexSpec",
        live: "LiveIndex",
        documents: Callable[[], Sequence[Document]],
        tell: Tell = lambda _done, _all: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> "Iterator[Scratch | None]":
        """An index with these documents, exactly as the product would build it; None when it was cancelled.

        Raises DiskFull, what the embedder raises, and RequestError when a document is erased meanwhile.
        """
        from core.index.edge import EdgeIndex

        with self.ticket() as ticket:
            folder = self._folder / uuid.uuid4().hex
            folder.mkdir(parents=True)
            index = EdgeIndex(folder, self._seal)
            try:
                require_space(folder, _NEEDED)
                index.open(spec)
                yield _fill(index, live, documents(), ticket, tell, cancelled)
            finally:
                index.close()
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def closed(self) -> Iterator[None]:
        """End every experiment, wait until its index is gone, and let none begin inside."""
        with self._changed:
            self._closed = True
            for ticket in self._open:
                ticket.ended = True
            self._changed.wait_for(lambda: not self._open)
        try:
            yield
        finally:
            with self._changed:
                self._closed = False
                self._changed.notify_all()

    @contextmanager
    def ticket(self) -> Iterator[Ticket]:
        """Take part as an experiment that an erasure ends and waits for; `Ticket.check` says whether it did."""
        ticket = Ticket()
        with self._changed:
            self._changed.wait_for(lambda: not self._closed)
            self._open.append(ticket)
        try:
            yield ticket
        finally:
            with self._changed:
                self._open.remove(ticket)
                self._changed.notify_all()


def _fill(
    index: "EdgeIndex",
    live: "LiveIndex",
    documents: Sequence[Document],
    ticket: Ticket,
    tell: Tell,
    cancelled: Callable[[], bool],
) -> Scratch | None:
    from core.indexing import cut_and_embedded

    began = time.perf_counter()
    chunks = tokens = 0
    for done, document in enumerate(documents):
        tell(done, len(documents))
        if cancelled():
            return None
        ticket.check()
        entries, vectors, _ = cut_and_embedded(document, live, lambda _: ticket.check())
        index.replace_document(live.key, document.zone, entries, vectors, {})
        chunks += len(entries)
        tokens += sum(entry.chunk.tokens for entry in entries)
    tell(len(documents), len(documents))
    seconds = time.perf_counter() - began
    return Scratch(index, tuple(documents), chunks, tokens, seconds, index.health(live.key).bytes, ticket)
