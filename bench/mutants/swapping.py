"""Puts a mutant into a running process: the functions stay, and their code is replaced.

So whoever imported them has the mutant, and nothing is imported again. What runs while a module is
imported, such as the fields of a class, cannot be swapped.
"""

import ast
import sys
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

from bench.mutants.making import Mutant


def swapped(mutant: Mutant, text: str) -> Callable[[], None] | None:
    """Return what puts the mutant in place of the module's code. None: it cannot be swapped.
    `text`: of the module as it is."""
    name = _function_around(mutant.line, text)
    function = _found(sys.modules[mutant.module], name) if name else None
    if function is None or not name:
        return None
    codes = list(_codes(compile(mutant.text, function.__code__.co_filename, "exec"), name))
    if len(codes) != 1:
        return None

    def put() -> None:
        function.__code__ = codes[0]

    return put


def _function_around(line: int, text: str) -> str | None:
    """Return the qualified name of the outermost function with this line in its body."""

    def search(nodes: list[ast.stmt], inside: str) -> str | None:
        for node in nodes:
            if not node.lineno <= line <= (node.end_lineno or 0):
                continue
            if isinstance(node, ast.FunctionDef):
                return inside + node.name if line >= node.body[0].lineno else None
            if isinstance(node, ast.ClassDef):
                return search(node.body, f"{inside}{node.name}.")
        return None

    return search(ast.parse(text).body, "")


def _found(module: Any, name: str) -> FunctionType | None:
    owner: Any = module
    for part in name.split("."):
        owner = vars(owner).get(part)
        for attribute in ("fget", "__func__", "func", "wrapped", "__wrapped__"):
            if not isinstance(owner, (FunctionType, type)) or attribute == "__wrapped__":
                owner = getattr(owner, attribute, owner)
    return owner if isinstance(owner, FunctionType) else None


def _codes(code: CodeType, name: str) -> Iterator[CodeType]:
    for const in code.co_consts:
        if isinstance(const, CodeType):
            if const.co_qualname == name:
                yield const
            yield from _codes(const, name)
