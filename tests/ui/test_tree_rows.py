"""From the nodes of a session's tree to the rows that show it, and to their lines."""

from __future__ import annotations

from collections import Counter
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agno_tui.branches import RunNode
from agno_tui.session import RunStatus, Session
from agno_tui.ui.places import Place
from agno_tui.ui.tree_lines import (
    AGAIN,
    CURSOR,
    GONE,
    HERE,
    NO_CURSOR,
    deepest,
    tree_line,
)
from agno_tui.ui.tree_rows import Fold, Tree, TreeRow
from agno_tui.ui.tree_shape import Origin

DAY = 24 * 3_600 * 1_000_000
PRESENT = 1_800_000_000_000_000


def node(
    run_id: str,
    parent: str = "",
    *,
    sequence: int = 0,
    active: bool = True,
    deleted: bool = False,
    status: RunStatus = RunStatus.COMPLETED,
    retry_of: str | None = None,
    question: str = "",
) -> RunNode:
    return RunNode(
        run_id,
        parent,
        sequence or int(run_id.strip("abcdefghijklmnopqrstuvwxyz") or 0),
        status,
        retry_of,
        PRESENT - 3 * DAY,
        active,
        deleted,
        question or f"question {run_id}",
    )


def drawn(tree: Tree, *opened: str, here: str = "", width: int = 80) -> list[str]:
    """The rows as they look, without the place of the cursor."""
    rows = tree.rows(opened, here=here)
    return [line_of(row, width).removeprefix(NO_CURSOR) for row in rows]


def line_of(row: TreeRow, width: int = 80, *, at_cursor: bool = False) -> str:
    line = tree_line(row, width, at_cursor=at_cursor, present=PRESENT)
    assert line.content.cell_length <= width
    return line.content.plain


def straight(count: int) -> list[RunNode]:
    return [node(f"n{n}", f"n{n - 1}" if n > 1 else "") for n in range(1, count + 1)]


BRANCHED = [
    *straight(5),
    node("e6", "n3", active=False, question="other words"),
    node("e7", "e6", active=False),
    node("r8", "n4", active=False, retry_of="n5", question="question n5"),
    node("d9", "e6", active=False),
    node("d10", "d9", active=False),
]


def test_a_straight_session_is_one_row() -> None:
    tree = Tree("s", straight(12))
    assert drawn(tree) == ["┃ ▸ question n1 · 3d · 12 turns"]
    assert not tree.has_branches


def test_branches_stand_below_the_turn_they_leave() -> None:
    assert drawn(Tree("s", BRANCHED), here="n5") == [
        "┃ ▸ question n1 · 3d · 3 turns",
        "┠─┬ · other words · 3d · version 2/2",
        "┃ ├── · question e7 · 3d · version 1/2",
        "┃ ├── ▸ question d9 · 3d · version 2/2 · 2 turns",
        "┣━━ · question n4 · 3d · version 1/2",
        f"┠── · question n5 · 3d · version 2/2 · {AGAIN}",
        f"┣━━ · question n5 · 3d · version 1/2 {HERE}",
    ]


def test_an_opened_stretch_shows_its_turns() -> None:
    assert drawn(Tree("s", BRANCHED), "n1", "d9")[:8] == [
        "┃ ▾ question n1 · 3d",
        "┃ · question n2 · 3d",
        "┃ · question n3 · 3d",
        "┠─┬ · other words · 3d · version 2/2",
        "┃ ├── · question e7 · 3d · version 1/2",
        "┃ ├── ▾ question d9 · 3d · version 2/2",
        "┃ │   · question d10 · 3d",
        "┣━━ · question n4 · 3d · version 1/2",
    ]


def test_several_beginnings_stand_above_the_one_that_goes_on() -> None:
    nodes = [node("a1", active=False), node("a2", active=False), node("a3")]
    assert drawn(Tree("s", nodes)) == [
        "┎── · question a1 · 3d · version 1/3",
        "┠── · question a2 · 3d · version 2/3",
        "┣━━ · question a3 · 3d · version 3/3",
    ]


