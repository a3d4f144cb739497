import json
from pathlib import Path

import pytest

from core.answering.ask import finish
from core.errors import AccessDenied, NotFound, RequestError
from core.evaluation.questions import Evidence, Question
from core.governance.principals import persona
from core.ingestion import Incoming
from core.recipes import recipe
from core.types import Answer
from core.workbench import Workbench
from tests.test_erasure import CANARY, leftovers

ADMIN, ENGINEER, VIEWER = persona("administrator"), persona("engineer"), persona("viewer")
FEE = "The fee for the boat is 12 euros a day."
PAY = "The salary of the miller is 90 crowns a month."


def note(folder: Path, name: str, text: str, zone: str = "public") -> Incoming:
    path = folder / name
    path.write_text(text)
    return Incoming(path, name, zone)  # type: ignore[arg-type]


@pytest.fixture
def town(bench: Workbench, tmp_path: Path) -> Workbench:
    bench.ingest([note(tmp_path, "fees.txt", FEE), note(tmp_path, "pay.txt", PAY, "restricted")], ADMIN)
    bench.datasets.create("town", ADMIN)
    bench.datasets.add_documents("town", (), ADMIN)
    return bench


def questions(bench: Workbench, name: str = "town") -> list[str]:
    return [held.row.question for held in bench.datasets.get(name, ADMIN).rows]


def kinds(bench: Workbench, name: str = "town") -> dict[str, list[str]]:
    asked = {held.row.id: held.row.question for held in bench.datasets.get(name, ADMIN).rows}
    return {asked[key]: [f.kind for f in flags] for key, flags in bench.datasets.flags(name, ADMIN).items()}


def test_documents_fill_a_draft_once(town: Workbench) -> None:
    assert questions(town) == ["What is the fee for the boat?", "What is the salary of the miller?"]
    again = town.datasets.add_documents("town", ["fees.txt"], ADMIN)
    assert (again.added, again.known, again.left_out) == (0, 1, 0)
    with pytest.raises(NotFound, match=r"no document 'none\.txt'"):
        town.datasets.add_documents("town", ["none.txt"], ADMIN)


def test_a_person_sees_the_rows_of_his_zones_only(town: Workbench) -> None:
    seen = town.datasets.get("town", ENGINEER)
    assert [held.row.question for held in seen.rows] == ["What is the fee for the boat?"]
    (listed,) = town.datasets.all(ENGINEER)
    assert listed.rows == 1
    assert "miller" not in town.datasets.export("town", "jsonl", ENGINEER)
    hidden = town.datasets.get("town", ADMIN).rows[1].row.id
    for ask in (
        lambda: town.datasets.review("town", [hidden], "accepted", ENGINEER),
        lambda: town.datasets.edit("town", hidden, "Q?", "A", ENGINEER),
    ):
        with pytest.raises(NotFound, match="has no row"):
            ask()
    for ask in (
        lambda: town.datasets.freeze("town", ENGINEER),
        lambda: town.datasets.accepted("town", ENGINEER),
        lambda: town.datasets.copy("town", "mine", ENGINEER),
        lambda: town.datasets.remove("town", ENGINEER),
    ):
        with pytest.raises(AccessDenied, match="does not see all of the dataset"):
            ask()


def test_a_dataset_of_hidden_rows_is_not_there(town: Workbench) -> None:
    town.datasets.create("pay", ADMIN)
    town.datasets.add_documents("pay", ["pay.txt"], ADMIN)
    assert [row.name for row in town.datasets.all(ENGINEER)] == ["town"]
    with pytest.raises(NotFound, match="There is no dataset 'pay'"):
        town.datasets.get("pay", ENGINEER)


def test_a_document_that_moves_to_a_guarded_zone_takes_its_rows_along(town: Workbench) -> None:
    document = town.library.find_current("fees.txt")
    assert document
    town.rezone(document.id, ADMIN, "restricted")
    with pytest.raises(NotFound):
        town.datasets.get("town", ENGINEER)
    rows = town.datasets.get("town", ADMIN).rows
    assert {held.row.zone for held in rows} == {"restricted"}
    town.datasets.review("town", [held.row.id for held in rows], "accepted", ADMIN)
    assert {row.zone for row in town.datasets.use("town", "an adapter", ADMIN).accepted} == {"restricted"}


