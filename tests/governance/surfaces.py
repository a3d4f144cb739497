"""Every method of the workbench and its desks that takes a principal, with a call of each on what must stay hidden."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from core.adapters.hyper import Hyper
from core.adapters.rows import Row
from core.answering.report import Part
from core.answering.routing_rules import ZoneRules
from core.decision.lens import Lens
from core.errors import TouchstoneError
from core.evaluation.fact_store import Schedule
from core.evaluation.facts import Fact
from core.evaluation.questions import Evidence, Question
from core.evaluation.values import Tolerance
from core.forgetting.person import Person
from core.governance.principals import persona
from core.guardrails.policy import STANDARD
from core.ingestion import Incoming
from core.jobs import Job
from core.recipes import BUILT_IN, recipe
from core.types import Answer, Embedding, Principal
from core.workbench import Workbench

CANARY = "zephyrquill"
EXTRACTIVE = recipe("extractive")
MINE = "files of who asks"
"""The job of his own upload names what he typed."""
ASKED = "What is the pay of the harbour master?"


@dataclass(frozen=True)
class Hidden:
    """What a workspace holds of one document that somebody must not see."""

    document: str
    name: str
    set_name: str
    dataset: str
    adapter: str
    fact: str
    passage: str
    """Key of a passage."""
    edit: int
    """A change by hand of it."""
    trace: str
    written: str
    """The trace of an answer that the adapter wrote without any source."""
    answer: Answer
    run: str
    trial: str
    arms: str
    routes: str
    sweep: str
    run_of_trial: str
    proposal: str
    training: str
    row: str
    job: str
    question: str
    folder: Path
    """Of this test, to write to."""


Call = Callable[[Workbench, Hidden, Principal], Any]


def of(name: str) -> Callable[[Workbench], Any]:
    """The object behind a dotted name below the workbench."""

    def found(bench: Workbench) -> Any:
        here: Any = bench
        for part in name.split(".") if name else ():
            here = getattr(here, part)
        return here

    return found


DESKS = (
    "", "work", "inspector", "diagnosis", "handwork", "lab.sets", "lab.runs", "lab.trials", "lab.chunking", "lab.maps",
    "lab.arms", "lab.routes", "lab.answers", "lab.growth", "datasets", "checks", "adapters", "adapters.training", "adapters.proof",
    "freshness", "freshness.facts", "audit", "guarding", "forgetting", "retention", "decision", "decision.cost",
    "routing",
)  # fmt: skip


def desks(bench: Workbench) -> dict[str, Any]:
    """Whatever the workbench hands out and is made for a person: its class, or a part's, takes principals."""
    found: dict[str, Any] = {"": bench}
    waiting = [("", bench)]
    while waiting:
        path, here = waiting.pop()
        handed = {n for n, each in inspect.getmembers(type(here)) if isinstance(each, property | cached_property)}
        for name in sorted(n for n in handed | set(getattr(here, "__dict__", ())) if not n.startswith("_")):
            part = getattr(here, name)
            if type(part).__module__.startswith("core.") and not any(part is known for known in found.values()):
                at = f"{path}.{name}".strip(".")
                found[at] = part
                waiting.append((at, part))
    return {path: part for path, part in found.items() if for_people(type(part))}


def for_people(kind: type) -> list[str]:
    """The public methods of a class that take a principal."""
    found = []
    for name, method in inspect.getmembers(kind, inspect.isfunction):
        parameters = inspect.signature(method).parameters.values()
        if not name.startswith("_") and any("Principal" in str(each.annotation) for each in parameters):
            found.append(name)
    return found


_QUESTION = Question("new", "How warm is the kettle?", ("94",), zone="public")


def _file(h: Hidden) -> list[Incoming]:
    """A new version of the hidden document."""
    path = h.folder / "replacement.txt"
    path.write_text("Something else.")
    return [Incoming(path, h.name, "public")]


