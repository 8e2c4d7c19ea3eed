"""10,000 random keys over a live app: it stays alive, and nothing typed is lost.

More of them: `python -m tests.ui.fuzz --help`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.ui.fuzz.keys import deeds
from tests.ui.fuzz.run import play

KEYS = int(os.environ.get("FUZZ_KEYS", "10000"))
"""Pressed in all."""

SEEDS = range(10)

QUITS = 12
"""Times that somebody quits in the middle of it, after some fewer keys."""


@pytest.mark.parametrize("seed", SEEDS)
async def test_random_keys_end_nothing_and_lose_nothing(
    seed: int, tmp_path: Path
) -> None:
    await play(tmp_path, seed, list(deeds(seed, KEYS // len(SEEDS))))


@pytest.mark.parametrize("seed", range(100, 100 + QUITS))
async def test_who_quits_in_the_middle_finds_everything_again(
    seed: int, tmp_path: Path
) -> None:
    # Another moment each: the last deed is another one.
    await play(tmp_path, seed, list(deeds(seed, 20 + 15 * (seed % QUITS))), quits=True)
