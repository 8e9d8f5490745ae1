"""Arguments that people type on the command line: what is wrong with one is told in our sentences,
never in pydantic's."""

from typing import Any

import typer
from pydantic import ValidationError
from typer.core import TyperGroup

from wracaj.text.mistakes import sentence_of_typed


class PlainlyTold(TyperGroup):
    """Typer checks arguments with pydantic, and would show what that says of them."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            if isinstance(error.__cause__, ValidationError):
                error.message = "; ".join(dict.fromkeys(map(_told, error.__cause__.errors())))
            raise


def _told(problem: Any) -> str:
    """A sentence of Typer's own says what was given."""
    return sentence_of_typed(
        problem | {"input": {}} if problem["type"] == "value_error" else problem
    )
