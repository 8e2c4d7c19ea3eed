"""What the model wrote as a call's arguments: read, and checked against a schema.

All of it is untrusted. What is wrong is said in words for the model, and never more
than a few of its own words are given back to it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Protocol

from agno_tui.text import clipped, one_line, repair

MOST_COMPLAINTS: Final = 3
"""How many wrong arguments are named at once."""

LONGEST_NAME: Final = 60
"""Characters of a name the model made up that are shown."""


class CallError(Exception):
    """A call came to nothing. `words` are for the model: what is wrong, in short."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Arguments(Protocol):
    """What a tool takes: how the model is told, and how its answer is checked."""

    @property
    def parameters(self) -> Mapping[str, object]:
        """A JSON schema of type `object`."""
        ...

    def checked(self, arguments: Mapping[str, object]) -> dict[str, object]:
        """The keyword arguments for the function. Errors: `CallError`."""
        ...


def quoted(name: object) -> str:
    """A name that may be anything, short and in quotation marks."""
    return f'"{clipped(one_line(str(name)), LONGEST_NAME)}"'


def complaint(complaints: Iterable[str], taken: Iterable[str]) -> CallError:
    """The error for arguments that do not fit; `taken` are the names there are."""
    found = list(complaints)
    words = "; ".join(found[:MOST_COMPLAINTS])
    if len(found) > MOST_COMPLAINTS:
        words += f"; and {len(found) - MOST_COMPLAINTS:,} more"
    names = ", ".join(taken) or "no arguments"
    return CallError(f"Wrong arguments: {words}. It takes: {clipped(names, 300)}.")


def read(written: str) -> dict[str, object]:
    """The arguments in the JSON text a model wrote; nothing at all is no arguments.

    Line breaks inside of strings are let pass: small models write them as they are.
    Errors: `CallError`.
    """
    if not written.strip():
        return {}
    try:
        arguments = json.loads(repair(written), strict=False)
        if "\\ud" in written.lower():  # Halves of characters hide in the escapes.
            arguments = json.loads(repair(json.dumps(arguments, ensure_ascii=False)))
    except json.JSONDecodeError as error:
        raise CallError(
            f"The arguments are not JSON: {error.msg}, character {error.pos + 1:,}."
        ) from None
    except RecursionError:
        raise CallError("The arguments are nested too deeply.") from None
    except ValueError:  # A number of more digits than Python takes.
        raise CallError("A number in the arguments has too many digits.") from None
    if not isinstance(arguments, dict):
        raise CallError("The arguments have to be a JSON object.")
    return arguments


class GivenSchema:
    """Checks lightly against a schema that was written by hand.

    Looked at are, of the arguments themselves and not of what is inside of them:
    `required`, unknown names, `type` and `enum`.
    """

    def __init__(self, parameters: Mapping[str, object]) -> None:
        self.parameters = parameters
        properties = parameters.get("properties")
        self._properties = properties if isinstance(properties, Mapping) else {}
        required = parameters.get("required")
        self._required = required if isinstance(required, list | tuple) else ()

    def checked(self, arguments: Mapping[str, object]) -> dict[str, object]:
        """The keyword arguments for the function. Errors: `CallError`."""
        wrong = [
            f"{quoted(name)} is missing"
            for name in self._required
            if name not in arguments
        ]
        fitting: dict[str, object] = {}
        for name, value in arguments.items():
            if name not in self._properties:
                wrong.append(f"{quoted(name)} is unknown")
                continue
            schema = self._properties[name]
            fitting[name] = value = _whole(value, schema)
            if expected := _misfit(value, schema):
                wrong.append(f"{quoted(name)} should be {expected}")
        if wrong:
            raise complaint(wrong, map(str, self._properties))
        return fitting


def object_schema(
    properties: Mapping[str, object], *required: str
) -> dict[str, object]:
    """The JSON schema of arguments, of which some have to be given, and no others."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


_JSON_TYPES: Final[Mapping[str, Callable[[object], bool]]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: type(value) is int,
    "number": lambda value: type(value) in (int, float),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}


def _types(schema: object) -> list[str]:
    named = schema.get("type") if isinstance(schema, Mapping) else None
    names = named if isinstance(named, list | tuple) else [named]
    return [name for name in names if isinstance(name, str) and name in _JSON_TYPES]


def _whole(value: object, schema: object) -> object:
    """To JSON, 5.0 is an integer too."""
    names = _types(schema)
    if "integer" in names and "number" not in names and isinstance(value, float):
        return int(value) if value.is_integer() else value
    return value


def _misfit(value: object, schema: object) -> str:
    """What was expected in its place; empty when it fits."""
    names = _types(schema)
    if names and not any(_JSON_TYPES[name](value) for name in names):
        return " or ".join(names)
    choices = schema.get("enum") if isinstance(schema, Mapping) else None
    if isinstance(choices, list | tuple) and value not in choices:
        return clipped(f"one of {json.dumps(choices, ensure_ascii=False)}", 300)
    return ""
