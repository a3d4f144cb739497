import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.embedding.encoder import Encoder
from core.errors import AccessDenied, NotFound, RequestError
from core.evaluation.questions import Evidence, Question
from core.governance.principals import persona
from core.index.contract import Access
from core.recipes import BUILT_IN, varied
from core.retrieval.retriever import retrieve
from core.settings import Settings
from core.types import Chunking, Principal, Recipe
from core.workbench import Workbench
from tests.test_ingestion import note

ADMIN, ENGINEER, VIEWER = persona("administrator"), persona("engineer"), persona("viewer")
SMALL = Recipe(chunking=Chunking("sentences", 48))
FACTS = {
    "moss.txt": "The moss on the north wall is cut every second Tuesday by the gardener.",
    "bell.txt": "The bell of the old tower rings at noon and weighs four hundred kilograms.",
    "lamp.txt": "The lamp in the hall burns sixty watts and was bought in Ghent.",
    "boat.txt": "The boat lies at pier nine and its mast was repaired last spring.",
}


def asked(name: str, text: str) -> Question:
    return Question(name, text, evidence=(Evidence(f"{name}.txt", FACTS[f"{name}.txt"]),), zone="public")


QUESTIONS = [
    asked("moss", "When is the moss cut?"),
    asked("bell", "How heavy is the bell?"),
    asked("lamp", "Where was the lamp bought?"),
    asked("boat", "Where does the boat lie?"),
]


@pytest.fixture
def small(bench: Workbench, tmp_path: Path) -> Workbench:
    """Four documents and a question about each."""
    bench.ingest([note(tmp_path, name, text) for name, text in FACTS.items()], ADMIN)
    bench.lab.sets.save("facts", QUESTIONS, ADMIN)
    return bench


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory, minilm: Encoder) -> Iterator[Workbench]:
    """The sample documents with a run by the default recipe."""
    with Workbench(Settings(workspace=tmp_path_factory.mktemp("sampled")), "a test") as made:
        made._encoders["minilm"] = minilm
        made.ingest(made.samples(), ADMIN)
        yield made


def leftovers(bench: Workbench) -> list[Path]:
    return list(bench.workspace.scratch.glob("*"))


@pytest.mark.parametrize("changes", [{}, {"retrieval.expand": "parent"}, {"retrieval.mode": "dense"}])
def test_a_run_finds_what_the_product_finds(sampled: Workbench, changes: dict[str, str]) -> None:
    recipe = varied(BUILT_IN["default"], changes)
    for who in (
        ADMIN,
        Principal(
            "limited", ("reader", "builder"), ("public", "internal"), ("policy", "customers", "service", "prices")
        ),
    ):
        run = sampled.lab.runs.carry_on(sampled.lab.runs.begin("samples", recipe, who))
        assert run.complete
        results = sampled.lab.runs.results(run.id, who)
        assert run.planned == run.asked == len(results) > 20
        texts = {q.id: q.text for q in sampled.lab.sets.get("samples", who).questions}
        for result in results[::12]:
            hits = retrieve(texts[result.question], recipe, Access.of(who), sampled.retriever(recipe))
            assert [(p.chunk, p.start) for p in result.places] == [(h.chunk.id, h.chunk.start) for h in hits[:10]]
    assert leftovers(sampled) == []


def test_live_indexes_are_not_touched(small: Workbench) -> None:
    keys, counts = small.index.keys(), small.library.chunks_by_document(SMALL.index_key)
    run = small.lab.runs.carry_on(small.lab.runs.begin("facts", SMALL, ADMIN))
    assert small.index.keys() == keys
    assert small.library.chunks_by_document(SMALL.index_key) == counts == {}
    assert (run.index or {})["chunks"] >= 4


