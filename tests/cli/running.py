"""The command line as tests call it: in this process, where that is all the same, or in one of its own."""

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from unittest.mock import patch

from core.cli.app import main
from tests.conftest import SAMPLE_FILES

ROOT = SAMPLE_FILES.parents[1]
Done = subprocess.CompletedProcess[str]


def run(*arguments: object, **environment: str) -> Done:
    """What a command prints and how it ends, without the seconds that a new process spends on imports.

    What it does not catch is raised, so no traceback passes for a refusal.
    """
    words = [str(each) for each in arguments]
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        patch.object(sys, "argv", ["core", *words]),
        patch.dict(os.environ, environment),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return Done(words, code, out.getvalue(), err.getvalue())


def spawn(*arguments: object, **environment: str) -> Done:
    """The same by a process of its own, as a person does it."""
    command = [sys.executable, "-m", "core", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, check=False, env={**os.environ, **environment}
    )
