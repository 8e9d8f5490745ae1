"""Lets the functions of the local stack send to push services on this machine. On AWS, nothing sets
the variable that allows this."""

from pathlib import Path

from wracaj.web_push.subscription import LOOPBACK_SERVICES
from wracaj_cli.house import LOCAL
from wracaj_cli.local.clients import client
from wracaj_cli.local.stack import renew_functions

WHO_ASKS = ("ReminderStep", "PushSubscribe")


def let_push_to(origin: str, home: Path = LOCAL) -> None:
    """Allow this push service from now on, in addition to those allowed before. `origin`:
    `PushService.url`."""
    functions = client("lambda", home)
    for page in functions.get_paginator("list_functions").paginate():
        for function in (
            one
            for one in page["Functions"]
            if any(part in one["FunctionName"] for part in WHO_ASKS)
        ):
            variables = function["Environment"]["Variables"]
            known = variables.get(LOOPBACK_SERVICES, "").split()
            told = variables | {LOOPBACK_SERVICES: " ".join(dict.fromkeys([*known, origin]))}
            functions.update_function_configuration(
                FunctionName=function["FunctionName"], Environment={"Variables": told}
            )
    renew_functions(home)  # the running processes were started without this variable
