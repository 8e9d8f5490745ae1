"""A shop's settings. Every mistake is reported with its key and the correction; links lead only
where the settings allow."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from support.builders import NOON, a_holdout, some_settings
from wracaj.errors import SettingsError
from wracaj.settings.reading import parse_settings
from wracaj.settings.shop import ShopSettings

GOOD: dict[str, Any] = {
    "shop": "kubek",
    "platform": "generic",
    "name": "Kubek i Spółka",
    "postal_address": "ul. Długa 5, 00-238 Warszawa",
    "url": "https://kubek.example",
    "recovery_hosts": ["kubek.example"],
    "email": {"sender": "Kubek i Spółka <sklep@kubek.example>"},
}
GONE = object()


def problems_of(**changes: Any) -> dict[str, str]:
    raw = {key: value for key, value in (GOOD | changes).items() if value is not GONE}
    with pytest.raises(SettingsError) as refusal:
        parse_settings(raw)
    return dict(refusal.value.problems)


def sender(text: str) -> dict[str, str]:
    return {"sender": text}


MISTAKES: list[tuple[str, dict[str, Any], str, str]] = [
    ("a key left out", {"name": GONE}, "name", "is missing; add it"),
    ("a section left out", {"email": GONE}, "email", "is missing; add it"),
    ("a key of a section left out", {"email": {}}, "email.sender", "is missing; add it"),
    (
        "a misspelt key",
        {"time_zome": "Europe/Warsaw"},
        "time_zome",
        "is not a setting; did you mean `time_zone`?",
    ),
    (
        "a misspelt key of a section",
        {"send_window": {"open": "9:00"}},
        "send_window.open",
        "did you mean `opens`?",
    ),
    ("a platform that there is not", {"platform": "magento"}, "platform", "must be shopify"),
    (
        "a name that no address can hold",
        {"shop": "Kubek i Spółka"},
        "shop",
        "lower-case letters, digits and hyphens",
    ),
    ("a name that ends with a hyphen", {"shop": "kubek-"}, "shop", "lower-case"),
    (
        "a zone that there is not",
        {"time_zone": "Europe/Warszawa"},
        "time_zone",
        "such as Europe/Warsaw",
    ),
    ("a zone that is a folder", {"time_zone": "Europe"}, "time_zone", "such as Europe/Warsaw"),
    (
        "a zone that leads elsewhere",
        {"time_zone": "../../etc/passwd"},
        "time_zone",
        "such as Europe/Warsaw",
    ),
    ("no zone at all", {"time_zone": ""}, "time_zone", "is empty"),
    (
        "a zone with a zero byte",
        {"time_zone": "Europe/Warsaw\0"},
        "time_zone",
        "such as Europe/Warsaw",
    ),
    (
        "a host with a scheme",
        {"recovery_hosts": ["https://kubek.example"]},
        "recovery_hosts, entry 1",
        "such as shop.example",
    ),
    (
        "a host with a path",
        {"recovery_hosts": ["kubek.example/koszyk"]},
        "recovery_hosts, entry 1",
        "such as shop.example",
    ),
    (
        "a host with a port",
        {"recovery_hosts": ["kubek.example:8443"]},
        "recovery_hosts, entry 1",
        "such as shop.example",
    ),
    (
        "a host in capitals",
        {"recovery_hosts": ["Kubek.example"]},
        "recovery_hosts, entry 1",
        "such as shop.example",
    ),
    (
        "a host with a star",
        {"recovery_hosts": ["*.kubek.example"]},
        "recovery_hosts, entry 1",
        "such as shop.example",
    ),
    (
        "a host that is a broken address",
        {"recovery_hosts": ["[kubek.example"]},
        "recovery_hosts, entry 1",
        "such as",
    ),
    (
        "a host that is not one",
        {"recovery_hosts": ["localhost"]},
        "recovery_hosts, entry 1",
        "such as shop.example",
    ),
    ("no host", {"recovery_hosts": []}, "recovery_hosts", "must not be an empty list"),
    (
        "an address without https",
        {"url": "http://kubek.example"},
        "url",
        "must begin with https://",
    ),
    ("an address without a host", {"url": "https://"}, "url", "such as https://shop.example"),
    (
        "an address with a space",
        {"url": "https://kubek.example /"},
        "url",
        "such as https://shop.example",
    ),
    ("a broken address", {"url": "https://[kubek.example"}, "url", "such as https://shop.example"),
    (
        "a picture without https",
        {"logo_url": "http://kubek.example/logo.png"},
        "logo_url",
        "must begin with https://",
    ),
    ("a sender without an address", {"email": sender("Kubek i Spółka")}, "email.sender", "sklep@"),
    (
        "a sender without a name",
        {"email": sender("<sklep@kubek.example>")},
        "email.sender",
        "sklep@",
    ),
    (
        "a sender with a second line",
        {"email": sender("Kubek\r\nBcc: x <s@kubek.example>")},
        "email.sender",
        "sklep@",
    ),
    (
        "a sender with two addresses",
        {"email": sender("Kubek <a@b.example> <c@d.example>")},
        "email.sender",
        "sklep@",
    ),
    (
        "a sender that SES cannot write",
        {"email": sender("Kubek <żółw@kubek.example>")},
        "email.sender",
        "sklep@",
    ),
    (
        "an SMS from nobody",
        {"sms": {"service": "end_user_messaging"}},
        "sms",
        "origination_identity",
    ),
    (
        "an answer to nobody",
        {"email": {**sender("K <a@b.example>"), "reply_to": "nie"}},
        "email.reply_to",
        "sklep@",
    ),
    (
        "a window that never opens",
        {"send_window": {"opens": "20:00", "closes": "9:00"}},
        "send_window",
        "must be earlier",
    ),
    (
        "a window of no time",
        {"send_window": {"opens": "9:00", "closes": "9"}},
        "send_window",
        "must be earlier",
    ),
    (
        "an hour that there is not",
        {"send_window": {"opens": "25:00"}},
        "send_window.opens",
        "given: '25:00'",
    ),
    ("an hour with a zone", {"send_window": {"opens": "09:00Z"}}, "send_window.opens", "9:00"),
    ("a sender id too long", {"sms": {"sender_id": "KUBEKISPOLKA"}}, "sms.sender_id", "11"),
    (
        "a sender id of digits",
        {"sms": {"sender_id": "12345"}},
        "sms.sender_id",
        "at least one letter",
    ),
    (
        "a price that is no number",
        {"sms": {"max_price_usd": "tanio"}},
        "sms.max_price_usd",
        "given: 'tanio'",
    ),
    ("a price of nothing", {"sms": {"max_price_usd": "0"}}, "sms.max_price_usd", "must be above 0"),
    (
        "a price that is not a number at all",
        {"sms": {"max_price_usd": "NaN"}},
        "sms.max_price_usd",
        "must be a number",
    ),
    (
        "a cap that is no number",
        {"frequency_cap": {"messages_in_7_days": "dużo"}},
        "frequency_cap.messages_in_7_days",
        "whole",
    ),
    (
        "a holdout of everybody",
        {"experiments": {"does_it_pay": a_holdout(100)}},
        "experiments.does_it_pay.hold_out_percent",
        "must be 50 or less",
    ),
    ("the holdout of before", {"holdout_percent": 20}, "holdout_percent", "hold_out_percent"),
    ("a switch that is neither", {"enabled": "może"}, "enabled", "given: 'może'"),
    (
        "a moment without an offset",
        {"switched_on_at": "2026-11-18T12:00:00"},
        "switched_on_at",
        "must say its offset too",
    ),
    (
        "Shopify without its section",
        {"platform": "shopify"},
        "shopify",
        "shop_domain: NAME.myshopify.com",
    ),
    ("a phone region in words", {"phone_region": "Polska"}, "phone_region", "PL"),
]


@pytest.mark.parametrize(
    ("changes", "key", "fix"),
    [mistake[1:] for mistake in MISTAKES],
    ids=[name for name, *_ in MISTAKES],
)
def test_a_mistake_is_told_by_its_key_and_its_fix(
    changes: dict[str, Any], key: str, fix: str
) -> None:
    told = problems_of(**changes)
    assert key in told
    assert fix in told[key]


def test_all_mistakes_are_told_at_once() -> None:
    assert set(problems_of(name=GONE, time_zone="Marsz", recovery_hosts=[])) == {
        "name",
        "time_zone",
        "recovery_hosts",
    }


@pytest.mark.parametrize("raw", [None, [], "shop: kubek", 7, {}])
def test_what_is_no_settings_at_all_is_told_too(raw: Any) -> None:
    with pytest.raises(SettingsError) as refusal:
        parse_settings(raw)
    assert all(key and problem for key, problem in refusal.value.problems)


leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["https://[", "9:00Z"]),
)
junk = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
)


# a busy machine is no mistake of the settings
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    changes=st.dictionaries(st.sampled_from(sorted(ShopSettings.model_fields)), junk, max_size=4)
)
@example(changes={"send_window": {"opens": "09:00Z", "closes": "20:00"}})
def test_whatever_stands_in_the_file_it_is_taken_or_told(changes: dict[str, Any]) -> None:
    try:
        settings = parse_settings(GOOD | changes)
    except SettingsError as refusal:
        assert refusal.problems
    else:
        assert (
            ShopSettings.model_validate_json(settings.model_dump_json(exclude_defaults=True))
            == settings
        )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("9:00", time(9)),
        ("9", time(9)),
        ("09:30", time(9, 30)),
        ("0", time(0)),
        ("23:59", time(23, 59)),
    ],
)
def test_hours_are_read_as_people_write_them(written: str, meant: time) -> None:
    window = some_settings(send_window={"opens": written, "closes": "23:59:59"}).send_window
    assert window.opens == meant


def test_the_defaults_are_the_careful_ones() -> None:
    settings = some_settings()
    assert (settings.send_window.opens, settings.send_window.closes) == (time(9), time(20))
    assert (
        settings.frequency_cap.hours_between_same_channel,
        settings.frequency_cap.messages_in_7_days,
    ) == (12, 5)
    assert (
        settings.quiet_minutes_after_activity,
        settings.stale_after_hours,
        settings.new_episode_after_days,
    ) == (30, 24, 7)
    assert settings.sms.max_price_usd == Decimal("0.50")


def test_the_currency_is_the_programmes_unless_the_shop_has_none_of_either() -> None:
    programme = {"currency": "EUR", "margin_percent": 30}
    told: list[dict[str, Any]] = [
        {},
        {"loyalty": programme},
        {"currency": "EUR"},
        {"currency": "EUR", "loyalty": programme},
    ]
    assert [some_settings(**each).main_currency for each in told] == ["PLN", "EUR", "EUR", "EUR"]
    with pytest.raises(SettingsError, match="currency is CZK, and loyalty"):
        parse_settings(GOOD | {"currency": "CZK", "loyalty": programme})


def test_a_cart_from_before_the_shop_was_switched_on_is_not_known() -> None:
    settings = some_settings(switched_on_at=NOON)
    assert settings.knows_cart_from(NOON)
    assert not settings.knows_cart_from(NOON - timedelta(seconds=1))
    assert some_settings().knows_cart_from(datetime(2020, 1, 1, tzinfo=UTC))


# --- where links may lead -------------------------------------------------------------------------

SHOP = some_settings(recovery_hosts=["kubek.example", "checkout.kubek.example"])


@pytest.mark.parametrize(
    "url",
    [
        "https://kubek.example/koszyk/1",
        "https://KUBEK.example/koszyk/1",
        "https://checkout.kubek.example/61/recover?key=a&x=%20#top",
        "https://kubek.example",
        "https://kubek.example:443/koszyk",
        "https://kubek.example/koszyk/żółw@2x",
        "https://kubek.example/?next=https://evil.example",
    ],
)
def test_a_link_may_lead_to_the_shop_itself(url: str) -> None:
    assert SHOP.allows_recovery_to(url)


TRICKS = [
    None,
    "",
    "http://kubek.example/koszyk",
    "javascript:alert(1)//kubek.example",
    "data:text/html,kubek.example",
    "//kubek.example/koszyk",
    "kubek.example/koszyk",
    "https:kubek.example",
    "https:/kubek.example",
    "https:///kubek.example",
    "https://evil.example/kubek.example",
    "https://evil.example?kubek.example",
    "https://evil.example#@kubek.example",
    "https://kubek.example@evil.example/",
    "https://kubek.example:443@evil.example/",
    "https://user@kubek.example/",
    "https://user:word@kubek.example/",
    "https://@kubek.example/",
    "https://:@kubek.example/",
    "https://evil.example\\@kubek.example/",
    "https://kubek.example\\.evil.example/",
    "https:\\\\kubek.example/",
    "https://kubek.example.evil.example/",
    "https://evilkubek.example/",
    "https://sub.kubek.example/",
    "https://kubek.example./",
    "https://kubek.exampl/",
    "https://kubek.example%2eevil.example/",
    "https://kubek。example/",
    "https://kubek.example／.evil.example/",
    "https://kube\u212a.example/",
    "https://xn--kubek-.example/",
    "https://kubek.example:8443/",
    "https://kubek.example:99999/",
    "https://kubek.example:x/",
    "https://[",
    "https://[::1]/",
    "https://[kubek.example]/",
    "https://kubek.example\n.evil.example/",
    "https://kubek\t.example/",
    " https://kubek.example/",
    "\x01https://kubek.example/",
    "https://kubek.example/\x0bset-cookie: a=b",
    "https://kubek.example/\r\nset-cookie: a=b",
    "https://kubek.example/\x7f",
    "https://kubek.example/\x00",
]


@pytest.mark.parametrize(
    "host", ["żółw.example", "Żółw.example", "z\u0307o\u0301łw.example", "xn--w-uga1v8h.example"]
)
def test_a_host_with_polish_letters_is_one_in_every_spelling(host: str) -> None:
    settings = some_settings(recovery_hosts=[host])
    assert settings.recovery_hosts == ("xn--w-uga1v8h.example",)
    assert settings.allows_recovery_to("https://żółw.example/koszyk")
    assert settings.allows_recovery_to("https://XN--W-UGA1V8H.example/koszyk")
    assert not settings.allows_recovery_to("https://zolw.example/koszyk")


@pytest.mark.parametrize("url", TRICKS)
def test_a_link_never_leads_anywhere_else(url: str | None) -> None:
    assert not SHOP.allows_recovery_to(url)


pieces = st.sampled_from(
    [
        "https",
        "http",
        ":",
        "//",
        "/",
        "\\",
        "@",
        "kubek.example",
        "evil.example",
        "[",
        "]",
        "#",
        "?",
        ".",
        "%2f",
        "\t",
        "ż",
        "443",
    ]
)


@given(url=st.one_of(st.text(), st.lists(pieces, max_size=9).map("".join)))
def test_whatever_the_address_the_answer_is_yes_or_no_and_yes_is_only_for_the_shop(
    url: str,
) -> None:
    if SHOP.allows_recovery_to(url):
        assert urlsplit(url).hostname in SHOP.recovery_hosts
        assert url.startswith(("https://", "HTTPS://")) and "@" not in urlsplit(url).netloc
