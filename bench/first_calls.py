"""What a shop's later cart event, and a message of its timeline, ask of AWS, recorded once.

A later cart event is an update of a known cart whose timeline runs: most webhooks are that. The
code under measure plays it against the emulator, and what AWS answered is kept.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import clean
from support.lambdas import an_http_event
from support.local_stack import running_emulator
from support.sam_template import create_table, template
from support.webhook_bodies import SHOPIFY_SECRET, a_shopify_checkout
from wracaj.platforms.shopify import webhooks as shopify
from wracaj.settings.reading import parse_settings
from wracaj.settings.shop import ShopSecrets, ShopSettings
from wracaj_cli.local import server
from wracaj_cli.local.clients import client_at

Json = dict[str, Any]
SHOP, STAGE, TABLE = "bench", "bench", "wracaj"
NOW = datetime.now(UTC)
BEGUN = NOW - timedelta(hours=5)  # the cart
MACHINES = "arn:aws:states:eu-west-1:000000000000:stateMachine:"
SENDER = "sklep@kubek.example"
STEP = {
    "name": "first_email",
    "channel": "email",
    "template": "cart_reminder",
    "after_seconds": 10_800,
}


@dataclass(frozen=True)
class Recorded:
    """`told`: what the player is told of one call. `environment`: that of the function."""

    told: Json
    environment: dict[str, str]


def settings() -> ShopSettings:
    """A shop as `wracaj shop example` begins, with what many shops add."""
    return parse_settings(
        {
            "shop": SHOP,
            "platform": "shopify",
            "name": "Kubek i Spółka",
            "postal_address": "ul. Gliniana 7, 50-001 Wrocław",
            "url": "https://kubek.example",
            "recovery_hosts": ["kubek.example", "checkout.kubek.example"],
            "email": {"sender": f"Kubek i Spółka <{SENDER}>"},
            "shopify": {"shop_domain": "kubek.myshopify.com"},
            "send_window": {"opens": "0:00", "closes": "23:59:59"},
            "double_opt_in": ["sms"],
        }
    )


def cart_event(at: datetime, begun: datetime) -> Json:
    """A signed webhook of Shopify as API Gateway hands it over."""
    line = {
        "product_id": 7_711,
        "variant_id": 40_101,
        "title": "Kubek emaliowany",
        "quantity": 2,
        "price": "49.00",
        "sku": "KUB-1",
        "variant_title": "zielony",
    }
    body = a_shopify_checkout(
        created_at=begun.isoformat(),
        updated_at=at.isoformat(),
        buyer_accepts_marketing=True,
        line_items=[line, line | {"product_id": 7_712}, line | {"product_id": 7_713}],
        customer=None,
    )
    raw = json.dumps(body, ensure_ascii=False).encode()
    headers = shopify.sign("checkouts/update", raw, settings(), SHOPIFY_SECRET, at)
    names = {"platform": "shopify", "shop": SHOP}
    return an_http_event(
        "POST /webhooks/{platform}/{shop}", names, headers=headers, body=raw.decode()
    )


def later_events(how_many: int) -> list[Json]:
    """Updates of the cart that `record` began, each newer than the one before."""
    first = NOW - timedelta(minutes=20)  # within half an hour, or the shop's clock would seem slow
    return [cart_event(first + timedelta(seconds=number / 2), BEGUN) for number in range(how_many)]


def record(packages: Path, functions: Path, emulator: "AWSHere") -> dict[str, Recorded]:
    """A later cart event, and the first message of its timeline."""
    first = ("cart_webhook", cart_event(NOW - timedelta(hours=4), BEGUN))
    cart_id = json.loads(first[1]["body"])["cart_token"]
    step = {
        "shop": SHOP,
        "timeline": "abandoned_cart",
        "cart_id": cart_id,
        "episode": 1,
        "step": STEP,
    }
    calls = {
        "reminder_step": ([first], step),
        "cart_webhook": ([first], later_events(1)[0]),
    }
    found = {}
    for handler, (before, event) in calls.items():
        environment = emulator.fresh(handler)
        told = {"do": "record", "handler": handler, "event": event, "before": before}
        said, _ = clean.play(packages, functions, told, environment)
        _check(handler, said["answer"])
        found[handler] = Recorded(
            {"handler": handler, "event": event, "record": said["record"]},
            {name: value for name, value in environment.items() if "ENDPOINT" not in name},
        )
    return found


def _check(handler: str, answer: Json) -> None:
    told = answer.get("outcome") or answer.get("statusCode")
    if told not in ("sent", 200):
        raise RuntimeError(f"{handler} did not do what is to be measured: {answer}")


@dataclass
class AWSHere:
    url: str
    tables: int = 0

    def client(self, service: str) -> Any:
        return client_at(self.url, service)

    def prepare(self) -> None:
        self.client("stepfunctions").create_state_machine(
            name="bench-abandoned-cart",
            definition=json.dumps(SLEEPS),
            roleArn="arn:aws:iam::000000000000:role/any",
        )
        mail = self.client("sesv2")
        mail.create_email_identity(EmailIdentity=SENDER)
        mail.create_configuration_set(ConfigurationSetName="bench")
        vault = self.client("secretsmanager")
        for name in ("link", "names"):
            vault.create_secret(Name=f"bench-{name}", SecretString=name[0] * 64)
        self.put_shop()

    def put_shop(self) -> None:
        told = settings().model_dump_json(exclude_defaults=True)
        parameters = self.client("ssm")
        parameters.put_parameter(Name=f"/wracaj/{STAGE}/shops/{SHOP}", Value=told, Type="String")
        parameters.put_parameter(Name=f"/wracaj/{STAGE}/switch", Value="on", Type="String")
        secrets = ShopSecrets(webhook_secrets=(SHOPIFY_SECRET,)).model_dump_json()
        vault = self.client("secretsmanager")
        vault.create_secret(Name=f"wracaj/{STAGE}/shops/{SHOP}", SecretString=secrets)

    def fresh(self, handler: str) -> dict[str, str]:
        """The environment of a function as template.yaml gives it, with a new table."""
        self.tables += 1
        table = f"{TABLE}-{self.tables}"
        create_table(self.client("dynamodb"), table)
        known = {
            "WRACAJ_STAGE": STAGE,
            "WRACAJ_TABLE": table,
            "WRACAJ_SWITCH": f"/wracaj/{STAGE}/switch",
            "WRACAJ_PUBLIC_URL": "https://wracaj.example",
            "WRACAJ_STATE_MACHINE_PREFIX": f"{MACHINES}bench-",
            "WRACAJ_LINK_KEY_ARN": "bench-link",
            "WRACAJ_IDENTIFIERS_KEY_ARN": "bench-names",
        }
        here = {"AWS_ENDPOINT_URL": self.url, "NO_PROXY": server.HOST}
        return (
            server.CREDENTIALS
            | here
            | {
                name: known.get(name) or self._made(name, value)
                for name, value in (variables("cart_webhook") | variables(handler)).items()
                if name not in LEFT_OUT
            }
        )

    def _made(self, name: str, told: Any) -> str:
        if name.endswith("_QUEUE_URL"):
            return str(self.client("sqs").create_queue(QueueName=name.lower())["QueueUrl"])
        return _plain(told)


LEFT_OUT = {"WRACAJ_CLOCK_STARTED_AT", "WRACAJ_CLOCK_SPEED", "WRACAJ_STATE_MACHINE_ALIAS"}
SLEEPS = {
    "StartAt": "Sleep",
    "States": {"Sleep": {"Type": "Wait", "Seconds": 100_000, "End": True}},
}


def variables(handler: str) -> Json:
    """The environment variables of a function, by template.yaml."""
    functions = [
        entry["Properties"]
        for entry in template()["Resources"].values()
        if entry["Type"] == "AWS::Serverless::Function"
    ]
    one = next(each for each in functions if each["Handler"] == f"{handler}.app.handler")
    shared = template()["Globals"]["Function"]["Environment"]["Variables"]
    return dict(shared | one.get("Environment", {}).get("Variables", {}))


def plain_variables(handler: str) -> dict[str, str]:
    """What a call may read of the environment: parameters as they come, names that need not lead
    anywhere."""
    return {name: _plain(value) for name, value in variables(handler).items()}


def _plain(value: str | Json) -> str:
    if isinstance(value, str):
        return value
    default = template()["Parameters"].get(value.get("Ref"), {}).get("Default")
    return "bench" if default in (None, "") else str(default)


@contextmanager
def aws_here() -> Iterator[AWSHere]:
    with TemporaryDirectory() as folder, running_emulator(Path(folder)) as found:
        here = AWSHere(found.url)
        here.prepare()
        yield here