def test_versions_with_the_same_words_are_told_apart() -> None:
    nodes = [
        *straight(1),
        node("a2", "n1", question="again"),
        node("a3", "n1", active=False, question="again"),
        node("a4", "n1", active=False, question="again", deleted=True),
    ]
    lines = drawn(Tree("s", nodes))
    assert lines[1:] == [
        "┠── · again · 3d · version 2/2",
        "┣━━ · again · 3d · version 1/2",
    ]
    # Where one is stands as far to the right as what stands beside it, and is bold.
    row = Tree("s", nodes).rows()[-1]
    content = tree_line(row, 80, at_cursor=False, present=PRESENT).content
    at = content.plain.index("again")
    assert any(
        s.start <= at < s.end and "strong" in str(s.style) for s in content.spans
    )


def test_a_deleted_turn_is_bridged_over() -> None:
    nodes = straight(5)
    nodes[2] = node("n3", "n2", deleted=True)
    tree = Tree("s", [*nodes, node("b6", "n3", active=False)])
    assert drawn(tree, "n1", "n4") == [
        "┃ ▾ question n1 · 3d",
        "┃ · question n2 · 3d",
        "┠── · question b6 · 3d · version 2/2",
        "┣━━ ▾ question n4 · 3d · version 1/2",
        "┃   · question n5 · 3d",
    ]
    assert Tree("s", [node("n1", deleted=True)]).rows() == []


def test_where_the_path_ends_before_the_turns_do_it_can_be_seen() -> None:
    nodes = [*straight(2), node("n3", "n2", active=False)]
    assert drawn(Tree("s", nodes)) == [
        "┃ ▸ question n1 · 3d · 2 turns",
        "│ · question n3 · 3d",
    ]


def test_marks_are_those_of_the_list() -> None:
    nodes = [
        node("n1", status=RunStatus.ERROR),
        node("n2", "n1", status=RunStatus.RUNNING),
        node("n3", "n2", active=False, status=RunStatus.INTERRUPTED),
    ]
    assert drawn(Tree("s", nodes)) == [
        "┃ ▸ ● question n1 · 3d · 2 turns",
        "│ · ✗ question n3 · 3d",
    ]
    assert drawn(Tree("s", nodes), "n1")[:2] == [
        "┃ ▾ ✗ question n1 · 3d",
        "┃ · ● question n2 · 3d",
    ]


def test_forks_stand_below_the_turn_they_left_and_cut_a_stretch() -> None:
    forks = [
        Session("f", name="Kyoto [b]trip", forked_at="n2", updated_at=PRESENT),
        Session("g", name="", forked_at=None, updated_at=PRESENT),
    ]
    origin = Origin(Session("o", name="Old"), "run")
    tree = Tree("s", straight(4), forks=forks, origin=origin)
    rows = tree.rows()
    assert [line_of(row).removeprefix(NO_CURSOR) for row in rows] == [
        "⑂ forked from “Old”",
        "┎── ⑂ fork “New conversation” · now",
        "┣━━ ▸ question n1 · 3d · 2 turns",
        "┠── ⑂ fork “Kyoto [b]trip” · now",
        "┣━━ ▸ question n3 · 3d · 2 turns",
    ]
    assert rows[0].place == Place("o", "run") and rows[3].place == Place("f", "")
    assert tree.has_branches
    gone = Tree("s", straight(2), origin=Origin(None, "run")).rows()[0]
    assert gone.place is None and GONE in line_of(gone)


def test_a_fork_of_a_deleted_turn_stands_below_the_one_above() -> None:
    nodes = straight(3)
    nodes[1] = node("n2", "n1", deleted=True)
    tree = Tree("s", nodes, forks=[Session("f", name="F", forked_at="n2")])
    assert [row.key for row in tree.rows()] == ["n1", "f", "n3"]


def test_who_is_in_a_stretch_stays_there() -> None:
    tree = Tree("s", straight(5))
    (row,) = tree.rows(here="n4")
    assert row.is_here and row.place == Place("s", "n4")
    (row,) = tree.rows(here="elsewhere")
    assert not row.is_here and row.place == Place("s", "n1")


def test_questions_are_found_by_all_their_words() -> None:
    tree = Tree("s", BRANCHED, forks=[Session("f", name="Other", forked_at="n3")])
    assert [row.key for row in tree.found("WORDS oth")] == ["e6"]
    assert [row.key for row in tree.found("other")] == ["f", "e6"]
    assert [line_of(row) for row in tree.found("n5", here="n5")] == [
        f"{NO_CURSOR}│ · question n5 · 3d",
        f"{NO_CURSOR}┃ · question n5 · 3d {HERE}",
    ]


