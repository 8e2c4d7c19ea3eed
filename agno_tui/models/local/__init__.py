"""The embedded model: llama.cpp in a child process, with weights that are fetched once.

`model` is what the others see. It has the weights fetched (`weights`, by one of the
`installers`, in a `workplace`), starts the `child`, which runs `server` as a plain
script in a `process`, and shares this `preparation` among all who wait for it.
"""

from agno_tui.models.local.model import EmbeddedModel, is_available

__all__ = ["EmbeddedModel", "is_available"]
