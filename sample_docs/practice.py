"""Invented papers for an adapter to practise on: sections, tables and questions about them, by a seed.

The companies, people and figures are invented and have nothing in common with the sample company's: no text of
`sample_docs/content` and no question of `questions.jsonl` is used. A paper asks of facts that it holds, and of ones
near to them that it does not.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_COMPANIES = (
    "Marlow & Finch|Quillhaven|Brackwater Mills|Ostrava Looms|Pellmore|Tidewrack Ferries|Hollis Bakery|Nimbus Roofing|"
    "Corvane Optics|Yarrow Seeds|Drumlin Cycles|Fernhollow School|Basalt Climbing|Larkspur Clinic|Juniper Radio"
)
_FIRST = "Odile Bram Tessa Ruben Ilka Morten Sabra Kester Noor Piet Yusra Anselm Greta Tomasz Wren Delphine".split()
_LAST = "Karsk Oduya Fenwick Laurits Abara Stroud Vellacott Ismay Pryce Nkemelu Holm Tarrant Quist Baines".split()
_PLACES = "Utrecht Bergen Cork Leipzig Porto Tampere Ghent Malaga Graz Turin Aarhus Lyon Gdansk".split()
_MONTHS = "January February March April May June July August September October November December".split()


@dataclass(frozen=True)
class Asked:
    """A question, its short answer, and the section that holds it; no section where the paper does not say."""

    question: str
    answer: str
    section: int | None


@dataclass(frozen=True)
class Paper:
    """Sections as a prompt shows them, heading first, and what is asked of them."""

    sections: tuple[str, ...]
    asked: tuple[Asked, ...]


@dataclass(frozen=True)
class _Fact:
    """A sentence with a gap, the questions that ask for what stands in it, and ones that sound alike without answer."""

    says: tuple[str, ...]
    asks: tuple[str, ...]
    near: tuple[str, ...]


def papers(number: int, seed: int) -> Iterator[Paper]:
    """So many papers; the same seed gives the same ones."""
    chance = random.Random(seed)  # noqa: S311
    for _ in range(number):
        yield _paper(chance)


def _paper(chance: random.Random) -> Paper:
    company = chance.choice(_COMPANIES.split("|")).strip()
    topics = chance.sample(list(_TOPICS), 3)
    sections, asked = [], list[Asked]()
    for number, topic in enumerate(topics):
        heading, text, found = _section(chance, topic, company, number)
        sections.append(f"{heading}\n{text}")
        asked += found
    if chance.random() < 0.6:
        heading, text, found = _table(chance, len(sections))
        sections.append(f"{heading}\n{text}")
        asked += found
    order = chance.sample(range(len(sections)), len(sections))
    place = {old: new for new, old in enumerate(order)}
    moved = [Asked(a.question, a.answer, None if a.section is None else place[a.section]) for a in asked]
    return Paper(tuple(sections[i] for i in order), tuple(moved))


def _section(chance: random.Random, topic: str, company: str, number: int) -> tuple[str, str, list[Asked]]:
    title, facts = _TOPICS[topic]
    chosen = chance.sample(facts, min(len(facts), chance.randint(2, 6)))
    sentences, asked = list[str](), list[Asked]()
    for fact in chosen:
        value = _value(chance, fact.says[0])
        sentence = chance.choice(fact.says)
        kind = _kind(sentence)
        sentences.append(_filled(chance, sentence.replace("{" + kind + "}", value), company))
        asked.append(Asked(chance.choice(fact.asks), value, number))
        if fact.near and chance.random() < 0.45:
            asked.append(Asked(chance.choice(fact.near), "", None))
    for fact in facts:
        if fact not in chosen and chance.random() < 0.3:
            asked.append(Asked(chance.choice(fact.asks), "", None))
    name = f"{topic}.{chance.choice(('pdf', 'md', 'docx', 'html'))}"
    return f"{name} › {title}", _laid_out(chance, title, sentences), asked


def _laid_out(chance: random.Random, title: str, sentences: list[str]) -> str:
    """The sentences as papers set them: running on, as paragraphs, as a list, with or without the title again."""
    form = chance.choice(("run", "run", "paragraphs", "bullets", "numbers"))
    text = {
        "run": " ".join(sentences),
        "paragraphs": "\n\n".join(sentences),
        "bullets": "\n".join(f"• {sentence}" for sentence in sentences),
        "numbers": "\n".join(f"{i}. {sentence}" for i, sentence in enumerate(sentences, start=1)),
    }[form]
    return f"{title}\n\n{text}" if chance.random() < 0.5 else text


def _filled(chance: random.Random, sentence: str, company: str) -> str:
    """The sentence with what nobody asks for filled in, beginning with a capital."""
    for kind, made in _VALUES.items():
        if "{" + kind + "}" in sentence:
            sentence = sentence.replace("{" + kind + "}", str(made(chance)))
    sentence = sentence.replace("{company}", company)
    return sentence[0].upper() + sentence[1:]


def _kind(sentence: str) -> str:
    return next(k for k in _VALUES if "{" + k + "}" in sentence)


def _value(chance: random.Random, sentence: str) -> str:
    return str(_VALUES[_kind(sentence)](chance))


def _euros(chance: random.Random) -> str:
    amount = chance.choice([chance.randint(2, 99), chance.randint(10, 99) * 10, chance.randint(11, 79) * 100])
    told = f"{amount:,}" if chance.random() < 0.8 else f"{amount}.{chance.choice(('50', '90', '25'))}"
    return chance.choice([f"{told} euros", f"{told} EUR"])


_VALUES = {
    "days": lambda c: f"{c.randint(2, 90)} {c.choice(['days', 'working days', 'weeks', 'months'])}",
    "hours": lambda c: f"{c.randint(2, 72)} hours",
    "euros": _euros,
    "percent": lambda c: f"{c.randint(2, 60)}{c.choice(['%', ' percent'])}",
    "person": lambda c: f"{c.choice(_FIRST)} {c.choice(_LAST)}",
    "place": lambda c: c.choice(_PLACES),
    "date": lambda c: f"{c.randint(1, 28)} {c.choice(_MONTHS)}" + c.choice(["", f" {c.randint(2019, 2027)}"]),
    "time": lambda c: f"{c.randint(6, 21)}:{c.choice(['00', '15', '30', '45'])}",
    "count": lambda c: f"{c.randint(2, 40)}",
    "form": lambda c: f"form {c.choice('ABCDEFHKLMRST')}{c.randint(2, 99)}",
    "degrees": lambda c: f"{c.randint(4, 95)} °C",
    "metres": lambda c: f"{c.randint(2, 400)} {c.choice(['metres', 'cm', 'mm', 'km'])}",
    "who": lambda c: c.choice(
        ["the team lead", "the head of finance", "the office manager", "two directors", "the safety officer",
         "the regional manager", "the works council", "the duty nurse", "the fleet desk"]
    ),
    "colour": lambda c: c.choice(["red", "amber", "blue", "green", "white", "violet"]),
}  # fmt: skip


def _read() -> dict[str, tuple[str, list[_Fact]]]:
    """Topics by name from practice*.txt: "# name | title", then facts with a blank line behind each.

    A line with = says the fact, one with ? asks for it, one with ! asks for what is near to it and not said.
    """
    topics: dict[str, tuple[str, list[_Fact]]] = {}
    facts: list[_Fact] = []
    texts = [file.read_text(encoding="utf-8").strip() for file in sorted(Path(__file__).parent.glob("practice*.txt"))]
    for block in "\n\n".join(texts).split("\n\n"):
        lines = [line.split(" ", 1) for line in block.strip().splitlines()]
        for mark, text in lines:
            if mark == "#":
                name, _, title = text.partition(" | ")
                topics[name] = (title, facts := [])
        facts.append(_Fact(*(tuple(text for mark, text in lines if mark == wanted) for wanted in "=?!")))
    return topics


_TOPICS = _read()
_TABLES = {
    "price-list.xlsx › Prices": (
        "Article", ["Price", "Weight", "Warranty"],
        ["Heron 4", "Heron 6", "Plover", "Plover XL", "Stilt", "Curlew mini", "Dunlin", "Ruff 2", "Avocet"],
        ["What is the {column} of the {row}?", "{row}: {column}?", "How about the {column} for the {row}?"],
    ),
    "rooms.csv › Meeting rooms": (
        "Room", ["Seats", "Floor", "Daily rate"],
        ["Maple", "Rowan", "Hazel", "Larch", "Alder", "Juniper", "Willow", "Elder"],
        ["What is the {column} of room {row}?", "Which {column} does {row} have?"],
    ),
    "routes.pdf › Timetable": (
        "Route", ["Departure", "Duration", "Fare"],
        ["North pier", "Old harbour", "Island loop", "Lighthouse", "Marsh ferry", "Night boat"],
        ["What is the {column} of the {row} route?", "{row}: what is the {column}?"],
    ),
}  # fmt: skip
_CELLS = {
    "Price": "euros", "Weight": "metres", "Warranty": "days", "Seats": "count", "Floor": "count", "Daily rate": "euros",
    "Departure": "time", "Duration": "hours", "Fare": "euros",
}  # fmt: skip


def _table(chance: random.Random, number: int) -> tuple[str, str, list[Asked]]:
    heading = chance.choice(list(_TABLES))
    key, columns, rows, asks = _TABLES[heading]
    listed = chance.sample(rows, chance.randint(3, 5))
    shown = chance.sample(columns, chance.randint(2, 3))
    spelled = chance.random() < 0.6  # each line with its columns' names, as sheets are shown
    lines, asked = ([] if spelled else [" | ".join([key, *shown])]), list[Asked]()
    for row in listed:
        cells = [_kilos(chance) if column == "Weight" else str(_VALUES[_CELLS[column]](chance)) for column in shown]
        told = [f"{name}: {cell}" for name, cell in zip([key, *shown], [row, *cells], strict=True)]
        lines.append(" | ".join(told if spelled else [row, *cells]))
        column, cell = chance.choice(list(zip(shown, cells, strict=True)))
        asked.append(Asked(chance.choice(asks).format(column=column.lower(), row=row), cell, number))
    absent = chance.choice([row for row in rows if row not in listed])
    asked.append(Asked(chance.choice(asks).format(column=chance.choice(shown).lower(), row=absent), "", None))
    return heading, "\n".join(lines), asked


def _kilos(chance: random.Random) -> str:
    return f"{chance.randint(1, 40)}.{chance.randint(0, 9)} kg"
