"""What the closed-book adapter learns: facts of the sample company's documents in several wordings, by rule.

The sample questions are not read: they are what the adapter is measured on. One wording of every fourth fact is held
out, so that the curve shows whether a fact is known in other words too.
"""

import tempfile
from collections import defaultdict
from pathlib import Path
from zlib import crc32

from core.adapters.making import rows_of_document
from core.adapters.rows import Row
from core.governance.principals import persona
from core.settings import Settings
from core.workbench import Workbench

CHOSEN = (
    "expense-policy.html", "leave-policy.docx", "onboarding.html", "price-list-2026.xlsx", "remote-work-policy.docx",
    "repair-bench-notes.md", "returns-policy.pdf", "security-policy.pdf", "service-faq.md", "travel-policy-2026.pdf",
    "wren-c2-manual.pdf",
)  # fmt: skip
"""English, in force, and for everybody in the company."""
WORDINGS = 3
"""Further ways to ask for each fact."""
_LONGEST = 16
"""Words of an answer that is learned; longer passages are read, not recited."""
_SHORTEST = 4
"""Words of a question: "How long does it take?" asks of nothing in particular."""


def handbook() -> tuple[list[Row], list[Row]]:
    """Rows to learn and rows held out."""
    facts: dict[str, list[Row]] = defaultdict(list)
    asker = persona("administrator")
    with tempfile.TemporaryDirectory() as folder, Workbench(Settings(workspace=Path(folder))) as bench:
        bench.ingest([each for each in bench.samples() if each.name in CHOSEN], asker)
        for document in bench.library.ready():
            for row in rows_of_document(document, with_sources=False, rephrased=WORDINGS):
                facts[row.rephrases or row.id].append(row)
    train, held = list[Row](), list[Row]()
    for key, rows in facts.items():
        if len(rows[0].answer.split()) > _LONGEST or len(rows[0].question.split()) < _SHORTEST:
            continue
        number = crc32(key.encode())
        out = rows[number % len(rows)] if number % 4 == 0 and len(rows) > 1 else None
        train += [row for row in rows if row is not out]
        held += [out] if out else []
    return train, held
