"""JUnit XML: what a CI system reads back is what was said."""

from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RequestError
from core.evaluation.junit import Case, junit, write_junit


def test_cases_are_grouped_and_counted() -> None:
    cases = [
        Case("eval", "right", "passed", seconds=1.5),
        Case("freshness", "price", "failed", "4 is stale", "was 3"),
        Case("eval", "cited", "skipped", "no evidence"),
    ]
    root = Xml.fromstring(junit(cases, "gates"))
    assert root.attrib == {"name": "gates", "tests": "3", "failures": "1", "skipped": "1", "time": "1.500"}
    assert [(s.get("name"), s.get("tests")) for s in root] == [("eval", "2"), ("freshness", "1")]
    failure = root.find("testsuite[@name='freshness']/testcase/failure")
    assert failure is not None and failure.get("message") == "4 is stale" and failure.text == "was 3"


@given(st.text(), st.text(), st.text())
def test_any_text_gives_xml_that_reads_back(suite: str, name: str, message: str) -> None:
    root = Xml.fromstring(junit([Case(suite, name, "failed", message, message)], name))
    assert len(root.findall("testsuite/testcase/failure")) == 1


def test_a_place_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="cannot be written"):
        write_junit(tmp_path / "absent" / "x.xml", [], "none")
    assert not list(tmp_path.iterdir())
