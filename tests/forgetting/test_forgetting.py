import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from core.adapters.manifest import Manifest
from core.adapters.rows import Row
from core.answering.ask import finish
from core.embedding.encoder import Encoder
from core.errors import AccessDenied, NotFound, RequestError
from core.evaluation.questions import Evidence, Question
from core.forgetting.person import BLOCK, Person
from core.generation.lora import WEIGHTS
from core.governance.audit import Query
from core.governance.principals import persona
from core.guardrails.policy import STANDARD
from core.library.store import sha256_of
from core.models.catalogue import base_sha256
from core.recipes import recipe
from core.settings import Settings
from core.storage.database import documents, receipts
from core.workbench import Workbench
from tests.generation.conftest import save_lora
from tests.test_ingestion import consistent, note

ADMIN, OFFICER, ENGINEER = persona("administrator"), persona("officer"), persona("engineer")
EXTRACTIVE = recipe("extractive")
WHO = Person("Maria Keller", emails=("maria.keller@heron.example",))
LIST = (
    "The boathouse key is kept by Maria Keller. Write to maria.keller@heron.example.\n\nKeller has the spare oar too."
)


def named(root: Path) -> list[str]:
    """Files that hold the name or the address, read without our own search."""
    held = [p for p in root.rglob("*") if p.is_file()]
    return [p.name for p in held if b"maria keller" in p.read_bytes().lower() or b"maria.keller" in p.read_bytes()]


def world(bench: Workbench, folder: Path) -> str:
    """Documents, questions, a set, a dataset and an adapter that name her; returns the id of the list."""
    bench.ingest(
        [note(folder, "keys.txt", LIST), note(folder, "snow.txt", "Snow falls on the lake in January.")], ADMIN
    )
    document = bench.library.resolve("keys.txt").id
    answer = finish(bench.ask("Who keeps the boathouse key?", EXTRACTIVE, persona("analyst")))
    assert "Maria Keller" in answer.text
    bench.feedback(answer, "up", persona("analyst"), "It is Maria Keller, by the dock.")
    finish(bench.ask("Where does snow fall?", EXTRACTIVE, ADMIN))
    asked = Question("q1", "Who keeps the key?", answers=("Maria Keller",), evidence=(Evidence("keys.txt", LIST[:41]),))
    bench.lab.sets.save("keys", [asked, Question("q2", "Where is snow?", answers=("the lake",))], ADMIN)
    bench.dataset_store.create("oars", "administrator")
    rows = [Row("r1", "Who has it?", "Maria Keller has it."), Row("r2", "Where is snow?", "On the lake.")]
    bench.dataset_store.add("oars", rows, "administrator")
    lora = save_lora(folder / "lora")
    made = Manifest("smollm2", base_sha256("smollm2"), sha256_of(lora / WEIGHTS), "trained", dataset="oars")
    bench.adapter_store.add("rower", lora, made, "administrator")
    return document


def test_a_person_is_redacted_everywhere_and_every_offset_stays_true(tmp_path: Path, minilm: Encoder) -> None:
    with Workbench(Settings(workspace=tmp_path / "w")) as bench:
        bench._encoders["minilm"] = minilm
        document = world(bench, tmp_path)
        before = [(e.chunk.id, e.chunk.start, e.chunk.end) for e in bench.passages(document, EXTRACTIVE, ADMIN)]
        assert named(bench.workspace.root)
        found = bench.forgetting.preview(WHO, ADMIN)
        kinds = {place.kind for place in found.places}
        assert {
            "document",
            "question and answer",
            "feedback",
            "question set",
            "dataset row",
            "adapter's weights",
        } <= kinds
        (place,) = [each for each in found.places if each.table == "documents"]
        assert [seen.text for seen in place.mentions] == ["Maria Keller", "maria.keller@heron.example", "Keller"]
        assert place.mentions[0].before.endswith("kept by ")
        assert place.mentions[0].after.startswith(". Write")

        receipt = bench.forgetting.forget(WHO, "redact", ADMIN)
        assert (receipt.remains, receipt.kept, receipt.finished) == ((), 0, True)
        assert named(bench.workspace.root) == []
        held = bench.library.get(document)
        assert held.text == LIST.replace("Maria Keller", BLOCK * 12).replace(
            "maria.keller@heron.example", BLOCK * 26
        ).replace("Keller", BLOCK * 6)
        after = list(bench.passages(document, EXTRACTIVE, ADMIN))
        assert [(e.chunk.id, e.chunk.start, e.chunk.end) for e in after] == before
        assert all(e.chunk.text == held.text[e.chunk.start : e.chunk.end] for e in after)
        assert bench.lab.sets.get("keys", ADMIN).questions[0].evidence[0].quote == held.text[:41]
        assert [each.row.id for each in bench.dataset_store.get("oars").rows] == ["r2"]
        assert bench.adapter_store.get("rower").state == "retired"
        assert found.learned[0].untrainable == ""
        (debt,) = bench.forgetting.debts(ADMIN)
        assert (debt.adapter, debt.rows) == ("rower", 1)
        assert debt.command == "python -m core adapters train rower-anew --dataset oars"
        told = finish(bench.ask("Who keeps the boathouse key?", EXTRACTIVE, ADMIN))
        assert "Keller" not in told.text
        assert BLOCK in told.text
        with pytest.raises(NotFound, match="was removed when the document was redacted"):
            bench.library.original(held)
        consistent(bench)
        comes_not_back(bench, tmp_path)
    assert named(tmp_path / "w") == []


