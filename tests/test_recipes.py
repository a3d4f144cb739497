from dataclasses import asdict, replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from core.errors import AccessDenied, NotFound, RequestError
from core.governance.principals import persona
from core.ingestion import Incoming
from core.recipes import BUILT_IN, RecipeBook, field_names, from_json, varied
from core.storage.database import open_database, recipes
from core.types import Chunking, Recipe
from core.workbench import Workbench
from tests.test_ingestion import note

ADMIN = persona("administrator")


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(tmp_path / "t.db")


def test_a_recipe_comes_back_as_it_was_saved(engine: Engine) -> None:
    book = RecipeBook(engine)
    mine = varied(BUILT_IN["default"], {"retrieval.top_k": "8", "retrieval.mmr": "0.5", "chunking.size": "100"})
    book.save("mine", mine, "ada", "for the workshop")
    assert book.get("mine") == mine
    assert book.get("mine").hash == mine.hash
    assert [saved.name for saved in book.all()] == ["default", "extractive", "multilingual", "mine"]
    assert book.name_of(mine.hash) == "mine"
    book.save("mine", BUILT_IN["extractive"], "ada")
    assert book.get("mine") == BUILT_IN["extractive"]
    book.remove("mine")
    with pytest.raises(NotFound, match="choose default"):
        book.get("mine")


@pytest.mark.parametrize("name", ["default", "", " x", "a/b", "x" * 61, "\n"])
def test_names_that_are_refused(engine: Engine, name: str) -> None:
    with pytest.raises(RequestError):
        RecipeBook(engine).save(name, Recipe(), "ada")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"retrieval.topk": "3"}, "no field 'retrieval.topk'"),
        ({"retrieval": "3"}, "no field 'retrieval'"),
        ({"retrieval.top_k": "many"}, "must be of type int"),
        ({"retrieval.top_k": "true"}, "must be of type int"),
        ({"retrieval.top_k": "0"}, "between 1 and 200"),
        ({"retrieval.mode": "magic"}, "choose hybrid, dense, sparse"),
        ({"retrieval.mmr": "2"}, "between 0 and 1"),
        ({"retrieval.rerank": "cross:"}, "needs its name"),
        ({"retrieval.rerank": "best"}, "no reranker 'best'"),
        ({"retrieval.rerank": "maxsim", "retrieval.rerank_depth": "100"}, "rerank_depth"),
        ({"retrieval.dense_weight": "0", "retrieval.sparse_weight": "0"}, "not both 0"),
        ({"chunking.overlap": "500"}, "overlap"),
        ({"route": "sideways"}, "choose rag"),
    ],
)
def test_a_wrong_field_is_named(changes: dict[str, str], told: str) -> None:
    with pytest.raises(RequestError, match=told):
        varied(BUILT_IN["default"], changes)


def test_what_a_later_version_adds_takes_its_default() -> None:
    body = asdict(Recipe())
    del body["retrieval"]["mmr"]
    assert from_json(body) == Recipe()
    body["retrieval"]["magic"] = 1
    with pytest.raises(RequestError, match=r"retrieval\.magic"):
        from_json(body)


def test_a_recipe_of_another_version_is_told_and_takes_no_other_away(engine: Engine) -> None:
    book = RecipeBook(engine)
    book.save("mine", Recipe(), "ada")
    book.save("theirs", Recipe(), "ada")
    with engine.begin() as connection:
        body = asdict(Recipe()) | {"mood": "kind"}
        connection.execute(update(recipes).where(recipes.c.name == "theirs").values(body=body))
    assert [saved.name for saved in book.all() if not saved.built_in] == ["mine"]
    assert book.unreadable() == {"theirs": "A recipe has no field 'mood'."}
    with pytest.raises(RequestError, match="'theirs' was saved by another version: A recipe has no field 'mood'"):
        book.get("theirs")
    book.remove("theirs")
    assert book.unreadable() == {}


def test_all_fields_have_names() -> None:
    assert {"chunking.size", "embedding.model", "retrieval.rerank", "generation.budget", "route"} <= set(field_names())


def test_saving_builds_beside_swaps_and_removes_what_nobody_names(bench: Workbench, tmp_path: Path) -> None:
    bench.ingest([note(tmp_path, "a.txt", "Alpha costs 12 euros. " * 40)], ADMIN)
    first = replace(BUILT_IN["extractive"], chunking=Chunking(size=64))
    second = replace(first, chunking=Chunking(size=32))
    told = []
    assert bench.save_recipe("mine", first, ADMIN, report=told.append)
    assert (told[-1].done, told[-1].documents) == (1, 1)
    assert set(bench.index.keys()) == {BUILT_IN["default"].index_key, first.index_key}
    assert not bench.save_recipe("mine", second, ADMIN, cancelled=lambda: True)
    assert bench.recipes.get("mine") == first
    assert bench.save_recipe("mine", second, ADMIN)
    assert set(bench.index.keys()) == {BUILT_IN["default"].index_key, second.index_key}
    bench.ingest([Incoming(tmp_path / "a.txt", "b.txt")], ADMIN)
    hits, _ = bench.search("alpha", bench.recipes.get("mine"), ADMIN, 40)
    assert {hit.document for hit in hits} == {"a.txt", "b.txt"}
    bench.remove_recipe("mine", ADMIN)
    assert bench.index.keys() == (BUILT_IN["default"].index_key,)


def test_an_index_that_no_recipe_names_does_not_outlive_a_change(bench: Workbench, tmp_path: Path) -> None:
    bench.ingest([note(tmp_path, "a.txt", "The old price is 12 euros.")], ADMIN)
    tried = replace(BUILT_IN["extractive"], chunking=Chunking(size=64))
    assert bench.search("price", tried, ADMIN, 5)[0]
    bench.erase("a.txt", ADMIN)
    assert bench.search("price", tried, ADMIN, 5)[0] == []
    bench.ingest([note(tmp_path, "a.txt", "The new price is 14 euros.")], ADMIN)
    assert [hit.chunk.text for hit in bench.search("price", tried, ADMIN, 5)[0]] == ["The new price is 14 euros."]


def test_only_builders_save(bench: Workbench) -> None:
    with pytest.raises(AccessDenied):
        bench.save_recipe("mine", BUILT_IN["extractive"], persona("viewer"))
    with pytest.raises(AccessDenied):
        bench.remove_recipe("mine", persona("viewer"))
