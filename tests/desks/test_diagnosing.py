"""Diagnoses over real workspaces: who may have them, what they see, and whether planted faults are named."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.diagnosis import FAULTS, furnished, tallied, unfaulted
from core.answering.ask import finish
from core.embedding.encoder import Encoder
from core.errors import NotFound
from core.evaluation.questions import Evidence, Question
from core.governance.principals import persona
from core.ingestion import Incoming
from core.recipes import recipe, varied
from core.types import Principal, Recipe
from core.workbench import Workbench

ADMIN, ENGINEER, ANALYST = persona("administrator"), persona("engineer"), persona("analyst")
EXTRACTIVE = replace(recipe("extractive"), route="rag")
SHORT = "The kettle costs 30 euros."
ASKED = "What does the kettle cost?"
KETTLE = Question("k", ASKED, ("30 euros",), evidence=(Evidence("kettle.txt", SHORT),))


def bring(bench: Workbench, folder: Path, name: str, text: str, zone: str = "internal") -> None:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    bench.ingest([Incoming(path, name, zone=zone)], ADMIN)  # type: ignore[arg-type]


def asked(bench: Workbench, who: Principal = ADMIN, chosen: Recipe = EXTRACTIVE, text: str = ASKED) -> str:
    return finish(bench.ask(text, chosen, who)).trace.id


def test_who_may_not_see_the_evidence_learns_nothing_of_it(bench: Workbench, tmp_path: Path) -> None:
    bring(bench, tmp_path, "lamp.txt", "The lamp costs 20 euros.")
    trace = asked(bench, ANALYST)
    without = bench.diagnosis.of(trace, ENGINEER, KETTLE)
    assert (without.code, without.chunks) == ("NOT_INDEXED", ())
    bring(bench, tmp_path, "kettle.txt", SHORT, "restricted")
    bench.lab.sets.save("kettles", [KETTLE], ADMIN)
    assert bench.diagnosis.of(trace, ENGINEER, KETTLE) == without
    again = asked(bench, ANALYST)
    assert bench.diagnosis.of(again, ENGINEER, KETTLE) == without
    told = bench.diagnosis.of(again, ADMIN, KETTLE)
    assert (told.code, told.sentence) == (
        "FILTERED",
        "'kettle.txt' lies in the zone restricted, which 'analyst' may not see.",
    )
    assert bench.diagnosis.of(again, ADMIN) == told, "the question is found in the set by its words"
    for who in (ENGINEER, ANALYST):
        guessed = bench.diagnosis.of(again, who)
        assert guessed.guess and "kettle.txt" not in repr(guessed)
    with pytest.raises(NotFound, match="There is no trace"):
        bench.diagnosis.of(asked(bench, ADMIN), ENGINEER, KETTLE)


def test_an_answer_that_cites_a_copy_of_its_evidence_is_well(bench: Workbench, tmp_path: Path) -> None:
    bring(bench, tmp_path, "kettle.txt", SHORT)
    bring(bench, tmp_path, "a copy.txt", f"{SHORT}\n")
    asked_of = replace(KETTLE, answers=())
    cited = []
    for named in ("kettle.txt", "a copy.txt"):
        question = replace(asked_of, evidence=(Evidence(named, SHORT),))
        trace = asked(bench)
        cited += [citation.document for citation in bench.inspector.open(trace, ADMIN).citations]
        assert bench.diagnosis.of(trace, ADMIN, question).code == "OK"
    assert len(set(cited)) == 1, "one of the two questions names the other document"


def test_labels_keep_evidence_from_asker_and_viewer(bench: Workbench, tmp_path: Path) -> None:
    bring(bench, tmp_path, "kettle.txt", SHORT)
    bench.retag(bench.library.resolve("kettle.txt").id, ADMIN, ["prices", "sales"], None, None)
    clerk = Principal("clerk", ("reader",), ("public", "internal"), ("sales",))
    trace = asked(bench, clerk)
    assert bench.diagnosis.of(trace, clerk, KETTLE).code == "NOT_INDEXED"
    told = bench.diagnosis.of(trace, ADMIN, KETTLE)
    assert told.sentence == "'kettle.txt' is labelled prices, which 'clerk' may not see."
    assert told.mend and "clerk" in told.mend.label and not told.mend.changes


def test_the_ages_of_a_document(bench: Workbench, tmp_path: Path) -> None:
    early = asked(bench)
    bring(bench, tmp_path, "kettle.txt", SHORT)
    later = bench.diagnosis.of(early, ADMIN, KETTLE)
    assert (later.code, later.mend and later.mend.label) == ("NOT_INDEXED", "Ask again: it is found now")
    good = asked(bench)
    assert bench.diagnosis.of(good, ADMIN, KETTLE).code == "OK"
    bring(bench, tmp_path, "kettle.txt", "The kettle costs 40 euros.")
    old, new = bench.diagnosis.of(good, ADMIN, KETTLE), bench.diagnosis.of(asked(bench), ADMIN, KETTLE)
    assert (old.code, old.sentence) == (
        "STALE",
        "The answer cites 'kettle.txt', which is not in force any longer in that version.",
    )
    assert (new.code, new.sentence) == (
        "STALE",
        "'kettle.txt' held it in version 1; the version in force does not say it.",
    )
    bench.withdraw(bench.library.resolve("kettle.txt").id, ADMIN)
    gone = bench.diagnosis.of(asked(bench), ADMIN, KETTLE)
    assert gone.sentence == "'kettle.txt' held it in version 1, and was withdrawn."
    bench.erase("kettle.txt", ADMIN)
    assert bench.diagnosis.of(asked(bench), ADMIN, KETTLE).code == "NOT_INDEXED"


def test_a_passage_that_was_disabled_by_hand_is_not_indexed(bench: Workbench, tmp_path: Path) -> None:
    bring(bench, tmp_path, "kettle.txt", SHORT)
    document = bench.library.resolve("kettle.txt")
    (passage,) = bench.handwork.passages(document.id, EXTRACTIVE, ADMIN)
    bench.handwork.disable(document.id, EXTRACTIVE, passage.key, ADMIN)
    found = bench.diagnosis.of(asked(bench), ADMIN, KETTLE)
    assert found.code == "NOT_INDEXED"
    assert "holds no passage" in found.sentence or "by hand" in found.sentence


def test_the_change_for_a_low_rank_is_tried_and_keeps_the_evidence(filled: Workbench) -> None:
    question = "Who looks at it again when I don't accept the decision about my parcel?"
    known = Question("q", question, ("A second inspector",), evidence=(Evidence("returns-policy.pdf", "A second inspector, who did not see the parcel before"),))  # fmt: skip
    whole = finish(filled.ask(question, EXTRACTIVE, ADMIN))
    barred = [source.hit.chunk.id for source in whole.sources]
    again = finish(filled.inspector.rerun(whole.trace.id, EXTRACTIVE, ADMIN, barred=barred))
    kept_out = filled.diagnosis.of(again.trace.id, ADMIN, known)
    assert (kept_out.code, set(kept_out.chunks) <= set(barred)) == ("FILTERED", True)
    local = varied(EXTRACTIVE, {"route": "closed", "generation.answerer": "local"})
    closed = replace(whole, route="closed", trace=replace(whole.trace, id="closed", choice=local), citations=())
    filled.records.keep(replace(closed, text="Nobody."))
    found = filled.diagnosis.of("closed", ADMIN, known)
    assert (found.code, found.mend and found.mend.changes) == ("NOT_RETRIEVED", (("route", "rag"),))


def test_without_known_evidence_it_guesses(filled: Workbench) -> None:
    good = filled.diagnosis.of(asked(filled, text="How many days may unused articles be sent back?"), ADMIN)
    assert good.guess and good.code == "OK"
    odd = filled.diagnosis.of(asked(filled, text="Who won the regatta at Henley in 1931?"), ADMIN)
    assert odd.guess and odd.code != "OK"


@pytest.mark.slow
def test_planted_faults_are_named(tmp_path: Path, minilm: Encoder) -> None:
    with furnished(tmp_path, minilm) as made:
        tallies = [tallied(made, fault, 8) for fault in FAULTS]
        assert [tally.of for tally in tallies] == [8] * len(FAULTS)
        assert sum(tally.named for tally in tallies) / sum(tally.of for tally in tallies) >= 0.95
        assert unfaulted(made, 8).wrong == []
