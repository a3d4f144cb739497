"""The rule of who sees what, tried at random: the pure rules, the index's filter, and the real surfaces.

Tries (a principal against a thing to be seen): 90,000 of the pure rules, 72,000 of the index, 2,880 of the surfaces.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from core.answering.ask import finish
from core.evaluation.facts import Fact
from core.evaluation.facts import may_read as may_read_fact
from core.evaluation.questions import Evidence, Question, may_read
from core.evaluation.retrieval_runs import asked_as
from core.evaluation.values import Tolerance
from core.freshness_asking import least
from core.governance.principals import PERSONAS, may_see, persona, sees_all, sees_as_much
from core.index.contract import Access, Query
from core.index.edge import EdgeIndex
from core.lab.runs import covers
from core.recipes import recipe
from core.types import ZONES, Principal, Zone
from core.workbench import Workbench
from tests.index.test_contract import SPEC, add, entry, vector
from tests.test_ingestion import note

ADMIN = persona("administrator")
EXTRACTIVE = recipe("extractive")
LABELS = ("board", "finance", "hr", "board ", "Board")
"""Two of them differ from the first by a space and a capital only."""


def some(chance: random.Random, of: Sequence[str], likely: float = 0.4) -> tuple[str, ...]:
    return tuple(each for each in of if chance.random() < likely)


def someone(chance: random.Random) -> Principal:
    zones = some(chance, ZONES, 0.5)
    return Principal(
        "somebody", some(chance, ("reader", "builder")), zones, None if chance.random() < 0.25 else some(chance, LABELS)
    )  # type: ignore[arg-type]


def allowed(zones: Sequence[str], labels: Sequence[str] | None, zone: str, marks: Sequence[str]) -> bool:
    """The rule once more, in other words than the code's: a zone that is listed, and no label that is not."""
    if [each for each in zones if each == zone] == []:
        return False
    return labels is None or not [mark for mark in marks if mark not in labels]


def test_the_pure_rules_let_nothing_through() -> None:
    chance = random.Random(20_261)
    seen = 0
    for _ in range(90_000):
        who, other = someone(chance), someone(chance)
        zone: Zone = chance.choice(ZONES)
        marks = some(chance, LABELS, 0.3)
        right = allowed(who.zones, who.labels, zone, marks)
        seen += right
        assert may_see(who, zone, marks) is right
        assert not (sees_all(who) and not right)
        if sees_as_much(who, other) or covers(who, other.zones, other.labels):
            assert right or not may_see(other, zone, marks)
        hidden = () if right else ("d",)
        question = Question("q", "t", evidence=(Evidence("d", "x"),), zone=zone, persona=chance.choice(["", *PERSONAS]))
        assert right or not may_read(question, who, hidden)
        assert right or not may_read_fact(Fact("f", "1", "q", Tolerance(), "o", "d", "1", zone), who, hidden)
        asker = asked_as(question, who)
        assert right or not may_see(asker, zone, marks)
        lowest = least(Fact("f", "1", "q", Tolerance(), "o", "d", "1", zone), None, who)
        assert set(lowest.zones) <= set(who.zones)
    assert 15_000 < seen < 45_000  # else the tries would all be of one kind


def test_nobody_sees_anything_and_an_unknown_zone_is_nobodys() -> None:
    for labels in (None, (), LABELS):
        nobody = Principal("nobody", ("administrator",), (), labels)
        assert not any(may_see(nobody, zone, marks) for zone in ZONES for marks in ((), LABELS))
        assert not sees_all(nobody)
    assert not may_see(ADMIN, "secret", ())  # type: ignore[arg-type]


