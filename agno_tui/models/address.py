"""Where a server is: what its base URL says, without asking the network."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

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


def read_address(url: str) -> Address:
    """The address in a base URL; a `valid` of False where it is none."""
    try:
        parts = urlsplit(url)
        return Address(parts.scheme.lower(), parts.hostname or "", parts.port)
    except ValueError:
        return Address("", "", None)
