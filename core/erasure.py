"""Erases a document everywhere, proves it by reading every byte of the workspace, and leaves a receipt without content.

Rows, vectors, caches, traces and originals go first; then the index files and the database's log are rewritten, since
both keep what was deleted from them.
"""

import hashlib
import json
import random
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from sqlalchemy import Engine, select

from core.adapters.datasets import Datasets
from core.adapters.feedback import FeedbackBook
from core.adapters.proofs import Proofs
from core.adapters.registry import Registry
from core.adapters.trainings import Trainings
from core.answering.records import Records
from core.chunking import chunk_document
from core.chunking.edits import ever
from core.embedding.cache import VectorCache
from core.embedding.context import in_context
from core.erased import words_of
from core.errors import NotFound, RequestError
from core.evaluation.fact_store import FactBook
from core.evaluation.proposed import Proposals
from core.evaluation.question_sets import QuestionSets
from core.evaluation.run_store import RetrievalRuns
from core.forgetting.debts import note_debt
from core.forgetting.receipts import ReceiptBook
from core.index.contract import VectorIndex
from core.indexing import LiveIndex
from core.library.edits import Edits, written
from core.library.store import Library
from core.scanning import scan
from core.storage.compacting import compact
from core.storage.database import receipts
from core.types import ZONES, Document, Zone

