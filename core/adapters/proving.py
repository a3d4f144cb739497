"""Whether the documents still say what rows rest on; it looks only, and knows no dataset."""

from collections.abc import Sequence

from core.adapters.rows import Quoted, Row, digest
from core.evaluation.quotes import Folded
from core.types import Document

GONE = "A document that it comes from is no longer here."
WITHDRAWN = "A document that it comes from has been withdrawn."
CHANGED = "A newer version of the document says something else at this place."
UNLIKE = "The text at the place that it quotes is not what it was."


class Proof:
    """The documents of a workspace, of all versions, to hold rows against; each text is folded once."""

    def __init__(self, documents: Sequence[Document], current: Sequence[str]) -> None:
        """Over documents of any version; `current` are the ids of those that answer."""
        self._documents = {document.id: document for document in documents}
        self._current = {self._documents[each].name: self._documents[each] for each in current}
        self._folded: dict[str, Folded] = {}

    def problem(self, row: Row) -> str:
        """Why a row can no longer be relied on, as a sentence; "" where every document still says the same."""
        for document_id in dict.fromkeys([*row.documents, *(quoted.document_id for quoted in row.evidence)]):
            document = self._documents.get(document_id)
            if document is None:
                return GONE
            if document.name not in self._current:
                return WITHDRAWN
        return next((problem for quoted in row.evidence if (problem := self._changed(quoted))), "")

    def _changed(self, quoted: Quoted) -> str:
        document = self._documents[quoted.document_id]
        text = document.text[quoted.start : quoted.end]
        if digest(text) != quoted.sha256:
            return UNLIKE
        newest = self._current[document.name]
        if newest.id == document.id:
            return ""
        if newest.id not in self._folded:
            self._folded[newest.id] = Folded(newest.text)
        return "" if self._folded[newest.id].find(text) else CHANGED
