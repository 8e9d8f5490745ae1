"""The messages that the local stack sent: every e-mail and SMS, with the virtual time of
sending."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from wracaj.consent.channel import Channel
from wracaj_cli.house import LOCAL
from wracaj_cli.local.server import ACCOUNT, direct
from wracaj_cli.local.stack_file import StackInfo, info


class SentMessage(BaseModel):
    model_config = ConfigDict(frozen=True)
    channel: Channel
    message_id: str
    real_at: datetime
    at: datetime
    sender: str
    to: str
    subject: str = ""
    text: str = ""
    html: str | None = None
    headers: dict[str, str] = {}
    tags: dict[str, str] = {}
    configuration_set: str | None = None
    attributes: dict[str, str] = {}


def outbox(home: Path = LOCAL) -> list[SentMessage]:
    """Return all messages since the stack started, the oldest first. Raises LocalStackError if no
    stack runs."""
    return Outbox(home).read()


class Outbox:
    """Reads the messages. A second read requests only the new mails; SMS are few and are all read
    again."""

    def __init__(self, home: Path = LOCAL) -> None:
        self._home = home
        self._emails: list[SentMessage] = []

    def read(self) -> list[SentMessage]:
        """Return all messages since the stack started, the oldest first. Raises LocalStackError if
        no stack runs."""
        stack = info(self._home)
        self._emails += _emails(stack, after=len(self._emails))
        return sorted([*self._emails, *_texts(stack)], key=lambda message: message.real_at)


def save(messages: list[SentMessage], folder: Path) -> list[Path]:
    """Write one file per message. The order of the names is the order of sending."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        _save(message, folder / f"{number:03}-{_file_name(message)}")
        for number, message in enumerate(messages, 1)
    ]


def _emails(stack: StackInfo, after: int) -> Iterator[SentMessage]:
    for mail in _asked(stack, f"ses/messages?after={after}")["messages"].get(ACCOUNT, []):
        yield SentMessage(
            channel=Channel.EMAIL,
            message_id=mail["MessageId"],
            **_times(mail),
            sender=str(make_header(decode_header(mail["Source"]))),
            to=", ".join(mail["To"]),
            subject=mail["Subject"],
            text=mail["BodyText"] or "",
            html=mail["BodyHtml"] or None,
            headers=mail.get("Headers", {}),
            tags=mail.get("Tags", {}),
            configuration_set=mail.get("ConfigurationSetName"),
        )


def _texts(stack: StackInfo) -> Iterator[SentMessage]:
    for number, messages in _asked(stack, "sns/sms-messages")["sms_messages"].items():
        for sms in messages:
            attributes = {
                name: value["StringValue"]
                for name, value in (sms["MessageAttributes"] or {}).items()
            }
            yield SentMessage(
                channel=Channel.SMS,
                message_id=sms["MessageId"],
                **_times(sms),
                sender=attributes.get("AWS.SNS.SMS.SenderID", ""),
                to=number,
                text=sms["Message"],
                attributes=attributes,
            )


def _times(message: dict[str, Any]) -> dict[str, datetime]:
    return {
        "real_at": datetime.fromtimestamp(message["Timestamp"], UTC),
        "at": datetime.fromisoformat(message["At"]),
    }


def _asked(stack: StackInfo, what: str) -> Any:
    with direct.open(f"{stack.aws_endpoint_url}/_ministack/{what}", timeout=30) as response:
        return json.load(response)


def _file_name(message: SentMessage) -> str:
    words = re.sub(r"[^a-zA-Z0-9+@.-]+", "-", message.to).strip("-.")
    return f"{message.channel}-{words[:60]}.{'html' if message.html else 'txt'}"


def _save(message: SentMessage, file: Path) -> Path:
    file.write_text(
        message.html
        or f"{message.sender} → {message.to}\n{message.at:%Y-%m-%d %H:%M}\n\n{message.text}\n"
    )
    return file