@pytest.mark.parametrize("stop_at", [0, 1, 2, 3])
def test_an_interrupted_run_goes_on_and_asks_nothing_twice(
    small: Workbench, monkeypatch: pytest.MonkeyPatch, stop_at: int
) -> None:
    """Killed before it keeps the result of one question, and once more when it was resumed."""
    run = small.lab.runs.begin("facts", SMALL, ADMIN)
    kept: list[str] = []
    keep = small.runs.keep

    def dying(*arguments: object) -> None:
        if len(kept) == stop_at and "died" not in kept:
            kept.append("died")
            raise KeyboardInterrupt
        kept.append(arguments[2].question)  # type: ignore[attr-defined]
        keep(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(small.runs, "keep", dying)
    with pytest.raises(KeyboardInterrupt):
        small.lab.runs.carry_on(run)
    assert leftovers(small) == []
    assert small.lab.runs.get(run.id, ADMIN).asked == stop_at
    ended = small.lab.runs.carry_on(small.lab.runs.get(run.id, ADMIN))
    assert (ended.asked, ended.complete) == (4, True)
    assert [name for name in kept if name != "died"] == ["moss", "bell", "lamp", "boat"]
    assert [result.question for result in small.lab.runs.results(run.id, ADMIN)] == ["moss", "bell", "lamp", "boat"]
    assert small.lab.runs.carry_on(ended) == ended


def test_a_cancelled_run_is_resumed_as_a_job(small: Workbench) -> None:
    run = small.lab.runs.begin("facts", SMALL, ADMIN)
    half = small.lab.runs.carry_on(run, cancelled=lambda: small.lab.runs.get(run.id, ADMIN).asked >= 2)
    assert (half.asked, half.complete) == (2, False)
    job = small.lab.runs.resume(run.id, ENGINEER_OF_ALL)
    assert small.jobs.wait(job)
    assert (job.state, job.result.asked, job.progress.done) == ("done", 4, 4)


ENGINEER_OF_ALL = Principal("engineer of all", ("reader", "builder"), ADMIN.zones)


def test_a_run_whose_set_or_documents_changed_is_not_mixed(small: Workbench, tmp_path: Path) -> None:
    run = small.lab.runs.begin("facts", SMALL, ADMIN)
    small.lab.sets.save("facts", QUESTIONS[:3], ADMIN)
    with pytest.raises(RequestError, match="question set 'facts' has changed"):
        small.lab.runs.carry_on(run)
    small.lab.sets.save("facts", QUESTIONS, ADMIN)
    small.ingest([note(tmp_path, "more.txt", "Something more.")], ADMIN)
    with pytest.raises(RequestError, match="documents have changed"):
        small.lab.runs.carry_on(run)


def test_two_runs_are_compared(small: Workbench) -> None:
    dense = varied(SMALL, {"retrieval.mode": "dense"})
    first, second = (small.lab.runs.carry_on(small.lab.runs.begin("facts", r, ADMIN)) for r in (SMALL, dense))
    found = small.lab.runs.compare(first.id, second.id, ADMIN)
    assert (found.questions, found.left_out) == (4, ())
    assert [run.id for run in small.lab.runs.all(ADMIN)] == [second.id, first.id]
    small.lab.runs.remove(first.id, ADMIN)
    with pytest.raises(NotFound):
        small.lab.runs.results(first.id, ADMIN)
    assert small.runs.asked(first.id) == set()


def test_rights(small: Workbench) -> None:
    run = small.lab.runs.carry_on(small.lab.runs.begin("facts", SMALL, ADMIN))
    with pytest.raises(AccessDenied):
        small.lab.runs.start("facts", SMALL, VIEWER)
    with pytest.raises(NotFound):
        small.lab.runs.results(run.id, ENGINEER)
    assert small.lab.runs.all(ENGINEER) == []
    small.lab.sets.save("wrong", [Question("q", "Why?", evidence=(Evidence("moss.txt", "Never."),))], ADMIN)
    with pytest.raises(RequestError, match="No question of 'wrong' can be scored: 1 quote not found"):
        small.lab.runs.begin("wrong", SMALL, ADMIN)


def test_an_erasure_ends_a_run_and_leaves_nothing_of_it(small: Workbench) -> None:
    begun, go_on = threading.Event(), threading.Event()
    run = small.lab.runs.begin("facts", SMALL, ADMIN)
    caught: list[Exception] = []

    def report(progress: object) -> None:
        if getattr(progress, "doing", "") == "asking":
            begun.set()
            assert go_on.wait(20)

    def work() -> None:
        try:
            small.lab.runs.carry_on(run, report)
        except RequestError as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert begun.wait(20)
    threading.Timer(0.3, go_on.set).start()
    receipt = small.erase("bell.txt", ADMIN)
    thread.join(20)
    assert receipt.proven
    assert [str(error) for error in caught] == ["A document was erased while this was under way; start it again."]
    assert leftovers(small) == []


def test_an_erasure_forgets_the_vectors_of_every_experiment(small: Workbench) -> None:
    settled = small.vectors.size()[0]
    tiny = replace(SMALL, chunking=Chunking("tokens", 8))
    small.lab.runs.carry_on(small.lab.runs.begin("facts", tiny, ADMIN))
    more = small.vectors.size()[0]
    assert more > settled
    for name in FACTS:
        small.erase(name, ADMIN)
    assert small.vectors.size()[0] == 0


def test_what_a_crash_left_is_gone_when_the_workspace_opens(tmp_path: Path) -> None:
    left = tmp_path / "w" / "scratch" / "abc"
    left.mkdir(parents=True)
    (left / "segment").write_text("the text of a document")
    with Workbench(Settings(workspace=tmp_path / "w"), "a test") as bench:
        assert leftovers(bench) == []
