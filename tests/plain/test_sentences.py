"""A text in pieces comes out whole, by lines and sentences."""

from __future__ import annotations

import random
import time

import pytest

from agno_tui.plain.sentences import LONGEST, Sentences


def spoken(text: str, size: int = 1) -> list[str]:
    sentences = Sentences()
    lines: list[str] = []
    for at in range(0, len(text), size):
        lines += sentences.add(text[at : at + size])
    return [*lines, *sentences.end()]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "This is a whole sentence. And another one here! The end",
            ["This is a whole sentence.", "And another one here! The end"],
        ),
        ("1. One thing\n2. Another", ["1. One thing", "2. Another"]),
        (
            "It costs 3.50 dollars, e.g. for a small cup. Good",
            ["It costs 3.50 dollars, e.g. for a small cup.", "Good"],
        ),
        (
            "She said “this is really all of it.” Then she left",
            ["She said “this is really all of it.”", "Then she left"],
        ),
        ("| a sentence in a table. Yes | b |", ["| a sentence in a table. Yes | b |"]),
        (
            "```\nprint('A long sentence here. And more')\n```\nDone",
            ["```", "print('A long sentence here. And more')", "```", "Done"],
        ),
        ("one\r\n\r\ntwo", ["one", "", "two"]),
        (
            "这是一个相当长的句子,用来测试句号之后是否会分开朗读。第二句",
            ["这是一个相当长的句子,用来测试句号之后是否会分开朗读。", "第二句"],
        ),
    ],
)
def test_where_lines_end(text: str, lines: list[str]) -> None:
    assert spoken(text) == lines
    assert spoken(text, 7) == lines


def test_nothing_is_lost_however_it_comes() -> None:
    chance = random.Random(6)
    for _ in range(300):
        signs = "ab. \n!?。A`|\r~"
        text = "".join(chance.choice(signs) for _ in range(chance.randint(0, 900)))
        for size in (1, 13):
            joined = "".join("".join(spoken(text, size)).split())
            assert joined == "".join(text.split())


def test_a_text_without_an_end_is_given_on_and_costs_little() -> None:
    begun = time.perf_counter()
    lines = spoken("word " * 40_000, 5)
    assert time.perf_counter() - begun < 5
    assert max(map(len, lines)) <= LONGEST
    assert max(map(len, spoken("x" * 5_000))) <= LONGEST


def test_a_text_of_megabytes_in_one_piece_costs_little() -> None:
    begun = time.perf_counter()
    assert len(list(Sentences().add("a b\n" * 250_000))) == 250_000
    assert time.perf_counter() - begun < 4
