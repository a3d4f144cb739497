import json
from pathlib import Path

import pytest

from core.cli.protection import encrypt
from core.errors import AccessDenied
from tests.cli.running import run

KEY = "a passphrase of some length"


def test_a_workspace_is_encrypted_checked_given_another_key_and_decrypted(tmp_path: Path) -> None:
    folder, file = tmp_path / "w", tmp_path / "key"
    file.write_text("another passphrase of mine\n")
    assert run("recipes", "set", "mine", "retrieval.top_k=3", "--workspace", folder).returncode == 0
    done = run("encrypt", "--workspace", folder, "--json", TOUCHSTONE_ENCRYPTION_KEY=KEY)
    assert done.returncode == 0, done.stderr
    assert "is encrypted" in json.loads(done.stdout)["done"]
    shut = run("recipes", "list", "--workspace", folder)
    assert (shut.returncode, shut.stdout) == (2, "")
    assert shut.stderr.startswith("touchstone: The workspace ") and shut.stderr.count("\n") == 1
    done = run("encrypt", "--new-key-file", file, "--workspace", folder, TOUCHSTONE_ENCRYPTION_KEY=KEY)
    assert done.returncode == 0, done.stderr
    held = {"TOUCHSTONE_ENCRYPTION_KEY_FILE": str(file)}
    done = run("protection", "--check", "--workspace", folder, "--json", **held)
    told = json.loads(done.stdout)
    assert (done.returncode, told["checked"]["kept"]) == (0, True)
    assert next(claim for claim in told["claims"] if claim["kind"] == "database")["state"] == "encrypted"
    (folder / "audit.key").write_text("in plain")
    done = run("protection", "--check", "--workspace", folder, **held)
    assert done.returncode == 1
    assert "audit.key in the workspace is not encrypted as it should be." in done.stdout


def test_only_an_administrator_changes_the_encryption(tmp_path: Path) -> None:
    with pytest.raises(AccessDenied, match="'officer' may not change how the workspace is encrypted"):
        encrypt(as_person="officer", workspace=tmp_path)
