"""Values that are kept as JSON text: tool calls, a session's state, a summary.

What is read may be anything: another program, or a newer one of ours, wrote it. What
cannot be understood is as if it were not there, so that no row is unreadable.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from agno_tui.session import SessionSummary, ToolCall
from agno_tui.text import repair


def json_text(values: Mapping[str, object]) -> str:
    """A JSON object as text that is valid Unicode.

    Errors: `ValueError` for what is not JSON, also for numbers that are not finite and
    for names that are not text.
    """
    try:
        # Not escaped: an escaped half of a surrogate pair would survive the repair.
        text = json.dumps(dict(values), ensure_ascii=False, allow_nan=False)
        _check_names(values)
    except (TypeError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from error
    return repair(text)


def json_object(text: str | None) -> dict[str, object]:
    """The JSON object that a text is; empty where it is none."""
    value = _read(text)
    return value if isinstance(value, dict) else {}


def merged(text: str, changed: str, removed: Collection[str]) -> str:
    """The JSON object `text` with what `changed` has, without the names `removed`.

    A name that is in both is changed.
    """
    gone = {repair(name) for name in removed}
    kept = {n: value for n, value in json_object(text).items() if n not in gone}
    return json_text(kept | json_object(changed))


def tool_calls_text(tool_calls: Sequence[ToolCall]) -> str | None:
    """Tool calls as a JSON array, always the same for the same calls; None for none."""
    if not tool_calls:
        return None
    values = [
        {"id": call.id, "name": call.name, "arguments": call.arguments}
        for call in tool_calls
    ]
    return repair(json.dumps(values, ensure_ascii=False))


def tool_calls_from(text: str | None) -> list[ToolCall]:
    """Tool calls from JSON text; none where any of them is broken."""
    values = _read(text)
    if not isinstance(values, list):
        return []
    try:
        return [
            ToolCall(_text(each["id"]), _text(each["name"]), _text(each["arguments"]))
            for each in values
        ]
    except (TypeError, LookupError):
        return []


def summary_text(summary: SessionSummary) -> str:
    """A summary as a JSON object. Errors: `ValueError`."""
    return json_text(
        {
            "summary": summary.summary,
            "topics": list(summary.topics),
            "updated_at": summary.updated_at,
        }
    )


def summary_from(text: str | None) -> SessionSummary | None:
    """A summary from JSON text, None where it is broken."""
    value = json_object(text)
    try:
        return SessionSummary(
            summary=_text(value["summary"]),
            topics=[_text(topic) for topic in _list(value["topics"])],
            updated_at=_whole(value["updated_at"]),
        )
    except (TypeError, LookupError):
        return None


def _read(text: str | None) -> object:
    """What the text says, surrogates repaired; None where it is not JSON."""
    if text is None:
        return None
    try:
        value: object = json.loads(text, parse_constant=_refuse)
        # Only escapes can bring half a pair back.
        return json.loads(_unescaped(value)) if "\\u" in text else value
    except (ValueError, RecursionError):
        return None


def _refuse(constant: str) -> object:
    """json.loads knows NaN and the infinities, which JSON does not."""
    raise ValueError(f"not JSON: {constant}")


def _unescaped(value: object) -> str:
    return repair(json.dumps(value, ensure_ascii=False))


def _check_names(value: object) -> None:
    """json.dumps makes text of names that are numbers: two names may become one."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            if not isinstance(name, str):
                raise ValueError(f"not JSON: {name!r} is not text")
            _check_names(each)
    elif isinstance(value, list | tuple):
        for each in value:
            _check_names(each)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not text")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError("not a whole number")
    return value
