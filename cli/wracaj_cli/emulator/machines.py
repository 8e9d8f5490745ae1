"""How MiniStack's Step Functions differ from AWS's."""

from collections.abc import Callable
from typing import Any

from wracaj_cli.emulator.footing import module, wrap


def names_of_refused_starts() -> None:
    """A start that a machine asks for and that is refused: AWS tells
    StepFunctions.ExecutionAlreadyExistsException, MiniStack the name that a client of its API gets.
    """
    machines = module("services.stepfunctions")

    def wrapper(start: Callable[..., Any]) -> Callable[..., Any]:
        def renaming(*arguments: Any) -> Any:
            try:
                return start(*arguments)
            except machines._ExecutionError as error:
                if not error.error.startswith(("States.", "StepFunctions.")):
                    error.error = f"StepFunctions.{error.error.removesuffix('Exception')}Exception"
                raise

        return renaming

    wrap(machines, "_invoke_nested_start_execution", wrapper)
