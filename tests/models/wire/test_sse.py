from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agno_tui.models.wire.sse import EventReader, EventTooLarge


def read(*parts: bytes) -> list[str]:
    reader = EventReader()
    events = [event for part in parts for event in reader.feed(part)]
    return events + reader.end()


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data: one\n\ndata: two\n\n", ["one", "two"]),
        (b"data:one\n\n", ["one"]),
        (b"data:  one\n\n", [" one"]),
        (b"data: a\ndata: b\n\n", ["a\nb"]),
        (b": comment\n\n:\n\ndata: one\n\n", ["one"]),
        (b"event: x\nid: 1\nretry: 3\nfoo\ndata: one\n\n", ["one"]),
        (b"id: 1\n\n", []),
        (b"data: one\r\n\r\ndata: two\r\n\r\n", ["one", "two"]),
        (b"data: one\r\rdata: two\r\r", ["one", "two"]),
        (b"\xef\xbb\xbfdata: one\n\n", ["one"]),
        (b"data: one", ["one"]),
        (b"data: one\n", ["one"]),
        (b"database: one\n\n", []),
        (b"data: \xff\xfe\n\n", ["\ufffd\ufffd"]),
        ("data: a\u2028b\x0bc\n\n".encode(), ["a\u2028b\x0bc"]),
        (b"", []),
        (b"\xef\xbb", []),
    ],
)
def test_reads_the_stream_however_it_is_cut(stream: bytes, events: list[str]) -> None:
    assert read(stream) == events
    assert read(*(stream[i : i + 1] for i in range(len(stream)))) == events


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"))),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.integers(1, 7),
)
def test_gives_back_what_was_sent(texts: list[str], end: str, size: int) -> None:
    stream = "".join(f"data: {text}{end}{end}" for text in texts).encode()
    parts = [stream[i : i + size] for i in range(0, len(stream), size)]
    assert read(*parts) == texts


@given(st.lists(st.binary(max_size=20), max_size=20))
def test_never_raises_and_does_not_care_about_the_cuts(parts: list[bytes]) -> None:
    assert read(*parts) == read(b"".join(parts))


@pytest.mark.parametrize("part", [b"data: 123456789", b"data: 1234\n", b"x" * 9])
def test_an_event_over_the_limit_is_refused(part: bytes) -> None:
    reader = EventReader(limit=20)
    with pytest.raises(EventTooLarge):
        for _ in range(10):
            reader.feed(part)


def test_many_small_events_and_comments_are_under_the_limit() -> None:
    reader = EventReader(limit=20)
    for _ in range(100):
        assert reader.feed(b": com") == []
        assert reader.feed(b"ment\ndata: 12") == []
        assert reader.feed(b"34\n\n") == ["1234"]
