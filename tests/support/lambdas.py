"""The Lambdas' handlers, called in this process as AWS calls them, with the emulator's services."""

import base64
import itertools
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin
from zlib import crc32

import pytest

import cart_webhook.app
import cart_webhook.keeping
import messenger_webhook.app
import preferences.app
import push_subscribe.app
import reminder_step.app
import shopper_link.app
import storefront_cart.app
import timeline_start.app
from support.episodes import Episodes
from support.local_stack import Emulator
from support.webhook_bodies import (
    GENERIC_SECRET,
    SHOPIFY_SECRET,
    a_generic_cart,
    a_shopify_checkout,
    a_word,
    an_envelope,
)
from support.woocommerce_bodies import WOOCOMMERCE_SECRET, a_box, a_woo_draft
from wracaj import store
from wracaj.aws import clients, link_secret, shop_config
from wracaj.aws.step_functions import ABANDONED_CART, machine_arn
from wracaj.platforms import platform
from wracaj.settings.reading import parse_settings
from wracaj.settings.shop import Shop, ShopSecrets, ShopSettings
from wracaj.store.carts import cart_key
from wracaj.store.message_links import message_id
from wracaj.store.subject_items import cart_from
from wracaj.store.table import Table

STAGE = "handlers"
SENDER = "Kubek i Spółka <sklep@kubek.example>"
SECRETS = {
    "shopify": SHOPIFY_SECRET,
    "woocommerce": WOOCOMMERCE_SECRET,
    "generic": GENERIC_SECRET,
}
# all other links lead to the shopper's own pages
PAGES = {"c": shopper_link.app.handler, "u": shopper_link.app.handler}
CONTEXT = SimpleNamespace(
    aws_request_id="request-1",
    function_name="f",
    memory_limit_in_mb=512,
    invoked_function_arn="arn",
)

BROWSER = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
    " Gecko) Mobile/15E148"
)

Json = dict[str, Any]
_numbers = itertools.count(1)


def unique(what: str) -> str:
    return f"{what}-{os.getpid()}-{next(_numbers)}"


def forget_everything() -> None:
    """Reset the caches, as in a new process. The clients stay, because they take long to create."""
    store.open_store.cache_clear()
    cart_webhook.keeping._written.clear()
    link_secret.forget()
    store.identifiers_key.cache_clear()
    shop_config._cached.clear()
    shop_config._unknown.clear()
    shop_config._switch = None


# the handlers use real time; two events about the same moment have the same time
NOW = datetime.now(UTC)


def ago(**how_long: float) -> str:
    return (NOW - timedelta(**how_long)).isoformat()


def an_http_event(
    route: str,
    parameters: Mapping[str, str],
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | str = b"",
    **changes: Any,
) -> Json:
    """Return an event as an HTTP API sends it, in payload format 2.0: header names in lower case, a
    body of bytes in base64."""
    method, _, path = route.partition(" ")
    for name, value in parameters.items():
        path = path.replace("{" + name + "}", value)
    in_base64 = isinstance(body, bytes)
    return {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": "",
        "headers": {name.lower(): value for name, value in (headers or {}).items()},
        "requestContext": {
            "http": {"method": method, "path": path, "sourceIp": "203.0.113.9"},
            "requestId": "r",
            "routeKey": route,
        },
        "pathParameters": dict(parameters),
        "body": base64.b64encode(body).decode() if isinstance(body, bytes) else body,
        "isBase64Encoded": in_base64,
        **changes,
    }


def a_step(name: str = "first_email", after_hours: float = 3, **changes: Any) -> Json:
    told = {
        "name": name,
        "channel": "email",
        "template": "cart_reminder",
        "after_seconds": round(after_hours * 3600),
    }
    return told | changes


