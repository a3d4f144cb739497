"""The deepset prompts in two halves that share no sentence: the set repeats its injections behind other questions."""

import re
from collections import defaultdict

from benchmarks.data import folder, half, lines


def halves() -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """(text, whether it is an injection) to train on and to test on, always the same.

    Texts that share a sentence of 20 letters fall in the same half. A German text and its English translation may
    still fall on both sides, so that the test half is in distribution in every sense.
    """
    rows = [
        (str(row["text"]), bool(int(row["label"]))) for row in lines(folder("prompt_injection") / "deepset_train.jsonl")
    ]
    above = list(range(len(rows)))

    def root(row: int) -> int:
        while above[row] != row:
            row = above[row]
        return row

    first: dict[str, int] = {}
    for row, (text, _) in enumerate(rows):
        for sentence in re.split(r"[.?!:\n]", text):
            key = re.sub(r"\W", "", sentence.casefold())
            if len(key) >= 20:
                above[root(row)] = root(first.setdefault(key, row))
    groups: defaultdict[int, list[tuple[str, bool]]] = defaultdict(list)
    for row, each in enumerate(rows):
        groups[root(row)].append(each)
    parts: tuple[list[tuple[str, bool]], list[tuple[str, bool]]] = ([], [])
    for at, members in groups.items():
        parts[half(rows[at][0])].extend(members)
    return parts
