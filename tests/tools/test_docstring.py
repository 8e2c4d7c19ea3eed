"""Docstrings, in the three manners people write them."""

from __future__ import annotations

import pytest

from agno_tui.tools.docstring import read

GOOGLE = """Finds a book.

    Looks on all shelves:
    the dusty ones too.

    Args:
        title (str, optional): What it is called,
            or a part of it.
        year: When: 1990 or later.
        _shelf (Optional[dict[str, int]]):
            The shelf.
        silent:

    Returns:
        str: The book.

    Raises:
        KeyError: never

    Note:
        Slow.
    """

SPHINX = """Finds a book.

    Looks on all shelves:
    the dusty ones too.

    :param str title: What it is called,
        or a part of it.
    :param year: When: 1990 or later.
    :type year: int
    :param _shelf: The shelf.
    :param silent:
    :returns: The book.
    :raises KeyError: never

    Note:
        Slow.
    """

NUMPY = """Finds a book.

    Looks on all shelves:
    the dusty ones too.

    Parameters
    ----------
    title : str, optional
        What it is called,
        or a part of it.
    year
        When: 1990 or later.
    _shelf : dict
        The shelf.
    silent : bool

    Returns
    -------
    str
        The book.
    """

MEANINGS = {
    "title": "What it is called, or a part of it.",
    "year": "When: 1990 or later.",
    "_shelf": "The shelf.",
}
DESCRIPTION = "Finds a book.\n\nLooks on all shelves:\nthe dusty ones too."


@pytest.mark.parametrize("text", [GOOGLE, SPHINX, NUMPY])
def test_the_meaning_of_each_parameter(text: str) -> None:
    assert read(text).parameters == MEANINGS


@pytest.mark.parametrize("text", [GOOGLE, SPHINX, NUMPY])
def test_the_description_is_what_is_left(text: str) -> None:
    description = read(text).description
    assert description.startswith(DESCRIPTION)
    assert "book" not in description.removeprefix(DESCRIPTION).lower()
    assert "never" not in description


@pytest.mark.parametrize("text", [GOOGLE, SPHINX])
def test_a_note_is_kept(text: str) -> None:
    assert read(text).description.endswith("Note:\n    Slow.")


@pytest.mark.parametrize("text", [None, "", "   \n  "])
def test_nothing_said(text: str | None) -> None:
    assert (read(text).description, read(text).parameters) == ("", {})


def test_a_numpy_list_of_names() -> None:
    said = read("X.\n\nParameters\n----------\na, b : int\n    Both.\n").parameters
    assert said == {"a": "Both.", "b": "Both."}


@pytest.mark.parametrize(
    "text",
    ["Args:", "Args:\n\n", "-----", "A\n---", ":param", ":param :", "Args:\n  x"],
)
def test_half_a_docstring_does_no_harm(text: str) -> None:
    assert read(text).parameters == {}
