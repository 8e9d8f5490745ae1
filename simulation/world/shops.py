"""Who answers on the internet: the shops' own APIs, push services and Meta. Each is small and keeps
what it was told; what a shop's API has to tell is put into it by the story."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from simulation.world.internet import Host, MadeCode, Request, answer
from support.shoper_shop import RefusedError as ShoperRefusal
from support.shoper_shop import ShoperShop
from support.shopify_shop import ShopifyShop
from support.woocommerce_shop import Asked, WooCommerceShop
from wracaj.outgoing.http import Answer
from wracaj.settings.shop import ShopSecrets, ShopSettings
from wracaj_cli.local.fake_meta import FakeMeta

if TYPE_CHECKING:
    from simulation.world.world import World

Json = dict[str, Any]
CREATES = {
    "discountCodeBasicCreate": "basicCodeDiscount",
    "discountCodeFreeShippingCreate": "freeShippingCodeDiscount",
}


class ShopSide:
    """What all shops' APIs share: they create codes."""

    def __init__(self, world: "World", settings: ShopSettings, secrets: ShopSecrets) -> None:
        self.world, self.settings, self.secrets = world, settings, secrets
        self.codes: dict[str, Json] = {}

    def answer(self, request: Request) -> Answer:
        raise NotImplementedError

    def create(self, code: str, told: Json) -> bool:
        """Return False where the code exists."""
        if code in self.codes:
            return False
        self.codes[code] = told
        current = self.world.lambdas.current
        invoked = current.event if current else {}
        made = MadeCode(self.world.now, self.settings.shop, code, told, invoked)
        self.world.shop_codes.append(made)
        self.world.note("code", self.settings.shop, code=code)
        return True


class GenericShop(ShopSide):
    """The shop's own program at generic.discount_url. It checks the signature of each call."""

    def answer(self, request: Request) -> Answer:
        if not self._is_signed(request):
            return answer(401, {"error": "signature"})
        told = json.loads(request.body)["data"]
        return answer(201 if self.create(told["code"], told) else 409)

    def _is_signed(self, request: Request) -> bool:
        """https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"""
        id_, at = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        signed = f"{id_}.{at}.".encode() + request.body
        secret = base64.b64decode(self.secrets.webhook_secrets[0].removeprefix("whsec_"))
        right = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
        is_fresh = abs(int(at) - self.world.seconds) <= 300
        return is_fresh and f"v1,{right}" in request.headers["webhook-signature"].split()


class Shopify(ShopSide):
    """The Admin API. Everything but codes is answered by the tests' shop."""

    def __init__(self, world: "World", settings: ShopSettings, secrets: ShopSecrets) -> None:
        super().__init__(world, settings, secrets)
        self.shop = ShopifyShop(clock=lambda: world.now)

    def answer(self, request: Request) -> Answer:
        if request.headers.get("x-shopify-access-token") == self.secrets.api_token:
            told = json.loads(request.body)
            for mutation, input_name in CREATES.items():
                if mutation in told["query"]:
                    return self._created(mutation, told["variables"]["discount"], input_name)
            if "currencyCode" in told["query"] and not told["variables"]:
                return answer(200, {"data": {"shop": {"currencyCode": "PLN"}}})
        status, headers, body = self.shop.answer(
            request.path, _like_the_tests(request.headers), request.body
        )
        return answer(status, body, headers)

    def _created(self, mutation: str, discount: Json, input_name: str) -> Answer:
        is_new = self.create(discount["code"], discount | {"input": input_name})
        taken = {"field": ["code"], "code": "TAKEN", "message": "Code must be unique."}
        node = {"id": f"gid://shopify/DiscountCodeNode/{len(self.codes)}"}
        told = {
            "codeDiscountNode": node if is_new else None,
            "userErrors": [] if is_new else [taken],
        }
        return answer(200, {"data": {mutation: told}})


def _like_the_tests(headers: Any) -> Json:
    return dict(headers)


