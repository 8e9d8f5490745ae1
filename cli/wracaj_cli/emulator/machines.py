"""Corrects MiniStack's Step Functions where they differ from AWS's."""

from collections.abc import Callable
from typing import Any

from wracaj_cli.emulator.footing import module, wrap


def names_of_refused_starts() -> None:
    """Use AWS's name of the error when a state machine starts an execution and the start is
    refused. AWS uses StepFunctions.ExecutionAlreadyExistsException; MiniStack uses the name that
    its API returns to clients."""
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
