"""Follow-up questions: what joining them with the question before wins, and what it costs where they stand alone.

    python -m benchmarks.followups

First table: the later turns of MTRAG's conversations (Apache-2.0), over the passages of all its tasks, recall@5 of the
right ones; rules were looked at on one half of the conversations, the other is reported. Second: the questions of the
sample documents, which all stand alone, each asked after another one of the set.
"""

import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.data import folder, half, lines
from benchmarks.retrieval.embedded import Vectors
from benchmarks.retrieval.rankings import bm25, dense, fused
from benchmarks.retrieval.tables import Row, table
from core.answering.followup import standalone
from core.evaluation.question_sets import SAMPLES
from core.evaluation.retrieval_runs import plan, score
from core.governance.principals import persona
from core.recipes import BUILT_IN
from core.retrieval.retriever import retrieve
from core.settings import Settings
from core.workbench import Workbench

Join = Callable[[str, Sequence[str]], str]
WAYS: dict[str, Join] = {
    "the last question alone": lambda question, _: question,
    "always with the one before": lambda question, before: f"{before[-1]} {question}",
    "with what it leans on, where it leans": lambda question, before: standalone(question, before) or question,
}
_CANDIDATES, _RRF_K, _DEPTH, _SEED = 40, 10, 5, 0


def main() -> None:
    """Print both tables."""
    for line in conversations() + alone():
        print(line)


def conversations() -> list[str]:
    """Recall@5 on MTRAG, both halves."""
    tasks = [task for task in lines(folder("mtrag") / "mtragun_reference.jsonl") if task["contexts"]]
    texts = list(dict.fromkeys(context["text"].strip() for task in tasks for context in task["contexts"]))
    place = {text: i for i, text in enumerate(texts)}
    turns = [[turn["text"].strip() for turn in task["input"] if turn["speaker"] == "user"] for task in tasks]
    later = [(task, asked) for task, asked in zip(tasks, turns, strict=True) if len(asked) > 1]
    right = [{place[context["text"].strip()] for context in task["contexts"]} for task, _ in later]
    halves = [half(task["conversation_id"]) for task, _ in later]
    vectors = Vectors()
    out = []
    values: dict[str, list[float]] = {}
    with bm25(texts) as index:
        for name, join in WAYS.items():
            questions = [join(asked[-1], asked[:-1]) for _, asked in later]
            near = dense(vectors.queries("minilm", questions), vectors.passages("minilm", texts), _CANDIDATES)
            lists = [[n, index.rank(q, _CANDIDATES)] for n, q in zip(near, questions, strict=True)]
            found = [set(fused(both, _RRF_K)[:_DEPTH]) for both in lists]
            values[name] = [len(f & r) / len(r) for f, r in zip(found, right, strict=True)]
    for part, title in ((0, "MTRAG, the half that was looked at"), (1, "MTRAG, the other half")):
        chosen = {n: [v for v, h in zip(all_, halves, strict=True) if h == part] for n, all_ in values.items()}
        out += table(title, [Row(n, {"recall@5": v}) for n, v in chosen.items()], base=next(iter(WAYS)))
    return out


def alone() -> list[str]:
    """Recall@5 of the default recipe on the samples, each question asked after another one."""
    admin = persona("administrator")
    recipe = BUILT_IN["default"]
    with tempfile.TemporaryDirectory() as where, Workbench(Settings(workspace=Path(where)), "the benchmark") as bench:
        bench.ingest(bench.samples(), admin)
        questions = bench.lab.sets.get(SAMPLES, admin).questions
        documents = [bench.visible(row.id, admin) for row in bench.documents(admin)]
        from datetime import date

        planned = plan(questions, documents, admin, date.today()).asked
        parts = bench.retriever(recipe)
        chance = random.Random(_SEED)
        earlier = [[chance.choice(planned).question.text] for _ in planned]
        rows = []
        for name, join in WAYS.items():
            found = []
            for each, before in zip(planned, earlier, strict=True):
                hits = retrieve(join(each.question.text, before), recipe, each.access, parts)
                found.append(score(each, hits, recipe.retrieval.top_k, 0.0).values["recall@5"])
            rows.append(Row(name, {"recall@5": found}))
    return table("Questions that stand alone, after another one", rows, base=next(iter(WAYS)))


if __name__ == "__main__":
    main()
