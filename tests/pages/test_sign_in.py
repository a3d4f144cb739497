"""With a sign-on configured: who is not signed in sees a sign-in page only, and nothing but the token says who asks."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.embedding.encoder import Encoder
from core.governance.claims import subject
from core.governance.principals import persona
from core.ingestion import Incoming
from core.settings import Settings
from core.workbench import Workbench
from tests.conftest import NOTHING
from tests.pages.conftest import PAGES, ROOT, Open, open_page, words

ISSUER = "https://login.fernmoor.example"
MAPPING = f"""
issuer = "{ISSUER}"
groups_claim = "groups"
[groups.readers]
roles = ["reader"]
zones = ["public"]
[groups.builders]
roles = ["builder"]
zones = ["public", "internal"]
labels = "all"
"""
AUTH = {"auth": {"redirect_uri": "http://localhost/oauth2callback", "cookie_secret": "x" * 32}}
ADMIN = persona("administrator")


def claims(*groups: str, **changes: Any) -> dict[str, Any]:
    told = {"iss": ISSUER, "sub": "4711", "iat": time.time(), "exp": time.time() + 300, "name": "Ada *Byron*"}
    return {**told, "is_logged_in": True, "groups": list(groups), **changes}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, minilm: Encoder) -> Iterator[Workbench]:
    """A workspace with a mapping, a public and a restricted document."""
    folder = tmp_path_factory.mktemp("guarded")
    (folder / "access.toml").write_text(MAPPING)
    with Workbench(Settings(workspace=folder / "workspace", access=folder / "access.toml"), "a test") as made:
        made._encoders["minilm"] = minilm
        made.adapter_store._shipped = NOTHING
        for name, zone in (("kettle.txt", "public"), ("vault.txt", "restricted")):
            (folder / name).write_text(f"The {name} boils at 94 degrees.")
            made.ingest([Incoming(folder / name, name, zone)], ADMIN)  # type: ignore[arg-type]
        yield made


@pytest.fixture
def visit(guarded: Workbench, opened: Callable[[Workbench], Open]) -> Callable[..., AppTest]:
    """Opens a page with a sign-on configured, as the person of these claims."""
    opened(guarded)

    def go(user: dict[str, Any], page: str = PAGES[0], secrets: dict[str, Any] = AUTH, **query: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        app.secrets, app.user = dict(secrets), user
        for key, value in query.items():
            app.query_params[key] = value
        app.run()
        assert not app.exception
        return app if page == PAGES[0] else app.switch_page(page).run()

    return go


OUTSIDE: tuple[dict[str, Any], ...] = (
    {}, {"is_logged_in": False}, claims("builders", is_logged_in="yes"), claims("builders", is_logged_in=False),
)  # fmt: skip


@pytest.mark.parametrize(
    ("page", "user"), [*((page, {}) for page in PAGES), *((PAGES[1], user) for user in OUTSIDE[1:])]
)
def test_who_is_not_signed_in_sees_a_sign_in_page_only(
    visit: Callable[..., AppTest], page: str, user: dict[str, Any]
) -> None:
    app = visit(user, page, **{"as": "administrator"})
    assert not app.exception
    assert [button.key for button in app.button] == ["sign_in"]
    assert [each.value for each in app.subheader] == ["Sign in to Touchstone"]
    assert not app.selectbox and not app.metric and "kettle" not in words(app)


def test_the_persona_switch_is_gone_and_cannot_be_forged(visit: Callable[..., AppTest]) -> None:
    app = visit(claims("readers"), "pages/documents/page.py", **{"as": "administrator"})
    assert [box.key for box in app.selectbox if box.key == "as"] == []
    assert "kettle" in str(app.dataframe[0].value) and "vault" not in str(app.dataframe[0].value)
    app.session_state["as"] = "administrator"
    app.run()
    assert "vault" not in str(app.dataframe[0].value) and "Ada \\*Byron\\*" in words(app)
    assert not app.get("file_uploader")
    assert len(visit(claims("builders"), "pages/documents/page.py").get("file_uploader")) == 1


@pytest.mark.parametrize(
    ("user", "sentence"),
    [
        (claims("readers", exp=time.time() - 999), "expired"),
        (claims("readers", iss="https://elsewhere.example"), "a provider that is not the one"),
        (claims("readers", sub=""), "no subject"),
        ({"is_logged_in": True, "email": "ada@fernmoor.example"}, "a provider that is not the one"),
    ],
)
def test_who_is_not_admitted_reads_why(visit: Callable[..., AppTest], user: dict[str, Any], sentence: str) -> None:
    app = visit(user, "pages/documents/page.py")
    assert sentence in words(app) and [button.key for button in app.button] == ["sign_out"]
    assert not app.selectbox and not app.dataframe


def test_who_is_in_no_group_is_let_in_and_sees_nothing(visit: Callable[..., AppTest]) -> None:
    for page in (PAGES[0], "pages/documents/page.py", "pages/chat/page.py", "pages/inspector/page.py"):
        app = visit(claims("strangers"), page)
        assert not app.exception
        assert "kettle" not in words(app) and "vault" not in words(app)
        assert "Sees no document" in words(app)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_for_who_signed_in(visit: Callable[..., AppTest], page: str) -> None:
    app = visit(claims("builders"), page)
    assert not app.exception and "vault" not in words(app)
    assert "user-" not in words(app)  # nobody is called by a hash


def test_the_audit_holds_the_subject_and_not_the_name(visit: Callable[..., AppTest], guarded: Workbench) -> None:
    visit(claims("readers", sub="99", iat=1.0), "pages/home/page.py")
    entry = next(each for each in guarded.audit.search(ADMIN) if each.who == subject(ISSUER, "99"))
    assert (entry.act, entry.outcome, entry.facts["zones"]) == ("signed in", "done", "public")
    assert "Byron" not in guarded.audit.export(ADMIN, "jsonl")


def test_what_somebody_left_in_a_tab_is_not_the_next_ones(visit: Callable[..., AppTest]) -> None:
    app = visit(claims("builders"))
    app.session_state["conversation"] = "a secret"
    app.user = claims("readers", sub="4712")
    app.run()
    assert "conversation" not in app.session_state


def test_a_mapping_without_a_sign_on_opens_no_door(visit: Callable[..., AppTest]) -> None:
    app = visit({}, secrets={"other": {"x": 1}}, **{"as": "administrator"})
    assert "configures no" in words(app) and not app.selectbox and not app.metric


def test_secrets_that_cannot_be_read_open_no_door(
    bench: Workbench, opened: Callable[[Workbench], Open], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from streamlit import config
    from streamlit.runtime.secrets import Secrets

    broken, before = tmp_path / "secrets.toml", config.get_option("secrets.files")
    broken.write_text("[auth\n")
    monkeypatch.setattr("streamlit.secrets", Secrets())
    config.set_option("secrets.files", [str(broken)])
    try:
        app = opened(bench)(**{"as": "administrator"})
    finally:
        config.set_option("secrets.files", before)
    assert "cannot be read; nobody can sign in" in words(app) and not app.selectbox and not app.metric


def test_without_a_sign_on_the_switch_says_that_it_is_a_demonstration(
    bench: Workbench, opened: Callable[[Workbench], Open]
) -> None:
    app = opened(bench)(**{"as": "viewer"})
    assert app.selectbox(key="as").label == "Demo persona" and "A demonstration: nobody signs in" in words(app)


def test_a_mapping_that_is_wrong_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.errors import RequestError
    from pages.shared.bench import build

    (tmp_path / "access.toml").write_text('issuer = "x"\n')
    monkeypatch.setenv("TOUCHSTONE_ACCESS", str(tmp_path / "access.toml"))
    monkeypatch.setenv("TOUCHSTONE_WORKSPACE", str(tmp_path / "workspace"))
    for _ in range(2):  # the workspace is let go, so that the second try says the same
        with pytest.raises(RequestError, match="it needs a text as groups_claim"):
            build()


def test_a_setting_that_is_wrong_is_told_by_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHSTONE_LIMIT_QUESTIONS", "abc")
    app = open_page()
    assert not app.exception
    assert "TOUCHSTONE\\_LIMIT\\_QUESTIONS is 'abc'; it must be a whole number" in words(app)
