"""A client of AWS as the product sees it: boto3's calls and boto3's errors, with the tries that
botocore makes, and with what can happen to each of them."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from simulation.world.dynamodb.service import cancelled
from simulation.world.errors import RefusedError

if TYPE_CHECKING:
    from simulation.world.ground import Ground

Json = dict[str, Any]
Do = Callable[[str, Json], Json]
TRIES = 2  # as in wracaj.aws.clients
SECONDS_TO_ANSWER, SECONDS_TO_SEND, SECONDS_TO_CONNECT = 2.0, 15.0, 1.0
# What botocore's standard mode tries again.
TRIED_AGAIN = {
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "TooManyRequestsException",
    "Throttling",
    "InternalServerError",
    "InternalFailure",
    "ServiceUnavailable",
}
WRITES = {"put_item", "update_item", "delete_item", "transact_write_items", "batch_write_item"}
THROTTLED = {
    "dynamodb": "ThrottlingException",
    "sesv2": "TooManyRequestsException",
    "sns": "Throttling",
    "s3": "SlowDown",
}
BROKEN = {
    "dynamodb": "InternalServerError",
    "secretsmanager": "InternalServiceError",
    "sns": "InternalError",
    "ssm": "InternalServerError",
}


class Client:
    """One client. `sends`: it never repeats a request, and waits longer. `once`: it does not
    repeat."""

    def __init__(
        self, world: "Ground", service: str, do: Do, *, sends: bool = False, once: bool = False
    ) -> None:
        self._world, self._service, self._do = world, service, do
        self._tries = 1 if sends or once else TRIES
        self._patience = SECONDS_TO_SEND if sends else SECONDS_TO_ANSWER
        self._tokens: set[str] = set()
        self.exceptions = Exceptions()

    def __getattr__(self, operation: str) -> Callable[..., Json]:
        if operation.startswith("_"):
            raise AttributeError(operation)

        def call(**request: Any) -> Json:
            return self._call(operation, request)

        vars(self)[operation] = call
        return call

    def get_paginator(self, operation: str) -> "Paginator":
        return Paginator(getattr(self, operation))

    def _call(self, operation: str, request: Json) -> Json:
        if operation == "transact_write_items" and "ClientRequestToken" not in request:
            request = {**request, "ClientRequestToken": self._world.next_id("token")}
        for left in range(self._tries - 1, -1, -1):
            try:
                return self._try(operation, request)
            except ClientError as error:
                if not left or error.response["Error"]["Code"] not in TRIED_AGAIN:
                    raise
            except (ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError):
                if not left:
                    raise
            self._world.spend(self._world.dice.random())  # botocore's own pause
        raise AssertionError("no try is left")

    def _try(self, operation: str, request: Json) -> Json:
        world = self._world
        fault = world.before(self._service, operation)
        if fault in BEFORE:
            BEFORE[fault](self, operation, request)
        if fault == "killed before":
            world.kill(f"before {self._service}.{operation}")
        if fault == "unprocessed":
            return _unprocessed(operation, request)
        try:
            answer = self._do(operation, request)
        except RefusedError as refusal:
            if fault == "killed after":
                world.kill(f"after {self._service}.{operation}")
            if fault == "cut":
                self._time_out(operation)
            raise as_client_error(refusal, operation) from None
        except Exception as error:
            world.broken(f"{self._service}.{operation}: {error!r}")
        if operation in WRITES and request.get("TableName") != "ArchiveKeys":
            self._took_effect(request.get("ClientRequestToken"))
        if fault == "killed after":
            world.kill(f"after {self._service}.{operation}")
        if fault == "cut":
            self._time_out(operation)
        return answer

    def _took_effect(self, token: str | None) -> None:
        """A transaction that is asked again under its token took effect the first time."""
        if token is None or token not in self._tokens:
            self._world.committed()
        if token is not None:
            self._tokens.add(token)

    def _time_out(self, operation: str) -> None:
        self._world.spend(self._patience)
        raise ReadTimeoutError(endpoint_url=f"https://{self._service}", error=operation)

    def _lost(self, operation: str, _: Json) -> None:
        self._time_out(operation)

    def _unreachable(self, _operation: str, _: Json) -> None:
        if self._world.dice.random() < 0.5:
            raise EndpointConnectionError(endpoint_url=f"https://{self._service}")
        self._world.spend(SECONDS_TO_CONNECT)
        raise ConnectTimeoutError(endpoint_url=f"https://{self._service}")

    def _slow(self, _operation: str, _: Json) -> None:
        self._world.spend(self._patience * 0.9)

    def _throttled(self, operation: str, _: Json) -> None:
        code = THROTTLED.get(self._service, "ThrottlingException")
        raise as_client_error(RefusedError(code, "Rate exceeded"), operation)

    def _unavailable(self, operation: str, _: Json) -> None:
        code = BROKEN.get(self._service, "ServiceUnavailable")
        raise as_client_error(RefusedError(code, "Internal error"), operation, status=500)

    def _conflict(self, operation: str, request: Json) -> None:
        if operation == "transact_write_items":
            many = len(request["TransactItems"])
            reasons: list[Json] = [{"Code": "None"} for _ in range(many)]
            told = {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}
            reasons[self._world.dice.randrange(many)] = told
            raise as_client_error(cancelled(reasons), operation)
        refusal = RefusedError("TransactionConflictException", "Transaction is ongoing")
        raise as_client_error(refusal, operation)


BEFORE: dict[str, Callable[[Client, str, Json], None]] = {
    "lost": Client._lost,
    "unreachable": Client._unreachable,
    "slow": Client._slow,
    "throttled": Client._throttled,
    "unavailable": Client._unavailable,
    "conflict": Client._conflict,
}


def _unprocessed(operation: str, request: Json) -> Json:
    """DynamoDB looked at nothing of a batch."""
    left = request["RequestItems"]
    if operation == "batch_get_item":
        return {"Responses": {name: [] for name in left}, "UnprocessedKeys": left}
    return {"UnprocessedItems": left}


class Paginator:
    """All in one page: nothing here is so long."""

    def __init__(self, call: Callable[..., Json]) -> None:
        self._call = call

    def paginate(self, **request: Any) -> Iterator[Json]:
        yield self._call(**request)


class Exceptions:
    """`client.exceptions.ExecutionDoesNotExist`."""

    def __getattr__(self, code: str) -> type[ClientError]:
        return error_class(code)


@cache
def error_class(code: str) -> type[ClientError]:
    made: type[ClientError] = type(code, (ClientError,), {})
    return made


def as_client_error(refusal: RefusedError, operation: str, status: int = 400) -> ClientError:
    response: Any = {
        "Error": {"Code": refusal.code, "Message": refusal.message},
        "ResponseMetadata": {"HTTPStatusCode": status, "RetryAttempts": 0},
        **refusal.more,
    }
    name = "".join(word.capitalize() for word in operation.split("_"))
    return error_class(refusal.code)(response, name)
