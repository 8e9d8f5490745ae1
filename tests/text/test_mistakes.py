"""No person reads pydantic's own sentences. Each mistake is reported in words that say how to
correct it."""

from collections.abc import Iterator
from typing import Any, get_args, get_origin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from settings.test_settings import GOOD
from support.mangling import FOREIGN
from wracaj.discounts.code import DiscountTerms
from wracaj.errors import SettingsError
from wracaj.settings.reading import explain, key_of, parse_settings
from wracaj.settings.shop import ShopSettings
from wracaj.text.mistakes import sentence
from wracaj.text.spelling import nearest
from wracaj.timelines.steps import StepRequest
from wracaj_cli.campaigns.campaign_file import CampaignFile

MODELS = (ShopSettings, CampaignFile, StepRequest, DiscountTerms)
JUNK: list[Any] = [
    None,
    True,
    "",
    " ",
    "x",
    "0",
    "-1",
    "1.5",
    "99999999999999999999",
    "1e99",
    "NaN",
    "Infinity",
    "9" * 5000,
    "ż" * 400,
    "a\nb",
    "2026-12-01",
    "25:00",
    "09:00Z",
    "2026-11-18T12:00:00",
    "https://[",
    0,
    -1,
    10**30,
    0.5,
    float("nan"),
    float("inf"),
    b"\xff",
    [],
    ["x"],
    [None],
    [[]],
    [{}],
    ["x"] * 30,
    {},
    {"x": "y"},
    {"X y": {}},
    {"x": None},
    {"percent": "10"},
    {"id": "12345"},
]


LOYALTY: Any = {"currency": "PLN", "margin_percent": 30}


def problems_of(**changes: Any) -> dict[str, str]:
    with pytest.raises(SettingsError) as refusal:
        parse_settings(GOOD | changes)
    return dict(refusal.value.problems)


def paths(
    model: type[BaseModel], before: tuple[str | int, ...] = ()
) -> Iterator[tuple[str | int, ...]]:
    """Every place at which a value of the model can stand, entries of lists and named sections
    among them."""
    for name, field in model.model_fields.items():
        yield from _within(field.annotation, (*before, name))


def _within(annotation: Any, at: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    yield at
    if hasattr(annotation, "model_fields"):
        yield from paths(annotation, at)
    elif get_origin(annotation) is tuple:
        yield from _within(get_args(annotation)[0], (*at, 0))
    elif get_origin(annotation) is dict:
        name = "1" if at == ("shoper", "currencies") else "x"  # which are numbered
        yield from _within(get_args(annotation)[1], (*at, name))
    else:
        for part in get_args(annotation):
            if hasattr(part, "model_fields") or get_args(part):
                yield from _within(part, at)


def holding(value: Any, path: tuple[str | int, ...]) -> Any:
    for part in reversed(path):
        value = [value] if isinstance(part, int) else {part: value}
    return value


def refusals(model: type[BaseModel], raw: Any) -> list[Any]:
    try:
        model.model_validate(raw)
    except ValidationError as error:
        return list(error.errors())
    return []


PLACES = sorted(
    {(model, path) for model in MODELS for path in paths(model)},
    key=lambda one: (one[0].__name__, str(one[1])),
)


def test_the_places_reach_into_sections_lists_and_names() -> None:
    keys = {key_of(path) for model, path in PLACES if model is ShopSettings}
    assert {
        "loyalty.tiers, entry 1, discount.percent",
        "audiences.x.id",
        "sms.countries, entry 1",
        "send_window.opens",
    } <= keys


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_whatever_stands_anywhere_is_told_in_plain_words(model: type[BaseModel]) -> None:
    told = {
        (problem["type"], explain(problem, model)[1])
        for owner, path in PLACES
        if owner is model
        for value in JUNK
        for problem in refusals(model, holding(value, path))
    }
    kinds = {kind for kind, _ in told}
    assert len(kinds) > 5, "the junk reaches nothing"
    without_what_was_given = {(kind, words.partition(" (given: ")[0]) for kind, words in told}
    foreign = {
        (kind, words)
        for kind, words in without_what_was_given
        for phrase in FOREIGN
        if phrase in words
    }
    assert not foreign
    assert not {(kind, words) for kind, words in told if not words or len(words) > 400}


leaves = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.decimals()
)
junk = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(place=st.sampled_from(PLACES), value=junk)
def test_junk_nobody_thought_of_is_told_in_plain_words_too(
    place: tuple[type[BaseModel], tuple[str | int, ...]], value: Any
) -> None:
    model, path = place
    for problem in refusals(model, holding(value, path)):
        words = explain(problem, model)[1].partition(" (given: ")[0]
        assert problem["type"] == "value_error" or str(problem["msg"]) not in words
        assert not [phrase for phrase in FOREIGN if phrase in words]


