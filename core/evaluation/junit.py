"""Verdicts as JUnit XML, the form that every CI system draws; it does not know what was tested.

The elements are those that Jenkins, GitLab and GitHub's reporters read in common: testsuites, testsuite, testcase with
failure or skipped inside, times in seconds.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree as Xml

from core.errors import RequestError

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that was tested."""

    suite: str
    name: str
    state: Literal["passed", "failed", "skipped"]
    message: str = ""
    """Why it failed or was skipped, one sentence."""
    detail: str = ""
    seconds: float = 0.0


def junit(cases: Sequence[Case], title: str) -> str:
    """The XML document of these cases, grouped by suite in the order of their first case."""
    root = Xml.Element("testsuites", {"name": _clean(title), **_counts(cases)})
    for suite in dict.fromkeys(case.suite for case in cases):
        own = [case for case in cases if case.suite == suite]
        element = Xml.SubElement(root, "testsuite", {"name": _clean(suite), **_counts(own)})
        for case in own:
            held = Xml.SubElement(
                element, "testcase", classname=_clean(suite), name=_clean(case.name), time=f"{case.seconds:.3f}"
            )
            if case.state != "passed":
                kind = "failure" if case.state == "failed" else "skipped"
                Xml.SubElement(held, kind, message=_clean(case.message)).text = _clean(case.detail)
    Xml.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(root, encoding="unicode")}\n'


def write_junit(path: Path, cases: Sequence[Case], title: str) -> None:
    """The document as a file, wholly or not at all; raises RequestError where it cannot be written."""
    beside = path.with_name(f"{path.name}.part")
    try:
        beside.write_text(junit(cases, title), encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise RequestError(f"'{path}' cannot be written: {error.strerror}.") from error


def _counts(cases: Sequence[Case]) -> dict[str, str]:
    return {
        "tests": str(len(cases)),
        "failures": str(sum(case.state == "failed" for case in cases)),
        "skipped": str(sum(case.state == "skipped" for case in cases)),
        "time": f"{sum(case.seconds for case in cases):.3f}",
    }


def _clean(text: str) -> str:
    """The text without the characters that XML 1.0 cannot hold."""
    return _NOT_XML.sub("�", text)
