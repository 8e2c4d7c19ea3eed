"""What a function's type hints say, as a JSON schema; and arguments held to it.

The only file that knows pydantic, which takes a while to load: so nothing imports this
file before a model has to be told of a function that does not give its `parameters`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Optional, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic import create_model as create
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import ErrorDetails

from agno_tui.text import clipped, one_line
from agno_tui.tools.arguments import complaint, quoted
from agno_tui.tools.signature import MISSING, Parameter
from agno_tui.tools.typed_dicts import acceptable

_NAMES: Final = {"properties", "$defs"}
_VALUES: Final = {"default", "const", "enum", "examples"}


class HintedSchema:
    """A tool's arguments as its function's type hints say them.

    Errors: TypeError, in words that name the tool and the parameter.
    """

    def __init__(self, tool: str, parameters: Sequence[Parameter]) -> None:
        try:
            self._model = _model(parameters)
            schema = self._model.model_json_schema(schema_generator=_Schema)
        except Exception as error:
            raise _unfit(tool, parameters, error) from error
        self.parameters: Mapping[str, object] = _tidy(schema)
        self._names = [parameter.name for parameter in parameters]

    def checked(self, arguments: Mapping[str, object]) -> dict[str, object]:
        """The keyword arguments for the function. Errors: `CallError`.

        Those the model left out are left out here too: the function has defaults.
        """
        try:
            made = self._model.model_validate(arguments)
        except ValidationError as error:
            raise complaint(map(_complaint, _errors(error)), self._names) from None
        return {
            name: getattr(made, f"argument_{at}")
            for at, name in enumerate(self._names)
            if f"argument_{at}" in made.model_fields_set
        }


class _Schema(GenerateJsonSchema):
    ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012


def _model(parameters: Sequence[Parameter]) -> type[BaseModel]:
    """Fields have names of our own, since a parameter may be called `copy` or `_x`."""
    fields: dict[str, Any] = {
        f"argument_{at}": (_hint(parameter), _field(parameter))
        for at, parameter in enumerate(parameters)
    }
    return create("Arguments", __config__=ConfigDict(extra="forbid"), **fields)


def _hint(parameter: Parameter) -> Any:
    """A default of None allows None, whether the hint says so or not."""
    hint = acceptable(parameter.hint)
    if parameter.default is not None:
        return hint
    if get_origin(hint) is not Annotated:
        return Optional[hint]  # noqa: UP045  # Not everything knows `|`.
    inner, *notes = get_args(hint)
    return Annotated[(Optional[inner], *notes)]  # noqa: UP045


def _field(parameter: Parameter) -> Any:
    default = ... if parameter.default is MISSING else parameter.default
    return Field(default, alias=parameter.name, description=_description(parameter))


def _description(parameter: Parameter) -> str | None:
    """What stands nearest to the type counts: `Annotated` before the docstring."""
    notes = get_args(parameter.hint) if get_origin(parameter.hint) is Annotated else ()
    for note in notes[1:]:
        if isinstance(note, str):
            return note
        if isinstance(note, FieldInfo) and note.description:
            return note.description
    return parameter.description or None


def _tidy(schema: dict[str, Any]) -> dict[str, object]:
    """The schema without titles: they cost tokens and say what the names say."""
    return {"type": "object", **_without_titles(schema)}


def _without_titles(node: Any, *, names: bool = False) -> Any:
    if isinstance(node, list):
        return [_without_titles(part) for part in node]
    if not isinstance(node, dict):
        return node
    return {
        key: part
        if not names and key in _VALUES
        else _without_titles(part, names=not names and key in _NAMES)
        for key, part in node.items()
        if names or key != "title"
    }


def _unfit(tool: str, parameters: Sequence[Parameter], error: Exception) -> TypeError:
    for one in parameters:
        try:
            TypeAdapter(_hint(one)).json_schema(schema_generator=_Schema)
        except Exception as why:
            return TypeError(
                f'tool "{tool}": the type of "{one.name}", {one.hint!r},'
                f" cannot be described to a model: {_reason(why)}"
            )
    return TypeError(
        f'tool "{tool}": its parameters cannot be described: {_reason(error)}'
    )


def _reason(error: Exception) -> str:
    return clipped(one_line(str(error).partition("\n")[0]), 200)


def _errors(error: ValidationError) -> list[ErrorDetails]:
    return error.errors(include_url=False, include_context=False, include_input=False)


def _complaint(error: ErrorDetails) -> str:
    name = quoted(".".join(str(part) for part in error["loc"]))
    match error["type"]:
        case "missing":
            return f"{name} is missing"
        case "extra_forbidden" | "unexpected_keyword_argument":
            return f"{name} is unknown"
    said = clipped(one_line(error["msg"]), 200)
    return f"{name}: {said[:1].lower()}{said[1:]}"