@dataclass
class Lambdas:
    emulator: Emulator
    monkeypatch: pytest.MonkeyPatch
    episodes: Episodes = field(default_factory=Episodes)

    def client(self, service: str) -> Any:
        return self.emulator.client(service)

    # --- shops ------------------------------------------------------------------------------------

    def register(
        self, platform_id: str = "generic", *, secrets: tuple[str, ...] = (), **changes: Any
    ) -> Shop:
        """Register a new shop for each test. Its send window is always open."""
        raw: Json = {
            "shop": unique("kubek"),
            "platform": platform_id,
            "name": "Kubek i Spółka",
            "postal_address": "ul. Gliniana 7, 50-001 Wrocław",
            "url": "https://kubek.example",
            "recovery_hosts": ["kubek.example", "checkout.kubek.example"],
            "email": {"sender": SENDER},
            "send_window": {"opens": "0:00", "closes": "23:59:59.999999"},
        }
        if platform_id == "shopify":
            raw["shopify"] = {"shop_domain": "kubek.myshopify.com"}
        shop = Shop(
            settings=parse_settings(raw | changes),
            secrets=ShopSecrets(webhook_secrets=secrets or (SECRETS[platform_id],)),
        )
        self.put(shop.settings, shop.secrets)
        return shop

    def put_settings(self, settings: ShopSettings) -> None:
        name, text = (
            shop_config.settings_name(STAGE, settings.shop),
            settings.model_dump_json(exclude_defaults=True),
        )
        self.client("ssm").put_parameter(Name=name, Value=text, Type="String", Overwrite=True)
        shop_config._cached.clear()

    def put(self, settings: ShopSettings, secrets: ShopSecrets) -> None:
        self.put_settings(settings)
        vault = self.client("secretsmanager")
        vault.create_secret(
            Name=shop_config.secrets_name(STAGE, settings.shop),
            SecretString=secrets.model_dump_json(),
        )

    def add_secrets(self, shop: Shop, **secrets: str) -> Shop:
        told = shop.secrets.model_copy(update=secrets)
        vault, name = self.client("secretsmanager"), shop_config.secrets_name(STAGE, shop.id)
        vault.put_secret_value(SecretId=name, SecretString=told.model_dump_json())
        shop_config._cached.clear()
        return shop.model_copy(update={"secrets": told})

    def forget(self, shop: Shop) -> None:
        self.client("ssm").delete_parameter(Name=shop_config.settings_name(STAGE, shop.id))
        shop_config._cached.clear()

    def switch(self, value: str) -> None:
        self.client("ssm").put_parameter(
            Name=os.environ["WRACAJ_SWITCH"], Value=value, Type="String", Overwrite=True
        )
        shop_config._switch = None

    # --- faults -----------------------------------------------------------------------------------

    def redirect(self, url: str | None, *services: str) -> None:
        """Send the requests to these services to another URL from now on. None: to the emulator
        again."""
        for service in services:
            name = f"AWS_ENDPOINT_URL_{service}"
            if told := url or self.emulator.environment.get(name):
                self.monkeypatch.setenv(name, told)
            else:
                self.monkeypatch.delenv(name)
        clients.client.cache_clear()
        store.open_store.cache_clear()

    @property
    def is_redirected(self) -> bool:
        own = self.emulator.environment
        return any(
            own.get(name) != url
            for name, url in os.environ.items()
            if name.startswith("AWS_ENDPOINT_URL_")
        )

    # --- calls ------------------------------------------------------------------------------------

    def post(
        self,
        shop: Shop,
        topic: str,
        body: Any,
        *,
        secret: str | None = None,
        as_text: bool = True,
        **changes: Any,
    ) -> Json:
        """Send a signed webhook."""
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        key = secret or shop.secrets.webhook_secrets[0]
        headers = platform(shop.settings.platform).sign(
            topic, raw, shop.settings, key, datetime.now(UTC)
        )
        return self.webhook(
            shop.settings.platform, shop.id, raw.decode() if as_text else raw, headers, **changes
        )

    def webhook(
        self,
        platform_id: str,
        shop_id: str,
        body: bytes | str,
        headers: Mapping[str, str],
        **changes: Any,
    ) -> Json:
        route, names = (
            "POST /webhooks/{platform}/{shop}",
            {"platform": platform_id, "shop": shop_id},
        )
        return answered(
            cart_webhook.app.handler,
            an_http_event(route, names, headers=headers, body=body, **changes),
        )

    def link(self, method: str, url_or_path: str, body: str | bytes = "", **headers: str) -> Json:
        path, _, query = url_or_path.partition("?")
        _, purpose, token = path.rsplit("/", 2)
        route = f"{method} /{purpose}/{{token}}"
        named = {"user-agent": BROWSER} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        asked = {"queryStringParameters": dict(parse_qsl(query))} if query else {}
        event = an_http_event(route, {"token": token}, headers=named, body=body, **asked)
        return answered(PAGES.get(purpose, preferences.app.handler), event)

    def form(self, url: str, *pairs: tuple[str, str], **fields: str) -> Json:
        """Send a form as a browser does. An HTTP API passes it on in base64, because its content
        type is not text."""
        return self.link("POST", url, urlencode([*fields.items(), *pairs]).encode())

    def after(self, url: str, answer: Json) -> Json:
        """Return the page that a form leads to."""
        assert answer["statusCode"] == 303
        return self.link(
            "GET", urljoin(f"https://wracaj.example{url}", answer["headers"]["location"])
        )

    def push(
        self, shop: str, body: Any, origin: str | None = "https://kubek.example", **changes: Any
    ) -> Json:
        """Send a subscription as a browser does from a page of the shop. It is text/plain, so that
        there is no preflight request."""
        headers = {"content-type": "text/plain;charset=UTF-8"} | (
            {"origin": origin} if origin else {}
        )
        raw = body if isinstance(body, str | bytes) else json.dumps(body, ensure_ascii=False)
        event = an_http_event(
            "POST /push/{shop}", {"shop": shop}, headers=headers, body=raw, **changes
        )
        return answered(push_subscribe.app.handler, event)

    def report_cart(
        self, shop: str, body: Any, origin: str | None = "https://kubek.example", **changes: Any
    ) -> Json:
        """Report a cart as the script in a page of the shop does."""
        headers = {"content-type": "text/plain;charset=UTF-8"} | (
            {"origin": origin} if origin else {}
        )
        raw = body if isinstance(body, str | bytes) else json.dumps(body, ensure_ascii=False)
        event = an_http_event(
            "POST /cart/{shop}", {"shop": shop}, headers=headers, body=raw, **changes
        )
        return answered(storefront_cart.app.handler, event)

    def messenger(self, shop: str, body: Any, signature: str) -> Json:
        """Send a webhook as Meta does."""
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        headers = {"X-Hub-Signature-256": signature, "content-type": "application/json"}
        event = an_http_event("POST /messenger/{shop}", {"shop": shop}, headers=headers, body=raw)
        return answered(messenger_webhook.app.handler, event)

    def messenger_asks(self, shop: str, **asked: str) -> Json:
        query = {f"hub.{name}": value for name, value in asked.items()}
        event = an_http_event("GET /messenger/{shop}", {"shop": shop}, queryStringParameters=query)
        return answered(messenger_webhook.app.handler, event)

    def step(
        self,
        shop_id: str,
        cart_id: str,
        step: Json | None = None,
        episode: int = 1,
        timeline: str = ABANDONED_CART,
    ) -> Json:
        event = {
            "shop": shop_id,
            "timeline": timeline,
            "cart_id": cart_id,
            "episode": self._number(shop_id, cart_id, episode),
            "step": step or a_step(),
        }
        answer: Json = reminder_step.app.handler(event, CONTEXT)
        json.dumps(answer)
        return answer

    def close(self, shop_id: str, cart_id: str, episode: int = 1) -> Json:
        answer: Json = reminder_step.app.handler(
            {
                "shop": shop_id,
                "cart_id": cart_id,
                "episode": self._number(shop_id, cart_id, episode),
                "close": True,
            },
            CONTEXT,
        )
        return answer

    def _number(self, shop_id: str, cart_id: str, episode: int) -> int:
        """Return the episode's number in the store. It is read from the emulator, because a test
        may have redirected the handlers."""
        item = Table(self.emulator.table, self.client("dynamodb")).get(cart_key(shop_id, cart_id))
        if item:
            self.episodes.of(cart_from(item))
        return self.episodes.number(shop_id, cart_id, episode)

    def message_id(self, shop_id: str, cart_id: str, step: str, episode: int = 1) -> str:
        return message_id(shop_id, cart_id, self._number(shop_id, cart_id, episode), step)

    def drain(self, *bodies: str) -> list[str]:
        """Return the numbers, from 0, of the queued starts that go back to the queue."""
        records = [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
        answer = timeline_start.app.handler({"Records": records}, CONTEXT)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    # --- what came of it --------------------------------------------------------------------------

    def cart(self, shop: Shop, cart_id: str) -> Any:
        cart = store.open_store().carts.get_with_records(shop.id, cart_id)
        return self.episodes.of(cart) if cart else None

    def executions(self, shop: Shop, timeline: str = ABANDONED_CART) -> list[Json]:
        """Return the inputs of this shop's executions."""
        machines = self.client("stepfunctions")
        pages = machines.get_paginator("list_executions").paginate(
            stateMachineArn=machine_arn(timeline)
        )
        inputs = [
            _input_of(machines, run["executionArn"]) for page in pages for run in page["executions"]
        ]
        return [self.counted(told) for told in inputs if told["shop"] == shop.id]

    def counted(self, told: Json) -> Json:
        return told | {
            "episode": self.episodes.counted(told["shop"], told["cart_id"], told["episode"])
        }

    def queued(self, shop: Shop) -> list[str]:
        """Return this shop's starts in the queue. Other tests use the queue, too."""
        taken: list[str] = []
        while found := self._taken_from(os.environ["WRACAJ_START_QUEUE_URL"]):
            taken += found
        return [body for body in taken if json.loads(body)["shop"] == shop.id]

    def announced(self) -> list[str]:
        """Return the messages about shoppers who joined or left an audience."""
        return self._taken_from(os.environ["WRACAJ_AUDIENCE_QUEUE_URL"])

    def _taken_from(self, url: str) -> list[str]:
        queue = self.client("sqs")
        messages = queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            queue.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [message["Body"] for message in messages]


@cache
def _input_of(machines: Any, arn: str) -> Json:
    """Return what an execution was started with. It never changes, and the executions of all tests
    before are listed too."""
    told: Json = json.loads(machines.describe_execution(executionArn=arn)["input"])
    return told


def answered(handler: Callable[[Any, Any], Json], event: Json) -> Json:
    """Return the handler's answer with its JSON body parsed. API Gateway must be able to pass the
    answer on, and Lambda's runtime to write it in UTF-8."""
    answer = handler(json.loads(json.dumps(event)), CONTEXT)
    assert {"statusCode", "headers"} <= set(answer)
    assert all(
        isinstance(value, str) and "\n" not in value and "\r" not in value
        for value in answer["headers"].values()
    )
    json.dumps(answer, ensure_ascii=False).encode()
    is_json = "json" in answer["headers"].get("content-type", "")
    return {**answer, "json": json.loads(answer["body"]) if is_json else None}


# --- bodies ---------------------------------------------------------------------------------------


def a_cart_body(
    platform_id: str,
    cart_id: str,
    *,
    at: str | None = None,
    email: str = "ala.nowak@poczta.example",
    **changes: Any,
) -> Any:
    """Return (topic, body) of the cart of a shopper who agreed to e-mail. By default, the last
    activity was 4 hours ago."""
    at, created = at or ago(hours=4), ago(hours=5)
    if platform_id == "shopify":
        told = {
            "cart_token": cart_id,
            "token": f"checkout-{cart_id}",
            "email": email,
            "buyer_accepts_marketing": True,
        } | changes
        return "checkouts/update", a_shopify_checkout(
            **({"customer": None, "created_at": created, "updated_at": at} | told)
        )
    if platform_id == "woocommerce":
        told = {
            "id": crc32(cart_id.encode()) + 1,
            "order_key": cart_id,
            "billing": {"email": email},
            "date_created_gmt": created,
            "date_modified_gmt": at,
            "date_created": None,
            "date_modified": None,
            "meta_data": [a_box()],
        }
        return "order.updated", a_woo_draft(**(told | changes))
    customer = {"id": None, "email": email, "phone": None, "first_name": "Ala", "locale": "pl-PL"}
    told = {
        "cart_id": cart_id,
        "checkout_id": None,
        "customer": customer,
        "consent": {"email": a_word(updated_at=ago(days=1))},
    }
    return "checkout.updated", an_envelope(
        "checkout.updated",
        a_generic_cart(**(told | {"created_at": created, "updated_at": at} | changes)),
        timestamp=at,
    )
