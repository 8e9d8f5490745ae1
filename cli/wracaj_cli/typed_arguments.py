"""Errors in command-line arguments, in our own sentences instead of pydantic's."""

from typing import Any

import typer
from pydantic import ValidationError
from typer.core import TyperGroup

from wracaj.text.mistakes import sentence_of_typed


class PlainlyTold(TyperGroup):
    """Typer checks arguments with pydantic and would show pydantic's messages."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            if isinstance(error.__cause__, ValidationError):
                error.message = "; ".join(dict.fromkeys(map(_told, error.__cause__.errors())))
            raise


def _told(problem: Any) -> str:
    """Return the problem as a sentence. One that Typer wrote already says what was given."""
    return sentence_of_typed(
        problem | {"input": {}} if problem["type"] == "value_error" else problem
    )
