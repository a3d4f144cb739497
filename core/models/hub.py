"""Where a model of any name lies on this machine: the catalogue's cache, the hub's cache, or a folder of one's own.

A hub's model is fetched when it is not held and the hub can be reached. It does not know what the weights compute, and
fetches no file that could carry code: configuration, vocabulary and safetensors only.
"""

from pathlib import Path

from core.errors import DownloadFailed, NotFound, RequestError, WeightsMissing
from core.models.cache import model_folder
from core.models.catalogue import CATALOGUE

HUB, FOLDER = "hub:", "folder:"
_WANTED = ["*.json", "*.txt", "*.model", "*.safetensors"]
_UNWANTED = ["onnx/*", "openvino/*", "*/onnx/*"]


def locate(root: Path, name: str) -> Path:
    """The folder of `hub:<org/name>`, `folder:<path>` or a key of the catalogue, whose weights lie below `root`.

    Raises NotFound for a name of no such form or a folder that is not there, WeightsMissing when the weights are not on
    this machine and cannot be fetched now, DownloadFailed when the hub refuses.
    """
    if name.startswith(HUB):
        return hub_folder(name.removeprefix(HUB))
    if name.startswith(FOLDER):
        folder = Path(name.removeprefix(FOLDER)).expanduser()
        if not folder.is_dir():
            raise NotFound(f"There is no folder '{folder}'; name the one that holds the model's config.json.")
        return folder.resolve()
    if name not in CATALOGUE:
        raise NotFound(f"There is no model '{name}'; choose {', '.join(CATALOGUE)}, hub:<org/name> or folder:<path>.")
    return model_folder(root, name)


def hub_folder(repository: str) -> Path:
    """The snapshot of a hub's model, from its own cache or fetched; the folder's name is the commit."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        HFValidationError,
        LocalEntryNotFoundError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
    )

    try:
        return Path(snapshot_download(repository, allow_patterns=_WANTED, ignore_patterns=_UNWANTED))
    except HFValidationError as error:
        raise RequestError(f"'{repository}' is no name of a hub model; it has the form organisation/name.") from error
    except GatedRepoError as error:
        raise DownloadFailed(
            f"The hub gives {repository} only to those who accepted its terms; sign in first."
        ) from error
    except RepositoryNotFoundError as error:
        raise NotFound(f"The hub has no model '{repository}', or it is private; check the name.") from error
    except (LocalEntryNotFoundError, OfflineModeIsEnabled, ConnectionError) as error:
        raise WeightsMissing(
            f"The weights of {repository} are not on this machine and the hub cannot be reached; fetch them with a "
            f"network, or copy them here and name them as {FOLDER}<path>."
        ) from error
    except (HfHubHTTPError, OSError) as error:
        reason = str(error).strip().split("\n")[0].rstrip(".")
        raise DownloadFailed(f"{repository} could not be fetched from the hub ({reason}).") from error
