"""How fast documents are cut: megabytes a second by strategy, and what one change of a slider costs the lab.

    python -m benchmarks.chunking_speed [--pages 50] [--runs 5]

The text is the sample documents', repeated to the length; a page is 3,000 characters. Medians of interleaved runs. The
first table counts cutting alone, tokens counted before; the second what the lab does when a slider moves: cut, numbers,
flags, with everything else of the document known.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from core.chunking import STRATEGIES, chunk_document
from core.governance.principals import persona
from core.settings import Settings
from core.types import Chunking, Document, Heading, Page, Recipe, Span, Table
from core.workbench import Workbench

PAGE = 3_000


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=int, default=50)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    admin = persona("administrator")
    with (
        tempfile.TemporaryDirectory() as folder,
        Workbench(Settings(workspace=Path(folder)), "the benchmark") as bench,
    ):
        bench.ingest(bench.samples(), admin)
        document = lengthened([bench.visible(each.id, admin) for each in bench.documents(admin)], asked.pages * PAGE)
        live = bench.live(Recipe())
        megabytes = len(document.text.encode()) / 1e6
        print(f"{asked.pages} pages, {megabytes:.2f} MB, {len(document.tables)} tables\n")

        def cut(strategy: str) -> Callable[[], object]:
            chunking = Chunking(strategy, 160, 32 if "overlap" in STRATEGIES[strategy].controls else 0)
            return lambda: list(chunk_document(document, chunking, live.embedder.tokens, live.vectors))

        plain = [name for name, info in STRATEGIES.items() if not info.embeds]
        took = interleaved({name: cut(name) for name in plain}, asked.runs)
        print("| strategy | ms | MB/s |\n|---|---|---|")
        for name, seconds in took.items():
            print(f"| {name} | {1000 * seconds:.0f} | {megabytes / seconds:.1f} |")

        sizes = iter(range(40, 8_000))  # never the same twice, for the lab remembers
        lab = bench.lab.chunking

        def slide(strategy: str) -> Callable[[], object]:
            def once() -> object:
                return lab._lane(document, Recipe(chunking=Chunking(strategy, next(sizes), parent=8_192)), gold, rows)

            return once

        gold = [Span(at, at + 120) for at in range(500, len(document.text) - 200, 2_500)]
        rows = [row for each in document.tables for row in each.rows]
        for name in plain:
            slide(name)()
        took = interleaved({name: slide(name) for name in plain}, asked.runs)
        print("\n| a slider moves | ms |\n|---|---|")
        for name, seconds in took.items():
            print(f"| {name} | {1000 * seconds:.0f} |")


def interleaved(jobs: dict[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """Median seconds of each job, the jobs taking turns."""
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for job in jobs.values():
        job()
    for _ in range(runs):
        for name, job in jobs.items():
            began = time.perf_counter()
            job()
            seconds[name].append(time.perf_counter() - began)
    return {name: statistics.median(taken) for name, taken in seconds.items()}


def lengthened(documents: list[Document], characters: int) -> Document:
    """One document of at least so many characters, with the headings and tables of those it is made of."""
    text, headings, tables = "", list[Heading](), list[Table]()
    while len(text) < characters:
        for each in documents:
            at = len(text)
            headings += [replace(heading, start=heading.start + at) for heading in each.headings]
            tables += [
                Table(t.start + at, t.end + at, tuple(Span(r.start + at, r.end + at) for r in t.rows))
                for t in each.tables
            ]
            text += each.text + "\n\n"
            if len(text) >= characters:
                break
    pages = tuple(Page(n + 1, a, min(a + PAGE, len(text))) for n, a in enumerate(range(0, len(text), PAGE)))
    return replace(documents[0], text=text, pages=pages, headings=tuple(headings), tables=tuple(tables))


if __name__ == "__main__":
    main()