def test_the_index_finds_exactly_what_the_rule_allows(tmp_path: Path) -> None:
    """240 passages against 300 principals, by meaning and by words: 72,000 tries, each of which is found or must not be."""
    chance, today = random.Random(20_262), date(2026, 6, 15)
    index = EdgeIndex(tmp_path)
    index.open(SPEC)
    held = []
    for number in range(240):
        made = entry(f"d{number}", number)
        day = [
            None if chance.random() < 0.6 else (today + timedelta(chance.randint(-2, 2))).isoformat() for _ in range(2)
        ]
        made = replace(
            made, zone=chance.choice(ZONES), labels=some(chance, LABELS, 0.25), valid_from=day[0], valid_until=day[1]
        )  # fmt: skip
        held.append(made)
    for zone in ZONES:
        inside = [each for each in held if each.zone == zone]
        vectors = np.stack([vector(int(each.chunk.document_id[1:])) for each in inside])
        index.replace_document("k", zone, inside, vectors, {})
    found_in_all = 0
    for number in range(300):
        who = someone(chance)
        on = today + timedelta(chance.randint(-2, 2))
        found = index.search("k", Query(vector(number), "passage", 300, exact=True, known=True), Access.of(who, on))
        right = {
            e.chunk.id
            for e in held
            if allowed(who.zones, who.labels, e.zone, e.labels)
            and (e.valid_from or "0") <= on.isoformat() <= (e.valid_until or "9")
        }
        assert {each.entry.chunk.id for each in found.dense} == right
        assert {each.entry.chunk.id for each in found.sparse} <= right
        assert bool(found.known) is bool(right and found.sparse)
        found_in_all += len(right)
    index.close()
    assert found_in_all > 3_000


def test_each_zone_has_files_of_its_own(tmp_path: Path) -> None:
    """What stands in the restricted index stands in no file of another zone's."""
    index = EdgeIndex(tmp_path)
    index.open(SPEC)
    for zone in ZONES:
        made = entry(zone, 1)
        add(index, [replace(made, zone=zone, chunk=replace(made.chunk, text=f"the canary of {zone} sings"))])
    index.close()
    for zone in ZONES:
        holding = {
            path.relative_to(tmp_path / "k").parts[0]
            for path in tmp_path.rglob("*")
            if path.is_file() and f"the canary of {zone} sings".encode() in path.read_bytes()
        }
        assert holding == {zone}


@pytest.fixture
def marked(bench: Workbench, tmp_path: Path) -> Workbench:
    """A document of every zone with every set of two labels, each with a word of its own."""
    files = []
    for zone in ZONES:
        for marks in ((), ("board",), ("finance",), ("board", "finance")):
            word = f"zq{zone}{'-'.join(marks) or 'plain'}zq"
            file = note(tmp_path, f"{word}.txt", f"The herons of {word} nest in the reeds in spring.")
            files.append(replace(file, zone=zone, labels=marks))
    bench.ingest(files, ADMIN)
    return bench


def test_the_surfaces_show_exactly_what_the_rule_allows(marked: Workbench) -> None:
    """40 principals, 12 documents, six surfaces; every tenth asks and opens too."""
    chance = random.Random(20_263)
    every = {row.name: row for row in marked.documents(ADMIN)}
    assert len(every) == 12
    for number in range(40):
        who = replace(someone(chance), roles=("reader", "builder"))
        seen = {name for name, row in every.items() if allowed(who.zones, who.labels, row.zone, row.labels)}
        assert {row.name for row in marked.documents(who)} == seen
        assert {name for name in every if marked.versions(name, who)} == seen
        assert marked.state(who).documents == len(seen)
        hits, _ = marked.search("Where do herons nest in the reeds?", EXTRACTIVE, who, 40)
        assert {hit.document for hit in hits} == seen
        assert {entry.document for entry in marked.lab.maps.pca(EXTRACTIVE, who).entries} == seen
        pairs = {each for pair in marked.duplicates(who, 0.05) for each in (pair.first, pair.second)}
        assert pairs <= {every[name].id for name in seen}
        if number % 10 == 0:
            told = finish(marked.ask("Where do herons nest in the reeds?", EXTRACTIVE, who))
            assert {hit.document for hit in told.trace.candidates} == seen
            assert not [name for name in set(every) - seen if name.removesuffix(".txt") in told.text]
            for name, row in every.items():
                if name in seen:
                    assert marked.visible(row.id, who).name == name
                else:
                    with pytest.raises(Exception, match="There is no document"):
                        marked.visible(row.id, who)
