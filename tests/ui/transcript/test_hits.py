"""Hits in what is said and in details: counted, and kept where they are."""

from __future__ import annotations

from agno_tui.ui.transcript.hits import Hit, Hits

PARTS = (1, 3, 2, 0, 0, 4)
"""Hits in an answer: what is said and details in turns."""

SAID = {0: 0, 1: 4, 2: 5}
"""Of those in what is said: the place of each once details are open."""


def session(*, details: bool = False) -> Hits:
    hits = Hits("abc", details=details)
    hits.put("a", 1, 2)
    hits.put("b", 1, *PARTS)
    hits.put("c", 0, 1)
    return hits


def test_those_in_details_count_while_they_are_open() -> None:
    hits = session()
    assert (len(hits), hits.hidden) == (8, 7)
    assert hits[3:8] == [
        Hit("b", False, 0),
        *(Hit("b", True, nth) for nth in range(3)),
        Hit("c", True, 0),
    ]
    hits.show_details(True, None)
    assert (len(hits), hits.hidden) == (15, 0)
    assert [hits.place_of(hit) for hit in hits] == list(range(15))
    assert list(hits) == list(session(details=True))


def test_where_one_is_stays_the_same_place() -> None:
    hits = session()
    for before in list(hits):
        opened = hits.show_details(True, before)
        same = before.run_id == "b" and before.of_answer
        nth = SAID[before.nth] if same else before.nth
        assert opened == Hit(before.run_id, before.of_answer, nth)
        assert hits.show_details(False, opened) == before


def test_a_place_that_is_folded_away_gives_way_to_the_next_one() -> None:
    hits = session(details=True)
    after = {1: 1, 2: 1, 3: 1}
    for nth in range(1, 10):
        now = hits.show_details(False, Hit("b", True, nth))
        if nth in after:
            assert now == Hit("b", True, after[nth])
        elif nth > 5:
            assert now == Hit("c", True, 0)
        hits.show_details(True, None)


def test_the_last_place_is_the_one_before_where_none_follows() -> None:
    hits = Hits("a", details=True)
    hits.put("a", 0, 1, 2)
    assert hits.show_details(False, Hit("a", True, 2)) == Hit("a", True, 0)
    hits.put("a", 0, 0, 2)
    assert hits.hidden == 2
    hits.show_details(True, None)
    assert hits.show_details(False, Hit("a", True, 1)) is None


def test_a_turn_that_has_none_in_details_any_more_hides_none() -> None:
    hits = session()
    hits.put("b", 1, 1)
    assert hits.hidden == 0
    hits.show_details(True, None)
    assert len(hits) == 6
