"""Networks that turn token ids into states, and how states become one vector; it knows neither texts nor tokenizers.

A network is called with rows of ids and gives the states of all rows behind each other, so that no one who pools
them has to know of padding.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from core.errors import WeightsError

if TYPE_CHECKING:
    import torch

Pooling = Literal["mean", "cls", "max", "lasttoken"]
POOLINGS: tuple[Pooling, ...] = ("mean", "cls", "max", "lasttoken")


class Network(Protocol):
    """Token ids to token states."""

    device: "torch.device"

    def __call__(self, rows: Sequence[Sequence[int]]) -> "torch.Tensor":
        """The states of all rows behind each other, shape (tokens of all rows, width)."""


def open_network(folder: Path) -> Network:
    """The packed encoder where the model is of that shape, else whatever transformers makes of it."""
    from core.embedding.bert import PackedBert, fits

    return PackedBert(folder) if fits(folder) else TransformersNetwork(folder)


class TransformersNetwork:
    """Any text encoder that transformers knows by itself, padded behind; never with code from the model's folder."""

    def __init__(self, folder: Path) -> None:
        import torch
        from transformers import AutoConfig, AutoModel, AutoModelForTextEncoding
        from transformers.utils import logging

        logging.disable_progress_bar()
        logging.set_verbosity_error()  # its report of unused heads is noise
        try:
            both = AutoConfig.from_pretrained(folder, trust_remote_code=False).is_encoder_decoder
            model = (AutoModelForTextEncoding if both else AutoModel).from_pretrained(
                folder, dtype=fastest_dtype(), use_safetensors=True, trust_remote_code=False, local_files_only=True
            )
        except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
            reason = str(error).strip().split("\n")[0].rstrip(".")
            raise WeightsError(f"The model in {folder.name} cannot be loaded: {reason}.") from error
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._model: Any = model.to(self.device).eval()
        self._pad = self._model.config.pad_token_id or 0

    def __call__(self, rows: Sequence[Sequence[int]]) -> "torch.Tensor":
        """See `Network`."""
        import torch

        lengths = torch.tensor([len(row) for row in rows])
        longest = int(lengths.max())
        mask = (torch.arange(longest) < lengths[:, None]).to(self.device)
        ids = torch.full((len(rows), longest), self._pad, dtype=torch.long)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = torch.tensor(row)
        states: torch.Tensor = self._model(input_ids=ids.to(self.device), attention_mask=mask.long()).last_hidden_state
        return states[mask]


def pool(states: "torch.Tensor", lengths: Sequence[int], how: Pooling) -> "torch.Tensor":
    """One vector a row: (tokens of all rows, d) to (rows, d), float32, of whatever length it comes out with."""
    import torch

    counts = torch.tensor(lengths, device=states.device)
    ends = counts.cumsum(0)
    if how == "cls":
        return states[ends - counts].float()
    if how == "lasttoken":
        return states[ends - 1].float()
    return torch.segment_reduce(states.float(), how, lengths=counts, axis=0)


def fastest_dtype() -> "torch.dtype":
    """bfloat16 where the processor computes with it, else float32 (emulated bfloat16 is slower)."""
    import torch

    if torch.cuda.is_available():
        return torch.bfloat16
    native = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.bfloat16 if native else torch.float32


def dense_layer(folder: Path, activation: str, device: "torch.device") -> Any:
    """A linear layer of sentence-transformers with its activation, as a module in float32."""
    import torch
    from safetensors.torch import load_file

    if activation not in ("Tanh", "Identity", "ReLU", "GELU", "Sigmoid"):
        raise WeightsError(f"The layer in {folder} has the activation {activation}, which is not supported.")
    state = load_file(folder / "model.safetensors")
    weight = state["linear.weight"].float()
    linear = torch.nn.Linear(weight.shape[1], weight.shape[0], bias="linear.bias" in state)
    linear.load_state_dict({name.removeprefix("linear."): tensor.float() for name, tensor in state.items()})
    return torch.nn.Sequential(linear, getattr(torch.nn, activation)()).to(device).eval()
