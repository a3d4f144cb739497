"""A preview of what names a person, and a receipt, as lines and as JSON for the terminal; it looks for nothing."""

import shlex
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from core.cli.output import short
from core.forgetting.telling import sought, stayed
from core.wording import many

if TYPE_CHECKING:
    from core.forgetting.beside import Detail
    from core.forgetting.carrying import Forgotten
    from core.forgetting.places import Place
    from core.forgetting.preview import Preview


def preview_json(found: "Preview") -> dict[str, Any]:
    """Everything that a preview holds, as plain data."""
    return {
        "places": [place_json(place) for place in found.places],
        "mentions": found.mentions,
        "learned": [asdict(each) | {"command": each.command} for each in found.learned],
        "beside": [asdict(each) | {"places": list(titles)} for each, titles in found.beside.items()],
        "waiting": list(found.waiting),
        "audit_entries": found.acted,
    }


def place_json(place: "Place") -> dict[str, Any]:
    """One place with its id."""
    return asdict(place) | {"id": place.id}


def place_line(place: "Place") -> str:
    """One place in one line."""
    return f"{place.id}  {place.kind}: {short(place.title, 80)}"


def preview_lines(found: "Preview") -> list[str]:
    """The places with their mentions, and what a search for a name leaves."""
    lines: list[str] = []
    for place in found.places:
        lines.append(place_line(place))
        for seen in place.mentions:
            page = f"page {seen.page}, " if seen.page else ""
            lines.append(f"    {page}{seen.field} {seen.start}: {seen.before}[{seen.text}]{seen.after}")
    lines += [f"    {each.untrainable or f'cleared by: {each.command}'}" for each in found.learned]
    if found.beside:
        lines.append("Beside the mentions stands, and stays unless it is looked for too:")
        lines += [f"    {each.kind}: {_option(each)}  ({titles[0]})" for each, titles in found.beside.items()]
        lines.append("    What is told in other words, such as a salary, no search finds: look at each place.")
    lines += [f"Being taken in, and not looked at: {name}" for name in found.waiting]
    if found.acted:
        named = "entry of the audit trail names them", "entries of the audit trail name them"
        lines.append(f"{many(found.acted, *named)} as one who acted; that stays.")
    total = f"{many(found.mentions, 'mention')} in {many(len(found.places), 'place')}."
    return [*lines, f"{total} Nothing was changed; --redact or --erase does."]


def receipt_lines(receipt: "Forgotten") -> list[str]:
    """What was done, and what was looked for."""

    def counts(held: Any) -> str:
        return ", ".join(f"{number} × {kind}" for kind, number in (held or {}).items()) or "nothing"

    lines = [f"Redacted: {counts(receipt.redacted)}.", f"Erased: {counts(receipt.erased)}."]
    lines += [f"Kept as chosen: {many(receipt.kept, 'place')}."] if receipt.kept else []
    lines += [f"Retired for good: {', '.join(receipt.adapters)}."] if receipt.adapters else []
    body = asdict(receipt)
    looked = f"Looked for {sought(body)} in {receipt.bytes_scanned / 1e6:,.1f} MB of "
    left = f"found in {', '.join(receipt.remains)}." if receipt.remains else "none of it is left."
    lines.append(f"{looked}{many(receipt.files_scanned, 'file')}: {left} Nothing else was looked for.")
    lines += [stayed(body)] if receipt.beside else []
    lines += ["The vectors lie on a server, whose own files this scan does not read."] if receipt.on_server else []
    return [*lines, receipt.STAYS, f"Receipt {receipt.id}."]


def _option(detail: "Detail") -> str:
    """What is typed to have it looked for too."""
    options = {"e-mail": "--email", "telephone": "--phone"}
    return f"{options.get(detail.kind, '--other')} {shlex.quote(detail.text)}"
