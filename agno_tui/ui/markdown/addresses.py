"""Addresses of links: where they are in running text, and how they are told."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final
from urllib.parse import SplitResult, unquote_to_bytes, urlsplit

from agno_tui.text import printable

OPENED: Final = frozenset({"http", "https", "mailto"})
"""Kinds of addresses that are opened; others might start any program."""

_SAFE = re.compile(r"[a-z][a-z0-9+.-]*:[^\s\\\"<>^`{|}]+", re.IGNORECASE)

_ADDRESS = re.compile(
    r"(?::/{2}(?:\[[0-9A-Fa-f:.]+\])?|www\.)"
    r"(?:(?!\*\*|~~)[^\s<>\"`|\\\[\u3000-\u303f\uff00-\uff65\u2018-\u201f\u2026])+",
    re.IGNORECASE,
)
"""From `://` or `www.` to what no address has in running text."""

_HOST = re.compile(r"(?:www\.|://)(?:[^/?#@]*@)?([^/?#:]*)", re.IGNORECASE)
_GLUED = re.compile(r"(?<=\.)[A-Za-z]{2,}(?=[^\x00-\u2e7f])")
"""The end of a host right before a word of a script that is written without spaces."""

_BARE = re.compile(r"(?<![\w./@:%&?=#-])www\.(?=\w)", re.IGNORECASE)
_ENTITY = re.compile(r"&[A-Za-z0-9]{1,31};$")
_ENCODED = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")
_EMPTY_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")
_LONGEST_HOST = 253


def address_at(text: str, start: int, end: int) -> int:
    """Where an address ends whose `://` or `www.` begins at `start`; `start` if none.

    Not at a full stop, a bracket that it did not open, or the like: they belong to the
    sentence around it.
    """
    match = _ADDRESS.match(text, start, end)
    if match is None:
        return start
    found = match.group()
    host = _HOST.match(found)
    if host and (glued := _GLUED.search(found, host.start(1), host.end(1) + 1)):
        found = found[: glued.end()]
    length = len(found)
    depth = 0
    for at, char in enumerate(found):
        depth += (char in "({") - (char in ")}")
        if depth < 0 or (char == "]" and "[" not in found[:at]):
            length = at
            break
    length = _without_marks(found, length)
    first = found[3:4] if found[0] == ":" else found[4:5]
    return (
        start + length if length > 4 - (found[0] == ":") and _begins(first) else start
    )


def _begins(char: str) -> bool:
    return char.isalnum() or char in "[%"


def _without_marks(text: str, length: int) -> int:
    """The length of an address without the marks of the sentence at its end."""
    while length:
        if text[length - 1] in ".,:;!?*_~'":
            entity = _ENTITY.search(text[max(0, length - 33) : length])
            length -= len(entity.group()) if entity else 1
        elif text[length - 1] in "({":
            length -= 1
        else:
            break
    return length


def bare_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Bounds of the addresses in a text that begin with `www.`."""
    end = 0
    for match in _BARE.finditer(text):
        start = match.start()
        if start >= end and (end := address_at(text, start, len(text))) > start + 6:
            yield start, end


def may_open(address: str) -> bool:
    """Whether a link may lead there: to a page or a mailbox, nothing that runs or reads
    on this machine; and programs agree on how to read it."""
    if not _SAFE.fullmatch(address) or not _is_seen(address):
        return False
    parts = split_address(address)
    return parts is not None and parts.scheme in OPENED and bool(place_of(parts))


def split_address(address: str) -> SplitResult | None:
    """Its parts; None where it has none."""
    try:
        parts = urlsplit(address)
        _ = parts.hostname, parts.port
    except ValueError:
        return None
    return parts


def place_of(parts: SplitResult) -> str:
    """Where an address goes: a host in the letters that the network knows, or whom a
    letter is for; empty where that can't be told."""
    if parts.scheme == "mailto":
        return parts.path
    try:
        return (parts.hostname or "").encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def visible(address: str) -> str:
    """An address with all that would not be seen in it shown as signs."""
    if _is_seen(address):
        return address
    signs = printable(address.replace("\n", "␊").replace("\t", "␉"))
    return "".join(c if c.isprintable() else f"⟨U+{ord(c):04X}⟩" for c in signs)


def _is_seen(address: str) -> bool:
    return address.isprintable() and printable(address) == address


def told(address: str, words: str) -> str:
    """What is said of where a link leads, behind its words; nothing if they say it.

    `address` as markdown-it has it: the host in ASCII, other characters as `%E4`. A
    host that is not ASCII is told twice, as it is read and as it is asked for: letters
    of two scripts may look alike.
    """
    plain = _readable(address)
    if words in (address, plain, plain.removeprefix("mailto:"), plain + "/"):
        return ""
    if f"{words}/" in (plain, address):
        return ""
    host = _HOST.search(plain)
    name = host.group(1) if host else ""
    if host is None or (read := _decoded(name)) == name:
        return plain
    there = plain[: host.start(1)] + read + plain[host.end(1) :]
    return name if words.rstrip("/") == there.rstrip("/") else f"{there} → {name}"


def _decoded(host: str) -> str:
    """A host with its `xn--` names as they are read."""
    if "xn--" not in host or len(host) > _LONGEST_HOST:
        return host
    try:
        return printable(host.encode("ascii").decode("idna"))
    except UnicodeError:
        return host


def _readable(address: str) -> str:
    """The address with the letters of other scripts in its path as letters."""
    slash = address.find("/", address.find("://") + 3)
    if slash < 0 or "%" not in address:
        return printable(address)
    path = _ENCODED.sub(_letters, address[slash:])
    return printable(address[:slash] + path)


def _letters(match: re.Match[str]) -> str:
    try:
        text = unquote_to_bytes(match.group()).decode()
    except UnicodeDecodeError:
        return match.group()
    if any(
        unicodedata.category(c)[0] not in "LMN" or c in _EMPTY_LETTERS for c in text
    ):
        return match.group()
    return text
