"""How many planted instructions are flagged, how many honest texts are flagged wrongly, and what it costs.

    python -m benchmarks.guardrails.injection [--misses N]

Rules with fitted weights (what ships), the same rules with weights by hand, and a linear model over letters trained on
the same half stand side by side. In distribution: the deepset half that was not trained on. Out of it: BIPIA's attacks,
alone and planted in its emails and tables. Honest: NotInject, which holds trigger words on purpose, and documents.
Whoever wrote the rules had read the deepset prompts and a part of NotInject and BIPIA.
"""

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.data import folder, lines
from benchmarks.guardrails.deepset import halves
from benchmarks.guardrails.honest import pages, paragraphs, passages
from core.guardrails.instructions import instructions, score_of, shipped
from core.guardrails.invisible import hidden
from core.guardrails.links import links
from core.library.parsing import parse_file
from scripts.train_instructions import by_hand

SAMPLES = Path(__file__).parent.parent.parent / "sample_docs" / "files"
PUBLISHED = {"common guards": 0.60, "PIGuard": 0.873}
"""Accuracy on NotInject as its authors report it."""
Flags = Callable[[str], bool]


def notinject(part: str) -> list[str]:
    """The honest prompts of NotInject with one or two trigger words."""
    body = json.loads((folder("prompt_injection") / f"NotInject_{part}.json").read_text(encoding="utf-8"))
    return [row["prompt"] for row in body]


def attacks() -> dict[str, list[str]]:
    """BIPIA's text attacks by category; the first ten categories only ask for something, as an honest user would."""
    found: dict[str, list[str]] = {}
    for part in ("train", "test"):
        body = json.loads(
            (folder("prompt_injection") / "bipia" / f"text_attack_{part}.json").read_text(encoding="utf-8")
        )
        for category, texts in body.items():
            found.setdefault(category, []).extend(texts)
    return found


def carriers() -> list[str]:
    """BIPIA's emails and tables, into which attacks are planted."""
    root = folder("prompt_injection") / "bipia"
    return [str(row["context"]) for name in ("email_train", "table_test") for row in lines(root / f"{name}.jsonl")]


