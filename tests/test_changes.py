from datetime import date, timedelta
from pathlib import Path

import pytest

from core.answering.ask import finish
from core.embedding.encoder import Encoder
from core.errors import AccessDenied, NotFound, RequestError
from core.governance.principals import persona
from core.ingestion import Incoming
from core.library.duplicates import find_pairs
from core.recipes import recipe
from core.settings import Settings
from core.types import Principal
from core.workbench import Workbench
from tests.test_ingestion import consistent, note

ADMIN = persona("administrator")

ADMIN, VIEWER = persona("administrator"), persona("viewer")
EXTRACTIVE = recipe("extractive")


def answers(bench: Workbench, question: str, who: Principal = ADMIN) -> str:
    return finish(bench.ask(question, EXTRACTIVE, who)).text


@pytest.fixture
def kettle(bench: Workbench, tmp_path: Path) -> str:
    outcome = bench.ingest([note(tmp_path, "kettle.txt", "The Hob kettle boils one litre in 140 seconds.")], ADMIN)[0]
    assert outcome.document_id
    return outcome.document_id


def test_rezoning_hides_at_once_and_computes_no_vector(
    bench: Workbench, kettle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "140" in answers(bench, "How fast does the Hob kettle boil?", VIEWER)
    with monkeypatch.context() as patched:
        patched.setattr(Encoder, "passages", lambda *_: pytest.fail("a vector was computed"))
        bench.rezone(kettle, ADMIN, "restricted")
    assert "140" not in answers(bench, "How fast does the Hob kettle boil?", VIEWER)
    assert "140" in answers(bench, "How fast does the Hob kettle boil?")
    with pytest.raises(NotFound):
        bench.visible(kettle, VIEWER)
    consistent(bench)


def test_labels_hide_from_who_lacks_one_of_them(bench: Workbench, kettle: str) -> None:
    limited = Principal("limited", ("reader",), ("public",), labels=("sales",))
    assert "140" in answers(bench, "How fast does the Hob kettle boil?", limited)
    bench.retag(kettle, ADMIN, ("sales", "board"), None, None)
    assert "140" not in answers(bench, "How fast does the Hob kettle boil?", limited)
    assert bench.documents(limited) == []
    bench.retag(kettle, ADMIN, ("sales",), None, None)
    assert "140" in answers(bench, "How fast does the Hob kettle boil?", limited)


@pytest.mark.parametrize(
    ("first", "last", "visible"), [(1, None, False), (None, -1, False), (0, 0, True), (-1, 1, True)]
)
def test_only_what_is_in_force_answers(
    bench: Workbench, kettle: str, first: int | None, last: int | None, visible: bool
) -> None:
    day = lambda n: None if n is None else (date.today() + timedelta(days=n)).isoformat()  # noqa: E731
    bench.retag(kettle, ADMIN, (), day(first), day(last))
    assert ("140" in answers(bench, "How fast does the Hob kettle boil?")) is visible


def test_bad_changes_change_nothing(bench: Workbench, kettle: str) -> None:
    with pytest.raises(RequestError, match="before it begins"):
        bench.retag(kettle, ADMIN, (), "2026-02-01", "2026-01-01")
    with pytest.raises(RequestError, match="YYYY-MM-DD"):
        bench.retag(kettle, ADMIN, (), "tomorrow", None)
    with pytest.raises(RequestError, match="no zone 'secret'"):
        bench.rezone(kettle, ADMIN, "secret")  # type: ignore[arg-type]
    with pytest.raises(AccessDenied, match="'viewer' may not erase documents"):
        bench.erase("kettle.txt", VIEWER)
    consistent(bench)


def test_a_change_that_died_is_put_right_from_the_library(tmp_path: Path, minilm: Encoder) -> None:
    settings = Settings(workspace=tmp_path / "w")
    with Workbench(settings) as bench:
        bench._encoders["minilm"] = minilm
        key = bench.ingest([note(tmp_path, "a.txt", "Alpha costs 12 euros.")], ADMIN)[0].document_id
        assert key
        bench.index.counts(EXTRACTIVE.index_key, "public")
        bench.library.mark_dirty(key)
        bench.library.set_zone(key, "restricted")
    with Workbench(settings) as again:
        again._encoders["minilm"] = minilm
        assert "12" not in answers(again, "What does Alpha cost?", VIEWER)
        assert "12" in answers(again, "What does Alpha cost?")
        consistent(again)


def test_versions_stay_readable_and_only_the_newest_answers(bench: Workbench, tmp_path: Path) -> None:
    for price in (10, 20, 30):
        bench.ingest([note(tmp_path, "p.txt", f"The Rook grinder costs {price} euros.")], ADMIN)
    versions = bench.versions("p.txt", ADMIN)
    assert [(v.version, v.state) for v in versions] == [(3, "ready"), (2, "superseded"), (1, "superseded")]
    assert bench.library.get(versions[2].id).text.startswith("The Rook grinder costs 10")
    assert answers(bench, "What does the Rook grinder cost?") == "The Rook grinder costs 30 euros."


def test_unchanged_chunks_keep_their_vectors(bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paragraphs = [f"Paragraph {n} speaks of part {n * 7}. " * 6 for n in range(60)]
    bench.ingest([note(tmp_path, "long.txt", "\n\n".join(paragraphs))], ADMIN)
    computed: list[int] = []
    original = Encoder.passages

    def counting(self: Encoder, texts, progress=None):
        computed.append(len(texts))
        return original(self, texts, progress)

    monkeypatch.setattr(Encoder, "passages", counting)
    paragraphs[20] = "This paragraph was written anew. " * 6
    outcome = bench.ingest([note(tmp_path, "long.txt", "\n\n".join(paragraphs))], ADMIN)[0]
    assert outcome.state == "replaced"
    assert 0 < sum(computed) <= 4 < outcome.chunks


def test_withdrawing_stops_answers_and_keeps_the_text(bench: Workbench, kettle: str) -> None:
    bench.withdraw(kettle, ADMIN)
    assert "140" not in answers(bench, "How fast does the Hob kettle boil?")
    assert bench.documents(ADMIN) == []
    assert [v.state for v in bench.versions("kettle.txt", ADMIN)] == ["superseded"]
    consistent_after_withdrawal(bench)


def consistent_after_withdrawal(bench: Workbench) -> None:
    assert bench.check(ADMIN, repair=False) == []


def test_duplicates_are_shown(bench: Workbench, tmp_path: Path) -> None:
    text = " ".join(f"word{n}" for n in range(200))
    bench.ingest([note(tmp_path, "a.txt", text), note(tmp_path, "b.txt", text)], ADMIN)
    bench.ingest([note(tmp_path, "c.txt", text.replace("word77", "other")), note(tmp_path, "d.txt", "all else")], ADMIN)
    names = {row.id: row.name for row in bench.documents(ADMIN)}
    pairs = {frozenset((names[p.first], names[p.second])): p for p in bench.duplicates(ADMIN)}
    assert set(pairs) == {frozenset("ab"), frozenset("ac"), frozenset("bc")} or set(pairs) == {
        frozenset({"a.txt", "b.txt"}),
        frozenset({"a.txt", "c.txt"}),
        frozenset({"b.txt", "c.txt"}),
    }
    same = pairs[frozenset({"a.txt", "b.txt"})]
    assert (same.same_bytes, same.similarity) == (True, 1.0)
    assert 0.85 < pairs[frozenset({"a.txt", "c.txt"})].similarity < 1
    assert find_pairs([]) == []


def test_uploads_that_were_under_way_are_taken_up_again(tmp_path: Path, minilm: Encoder) -> None:
    from core import inbox

    settings = Settings(workspace=tmp_path / "w")
    with Workbench(settings) as bench:
        (path,) = bench.receive([b"The late file speaks of herons."], persona("administrator"))
        inbox.remember(bench.workspace.inbox, [Incoming(path, "late.txt", "public", ("x",))], ADMIN, "1 file")
        bench.receive([b"its job never began"], persona("administrator"))
    with Workbench(settings) as again:
        again._encoders["minilm"] = minilm
        jobs = again.resume_jobs()
        again.jobs.wait(jobs[0])
        assert [(row.name, row.labels, row.added_by) for row in again.documents(ADMIN)] == [
            ("late.txt", ("x",), "administrator")
        ]
        assert list(again.workspace.inbox.iterdir()) == []
