"""GET /c/{token}, GET and POST /u/{token}: where a link leads, what it does, and the answer to a
bad one."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.request import ProxyHandler, build_opener

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from support.lambdas import Json, Lambdas, a_cart_body, a_step, ago, unique
from support.local_stack import free_port
from support.scripted_provider import a_provider, answers
from support.webhook_bodies import a_generic_order, a_word, an_envelope
from wracaj import store
from wracaj.aws import shop_config
from wracaj.clock import now, timestamp
from wracaj.consent.channel import Channel
from wracaj.customers.audiences import Membership
from wracaj.customers.identity import identifier_reached_by
from wracaj.messages.links import Purpose, make_token
from wracaj.settings.shop import Shop
from wracaj.store.customer_keys import customer_partition
from wracaj.store.message_links import message_id

KEY = b"k" * 64


class Sent:
    """A shopper with a mail in the inbox."""

    def __init__(
        self, lambdas: Lambdas, platform: str = "generic", body: Json | None = None, **settings: Any
    ) -> None:
        self.lambdas = lambdas
        self.shop: Shop = lambdas.register(platform, **settings)
        self.email = f"{unique('ala')}@poczta.example"
        self.lambdas.post(self.shop, *a_cart_body(platform, "c1", email=self.email, **(body or {})))
        assert lambdas.step(self.shop.id, "c1") == {
            "outcome": "sent",
            "reason": "due",
            "wait_seconds": 0,
            "timings": {},
            "moved_out": False,
        }
        cart, stop = Purpose.CART, Purpose.UNSUBSCRIBE
        self.to_cart, self.to_stop = (
            f"/{purpose}/{self.token(purpose)}" for purpose in (cart, stop)
        )

    def token(self, purpose: Purpose, now: datetime | None = None) -> str:
        return make_token(
            KEY,
            purpose,
            self.lambdas.message_id(self.shop.id, "c1", "first_email"),
            now or datetime.now(UTC),
        )

    @property
    def agrees(self) -> bool:
        return self.agrees_about("c1")

    def agrees_about(self, cart_id: str, *channels: Channel) -> bool:
        """To whatever channel, unless said otherwise."""
        cart = self.lambdas.cart(self.shop, cart_id)
        shopper = store.open_store().customers.shopper(self.shop.id, cart.contact)
        return shopper is not None and any(
            shopper.agrees(cart, channel) for channel in channels or Channel
        )

    def consents(self, begins: str = "CONSENT#") -> list[Json]:
        """The proofs of what was said at the mail's address."""
        name = identifier_reached_by(self.shop.id, Channel.EMAIL, self.email)
        return store.open_store().table.query(
            {"PK": customer_partition(self.shop.id, name)}, begins=begins
        )

    def begins(self, cart_id: str, at: str) -> None:
        """Another checkout with its box ticked, by the shop's clock."""
        ticked = {"email": a_word(updated_at=at)}
        self.lambdas.post(
            self.shop,
            *a_cart_body(
                "generic", cart_id, email=self.email, created_at=at, at=at, consent=ticked
            ),
        )

    def record_item(self) -> Json:
        cart_key = f"SHOP#{self.shop.id}#CART#c1"
        items = store.open_store().table.query({"PK": cart_key})
        return next(
            item
            for item in items
            if item["SK"].startswith("MESSAGE#") and item["SK"].endswith("#first_email")
        )


@pytest.fixture
def sent(lambdas: Lambdas) -> Sent:
    return Sent(lambdas)


def is_a_kind_page(answer: Json, language: str) -> bool:
    page = answer["body"]
    assert answer["headers"]["content-type"] == "text/html; charset=utf-8"
    assert f'<html lang="{language}">' in page
    assert "Traceback" not in page and "error" not in page.lower() and "<script" not in page
    return True


# --- back to the cart -----------------------------------------------------------------------------


def test_a_click_leads_to_the_cart_and_is_recorded(lambdas: Lambdas, sent: Sent) -> None:
    before = timestamp(datetime.now(UTC))
    for _ in range(2):
        answer = lambdas.link("GET", sent.to_cart)
        assert (answer["statusCode"], answer["headers"]["location"]) == (
            302,
            "https://kubek.example/koszyk/12",
        )
        # it logs nobody in
        assert "set-cookie" not in answer["headers"] and "cookies" not in answer
        assert answer["headers"]["cache-control"] == "no-store"
    item = sent.record_item()
    assert item["clicks"] == 2
    assert before <= item["clicked_at"] <= timestamp(datetime.now(UTC))


