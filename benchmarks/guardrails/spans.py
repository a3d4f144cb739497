"""How found spans are matched with annotated ones: as Presidio's own evaluation does, as far as it is described.

Its documents describe it so, and so it is here. A text is cut into tokens; a token belongs to the first span that
covers a sign of it. Tokens of one kind in a row are one span, and tokens without meaning (punctuation, stop words,
words as "street", "apt", "mr.") neither begin, end nor part a span. An annotated span is found where the spans found
that touch it cover it with an intersection over union of at least 0.75, in signs. Recall counts annotated spans,
precision counts found spans that took part in such a match. "Any kind" first makes all kinds one, as the published
figures do. Token precision and recall count tokens with meaning, of any kind. It does not know who found the spans.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

THRESHOLD = 0.75
ANY = "any kind"

Span = tuple[int, int, str]
Token = tuple[int, int, str]


@dataclass
class Counts:
    """Sums over texts, by kind."""

    annotated: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    """Annotated spans that were found."""
    told: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    """Told spans that took part in a match."""
    tokens: Counter[str] = field(default_factory=Counter)

    def precision(self, kind: str = ANY) -> float:
        return self.right[kind] / max(1, self.told[kind])

    def recall(self, kind: str = ANY) -> float:
        return self.found[kind] / max(1, self.annotated[kind])

    def f(self, beta: float = 1.0, kind: str = ANY) -> float:
        """The weighted harmonic mean; beta above 1 weighs recall more."""
        p, r = self.precision(kind), self.recall(kind)
        return (1 + beta**2) * p * r / (beta**2 * p + r) if p + r else 0.0

    def token_precision(self) -> float:
        return self.tokens["both"] / max(1, self.tokens["told"])

    def token_recall(self) -> float:
        return self.tokens["both"] / max(1, self.tokens["annotated"])


def counted(
    texts: Iterable[tuple[Sequence[Token], Sequence[Span], Sequence[Span]]], empty: Callable[[str], bool]
) -> Counts:
    """The counts over (tokens, annotated spans, told spans); `empty` says which tokens have no meaning."""
    counts = Counts()
    for tokens, annotated, told in texts:
        truth, guess = labels(tokens, annotated), labels(tokens, told)
        for (_, _, word), one, other in zip(tokens, truth, guess, strict=True):
            if not empty(word):
                counts.tokens["annotated"] += one is not None
                counts.tokens["told"] += other is not None
                counts.tokens["both"] += one is not None and other is not None
        plain = [[kind and ANY for kind in side] for side in (truth, guess)]
        _match(counts, runs(tokens, plain[0], empty), runs(tokens, plain[1], empty))
        _match(counts, runs(tokens, truth, empty), runs(tokens, guess, empty))
    return counts


def labels(tokens: Sequence[Token], spans: Sequence[Span]) -> list[str | None]:
    """The kind of each token: of the first span that covers a sign of it."""
    return [next((kind for a, b, kind in spans if a < end and start < b), None) for start, end, _ in tokens]


def runs(tokens: Sequence[Token], kinds: Sequence[str | None], empty: Callable[[str], bool]) -> list[Span]:
    """Spans of tokens of one kind in a row, from the first to the last with meaning."""
    made: list[Span] = []
    going = False
    for (start, end, word), kind in zip(tokens, kinds, strict=True):
        if empty(word):
            continue
        if kind is None:
            going = False
        elif going and made[-1][2] == kind:
            made[-1] = (made[-1][0], end, kind)
        else:
            made.append((start, end, kind))
            going = True
    return made


def iou(span: Span, others: Sequence[Span]) -> float:
    """Intersection over union of a span and the union of others, in signs."""
    signs = set(range(span[0], span[1]))
    covered = set().union(*(range(a, b) for a, b, _ in others))
    return len(signs & covered) / len(signs | covered)


def _match(counts: Counts, annotated: Sequence[Span], told: Sequence[Span]) -> None:
    used: set[Span] = set()
    for span in annotated:
        near = [each for each in told if each[2] == span[2] and each[0] < span[1] and span[0] < each[1]]
        if near and iou(span, near) >= THRESHOLD:
            counts.found[span[2]] += 1
            used.update(near)
        counts.annotated[span[2]] += 1
    for each in told:
        counts.told[each[2]] += 1
        counts.right[each[2]] += each in used