def test_readers_change_nothing(town: Workbench) -> None:
    row_id = town.datasets.get("town", VIEWER).rows[0].row.id
    for ask in (
        lambda: town.datasets.create("mine", VIEWER),
        lambda: town.datasets.add_documents("town", (), VIEWER),
        lambda: town.datasets.add_file("town", b"", "csv", VIEWER),
        lambda: town.datasets.add_questions("town", "s", VIEWER),
        lambda: town.datasets.add_feedback("town", VIEWER),
        lambda: town.datasets.review("town", [row_id], "accepted", VIEWER),
        lambda: town.datasets.edit("town", row_id, "Q?", "A", VIEWER),
        lambda: town.datasets.freeze("town", VIEWER),
        lambda: town.datasets.use("town", "x", VIEWER),
        lambda: town.datasets.copy("town", "mine", VIEWER),
        lambda: town.datasets.remove("town", VIEWER),
    ):
        with pytest.raises(AccessDenied):
            ask()


def test_a_file_names_documents_and_becomes_as_guarded_as_they_are(town: Workbench) -> None:
    rows = [
        {"question": "How much?", "answer": "12", "document": "fees.txt", "zone": "public"},
        {"question": "Whose?", "answer": "his", "documents": ["fees.txt", "pay.txt"], "zone": "public"},
    ]
    content = "\n".join(map(json.dumps, rows)).encode()
    assert town.datasets.add_file("town", content, "jsonl", ADMIN).added == 2
    *_, one, other = (held.row for held in town.datasets.get("town", ADMIN).rows)
    assert (one.zone, other.zone) == ("public", "restricted")
    assert town.library.get(one.documents[0]).name == "fees.txt"
    with pytest.raises(RequestError, match=r"names a document 'pay\.txt' that is not in this workspace"):
        town.datasets.add_file("town", content, "jsonl", ENGINEER)
    with pytest.raises(AccessDenied, match="rows of the zone restricted"):
        town.datasets.add_file("town", b'{"question": "Q?", "answer": "A", "zone": "restricted"}', "jsonl", ENGINEER)


def test_a_new_version_flags_what_it_no_longer_says(town: Workbench, tmp_path: Path) -> None:
    assert kinds(town) == {}
    town.ingest([note(tmp_path, "fees.txt", FEE.replace("12", "14"))], ADMIN)
    assert kinds(town) == {"What is the fee for the boat?": ["evidence"]}
    town.datasets.add_documents("town", ["fees.txt"], ADMIN)
    assert questions(town) == [
        "What is the fee for the boat?",
        "What is the salary of the miller?",
        "What is the fee for the boat?",
    ]
    flags = town.datasets.flags("town", ADMIN)
    before, _, after = (held.row.id for held in town.datasets.get("town", ADMIN).rows)
    assert {key: [flag.kind for flag in found] for key, found in flags.items()} == {
        before: ["contradiction", "evidence"],
        after: ["contradiction"],
    }


def test_versions_of_one_document_stay_on_one_side(town: Workbench, tmp_path: Path) -> None:
    town.ingest([note(tmp_path, "fees.txt", FEE.replace("12", "14"))], ADMIN)
    town.datasets.add_documents("town", ["fees.txt"], ADMIN)
    rows = town.datasets.get("town", ADMIN).rows
    town.datasets.review("town", [held.row.id for held in rows], "accepted", ADMIN)
    for seed in range(6):
        parts = town.datasets.split("town", 0.4, seed, ADMIN)
        sides = {row.question for row in parts.train}, {row.question for row in parts.held_out}
        assert not sides[0] & sides[1]
        assert all(sides)


