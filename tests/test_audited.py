"""The doors of the workbench: what stands in the audit trail after an act, done or refused, and what never does."""

from pathlib import Path

import pytest

from core.answering.ask import finish
from core.answering.report import Part
from core.errors import AccessDenied, GateFailed, NotFound, RequestError
from core.evaluation.fact_store import Schedule
from core.evaluation.questions import Question
from core.governance.audit import Query
from core.governance.audited import audited
from core.governance.principals import persona
from core.governance.trail import Entry
from core.recipes import recipe, varied
from core.types import Principal
from core.workbench import Workbench
from tests.test_ingestion import note

ADMIN, ENGINEER, VIEWER = persona("administrator"), persona("engineer"), persona("viewer")
EXTRACTIVE = recipe("extractive")


def last(bench: Workbench, most: int = 1) -> list[Entry]:
    return bench.audit.search(ADMIN, most=most)


def test_a_question_leaves_its_ids_and_verdicts(filled: Workbench) -> None:
    answer = finish(filled.ask("How many days may unused articles be sent back?", EXTRACTIVE, VIEWER, origin="a chat"))
    (entry,) = last(filled)
    assert (entry.who, entry.act, entry.outcome, entry.trace) == ("viewer", "asked", "done", answer.trace.id)
    assert set(entry.documents) == {source.hit.chunk.document_id for source in answer.sources}
    facts = dict(entry.facts)
    assert facts == {
        "trace": answer.trace.id, "recipe": EXTRACTIVE.hash, "origin": "a-chat", "route": "rag",
        "abstained": answer.abstained, "unsupported": 0, "stopped": False, "policy": 0,
    }  # fmt: skip
    assert filled.audit.verify(ADMIN).intact


def test_a_refused_question_stands_there_too(filled: Workbench) -> None:
    worn = varied(EXTRACTIVE, {"generation.adapter": "tone", "generation.answerer": "local"})
    with pytest.raises(NotFound):
        finish(filled.ask("What is it?", worn, VIEWER))
    (entry,) = last(filled)
    assert (entry.act, entry.outcome, entry.facts["why"], entry.facts["recipe"]) == (
        "asked", "refused", "NotFound", worn.hash,
    )  # fmt: skip
    with pytest.raises(RequestError):
        finish(filled.ask("  ", EXTRACTIVE, VIEWER))
    assert last(filled)[0].facts["why"] == "RequestError"


def test_an_answer_that_nobody_waited_for_is_noted_as_left(filled: Workbench) -> None:
    events = filled.ask("How many days may unused articles be sent back?", EXTRACTIVE, VIEWER)
    next(events)
    events.close()  # type: ignore[attr-defined]
    assert (last(filled)[0].act, last(filled)[0].outcome) == ("asked", "left")


def test_a_replay_names_who_had_it_asked(filled: Workbench) -> None:
    first = finish(filled.ask("How many days may unused articles be sent back?", EXTRACTIVE, VIEWER))
    again = finish(filled.inspector.rerun(first.trace.id, EXTRACTIVE, ENGINEER))
    (entry,) = last(filled)
    assert (entry.who, entry.act, entry.trace, entry.facts["parent"]) == (
        "engineer", "replayed", again.trace.id, first.trace.id,
    )  # fmt: skip
    filled.inspector.export(first.trace.id, ENGINEER)
    assert (last(filled)[0].act, last(filled)[0].trace) == ("exported trace", first.trace.id)
    text = filled.inspector.report("How many days?", [Part("A", first), Part("B", again)], ENGINEER)
    assert text.startswith("<!doctype html>")
    assert [(each.act, each.trace, each.facts["form"]) for each in last(filled, 2)] == [
        ("exported trace", again.trace.id, "html"), ("exported trace", first.trace.id, "html"),
    ]  # fmt: skip
    with pytest.raises(NotFound):
        filled.inspector.rerun("0" * 32, EXTRACTIVE, VIEWER)
    assert (last(filled)[0].act, last(filled)[0].outcome) == ("replayed", "refused")
    filled.feedback(first, "down", VIEWER)
    assert (last(filled)[0].act, last(filled)[0].trace, last(filled)[0].facts["thumb"]) == (
        "gave feedback", first.trace.id, "down",
    )  # fmt: skip


def test_the_schedule_of_the_facts_leaves_who_set_it(filled: Workbench) -> None:
    with pytest.raises(AccessDenied):
        filled.freshness.set_schedule(Schedule("daily", recipes=("extractive",)), VIEWER)
    filled.freshness.set_schedule(Schedule("daily", recipes=("extractive",)), ENGINEER)
    (done, refused) = last(filled, 2)
    assert (done.who, done.act, done.facts) == ("engineer", "set schedule", {"every": "daily", "on_change": False})
    assert (refused.who, refused.outcome) == ("viewer", "refused")


