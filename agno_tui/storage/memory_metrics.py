"""What the runs of a session took together, summed up in this process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agno_tui.session import Run, SessionMetrics


def metrics_of(runs: Sequence[Run]) -> SessionMetrics:
    """The runs' metrics in one; what no run knows is None."""
    all_of = [run.metrics for run in runs]
    first_tokens = _known(each.time_to_first_token for each in all_of)
    streamed = [
        (each.output_tokens, each.duration - (each.time_to_first_token or 0.0))
        for each in all_of
        if each.output_tokens is not None
        and each.duration is not None
        and each.duration > (each.time_to_first_token or 0.0)
    ]
    seconds = sum(duration for _, duration in streamed)
    return SessionMetrics(
        runs=sum(run.status.ended for run in runs),
        input_tokens=_sum(each.input_tokens for each in all_of),
        output_tokens=_sum(each.output_tokens for each in all_of),
        cached_tokens=_sum(each.cached_tokens for each in all_of),
        reasoning_tokens=_sum(each.reasoning_tokens for each in all_of),
        time_to_first_token=(
            sum(first_tokens) / len(first_tokens) if first_tokens else None
        ),
        duration=_sum_of_times(each.duration for each in all_of),
        tokens_per_second=(
            sum(tokens for tokens, _ in streamed) / seconds if streamed else None
        ),
        estimated=any(each.estimated for each in all_of),
    )


def _known(times: Iterable[float | None]) -> list[float]:
    return [time for time in times if time is not None]


def _sum(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _sum_of_times(times: Iterable[float | None]) -> float | None:
    known = _known(times)
    return sum(known) if known else None