def test_an_error_that_is_not_listed_shows_the_fields_description_and_not_pydantics_words() -> None:
    problem = {
        "type": "uuid_parsing",
        "msg": "Input should be a valid UUID",
        "input": "x",
        "ctx": {},
        "loc": ("id",),
    }
    assert (
        sentence(problem, "An id of the shop")
        == "is not written as it must be (given: 'x'): An id of the shop"
    )


def test_where_the_input_must_not_be_shown_it_is_not() -> None:
    problem = {"type": "int_parsing", "msg": "…", "loc": ("id",)}
    assert sentence(problem) == "must be a whole number, such as 30"


@pytest.mark.parametrize(
    ("changes", "key", "words"),
    [
        ({"timezone": "Europe/Warsaw"}, "timezone", "is not a setting; did you mean `time_zone`?"),
        ({"Postal-Address": "ul. Długa 5"}, "Postal-Address", "did you mean `postal_address`?"),
        ({"opens": "9:00"}, "opens", "did you mean `send_window.opens`?"),
        ({"sender": "K <a@b.example>"}, "sender", "did you mean `email.sender`?"),
        ({"email": {"from": "K <a@b.example>"}}, "email.from", "did you mean `sender`?"),
        ({"from": "K <a@b.example>"}, "from", "did you mean `email.sender`?"),
        ({"sms": {"from": "KUBEK"}}, "sms.from", "did you mean `sender_id`?"),
        ({"hosts": ["a.example"]}, "hosts", "did you mean `recovery_hosts`?"),
        ({"sms": {"sender": "KUBEK"}}, "sms.sender", "did you mean `sender_id`?"),
        (
            {"frequency_cap": {"message_in_7_days": 3}},
            "frequency_cap.message_in_7_days",
            "did you mean `messages_in_7_days`?",
        ),
        (
            {"audiences": {"a": {"id": "12345", "api_verson": "v25.0"}}},
            "audiences.a.api_verson",
            "did you mean `api_version`?",
        ),
        (
            {"cart_timelines": [{"timeline": "none", "cart_total_bellow": 5}]},
            "cart_timelines, entry 1, cart_total_bellow",
            "did you mean `cart_total_below`?",
        ),
        (
            {"loyalty": {"currency": "PLN", "margin": 20}},
            "loyalty.margin",
            "did you mean `margin_percent`?",
        ),
        (
            {"timelines": ["abandoned_carts"]},
            "timelines, entry 1",
            "did you mean `abandoned_cart`?",
        ),
        (
            {"platform": "shopyfi"},
            "platform",
            "(given: 'shopyfi'); did you mean `shopify`?",
        ),
        ({"xylophone": "1"}, "xylophone", "is not a setting; remove it, or correct its spelling"),
        (
            {"audiences": {"Dla Nas": {"id": "12345"}}},
            "audiences.Dla Nas",
            "small letters, digits and _",
        ),
        (
            {"recovery_hosts": "kubek.example"},
            "recovery_hosts",
            "must be a list: write [kubek.example]",
        ),
        ({"name": None}, "name", "is empty; write a value"),
        ({"sms": "yes"}, "sms", "must be a section"),
        (
            {"currency": "zł"},
            "currency",
            "must be three capital letters, such as PLN (given: 'zł')",
        ),
        (
            {"loyalty": {"currency": "pln"}},
            "loyalty.currency",
            "must be three capital letters, such as PLN",
        ),
        (
            {"cart_timelines": [{"timeline": "none", "currency": "euro"}]},
            "cart_timelines, entry 1, currency",
            "must be three capital letters, such as PLN",
        ),
        ({"phone_region": "pl"}, "phone_region", "must be two capital letters, such as PL"),
    ],
)
def test_the_nearest_known_word_is_named(changes: dict[str, Any], key: str, words: str) -> None:
    assert words in problems_of(**changes)[key]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("https://kubek.myshopify.com", "is a whole address; write only kubek.myshopify.com"),
        (
            "https://kubek.myshopify.com/admin/settings",
            "is a whole address; write only kubek.myshopify.com",
        ),
        ("kubek.myshopify.com/", "write only kubek.myshopify.com"),
        ("www.kubek.myshopify.com", "write only kubek.myshopify.com"),
        (
            "https://admin.shopify.com/store/kubek-i-spolka/orders",
            "the shop's admin; write kubek-i-spolka.myshopify.com",
        ),
        ("kubek-i-spolka", "is the shop's name alone; write kubek-i-spolka.myshopify.com"),
        ("kubek.pl", "is not the name by which Shopify knows the shop; write NAME.myshopify.com"),
        ("https://www.kubek.pl/", "under Settings, Domains"),
        ("kubek.myshopify.com.evil.example", "is not the name by which Shopify knows the shop"),
        ("evil.example/kubek.myshopify.com", "is not the name by which Shopify knows the shop"),
        ("kubek@evil.example", "is no domain of a Shopify shop"),
        ("sub.kubek.myshopify.com", "write NAME.myshopify.com"),
        (".myshopify.com", "write NAME.myshopify.com"),
        ("Kubek i Spółka", "is no domain of a Shopify shop"),
        (" ", "is no domain of a Shopify shop"),
    ],
)
def test_what_is_no_shopify_domain_is_told_by_what_it_is(written: str, words: str) -> None:
    told = problems_of(platform="shopify", shopify={"shop_domain": written})
    assert words in told["shopify.shop_domain"]


