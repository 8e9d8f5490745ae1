"""POST /webhooks/{platform}/{shop}: the answer to each request, and what is stored when it is
sent."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cart_webhook.app
from support.lambdas import Json, Lambdas, a_cart_body, ago, an_http_event, answered, unique
from support.local_stack import free_port
from support.scripted_provider import Provider, a_provider, answers, hangs_up
from support.webhook_bodies import (
    OTHER_GENERIC_SECRET,
    SHOPIFY_SECRET,
    a_generic_order,
    a_shopify_order,
    an_envelope,
)
from support.woocommerce_bodies import a_woo_order
from wracaj import store
from wracaj.aws import shop_config, step_functions
from wracaj.platforms import platform
from wracaj.settings.shop import Shop

PLATFORMS = ["shopify", "woocommerce", "generic"]
MEBIBYTE = 1024 * 1024


@pytest.fixture(params=PLATFORMS)
def shop(request: pytest.FixtureRequest, lambdas: Lambdas) -> Shop:
    return lambdas.register(request.param)


@pytest.fixture
def scripted() -> Iterator[Provider]:
    with a_provider() as found:
        yield found


def signed(shop: Shop, topic: str, raw: bytes) -> dict[str, str]:
    module = platform(shop.settings.platform)
    return module.sign(
        topic, raw, shop.settings, shop.secrets.webhook_secrets[0], datetime.now(UTC)
    )


def post_cart(lambdas: Lambdas, shop: Shop, cart_id: str = "c1", **changes: Any) -> Json:
    how = {key: changes.pop(key) for key in ("secret", "as_text") if key in changes}
    topic, body = a_cart_body(shop.settings.platform, cart_id, **changes)
    return lambdas.post(shop, topic, body, **how)


# --- answers --------------------------------------------------------------------------------------


def test_a_signed_cart_is_accepted_stored_and_its_timeline_started(
    lambdas: Lambdas, shop: Shop
) -> None:
    answer = post_cart(lambdas, shop)
    assert (answer["statusCode"], answer["json"]) == (200, {"status": "accepted"})
    assert lambdas.cart(shop, "c1").contact.email == "ala.nowak@poczta.example"
    assert lambdas.executions(shop) == [{"shop": shop.id, "cart_id": "c1", "episode": 1}]


def test_a_topic_that_is_not_needed_is_ignored_with_its_reason(
    lambdas: Lambdas, shop: Shop
) -> None:
    unknown = {
        "shopify": ("app/uninstalled", {}),
        "woocommerce": ("coupon.created", {}),
        "generic": ("product.updated", {"type": "product.updated"}),
    }
    answer = lambdas.post(shop, *unknown[shop.settings.platform])
    assert answer["statusCode"] == 200
    assert answer["json"]["status"] == "ignored"
    assert "is not used" in answer["json"]["reason"]


def test_an_unknown_shop_a_wrong_platform_and_a_bad_signature_get_the_same_answer(
    lambdas: Lambdas, shop: Shop
) -> None:
    topic, body = a_cart_body(shop.settings.platform, "c1")
    raw = json.dumps(body)
    other = next(name for name in PLATFORMS if name != shop.settings.platform)
    stranger = shop.model_copy(
        update={"settings": shop.settings.model_copy(update={"shop": unique("obcy")})}
    )
    forged = OTHER_GENERIC_SECRET if shop.settings.platform == "generic" else "another"
    told = [
        lambdas.post(stranger, topic, body),
        lambdas.post(shop, topic, body, secret=forged),
        lambdas.webhook(shop.settings.platform, shop.id, raw, {}),
        lambdas.webhook(other, shop.id, raw, {}),
        lambdas.webhook("magento", shop.id, raw, {}),
        lambdas.webhook("os", shop.id, raw, {}),
        lambdas.webhook(shop.settings.platform, "..%2f..%2fswitch", raw, {}),
        lambdas.webhook(shop.settings.platform, "", raw, {}),
        lambdas.webhook(shop.settings.platform, f"{shop.id}:1", raw, {}),
    ]
    assert {answer["statusCode"] for answer in told} == {401}
    assert len({(answer["body"], str(sorted(answer["headers"].items()))) for answer in told}) == 1
    assert lambdas.cart(shop, "c1") is None


def test_a_body_changed_by_one_byte_is_not_the_shops(lambdas: Lambdas, shop: Shop) -> None:
    topic, body = a_cart_body(shop.settings.platform, "c1")
    raw = json.dumps(body).encode()
    headers = signed(shop, topic, raw)
    for place in (0, len(raw) // 2, len(raw) - 1):
        forged = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        assert (
            lambdas.webhook(shop.settings.platform, shop.id, forged, headers)["statusCode"] == 401
        )
    assert (
        lambdas.webhook(shop.settings.platform, shop.id, raw + b" ", headers)["statusCode"] == 401
    )
    assert lambdas.webhook(shop.settings.platform, shop.id, raw, headers)["statusCode"] == 200


@pytest.mark.parametrize("as_text", [True, False], ids=["text", "base64"])
def test_a_body_over_a_mebibyte_is_too_large_and_one_of_exactly_that_is_not(
    lambdas: Lambdas, shop: Shop, as_text: bool
) -> None:
    topic, body = a_cart_body(shop.settings.platform, "c1")
    full = json.dumps(body).encode().ljust(MEBIBYTE)
    assert lambdas.post(shop, topic, full, as_text=as_text)["statusCode"] == 200
    answer = lambdas.post(shop, topic, full + b" ", as_text=as_text)
    assert answer["statusCode"] == 413
    assert answer["headers"]["content-type"] == "application/problem+json"
    assert str(MEBIBYTE) in answer["json"]["detail"]
    assert lambdas.post(shop, topic, full * 3, as_text=as_text)["statusCode"] == 413


def test_letters_of_two_bytes_count_as_two(lambdas: Lambdas, shop: Shop) -> None:
    assert lambdas.post(shop, "any", ("ż" * (MEBIBYTE // 2 + 1)).encode())["statusCode"] == 413


def test_a_body_that_breaks_its_promise_is_told_field_by_field(
    lambdas: Lambdas, shop: Shop
) -> None:
    topic, body = a_cart_body(shop.settings.platform, "c1")
    if shop.settings.platform == "shopify":
        body |= {"cart_token": {}, "token": "ż" * 200}
    elif shop.settings.platform == "woocommerce":
        body |= {"order_key": {}, "id": "ż" * 200}
    else:
        body["data"] |= {"cart_id": {}, "checkout_id": "ż" * 200}
    answer = lambdas.post(shop, topic, body)
    assert answer["statusCode"] == 422
    assert answer["headers"]["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "errors"} <= set(answer["json"])
    why, *others = answer["json"]["errors"]
    assert ("must be an id" if shop.settings.platform == "generic" else "is missing") in why[
        "problem"
    ]
    assert all("must be an id" in problem["problem"] for problem in others)
    assert "ż" not in answer["body"]
    assert lambdas.cart(shop, "c1") is None


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"nie", b"\xff\xfe", b'{"a": NaN}', b"null", b'{"type": 7}', b"[" * 100_000],
)
def test_a_body_that_is_no_object_is_told(lambdas: Lambdas, shop: Shop, body: bytes) -> None:
    topic, _ = a_cart_body(shop.settings.platform, "c1")
    answer = lambdas.post(shop, topic, body, as_text=False)
    assert answer["statusCode"] == 422
    assert answer["json"]["errors"][0]["field"]


@pytest.mark.parametrize("as_text", [True, False], ids=["text", "base64"])
def test_woocommerce_s_ping_has_no_signature_gets_200_and_changes_nothing(
    lambdas: Lambdas, wire: list[str], as_text: bool
) -> None:
    shop = lambdas.register("woocommerce")
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    body = "webhook_id=4" if as_text else b"webhook_id=4"
    answer = lambdas.webhook("woocommerce", shop.id, body, headers)
    assert (answer["statusCode"], answer["json"]["status"]) == (200, "ignored")
    assert not [call for call in wire if call.startswith("DynamoDB")]
    assert lambdas.webhook("woocommerce", unique("obcy"), body, headers)["statusCode"] == 401


# --- the shop's clock -----------------------------------------------------------------------------


AHEAD = "and is taken as received now: set the clock or the time zone of the shop's server"


def warned(answer: Json) -> dict[str, str]:
    return {told["field"]: told["problem"] for told in answer["json"]["warnings"]}


def test_an_event_from_next_week_is_taken_as_received_and_the_shop_is_told(
    lambdas: Lambdas, shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = post_cart(lambdas, shop, at=ago(days=-7))
    assert answer["statusCode"] == 200
    ((field, problem),) = warned(answer).items()
    assert field == ("data.updated_at" if shop.settings.platform == "generic" else "updated_at")
    assert problem.startswith("lies ") and problem.endswith(AHEAD)
    cart = lambdas.cart(shop, "c1")
    assert max(cart.last_activity_at, cart.created_at) <= datetime.now(UTC) + timedelta(minutes=5)
    assert "ShopClockOff" in capsys.readouterr().out


@pytest.mark.parametrize("where", ["created_at", "consent"])
def test_a_moment_from_next_year_anywhere_in_an_event_is_taken_as_received(
    lambdas: Lambdas, where: str
) -> None:
    """A yes from next year would outlive every unsubscription until then, a cart from next year
    every order."""
    shop, next_year = lambdas.register(), ago(days=-365)
    consent = {"email": {"state": "subscribed", "updated_at": next_year}}
    topic, body = a_cart_body(
        "generic", "c1", **({"consent": consent} if where == "consent" else {where: next_year})
    )
    answer = lambdas.post(shop, topic, body)
    assert list(warned(answer)) == [f"data.{where}"] and answer["statusCode"] == 200
    cart, latest = lambdas.cart(shop, "c1"), datetime.now(UTC) + timedelta(minutes=5)
    assert cart.created_at <= latest and all(word.at <= latest for word in cart.consent.values())


def test_an_order_placed_next_year_stops_its_cart_all_the_same(lambdas: Lambdas) -> None:
    shop = lambdas.register()
    post_cart(lambdas, shop)
    order = a_generic_order(cart_id="c1", created_at=ago(days=-365), updated_at=ago(hours=1))
    assert (
        lambdas.post(shop, "order.created", an_envelope("order.created", order))["statusCode"]
        == 200
    )
    assert lambdas.cart(shop, "c1").ordered and lambdas.step(shop.id, "c1")["outcome"] == "ordered"


@pytest.mark.parametrize(("cart", "order"), [(-2, 0), (-0.05, 0), (0, 5), (0, 0)])
def test_an_order_that_names_only_its_shopper_stops_a_cart_that_a_wrong_clock_dates_later(
    lambdas: Lambdas, cart: float, order: float
) -> None:
    """A shop that writes its local time and calls it UTC; three minutes are enough, and so are five
    hours in the past."""
    shop, email = lambdas.register(), f"{unique('ala')}@poczta.example"
    told = ago(hours=cart)
    post_cart(lambdas, shop, email=email, created_at=told, at=told)
    placed = ago(hours=order)
    bought = a_generic_order(
        cart_id=None,
        checkout_id=None,
        customer={"email": email},
        created_at=placed,
        updated_at=placed,
        order_id=unique("o"),
    )
    assert (
        lambdas.post(shop, "order.created", an_envelope("order.created", bought))["statusCode"]
        == 200
    )
    assert lambdas.step(shop.id, "c1")["outcome"] == "ordered"


def test_the_same_hours_behind_in_each_webhook_are_told_to_the_shop(lambdas: Lambdas) -> None:
    shop = lambdas.register()
    answers = [
        post_cart(lambdas, shop, at=(datetime.now(UTC) - timedelta(hours=5)).isoformat())
        for _ in range(5)
    ]
    assert ["warnings" in answer["json"] for answer in answers] == [False] * 4 + [True]
    assert warned(answers[-1])["data.updated_at"].startswith(
        "lies 5 h 00 min before its receipt, as in every webhook of late"
    )


# --- signatures -----------------------------------------------------------------------------------


def test_a_body_in_base64_is_verified_over_its_bytes(lambdas: Lambdas, shop: Shop) -> None:
    assert post_cart(lambdas, shop, as_text=False)["statusCode"] == 200
    assert lambdas.cart(shop, "c1") is not None


@pytest.mark.parametrize("spelt", [str.upper, str.lower, str.title])
@pytest.mark.parametrize("family", ["X-Shopify-", "Shopify-"])
def test_header_names_may_be_in_any_case_and_of_either_family(
    lambdas: Lambdas, spelt: Callable[[str], str], family: str
) -> None:
    shop = lambdas.register("shopify")
    topic, body = a_cart_body("shopify", "c1")
    raw = json.dumps(body).encode()
    event = an_http_event(
        "POST /webhooks/{platform}/{shop}", {"platform": "shopify", "shop": shop.id}, body=raw
    )
    given = signed(shop, topic, raw).items()
    event["headers"] = {spelt(name.replace("X-Shopify-", family)): value for name, value in given}
    assert answered(cart_webhook.app.handler, event)["statusCode"] == 200


def test_two_secrets_are_good_at_a_time(lambdas: Lambdas) -> None:
    shop = lambdas.register("shopify", secrets=("new-secret", "old-secret"))
    for number, secret in enumerate(("new-secret", "old-secret")):
        assert post_cart(lambdas, shop, f"c{number}", secret=secret)["statusCode"] == 200
    assert post_cart(lambdas, shop, "c3", secret="older-secret")["statusCode"] == 401


# --- faults of ours -------------------------------------------------------------------------------

FAULTS = {
    "the settings cannot be read": "SSM",
    "the secrets cannot be read": "SECRETS_MANAGER",
    "the table does not answer": "DYNAMODB",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_ours_asks_for_the_webhook_again(lambdas: Lambdas, fault: str) -> None:
    shop = lambdas.register()
    lambdas.redirect(f"http://127.0.0.1:{free_port()}", FAULTS[fault])
    answer = post_cart(lambdas, shop)
    assert answer["statusCode"] == 503
    assert int(answer["headers"]["retry-after"]) > 0
    assert answer["json"]["title"] == "A fault of ours"
    lambdas.redirect(None, FAULTS[fault])
    assert post_cart(lambdas, shop)["statusCode"] == 200
    assert lambdas.executions(shop) == [{"shop": shop.id, "cart_id": "c1", "episode": 1}]


def test_a_start_that_is_refused_for_good_is_a_fault_of_ours(
    lambdas: Lambdas, scripted: Provider
) -> None:
    """Not throttled: no queue would help. The shop sends it again until somebody mends the
    permission."""
    shop = lambdas.register()
    scripted.script = [
        answers(
            400, b'{"__type": "AccessDeniedException"}', Content_Type="application/x-amz-json-1.0"
        )
    ]
    lambdas.redirect(scripted.url, "SFN")
    assert post_cart(lambdas, shop)["statusCode"] == 503
    assert lambdas.queued(shop) == []


THROTTLES = {
    "throttled": answers(
        400, b'{"__type": "ThrottlingException"}', Content_Type="application/x-amz-json-1.0"
    ),
    "a million run already": answers(
        400, b'{"__type": "ExecutionLimitExceeded"}', Content_Type="application/x-amz-json-1.0"
    ),
    "broken": answers(500, b"{}", Content_Type="application/x-amz-json-1.0"),
    "silent": hangs_up,
}


@pytest.mark.parametrize("throttle", THROTTLES)
def test_a_start_that_is_throttled_is_queued_and_drained(
    lambdas: Lambdas, scripted: Provider, throttle: str
) -> None:
    shop = lambdas.register()
    scripted.script = [THROTTLES[throttle]]
    lambdas.redirect(scripted.url, "SFN")
    assert post_cart(lambdas, shop)["statusCode"] == 200
    assert lambdas.executions(shop) == []
    queued = lambdas.queued(shop)
    told = [lambdas.counted(json.loads(body)) for body in queued]
    assert told == [{"shop": shop.id, "cart_id": "c1", "episode": 1, "timeline": "abandoned_cart"}]
    assert lambdas.drain(*queued) == ["0"]  # still throttled: back to the queue
    lambdas.redirect(None, "SFN")
    assert lambdas.drain(*queued) == []
    assert lambdas.drain(*queued) == []  # SQS may deliver it twice
    assert lambdas.executions(shop) == [{"shop": shop.id, "cart_id": "c1", "episode": 1}]


def test_a_throttled_start_is_asked_for_once(lambdas: Lambdas, scripted: Provider) -> None:
    """The queue is the second try: the shop waits for none."""
    scripted.script = [THROTTLES["throttled"]]
    lambdas.redirect(scripted.url, "SFN")
    assert post_cart(lambdas, lambdas.register())["statusCode"] == 200
    assert len(scripted.asked) == 1


OWN = {
    "abandoned_cart": {"first_email_after_hours": 2, "pigeon_after_days": 1},
    "win_back": {"fifth_email_after_days": 90},
}


def test_a_start_carries_the_shop_s_own_timings_of_its_timeline(lambdas: Lambdas) -> None:
    """A name that the timeline does not have, as a release dropped it, is left out with
    a warning."""
    shop = lambdas.register(timings=OWN)
    assert post_cart(lambdas, shop)["statusCode"] == 200
    (told,) = lambdas.executions(shop)
    assert told == {
        "shop": shop.id,
        "cart_id": "c1",
        "episode": 1,
        "timings": {"first_email_after_hours": 2},
    }


def test_a_queued_start_carries_them_too(lambdas: Lambdas, scripted: Provider) -> None:
    shop = lambdas.register(timings=OWN)
    scripted.script = [THROTTLES["throttled"]]
    lambdas.redirect(scripted.url, "SFN")
    assert post_cart(lambdas, shop)["statusCode"] == 200
    queued = lambdas.queued(shop)
    lambdas.redirect(None, "SFN")
    assert lambdas.drain(*queued) == []
    (told,) = lambdas.executions(shop)
    assert told["timings"] == {"first_email_after_hours": 2}


def test_a_timing_that_a_timeline_does_not_have_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[Any] = []
    monkeypatch.setattr(
        "wracaj.aws.step_functions.logger.warning", lambda _, extra: warnings.append(extra)
    )
    monkeypatch.setattr(
        "wracaj.aws.step_functions.start_now", lambda *given: warnings.append(given[-1])
    )
    step_functions.start("kubek", "c1", 1, own=OWN)
    assert warnings == [
        {"shop": "kubek", "timeline": "abandoned_cart", "timings": ["pigeon_after_days"]},
        {"first_email_after_hours": 2},
    ]


def test_of_a_batch_only_what_failed_goes_back(lambdas: Lambdas) -> None:
    shop = lambdas.register()
    good = [
        json.dumps({"shop": shop.id, "cart_id": f"c{number}", "episode": 1}) for number in range(2)
    ]
    assert lambdas.drain(
        good[0], "not JSON", "{}", "[]", '"x"', good[1], json.dumps({"shop": shop.id})
    ) == [
        "1",
        "2",
        "3",
        "4",
        "6",
    ]
    assert sorted(run["cart_id"] for run in lambdas.executions(shop)) == ["c0", "c1"]


def test_a_webhook_sent_again_after_a_failed_start_starts_the_timeline(
    lambdas: Lambdas, shop: Shop
) -> None:
    """The cart was stored before the start failed: the second, identical event must not pass for a
    duplicate."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    lambdas.redirect(nowhere, "SFN", "SQS")
    topic, body = a_cart_body(shop.settings.platform, "c1")
    assert lambdas.post(shop, topic, body)["statusCode"] == 503
    assert lambdas.cart(shop, "c1") is not None
    lambdas.redirect(None, "SFN", "SQS")
    assert lambdas.post(shop, topic, body)["statusCode"] == 200
    assert lambdas.executions(shop) == [{"shop": shop.id, "cart_id": "c1", "episode": 1}]


