"""Personal data: what is found on Presidio's synthetic sentences and wrongly found on ordinary texts, beside Presidio.

    python -m benchmarks.guardrails personal [--half test|tune|both]

Sentences are split by the template that they were made from, so that no form of a sentence is on both sides; the rules
were written while looking at the half "tune" alone. Presidio as shipped means AnalyzerEngine with its default
recognisers and a threshold of 0.4, as its evaluation uses it, with the small English model of spaCy where the published
figures had the large one; it is asked with the same weights, in the same run, in turn. Matching: see spans.py.
"""

import argparse
import gzip
import json
import logging
import string
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.data import folder, half, lines
from benchmarks.guardrails.spans import ANY, Counts, Span, Token, counted
from core.guardrails.personal import IDENTIFYING, KINDS, Personal
from core.models.cache import model_folder
from core.settings import Settings

PUBLISHED = {"shipped, large model, whole set": (0.685, 0.603), "customised, whole set": (0.870, 0.839)}
"""Precision and recall that Presidio's makers published for 1,500 sentences, of which 732 are here."""

ANNOTATED = {
    "PERSON": "person", "STREET_ADDRESS": "location", "GPE": "location", "ORGANIZATION": "organisation",
    "CREDIT_CARD": "card", "PHONE_NUMBER": "telephone", "EMAIL_ADDRESS": "e-mail", "DATE_TIME": "date",
    "TITLE": "title", "AGE": "age", "NRP": "group",
    "DOMAIN_NAME": "web address", "ZIP_CODE": "postcode", "IP_ADDRESS": "IP address",
    "US_SSN": "national id", "IBAN_CODE": "IBAN", "US_DRIVER_LICENSE": "driving licence",
}  # fmt: skip
PRESIDIO = {**ANNOTATED, "LOCATION": "location", "URL": "web address"}
OURS = {"address": "location", "place": "location", "date of birth": "date"}
"""Addresses and places are one kind in the comparison, since Presidio has one for both."""
POINTING = frozenset(
    """PERSON EMAIL_ADDRESS PHONE_NUMBER CREDIT_CARD IBAN_CODE IP_ADDRESS US_SSN UK_NHS AGE US_DRIVER_LICENSE
    US_PASSPORT US_BANK_NUMBER US_ITIN MAC_ADDRESS MEDICAL_LICENSE""".split()
)
"""Presidio's kinds that point to one person by themselves, as ours of IDENTIFYING do."""
WORDS = """street st st. apt apt. unit suite box po p.o. corner address city state zip country mr. mrs. miss day days
    week weeks month months year years old ago age morning afternoon evening night noon weekend inc inc. ltd de rue via
    's""".split()
"""Tokens without meaning beside punctuation and spaCy's stop words."""

Finder = Callable[[str], list[Span]]


def shipped(models: Path) -> Finder:
    """Presidio's analyser as it comes, kept from the network: its public suffixes are those of the package."""
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)  # type: ignore[assignment]
    engine = SpacyNlpEngine()
    engine.nlp = {"en": spacy.load(model_folder(models, "names"))}
    analyser = AnalyzerEngine(nlp_engine=engine, default_score_threshold=0.4)

    def find(text: str) -> list[Span]:
        found = sorted(analyser.analyze(text, "en"), key=lambda each: -each.score)
        return [(each.start, each.end, each.entity_type) for each in found]

    return find


def ours(detector: Personal) -> Finder:
    return lambda text: [(each.start, each.end, each.kind) for each in detector.find(text)]


def named(spans: Iterable[Span], kinds: dict[str, str]) -> list[Span]:
    return [(start, end, kinds.get(kind, kind)) for start, end, kind in spans]


def compared(rows: list[dict[str, Any]], finders: dict[str, tuple[Finder, dict[str, str]]]) -> dict[str, Counts]:
    """The counts of each finder on the sentences."""
    import spacy
    from spacy.lang.en.stop_words import STOP_WORDS

    cut = spacy.blank("en")
    without = STOP_WORDS | set(string.punctuation) | set(WORDS)
    texts = [row["full_text"] for row in rows]
    tokens: list[list[Token]] = [[(at.idx, at.idx + len(at.text), at.text) for at in cut(text)] for text in texts]
    truth = [
        [(at["start_position"], at["end_position"], ANNOTATED[at["entity_type"]]) for at in row["spans"]]
        for row in rows
    ]
    made = {}
    for name, (find, kinds) in finders.items():
        told = [named(find(text), kinds) for text in texts]
        made[name] = counted(
            zip(tokens, truth, told, strict=True), lambda word: not word.strip() or word.strip().lower() in without
        )
    return made


