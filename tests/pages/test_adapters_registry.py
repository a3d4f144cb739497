"""The registry on the page: lineage and gates, release, retirement, removal, export and import, each persona."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.adapters.hyper import Point
from core.adapters.manifest import Gate
from core.adapters.parcel import packed
from core.errors import NotFound
from core.forgetting.debts import note_debt
from core.governance.principals import persona
from core.workbench import Workbench
from tests.fakes import release
from tests.pages.conftest import PAGES, Open, words

Opened = Callable[[Workbench], Open]
ADAPTERS = PAGES[6]
ADMIN = persona("administrator")
FAILED = Gate("forgetting", 0.2, 0.05, False)


def shown(app: AppTest) -> str:
    tables = "\n".join(table.value.to_string() for table in app.table)
    return f"{words(app)}\n{tables}".replace("\\", "")


def bring(bench: Workbench, tone: Path, name: str = "draft") -> None:
    bench.adapters.bring(name, tone, ADMIN)


def test_a_workspace_without_an_adapter_says_what_to_do(bench: Workbench, opened: Opened) -> None:
    app = opened(bench)(ADAPTERS, view="adapters")
    assert not app.exception
    if not bench.adapters.all(ADMIN):
        assert "No adapter yet" in words(app)


def test_an_adapter_is_shown_with_its_lineage(filled: Workbench, tone: Path, opened: Opened) -> None:
    document = next(row for row in filled.documents(ADMIN) if row.name == "returns-policy.pdf")
    curve = (Point(1, 2.0, None, 1e-4, 1.0, 10), Point(2, 1.0, 1.25, 1e-4, 2.0, 20))
    release(
        filled, tone, dataset="facts", dataset_hash="abcdef123456789", documents=(document.id, "gone"), curve=curve,
        hyper={"rank": 2, "rate": 5e-4, "targets": ["q_proj"]}, measures={"F1 <b>x</b>": 0.5}, note="<i>learned</i>",
    )  # fmt: skip
    try:
        app = opened(filled)(ADAPTERS, view="adapters", adapter="tone")
        assert not app.exception
        told = shown(app)
        for fact in (
            "Released", "on SmolLM2", "for anyone", "learned from facts, 2 documents", "abcdef123456",
            "returns-policy.pdf and 1 that is no longer here", "by ada", "0.0005", "exact match", "at least 0.3",
        ):  # fmt: skip
            assert fact in told
        assert "<b>" not in words(app).replace("\\<b\\>", "")  # what is not ours is escaped
        assert app.query_params["adapter"] == "tone"
    finally:
        filled.adapters.retire("tone", "the test is over", ADMIN)
        filled.adapters.remove("tone", ADMIN)


@pytest.mark.parametrize(("source", "told"), [("shipped", "cannot be trained anew"), ("trained", "rower-anew")])
def test_a_command_is_shown_only_where_there_is_a_dataset(
    bench: Workbench, tone: Path, opened: Opened, source: str, told: str
) -> None:
    release(bench, tone, "rower", source=source, dataset="oars")
    note_debt(bench._engine, "rower", "r1", "oars", (), ["d1"])  # as earlier versions noted it of either
    app = opened(bench)(ADAPTERS, view="adapters", adapter="rower")
    seen = words(app) + "".join(code.value for code in app.code)
    assert told in seen.replace("\\", "")
    assert ("python -m core adapters train" in seen) is (source == "trained")


def test_a_candidate_is_released_retired_and_removed(bench: Workbench, tone: Path, opened: Opened) -> None:
    bring(bench, tone)
    app = opened(bench)(ADAPTERS, view="adapters", adapter="draft")
    assert "Nothing was measured yet" in app.info[0].value
    assert app.button(key="release_draft").disabled
    made = bench.adapters.get("draft", ADMIN).manifest
    bench.adapter_store.measured("draft", replace(made, gates=(FAILED,)))
    app.run()
    assert app.button(key="release_draft").disabled
    assert "forgetting" in words(app)
    bench.adapter_store.measured("draft", replace(made, gates=(replace(FAILED, measured=0.01),)))
    app.run().button(key="release_draft").click().run()
    assert bench.adapters.get("draft", ADMIN).state == "released"
    assert "may answer now" in app.toast[0].value
    assert not [button for button in app.button if button.key == "remove_draft"]
    assert app.button(key="retire_draft").disabled
    app.text_input(key="reason_draft").set_value("worse than before").run()
    app.button(key="retire_draft").click().run()
    assert bench.adapters.get("draft", ADMIN).reason == "worse than before (administrator)"
    assert "worse than before" in shown(app)
    app.button(key="remove_draft").click().run()
    assert not app.exception
    with pytest.raises(NotFound):
        bench.adapters.get("draft", ADMIN)


def bring_in(app: AppTest, name: str, content: bytes, zone: str = "restricted") -> AppTest:
    app.file_uploader(key="adapter_file").set_value((f"{name}.zip", content, "application/zip")).run()
    app.text_input(key="adapter_name").set_value(name)
    app.selectbox(key="adapter_zone").set_value(zone)
    return bring_button(app).click().run()


def bring_button(app: AppTest) -> Any:
    return next(button for button in app.button if button.label == "Bring it in")


def test_a_zip_is_brought_in_or_refused(bench: Workbench, tone: Path, opened: Opened) -> None:
    app = opened(bench)(ADAPTERS, view="adapters")
    assert bring_button(app).disabled
    bring_in(app, "fresh", packed(tone), "public")
    assert not app.exception
    held = bench.adapters.get("fresh", ADMIN)
    assert (held.state, held.manifest.zone, held.manifest.source) == ("candidate", "public", "imported")
    assert "fresh" in words(app)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("../adapter_config.json", "{}")
    bring_in(app, "escape", out.getvalue())
    assert "outside of its own folder" in app.warning[0].value
    bring_in(app, "no zip", b"no zip at all")
    assert "no zip archive" in app.warning[0].value
    bring_in(app, "fresh", packed(tone))
    assert "already" in app.warning[0].value
    assert not app.exception


def test_a_parcel_comes_back_with_its_zone_and_instructions(bench: Workbench, tone: Path) -> None:
    release(bench, tone, zone="restricted")
    content = bench.adapters.parcel("tone", ADMIN)
    held = bench.adapters.bring_parcel("again", content, ADMIN)
    assert (held.manifest.zone, held.manifest.template) == ("restricted", "grounded-2")
    assert held.manifest.weights_sha256 == bench.adapters.get("tone", ADMIN).manifest.weights_sha256
    assert bench.adapters.bring_parcel("other", content, ADMIN, template="closed-1").manifest.template == "closed-1"


@pytest.mark.parametrize("who", ["viewer", "analyst", "officer"])
def test_readers_see_and_change_nothing(who: str, bench: Workbench, tone: Path, opened: Opened) -> None:
    release(bench, tone)
    app = opened(bench)(ADAPTERS, view="adapters", adapter="tone", **{"as": who})
    assert "may look at adapters, not release them" in words(app)
    assert not {"retire_tone", "remove_tone"} & {str(button.key) for button in app.button}
    assert not app.file_uploader


def test_who_may_not_use_an_adapter_does_not_learn_of_it(bench: Workbench, tone: Path, opened: Opened) -> None:
    release(bench, tone, "vault", zone="restricted")
    app = opened(bench)(ADAPTERS, view="adapters", adapter="vault", **{"as": "viewer"})
    assert "vault" not in words(app)
