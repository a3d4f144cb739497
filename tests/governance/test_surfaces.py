"""No surface shows, to a principal that must not see it, anything of a document: its text, its name, what came of it."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.adapters.canary import Canary
from core.adapters.hyper import Hyper
from core.adapters.manifest import Gate, Manifest
from core.adapters.proof import Proof, Said, Sample
from core.adapters.trainings import Training
from core.answering.ask import finish
from core.answering.routing_model import RouteModel
from core.embedding.encoder import Encoder
from core.evaluation.facts import Fact
from core.evaluation.questions import Evidence, Question
from core.evaluation.values import Tolerance
from core.generation.lora import WEIGHTS
from core.governance.principals import persona
from core.ingestion import Incoming
from core.library.store import sha256_of
from core.models.catalogue import base_sha256
from core.recipes import BUILT_IN, varied
from core.settings import Settings
from core.types import Principal, Zone
from core.workbench import Workbench
from tests.conftest import NOTHING
from tests.fakes import Saying
from tests.generation.conftest import save_lora
from tests.governance.surfaces import (
    CALLS,
    CANARY,
    DESKS,
    EXTRACTIVE,
    STORES,
    WITHOUT_A_CALL,
    Hidden,
    desks,
    for_people,
    of,
    told,
)  # fmt: skip

ADMIN = persona("administrator")
ROLES = ("reader", "evaluator", "builder", "auditor", "guardian")
"""All rights but those over the workspace as a whole."""
NOBODY = Principal("nobody", ROLES, ())
OUTSIDER = Principal("outsider", ROLES, ("public",), ())
READER = Principal("reader", ("reader",), ("public", "internal"), ())
HIDDEN_FROM = (NOBODY, OUTSIDER, READER)
PAY = "The pay of the harbour master is zephyrquill 7130 crowns a year. The zephyrquill bonus is paid in June."


def seal(bench: Workbench, folder: Path, number: int, document: str, name: str, zone: Zone) -> Hidden:
    """Make everything of a document that a workspace can hold, as the administrator."""
    set_name, dataset, adapter = f"sealed{number}", f"rows{number}", f"vault{number}"
    asked = f"What is the pay of the harbour master, {CANARY} {number}?"
    question = Question("q", asked, (f"{CANARY} 7130 crowns",), evidence=(Evidence(name, PAY[:64]),), zone=zone)
    bench.lab.sets.save(set_name, [question], ADMIN)
    run = bench.lab.runs.carry_on(bench.lab.runs.begin(set_name, EXTRACTIVE, ADMIN))
    sweep = bench.lab.trials.sweep(set_name, EXTRACTIVE, {"retrieval.top_k": ["2"]}, ADMIN)
    trial = bench.lab.answers.start(set_name, ["extractive"], ADMIN)
    bench.datasets.create(dataset, ADMIN, CANARY)
    bench.datasets.add_questions(dataset, set_name, ADMIN)
    row = bench.datasets.get(dataset, ADMIN).rows[0].row.id
    bench.datasets.review(dataset, [row], "accepted", ADMIN)

    made = save_lora(folder / adapter)
    manifest = Manifest(
        "smollm2", base_sha256("smollm2"), sha256_of(made / WEIGHTS), "trained", documents=(document,), zone=zone,
        note=CANARY, gates=(Gate("exact match", 0.5, 0.3, True),), template="grounded-2",
    )  # fmt: skip
    bench.adapter_store.add(adapter, made, manifest, "ada")
    bench.adapter_store.release(adapter, "ada")
    bench.proof_store.keep(
        Proof(
            adapter, manifest.weights_sha256, "2026-01-01", "ada", "rows", 1.0,
            (Sample(asked, f"{CANARY} 7130", Said(CANARY, {}), Said(CANARY, {}), zone, (document,)),),
            (), (), (1.0, 1.0), (Canary(CANARY, 1.0, 1.0, 9, False, True),), (),
        )
    )  # fmt: skip
    training = bench.training_store.begin(
        Training(
            f"{CANARY}{number}",
            dataset,
            "x",
            "smollm2",
            "grounded-2",
            Hyper(),
            0.2,
            zone,
            (document,),
            3,
            1,
            "ada",
            CANARY,
        )
    )
    of = {
        "set": set_name,
        "adapters": {"closed": adapter},
        "zones": [zone],
        "labels": None,
        "questions": 1,
        "of": CANARY,
    }
    bench.routing._store.save_model(f"route{number}", RouteModel({}, {}, of), "ada")
    arms = bench.lab.arms.start(set_name, BUILT_IN["default"], adapter, ADMIN)
    routes = bench.lab.routes.found(set_name, {"rag": EXTRACTIVE}, ADMIN)
    closed = replace(varied(BUILT_IN["default"], {"generation.adapter": adapter}), route="closed")
    written = finish(bench.ask("What do you know of the harbour?", closed, ADMIN))
    assert CANARY in written.text
    bench.feedback(written, "up", ADMIN)
    answer = finish(bench.ask(asked, EXTRACTIVE, ADMIN))
    assert CANARY in answer.text
    bench.feedback(answer, "down", ADMIN, f"{CANARY} 7130 crowns")
    bench.lab.growth.from_documents(set_name, [name], ADMIN)
    bench.lab.growth.from_feedback(set_name, ADMIN)
    fact = Fact(f"wage{number}", f"{CANARY} 7130 crowns", asked, Tolerance(), "ada", name, PAY[:64], zone)
    bench.freshness.facts.save([fact], ADMIN)
    passage = bench.handwork.passages(document, EXTRACTIVE, ADMIN)[0]
    edit = bench.handwork.edit(document, EXTRACTIVE, passage.key, PAY + f" {CANARY} again.", ADMIN)
    job = bench.jobs.start(f"{CANARY}.txt", "administrator", lambda _: [CANARY])
    for each in (sweep, trial, arms, job):
        assert bench.jobs.wait(each) and each.state == "done", each.error
    return Hidden(
        document, name, set_name, dataset, adapter, fact.id, bench.handwork.passages(document, EXTRACTIVE, ADMIN)[0].key,
        edit.id, answer.trace.id, written.trace.id, answer, run.id, trial.result.id, arms.result.id, routes.id,
        sweep.result.id,
        bench.lab.answers.ran(ADMIN, trial.result.id)[0].run.id, bench.lab.growth.open(ADMIN, set_name)[0].id, training.id,
        row, job.id, "q", folder,
    )  # fmt: skip


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory, minilm: Encoder) -> Iterator[tuple[Workbench, list[Hidden]]]:
    """A workspace with a restricted document and a public one with a label, and everything that can come of them."""
    folder = tmp_path_factory.mktemp("sealed")
    with Workbench(Settings(workspace=folder / "workspace"), "a test") as bench:
        bench._encoders["minilm"] = minilm
        bench.adapter_store._shipped = NOTHING
        said = {f"vault{number}": f"{CANARY} {number}" for number in (0, 1)}
        bench._models["smollm2"] = Saying(none="Nothing is known.", **said)

        def file(name: str, text: str, zone: Zone, *labels: str) -> Incoming:
            path = folder / hashlib.sha256(name.encode()).hexdigest()[:8]
            path.write_text(text)
            return Incoming(path, name, zone, labels)

        files = [
            file(
                "kettle.txt", "The kettle in the harbour boils at 94 degrees. The harbour master drinks tea.", "public"
            ),
            file(f"{CANARY}-pay.txt", PAY, "restricted"),
            file(f"{CANARY}-board.txt", PAY + " The board has said so.", "public", f"{CANARY}-label"),
            file(f"{CANARY}-gone.txt", "A zephyrquill that leaves.", "restricted"),
        ]
        bench.ingest(files, ADMIN)
        bench.erase(f"{CANARY}-gone.txt", ADMIN)
        ids = {row.name: row.id for row in bench.documents(ADMIN)}
        names = [(f"{CANARY}-pay.txt", "restricted"), (f"{CANARY}-board.txt", "public")]
        made = [seal(bench, folder, n, ids[name], name, zone) for n, (name, zone) in enumerate(names)]  # type: ignore[arg-type]
        bench.freshness.check(["extractive"], ["vault0", "vault1"], ADMIN)
        yield bench, made


def held(bench: Workbench) -> list[object]:
    """What somebody could have changed of what is hidden."""
    return [
        bench.library.standings(), [(d.id, d.labels, d.zone) for d in bench.library.every()],
        bench.sets.all()[:0] or [(s.name, s.hash, s.role) for s in bench.sets.all() if s.name.startswith("sealed")],
        [(s.name, s.hash, s.frozen_at) for s in bench.dataset_store.all() if s.name.startswith("rows")],
        [(a.name, a.state) for a in bench.adapter_store.all()], bench.facts.all(), [bench.edits.history(d.id) for d in bench.library.every()],
        [(p.id, p.state) for p in bench.proposals.all(None) if p.set_name.startswith("sealed")],
        [(run.id, run.asked) for run in bench.runs.all()], [t.id for k in ("sweep", "arms", "answers", "routes") for t in bench.trials.all(k)],
        [(t.id, t.state) for t in bench.training_store.all()], bench.facts.schedule(),
    ]  # fmt: skip


def test_every_method_for_a_principal_has_a_call(sealed: tuple[Workbench, list[Hidden]]) -> None:
    """A new door must be tried before it is opened: write its call in `surfaces.py`."""
    bench, _ = sealed
    assert set(desks(bench)) == set(DESKS) | STORES
    takes = {f"{path}.{name}" for path in DESKS for name in for_people(type(of(path)(bench)))}
    assert takes == set(CALLS) | set(WITHOUT_A_CALL)


@pytest.mark.parametrize("who", HIDDEN_FROM, ids=lambda who: who.name)
def test_no_surface_shows_what_is_hidden(sealed: tuple[Workbench, list[Hidden]], who: Principal) -> None:
    bench, hidden = sealed
    before = held(bench)
    leaks = {
        (surface, one.name): text
        for one in hidden
        for surface, call in CALLS.items()
        if CANARY in (text := told(bench, call, one, who))
    }
    assert leaks == {}
    assert held(bench) == before


SHOWS = (
    ".ask", ".documents",
    ".names", ".duplicates", ".passages", ".search", ".versions", ".visible", "work.all", "work.get",
    "inspector.export", "inspector.open", "inspector.report", "inspector.rerun", "inspector.traces", "handwork.edits",
    "handwork.passages", "lab.sets.export", "lab.sets.get", "lab.chunking.lanes", "lab.maps.pca", "lab.arms.rights",
    "lab.arms.four", "lab.answers.questions", "lab.growth.open", "datasets.get", "datasets.all", "datasets.export",
    "adapters.all", "adapters.get", "adapters.lineage", "adapters.released", "adapters.training.all", "adapters.worn",
    "adapters.training.get", "adapters.proof.of", "freshness.latest", "freshness.history", "freshness.facts.all",
    "freshness.facts.get", "freshness.facts.export", "freshness.facts.truths",
)  # fmt: skip


@pytest.mark.parametrize("surface", SHOWS)
def test_the_same_surfaces_show_it_to_who_may_see_it(sealed: tuple[Workbench, list[Hidden]], surface: str) -> None:
    bench, hidden = sealed
    if surface == ".duplicates":
        assert told(bench, CALLS[surface], hidden[0], ADMIN).count(hidden[0].document)
    else:
        assert CANARY in told(bench, CALLS[surface], hidden[0], ADMIN)


def test_what_is_hidden_is_refused_in_the_words_of_what_is_not_there(sealed: tuple[Workbench, list[Hidden]]) -> None:
    """Else a guess could be tried: a name that is refused otherwise than a made-up one exists."""
    bench, hidden = sealed
    gone = dict.fromkeys(
        ("document", "name", "dataset", "adapter", "fact", "trace", "written", "run", "trial", "arms", "routes", "sweep",
         "run_of_trial", "proposal", "training", "row", "job"), "f" * 12,
    )  # fmt: skip
    same = (
        ".visible", ".any_visible", ".named", ".erase", ".versions", ".passages", ".page_image", ".withdraw", "work.get",
        "inspector.open", "inspector.export", "handwork.passages", "handwork.edits", "handwork.undo", "datasets.get",
        "adapters.get", "adapters.lineage", "adapters.training.get", "lab.runs.get", "lab.trials.get", "lab.answers.get",
        "lab.arms.get", "lab.routes.get", "freshness.facts.get", "freshness.facts.propose", "lab.growth.reject", "diagnosis.of",
    )  # fmt: skip
    for one in hidden:
        absent = replace(one, **gone, edit=987_654)  # type: ignore[arg-type]
        for surface in same:
            for who in HIDDEN_FROM:
                real, made_up = (told(bench, CALLS[surface], each, who) for each in (one, absent))
                for name in gone | {"edit": 0}:
                    real = real.replace(str(getattr(one, name)), "*")
                    made_up = made_up.replace(str(getattr(absent, name)), "*")
                assert real == made_up, (surface, who.name)
