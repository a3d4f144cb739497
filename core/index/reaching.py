"""Requests to a server that may be away or slow are tried again with growing pauses, then told in one sentence."""

import random
import time
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

from core.errors import IndexFailure, IndexUnavailable

T = TypeVar("T")
_FIRST_PAUSE = 0.2
"""Seconds before the second try; each further pause is twice as long, with a quarter of chance either way."""


class Reaching:
    """Carries out requests to one address."""

    def __init__(self, url: str, retries: int, sleep: Callable[[float], None] = time.sleep) -> None:
        self._name = without_credentials(url)
        self._retries = retries
        self._sleep = sleep

    def do(self, request: Callable[[], T]) -> T:
        """The request's result; raises IndexUnavailable when the server stays away, IndexFailure when it refuses."""
        from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

        trouble = ""
        for attempt in range(self._retries + 1):
            if attempt:
                self._sleep(_FIRST_PAUSE * 2 ** (attempt - 1) * random.uniform(0.75, 1.25))  # noqa: S311
            try:
                return request()
            except UnexpectedResponse as error:
                if error.status_code in (401, 403):
                    raise IndexFailure(f"The Qdrant server at {self._name} refuses the API key.") from None
                if error.status_code is None or error.status_code < 500:
                    raise IndexFailure(
                        f"The Qdrant server at {self._name} refused a request ({error.status_code}): {_said(error)}"
                    ) from None
                trouble = f"answers {error.status_code}"
            except ResponseHandlingException as error:
                slow = "timed out" in str(error).lower() or "timeout" in type(error.source).__name__.lower()
                trouble = "does not answer in time" if slow else "cannot be reached"
        raise IndexUnavailable(f"The Qdrant server at {self._name} {trouble}; try again when it is back.")


def without_credentials(url: str) -> str:
    """The address without user, password and query, fit for a message."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return urlunsplit((parts.scheme, f"{host}:{parts.port}" if parts.port else host, parts.path, "", ""))


def _said(error: object) -> str:
    content = getattr(error, "content", b"") or b""
    return " ".join(content.decode("utf-8", "replace").split())[:200]
