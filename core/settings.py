"""Where things lie and how much is allowed, read from TOUCHSTONE_* variables; it does not know what is done with it."""

import contextlib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.errors import RequestError

_PREFIX = "TOUCHSTONE_"
_CENTURY = 36_500
"""Days; what shall be kept for longer is kept without a rule."""
_BILLION = 1_000_000_000


class Settings(BaseSettings):
    """The configuration of one process; every field can be set as TOUCHSTONE_<NAME>."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="ignore", frozen=True)

    def __init__(self, **values: Any) -> None:
        """Raises RequestError with a sentence that names the variable, what it has and what it may have."""
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise RequestError(_wrong(error)) from None

    workspace: Path = Path("workspace")
    """The folder that holds documents, indexes and records; one process at a time owns it."""

    cache: Path = Field(default_factory=lambda: Path.home() / ".cache" / "touchstone")
    """Where fetched model weights are kept; shared between workspaces and clones."""

    threads: int = Field(default=0, ge=0, le=1_024)
    """Threads that a model may use; 0 takes the physical cores."""

    cached_vectors: int = Field(default=200_000, ge=0, le=_BILLION)
    """Vectors kept of texts that were embedded before (1.5 KB each); the ones unused for longest go first."""

    queue: int = Field(default=16, ge=1, le=100_000)
    """Requests that may wait for the local model before further ones are refused."""

    openai_api_key: SecretStr | None = None
    """The key of OpenAI-compatible servers, where they ask for one; never shown, logged or exported."""

    alarm_webhook: SecretStr = SecretStr("")
    """Where a check of facts posts its alarms as JSON; the address is a secret and is never shown or logged."""

    alarm_values: bool = False
    """Whether such a message holds the values too; without it only ids, answerers and states."""

    qdrant_url: str = ""
    """The Qdrant server that holds the vectors; empty keeps them in the workspace."""

    qdrant_api_key: SecretStr = SecretStr("")

    qdrant_timeout: int = Field(default=10, ge=1, le=3_600)
    """Seconds that one request to the server may take."""

    qdrant_shards: int = Field(default=1, ge=1, le=1_000)
    """Shards of each collection that is made there."""

    qdrant_replicas: int = Field(default=1, ge=1, le=1_000)
    """Copies of each shard, on as many nodes of the cluster."""

    qdrant_prefix: str = Field(default="touchstone", pattern=r"^[A-Za-z0-9-]+$")
    """First part of the collections' names; workspaces that share a server need one each."""

    otel_endpoint: str = ""
    """Where traces go as OpenTelemetry spans, by OTLP over HTTP, such as http://host:6006/v1/traces; empty for none."""

    otel_headers: SecretStr = SecretStr("")
    """Headers of those requests as name=value, commas between; never shown, logged or exported."""

    otel_texts: bool = True
    """Whether questions, passages and answers are sent along; without them only names, counts and times are."""

    audit_key: SecretStr | None = None
    """The key of the audit trail, 16 characters or more; without it one is made once and kept in the workspace."""

    audit_checkpoint: Path | None = None
    """A second folder, best on another disk, that gets a checkpoint of the audit trail."""

    access: Path | None = None
    """The mapping from groups of the sign-on's provider to roles, zones and labels; see docs/access.md."""

    limit_questions: int | None = Field(default=None, ge=0, le=_BILLION)
    """Questions and searches of one principal in a minute; 0 for no limit. Without it 60 in the app, none elsewhere."""

    limit_characters: int | None = Field(default=None, ge=0, le=_BILLION)
    """Characters of one question; 0 for none beyond the 4,000 that any question may have."""

    limit_uploads: int | None = Field(default=None, ge=0, le=_BILLION)
    """MB of files that one principal may bring in 24 hours; 0 for no limit. Without it 2,000 in the app."""

    limit_jobs: int | None = Field(default=None, ge=0, le=_BILLION)
    """Jobs of one principal that run or wait at once; 0 for no limit. Without it 8 in the app."""

    retention_traces: int = Field(default=0, ge=0, le=_CENTURY)
    """Days after which a question is removed with its answer, and what was proposed from it; 0 keeps it."""

    retention_feedback: int = Field(default=0, ge=0, le=_CENTURY)
    """Days after which a person's word on an answer is removed; 0 keeps it."""

    retention_evaluations: int = Field(default=0, ge=0, le=_CENTURY)
    """Days after which an evaluation is removed with its answers; 0 keeps it."""

    retention_jobs: int = Field(default=0, ge=0, le=_CENTURY)
    """Days after which an upload that was never taken in is removed with its note; 0 keeps it."""

    encryption_key: SecretStr | None = None
    """A passphrase, 16 characters or more, under which the workspace is encrypted; without one it is kept in plain."""

    encryption_key_file: Path | None = None
    """A file that holds it, instead; kept outside the workspace."""

    def served(self) -> "Settings":
        """The same with the limits that the app has where none is set: it is asked by many, a command by one."""
        usual = {"limit_questions": 60, "limit_uploads": 2_000, "limit_jobs": 8}
        return self.model_copy(update={name: most for name, most in usual.items() if getattr(self, name) is None})

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that must never be seen, and the parts of one that can stand alone."""
        values = [value.get_secret_value() for _, value in self if isinstance(value, SecretStr)]
        parts = [piece.partition("=")[2].strip() for piece in self.otel_headers.get_secret_value().split(",")]
        with contextlib.suppress(ValueError):  # an address that is none is told where it is used
            address = urlsplit(self.alarm_webhook.get_secret_value())
            parts += [address.path.strip("/"), address.query]
        return tuple(filter(None, [*values, *parts]))

    @property
    def models(self) -> Path:
        """The folder of unpacked weights."""
        return self.cache.expanduser() / "models"


def _wrong(error: ValidationError) -> str:
    """The first thing that is wrong with the variables, as a sentence."""
    first = error.errors(include_url=False, include_context=False)[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    field = Settings.model_fields.get(name.lower())
    if field is None:
        return f"The settings are wrong: {first['msg']}."
    secret = "Secret" in str(field.annotation)
    given = "a secret" if secret else f"'{first['input']}'"
    return f"{_PREFIX}{name.upper()} is {given}; it must be {_allowed(field)}."


def _allowed(field: FieldInfo) -> str:
    """What a setting may have, as the end of a sentence."""
    if field.annotation is bool:
        return "true or false"
    if "int" in str(field.annotation):
        least = next(each.ge for each in field.metadata if hasattr(each, "ge"))
        most = next(each.le for each in field.metadata if hasattr(each, "le"))
        return f"a whole number from {least:,} to {most:,}"
    if any(getattr(each, "pattern", None) for each in field.metadata):
        return "of letters, digits and hyphens"
    return "a path" if "Path" in str(field.annotation) else "a text"
