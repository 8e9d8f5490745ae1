"""Plays one call of a Lambda in an interpreter that has the runtime packages alone.

It imports nothing of this repository but the handler, and the handler may be that of an older
commit. What it is to do comes as JSON on its standard input, what it found goes to the standard
output as JSON:

- `record` plays `before` and then `event` against the emulator, and keeps the AWS answers to
  `event`;
- `cold` imports the handler and answers `event` once, AWS answering from the record;
- `imports` imports the handler alone, and `boto3` makes boto3's clients;
- `warm` answers the `events` one after another, and then makes the same AWS requests without us.
"""

import base64
import contextlib
import json
import os
import sys
import time
from collections import defaultdict
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

Json = dict[str, Any]
CONTEXT = SimpleNamespace(
    aws_request_id="bench", function_name="bench", memory_limit_in_mb=512, invoked_function_arn="a"
)


def target_of(request: Any) -> str:
    target = request.headers.get("X-Amz-Target") or request.url.rpartition("/v2/")[2]
    return target.decode() if isinstance(target, bytes) else str(target)


class Record:
    """The answers of AWS by what was asked, in their order. The last one is given again."""

    def __init__(self, answers: list[Json]) -> None:
        self.of: defaultdict[str, list[Json]] = defaultdict(list)
        for answer in answers:
            self.of[answer["target"]].append(answer)

    def answer(self, request: Any) -> Any:
        from botocore.awsrequest import AWSResponse

        left = self.of[target_of(request)]
        told = left.pop(0) if len(left) > 1 else left[0]
        response: Any = AWSResponse(request.url, told["status"], told["headers"], None)
        response._content = base64.b64decode(told["body"])
        return response


def record(told: Json) -> Json:
    from botocore import endpoint

    Endpoint: Any = endpoint.Endpoint  # noqa: N806

    kept: list[Json] = []
    send = Endpoint._send

    def noting(self: Any, request: Any) -> Any:
        response = send(self, request)
        body = base64.b64encode(response.content).decode()
        kept.append(
            {
                "target": target_of(request),
                "status": response.status_code,
                "headers": {"content-type": str(response.headers.get("content-type"))},
                "body": body,
            }
        )
        return response

    Endpoint._send = noting
    for handler, event in told["before"]:
        answered(handler, event)
    forget()
    kept.clear()
    return {"answer": answered(told["handler"], told["event"]), "record": kept}


def answered(handler: str, event: Json) -> Any:
    return import_module(f"{handler}.app").handler(event, CONTEXT)


def forget() -> None:
    """As a new process begins."""
    from wracaj import store
    from wracaj.aws import shop_config

    shop_config._cached.clear()
    shop_config._switch = None
    for kept in ("link_key", "identifiers_key"):
        for module in (shop_config, store):
            with contextlib.suppress(AttributeError):
                getattr(module, kept).cache_clear()


def answer_from(record: list[Json]) -> None:
    from botocore import endpoint

    Endpoint: Any = endpoint.Endpoint  # noqa: N806

    kept = Record(record)
    Endpoint._send = lambda _self, request: kept.answer(request)


def cold(told: Json) -> Json:
    answers, handler, event = told["record"], told["handler"], told["event"]
    begun = time.process_time()
    app = import_module(f"{handler}.app")
    imported = time.process_time()
    answer_from(answers)
    answer = app.handler(event, CONTEXT)
    done = time.process_time()
    return {"imports": imported - begun, "call": done - imported, "answer": answer}


def imports(told: Json) -> Json:
    begun = time.process_time()
    import_module(f"{told['handler']}.app")
    return {"imports": time.process_time() - begun}


def boto3(told: Json) -> Json:
    begun = time.process_time()
    import boto3

    for service in told["services"]:
        boto3.client(service)
    return {"imports": time.process_time() - begun}


def warm(told: Json) -> Json:
    """`ours`: the client answers at once. `client`: its requests alone, made as we make them, which
    it serializes and signs, and whose recorded answers it parses."""
    from botocore import client as clients

    BaseClient: Any = clients.BaseClient  # noqa: N806

    answer_from(told["record"])
    app = import_module(f"{told['handler']}.app")
    first, *events = told["events"]
    asked: list[tuple[Any, str, Json]] = []
    ask = BaseClient._make_api_call
    answers: dict[str, Any] = {}

    def noting(self: Any, operation: str, parameters: Json) -> Any:
        answers[operation] = ask(self, operation, parameters)
        asked.append((self, operation, parameters))
        return answers[operation]

    BaseClient._make_api_call = noting
    app.handler(first, CONTEXT)
    asked.clear()
    app.handler(events.pop(0), CONTEXT)
    BaseClient._make_api_call = lambda _self, operation, _: answers[operation]
    ours = timed(lambda event: app.handler(event, CONTEXT), events)
    client = timed(lambda _: [ask(*one) for one in asked], events)
    return {"ours": ours, "client": client, "asked": [operation for _, operation, _ in asked]}


def timed(do: Any, events: list[Json]) -> list[float]:
    """The processor time of each batch of 50, by event."""
    found = []
    for at in range(0, len(events) - 49, 50):
        begun = time.process_time()
        for event in events[at : at + 50]:
            do(event)
        found.append((time.process_time() - begun) / 50)
    return found


if __name__ == "__main__":
    what, said = json.load(sys.stdin), sys.stdout
    sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - the function's log
    print(json.dumps(globals()[what["do"]](what)), file=said, flush=True)
