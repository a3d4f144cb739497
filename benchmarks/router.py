"""The router against always one route, chance and the oracle, on questions that it did not learn from.

    python -m benchmarks.router [--outcomes FILE] [--limit N] [--json]

Every route answers every question once, by the adapters that ship; what came of it is kept in the file, and not asked
again. Half of the questions, by a fixed hash of what they rest on, is learned, the other half proves. Twice: with a
model that writes where nothing but retrieval is used, and with the documents' own sentences in its place. Times are of
this machine; all routes of a question are asked one after the other, so that a busy machine slows them alike.
"""

import argparse
import json
import statistics
import tempfile
from pathlib import Path

from benchmarks.router_outcomes import gather, outcome
from core.answering.routing_rules import ZoneRules
from core.cli.router import proof_lines
from core.route_learning import learned
from core.route_proof import Proof, as_json, prove
from core.types import Routing

LIMIT = 150
VARIANTS = {"rag": "retrieval alone: the base model writes", "quotes": "retrieval alone: quotes, no model writes"}


def proved(rows: list[dict[str, object]], rag: str) -> Proof:
    """Learned from one half, proved on the other."""
    train = [outcome(row, rag) for row in rows if not row["test"]]
    test = [outcome(row, rag) for row in rows if row["test"]]
    model = learned(train, {"set": "benchmark"}, ZoneRules(), Routing())
    return prove(test, model, ZoneRules(), Routing())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--outcomes", type=Path, default=Path(tempfile.gettempdir()) / "router-outcomes.jsonl")
    parser.add_argument("--limit", type=int, default=LIMIT, help="questions; there are 242")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = gather(options.outcomes, options.limit)
    proofs = {rag: proved(rows, rag) for rag in VARIANTS}
    if options.json:
        print(json.dumps({rag: as_json(proof) for rag, proof in proofs.items()}))
        return
    looked = statistics.median(row["looked_ms"] for row in rows)
    handbook = sum(row["handbook"] for row in rows)
    without = sum(not row["answerable"] for row in rows)
    print(f"{len(rows)} questions: {handbook} of the handbook in wordings that its adapter never saw; {without} that")
    print("the documents do not answer")
    print(f"searching for signals takes {looked:.0f} ms (median)")
    for rag, proof in proofs.items():
        print(f"\n{VARIANTS[rag]}")
        print("\n".join(proof_lines(proof)))


if __name__ == "__main__":
    main()