def test_the_links_in_the_mail_are_those_that_work(lambdas: Lambdas, sent: Sent) -> None:
    with build_opener(ProxyHandler({})).open(
        f"{lambdas.emulator.url}/_ministack/ses/messages", timeout=60
    ) as response:
        mails = [
            mail
            for box in json.load(response)["messages"].values()
            for mail in box
            if mail["To"] == [sent.email]
        ]
    (mail,) = mails
    links = set(re.findall(r"https://wracaj\.example/[cu]/[\w-]+", mail["BodyHtml"]))
    assert links == set(re.findall(r"https://wracaj\.example/[cu]/[\w-]+", mail["BodyText"]))
    answers = {lambdas.link("GET", url)["statusCode"] for url in links}
    assert (len(links), answers) == (2, {200, 302})


def test_a_click_goes_only_to_hosts_that_the_settings_allow_now(
    lambdas: Lambdas, sent: Sent
) -> None:
    """The settings may have changed since the cart was told."""
    lambdas.forget(sent.shop)
    narrowed = sent.shop.settings.model_copy(update={"recovery_hosts": ("other.kubek.example",)})
    name = shop_config.settings_name("handlers", sent.shop.id)
    lambdas.client("ssm").put_parameter(
        Name=name, Value=narrowed.model_dump_json(exclude_defaults=True), Type="String"
    )
    assert lambdas.link("GET", sent.to_cart)["headers"]["location"] == "https://kubek.example"


def test_a_click_after_the_order_or_on_a_cart_that_is_gone_leads_into_the_shop(
    lambdas: Lambdas, sent: Sent
) -> None:
    order = a_generic_order(
        cart_id="c1", checkout_id=None, created_at=ago(hours=1), updated_at=ago(hours=1)
    )
    lambdas.post(sent.shop, "order.created", an_envelope("order.created", order))
    assert lambdas.link("GET", sent.to_cart)["statusCode"] == 302
    store.open_store().carts.erase(sent.shop.id, "c1", now())
    answer = lambdas.link("GET", sent.to_cart)
    assert (answer["statusCode"], answer["headers"]["location"]) == (302, "https://kubek.example")


def test_a_way_back_with_polish_letters_is_one_that_a_header_can_hold(lambdas: Lambdas) -> None:
    sent = Sent(lambdas, body={"recovery_url": "https://kubek.example/koszyk/żółw?a=%20b&c=ł"})
    location = lambdas.link("GET", sent.to_cart)["headers"]["location"]
    assert location == "https://kubek.example/koszyk/%C5%BC%C3%B3%C5%82w?a=%20b&c=%C5%82"


