"""Corrects MiniStack's checks of permissions where they differ from AWS's."""

import json
from collections.abc import Callable
from typing import Any

from wracaj_cli.emulator.footing import module, wrap


def path_of_parameters() -> None:
    """Check GetParametersByPath on the path, as AWS does. MiniStack checks it on "*"."""

    def wrapper(resource_of: Callable[..., str]) -> Callable[..., str]:
        def with_path(
            service: str, method: str, path: str, headers: Any, body: bytes, *rest: Any
        ) -> str:
            if service != "ssm" or not headers.get("x-amz-target", "").endswith(
                ".GetParametersByPath"
            ):
                return resource_of(service, method, path, headers, body, *rest)
            _, region, account = rest
            return f"arn:aws:ssm:{region}:{account}:parameter{json.loads(body)['Path']}"

        return with_path

    wrap(module("core.iam_actions"), "extract_resource_arn", wrapper)


def action_of_batches() -> None:
    """Check SendMessageBatch as sqs:SendMessage, as AWS does: it knows no action of that name.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
    """

    def wrapper(action_of: Callable[..., str | None]) -> Callable[..., str | None]:
        def of_one_message(*request: Any) -> str | None:
            action = action_of(*request)
            return "sqs:SendMessage" if action == "sqs:SendMessageBatch" else action

        return of_one_message

    wrap(module("core.iam_actions"), "extract_iam_action", wrapper)