_PROBE = 24
"""Characters of a probe: long enough not to occur by chance."""
_PROBES = 60


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was erased, in hashes and counts, and what the scan of all bytes found afterwards."""

    id: str
    erased_at: str
    by: str
    name_sha256: str
    document_ids: tuple[str, ...]
    content_sha256: tuple[str, ...]
    versions: int
    chunks: int
    vectors_forgotten: int
    traces: tuple[str, ...]
    """Ids of the traces that drew on the document; erased with it."""
    adapters: tuple[str, ...]
    """Names of the adapters that had learned from it: retired, and their weights deleted unless they were installed."""
    files_scanned: int
    bytes_scanned: int
    probes: int
    """Pieces of the erased text that the scan looked for."""
    remains: tuple[str, ...]
    """Files, below the workspace, in which a probe was still found."""
    shared: tuple[str, ...] = ()
    """Ids of documents that stay and hold some of the same text."""
    unprovable: int = 0
    """Versions without a piece of text of their own, whose absence no scan can show."""
    questions: int = 0
    """Questions of the question sets that lost a quote or an answer, and proposed ones that were removed."""
    rows: int = 0
    """Rows of datasets that were removed."""
    feedback: int = 0
    """Words of people on answers that were removed."""
    facts: int = 0
    """Facts that were removed, with every verdict on them."""

    UNPROVEN: ClassVar[str] = (
        "Not provable by a scan: all of the text also stands in a document that stays, "
        "or it is too short to search for."
    )

    @property
    def proven(self) -> bool:
        """Whether each version had pieces of its own to look for, and none was found."""
        return bool(self.probes) and not self.remains and not self.unprovable


@dataclass(frozen=True, slots=True)
class Places:
    """Everything that may hold something of a document."""

    root: Path
    engine: Engine
    library: Library
    index: VectorIndex
    live: Sequence[LiveIndex]
    cache: VectorCache
    records: Records
    sets: QuestionSets
    edits: Edits
    datasets: Datasets
    feedback: FeedbackBook
    adapters: Registry
    trainings: Trainings
    proofs: Proofs
    runs: RetrievalRuns
    proposals: Proposals
    facts: FactBook
    cuts: Sequence[LiveIndex] = ()
    """Ways in which documents were cut for indexes that are gone; vectors of theirs may still be cached."""
    lost_models: Sequence[str] = ()
    """Revisions of models that cannot be loaded, whose cached vectors cannot be told apart."""
    mac: Callable[[str, str], str] = lambda _purpose, _text: ""
    """Signs receipts; see `core.governance.noting`."""
    opened: Callable[[Path], Iterable[bytes] | None] = lambda _: None
    """What a file of an encrypted workspace holds; see `core.scanning.scan`."""
    sealed: bool = False
    """Whether the index holds no text in plain, so that it is searched for the ids of the documents instead."""


def erase(name_or_id: str, by: str, places: Places) -> Receipt:
    """Erase all versions of a document and return the receipt, which is also kept; raises NotFound."""
    documents = versions_of(name_or_id, places)
    name = documents[0].name
    ids = [document.id for document in documents]
    adapters = places.adapters.learned_from(ids)
    traces = sorted({*places.records.about(ids), *places.records.by_adapters(adapters)})
    by_hand = {document.id: written(places.edits.history(document.id)) for document in places.library.every()}
    probes, shared, unprovable = probes_of(documents, places.library, by_hand)
    counts = [places.index.counts(each.key, zone) for each in places.live for zone in ZONES]
    chunks = sum(count.get(i, 0) for count in counts for i in ids)
    forgotten = places.cache.forget(list(embedded_texts(documents, [*places.live, *places.cuts], places.edits)))
    forgotten += sum(places.cache.forget_model(revision) for revision in places.lost_models)
    held = {
        (each.key, zone)
        for each in places.live
        for zone in ZONES
        if set(ids) & set(places.index.counts(each.key, zone))
    }
    for key, zone in held:
        places.index.delete_documents(key, zone, ids)
    places.trainings.forget(ids)
    receipt_id = uuid.uuid4().hex
    for adapter in adapters:
        learner = places.adapters.get(adapter)
        lost = sorted(set(ids) & set(learner.manifest.documents))
        note_debt(places.engine, adapter, receipt_id, learner.dataset, (), lost)
        places.adapters.retire(adapter, "A document that it learned from was erased.", forget=True)
    shutil.rmtree(places.root / "maps", ignore_errors=True)
    staying = [text for o in places.library.every() if o.id not in set(ids) for text in (o.text, *by_hand[o.id])]
    gone = [text for document in documents for text in (document.text, *by_hand[document.id])]
    typed = places.records.written()
    theirs = words_of([text for texts in typed.values() for text in texts], gone, staying)
    traces = sorted({*traces, *(key for key, texts in typed.items() if any(map(theirs, texts)))})
    places.records.forget(traces)
    places.runs.forget(traces)
    questions = places.sets.forget(name, gone, staying)
    questions += places.proposals.forget(ids, gone, staying)
    rows = places.datasets.forget(ids, gone, staying)
    feedback = places.feedback.forget(ids, gone, staying)
    facts = places.facts.forget(name, gone, staying)
    places.proofs.forget(ids)
    places.library.remove(ids)
    marks = [each.encode() for each in ids] if places.sealed else []
    for key, zone in sorted(held | _shards_with([*probes, *marks], places)):
        places.index.rewrite(key, zone)
    compact(places.engine)
    files, scanned, remains = scan(places.root, probes, places.opened)
    if marks:
        remains += [f"index/{each}" for each in scan(places.root / "index", marks)[2]]
    receipt = Receipt(
        id=receipt_id,
        erased_at=datetime.now(UTC).isoformat(timespec="seconds"),
        by=by,
        name_sha256=hashlib.sha256(name.encode()).hexdigest(),
        document_ids=tuple(ids),
        content_sha256=tuple(document.content_hash for document in documents),
        versions=len(documents),
        chunks=chunks,
        vectors_forgotten=forgotten,
        traces=tuple(traces),
        adapters=tuple(adapters),
        files_scanned=files,
        bytes_scanned=scanned,
        probes=len(probes),
        remains=tuple(remains),
        shared=tuple(shared),
        unprovable=unprovable,
        questions=questions,
        rows=rows,
        feedback=feedback,
        facts=facts,
    )
    ReceiptBook(places.engine, places.mac).keep("document", receipt.id, receipt.erased_at, asdict(receipt))
    return receipt


def kept_receipts(engine: Engine) -> list[Receipt]:
    """All receipts, newest first."""
    with engine.connect() as connection:
        mine = select(receipts.c.body).where(receipts.c.kind == "document")
        bodies = connection.execute(mine.order_by(receipts.c.erased_at.desc())).scalars().all()
    tuples: list[dict[str, Any]] = [
        {k: tuple(v) if isinstance(v, list) else v for k, v in body.items()} for body in bodies
    ]
    return [Receipt(**body) for body in tuples]


def probes_of(
    documents: Sequence[Document], library: Library, by_hand: Mapping[str, Sequence[str]]
) -> tuple[list[bytes], list[str], int]:
    """Pieces of the texts that stand in no other document, spread over each text, in the encodings of the store.

    With them the ids of documents that stay and share a piece, and the number of versions that have none of their own.
    `by_hand` holds, by document, what people wrote in the place of passages; it is looked for too.
    """
    gone = {document.id for document in documents}
    others = {o.id: "\n".join([o.text, *by_hand.get(o.id, ())]) for o in library.every() if o.id not in gone}
    chosen: list[bytes] = []
    shared: set[str] = set()
    bare = 0
    for document in documents:
        found, holders = _probes_in(document.text, others, document.id)
        chosen += found
        shared |= holders
        bare += not found
        for text in by_hand.get(document.id, ()):
            chosen += _probes_in(text, others, document.id)[0]
    return chosen, sorted(shared), bare


def _probes_in(text: str, others: Mapping[str, str], seed: str) -> tuple[list[bytes], set[str]]:
    """Pieces of a text that none of the others holds, and the keys of those that hold one."""
    places = range(0, max(1, len(text) - _PROBE), max(1, len(text) // (4 * _PROBES)))
    pieces = [text[i : i + _PROBE] for i in places]
    random.Random(seed).shuffle(pieces)  # noqa: S311 - a spread over the text, not a secret
    chosen: list[bytes] = []
    shared: set[str] = set()
    found = 0
    for piece in (p for p in pieces if len(set(p)) > 4):
        holders = {key for key, other in others.items() if piece in other}
        shared |= holders
        if not holders and found < _PROBES:
            found += 1
            chosen += {piece.encode("utf-8", "surrogatepass"), json.dumps(piece)[1:-1].encode()}
    return chosen, shared


def _shards_with(probes: Sequence[bytes], places: Places) -> set[tuple[str, Zone]]:
    """Index files in which an earlier version, or an earlier zone of the document, left something."""
    return {
        (each.key, zone)
        for each in places.live
        for zone in ZONES
        if scan(places.root / "index" / each.key / zone, probes)[2]
    }


def versions_of(name_or_id: str, places: Places) -> list[Document]:
    """All versions of the document that is named; raises NotFound."""
    every = places.library.every()
    named = [document for document in every if document.name == name_or_id]
    if not named:
        named = [document for document in every if document.id == name_or_id]
        named = [document for document in every if named and document.name == named[0].name]
    if not named:
        raise NotFound(f"There is no document '{name_or_id}' in this workspace.")
    return named


def embedded_texts(documents: Sequence[Document], live: Sequence[LiveIndex], edits: Edits) -> Iterator[str]:
    """The texts of documents whose vectors may be cached, however they were cut."""
    for document in documents:
        for each in live:
            sentences: list[str] = []

            def noted(texts: Sequence[str], each: LiveIndex = each, noted: list[str] = sentences) -> np.ndarray:
                noted.extend(texts)
                return each.vectors(texts)

            try:
                chunks = chunk_document(document, each.chunking, each.embedder.tokens, noted)
            except RequestError:  # tried once with a strategy that there is not: nothing was embedded
                continue
            for chunk in ever(document, chunks, edits.history(document.id), each.embedder.tokens):
                yield in_context(document.name, chunk.headings, chunk.text)
            yield from sentences
