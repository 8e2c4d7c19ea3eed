"""The program's own themes: one dark, one light, and the terminal's own colours."""

from __future__ import annotations

from collections.abc import Mapping

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
        "input-cursor-background": "#e0956b",
        "input-cursor-foreground": "#17181c",
        "input-selection-background": "#e0956b 35%",
        "screen-selection-background": "#e0956b 35%",
        "screen-selection-foreground": "#ffffff",
        "scrollbar": "#3a3d46",
        "scrollbar-background": "#17181c",
        "scrollbar-background-hover": "#17181c",
        "scrollbar-background-active": "#17181c",
        "scrollbar-corner-color": "#17181c",
    },
)

LIGHT = Theme(
    name="agno-light",
    primary="#b4552d",
    secondary="#2f6296",
    accent="#b4552d",
    foreground="#2b2a28",
    background="#fbfaf8",
    surface="#f2f0ec",
    panel="#e6e2dc",
    success="#4b7a34",
    warning="#8f6400",
    error="#b3312f",
    dark=False,
    variables={
        "border": "#b9b3a9",
        "border-blurred": "#d8d3cb",
        "input-cursor-background": "#b4552d",
        "input-cursor-foreground": "#fbfaf8",
        "input-selection-background": "#b4552d 25%",
        "screen-selection-background": "#b4552d 25%",
        "screen-selection-foreground": "#1a1918",
        "scrollbar": "#cfc9bf",
        "scrollbar-background": "#fbfaf8",
        "scrollbar-background-hover": "#fbfaf8",
        "scrollbar-background-active": "#fbfaf8",
        "scrollbar-corner-color": "#fbfaf8",
    },
)

OWN_THEMES = (DARK, LIGHT)


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
