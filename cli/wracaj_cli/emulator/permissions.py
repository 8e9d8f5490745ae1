"""What MiniStack asks permission for otherwise than AWS, where it checks permissions."""

import json
from collections.abc import Callable
from typing import Any

from wracaj_cli.emulator.footing import module, wrap


def path_of_parameters() -> None:
    """MiniStack takes GetParametersByPath for a call on "*"; AWS names the path as its resource."""

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
