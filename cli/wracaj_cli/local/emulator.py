"""Runs MiniStack, taught the few things that AWS does and it does not.

Run as a script in a process of its own. Each bridge says what MiniStack lacks; they reach into its private
functions, so its version is pinned and a bridge whose footing has gone stops the start. Production never
sees any of this: the template that is deployed here is the one that is deployed there, unchanged.
"""

import functools
import importlib
import json
import os
import threading
import time
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path
from typing import Any

API_ID = "wracaj"
CLOCK_VARIABLE = "WRACAJ_EMULATOR_CLOCK"
WORKERS_PER_FUNCTION = 3


def _module(name: str) -> Any:
    return importlib.import_module(f"ministack.{name}")


def _wrap(owner: Any, name: str, wrapper: Callable[[Any], Any]) -> None:
    original = getattr(owner, name, None)
    if original is None:
        raise SystemExit(f"The local stack does not fit this version of MiniStack: {owner} has no {name}")
    setattr(owner, name, functools.wraps(original)(wrapper(original)))


def state_machines_in_yaml() -> None:
    """MiniStack hands a definition on as text and reads it as JSON; SAM uploads ours as the YAML it is."""
    import yaml

    def wrapper(definition_of: Callable[..., str]) -> Callable[..., str]:
        def as_json(*arguments: Any) -> str:
            return json.dumps(yaml.safe_load(definition_of(*arguments)))

        return as_json

    _wrap(_module("services.cloudformation.provisioners"), "_sfn_definition", wrapper)