def comes_not_back(bench: Workbench, folder: Path) -> None:
    """The same bytes are refused under any name, and from a followed folder; nothing of the file is kept to tell it."""
    file = note(folder, "keys.txt", LIST)
    for again in (file, replace(file, name="other.txt"), replace(file, origin=str(folder))):
        (outcome,) = bench.ingest([again], ADMIN)
        assert outcome.state == "refused"
        assert "was forgotten on" in str(outcome.error)
    (barred,) = bench.forgetting.barred(OFFICER)
    assert sha256_of(file.path) not in barred.id


def test_a_file_that_names_somebody_only_inside_goes_too(bench: Workbench, tmp_path: Path) -> None:
    from docx import Document as Word

    made = Word()
    made.add_paragraph("The oars are stored behind the boathouse, in the dry corner.")
    made.core_properties.author = "Maria Keller"
    path = tmp_path / "oars.docx"
    made.save(str(path))
    bench.ingest([replace(note(tmp_path, "x.txt", "x"), path=path, name="oars.docx")], ADMIN)
    (place,) = bench.forgetting.preview(WHO, ADMIN).places
    assert (place.kind, place.mentions, place.ways) == ("original file", (), ("redact", "keep"))
    assert bench.forgetting.forget(WHO, "redact", ADMIN).remains == ()
    assert bench.library.resolve("oars.docx").text.startswith("The oars are stored")
    assert list(bench.workspace.originals.iterdir()) == []


def test_an_adapter_that_ships_is_told_to_be_closed_and_not_to_be_trained_anew(
    bench: Workbench, tmp_path: Path
) -> None:
    bench.ingest([note(tmp_path, "keys.txt", LIST)], ADMIN)
    document = bench.library.resolve("keys.txt").id
    lora = save_lora(tmp_path / "lora")
    made = Manifest("smollm2", base_sha256("smollm2"), sha256_of(lora / WEIGHTS), "shipped", dataset="scripts.make it")
    bench.adapter_store.add("rower", lora, replace(made, documents=(document,)), "administrator")
    (learned,) = bench.forgetting.preview(WHO, ADMIN).learned
    assert learned.command == ""
    assert learned.untrainable.startswith("The adapter rower ships with Touchstone and cannot be trained anew here")
    bench.forgetting.forget(WHO, "redact", ADMIN)
    (debt,) = bench.forgetting.debts(ADMIN)
    assert (debt.adapter, debt.documents, debt.command) == ("rower", 1, "")
    assert bench.adapter_store.get("rower").state == "retired"


