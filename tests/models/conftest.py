"""What the tests of the models share: one copy of the real weights."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that outlives a test, so that the weights are fetched once."""
    chosen = os.environ.get("AGNO_TUI_TEST_CACHE")
    return Path(chosen) if chosen else tmp_path_factory.mktemp("cache")
