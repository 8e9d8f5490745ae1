"""Corrects MiniStack's Lambda where it differs from AWS's, or needs too much of a small machine."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from wracaj_cli.emulator.footing import module, rewrite, wrap

WORKERS_PER_FUNCTION = 2
TIMED_OUT = "Sandbox.Timedout"
CLOCK = "WRACAJ_EMULATOR_CLOCK"  # path of the file with the environment variables of the clock

_CALL = "            result = handler_fn(event, context)\n"
_SET_CLOCK = f"""\
            if os.path.exists(os.environ["{CLOCK}"]):
                with open(os.environ["{CLOCK}"]) as _clock:
                    os.environ.update(json.load(_clock))
"""


def names_of_lambda_errors() -> None:
    """Use Lambda's names of errors. MiniStack calls every exception of a handler
    Runtime.HandlerError; Lambda uses the name of its class, which Retry matches.

    If a process died or did not start, MiniStack uses the same name, or that of one of its own
    exceptions. Lambda uses Runtime.ExitError, which one of our Retry rules handles. With any other
    name, the shopper would not get the message.
    """
    runtime, functions = module("core.lambda_runtime"), module("services.lambda_svc")
    told = '"status": "error", "error": str(e), "trace"'
    rewrite(runtime, "_PYTHON_WORKER_SCRIPT", told, f'"type": type(e).__name__, {told}')
    this_call = threading.local()

    def remember(invoke: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        def remembering(*arguments: Any, **named: Any) -> dict[str, Any]:
            response = invoke(*arguments, **named)
            this_call.error = response.get("type")
            return response

        return remembering

    def rename(execute: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        def renaming(*arguments: Any) -> dict[str, Any]:
            this_call.error = None
            result = execute(*arguments)
            if result.get("error") and not result.get("throttle"):
                result["body"]["errorType"] = this_call.error or _of_its_process(result["body"])
            return result

        return renaming

    wrap(runtime.Worker, "invoke", remember)
    wrap(functions, "_execute_function_warm", rename)


def _of_its_process(told: dict[str, Any]) -> str:
    return TIMED_OUT if told.get("errorType") == TIMED_OUT else "Runtime.ExitError"


def a_queue_for_each_function() -> None:
    """Limit the processes of each function. MiniStack starts one more Python process per concurrent
    call, so a burst of calls would overload a small machine."""
    turns: dict[str, threading.BoundedSemaphore] = {}
    guard = threading.Lock()

    def wrapper(execute: Callable[..., Any]) -> Callable[..., Any]:
        def in_turn(function: dict[str, Any], *arguments: Any) -> Any:
            name = (function.get("config") or function).get("FunctionName", "")
            with guard:
                turn = turns.setdefault(name, threading.BoundedSemaphore(WORKERS_PER_FUNCTION))
            with turn:
                return execute(function, *arguments)

        return in_turn

    wrap(module("services.lambda_svc"), "_execute_function_warm", wrapper)


def clock_of_workers() -> None:
    """Set the virtual clock before each call of a function. Only this emulator has a clock faster
    than real time, and it starts when the stack is ready."""
    rewrite(module("core.lambda_runtime"), "_PYTHON_WORKER_SCRIPT", _CALL, _SET_CLOCK + _CALL)


def spawn_workers(*, fresh: bool, each: int = WORKERS_PER_FUNCTION) -> int:
    """Start workers, and return how many. A cold start takes a second here, which is an hour at
    speed 3600. So `up` requests all workers before the clock starts.

    `fresh`: replace the running workers, which may hold old data. `each`: workers per function; 0
    starts them with their first call.
    """
    runtime, deployed = (
        module("core.lambda_runtime"),
        module("services.lambda_svc")._functions._data.values(),
    )
    functions = [function for function in deployed if function.get("code_zip")]
    if fresh:
        for function in functions:
            runtime.invalidate_worker(function["config"]["FunctionName"])
    wanted = functions * each
    leased = [
        runtime.acquire_worker(f["config"]["FunctionName"], f["config"], f["code_zip"])[0]
        for f in wanted
    ]
    try:
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            list(threads.map(runtime.ensure_spawned, leased))
    finally:
        for worker in leased:
            runtime.release_worker(worker)
    return len(leased)
