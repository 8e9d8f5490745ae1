"""GET and POST /p/{token}: a shopper's choices, their effects, and the answer to a bad form."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from support.inbox import KEY, Inbox, Seen
from support.lambdas import Json, Lambdas, a_cart_body, a_step, ago
from support.local_stack import free_port
from support.preference_pages import PHONE, agrees, agrees_about, data_links, log, page, press, send
from support.webhook_bodies import a_word, an_envelope
from wracaj import store
from wracaj.clock import now
from wracaj.consent.channel import Channel
from wracaj.consent.consent import ConsentState, address_hash_of
from wracaj.consent.preferences import Pace, Topic
from wracaj.consent.wording import no_to, yes_to
from wracaj.customers.consents import Speaker
from wracaj.customers.customer import Customer
from wracaj.customers.identity import identifiers_of
from wracaj.events import Contact
from wracaj.messages.links import Purpose, make_token
from wracaj.store.message_links import message_id

CLUB = {"currency": "PLN", "margin_percent": 50, "birthday": {"percent": 10, "valid_days": 14}}
BIRTHDAYS: dict[str, Any] = {"timelines": ["abandoned_cart", "birthday"], "loyalty": CLUB}


@pytest.fixture
def inbox(lambdas: Lambdas) -> Inbox:
    return Inbox(lambdas)


# --- what it shows --------------------------------------------------------------------------------


def test_the_page_changes_nothing_and_shows_every_section(inbox: Inbox) -> None:
    before = inbox.customer
    seen = page(inbox)
    assert seen.headings == [
        *(
            "Ustawienia wiadomości",
            "O czym piszemy",
            "Gdzie piszemy",
            "Jak często",
            "Koniec wiadomości",
            "Twoje dane",
        ),
    ]
    assert inbox.customer == before


def test_the_page_is_in_the_shoppers_language(lambdas: Lambdas) -> None:
    inbox = Inbox(lambdas, who={"locale": "en-GB"})
    assert page(inbox).headings[0] == "Message settings"


def test_addresses_are_masked_and_no_birthday_is_told(lambdas: Lambdas) -> None:
    """The mail may have been passed on."""
    inbox = Inbox(lambdas, who={"id": "7", "phone": PHONE}, **BIRTHDAYS)
    press(inbox, "Zapisz datę", ("day", "14"), ("month", "3"))
    answer = lambdas.link("GET", inbox.path(Purpose.PREFERENCES))
    assert "a•••@poczta.example" in answer["body"] and "+48 ••• 567" in answer["body"]
    assert not [
        secret
        for secret in (inbox.email, PHONE, "601234567", "03-14", "selected", "Ala")
        if secret in answer["body"]
    ]


def test_the_page_is_private_and_runs_nothing(inbox: Inbox) -> None:
    answer = inbox.lambdas.link("GET", inbox.path(Purpose.PREFERENCES))
    headers = answer["headers"]
    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert headers["content-security-policy"].startswith("default-src 'none'; ")
    assert (
        "script" not in headers["content-security-policy"]
        and "form-action 'self'" in headers["content-security-policy"]
    )
    assert not {"script", "img", "link", "iframe", "object", "video"} & set(Seen(answer).tags)
    assert "http" not in answer["body"].replace("https://kubek.example", "")


def test_a_channel_that_the_shop_or_the_shopper_lacks_is_not_shown(lambdas: Lambdas) -> None:
    inbox = Inbox(lambdas, who={"id": "7", "phone": "+442079460000"})  # a landline, and not Polish
    text = page(inbox).text
    assert "E-mail: a•••@poczta.example" in text
    assert not [name for name in ("SMS", "Messenger", "Powiadomienia", "Reklamy") if name in text]


@pytest.mark.parametrize(
    "told", ["topics", "<script>alert(1)</script>", "x" * 5000, "topics&told=stopped", "../"]
)
def test_only_our_own_words_are_told(inbox: Inbox, told: str) -> None:
    answer = inbox.lambdas.link("GET", f"{inbox.path(Purpose.PREFERENCES)}?told={told}")
    assert answer["statusCode"] == 200
    assert "alert(1)" not in answer["body"] and "xxxxx" not in answer["body"]
    assert len(Seen(answer).roles) == (told.startswith("topics"))


def test_names_of_the_shop_are_escaped(lambdas: Lambdas) -> None:
    inbox = Inbox(lambdas, name="Kubek <b>& Spółka")
    body = lambdas.link("GET", inbox.path(Purpose.PREFERENCES))["body"]
    assert "Kubek &lt;b&gt;&amp; Spółka" in body and "<b>" not in body


# --- what is chosen -------------------------------------------------------------------------------


def test_topics_that_are_not_ticked_are_declined_and_ticked_again_come_again(inbox: Inbox) -> None:
    seen = page(inbox)
    assert [value for name, value in seen.form("Zapisz tematy") if name == "topic"] == list(Topic)
    path = inbox.path(Purpose.PREFERENCES)
    answer = inbox.lambdas.form(
        path, ("section", "topics"), ("topic", "orders"), ("topic", "loyalty")
    )
    told = Seen(inbox.lambdas.after(path, answer))
    assert told.roles == {"status": "Zapisane. Piszemy tylko o tym, co jest zaznaczone."}
    assert inbox.customer.declined == {Topic.CARTS, Topic.OFFERS}
    assert [value for name, value in told.form("Zapisz tematy") if name == "topic"] == [
        Topic.ORDERS,
        Topic.LOYALTY,
    ]
    assert inbox.lambdas.step(inbox.shop.id, "c1", a_step("sms", 0))["reason"] == "topic_declined"
    assert send(inbox, ("section", "topics")) == "topics"
    assert inbox.customer.declined == set(Topic)
    send(inbox, ("section", "topics"), *(("topic", topic) for topic in Topic))
    assert inbox.customer.declined == set()


@pytest.mark.parametrize(
    ("chosen", "pace"), [("weekly", Pace.WEEKLY), ("monthly", Pace.MONTHLY), ("shop", None)]
)
def test_a_pace_is_kept_and_shown(inbox: Inbox, chosen: str, pace: Pace | None) -> None:
    assert send(inbox, section="pace", pace=chosen) == "pace"
    assert inbox.customer.pace is pace
    assert ("pace", chosen) in page(inbox).form("Zapisz częstotliwość")


def test_consent_is_withdrawn_for_the_channel_and_given_again_for_the_address_that_is_shown(
    inbox: Inbox,
) -> None:
    assert agrees(inbox)
    assert press(inbox, "Wycofuję zgodę na e-maile").roles == {
        "status": "Zgoda jest wycofana. Tym kanałem już nie piszemy."
    }
    assert not agrees(inbox)
    assert press(inbox, "Zgadzam się na e-maile").roles == {
        "status": "Dziękujemy. Zgoda jest zapisana."
    }
    assert agrees(inbox)
    word = inbox.here.word(Channel.EMAIL, Speaker.READER)
    assert word and (word.state, word.source) == (ConsentState.SUBSCRIBED, "preference page")


def test_the_words_that_were_shown_are_kept_with_what_was_said(inbox: Inbox) -> None:
    press(inbox, "Wycofuję zgodę na e-maile")
    seen = page(inbox)
    yes, no = yes_to(Channel.EMAIL, "Kubek i Spółka", "pl"), no_to("pl")
    assert yes.text in seen.text
    press(inbox, "Zgadzam się na e-maile", seen=seen)
    kept = {
        item["state"]: item
        for item in log(inbox, Channel.EMAIL)
        if item["source"] == "preference page"
    }
    assert (kept["unsubscribed"]["wording"], kept["unsubscribed"]["wording_version"]) == (
        no.text,
        no.version,
    )
    assert (kept["subscribed"]["wording"], kept["subscribed"]["wording_version"]) == (
        yes.text,
        yes.version,
    )
    assert kept["subscribed"]["address_hash"] == address_hash_of(inbox.email)


def test_the_same_button_pressed_twice_says_it_once(inbox: Inbox) -> None:
    seen = page(inbox)
    for _ in range(3):
        press(inbox, "Wycofuję zgodę na e-maile", seen=seen)
    assert len([item for item in log(inbox, Channel.EMAIL) if item["state"] == "unsubscribed"]) == 1


def test_a_yes_to_words_that_are_not_those_of_now_is_none(inbox: Inbox) -> None:
    """Somebody changed the sentence while the page was open."""
    press(inbox, "Wycofuję zgodę na e-maile")
    told = send(
        inbox,
        section="consent",
        channel="email",
        answer="yes",
        wording="0" * 12,
        whose=address_hash_of(inbox.email),
    )
    assert (told, agrees(inbox)) == ("changed", False)


def test_a_yes_for_an_address_that_is_no_longer_the_shoppers_is_none(inbox: Inbox) -> None:
    press(inbox, "Wycofuję zgodę na e-maile")
    version = yes_to(Channel.EMAIL, "Kubek i Spółka", "pl").version
    told = send(
        inbox,
        section="consent",
        channel="email",
        answer="yes",
        wording=version,
        whose=address_hash_of("other@poczta.example"),
    )
    assert (told, agrees(inbox)) == ("changed", False)


@pytest.mark.parametrize("channel", ["sms", "web_push", "messenger", "audience"])
def test_a_yes_on_a_channel_that_is_not_shown_is_none(inbox: Inbox, channel: str) -> None:
    version = yes_to(Channel(channel), "Kubek i Spółka", "pl").version
    assert (
        send(inbox, section="consent", channel=channel, answer="yes", wording=version, whose="")
        == "changed"
    )


def test_a_word_on_the_page_is_newer_than_one_from_a_shop_whose_clock_is_ahead(
    inbox: Inbox,
) -> None:
    said = {
        "customer": {"email": inbox.email},
        "consent": {"email": a_word(updated_at=ago(hours=-2))},
    }
    inbox.lambdas.post(
        inbox.shop, "consent.updated", an_envelope("consent.updated", said, timestamp=ago(hours=-2))
    )
    press(inbox, "Wycofuję zgodę na e-maile")
    assert not agrees(inbox)
    press(inbox, "Zgadzam się na e-maile")
    assert agrees(inbox)


def test_a_no_outlives_a_checkbox_that_stays_ticked(inbox: Inbox) -> None:
    press(inbox, "Wycofuję zgodę na e-maile")
    inbox.lambdas.post(
        inbox.shop, *a_cart_body("generic", "c1", email=inbox.email, at=ago(hours=-1))
    )
    assert not agrees(inbox)


def a_second_cart(inbox: Inbox, *agrees_to: str, at: str | None = None, **who: Any) -> None:
    """Of the same shopper, who agreed in its checkout only."""
    customer = {
        "id": None,
        "email": inbox.email,
        "phone": None,
        "first_name": "Ala",
        "locale": "pl-PL",
    } | who
    words = {channel: a_word(updated_at=at or ago(days=1)) for channel in agrees_to}
    told: Json = {"customer": customer, "consent": words, "at": ago(hours=3.5)} | (
        {"created_at": at, "at": at} if at else {}
    )
    inbox.lambdas.post(inbox.shop, *a_cart_body("generic", "c2", **told))


def text_about_c2(inbox: Inbox) -> Json:
    return inbox.lambdas.step(
        inbox.shop.id, "c2", a_step("sms", 1, channel="sms", template="cart_sms")
    )


def test_a_yes_in_another_open_cart_is_shown_and_withdrawn_here(lambdas: Lambdas) -> None:
    inbox = Inbox(lambdas)
    a_second_cart(inbox, "email", "sms", phone=PHONE)
    assert "SMS: +48 ••• 567Mamy Twoją zgodę." in page(inbox).text
    press(inbox, "Wycofuję zgodę na SMS-y")
    assert "Nie mamy Twojej zgody, więc nie piszemy." in page(inbox).text
    assert text_about_c2(inbox)["reason"] == "no_consent"


def test_a_yes_for_another_number_is_shown_beside_the_shoppers_own(lambdas: Lambdas) -> None:
    inbox = Inbox(lambdas, who={"phone": PHONE})
    # the number of the first cart is the newer one
    a_second_cart(inbox, "sms", phone="+48601234000", at=ago(hours=4.5))
    text = page(inbox).text
    assert (
        "SMS: +48 ••• 567Nie mamy Twojej zgody, więc nie piszemy." in text
        and "SMS: +48 ••• 000Mamy Twoją zgodę." in text
    )
    seen = page(inbox)
    for _ in range(2):
        assert press(inbox, "Wycofuję zgodę na SMS-y", seen=seen).roles == {
            "status": "Zgoda jest wycofana. Tym kanałem już nie piszemy."
        }
    assert "+48 ••• 000" not in page(inbox).text
    assert not agrees_about(inbox, "c2", Channel.SMS)


def test_a_yes_outlives_the_cart_whose_mail_led_here(lambdas: Lambdas) -> None:
    """Links live longer than carts."""
    inbox = Inbox(lambdas)
    a_second_cart(inbox, "email")
    path = inbox.path(Purpose.PREFERENCES)
    store.open_store().table.delete({"PK": f"SHOP#{inbox.shop.id}#CART#c1", "SK": "CART"})
    assert "Mamy Twoją zgodę." in page(inbox, path).text
    send(inbox, *page(inbox, path).form("Wycofuję zgodę na e-maile"))
    assert "Nie mamy Twojej zgody, więc nie piszemy." in page(inbox, path).text
    assert not agrees_about(inbox, "c2")


def test_what_is_agreed_to_is_read_by_few_requests_however_many_carts_there_are(
    lambdas: Lambdas, wire: list[str]
) -> None:
    inbox = Inbox(lambdas)
    a_second_cart(inbox, "email")
    page(inbox)
    wire.clear()
    page(inbox)
    # of the message: whether a person opens its links
    opened = ["DynamoDB.GetItem", "DynamoDB.UpdateItem"]
    read = [*["DynamoDB.BatchGetItem"] * 3, *["DynamoDB.GetItem"] * 2, "DynamoDB.Query"]
    assert sorted(wire) == sorted([*opened, *read])


@pytest.mark.parametrize(
    "button", ["Wycofuję zgodę na e-maile", "Rezygnuję ze wszystkich wiadomości"]
)
def test_a_no_on_the_page_beats_a_cart_of_a_shop_whose_clock_is_ahead(
    lambdas: Lambdas, button: str
) -> None:
    inbox = Inbox(lambdas)
    a_second_cart(inbox, "email", at=ago(hours=-2))
    press(inbox, button)
    assert not agrees_about(inbox, "c2")
    a_second_cart(inbox, "email", at=ago(hours=-2))
    assert not agrees_about(inbox, "c2")


def test_stop_all_stops_every_channel_and_one_may_be_allowed_again(lambdas: Lambdas) -> None:
    inbox = Inbox(lambdas, who={"id": "7", "phone": PHONE}, agrees_to=("email", "sms"))
    assert agrees(inbox) and agrees(inbox, Channel.SMS)
    assert press(inbox, "Rezygnuję ze wszystkich wiadomości").roles == {
        "status": "Gotowe. Nie wyślemy już żadnych wiadomości."
    }
    assert not [channel for channel in Channel if agrees(inbox, channel)]
    press(inbox, "Zgadzam się na SMS-y")
    assert [channel for channel in Channel if agrees(inbox, channel)] == [Channel.SMS]


def test_an_opt_out_counts_once_for_the_message_that_brought_the_reader_here(
    lambdas: Lambdas,
) -> None:
    """Whatever it is an opt-out of: it is the mail that somebody did not like."""
    inbox = Inbox(lambdas, who={"id": "7", "phone": PHONE}, agrees_to=("email", "sms"))

    def counted() -> list[int | None]:
        counters = store.open_store().counters.of_day(inbox.shop.id, f"{now():%Y-%m-%d}")
        return [told.get("unsubscribed") for told in counters.values()]

    assert counted() == [None]
    press(inbox, "Wycofuję zgodę na SMS-y")
    assert counted() == [1] and agrees(inbox)
    for button in ("Zgadzam się na SMS-y", "Wycofuję zgodę na SMS-y", "Wycofuję zgodę na e-maile"):
        press(inbox, button)
    assert counted() == [1] and not agrees(inbox)


def test_unsubscribing_by_one_click_works_as_it_did(inbox: Inbox) -> None:
    path = inbox.path(Purpose.UNSUBSCRIBE)
    answer = inbox.lambdas.link(
        "POST", path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert answer["statusCode"] == 200
    assert not agrees(inbox)
    assert "Nie mamy Twojej zgody" in page(inbox).text


def test_a_birthday_puts_the_shopper_on_the_list_of_its_day_and_a_new_one_moves_them(
    lambdas: Lambdas,
) -> None:
    inbox = Inbox(lambdas, **BIRTHDAYS)
    assert "Na urodziny mamy dla Ciebie prezent." in page(inbox).text
    press(inbox, "Zapisz datę", ("day", "14"), ("month", "3"))
    press(inbox, "Zapisz datę", ("day", "29"), ("month", "2"))
    assert inbox.customer.birthday == "02-29"
    days = store.open_store().table
    listed = [
        day
        for day in ("03-14", "02-29")
        for shard in range(8)
        for _ in days.query({"PK": f"SHOP#{inbox.shop.id}#DAY#birthday#{day}#{shard:02d}"})
    ]
    assert listed == ["02-29"]


def tell_birthday(inbox: Inbox, day: str, at: str) -> None:
    told = {"customer": {"email": inbox.email, "birthday": day}, "updated_at": at}
    inbox.lambdas.post(
        inbox.shop, "customer.updated", an_envelope("customer.updated", told, timestamp=at)
    )


def test_a_birthday_is_removed_and_only_another_day_told_later_brings_one_back(
    lambdas: Lambdas,
) -> None:
    inbox = Inbox(lambdas, **BIRTHDAYS)
    assert "Usuń datę" not in [form.button for form in page(inbox).forms]
    tell_birthday(inbox, "1990-03-14", ago(hours=2))
    assert inbox.customer.birthday == "03-14"
    seen = page(inbox)
    for _ in range(2):
        told = press(inbox, "Usuń datę", seen=seen)
        assert told.roles == {"status": "Data jest usunięta. Życzeń urodzinowych nie wyślemy."}
    assert "Usuń datę" not in [form.button for form in told.forms]
    tell_birthday(inbox, "1990-03-20", ago(hours=1))  # older than the removal
    tell_birthday(inbox, "1990-03-14", ago(hours=-1))  # the shop's own record, told once more
    assert inbox.customer.birthday is None and "03-14" not in inbox.customer.model_dump_json()
    tell_birthday(inbox, "1990-03-15", ago(hours=-2))
    assert inbox.customer.birthday == "03-15"


def test_a_removed_birthday_may_be_given_again_here(lambdas: Lambdas) -> None:
    inbox = Inbox(lambdas, **BIRTHDAYS)
    tell_birthday(inbox, "1990-03-14", ago(hours=-2))  # by a clock that is ahead
    press(inbox, "Usuń datę")
    assert inbox.customer.birthday is None
    press(inbox, "Zapisz datę", ("day", "14"), ("month", "3"))
    assert inbox.customer.birthday == "03-14"


def test_a_birthday_that_no_gift_is_given_for_may_be_removed_all_the_same(inbox: Inbox) -> None:
    tell_birthday(inbox, "1990-03-14", ago(hours=2))
    seen = page(inbox)
    assert "Urodziny" in seen.headings and "Zapisz datę" not in [form.button for form in seen.forms]
    press(inbox, "Usuń datę")
    assert inbox.customer.birthday is None and "Urodziny" not in page(inbox).headings


def test_a_gift_that_not_everybody_gets_is_promised_to_nobody_else(lambdas: Lambdas) -> None:
    gift = {"percent": 10, "valid_days": 14, "spent_from": 200}
    inbox = Inbox(lambdas, **(BIRTHDAYS | {"loyalty": CLUB | {"birthday": gift}}))
    assert (
        "prezent dla tych, którzy w ostatnich dwunastu miesiącach wydali u nas co najmniej 200 zł."
        in page(inbox).text
    )


def test_no_birthday_is_asked_for_where_no_gift_is_given(inbox: Inbox) -> None:
    assert "Urodziny" not in page(inbox).headings


@pytest.mark.parametrize(
    ("day", "month"), [("30", "2"), ("31", "4"), ("31", "11"), ("", "3"), ("3", ""), ("", "")]
)
def test_a_day_that_is_not_in_the_calendar_is_told_so(
    lambdas: Lambdas, day: str, month: str
) -> None:
    inbox = Inbox(lambdas, **BIRTHDAYS)
    assert "alert" in press(inbox, "Zapisz datę", ("day", day), ("month", month)).roles
    assert inbox.customer.birthday is None


# --- whose page it is -----------------------------------------------------------------------------


def named(inbox: Inbox, **contact: str) -> Customer:
    """What is known under a name."""
    (name,) = identifiers_of(inbox.shop.id, Contact(**contact)).values()
    return store.open_store().customers.read(inbox.shop.id, [name])[name]


def a_customer_who_typed_it(lambdas: Lambdas, **settings: Any) -> Inbox:
    """Customer 7 of the shop typed the address of the mail in a checkout; the shop's record of them
    names others."""
    inbox = Inbox(lambdas, who={"id": "7", "phone": PHONE}, agrees_to=("email", "sms"), **settings)
    theirs = {
        "id": "7",
        "email": "ala@inna.example",
        "phone": "+48601234999",
        "birthday": "1990-03-14",
    }
    told = {"customer": theirs, "updated_at": ago(days=1)}
    inbox.lambdas.post(
        inbox.shop, "customer.updated", an_envelope("customer.updated", told, timestamp=ago(days=1))
    )
    return inbox


def test_behind_an_address_that_a_customer_only_typed_nothing_of_theirs_is_shown(
    lambdas: Lambdas,
) -> None:
    seen = page(a_customer_who_typed_it(lambdas, **BIRTHDAYS))
    assert "E-mail: a•••@poczta.example" in seen.text
    assert not [theirs for theirs in ("inna.example", "999", "567", "SMS") if theirs in seen.text]
    assert "Urodziny" not in seen.headings


def test_behind_an_address_that_a_customer_only_typed_nothing_of_theirs_is_changed(
    lambdas: Lambdas,
) -> None:
    inbox = a_customer_who_typed_it(lambdas, **BIRTHDAYS)
    before = inbox.customer
    assert send(inbox, section="birthday", day="1", month="1") == "changed"
    assert send(inbox, section="no_birthday") == "changed"
    assert send(inbox, section="topics") == "topics"
    assert send(inbox, section="pace", pace="weekly") == "pace"
    press(inbox, "Wycofuję zgodę na e-maile")
    assert inbox.customer == before
    assert inbox.here.declined == set(Topic) and inbox.here.pace is Pace.WEEKLY
    assert not agrees(inbox) and agrees(inbox, Channel.SMS)


def test_a_birthday_given_beside_somebodys_phone_number_is_not_theirs(lambdas: Lambdas) -> None:
    inbox = Inbox(lambdas, who={"phone": PHONE}, **BIRTHDAYS)
    inbox.is_recorded({"id": "7", "email": None, "phone": PHONE})
    press(inbox, "Zapisz datę", ("day", "14"), ("month", "3"))
    assert [
        named(inbox, **who).birthday
        for who in ({"email": inbox.email}, {"phone": PHONE}, {"platform_id": "7"})
    ] == [
        *("03-14", None, None),
    ]


def test_what_a_customer_chooses_holds_wherever_they_are_reached(lambdas: Lambdas) -> None:
    inbox = Inbox(lambdas, who={"id": "7", "phone": PHONE})
    send(inbox, ("section", "topics"), ("topic", "carts"))
    send(inbox, section="pace", pace="monthly")
    for known in (named(inbox, platform_id="7"), inbox.here):
        assert known.declined == set(Topic) - {Topic.CARTS} and known.pace is Pace.MONTHLY
    assert ("pace", "monthly") in page(inbox).form("Zapisz częstotliwość")


def texted(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> str:
    """The way to the page in an SMS about the same cart."""
    monkeypatch.setattr("wracaj.channels.sms.send", lambda _: "provider-1")
    sms = a_step("sms", 3, channel="sms", template="cart_sms")
    assert inbox.lambdas.step(inbox.shop.id, "c1", sms)["outcome"] == "sent"
    message = message_id(inbox.shop.id, "c1", 1, "sms")
    return f"/p/{make_token(KEY, Purpose.PREFERENCES, message, datetime.now(UTC))}"


def test_whoever_reads_the_phone_of_a_guests_cart_may_stop_its_mails_and_not_start_them(
    lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = Inbox(lambdas, who={"phone": PHONE}, agrees_to=("email", "sms"), **BIRTHDAYS)
    path = texted(inbox, monkeypatch)
    seen = page(inbox, path)
    assert (
        "SMS: +48 ••• 567Mamy Twoją zgodę." in seen.text
        and "E-mail: a•••@poczta.exampleMamy Twoją zgodę." in seen.text
    )
    assert "Urodziny" not in seen.headings and "Nie znamy adresu e-mail" in seen.text
    inbox.lambdas.form(path, *seen.form("Wycofuję zgodę na e-maile"))
    assert not agrees(inbox) and agrees(inbox, Channel.SMS)
    told = inbox.lambdas.form(path, *page(inbox, path).form("Zgadzam się na e-maile"))["headers"][
        "location"
    ]
    assert told.endswith("?told=to_confirm") and not agrees(inbox)
    (question,) = lambdas.executions(inbox.shop, "confirm_consent")
    assert lambdas.cart(inbox.shop, question["cart_id"]).contact.email == inbox.email
    press(inbox, "Zgadzam się na e-maile")  # behind the mail: who reads that address says so
    assert agrees(inbox)


def test_who_reads_a_recorded_phone_sees_the_other_address_and_gets_the_data_mailed_there(
    lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = Inbox(lambdas, who={"id": "7", "phone": PHONE}, agrees_to=("email", "sms"), **BIRTHDAYS)
    path = texted(inbox, monkeypatch)
    seen = page(inbox, path)
    assert (
        "E-mail: a•••@poczta.exampleMamy Twoją zgodę." in seen.text and "Urodziny" in seen.headings
    )
    inbox.lambdas.form(path, section="data")
    (link,) = data_links(inbox)
    assert lambdas.cart(inbox.shop, link["cart_id"]).contact.email == inbox.email


def test_a_number_that_was_corrected_since_learns_nothing_of_the_cart(
    lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = Inbox(lambdas, who={"phone": PHONE}, agrees_to=("email", "sms"))
    path = texted(inbox, monkeypatch)
    who = {
        "id": None,
        "email": inbox.email,
        "phone": "+48601234000",
        "first_name": "Ala",
        "locale": "pl-PL",
    }
    inbox.lambdas.post(
        inbox.shop, *a_cart_body("generic", "c1", customer=who, consent={}, at=ago(hours=1))
    )
    seen = page(inbox, path)
    assert not [theirs for theirs in ("E-mail", "poczta", "SMS", "000") if theirs in seen.text]
    inbox.lambdas.form(path, *seen.form("Rezygnuję ze wszystkich wiadomości"))
    assert named(inbox, phone=PHONE).noes(Channel.SMS) and agrees(inbox)


def test_messages_that_come_to_a_shared_address_are_shown_and_stopped_whoever_they_are_for(
    lambdas: Lambdas,
) -> None:
    inbox = Inbox(lambdas, who={"id": "7"})
    inbox.is_recorded({"id": "8", "email": inbox.email, "phone": "+48601234999"})
    a_second_cart(inbox, "email", "sms", id="8", phone="+48601234999")
    press(inbox, "Wycofuję zgodę na e-maile")
    assert "Nie mamy Twojej zgody" in page(inbox).text and "999" not in page(inbox).text
    assert not agrees_about(inbox, "c2") and agrees_about(inbox, "c2", Channel.SMS)


# --- the link to one's data -----------------------------------------------------------------------


def test_the_link_to_ones_data_goes_to_the_shoppers_own_address_whoever_asks_and_once_in_an_hour(
    inbox: Inbox,
) -> None:
    for _ in range(3):
        assert "status" in press(inbox, "Wyślij mi link do moich danych").roles
    (asked,) = data_links(inbox)
    step = a_step("data_link_email", 0, template="data_link")
    assert inbox.lambdas.step(inbox.shop.id, asked["cart_id"], step)["outcome"] == "sent"
    assert [mail["Subject"] for mail in inbox.mails()][-1] == "Link do Twoich danych"


def test_the_page_itself_never_holds_a_link_to_the_data(inbox: Inbox) -> None:
    press(inbox, "Wyślij mi link do moich danych")
    assert "/d/" not in inbox.lambdas.link("GET", inbox.path(Purpose.PREFERENCES))["body"]


def test_a_start_that_failed_is_made_up_for_when_asked_again(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise TimeoutError

    with monkeypatch.context() as broken:
        broken.setattr("wracaj.aws.step_functions.start", fail)
        assert (
            inbox.lambdas.form(inbox.path(Purpose.PREFERENCES), section="data")["statusCode"] == 503
        )
    assert data_links(inbox) == []
    press(inbox, "Wyślij mi link do moich danych")
    assert len(data_links(inbox)) == 1


def test_an_address_that_bounced_gets_no_link(inbox: Inbox) -> None:
    customers = store.open_store().customers
    customers.amend_one(
        inbox.shop.id, inbox.here.id, lambda known: known.suppressing(Channel.EMAIL, "bounce")
    )
    assert "alert" in press(inbox, "Wyślij mi link do moich danych").roles
    assert data_links(inbox) == []


# --- bad forms and links --------------------------------------------------------------------------

VALUES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "topics",
            "consent",
            "pace",
            "birthday",
            "no_birthday",
            "stop",
            "data",
            "yes",
            "no",
            "email",
            "sms",
            "weekly",
            "shop",
            "3",
        ]
    ),
)
NAMES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["section", "topic", "channel", "answer", "pace", "day", "month", "whose"]),
)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=8))
@example([("section", "pace"), ("pace", "hourly")])
@example([("section", "pace"), ("pace", "weekly"), ("pace", "monthly")])
@example([("section", "birthday"), ("day", "03"), ("month", "١")])
@example([("section", "topics"), ("topic", "carts"), ("topic", "<script>")])
@example([("section", "stop"), ("more", "")])
@example([("section", "data_link")])
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_stands_in_a_form_is_taken_or_told_to_be_unclear(
    inbox: Inbox, pairs: list[tuple[str, str]]
) -> None:
    answer = inbox.lambdas.form(inbox.path(Purpose.PREFERENCES), *pairs)
    assert answer["statusCode"] == 303
    assert answer["headers"]["location"].startswith(f"{inbox.token(Purpose.PREFERENCES)}?told=")
    customer = inbox.customer
    assert customer.birthday is None or customer.birthday[2] == "-"
    assert customer.declined <= set(Topic)


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe",
        b"section=%ff",
        b"section",
        b"=" * 40,
        b"section=topics&" * 100,
        b"section=stop" + b"&x=1" * 2000,
        "żółw",
        b"",
    ],
    ids=[
        "no text",
        "no utf-8",
        "no value",
        "equals",
        "repeated",
        "too large",
        "not encoded",
        "empty",
    ],
)
def test_a_body_that_is_no_form_changes_nothing(inbox: Inbox, body: bytes | str) -> None:
    before = inbox.customer
    answer = inbox.lambdas.link("POST", inbox.path(Purpose.PREFERENCES), body)
    assert answer["headers"]["location"].endswith("?told=unclear")
    assert inbox.customer == before


def test_a_body_of_broken_base64_is_told_to_be_unclear(inbox: Inbox) -> None:
    path = inbox.path(Purpose.PREFERENCES)
    assert inbox.lambdas.form(path, section="pace", pace="weekly")["statusCode"] == 303
    assert "unclear" in inbox.lambdas.link("POST", path, "%%%")["headers"]["location"]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("purpose", [Purpose.PREFERENCES, Purpose.DATA])
def test_a_link_with_any_character_changed_gets_a_kind_page_and_does_nothing(
    inbox: Inbox, purpose: Purpose, method: str
) -> None:
    before, token = inbox.customer, inbox.token(purpose)
    for place, character in enumerate(token):
        forged = token[:place] + ("A" if character != "A" else "B") + token[place + 1 :]
        answer = inbox.lambdas.link(
            method, f"/{purpose}/{forged}", b"section=stop", accept_language="pl"
        )
        assert (answer["statusCode"], Seen(answer).headings) == (404, ["Tego linku nie znamy"])
    assert inbox.customer == before


def test_a_link_of_another_purpose_is_none(inbox: Inbox) -> None:
    for token in (
        inbox.token(Purpose.CART),
        inbox.token(Purpose.UNSUBSCRIBE),
        inbox.token(Purpose.DATA),
    ):
        assert inbox.lambdas.form(f"/p/{token}", section="stop")["statusCode"] == 404
    assert inbox.lambdas.link("GET", f"/d/{inbox.token(Purpose.PREFERENCES)}")["statusCode"] == 404
    assert agrees(inbox)


@pytest.mark.parametrize(
    ("accepted", "title"), [("pl-PL", "Ten link już wygasł"), ("en", "This link has expired")]
)
def test_an_expired_link_says_so(inbox: Inbox, accepted: str, title: str) -> None:
    old = make_token(KEY, Purpose.PREFERENCES, "00" * 10, datetime.now(UTC) - timedelta(days=181))
    for token in (old, make_token(KEY, Purpose.PREFERENCES, "00" * 10, datetime.now(UTC))):
        answer = inbox.lambdas.link("GET", f"/p/{token}", accept_language=accepted)
        assert (answer["statusCode"], Seen(answer).headings) == (410, [title])


def test_who_was_forgotten_is_told_that_nothing_is_known(inbox: Inbox) -> None:
    path, asked = (
        inbox.path(Purpose.PREFERENCES),
        {"customer": {"email": inbox.email}, "order_ids": []},
    )
    inbox.lambdas.post(
        inbox.shop,
        "privacy.customer_redact",
        an_envelope("privacy.customer_redact", asked, timestamp=ago(hours=0)),
    )
    for answer in (inbox.lambdas.link("GET", path), inbox.lambdas.form(path, section="stop")):
        assert Seen(answer).headings == ["Nic już o Tobie nie wiemy"]


def test_a_fault_of_ours_gets_a_kind_page_and_is_made_up_for_on_the_next_try(inbox: Inbox) -> None:
    inbox.lambdas.redirect(f"http://127.0.0.1:{free_port()}", "DYNAMODB")
    for answer in (
        inbox.lambdas.link("GET", inbox.path(Purpose.PREFERENCES)),
        inbox.lambdas.form(inbox.path(Purpose.PREFERENCES), section="stop"),
    ):
        assert (answer["statusCode"], Seen(answer).headings) == (
            503,
            ["Coś poszło nie tak po naszej stronie"],
        )
    inbox.lambdas.redirect(None, "DYNAMODB")
    assert send(inbox, section="stop") == "stopped"
    assert not agrees(inbox)