def timed(texts: list[str], finders: dict[str, Finder], rounds: int = 5) -> dict[str, float]:
    """Medians of the milliseconds per 1,000 characters, the finders in turn over all texts."""
    signs = sum(map(len, texts))
    taken: dict[str, list[float]] = {name: [] for name in finders}
    for _ in range(rounds):
        for name, find in finders.items():
            start = perf_counter()
            for text in texts:
                find(text)
            taken[name].append((perf_counter() - start) * 1e6 / signs)
    return {name: median(each) for name, each in taken.items()}


def ordinary() -> dict[str, list[str]]:
    """Texts in which nobody's personal data stands, or only names of public persons."""
    with gzip.open(folder("beir_scifact") / "corpus.jsonl.gz", "rt", encoding="utf-8") as rows:
        abstracts = [f"{row['title']}\n{row['text']}" for row in map(json.loads, rows)][::26]
    passages = [row["ctxs"][0]["text"] for row in lines(folder("nq_oracle") / "nq-open-oracle.jsonl")][::14]
    return {"scifact abstracts": abstracts, "nq_oracle passages": passages}


def pointing(find: Finder, kinds: Iterable[str], texts: list[str]) -> Counter[str]:
    """Findings of kinds that point to one person, by kind."""
    wanted = set(kinds)
    return Counter(kind for text in texts for _, _, kind in find(text) if kind in wanted)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=["test", "tune", "both"], default="test")
    given = parser.parse_args()
    models = Settings().models
    whole, bare = Personal(models, KINDS), Personal(None, KINDS)
    presidio = shipped(models)
    finders = {
        "Presidio as shipped": (presidio, PRESIDIO),
        "Touchstone": (ours(whole), OURS),
        "Touchstone, patterns alone": (ours(bare), OURS),
    }
    rows = list(lines(folder("pii_presidio") / "synth.jsonl"))
    sides = {"tune": [0], "test": [1], "both": [0, 1]}[given.half]
    chosen = [row for row in rows if half(str(row["template_id"])) in sides]
    _sentences(compared(chosen, finders), given.half, len(chosen))
    _ordinary({"Presidio as shipped": (presidio, POINTING), "Touchstone": (ours(whole), IDENTIFYING)})
    _speed([row["full_text"] for row in chosen], {name: find for name, (find, _) in finders.items()})


def _sentences(made: dict[str, Counts], side: str, count: int) -> None:
    print(f"\n{count} sentences, half '{side}'          precision recall   F1    F2    tokens: precision recall")
    for name, counts in made.items():
        print(
            f"{name:45}{counts.precision():.3f}    {counts.recall():.3f}    {counts.f():.3f} {counts.f(2):.3f} "
            f"        {counts.token_precision():.3f}     {counts.token_recall():.3f}"
        )
    for name, (precision, recall) in PUBLISHED.items():
        print(f"published: {name:34}{precision:.3f}    {recall:.3f}")
    print(f"\n{'by kind: precision/recall':26}{'annotated':>10}" + "".join(f"{name:>30}" for name in made))
    annotated = next(iter(made.values())).annotated
    for kind, number in annotated.most_common():
        if kind != ANY:
            print(
                f"{kind:26}{number:>10}"
                + "".join(f"{c.precision(kind):>21.3f} / {c.recall(kind):.3f}" for c in made.values())
            )


def _ordinary(finders: dict[str, tuple[Finder, Iterable[str]]]) -> None:
    print("\nfindings that point to a person, per 1,000 characters of ordinary text (in nq_oracle many are right)")
    for source, texts in ordinary().items():
        for name, (find, kinds) in finders.items():
            found = pointing(find, kinds, texts)
            signs = sum(map(len, texts))
            detail = ", ".join(f"{kind} {count}" for kind, count in found.most_common(5))
            print(f"{source:22}{name:24}{found.total() * 1000 / signs:6.3f}   of {signs:,}: {detail}")


def _speed(sentences: list[str], finders: dict[str, Finder]) -> None:
    passages = ["\n".join(ordinary()["scifact abstracts"][:40])]
    for title, texts in (("sentences one by one", sentences[:150]), ("one text of 60,000 characters", passages)):
        times = timed(texts, finders)
        print(f"ms per 1,000 characters, {title}: " + ", ".join(f"{name} {each:.1f}" for name, each in times.items()))


if __name__ == "__main__":
    main()
