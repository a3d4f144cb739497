"""`decide cost` tells the three paths, and refuses what is no setting."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from core.cli import app as cli
from core.decision.lens import Lens, as_json
from core.decision.prices import INPUTS
from tests.cli.running import run as cli_run


def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], workspace: Path, *args: str
) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["core", "decide", "cost", "--workspace", str(workspace), *args])
    try:
        cli.main()
        status = 0
    except SystemExit as stopped:
        status = int(stopped.code or 0)
    told = capsys.readouterr()
    return status, told.out, told.err


def test_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, out, _ = run(
        monkeypatch, capsys, tmp_path / "w", "--volume", "50000", "--set", "price_in=0.4", "--tier", "10=0.5", "--json"
    )
    told = json.loads(out)
    assert status == 0
    assert [path["path"] for path in told["paths"]] == ["retrieval", "tuning", "both"]
    assert told["discount_tiers"] == [[0.0, 0.0], [10.0, 0.5]]
    assert told["inputs"]["requests"]["value"] == 50_000
    assert told["inputs"]["price_in"] | {"source": None} == {
        "value": 0.4,
        "unit": "$/Mtoken",
        "low": pytest.approx(0.4 / 3),
        "high": pytest.approx(0.4 / 0.15),
        "source": None,
    }
    assert told["paths"][0]["per_right_answer"] is None
    retrieval = told["paths"][0]
    assert retrieval["total"] == pytest.approx(sum(line["amount"] for line in retrieval["lines"]["lines"]))
    crossing = told["break_even"][0]["crossings"][0]
    assert crossing["cheaper_above"] == "tuning" and crossing["requests_a_month"] > 0


def test_a_break_even_that_is_told_is_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _, out, _ = run(monkeypatch, capsys, tmp_path / "w", "--json")
    volume = json.loads(out)["break_even"][0]["crossings"][0]["requests_a_month"]
    _, out, _ = run(monkeypatch, capsys, tmp_path / "w", "--volume", repr(volume), "--json")
    one, other, _ = (path["total"] for path in json.loads(out)["paths"])
    assert one == pytest.approx(other, rel=1e-6)


def test_for_a_person(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, out, _ = run(monkeypatch, capsys, tmp_path / "w", "--inputs")
    assert status == 0
    assert re.search(r"From [\d.,]+ ?\w* requests a month on, an adapter costs less than retrieval", out)
    assert "`python -m core arms --questions SET --adapter NAME` measures it" in out
    assert all(f"  {name}" in out for name, held in INPUTS.items() if held.default is not None)


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--set", "price=3"), "There is no input 'price'"),
        (("--set", "price_in=3 $/hour"), "does not convert"),
        (("--set", "right_both=2"), "between 0 and 1"),
        (("--volume", "0"), "must be above 0"),
        (("--volume", "-5"), "at least 0"),
        (("--tier", "much"), "DOLLARS=SHARE"),
        (("--tier", "100=1.5"), "below 1"),
        (("--serving", "cloud"), "not 'cloud'"),
        (("--horizon", "0"), "outside 1 to 120"),
    ],
)
def test_what_is_wrong_is_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    args: tuple[str, ...],
    told: str,
) -> None:
    status, out, err = run(monkeypatch, capsys, tmp_path / "w", *args)
    assert (status, out) == (2, "")
    assert told in err and err.count("\n") == 1


def test_the_commands_that_measure_exist() -> None:
    from typer.main import get_command

    for line in {held.measured_by for held in INPUTS.values() if held.measured_by}:
        words = line.removeprefix("python -m core ").split()
        here: Any = get_command(cli.app)
        while hasattr(here, "commands"):
            here = here.commands[words.pop(0)]
        options = {name for each in here.params for name in each.opts}
        assert {word for word in words if word.startswith("--")} <= options, line


def test_the_lens_says_how_many_requests_there_are(tmp_path: Path) -> None:
    where = ("--workspace", tmp_path / "w", "--json")
    busy = json.loads(cli_run("decide", "--answer", "cost=highway", "cost", *where).stdout)
    assert busy["inputs"]["requests"]["value"] == 300_000
    assert "Highway traffic" in busy["inputs"]["requests"]["source"]["told"]
    said = json.loads(cli_run("decide", "--answer", "cost=highway", "cost", "--volume", "50", *where).stdout)
    assert said["inputs"]["requests"]["value"] == 50
    priced = json.loads(cli_run("decide", "--set", "price_in=0.7", "cost", *where).stdout)
    assert priced["inputs"]["price_in"]["value"] == 0.7
    tied = tmp_path / "tied.json"
    tied.write_text(json.dumps(as_json(Lens(answers=Lens().answers | {"cost": "weekend|highway"}))))
    group = json.loads(cli_run("decide", "--lens", tied, "cost", *where).stdout)
    assert group["inputs"]["requests"]["value"] == 10_000
    shown = cli_run("decide", "--lens", tied, "show", *where[:2]).stdout
    assert "tied" in shown.splitlines()[1]
    wrong = cli_run("decide", "--answer", "cost=nonsense", "cost", *where)
    assert wrong.returncode == 2 and "nonsense" in wrong.stderr
