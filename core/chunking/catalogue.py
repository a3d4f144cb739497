"""The strategies by name, with what people should know to choose one; it cuts nothing itself."""

from dataclasses import dataclass

from core.chunking.semantic import by_meaning
from core.chunking.strategies import (
    by_hierarchy,
    by_pages,
    by_sections,
    by_sentences,
    by_separators,
    by_tables,
    by_tokens,
    by_window,
)
from core.chunking.view import Strategy


@dataclass(frozen=True, slots=True)
class StrategyInfo:
    """A strategy, and how it is offered."""

    title: str
    when: str
    """One sentence on when to use it."""
    controls: tuple[str, ...]
    """The fields of `Chunking` that it reads."""
    cut: Strategy
    embeds: bool = False
    """Whether it needs vectors of sentences."""
    reads_around: bool = False
    """Whether more is read than was found."""


STRATEGIES: dict[str, StrategyInfo] = {
    "sentences": StrategyInfo(
        "Sentences",
        "Whole sentences up to the size, ending at paragraphs and headings where that costs little; the safe start.",
        ("size", "overlap"),
        by_sentences,
    ),
    "tokens": StrategyInfo(
        "Fixed tokens",
        "Windows of exactly one length wherever they fall; the baseline that the others should beat.",
        ("size", "overlap"),
        by_tokens,
    ),
    "recursive": StrategyInfo(
        "Recursive separators",
        "Paragraphs, then lines, then sentences, then words, as most tutorials cut; for text without structure.",
        ("size", "overlap"),
        by_separators,
    ),
    "sections": StrategyInfo(
        "Sections by heading",
        "One chunk under each heading; for handbooks and policies whose sections answer one question each.",
        ("size", "overlap"),
        by_sections,
    ),
    "window": StrategyInfo(
        "Sentence window",
        "Each sentence is found alone and read with its neighbours; for facts that stand in one sentence.",
        ("size", "window"),
        by_window,
        reads_around=True,
    ),
    "semantic": StrategyInfo(
        "Semantic breakpoints",
        "Ends a chunk where the meaning turns; for long prose without headings; embeds every sentence, so it is slow.",
        ("size", "overlap", "breakpoint"),
        by_meaning,
        embeds=True,
    ),
    "hierarchical": StrategyInfo(
        "Hierarchical",
        "Small chunks are found, the larger passage around them is read; for exact hits that need their context.",
        ("size", "overlap", "parent"),
        by_hierarchy,
        reads_around=True,
    ),
    "tables": StrategyInfo(
        "Table-aware",
        "Tables stay apart from text and whole where they fit; for price lists and schedules among prose.",
        ("size", "overlap"),
        by_tables,
    ),
    "pages": StrategyInfo(
        "Pages",
        "One chunk a page; for slides and forms, where a page is a thought.",
        ("size", "overlap"),
        by_pages,
    ),
}
