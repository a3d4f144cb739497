"""Writes a recipe down as one Python file that runs without Touchstone, on LlamaIndex and Qdrant.

The file carries the chunker, the fusion and the words above a passage as they stand in this version's source, so that
it cuts and ranks alike. It reads the documents that `documents export` writes.
"""

import ast
from dataclasses import asdict
from pathlib import Path
from pprint import pformat

from core.chunking import STRATEGIES
from core.errors import RequestError
from core.types import Recipe

_CORE = Path(__file__).parent.parent
_TEMPLATE = Path(__file__).with_name("template.py.txt")
_CARRIED = (
    "chunking/sentences.py",
    "embedding/tokens.py",
    "chunking/view.py",
    "chunking/packing.py",
    "chunking/strategies.py",
    "chunking/semantic.py",
    "chunking/catalogue.py",
    "chunking/chunker.py",
    "embedding/context.py",
    "retrieval/fusion.py",
)
_TYPES = ("Span", "Page", "Heading", "Table", "Chunk", "Chunking")
_MODELS = {"minilm": "sentence-transformers/all-MiniLM-L6-v2", "e5": "intfloat/multilingual-e5-small"}


def llamaindex_script(name: str, recipe: Recipe) -> str:
    """The file's text; raises RequestError for a recipe with a step that the file cannot carry."""
    model = recipe.embedding.model
    if model not in _MODELS and not model.startswith(("hub:", "folder:")):
        raise RequestError(
            f"The embedder '{model}' is a server's; a script can carry minilm, e5, hub: and folder: models."
        )
    strategy = STRATEGIES.get(recipe.chunking.strategy)
    if strategy and (strategy.embeds or strategy.reads_around):
        raise RequestError(
            f"A script cannot carry the strategy '{recipe.chunking.strategy}'; choose one that neither embeds "
            "sentences nor reads around what it finds, and export again."
        )
    for field, value, plain in (
        ("rerank", recipe.retrieval.rerank, "none"),
        ("expand", recipe.retrieval.expand, "none"),
    ):
        if value != plain:
            raise RequestError(
                f"A script cannot carry retrieval.{field} = {value}; set it to {plain} and export again."
            )
    carried = [_definitions(_CORE / "types.py", set(_TYPES))]
    carried += [_definitions(_CORE / path, None) for path in _CARRIED]
    words = sorted((_CORE / "chunking" / "abbreviations.txt").read_text(encoding="utf-8").split())
    source = "\n\n\n".join(carried).replace(
        '_ABBREVIATIONS = frozenset(Path(__file__).with_name("abbreviations.txt").read_text(encoding="utf-8").split())',
        f"_ABBREVIATIONS = frozenset({' '.join(words)!r}.split())",
    )
    return (
        _TEMPLATE.read_text(encoding="utf-8")
        .replace("@NAME@", name)
        .replace("@HASH@", recipe.hash)
        .replace("@RECIPE@", pformat(asdict(recipe), width=110, sort_dicts=False))
        .replace("@MODEL@", _MODELS.get(model, model.partition(":")[2]))
        .replace("@CARRIED@", source)
    )


def _definitions(file: Path, wanted: set[str] | None) -> str:
    """The source of a module without its docstring and imports, or of the named classes alone."""
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines()
    pieces = []
    body = ast.parse(text).body
    for i, node in enumerate(body):
        if isinstance(node, ast.Import | ast.ImportFrom) or _is_type_checking(node):
            continue
        if wanted is not None and getattr(node, "name", None) not in wanted:
            continue
        if i == 0 and isinstance(node, ast.Expr):
            continue
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        pieces.append("\n".join(lines[first - 1 : node.end_lineno]))
    return "\n\n\n".join(pieces)


def _is_type_checking(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