def test_a_click_that_cannot_be_recorded_still_leads_back(
    lambdas: Lambdas, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("wracaj.store.clicks.Clicks.opened", fail)
    assert lambdas.link("GET", sent.to_cart)["statusCode"] == 302


def test_a_click_on_a_message_long_forgotten_makes_no_new_record_of_it(
    lambdas: Lambdas, sent: Sent
) -> None:
    """Its record expires with the shop's keep_days, the link may work longer; half a record would
    break every later step."""
    table = store.open_store().table
    key = {name: {"S": sent.record_item()[name]} for name in ("PK", "SK")}
    table.dynamodb.delete_item(TableName=table.name, Key=key)
    assert lambdas.link("GET", sent.to_cart)["statusCode"] == 302
    assert lambdas.cart(sent.shop, "c1").records == {}


# --- out of the mailing ---------------------------------------------------------------------------


def test_looking_at_the_page_unsubscribes_nobody(lambdas: Lambdas, sent: Sent) -> None:
    """Mail scanners follow every link."""
    for _ in range(3):
        answer = lambdas.link("GET", sent.to_stop)
        assert answer["statusCode"] == 200
        assert is_a_kind_page(answer, "pl")
        assert '<form method="post">' in answer["body"]
    assert sent.agrees


@pytest.mark.parametrize(
    "body",
    ["List-Unsubscribe=One-Click", "", "anything=else"],
    ids=["RFC 8058", "the page's form", "other"],
)
def test_one_post_unsubscribes_from_every_channel_and_a_second_changes_nothing(
    lambdas: Lambdas, sent: Sent, body: str
) -> None:
    for _ in range(2):
        answer = lambdas.link(
            "POST", sent.to_stop, body, content_type="application/x-www-form-urlencoded"
        )
        assert answer["statusCode"] == 200
        assert is_a_kind_page(answer, "pl")
        assert not sent.agrees
    assert lambdas.step(sent.shop.id, "c1", a_step("discount_email", 0))["reason"] == "no_consent"


def test_a_stop_finds_the_message_s_cart_though_no_pointer_leads_to_it(
    lambdas: Lambdas, sent: Sent
) -> None:
    """The process that put the address into the cart died before it wrote the pointer."""
    table = store.open_store().table
    for pointer in sent.consents(begins="CART#"):
        table.delete({"PK": pointer["PK"], "SK": pointer["SK"]})
    assert sent.consents(begins="CART#") == []
    assert lambdas.link("POST", sent.to_stop)["statusCode"] == 200
    assert lambdas.cart(sent.shop, "c1").stopped_at
    step = lambdas.step(sent.shop.id, "c1", a_step("sms", 0, channel="sms", template="cart_sms"))
    assert (step["outcome"], step["reason"]) != ("sent", "due")


def test_the_page_says_that_it_is_done_already_until_something_newer_is_said(
    lambdas: Lambdas, sent: Sent
) -> None:
    lambdas.link("POST", sent.to_stop)
    again = lambdas.link("GET", sent.to_stop)
    assert again["statusCode"] == 200 and is_a_kind_page(again, "pl")
    assert "To już zrobione" in again["body"] and "<form" not in again["body"]
    sent.begins("c2", datetime.now(UTC).isoformat())
    assert "Rezygnujesz" in lambdas.link("GET", sent.to_stop)["body"]


def test_an_unsubscription_is_counted_once_for_its_message(lambdas: Lambdas, sent: Sent) -> None:
    for _ in range(2):
        lambdas.link("POST", sent.to_stop)
    sent.begins("c2", datetime.now(UTC).isoformat())
    lambdas.link("POST", sent.to_stop)  # the same mail, after a new opt-in
    assert not sent.agrees_about("c2")
    counters = store.open_store().counters.of_day(sent.shop.id, f"{now():%Y-%m-%d}")
    assert counters["abandoned_cart#first_email"]["unsubscribed"] == 1


def test_an_unsubscription_is_kept_as_proof(lambdas: Lambdas, sent: Sent) -> None:
    lambdas.link("POST", sent.to_stop)
    said = {
        item["SK"].split("#")[1]: item
        for item in sent.consents()
        if item["state"] == "unsubscribed"
    }
    assert set(said) == set(Channel)
    assert said["email"]["source"] == "link in first_email"


@pytest.mark.parametrize("platform", ["shopify", "generic"])
def test_an_unsubscription_outlives_a_checkbox_that_stays_ticked(
    lambdas: Lambdas, platform: str
) -> None:
    sent = Sent(lambdas, platform)
    lambdas.link("POST", sent.to_stop)
    for hours in (1, -1):
        lambdas.post(sent.shop, *a_cart_body(platform, "c1", email=sent.email, at=ago(hours=hours)))
        assert not sent.agrees


def test_an_unsubscription_beats_a_yes_from_a_shop_whose_clock_is_ahead(
    lambdas: Lambdas, sent: Sent
) -> None:
    """A shop that writes its own time and calls it UTC tells of a yes two hours from now."""
    ahead = {
        "customer": {"email": sent.email},
        "consent": {"email": a_word(updated_at=ago(hours=-2))},
    }
    told = an_envelope("consent.updated", ahead, timestamp=ago(hours=-2))
    assert lambdas.post(sent.shop, "consent.updated", told)["statusCode"] == 200
    assert sent.agrees
    lambdas.link("POST", sent.to_stop)
    assert not sent.agrees


def test_an_unsubscription_beats_the_yes_of_another_cart_from_a_shop_whose_clock_is_ahead(
    lambdas: Lambdas, sent: Sent
) -> None:
    """It was begun an hour ago, by a clock two hours ahead."""
    sent.begins("c2", ago(hours=-1))
    assert sent.agrees_about("c2")
    lambdas.link("POST", sent.to_stop)
    assert not sent.agrees_about("c2")
    assert lambdas.step(sent.shop.id, "c2", a_step("second", 0))["outcome"] == "skipped"
    sent.begins("c3", ago(hours=-1.5))
    assert sent.agrees_about("c3")


def test_who_agreed_again_in_a_new_cart_may_unsubscribe_again(lambdas: Lambdas, sent: Sent) -> None:
    lambdas.link("POST", sent.to_stop)
    sent.begins("c2", datetime.now(UTC).isoformat())
    assert sent.agrees_about("c2")
    for _ in range(2):
        lambdas.link("POST", sent.to_stop)
        assert not sent.agrees_about("c2")


def test_a_second_click_leaves_no_second_proof(lambdas: Lambdas, sent: Sent) -> None:
    sent.begins("c2", ago(hours=-1))
    for _ in range(2):
        lambdas.link("POST", sent.to_stop)
    assert (
        len([item for item in sent.consents("CONSENT#email#") if item["state"] == "unsubscribed"])
        == 1
    )


def test_a_new_yes_after_the_unsubscription_counts(lambdas: Lambdas, sent: Sent) -> None:
    lambdas.link("POST", sent.to_stop)
    later = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    said = {"customer": {"email": sent.email}, "consent": {"email": a_word(updated_at=later)}}
    lambdas.post(
        sent.shop, "consent.updated", an_envelope("consent.updated", said, timestamp=later)
    )
    assert sent.agrees


def forget(sent: Sent) -> None:
    asked, now = {"customer": {"email": sent.email}, "order_ids": []}, datetime.now(UTC).isoformat()
    sent.lambdas.post(
        sent.shop,
        "privacy.customer_redact",
        an_envelope("privacy.customer_redact", asked, timestamp=now),
    )
    assert sent.lambdas.cart(sent.shop, "c1").erased


def test_who_was_forgotten_and_came_back_is_stopped_by_an_old_mail_of_their_address(
    lambdas: Lambdas, sent: Sent
) -> None:
    forget(sent)
    sent.begins("c2", datetime.now(UTC).isoformat())
    assert sent.agrees_about("c2")
    assert "Rezygnujesz z wiadomości?" in lambdas.link("GET", sent.to_stop)["body"]
    assert sent.agrees_about("c2")
    one_click = "List-Unsubscribe=One-Click"
    answer = lambdas.link(
        "POST", sent.to_stop, one_click, content_type="application/x-www-form-urlencoded"
    )
    assert (answer["statusCode"], "Gotowe" in answer["body"]) == (200, True)
    assert not sent.agrees_about("c2")


def test_nobody_else_is_stopped_by_the_mail_of_somebody_who_was_forgotten(
    lambdas: Lambdas, sent: Sent
) -> None:
    forget(sent)
    now = datetime.now(UTC).isoformat()
    body = a_cart_body("generic", "c2", email=f"other-{sent.email}", created_at=now, at=now)
    lambdas.post(sent.shop, *body)
    assert "Gotowe" in lambdas.link("POST", sent.to_stop)["body"]
    assert sent.agrees_about("c2")


def test_whoever_was_forgotten_is_thanked_all_the_same(lambdas: Lambdas, sent: Sent) -> None:
    forget(sent)
    assert lambdas.link("POST", sent.to_stop)["statusCode"] == 200


# --- whom a stop is about -------------------------------------------------------------------------

MINE, OTHER, PHONE = "moja@poczta.example", "other@poczta.example", "+48601234567"


def a_checkout(
    sent: Sent, cart_id: str, email: str | None, phone: str | None = None, id_: str | None = None
) -> None:
    """With every box ticked."""
    at = ago(hours=3)
    who = {"id": id_, "email": email, "phone": phone, "first_name": "Ala", "locale": "pl-PL"}
    ticked = {"email": a_word(updated_at=ago(days=1)), "sms": a_word(updated_at=ago(days=1))}
    told = a_cart_body("generic", cart_id, created_at=at, at=at, customer=who, consent=ticked)
    assert sent.lambdas.post(sent.shop, *told)["statusCode"] == 200


def a_record(sent: Sent, id_: str, email: str | None = None, phone: str | None = None) -> None:
    told = {"customer": {"id": id_, "email": email, "phone": phone}, "updated_at": ago(days=2)}
    body = an_envelope("customer.updated", told, timestamp=ago(days=2))
    assert sent.lambdas.post(sent.shop, "customer.updated", body)["statusCode"] == 200


def stop_in(sent: Sent, cart_id: str, channel: Channel) -> None:
    """A message about this cart goes out, and stop is pressed in it."""
    template = "cart_sms" if channel is Channel.SMS else "cart_reminder"
    step = a_step(f"the_{channel}", 3, channel=channel, template=template)
    assert sent.lambdas.step(sent.shop.id, cart_id, step)["outcome"] == "sent"
    message = message_id(sent.shop.id, cart_id, 1, f"the_{channel}")
    path = f"/u/{make_token(KEY, Purpose.UNSUBSCRIBE, message, datetime.now(UTC))}"
    assert sent.lambdas.link("POST", path, "List-Unsubscribe=One-Click")["statusCode"] == 200


@pytest.fixture
def texting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wracaj.channels.sms.send", lambda _: "provider-1")


@pytest.mark.usefixtures("texting")
def test_a_stop_at_a_number_that_somebody_typed_leaves_the_customer_their_mails(
    lambdas: Lambdas, sent: Sent
) -> None:
    a_checkout(sent, "c2", MINE, PHONE)
    stop_in(sent, "c2", Channel.SMS)
    # a guest's cart: whoever reads one of its addresses stops all of it
    assert not sent.agrees_about("c2")
    a_checkout(sent, "c3", MINE, PHONE, "7")
    assert sent.agrees_about("c3", Channel.EMAIL) and not sent.agrees_about("c3", Channel.SMS)


@pytest.mark.usefixtures("texting")
def test_a_customers_stop_is_their_own_where_a_number_is_shared(
    lambdas: Lambdas, sent: Sent
) -> None:
    for id_, email in (("1", MINE), ("2", OTHER)):
        a_record(sent, id_, email, PHONE)
        a_checkout(sent, f"of-{id_}", email, PHONE, id_)
    stop_in(sent, "of-1", Channel.EMAIL)
    assert not sent.agrees_about("of-1")
    assert sent.agrees_about("of-2", Channel.EMAIL) and sent.agrees_about("of-2", Channel.SMS)


@pytest.mark.usefixtures("texting")
def test_a_stop_at_a_shared_number_is_everybodys_there_and_the_other_customers_mails_go_on(
    lambdas: Lambdas, sent: Sent
) -> None:
    for id_, email in (("1", MINE), ("2", OTHER)):
        a_record(sent, id_, email, PHONE)
        a_checkout(sent, f"of-{id_}", email, PHONE, id_)
    stop_in(sent, "of-1", Channel.SMS)
    assert not sent.agrees_about("of-1")
    assert sent.agrees_about("of-2", Channel.EMAIL) and not sent.agrees_about("of-2", Channel.SMS)


def test_a_stop_at_an_address_that_two_customers_share_is_for_both(
    lambdas: Lambdas, sent: Sent
) -> None:
    for id_ in ("1", "2"):
        a_record(sent, id_, MINE)
        a_checkout(sent, f"of-{id_}", MINE, None, id_)
    stop_in(sent, "of-2", Channel.EMAIL)
    assert not sent.agrees_about("of-1", Channel.EMAIL) and not sent.agrees_about(
        "of-2", Channel.EMAIL
    )


@pytest.mark.usefixtures("texting")
def test_a_stop_at_an_address_that_a_customer_only_typed_is_about_that_address_and_that_cart(
    lambdas: Lambdas, sent: Sent
) -> None:
    a_record(sent, "1", OTHER, PHONE)
    a_checkout(sent, "c2", MINE, PHONE, "1")
    stop_in(sent, "c2", Channel.EMAIL)
    a_checkout(sent, "c3", None, None, "1")
    assert not (sent.agrees_about("c2", Channel.EMAIL) or sent.agrees_about("c2", Channel.SMS))
    assert sent.agrees_about("c3", Channel.EMAIL) and sent.agrees_about("c3", Channel.SMS)


@pytest.mark.usefixtures("texting")
@pytest.mark.parametrize(("led_by", "leaves"), [("c2", True), ("c9", False)])
def test_a_stop_takes_the_carts_shopper_out_of_the_audience_that_this_cart_led_into(
    lambdas: Lambdas, sent: Sent, led_by: str, leaves: bool
) -> None:
    """Meta was told of the phone, too."""
    a_checkout(sent, "c2", MINE, PHONE)
    customers, name = (
        store.open_store().customers,
        identifier_reached_by(sent.shop.id, Channel.EMAIL, MINE),
    )
    joined = Membership(
        name="rescue",
        cart_id=led_by,
        episode=1,
        at=datetime.now(UTC),
        email="e" * 64,
        phone="f" * 64,
    )
    customers.amend_one(
        sent.shop.id, name, lambda known: known.model_copy(update={"audience": joined})
    )
    stop_in(sent, "c2", Channel.SMS)
    known = customers.get(sent.shop.id, name)
    assert known and (known.audience is None) is leaves


# --- bad links ------------------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_with_any_character_changed_gets_a_kind_page_and_does_nothing(
    lambdas: Lambdas, sent: Sent, purpose: Purpose, method: str
) -> None:
    if purpose is Purpose.CART and method == "POST":
        pytest.skip("there is no such route")
    token = sent.token(purpose)
    for place, character in enumerate(token):
        forged = token[:place] + ("A" if character != "A" else "B") + token[place + 1 :]
        answer = lambdas.link(method, f"/{purpose}/{forged}", accept_language="pl-PL,pl;q=0.9")
        assert answer["statusCode"] == 404
        assert is_a_kind_page(answer, "pl")
    assert sent.agrees
    assert "clicks" not in sent.record_item()


