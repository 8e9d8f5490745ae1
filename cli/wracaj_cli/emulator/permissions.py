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
