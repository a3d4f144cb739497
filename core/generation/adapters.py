"""The adapters that one network holds ready, the one unused for longest given up first; knows no names.

A merged copy costs memory and no speed. An adapter is told by its folder and the state of its file: one that was
trained anew is read anew. Not guarded against threads: the owner of the network calls it.
"""

from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from core.errors import WeightsMissing
from core.generation.lora import WEIGHTS
from core.generation.network import Network

Opened = Callable[[Path], AbstractContextManager[Path]]
"""Makes the files of an adapter's folder readable for the time of a block, in the folder that it gives."""

MOST = 4
"""Adapters held: 106 MB each for a model of 135 million weights."""


class Adapters:
    """Merged copies by key."""

    def __init__(self, network: Network, most: int = MOST) -> None:
        self._network, self._most = network, most
        self._held: OrderedDict[str, Any] = OrderedDict()
        self.opened: Opened = nullcontext
        """How the files are read; as they lie, unless it is set."""

    def key(self, folder: Path | None) -> str:
        """What tells an adapter from all others, empty for none; raises WeightsMissing."""
        if folder is None:
            return ""
        try:
            state = (folder / WEIGHTS).stat()
        except OSError:
            raise WeightsMissing(f"There is no adapter at {folder}: it needs {WEIGHTS}.") from None
        return f"{folder.resolve()}:{state.st_mtime_ns}:{state.st_size}"

    def get(self, folder: Path | None) -> Any:
        """The adapter in the network's form, None for none; raises WeightsMissing and WeightsError."""
        if folder is None:
            return None
        key = self.key(folder)
        if key not in self._held:
            while len(self._held) >= self._most:  # room first: two copies at once are not needed
                self._held.popitem(last=False)
            with self.opened(folder) as readable:
                self._held[key] = self._network.adapt(readable)
        self._held.move_to_end(key)
        return self._held[key]

    def release(self) -> None:
        """Give all copies up; they are made again when they are named."""
        self._held.clear()

    def __len__(self) -> int:
        return len(self._held)
