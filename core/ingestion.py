"""Files become searchable documents: parse, chunk, embed, index, publish; and what a crash left is put right.

Parsing runs ahead in its own thread (and child process) while the encoder works. A document is published only after
every live index holds all of it. It knows the order of these steps, not how any of them is done.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.changes import retag, rezone
from core.chunking import chunk_id, chunk_text
from core.embedding.context import in_context
from core.embedding.language import language_of
from core.errors import ReadingCancelled, RequestError, TouchstoneError
from core.incoming import Incoming, Outcome, Progress
from core.index.contract import VectorIndex
from core.indexing import LiveIndex, cut_and_embedded, entry_of, reconcile
from core.library.parsing import Parser, Parsers
from core.library.store import Library, sha256_of, stricter
from core.types import Chunk, Document, ParsedFile
from core.workspace import require_space

_TOGETHER = 256
"""Chunks that are embedded in one go, so that short documents fill batches too."""
_AHEAD = 8
"""Parsed files that may wait for the encoder."""
_BYTES_A_CHUNK = 16_384
"""Room that a chunk takes at most: vector, text and words, in the index's files, its log and the cache."""
_READERS = 2
"""Files that are read at the same time, each by a child process of its own."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    incoming: Incoming
    parsed: ParsedFile
    chunks: dict[str, list[Chunk]]
    """By index key; document ids are not known yet."""
    language: str | None


@dataclass(frozen=True, slots=True)
class _Embedded:
    vectors: np.ndarray
    beyond: int
    """Chunks that exceed the embedder's window."""


class _Positions:
    """Hands out 0, 1, 2, … to several threads."""

    def __init__(self, count: int) -> None:
        self._rest = iter(range(count))
        self._lock = threading.Lock()

    def take(self) -> int | None:
        """The next position, None when there is none."""
        with self._lock:
            return next(self._rest, None)


Report = Callable[[Progress], None]
Check = Callable[[Incoming, Document | None], None]
"""Raises AccessDenied when a file may not be taken in, or not over the current document of its name."""


def ingest(
    files: Sequence[Incoming],
    library: Library,
    index: VectorIndex,
    live: Sequence[LiveIndex],
    by: str,
    check: Check,
    report: Report = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
    parsers: Parsers | None = None,
) -> list[Outcome]:
    """Take in files one after another; a refused file costs only itself. The outcomes keep the order of `files`.

    `parsers` are kept by the caller between runs; without them the run has its own.
    """
    own = parsers or Parsers()
    try:
        return _Run(files, library, index, live, by, check, report, cancelled, own).outcomes()
    finally:
        if parsers is None:
            own.close()


