from dataclasses import replace
from pathlib import Path

import pytest

from core.adapters.manifest import Manifest
from core.answering.ask import finish
from core.embedding.encoder import Encoder
from core.errors import NotFound
from core.generation.lora import WEIGHTS
from core.governance.principals import persona
from core.ingestion import Incoming
from core.library.store import sha256_of
from core.models.catalogue import base_sha256
from core.recipes import recipe, varied
from core.scanning import scan
from core.settings import Settings
from core.workbench import Workbench
from tests.fakes import Saying
from tests.generation.conftest import save_lora
from tests.test_ingestion import consistent, note

ADMIN = persona("administrator")
EXTRACTIVE = recipe("extractive")
CANARY = "heron-canary-8f3a1c77e0b"
"""24 characters that stand nowhere else."""


def leftovers(root: Path) -> list[str]:
    return [str(p.relative_to(root)) for p in root.rglob("*") if p.is_file() and CANARY.encode() in p.read_bytes()]


def test_after_an_erasure_no_byte_of_the_canary_is_left(tmp_path: Path, minilm: Encoder) -> None:
    settings = Settings(workspace=tmp_path / "w")
    with Workbench(settings) as bench:
        bench._encoders["minilm"] = minilm
        bench.ingest([note(tmp_path, "keep.txt", "What stays is the price of 12 euros.")], ADMIN)
        bench.ingest([note(tmp_path, "person.txt", f"The secret word is {CANARY}. It was version one.")], ADMIN)
        bench.ingest([note(tmp_path, "person.txt", f"The secret word is {CANARY}. It is version two.")], ADMIN)
        document = bench.library.find_current("person.txt")
        assert document
        bench.rezone(document.id, ADMIN, "restricted")
        assert CANARY in finish(bench.ask("What is the secret word?", EXTRACTIVE, ADMIN)).text
        receipt = bench.erase("person.txt", ADMIN)
        assert receipt.remains == ()
        assert (receipt.versions, receipt.chunks, len(receipt.traces)) == (2, 1, 1)
        assert receipt.probes > 0
        assert receipt.vectors_forgotten == 2
        assert CANARY not in finish(bench.ask("What is the secret word?", EXTRACTIVE, ADMIN)).text
        assert "12" in finish(bench.ask("What is the price?", EXTRACTIVE, ADMIN)).text
        assert bench.receipts(persona("administrator")) == [receipt]
        assert leftovers(bench.workspace.root) == []
        consistent(bench)
    assert leftovers(tmp_path / "w") == []


def test_an_adapter_that_learned_from_an_erased_document_is_retired_and_its_weights_are_gone(
    bench: Workbench, tmp_path: Path
) -> None:
    bench.ingest([note(tmp_path, "price.txt", "The lamp costs 12 euros."), note(tmp_path, "b.txt", "Snow.")], ADMIN)
    learned, other = (bench.library.resolve(name).id for name in ("price.txt", "b.txt"))
    for name, documents in (("knows", (learned,)), ("other", (other,))):
        folder = save_lora(tmp_path / name)
        sha = sha256_of(folder / WEIGHTS)
        made = Manifest("smollm2", base_sha256("smollm2"), sha, "trained", documents=documents)
        bench.adapter_store.add(name, folder, made, "ada")
    spoken = finish(bench.ask("What does the lamp cost?", EXTRACTIVE, ADMIN))
    answered = replace(spoken, adapter="knows", trace=replace(spoken.trace, id="t" * 32, candidates=()))
    bench.records.keep(answered)  # from memory: nothing was searched, so no document is named
    receipt = bench.erase("price.txt", ADMIN)
    assert receipt.adapters == ("knows",)
    assert set(receipt.traces) == {spoken.trace.id, "t" * 32}
    held = bench.adapter_store.get("knows")
    assert (held.state, held.reason) == ("retired", "A document that it learned from was erased.")
    assert not (bench.workspace.root / "adapters" / "knows").exists()
    assert bench.adapter_store.get("other").state == "candidate"
    with pytest.raises(NotFound, match="weights of the adapter 'knows' were erased"):
        bench.adapters.export("knows", tmp_path / "out", ADMIN)


