"""Signing in as a person does it: to the provider, back with a signed token, out again; and nobody else's eyes."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from core.governance.claims import subject
from core.governance.principals import persona
from core.ingestion import Incoming
from core.settings import Settings
from core.workbench import Workbench
from tests.browser.conftest import App
from tests.browser.provider import CLIENT, SECRET, Provider, providing

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MAPPING = """
issuer = "{url}"
groups_claim = "groups"
session_hours = 8
[groups.harbour-readers]
roles = ["reader"]
zones = ["public"]
[groups.harbour-builders]
roles = ["builder"]
zones = ["public", "internal"]
"""
SECRETS = """
[auth]
redirect_uri = "http://localhost:{{port}}/oauth2callback"
cookie_secret = "a long secret of the test that signs the cookie"
client_id = "{client}"
client_secret = "{secret}"
server_metadata_url = "{url}/.well-known/openid-configuration"
"""


@pytest.fixture
def provider() -> Iterator[Provider]:
    with providing() as made:
        yield made


@pytest.fixture
def guarded(provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """An app that trusts the provider, over a public and an internal document."""
    with Workbench(Settings(workspace=tmp_path / "workspace"), "a test") as bench:
        for name, zone in (("kettle.txt", "public"), ("crane.txt", "internal")):
            (tmp_path / name).write_text(f"The {name} stands at the harbour.")
            bench.ingest([Incoming(tmp_path / name, name, zone)], persona("administrator"))  # type: ignore[arg-type]
    (tmp_path / "access.toml").write_text(MAPPING.format(url=provider.url))
    (tmp_path / "secrets.toml").write_text(SECRETS.format(url=provider.url, client=CLIENT, secret=SECRET))
    monkeypatch.setenv("TOUCHSTONE_ACCESS", str(tmp_path / "access.toml"))
    app = App(tmp_path / "workspace", tmp_path / "server.log", ["--secrets.files", str(tmp_path / "secrets.toml")])
    yield app.start()
    app.stop()


def sign_in(page: Page, app: App, person: str) -> None:
    page.goto(app.url)
    page.get_by_role("button", name="Sign in").click()
    page.locator(f"#{person}").click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in to Touchstone")).to_be_visible()


def test_a_person_signs_in_sees_what_is_his_and_signs_out(
    guarded: App, provider: Provider, page: Page, context: BrowserContext, tmp_path: Path
) -> None:
    page.goto(f"{guarded.url}/documents?as=administrator")
    expect(page.get_by_role("heading", name="Sign in to Touchstone")).to_be_visible()
    expect(page.get_by_text("Demo persona")).to_have_count(0)
    if shots := os.environ.get("TOUCHSTONE_SHOTS"):
        page.screenshot(path=f"{shots}/sign-in.png")

    sign_in(page, guarded, "ada")
    expect(page.get_by_text("Ada Byron")).to_be_visible()
    if shots := os.environ.get("TOUCHSTONE_SHOTS"):
        page.screenshot(path=f"{shots}/signed-in.png")
    expect(page.get_by_text("Sees public and internal documents", exact=False)).to_be_visible()
    page.goto(f"{guarded.url}/documents?as=administrator")
    expect(page.get_by_text("Add documents")).to_be_visible()
    expect(page.get_by_text("Demo persona")).to_have_count(0)

    sign_out(page)

    sign_in(page, guarded, "other-ada")  # the same display name, another subject
    expect(page.get_by_text("Sees public documents", exact=False)).to_be_visible()
    page.goto(f"{guarded.url}/documents")
    expect(page.get_by_text("may read and ask, not add documents")).to_be_visible()
    sign_out(page)

    sign_in(page, guarded, "stranger")  # calls himself administrator, in groups that the mapping does not know
    expect(page.get_by_text("Sees no document", exact=False)).to_be_visible()

    cookies = [each for each in context.cookies() if each["name"].startswith("_streamlit_user")]
    assert cookies and all(each["httpOnly"] for each in cookies)
    forged = [{**each, "value": each["value"][:-6] + "AAAAAA"} for each in cookies]
    context.add_cookies(forged)  # type: ignore[arg-type]
    page.goto(guarded.url)
    expect(page.get_by_role("heading", name="Sign in to Touchstone")).to_be_visible()

    guarded.stop()
    with Workbench(Settings(workspace=tmp_path / "workspace"), "a test") as bench:
        entries = bench.audit.search(persona("administrator"))
        signed = [entry.who for entry in reversed(entries) if entry.act == "signed in"]
        assert signed == [subject(provider.url, sub) for sub in ("4711", "4712", "4713")]
        assert bench.audit.verify(persona("administrator")).intact