class _Run:
    def __init__(
        self,
        files: Sequence[Incoming],
        library: Library,
        index: VectorIndex,
        live: Sequence[LiveIndex],
        by: str,
        check: Check,
        report: Report,
        cancelled: Callable[[], bool],
        parsers: Parsers,
    ) -> None:
        self._parsers = parsers
        self._files = files
        self._library = library
        self._index = index
        self._live = live
        self._by = by
        self._check = check
        self._report = report
        self._cancelled = cancelled
        self._began = time.monotonic()
        self._done: dict[int, Outcome] = {}
        self._chunks = 0
        self._seen: set[tuple[str, str]] = set()
        self._seeing = threading.Lock()
        self._telling = threading.Lock()
        self._work_told = 0.0
        self._chunks_told = 0

    def outcomes(self) -> list[Outcome]:
        """Run to the end, or to the next file boundary after a cancellation."""
        for batch in _gather(self._prepared()):
            vectors = self._embed([prepared for _, prepared in batch])
            for position, prepared in batch:
                if self._cancelled():
                    break
                self._tell("writing", prepared.incoming.name)
                self._done[position] = self._store(prepared, {key: next(v) for key, v in vectors.items()})
        for position, incoming in enumerate(self._files):
            self._done.setdefault(position, Outcome(incoming.name, "cancelled"))
        self._tell("done", "")
        return [self._done[position] for position in range(len(self._files))]

    def _prepared(self) -> Iterator[tuple[int, _Prepared] | None]:
        """Parsed and cut files as they come from the reading thread; None when the encoder would have to wait."""
        ready: queue.Queue[tuple[int, _Prepared | Outcome | Exception] | None] = queue.Queue(maxsize=_AHEAD)
        stop = threading.Event()
        waiting = _Positions(len(self._files))
        readers = [
            threading.Thread(target=self._read, args=(ready, waiting, stop), name=f"reader-{n}", daemon=True)
            for n in range(min(_READERS, len(self._files)))
        ]
        for reader in readers:
            reader.start()
        reading = len(readers)
        try:
            while reading:
                if ready.empty():
                    yield None
                item = ready.get()
                if item is None:
                    reading -= 1
                    continue
                position, result = item
                if isinstance(result, Exception):
                    raise result
                if isinstance(result, Outcome):
                    same = result.state == "unchanged" and result.document_id
                    self._done[position] = self._update(self._files[position], result) if same else result
                    self._tell("reading", result.name)
                else:
                    yield position, result
        finally:
            stop.set()
            while any(reader.is_alive() for reader in readers):
                _drain(ready)
                time.sleep(0.02)

    def _read(
        self,
        ready: "queue.Queue[tuple[int, _Prepared | Outcome | Exception] | None]",
        waiting: "_Positions",
        stop: threading.Event,
    ) -> None:
        def halted() -> bool:
            return stop.is_set() or self._cancelled()

        with self._parsers.lend() as parser:
            while not halted() and (position := waiting.take()) is not None:
                incoming = self._files[position]
                self._tell("reading", incoming.name)
                try:
                    with self._library.files.plain(incoming.path) as path:
                        ready.put((position, self._prepare(parser, incoming, path, halted)))
                except ReadingCancelled:
                    break
                except TouchstoneError as refused:
                    ready.put((position, Outcome(incoming.name, "refused", error=str(refused))))
                except Exception as error:  # reported to the thread that asked, which raises it
                    ready.put((position, error))
                    break
        ready.put(None)

    def _prepare(
        self, parser: Parser, incoming: Incoming, path: Path, halted: Callable[[], bool]
    ) -> _Prepared | Outcome:
        if path.is_file():
            digest = sha256_of(path)
            current = self._library.find_current(incoming.name)
            self._check(incoming, current)
            if current and current.content_hash == digest:
                return Outcome(incoming.name, "unchanged", current.id)
            with self._seeing:
                if (incoming.name, digest) in self._seen:
                    return Outcome(incoming.name, "unchanged")
                self._seen.add((incoming.name, digest))
        parsed = parser.parse(path, incoming.name, halted)
        chunks = {
            live.key: chunk_text(
                parsed.text,
                live.chunking,
                live.embedder.tokens,
                "",
                parsed.pages,
                parsed.headings,
                parsed.tables,
                live.vectors,
            )
            for live in self._live
        }
        return _Prepared(incoming, parsed, chunks, language_of(parsed.text))

    def _update(self, incoming: Incoming, same: Outcome) -> Outcome:
        """Give a document whose content came again the zone, labels and validity that came with it."""
        if incoming.origin:  # a followed folder brings content; what was set by hand since stays
            return same
        held = self._library.get(str(same.document_id))
        zone = stricter(held.zone, incoming.zone)
        wanted = (
            held.labels if incoming.labels is None else tuple(sorted(set(incoming.labels))),
            incoming.valid_from or held.valid_from,
            incoming.valid_until or held.valid_until,
        )
        if zone == held.zone and wanted == (held.labels, held.valid_from, held.valid_until):
            return same
        try:
            retag(held, *wanted, self._library, self._index, self._live)
        except RequestError as refused:
            return Outcome(incoming.name, "refused", error=str(refused))
        rezone(self._library.get(held.id), zone, self._library, self._index, self._live)
        return replace(same, state="updated")

    def _embed(self, batch: Sequence[_Prepared]) -> dict[str, Iterator[_Embedded]]:
        """Vectors of each document of the batch, in its order, by index key."""
        embedded = {}
        for live in self._live:
            lists = [prepared.chunks[live.key] for prepared in batch]
            texts = [
                in_context(prepared.incoming.name, chunk.headings, chunk.text)
                for prepared, chunks in zip(batch, lists, strict=True)
                for chunk in chunks
            ]
            over = np.array(live.embedder.tokens_over(texts), dtype=np.int64) > 0
            flat = live.embedder.passages(texts, progress=self._embedding(batch, len(texts)))
            self._chunks += len(flat)
            cuts = np.cumsum([len(chunks) for chunks in lists])[:-1]
            pairs = zip(np.split(flat, cuts), np.split(over, cuts), strict=True)
            embedded[live.key] = iter([_Embedded(vectors, int(beyond.sum())) for vectors, beyond in pairs])
        return embedded

    def _embedding(self, batch: Sequence[_Prepared], chunks: int) -> Callable[[int], None]:
        """Reports the chunks of a batch as they are embedded."""
        before, name = self._chunks, batch[-1].incoming.name

        def report(done: int) -> None:
            self._tell("embedding", name, before + done, 0.95 * len(batch) * done / max(1, chunks))

        return report

    def _store(self, prepared: _Prepared, embedded: dict[str, _Embedded]) -> Outcome:
        incoming = prepared.incoming
        chunks_in_all = sum(len(chunks) for chunks in prepared.chunks.values())
        require_space(self._library.folder, 4 * incoming.path.stat().st_size + _BYTES_A_CHUNK * chunks_in_all)
        with self._library.files.plain(incoming.path) as path:
            document, before = self._library.stage(
                path,
                incoming.name,
                prepared.parsed,
                incoming.zone,
                incoming.labels,
                self._by,
                incoming.valid_from,
                incoming.valid_until,
                incoming.origin,
                prepared.language,
            )
        old = {before.zone: [before.id]} if before else {}
        counts = {}
        try:
            for live in self._live:
                vectors, beyond = embedded[live.key].vectors, embedded[live.key].beyond
                entries = [entry_of(chunk, document) for chunk in _own(prepared.chunks[live.key], document)]
                if live.edits(document.id):  # changes by hand that came along with the same bytes
                    entries, vectors, beyond = cut_and_embedded(document, live)
                self._index.replace_document(live.key, document.zone, entries, vectors, old)
                counts[live.key] = (len(entries), beyond)
            self._library.publish(document, before, counts)
        except BaseException:
            reconcile(self._library, self._index, self._live)
            raise
        first, _ = counts[self._live[0].key]
        return Outcome(incoming.name, "replaced" if before else "added", document.id, first)

    def _tell(self, stage: str, file: str, chunks: int | None = None, under_way: float = 0.0) -> None:
        """Report, from any thread; what was told once is never taken back."""
        with self._telling:
            seconds = time.monotonic() - self._began
            files, done = len(self._done), self._chunks if chunks is None else chunks
            self._work_told = max(self._work_told, files + under_way)
            self._chunks_told = max(self._chunks_told, done)
            under_way = self._work_told - files
            self._report(Progress(stage, file, files, len(self._files), self._chunks_told, seconds, under_way))


def _own(chunks: list[Chunk], document: Document) -> list[Chunk]:
    """The same chunks under the document's id."""
    return [
        replace(chunk, id=chunk_id(document.id, chunk.start, chunk.end), document_id=document.id) for chunk in chunks
    ]


def _gather(items: Iterator[tuple[int, _Prepared] | None]) -> Iterator[list[tuple[int, _Prepared]]]:
    """Batches of about `_TOGETHER` chunks; a smaller one where waiting would leave the encoder idle."""
    batch: list[tuple[int, _Prepared]] = []
    size = 0
    for item in items:
        if item is not None:
            batch.append(item)
            size += max((len(chunks) for chunks in item[1].chunks.values()), default=0)
        if batch and (item is None or size >= _TOGETHER):
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _drain(items: "queue.Queue[Any]") -> None:
    try:
        while True:
            items.get_nowait()
    except queue.Empty:
        return
