"""One browser for all tests of pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.explain.browser import launched


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start the browser once; tests that ask for it are skipped where there is none."""
    with launched() as started:
        yield started
