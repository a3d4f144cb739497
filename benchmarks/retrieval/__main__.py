"""Prints the tables of retrieval as Markdown.

    python -m benchmarks.retrieval chunking|scifact|xquad|samples|all [--data ../shared/data] [--cache FOLDER]

Vectors are kept in the cache folder, so that a second run computes only rankings.
"""

import argparse
import importlib
import os
from pathlib import Path

from benchmarks.data import DEFAULT
from benchmarks.retrieval.embedded import DEFAULT_CACHE, Vectors

PARTS = ("chunking", "scifact", "xquad", "samples")


def main() -> None:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(prog="benchmarks.retrieval", description=__doc__)
    parser.add_argument("part", choices=[*PARTS, "all"])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("TOUCHSTONE_DATA", DEFAULT)))
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    options = parser.parse_args()
    os.environ["TOUCHSTONE_DATA"] = str(options.data)
    vectors = Vectors(options.cache)
    for part in PARTS if options.part == "all" else (options.part,):
        module = importlib.import_module(f"benchmarks.retrieval.{part}")
        print("\n".join(module.run(vectors)), flush=True)


if __name__ == "__main__":
    main()
