"""Commands whose keys mean something in one place only: the prompt, the list, a
message, a dialog. Their actions are those of the widget that is this place."""

from __future__ import annotations

from agno_tui.ui.command import Command, Where


def _in(place: Where, *rows: tuple[str, ...]) -> tuple[Command, ...]:
    """Commands of a place, each an id, keys, an action, a title, and maybe a word for
    the footer."""
    return tuple(_command(place, *row) for row in rows)


def _command(
    place: Where, id: str, keys: str, action: str, title: str, footer: str = ""
) -> Command:
    return Command(id, keys, action, title, place.value, footer, place=place)


PROMPT_COMMANDS = _in(
    Where.PROMPT,
    ("prompt.send", "enter", "send", "Send; //word is sent as /word"),
    (
        "prompt.newline",
        "ctrl+j,shift+enter,alt+enter",
        "newline",
        "New line; \\ and {prompt.send} too",
    ),
    ("prompt.undo", "ctrl+z", "undo", "Undo"),
    ("prompt.redo", "ctrl+shift+z", "redo", "Redo"),
    ("prompt.older", "up", "cursor_up", "At the first line: what you asked before"),
    ("prompt.newer", "down", "cursor_down", "At the last line: back to your draft"),
    ("prompt.paste", "ctrl+o", "open_paste", "At a folded paste: show all of it"),
    ("prompt.messages", "shift+tab", "to_transcript", "Go up to the messages"),
    ("prompt.up", "pageup,shift+pageup", "scroll(-1)", "Read further up"),
    ("prompt.down", "pagedown,shift+pagedown", "scroll(1)", "Read further down"),
)
"""What the prompt does."""

LIST_COMMANDS = _in(
    Where.LIST,
    ("list.up", "up,k", "move(-1)", "Up"),
    ("list.down", "down,j", "move(1)", "Down"),
    ("list.first", "home,g", "move(-1000000)", "To the first"),
    ("list.last", "end,G", "move(1000000)", "To the last"),
    ("list.page_up", "pageup", "move(-10)", "A page up"),
    ("list.page_down", "pagedown", "move(10)", "A page down"),
    ("list.open", "enter,right", "open", "Open", "open"),
    ("list.filter", "slash", "filter", "Show some titles only", "filter"),
    (
        "list.search",
        "ctrl+s",
        "app.search_all",
        "Search all that was said in them",
        "search",
    ),
    ("list.rename", "r", "rename", "Rename it", "rename"),
    ("list.pin", "p", "do('PIN')", "Pin it on top, or no longer", "pin"),
    ("list.archive", "a", "do('ARCHIVE')", "Archive it, or bring it back", "archive"),
    ("list.archive_view", "A", "archive_view", "Show the archive, or leave it"),
    (
        "list.delete",
        "d,delete",
        "do('DELETE')",
        "Delete; {list.undo} brings it back",
        "delete",
    ),
    ("list.undo", "u", "undo", "Undo: what was deleted or archived last", "undo"),
    ("list.fork", "f", "do('FORK')", "Fork: go on in a copy"),
    ("list.export", "x", "do('EXPORT')", "Write it to a Markdown file"),
    (
        "list.mark",
        "space",
        "mark",
        "Mark, and go down; {list.pin} {list.archive} {list.delete} {list.export}"
        " do it to all",
    ),
    ("list.escape", "escape", "escape", "All titles, no marks; back to the prompt"),
)
"""What the list of sessions does."""

FILTER_COMMANDS = _in(
    Where.FILTER,
    ("filter.open", "enter", "open", "Open the conversation that is marked", "open"),
    ("filter.down", "down", "move(1)", "Down", "next"),
    ("filter.up", "up", "move(-1)", "Up"),
    ("filter.page_down", "pagedown", "move(10)", "A page down"),
    ("filter.page_up", "pageup", "move(-10)", "A page up"),
    ("filter.stay", "tab,shift+tab", "stay", "To the titles found", "list"),
    (
        "filter.search",
        "ctrl+s",
        "search",
        "Search all that was said for these words",
        "search",
    ),
    ("filter.leave", "escape", "leave", "All titles again", "all titles"),
)
"""What the line does in which one writes which titles to show."""