class WooCommerce(ShopSide):
    """The REST API, answered by the tests' shop."""

    def __init__(self, world: "World", settings: ShopSettings, secrets: ShopSecrets) -> None:
        super().__init__(world, settings, secrets)
        self.shop = WooCommerceShop()

    def answer(self, request: Request) -> Answer:
        before = set(self.shop.coupons)
        query = dict(parse_qsl(request.query, keep_blank_values=True))
        asked = Asked(request.method, request.path, query, dict(request.headers), request.body)
        status, headers, body = self.shop.answer(asked)
        for code in self.shop.coupons.keys() - before:
            self.create(code, self.shop.coupons[code])
        return answer(status, body, headers)


class Shoper(ShopSide):
    """The REST API, answered by the tests' shop: orders are read from it."""

    def __init__(self, world: "World", settings: ShopSettings, secrets: ShopSecrets) -> None:
        super().__init__(world, settings, secrets)
        self.shop = ShoperShop(bucket_of=float("inf"), poured_at=0.0)
        self.shop.token = secrets.api_token or self.shop.token

    def answer(self, request: Request) -> Answer:
        target = f"{request.path}?{request.query}" if request.query else request.path
        try:
            if request.method == "GET":
                return answer(200, self.shop.answer(target, request.headers.get("authorization")))
            return answer(200, self.shop.write(request.method, request.path, request.body))
        except ShoperRefusal as refusal:
            return answer(refusal.status, refusal.body, refusal.headers)


@dataclass
class PushService:
    """Takes notifications for browsers. `gone`: subscriptions that are no more, by their URL."""

    world: "World"
    gone: set[str] = field(default_factory=set)

    def answer(self, request: Request) -> Answer:
        if request.url in self.gone:
            return answer(410)
        left = self.world.leaves("push", request.url, "", headers=dict(request.headers))
        return answer(201, b"", {"location": f"https://push.example/m/{left.provider_id}"})


class Meta:
    """The Graph API, answered by the local stack's own."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.api = FakeMeta(app_secret="", now=lambda: world.now)

    def settle(self, settings: ShopSettings, secrets: ShopSecrets) -> None:
        self.api.app_secret = secrets.app_secret or ""
        self.api.page_token = secrets.page_token or ""
        self.api.ads_token = secrets.ads_token or ""
        if settings.messenger:
            self.api.pages.add(settings.messenger.page_id)
        for audience in settings.audiences.values():
            self.api.audiences.setdefault(audience.id, set())

    def answer(self, request: Request) -> Answer:
        sent, told = len(self.api.messages), len(self.api.history)
        target = f"{request.path}?{request.query}" if request.query else request.path
        status, body = self.api.answer(request.method, target, request.headers, request.body)
        for message in self.api.messages[sent:]:
            self.world.leaves("messenger", message.to, message.text, headers={"url": message.url})
        for _, method, (email, phone) in self.api.history[told:]:
            if method == "POST":
                self.world.leaves("audience", f"{email} {phone}".strip(), "")
            self.world.note("audience", method)
        return answer(status, body)


KINDS: dict[str, Callable[["World", ShopSettings, ShopSecrets], ShopSide]] = {
    "generic": GenericShop,
    "shopify": Shopify,
    "woocommerce": WooCommerce,
    "shoper": Shoper,
}
PUSH_HOSTS = ("fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com")


class Neighbours:
    """All of them, by the hosts that they answer at."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.shops: dict[str, Any] = {}
        self.push, self.meta = PushService(world), Meta(world)
        hosts: dict[str, Host] = dict.fromkeys(PUSH_HOSTS, self.push.answer)
        world.internet.hosts |= hosts | {"graph.facebook.com": self.meta.answer}

    def settle(self, settings: ShopSettings, secrets: ShopSecrets) -> None:
        """A shop stays what it is when its settings change."""
        side = self.shops.get(settings.shop)
        if side is None:
            side = self.shops[settings.shop] = KINDS[settings.platform](
                self.world, settings, secrets
            )
        side.settings, side.secrets = settings, secrets
        for url in _addresses(settings):
            self.world.internet.hosts[urlsplit(url).hostname or ""] = side.answer
        if settings.messenger or settings.audiences:
            self.meta.settle(settings, secrets)


def _addresses(settings: ShopSettings) -> list[str]:
    told = [settings.url, settings.generic.discount_url, settings.woocommerce.site_url]
    told += [settings.woocommerce.rest_url, settings.shoper.api_url]
    if settings.shopify:
        told.append(settings.shopify.graphql_url)
    return [url for url in told if url]
