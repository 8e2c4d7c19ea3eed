"""Where a server is and whether to go there, without asking the network."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from agno_tui.models.base import ModelError, ModelErrorKind
from agno_tui.models.wire.errors import Asked

OPENAI_URL: Final = "https://api.openai.com/v1"
OPENAI_HOST: Final = "api.openai.com"

_USUAL_PORTS = {"http": 80, "https": 443}


@dataclass(slots=True, frozen=True)
class Address:
    """A base URL, read."""

    scheme: str
    hostname: str
    port: int | None

    @property
    def shown(self) -> str:
        """Host, and port where it is not the usual one; never a user or password."""
        host = f"[{self.hostname}]" if ":" in self.hostname else self.hostname
        if self.port in (None, _USUAL_PORTS.get(self.scheme)):
            return host
        return f"{host}:{self.port}"

    @property
    def valid(self) -> bool:
        """Whether a request can go there at all."""
        return self.scheme in _USUAL_PORTS and bool(self.hostname)

    @property
    def loopback(self) -> bool:
        """Whether it is this machine, so that nothing travels."""
        if self.hostname == "localhost" or self.hostname.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(self.hostname).is_loopback
        except ValueError:
            return False


@dataclass(slots=True, frozen=True)
class Endpoint:
    """Where requests go, and with which key; an empty one means that none is wanted."""

    base_url: str
    address: Address
    key: str = field(repr=False)

    @property
    def system_role(self) -> str:
        """The role of a system message: OpenAI has a name of its own for it."""
        return "developer" if self.address.hostname == OPENAI_HOST else "system"

    def asked(self, model: str) -> Asked:
        """Who is asked for this model, for the words of an error."""
        key_name = "OPENAI_API_KEY" if self.key else ""
        return Asked(self.address.shown, model, key_name, self.key)


def read_endpoint(
    base_url: str | None, api_key: str | None, environ: Mapping[str, str]
) -> Endpoint:
    """The endpoint; what is not given is in the environment, or is OpenAI's own."""
    url = (base_url or environ.get("OPENAI_BASE_URL") or OPENAI_URL).strip()
    key = environ.get("OPENAI_API_KEY", "") if api_key is None else api_key
    return Endpoint(url, read_address(url), key.strip())


def read_address(url: str) -> Address:
    """The address in a base URL; a `valid` of False where it is none."""
    try:
        parts = urlsplit(url)
        return Address(parts.scheme.lower(), parts.hostname or "", parts.port)
    except ValueError:
        return Address("", "", None)


def check(address: Address, key: str, *, allow_http: bool) -> None:
    """Refuse what can be refused before anything is sent. Errors: `ModelError`."""
    if not address.valid:
        raise ModelError(
            ModelErrorKind.BAD_REQUEST,
            "The base URL must look like https://host/v1."
            " Check OPENAI_BASE_URL or the setting.",
        )
    safe = address.scheme == "https" or address.loopback
    if not safe and not allow_http:
        raise ModelError(
            ModelErrorKind.BAD_REQUEST,
            f"The way to {address.shown} is not encrypted (http), so nothing is sent"
            " there. Use https, or set allow_http = true in config.toml.",
        )
    if not key and address.hostname == OPENAI_HOST:
        raise ModelError(
            ModelErrorKind.WRONG_KEY,
            "OpenAI needs a key, and there is none. Set OPENAI_API_KEY.",
        )
    if not (key.isascii() and (key + "x").isprintable()):
        raise ModelError(
            ModelErrorKind.WRONG_KEY,
            "OPENAI_API_KEY holds characters that no key has. Copy it once more.",
        )
