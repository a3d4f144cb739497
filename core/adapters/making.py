"""Rows out of question sets, documents and feedback; it reads no file, keeps nothing and reviews nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from core.adapters.feedback import Feedback
from core.adapters.paraphrases import paraphrases
from core.adapters.proposals import KINDS, Kind, propose
from core.adapters.rows import Origin, Quoted, Row, quoted
from core.evaluation.questions import Question
from core.evaluation.quotes import Quotes
from core.types import ZONES, Document, Span, Zone, fingerprint

_AROUND = 900
"""Characters of a passage around a quote."""


def rows_of_questions(
    questions: Iterable[Question], documents: Sequence[Document], with_sources: bool
) -> tuple[Row, ...]:
    """A row for each question that has an answer or that nothing answers; the others are left out.

    The answer is the first accepted one, else the first quote. With sources, the paragraphs around the quotes stand in
    the prompt and the answer cites them.
    """
    known, quotes = {document.id: document for document in documents}, Quotes(documents)
    rows = []
    for question in questions:
        found = [each for each in quotes.resolve(question) if each.state == "found"]
        evidence = tuple(
            quoted(each.document_id, known[each.document_id].text, each.spans[0].start, each.spans[0].end)
            for each in found
        )
        answer = question.answers[0] if question.answers else next((q.quote for q in question.evidence), "")
        if (question.answerable and not answer) or (question.evidence and not found):
            continue
        held = [known[each.document_id] for each in found]
        rows.append(
            _row(
                "questions",
                question.text,
                answer if question.answerable else "",
                tuple(_paragraph(known[q.document_id].text, q) for q in evidence) if with_sources else (),
                held,
                evidence,
                _strictest([question.zone, *(document.zone for document in held)]),
                declines=not question.answerable,
            )
        )
    return tuple(rows)


def rows_of_document(
    document: Document, kinds: Sequence[Kind] = KINDS, with_sources: bool = True, rephrased: int = 0
) -> tuple[Row, ...]:
    """The proposals of a document as rows, each followed by up to `rephrased` other ways to ask the same."""
    rows: list[Row] = []
    for proposal in propose(document, kinds):
        passage = document.text[proposal.passage.start : proposal.passage.end].strip()
        evidence = quoted(document.id, document.text, proposal.evidence.start, proposal.evidence.end)
        sources = (passage,) if with_sources else ()
        row = _row("document", proposal.question, proposal.answer, sources, [document], (evidence,), document.zone)
        rows += [row, *rephrase(row, rephrased)]
    return tuple(rows)


def rephrase(row: Row, most: int) -> tuple[Row, ...]:
    """The row asked in other words, by rule; the same answer, the same evidence."""
    return tuple(
        replace(
            row,
            id=fingerprint([row.id, question]),
            question=question,
            origin="paraphrase",
            rephrases=row.rephrases or row.id,
            state="open",
        )
        for question in paraphrases(row.question, most)
    )


def rows_of_feedback(given: Iterable[Feedback], known: Mapping[str, Document], with_sources: bool) -> tuple[Row, ...]:
    """A row for each answer that somebody corrected or liked; of the others nothing can be learned.

    Feedback on an answer of which a document is no longer among the `known` is left out.
    """
    rows = []
    for each in given:
        answer = each.corrected or (each.answer if each.thumb == "up" and not each.abstained else "")
        if not answer or any(document_id not in known for document_id in each.documents):
            continue
        evidence = tuple(Quoted(cited.document_id, cited.start, cited.end, cited.sha256) for cited in each.cited)
        row = _row(
            "feedback",
            each.question,
            answer,
            each.sources if with_sources else (),
            [known[document_id] for document_id in each.documents],
            evidence,
            each.zone,
        )
        rows.append(replace(row, id=fingerprint([row.id, each.id])))
    return tuple(rows)


def _row(
    origin: Origin,
    question: str,
    answer: str,
    sources: tuple[str, ...],
    documents: Sequence[Document],
    evidence: tuple[Quoted, ...],
    zone: Zone,
    declines: bool = False,
) -> Row:
    """A row under an id of its own content, the same whenever it is made again; one source is cited."""
    ids = tuple(dict.fromkeys(document.id for document in documents))
    if len(sources) == 1 and answer and "[" not in answer and origin != "feedback":
        answer = f"{answer} [1]"
    identity = fingerprint([origin, question, answer, sources, ids])
    return Row(identity, question, answer, sources, ids, zone, origin, declines, "open", evidence)


def _strictest(zones: Sequence[Zone]) -> Zone:
    return max(zones, key=ZONES.index)


def _paragraph(text: str, at: Quoted) -> str:
    """The paragraph around a quote, or the quote alone where that is too long."""
    span = Span(at.start, at.end)
    start, end = text.rfind("\n\n", 0, span.start), text.find("\n\n", span.end)
    start, end = (0 if start < 0 else start + 2), (len(text) if end < 0 else end)
    return text[start:end].strip() if end - start <= _AROUND else text[span.start : span.end]
