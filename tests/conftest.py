"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run: what breaks was broken by a change. Others are tried
# with HYPOTHESIS_PROFILE=default.
settings.register_profile("same", derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


@pytest.fixture(scope="session")
def real_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that outlives a test, so that the weights are fetched once a run.

    `AGNO_TUI_TEST_CACHE` names one that outlives the run too.
    """
    chosen = os.environ.get("AGNO_TUI_TEST_CACHE")
    if not chosen:
        return tmp_path_factory.mktemp("cache")
    Path(chosen).mkdir(parents=True, exist_ok=True)
    return Path(chosen)
