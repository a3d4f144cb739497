"""What all model servers have in common: how one is named and addressed, what it serves, its failures in words.

It knows neither vectors nor answers. A server is any that speaks OpenAI's interface: vLLM, llama.cpp, Ollama, TEI or
the original. No redirect is followed: what is sent holds a key and texts of documents, which go where the recipe says.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from core.errors import GenerationError, RequestError

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAI
    from pydantic import SecretStr

FORM = "openai:<model>@<url>"
"""How a recipe names a model on a server."""
CONNECT = 5.0
"""Seconds within which a server must take a connection."""
_KIND = "openai:"


@dataclass(frozen=True, slots=True)
class Served:
    """A model that a server offers."""

    name: str
    parent: str = ""
    """The model that it adapts, where it is an adapter and the server tells."""
    window: int | None = None
    """Tokens of a prompt with its answer at most, where the server tells."""


def on_server(name: str) -> bool:
    """Whether a recipe's name of a model is that of one on a server."""
    return name.startswith(_KIND)


def split_name(name: str) -> tuple[str, str]:
    """Model and address of a name of the form `FORM`; raises RequestError for another form and a bad address."""
    model, _, url = name.removeprefix(_KIND).partition("@")  # a model's name has no @
    if not on_server(name) or not model.strip() or not url.strip():
        raise RequestError(f"A model of a server is written {FORM}, with the URL that ends in /v1.")
    return model.strip(), checked_url(url)


def checked_url(url: str, what: str = "a model server", place: str = "TOUCHSTONE_OPENAI_API_KEY") -> str:
    """The address without a slash at its end; raises RequestError where it is none, or holds what must stay secret.

    `what` is at the address, and `place` is where its key belongs, for the sentence.
    """
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        raise RequestError(f"The address of {what} is no address; write it as http://host:8000/v1.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or any(sign.isspace() for sign in url.strip()):
        raise RequestError(f"The address of {what} begins with http:// or https://, then the host.")
    if parts.username or parts.password or parts.query or parts.fragment:  # a recipe is shown, stored and exported
        raise RequestError(f"The address of {what} holds no user, password or query; its key belongs in {place}.")
    return url.strip().rstrip("/")


def client(url: str, key: "SecretStr | None", timeout: float, retries: int = 0) -> "OpenAI":
    """A client of the server; `timeout` in seconds holds for one request. Safe to share between threads."""
    from openai import DefaultHttpxClient, OpenAI

    http = DefaultHttpxClient(follow_redirects=False)
    return OpenAI(api_key=_text(key), base_url=url, timeout=timeout, max_retries=retries, http_client=http)


def async_client(url: str, key: "SecretStr | None", connect: float) -> "AsyncOpenAI":
    """The same for an event loop, without a limit on the time of a request nor a second try."""
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient, Timeout

    http = DefaultAsyncHttpxClient(follow_redirects=False)
    timeout = Timeout(None, connect=connect)
    return AsyncOpenAI(api_key=_text(key), base_url=url, timeout=timeout, max_retries=0, http_client=http)


def served(url: str, key: "SecretStr | None", timeout: float = CONNECT) -> tuple[Served, ...]:
    """The models and adapters that a server lists, in its order; raises RequestError, and GenerationError where it
    cannot be asked.
    """
    import openai

    place = checked_url(url)
    try:
        with client(place, key, timeout) as asking:
            rows = asking.models.list().data
        return tuple(_served(row.model_dump()) for row in rows)
    except (openai.OpenAIError, ValueError, TypeError, AttributeError, KeyError) as error:
        if isinstance(error, openai.NotFoundError):
            told = "lists no models, or the address lacks its /v1"
        else:
            told = complaint(error, key, timeout, "list of models")
        raise GenerationError(f"The server at {place} {told}.") from None


def complaint(error: Exception, key: "SecretStr | None", seconds: float, wanted: str, model: str = "") -> str:
    """What a server did, as the end of a sentence that begins with it; `wanted` is what it was asked for.

    Never chain the sentence to the error, whose request holds the key.
    """
    import openai

    told = f"answered with something that is no {wanted}"
    if isinstance(error, openai.APITimeoutError):
        told = f"did not answer within {seconds:g} seconds"
    elif isinstance(error, openai.APIConnectionError):
        told = "cannot be reached"
    elif isinstance(error, openai.AuthenticationError):
        told = "refused the key; set TOUCHSTONE_OPENAI_API_KEY"
    elif isinstance(error, openai.NotFoundError):
        told = f"knows no model '{model}', or the address lacks its /v1"
    elif isinstance(error, openai.APIStatusError) and 300 <= error.status_code < 400:
        told = f"points elsewhere (status {error.status_code}); write the address that answers itself"
    elif isinstance(error, openai.APIStatusError):
        told = f"answered with status {error.status_code}{reason(error.body, key)}"
    elif isinstance(error, openai.APIError) and reason(error.body, key):
        told = f"failed{reason(error.body, key)}"
    return told


def reason(body: Any, key: "SecretStr | None") -> str:
    """The server's own words on an error, in brackets, shortened and without the key, where it gave any."""
    inner = body.get("error", body) if isinstance(body, dict) else body
    message = inner.get("message") if isinstance(inner, dict) else inner
    if not isinstance(message, str) or not message.strip() or message.lstrip().startswith("<"):  # a proxy's page
        return ""
    if key and key.get_secret_value():
        message = message.replace(key.get_secret_value(), "…")
    return f" ({' '.join(message.split())[:160].rstrip('. ')})"


def _text(key: "SecretStr | None") -> str:
    """The client insists on a key; local servers ignore it."""
    return key.get_secret_value() if key and key.get_secret_value() else "none"


def _served(row: dict[str, Any]) -> Served:
    """vLLM tells parent and max_model_len, llama.cpp meta."""
    if not isinstance(row["id"], str) or not row["id"]:
        raise ValueError
    parent, meta = row.get("parent"), row.get("meta")
    window = row.get("max_model_len") or (meta.get("n_ctx") if isinstance(meta, dict) else None)
    return Served(
        row["id"], parent if isinstance(parent, str) else "", window if isinstance(window, int) and window > 0 else None
    )
