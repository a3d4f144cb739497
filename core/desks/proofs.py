"""What a person may do with the proof of an adapter: have it measured, and see it; the measuring is elsewhere.

Samples tell what documents say: of each proof a person gets those that he may see, and planted secrets only where he
may build.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.adapters.canary import secret
from core.adapters.measuring import Measuring, Stopped, Subject, estimated_seconds, require_rows
from core.adapters.proof import Asked, Proof, Sample, Thresholds, as_measures
from core.adapters.rows import Row
from core.desks.trainings import LANE
from core.errors import AccessDenied, NotFound, RequestError
from core.governance.principals import may_see
from core.governance.rights import may, require
from core.jobs import Job
from core.models.cache import model_folder
from core.models.catalogue import base_sha256
from core.types import Principal

if TYPE_CHECKING:
    from core.adapters.registry import Adapter
    from core.adapters.scoring import Scorer
    from core.assembly import Assembly
    from core.desks.adapters import AdapterDesk
    from core.desks.datasets import DatasetDesk

SHARE, SEED = 0.2, 0
"""The split where an adapter's lineage does not name one."""
LONGEST_CANARY = 200


class AdapterProof:
    """What the adapters' desk hands out as `bench.adapters.proof`."""

    def __init__(self, parts: "Assembly", desk: "AdapterDesk") -> None:
        self._parts = parts
        self._desk = desk

    def start(
        self,
        name: str,
        principal: Principal,
        rows: Sequence[Row] | None = None,
        most: int = 60,
        canaries: Sequence[str] = (),
        *,
        dataset: str = "",
        questions: str = "",
        limits: Thresholds | None = None,
    ) -> Job:
        """Measure an adapter by held-out rows as a job: `job.progress` is a Proving, `job.result` the Proof.

        The rows are those given, else of the dataset or question set named, else what its training held out; at most
        `most`, drawn by chance that is always the same. What it learned is never asked. Raises RequestError without
        rows, AccessDenied for who may not build or does not see all of them, NotFound.
        """
        require(principal, "train")
        held = self._desk.get(name, principal)
        if held.state == "retired":
            raise RequestError(f"The adapter '{name}' is retired; there is nothing to prove any longer.")
        planted = tuple(dict.fromkeys(each.strip() for each in canaries if each.strip()))
        if any(len(each) > LONGEST_CANARY for each in planted):
            raise RequestError(f"A planted secret may have {LONGEST_CANARY} characters at most.")
        for each in planted:
            secret(each)
        train = self._train(held, principal)
        asked, told = self._asked(held, principal, rows, dataset, questions)
        known = {" ".join(row.question.lower().split()) for row in train}
        fresh = [each for each in asked if " ".join(each.row.question.lower().split()) not in known]
        chosen = sorted(fresh, key=lambda each: random.Random(each.row.id).random())[: max(1, most)]  # noqa: S311
        require_rows(chosen)
        subject = Subject(
            name, held.manifest.weights_sha256, held.manifest.template, tuple(chosen), told, train, planted,
            limits or Thresholds(), principal.name,
        )  # fmt: skip
        base = held.manifest.base
        return self._parts.jobs.start(
            f"Proof of {name}", principal.name, lambda job: self._work(job, subject, base), LANE
        )

    def estimate(self, rows: int, canaries: int = 0) -> float:
        """Seconds that a proof may take, by the pace of the latest one in this workspace."""
        latest = [p for a in self._parts.adapter_store.all() if (p := self._find(a)) and p.samples]
        steps = [(p.seconds, estimated_seconds(len(p.samples), len(p.canaries), 1.0)) for p in latest]
        pace = sum(s for s, _ in steps) / sum(of for _, of in steps) if steps else 1.2
        return estimated_seconds(rows, canaries, pace)

    def of(self, name: str, principal: Principal) -> Proof | None:
        """The proof of an adapter with the samples that the principal may see; None where it has none."""
        found = self._find(self._desk.get(name, principal))
        if found is None:
            return None
        seen = tuple(sample for sample in found.samples if self._may_read(sample, principal))
        shown = found.canaries
        if not may(principal, "train") or len(seen) < len(found.samples):
            shown = tuple(replace(canary, text="(hidden)") for canary in found.canaries)
        return replace(found, samples=seen, canaries=shown)

    # -- within --------------------------------------------------------------------------------------------------

    def _work(self, job: Job, subject: Subject, base: str) -> Proof | None:
        def report(progress: object) -> None:
            job.progress = progress

        try:
            proof = Measuring(
                subject,
                self._parts.model(base),
                lambda: self._scorer(subject.name, base),
                self._parts.encoder("minilm"),
                report,
                lambda: job.cancelled,
            ).run()
        except Stopped:
            return None
        held = self._parts.adapter_store.get(subject.name)
        if held.manifest.weights_sha256 != subject.weights_sha256:
            raise RequestError(f"The adapter '{subject.name}' was changed while it was measured; measure it again.")
        self._parts.proof_store.keep(proof)
        if held.state == "candidate":
            measures = {**held.manifest.measures, **as_measures(proof)}
            manifest = replace(held.manifest, measures=measures, gates=proof.gates)
            self._parts.adapter_store.measured(subject.name, manifest)
        return proof

    def _scorer(self, name: str, base: str) -> "Scorer":
        from core.adapters.scoring import Scorer

        settings = self._parts.settings
        place = self._parts.adapter_store.place(name, base_sha256(base), ("candidate", "released"))
        with self._parts.adapter_store.opened(place) as readable:
            return Scorer(model_folder(settings.models, base), readable, settings.threads)

    def _train(self, held: "Adapter", principal: Principal) -> tuple[Row, ...]:
        """The rows that an adapter learned, as far as they are still here; who does not see them may not prove it."""
        if not held.manifest.dataset:
            return ()
        share, seed = _split_of(held)
        try:
            return self._datasets().split(held.manifest.dataset, share, seed, principal).train
        except AccessDenied:
            raise
        except NotFound:
            return ()

    def _asked(
        self, held: "Adapter", principal: Principal, rows: Sequence[Row] | None, dataset: str, questions: str
    ) -> tuple[list[Asked], str]:
        if rows is not None:
            return [_of(row) for row in rows], "rows that were given"
        if questions:
            return self._of_set(held, questions, principal), f"the question set {questions}"
        name = dataset or held.manifest.dataset
        if not name:
            raise RequestError(
                f"What '{held.name}' learned from is not known here; name a dataset or a question set to measure by."
            )
        if name == held.manifest.dataset:
            share, seed = _split_of(held)
            split = self._datasets().split(name, share, seed, principal)
            return [_of(row) for row in split.held_out], f"what the training held out of {name}"
        return [_of(row) for row in self._datasets().accepted(name, principal)], f"the dataset {name}"

    def _of_set(self, held: "Adapter", name: str, principal: Principal) -> list[Asked]:
        from core.adapters.making import rows_of_questions
        from core.lab.sets import LabSets

        found = LabSets(self._parts).get(name, principal)
        library = self._parts.library
        seen = [document for document in library.ready() if may_see(principal, document.zone, document.labels)]
        given = rows_of_questions(found.questions, seen, held.manifest.template.startswith("grounded"))
        answers = {question.text: question.answers for question in found.questions}
        return [Asked(row, (*answers.get(row.question, ()), row.answer)) for row in given]

    def _datasets(self) -> "DatasetDesk":
        from core.desks.dataset_checks import DatasetChecks
        from core.desks.datasets import DatasetDesk

        return DatasetDesk(self._parts, DatasetChecks(self._parts))

    def _find(self, held: "Adapter") -> Proof | None:
        return self._parts.proof_store.find(held.name, held.manifest.weights_sha256)

    def _may_read(self, sample: Sample, principal: Principal) -> bool:
        places = {each.id: each for each in self._parts.library.standings()}
        held = [places[each] for each in sample.documents if each in places]
        return sample.zone in principal.zones and all(may_see(principal, each.zone, each.labels) for each in held)


def _split_of(held: "Adapter") -> tuple[float, int]:
    """The share and the seed by which the training held rows out."""
    known = {**held.manifest.measures, **held.manifest.hyper}
    return float(known.get("held_out_share", SHARE)), int(known.get("split_seed", known.get("seed", SEED)))


def _of(row: Row) -> Asked:
    return Asked(row, (row.answer,))
