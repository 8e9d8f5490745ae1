"""No log line has personal data: every handler, every sample body, good and bad, with faults on the
way."""

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from support.lambdas import Json, Lambdas, a_cart_body, a_step, ago, unique
from support.local_stack import free_port
from support.scripted_provider import a_provider, answers, hangs_up
from support.webhook_bodies import GENERIC_BODIES, SHARED_PAYLOADS, SHOPIFY_BODIES, a_word
from wracaj.errors import WracajError
from wracaj.platforms.shopify import webhooks as shopify
from wracaj.settings.shop import Shop

# What stands under these keys belongs to a shopper. Ids of shops, topics, states and reasons may be
# logged.
PERSONAL = re.compile(
    r"(^|_)(e?mails?|contact_email|phone|first_name|last_name|name|title|address\w*|city|zip|company|token|key|note|"
    r"browser_ip|landing_site|\w*url|code|street|latitude|longitude|id|cart_id|checkout_id|order_id)$"
)
TOO_PLAIN = {
    "shopify",
    "generic",
    "checkout",
    "subscribed",
    "unsubscribed",
    "default",
    "web",
    "true",
    "false",
    "null",
}


def personal(value: Any, key: str = "") -> Iterator[str]:
    """Every text under such a key that is long enough to be told from chance."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from personal(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from personal(inner, key)
    elif isinstance(value, str | int) and not isinstance(value, bool) and PERSONAL.search(key):
        text = str(value).strip()
        shortest = 9 if text.isdigit() else 5  # a time stamp holds many a number of six digits
        if len(text) >= shortest and text.lower() not in TOO_PLAIN:
            yield text


def broken(body: Json) -> Iterator[Json]:
    """The same with one field of the wrong kind, in each place."""
    told = body.get("data", body)
    for key in told:
        for nonsense in ({"email": "anna.zla@poczta.example"}, "zły Kowalski"):
            changed = {**told, key: nonsense}
            yield {**body, "data": changed} if "data" in body else changed


def samples() -> Iterator[tuple[str, str, Json]]:
    for topic, body in SHOPIFY_BODIES.items():
        yield "shopify", topic, body
    for topic, body in GENERIC_BODIES.items():
        yield "generic", topic, body
    spelt = {topic.replace("/", "_"): topic for topic in shopify.TOPICS}
    for file in (
        sorted((SHARED_PAYLOADS / "shopify").glob("*.json")) if SHARED_PAYLOADS.exists() else ()
    ):
        body = json.loads(file.read_text())
        if isinstance(body, dict):
            name = file.stem.split("-", 3)[3]
            yield "shopify", spelt.get(name, name), body


def assert_silent(logged: io.StringIO, secrets: set[str]) -> None:
    text = logged.getvalue()
    plain = text.encode().decode("unicode_escape", errors="ignore") + text
    assert {secret for secret in secrets if secret in plain} == set()


def test_the_log_is_heard_at_all(lambdas: Lambdas, logged: io.StringIO) -> None:
    """The tests below would hold for a log that nobody captured."""
    shop = lambdas.register()
    lambdas.post(shop, *a_cart_body("generic", "c1"))
    lambdas.post(shop, "checkout.updated", b"{}")
    lambdas.webhook("generic", "nobody", "{}", {})
    lambdas.step(shop.id, "c1")
    text = logged.getvalue()
    for line in (
        "CartUpdated",
        "webhook not understood",
        "webhook refused",
        "step taken",
        "StepSent",
    ):
        assert line in text
    with pytest.raises(AssertionError):
        assert_silent(logged, {"step taken"})


@pytest.mark.parametrize("platform", ["shopify", "generic"])
def test_no_webhook_leaves_anything_personal_in_the_log(
    lambdas: Lambdas, logged: io.StringIO, platform: str
) -> None:
    shop = lambdas.register(platform)
    secrets: set[str] = {"anna.zla@poczta.example", "Kowalski"}
    played = [(topic, body) for name, topic, body in samples() if name == platform]
    for topic, body in played:
        secrets |= set(personal(body))
        lambdas.post(shop, topic, body)
    for topic, body in played[:16]:
        for worse in broken(body):
            lambdas.post(shop, topic, worse)
    assert len(secrets) >= 10
    assert_silent(logged, secrets)


@pytest.mark.parametrize("service", ["DYNAMODB", "SFN", "SSM"])
def test_no_fault_leaves_anything_personal_in_the_log(
    lambdas: Lambdas, logged: io.StringIO, service: str
) -> None:
    shops = {name: lambdas.register(name) for name in ("shopify", "generic")}
    secrets: set[str] = set()
    with a_provider() as refusing:
        refusing.script = [
            answers(
                400,
                b'{"__type": "ValidationException", "message": "ala.nowak@poczta.example is no'
                b' key"}',
            )
        ]
        for url in (refusing.url, f"http://127.0.0.1:{free_port()}"):
            lambdas.redirect(url, service)
            for platform, shop in shops.items():
                topic, body = a_cart_body(platform, unique("koszyk-tajny"))
                secrets |= set(personal(body))
                assert lambdas.post(shop, topic, body)["statusCode"] != 422
            lambdas.redirect(None, service)
    assert "ala.nowak@poczta.example" in secrets
    assert_silent(logged, secrets)


def test_a_fault_inside_our_own_code_shows_its_place_and_not_its_words(
    lambdas: Lambdas, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: Any) -> None:
        raise ValueError("ala.nowak@poczta.example")

    shop = lambdas.register()
    monkeypatch.setattr("wracaj.services.intake.dispatch.Intake.take", break_down)
    assert lambdas.post(shop, *a_cart_body("generic", "c1"))["statusCode"] == 503
    assert "test_logs" in logged.getvalue() and "ValueError" in logged.getvalue()
    assert_silent(logged, {"ala.nowak"})


def test_no_step_and_no_link_leaves_anything_personal_in_the_log(
    lambdas: Lambdas, logged: io.StringIO
) -> None:
    consent = {channel: a_word(updated_at=ago(days=1)) for channel in ("email", "sms")}
    customer = {
        "id": "777888999",
        "email": "tajna.ala@poczta.example",
        "phone": "+48600123123",
        "first_name": "Alicja",
    }
    shop = lambdas.register(sms={"sender_id": "KUBEK"})
    topic, body = a_cart_body("generic", "koszyk-tajny-1", customer=customer, consent=consent)
    lambdas.post(shop, topic, body)
    secrets = set(personal(body)) | {"tajna.ala", "600123123", "Alicja"}
    discount = {"percent": 10, "valid_days": 3, "if_unavailable": "send_without"}
    steps = [
        a_step(),
        a_step("sms", 0, channel="sms", template="cart_sms"),
        a_step("discount_email", 0, template="cart_discount", discount=discount),
        a_step("no_such", 0, template="there_is_none"),
    ]
    with a_provider() as provider:
        provider.script = [
            answers(429, b"{}", x_amzn_ErrorType="TooManyRequestsException"),
            answers(
                400, b'{"message": "tajna.ala@poczta.example"}', x_amzn_ErrorType="MessageRejected"
            ),
            hangs_up,
        ]
        lambdas.redirect(provider.url, "SESV2", "SNS")
        for step in (steps[0], *steps):
            logged.write(_tried(lambdas, shop, step))
        lambdas.redirect(None, "SESV2", "SNS")
    record = lambdas.cart(shop, "koszyk-tajny-1").records.values()
    secrets |= {voucher.code for one in record if (voucher := one.voucher)}
    for token in ("A" * 35, "tajny-znak-linku"):
        for method, purpose in (("GET", "c"), ("GET", "u"), ("POST", "u")):
            lambdas.link(method, f"/{purpose}/{token}")
            secrets.add(token)
    assert "message refused" in logged.getvalue()
    assert_silent(logged, secrets)


def _tried(lambdas: Lambdas, shop: Shop, step: Json) -> str:
    """What a step raises goes into the log too, and into the execution's history."""
    try:
        lambdas.step(shop.id, "koszyk-tajny-1", step)
    except WracajError as error:
        return str(error)
    return ""


def test_a_link_that_fails_leaves_nothing_of_itself_in_the_log(
    lambdas: Lambdas, logged: io.StringIO
) -> None:
    lambdas.redirect(f"http://127.0.0.1:{free_port()}", "SECRETS_MANAGER")
    lambdas.link("POST", "/u/tajny-znak-linku")
    assert "link failed" in logged.getvalue()
    assert_silent(logged, {"tajny-znak-linku"})
