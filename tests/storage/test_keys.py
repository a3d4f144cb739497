import json
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.errors import RequestError, WorkspaceDamaged, WrongKey
from core.settings import Settings
from core.storage.keys import HEADER, Vault, fresh, open_vault, secret_of, unwrap, write_header

SECRET = b"a passphrase of some length"


def test_the_passphrase_opens_the_header_and_no_other_does(tmp_path: Path) -> None:
    vault = fresh()
    write_header(tmp_path / HEADER, vault, SECRET)
    assert unwrap(tmp_path / HEADER, SECRET) == vault
    for wrong in (SECRET + b".", SECRET[:-1], b"another passphrase of mine"):
        with pytest.raises(WrongKey, match=r"is not that of the workspace .*; nothing was touched"):
            unwrap(tmp_path / HEADER, wrong)
    content = (tmp_path / HEADER).read_bytes()
    assert SECRET not in content
    assert vault.secret.hex().encode() not in content


def test_a_header_that_was_tampered_with_opens_nothing(tmp_path: Path) -> None:
    write_header(tmp_path / HEADER, fresh(), SECRET)
    body = json.loads((tmp_path / HEADER).read_text())
    for change in ({"n": 1 << 30}, {"n": 1000}, {"salt": "zz"}, {"format": 2}, {"wrapped": None}):
        (tmp_path / HEADER).write_text(json.dumps(body | change))
        with pytest.raises(WorkspaceDamaged, match="is damaged"):
            unwrap(tmp_path / HEADER, SECRET)
    (tmp_path / HEADER).write_text(json.dumps(body | {"n": body["n"] // 2}))
    with pytest.raises(WrongKey):
        unwrap(tmp_path / HEADER, SECRET)


def test_each_purpose_has_a_key_of_its_own_and_a_vault_shows_none() -> None:
    vault = Vault(b"k" * 32)
    keys = {vault.secret, vault.files, vault.database, vault.index}
    assert len(keys) == 4
    assert {len(key) for key in keys} == {32}
    assert not [form for form in (repr(vault), str(vault)) if "k" * 8 in form or "6b6b" in form]


def test_a_plain_workspace_stays_plain_and_a_new_one_with_a_key_does_not(tmp_path: Path) -> None:
    database = tmp_path / "touchstone.db"
    assert open_vault(tmp_path, database, None) is None
    database.write_bytes(b"SQLite format 3\0 and so on")
    assert open_vault(tmp_path, database, None) is None
    with pytest.raises(RequestError, match="is not encrypted; encrypt it with 'python -m core encrypt'"):
        open_vault(tmp_path, database, SECRET)
    assert not (tmp_path / HEADER).exists()
    database.unlink()
    assert open_vault(tmp_path, database, SECRET) == open_vault(tmp_path, database, SECRET)
    with pytest.raises(WrongKey, match="is encrypted; set TOUCHSTONE_ENCRYPTION_KEY"):
        open_vault(tmp_path, database, None)
    (tmp_path / HEADER).unlink()
    database.write_bytes(bytes(range(200)))
    for secret in (None, SECRET):
        with pytest.raises(WorkspaceDamaged, match=r"encryption\.json is missing; put it back"):
            open_vault(tmp_path, database, secret)


def test_where_the_passphrase_comes_from(tmp_path: Path) -> None:
    workspace, file = tmp_path / "w", tmp_path / "key"
    file.write_text("a passphrase in a file\n")

    def of(key: str | None = None, held: Path | None = None) -> bytes | None:
        given = SecretStr(key) if key is not None else None
        return secret_of(Settings(workspace=workspace, encryption_key=given, encryption_key_file=held))

    assert of() is None
    assert of("a passphrase of the environment") == b"a passphrase of the environment"
    assert of(held=file) == b"a passphrase in a file"
    for key, held, told in (
        ("short", None, "TOUCHSTONE_ENCRYPTION_KEY has fewer than 16 characters"),
        ("", None, "fewer than 16 characters"),
        ("a passphrase of the environment", file, "not both"),
        (None, tmp_path / "nowhere", "cannot be read: No such file"),
        (None, workspace / "key", "lies in the workspace that it shall protect"),
    ):
        with pytest.raises(RequestError, match=told) as caught:
            of(key, held)
        assert not key or len(key) < 6 or key not in str(caught.value)
    file.write_text("short")
    with pytest.raises(RequestError, match="fewer than 16 characters"):
        of(held=file)
