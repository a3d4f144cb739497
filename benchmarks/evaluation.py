"""How long an evaluation of 100 questions takes with the extractive recipe, and what its parts cost.

    python -m benchmarks.evaluation [--questions N]

The sample documents are taken in to a temporary workspace first, which is not counted; the loading of the models is.
"""

import argparse
import tempfile
import time
from pathlib import Path

from core.governance.principals import persona
from core.settings import Settings
from core.workbench import Workbench


def main() -> None:
    """Print the seconds of the run, of a summary, and of a comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=100)
    options, who = parser.parse_args(), persona("administrator")
    with tempfile.TemporaryDirectory() as folder:
        with Workbench(Settings(workspace=Path(folder))) as bench:
            bench.ingest(bench.samples(), who)
        with Workbench(Settings(workspace=Path(folder))) as bench:
            began = time.perf_counter()
            job = bench.lab.answers.start("samples", ["extractive"], who, options.questions)
            bench.jobs.wait(job, 3_600)
            whole = time.perf_counter() - began
            began = time.perf_counter()
            rows = bench.lab.answers.rows(job.result.id, who)
            summed = time.perf_counter() - began
            began = time.perf_counter()
            run = rows[0].ran.run
            bench.lab.answers.compare(run.id, run.id, who)
            compared = time.perf_counter() - began
    print(f"{run.asked} questions: {whole:.1f} s, models loaded and all; {whole / run.asked * 1000:.0f} ms a question")
    print(f"means with intervals: {summed:.2f} s; a comparison: {compared:.2f} s")


if __name__ == "__main__":
    main()
