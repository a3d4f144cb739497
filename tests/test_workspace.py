import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.errors import RequestError, WorkspaceInUse
from core.workspace import Workspace

HOLD = """
import sys, time
from pathlib import Path
from core.workspace import Workspace
held = Workspace(Path(sys.argv[1]))
held.acquire("the other one")
print("held", flush=True)
time.sleep(60)
"""


def test_the_second_owner_is_told_who_the_first_is(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(WorkspaceInUse, match=rf"in use by the other one \(process {holder.pid} on .*, since 20"):
            Workspace(tmp_path).acquire("me")
        assert WorkspaceInUse.exit_code == 3
        holder.kill()
    time.sleep(0.1)
    free = Workspace(tmp_path)
    free.acquire("me")  # the lock died with its holder
    free.release()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(RequestError, match="cannot be made"):
        Workspace(tmp_path / "file" / "below").acquire("me")
