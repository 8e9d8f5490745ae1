"""A replacement for the functions of a machine. It answers as the script of the cart or campaign
says, and records its requests.

It is a Lambda with its own runtime. The emulator's Python runtime names every error
Runtime.HandlerError, but an own runtime can name errors as AWS's Python runtime does, and Retry
depends on the name.
"""

import json
import os
import time
import urllib.request
from pathlib import Path
from typing import Any

API = "http://{AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation"


class NotTakenError(Exception):
    """It has the name of our error, because Step Functions retries by name."""


class UnavailableError(Exception):
    """It has the name of our error, because Step Functions retries by name."""


class ContractError(Exception):
    """It has the name of our error, because Step Functions retries by name."""


class RefusedError(Exception):
    """An error that is never retried."""


# Lambda's names for the end of a process. Python's syntax does not allow such names for classes.
DIED = {name: type(name, (Exception,), {}) for name in ("Runtime.ExitError", "Runtime.OutOfMemory")}
FAULTS = {
    "NotTakenError": NotTakenError,
    "UnavailableError": UnavailableError,
    "ContractError": ContractError,
    "RefusedError": RefusedError,
    **DIED,
}


def serve() -> None:
    """Serve as a runtime; see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html."""
    api = API.format(**os.environ)
    while True:
        with urllib.request.urlopen(f"{api}/next") as response:
            event, request = json.load(response), response.headers["Lambda-Runtime-Aws-Request-Id"]
        try:
            post(f"{api}/{request}/response", handle(event))
        except Exception as error:
            post(
                f"{api}/{request}/error",
                {"errorType": type(error).__name__, "errorMessage": str(error)},
            )


def post(url: str, body: dict[str, Any]) -> None:
    with urllib.request.urlopen(
        urllib.request.Request(url, json.dumps(body).encode(), method="POST")
    ):
        pass


def handle(event: dict[str, Any]) -> dict[str, Any]:
    cart = Path(os.environ["SCRIPTS"]) / (event.get("cart_id") or event["campaign"])
    step = name_of(event)
    asked = cart / f"{step}.jsonl"
    with asked.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"at": time.time(), **event}) + "\n")
    attempt = len(asked.read_text(encoding="utf-8").splitlines())
    script = json.loads((cart / "script.json").read_text(encoding="utf-8")).get(step, ["sent"])
    return answer(script[min(attempt, len(script)) - 1])


def name_of(event: dict[str, Any]) -> str:
    if "campaign" in event:
        return "page"
    return (
        str(event["step"]["name"])
        if "step" in event
        else "close"
        if "close" in event
        else "question"
    )


def answer(said: str) -> dict[str, Any]:
    """Return the answer for `sent`, `sent later`, `wait 7200` or `sent {"sms_after_hours": 2}`, the
    timings of an arm, or raise the error of this name. `later`: the wait was moved out."""
    if said in FAULTS:
        raise FAULTS[said]("as scripted")
    told, _, timings = said.partition("{")
    outcome, _, seconds = told.strip().partition(" ")
    return {
        "outcome": outcome,
        "reason": "due",
        "wait_seconds": int(seconds) if seconds.isdecimal() else 0,
        "moved_out": seconds == "later",
        "timings": json.loads(f"{{{timings}") if timings else {},
    }


if __name__ == "__main__":
    serve()