def test_a_changed_secret_is_taken_over_without_waiting_for_the_cache(lambdas: Lambdas) -> None:
    shop = lambdas.register("shopify")
    assert post_cart(lambdas, shop)["statusCode"] == 200
    lambdas.client("secretsmanager").put_secret_value(
        SecretId=shop_config.secrets_name("handlers", shop.id),
        SecretString=shop.secrets.model_copy(
            update={"webhook_secrets": ("brand-new", SHOPIFY_SECRET)}
        ).model_dump_json(),
    )
    lambdas.monkeypatch.setattr("cart_webhook.app.SECRETS_TRUSTED_SECONDS", 0)
    assert post_cart(lambdas, shop, "c2", secret="brand-new")["statusCode"] == 200


# --- what is wrong with a webhook -----------------------------------------------------------------


def problems_of(lambdas: Lambdas, shop: Shop) -> dict[int, list[tuple[str, str, str]]]:
    """By what was answered: the webhook, the field, the problem."""
    found: dict[int, list[tuple[str, str, str]]] = {}
    for kept in store.open_store().webhook_problems.recent(shop.id):
        found.setdefault(kept.answered, []).extend(
            (kept.topic, field, problem) for field, problem in kept.problems
        )
    return found


def test_what_could_not_be_read_is_named_in_the_answer_counted_and_kept(
    lambdas: Lambdas, shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    field = {
        "shopify": "line_items.0.title",
        "woocommerce": "line_items.0.name",
        "generic": "data.items.0.title",
    }[shop.settings.platform]
    lines: dict[str, Json] = {
        "woocommerce": {"line_items": [{"name": True, "quantity": 1}]},
        "shopify": {"line_items": [{"title": True, "quantity": 1}]},
        "generic": {"items": [{"title": [], "quantity": 1}]},
    }
    answer = post_cart(lambdas, shop, **lines[shop.settings.platform])
    assert (answer["statusCode"], answer["json"]) == (
        200,
        {"status": "accepted", "warnings": [{"field": field, "problem": "must be text"}]},
    )
    assert '"WebhookWarning":[1.0]' in capsys.readouterr().out.replace(" ", "")
    topic, _ = a_cart_body(shop.settings.platform, "c1")
    assert problems_of(lambdas, shop) == {200: [(topic, field, "must be text")]}


def test_of_very_many_problems_the_first_are_named(lambdas: Lambdas) -> None:
    shop = lambdas.register()
    answer = post_cart(
        lambdas, shop, items=[{"title": number, "quantity": "dużo"} for number in range(70)]
    )
    assert [problem["field"] for problem in answer["json"]["warnings"]][::20] == [
        "data.items.0.quantity",
        "(body)",
    ]
    assert answer["json"]["warnings"][-1]["problem"] == "has 50 more problems"


def test_a_refusal_is_kept_with_its_true_cause_and_the_caller_is_told_none(
    lambdas: Lambdas, shop: Shop
) -> None:
    topic, body = a_cart_body(shop.settings.platform, "c1")
    other = next(name for name in PLATFORMS if name != shop.settings.platform)
    forged = OTHER_GENERIC_SECRET if shop.settings.platform == "generic" else "another"
    told = [
        lambdas.post(shop, topic, body, secret=forged),
        lambdas.webhook(shop.settings.platform, shop.id, json.dumps(body), {}),
        lambdas.webhook(other, shop.id, json.dumps(body), {}),
    ]
    assert len({answer["body"] for answer in told}) == 1
    kept = problems_of(lambdas, shop)[401]
    assert {topic for topic, _, _ in kept} == {""}
    causes = " / ".join(problem for _, _, problem in kept)
    assert (
        "fits" in causes
        and "is missing" in causes
        and f"/webhooks/{shop.settings.platform}/{shop.id}" in causes
    )


def test_a_body_that_names_nobody_is_refused_and_kept(lambdas: Lambdas, shop: Shop) -> None:
    nameless: dict[str, Json] = {
        "shopify": {"cart_token": None, "token": None},
        "woocommerce": {"order_key": None, "id": 0},
        "generic": {"cart_id": None},
    }
    answer = post_cart(lambdas, shop, **nameless[shop.settings.platform])
    assert answer["statusCode"] == 422
    ((topic, field, problem),) = problems_of(lambdas, shop)[422]
    assert (field, problem) == (
        answer["json"]["errors"][0]["field"],
        answer["json"]["errors"][0]["problem"],
    )
    assert topic == a_cart_body(shop.settings.platform, "c1")[0]


def test_a_body_that_is_too_large_is_kept(lambdas: Lambdas, shop: Shop) -> None:
    lambdas.post(shop, "any", b" " * (MEBIBYTE + 1))
    assert problems_of(lambdas, shop) == {413: [("", "(body)", f"is over {MEBIBYTE} bytes")]}


def test_a_flood_of_forgeries_pushes_nothing_else_out(lambdas: Lambdas, shop: Shop) -> None:
    lambdas.monkeypatch.setattr("cart_webhook.keeping.QUIET_SECONDS", 0)
    post_cart(lambdas, shop, consent=5, customer_locale=[], currency=7)
    before = problems_of(lambdas, shop)[200]
    for number in range(30):
        headers = {
            "webhook-signature": f"v1,{number}",
            "webhook-timestamp": "x" * number,
            "X-Shopify-Topic": f"t/{number}",
        }
        lambdas.webhook(shop.settings.platform, shop.id, "{}", headers)
    after = problems_of(lambdas, shop)
    assert after[200] == before
    assert len(after[401]) <= 8


def test_each_cause_of_a_refusal_is_kept_however_soon_the_next_one_follows(
    lambdas: Lambdas,
) -> None:
    shop, stamp = lambdas.register(), str(int(datetime.now(UTC).timestamp()))
    good = {"webhook-id": "m1", "webhook-timestamp": stamp, "webhook-signature": "v1,c2lnbmVk"}
    bad: list[Json] = [
        {name: value for name, value in good.items() if name != left_out} for left_out in good
    ]
    bad += [good | {"webhook-timestamp": "tomorrow"}, good | {"webhook-timestamp": "1000000000"}]
    bad += [good | {"webhook-signature": "c2lnbmVk"}, good]
    for headers in bad:
        assert lambdas.webhook("generic", shop.id, "{}", headers)["statusCode"] == 401
    lambdas.webhook("shopify", shop.id, "{}", {})
    assert len({problem for _, _, problem in problems_of(lambdas, shop)[401]}) == len(bad) + 1


def test_what_a_stranger_writes_is_kept_nowhere(lambdas: Lambdas, shop: Shop) -> None:
    headers = {
        name: f"zofia {name}"
        for name in ("webhook-id", "webhook-signature", "webhook-timestamp", "X-Shopify-Topic")
    }
    lambdas.webhook(shop.settings.platform, shop.id, '{"zofia": "zofia"}', headers)
    lambdas.webhook("zofia", shop.id, "zofia", headers)
    assert "zofia" not in str(problems_of(lambdas, shop))


def test_a_problem_that_cannot_be_kept_changes_no_answer(lambdas: Lambdas, shop: Shop) -> None:
    post_cart(lambdas, shop)
    lambdas.redirect(f"http://127.0.0.1:{free_port()}", "DYNAMODB")
    assert lambdas.webhook(shop.settings.platform, shop.id, "{}", {})["statusCode"] == 401


# --- requests really sent ("It holds when" 5) -----------------------------------------------------


def test_an_event_after_the_first_is_one_write_and_nothing_else(
    lambdas: Lambdas, shop: Shop, wire: list[str]
) -> None:
    post_cart(lambdas, shop, at=ago(hours=4))
    assert wire.count("AWSStepFunctions.StartExecution") == 1
    wire.clear()
    assert post_cart(lambdas, shop, at=ago(hours=3))["statusCode"] == 200
    assert wire == ["DynamoDB.UpdateItem"]


def test_a_duplicate_is_one_refused_write_and_nothing_else(
    lambdas: Lambdas, shop: Shop, wire: list[str]
) -> None:
    topic, body = a_cart_body(shop.settings.platform, "c1")
    lambdas.post(shop, topic, body)
    before = lambdas.cart(shop, "c1").revision
    wire.clear()
    assert lambdas.post(shop, topic, body)["statusCode"] == 200
    assert wire == ["DynamoDB.UpdateItem"]
    assert lambdas.cart(shop, "c1").revision == before


def test_a_fresh_process_reads_the_settings_once(
    lambdas: Lambdas, shop: Shop, wire: list[str]
) -> None:
    post_cart(lambdas, shop, at=ago(hours=4))
    shop_config._cached.clear()
    wire.clear()
    post_cart(lambdas, shop, at=ago(hours=3))
    post_cart(lambdas, shop, at=ago(hours=2))
    assert wire == [
        "AmazonSSM.GetParameter",
        "secretsmanager.GetSecretValue",
        *["DynamoDB.UpdateItem"] * 2,
    ]


def test_a_first_event_stays_within_its_requests(
    lambdas: Lambdas, shop: Shop, wire: list[str]
) -> None:
    """What docs/costs.md reckons with; a cart that costs more should cost somebody a thought."""
    post_cart(lambdas, shop, "warm", email="kto.inny@poczta.example")
    wire.clear()
    post_cart(lambdas, shop)
    assert wire.count("AWSStepFunctions.StartExecution") == 1
    assert len(wire) <= 10, wire


def test_a_flood_of_bad_signatures_costs_a_write_a_minute(
    lambdas: Lambdas, shop: Shop, wire: list[str]
) -> None:
    post_cart(lambdas, shop)
    lambdas.monkeypatch.setattr("cart_webhook.app.SECRETS_TRUSTED_SECONDS", 300)
    wire.clear()
    for _ in range(20):
        lambdas.webhook(shop.settings.platform, shop.id, "{}", {})
    assert wire == ["DynamoDB.PutItem"]
    lambdas.monkeypatch.setattr("cart_webhook.keeping.QUIET_SECONDS", 0)
    lambdas.webhook(shop.settings.platform, shop.id, "{}", {})
    assert wire == ["DynamoDB.PutItem"] * 2


# --- it never raises ------------------------------------------------------------------------------

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
)