MESSAGE_COMMANDS = _in(
    Where.MESSAGES,
    ("message.up", "up,k", "select(-1)", "The message before"),
    ("message.down", "down,j", "select(1)", "The next message"),
    ("message.first", "g,home", "select_edge(False)", "To the first"),
    ("message.last", "G,end", "select_edge(True)", "To the newest text"),
    ("message.code", "u", "select_code(1)", "The next block of code"),
    ("message.code_back", "U", "select_code(-1)", "The block of code before"),
    ("message.copy", "y,c", "copy", "Copy it as it was written"),
    ("message.copy_all", "Y", "app.copy_session", "Copy the whole conversation"),
    ("message.retry", "r", "retry", "Another answer beside it"),
    ("message.edit", "e", "edit", "Edit the question and send it beside it"),
    ("message.version_back", "left_square_bracket", "version(-1)", "Version before"),
    ("message.version", "right_square_bracket", "version(1)", "Next version"),
    ("message.fork", "f", "app.fork_here", "Go on from here in a copy"),
    ("message.delete", "d,delete", "delete", "Delete the question and its answer"),
    ("message.undelete", "ctrl+z", "app.undelete", "Bring back what was deleted"),
    (
        "message.open",
        "o",
        "open_cited",
        "Open the conversation that was looked into",
    ),
    ("message.links", "enter,l", "links", "Its links: open or copy one"),
    ("message.found", "n", "find(1)", "The next place found"),
    ("message.found_back", "N", "find(-1)", "The place found before"),
    ("message.leave", "tab", "leave", "Back to the prompt"),
)
"""What the messages do while one of them is marked."""

QUEUE_COMMANDS = _in(
    Where.QUEUE,
    ("queue.up", "up,k", "move(-1)", "Up"),
    ("queue.down", "down,j", "move(1)", "Down"),
    ("queue.edit", "enter,e", "edit", "Edit it in the prompt", "edit"),
    ("queue.earlier", "shift+up,K", "shift(-1)", "Send it earlier", "earlier"),
    ("queue.later", "shift+down,J", "shift(1)", "Send it later", "later"),
    ("queue.remove", "d,delete", "remove", "Take it out", "take out"),
    ("queue.undo", "u", "undo", "Put back what was taken out", "undo"),
    ("queue.send", "r", "send", "Send what is paused", "send"),
    ("queue.leave", "escape,tab,shift+tab", "leave", "Back to the prompt", "back"),
)
"""What the line of waiting messages does."""

FIND_COMMANDS = _in(
    Where.FIND,
    ("find.next", "enter,down,ctrl+f", "next", "The next place"),
    ("find.previous", "up,shift+enter", "previous", "The place before"),
    (
        "find.stay",
        "tab,shift+tab",
        "stay",
        "To the message; {message.found} and {message.found_back} go on from there",
    ),
    ("find.leave", "escape", "leave", "Back to where you were"),
)
"""What the line does in which one writes what to find."""

ASKED_COMMANDS = _in(
    Where.ASKED,
    ("asked.take", "enter", "take", "Put it into the prompt"),
    ("asked.down", "down,ctrl+r", "move(1)", "Down"),
    ("asked.up", "up", "move(-1)", "Up"),
    ("asked.page_down", "pagedown", "pages(1)", "A page down"),
    ("asked.page_up", "pageup", "pages(-1)", "A page up"),
    ("asked.leave", "escape", "leave", "Back to your draft"),
)
"""What the line does in which one searches what was asked before."""

SEARCH_COMMANDS = _in(
    Where.SEARCH,
    ("search.open", "enter", "open", "Open the conversation there"),
    ("search.down", "down", "move(1)", "Down"),
    ("search.up", "up", "move(-1)", "Up"),
    ("search.page_down", "pagedown", "pages(1)", "A page down"),
    ("search.page_up", "pageup", "pages(-1)", "A page up"),
    ("search.first", "home", "edge(False)", "To the first"),
    ("search.last", "end", "edge(True)", "To the last"),
    ("search.close", "escape,f6", "close", "Back, nothing has changed"),
)
"""What the line does in which one searches all conversations."""

