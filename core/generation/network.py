"""What the decode loop needs of a language model: it reads a prompt's pieces and steps over a few tokens.

It knows token ids and logits; nothing of texts, requests or how a token is chosen.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import torch

LONGEST_STEP = 16
"""Tokens of one step at most, the one that is known included."""


class Memory(Protocol):
    """Keys and values of the tokens that were read so far, in room for `size` of them."""

    size: int
    length: int
    """Tokens read. Setting it lower forgets the ones behind."""

    def take(self, other: Any, length: int) -> None:
        """Copy the first `length` tokens of another memory, which becomes this one's whole content."""

    @property
    def bytes(self) -> int:
        """What the room takes."""


class Network(Protocol):
    """A causal language model. Not guarded against threads: one owner calls it, with memories of its own making."""

    vocabulary: int
    positions: int
    """Tokens that it was made for, answer included."""
    longest_step: int
    """Tokens of one step at most; 1 where what was read cannot be taken back."""
    reusable: bool
    """Whether a memory can take over the beginning of another."""
    tie: float
    """Two logits of a step nearer than this may change their order with the number of tokens of the step."""

    def memory(self, size: int) -> Memory:
        """Empty room for `size` tokens."""

    def bytes_for(self, tokens: int, size: int) -> int:
        """What reading `tokens` at once into a memory of `size` needs beside the weights, in bytes."""

    def read(self, ids: Sequence[int], memory: Any, adapter: Any = None) -> "torch.Tensor":
        """Read a piece of the prompt; logits after its last token, shape (vocabulary,), float32."""

    def step(self, ids: Sequence[int], memory: Any, adapter: Any = None) -> "torch.Tensor":
        """Read at most `longest_step` tokens; logits after each, shape (tokens, vocabulary), float32."""

    def adapt(self, folder: Path) -> Any:
        """The adapter of a PEFT folder in the form that `read` and `step` take; see `core.generation.lora`."""


def open_network(folder: Path) -> Network:
    """Our own forward pass where the model is of that shape, else whatever transformers makes of it."""
    import torch

    from core.generation.hosted import HostedNetwork
    from core.generation.llama import Llama, fits

    return Llama(folder) if fits(folder) and not torch.cuda.is_available() else HostedNetwork(folder)


def measured_tie(network: Network) -> float:
    """Four times the largest difference of logits between steps over one token and one step over all; 0 where none.

    Products over one row and over several may add in another order. Where they do not, plain and speculative decoding
    see the same bits.
    """
    import torch

    if network.longest_step == 1:
        return 0.0
    ids = [token % network.vocabulary for token in range(7, 7 + 31 * 8, 31)]
    alone, together = network.memory(64), network.memory(64)
    with torch.inference_mode():
        for memory in (alone, together):
            network.read(ids, memory)
        rows = torch.stack([network.step([token], alone)[0] for token in ids])
        return 4 * float((rows - network.step(ids, together)).abs().max())