def test_a_set_that_measures_is_flagged_and_a_training_set_is_not(town: Workbench) -> None:
    asked = [
        Question("q", "What does the boat cost?", ("12 euros",), evidence=(Evidence("fees.txt", FEE),), zone="public")
    ]
    town.lab.sets.save("exam", asked, ADMIN)
    town.datasets.create("learned", ADMIN)
    assert town.datasets.add_questions("learned", "exam", ADMIN).added == 1
    assert kinds(town, "learned") == {"What does the boat cost?": ["test question"]}
    town.lab.sets.set_role("exam", "training", ADMIN)
    assert kinds(town, "learned") == {}
    with pytest.raises(RequestError, match="no role 'fun'"):
        town.lab.sets.set_role("exam", "fun", ADMIN)
    with pytest.raises(AccessDenied):
        town.lab.sets.set_role("exam", "test", VIEWER)


def answered(bench: Workbench, question: str = "What is the fee for the boat?") -> Answer:
    return finish(bench.ask(question, recipe("extractive"), ADMIN))


def test_feedback_is_kept_once_a_person_and_becomes_rows(town: Workbench) -> None:
    answer = answered(town)
    town.feedback(answer, "down", ADMIN)
    given = town.feedback(answer, "down", ADMIN, "Twelve euros a day [1]")
    assert town.feedback_book.all() == [given]
    assert town.feedback_book.of(answer.trace.id, ADMIN) == given
    assert given
    assert (given.recipe, given.given_by, given.zone) == (answer.recipe, "administrator", "restricted")
    town.datasets.create("said", ADMIN)
    town.datasets.add_feedback("said", ADMIN)
    (held,) = town.datasets.get("said", ADMIN).rows
    assert (held.row.question, held.row.answer) == ("What is the fee for the boat?", "Twelve euros a day [1]")
    assert held.row.sources == tuple(source.text for source in answer.sources)
    assert town.feedback(answer, None, ADMIN) is None
    assert town.feedback_book.all() == []
    with pytest.raises(RequestError, match="no thumb 'meh'"):
        town.feedback(answer, "meh", ADMIN)


def test_an_erasure_takes_rows_and_feedback_with_every_byte(bench: Workbench, tmp_path: Path) -> None:
    bench.ingest(
        [
            note(tmp_path, "keep.txt", FEE),
            note(
                tmp_path,
                "person.txt",
                f"The password of the mill is the word {CANARY}, and the mill is a place of grinding.",
            ),
        ],
        ADMIN,
    )
    bench.datasets.create("all", ADMIN)
    bench.datasets.add_documents("all", (), ADMIN)
    rows = [{"question": "Secret?", "answer": f"It is {CANARY}."}, {"question": "Other?", "answer": "No."}]
    bench.datasets.add_file("all", "\n".join(map(json.dumps, rows)).encode(), "jsonl", ADMIN)
    bench.feedback(answered(bench, "What is the password of the mill?"), "up", ADMIN)
    before = len(bench.datasets.get("all", ADMIN).rows)
    assert bench.datasets.flags("all", ADMIN) == {}
    receipt = bench.erase("person.txt", ADMIN)
    assert receipt.proven
    left = questions(bench, "all")
    assert left == ["What is the fee for the boat?", "Other?"]
    assert (receipt.rows, receipt.feedback) == (before - 2, 1)
    assert bench.datasets.get("all", ADMIN).lost == receipt.rows
    assert leftovers(bench.workspace.root) == []


def test_use_freezes_for_good(town: Workbench) -> None:
    rows = town.datasets.get("town", ADMIN).rows
    town.datasets.review("town", [rows[0].row.id], "accepted", ADMIN)
    used = town.datasets.use("town", "the adapter 'boat'", ADMIN)
    assert used.accepted == town.datasets.accepted("town", ADMIN)
    with pytest.raises(RequestError, match="frozen"):
        town.datasets.add_documents("town", (), ADMIN)
    with pytest.raises(RequestError, match="was made of it"):
        town.datasets.remove("town", ADMIN)
    assert town.datasets.copy("town", "next", ADMIN).frozen_at is None
    (listed,) = [row for row in town.datasets.all(ADMIN) if row.name == "town"]
    assert (listed.states["accepted"], listed.zone, listed.uses) == (1, "public", ("the adapter 'boat'",))
