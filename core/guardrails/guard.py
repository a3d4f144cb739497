"""The policy at work: covers, keeps out, or marks down what was found, at the three choke points of an answer.

It knows no search, no model and no page. What it is shown it gives back with every offset unchanged.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from core.guardrails.covering import Covered, cover
from core.guardrails.findings import Finding
from core.guardrails.ledger import Checked
from core.guardrails.policy import COVERS, Policy, Rules, decide, strictest
from core.guardrails.scanner import Scanner
from core.guardrails.streaming import Held
from core.types import Action, Chunk, Document, Fate, Heading, Hit, Point, Ruling, Span

Texts = Callable[[str, int, int], str]
"""(document id, start, end) to the document's own text in that range."""
Read = Callable[[str], Document]
Look = Callable[[Sequence[str]], Mapping[str, Checked]]
"""From ids of documents to what was found in them; a document that is gone is absent."""


Titles = Callable[[str, Checked], tuple[tuple[int, str, str], ...] | None]
"""The headings of a document as they may be read; see `Guard._titles`."""


@dataclass(frozen=True, slots=True)
class Screened:
    """A question or an answer after its rules."""

    text: str
    rulings: tuple[Ruling, ...] = ()
    refused: bool = False
    """Whether a rule vetoes it as a whole."""


