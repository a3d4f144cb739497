"""Real prompts for answering from sources: questions and passages of Natural Questions, packed to a length."""

import zlib
from collections.abc import Callable

from benchmarks.data import folder, lines
from core.generation.prompt import template

STYLES = {
    "grounded": "Answer with the one sentence of the sources that answers the question, word for word, and name it.",
    "free": "Answer in three sentences in your own words, without quoting.",
}
"""What is said behind the question: the style that quotes, as a grounded adapter writes, and one that does not."""

Messages = tuple[tuple[str, str], ...]


def prompts(count: Callable[[str], int], tokens: int, number: int, skip: int, style: str) -> list[Messages]:
    """`number` prompts of about `tokens` tokens: the passage that answers, in the middle of others.

    Each takes its own rows, so that no two share a source; `skip` prompts are passed over.
    """
    rows = list(lines(folder("nq_oracle") / "nq-open-oracle.jsonl"))
    rows.sort(key=lambda row: zlib.crc32(row["question"].encode()))
    system, at, found = template("grounded-1"), 0, list[Messages]()
    while len(found) < number + skip:
        gold = rows[at]
        at += 1
        passages, ask = [_passage(gold)], f"Question: {gold['question']}?\n{STYLES[style]}"
        used = count(system) + count(ask) + count(passages[0]) + 24
        while used < tokens - 60:
            passages.append(_passage(rows[at]))
            used += count(passages[-1]) + 6
            at += 1
        middle = len(passages) // 2
        passages = [*passages[1 : middle + 1], passages[0], *passages[middle + 1 :]]
        body = "\n\n".join(f"[{i}] {passage}" for i, passage in enumerate(passages, 1))
        found.append((("system", system), ("user", f"{body}\n\n{ask}")))
    return found[skip:]


def _passage(row: dict) -> str:
    best = row["ctxs"][0]
    return f"{best['title']}\n{best['text']}"