@given(data=st.data())
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_a_shop_sends_signed_it_gets_an_answer_and_never_a_fault(
    lambdas: Lambdas, data: st.DataObject
) -> None:
    shop = data.draw(st.sampled_from(_fuzzed(lambdas)))
    topic, body = a_cart_body(shop.settings.platform, "c1")
    inner = body["data"] if shop.settings.platform == "generic" else body
    for key in data.draw(st.lists(st.sampled_from(sorted(inner)), max_size=3)):
        inner[key] = data.draw(anything)
    topic = data.draw(
        st.sampled_from(
            [topic, "orders/create", "customers/update", "order.created", "consent.updated"]
        )
    )
    if "type" in body:
        body["type"] = topic
    assert lambdas.post(shop, topic, body)["statusCode"] in (200, 422)


_shops: list[Shop] = []


def _fuzzed(lambdas: Lambdas) -> list[Shop]:
    if not _shops:
        _shops.extend(lambdas.register(name) for name in PLATFORMS)
    return _shops


@given(
    event=st.fixed_dictionaries(
        {},
        optional={
            "headers": (
                st.none() | st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=3)
            ),
            "pathParameters": (
                st.none()
                | st.fixed_dictionaries(
                    {}, optional={"shop": st.text(max_size=60), "platform": st.text()}
                )
            ),
            "body": st.none() | st.text(max_size=50),
            "isBase64Encoded": st.booleans(),
        },
    )
)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_a_stranger_sends_the_handler_answers(lambdas: Lambdas, event: Json) -> None:
    assert answered(cart_webhook.app.handler, event)["statusCode"] in (401, 503)