def test_a_link_of_another_purpose_is_none(lambdas: Lambdas, sent: Sent) -> None:
    assert lambdas.link("POST", f"/u/{sent.token(Purpose.CART)}")["statusCode"] == 404
    assert lambdas.link("GET", f"/c/{sent.token(Purpose.UNSUBSCRIBE)}")["statusCode"] == 404
    assert sent.agrees


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("pl-PL,pl;q=0.9,en;q=0.8", "pl"),
        ("en-GB,en;q=0.9", "en"),
        ("de-DE", "en"),
        ("", "pl"),
        ("*", "en"),
    ],
)
@pytest.mark.parametrize(("purpose", "status"), [(Purpose.CART, 410), (Purpose.UNSUBSCRIBE, 410)])
def test_an_expired_link_says_so_in_the_shoppers_language(
    lambdas: Lambdas, sent: Sent, purpose: Purpose, status: int, accepted: str, language: str
) -> None:
    old = sent.token(purpose, datetime.now(UTC) - timedelta(days=181))
    answer = lambdas.link("GET", f"/{purpose}/{old}", accept_language=accepted)
    assert answer["statusCode"] == status
    assert is_a_kind_page(answer, language)
    assert "<header>" in answer["body"] and "Kubek i Spółka" in answer["body"]  # whose link it was