def test_what_breaks_off_is_completed_by_asking_again(
    tmp_path: Path, minilm: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Cut(Exception):
        pass

    def cut(*_: object) -> None:
        raise Cut

    with Workbench(Settings(workspace=tmp_path / "w")) as bench:
        bench._encoders["minilm"] = minilm
        world(bench, tmp_path)
        with monkeypatch.context() as patch:
            patch.setattr("core.forgetting.documents.reindex", cut)
            with pytest.raises(Cut):
                bench.forgetting.forget(WHO, "redact", ADMIN)
        (broken,) = bench.forgetting.receipts(ADMIN)
        assert not broken.finished
    with Workbench(Settings(workspace=tmp_path / "w")) as bench:
        bench._encoders["minilm"] = minilm
        told = finish(bench.ask("Who keeps the boathouse key?", EXTRACTIVE, ADMIN))
        assert "Keller" not in told.text
        receipt = bench.forgetting.forget(WHO, "redact", ADMIN)
        assert receipt.remains == ()
        assert named(bench.workspace.root) == []
        assert bench.forgetting.receipt(broken.id, ADMIN).body["completed_by"] == receipt.id
        consistent(bench)


def test_a_user_is_forgotten_and_then_each_place_of_a_person_in_its_own_way(bench: Workbench, tmp_path: Path) -> None:
    world(bench, tmp_path)
    asked = bench.forgetting.preview_user("analyst", ADMIN)
    assert {place.kind for place in asked.places} == {"question and answer", "feedback"}
    assert asked.entries == 2
    gone = bench.forgetting.forget_user("analyst", ADMIN)
    assert (gone.remains, gone.erased) == ((), {"question and answer": 1, "feedback": 1})
    assert gone.probes > 0
    assert [row.principal for row in bench.inspector.traces(ADMIN)] == ["administrator"]
    assert bench.feedback_book.all() == []
    assert bench.forgetting.users(ADMIN) == ["administrator"]
    kept = bench.forgetting.receipt(gone.id, ADMIN)
    assert (kept.kind, kept.signature, "analyst" in json.dumps(dict(kept.body))) == ("user", "valid", False)

    with pytest.raises(RequestError, match="out of date"):
        bench.forgetting.forget(WHO, "erase", ADMIN, {"traces/none": "keep"})
    found = bench.forgetting.preview(WHO, ADMIN)
    ways = {place.id: "keep" for place in found.places if place.table in ("dataset_rows", "learned")}
    receipt = bench.forgetting.forget(WHO, "erase", ADMIN, ways)  # type: ignore[arg-type]
    assert (receipt.kept, receipt.adapters_kept) == (2, ("rower",))
    assert receipt.remains == ("touchstone.db", "table dataset_rows")
    assert bench.library.find_current("keys.txt") is None
    assert [question.id for question in bench.lab.sets.get("keys", ADMIN).questions] == ["q2"]
    assert len(receipt.receipts) == 1
    assert not bench.forgetting.receipt(receipt.id, ADMIN).proven


def test_receipts_are_signed_and_tell_later_what_came_back(bench: Workbench, tmp_path: Path) -> None:
    maria = replace(ADMIN, name="Maria Keller")
    file = note(tmp_path, "keys.txt", LIST)
    bench.ingest([file], maria)
    receipt = bench.forgetting.forget(WHO, "redact", ADMIN)
    assert (receipt.remains, receipt.acted) == ((), 1)  # who acted stays in the trail, and only there
    assert bench.library.resolve("keys.txt").added_by == BLOCK * 12
    assert bench.audit.verify(ADMIN).intact
    assert "keller" not in json.dumps(dict(bench.forgetting.receipt(receipt.id[:8], ADMIN).body)).lower()
    checked = bench.forgetting.verify(receipt.id, OFFICER, Person("keller, maria"))
    assert (checked.good, checked.terms, checked.of, checked.remains) == (True, 1, 2, ())
    with pytest.raises(RequestError, match="about somebody else"):
        bench.forgetting.verify(receipt.id, OFFICER, Person("Jonas Brandt"))

    (barred,) = bench.forgetting.barred(ADMIN)
    with pytest.raises(AccessDenied):
        bench.forgetting.lift(barred.id, OFFICER)
    bench.forgetting.lift(barred.id, ADMIN)
    assert bench.ingest([file], ADMIN)[0].state == "replaced"
    again = bench.forgetting.verify(receipt.id, OFFICER, Person("Maria Keller"))
    assert not again.good
    assert "table documents" in again.remains

    erased = bench.erase("keys.txt", ADMIN)
    assert bench.receipts(ADMIN) == [erased]
    assert bench.forgetting.verify(erased.id, OFFICER).good
    bench.ingest([file], ADMIN)
    checked = bench.forgetting.verify(erased.id, OFFICER)
    assert (checked.good, checked.remains) == (True, ()), "a receipt holds for what was there when it was signed"
    assert [each.document for each in checked.new] == [bench.library.resolve("keys.txt").id]
    with pytest.raises(RequestError, match="about a document; a name"):
        bench.forgetting.verify(erased.id, OFFICER, Person("Somebody Else"))

    with bench._engine.begin() as connection:
        where = receipts.c.id == receipt.id
        body = connection.execute(select(receipts.c.body).where(where)).scalar_one()
        connection.execute(update(receipts).where(where).values(body={**body, "documents": []}))
    assert bench.forgetting.verify(receipt.id, OFFICER).receipt.signature == "changed"
    assert not bench.forgetting.verify(receipt.id, OFFICER).good


def test_what_came_in_again_is_told_until_it_is_acknowledged(bench: Workbench, tmp_path: Path) -> None:
    file = note(tmp_path, "keys.txt", LIST)
    bench.ingest([file], ADMIN)
    erased = bench.erase("keys.txt", ADMIN)
    with pytest.raises(RequestError, match="Nothing of this receipt came in again"):
        bench.forgetting.acknowledge(erased.id, ADMIN)
    bench.ingest([file], ADMIN)
    with pytest.raises(AccessDenied):
        bench.forgetting.acknowledge(erased.id, ENGINEER)
    (back,) = bench.forgetting.acknowledge(erased.id, ADMIN).new
    (checked,) = bench.forgetting.verify_all(OFFICER)
    assert (checked.good, checked.new, checked.returned[0].at) == (True, [], back.at)
    (entry,) = bench.audit.search(ADMIN, Query(act="acknowledged return"), 1)
    assert (entry.documents, entry.facts) == ((back.document,), {"receipt": erased.id})

    with bench._engine.begin() as connection:  # as if it had been there when the receipt was signed
        connection.execute(update(documents).values(added_at="2020-01-01T00:00:00+00:00"))
    assert not bench.forgetting.verify(erased.id, OFFICER).good


def test_whoever_does_not_see_all_may_not_look(bench: Workbench) -> None:
    for who in (ENGINEER, persona("analyst"), persona("viewer")):
        with pytest.raises(AccessDenied):
            bench.forgetting.preview(WHO, who)
        with pytest.raises(AccessDenied):
            bench.forgetting.forget(WHO, "redact", who)
        with pytest.raises(AccessDenied):
            bench.forgetting.preview_user("analyst", who)
    with pytest.raises(AccessDenied):
        bench.forgetting.receipts(ENGINEER)
    assert [entry.outcome for entry in bench.audit.search(ADMIN)] == ["refused"] * 9
    assert "Keller" not in repr(bench.audit.search(ADMIN))
    with pytest.raises(NotFound, match="Nobody of this name"):
        bench.forgetting.preview_user("nobody", ADMIN)


def test_listed_words_that_name_somebody_go_whole_and_the_policy_goes_on_working(
    bench: Workbench, tmp_path: Path
) -> None:
    bench.ingest([note(tmp_path, "keys.txt", LIST)], ADMIN)
    words = ("Maria Keller", "boathouse", "Keller's oar")
    first = replace(STANDARD, terms=words, never=("maria.keller@heron.example",), note="Maria Keller asked for it.")
    bench.guarding.apply(first, ADMIN)
    bench.guarding.apply(replace(first, terms=(*words, "snow")), ADMIN)
    found = bench.forgetting.preview(WHO, ADMIN)
    assert {"Version 1 of the policy", "Version 2 of the policy"} <= {place.title for place in found.places}
    receipt = bench.forgetting.forget(WHO, "redact", OFFICER)
    assert receipt.remains == ()
    assert named(bench.workspace.root) == []
    newest, earlier, _ = bench.guards.ledger.versions()
    assert (newest.broken, newest.policy.terms, newest.policy.never) == ("", ("boathouse", "snow"), ())
    assert earlier.policy.terms == ("boathouse",)
    assert earlier.policy.note == f"{BLOCK * 12} asked for it."
    assert newest.policy.zones == STANDARD.zones
    (hit, *_), _ = bench.search("Who keeps the key of the boathouse?", EXTRACTIVE, ADMIN, 1)
    assert hit.chunk.text.startswith("The b████████ key is kept by █")


def test_a_rule_is_no_word_even_where_somebody_is_called_like_it(bench: Workbench, tmp_path: Path) -> None:
    bench.ingest([note(tmp_path, "keys.txt", "The key is kept by Maria Link.")], ADMIN)
    bench.guarding.apply(replace(STANDARD, profanity=False, note="Maria Link asked for it."), ADMIN)
    bench.forgetting.forget(Person("Maria Link"), "redact", OFFICER)
    applied = bench.guards.ledger.current()
    assert (applied.broken, applied.policy.zones) == ("", STANDARD.zones)
    assert "Link" not in applied.policy.note
