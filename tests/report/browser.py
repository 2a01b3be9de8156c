"""Chromium without a window and without a network of its own, driven by playwright."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
Scheme = Literal["light", "dark"]


def chromium() -> str:
    """Return the browser on PATH; without one, skip the test and say why, or fail where CI has to have it."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    reason = f"none of {', '.join(NAMES)} is on PATH: install Chromium to test the report in it"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@dataclass
class Visit:
    """A page that is open, what it asked the network for, and what it complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def texts(self, selector: str) -> list[str]:
        """Return the texts of all elements that a selector finds."""
        return [text.strip() for text in self.page.locator(selector).all_inner_texts()]

    def sideways(self) -> int:
        """Return how many pixels the page can be scrolled sideways."""
        width: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return width


Browse = Callable[..., Visit]


@contextmanager
def running() -> Iterator[Browser]:
    """Give a browser whose profile is new and empty."""
    executable = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def browsing(browser: Browser) -> Iterator[Browse]:
    """Give what opens a file as somebody who was never there."""
    with ExitStack() as opened:

        def browse(file: Path, *, width: int = 1240, scheme: Scheme = "light") -> Visit:
            context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
            opened.callback(context.close)
            return _visit(context.new_page(), file)

        yield browse


def _visit(page: Page, file: Path) -> Visit:
    visit = Visit(page)
    page.on("request", lambda request: visit.requests.append(request.url))
    page.on("console", lambda message: visit.complaints.append(message.text))
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    page.goto(file.as_uri())
    page.wait_for_selector("#campaigns-rows table, #campaigns-rows p", state="attached")  # folded away on a phone
    return visit
