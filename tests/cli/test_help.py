"""The help of every command: what stands in brackets in its text is printed, not taken for markup."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from core.cli.app import app
from tests.cli.running import run

BRACKETS = re.compile(r'\[[\w."/,][^\]\n]*\]')


def commands(command: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The command with the words that call it, and all below it."""
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, *path, name)


def bracketed(command: Any) -> set[str]:
    texts = [command.help, command.short_help, *(getattr(each, "help", None) for each in command.params)]
    return {found for text in texts if text for found in BRACKETS.findall(text.replace("\\[", "["))}


def test_the_commands_have_brackets_in_their_help() -> None:
    named = set().union(*(bracketed(command) for _, command in commands(get_command(app))))
    assert {"[eval]", "[eval.RECIPE]", "[freshness]"} <= named


@pytest.mark.parametrize(
    "path", [path for path, command in commands(get_command(app)) if bracketed(command)], ids=" ".join
)
def test_what_stands_in_brackets_is_printed(path: tuple[str, ...]) -> None:
    command = dict(commands(get_command(app)))[path]
    printed = run(*path, "--help", COLUMNS="300", TERMINAL_WIDTH="300")
    assert printed.returncode == 0
    assert {each for each in bracketed(command) if each not in printed.stdout} == set()
    assert "\\[" not in printed.stdout
