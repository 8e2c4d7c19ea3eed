"""What another program that is started here gets to know of the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_SECRET: Final = re.compile("KEY|TOKEN|SECRET|PASSW|CREDENTIAL", re.IGNORECASE)
"""In the names of what is nobody's business: the keys to the models, and the like."""


def inherited(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for a browser or a clipboard's tool: without secrets."""
    return {k: v for k, v in environ.items() if not _SECRET.search(k)}
