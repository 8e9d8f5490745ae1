"""The base of every bridge: MiniStack's modules, and functions that wrap, replace or rewrite their
contents."""

import functools
import importlib
from collections.abc import Callable
from typing import Any


def module(name: str) -> Any:
    return importlib.import_module(f"ministack.{name}")


def wrap(owner: Any, name: str, wrapper: Callable[[Any], Any]) -> None:
    original = getattr(owner, name, None)
    if original is None:
        raise _no_footing(f"{owner} has no {name}")
    setattr(owner, name, functools.wraps(original)(wrapper(original)))


def replace(owner: Any, name: str, new: Any) -> None:
    if not hasattr(owner, name):
        raise _no_footing(f"{owner} has no {name}")
    setattr(owner, name, new)


def rewrite(owner: Any, name: str, old: str, new: str) -> None:
    text = getattr(owner, name, "")
    if text.count(old) != 1:
        raise _no_footing(f"{name} does not hold {old!r} once")
    setattr(owner, name, text.replace(old, new))


def _no_footing(why: str) -> SystemExit:
    return SystemExit(
        f"The local stack does not fit this version of MiniStack: {why}. requirements-dev.txt pins"
        " the one that fits"
    )