def test_an_order_stops_what_a_cart_began(lambdas: Lambdas, shop: Shop) -> None:
    post_cart(lambdas, shop)
    if shop.settings.platform == "shopify":
        times = {name: ago(hours=1) for name in ("created_at", "processed_at", "updated_at")}
        order = a_shopify_order(
            id=unique("o"), cart_token="c1", checkout_token=None, customer=None, **times
        )
        lambdas.post(shop, "orders/create", order)
    elif shop.settings.platform == "woocommerce":
        times = {name: ago(hours=1) for name in ("date_created_gmt", "date_modified_gmt")}
        lambdas.post(shop, "order.created", a_woo_order(order_key="c1", **times))
    else:
        order = a_generic_order(
            cart_id="c1", checkout_id=None, created_at=ago(hours=1), updated_at=ago(hours=1)
        )
        lambdas.post(shop, "order.created", an_envelope("order.created", order))
    assert lambdas.cart(shop, "c1").ordered
    assert lambdas.step(shop.id, "c1")["outcome"] == "ordered"


# --- the settings' store --------------------------------------------------------------------------


def test_settings_that_cannot_be_read_anew_go_on_to_count(
    lambdas: Lambdas, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_cart(lambdas, shop, at=ago(hours=4))
    for key, (_, kept) in list(shop_config._cached.items()):
        shop_config._cached[key] = (-1e9, kept)

    def throttled(_: str) -> None:
        raise ClientError(
            {"Error": {"Code": "ThrottlingException"}, "ResponseMetadata": {"HTTPStatusCode": 400}},  # type: ignore[typeddict-item]
            "GetParameter",
        )

    monkeypatch.setattr(shop_config, "_read_settings", throttled)
    monkeypatch.setattr(shop_config, "_read_secrets", throttled)
    assert post_cart(lambdas, shop, at=ago(hours=3))["statusCode"] == 200


def test_whoever_tries_names_of_shops_reads_the_store_once_a_minute_for_each(
    lambdas: Lambdas, shop: Shop, wire: list[str]
) -> None:
    unknown = Shop(
        settings=shop.settings.model_copy(update={"shop": "nobody"}), secrets=shop.secrets
    )
    for _ in range(3):
        assert post_cart(lambdas, unknown)["statusCode"] == 401
    assert wire == ["AmazonSSM.GetParameter"]
    impossible = Shop(
        settings=shop.settings.model_copy(update={"shop": "No%body"}), secrets=shop.secrets
    )
    assert post_cart(lambdas, impossible)["statusCode"] == 401
    assert wire == ["AmazonSSM.GetParameter"]
