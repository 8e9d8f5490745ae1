"""The activity in MiniStack besides timelines: requests, functions, and messages in the queues that
functions read."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from wracaj_cli.emulator.footing import module, wrap
from wracaj_cli.emulator.timekeeper import Timekeeper

SECONDS_TO_COME_BACK = 1.0
LONGEST_WINDOW = 5.0  # of batches that gather, in real seconds
OWN = "/_ministack/"  # requests about the emulator itself are not counted


def requests(keeper: Timekeeper) -> None:
    """Count each request from its first byte to its last. What a request causes is counted before
    the answer is sent."""

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
    """Count the calls of functions, including those that outlive their request, such as one that
    Step Functions has given up."""

    def wrapper(execute: Callable[..., Any]) -> Callable[..., Any]:
        def executing(function: dict[str, Any], event: Any) -> Any:
            with keeper.busy(
                f"function {(function.get('config') or function).get('FunctionName')}"
            ):
                return execute(function, event)

        return executing

    wrap(module("services.lambda_svc"), "_execute_function", wrapper)


def failed_messages_come_back_soon() -> None:
    """Return failed messages to their queue after a moment. Their visibility time-out is minutes of
    real time, which time could not jump over."""

    def wrapper(run: Callable[..., Any]) -> Callable[..., Any]:
        def running(
            esm: Any, function: Any, event: Any, batch: list[dict[str, Any]], url: str, name: str
        ) -> Any:
            answer = run(esm, function, event, batch, url, name)
            for message in batch:  # the messages that succeeded are already gone from the queue
                message["visible_at"] = time.time() + SECONDS_TO_COME_BACK
            return answer

        return running

    wrap(module("services.lambda_svc"), "_run_sqs_batch", wrapper)


def batches_gather() -> None:
    """Let messages gather for `MaximumBatchingWindowInSeconds`, and hand over more than ten at
    once, as Lambda does. A window longer than LONGEST_WINDOW is left out: it is real time, which
    time could not jump over."""
    sqs = module("services.sqs")

    def wrapper(receive: Callable[..., Any]) -> Callable[..., Any]:
        def gathering(url: str, most: int) -> list[dict[str, Any]]:
            queue = sqs._queues.get(url)
            window = _windows().get(queue["attributes"].get("QueueArn", ""), 0) if queue else 0
            if not 0 < window <= LONGEST_WINDOW:
                return list(receive(url, most))
            waiting = list(queue["messages"])
            oldest = min((message["sent_at"] for message in waiting), default=time.time())
            if len(waiting) < most and time.time() < oldest + window:
                return []
            batch: list[dict[str, Any]] = []
            while len(batch) < most and (some := receive(url, most - len(batch))):
                batch += some
            return batch

        return gathering

    wrap(sqs, "_receive_messages_for_esm", wrapper)


def _windows() -> dict[str, float]:
    """Queue → how long its messages gather, in real seconds."""
    mappings = list(module("services.lambda_svc")._esms._data.values())
    return {
        mapping["EventSourceArn"]: float(mapping.get("MaximumBatchingWindowInSeconds") or 0)
        for mapping in mappings
        if mapping.get("Enabled", True)
    }


def messages_to_drain() -> Counter[str]:
    """Count the messages in queues that a function reads: those that wait, those in work, and those
    that failed. Messages that gather hold up nothing: what reads them starts no timeline."""
    sqs = module("services.sqs")
    sources = {arn for arn, window in _windows().items() if not 0 < window <= LONGEST_WINDOW}
    found: Counter[str] = Counter()
    for queue in list(sqs._queues._data.values()):
        arn = queue["attributes"].get("QueueArn", "")
        if arn in sources and queue["messages"]:
            found[f"messages in {arn.rpartition(':')[2]}"] = len(queue["messages"])
    return found
