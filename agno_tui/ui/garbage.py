"""When Python looks for garbage: between answers, not while keys are typed.

A full collection stops everything for a tenth of a second and more once the SDK is
loaded. What has lived until a quiet moment will live on: it is frozen then, which means
that it is not looked at again (https://docs.python.org/3/library/gc.html#gc.freeze).
"""

from __future__ import annotations

import gc

THRESHOLDS = (2_000, 20, 100)
"""New objects before the young are looked through; rounds of that before the older."""


def begin() -> None:
    """Collect from now on; what was loaded for the first frame stays."""
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    gc.enable()


def stay() -> None:
    """All that is loaded by now stays, and is not worth looking through."""
    gc.freeze()


def tidy() -> None:
    """A quiet moment: look through what came since the last one, and let it stay."""
    gc.collect()
    gc.freeze()
