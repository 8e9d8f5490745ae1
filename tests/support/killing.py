"""Kills the process between any two lines of our code.

A trace function raises a BaseException, which our code never catches, before the n-th line of our
code. Two lines with no request and no message between them leave the same state behind, because
memory is lost in any case. So it is enough to kill the process at the first and the last line of
each stretch between two such effects. This covers every line without running all of them.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import wracaj
from support.scenes import Requests, Scene
from wracaj import store

FUNCTIONS = str(Path(wracaj.__file__).parents[1]) + "/"


class Killed(BaseException):
    """The process was killed."""


def tracing(action: Callable[[], object], at_line: Callable[[], None]) -> None:
    """Run the action and call `at_line` before each line of our code."""

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        code = frame.f_code
        if not code.co_filename.startswith(FUNCTIONS):
            return None
        if (
            code.co_name == "<module>"
        ):  # imported at its first use: only the first run has its lines
            return None
        if event == "line":
            at_line()
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(before)


def lines_to_die_at(scene: Scene, action: Callable[[], object]) -> list[int]:
    """Return the first and the last line of each stretch between two effects, counted from 1."""
    for part in store.PARTS:  # each is made at its first use, by lines that come only once
        getattr(scene.store, part)
    effects_before: list[int] = []
    with Requests(scene.store.table.dynamodb) as requests:
        tracing(
            action,
            lambda: effects_before.append(
                len(requests) + len(scene.provider.sent) + len(scene.started) + len(scene.created)
            ),
        )
    edges = {0, len(effects_before) - 1}
    for line in range(1, len(effects_before)):
        if effects_before[line] != effects_before[line - 1]:
            edges |= {line - 1, line}
    return [line + 1 for line in sorted(edges)]


def die_at(line: int, action: Callable[[], object]) -> None:
    left = line

    def count_down() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Killed

    with pytest.raises(Killed):
        tracing(action, count_down)
