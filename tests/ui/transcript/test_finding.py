"""Finding words in a whole session: counted turn by turn, walked hit by hit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import perf_counter

import pytest

from agno_tui.session import Message, Run
from agno_tui.storage.memory import MemoryStorage
from agno_tui.ui.transcript.finding import AT_ONCE, Find
from agno_tui.ui.transcript.hits import Hit, Hits
from agno_tui.ui.transcript.sought import Sought
from tests.fakes import until


def a_run(run_id: str, question: str, *answers: str) -> Run:
    said = [Message("assistant", answer) for answer in answers]
    return Run("s", "ann", run_id, messages=[Message("user", question), *said])


class Kept:
    """Runs as a storage gives them, and what was asked for."""

    def __init__(self, *runs: Run) -> None:
        self.runs = {run.run_id: run for run in runs}
        self.asked: list[list[str]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def read(self, run_ids: Sequence[str]) -> list[Run]:
        self.asked.append(list(run_ids))
        await self.gate.wait()
        return [run for run_id, run in self.runs.items() if run_id in run_ids]

    def find(self, query: str) -> Find:
        return Find(Sought(query), list(self.runs), self.read)


SESSION = (
    a_run("1", "Tea or coffee?", "**Tea**. Always tea.", "More tea?"),
    a_run("2", "Why?", "Because."),
    a_run("3", "*Tea* it is.", "```\ntea()\n```"),
)


async def test_all_hits_are_found_in_the_order_of_the_conversation() -> None:
    find = Kept(*SESSION).find("TEA")
    await find.scan()
    assert list(find.hits) == [
        Hit("1", False, 0),
        Hit("1", True, 0),
        Hit("1", True, 1),
        Hit("1", True, 2),
        Hit("3", False, 0),
        Hit("3", True, 0),
    ]
    assert find.hits[-1] == find.hits[5] == Hit("3", True, 0)
    assert find.hits[1:3] == [Hit("1", True, 0), Hit("1", True, 1)]
    for index in (6, -7):
        with pytest.raises(IndexError):
            find.hits[index]


async def test_a_question_is_no_markdown_an_answer_is() -> None:
    for query, expected in (("*tea*", 1), ("**", 0), ("tea it", 0), ("tea. a", 1)):
        find = Kept(*SESSION).find(query)
        await find.scan()
        assert len(find.hits) == expected, query


async def test_only_what_is_shown_counts() -> None:
    run = a_run("1", "tea", "tea")
    run.messages += [Message("tool", "tea"), Message("assistant", "", "tea")]
    kept = Kept(run)
    find = Find(Sought("tea"), ["1"], kept.read)
    await find.scan()
    assert list(find.hits) == [Hit("1", False, 0), Hit("1", True, 0)]


async def test_one_walks_from_hit_to_hit_and_around() -> None:
    find = Kept(*SESSION).find("tea")
    await find.scan()
    assert (find.label, find.position) == ("6", None)
    assert find.next() == find.hits[0] and find.label == "1/6"
    assert find.next(-1) == find.hits[5] and find.label == "6/6"
    assert find.next() == find.hits[0]
    assert find.next(4) == find.hits[4] and find.position == 4
    find.current = None
    assert find.next(-1) == find.hits[5]
    find.current = Hit("2", True, 3)
    assert find.position is None
    assert find.next() == find.hits[0]


async def test_the_hit_near_a_turn_is_at_or_after_it_else_before() -> None:
    kept = Kept(*SESSION, a_run("4", "Bye.", "Bye."))
    find = kept.find("tea")
    assert find.near("1") is None, "nothing known yet"
    await find.scan()
    assert find.near("1") == Hit("1", False, 0)
    assert find.near("2") == find.near("3") == Hit("3", False, 0)
    assert find.near("4") == Hit("3", True, 0)
    assert find.near("unknown") is None
    assert find.current is None


@pytest.mark.parametrize("query", ["", " ", "\n\u3000"])
async def test_an_empty_query_finds_nothing_and_reads_nothing(query: str) -> None:
    kept = Kept(*SESSION)
    find = kept.find(query)
    await find.scan()
    await find.rescan(SESSION[0])
    assert (kept.asked, len(find.hits), find.label) == ([], 0, "")
    assert find.next() is None


async def test_the_label_says_what_is_known() -> None:
    kept = Kept(*(a_run(f"{n}", "tea" if n else "milk") for n in range(AT_ONCE + 1)))
    seen: list[str] = []
    find = kept.find("tea")
    find.next()
    await find.scan(progress=lambda: seen.append(find.label))
    assert seen == [f"{AT_ONCE}+", f"{AT_ONCE}+"]
    assert find.label == f"{AT_ONCE}"
    none = kept.find("coffee")
    await none.scan(progress=lambda: seen.append(none.label))
    assert seen[2:] == ["…", "…"] and none.label == "no match"


async def test_the_newest_are_read_first_or_those_around_a_turn() -> None:
    runs = [a_run(f"{number}", "tea") for number in range(3 * AT_ONCE)]
    kept = Kept(*runs)
    await kept.find("tea").scan()
    assert [len(page) for page in kept.asked] == [AT_ONCE] * 3
    assert kept.asked[0][:2] == [runs[-1].run_id, runs[-2].run_id]
    assert kept.asked[2][-1] == "0"
    kept.asked.clear()
    await kept.find("tea").scan("300")
    assert kept.asked[0][0] == "300"
    assert set(kept.asked[0]) >= {f"{number}" for number in range(210, 390)}


async def test_the_hit_one_is_at_stays_while_more_are_found_before_it() -> None:
    kept = Kept(*(a_run(f"{number}", "tea") for number in range(AT_ONCE + 5)))
    find = kept.find("tea")
    positions: list[int | None] = []

    def look() -> None:
        find.current = find.current or find.near("200")
        positions.append(find.position)

    await find.scan(progress=look)
    assert positions == [195, 200]
    assert find.current == Hit("200", False, 0) and find.label == "201/205"


async def test_a_scan_that_was_cancelled_goes_on_where_it_was() -> None:
    kept = Kept(*(a_run(f"{number}", "tea") for number in range(3 * AT_ONCE)))
    find = kept.find("tea")
    scanning = asyncio.create_task(find.scan(progress=kept.gate.clear))
    await until(lambda: len(kept.asked) == 2)
    scanning.cancel()
    with pytest.raises(asyncio.CancelledError):
        await scanning
    assert not find.is_scanning and len(find.hits) == AT_ONCE
    kept.gate.set()
    await find.scan()
    assert len(find.hits) == 3 * AT_ONCE
    assert [len(page) for page in kept.asked] == [AT_ONCE] * 4


async def test_a_failed_read_is_told_and_may_be_tried_again() -> None:
    async def fail(run_ids: Sequence[str]) -> list[Run]:
        raise OSError("no disk")

    find = Find(Sought("tea"), ["1"], fail)
    with pytest.raises(OSError, match="no disk"):
        await find.scan()
    assert not find.is_scanning


async def test_a_run_under_way_is_looked_through_as_it_grows() -> None:
    kept = Kept(*SESSION)
    find = kept.find("tea")
    live = a_run("3", "tea", "tea, te")
    kept.gate.clear()
    scanning = asyncio.create_task(find.scan())
    await until(lambda: bool(kept.asked))
    await find.rescan(live)
    kept.gate.set()
    await scanning
    assert len(find.hits) == 6, "what was read is older"
    find.current = find.hits[5]
    live.messages[1].content += "a"
    await find.rescan(live)
    assert len(find.hits) == 7 and find.position == 5
    await find.rescan(a_run("4", "More tea.", ""))
    assert find.hits[7] == Hit("4", False, 0)
    live.messages[1].content = ""
    await find.rescan(live)
    assert find.position is None and len(find.hits) == 6


async def test_runs_that_are_gone_are_left_out() -> None:
    kept = Kept(*SESSION)
    find = Find(Sought("tea"), ["0", "1", "2", "3", "9"], kept.read)
    await find.scan()
    assert len(find.hits) == 6 and find.near("9") == Hit("3", True, 0)


async def test_a_storage_is_a_reader() -> None:
    storage = MemoryStorage()
    for run in SESSION:
        await storage.start_run(run)

    async def read(run_ids: Sequence[str]) -> list[Run]:
        return await storage.get_runs_by_id(run_ids, user_id="ann")

    outlines = await storage.get_run_outlines("s", user_id="ann")
    find = Find(Sought("tea"), [one.run_id for one in outlines], read)
    await find.scan()
    assert len(find.hits) == 6


async def test_many_hits_cost_no_more_than_a_few() -> None:
    hits = Hits(f"{number}" for number in range(5_000))
    for number in range(5_000):
        hits.put(f"{number}", 1_000, 1_000_000)
    began = perf_counter()
    for index in range(0, len(hits), len(hits) // 1_000):
        assert hits.place_of(hits[index]) == index
    assert perf_counter() - began < 1


async def test_others_have_their_turn_while_much_is_looked_through() -> None:
    text = "A *tea* for `two`, and [more](https://tea.example).\n" * 4_000
    kept = Kept(a_run("1", text, text, text))
    find = kept.find("tea")
    scanning = asyncio.create_task(find.scan())
    turns = 0
    while not scanning.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 20
    assert len(find.hits) == 6 * 4_000
