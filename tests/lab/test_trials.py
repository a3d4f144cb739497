from pathlib import Path

import pytest

from core.embedding.tokens import RoughCounter
from core.errors import AccessDenied, NotFound, RequestError
from core.evaluation.sweep import best, front
from core.types import Embedding
from core.workbench import Workbench
from tests.fakes import WordEmbedder
from tests.lab.test_runs import ADMIN, ENGINEER, FACTS, SMALL, VIEWER, leftovers, small
from tests.test_ingestion import note

__all__ = ["small"]
AXES = {"chunking.size": ["16", "48"], "retrieval.top_k": ["1", "3"], "retrieval.mode": ["hybrid"]}


class Words(WordEmbedder):
    """An embedder of hashed words that can count tokens."""

    revision = "words-1"
    tokens = RoughCounter()  # type: ignore[assignment]


def test_a_sweep_tries_every_combination(small: Workbench) -> None:
    job = small.lab.trials.sweep("facts", SMALL, AXES, ADMIN)
    assert small.jobs.wait(job)
    assert (job.state, job.error) == ("done", "")
    assert (job.progress.done, job.progress.of, job.title) == (4, 4, "Sweep of 4 recipes on facts")
    rows = small.lab.trials.sweep_rows(job.result.id, ADMIN)
    assert [tuple(row.fields.values()) for row in rows] == [
        ("16", "1", "hybrid"),
        ("16", "3", "hybrid"),
        ("48", "1", "hybrid"),
        ("48", "3", "hybrid"),
    ]
    for row in rows:
        assert row.choose.questions + row.report.questions == 4
    chosen = best(rows, "recall@5")
    assert chosen in rows
    assert front(rows, "token iou")
    assert leftovers(small) == []
    assert small.lab.runs.all(ADMIN) == []
    assert [trial.id for trial in small.lab.trials.all("sweep", ADMIN)] == [job.result.id]


def test_a_sweep_goes_on_where_it_was_cancelled(small: Workbench) -> None:
    job = small.lab.trials.sweep("facts", SMALL, AXES, ADMIN)
    small.jobs.wait(job)
    trial = job.result
    small.runs.remove([row.run for row in small.lab.trials.sweep_rows(trial.id, ADMIN)[1:]])
    kept = small.lab.trials.sweep_rows(trial.id, ADMIN)[0].run
    again = small.lab.trials.carry_on(trial, lambda _: None, lambda: True)
    assert len(small.lab.trials.sweep_rows(again.id, ADMIN)) == 1
    job = small.lab.trials.resume(trial.id, ADMIN)
    small.jobs.wait(job)
    rows = small.lab.trials.sweep_rows(trial.id, ADMIN)
    assert (len(rows), rows[0].run) == (4, kept)


def test_a_recipe_that_fails_costs_itself(small: Workbench) -> None:
    job = small.lab.trials.sweep("facts", SMALL, {"chunking.strategy": ["sentences", "by magic"]}, ADMIN)
    small.jobs.wait(job)
    assert job.state == "done"
    assert len(small.lab.trials.sweep_rows(job.result.id, ADMIN)) == 1
    assert [text[:38] for text in job.result.failed.values()] == ["There is no chunking strategy 'by magi"]
    assert small.erase("moss.txt", ADMIN).proven


def test_a_sweep_whose_documents_change_ends(small: Workbench, tmp_path: Path) -> None:
    job = small.lab.trials.sweep("facts", SMALL, AXES, ADMIN)
    small.jobs.wait(job)
    small.runs.remove([row.run for row in small.lab.trials.sweep_rows(job.result.id, ADMIN)])
    small.ingest([note(tmp_path, "more.txt", "Something more.")], ADMIN)
    job = small.lab.trials.resume(job.result.id, ADMIN)
    small.jobs.wait(job)
    assert (job.state, job.error) == ("failed", "The documents have changed since this began; start it anew.")


def test_embedders_are_compared(small: Workbench) -> None:
    small._encoders["words"] = Words()
    asked = [Embedding("minilm"), Embedding("words"), Embedding("minilm", quantization="int8")]
    job = small.lab.trials.embedders("facts", SMALL, asked, ADMIN)
    assert small.jobs.wait(job)
    assert (job.state, job.error, job.result.failed) == ("done", "", {})
    rows = small.lab.trials.embedder_rows(job.result.id, ADMIN)
    assert [row.embedding for row in rows] == asked
    assert [row.bytes_per_vector for row in rows] == [1536, 256, 1920]
    assert all(row.summary.questions == 4 and row.vectors_per_second > 0 for row in rows)
    assert not set(rows[0].wins) & set(rows[1].wins)
    with pytest.raises(RequestError, match="at least two embedders"):
        small.lab.trials.embedders("facts", SMALL, [Embedding(), Embedding()], ADMIN)


def test_an_erasure_forgets_vectors_of_a_model_that_is_gone(small: Workbench) -> None:
    small._encoders["words"] = Words()
    small.jobs.wait(small.lab.trials.embedders("facts", SMALL, [Embedding("minilm"), Embedding("words")], ADMIN))
    held = small.vectors.size()[0]
    del small._encoders["words"]
    receipt = small.erase("moss.txt", ADMIN)
    assert receipt.vectors_forgotten >= len(FACTS) + 1
    assert small.vectors.size()[0] == held - receipt.vectors_forgotten


def test_rights(small: Workbench) -> None:
    with pytest.raises(AccessDenied):
        small.lab.trials.sweep("facts", SMALL, AXES, VIEWER)
    job = small.lab.trials.sweep("facts", SMALL, {"chunking.size": ["48"]}, ADMIN)
    small.jobs.wait(job)
    with pytest.raises(NotFound):
        small.lab.trials.sweep_rows(job.result.id, ENGINEER)
    assert small.lab.trials.all("sweep", ENGINEER) == []
    small.lab.trials.remove(job.result.id, ADMIN)
    assert (small.lab.trials.all("sweep", ADMIN), small.runs.all()) == ([], [])
