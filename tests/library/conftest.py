"""One parser, and so one child process, for all tests that do not break it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.library.parsing import Limits, Parser
from core.types import ParsedFile
from tests.library.making import check


@pytest.fixture(scope="session")
def parser() -> Iterator[Parser]:
    with Parser(Limits(seconds=60)) as shared:
        yield shared


@pytest.fixture
def parse(parser: Parser) -> Callable[[Path], ParsedFile]:
    return lambda path: check(parser.parse(path, path.name))


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file
