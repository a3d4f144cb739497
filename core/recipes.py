"""The recipes that come with Touchstone; it does not run them."""

from core.errors import NotFound
from core.types import Embedding, Generation, Recipe, Retrieval

BUILT_IN = {
    "default": Recipe(route="auto"),
    "extractive": Recipe(generation=Generation(answerer="extractive"), route="auto"),
    "multilingual": Recipe(
        embedding=Embedding(model="e5"),
        retrieval=Retrieval(mode="dense"),  # words of one language only mislead a search in another
        generation=Generation(answerer="extractive", abstain_below=0.2),
        route="auto",
    ),
}


def recipe(name: str) -> Recipe:
    """The recipe of this name; raises NotFound with the names that exist."""
    if name not in BUILT_IN:
        raise NotFound(f"There is no recipe '{name}'; choose {', '.join(BUILT_IN)}.")
    return BUILT_IN[name]


def name_of(recipe_hash: str) -> str:
    """The name of the recipe with this hash, or the hash itself."""
    return next((name for name, held in BUILT_IN.items() if held.hash == recipe_hash), recipe_hash)
