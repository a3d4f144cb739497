"""What comes in from and goes out to other machines by the settings: weights, servers, what the browser is told.

It asks no server. How the app is served it is told by the app, or reads from the files and variables that decide it.
"""

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.models.catalogue import CATALOGUE
from core.servers import on_server, split_name
from core.standing import Standing
from core.wording import many

if TYPE_CHECKING:
    from core.types import Recipe
    from core.workbench import Workbench

_LOCAL = ("localhost", "127.0.0.1", "::1")
_OWN = ("hub:", "folder:")
"""How a model's name begins that is no one of the catalogue."""
_SERVERS = (
    "env | grep -oE '^TOUCHSTONE_(QDRANT_URL|OTEL_ENDPOINT|ALARM_WEBHOOK|ACCESS)='; "
    "python -m core recipes list --json | grep -o 'openai:[^\"]*'"
)


@dataclass(frozen=True, slots=True)
class Serving:
    """How the app is served."""

    telemetry: bool
    """Whether the browser reports the use of the app to the maker of Streamlit."""
    address: str
    """Where it listens; empty for every address."""

    @property
    def local(self) -> bool:
        """Whether only this computer reaches it."""
        return self.address in _LOCAL


def configured() -> Serving:
    """How the app would be served if it was started here: by variables, the folder's file, the user's, as it ships."""
    held: dict[str, dict[str, object]] = {}
    for folder in (Path.home(), Path.cwd()):
        file = folder / ".streamlit" / "config.toml"
        if file.is_file():
            for section, values in tomllib.loads(file.read_text(encoding="utf-8")).items():
                held.setdefault(section, {}).update(values)
    reports, address = (
        held.get("browser", {}).get("gatherUsageStats", True),
        held.get("server", {}).get("address", ""),
    )
    said = os.environ.get("STREAMLIT_BROWSER_GATHER_USAGE_STATS", str(reports))
    return Serving(said.lower() not in ("false", "0"), os.environ.get("STREAMLIT_SERVER_ADDRESS", str(address)))


def models(bench: "Workbench") -> Standing:
    """Whether what computes is what was pinned."""
    root = bench.settings.models
    here = [each.title for each in CATALOGUE.values() if (root / each.folder).is_dir()]
    own = sorted({name for saved in bench.recipes.all() for name in _models(saved.recipe) if name.startswith(_OWN)})
    if not here:
        state, told = "not set", "No weights of the catalogue are on this machine."
    elif own:
        state, told = "attention", f"{', '.join(own)}: named by a recipe, and pinned by nobody but who named it."
    else:
        state, told = "good", f"Each of the {len(here)} models here was fetched by a pinned SHA-256."
    details = (
        ("Here", ", ".join(here) or "none"),
        ("When loaded", "a file that changed since its last check is hashed again, and refused where it differs"),
        ("Formats", "safetensors and GGUF; nothing is unpickled, no code of a model is run"),
    )
    return Standing("models", "Model checksums", state, told, "python -m core models verify", details)  # type: ignore[arg-type]


def network(bench: "Workbench") -> Standing:
    """Which servers the settings and the recipes let data go to."""
    rows = tuple(dict.fromkeys(_servers(bench)))
    away = [row for row in rows if not row[2]]
    if not rows:
        told = "No server is configured: no text and no vector leaves this machine."
    elif not away:
        told = f"{many(len(rows), 'server')} on this machine; nothing goes to another one."
    else:
        bare = any(row[1].startswith("http://") for row in away)
        told = f"Data may go to {many(len(away), 'server')} beyond this machine."
        told += " One of them without https." if bare else ""
    return Standing(
        "network",
        "Network",
        "attention" if away else "good",
        told,
        _SERVERS,
        tuple((name, told) for name, told, _ in rows)
        or (("Servers", "none: no model server, no vector server, no collector of traces, no webhook"),),
    )


def telemetry(serving: Serving) -> Standing:
    """Whether the frame of the app reports its use."""
    if serving.telemetry:
        told = "Streamlit reports the use of the app to its maker; set browser.gatherUsageStats to false."
    else:
        told = "Streamlit's own telemetry is off: the browser asks nobody but this app."
    return Standing(
        "telemetry",
        "Telemetry",
        "attention" if serving.telemetry else "good",
        told,
        "python -m streamlit config show | grep gatherUsageStats",
        (("browser.gatherUsageStats", str(serving.telemetry).lower()),),
    )


def _servers(bench: "Workbench") -> Iterator[tuple[str, str, bool]]:
    """What goes where, with whether that is on this machine; an address that is a secret is not told."""
    settings = bench.settings
    if settings.qdrant_url:
        yield _server("Vectors and texts", settings.qdrant_url)
    if settings.otel_endpoint:
        texts = "texts and times" if settings.otel_texts else "names and times, no texts"
        yield _server(f"Traces ({texts})", settings.otel_endpoint)
    if settings.alarm_webhook.get_secret_value():
        values = "with values" if settings.alarm_values else "without values"
        yield "Alarms", f"a webhook, {values}; its address is a secret", False
    if settings.access:
        yield _server("Sign-on", bench.sign_on.mapped.issuer)
    for saved in bench.recipes.all():
        for name, what in zip(_models(saved.recipe), ("Texts to embed", "Prompts", "Passages to rank"), strict=True):
            if on_server(name):
                where = _server(what, split_name(name)[1])
                yield where[0], f"{where[1]}, by the recipe {saved.name}", where[2]


def _server(what: str, url: str) -> tuple[str, str, bool]:
    parts = urlsplit(url)
    place = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    return what, place, parts.hostname in _LOCAL


def _models(recipe: "Recipe") -> tuple[str, str, str]:
    return recipe.embedding.model, recipe.generation.model, recipe.retrieval.rerank.removeprefix("cross:")