def _fact(h: Hidden) -> Fact:
    return Fact(h.fact, "1", "How much?", Tolerance("number"), "ada", h.name, "1", "public")


def _quoted(h: Hidden, text: str = "The pay of the harbour master") -> Question:
    return Question("new", ASKED, ("x",), evidence=(Evidence(h.name, text),), zone="public")


CALLS: Mapping[str, Call] = {
    ".ask": lambda b, h, who: b.ask(ASKED, EXTRACTIVE, who),
    ".better_recipe": lambda b, h, who: b.better_recipe("Wie hoch ist das Gehalt des Hafenmeisters?", EXTRACTIVE, who),
    ".check": lambda b, h, who: b.check(who, False),
    ".documents": lambda b, h, who: b.documents(who),
    ".names": lambda b, h, who: b.names(who),
    ".duplicates": lambda b, h, who: b.duplicates(who, 0.1),
    ".any_visible": lambda b, h, who: b.any_visible(h.document, who),
    ".named": lambda b, h, who: b.named(h.document, who),
    ".erase": lambda b, h, who: b.erase(h.document, who),
    ".feedback": lambda b, h, who: b.feedback(b.inspector.open(h.trace, who), "up", who),
    ".ingest": lambda b, h, who: [(o.state, o.error.replace(h.name, "")) for o in b.ingest(_file(h), who)],
    ".page_image": lambda b, h, who: b.page_image(h.document, 1, 0, 9, who),
    ".passages": lambda b, h, who: b.passages(h.document, EXTRACTIVE, who),
    ".receipts": lambda b, h, who: b.receipts(who),
    ".receive": lambda b, h, who: [path.name for path in b.receive([b"x"], who)],
    ".remove_recipe": lambda b, h, who: b.remove_recipe("none of that name", who),
    ".retag": lambda b, h, who: b.retag(h.document, who, (), None, None),
    ".rezone": lambda b, h, who: b.rezone(h.document, who, "public"),
    ".save_recipe": lambda b, h, who: b.save_recipe("mine", EXTRACTIVE, who),
    ".search": lambda b, h, who: b.search(ASKED, EXTRACTIVE, who, 20),
    ".served": lambda b, h, who: b.served("http://127.0.0.1:9/v1", who),
    ".start_ingest": lambda b, h, who: _outcome(b, b.start_ingest(_file(h), who, MINE), h),
    ".start_watch": lambda b, h, who: b.start_watch(h.folder, "public", who),
    ".state": lambda b, h, who: b.state(who),
    ".unwatch": lambda b, h, who: b.unwatch(None, who),  # type: ignore[arg-type]
    ".versions": lambda b, h, who: b.versions(h.name, who),
    ".visible": lambda b, h, who: b.visible(h.document, who),
    ".watch": lambda b, h, who: b.watch(h.folder, "public", who),
    ".watches": lambda b, h, who: b.watches(who),
    ".withdraw": lambda b, h, who: b.withdraw(h.document, who),
    "work.all": lambda b, h, who: [job for job in b.work.all(who) if job.title != MINE],
    "work.get": lambda b, h, who: b.work.get(h.job, who),
    "work.cancel": lambda b, h, who: b.work.cancel(h.job, who),
    "inspector.export": lambda b, h, who: [b.inspector.export(each, who) for each in (h.trace, h.written)],
    "inspector.open": lambda b, h, who: [b.inspector.open(each, who) for each in (h.written, h.trace)],
    "inspector.report": lambda b, h, who: b.inspector.report(ASKED, [Part("A", h.answer)], who),
    "inspector.rerun": lambda b, h, who: b.inspector.rerun(h.trace, EXTRACTIVE, who),
    "inspector.traces": lambda b, h, who: [b.inspector.traces(who, text) for text in ("", "harbour", CANARY)],
    "diagnosis.of": lambda b, h, who: b.diagnosis.of(h.trace, who),
    "handwork.disable": lambda b, h, who: b.handwork.disable(h.document, EXTRACTIVE, h.passage, who),
    "handwork.edit": lambda b, h, who: b.handwork.edit(h.document, EXTRACTIVE, h.passage, "x", who),
    "handwork.edits": lambda b, h, who: [b.handwork.edits(who), b.handwork.edits(who, h.document)],
    "handwork.merge": lambda b, h, who: b.handwork.merge(h.document, EXTRACTIVE, [h.passage], who),
    "handwork.passages": lambda b, h, who: b.handwork.passages(h.document, EXTRACTIVE, who),
    "handwork.split": lambda b, h, who: b.handwork.split(h.document, EXTRACTIVE, h.passage, 9, who),
    "handwork.undo": lambda b, h, who: b.handwork.undo(h.edit, who),
    "lab.sets.add": lambda b, h, who: b.lab.sets.add(h.set_name, _QUESTION, who),
    "lab.sets.all": lambda b, h, who: b.lab.sets.all(who),
    "lab.sets.bring": lambda b, h, who: b.lab.sets.bring(h.set_name, b'{"id":"a","question":"b"}', "jsonl", who),
    "lab.sets.export": lambda b, h, who: b.lab.sets.export(h.set_name, "jsonl", who),
    "lab.sets.findings": lambda b, h, who: b.lab.sets.findings(h.set_name, who),
    "lab.sets.get": lambda b, h, who: b.lab.sets.get(h.set_name, who),
    "lab.sets.remove": lambda b, h, who: b.lab.sets.remove(h.set_name, who),
    "lab.sets.save": lambda b, h, who: b.lab.sets.save(h.set_name, [_QUESTION], who),
    "lab.sets.set_role": lambda b, h, who: b.lab.sets.set_role(h.set_name, "training", who),
    "lab.runs.all": lambda b, h, who: b.lab.runs.all(who),
    "lab.runs.begin": lambda b, h, who: b.lab.runs.begin(h.set_name, EXTRACTIVE, who),
    "lab.runs.compare": lambda b, h, who: b.lab.runs.compare(h.run, h.run, who),
    "lab.runs.corpus": lambda b, h, who: b.lab.runs.corpus(who),
    "lab.runs.get": lambda b, h, who: b.lab.runs.get(h.run, who),
    "lab.runs.remove": lambda b, h, who: b.lab.runs.remove(h.run, who),
    "lab.runs.require_scorable": lambda b, h, who: b.lab.runs.require_scorable(h.set_name, who),
    "lab.runs.results": lambda b, h, who: b.lab.runs.results(h.run, who),
    "lab.runs.resume": lambda b, h, who: b.lab.runs.resume(h.run, who),
    "lab.runs.start": lambda b, h, who: b.lab.runs.start(h.set_name, EXTRACTIVE, who),
    "lab.trials.all": lambda b, h, who: [
        b.lab.trials.all(k, who) for k in ("sweep", "embedders", "arms", "answers", "routes")
    ],
    "lab.trials.embedder_rows": lambda b, h, who: b.lab.trials.embedder_rows(h.sweep, who),
    "lab.trials.embedders": lambda b, h, who: b.lab.trials.embedders(
        h.set_name, EXTRACTIVE, [Embedding(), Embedding(distance="dot")], who
    ),
    "lab.trials.get": lambda b, h, who: [b.lab.trials.get(each, who) for each in (h.sweep, h.trial, h.arms)],
    "lab.trials.remove": lambda b, h, who: b.lab.trials.remove(h.sweep, who),
    "lab.trials.resume": lambda b, h, who: b.lab.trials.resume(h.sweep, who),
    "lab.trials.sweep": lambda b, h, who: b.lab.trials.sweep(h.set_name, EXTRACTIVE, {"retrieval.top_k": ["3"]}, who),
    "lab.trials.sweep_rows": lambda b, h, who: b.lab.trials.sweep_rows(h.sweep, who),
    "lab.chunking.lanes": lambda b, h, who: b.lab.chunking.lanes(h.document, [EXTRACTIVE], who, h.set_name),
    "lab.maps.lonely": lambda b, h, who: b.lab.maps.lonely(b.lab.maps.pca(EXTRACTIVE, who), h.set_name, who),
    "lab.maps.pca": lambda b, h, who: b.lab.maps.pca(EXTRACTIVE, who),
    "lab.maps.start_umap": lambda b, h, who: b.lab.maps.start_umap(EXTRACTIVE, who),
    "lab.maps.umap": lambda b, h, who: b.lab.maps.umap(EXTRACTIVE, who),
    "lab.arms.all": lambda b, h, who: b.lab.arms.all(who),
    "lab.arms.complete": lambda b, h, who: b.lab.arms.complete(h.arms, who),
    "lab.arms.begin": lambda b, h, who: b.lab.arms.begin(h.set_name, BUILT_IN["default"], h.adapter, who),
    "lab.arms.four": lambda b, h, who: b.lab.arms.four(ASKED, BUILT_IN["default"], h.adapter, who),
    "lab.arms.get": lambda b, h, who: b.lab.arms.get(h.arms, who),
    "lab.arms.known": lambda b, h, who: b.lab.arms.known(ASKED, who),
    "lab.arms.remove": lambda b, h, who: b.lab.arms.remove(h.arms, who),
    "lab.arms.resume": lambda b, h, who: b.lab.arms.resume(h.arms, who),
    "lab.arms.results": lambda b, h, who: b.lab.arms.results(h.arms, who),
    "lab.arms.rights": lambda b, h, who: b.lab.arms.rights(h.arms, who),
    "lab.arms.start": lambda b, h, who: b.lab.arms.start(h.set_name, BUILT_IN["default"], h.adapter, who),
    "lab.arms.table": lambda b, h, who: b.lab.arms.table(h.arms, who),
    "lab.routes.all": lambda b, h, who: b.lab.routes.all(who),
    "lab.routes.found": lambda b, h, who: b.lab.routes.found(h.set_name, {"rag": EXTRACTIVE}, who),
    "lab.routes.get": lambda b, h, who: b.lab.routes.get(h.routes, who),
    "lab.routes.remove": lambda b, h, who: b.lab.routes.remove(h.routes, who),
    "lab.routes.resume": lambda b, h, who: b.lab.routes.resume(h.routes, who),
    "lab.answers.again": lambda b, h, who: b.lab.answers.again(h.trial, who),
    "lab.answers.all": lambda b, h, who: b.lab.answers.all(who),
    "lab.answers.begin": lambda b, h, who: b.lab.answers.begin(h.set_name, {"extractive": EXTRACTIVE}, who),
    "lab.answers.compare": lambda b, h, who: b.lab.answers.compare(h.run_of_trial, h.run_of_trial, who),
    "lab.answers.get": lambda b, h, who: b.lab.answers.get(h.trial, who),
    "lab.answers.questions": lambda b, h, who: b.lab.answers.questions(h.set_name, who),
    "lab.answers.ran": lambda b, h, who: [b.lab.answers.ran(who), b.lab.answers.ran(who, h.trial)],
    "lab.answers.remove": lambda b, h, who: b.lab.answers.remove(h.trial, who),
    "lab.answers.results": lambda b, h, who: b.lab.answers.results(h.run_of_trial, who),
    "lab.answers.resume": lambda b, h, who: b.lab.answers.resume(h.trial, who),
    "lab.answers.rows": lambda b, h, who: b.lab.answers.rows(h.trial, who),
    "lab.answers.start": lambda b, h, who: b.lab.answers.start(h.set_name, ["extractive"], who),
    "lab.growth.accept": lambda b, h, who: b.lab.growth.accept(h.proposal, who),
    "lab.growth.contamination": lambda b, h, who: b.lab.growth.contamination(h.set_name, who),
    "lab.growth.free_id": lambda b, h, who: b.lab.growth.free_id(h.set_name, who),
    "lab.growth.from_documents": lambda b, h, who: b.lab.growth.from_documents("theirs", [h.document], who),
    "lab.growth.from_feedback": lambda b, h, who: [b.lab.growth.from_feedback("theirs", who), b.lab.growth.open(who)],
    "lab.growth.locate": lambda b, h, who: b.lab.growth.locate(Evidence(h.name, "The pay of"), who).state,
    "lab.growth.open": lambda b, h, who: [b.lab.growth.open(who), b.lab.growth.open(who, h.set_name)],
    "lab.growth.put": lambda b, h, who: b.lab.growth.put("theirs", _QUESTION, who),
    "lab.growth.reject": lambda b, h, who: b.lab.growth.reject(h.proposal, who),
    "lab.growth.take_out": lambda b, h, who: b.lab.growth.take_out(h.set_name, h.question, who),
    "datasets.accepted": lambda b, h, who: b.datasets.accepted(h.dataset, who),
    "datasets.add_documents": lambda b, h, who: b.datasets.add_documents(_theirs(b, who), [h.document], who),
    "datasets.add_feedback": lambda b, h, who: [
        b.datasets.add_feedback(_theirs(b, who), who), b.datasets.get("theirs", who),
    ],
    "datasets.add_file": lambda b, h, who: b.datasets.add_file(_theirs(b, who), _row_of(h), "jsonl", who),
    "datasets.add_questions": lambda b, h, who: b.datasets.add_questions(_theirs(b, who), h.set_name, who),
    "datasets.add_rows": lambda b, h, who: b.datasets.add_rows(
        _theirs(b, who), [Row("x", ASKED, "x", (), (h.document,), "public")], who
    ),
    "datasets.all": lambda b, h, who: b.datasets.all(who),
    "datasets.copy": lambda b, h, who: b.datasets.copy(h.dataset, "copied", who),
    "datasets.create": lambda b, h, who: b.datasets.create(f"made by {who.name}", who),
    "datasets.edit": lambda b, h, who: b.datasets.edit(h.dataset, h.row, "Q?", "A", who),
    "datasets.export": lambda b, h, who: b.datasets.export(h.dataset, "jsonl", who),
    "datasets.flags": lambda b, h, who: b.datasets.flags(h.dataset, who),
    "datasets.freeze": lambda b, h, who: b.datasets.freeze(h.dataset, who),
    "datasets.get": lambda b, h, who: b.datasets.get(h.dataset, who),
    "datasets.remove": lambda b, h, who: b.datasets.remove(h.dataset, who),
    "datasets.review": lambda b, h, who: b.datasets.review(h.dataset, [h.row], "rejected", who),
    "datasets.split": lambda b, h, who: b.datasets.split(h.dataset, 0.2, 1, who),
    "datasets.use": lambda b, h, who: b.datasets.use(h.dataset, "x", who),
    "checks.flags": lambda b, h, who: b.checks.flags(b.datasets.get(h.dataset, who), who),
    "adapters.all": lambda b, h, who: b.adapters.all(who),
    "adapters.away": lambda b, h, who: b.adapters.away([h.adapter], who),
    "adapters.bring": lambda b, h, who: b.adapters.bring("brought", h.folder, who, "restricted"),
    "adapters.bring_parcel": lambda b, h, who: b.adapters.bring_parcel("brought", b"no zip", who),
    "adapters.export": lambda b, h, who: b.adapters.export(h.adapter, h.folder / "out", who),
    "adapters.get": lambda b, h, who: b.adapters.get(h.adapter, who),
    "adapters.lineage": lambda b, h, who: b.adapters.lineage(h.adapter, who),
    "adapters.parcel": lambda b, h, who: b.adapters.parcel(h.adapter, who),
    "adapters.release": lambda b, h, who: b.adapters.release(h.adapter, who),
    "adapters.released": lambda b, h, who: b.adapters.released(who),
    "adapters.remove": lambda b, h, who: b.adapters.remove(h.adapter, who),
    "adapters.require": lambda b, h, who: b.adapters.require(_wearing(h), who),
    "adapters.retire": lambda b, h, who: b.adapters.retire(h.adapter, "why", who),
    "adapters.worn": lambda b, h, who: b.ask(ASKED, b.adapters.worn(EXTRACTIVE, h.adapter, who), who),
    "adapters.training.all": lambda b, h, who: b.adapters.training.all(who),
    "adapters.training.estimate": lambda b, h, who: b.adapters.training.estimate(h.dataset, Hyper(), who),
    "adapters.training.get": lambda b, h, who: b.adapters.training.get(h.training, who),
    "adapters.training.remove": lambda b, h, who: b.adapters.training.remove(h.training, who),
    "adapters.training.resume": lambda b, h, who: b.adapters.training.resume(h.training, who),
    "adapters.training.start": lambda b, h, who: b.adapters.training.start("new", h.dataset, Hyper(), who),
    "adapters.training.sweep": lambda b, h, who: b.adapters.training.sweep("new", h.dataset, [Hyper(), Hyper(8)], who),
    "adapters.proof.of": lambda b, h, who: b.adapters.proof.of(h.adapter, who),
    "adapters.proof.start": lambda b, h, who: b.adapters.proof.start(h.adapter, who, questions=h.set_name),
    "freshness.acknowledge": lambda b, h, who: b.freshness.acknowledge(h.fact, "extractive", who),
    "freshness.alarms": lambda b, h, who: b.freshness.alarms(who),
    "freshness.check": lambda b, h, who: b.freshness.check(["extractive"], [], who, only=[h.fact]),
    "freshness.history": lambda b, h, who: b.freshness.history(who),
    "freshness.judgements": lambda b, h, who: [b.freshness.judgements(each, who) for each in b.facts.checks()],
    "freshness.latest": lambda b, h, who: b.freshness.latest(who),
    "freshness.set_schedule": lambda b, h, who: b.freshness.set_schedule(Schedule(adapters=(h.adapter,), every="daily"), who),
    "freshness.start": lambda b, h, who: b.freshness.start(["extractive"], [h.adapter], who),
    "freshness.facts.accept": lambda b, h, who: b.freshness.facts.accept([h.fact], who),
    "freshness.facts.all": lambda b, h, who: b.freshness.facts.all(who),
    "freshness.facts.bring": lambda b, h, who: b.freshness.facts.bring(b"{}", "jsonl", who),
    "freshness.facts.correct": lambda b, h, who: b.freshness.facts.correct(h.fact, "1", who),
    "freshness.facts.export": lambda b, h, who: b.freshness.facts.export("jsonl", who),
    "freshness.facts.get": lambda b, h, who: b.freshness.facts.get(h.fact, who),
    "freshness.facts.propose": lambda b, h, who: b.freshness.facts.propose(h.document, who),
    "freshness.facts.propose_from_set": lambda b, h, who: b.freshness.facts.propose_from_set(h.set_name, who),
    "freshness.facts.remove": lambda b, h, who: b.freshness.facts.remove([h.fact], who),
    "freshness.facts.save": lambda b, h, who: b.freshness.facts.save([_fact(h)], who),
    "freshness.facts.take_over": lambda b, h, who: b.freshness.facts.take_over([h.fact], who),
    "freshness.facts.truths": lambda b, h, who: b.freshness.facts.truths(who),
    ".excerpt": lambda b, h, who: b.excerpt(h.document, 0, 99, who),
    ".pictured": lambda b, h, who: b.pictured(h.document, 1, who),
    "guarding.apply": lambda b, h, who: b.guarding.apply(STANDARD, who),
    "guarding.clear": lambda b, h, who: b.guarding.clear(h.document, who, "why"),
    "guarding.documents": lambda b, h, who: b.guarding.documents(who),
    "guarding.findings": lambda b, h, who: b.guarding.findings(h.document, who),
    "guarding.policies": lambda b, h, who: [each for each in b.guarding.policies(who) if each.policy.terms],
    "guarding.prove": lambda b, h, who: [b.guarding.prove(who, h.document)],
    "guarding.revoke": lambda b, h, who: b.guarding.revoke(h.document, who),
    "guarding.start_proof": lambda b, h, who: b.guarding.start_proof(who),
    "guarding.try_out": lambda b, h, who: b.guarding.try_out(replace(STANDARD, terms=(CANARY,)), who),
    "guarding.unmasked": lambda b, h, who: b.guarding.unmasked(h.document, who),
    "decision.close": lambda b, h, who: b.decision.close(_workshop(b), who),
    "decision.evidence": lambda b, h, who: b.decision.evidence(who),
    "decision.make": lambda b, h, who: b.decision.make("Which path?", who),
    "decision.recommend": lambda b, h, who: b.decision.recommend(Lens(), who),
    "decision.remove": lambda b, h, who: b.decision.remove("none", who),
    "decision.report": lambda b, h, who: b.decision.report(Lens(), "html", who, _workshop(b)),
    "decision.snapshot": lambda b, h, who: b.decision.snapshot(_workshop(b), who),
    "decision.snapshots": lambda b, h, who: b.decision.snapshots(_workshop(b), who),
    "decision.standing": lambda b, h, who: b.decision.standing(_workshop(b), who),
    "decision.vote": lambda b, h, who: b.decision.vote(_workshop(b), Lens(), who),
    "decision.workshops": lambda b, h, who: b.decision.workshops(who),
    "forgetting.barred": lambda b, h, who: b.forgetting.barred(who),
    "forgetting.debts": lambda b, h, who: b.forgetting.debts(who),
    "forgetting.forget": lambda b, h, who: b.forgetting.forget(Person(CANARY), "redact", who),
    "forgetting.forget_user": lambda b, h, who: b.forgetting.forget_user("administrator", who),
    "forgetting.lift": lambda b, h, who: b.forgetting.lift("none", who),
    "forgetting.preview": lambda b, h, who: b.forgetting.preview(Person(CANARY), who),
    "forgetting.preview_user": lambda b, h, who: b.forgetting.preview_user("administrator", who),
    "forgetting.receipt": lambda b, h, who: b.forgetting.receipt("none", who),
    "forgetting.receipts": lambda b, h, who: b.forgetting.receipts(who),
    "forgetting.start_forget": lambda b, h, who: b.forgetting.start_forget(Person(CANARY), "redact", who),
    "forgetting.start_forget_user": lambda b, h, who: b.forgetting.start_forget_user("administrator", who),
    "forgetting.users": lambda b, h, who: b.forgetting.users(who),
    "forgetting.acknowledge": lambda b, h, who: b.forgetting.acknowledge("none", who),
    "forgetting.verify": lambda b, h, who: b.forgetting.verify("none", who),
    "routing.knows": lambda b, h, who: b.routing.knows(BUILT_IN["default"], who),
    "routing.prove": lambda b, h, who: b.routing.prove(h.set_name, BUILT_IN["default"], who),
    "routing.recipe": lambda b, h, who: b.routing.recipe(BUILT_IN["default"], h.adapter, None, who),
    "routing.router": lambda b, h, who: list(b.routing.router(EXTRACTIVE, who).routes.recipes),
    "routing.rules": lambda b, h, who: b.routing.rules(who),
    "routing.set_rules": lambda b, h, who: b.routing.set_rules(ZoneRules(), who),
    "routing.show": lambda b, h, who: b.routing.show(who),
    "routing.start_proof": lambda b, h, who: b.routing.start_proof(h.set_name, BUILT_IN["default"], who),
    "routing.start_training": lambda b, h, who: b.routing.start_training(h.set_name, BUILT_IN["default"], who),
    "routing.train": lambda b, h, who: b.routing.train(h.set_name, BUILT_IN["default"], who),
    "retention.apply": lambda b, h, who: b.retention.apply(who),
    "retention.due": lambda b, h, who: b.retention.due(who),
    "decision.cost.evidence": lambda b, h, who: b.decision.cost.evidence(who),
    "decision.cost.measured": lambda b, h, who: b.decision.cost.measured(who),
    "decision.cost.scenario": lambda b, h, who: b.decision.cost.scenario(who),
    "decision.cost.costs": lambda b, h, who: b.decision.cost.costs(b.decision.cost.scenario(who), who),
    "audit.acts": lambda b, h, who: b.audit.acts(who),
    "audit.export": lambda b, h, who: [b.audit.export(who, form) for form in ("csv", "jsonl")],
    "audit.people": lambda b, h, who: b.audit.people(who),
    "audit.search": lambda b, h, who: b.audit.search(who),
    "audit.verify": lambda b, h, who: b.audit.verify(who),
    "audit.glance": lambda b, h, who: b.audit.glance(who),
    "forgetting.verify_all": lambda b, h, who: b.forgetting.verify_all(who),
}  # fmt: skip
STORES = {"facts", "feedback_book", "runs", "trials"}
"""They keep what a desk has checked, with the name and the sight of who asked; feedback is given back to its giver."""
WITHOUT_A_CALL = {
    "audit.note": "writes an entry, returns nothing",
    "audit.noting": "the same, around an act",
    "lab.runs.scratch": "the index of an experiment, for a run that was begun and checked",
}


