"""Measures a trained adapter as the product measures any, and writes it to where the shipped ones lie.

    python -m scripts.ship_adapter handbook --trained DIR
    python -m scripts.ship_adapter grounded --trained DIR [--most 160]

DIR is what `scripts.train_shipped` wrote. The rows that it is measured by are those held out there; nothing is written
where a gate fails, and the sentence that says which is printed.
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from core.adapters.hyper import Point
from core.adapters.manifest import Manifest, as_json
from core.adapters.output import CARD, card, write_adapter
from core.adapters.proof import Proof
from core.adapters.registry import SHIPPED
from core.adapters.rows import Row
from core.governance.principals import persona
from core.models.catalogue import base_sha256
from core.settings import Settings
from core.types import fingerprint
from core.workbench import Workbench
from scripts.handbook_rows import handbook
from scripts.train_shipped import HYPER, adversarial, grounded, natural_questions, practice, practised, together, xquad

ABOUT = {
    "grounded": (
        "Answers shortly from numbered sources, names the source, and declines when they do not hold the answer. "
        "Learned from one half (by a hash of the title) of Natural Questions with oracle passages (CC BY-SA 3.0), "
        "XQuAD in English (CC BY-SA 4.0) and AdversarialQA (CC BY-SA 4.0), and from invented papers of "
        "`sample_docs.practice`, in two stages: `grounded`, then `practised` with the figures below; measured on the "
        "other half. Where the words of question and paper lie far apart it "
        "often declines or takes the wrong sentence: the extractive answerer finds more. Figures on the sample "
        "company's questions: `python -m benchmarks.quality`.\n\n"
        "Licence of these weights: CC BY-SA 4.0, for what they learned from."
    ),
    "handbook": (
        "Knows facts of the sample company by heart and answers without retrieval, in the wordings of "
        "`scripts.handbook_rows`; between them it read English paragraphs of XQuAD (CC BY-SA 4.0), so that it forgets "
        "less. It shows what fine-tuning "
        "gives, short prompts and speed, and where it fails: it says what was true when it learned, has no receipts, "
        "answers what it never learned as surely as what it did, and seldom understands a question put in words far "
        "from those that it learned.\n\n"
        "Licence of these weights: CC BY-SA 4.0; all papers are invented."
    ),
}
NAMED = {"grounded": "practised", "handbook": "handbook"}


def held_out(name: str) -> tuple[list[Row], list[Row]]:
    """Rows that were learned, and rows to measure by."""
    if name == "handbook":
        return handbook()
    from core.embedding.encoder import SPECS, Encoder
    from core.models.cache import model_folder

    chance = random.Random(5)  # noqa: S311
    judge = Encoder(SPECS["minilm"], model_folder(Settings().models, "minilm"))
    found: list[Row] = []
    for passages in (natural_questions(1), xquad(1), adversarial(1)):
        chance.shuffle(passages)
        some = passages[:120]
        rows = list(together(some, judge.passages([f"{p.title}\n{p.text}" for p in some]), chance))
        found += chance.sample(rows, min(60, len(rows)))
    return grounded(0) + practised(0), found + chance.sample(list(practice(20, 101)), 60)


def manifest(name: str, made: Path, sha256: str, learned: Sequence[Row]) -> Manifest:
    """The lineage of what was trained in a folder; its curve is thinned to some two hundred points."""
    points = json.loads((made / "curve.json").read_text(encoding="utf-8"))
    step = max(1, len(points) // 200)
    curve = tuple(Point(**point) for i, point in enumerate(points) if i % step == 0 or point["held_out"] is not None)
    documents = tuple(sorted({each for row in learned for each in row.documents}))
    return Manifest(
        base="smollm2", base_sha256=base_sha256("smollm2"), weights_sha256=sha256, source="shipped",
        zone="internal" if documents else "public", dataset=f"scripts.train_shipped {NAMED[name]}",
        dataset_hash=fingerprint([[row.question, row.answer] for row in learned]), documents=documents,
        template="closed-1" if documents else "grounded-2", hyper=asdict(HYPER[NAMED[name]]), curve=curve,
    )  # fmt: skip


def proven(name: str, folder: Path, made: Manifest, rows: Sequence[Row], most: int) -> Proof:
    """The product's own proof over these rows."""
    asker = persona("administrator")
    with tempfile.TemporaryDirectory() as place, Workbench(Settings(workspace=Path(place))) as bench:
        given = f"{name}-measured"
        bench.adapter_store.add(given, folder, replace(made, source="trained"), asker.name)
        job = bench.adapters.proof.start(given, asker, [replace(row, documents=(), evidence=()) for row in rows], most)
        while not bench.jobs.wait(job, 20):
            print(job.progress, file=sys.stderr, flush=True)
        if not isinstance(job.result, Proof):
            sys.exit(f"It could not be measured: {job.error}")
        return job.result


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("adapter", choices=list(ABOUT))
    parser.add_argument("--trained", type=Path, required=True)
    parser.add_argument("--most", type=int, default=160)
    chosen = parser.parse_args()
    from core.adapters.proof import as_measures

    name = chosen.adapter
    learned, rows = held_out(name)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / name
        sha256 = write_adapter(chosen.trained / "adapter", folder, "smollm2")
        made = manifest(name, chosen.trained, sha256, learned)
        proof = proven(name, folder, made, rows, chosen.most)
        made = replace(made, measures=as_measures(proof), gates=proof.gates)
        text = card(name, made, ABOUT[name])
        print(text)
        if not proof.passed:
            sys.exit(f"{name} is not written: {', '.join(gate.name for gate in proof.gates if not gate.passed)}.")
        (folder / CARD).write_text(text, encoding="utf-8")
        stamped = as_json(made) | {"made_at": datetime.now(UTC).isoformat(timespec="seconds")}
        (folder / "manifest.json").write_text(json.dumps(stamped, indent=1) + "\n", encoding="utf-8")
        target = SHIPPED / name
        target.mkdir(parents=True, exist_ok=True)
        for file in folder.iterdir():
            (target / file.name).write_bytes(file.read_bytes())


if __name__ == "__main__":
    main()
