import json
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import AccessDenied, NotFound, RequestError
from core.evaluation.questions import ERASED, Evidence, Question, may_read
from core.governance.principals import persona
from core.ingestion import Incoming
from core.workbench import Workbench
from tests.test_ingestion import note

ADMIN, ENGINEER, VIEWER = persona("administrator"), persona("engineer"), persona("viewer")
CANARY = "the heron of bay 8f3a1c77e0b keeps its letters in a tin box"


def question(name: str, **fields: object) -> Question:
    return Question(name, f"What about {name}?", ("it",), zone="public", **fields)  # type: ignore[arg-type]


def test_a_set_has_versions_and_a_hash_of_its_content(bench: Workbench) -> None:
    first = bench.lab.sets.save("mine", [question("a")], ADMIN, "first try")
    assert bench.lab.sets.get("mine", ADMIN) == first
    assert bench.lab.sets.save("mine", [question("a")], ADMIN) == first
    second = bench.lab.sets.save("mine", [question("a"), question("b")], ADMIN)
    assert (first.version, second.version, first.saved_by) == (1, 2, "administrator")
    assert first.hash != second.hash
    assert bench.lab.sets.save("other", [question("a")], ADMIN).hash == first.hash
    assert [(row.name, row.version, row.questions) for row in bench.lab.sets.all(ADMIN)] == [
        ("mine", 2, 2),
        ("other", 1, 1),
    ]
    bench.lab.sets.remove("mine", ADMIN)
    with pytest.raises(NotFound, match="no question set 'mine'; choose other"):
        bench.lab.sets.get("mine", ADMIN)


def test_a_bad_file_leaves_the_set_as_it_was(bench: Workbench) -> None:
    held = bench.lab.sets.save("mine", [question("a")], ADMIN)
    rows = [{"id": "b", "question": "Why?", "answer": "so"}, {"id": "b", "question": "Why?", "answer": "so"}]
    with pytest.raises(RequestError, match="Line 2"):
        bench.lab.sets.bring("mine", "\n".join(map(json.dumps, rows)).encode(), "jsonl", ADMIN)
    assert bench.lab.sets.get("mine", ADMIN) == held


def test_a_person_gets_only_the_questions_about_what_he_may_see(bench: Workbench, tmp_path: Path) -> None:
    bench.ingest([Incoming(note(tmp_path, "pay.txt", "Wages rise.").path, "pay.txt", "restricted")], ADMIN)
    quoting = question("quoting", evidence=(Evidence("pay.txt", "Wages rise"),))
    restricted = replace(question("told"), zone="restricted")
    bench.lab.sets.save("mixed", [question("open"), quoting, restricted], ADMIN)
    bench.lab.sets.save("secret", [restricted], ADMIN)
    assert [q.id for q in bench.lab.sets.get("mixed", VIEWER).questions] == ["open"]
    assert [row.name for row in bench.lab.sets.all(VIEWER)] == ["mixed"]
    assert "Wages" not in bench.lab.sets.export("mixed", "csv", ENGINEER)
    with pytest.raises(NotFound):
        bench.lab.sets.get("secret", ENGINEER)
    for change in (
        lambda: bench.lab.sets.save("mixed", [question("open")], ENGINEER),
        lambda: bench.lab.sets.remove("mixed", ENGINEER),
        lambda: bench.lab.sets.save("new", [quoting], ENGINEER),
        lambda: bench.lab.sets.save("new", [question("x")], VIEWER),
    ):
        with pytest.raises(AccessDenied):
            change()
    assert may_read(quoting, ENGINEER)
    assert not may_read(quoting, ENGINEER, ["pay.txt"])


def test_the_samples_bring_their_questions(bench: Workbench) -> None:
    public = [file for file in bench.samples() if file.name in ("returns-policy.pdf", "warranty.pdf")]
    bench.ingest(public[:1], ADMIN)
    held = bench.lab.sets.get("samples", ADMIN)
    assert {e.document for q in held.questions for e in q.evidence} == {"returns-policy.pdf"}
    assert sum(not q.answerable for q in held.questions) == 28
    assert bench.lab.sets.findings("samples", ADMIN) == []
    bench.lab.sets.save("samples", [question("own")], ADMIN)
    bench.ingest(public, ADMIN)
    assert [q.id for q in bench.lab.sets.get("samples", ADMIN).questions] == ["own"]


def test_an_erasure_leaves_the_questions_and_takes_the_words(bench: Workbench, tmp_path: Path) -> None:
    bench.ingest([note(tmp_path, "bird.txt", f"Know this: {CANARY}."), note(tmp_path, "b.txt", "The rest.")], ADMIN)
    asked = [
        question("proved", evidence=(Evidence("bird.txt", CANARY), Evidence("b.txt", "The rest."))),
        replace(question("copied"), answers=(CANARY,)),
        replace(question("asking"), text=f"Is it true that {CANARY}?"),
        question("other", evidence=(Evidence("b.txt", "The rest."),)),
    ]
    before = bench.lab.sets.save("mine", asked, ADMIN)
    receipt = bench.erase("bird.txt", ADMIN)
    assert receipt.proven
    assert receipt.questions == 3
    held = bench.lab.sets.get("mine", ADMIN)
    proved, copied, asking, other = held.questions
    assert (proved.evidence, proved.answers) == ((Evidence("", ""), Evidence("b.txt", "The rest.")), ())
    assert (proved.text, copied.answers, asking.text) == ("What about proved?", (), ERASED)
    assert other == asked[3]
    assert (held.version, held.hash != before.hash) == (2, True)
    assert [(f.question, f.state) for f in bench.lab.sets.findings("mine", ADMIN)] == [("proved", "erased")]
    exported = bench.lab.sets.export("mine", "jsonl", ADMIN).replace('"answers": []', '"answers": ["x"]')
    assert len(bench.lab.sets.bring("again", exported.encode(), "jsonl", ADMIN).questions) == 4
    holding = [p for p in bench.workspace.root.rglob("*") if p.is_file() and CANARY.encode() in p.read_bytes()]
    assert holding == []


def test_what_a_document_that_stays_says_too_is_not_taken(bench: Workbench, tmp_path: Path) -> None:
    bench.ingest([note(tmp_path, "a.txt", CANARY), note(tmp_path, "b.txt", f"{CANARY} And more.")], ADMIN)
    asked = question("q", evidence=(Evidence("b.txt", CANARY),))
    bench.lab.sets.save("mine", [asked], ADMIN)
    bench.erase("a.txt", ADMIN)
    assert bench.lab.sets.get("mine", ADMIN).questions == (asked,)
