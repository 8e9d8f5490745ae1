"""The AWS services that the Lambdas use, inside this process: the emulator's own DynamoDB without
HTTP, and lists of what was sent and started."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.session import Session, get_session

from support import table_here
from support.lambdas import STAGE, forget_everything
from support.sam_template import resources
from wracaj.aws import clients
from wracaj.aws.observability import metrics
from wracaj.aws.shop_config import secrets_name, settings_name
from wracaj.clock import SPEED, STARTED_AT
from wracaj.settings.shop import Shop
from wracaj_cli.local.server import CREDENTIALS, REGION
from wracaj_cli.shops.target import Target

Json = dict[str, Any]
PUBLIC_URL = "https://wracaj.example"
SERVICES = ("ssm", "secretsmanager", "stepfunctions", "sesv2", "sns", "sqs")
ENVIRONMENT = CREDENTIALS | {
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",  # requests that this module does not answer fail
    "AWS_ENDPOINT_URL_DYNAMODB": table_here.URL,
    "WRACAJ_TABLE": "stories",
    "WRACAJ_STAGE": STAGE,
    "WRACAJ_STATE_MACHINE_PREFIX": "arn:aws:states:eu-west-1:000000000000:stateMachine:stories-",
    "WRACAJ_START_QUEUE_URL": "https://sqs.example/starts",
    "WRACAJ_AUDIENCE_QUEUE_URL": "https://sqs.example/audiences",
    "WRACAJ_PUBLIC_URL": PUBLIC_URL,
    "WRACAJ_LINK_KEY_ARN": "link-key",
    "WRACAJ_IDENTIFIERS_KEY_ARN": "identifiers-key",
    "WRACAJ_CONFIGURATION_SET": "stories",
    "WRACAJ_SWITCH": "switch",
}


@dataclass(frozen=True)
class Delivery:
    """A message as a provider got it."""

    channel: str
    to: str
    at: datetime
    text: str
    subject: str = ""
    html: str = ""
    tags: dict[str, str] = field(default_factory=dict)  # tags of a mail


@dataclass(frozen=True)
class Start:
    timeline: str
    name: str
    told: Json
    at: datetime


class RefusalError(Exception):
    """An error that AWS answers with."""


@dataclass
class Cloud:
    sent: list[Delivery] = field(default_factory=list)
    started: list[Start] = field(default_factory=list)
    values: dict[str, str] = field(
        default_factory=lambda: {"switch": "on", "link-key": "k" * 64, "identifiers-key": "n" * 64}
    )

    public_url = PUBLIC_URL

    # --- the clock, which stands still until it is moved ------------------------------------------

    @property
    def time(self) -> datetime:
        return datetime.fromisoformat(os.environ[STARTED_AT])

    @time.setter
    def time(self, moment: datetime) -> None:
        os.environ[STARTED_AT] = moment.isoformat()

    @property
    def target(self) -> Target:
        """A deployment for commands that use only the table."""
        given: Json = {
            "client": clients.client,
            "table": ENVIRONMENT["WRACAJ_TABLE"],
            "now": lambda: self.time,
            "stage": STAGE,
        }
        given |= {
            "api_url": PUBLIC_URL,
            "identifiers_key": ENVIRONMENT["WRACAJ_IDENTIFIERS_KEY_ARN"],
            "link_key": ENVIRONMENT["WRACAJ_LINK_KEY_ARN"],
            "home": None,
        }
        return Target(**{each.name: given.get(each.name, "") for each in fields(Target)})

    # --- shops ------------------------------------------------------------------------------------

    def put(self, shop: Shop) -> None:
        self.values[settings_name(STAGE, shop.id)] = shop.settings.model_dump_json(
            exclude_defaults=True
        )
        self.values[secrets_name(STAGE, shop.id)] = shop.secrets.model_dump_json()

    # --- services ---------------------------------------------------------------------------------

    def answer(self, model: Any, params: Json, **_: Any) -> tuple[Any, Json] | None:
        """Answer a request, in the way of botocore's own Stubber. The table answers its own."""
        if model.service_model.service_name == "dynamodb":
            return None
        body = params["body"]
        told = body if isinstance(body, dict) else json.loads(body or "{}")
        try:
            parsed: Json = getattr(self, f"_{model.name}")(told)
        except RefusalError as refusal:
            error = {"Code": str(refusal), "Message": "as AWS says it"}
            return SimpleNamespace(status_code=400), {
                "Error": error,
                "ResponseMetadata": {"HTTPStatusCode": 400},
            }
        return SimpleNamespace(status_code=200), parsed | {
            "ResponseMetadata": {"HTTPStatusCode": 200}
        }

    def _GetParameter(self, told: Json) -> Json:  # noqa: N802 (named as AWS names it, as all below)
        return {"Parameter": {"Value": self._value(told["Name"], "ParameterNotFound")}}

    def _GetParametersByPath(self, told: Json) -> Json:  # noqa: N802
        path = f"{told['Path']}/"
        names = [name for name in self.values if name.startswith(path)]
        return {"Parameters": [{"Name": name, "Value": self.values[name]} for name in names]}

    def _GetSecretValue(self, told: Json) -> Json:  # noqa: N802
        return {"SecretString": self._value(told["SecretId"], "ResourceNotFoundException")}

    def _PutSecretValue(self, told: Json) -> Json:  # noqa: N802
        self.values[told["SecretId"]] = told["SecretString"]
        return {}

    def _value(self, name: str, otherwise: str) -> str:
        if name not in self.values:
            raise RefusalError(otherwise)
        return self.values[name]

    def _StartExecution(self, told: Json) -> Json:  # noqa: N802
        """Start an execution. Its name cannot be used again within 90 days."""
        timeline = (
            told["stateMachineArn"]
            .removeprefix(ENVIRONMENT["WRACAJ_STATE_MACHINE_PREFIX"])
            .replace("-", "_")
        )
        start = Start(timeline, told["name"], json.loads(told["input"]), self.time)
        lately = [one for one in self.started if (one.timeline, one.name) == (timeline, start.name)]
        if any(self.time - one.at < timedelta(days=90) for one in lately):
            raise RefusalError("ExecutionAlreadyExists")
        self.started.append(start)
        return {"executionArn": f"arn:{start.name}", "startDate": self.time}

    def _SendEmail(self, told: Json) -> Json:  # noqa: N802
        simple, (address,) = told["Content"]["Simple"], told["Destination"]["ToAddresses"]
        tags = {tag["Name"]: tag["Value"] for tag in told["EmailTags"]}
        text, html = (simple["Body"][part]["Data"] for part in ("Text", "Html"))
        return self._take(
            Delivery("email", address, self.time, text, simple["Subject"]["Data"], html, tags)
        )

    def _Publish(self, told: Json) -> Json:  # noqa: N802
        return self._take(Delivery("sms", told["PhoneNumber"], self.time, told["Message"]))

    def _take(self, delivery: Delivery) -> Json:
        self.sent.append(delivery)
        return {"MessageId": f"provider-{len(self.sent)}"}

    def _SendMessage(self, told: Json) -> Json:  # noqa: N802
        raise AssertionError(f"nothing in these stories is put into a queue, but this: {told}")


