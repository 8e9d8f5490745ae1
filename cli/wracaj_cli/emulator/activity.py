"""What is under way in MiniStack besides timelines: requests, functions, messages in the queues
that functions drain."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from wracaj_cli.emulator.footing import module, wrap
from wracaj_cli.emulator.timekeeper import Timekeeper

SECONDS_TO_COME_BACK = 1.0
OWN = "/_ministack/"  # what asks about the emulator itself keeps nobody waiting


def requests(keeper: Timekeeper) -> None:
    """From the first byte to the last: what a request sets off is counted before its answer is
    sent."""

    def wrapper(serve: Callable[..., Any]) -> Callable[..., Any]:
        async def serving(scope: dict[str, Any], receive: Any, send: Any) -> None:
            if scope["type"] != "http" or scope["path"].startswith(OWN):
                await serve(scope, receive, send)
                return
            with keeper.busy("requests"):
                await serve(scope, receive, send)

        return serving

    wrap(module("app"), "app", wrapper)


def calls_of_functions(keeper: Timekeeper) -> None:
    """Also those that outlive their request, such as one that Step Functions has given up on."""

    def wrapper(execute: Callable[..., Any]) -> Callable[..., Any]:
        def executing(function: dict[str, Any], event: Any) -> Any:
            with keeper.busy(
                f"function {(function.get('config') or function).get('FunctionName')}"
            ):
                return execute(function, event)

        return executing

    wrap(module("services.lambda_svc"), "_execute_function", wrapper)


def failed_messages_come_back_soon() -> None:
    """Their visibility time-out is minutes of real time, through which time could not jump; here it
    is a breath."""

    def wrapper(run: Callable[..., Any]) -> Callable[..., Any]:
        def running(
            esm: Any, function: Any, event: Any, batch: list[dict[str, Any]], url: str, name: str
        ) -> Any:
            answer = run(esm, function, event, batch, url, name)
            for message in batch:  # those that were worked on are gone from the queue already
                message["visible_at"] = time.time() + SECONDS_TO_COME_BACK
            return answer

        return running

    wrap(module("services.lambda_svc"), "_run_sqs_batch", wrapper)


def messages_to_drain() -> Counter[str]:
    """In queues that a function reads: those it has not taken, those it has in hand, and those that
    it failed at."""
    functions, sqs = module("services.lambda_svc"), module("services.sqs")
    sources = {
        mapping["EventSourceArn"]
        for mapping in list(functions._esms._data.values())
        if mapping.get("Enabled", True)
    }
    found: Counter[str] = Counter()
    for queue in list(sqs._queues._data.values()):
        arn = queue["attributes"].get("QueueArn", "")
        if arn in sources and queue["messages"]:
            found[f"messages in {arn.rpartition(':')[2]}"] = len(queue["messages"])
    return found
