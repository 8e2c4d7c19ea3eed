"""What is fed is the same in every run, and as long as it is said to be."""

from __future__ import annotations

import pytest

from tests.benchmarks.transcript.feed import FEEDS, message, mixed, question, tokens_of
from tests.benchmarks.transcript.real import LETTERS
from tests.benchmarks.transcript.served import LAST


@pytest.mark.parametrize("kind", FEEDS)
def test_a_feed_is_the_same_each_time_and_ascii(kind: str) -> None:
    first, second = FEEDS[kind](), FEEDS[kind]()
    assert first == second
    assert "".join(first.body).isascii()


def test_a_token_has_about_three_characters() -> None:
    said = "".join(mixed().take(0, 20_000))
    assert 3.0 <= len(said) / 20_000 <= 3.3


def test_tokens_are_the_whole_text() -> None:
    text = "# A `b_c` (d)\n\n   - e f\n```python\nx = {1: '2'}\n```\n"
    assert "".join(tokens_of(text)) == text


@pytest.mark.parametrize("kind", FEEDS)
def test_two_places_that_are_alike_are_followed_and_preceded_by_the_same(
    kind: str,
) -> None:
    feed = FEEDS[kind]()
    late = feed.alike(1_600, 50_000)
    assert late >= 50_000
    assert feed.take(late - 1_000, 2_000) == feed.take(600, 2_000)


def test_a_place_that_is_late_enough_stays() -> None:
    assert mixed().alike(700, 500) == 700


def test_one_fence_is_one_fence() -> None:
    said = "".join(FEEDS["one fence"]().take(0, 10_000))
    assert said.startswith("```python\n")
    assert said.count("```") == 1


@pytest.mark.parametrize(("kind", "mark"), [("one list", "- "), ("one table", "|")])
def test_one_list_and_one_table_have_nothing_between(kind: str, mark: str) -> None:
    lines = "".join(FEEDS[kind]().take(0, 10_000)).splitlines()[:-1]
    assert all(line.lstrip().startswith(mark) for line in lines)


def test_a_message_has_580_characters_on_average() -> None:
    said = [len(message(n)) + len(question(n)) for n in range(250)]
    assert 550 <= sum(said) / len(said) / 2 <= 610


def test_what_is_looked_for_on_the_screen_is_in_no_feed() -> None:
    said = "".join(mixed().body)
    assert LAST not in said
    assert not set(LETTERS) & set(said)
    assert len(set(LETTERS)) == len(LETTERS)