def routes_of_the_api() -> None:
    """MiniStack ignores the Body of an AWS::ApiGatewayV2::Api, which is where SAM writes the routes."""
    provisioners, gateway = _module("services.cloudformation.provisioners"), _module("services.apigateway")

    def replace_routes(api_id: str, body: dict[str, Any]) -> None:
        gateway._routes[api_id], gateway._integrations[api_id] = {}, {}
        for path, methods in body.get("paths", {}).items():
            for method, operation in methods.items():
                uri = operation["x-amazon-apigateway-integration"]["uri"]
                _, _, integration = gateway._create_integration(api_id, {"integrationUri": uri})
                target = f"integrations/{json.loads(integration)['integrationId']}"
                gateway._create_route(api_id, {"routeKey": f"{method.upper()} {path}", "target": target})

    def create(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        # The id is known beforehand, so that the address can be given to the stack as its PublicUrl.
        tags = {**properties.get("Tags", {}), "ms-custom-id": API_ID}
        created = provisioners._apigw_v2_api_create(logical_id, {**properties, "Tags": tags}, stack)
        replace_routes(created[0], properties.get("Body", {}))
        return created

    def update(physical_id: str, old: dict[str, Any], new: dict[str, Any], *rest: Any) -> Any:
        updated = provisioners._apigw_v2_api_update(physical_id, old, new, *rest)
        replace_routes(updated[0], new.get("Body", {}))
        return updated

    provisioners._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"] |= {"create": create, "update": update}


def names_of_lambda_errors() -> None:
    """MiniStack calls every exception of a handler Runtime.HandlerError; Lambda says its class, which Retry matches."""
    runtime, functions = _module("core.lambda_runtime"), _module("services.lambda_svc")
    told = '"status": "error", "error": str(e), "trace"'
    if told not in runtime._PYTHON_WORKER_SCRIPT:
        raise SystemExit("The local stack does not fit this version of MiniStack: its workers report errors in another way")
    runtime._PYTHON_WORKER_SCRIPT = runtime._PYTHON_WORKER_SCRIPT.replace(told, f'"type": type(e).__name__, {told}')
    this_call = threading.local()

    def remember(invoke: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        def remembering(*arguments: Any, **named: Any) -> dict[str, Any]:
            response = invoke(*arguments, **named)
            this_call.error = response.get("type")
            return response

        return remembering

    def rename(execute: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        def renaming(*arguments: Any) -> dict[str, Any]:
            this_call.error = None
            result = execute(*arguments)
            if this_call.error and result.get("error"):
                result["body"]["errorType"] = this_call.error
            return result

        return renaming

    _wrap(runtime.Worker, "invoke", remember)
    _wrap(functions, "_execute_function_warm", rename)


def a_queue_for_each_function() -> None:
    """MiniStack starts one more Python process per concurrent call; a burst would choke a small machine."""
    turns: dict[str, threading.BoundedSemaphore] = {}
    guard = threading.Lock()

    def wrapper(execute: Callable[..., Any]) -> Callable[..., Any]:
        def in_turn(function: dict[str, Any], *arguments: Any) -> Any:
            name = (function.get("config") or function).get("FunctionName", "")
            with guard:
                turn = turns.setdefault(name, threading.BoundedSemaphore(WORKERS_PER_FUNCTION))
            with turn:
                return execute(function, *arguments)

        return in_turn

    _wrap(_module("services.lambda_svc"), "_execute_function_warm", wrapper)


def all_of_a_mail() -> None:
    """MiniStack keeps neither headers, tags nor configuration set of a mail; they join /_ministack/ses/messages."""
    app, ses = _module("app"), _module("services.ses_v2")
    details: dict[str, dict[str, Any]] = {}

    def keep(handle: Callable[..., Any]) -> Callable[..., Any]:
        async def keeping(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
            response = await handle(method, path, headers, body, query)
            if method == "POST" and path.endswith("/outbound-emails") and response[0] == 200:
                details[json.loads(response[2])["MessageId"]] = _details(json.loads(body))
            return response

        return keeping

    def show(handle: Callable[..., Any]) -> Callable[..., Any]:
        async def showing(*arguments: Any) -> Any:
            response = await handle(*arguments)
            return response and (*response[:2], _with_details(response[2], details))

        return showing

    _wrap(ses, "handle_request", keep)
    _wrap(app, "_handle_ses_messages_request", show)


def _details(request: dict[str, Any]) -> dict[str, Any]:
    simple = request.get("Content", {}).get("Simple", {})
    return {
        "Headers": {header["Name"]: header["Value"] for header in simple.get("Headers", [])},
        "Tags": {tag["Name"]: tag["Value"] for tag in request.get("EmailTags", [])},
        "ConfigurationSetName": request.get("ConfigurationSetName"),
        "ReplyTo": request.get("ReplyToAddresses", []),
    }


def _with_details(body: bytes, details: dict[str, dict[str, Any]]) -> bytes:
    answer = json.loads(body)
    for messages in answer.get("messages", {}).values():
        for message in messages:
            message.update(details.get(message["MessageId"], {}))
    return json.dumps(answer).encode()


def times_of_sms() -> None:
    """MiniStack does not note when an SMS was sent."""

    class Stamped(list[dict[str, Any]]):
        def append(self, message: dict[str, Any]) -> None:
            super().append({**message, "Timestamp": time.time()})

    sns = _module("services.sns")

    def wrapper(log_for: Callable[[str], list[dict[str, Any]]]) -> Callable[[str], list[dict[str, Any]]]:
        def stamping(phone: str) -> list[dict[str, Any]]:
            log = log_for(phone)
            if not isinstance(log, Stamped):
                log = sns._sms_messages[phone] = Stamped(log)
            return log

        return stamping

    _wrap(sns, "_sms_log_for", wrapper)


def whose_mail_it_is() -> None:
    """Where it checks permissions, MiniStack takes SendEmail for a call on "*"; AWS asks for the sender's identity."""

    def wrapper(resource_of: Callable[..., str]) -> Callable[..., str]:
        def with_sender(method: str, path: str, body: bytes, region: str, account: str) -> str:
            if not path.endswith("/outbound-emails"):
                return resource_of(method, path, body, region, account)
            _, sender = parseaddr(json.loads(body).get("FromEmailAddress", ""))
            return f"arn:aws:ses:{region}:{account}:identity/{sender}"

        return with_sender

    _wrap(_module("core.iam_actions"), "_ses_v2_resource_arn", wrapper)


def clock_of_workers() -> None:
    """A clock that runs faster than the wall's is ours alone; it starts when the deploy is done, before the first call."""
    clock = Path(os.environ.get(CLOCK_VARIABLE, "clock.json"))

    def wrapper(spawn: Callable[..., None]) -> Callable[..., None]:
        def with_clock(worker: Any) -> None:
            if clock.exists():
                os.environ.update(json.loads(clock.read_text()))
            spawn(worker)

        return with_clock

    _wrap(_module("core.lambda_runtime").Worker, "_spawn", wrapper)


BRIDGES = (
    state_machines_in_yaml,
    routes_of_the_api,
    names_of_lambda_errors,
    a_queue_for_each_function,
    all_of_a_mail,
    times_of_sms,
    whose_mail_it_is,
    clock_of_workers,
)


def main() -> None:
    for bridge in BRIDGES:
        bridge()
    _module("app").main()


if __name__ == "__main__":
    main()
