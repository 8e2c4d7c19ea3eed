"""Heights against the plainest model of them: a list."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agno_tui.ui.transcript.heights import Heights

heights = st.lists(st.integers(0, 6), max_size=40)
steps = st.lists(st.tuples(st.integers(0, 39), st.integers(0, 6)), max_size=30)


def starts(model: list[int], top: int) -> list[int]:
    return [top + sum(model[:index]) for index in range(len(model) + 1)]


def at(model: list[int], top: int, line: int) -> int:
    """The first row that ends below a line; where there is none, their number."""
    ends = starts(model, top)[1:]
    return next((row for row, end in enumerate(ends) if line < end), len(model))


def assert_same(found: Heights, model: list[int], top: int) -> None:
    assert len(found) == len(model)
    assert [found[index] for index in range(len(model))] == model
    assert [found.start(index) for index in range(len(model) + 1)] == starts(model, top)
    assert found.total == top + sum(model)
    lines = range(-2, found.total + 3)
    assert [found.at(line) for line in lines] == [at(model, top, n) for n in lines]


@given(heights, st.integers(0, 3), steps)
def test_what_is_changed_and_what_comes_is_counted(
    first: list[int], top: int, steps: list[tuple[int, int]]
) -> None:
    found, model = Heights(first, top=top), list(first)
    assert_same(found, model, top)
    for index, height in steps:
        if index < len(model):
            assert found.change(index, height) == (model[index] != height)
            model[index] = height
        else:
            found.append(height)
            model.append(height)
    assert_same(found, model, top)


def test_no_rows_at_all() -> None:
    found = Heights(top=1)
    assert (len(found), found.total, found.start(0)) == (0, 1, 1)
    assert [found.at(line) for line in (-1, 0, 1, 5)] == [0, 0, 0, 0]


def test_a_row_without_lines_has_none() -> None:
    found = Heights([2, 0, 0, 3])
    assert [found.at(line) for line in range(5)] == [0, 0, 3, 3, 3]
    assert found.at(5) == 4


def test_a_hundred_thousand_rows_are_found_and_changed_in_few_steps() -> None:
    """A walk through all of them for each would take hours."""
    count = 100_000
    found = Heights([3] * count)
    for index in range(count):
        assert found.change(index, 5)
        assert found.at(found.start(index) + 4) == index
    assert found.total == 5 * count
