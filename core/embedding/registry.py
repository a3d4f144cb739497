"""From the name of an embedding model to the embedder; it neither knows where weights lie nor fetches them."""

from collections.abc import Callable
from pathlib import Path

from core.embedding.encoder import SPECS, Embedder, Encoder
from core.errors import NotFound
from core.servers import FORM, split_name
from core.settings import Settings

FORMS = (*SPECS, "hub:<org/name>", "folder:<path>", FORM)
"""What a name may look like."""

Locate = Callable[[str], Path]
"""From a catalogue key, `hub:…` or `folder:…` to the folder of the model; see `core.models.hub.locate`."""


def open_embedder(model: str, settings: Settings, locate: Locate, *, unit: bool = True) -> Embedder:
    """The embedder of a name; weights are read, and a server asked, at first use.

    `unit` False keeps the lengths that the model gives its vectors, for distances that they matter to. Raises NotFound
    for a name of no known form, WeightsMissing and WeightsError for weights that are absent or of a kind not supported.
    """
    if model in SPECS:
        return Encoder(SPECS[model], locate(model), settings.threads, unit=unit)
    kind, _, rest = model.partition(":")
    if kind in ("hub", "folder") and rest.strip():
        from core.embedding.folder import read_folder

        folder = locate(model)
        read = read_folder(model, folder, revision=folder.name if kind == "hub" else "")
        layers = [(layer.folder, layer.activation) for layer in read.layers]
        return Encoder(read.spec, read.network, settings.threads, revision=read.revision, unit=unit, layers=layers)
    if kind == "openai" and rest.strip():
        from core.embedding.server import ServerEmbedder

        name, url = split_name(model)
        return ServerEmbedder(name, url, settings.openai_api_key, unit=unit)
    raise NotFound(f"There is no embedding model '{model}'; choose {', '.join(FORMS)}.")