class Guard:
    """One policy over one library; safe to share between threads."""

    def __init__(self, policy: Policy, scanner: Scanner, look: Look, texts: Texts, read: Read) -> None:
        self.policy = policy
        self.scanner = scanner
        self.look, self._texts, self._read = look, texts, read

    # -- a question, an answer -----------------------------------------------------------------------------------

    def question(self, text: str) -> Screened:
        """A question as it may be searched, sent to a model and kept."""
        decided = self._found(text, self.policy.question)
        refused = any(action == "veto" for _, action in decided)
        return Screened(cover(text, _places(decided)), _rulings(decided, "question"), refused)

    def hold(self) -> Held | None:
        """A filter for the stream of one answer; None where no rule can cover anything of it."""
        rules = self.policy.answer
        return Held(self.scanner, rules) if any(rule.action in COVERS for rule in rules) else None

    def answer(self, text: str, held: Held | None = None) -> Screened:
        """An answer as it may be shown; `held` is what filtered its stream, and covered things that stand no more.

        What is covered in an answer is covered whole: a stream shows nothing that it would have to take back.
        """
        decided = [*(held.decided if held else ()), *self._found(text, self.policy.answer)]
        whole = [(found, _whole(action)) for found, action in decided]
        covered = cover(text, _places(whole[len(held.decided) if held else 0 :]))
        return Screened(covered, _rulings(decided, "answer"), any(action == "veto" for _, action in decided))

    def _found(self, text: str, rules: Rules) -> list[tuple[Finding, Action]]:
        asked = list(dict.fromkeys(rule.detector for rule in rules if rule.action != "allow"))
        return [(found, decide(rules, found)) for found in self.scanner.quick(text, asked)]

    # -- documents -----------------------------------------------------------------------------------------------

    def sift(self, hits: Sequence[Hit]) -> list[Hit]:
        """The hits, covered; those that are kept out come last, with their fate. The order of both parts stays.

        A document that is not in the library any more is kept out.
        """
        checked = self.look([hit.chunk.document_id for hit in hits])
        titles = cache(self._titles)
        judged = [self._judged(hit, checked.get(hit.chunk.document_id), titles) for hit in hits]
        passed = [hit for hit in judged if hit.fate is not Fate.WITHHELD]
        kept_out = [hit for hit in judged if hit.fate is Fate.WITHHELD]
        return [replace(hit, rank=rank) for rank, hit in enumerate([*passed, *kept_out], start=1)]

    def text(self, document_id: str, start: int, end: int) -> str:
        """Characters [start, end) of a document as they may be read; raises NotFound."""
        return self.covered(document_id, self._texts(document_id, start, end), start)

    def covered(self, document_id: str, text: str, start: int) -> str:
        """A piece of a document's own text, beginning at `start`, as it may be read."""
        checked = self.look([document_id]).get(document_id)
        return cover(text, _places(self.decided(checked, start, start + len(text))), start) if checked else ""

    def places(self, document_id: str) -> tuple[Covered, ...]:
        """What of a document is covered."""
        checked = self.look([document_id]).get(document_id)
        return _places(self.decided(checked)) if checked else ()

    def closed(self, document_id: str) -> tuple[Span, ...]:
        """Ranges that no passage may be widened over, since they keep a passage out."""
        checked = self.look([document_id]).get(document_id)
        decided = self.decided(checked) if checked else []
        return tuple(Span(found.start, found.end) for found, action in decided if action == "veto")

    def verdict(self, checked: Checked) -> Action:
        """The gravest that the policy does to a document: "quarantine" and "downgrade" not where it was cleared."""
        return strictest(action for _, action in self.decided(checked))

    def decided(self, checked: Checked, start: int = 0, end: int | None = None) -> list[tuple[Finding, Action]]:
        """Every finding of a document, or of [start, end) of it, with what is done about it."""
        rules = self.policy.zones[checked.zone]
        found = checked.findings if end is None else [each for each in checked.findings if each.overlaps(start, end)]
        decided = [(each, decide(rules, each)) for each in found]
        if checked.cleared:
            return [(each, _trusted(action)) for each, action in decided]
        return decided

    def _judged(self, hit: Hit, checked: Checked | None, titles: Titles) -> Hit:
        if checked is None:
            return replace(hit, fate=Fate.WITHHELD)
        whole = [(found, action) for found, action in self.decided(checked) if action in ("quarantine", "downgrade")]
        if hit.chunk.edited:
            held = replace(checked, findings=self.scanner.quick(hit.chunk.text))
            own, offset = self.decided(held), 0
        else:
            own, offset = self.decided(checked, hit.chunk.start, hit.chunk.end), hit.chunk.start
        actions = {action for _, action in (*own, *whole)}
        chunk = self._legible(hit.chunk, own, offset, checked, titles)
        passage = hit.passage
        if passage is not None and not passage.edited:
            inside = self.decided(checked, passage.start, passage.end)
            passage = self._legible(passage, inside, passage.start, checked, titles)
            own = [*own, *(pair for pair in inside if pair not in own)]
        return replace(
            hit,
            chunk=chunk,
            passage=passage,
            fate=Fate.WITHHELD if actions & {"veto", "quarantine"} else Fate.RETRIEVED,
            low_trust="downgrade" in actions,
            rulings=_rulings([*own, *(pair for pair in whole if pair not in own)], "source"),
        )

    def _legible(
        self, chunk: Chunk, decided: Sequence[tuple[Finding, Action]], at: int, checked: Checked, titles: Titles
    ) -> Chunk:
        places = _places(decided)
        text = cover(chunk.text, places, at) if places else chunk.text
        headings = self._headings(chunk, checked, titles) if chunk.headings else chunk.headings
        return (
            replace(chunk, text=text, headings=headings) if (text, headings) != (chunk.text, chunk.headings) else chunk
        )

    def _headings(self, chunk: Chunk, checked: Checked, titles: Titles) -> tuple[str, ...]:
        """The titles above a passage, covered where the document's own heading is."""
        covered = titles(chunk.document_id, checked)
        if covered is None:
            return chunk.headings
        found = dict.fromkeys(chunk.headings, "")
        found.update((title, legible) for start, title, legible in covered if title in found and start <= chunk.start)
        rules = self.policy.zones[checked.zone]
        return tuple(found[each] or self._loose(each, rules) for each in chunk.headings)

    def _titles(self, document_id: str, checked: Checked) -> tuple[tuple[int, str, str], ...] | None:
        """Where each heading of a document stands, its title, and that title covered; None where nothing is covered.

        Covered is empty where the title is not what stands there.
        """
        covers = _places(self.decided(checked))
        if not covers:
            return None
        document = self._read(document_id)
        return tuple(
            (each.start, each.title, cover(each.title, covers, each.start) if _stands(each, document.text) else "")
            for each in document.headings
        )

    def _loose(self, text: str, rules: Rules) -> str:
        return cover(text, _places([(found, decide(rules, found)) for found in self.scanner.quick(text)]))


def _stands(heading: Heading, text: str) -> bool:
    return text[heading.start : heading.start + len(heading.title)] == heading.title


def _whole(action: Action) -> Action:
    return "redact" if action == "mask" else action


def _trusted(action: Action) -> Action:
    return "allow" if action in ("quarantine", "downgrade") else action


def _places(decided: Sequence[tuple[Finding, Action]]) -> tuple[Covered, ...]:
    return tuple(
        Covered(found.start, found.end, "mask" if action == "mask" else "redact")
        for found, action in decided
        if action in COVERS
    )


def _rulings(decided: Sequence[tuple[Finding, Action]], point: Point) -> tuple[Ruling, ...]:
    counted = Counter((action, found.detector, found.kind) for found, action in decided if action != "allow")
    return tuple(Ruling(point, action, detector, kind, n) for (action, detector, kind), n in sorted(counted.items()))
