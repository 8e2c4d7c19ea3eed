"""`python -m tests.fake_server`: a server to drive the program with, by hand."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import suppress

from tests.fake_server.by_hand import converses
from tests.fake_server.server import FakeServer

MARKDOWN = """\
# A fixed answer

This text comes from the **fake server**, *word by word*, so that a terminal can be
driven without a model. It has `code`, a [link](https://example.com), and a list:

1. one thing
2. another thing
   - with something below it

```python
def greet(name: str) -> str:
    return f"Hello, {name}!"
```

| what | how many |
|------|---------:|
| rows |        2 |
| more |       10 |

> A quotation, and then the end.
"""


async def _serve_by_hand(port: int, rate: float, text: str) -> None:
    async with FakeServer(port=port) as server:
        server.otherwise = converses(text, delay=1 / rate if rate > 0 else 0.0)
        print(server.base_url, flush=True)
        await server.serve_forever()


def main() -> None:
    """Print the base URL and answer every chat; see `by_hand` for what calls tools."""
    parser = argparse.ArgumentParser(prog="python -m tests.fake_server")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--rate", type=float, default=30.0, help="tokens a second")
    parser.add_argument("--repeat", type=int, default=1, help="the text, so many times")
    options = parser.parse_args()
    text = MARKDOWN * options.repeat
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve_by_hand(options.port, options.rate, text))


if __name__ == "__main__":
    main()
