"""The program's own themes: one dark, one light, and the terminal's own colours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual.filter import LineFilter, Monochrome, NoColor
from textual.theme import BUILTIN_THEMES, Theme

from agno_tui.config import THEMES, ConfigError
from agno_tui.text import one_line

DARK = Theme(
    name="agno-dark",
    primary="#e0956b",
    secondary="#8fb3d9",
    accent="#e0956b",
    foreground="#dcd9d3",
    background="#17181c",
    surface="#1f2126",
    panel="#2a2d34",
    success="#9bbf85",
    warning="#e5c07b",
    error="#e58383",
    dark=True,
    variables={
        "border": "#4a4d57",
        "border-blurred": "#33363e",
        "chosen-row": "#e0956b 35%",
        "input-cursor-background": "#e0956b",
        "input-cursor-foreground": "#17181c",
        "input-selection-background": "#e0956b 35%",
        "screen-selection-background": "#e0956b 35%",
        "screen-selection-foreground": "#ffffff",
        "scrollbar": "#3a3d46",
        "scrollbar-calm": "#3a3d46",
        "scrollbar-background": "#17181c",
        "scrollbar-background-hover": "#17181c",
        "scrollbar-background-active": "#17181c",
        "scrollbar-corner-color": "#17181c",
        "code-inline": "#e8bfa3",
        "code-comment": "#8d919b",
        "code-definition": "#8fb3d9",
        "code-deleted": "#e58383",
        "code-inserted": "#9bbf85",
        "code-keyword": "#c5a3d1",
        "code-name": "#88beb8",
        "code-number": "#dcb67a",
        "code-string": "#9bbf85",
    },
)

LIGHT = Theme(
    name="agno-light",
    primary="#ab4e28",
    secondary="#2f6296",
    accent="#ab4e28",
    foreground="#2b2a28",
    background="#fbfaf8",
    surface="#f0ece5",
    panel="#e3ded6",
    success="#4b7a34",
    warning="#8f6400",
    error="#b3312f",
    dark=False,
    variables={
        "border": "#b9b3a9",
        "border-blurred": "#d8d3cb",
        "chosen-row": "#ecd8c3",
        "input-cursor-background": "#ab4e28",
        "input-cursor-foreground": "#fbfaf8",
        "input-selection-background": "#ab4e28 25%",
        "screen-selection-background": "#ab4e28 25%",
        "screen-selection-foreground": "#1a1918",
        "scrollbar": "#cfc9bf",
        "scrollbar-calm": "#cfc9bf",
        "scrollbar-background": "#fbfaf8",
        "scrollbar-background-hover": "#fbfaf8",
        "scrollbar-background-active": "#fbfaf8",
        "scrollbar-corner-color": "#fbfaf8",
        "code-inline": "#8d4523",
        "code-comment": "#6a665f",
        "code-definition": "#2f6296",
        "code-deleted": "#b3312f",
        "code-inserted": "#3f6e2a",
        "code-keyword": "#83408f",
        "code-name": "#1f6d68",
        "code-number": "#875800",
        "code-string": "#3f6e2a",
    },
)

OWN_THEMES = (DARK, LIGHT)


def code_colours(theme: Theme) -> dict[str, str]:
    """Colours of code for a theme that says none: values of the `$code-…` variables;
    of `$chosen-row`, the ground of the row that a key would do something to; and of
    `$scrollbar-calm`, which stands back among the terminal's own.

    A variable that a theme lacks can't be written in a stylesheet, and Textual looks
    for no variable in another's value (8.2.8).
    """
    primary, foreground = theme.primary, theme.foreground or "auto"
    secondary, accent = theme.secondary or primary, theme.accent or primary
    success, warning = theme.success or primary, theme.warning or primary
    return {
        # On white as much of it as on black is mud.
        "chosen-row": f"{accent} 20%",
        "code-inline": accent,
        "code-comment": f"{foreground} 60%",
        "code-definition": secondary,
        "code-deleted": theme.error or primary,
        "code-inserted": success,
        # Of sixteen colours no theme uses this one for anything that stands in code.
        "code-keyword": "ansi_magenta" if theme.ansi else primary,
        "code-name": secondary,
        # Yellow on white can't be read.
        "code-number": primary if theme.ansi and not theme.dark else warning,
        "code-string": success,
        "scrollbar-calm": "ansi_bright_black" if theme.ansi else primary,
    }


def line_filters(filters: Iterable[LineFilter], theme: Theme) -> list[LineFilter]:
    """The filters that fit a theme.

    Textual makes greys where there may be no colour (`NO_COLOR`), but of the terminal's
    own colours, which it does not know, black on black (8.2.8): those go away instead.
    """
    if not theme.ansi:
        return list(filters)
    return [NoColor() if isinstance(one, Monochrome) else one for one in filters]


def is_light_terminal(environ: Mapping[str, str]) -> bool:
    """Whether the terminal says that its background is light.

    `COLORFGBG` is `foreground;background` in ANSI colour numbers; 7 and 15 are light
    (rxvt's convention, kept by Konsole, iTerm2 and others).
    """
    return environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15")


def theme_named(wanted: str, environ: Mapping[str, str]) -> str:
    """The Textual name of the theme the user asked for. Errors: `ConfigError`."""
    light = is_light_terminal(environ)
    match wanted:
        case "auto" | "":
            return LIGHT.name if light else DARK.name
        case "dark":
            return DARK.name
        case "light":
            return LIGHT.name
        case "terminal":
            return "ansi-light" if light else "ansi-dark"
        case name if name in BUILTIN_THEMES:
            return name
    known = ", ".join((*THEMES, *BUILTIN_THEMES))
    raise ConfigError(f"there is no theme {one_line(wanted)!r}. Known: {known}.")
