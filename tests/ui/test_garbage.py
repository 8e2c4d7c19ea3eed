"""Garbage is looked for in quiet moments, and what lives on is left alone."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from weakref import ref

import pytest

from agno_tui.ui import garbage


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Collecting as it was before the test."""
    enabled, thresholds = gc.isenabled(), gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    (gc.enable if enabled else gc.disable)()


class Knot:
    """Holds itself."""

    def __init__(self) -> None:
        self.itself = self


def test_it_begins_with_all_that_was_loaded_left_alone() -> None:
    gc.disable()
    gc.unfreeze()
    garbage.begin()
    assert gc.isenabled()
    assert gc.get_threshold() == garbage.THRESHOLDS
    assert gc.get_freeze_count() > 1_000


def test_a_quiet_moment_frees_what_is_unused_and_keeps_the_rest() -> None:
    garbage.begin()
    gone, stays = Knot(), Knot()
    seen = ref(gone)
    del gone
    garbage.tidy()
    assert seen() is None
    assert not any(one is stays for one in gc.get_objects())


def test_what_dies_after_it_stayed_is_freed_where_nothing_is_tied_in_a_knot() -> None:
    garbage.begin()
    plain = {"some": ["lines"]}
    thing = Knot()
    thing.itself = None  # type: ignore[assignment]
    seen = ref(thing)
    garbage.stay()
    del plain, thing
    assert seen() is None
