"""Security on the page: who sees it, the claims, the checks as a job, a failed one."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from core.governance.principals import persona
from core.security import TITLE
from core.storage.database import audit
from core.workbench import Workbench
from tests.pages.conftest import Open, words

PAGE = "pages/security/page.py"
ADMIN = persona("administrator")


@pytest.fixture
def noted(bench: Workbench, tmp_path: Path) -> Workbench:
    bench.settings = bench.settings.model_copy(update={"cache": tmp_path / "cache"})
    bench.audit.note(ADMIN, "asked", trace="ab" * 16)
    return bench


def checked(bench: Workbench, app: AppTest) -> AppTest:
    app.button(key="security_check").click().run()
    job = next(job for job in bench.jobs.all() if job.title == TITLE)
    assert bench.jobs.wait(job)
    return app.run()


def test_others_get_one_sentence(noted: Workbench, opened: Callable[[Workbench], Open]) -> None:
    app = opened(noted)(PAGE, **{"as": "engineer"})
    assert not app.exception
    assert [note.value for note in app.info] == [
        "The engineer may not see how this workspace is protected; auditors and administrators may."
    ]
    assert not app.code


def test_claims_stand_with_their_commands_and_a_check_tells_its_outcomes(
    noted: Workbench, opened: Callable[[Workbench], Open]
) -> None:
    app = opened(noted)(PAGE, **{"as": "officer"})
    assert not app.exception
    assert [each.value for each in app.code][:4] == [
        "python -m core guardrails prove",
        "python -m core access",
        "python -m core audit verify",
        "python -m core protection --check",
    ]
    assert len(app.code) == 10
    assert "whoever reaches the app chooses who to be" in words(app)
    assert not app.success
    app = checked(noted, app)
    assert not app.exception
    assert app.success[0].value == "All 6 checks passed."
    assert "Checked: Intact\\: 1 entry is as it was written\\." in words(app)


def test_a_failed_check_is_red(noted: Workbench, opened: Callable[[Workbench], Open]) -> None:
    with noted._engine.begin() as connection:
        connection.execute(update(audit).where(audit.c.seq == 1).values(who="somebody"))
    app = checked(noted, opened(noted)(PAGE))
    assert not app.exception
    assert app.error[0].value == "1 of 6 checks failed; see the claims below."
    assert "Failed: Not intact\\: Entry 1 was changed" in words(app)
