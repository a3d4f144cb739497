"""A workspace with a key, used as any other, and turned into one and back."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from core import inbox
from core.adapters.manifest import Manifest
from core.answering.ask import finish
from core.embedding.encoder import Encoder
from core.encryption import decrypt, encrypt
from core.errors import RequestError, WeightsError, WrongKey
from core.generation.lora import WEIGHTS, read_lora
from core.governance.principals import persona
from core.index.contract import Access
from core.index.contract import Query as Search
from core.ingestion import Incoming
from core.library.store import sha256_of
from core.models.catalogue import base_sha256
from core.protecting import check, claims
from core.recipes import recipe
from core.scanning import scan
from core.settings import Settings
from core.storage.pages import pages_of
from core.workbench import Workbench
from tests.conftest import NOTHING, SAMPLE_FILES
from tests.generation.conftest import save_lora

ADMIN, EXTRACTIVE = persona("administrator"), recipe("extractive")
CANARY = "heron-canary-8f3a1c77e0b"
FACT = f"The secret word of the northern depot is {CANARY}."
KEY, OTHER = "a passphrase of some length", "another passphrase of mine"
NAME = "depot-handbook.txt"


def opened(folder: Path, minilm: Encoder, key: str | None) -> Workbench:
    settings = Settings(workspace=folder, encryption_key=SecretStr(key) if key else None)
    bench = Workbench(settings, "a test")
    bench._encoders["minilm"] = minilm
    bench.adapter_store._shipped = NOTHING
    return bench


def fill(bench: Workbench, tmp_path: Path) -> str:
    """A document, a question, an upload that waits, an adapter; the id of the trace."""
    (tmp_path / NAME).write_text(FACT)
    bench.ingest([Incoming(tmp_path / NAME, NAME, "internal")], ADMIN)
    (waits,) = bench.receive([f"An upload with {CANARY}.".encode()], ADMIN)
    inbox.remember(bench.workspace.inbox, [Incoming(waits, f"{CANARY}.txt")], ADMIN, "1 file", bench.files)
    folder = save_lora(tmp_path / "tone")
    made = Manifest("smollm2", base_sha256("smollm2"), sha256_of(folder / WEIGHTS), "imported")
    bench.adapter_store.add("tone", folder, made, "ada")
    return finish(bench.ask("What is the secret word?", EXTRACTIVE, ADMIN)).trace.id


def plain_in(folder: Path, *pieces: str) -> list[str]:
    return sorted(
        path.relative_to(folder).parts[0]
        for path in folder.rglob("*")
        if path.is_file() and any(piece.encode() in path.read_bytes() for piece in pieces)
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, minilm: Encoder) -> Iterator[tuple[Path, str]]:
    """A closed workspace that was begun with a key; tests only read it."""
    from core.storage import keys

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "COST", 1 << 10)
        folder = tmp_path_factory.mktemp("sealed") / "w"
        with opened(folder, minilm, KEY) as bench:
            bench.ingest([Incoming(SAMPLE_FILES / "returns-policy.pdf", "r.pdf", "public")], ADMIN)
            trace = fill(bench, tmp_path_factory.mktemp("from"))
        yield folder, trace


def test_it_is_used_as_any_other_and_holds_no_word_in_plain(made: tuple[Path, str], minilm: Encoder) -> None:
    folder, trace = made
    assert plain_in(folder, CANARY, NAME, "secret word", "northern") == []
    with opened(folder, minilm, KEY) as bench:
        assert [row.name for row in bench.documents(ADMIN)] == [NAME, "r.pdf"]
        assert bench.inspector.open(trace, ADMIN).text
        document = bench.library.find_current(NAME)
        assert document
        with bench.files.plain(bench.library.original(document)) as path:
            assert path.read_text() == FACT
        assert bench.check(ADMIN, False) == []
        assert bench.audit.verify(ADMIN).intact
        found = finish(bench.ask("What is the secret word?", EXTRACTIVE, ADMIN))
        assert (CANARY in found.text, found.sources[0].hit.document) == (True, NAME)
        assert list((bench.workspace.temporary).glob("*")) == []
        assert check(bench, ADMIN).kept
        assert {claim.kind: claim.state for claim in claims(bench, ADMIN)} == {
            "originals": "encrypted", "uploads that wait": "encrypted", "database": "encrypted",
            "database log": "encrypted", "cached vectors": "encrypted", "words in the index": "encrypted",
            "vectors in the index": "plain", "adapters": "encrypted", "unfinished trainings": "none", "maps": "none",
            "model weights": "plain", "key of the audit": "encrypted", "checkpoints of the audit": "plain",
            "temporary copies": "none", "logs": "elsewhere", "names, sizes, times": "plain",
            "exports and backups": "elsewhere",
        }  # fmt: skip


def test_the_index_knows_documents_by_name_although_their_names_are_sealed(
    made: tuple[Path, str], minilm: Encoder
) -> None:
    with opened(made[0], minilm, KEY) as bench:
        key = bench.index.keys()[0]
        assert bench.index.facet(key, "internal", "document") == {NAME: 1}
        search = Search(None, "secret word", 3)
        assert [f.entry.document for f in bench.index.search(key, search, Access.of(ADMIN)).sparse] == [NAME]


def test_an_upload_that_waits_is_taken_in_after_a_restart_and_its_erasure_is_proven(
    tmp_path: Path, minilm: Encoder
) -> None:
    with opened(tmp_path / "w", minilm, KEY) as bench:
        (waits,) = bench.receive([FACT.encode()], ADMIN)
        inbox.remember(bench.workspace.inbox, [Incoming(waits, NAME, "public")], ADMIN, "1 file", bench.files)
    assert plain_in(tmp_path / "w", CANARY, NAME) == []
    with opened(tmp_path / "w", minilm, KEY) as bench:
        for job in bench.resume_jobs():
            assert bench.jobs.wait(job) and job.state == "done"
        assert [row.name for row in bench.documents(ADMIN)] == [NAME]
        assert list(bench.workspace.inbox.iterdir()) == []
        assert bench.vault
        log = bench.workspace.database.with_name("touchstone.db-wal")
        assert CANARY.encode() in b"".join(pages_of(log, bench.vault.database))  # the scan would see it
        document = bench.library.find_current(NAME)
        assert document and scan(bench.workspace.root, [CANARY.encode()], bench.plain_pieces)[2] == [
            f"originals/{document.content_hash}",
            "touchstone.db-wal",
        ]
        receipt = bench.erase(NAME, ADMIN)
        assert (receipt.proven, receipt.remains) == (True, ())
        assert CANARY.encode() not in b"".join(pages_of(bench.workspace.database, bench.vault.database))
        assert plain_in(bench.workspace.index, document.id) == []


def test_pages_of_an_original_are_drawn_from_a_copy_that_goes(made: tuple[Path, str], minilm: Encoder) -> None:
    with opened(made[0], minilm, KEY) as bench:
        document = bench.library.find_current("r.pdf")
        assert document and bench.page_image(document.id, 1, 0, 40, ADMIN).png.startswith(b"\x89PNG")
        assert list(bench.workspace.temporary.iterdir()) == []


def test_an_adapter_answers_from_a_private_copy_and_a_changed_one_does_not(
    made: tuple[Path, str], minilm: Encoder
) -> None:
    with opened(made[0], minilm, KEY) as bench:
        store = bench.adapter_store
        place = store.place("tone", base_sha256("smollm2"), ("candidate",))
        with store.opened(place) as folder:
            assert len(read_lora(folder)) > 0
        weights = (place / WEIGHTS).read_bytes()
        bench.files.write(place / WEIGHTS, b"other weights")
        with pytest.raises(WeightsError, match="are not those that were taken in"), store.opened(place):
            pass
        (place / WEIGHTS).write_bytes(weights)


def test_a_file_that_was_put_back_in_plain_or_changed_is_told(made: tuple[Path, str], minilm: Encoder) -> None:
    with opened(made[0], minilm, KEY) as bench:
        document = bench.library.find_current(NAME)
        assert document
        original = bench.library.original(document)
        held = original.read_bytes()
        original.write_text(FACT)
        found = check(bench, ADMIN)
        assert (found.kept, found.found) == (False, (f"originals/{original.name}",))
        assert "not encrypted as it should be" in found.broken[0]
        assert next(claim.state for claim in claims(bench, ADMIN) if claim.kind == "originals") == "in part"
        original.write_bytes(held)
        assert check(bench, ADMIN).kept


def test_encrypting_changing_the_key_and_decrypting_keep_everything(tmp_path: Path, minilm: Encoder) -> None:
    folder = tmp_path / "w"
    with opened(folder, minilm, None) as bench:
        trace = fill(bench, tmp_path)
        before = _content(bench)
        assert check(bench, ADMIN).found
    assert {"originals", "touchstone.db", "inbox", "index"} <= set(plain_in(folder, CANARY))
    (folder / "originals" / ".half.part").write_text(CANARY)
    (folder / "scratch").mkdir(exist_ok=True)
    (folder / "scratch" / "left").write_text(CANARY)

    def settings(key: str | None) -> Settings:
        return Settings(workspace=folder, encryption_key=SecretStr(key) if key else None)

    with pytest.raises(RequestError, match="Set TOUCHSTONE_ENCRYPTION_KEY"):
        encrypt(settings(None), None)
    encrypt(settings(KEY), None)
    assert plain_in(folder, CANARY, NAME, "secret word") == []
    for wrong in (None, OTHER):
        with pytest.raises(WrongKey):
            opened(folder, minilm, wrong)
        with pytest.raises(WrongKey):
            decrypt(settings(wrong))
    with pytest.raises(RequestError, match="is encrypted already"):
        encrypt(settings(KEY), None)

    sealed = (folder / "audit.key").read_bytes()
    encrypt(settings(KEY), OTHER.encode())
    assert (folder / "audit.key").read_bytes() == sealed  # wrapped anew, not written anew
    with pytest.raises(WrongKey):
        opened(folder, minilm, KEY)
    encrypt(settings(OTHER), KEY.encode(), anew=True)
    assert (folder / "audit.key").read_bytes() != sealed
    with opened(folder, minilm, KEY) as bench:
        assert _content(bench) == before
        assert check(bench, ADMIN).kept
    decrypt(settings(KEY))
    assert not (folder / "encryption.json").exists()
    with opened(folder, minilm, None) as bench:
        assert _content(bench) == before
        assert bench.audit.verify(ADMIN).intact
        assert bench.inspector.open(trace, ADMIN).text
    assert not (folder / "converting").exists()
    assert (folder / "audit.key").stat().st_mode & 0o777 == 0o600


def _content(bench: Workbench) -> tuple[object, ...]:
    key = bench.index.keys()[0]
    with bench._engine.connect() as connection:
        rows = connection.execute(text("SELECT id, text, name FROM documents")).all()
        traces = connection.execute(text("SELECT id, body FROM traces")).all()
    stored = [(s.entry, s.vector.tobytes()) for s in bench.index.iterate(key, "internal")]
    notes = [json.loads(bench.files.read(note)) for note in bench.workspace.inbox.glob("*.json")]
    assert bench.mended == [] and bench.check(ADMIN, False) == []
    return rows, traces, stored, notes
