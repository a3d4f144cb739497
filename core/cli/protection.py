"""The commands encrypt, decrypt and protection; it does not know how anything is encrypted."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.output import AsOption, JsonOption, WorkspaceOption, note, settings, show, workbench
from core.errors import AccessDenied
from core.governance.principals import may_follow, persona
from core.governance.rights import who_may
from core.wording import many

if TYPE_CHECKING:
    from core.governance.protection import Claim
    from core.protecting import Checked
    from core.settings import Settings


def encrypt(
    new_key_file: Annotated[Path | None, typer.Option(help="A file with the passphrase that it shall have.")] = None,
    anew: Annotated[bool, typer.Option("--anew", help="Write every byte again under another inner key.")] = False,
    as_person: AsOption = "administrator",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Encrypt the workspace under the configured key, or change the key; all or nothing, also after a kill."""
    from core.encryption import encrypt as carry_out
    from core.storage.keys import read_key

    _require(as_person)
    chosen = settings(workspace)
    new = read_key(new_key_file) if new_key_file else None
    told = carry_out(chosen, new, anew, note)
    if new_key_file:
        chosen = chosen.model_copy(update={"encryption_key": None, "encryption_key_file": new_key_file})
    _noted(chosen, as_person, "encrypted workspace")
    show({"done": told}, as_json, lambda: [told])


def decrypt(
    as_person: AsOption = "administrator", workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """Write the workspace in plain again; all or nothing, also after a kill."""
    from core.encryption import decrypt as carry_out

    _require(as_person)
    chosen = settings(workspace)
    told = carry_out(chosen, note)
    chosen = chosen.model_copy(update={"encryption_key": None, "encryption_key_file": None})
    _noted(chosen, as_person, "decrypted workspace")
    show({"done": told}, as_json, lambda: [told])


def protection(
    check: Annotated[bool, typer.Option("--check", help="Read every byte, and verify what is claimed.")] = False,
    as_person: AsOption = "administrator",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what is encrypted and what is not; with --check every byte is read, and exit 1 tells of a wrong claim."""
    from core import protecting

    with workbench(workspace) as bench:
        claims = protecting.claims(bench, persona(as_person))
        found = protecting.check(bench, persona(as_person)) if check else None
    result = {"claims": [asdict(claim) for claim in claims]}
    if found:
        result["checked"] = asdict(found) | {"kept": found.kept}  # type: ignore[assignment]
    show(result, as_json, lambda: [*map(_line, claims), *(_checked(found) if found else [])])
    if found and not found.kept:
        raise typer.Exit(1)


def _require(name: str) -> None:
    if not may_follow(persona(name)):
        raise AccessDenied(f"'{name}' may not change how the workspace is encrypted; {who_may('follow folders')} may.")


def _noted(chosen: "Settings", name: str, act: str) -> None:
    from core.workbench import Workbench

    with Workbench(chosen) as bench:
        bench.audit.note(persona(name), act)


def _line(claim: "Claim") -> str:
    how = f"{claim.state}: {claim.by}" if claim.by else claim.state
    return f"{claim.kind:26}{how:64}  {claim.place}" + (f"\n{'':26}{claim.told}" if claim.told else "")


def _checked(found: "Checked") -> list[str]:
    where = f"found in {', '.join(found.found)}" if found.found else "none stands in plain"
    return [
        "",
        f"{many(found.pieces, 'piece')} of known texts and names looked for in {many(found.bytes, 'byte')} of "
        f"{many(found.files, 'file')}: "
        f"{where}.",
        *(
            [f"{found.verified} encrypted files, the database and the index decrypted whole."]
            if found.encrypted
            else []
        ),
        *found.broken,
    ]
