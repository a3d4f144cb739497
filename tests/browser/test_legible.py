"""Contrast as the browser draws it: the chosen part of a control, and the white words on a primary button."""

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import PATIENCE, ROOT, App

pytestmark = pytest.mark.browser

_COLOURS = """element => {
  const rgba = text => text.match(/[\\d.]+/g).map(Number)
  const layers = []
  for (let e = element; e; e = e.parentElement) layers.unshift(rgba(getComputedStyle(e).backgroundColor))
  let below = [255, 255, 255]
  for (const [r, g, b, a = 1] of layers) below = [r, g, b].map((c, i) => c * a + below[i] * (1 - a))
  return [rgba(getComputedStyle(element.querySelector("p") ?? element).color).slice(0, 3), below]
}"""


def contrast(element: Locator, on: Locator | None = None) -> float:
    """The ratio of WCAG 2.2, 1 to 21, of the element's text against what lies below it, or below the element `on`."""
    text = _luminance(element.evaluate(_COLOURS)[0])
    below = _luminance((on or element).evaluate(_COLOURS)[1])
    return (max(text, below) + 0.05) / (min(text, below) + 0.05)


def _luminance(colour: list[float]) -> float:
    linear = [c / 3294.6 if c <= 10.31 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_controls_are_legible_in_both_themes(app: App, browser: Browser) -> None:
    for scheme in ("light", "dark"):
        context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme=scheme)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(f"{app.url}/documents")
        if scheme == "light":
            page.locator("input[type=file]").set_input_files(str(ROOT / "sample_docs" / "files" / "service-faq.md"))
            add = page.get_by_role("button", name="Add", exact=True)
            expect(add).to_be_enabled()  # the file is in
            assert contrast(add) >= 4.5
            add.click()
        page.get_by_text("Find duplicates").click()
        chosen = page.locator("button[data-variant][data-selected]")
        expect(chosen).to_have_text("Find duplicates")
        page.wait_for_timeout(500)  # its colours fade in
        assert contrast(chosen) >= 4.5, scheme
        page.goto(f"{app.url}/chunking")
        value = page.get_by_test_id("stSliderThumbValue").first
        expect(value).to_be_visible()
        # it is a part of the thumb, and drawn above it
        assert contrast(value, on=page.get_by_test_id("stSlider").first) >= 4.5, scheme
        context.close()
