from pathlib import Path

from core.governance.principals import persona
from core.recipes import BUILT_IN, varied
from core.workbench import Suggestion, Workbench
from tests.test_ingestion import note

ADMIN = persona("administrator")
GERMAN = "Wie viele Tage habe ich Zeit, um unbenutzte Artikel zurückzugeben?"
ENGLISH = "How many days do I have to send unused articles back?"


def test_another_language_than_the_documents_suggests_the_multilingual_recipe(bench: Workbench, tmp_path: Path) -> None:
    default = BUILT_IN["default"]
    assert bench.better_recipe(GERMAN, default, ADMIN) is None  # nothing is in yet
    bench.ingest([note(tmp_path, "a.txt", "Unused articles may be sent back within thirty days of delivery.")], ADMIN)
    assert bench.documents(ADMIN)[0].language == "en"
    assert bench.better_recipe(GERMAN, default, ADMIN) == Suggestion("multilingual", "de", "en")
    assert bench.better_recipe(ENGLISH, default, ADMIN) is None
    assert bench.better_recipe("ok", default, ADMIN) is None
    assert bench.better_recipe(GERMAN, BUILT_IN["multilingual"], ADMIN) is None


def test_passages_above_the_window_are_counted_and_told(bench: Workbench, tmp_path: Path) -> None:
    long = varied(BUILT_IN["extractive"], {"chunking.size": "400"})
    text = " ".join(f"word{n}" for n in range(150)) + "."
    bench.ingest([note(tmp_path, "a.txt", text), note(tmp_path, "b.txt", "A short one.")], ADMIN)
    assert [row.notes for row in bench.documents(ADMIN)] == [(), ()]
    bench.save_recipe("long", long, ADMIN)
    told = {row.name: row.notes for row in bench.library.summaries(long.index_key)}
    assert told["b.txt"] == ()
    assert "longer than the embedder reads" in told["a.txt"][0]
    document = bench.library.find_current("a.txt")
    assert document
    bench.retag(document.id, ADMIN, ("x",), None, None)
    bench.ingest([note(tmp_path, "c.txt", text + " More.")], ADMIN)
    told = {row.name: bool(row.notes) for row in bench.library.summaries(long.index_key)}
    assert told == {"a.txt": True, "b.txt": False, "c.txt": True}
