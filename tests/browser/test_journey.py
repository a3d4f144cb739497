"""The product as its user meets it: samples in, a question, words arriving, the proof on the page; and a killed server."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from core.governance.principals import persona
from core.settings import Settings
from core.workbench import Workbench
from tests.browser.conftest import PATIENCE, ROOT, App

pytestmark = pytest.mark.browser

QUESTION = "How long do I have to send back a scale I never used?"
SAMPLES = sorted((ROOT / "sample_docs" / "files").iterdir())


def load_samples(page: Page, app: App) -> None:
    page.goto(app.url)
    page.get_by_role("button", name="Load the sample documents").click()
    expect(page.get_by_text(f"{len(SAMPLES)} added")).to_be_visible(timeout=PATIENCE)


def ask(page: Page, question: str) -> None:
    box = page.get_by_label("Ask about your documents")
    box.fill(question)
    box.press("Enter")


def finished(page: Page, answers: int = 1) -> None:
    """Wait until this many answers carry their facts."""
    expect(page.locator(".facts:not([hidden])")).to_have_count(answers, timeout=PATIENCE)


def texts(page: Page) -> list[str]:
    return page.locator(".turn .text").all_inner_texts()


def test_from_nothing_to_the_boxed_passage(app: App, page: Page) -> None:
    load_samples(page, app)

    page.get_by_role("button", name="Ask a question").click()
    ask(page, "How does the warranty work?")
    expect(page.locator(".card").first).to_be_visible()
    first = page.locator(".turn .text").last
    expect(first).not_to_be_empty()  # the first token: the sources were there before it
    page.wait_for_function("text => text", arg=first.inner_text())
    grown = [len(first.inner_text())]
    while not page.locator(".facts:not([hidden])").count():
        page.wait_for_timeout(150)
        grown.append(len(first.inner_text()))
    assert len(set(grown)) > 2, f"the answer came at once: {grown}"

    page.goto(f"{app.url}/chat?recipe=extractive")
    ask(page, QUESTION)
    finished(page)
    assert "45 days" in texts(page)[-1]
    ask(page, "Can I bring my dog to the works?")
    finished(page, answers=2)
    assert "do not answer" in texts(page)[-1]
    page.locator("button.mark").first.click()  # of the first answer, although a second has come
    picture = page.get_by_role("dialog").locator("img")
    expect(picture).to_be_visible()
    assert "with the passage boxed" in (picture.get_attribute("alt") or "")
    assert picture.evaluate("image => image.naturalWidth") > 500
    box = page.get_by_role("dialog").locator(".place")
    assert box.evaluate("place => place.getBoundingClientRect().height") > 5
    expect(box).to_be_in_viewport()


def test_stop_keeps_what_is_written(app: App, page: Page) -> None:
    load_samples(page, app)
    page.goto(f"{app.url}/chat")
    ask(page, "Tell me everything about the travel policy.")
    expect(page.locator(".turn .text").last).not_to_be_empty()
    page.get_by_role("button", name="Stop").click()
    finished(page)
    assert "Stopped here." in texts(page)[-1] or "do not answer" in texts(page)[-1]


def test_a_link_into_a_fresh_server_asks_its_question(app: App, page: Page) -> None:
    page.goto(f"{app.url}/chat?recipe=extractive&as=viewer")
    expect(page.get_by_role("heading", name="Nothing to ask about yet")).to_be_visible()
    expect(page.get_by_text("Page not found")).to_have_count(0)
    page.goto(f"{app.url}/chat?recipe=extractive&as=viewer&q=Hello")
    finished(page)
    expect(page.get_by_text("Hello", exact=True)).to_be_visible()
    assert "recipe=extractive" in page.url
    assert "as=viewer" in page.url


def test_two_sessions_at_once_each_get_their_own_answer(app: App, page: Page, browser: object) -> None:
    load_samples(page, app)
    asked = {
        "administrator": ("How many scales had to be recalled in spring 2026?", "1,184"),
        "viewer": (QUESTION, "45 days"),
    }
    tabs: dict[str, Page] = {}
    contexts: list[BrowserContext] = []
    for who in asked:
        contexts.append(page.context.browser.new_context(viewport={"width": 1280, "height": 800}))
        contexts[-1].set_default_timeout(PATIENCE)
        tabs[who] = contexts[-1].new_page()
        tabs[who].goto(f"{app.url}/chat?recipe=extractive&as={who}")
        expect(tabs[who].get_by_label("Ask about your documents")).to_be_editable()
    for who, (question, _) in asked.items():
        ask(tabs[who], question)
    for who, (question, expected) in asked.items():
        finished(tabs[who])
        assert len(texts(tabs[who])) == 1
        assert expected in texts(tabs[who])[0]
        expect(tabs[who].get_by_test_id("stChatMessage").first).to_contain_text(question)
        expect(tabs[who].locator(".fact").filter(has_text="Asked as")).to_contain_text(who)
    for opened in contexts:
        opened.close()


def test_a_killed_server_leaves_whole_documents_and_takes_up_its_uploads(
    make_app: Callable[[], App], page: Page, tmp_path: Path
) -> None:
    app = make_app()
    page.goto(f"{app.url}/documents")
    page.locator("input[type=file]").set_input_files([str(path) for path in SAMPLES])
    expect(page.get_by_role("button", name=f"Remove {SAMPLES[-1].name}")).to_be_visible()
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_function("() => /[1-9]\\d* of \\d+ files/.test(document.body.innerText)", timeout=PATIENCE)
    app.stop(signal.SIGKILL)

    again = make_app()
    page.goto(f"{again.url}/documents")
    expect(page.get_by_text("(resumed)")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text(f"{len(SAMPLES)} documents")).to_be_visible(timeout=PATIENCE)
    page.goto(f"{again.url}/chat?recipe=extractive")
    ask(page, QUESTION)
    finished(page)
    assert "45 days" in texts(page)[-1]
    again.stop()

    with Workbench(Settings(workspace=tmp_path / "workspace"), "a test") as bench:
        assert bench.check(persona("administrator"), repair=False) == []
        assert len(bench.library.ready()) == len(SAMPLES)
