"""What a person may do with adapters: see, put on, bring, release, retire, export them; it trains and measures nothing.

An adapter tells what its documents say: only who may see all of them, and the adapter's zone, is answered by it or
learns that it exists.
"""

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from core.adapters.manifest import Manifest, most_guarded
from core.adapters.registry import Adapter
from core.desks.trainings import AdapterTraining
from core.errors import AccessDenied, NotFound, RequestError
from core.generation.lora import WEIGHTS, fits
from core.governance.audited import audited
from core.governance.principals import may_see
from core.governance.rights import require
from core.library.store import sha256_of
from core.models.cache import model_folder
from core.models.catalogue import base_sha256
from core.servers import on_server
from core.types import Principal, Recipe, Zone

if TYPE_CHECKING:
    from core.assembly import Assembly
    from core.desks.datasets import DatasetDesk
    from core.desks.proofs import AdapterProof
    from core.library.store import Standing


class AdapterDesk:
    """What the workbench hands out as `bench.adapters`."""

    def __init__(self, parts: "Assembly", datasets: "Callable[[], DatasetDesk]") -> None:
        self._parts = parts
        self.audit = parts.audit
        self.training = AdapterTraining(parts, datasets)
        """How adapters come about."""

    @cached_property
    def proof(self) -> "AdapterProof":
        """What is measured of them before they are released."""
        from core.desks.proofs import AdapterProof

        return AdapterProof(self._parts, self)

    # -- reading -----------------------------------------------------------------------------------------------------

    def all(self, principal: Principal) -> list[Adapter]:
        """The adapters that the principal may know of, by name."""
        places = {each.id: each for each in self._parts.library.standings()}
        return [held for held in self._parts.adapter_store.all() if _may_use(held, principal, places)]

    def get(self, name: str, principal: Principal) -> Adapter:
        """The adapter of this name; raises NotFound with the names that the principal may know of."""
        held = {adapter.name: adapter for adapter in self.all(principal)}
        if name not in held:
            known = f"; there are {', '.join(held)}" if held else "; you may use none"
            raise NotFound(f"There is no adapter '{name}'{known}.")
        return held[name]

    def released(self, principal: Principal, model: str = "smollm2") -> list[Adapter]:
        """Those that may answer the principal by this base model."""
        return [held for held in self.all(principal) if held.state == "released" and held.manifest.base == model]

    def away(self, names: Iterable[str | None], principal: Principal) -> dict[str, str]:
        """Those of the adapters that do not answer the principal, each with why: "is retired"; None is passed over."""
        held = {adapter.name: adapter.state for adapter in self.all(principal)}
        told = {"retired": "is retired", "candidate": "is not released"}
        gone = (name for name in dict.fromkeys(names) if name and held.get(name) != "released")
        return {name: told.get(held.get(name, ""), "is not there for you") for name in gone}

    # -- answering ---------------------------------------------------------------------------------------------------

    def worn(self, recipe: Recipe, name: str | None, principal: Principal) -> Recipe:
        """The recipe with this adapter, or with none, and with the instructions that the adapter was trained with.

        With an adapter the model writes, whatever answered before. Raises NotFound, RequestError.
        """
        now = recipe.generation
        if name is None:
            if now.adapter is None:
                return recipe
            return replace(recipe, generation=replace(now, adapter=None, template="grounded-1"))
        if on_server(now.model):
            return replace(recipe, generation=replace(now, adapter=name, answerer="local"))
        template = self.get(name, principal).manifest.template
        grounded = template if template.startswith("grounded") else "grounded-1"
        found = replace(recipe, generation=replace(now, adapter=name, answerer="local", template=grounded))
        self.require(found, principal)
        return found

    def require(self, recipe: Recipe, principal: Principal) -> None:
        """Raises NotFound, RequestError or WeightsError unless the recipe's adapter may answer the principal."""
        name = recipe.generation.adapter
        if name is None or on_server(recipe.generation.model):
            return
        held = self.get(name, principal)
        if held.manifest.base != recipe.generation.model:
            raise RequestError(
                f"The adapter '{name}' belongs to the model {held.manifest.base}, not to {recipe.generation.model}."
            )
        self._parts.adapter_store.place(name, base_sha256(recipe.generation.model))

    # -- changing ----------------------------------------------------------------------------------------------------

    @audited("released adapter", adapter="name")
    def release(self, name: str, principal: Principal) -> Adapter:
        """Let a candidate answer; raises GateFailed with what is not met, RequestError, AccessDenied."""
        self._own(name, principal)
        return self._parts.adapter_store.release(name, principal.name)

    @audited("retired adapter", adapter="name")
    def retire(self, name: str, reason: str, principal: Principal) -> Adapter:
        """Take an adapter out of use, for good; raises RequestError without a reason."""
        self._own(name, principal)
        if not reason.strip():
            raise RequestError("Say why the adapter is retired; those who used it will ask.")
        return self._parts.adapter_store.retire(name, f"{reason.strip()} ({principal.name})")

    @audited("removed adapter", adapter="name")
    def remove(self, name: str, principal: Principal) -> None:
        """Delete an adapter with its files; a released one is retired first. Raises RequestError."""
        held = self._own(name, principal)
        if held.state == "released" and not held.shipped:
            raise RequestError(f"The adapter '{name}' is released; retire it before it is removed.")
        self._parts.adapter_store.remove(name)
        self._parts.proof_store.remove(name)

    @audited("exported adapter", adapter="name")
    def export(self, name: str, folder: Path, principal: Principal) -> Path:
        """Copy an adapter as PEFT and vLLM read it; raises RequestError where the folder exists."""
        self._own(name, principal)
        return self._parts.adapter_store.export(name, folder)

    @audited("imported adapter", adapter="name", zone="zone")
    def bring(
        self, name: str, folder: Path, principal: Principal, zone: Zone = "public", template: str = "grounded-1",
        base: str = "smollm2",
    ) -> Adapter:  # fmt: skip
        """Take in an adapter that PEFT wrote elsewhere, as a candidate.

        What it learned from is not known: who brings it says which zone it is for. Raises WeightsMissing, WeightsError
        for files that are no plain LoRA or do not fit the base model, RequestError, AccessDenied.
        """
        require(principal, "release")
        if zone not in principal.zones:
            raise AccessDenied(f"'{principal.name}' may not bring an adapter of the zone {zone}.")
        fits(folder, model_folder(self._parts.settings.models, base))
        manifest = Manifest(
            base, base_sha256(base), sha256_of(folder / WEIGHTS), "imported", zone=zone, template=template,
            note=f"Brought from a folder named {folder.resolve().name}.",
        )  # fmt: skip
        return self._parts.adapter_store.add(name, folder, manifest, principal.name)

    def parcel(self, name: str, principal: Principal) -> bytes:
        """An adapter with its manifest as a zip file; raises as `export` does."""
        from core.adapters.parcel import packed

        with tempfile.TemporaryDirectory(dir=self._parts.workspace.private()) as folder:
            return packed(self.export(name, Path(folder) / name, principal))

    def bring_parcel(
        self, name: str, content: bytes, principal: Principal, zone: Zone = "public", template: str = "",
        base: str = "smollm2",
    ) -> Adapter:  # fmt: skip
        """Take in an adapter from a zip file, as a candidate; see `core.adapters.parcel` for what is refused.

        A manifest in it can make the zone more guarded, never less, and names the template where none is given.
        """
        from core.adapters.parcel import unpack

        require(principal, "release")
        with tempfile.TemporaryDirectory(dir=self._parts.workspace.private()) as parent:
            folder = Path(parent) / (name if name.isidentifier() else "adapter")
            claims = unpack(content, folder)
            guarded = most_guarded([zone, claims.zone or zone])
            return self.bring(name, folder, principal, guarded, template or claims.template or "grounded-1", base)

    def lineage(self, name: str, principal: Principal) -> list[str]:
        """Names of the documents that an adapter learned from, those that are gone as a count at the end."""
        known = {each.id: each.name for each in self._parts.library.standings()}
        learned = self.get(name, principal).manifest.documents
        gone = sum(each not in known for each in learned)
        names = sorted({known[each] for each in learned if each in known})
        return [*names, f"{gone} that {'is' if gone == 1 else 'are'} no longer here"] if gone else names

    def _own(self, name: str, principal: Principal) -> Adapter:
        require(principal, "release")
        return self.get(name, principal)


def barred_adapters(parts: "Assembly", principal: Principal) -> set[str]:
    """Names of the adapters that the principal may not know of; what one said tells what it learned.

    An adapter that was removed is among them no more; what it said is then as guarded as its asker's sight.
    """
    places = {each.id: each for each in parts.library.standings()}
    return {held.name for held in parts.adapter_store.all() if not _may_use(held, principal, places)}


def _may_use(adapter: Adapter, principal: Principal, places: "Mapping[str, Standing]") -> bool:
    learned = [places[each] for each in adapter.manifest.documents if each in places]
    return adapter.manifest.zone in principal.zones and all(
        may_see(principal, each.zone, each.labels) for each in learned
    )
