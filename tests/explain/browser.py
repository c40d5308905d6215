"""A real browser for tests: HTML in, an open page out that fails its test when it asks for anything or complains."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()
PATIENCE = 10_000  # milliseconds until something that does not happen fails the test


@contextmanager
def launched() -> Iterator[Any]:
    """Start the browser that is installed; skip where there is none."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(f"no browser is installed: none of {', '.join(NAMES)} is on the path")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=QUIET)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser: Any, html: str, folder: Path, address: str = "", **settings: Any) -> Iterator[Any]:
    """Open HTML from a file; insist that nothing was asked for but that file, and that nothing went wrong."""
    file = folder / "page.html"
    file.write_text(html, encoding="utf-8")
    complaints: list[str] = []
    allowed = file.as_uri()
    context = browser.new_context(**settings)
    try:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)

        def asked(request: Any) -> None:
            if request.url.partition("#")[0] != allowed and not request.url.startswith("data:"):
                complaints.append(f"request: {request.url}")

        page.on("request", asked)
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("console", lambda said: complaints.append(f"console: {said.type}: {said.text}"))
        page.goto(allowed + address)
        yield page
        assert complaints == []
    finally:
        context.close()


def violations(page: Any) -> list[str]:
    """Give what axe-core has to say against the page, a line for each violation."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['help']}: {[node['html'][:120] for node in v['nodes']]}" for v in found]
