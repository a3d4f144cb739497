"""A conversion that is killed at any of its steps leaves the old workspace whole, or the new one."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DRIVER = r'''
import os, shutil, signal, sys
from pathlib import Path
from pydantic import SecretStr
from sqlalchemy import insert, select
from core import encryption
from core.encryption import decrypt, encrypt, files_of, opened_vault
from core.settings import Settings
from core.storage import keys
from core.storage.database import open_database, recipes
from core.workspace import Workspace

keys.COST = 1 << 10
base, turn = Path(sys.argv[1]), sys.argv[2]
WORDS, KEY, OTHER = b"the heron stands in the reeds", "a passphrase of some length", "another passphrase of mine"
EVENTS = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "open")


def settings(root, key):
    return Settings(workspace=root, encryption_key=SecretStr(key) if key else None)


def content(root, key):
    """What is read with this key; None where it does not open the workspace, and nothing was harmed."""
    workspace = Workspace(root)
    workspace.acquire("a test")
    try:
        vault = opened_vault(workspace, settings(root, key))
        files = files_of(workspace, vault)
        engine = open_database(workspace.database, vault.database if vault else None)
        with engine.connect() as connection:
            rows = connection.execute(select(recipes.c.name, recipes.c.note)).all()
        engine.dispose()
        return rows, {path.name: files.read(path) for path in encryption.sealable(workspace)}
    except encryption.RequestError:
        return None
    except keys.WrongKey:
        return None
    finally:
        workspace.release()


def fill(root, key):
    workspace = Workspace(root)
    workspace.acquire("a test")
    vault = opened_vault(workspace, settings(root, key))
    files = files_of(workspace, vault)
    engine = open_database(workspace.database, vault.database if vault else None)
    with engine.begin() as connection:
        connection.execute(insert(recipes).values(name="r", body={}, saved_at="", saved_by="", note=WORDS.decode()))
    for name in ("originals/a", "originals/b", "inbox/x/upload", "adapters/tone/weights", "audit.key"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        files.write(root / name, WORDS + name.encode())
    (root / "index" / "k").mkdir(parents=True)
    (root / "index" / "k" / "segment").write_bytes(WORDS)
    engine.dispose()
    workspace.release()


def convert(root):
    if turn == "encrypt":
        encrypt(settings(root, KEY), None)
    elif turn == "decrypt":
        decrypt(settings(root, KEY))
    else:
        encrypt(settings(root, KEY), OTHER.encode(), anew=turn == "anew")


before, after = {"encrypt": (None, KEY), "decrypt": (KEY, None)}.get(turn, (KEY, OTHER))
fill(base / "made", before)
expected = content(base / "made", before)
assert len(expected[1]) == 5
seen = 0
limit = None


def hook(event, _):
    global seen
    if limit is not None and event in EVENTS:
        seen += 1
        if seen == limit:
            os.kill(os.getpid(), signal.SIGKILL)


sys.addaudithook(hook)
states, at = [], 1
while True:
    root = base / f"w{at}"
    shutil.copytree(base / "made", root)
    child = os.fork()
    if not child:
        limit = at
        convert(root)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    ended = os.WIFEXITED(status)
    assert ended or os.WTERMSIG(status) == signal.SIGKILL, status
    old, new = content(root, before), content(root, after)
    assert (old is None) != (new is None), (at, old is None, new is None)
    assert (new or old) == expected, at
    assert (root / "index" / "k" / "segment").exists() == (bool(old) or turn == "wrap")  # written anew whole, or not at all
    assert (root / "index").is_dir()
    assert not (root / "converting").exists() and not (root / "tmp").exists()
    if new and after and turn != "wrap":
        held = [p for p in root.rglob("*") if p.is_file() and WORDS in p.read_bytes()]
        assert not held, (at, held)
    if old:
        convert(root)  # and it can be begun again
        assert content(root, after) == expected
    states.append("new" if new else "old")
    shutil.rmtree(root)
    if ended:
        break
    at += int(sys.argv[3])
first = states.index("new")
assert set(states[first:]) == {"new"}, states
print(turn, len(states), first)
'''


@pytest.mark.parametrize(("turn", "step"), [("encrypt", 23), ("decrypt", 29), ("anew", 31), ("wrap", 1)])
def test_a_kill_at_any_step_leaves_one_whole_workspace(tmp_path: Path, turn: str, step: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, str(tmp_path), turn, str(step)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    _, points, first = done.stdout.split()
    assert int(points) > 5
    assert 0 < int(first) < int(points)


@pytest.mark.slow
@pytest.mark.parametrize("turn", ["encrypt", "decrypt", "anew"])
def test_a_kill_at_each_single_step_leaves_one_whole_workspace(tmp_path: Path, turn: str) -> None:
    test_a_kill_at_any_step_leaves_one_whole_workspace(tmp_path, turn, 1)