def test_what_is_hostile_in_a_question_is_never_obeyed() -> None:
    tree = Tree("s", [node("n1", question="[red]a\x1b]0;x\x07\n\tb‮c")])
    (line,) = drawn(tree)
    assert "[red]a␛]0;x␇ b⟨U+202E⟩c" in line


@pytest.mark.parametrize("width", [46, 56, 72, 94])
def test_depth_does_not_run_off_the_screen(width: int) -> None:
    nodes, parent = straight(1), "n1"
    for n in range(60):
        nodes.append(node(f"b{n + 2}", parent, active=not n, sequence=2 * n + 2))
        nodes.append(node(f"z{n}", parent, active=False, sequence=2 * n + 3))
        parent = f"b{n + 2}"
    rows = Tree("s", nodes).rows()
    assert max(row.depth for row in rows) == 59
    lines = [line_of(row, width) for row in rows]
    assert all("question" in line for line in lines)
    assert any("↳59 " in line for line in lines)
    assert not any(f"↳{deepest(width)} " in line for line in lines)


def test_what_is_behind_the_words_gives_way() -> None:
    (row,) = Tree("s", straight(1_234)).rows(here="n2")
    assert line_of(row, 60).endswith(f"· 3d · 1,234 turns {HERE}")
    assert line_of(row, 40).endswith(f"question n1 · 1,234 turns {HERE}")
    assert line_of(row, 28).endswith(f"question n1 {HERE}")
    assert CURSOR in line_of(row, 28, at_cursor=True)


@st.composite
def trees(draw: st.DrawFn) -> list[RunNode]:
    count = draw(st.integers(0, 40))
    nodes = []
    for n in range(1, count + 1):
        # Now and then a parent that is unknown, itself, or younger.
        parent = draw(st.integers(max(0, n - 6), n + 1))
        nodes.append(
            node(
                f"n{n}",
                f"n{parent}" if parent else "",
                active=draw(st.booleans()),
                deleted=draw(st.integers(0, 4)) == 0,
                status=draw(st.sampled_from(RunStatus)),
                question=draw(st.text(max_size=8)),
            )
        )
    return draw(st.permutations(nodes))


@given(trees(), st.integers(2, 120))
def test_every_turn_can_be_gone_to_exactly_once(
    nodes: list[RunNode], width: int
) -> None:
    kept = {one.run_id for one in nodes if not one.deleted}
    tree = Tree("s", nodes)
    opened = [part.key for part in tree.stretches]
    rows = tree.rows(opened)
    assert Counter(row.place.run_id for row in rows if row.place) == Counter(kept)
    closed = tree.rows()
    assert sum(row.turns for row in closed) == len(kept)
    assert len({row.key for row in closed}) == len(closed)
    for row in (*rows, *closed):
        line_of(row, width)
    above = [(row.place.run_id, row.depth) for row in rows if row.place]
    places = {run_id: at for at, (run_id, _) in enumerate(above)}
    for one in nodes:
        if one.run_id in kept and one.parent_run_id in kept:
            older = next(n for n in nodes if n.run_id == one.parent_run_id)
            if older.sequence < one.sequence:
                assert places[older.run_id] < places[one.run_id]


def test_it_is_quick_with_thousands_of_turns_and_hundreds_of_branches() -> None:
    nodes = straight(5_000)
    nodes += [node(f"b{5_001 + n}", f"n{16 * n + 1}", active=False) for n in range(300)]
    begun = perf_counter()
    tree = Tree("s", nodes)
    made = perf_counter() - begun
    begun = perf_counter()
    rows = tree.rows({part.key for part in tree.stretches}, here="n4000")
    opened = perf_counter() - begun
    begun = perf_counter()
    found = tree.found("question n49")
    sought = perf_counter() - begun
    assert len(rows) == 5_300 and len(found) == 111
    assert all(row.fold is not Fold.CLOSED for row in rows)
    print(f"made {made:.4f} s, all opened {opened:.4f} s, found {sought:.4f} s")
    # Many times what it takes: a look at all for each would take longer by far.
    assert max(made, opened, sought) < 1.0
