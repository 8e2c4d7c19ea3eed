"""The rows of a search through all conversations, and how they are drawn."""

from __future__ import annotations

import pytest

from agno_tui.session import Found, RunStatus, Session
from agno_tui.ui.places import Place
from agno_tui.ui.search_lines import search_line
from agno_tui.ui.search_rows import (
    MOST_HITS,
    SearchRow,
    findings,
    newest_rows,
    rows_of,
    spans_in,
    tokens_of,
)

HOUR = 3_600_000_000
NOW = 1_000 * HOUR


def found(
    session_id: str, run_id: str | None, excerpt: str, role: str = "user"
) -> Found:
    said = role if run_id is not None else ""
    return Found(session_id, f"name {session_id}", run_id, said, NOW - HOUR, excerpt)


def sessions(*ids: str) -> dict[str, Session]:
    return {
        one: Session(session_id=one, name=f"name {one}", updated_at=NOW - 2 * HOUR)
        for one in ids
    }


def drawn(
    row: SearchRow, width: int, words: str = "", *, at_cursor: bool = False
) -> str:
    tokens = tokens_of(words)
    line = search_line(row, width, tokens, at_cursor=at_cursor, present=NOW)
    assert line.content.cell_length <= width
    return line.content.plain


def test_hits_stand_below_their_title_in_the_order_of_the_best() -> None:
    places = [
        found("b", "1", "first"),
        found("a", None, "name a"),
        found("b", "2", "second", "assistant"),
        found("gone", "3", "third"),
        found("a", "4", "fourth"),
    ]
    rows = rows_of(places, sessions("a", "b"), "words")
    assert [(row.text, row.who, row.is_title) for row in rows] == [
        ("name b", "", True),
        ("first", "You", False),
        ("second", "Agent", False),
        ("name a", "", True),
        ("fourth", "You", False),
    ]
    # A title opens its session where the words are in it.
    assert [row.place for row in rows] == [
        None,
        Place("b", "1", "words"),
        Place("b", "2", "words"),
        Place("a", ""),
        Place("a", "4", "words"),
    ]
    all_of_them = findings(places, sessions("a", "b"), "words", limit=5)
    assert (all_of_them.hits, all_of_them.sessions) == (4, 2)
    assert not all_of_them.is_all


def test_one_conversation_does_not_hide_the_others() -> None:
    many = [found("a", str(n), f"hit {n}") for n in range(MOST_HITS + 3)]
    alone = rows_of(many, sessions("a"), "hit")
    assert len(alone) == 1 + len(many)
    rows = rows_of([*many, found("b", "x", "hit x")], sessions("a", "b"), "hit")
    assert [row.text for row in rows[-3:]] == ["3 more there", "name b", "hit x"]
    assert rows[-3].place is None
    assert drawn(rows[-3], 40) == "    … 3 more there"


def test_before_a_word_all_titles_open_theirs() -> None:
    named, draft = sessions("a", "b").values()
    draft.name, draft.draft = "", "a draft\nmore"
    named.last_status = RunStatus.COMPLETED
    rows = newest_rows([named, draft])
    assert [row.text for row in rows] == ["name a", "a draft more"]
    assert [row.place for row in rows] == [Place("a", ""), Place("b", "")]


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("The Garden of gardens", "garden", ["Garden", "garden"]),
        ("begardened", "garden", []),
        ("Crème brûlée", "creme brul", ["Crème", "brûl"]),
        ("Straße und Strasse", "strasse", ["Straße", "Strasse"]),
        ("私は東京都に住む", "東京", ["東京"]),
        ("snake_case_name", "case", ["case"]),
        ("a cat and a", "a", ["a", "a"]),
        ("say “hello world” now", '"hello world"', ["hello", "world"]),
        ("nothing", '"*(', []),
    ],
)
def test_words_are_marked_as_they_are_found(
    text: str, words: str, marked: list[str]
) -> None:
    assert [text[a:b] for a, b in spans_in(text, tokens_of(words))] == marked


def test_an_excerpt_is_cut_around_its_words() -> None:
    text = "much is said before it comes to the point that is a zebra in the end"
    row = SearchRow(text, Place("a", "1"), "Agent", NOW - HOUR)
    line = drawn(row, 50, "zebra", at_cursor=True)
    assert line.startswith("❯   Agent  …") and line.endswith(" · 1h")
    assert "that is a zebra" in line
    assert drawn(row, 28, "zebra").count("zebra") == 1
    wide = SearchRow("漢字" * 60 + "東京" + "漢字" * 60, Place("a", "1"), "You", NOW)
    assert "東京" in drawn(wide, 40, "東京")


def test_a_title_says_where_it_is_and_how_old() -> None:
    row = SearchRow(
        "Trip", Place("a", ""), at=NOW - HOUR, is_title=True, is_archived=True
    )
    assert drawn(row, 40) == "  Trip · archived · 1h"
    assert drawn(row, 12).startswith("  ")
