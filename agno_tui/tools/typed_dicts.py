"""TypedDicts as pydantic wants them on Python 3.11: those of typing_extensions.

Pydantic refuses `typing.TypedDict` before 3.12, where a class did not yet know which of
its keys its bases left optional.
"""

from __future__ import annotations

import sys
from functools import reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints
from typing import is_typeddict as is_typed_dict

import typing_extensions


def acceptable(hint: Any) -> Any:
    """The type hint, with all TypedDicts in it made over where that is needed.

    Not those inside of a dataclass or a pydantic model.
    """
    if sys.version_info >= (3, 12):
        return hint
    if is_typed_dict(hint):
        return _made_over(hint)
    parts = get_args(hint)
    if not parts or get_origin(hint) is Literal:
        return hint
    if get_origin(hint) is Annotated:
        return Annotated[(acceptable(parts[0]), *parts[1:])]
    made = tuple(part if part is ... else acceptable(part) for part in parts)
    if made == parts:
        return hint
    if isinstance(hint, UnionType):
        return reduce(or_, made)
    return (
        hint.copy_with(made) if hasattr(hint, "copy_with") else get_origin(hint)[made]
    )


def _made_over(typed_dict: Any) -> Any:
    hints = get_type_hints(typed_dict, include_extras=True)
    create: Any = typing_extensions.TypedDict
    made: Any = create(
        typed_dict.__name__,
        {
            name: acceptable(hint)
            if name in typed_dict.__required_keys__
            else typing_extensions.NotRequired[_bare(acceptable(hint))]
            for name, hint in hints.items()
        },
    )
    made.__doc__ = typed_dict.__doc__
    made.__module__ = typed_dict.__module__
    return made


def _bare(hint: Any) -> Any:
    """Without a `NotRequired` of its own."""
    optional = get_origin(hint) is typing_extensions.NotRequired
    return get_args(hint)[0] if optional else hint
