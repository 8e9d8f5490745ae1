"""Keeps what MiniStack does not keep of a message, and checks what it does not check before
sending."""

import json
import os
import time
from collections.abc import Callable, Mapping
from email.utils import parseaddr
from typing import Any

from wracaj_cli.emulator.footing import module, wrap
from wracaj_cli.emulator.timekeeper import Timekeeper

MAILS = "/_ministack/ses/messages"
# names of the environment variables with the only account and region
ACCOUNT, REGION = "MINISTACK_ACCOUNT_ID", "MINISTACK_REGION"


def all_of_a_mail(keeper: Timekeeper) -> None:
    """Keep the headers, tags, configuration set and virtual time of each mail, and add them to
    MiniStack's list of mails."""
    app, ses = module("app"), module("services.ses_v2")
    details: dict[str, dict[str, Any]] = {}

    def keep(handle: Callable[..., Any]) -> Callable[..., Any]:
        async def keeping(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
            response = await handle(method, path, headers, body, query)
            if method == "POST" and path.endswith("/outbound-emails") and response[0] == 200:
                told = {"At": keeper.now().isoformat(), **_details(json.loads(body))}
                details[json.loads(response[2])["MessageId"]] = told
            return response

        return keeping

    def show(handle: Callable[..., Any]) -> Callable[..., Any]:
        async def showing(method: str, path: str, headers: Any, query: Any) -> Any:
            """List the mails. `after`: the number of mails that the caller already knows. To read
            all of them each time would take too long."""
            if path != MAILS or not query.get("after"):
                response = await handle(method, path, headers, query)
                return response and (*response[:2], _with_details(response[2], details))
            told = {"messages": {os.environ[ACCOUNT]: _after(int(query["after"][0]), details)}}
            return 200, {"Content-Type": "application/json"}, json.dumps(told).encode()

        return showing

    wrap(ses, "handle_request", keep)
    wrap(app, "_handle_ses_messages_request", show)


def _after(known: int, details: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the mails after the first `known` ones, in the order of sending, in the format of
    MiniStack's own list."""
    kept = module("services.ses")._sent_emails.get_scoped(
        os.environ[ACCOUNT], os.environ[REGION], "entries", []
    )
    shown = ("MessageId", "Source", "To", "Subject", "BodyText", "BodyHtml", "Timestamp")
    return [
        {**{name: mail.get(name) for name in shown}, **details.get(mail["MessageId"], {})}
        for mail in kept[known:]
    ]


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


def times_of_sms(keeper: Timekeeper) -> None:
    """Note when each SMS was sent. MiniStack does not."""

    class Stamped(list[dict[str, Any]]):
        def append(self, message: dict[str, Any]) -> None:
            super().append({**message, "Timestamp": time.time(), "At": keeper.now().isoformat()})

    sns = module("services.sns")

    def wrapper(
        log_for: Callable[[str], list[dict[str, Any]]],
    ) -> Callable[[str], list[dict[str, Any]]]:
        def stamping(phone: str) -> list[dict[str, Any]]:
            log = log_for(phone)
            if not isinstance(log, Stamped):
                log = sns._sms_messages[phone] = Stamped(log)
            return log

        return stamping

    wrap(sns, "_sms_log_for", wrapper)


def whose_mail_it_is() -> None:
    """Check SendEmail on the sender's identity, as AWS does. MiniStack checks it on "*"."""

    def wrapper(resource_of: Callable[..., str]) -> Callable[..., str]:
        def with_sender(method: str, path: str, body: bytes, region: str, account: str) -> str:
            if not path.endswith("/outbound-emails"):
                return resource_of(method, path, body, region, account)
            _, sender = parseaddr(json.loads(body).get("FromEmailAddress", ""))
            return f"arn:aws:ses:{region}:{account}:identity/{sender}"

        return with_sender

    wrap(module("core.iam_actions"), "_ses_v2_resource_arn", wrapper)
