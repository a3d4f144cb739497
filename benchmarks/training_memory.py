"""Peak memory of a training beside what the estimate says, by the size of the largest pass.

    python -m benchmarks.training_memory [--tokens 256 1024 2048]

Each size is trained two steps of in a process of its own: rows of a long prompt and an answer of twenty tokens, and
rows that are answer from beginning to end, whose every token passes the vocabulary layer.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from core.adapters.examples import Example
from core.adapters.hyper import Hyper
from core.adapters.training import Data, Trainer
from core.desks.trainings import megabytes
from core.models.cache import model_folder
from core.settings import Settings

ANSWER = 20


def trained(tokens: int, scored: int) -> int:
    """Train two steps over one row of so many tokens; the peak of this process in megabytes."""
    chance = random.Random(1)
    ids = tuple(chance.randrange(1000, 40_000) for _ in range(tokens))
    row = Example(ids[: tokens - scored], ids[tokens - scored :])
    with tempfile.TemporaryDirectory() as folder:
        base, hyper = model_folder(Settings().models, "smollm2"), Hyper(batch=1, epochs=1, looks=1)
        Trainer(base, Data((row, row), ()), hyper).run(Path(folder))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Print a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, nargs="+", default=[256, 1024, 2048])
    parser.add_argument("--one", type=int, nargs=2, metavar=("TOKENS", "SCORED"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        print(trained(*chosen.one))
        return
    print(f"{'tokens':>8}{'scored':>8}{'peak MB':>10}{'estimate':>10}")
    for tokens in chosen.tokens:
        for scored in (ANSWER, tokens - 1):
            command = [sys.executable, "-m", "benchmarks.training_memory", "--one", str(tokens), str(scored)]
            peak = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1])
            print(f"{tokens:>8}{scored:>8}{peak:>10}{megabytes(tokens, scored):>10}", flush=True)


if __name__ == "__main__":
    main()