@pytest.mark.parametrize(
    "written", ["kubek.myshopify.com", "Kubek-I-Spolka.MyShopify.com", " 7up.myshopify.com "]
)
def test_a_shopify_domain_is_taken_in_any_case(written: str) -> None:
    settings = ShopSettings.model_validate(
        GOOD | {"platform": "shopify", "shopify": {"shop_domain": written}}
    )
    assert settings.shopify and settings.shopify.shop_domain == written.strip().lower()


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("zone", ["time_zone", "name"], "time_zone"),
        ("id", ["sender_id", "page_id"], None),
        ("nmae", ["name", "locale"], "name"),
        ("", ["name"], None),
        ("name", [], None),
    ],
)
def test_a_word_means_the_one_it_is_like(word: str, known: list[str], meant: str | None) -> None:
    assert nearest(word, known) == meant


@pytest.mark.parametrize(
    "path", [path for model, path in PLACES if model is ShopSettings and 0 not in path], ids=key_of
)
def test_a_setting_that_is_left_empty_is_told_as_empty(path: tuple[str, ...]) -> None:
    told = dict(
        explain(problem)
        for problem in refusals(ShopSettings, GOOD | {"loyalty": LOYALTY} | holding("", path))
    )
    assert told[key_of(path)].startswith("is empty; write ")


@pytest.mark.parametrize(
    "key", ["name", "shop", "recovery_hosts", "email", "platform", "url", "postal_address"]
)
@pytest.mark.parametrize("nothing", ["", None])
def test_a_key_that_is_needed_is_never_told_to_be_removed(key: str, nothing: str | None) -> None:
    assert "remove" not in problems_of(**{key: nothing})[key]


def test_a_key_that_may_be_left_out_is_told_so() -> None:
    told = problems_of(locale=None, sms={"sender_id": ""}, shopify={"shop_domain": ""})
    assert (
        told["locale"]
        == told["sms.sender_id"]
        == "is empty; write a value after the colon, or remove the line"
    )
    assert told["shopify.shop_domain"] == "is empty; write a value after the colon"


def test_a_list_whose_entries_are_wrong_is_not_called_empty_too() -> None:
    assert list(problems_of(recovery_hosts=["https://kubek.example"])) == [
        "recovery_hosts, entry 1"
    ]
    assert problems_of(recovery_hosts=[]) == {"recovery_hosts": "must not be an empty list"}


def test_the_very_same_word_is_never_what_was_meant() -> None:
    for word in ("name", "shop", "currency"):
        told = problems_of(
            cart_timelines=[{"timeline": "none", word: "all"}], timelines=[], sms={word: "all"}
        )
        assert not [words for words in told.values() if f"did you mean `{word}`" in words]
