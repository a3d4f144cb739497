"""The figures of the cost model are those of this workspace, as far as a person sees it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.answering.ask import finish
from core.decision.scenario import Setting
from core.embedding.encoder import Encoder
from core.errors import AccessDenied
from core.evaluation.questions import Question
from core.governance.principals import persona
from core.ingestion import Incoming
from core.recipes import BUILT_IN
from core.settings import Settings
from core.types import Principal
from core.workbench import Workbench
from tests.conftest import NOTHING
from tests.fakes import Saying

ADMIN, VIEWER = persona("administrator"), persona("viewer")


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory, minilm: Encoder) -> Iterator[Workbench]:
    """A workspace with a public and a restricted paper, an evaluation by a model that is a fake, and a trace."""
    folder = tmp_path_factory.mktemp("used")
    with Workbench(Settings(workspace=folder / "workspace"), "a test") as bench:
        bench._encoders["minilm"] = minilm
        bench.adapter_store._shipped = NOTHING
        bench._models["smollm2"] = Saying(none="The kettle boils at 94 degrees [1].")
        texts = {
            "kettle.txt": "The kettle in the harbour boils at 94 degrees.",
            "pay.txt": "The pay is 7130 crowns. " * 20,
        }
        zones = {"kettle.txt": "public", "pay.txt": "restricted"}
        files = []
        for name, text in texts.items():
            path = folder / name
            path.write_text(text)
            files.append(Incoming(path, name, zones[name]))  # type: ignore[arg-type]
        bench.ingest(files, ADMIN)
        questions = [Question(str(n), f"At how many degrees does kettle {n} boil?", ("94",)) for n in range(10)]
        bench.lab.sets.save("kettles", questions, ADMIN)
        job = bench.lab.answers.start("kettles", ["default"], ADMIN)
        assert bench.jobs.wait(job) and job.state == "done", job.error
        finish(bench.ask("What is the pay?", replace(BUILT_IN["extractive"]), ADMIN))
        yield bench


def test_what_was_measured_is_told_with_its_run(used: Workbench) -> None:
    found = used.decision.cost.measured(ADMIN)
    ran = used.lab.answers.ran(ADMIN)[0]
    results = used.runs.results(ran.run.id)
    read = [each.values["tokens_read"] for each in results]
    assert found["read_retrieval"].value == pytest.approx(sum(read) / len(read))
    assert found["read_retrieval"].source.runs == (ran.run.id,)
    assert found["read_retrieval"].source.told == "Mean over 10 questions: the recipe default on the set kettles"
    assert found["right_retrieval"].value == sum(each.values["overall"] for each in results) / 10
    assert found["search_seconds"].value > 0
    assert found["index_size"].value == pytest.approx(used.index.health(BUILT_IN["default"].index_key).bytes / 1e9)
    assert found["originals_size"].value == pytest.approx(sum(d.size for d in used.documents(ADMIN)) / 1e9)
    assert "read_tuning" not in found and "train_minutes" not in found and "changes" not in found


def test_a_person_learns_only_of_what_he_sees(used: Workbench) -> None:
    found = used.decision.cost.measured(VIEWER)
    assert "read_retrieval" not in found and "search_seconds" not in found
    assert found["originals_size"].value * 1e9 == pytest.approx(used.documents(VIEWER)[0].size)
    assert found["index_size"].value < used.decision.cost.measured(ADMIN)["index_size"].value
    with pytest.raises(AccessDenied):
        used.decision.cost.measured(Principal("nobody", (), ("public",)))


def test_costs_of_a_scenario(used: Workbench) -> None:
    desk = used.decision.cost
    found = desk.costs(desk.scenario(ADMIN), ADMIN)
    assert [bill.path for bill in found.bills] == ["retrieval", "tuning", "both"]
    assert found.bills[0].right == found.scenario.figures["right_retrieval"]
    assert found.bills[1].per_right_answer is None
    assert {each.held.name for each in found.unmeasured} >= {"right_tuning", "train_minutes", "changes"}
    assert "read_retrieval" not in {each.held.name for each in found.unmeasured}


def test_the_lens_counts_with_the_scenario_that_somebody_set(used: Workbench) -> None:
    desk = used.decision.cost
    dear = desk.scenario(ADMIN, {"engineer_week": Setting("engineer_week", 40_000)})
    usual, set_ = desk.evidence(ADMIN), desk.evidence(ADMIN, dear)
    assert usual and set_
    assert set_.monthly["retrieval"] > 5 * usual.monthly["retrieval"]
    told = {each.title: each for each in set_.inputs}
    assert (told["A week of an engineer"].value, told["A week of an engineer"].basis) == (
        "$40,000 a person-week (25,000 to 60,000)",
        "set by hand",
    )
    assert told["Tokens read, retrieval"].refs == (used.lab.answers.ran(ADMIN)[0].run.id,)
    assert told["Growth of the requests"].value == "20% a year (0% to 50%)"
    assert told["An hour of a machine"].value == "$0.2 an hour (0.05 to 2.5)"
    assert told["Rate of a tuned model to its base"].value == "1× (1 to 2)"
    busy, quiet = set_.at("highway"), set_.at("weekend")
    assert busy.about == "over 24 months at 300,000 requests a month" and set_.at("steady").monthly == set_.monthly
    assert busy.monthly["retrieval"] > set_.monthly["retrieval"] > quiet.monthly["retrieval"]
    asked = desk.evidence(ADMIN, desk.scenario(ADMIN, {"requests": Setting("requests", 500)}))
    assert asked and asked.at("highway") is asked  # who says how many come is not asked for it in words
    priced = set_.priced["retrieval"]
    assert priced.low < priced.total < priced.high and priced.total == pytest.approx(set_.monthly["retrieval"] * 24)
    assert set_.about == "over 24 months at 10,000 requests a month"
    assert "40,000" not in str(usual)


def test_an_adapters_size_is_its_files(bench: Workbench, tmp_path: Path) -> None:
    from core.adapters.manifest import Manifest
    from core.generation.lora import WEIGHTS
    from core.library.store import sha256_of
    from core.models.catalogue import base_sha256
    from tests.generation.conftest import save_lora

    made = save_lora(tmp_path / "own")
    manifest = Manifest("smollm2", base_sha256("smollm2"), sha256_of(made / WEIGHTS), "trained")
    bench.adapter_store.add("own", made, manifest, "ada")
    size = bench.decision.cost.measured(ADMIN)["checkpoint_size"]
    assert size.value * 1e9 == pytest.approx(sum(file.stat().st_size for file in made.iterdir()), rel=0.2)


def test_what_a_kept_answer_took(used: Workbench) -> None:
    rows = used.inspector.traces(ADMIN)
    spent = {each.id: each for each in used.records.spent([row.id for row in rows])}
    assert set(spent) == {row.id for row in rows}
    for row in rows:
        answer, took = used.inspector.open(row.id, ADMIN), spent[row.id]
        assert (took.read, took.written) == (answer.tokens.prompt, answer.tokens.answer)
        assert took.seconds == pytest.approx(row.total_ms / 1_000)
        searched = [stage.ms for stage in answer.trace.stages if stage.name == "retrieve"]
        assert took.searching == pytest.approx(sum(searched) / 1_000)


def test_versions_are_told_when_they_came(used: Workbench) -> None:
    held = used.library.standings()
    assert sorted((each.name, each.version, each.zone) for each in held) == [
        ("kettle.txt", 1, "public"), ("pay.txt", 1, "restricted"),
    ]  # fmt: skip
    assert all(each.added_at for each in held)
