"""A comparison of answers as one HTML file: no script, nothing fetched, every text escaped.

It draws what the traces hold and judges nothing; who may see them is asked before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from pathlib import Path

from core.answering.differences import differences
from core.answering.fate_chart import svg
from core.answering.journeys import Journey, journeys, tally
from core.answering.summary import as_words, packed, spent, verdicts
from core.types import Answer, Fate

_STYLE = Path(__file__).with_name("report.css")
_LISTED = 12
"""Candidates of the table; those that reached the prompt are listed whatever their rank."""


@dataclass(frozen=True, slots=True)
class Part:
    """One column of the comparison."""

    title: str
    """Such as "A · default"."""
    answer: Answer
    note: str = ""
    """A remark under the answer, such as what a diagnosis found."""


def report(question: str, parts: Sequence[Part], made_at: str) -> str:
    """The file's text; `made_at` is shown as it is given."""
    first = parts[0].answer.text if parts else ""
    body = "".join(_section(part, first if place else None) for place, part in enumerate(parts))
    style = _STYLE.read_text(encoding="utf-8")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(question)}</title><style>{style}</style></head><body>"
        f'<h1 dir="auto">{escape(question)}</h1><p class="about">A comparison by the Touchstone inspector, '
        f"{escape(made_at)}.</p><main>{body}</main></body></html>\n"
    )


def _section(part: Part, first: str | None) -> str:
    answer = part.answer
    chips = "".join(f'<li class="{v.mood}" dir="auto">{escape(v.text)}</li>' for v in verdicts(answer))
    facts = [f"{answer.trace.total_ms:,.0f} ms", as_words(answer), f"trace {answer.trace.id}"]
    facts += [f"replayed from {answer.trace.since}"] if answer.trace.since else []
    remark = f'<p class="how">{escape(part.note)}</p>' if part.note else ""
    return (
        f'<section><h2 dir="auto">{escape(part.title)}</h2>'
        f'<div class="facts">{escape(" · ".join(filter(None, facts)))}</div>'
        f'<div class="answer" dir="auto">{_answer(answer, first)}</div><ul class="verdicts">{chips}</ul>{remark}'
        f"{svg(answer)}{_tally(answer)}{_candidates(answer)}{_quotes(answer)}{_stages(answer)}"
        f"{_budget(answer)}</section>"
    )


def _answer(answer: Answer, first: str | None) -> str:
    """The text with the number of each receipt behind its sentence, and how it differs from the first answer's."""
    text, pieces = answer.text, differences(first, answer.text) if first is not None else ()
    numbers = _numbers(answer)
    edges = {edge for piece in pieces for edge in (piece.start, piece.end)} | {*numbers}
    edges |= {edge for doubt in answer.unsupported for edge in (doubt.start, doubt.end)}
    cuts = sorted({0, len(text), *(edge for edge in edges if 0 < edge < len(text))})
    told = []
    for start, end in pairwise(cuts):
        told += [f"<del>{escape(p.text)}</del> " for p in pieces if p.kind == "missing" and start <= p.start < end]
        shown = escape(text[start:end])
        if any(doubt.start <= start and end <= doubt.end for doubt in answer.unsupported):
            shown = f'<span class="doubt" title="No source supports this.">{shown}</span>'
        if any(p.kind == "added" and p.start <= start and end <= p.end for p in pieces):
            shown = f"<ins>{shown}</ins>"
        told += [shown, *(f'<span class="mark">[{number}]</span>' for number in numbers.get(end, ()))]
    told += [f" <del>{escape(p.text)}</del>" for p in pieces if p.kind == "missing" and p.start >= len(text)]
    return "".join(told)


def _numbers(answer: Answer) -> dict[int, list[int]]:
    """By the end of a sentence the numbers of the sources that its receipts name, each once."""
    found: dict[int, list[int]] = {}
    for citation in answer.citations:
        held = found.setdefault(citation.sentence.end, [])
        if citation.source not in held:
            held.append(citation.source)
    return found


def _tally(answer: Answer) -> str:
    told = ", ".join(f"{count} {name}" for name, count in tally(answer))
    return f'<p class="how">{len(answer.trace.candidates)} candidates: {told}.</p>' if told else ""


def _candidates(answer: Answer) -> str:
    ways = journeys(answer)
    rows = [way for way in ways if way.hit.rank <= _LISTED or way.hit.fate is not Fate.RETRIEVED]
    if not rows:
        return ""
    told = "".join(map(_candidate, rows))
    head = '<tr><th class="number">Rank</th><th>Passage</th><th>What became of it</th></tr>'
    return f"<table><caption>The first candidates, and all that came farther</caption>{head}{told}</table>"


def _candidate(way: Journey) -> str:
    hit = way.hit
    place = " › ".join([hit.document, *hit.chunk.headings])
    return (
        f'<tr><td class="number">{hit.rank}</td><td dir="auto">{escape(place)}, characters {hit.chunk.start:,} to '
        f"{hit.chunk.end:,}</td><td>{escape(way.why)}</td></tr>"
    )


def _quotes(answer: Answer) -> str:
    return "".join(
        f'<div class="how" dir="auto">[{c.source}] {escape(c.document)}, page {c.page}</div>'
        f'<blockquote dir="auto">{escape(c.quote)}</blockquote>'
        for c in answer.citations
    )


def _stages(answer: Answer) -> str:
    rows = "".join(
        f'<tr><td>{escape(s.name)}</td><td class="number">{s.ms:,.1f}</td><td class="number">{s.went_in}</td>'
        f'<td class="number">{s.came_out}</td><td>{escape(s.detail)}</td></tr>'
        for s in answer.trace.stages
    )
    numbers = "".join(f'<th class="number">{name}</th>' for name in ("ms", "In", "Out"))
    head = f"<tr><th>Stage</th>{numbers}<th></th></tr>"
    return f"<table><caption>Time of each stage</caption>{head}{rows}</table>"


def _budget(answer: Answer) -> str:
    prompt = answer.trace.prompt
    if prompt is None:
        return ""
    held = spent(prompt)
    parts = {"system": held.system, "sources": held.sources, "question": held.question}
    bars = "".join(
        f'<span class="{name}" style="width:{100 * n / held.budget:.2f}%"></span>' for name, n in parts.items()
    )
    named = ", ".join(f"{name} {count:,}" for name, count in parts.items())
    left_out = [f"{held.dropped} dropped"] if held.dropped else []
    left_out += [f"{held.truncated} cut short"] if held.truncated else []
    more = f"; sources {' and '.join(left_out)}" if left_out else ""
    return (
        f'<div class="bar">{bars}</div><p class="how">Prompt {packed(answer)}. About {named}; {held.free:,} '
        f"free{more}.</p>"
    )
