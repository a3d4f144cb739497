"""How far each candidate came: exactly one fate for each, from what was packed and cited; it decides nothing."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from core.types import Fate, Hit, Prompt, Source


def fated(
    hits: Sequence[Hit],
    sources: Sequence[Source],
    cited: Collection[int],
    prompt: Prompt | None,
    barred: Collection[str],
) -> Iterator[Hit]:
    """Every candidate with the one fate that it met; `cited` are numbers of sources, `barred` ids of chunks."""
    packed = {each.hit.chunk.id: Fate.CITED if each.number in cited else Fate.PACKED for each in sources}
    dropped = set(prompt.dropped) if prompt else set()
    truncated = set(prompt.truncated) if prompt else set()
    for hit in hits:
        key = hit.chunk.id
        out = Fate.WITHHELD if key in barred or hit.fate is Fate.WITHHELD else Fate.RETRIEVED
        fate = packed.get(key, Fate.DROPPED if key in dropped else out)
        if key in truncated and fate is Fate.PACKED:
            fate = Fate.TRUNCATED
        yield replace(hit, fate=fate)
