import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.embedding.encoder import Encoder
from core.evaluation.questions import Evidence, Question
from core.recipes import BUILT_IN
from core.settings import Settings
from core.workbench import Workbench
from tests.conftest import SAMPLE_FILES
from tests.lab.test_runs import ADMIN, FACTS, SMALL, leftovers
from tests.test_ingestion import note

CARRY_ON = """
import sys
from pathlib import Path
from core.governance.principals import persona
from core.settings import Settings
from core.workbench import Workbench

with Workbench(Settings(workspace=Path(sys.argv[1]))) as bench:
    run = bench.lab.runs.get(sys.argv[2], persona("administrator"))
    bench.lab.runs.carry_on(run, lambda progress: print(progress.doing, progress.done, flush=True))
"""


@pytest.mark.parametrize("points", [("indexing 2", "asking 1", "asking 9"), ("asking 0", "asking 23")])
def test_a_killed_process_costs_no_question_and_asks_none_twice(
    tmp_path: Path, minilm: Encoder, points: tuple[str, ...]
) -> None:
    folder = tmp_path / "w"
    asked = [
        Question(f"{name} {n}", f"{n}: what of the {name[:4]}?", evidence=(Evidence(name, text),), zone="public")
        for n in range(6)
        for name, text in FACTS.items()
    ]
    with Workbench(Settings(workspace=folder), "a test") as bench:
        bench._encoders["minilm"] = minilm
        bench.ingest([note(tmp_path, name, text) for name, text in FACTS.items()], ADMIN)
        bench.lab.sets.save("many", asked, ADMIN)
        run = bench.lab.runs.begin("many", SMALL, ADMIN)
    before: dict[str, object] = {}
    for point in points:
        _killed_at(point, folder, run.id)
        with Workbench(Settings(workspace=folder), "a test") as bench:
            assert leftovers(bench) == []
            now = {result.question: result for result in bench.lab.runs.results(run.id, ADMIN)}
            doing, done = point.split()
            assert doing == "indexing" or len(now) >= int(done)
            assert {name: now[name] for name in before} == before
            before = dict(now)
    with Workbench(Settings(workspace=folder), "a test") as bench:
        bench._encoders["minilm"] = minilm
        ended = bench.lab.runs.carry_on(bench.lab.runs.get(run.id, ADMIN))
        results = bench.lab.runs.results(run.id, ADMIN)
        assert (ended.complete, ended.asked) == (True, 24)
        assert [result.question for result in results] == [question.id for question in asked]
        assert {r.question: r for r in results if r.question in before} == before
        assert bench.check(ADMIN, repair=False) == []


ANSWER = """
import sys
from pathlib import Path
from core.governance.principals import persona
from core.settings import Settings
from core.workbench import Workbench

with Workbench(Settings(workspace=Path(sys.argv[1]))) as bench:
    trial = bench.lab.answers.get(sys.argv[2], persona("administrator"))
    bench.lab.answers.carry_on(trial, lambda now: print("answering", now.done, flush=True), lambda: False)
"""


def test_a_killed_evaluation_loses_no_answer_and_asks_none_twice(tmp_path: Path, minilm: Encoder) -> None:
    folder, chance = tmp_path / "w", random.Random()
    asked = [
        Question(
            f"{name} {n}", f"{n}: what of the {name[:4]}?", (text,), evidence=(Evidence(name, text),), zone="public"
        )
        for n in range(6)
        for name, text in FACTS.items()
    ]
    with Workbench(Settings(workspace=folder), "a test") as bench:
        bench._encoders["minilm"] = minilm
        bench.ingest([note(tmp_path, name, text) for name, text in FACTS.items()], ADMIN)
        bench.lab.sets.save("many", asked, ADMIN)
        bench.prepare(BUILT_IN["extractive"])
        trial = bench.lab.answers.begin("many", {"extractive": BUILT_IN["extractive"]}, ADMIN)
        run_id = bench.lab.answers.ran(ADMIN)[0].run.id
    before: list[object] = []
    points = [chance.randrange(10), chance.randrange(13, 23)]  # apart: some answers come between report and kill
    for kill, point in enumerate(points, start=1):
        _killed_at(f"answering {point}", folder, trial.id, ANSWER, chance.random() * 0.05)
        with Workbench(Settings(workspace=folder), "a test") as bench:
            now = list(bench.lab.answers.results(run_id, ADMIN))
            assert len(now) >= point and now[: len(before)] == before, points
            assert len(now) <= bench.state(ADMIN).answers <= len(now) + kill, points
            before = list(now)
    with Workbench(Settings(workspace=folder), "a test") as bench:
        bench._encoders["minilm"] = minilm
        bench.lab.answers.carry_on(bench.lab.answers.get(trial.id, ADMIN), lambda _: None, lambda: False)
        results = bench.lab.answers.results(run_id, ADMIN)
        assert [result.question for result in results] == [question.id for question in asked]
        assert results[: len(before)] == before
        assert bench.lab.answers.ran(ADMIN)[0].run.complete
        assert {bench.records.get(r.trace)["question"] for r in results} == {question.text for question in asked}
        assert 24 <= bench.state(ADMIN).answers <= 24 + len(points), points


def _killed_at(point: str, folder: Path, run: str, code: str = CARRY_ON, after: float = 0.0) -> None:
    """Carry a run on in a process of its own and kill it `after` seconds from when it reports this point."""
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(folder), run],
        stdout=subprocess.PIPE,
        text=True,
        cwd=SAMPLE_FILES.parents[1],
    )
    assert child.stdout
    with child.stdout as said:
        for line in said:
            if line.strip() == point:
                time.sleep(after)
                child.kill()
                break
        else:
            raise AssertionError(f"The run ended before '{point}'.")
    child.wait()
