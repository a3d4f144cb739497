"""Marks a method whose calls stand in the audit trail; it knows neither the trail nor what the method does."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from core.governance.trail import Fact
from core.types import Answer, Recipe

P = ParamSpec("P")
R = TypeVar("R")
Told = Mapping[str, Fact | Sequence[str]]


def audited(
    act: str, told: Callable[[Any], Told | None] | None = None, **facts: str
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Note each call as `act` of its parameter `principal`, done or refused, by `self.audit`.

    `facts` name the parameter that each is taken from: of a recipe the hash, of an answer its trace's id. `told` takes
    further ones from the result, and None where nothing happened.
    """

    def around(method: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(method)

        @wraps(method)
        def noted(*args: P.args, **kwargs: P.kwargs) -> R:
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            given: Mapping[str, Any] = bound.arguments
            found = {fact: _plain(given[parameter]) for fact, parameter in facts.items()}
            with given["self"].audit.noting(given["principal"], act, **found) as noting:
                result = method(*args, **kwargs)
                further = told(result) if told else {}
                if further is None:
                    noting.hand_on()
                else:
                    noting.done(**further)
            return result

        return noted

    return around


def _plain(value: object) -> object:
    if isinstance(value, Recipe):
        return value.hash
    return value.trace.id if isinstance(value, Answer) else value
