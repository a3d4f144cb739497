"""Requests to a server that may be away or slow are tried again with growing pauses, then told in one sentence."""

import json
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

    def __init__(
        self, url: str, retries: int, sleep: Callable[[float], None] = time.sleep, secrets: tuple[str, ...] = ()
    ) -> None:
        self.name = without_credentials(url)
        """The address, fit for a message."""
        self._retries = retries
        self._secrets = [secret for secret in (*secrets, urlsplit(url).password) if secret]
        self._sleep = sleep

    def do(self, request: Callable[[], T]) -> T:
        """The request's result; raises IndexUnavailable when the server stays away, IndexFailure when it refuses."""
        from pydantic import ValidationError
        from qdrant_client.common.client_exceptions import ResourceExhaustedResponse
        from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

        trouble = ""
        for attempt in range(self._retries + 1):
            if attempt:
                self._sleep(_FIRST_PAUSE * 2 ** (attempt - 1) * random.uniform(0.75, 1.25))  # noqa: S311
            try:
                return request()
            except UnexpectedResponse as error:
                if error.status_code in (401, 403):
                    raise IndexFailure(f"The Qdrant server at {self.name} refuses the API key.") from None
                if error.status_code is None or (error.status_code < 500 and error.status_code != 429):
                    raise IndexFailure(
                        f"The Qdrant server at {self.name} refused a request ({error.status_code}): {self._said(error)}"
                    ) from None
                trouble = f"answers {error.status_code}"
            except ResourceExhaustedResponse:
                trouble = "has too many requests"
            except ResponseHandlingException as error:
                if isinstance(error.source, ValidationError):
                    raise IndexFailure(f"What answers at {self.name} is no Qdrant server.") from None
                slow = "timed out" in str(error).lower() or "timeout" in type(error.source).__name__.lower()
                trouble = "does not answer in time" if slow else "cannot be reached"
            except json.JSONDecodeError:
                raise IndexFailure(f"What answers at {self.name} is no Qdrant server.") from None
        raise IndexUnavailable(f"The Qdrant server at {self.name} {trouble}; try again when it is back.")

    def _said(self, error: object) -> str:
        """What the server gave as its reason, should it even repeat what it must not."""
        said = " ".join((getattr(error, "content", b"") or b"").decode("utf-8", "replace").split())
        for secret in self._secrets:
            said = said.replace(secret, "…")
        return said[:200]


def without_credentials(url: str) -> str:
    """The address without user, password and query, fit for a message."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return urlunsplit((parts.scheme, f"{host}:{parts.port}" if parts.port else host, parts.path, "", ""))
