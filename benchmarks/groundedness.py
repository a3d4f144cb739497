"""How often a sentence gets a receipt that it deserves, and how often one that it does not.

    python -m benchmarks.groundedness

Deserving: sentences that people wrote from a passage (ClapNQ), shown with that passage among the four nearest others.
Undeserving: the same sentences with a number or a name changed for one of another answer, sentences of other
questions' answers, and sentences that were made to mislead (HaluEval). Questions are split in halves by a hash; the
support from which a sentence counts is chosen on one (`core.generation.citations.SUPPORTED`), both are printed.
"""

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks.data import folder, half, lines
from core.chunking.sentences import sentence_spans
from core.embedding.encoder import SPECS, Encoder
from core.generation import citations
from core.generation.extractive import weigh
from core.generation.particulars import names, numbers
from core.models.cache import model_folder
from core.settings import Settings
from core.types import Chunk, Hit, Source, no_scores

OTHERS = 4
THRESHOLDS = (0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)


@dataclass(frozen=True)
class Case:
    """A question, what it was answered from, and sentences about it by kind."""

    question: str
    title: str
    passage: str
    claims: tuple[tuple[str, str], ...]
    half: int


def tidy(text: str) -> str:
    """The text with the spaces that a tokenizer left taken out again."""
    text = re.sub(r"\s+([.,;:!?)’])", r"\1", text.replace("`` ", "“").replace(" ''", "”"))
    return re.sub(r"\s+('s)\b", r"\1", text.replace("( ", "(")).strip()


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return [text[s.start : s.end] for s in sentence_spans(text)]


def written() -> list[Case]:
    """ClapNQ: human answers, and what one changed particular makes of them."""
    rows = list(lines(folder("clapnq_dev") / "clapnq_dev_answerable.jsonl"))
    answers = [sentences(tidy(row["output"][0]["answer"])) for row in rows]
    found = []
    for i, row in enumerate(rows):
        passage = row["passages"][0]
        text, elsewhere = tidy(passage["text"]), answers[(i + 7) % len(rows)]
        claims = [("written from the passage", sentence) for sentence in answers[i]]
        claims += [("of another answer", sentence) for sentence in elsewhere]
        for sentence in answers[i]:
            claims += changed(sentence, text, [s for other in answers[i + 1 :] + answers[:i] for s in other])
        found.append(Case(row["input"], passage["title"], text, tuple(claims), half(row["input"])))
    return found


def digits(text: str) -> list[str]:
    """Numbers as they are written."""
    return re.findall(r"\d[\d.,]*\d|\d", text)


def changed(sentence: str, passage: str, others: list[str]) -> Iterator[tuple[str, str]]:
    """The sentence with its last number, and with its last name, changed for one that the passage lacks."""
    for kind, find in (("with a number changed", digits), ("with a name changed", names)):
        for new in (found for other in others for found in find(other)):
            if new.lower() not in passage.lower() and not numbers(new) & numbers(passage):
                if there := find(sentence):
                    before, _, after = sentence.rpartition(there[-1])
                    yield kind, f"{before}{new}{after}"
                break


def misleading() -> list[Case]:
    """HaluEval: right and hallucinated answers, those of a few words apart."""
    file = folder("halueval") / "qa.jsonl"
    found = []
    for row in lines(file):
        claims = []
        for kind, text in (("right", row["right_answer"]), ("made to mislead", row["hallucinated_answer"])):
            claims.append((f"{kind}, {'few words' if len(text.split()) < 6 else 'a sentence'} (HaluEval)", text))
        found.append(Case(row["question"], "", row["knowledge"], tuple(claims), half(row["question"])))
    return found


def sources(case: Case, near: list[Case]) -> tuple[Source, ...]:
    """The passage among others, as a search would give them."""
    found = []
    for number, each in enumerate([*near[:2], case, *near[2:]], start=1):
        chunk = Chunk(str(number), each.title or "text", each.passage, 0, len(each.passage), (1,), (), 0)
        found.append(Source(number, Hit(chunk, each.title, "public", number, no_scores()), each.passage))
    return tuple(found)


def scored(cases: list[Case], encoder: Encoder) -> Iterator[tuple[int, str, float]]:
    """Half, kind and support of every sentence; the support is 0 where numbers or names lack."""
    vectors = encoder.passages([case.passage for case in cases])
    for i, case in enumerate(cases):
        order = [int(k) for k in np.argsort(-(vectors @ vectors[i])) if k != i]
        shown = sources(case, [cases[k] for k in order[:OTHERS]])
        evidence = weigh(case.question, encoder.queries([case.question])[0], shown, encoder.passages, "minilm", False)
        embedded = encoder.passages([citations.in_full(text, case.question) for _, text in case.claims])
        for (kind, text), vector in zip(case.claims, embedded, strict=True):
            yield case.half, kind, citations.ground(text, vector, evidence).score


def main() -> None:
    """Print, for each half and threshold, the share of each kind that gets a receipt."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    encoder = Encoder(SPECS["minilm"], model_folder(Settings().models, "minilm"))
    chosen = citations.SUPPORTED
    chosen, citations.SUPPORTED = citations.SUPPORTED, min(THRESHOLDS)
    read = partial(scored, encoder=encoder)
    rows = [*read(written()), *read(misleading())]
    kinds = list(dict.fromkeys(kind for _, kind, _ in rows))
    for part, told in ((0, "looked at"), (1, "not looked at")):
        print(f"\nwith a receipt, half {told}{'':14}" + "".join(f"{t:>7.2f}" for t in THRESHOLDS))
        for kind in kinds:
            supports = np.array([support for which, of, support in rows if which == part and of == kind])
            shares = "".join(f"{(supports >= threshold).mean():7.3f}" for threshold in THRESHOLDS)
            print(f"{kind:34}{len(supports):5}{shares}")
    print(f"\nSUPPORTED is {chosen}.")


if __name__ == "__main__":
    main()