def test_a_good_signature_for_a_message_that_never_was_is_not_a_fault(
    lambdas: Lambdas, sent: Sent
) -> None:
    answer = lambdas.link(
        "GET", f"/c/{make_token(KEY, Purpose.CART, '00' * 10, datetime.now(UTC))}"
    )
    assert answer["statusCode"] == 410
    assert "<header>" not in answer["body"]  # nobody knows whose it would be


def test_a_link_of_a_shop_that_is_gone_gets_a_kind_page(lambdas: Lambdas, sent: Sent) -> None:
    lambdas.forget(sent.shop)
    assert lambdas.link("GET", sent.to_cart)["statusCode"] == 404


@given(
    token=st.one_of(
        st.text(max_size=60), st.text("ABCDEFGHabcdefgh0123456789-_", min_size=30, max_size=40)
    )
)
@example("")
@example("A" * 35)
@example("\x00")
@example("%00")
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_stands_in_a_link_is_never_a_fault(lambdas: Lambdas, token: str) -> None:
    for method, purpose in (("GET", "c"), ("GET", "u"), ("POST", "u")):
        answer = lambdas.link(method, f"/{purpose}/{token.replace('/', '')}")
        assert answer["statusCode"] == 404


# --- faults of ours -------------------------------------------------------------------------------


def test_a_fault_of_ours_gets_a_kind_page_and_unsubscribes_on_the_next_try(
    lambdas: Lambdas, sent: Sent
) -> None:
    lambdas.redirect(f"http://127.0.0.1:{free_port()}", "DYNAMODB")
    for method, link in (("GET", sent.to_cart), ("GET", sent.to_stop), ("POST", sent.to_stop)):
        answer = lambdas.link(method, link, accept_language="pl")
        assert answer["statusCode"] == 503
        assert is_a_kind_page(answer, "pl")
    lambdas.redirect(None, "DYNAMODB")
    assert lambdas.link("POST", sent.to_stop)["statusCode"] == 200
    assert not sent.agrees


def test_an_unsubscription_that_was_not_written_is_not_confirmed(
    lambdas: Lambdas, sent: Sent
) -> None:
    """A shopper who was told "done" must not hear from us again."""
    with a_provider() as broken:
        broken.script = [answers(400, b'{"__type": "ProvisionedThroughputExceededException"}')]
        lambdas.redirect(broken.url, "DYNAMODB")
        assert lambdas.link("POST", sent.to_stop)["statusCode"] == 503
        lambdas.redirect(None, "DYNAMODB")
    assert sent.agrees
