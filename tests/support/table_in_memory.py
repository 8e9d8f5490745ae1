"""The simulation's table in place of the emulator's, behind boto3's own clients. So the tests of
the store say whether it is as strict as DynamoDB (`--dynamodb=memory`)."""

import base64
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session
from simulation.world.dynamodb.service import DynamoDB
from simulation.world.dynamodb.table import Table
from simulation.world.errors import RefusedError

from support.table_here import URL, Raw

Json = dict[str, Any]
BINARY = {"B", "BS"}


@contextmanager
def table_in_memory() -> Iterator[str]:
    """Answer the requests that any boto3 client of this process sends to `URL`, and return it."""
    service = _Service()
    send = URLLib3Session.send

    def sending(session: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
        is_ours = request.url.startswith(URL)
        return service.answer(request) if is_ours else send(session, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(URLLib3Session, "send", sending)
        yield URL


class _Service:
    """The JSON protocol in front of the table."""

    def __init__(self) -> None:
        self.dynamodb = DynamoDB([])

    def answer(self, request: AWSPreparedRequest) -> AWSResponse:
        target: Any = request.headers["X-Amz-Target"]
        asked: Any = request.body
        name = (target.decode() if isinstance(target, bytes) else target).rpartition(".")[2]
        operation = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
        try:
            status, told = 200, self._do(operation, _read(json.loads(asked)))
        except RefusedError as refusal:
            kind = f"com.amazonaws.dynamodb.v20120810#{refusal.code}"
            status, told = 400, {"__type": kind, "message": refusal.message, **refusal.more}
        body = json.dumps(_written(told)).encode()
        headers: Any = {"content-type": "application/x-amz-json-1.0"}
        return AWSResponse(request.url, status, headers, Raw(body))

    def _do(self, operation: str, request: Json) -> Json:
        if operation == "create_table":
            indexes = {
                one["IndexName"]: one["KeySchema"][0]["AttributeName"]
                for one in request.get("GlobalSecondaryIndexes", ())
            }
            self.dynamodb.tables[request["TableName"]] = Table(request["TableName"], indexes)
            return {}
        if operation == "delete_table":
            self.dynamodb.table(request["TableName"])
            del self.dynamodb.tables[request["TableName"]]
            return {}
        return self.dynamodb.do(operation, request)


def _read(told: Any) -> Any:
    """Binary values come in base64."""
    if isinstance(told, list):
        return [_read(one) for one in told]
    if not isinstance(told, dict):
        return told
    if len(told) == 1 and isinstance(told.get("B"), str):
        return {"B": base64.b64decode(told["B"])}
    return {name: _read(value) for name, value in told.items()}


def _written(told: Any) -> Any:
    if isinstance(told, bytes):
        return base64.b64encode(told).decode()
    if isinstance(told, list):
        return [_written(one) for one in told]
    if isinstance(told, dict):
        return {name: _written(value) for name, value in told.items()}
    return told