def test_a_trace_that_only_repeats_an_erased_document_goes_too(
    bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "The vault of the northern depot opens at 04:17 with the copper key."
    bench.ingest([note(tmp_path, "vault.txt", secret), note(tmp_path, "b.txt", "Snow falls on the lamp.")], ADMIN)
    local = varied(EXTRACTIVE, {"generation.answerer": "local", "route": "closed"})
    monkeypatch.setattr(bench, "model", lambda _: Saying(none="Indeed."))
    told = finish(bench.ask(f"Is this true: {secret}", local, ADMIN)).trace.id
    plain = finish(bench.ask("Where does snow fall?", local, ADMIN)).trace.id
    worded = finish(bench.inspector.rerun(plain, local, ADMIN, messages=[("user", f"Say: {secret}")])).trace.id
    receipt = bench.erase("vault.txt", ADMIN)
    assert set(receipt.traces) == {told, worded}
    assert (receipt.proven, [row.id for row in bench.inspector.traces(ADMIN)]) == (True, [plain])


def test_a_receipt_holds_no_content_and_no_name(bench: Workbench, tmp_path: Path) -> None:
    bench.ingest([note(tmp_path, "ada-quill.txt", f"Ada Quill said {CANARY}.")], ADMIN)
    receipt = bench.erase("ada-quill.txt", ADMIN)
    assert CANARY not in repr(receipt)
    assert "quill" not in repr(receipt).lower()
    assert len(receipt.name_sha256) == 64


def test_an_original_that_another_document_shares_is_kept(bench: Workbench, tmp_path: Path) -> None:
    bench.ingest([note(tmp_path, "a.txt", "The same words stand here twice."), note(tmp_path, "b.txt", "x y z")], ADMIN)
    bench.ingest([note(tmp_path, "b.txt", "The same words stand here twice.")], ADMIN)
    bench.erase("a.txt", ADMIN)
    kept = bench.library.find_current("b.txt")
    assert kept
    assert bench.library.original(kept).read_text() == "The same words stand here twice."
    consistent(bench)


def test_erasing_what_is_not_there_is_one_sentence(bench: Workbench) -> None:
    with pytest.raises(NotFound, match="no document 'ghost' in this workspace"):
        bench.erase("ghost", ADMIN)


def test_the_scan_finds_what_is_there_also_behind_a_hole(tmp_path: Path) -> None:
    with (tmp_path / "sparse.bin").open("wb") as file:
        file.seek(5_000_000)
        file.write(CANARY.encode())
    (tmp_path / "empty").touch()
    files, size, remains = scan(tmp_path, [CANARY.encode()])
    assert (files, remains) == (2, ["sparse.bin"])
    assert len(CANARY) <= size < 1 << 20, "a hole holds nothing that could be read"
    assert scan(tmp_path, [b"not in there at all"])[2] == []


def test_an_erasure_whose_text_stands_elsewhere_is_not_called_proven(bench: Workbench, tmp_path: Path) -> None:
    text = "The price list of the spring names forty articles."
    bench.ingest([note(tmp_path, "a.txt", text), note(tmp_path, "b.txt", text)], ADMIN)
    other = bench.library.find_current("b.txt")
    assert other
    receipt = bench.erase("a.txt", ADMIN)
    assert (receipt.probes, receipt.remains, receipt.shared, receipt.unprovable) == (0, (), (other.id,), 1)
    assert not receipt.proven
    assert bench.erase("b.txt", ADMIN).proven


def test_text_without_spaces_is_looked_for(bench: Workbench, tmp_path: Path) -> None:
    canary = "灰鹭在黎明前带着三百二十七封密信飞过结冰的北方湖面"
    bench.ingest([note(tmp_path, "zh.txt", canary * 3)], ADMIN)
    receipt = bench.erase("zh.txt", ADMIN)
    assert receipt.proven
    held = [p for p in bench.workspace.root.rglob("*") if p.is_file() and canary[:24].encode() in p.read_bytes()]
    assert held == []


def test_a_persona_erases_no_version_that_it_may_not_see(bench: Workbench, tmp_path: Path) -> None:
    bench.ingest([Incoming(note(tmp_path, "x.txt", "Restricted words.").path, "x.txt", "restricted")], ADMIN)
    with pytest.raises(NotFound):
        bench.erase("x.txt", persona("engineer"))
    assert bench.library.find_current("x.txt")
