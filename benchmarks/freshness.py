"""Freshness shown: ten facts of the sample papers changed, and 28 real changes of public pages; it tunes nothing.

`python -m benchmarks.freshness [--real]`: a fresh workspace with the sample documents, ten papers' values changed in a
copy, everything checked before and after with each retrieval recipe and the shipped closed-book adapter.
"""

import sys
import tempfile
import time
from pathlib import Path

from benchmarks.data import folder, lines
from core.evaluation.anchors import anchored, located
from core.evaluation.facts import Judgement
from core.evaluation.readings import Reading, readings
from core.evaluation.values import Tolerance, equal, said
from core.governance.principals import persona
from core.ingestion import Incoming
from core.settings import Settings
from core.workbench import Workbench
from sample_docs.as_docx import render_docx
from sample_docs.as_html import render_html
from sample_docs.as_pdf import render_pdf
from sample_docs.blocks import load_paper
from sample_docs.make import CONTENT

ADMIN = persona("administrator")
HANDBOOK = "handbook"
CHANGES = {
    "returns-unused": ("returns-policy.pdf", "within 45 days of the day it", "within 30 days of the day it"),
    "returns-refund": ("returns-policy.pdf", "eight working days", "five working days"),
    "travel-hotel": ("travel-policy-2026.pdf", "135 euros", "142 euros"),
    "travel-mileage": ("travel-policy-2026.pdf", "0.38 euros", "0.41 euros"),
    "security-passphrase": ("security-policy.pdf", "at least 16 characters", "at least 18 characters"),
    "security-lock": ("security-policy.pdf", "after five minutes", "after three minutes"),
    "leave-lapse": ("leave-policy.docx", "30 April", "31 March"),
    "remote-desk": ("remote-work-policy.docx", "350 euros", "420 euros"),
    "onboarding-fire": ("onboarding.html", "the plane tree", "the clock tower"),
    "service-founded": ("service-faq.md", "9 May 1987", "12 June 1986"),
}
"""By fact: the paper, its words, and what they become: numbers in digits and words, dates, and plain words."""


def changed_papers(out: Path) -> list[Incoming]:
    """The changed papers in a folder, as they would be brought."""
    made = []
    for name in sorted({document for document, _, _ in CHANGES.values()}):
        source = CONTENT / f"{Path(name).stem}.md"
        text = source.read_text(encoding="utf-8")
        for document, old, new in CHANGES.values():
            if document == name:
                assert old in text, (name, old)
                text = text.replace(old, new)
        words = out / source.name
        words.write_text(text, encoding="utf-8")
        render = {".pdf": render_pdf, ".docx": render_docx, ".html": render_html}.get(Path(name).suffix)
        if render:
            (out / name).write_bytes(render(load_paper(words)))
        made.append(Incoming(out / name, name))
    return made


def check(bench: Workbench, recipes: list[str], adapters: list[str]) -> dict[str, list[Judgement]]:
    """The verdicts of a check by answerer."""
    made = bench.freshness.check(recipes, adapters, ADMIN)
    assert made
    found: dict[str, list[Judgement]] = {}
    for each in bench.freshness.judgements(made, ADMIN):
        found.setdefault(each.answerer, []).append(each)
    return found


def proof(recipes: list[str]) -> None:
    """Before, after, and who is flagged."""
    with tempfile.TemporaryDirectory() as place, Workbench(Settings(workspace=Path(place) / "w")) as bench:
        bench.ingest(bench.samples(), ADMIN)
        for when in ("before", "after"):
            if when == "after":
                bench.ingest(changed_papers(Path(place)), ADMIN)
            began = time.perf_counter()
            for answerer, found in check(bench, recipes, [HANDBOOK]).items():
                ten = [each for each in found if each.fact in CHANGES]
                rest = [each for each in found if each.fact not in CHANGES]
                told = {
                    state: sum(e.state == state for e in found) for state in ("fresh", "drifted", "wrong", "unknown")
                }
                fresh, flagged = sum(e.state == "fresh" for e in ten), sum(e.alarm for e in ten)
                old = sum(e.alarm and bool(e.found) and e.where == "adapter" and _former(bench, e) for e in ten)
                print(f"{when:7}{answerer:24}{len(found)} facts {told}")
                print(f"       of the ten changed: {fresh} fresh, {flagged} flagged; {old} said the old value itself")
                print(f"       of the {len(rest)} others: {sum(e.alarm for e in rest)} flagged")
                for each in ten:
                    if when == "after":
                        print(
                            f"         {each.fact:22}{each.state:9}{each.expected:22}{each.found or '-':22}{each.why}"
                        )
            print(f"{when:7}took {time.perf_counter() - began:.1f} s")


def _former(bench: Workbench, judged: Judgement) -> bool:
    """Whether what was found in the answer is a value that the fact had before."""
    fact = bench.freshness.facts.get(judged.fact, ADMIN)
    return any(equal(judged.found, value, fact.tolerance) for value in fact.former)


def real() -> None:
    """How many of the real changes are told right: the old place found in the new page, with the new value.

    And how many lines are: the new one says the new value, the old one says a former value.
    """
    root, right, count, moved, told = folder("freshness_versions"), 0, 0, 0, 0
    for row in lines(root / "fact_changes.jsonl"):
        old, new = ((root / "pages" / row["pair"] / f"{which}.md").read_text("utf-8") for which in ("old", "new"))
        count += 1
        found = _difference(row["old"], row["new"])
        if found is None:
            print(f"no single value differs: {row['old'][:80]}")
            continue
        before, after, tolerance = found
        anchor = anchored(old, row["old"], before.text, tolerance)
        place = located(new, anchor, before.text, tolerance) if anchor else None
        moved += place is not None
        right += place is not None and equal(place.value, after.text, tolerance)
        fresh = said(row["new"], after.text, tolerance, [before.text]).state
        stale = said(row["old"], after.text, tolerance, [before.text]).state
        told += (fresh, stale) == ("same", "former")
        if (fresh, stale) != ("same", "former"):
            print(f"  {before.text} -> {after.text}: new line {fresh}, old line {stale}: {row['old'][:100]}")
    print(f"{count} real changes: {moved} places found again, {right} new values told right")
    print(f"{count} pairs of lines as answers: {told} told right, the new one fresh and the old one drifted")


def _difference(old: str, new: str) -> tuple[Reading, Reading, Tolerance] | None:
    for tolerance in (Tolerance("date"), Tolerance("number")):
        pairs = list(zip(readings(old, tolerance.kind), readings(new, tolerance.kind), strict=False))
        differing = [pair for pair in pairs if pair[0].value != pair[1].value]
        if differing:
            return (*differing[0], tolerance)
    return None


if __name__ == "__main__":
    real()
    if "--real" not in sys.argv:
        proof(["extractive", "default", "multilingual"] if "--all" in sys.argv else ["extractive"])