DIALOG_COMMANDS = (
    *_in(
        Where.MODEL,
        ("model.cancel", "escape,f2", "cancel", "Leave it as it is"),
        ("model.up", "up", "move(-1)", "Up"),
        ("model.down", "down", "move(1)", "Down"),
    ),
    *_in(
        Where.USER,
        ("user.cancel", "escape", "escape", "Leave it as it is"),
        ("user.up", "up", "move(-1)", "Up"),
        ("user.down", "down", "move(1)", "Down"),
    ),
    *_in(
        Where.MEMORY,
        ("memory.close", "escape", "escape", "Close"),
        ("memory.close_again", "f3", "close_again", "Close, unless it is written in"),
        ("memory.down", "j", "move(1)", "Down"),
        ("memory.up", "k", "move(-1)", "Up"),
        ("memory.add", "a", "write", "Write something down yourself"),
        ("memory.edit", "e", "edit", "Put it in other words"),
        (
            "memory.forget",
            "d,delete",
            "forget",
            "Forget it; {memory.undo} brings it back",
        ),
        ("memory.undo", "u", "undo", "Bring back what was forgotten last"),
        ("memory.switch", "space,m", "switch", "Switch memory on or off"),
    ),
    *_in(
        Where.SESSION,
        ("about.close", "escape", "escape", "Close"),
        ("about.close_again", "f4", "close_again", "Close, unless it is written in"),
        ("about.down", "down,j", "scroll(1)", "Read further down"),
        ("about.up", "up,k", "scroll(-1)", "Read further up"),
        ("about.summarize", "s", "summarize", "Have it summed up"),
        ("about.copy", "y,c", "copy", "Copy the summary"),
        ("about.make_name", "n", "make_name", "Have the model name it"),
        ("about.rename", "r", "rename", "Rename it"),
    ),
    *_in(
        Where.LINKS,
        ("links.back", "escape", "escape", "Back"),
        ("links.down", "j", "move(1)", "Down"),
        ("links.up", "k", "move(-1)", "Up"),
        ("links.copy", "y,c", "copy", "Copy its address"),
    ),
    *_in(
        Where.CITED,
        ("cited.back", "escape,o", "dismiss(None)", "Back"),
        ("cited.down", "j", "move(1)", "Down"),
        ("cited.up", "k", "move(-1)", "Up"),
    ),
    *_in(
        Where.CONTEXT,
        ("context.close", "escape", "escape", "Close, or back from the request"),
        ("context.close_again", "ctrl+t", "close_again", "Close"),
        ("context.more", "plus,equals_sign", "change(1)", "One earlier run more"),
        ("context.less", "minus", "change(-1)", "One earlier run less"),
        ("context.all", "a", "choose_all", "All earlier runs"),
        ("context.none", "0", "choose_none", "No earlier runs"),
        ("context.default", "d", "choose_default", "As many as everywhere"),
        ("context.request", "v,enter", "request", "The request itself"),
        ("context.copy", "y,c", "copy", "Copy the request"),
        ("context.down", "down,j", "read(1)", "Read further down"),
        ("context.up", "up,k", "read(-1)", "Read further up"),
        ("context.page_down", "pagedown,space", "pages(1)", "A page down"),
        ("context.page_up", "pageup", "pages(-1)", "A page up"),
        ("context.first", "home,g", "edge(False)", "To the beginning"),
        ("context.last", "end,G", "edge(True)", "To the end"),
    ),
    *_in(
        Where.TREE,
        ("tree.close", "escape,f5", "escape", "Back, nothing has changed"),
        ("tree.down", "down", "move(1)", "Down"),
        ("tree.up", "up", "move(-1)", "Up"),
        ("tree.open", "right", "open", "Show every turn of a stretch"),
        ("tree.shut", "left", "close", "Show it as one row; else to what it leaves"),
        ("tree.go", "enter", "go", "Go there: the conversation goes through it"),
        ("tree.page_down", "pagedown", "pages(1)", "A page down"),
        ("tree.page_up", "pageup", "pages(-1)", "A page up"),
        ("tree.first", "home", "move(-1000000)", "To the first"),
        ("tree.last", "end", "move(1000000)", "To the last"),
    ),
    *_in(
        Where.HELP,
        ("help.close", "escape,f1", "dismiss", "Close"),
        ("help.down", "down", "lines(1)", "Down"),
        ("help.up", "up", "lines(-1)", "Up"),
        ("help.page_down", "pagedown", "pages(1)", "A page down"),
        ("help.page_up", "pageup", "pages(-1)", "A page up"),
        ("help.first", "home,ctrl+home", "edge(False)", "To the beginning"),
        ("help.last", "end,ctrl+end", "edge(True)", "To the end"),
    ),
)
"""What the dialogs do."""

PLACE_COMMANDS = (
    *PROMPT_COMMANDS,
    *LIST_COMMANDS,
    *FILTER_COMMANDS,
    *MESSAGE_COMMANDS,
    *QUEUE_COMMANDS,
    *FIND_COMMANDS,
    *ASKED_COMMANDS,
    *SEARCH_COMMANDS,
    *DIALOG_COMMANDS,
)
"""All of them, in the order of help."""
