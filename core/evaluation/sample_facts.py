"""The facts that come with the sample documents; it checks none of them."""

from pathlib import Path

from core.evaluation.fact_files import read_facts
from core.evaluation.fact_store import FactBook
from core.evaluation.sample_questions import AUTHOR
from core.evaluation.tying import tie
from core.library.store import Library


def bring_facts(book: FactBook, library: Library, file: Path) -> None:
    """Keep the facts about those sample documents that the library holds and says so.

    A fact that is there already stays as it is: a person, or a new version of its document, may have changed it.
    """
    known = {fact.id for fact in book.all()}
    current = {document.name: document for document in library.ready()}
    made = []
    for fact in read_facts(file.read_bytes(), "jsonl"):
        document = current.get(fact.document)
        if fact.id not in known and document is not None and document.version == 1:
            made.append(tie(fact, current))
    book.save(made, AUTHOR)