def empty_the_table() -> None:
    """Create the table as the template defines it. Each story has its own table, because the
    emulator reads the whole table for a query of an index. Nothing expires by real time."""
    table = resources("AWS::DynamoDB::Table")["Table"]
    asked = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    client, name = clients.client("dynamodb"), ENVIRONMENT["WRACAJ_TABLE"]
    with suppress(client.exceptions.ResourceNotFoundException):
        client.delete_table(TableName=name)
    client.create_table(TableName=name, **{key: table[key] for key in asked})


def forget_what_expired(dynamodb: Any, name: str, moment: datetime) -> None:
    """Delete the expired items. DynamoDB does so some time after the moment in the item."""
    table = resources("AWS::DynamoDB::Table")["Table"]
    attribute = table["TimeToLiveSpecification"]["AttributeName"]
    for page in dynamodb.get_paginator("scan").paginate(TableName=name):
        for item in page["Items"]:
            if attribute in item and float(item[attribute]["N"]) <= moment.timestamp():
                dynamodb.delete_item(TableName=name, Key={key: item[key] for key in ("PK", "SK")})


@cache
def _session() -> Session:
    """The session that creates the Lambdas' clients, once for all stories."""
    return get_session()


@contextmanager
def _asked_by_clients(cloud: Cloud) -> Iterator[None]:
    session: Any = _session()
    session.register("before-call", cloud.answer)
    try:
        yield
    finally:
        session.unregister("before-call", cloud.answer)


@contextmanager
def a_cloud(begins_at: datetime) -> Iterator[Cloud]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (ENVIRONMENT | {STARTED_AT: begins_at.isoformat(), SPEED: "0"}).items():
            patch.setenv(name, value)
        for service in SERVICES:
            patch.delenv(f"AWS_ENDPOINT_URL_{service.upper()}", raising=False)
        patch.setattr(metrics.provider, "namespace", "Wracaj")
        patch.setattr(clients, "session", _session)
        clients.client.cache_clear()
        forget_everything()
        cloud = Cloud()
        with table_here.table_here(), _asked_by_clients(cloud):
            yield cloud
    clients.client.cache_clear()
    forget_everything()
