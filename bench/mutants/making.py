"""Makes the mutants of a module: each is the module's text with one small change."""

import ast
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator
from parso.python.tree import Name

COMPARISONS = (
    *("Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is"),
    *("Lt_LtE", "Lt_GtE", "LtE_Lt", "LtE_Gt", "Gt_GtE", "Gt_LtE", "GtE_Gt", "GtE_Lt"),
)
SUMS = ("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "FloorDiv_Div", "Mod_Mul", "BitAnd_BitOr")
OPERATORS = (
    *("AddNot", "NumberReplacer", "ReplaceAndWithOr", "ReplaceOrWithAnd"),
    *("ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ZeroIterationForLoop"),
    *("ReplaceBreakWithContinue", "ReplaceContinueWithBreak"),
    *("ReplaceUnaryOperator_Delete_Not", "ReplaceUnaryOperator_USub_UAdd"),
    *(f"ReplaceComparisonOperator_{pair}" for pair in COMPARISONS),
    *(f"ReplaceBinaryOperator_{pair}" for pair in SUMS),
)


class OtherNode(Operator):  # type: ignore[misc]
    """Replaces one node. `becomes` returns its new text, or None if it is of no interest."""

    def becomes(self, node: Any) -> str | None:
        raise NotImplementedError

    def mutation_positions(self, node: Any) -> Iterator[tuple[Any, Any]]:
        if self.becomes(node) is not None:
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:  # noqa: ARG002
        return Name(self.becomes(node) or "", node.start_pos, node.get_first_leaf().prefix)

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


class ReturnNothing(OtherNode):
    def becomes(self, node: Any) -> str | None:
        if node.type != "return_stmt" or node.children[1].get_code().strip() in ("None", "False"):
            return None
        return "return None"


class OtherFunction(OtherNode):
    OTHERS: ClassVar = {"min": "max", "max": "min", "any": "all", "all": "any", "ceil": "int"}

    def becomes(self, node: Any) -> str | None:
        is_called = node.type == "name" and node.get_next_leaf().value == "("
        return self.OTHERS.get(node.value) if is_called else None


class NotInstead(OtherNode):
    """`in` becomes `not in`."""

    def becomes(self, node: Any) -> str | None:
        is_one = node.type == "keyword" and node.value == "in" and node.parent.type == "comparison"
        return "not in" if is_one else None


@dataclass(frozen=True)
class Mutant:
    """`was`, `becomes`: the changed line. `nth`: of the mutants of a module that change such a line
    alike, counted from 1. `scope`: a hash of the outermost function or statement around it; as long
    as that stays, what came of the mutant stays."""

    module: str
    line: int
    was: str
    becomes: str
    nth: int
    scope: str
    text: str

    @property
    def name(self) -> str:
        again = f" (number {self.nth})" if self.nth > 1 else ""
        return f"{self.was}  →  {self.becomes}{again}"


def mutants_of(module: str, text: str) -> Iterator[Mutant]:
    seen: Counter[tuple[str, str]] = Counter()
    for operator in _operators():
        occurrence = 0
        while (mutated := mutate_code(text, operator, occurrence)) is not None:
            occurrence += 1
            line, was, becomes = _change(text, mutated)
            if _is_of_a_rule(was, becomes) and _compiles(mutated):
                seen[was, becomes] += 1
                told = was, becomes, seen[was, becomes], _scope(line, text), mutated
                yield Mutant(module, line, *told)


def _operators() -> Iterator[Operator]:
    for name in OPERATORS:
        yield get_operator(f"core/{name}")()
    yield from (ReturnNothing(), OtherFunction(), NotInstead())


def _change(text: str, mutated: str) -> tuple[int, str, str]:
    """Return (number, old, new) of the changed line."""
    before, after = text.splitlines(), mutated.splitlines()
    pairs = enumerate(zip(before, after, strict=False), 1)
    number = next(number for number, (old, new) in pairs if old != new)
    end = number + (len(before) - len(after))  # a return over several lines becomes one
    was = " ".join(map(str.strip, before[number - 1 : end]))
    return number, was, after[number - 1].strip()


def _scope(line: int, text: str) -> str:
    around = next(
        node for node in ast.parse(text).body if node.lineno <= line <= (node.end_lineno or 0)
    )
    if isinstance(around, ast.ClassDef):
        around = next(
            (node for node in around.body if node.lineno <= line <= (node.end_lineno or 0)), around
        )
    source = ast.get_source_segment(text, around) or ""
    return hashlib.sha256(source.encode()).hexdigest()[:8]


def _is_of_a_rule(line: str, becomes: str) -> bool:
    """Whether the line is no docstring, no import and no mark of named parameters."""
    marks_names = becomes == line.replace("*,", "/,")
    return not marks_names and not line.startswith(('"""', "from ", "import ", "@"))


def _compiles(text: str) -> bool:
    try:
        compile(text, "mutant", "exec")
    except SyntaxError:
        return False
    return True