def _workshop(bench: Workbench) -> str:
    """An open workshop with a vote in it."""
    made = bench.decision.make("Which path?", persona("administrator"))
    bench.decision.vote(made.id, Lens(), persona("administrator"), "a browser")
    return made.id


def _theirs(bench: Workbench, who: Principal) -> str:
    """A dataset of whoever asks."""
    if "theirs" not in {each.name for each in bench.dataset_store.all()}:
        bench.datasets.create("theirs", who)
    return "theirs"


def _row_of(h: Hidden) -> bytes:
    return f'{{"question":"{ASKED}","answer":"x","documents":["{h.document}"],"zone":"public"}}'.encode()


def _wearing(h: Hidden) -> Any:
    from core.recipes import varied

    return varied(BUILT_IN["default"], {"generation.adapter": h.adapter})


def _outcome(bench: Workbench, job: Job, h: Hidden) -> Any:
    bench.jobs.wait(job)
    return job.state, str(job.result).replace(h.name, ""), job.error.replace(h.name, "")


def told(bench: Workbench, call: Call, hidden: Hidden, who: Principal) -> str:
    """Every text in what a call returned or raised, one after the other."""
    try:
        return "\n".join(texts(call(bench, hidden, who), bench))
    except TouchstoneError as error:
        return str(error)


def texts(value: Any, bench: Workbench, seen: dict[int, Any] | None = None) -> Iterator[str]:
    """All texts within a value, however deep: fields, keys, items, bytes, and what an iterator yet gives."""
    seen = {} if seen is None else seen  # with the values themselves: the id of one that is gone is given again
    if isinstance(value, str | bytes | Path):
        yield value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        return
    if value is None or isinstance(value, int | float | np.ndarray) or id(value) in seen:
        return
    seen[id(value)] = value
    if isinstance(value, Job):
        bench.jobs.wait(value)
        yield from (value.title, value.error)
        yield from texts([value.result, value.progress], bench, seen)
    elif is_dataclass(value):
        for each in fields(value):
            yield from texts(getattr(value, each.name), bench, seen)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from texts([key, item], bench, seen)
    elif isinstance(value, AbstractContextManager):
        with value as entered:
            yield from texts(entered, bench, seen)
    elif hasattr(value, "__iter__"):
        for item in value:
            yield from texts(item, bench, seen)
    else:
        yield repr(value)
