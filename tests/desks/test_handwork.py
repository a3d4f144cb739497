"""Changes by hand of passages: rights, what they do to answers, what outlives what."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.answering.ask import finish
from core.embedding.encoder import Encoder
from core.errors import AccessDenied, IndexFailure, NotFound, RequestError
from core.governance.principals import persona
from core.ingestion import Incoming
from core.recipes import recipe, varied
from core.settings import Settings
from core.storage.database import chunk_edits, embeddings
from core.types import Answer, Principal, Recipe
from core.workbench import Workbench
from tests.test_ingestion import consistent, note

ADMIN, ENGINEER, VIEWER = persona("administrator"), persona("engineer"), persona("viewer")
EXTRACTIVE = recipe("extractive")
TEXT = "\n\n".join(
    [
        "The Hob kettle boils one litre in 140 seconds. " * 4,
        "The Rook grinder costs 30 euros. " * 5,
        "Returns are taken within 14 days. " * 5,
    ]
)


def cut_small(bench: Workbench) -> Recipe:
    """A saved recipe under which each paragraph is a passage of its own."""
    small = varied(EXTRACTIVE, {"chunking.size": "50"})
    bench.save_recipe("small", small, ADMIN)
    return small


@pytest.fixture
def paper(bench: Workbench, tmp_path: Path) -> str:
    outcome = bench.ingest([note(tmp_path, "paper.txt", TEXT)], ADMIN)[0]
    assert outcome.document_id
    return outcome.document_id


@pytest.fixture
def small(bench: Workbench, paper: str) -> Recipe:
    chosen = cut_small(bench)
    assert len(bench.passages(paper, chosen, ADMIN)) == 3
    return chosen


def ask(bench: Workbench, question: str, how: Recipe = EXTRACTIVE, who: Principal = ADMIN) -> Answer:
    return finish(bench.ask(question, how, who))


def held(bench: Workbench, paper: str, how: Recipe) -> list[str]:
    return [entry.chunk.text for entry in bench.passages(paper, how, ADMIN)]


def key(bench: Workbench, paper: str, how: Recipe, number: int) -> str:
    return bench.handwork.passages(paper, how, ADMIN)[number].key


def test_a_reworded_passage_answers_and_its_receipt_points_at_what_it_replaces(
    bench: Workbench, paper: str, small: Recipe
) -> None:
    price = bench.passages(paper, small, ADMIN)[1].chunk
    bench.handwork.edit(paper, small, key(bench, paper, small, 1), "The Rook grinder costs 45 euros.", ADMIN)
    answer = ask(bench, "What does the Rook grinder cost?", small)
    assert answer.text == "The Rook grinder costs 45 euros."
    (citation,) = answer.citations
    assert (citation.start, citation.end) == (price.start, price.end)
    assert citation.quote == "The Rook grinder costs 45 euros."
    assert answer.sources[citation.source - 1].hit.chunk.edited
    assert "30 euros" in ask(bench, "What does the Rook grinder cost?").text  # another index, another cut
    consistent(bench)


def test_a_disabled_passage_answers_no_more_until_that_is_undone(bench: Workbench, paper: str, small: Recipe) -> None:
    change = bench.handwork.disable(paper, small, key(bench, paper, small, 1), ADMIN)
    assert "30 euros" not in ask(bench, "What does the Rook grinder cost?", small).text
    assert len(held(bench, paper, small)) == 2
    assert [p.disabled for p in bench.handwork.passages(paper, small, ADMIN)] == [False, True, False]
    bench.handwork.undo(change.id, ADMIN)
    assert "30 euros" in ask(bench, "What does the Rook grinder cost?", small).text
    assert bench.check(ADMIN, repair=False) == []


@pytest.mark.parametrize("expand", ["neighbours", "parent"])
def test_nothing_that_is_read_around_a_hit_shows_what_was_disabled_or_replaced(
    bench: Workbench, paper: str, small: Recipe, expand: str
) -> None:
    wide = varied(small, {"retrieval.expand": expand, "retrieval.top_k": "1", "retrieval.rerank_depth": "1"})
    hits, _ = bench.search("How fast does the Hob kettle boil?", wide, ADMIN, 1)
    assert "30 euros" in hits[0].shown.text
    change = bench.handwork.disable(paper, small, key(bench, paper, small, 1), ADMIN)
    hits, _ = bench.search("How fast does the Hob kettle boil?", wide, ADMIN, 1)
    assert "30 euros" not in hits[0].shown.text
    assert "140 seconds" in hits[0].shown.text
    bench.handwork.undo(change.id, ADMIN)
    bench.handwork.edit(paper, small, key(bench, paper, small, 1), "The Rook grinder costs 45 euros.", ADMIN)
    hits, _ = bench.search("How fast does the Hob kettle boil?", wide, ADMIN, 1)
    assert "30 euros" not in hits[0].shown.text
    hits, _ = bench.search("What does the Rook grinder cost?", wide, ADMIN, 1)
    assert hits[0].shown.text == "The Rook grinder costs 45 euros."


@pytest.mark.parametrize("strategy", ["window", "hierarchical"])
def test_a_strategy_that_reads_wide_does_not_read_what_was_disabled(
    bench: Workbench, paper: str, strategy: str
) -> None:
    given = {"chunking.strategy": strategy, "chunking.size": "24", "chunking.window": "12", "chunking.parent": "400"}
    wide = varied(EXTRACTIVE, given)
    bench.save_recipe("wide", wide, ADMIN)
    for passage in bench.handwork.passages(paper, wide, ADMIN):
        if "grinder" in passage.chunk.text:
            bench.handwork.disable(paper, wide, passage.key, ADMIN)
    hits, _ = bench.search("How fast does the Hob kettle boil?", wide, ADMIN, 5)
    assert "140 seconds" in hits[0].shown.text
    assert not any("grinder" in hit.shown.text for hit in hits)


def test_a_text_written_by_hand_is_not_cut_to_what_is_new(bench: Workbench, paper: str, small: Recipe) -> None:
    new = varied(small, {"retrieval.expand": "new"})
    text = "The Rook grinder costs 45 euros. " * 9
    bench.handwork.edit(paper, small, key(bench, paper, small, 1), text, ADMIN)
    hits, _ = bench.search("What does the Rook grinder cost?", new, ADMIN, 1)
    assert hits[0].shown.text == text.strip()


def test_a_split_and_a_merge_change_what_is_found(bench: Workbench, paper: str, small: Recipe) -> None:
    first = bench.handwork.passages(paper, small, ADMIN)[0]
    at = TEXT.index("The Hob", 10)
    bench.handwork.split(paper, small, first.key, at, ADMIN)
    assert held(bench, paper, small)[:2] == [TEXT[:at].strip(), first.chunk.text[at:]]
    keys = [p.key for p in bench.handwork.passages(paper, small, ADMIN)[1:3]]
    bench.handwork.merge(paper, small, keys, ADMIN)
    assert len(held(bench, paper, small)) == 3
    assert [row.chunks for row in bench.library.summaries(small.index_key)] == [3]
    assert bench.check(ADMIN, repair=False) == []


def test_changes_outlive_their_index_a_restart_and_the_same_file_again(tmp_path: Path, minilm: Encoder) -> None:
    settings = Settings(workspace=tmp_path / "w")
    file = note(tmp_path, "paper.txt", TEXT)
    with Workbench(settings) as bench:
        bench._encoders["minilm"] = minilm
        paper = str(bench.ingest([file], ADMIN)[0].document_id)
        small = cut_small(bench)
        bench.handwork.disable(paper, small, key(bench, paper, small, 1), ADMIN)
        assert bench.ingest([file], ADMIN)[0].state == "unchanged"
        assert len(held(bench, paper, small)) == 2
        bench.remove_recipe("small", ADMIN)
        assert small.index_key not in bench.index.keys()  # noqa: SIM118 - a method, not a dict
        assert len(bench.handwork.edits(ADMIN)) == 1
    with Workbench(settings) as again:
        again._encoders["minilm"] = minilm
        cut_small(again)
        assert len(held(again, paper, small)) == 2
        again.index.delete_documents(small.index_key, "public", [paper])
    with Workbench(settings) as mended:
        mended._encoders["minilm"] = minilm
        assert len(held(mended, paper, small)) == 2
        assert mended.mended == ["The index did not hold all of 'paper.txt'."]


def test_the_same_bytes_as_a_later_version_take_the_changes_along(
    bench: Workbench, paper: str, small: Recipe, tmp_path: Path
) -> None:
    first = bench.handwork.disable(paper, small, key(bench, paper, small, 1), ADMIN)
    bench.handwork.undo(first.id, ADMIN)
    bench.handwork.edit(paper, small, key(bench, paper, small, 1), "The Rook grinder costs 45 euros.", ENGINEER)
    bench.ingest([note(tmp_path, "paper.txt", "Quite another text stands here.")], ADMIN)
    assert {listed.state for listed in bench.handwork.edits(ADMIN)} == {"undone", "without effect"}
    back = str(bench.ingest([note(tmp_path, "paper.txt", TEXT)], ADMIN)[0].document_id)
    assert back != paper
    assert held(bench, back, small)[1] == "The Rook grinder costs 45 euros."
    carried = bench.handwork.edits(ADMIN)[0]
    assert (carried.state, carried.version, carried.edit.made_by) == ("in force", 3, "engineer")
    consistent(bench)


@pytest.mark.parametrize(("zone", "labels", "kept"), [("public", (), False), ("restricted", (), True)])
def test_a_text_written_by_hand_never_becomes_easier_to_find(
    bench: Workbench, tmp_path: Path, zone: Any, labels: tuple[str, ...], kept: bool
) -> None:
    path = note(tmp_path, "paper.txt", TEXT).path
    paper = str(bench.ingest([Incoming(path, "paper.txt", "internal")], ADMIN)[0].document_id)
    bench.handwork.edit(paper, EXTRACTIVE, key(bench, paper, EXTRACTIVE, 0), "Not for all eyes.", ADMIN)
    bench.withdraw(paper, ADMIN)
    back = str(bench.ingest([Incoming(path, "paper.txt", zone, labels)], ADMIN)[0].document_id)
    assert ("Not for all eyes." in held(bench, back, EXTRACTIVE)) is kept


def test_a_change_that_died_half_way_is_carried_out_at_the_next_start(tmp_path: Path, minilm: Encoder) -> None:
    settings = Settings(workspace=tmp_path / "w")
    with Workbench(settings) as bench:
        bench._encoders["minilm"] = minilm
        paper = str(bench.ingest([note(tmp_path, "paper.txt", TEXT)], ADMIN)[0].document_id)
        small = cut_small(bench)
        change = bench.handwork.disable(paper, small, key(bench, paper, small, 1), ADMIN)
        bench.handwork.undo(change.id, ADMIN)
        bench.edits.redo(change)  # as if the process had died after its note was kept
        bench.library.record_chunks(small.index_key, paper, -1)
    with Workbench(settings) as again:
        again._encoders["minilm"] = minilm
        assert len(held(again, paper, small)) == 2


def test_a_change_that_the_index_refuses_is_taken_back(
    bench: Workbench, paper: str, small: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = key(bench, paper, small, 1)
    whole = bench.index.replace_document

    def once(*given: Any) -> None:
        monkeypatch.setattr(bench.index, "replace_document", whole)
        raise IndexFailure("The index could not be written.")

    monkeypatch.setattr(bench.index, "replace_document", once)
    with pytest.raises(IndexFailure):
        bench.handwork.disable(paper, small, chosen, ADMIN)
    assert bench.handwork.edits(ADMIN) == []
    assert len(held(bench, paper, small)) == 3
    assert bench.check(ADMIN, repair=False) == []
    change = bench.handwork.disable(paper, small, chosen, ADMIN)
    monkeypatch.setattr(bench.index, "replace_document", once)
    with pytest.raises(IndexFailure):
        bench.handwork.undo(change.id, ADMIN)
    assert [listed.state for listed in bench.handwork.edits(ADMIN)] == ["in force"]
    assert len(held(bench, paper, small)) == 2


def test_rights(bench: Workbench, tmp_path: Path) -> None:
    path = note(tmp_path, "secret.txt", TEXT).path
    secret = str(bench.ingest([Incoming(path, "secret.txt", "restricted")], ADMIN)[0].document_id)
    chosen = key(bench, secret, EXTRACTIVE, 0)
    change = bench.handwork.edit(secret, EXTRACTIVE, chosen, "Hidden words.", ADMIN)
    chosen = key(bench, secret, EXTRACTIVE, 0)
    officer = persona("officer")
    assert len(bench.handwork.edits(officer)) == 1
    for who in (officer, VIEWER):
        with pytest.raises(AccessDenied, match="may read documents, not change them"):
            bench.handwork.disable(secret, EXTRACTIVE, chosen, who)
        with pytest.raises(AccessDenied):
            bench.handwork.undo(change.id, who)
    assert bench.handwork.edits(ENGINEER) == []
    for hidden in (
        lambda: bench.handwork.passages(secret, EXTRACTIVE, ENGINEER),
        lambda: bench.handwork.disable(secret, EXTRACTIVE, chosen, ENGINEER),
        lambda: bench.handwork.undo(change.id, ENGINEER),
        lambda: bench.handwork.edits(ENGINEER, "secret.txt"),
    ):
        with pytest.raises(NotFound):
            hidden()


def test_an_earlier_change_is_undone_after_the_later(bench: Workbench, paper: str, small: Recipe) -> None:
    first = bench.handwork.edit(paper, small, key(bench, paper, small, 1), "Mine.", ADMIN)
    second = bench.handwork.edit(paper, small, key(bench, paper, small, 1), "Mine again.", ADMIN)
    apart = bench.handwork.disable(paper, small, key(bench, paper, small, 2), ADMIN)
    with pytest.raises(RequestError, match=f"Change {second.id} was made on what this one left; undo that first"):
        bench.handwork.undo(first.id, ADMIN)
    bench.handwork.undo(second.id, ADMIN)
    assert held(bench, paper, small)[1] == "Mine."
    bench.handwork.undo(first.id, ADMIN)
    assert "30 euros" in held(bench, paper, small)[1]
    with pytest.raises(RequestError, match=f"Change {first.id} is undone already"):
        bench.handwork.undo(first.id, ADMIN)
    with pytest.raises(NotFound, match="no change by hand with the number 999"):
        bench.handwork.undo(999, ADMIN)
    told = {listed.edit.id: listed for listed in bench.handwork.edits(ADMIN, "paper.txt")}
    assert {number: listed.state for number, listed in told.items()} == {
        first.id: "undone",
        second.id: "undone",
        apart.id: "in force",
    }
    assert told[second.id].before == ("Mine.",)
    assert told[second.id].edit.undone_by == "administrator"
    assert told[apart.id].recipes == ("small",)


def test_what_is_no_longer_current_or_named_is_not_changed(
    bench: Workbench, paper: str, small: Recipe, tmp_path: Path
) -> None:
    unnamed = varied(small, {"chunking.size": "51"})
    with pytest.raises(RequestError, match="save this one first"):
        bench.handwork.disable(paper, unnamed, key(bench, paper, unnamed, 0), ADMIN)
    chosen = key(bench, paper, small, 0)
    change = bench.handwork.disable(paper, small, chosen, ADMIN)
    with pytest.raises(RequestError, match="is disabled"):
        bench.handwork.disable(paper, small, chosen, ADMIN)
    with pytest.raises(NotFound, match="no longer as it was"):
        bench.handwork.disable(paper, small, "0" * 12, ADMIN)
    bench.ingest([note(tmp_path, "paper.txt", "Another text.")], ADMIN)
    with pytest.raises(RequestError, match="no longer answers"):
        bench.handwork.disable(paper, small, chosen, ADMIN)
    bench.handwork.undo(change.id, ADMIN)  # of an old version: noted, nothing to carry out
    assert held(bench, bench.library.resolve("paper.txt").id, small) == ["Another text."]


def test_all_passages_may_be_disabled(bench: Workbench, paper: str) -> None:
    bench.handwork.disable(paper, EXTRACTIVE, key(bench, paper, EXTRACTIVE, 0), ADMIN)
    for passage in bench.handwork.passages(paper, EXTRACTIVE, ADMIN):
        if not passage.disabled:
            bench.handwork.disable(paper, EXTRACTIVE, passage.key, ADMIN)
    assert held(bench, paper, EXTRACTIVE) == []
    assert bench.check(ADMIN, repair=False) == []
    assert ask(bench, "What does the Rook grinder cost?").abstained


def test_a_moved_document_keeps_its_changes(bench: Workbench, paper: str, small: Recipe) -> None:
    bench.handwork.edit(paper, small, key(bench, paper, small, 1), "The Rook grinder costs 45 euros.", ADMIN)
    bench.rezone(paper, ADMIN, "restricted")
    bench.retag(paper, ADMIN, ("prices",), None, None)
    assert held(bench, paper, small)[1] == "The Rook grinder costs 45 euros."
    assert bench.handwork.edits(ENGINEER) == []


def test_an_erasure_takes_what_was_written_by_hand_with_it(bench: Workbench, tmp_path: Path) -> None:
    canary = "heron-by-hand-5d1b77c0aa1e"
    bench.ingest([note(tmp_path, "keep.txt", "What stays is the price of 12 euros.")], ADMIN)
    with bench._engine.connect() as connection:
        vectors = set(connection.execute(select(embeddings.c.text_hash)).scalars())
    paper = str(bench.ingest([note(tmp_path, "paper.txt", TEXT)], ADMIN)[0].document_id)
    first = bench.handwork.edit(
        paper, EXTRACTIVE, key(bench, paper, EXTRACTIVE, 0), f"The secret word is {canary}.", ADMIN
    )
    second = bench.handwork.edit(paper, EXTRACTIVE, key(bench, paper, EXTRACTIVE, 0), "Quite another wording.", ADMIN)
    bench.handwork.undo(second.id, ADMIN)
    assert canary in ask(bench, "What is the secret word?").text
    bench.handwork.undo(first.id, ADMIN)
    receipt = bench.erase("paper.txt", ADMIN)
    assert receipt.proven
    with bench._engine.connect() as connection:
        assert connection.execute(select(chunk_edits)).all() == []
        assert set(connection.execute(select(embeddings.c.text_hash)).scalars()) == vectors
    found = [p for p in bench.workspace.root.rglob("*") if p.is_file() and canary.encode() in p.read_bytes()]
    assert found == []


def test_the_map_of_passages_follows_a_change_of_words(bench: Workbench, paper: str, small: Recipe) -> None:
    entries = bench.lab.maps.pca(small, ADMIN).entries
    before = bench.lab.maps._file(small, entries)
    bench.handwork.edit(paper, small, key(bench, paper, small, 1), "Mine.", ADMIN)
    after = bench.lab.maps._file(small, bench.lab.maps.pca(small, ADMIN).entries)
    assert before != after


def test_an_experiment_with_the_same_recipe_searches_what_the_product_searches(
    bench: Workbench, paper: str, small: Recipe
) -> None:
    bench.handwork.edit(paper, small, key(bench, paper, small, 1), "Mine.", ADMIN)
    with bench.lab.runs.scratch(small, ADMIN, lambda *_: None, lambda: False) as scratch:
        assert scratch is not None
        found = [e.chunk.text for e in scratch.index.entries(small.index_key, "public", paper)]
    assert found == held(bench, paper, small)