def test_an_erased_document_leaves_neither_name_nor_text_and_the_chain_holds(bench: Workbench, tmp_path: Path) -> None:
    canary = "heron-canary-77e0b8f3a1c"
    file = note(tmp_path, "ada-quill.txt", f"Ada Quill keeps the word {canary} in the drawer.")
    (outcome,) = bench.ingest([file], ADMIN)
    assert outcome.document_id
    finish(bench.ask(f"Where is {canary}?", EXTRACTIVE, ADMIN))
    bench.retag(outcome.document_id, ADMIN, ["quill"], None, None)
    bench.rezone(outcome.document_id, ADMIN, "restricted")
    passage = bench.handwork.passages(outcome.document_id, EXTRACTIVE, ADMIN)[0]
    bench.handwork.edit(outcome.document_id, EXTRACTIVE, passage.key, f"{canary} by hand", ADMIN)
    bench.search(canary, EXTRACTIVE, ADMIN, 1)
    with pytest.raises(AccessDenied):
        bench.erase("ada-quill.txt", VIEWER)
    receipt = bench.erase("ada-quill.txt", ADMIN)
    assert receipt.proven
    done = last(bench, 20)[::-1]
    assert [entry.act for entry in done] == [
        "ingested", "asked", "relabelled", "rezoned", "edited chunk", "searched", "erased", "erased",
    ]  # fmt: skip
    assert [entry.outcome for entry in done[-2:]] == ["refused", "done"]
    assert all(entry.documents == (outcome.document_id,) for entry in [*done[:6], done[-1]])
    assert done[-1].facts == {"receipt": receipt.id}
    assert bench.audit.verify(ADMIN).intact
    held = bench.audit.export(ADMIN, "jsonl").lower()
    assert canary not in held and "quill" not in held and "drawer" not in held
    for path in bench.workspace.root.rglob("*"):
        assert not path.is_file() or canary.encode() not in path.read_bytes()


def test_recipes_questions_and_adapters_are_noted(bench: Workbench, tone: Path, tmp_path: Path) -> None:
    bench.adapters.bring("draft", tone, ADMIN, "internal")
    with pytest.raises(GateFailed):
        bench.adapters.release("draft", ADMIN)
    bench.adapters.export("draft", tmp_path / "out", ADMIN)
    bench.adapters.retire("draft", "a person's reason", ADMIN)
    with pytest.raises(AccessDenied):
        bench.adapters.remove("draft", VIEWER)
    bench.lab.sets.save("mine", [Question("q1", "What is it?")], ADMIN)
    bench.lab.sets.export("mine", "csv", ADMIN)
    bench.lab.sets.set_role("mine", "training", ADMIN)
    bench.lab.sets.remove("mine", ADMIN)
    bench.save_recipe("quoting", EXTRACTIVE, ADMIN)
    bench.remove_recipe("quoting", ADMIN)
    told = [(entry.act, entry.outcome, entry.facts) for entry in last(bench, 20)[::-1]]
    assert told == [
        ("imported adapter", "done", {"adapter": "draft", "zone": "internal"}),
        ("released adapter", "refused", {"adapter": told[1][2]["adapter"], "why": "GateFailed"}),
        ("exported adapter", "done", {"adapter": "draft"}),
        ("retired adapter", "done", {"adapter": "draft"}),
        ("removed adapter", "refused", {"adapter": told[4][2]["adapter"], "why": "AccessDenied"}),
        ("saved questions", "done", {"set": "mine", "version": 1}),
        ("exported questions", "done", {"set": "mine", "form": "csv"}),
        ("changed role of questions", "done", {"set": "mine", "role": "training"}),
        ("removed questions", "done", {"set": "mine"}),
        ("saved recipe", "done", {"name": "quoting", "recipe": EXTRACTIVE.hash}),
        ("removed recipe", "done", {"name": "quoting"}),
    ]
    assert bench.audit.search(ADMIN, Query(who="viewer"))[0].act == "removed adapter"


def test_a_look_at_files_that_are_known_is_no_entry(bench: Workbench, tmp_path: Path) -> None:
    file = note(tmp_path, "a.txt", "Snow falls on the lamp.")
    bench.ingest([file], ADMIN)
    bench.ingest([file], ADMIN)
    assert [entry.facts for entry in last(bench, 9)] == [{"files": 1, "refused": 0}]
    with pytest.raises(AccessDenied):
        bench.ingest([file], VIEWER)
    assert last(bench)[0].outcome == "refused"


def test_a_marked_method_needs_a_principal(bench: Workbench) -> None:
    class Desk:
        audit = bench.audit

        @audited("checked", told=lambda found: {"entries": found}, name="name")
        def count(self, name: str, principal: Principal) -> int:
            """Its docstring stays."""
            return len(name)

    assert Desk.count.__doc__ == "Its docstring stays."
    assert Desk().count("abc", principal=ADMIN) == 3
    assert last(bench)[0].facts == {"name": "abc", "entries": 3}
