"""What a model says, made up: the same tokens in every run, about 3.1 characters each.

A feed is a head (a fence's first line, a table's) and a body that begins again when it
has ended: two places a whole number of bodies apart look alike on the screen.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

_TOKEN = re.compile(r"[^\S\n]?\w{1,5}|[^\S\n]?[^\w\s]{1,2}|[^\S\n]+|\n+")

_WORDS = (
    "the of and to in is that it for as with on be by this are from or an at which "
    "can value result function parameter context because however returns between "
    "iteration memory storage request handler stream buffer latency when only each "
    "connection process terminal widget layout session message should before after "
    "consider example simple several different important usually performance cache"
)
WORDS = tuple(_WORDS.split())

LANGUAGES = {
    "python": (
        "def {a}_{b}(self, {c}: int = {n}) -> list[str]:",
        '    """Return the {a} of every {b}."""',
        "    for {a} in range({n}):  # {b} {c}",
        "        if {a} % 2 == 0 and self.{b} is not None:",
        '            yield f"{{{a}}}: {b} {n}"',
        "    return sorted({c}, key=lambda item: item.{b})",
        "",
    ),
    "rust": (
        "pub fn {a}_{b}(&self, {c}: usize) -> Result<Vec<u8>, Error> {{",
        "    let mut {a} = Vec::with_capacity({n}); // {b}",
        "    while let Some({b}) = self.{c}.next() {{ {a}.push({b}); }}",
        "    Ok({a})",
        "}}",
        "",
    ),
    "javascript": (
        "export async function {a}({b}, {c} = {n}) {{",
        "  const {a} = await fetch(`/api/${{{b}}}?limit={n}`);",
        "  return {a}.filter((x) => x.{c} !== null); // {b}",
        "}}",
        "",
    ),
    "bash": (
        'for {a} in "$@"; do',
        '  grep -rn "{b}" --include="*.{c}" . | head -{n}  # {a}',
        "done",
        "",
    ),
    "json": ('{{"{a}": {n}, "{b}": ["{c}", null, true]}},',),
}


@dataclass(slots=True, frozen=True)
class Feed:
    """Tokens without an end."""

    head: tuple[str, ...]
    body: tuple[str, ...]

    def tokens(self, start: int = 0) -> Iterator[str]:
        """All of them from a place on."""
        while True:
            yield self[start]
            start += 1

    def take(self, start: int, count: int) -> list[str]:
        """`count` of them from a place on."""
        return list(islice(self.tokens(start), count))

    def __getitem__(self, place: int) -> str:
        if place < len(self.head):
            return self.head[place]
        return self.body[(place - len(self.head)) % len(self.body)]

    def alike(self, place: int, least: int) -> int:
        """The first place from `least` on that looks like `place`."""
        bodies = -(-(least - place) // len(self.body))
        return place + max(0, bodies) * len(self.body)


def tokens_of(text: str) -> tuple[str, ...]:
    """A text in pieces as a model sends them."""
    return tuple(_TOKEN.findall(text))


def mixed() -> Feed:
    """45 % paragraphs; lists, code, tables, headings, quotes."""
    chance = random.Random(11)
    makers = (_paragraph, _list, _fence, _table, _heading, _quote)
    weights = (45, 17, 14, 6, 12, 6)
    blocks = (chance.choices(makers, weights)[0](chance) for _ in range(120))
    return Feed((), tokens_of("\n\n".join(blocks) + "\n\n"))


def one_fence() -> Feed:
    """A single fence of Python that is never closed."""
    lines = _code(random.Random(12), "python", 160)
    return Feed(tokens_of("```python\n"), tokens_of(lines + "\n"))


def one_list() -> Feed:
    """A single list, some of its items below others."""
    chance = random.Random(13)
    items = (
        "  " * (chance.random() < 0.25) + f"- {_sentence(chance)}" for _ in range(90)
    )
    return Feed(tokens_of("- The first one.\n"), tokens_of("\n".join(items) + "\n"))


def one_table() -> Feed:
    """A single table of four columns."""
    chance = random.Random(14)
    head = "| what | how many | which | because |\n|---|---:|:--|---|\n"
    rows = "\n".join(_row(chance) for _ in range(90))
    return Feed(tokens_of(head), tokens_of(rows + "\n"))


FEEDS: dict[str, Callable[[], Feed]] = {
    "mixed": mixed,
    "one fence": one_fence,
    "one list": one_list,
    "one table": one_table,
}
"""Each kind by its name."""


def message(number: int) -> str:
    """An answer of about 1,100 characters; together with a short question a run has
    580 a message."""
    chance = random.Random(number)
    kinds = (_paragraph, _paragraph, _list, _fence, _paragraph)
    blocks: list[str] = []
    while sum(map(len, blocks)) < 860:
        blocks.append(kinds[chance.randrange(len(kinds))](chance))
    return "\n\n".join(blocks)


def question(number: int) -> str:
    """A question of about 80 characters."""
    return f"{number}: {_sentence(random.Random(-number - 1), 12)}"


def _words(chance: random.Random, count: int) -> list[str]:
    return chance.choices(WORDS, k=count)


def _sentence(chance: random.Random, longest: int = 22) -> str:
    words = _words(chance, chance.randint(5, longest))
    return _marked(chance, words).capitalize() + "."


def _marked(chance: random.Random, words: Sequence[str]) -> str:
    """Some words as code, emphasized, or with a link behind them."""
    said = []
    for word in words:
        match chance.randrange(60):
            case 0 | 1:
                word = f"`{word}_{chance.choice(WORDS)}()`"
            case 2:
                word = f"**{word}**"
            case 3:
                word = f"*{word}*"
            case 4:
                word = f"[{word}](https://example.org/{word}/{chance.randrange(99)})"
        said.append(word)
    return " ".join(said)


def _paragraph(chance: random.Random) -> str:
    return " ".join(_sentence(chance) for _ in range(chance.randint(2, 5)))


def _list(chance: random.Random) -> str:
    mark = chance.choice(("- ", "* ", "1. ", "- [ ] ", "- [x] "))
    items = []
    for number in range(chance.randint(3, 7)):
        own = f"{number + 1}. " if mark == "1. " else mark
        items.append(own + _sentence(chance, 16))
        if chance.random() < 0.2:
            items.append("   - " + _sentence(chance, 9))
    return "\n".join(items)


def _fence(chance: random.Random) -> str:
    language = chance.choice(tuple(LANGUAGES))
    return f"```{language}\n{_code(chance, language, chance.randint(4, 18))}\n```"


def _code(chance: random.Random, language: str, count: int) -> str:
    lines = LANGUAGES[language]
    made = []
    for number in range(count):
        a, b, c = _words(chance, 3)
        line = lines[number % len(lines)]
        made.append(line.format(a=a, b=b, c=c, n=chance.randrange(1000)))
    return "\n".join(made)


def _table(chance: random.Random) -> str:
    rows = "\n".join(_row(chance) for _ in range(chance.randint(3, 8)))
    return f"| what | how many | which | because |\n|---|---:|:--|---|\n{rows}"


def _row(chance: random.Random) -> str:
    what, which = (" ".join(_words(chance, 2)) for _ in range(2))
    because = _marked(chance, _words(chance, chance.randint(2, 6)))
    return f"| {what} | {chance.randrange(10_000)} | {which} | {because} |"


def _heading(chance: random.Random) -> str:
    words = " ".join(_words(chance, chance.randint(2, 6))).capitalize()
    return f"{'#' * chance.randint(1, 4)} {words}"


def _quote(chance: random.Random) -> str:
    return "\n".join(f"> {_sentence(chance)}" for _ in range(chance.randint(1, 3)))
