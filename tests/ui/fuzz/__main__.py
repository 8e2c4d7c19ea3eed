"""More keys than the tests press: `python -m tests.ui.fuzz --keys 100000 --seed 7`.

What fails is printed with the last keys, and with `--shrink` cut down to what is needed
for it; `--replay FILE` does what was written there (JSON: a list of lists of steps).
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from time import monotonic

from tests.ui.fuzz.keys import deeds, presses
from tests.ui.fuzz.run import Broken, run, shrunk

PIECE = 2_000
"""Keys pressed in one app, over one database."""


def main() -> int:
    """Press; returns the exit code."""
    asked = argparse.ArgumentParser(prog="python -m tests.ui.fuzz")
    asked.add_argument("--keys", type=int, default=10_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--shrink", type=float, default=0, metavar="SECONDS")
    asked.add_argument("--replay", type=Path)
    asked.add_argument("--quits", action="store_true", help="quit behind the last one")
    asked.add_argument("--go-on", action="store_true", help="also after a failure")
    options = asked.parse_args()
    if options.replay is not None:
        todo = json.loads(options.replay.read_text(encoding="utf-8"))
        return _say(run(options.seed, todo, quits=options.quits), options)
    pressed, seed, code = 0, options.seed, 0
    while pressed < options.keys and (options.go_on or not code):
        todo, since = list(deeds(seed, min(PIECE, options.keys - pressed))), monotonic()
        broken = run(seed, todo, quits=options.quits)
        keys = sum(map(presses, todo))
        print(
            f"seed {seed}: {keys} keys, {keys / (monotonic() - since):.0f}/s",
            flush=True,
        )
        code |= _say(broken, options)
        pressed, seed = pressed + keys, seed + 1
    return code


def _say(broken: Broken | None, options: argparse.Namespace) -> int:
    if broken is None:
        return 0
    print(broken, flush=True)
    if options.shrink:
        broken = shrunk(broken, quits=options.quits, seconds=options.shrink)
        print(
            f"shrunk to {len(broken.done)} deeds\n{json.dumps(broken.done)}", flush=True
        )
        print(broken.why, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
