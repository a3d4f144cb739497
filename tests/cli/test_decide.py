"""The commands of `decide`: a recommendation as JSON, a report read back, bad input as one sentence."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.cli.decide import Chosen, lens_of
from core.errors import RequestError
from tests.cli.running import run


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    return "--workspace", str(tmp_path_factory.mktemp("decide"))


def test_a_recommendation_goes_out_and_its_lens_comes_in(where: tuple[str, str], tmp_path: Path) -> None:
    done = run("decide", "--archetype", "voice", "--weight", "latency=4.5", "show", *where, "--json")
    found = json.loads(done.stdout)
    assert (found["winner"]["path"], found["lens"]["weights"]["latency"]) == ("adapter", 4.5)
    file = tmp_path / "lens.json"
    file.write_text(done.stdout, encoding="utf-8")
    changes = ("--answer", "change=daily", "--answer", "latency=relaxed", "--answer", "governance=proof")
    again = json.loads(run("decide", "--lens", file, *changes, "show", *where, "--json").stdout)
    assert (again["winner"]["path"], again["lens"]["answers"]["change"]) == ("retrieval", "daily")
    assert again["lens"]["weights"] == found["lens"]["weights"]


@pytest.mark.parametrize(("form", "begins"), [("html", b"<!doctype html>"), ("pdf", b"%PDF-")])
def test_a_report_is_written(where: tuple[str, str], tmp_path: Path, form: str, begins: bytes) -> None:
    out = tmp_path / f"board.{form}"
    done = run("decide", "--archetype", "legal", "report", "--out", out, *where, "--json")
    assert json.loads(done.stdout) == {"file": str(out), "bytes": out.stat().st_size}
    assert out.read_bytes().startswith(begins)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"archetype": "none"}, "no archetype 'none'"),
        ({"answers": ("change",)}, "not of the form QUESTION=VALUE"),
        ({"answers": ("change=hourly",)}, "'hourly' is no answer to change"),
        ({"answers": ("skills=many",)}, "needs an answer to"),
        ({"weights": ("cost=six",)}, "which is no number"),
        ({"weights": ("cost=6",)}, "must be from 0 to 5"),
        ({"skills": "magic"}, "no skill"),
        ({"leaning": "both"}, "no path"),
        ({"lens": Path("/nowhere.json")}, "cannot be read"),
        ({"lens": Path(__file__)}, "is no JSON"),
        ({"lens": Path("a.json"), "archetype": "voice"}, "not from both"),
    ],
)
def test_bad_options_are_one_sentence(options: dict[str, Any], told: str) -> None:
    chosen = replace(Chosen("", None, (), (), None, "", ()), **options)
    with pytest.raises(RequestError, match=told):
        lens_of(chosen)


@pytest.mark.parametrize(
    ("out", "told"), [("board.docx", "must end in .html or .pdf"), ("/nowhere/board.pdf", "cannot be written")]
)
def test_a_report_that_cannot_be_is_refused_before_any_work(where: tuple[str, str], out: str, told: str) -> None:
    done = run("decide", "report", "--out", out, *where)
    assert (done.returncode, told in done.stderr, len(done.stderr.strip().splitlines())) == (2, True, 1)
    assert not Path(out).exists()