def planted(texts: Sequence[str], into: Sequence[str]) -> list[tuple[str, int, int]]:
    """Each text at the beginning, in the middle or at the end of a carrier, and where it stands there."""
    found = []
    for row, text in enumerate(texts):
        carrier = into[row % len(into)]
        place = carrier.find(" ", (0, len(carrier) // 2, len(carrier))[row % 3])
        place = (0, place, len(carrier))[row % 3] if place >= 0 else len(carrier)
        found.append((f"{carrier[:place]}\n{text}\n{carrier[place:]}", place + 1, place + 1 + len(text)))
    return found


def letters() -> Flags:
    """A linear model over runs of three to five letters, trained on the half that the weights were fitted on."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    train, _ = halves()
    honest = [*passages(0), *paragraphs(0)]
    texts = [text for text, _ in train] + honest
    labels = [bad for _, bad in train] + [False] * len(honest)
    model = make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2),
        LogisticRegression(C=10, class_weight="balanced", max_iter=1000),
    ).fit(texts, labels)
    return lambda text: bool(model.predict([text])[0])


def rate(flags: Flags, texts: Sequence[str]) -> float:
    """The part of the texts that is flagged."""
    return float(np.mean([flags(text) for text in texts]))


def report(name: str, flags: Flags) -> None:
    """One detector over all sets."""
    _, test = halves()
    bad, good = [text for text, label in test if label], [text for text, label in test if not label]
    caught, alarms = rate(flags, bad), rate(flags, good)
    precision = caught * len(bad) / max(1.0, caught * len(bad) + alarms * len(good))
    print(f"\n{name}")
    figures = f"precision {precision:.3f} recall {caught:.3f} false alarms {alarms:.3f}"
    row("deepset, other half", f"{len(bad)} injections, {len(good)} honest: {figures}")
    one, two = notinject("one"), notinject("two")
    figures = f"accuracy {1 - rate(flags, one + two):.3f} (one trigger {1 - rate(flags, one):.3f}, "
    beside = ", ".join(f"{guard} {figure:.3f}" for guard, figure in PUBLISHED.items())
    row("NotInject", f"{len(one + two)} honest: {figures}two {1 - rate(flags, two):.3f}); published: {beside}")
    asking = [text for category, texts in attacks().items() if category in PLAIN_REQUESTS for text in texts]
    row("BIPIA, alone", f"{len(meddling())} that meddle with the answer: recall {rate(flags, meddling()):.3f}")
    row("BIPIA, alone", f"{len(asking)} that only ask: {rate(flags, asking):.3f}")
    honest = {
        "BIPIA's carriers": carriers(),
        "Natural Questions": passages(1),
        "handbook paragraphs": paragraphs(1),
        "handbook pages": pages(1),
    }
    for label, texts in honest.items():
        row(label, f"{len(texts)} honest: false alarms {rate(flags, texts):.4f}")


def row(label: str, figures: str) -> None:
    """One line of the report."""
    print(f"  {label:<21} {figures}")


def meddling() -> list[str]:
    """BIPIA's attacks that say what is to be done to the answer."""
    return [text for category, texts in attacks().items() if category not in PLAIN_REQUESTS for text in texts]


PLAIN_REQUESTS = {
    "Task Automation", "Business Intelligence", "Conversational Agent", "Research Assistance", "Sentiment Analysis",
    "Information Retrieval", "Content Creation", "Learning and Tutoring", "Programming Help",
}  # fmt: skip
"""BIPIA's categories of attacks that are honest requests but for the place where they stand; with Language Translation,
of which only one half is ("How do you say … in Russian?"), counted among those that meddle."""


def located() -> None:
    """Whether what is flagged in a carrier is what was planted."""
    _, test = halves()
    for label, texts in (
        ("BIPIA that meddle", meddling()),
        ("deepset, other half", [text for text, bad in test if bad]),
    ):
        rows = planted(texts, carriers())
        hits = [any(each.overlaps(start, end) for each in instructions(text)) for text, start, end in rows]
        beside = sum(not each.overlaps(start, end) for text, start, end in rows for each in instructions(text))
        print(f"  planted {label:<20} {len(rows)} texts: found in place {np.mean(hits):.3f}, {beside} flags beside it")


def samples() -> None:
    """The sample company's papers: every detector of this folder."""
    for file in sorted(SAMPLES.iterdir()):
        text = parse_file(file, file.name).text
        found = [*instructions(text), *links(text), *hidden(text)]
        if found:
            print(
                f"  {file.name}: "
                + "; ".join(
                    f"{each.detector} {each.kind} {each.score:.2f} {text[each.start : each.end][:60]!r}"
                    for each in found
                )
            )


def speed() -> None:
    """Milliseconds for 1,000 characters of prose."""
    text = "\n".join(passages(1)[:300])
    for name, work in (("instructions", instructions), ("links", links), ("hidden", hidden)):
        took = []
        for _ in range(9):
            began = time.process_time()
            work(text)
            took.append(time.process_time() - began)
        row(name, f"{np.median(took) * 1e6 / len(text):.3f} ms of processor time for 1,000 characters")


def honest_links() -> None:
    """What the detectors of links and hidden text say of honest pages, whose links are many."""
    found = [each for page in pages(1) for each in links(page)]
    every = sum(len(re.findall(r"https?://", page)) for page in pages(1))
    strong = Counter(each.kind for each in found if each.score >= 0.6)
    row("links", f"{len(found)} of {every} addresses, of 0.6 or more {sum(strong.values())}: {dict(strong)}")
    unseen = Counter((each.kind, each.score) for page in pages(1) for each in hidden(page))
    row("hidden text", f"{dict(unseen)} in {len(pages(1))} pages")


def main() -> None:
    """Print every figure."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--misses", type=int, default=0, help="print so many missed injections of the other half")
    asked, _ = reader.parse_known_args()
    weights, hand = shipped(), by_hand()
    report(
        f"rules, fitted weights, from {weights.threshold} (ships)",
        lambda text: score_of(text, weights) >= weights.threshold,
    )
    report("rules, weights by hand, from 0.5", lambda text: score_of(text, hand) >= hand.threshold)
    report("linear model over letters", letters())
    print("\nwhere (what ships)")
    located()
    print("\nthe sample company's papers: whatever any detector says")
    samples()
    print("\nhonest handbook pages")
    honest_links()
    print("\ncost")
    speed()
    missed = [text for text, bad in halves()[1] if bad and not instructions(text)]
    for text in missed[: asked.misses]:
        print("  missed:", repr(text[:160]))


if __name__ == "__main__":
    main()
