"""Any causal language model that transformers knows, behind the same door as our own forward pass.

Slower, and for every shape: sliding windows, mixtures of experts, a GPU. It knows neither tokenizer nor request, and
runs no code from the model's folder.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.embedding.encoder import fastest_dtype
from core.errors import WeightsError
from core.generation.lora import read_lora
from core.generation.network import LONGEST_STEP, measured_tie

if TYPE_CHECKING:
    import torch


class HostedMemory:
    """transformers' growing cache; see `Memory`."""

    def __init__(self, config: Any, size: int) -> None:
        from transformers import DynamicCache

        self.size = size
        self.cache: Any = DynamicCache(config=config)

    @property
    def length(self) -> int:
        """Tokens read."""
        return int(self.cache.get_seq_length())

    @length.setter
    def length(self, length: int) -> None:
        if length < self.length:
            self.cache.crop(length - self.length)

    def take(self, other: "HostedMemory", length: int) -> None:
        """See `Memory`."""
        for layer, theirs in zip(self.cache.layers, other.cache.layers, strict=True):
            layer.update(theirs.keys[..., :length, :], theirs.values[..., :length, :])

    @property
    def bytes(self) -> int:
        """See `Memory`."""
        return sum(t.nbytes for layer in self.cache.layers if layer.is_initialized for t in (layer.keys, layer.values))


class HostedNetwork:
    """A model of transformers; see `Network`."""

    def __init__(self, folder: Path, dtype: "torch.dtype | None" = None) -> None:
        """Load the folder; `dtype` None takes the fastest. Raises WeightsError."""
        import torch
        from transformers import AutoModelForCausalLM
        from transformers.cache_utils import DynamicLayer
        from transformers.utils import logging

        logging.disable_progress_bar()
        try:
            model = AutoModelForCausalLM.from_pretrained(
                folder,
                dtype=dtype or fastest_dtype(),
                attn_implementation="sdpa",
                use_safetensors=True,
                trust_remote_code=False,
                local_files_only=True,
            )
        except (OSError, ValueError, KeyError, ImportError) as error:
            reason = str(error).strip().split("\n")[0].rstrip(".")
            raise WeightsError(f"The model in {folder.name} cannot be loaded: {reason}.") from error
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._model: Any = model.to(self._device).eval()
        self._config = self._model.config.get_text_config()
        self._plain: dict[str, torch.Tensor] = {}
        self._worn: Mapping[str, torch.Tensor] = {}
        self.vocabulary: int = self._config.vocab_size
        self.positions: int = getattr(self._config, "max_position_embeddings", 1 << 20)
        layers = self.memory(1).cache.layers
        whole = bool(layers) and all(type(layer) is DynamicLayer for layer in layers)
        self.longest_step = LONGEST_STEP if whole else 1  # what slides or recurs cannot be taken back
        self.reusable = whole
        self.tie = measured_tie(self)

    def memory(self, size: int) -> HostedMemory:
        """See `Network`."""
        return HostedMemory(self._config, size)

    def bytes_for(self, tokens: int, size: int) -> int:
        """See `Network`."""
        config = self._config
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        depth = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        kept = 2 * config.num_hidden_layers * heads * depth * size
        return int(self._model.dtype.itemsize * (2 * kept + tokens * (16 * config.hidden_size + size)))

    def read(
        self, ids: Sequence[int], memory: HostedMemory, adapter: Mapping[str, "torch.Tensor"] | None = None
    ) -> "torch.Tensor":
        """See `Network`."""
        return self._pass(ids, memory, adapter, 1)[0]

    def step(
        self, ids: Sequence[int], memory: HostedMemory, adapter: Mapping[str, "torch.Tensor"] | None = None
    ) -> "torch.Tensor":
        """See `Network`."""
        return self._pass(ids, memory, adapter, len(ids))

    def adapt(self, folder: Path) -> dict[str, "torch.Tensor"]:
        """See `Network`: merged copies of the weights that the adapter touches, by module path."""
        merged = {}
        for name, delta in read_lora(folder).items():
            try:
                weight = self._weight(name)
            except AttributeError:
                raise WeightsError(f"The adapter in {folder.name} does not fit the model: no {name} in it.") from None
            if delta.whole.shape != weight.shape:
                raise WeightsError(f"The adapter in {folder.name} does not fit the model at {name}.")
            plain = self._plain.get(name, weight).float().cpu()
            merged[name] = (plain + delta.whole).to(dtype=weight.dtype, device=weight.device)
        return merged

    def _pass(self, ids: Sequence[int], memory: HostedMemory, adapter: Any, keep: int) -> "torch.Tensor":
        import torch

        self._wear(adapter or {})
        step = torch.tensor([ids], device=self._device)
        reply = self._model(input_ids=step, past_key_values=memory.cache, use_cache=True, logits_to_keep=keep)
        logits: torch.Tensor = reply.logits[0].float().cpu()
        return logits

    def _wear(self, adapter: Mapping[str, "torch.Tensor"]) -> None:
        """Point the modules at an adapter's copies, and those that it leaves at their own weights."""
        if adapter is self._worn:
            return
        for name in self._worn:
            self._module(name).weight.data = self._plain[name]
        for name, merged in adapter.items():
            self._plain.setdefault(name, self._weight(name))
            self._module(name).weight.data = merged
        self._worn = adapter

    def _module(self, name: str) -> Any:
        return self._model.get_submodule(name)

    def _weight(self, name: str) -> "torch.Tensor":
        weight: torch.Tensor = self._module(name).weight.data
        return weight
