"""Which timeline a cart takes: the rules that people may write, what is refused, and what is
chosen."""

import re
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from support.builders import NOON, a_cart, a_shopper, some_content, some_settings
from wracaj.errors import SettingsError
from wracaj.events import Contact
from wracaj.loyalty.ledger import Account, Posting
from wracaj.segments.rfm import Rfm, Segment
from wracaj.settings.shop import ShopSettings
from wracaj.settings.timeline_rules import (
    CartRule,
    CartTimeline,
    Choice,
    Traits,
    amounts_that_hold,
    first_that_holds,
    holds,
)
from wracaj.timelines.selection import choose
from wracaj_cli.house import ROOT, STATE_MACHINES
from wracaj_cli.shops.settings_file import example, read_settings
from wracaj_cli.timelines.model import timeline
from wracaj_cli.timelines.reading import read

ALL = ["abandoned_cart", "high_value_cart", "regular_cart"]
CLUB = {
    "currency": "PLN",
    "margin_percent": "30",
    "tiers": [{"name": "Srebro", "threshold": "500"}, {"name": "Złoto", "threshold": "2000"}],
}
EXPENSIVE = {"timeline": "high_value_cart", "cart_total_from": "2000", "currency": "PLN"}
REGULARS = {"timeline": "regular_cart", "segments": ["champions", "loyal"]}
SMALL = {"timeline": "none", "cart_total_below": "30", "currency": "PLN"}


def shop_with(*rules: dict[str, Any], **changes: Any) -> ShopSettings:
    named = {rule["timeline"] for rule in rules} - {"none"}
    listed = [name for name in ALL if name == "abandoned_cart" or name in named]
    return some_settings(
        **({"timelines": listed, "loyalty": CLUB, "cart_timelines": list(rules)} | changes)
    )


def scored(segment: Segment) -> Rfm:
    return Rfm(recency=5, frequency=5, monetary=5, segment=segment, at=NOON)


def an_account(spend: int, currency: str = "PLN") -> Account:
    return Account().post(
        Posting(), Posting(month="2026-11", currency=currency, spend=Decimal(spend), orders=1)
    )


def chosen(
    shop: ShopSettings, total: str | None = "99.00", currency: str | None = "PLN", **given: Any
) -> Choice:
    cart = a_cart(
        content=some_content(total=Decimal(total) if total else None, currency=currency),
        contact=given.pop("contact", Contact()),
    )
    customer = a_shopper(
        last_order_at=given.pop("last_order_at", None),
        contact=Contact(email="anna@example.com"),
        consent={},
    )
    return choose(cart, customer, given.pop("account", None), given.pop("rfm", None), shop, NOON, 1)


# --- what is chosen -------------------------------------------------------------------------------


def test_without_rules_every_cart_takes_the_timeline_that_it_always_took() -> None:
    choice = chosen(some_settings())
    assert (choice.timeline, choice.rule) == ("abandoned_cart", None)


def test_the_first_rule_that_holds_counts_and_where_none_does_it_is_abandoned_cart() -> None:
    shop = shop_with(EXPENSIVE, REGULARS, SMALL)
    loyal = scored(Segment.LOYAL)
    assert [
        (c.timeline, c.rule)
        for c in (chosen(shop, "2000", rfm=loyal), chosen(shop, "99", rfm=loyal))
    ] == [
        ("high_value_cart", 1),
        ("regular_cart", 2),
    ]
    assert [(c.timeline, c.rule) for c in (chosen(shop, "29.99"), chosen(shop, "99"))] == [
        ("none", 3),
        ("abandoned_cart", None),
    ]


def test_where_no_rule_holds_and_abandoned_cart_does_not_run_the_cart_takes_none() -> None:
    shop = shop_with(EXPENSIVE, timelines=["high_value_cart"])
    assert [chosen(shop, total).timeline for total in ("2000", "1999.99")] == [
        "high_value_cart",
        "none",
    ]


@pytest.mark.parametrize(
    ("total", "currency", "takes"),
    [
        ("2000.00", "PLN", "high_value_cart"),
        ("1999.99", "PLN", "abandoned_cart"),
        ("30", "PLN", "abandoned_cart"),
        ("29.99", "PLN", "none"),
        ("9000", "EUR", "abandoned_cart"),
        ("1", "EUR", "abandoned_cart"),
        ("9000", None, "abandoned_cart"),
        (None, "PLN", "abandoned_cart"),
        (None, None, "abandoned_cart"),
    ],
)
def test_amounts_are_compared_in_their_own_currency_only(
    total: str | None, currency: str | None, takes: str
) -> None:
    assert chosen(shop_with(EXPENSIVE, SMALL), total, currency).timeline == takes


@pytest.mark.parametrize(
    ("total", "currency", "rule"),
    [("5", "EUR", 1), (None, "EUR", 1), ("5", "PLN", None), ("5", None, None)],
)
def test_a_currency_alone_is_a_condition_too(
    total: str | None, currency: str | None, rule: int | None
) -> None:
    assert chosen(shop_with({"timeline": "none", "currency": "EUR"}), total, currency).rule == rule


@pytest.mark.parametrize(
    ("segment", "rule"),
    [(Segment.CHAMPIONS, 1), (Segment.LOYAL, 1), (Segment.AT_RISK, None), (None, None)],
)
def test_a_segment_is_that_of_the_last_scores(segment: Segment | None, rule: int | None) -> None:
    assert chosen(shop_with(REGULARS), rfm=scored(segment) if segment else None).rule == rule


@pytest.mark.parametrize(
    ("spend", "currency", "rule"),
    [(2000, "PLN", 1), (1999, "PLN", None), (9000, "EUR", None), (0, "PLN", None)],
)
def test_a_tier_is_the_one_that_the_shopper_is_in_today(
    spend: int, currency: str, rule: int | None
) -> None:
    shop = shop_with({"timeline": "regular_cart", "tiers": ["Złoto"]})
    assert chosen(shop, account=an_account(spend, currency) if spend else None).rule == rule


def test_new_and_returning_go_by_whether_an_order_is_known() -> None:
    shop = shop_with(
        {"timeline": "regular_cart", "customer": "returning"},
        {"timeline": "none", "customer": "new"},
    )
    assert [chosen(shop, last_order_at=at).rule for at in (NOON - timedelta(days=900), None)] == [
        1,
        2,
    ]


@pytest.mark.parametrize(("told", "rule"), [("pl-PL", 1), ("en", None), ("de", None), (None, 1)])
def test_a_language_is_the_one_that_the_shopper_would_be_written_to_in(
    told: str | None, rule: int | None
) -> None:
    shop = shop_with({"timeline": "regular_cart", "locale": "pl"})
    assert chosen(shop, contact=Contact(locale=told)).rule == rule


def test_all_conditions_of_a_rule_must_hold() -> None:
    shop = shop_with(EXPENSIVE | {"customer": "returning", "locale": "en"})
    yes = {"total": "2000", "last_order_at": NOON, "contact": Contact(locale="en")}
    assert chosen(shop, **yes).rule == 1  # type: ignore[arg-type]
    for change in ({"total": "1999"}, {"last_order_at": None}, {"contact": Contact(locale="pl")}):
        assert chosen(shop, **(yes | change)).rule is None  # type: ignore[arg-type]


# --- what people may write ------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["at risk", "At risk", " at_risk", "AT-RISK"])
def test_a_segment_may_be_written_as_people_write_it(written: str) -> None:
    assert shop_with({"timeline": "none", "segments": [written]}).cart_timelines[0].segments == (
        Segment.AT_RISK,
    )


MISTAKES: list[tuple[str, list[dict[str, Any]], dict[str, Any], str, str]] = [
    (
        "a timeline that there is not",
        [{"timeline": "weeks"}],
        {},
        "cart_timelines, entry 1, timeline",
        "high_value_cart",
    ),
    (
        "a timeline that is of no cart",
        [{"timeline": "welcome"}],
        {},
        "cart_timelines, entry 1, timeline",
        "or none",
    ),
    ("no timeline", [{"customer": "new"}], {}, "cart_timelines, entry 1, timeline", "is missing"),
    (
        "a misspelt condition",
        [{"timeline": "none", "segment": ["loyal"]}],
        {},
        "cart_timelines, entry 1, segment",
        "is not a setting",
    ),
    (
        "a timeline that does not run",
        [REGULARS],
        {"timelines": ["abandoned_cart"]},
        "cart_timelines",
        "rule 1 leads to regular_cart",
    ),
    (
        "no rule for a timeline that runs",
        [REGULARS],
        {"timelines": ALL},
        "cart_timelines",
        "`timelines` has high_value_cart, and no rule leads to it",
    ),
    (
        "timelines and no rules at all",
        [],
        {"timelines": ALL},
        "cart_timelines",
        "no rule leads to it",
    ),
    (
        "an amount in no currency",
        [{"timeline": "none", "cart_total_below": "30"}],
        {},
        "cart_timelines, entry 1",
        "needs its `currency`",
    ),
    (
        "a currency in words",
        [SMALL | {"currency": "zł"}],
        {},
        "cart_timelines, entry 1, currency",
        "must be three capital letters",
    ),
    (
        "an amount of nothing",
        [SMALL | {"cart_total_below": "0"}],
        {},
        "cart_timelines, entry 1, cart_total_below",
        "must be above 0",
    ),
    (
        "an amount below itself",
        [SMALL | {"cart_total_from": "30"}],
        {},
        "cart_timelines, entry 1",
        "30 or more and below 30",
    ),
    (
        "a segment that there is not",
        [REGULARS | {"segments": ["vip"]}],
        {},
        "cart_timelines, entry 1, segments, entry 1",
        "must be champions, loyal",
    ),
    (
        "a tier that there is not",
        [{"timeline": "none", "tiers": ["Gold"]}],
        {},
        "cart_timelines",
        (
            "rule 1 names the tier 'Gold', which `loyalty.tiers` does not have: there are Srebro,"
            " Złoto"
        ),
    ),
    (
        "a tier and no club",
        [{"timeline": "none", "tiers": ["Złoto"]}],
        {"loyalty": None},
        "cart_timelines",
        "there are none",
    ),
    (
        "new ones in a segment",
        [REGULARS | {"customer": "new"}],
        {},
        "cart_timelines, entry 1",
        "whoever has not ordered yet",
    ),
    (
        "weeks in a shop that forgets",
        [EXPENSIVE],
        {"keep_days": 21},
        "cart_timelines",
        "make it 30 or more (it is 21)",
    ),
    (
        "a rule behind one for all",
        [{"timeline": "none"}, REGULARS],
        {},
        "cart_timelines",
        "rule 2 can never be reached: rule 1 takes",
    ),
    (
        "a rule behind a wider one",
        [EXPENSIVE, EXPENSIVE | {"cart_total_from": "3000", "locale": "pl"}],
        {},
        "cart_timelines",
        "rule 2 can never be reached: rule 1 takes",
    ),
    (
        "a rule behind two that share everything out",
        [
            REGULARS,
            {"timeline": "none", "customer": "new"},
            {"timeline": "none", "customer": "returning"},
            EXPENSIVE,
        ],
        {},
        "cart_timelines",
        "rule 4 can never be reached: rules 1 and 2 and 3 take",
    ),
    ("rules that are no list", {"timeline": "none"}, {}, "cart_timelines", "must be a list"),  # type: ignore[list-item]
]


@pytest.mark.parametrize(
    ("rules", "changes", "key", "words"),
    [row[1:] for row in MISTAKES],
    ids=[row[0] for row in MISTAKES],
)
def test_a_rule_that_cannot_do_what_it_says_is_refused_in_words(
    rules: list[dict[str, Any]], changes: dict[str, Any], key: str, words: str
) -> None:
    listed = (
        [
            "abandoned_cart",
            *{rule["timeline"] for rule in rules if "timeline" in rule} & set(ALL[1:]),
        ]
        if isinstance(rules, list)
        else ALL
    )
    with pytest.raises(SettingsError) as refusal:
        some_settings(**({"timelines": listed, "loyalty": CLUB, "cart_timelines": rules} | changes))
    problems = dict(refusal.value.problems)
    assert key in problems, problems
    assert words in problems[key]
    assert "given: [" not in problems[key]


def test_a_mistake_elsewhere_is_told_alone() -> None:
    with pytest.raises(SettingsError) as refusal:
        shop_with(REGULARS, keep_days="long")
    assert [key for key, _ in refusal.value.problems] == ["keep_days"]


def test_a_shop_that_runs_weeks_keeps_carts_for_longer_than_they_take() -> None:
    from wracaj.settings.timeline_rules_check import KEEP_DAYS

    for name in get_args(CartTimeline):
        days = timeline(read(STATE_MACHINES / f"{name}.yaml")).total / 86_400
        assert days < KEEP_DAYS.get(name, 14) - 3, (
            "14 is the least that keep_days may be; some days go by in quiet hours"
        )


# --- for any rules and any cart -------------------------------------------------------------------

amounts = st.sampled_from([None, *map(Decimal, (0, 1, 10, 29, 30, 31, 2000, 2001))])
currencies = st.sampled_from([None, "PLN", "EUR", "USD"])
shoppers = st.one_of(
    st.just((None, None, False)),
    st.tuples(
        st.sampled_from([None, *Segment]), st.sampled_from([None, "Srebro", "Złoto"]), st.just(True)
    ),
)
traits = st.builds(
    lambda currency, total, shopper, locale: Traits(
        currency, total, shopper[0], shopper[1], shopper[2], locale
    ),
    currencies,
    amounts,
    shoppers,
    st.sampled_from(["pl", "en"]),
)


@st.composite
def some_rules(draw: st.DrawFn) -> list[CartRule]:
    rules = []
    for _ in range(draw(st.integers(1, 5))):
        told = {
            "timeline": draw(st.sampled_from([*ALL, "none"])),
            "cart_total_from": draw(st.sampled_from([None, None, 1, 10, 30, 2000])),
            "cart_total_below": draw(st.sampled_from([None, None, 10, 30, 2000])),
            "currency": draw(st.sampled_from([None, "PLN", "EUR"])),
            "segments": draw(st.lists(st.sampled_from(list(Segment)), max_size=9, unique=True)),
            "tiers": draw(st.lists(st.sampled_from(["Srebro", "Złoto"]), max_size=2, unique=True)),
            "customer": draw(st.sampled_from([None, "new", "returning"])),
            "locale": draw(st.sampled_from([None, "pl", "en"])),
        }
        try:
            rules.append(CartRule(**told))
        except ValidationError:
            continue
    assume(rules)
    return rules


def as_settings(rules: Sequence[CartRule]) -> ShopSettings:
    listed = [
        "abandoned_cart",
        *sorted({rule.timeline for rule in rules} - {"none", "abandoned_cart"}),
    ]
    return some_settings(
        timelines=listed,
        loyalty=CLUB,
        cart_timelines=[rule.model_dump(mode="json") for rule in rules],
    )


EVERY_TRAIT = [
    Traits(currency, total, segment, tier, returning, locale)
    for currency in (None, "PLN", "EUR", "USD")
    for total in (None, *map(Decimal, ("0", "5", "10", "20", "30", "1000", "2000", "9999")))
    for segment, tier, returning in [
        (None, None, False),
        *(
            (segment, tier, True)
            for segment in (None, *Segment)
            for tier in (None, "Srebro", "Złoto")
        ),
    ]
    for locale in ("pl", "en")
]


@given(rules=some_rules())
def test_a_rule_is_refused_exactly_when_no_cart_could_ever_take_it(rules: list[CartRule]) -> None:
    """Held against every cart there can be, told apart as finely as the amounts above are."""
    taken = {first_that_holds(rules, each) for each in EVERY_TRAIT}
    never = [place for place in range(1, len(rules) + 1) if place not in taken]
    if not never:
        assert len(as_settings(rules).cart_timelines) == len(rules)
        return
    with pytest.raises(SettingsError, match=f"rule {never[0]} can never be reached"):
        as_settings(rules)


@given(rules=some_rules(), each=traits)
def test_the_choice_is_always_of_the_first_rule_that_holds(
    rules: list[CartRule], each: Traits
) -> None:
    place = first_that_holds(rules, each)
    assert [holds(rule, each) for rule in rules[: place or None]] == [False] * (
        (place or len(rules) + 1) - 1
    ) + [True] * bool(place)


@given(
    rules=some_rules(),
    total=st.one_of(st.none(), st.decimals(allow_nan=False, allow_infinity=False)),
    currency=st.one_of(st.none(), st.text(max_size=3), currencies),
    rfm=st.one_of(st.none(), st.sampled_from(list(Segment)).map(scored)),
    spend=st.one_of(st.none(), st.integers(0, 5000)),
    ordered=st.booleans(),
    told=st.one_of(st.none(), st.text(max_size=8)),
    runs=st.sets(st.sampled_from(ALL)),
)
def test_whatever_the_cart_something_that_runs_is_chosen_or_none(
    rules: list[CartRule], runs: set[str], ordered: bool, spend: int | None, **given: Any
) -> None:
    shop = some_settings(loyalty=CLUB).model_copy(
        update={"cart_timelines": tuple(rules), "timelines": tuple(runs)}
    )
    content = some_content().model_copy(
        update={"total": given["total"], "currency": given["currency"]}
    )
    cart = a_cart().model_copy(
        update={"content": content, "contact": Contact(locale=given["told"])}
    )
    account = None if spend is None else an_account(spend)
    choice = choose(
        cart,
        a_shopper(last_order_at=NOON if ordered else None),
        account,
        given["rfm"],
        shop,
        NOON,
        3,
    )
    assert choice.episode == 3
    assert choice.timeline == (
        rules[choice.rule - 1].timeline
        if choice.rule
        else "abandoned_cart"
        if "abandoned_cart" in runs
        else "none"
    )
    assert choice.amounts == amounts_that_hold(rules, given["currency"], given["total"])
    assert Choice.model_validate_json(choice.model_dump_json(exclude_defaults=True)) == choice


# --- what is shown to people ----------------------------------------------------------------------


def test_the_example_in_the_comments_of_a_shops_file_can_be_put_as_it_stands(
    tmp_path: Path,
) -> None:
    text = (ROOT / "examples" / "shops" / "demo-generic.yaml").read_text(encoding="utf-8")
    commented = re.sub(r"^# (timelines:|cart_timelines:|  - \{)", r"\1", text, flags=re.MULTILINE)
    file = tmp_path / "shop.yaml"
    file.write_text(commented, encoding="utf-8")
    assert [rule.timeline for rule in read_settings(file).cart_timelines] == [
        "high_value_cart",
        "regular_cart",
        "none",
    ]


@pytest.mark.parametrize("page", ["README.md", "statemachines/README.md"])
def test_the_rules_that_the_pages_show_can_be_put_as_they_stand(tmp_path: Path, page: str) -> None:
    (rules,) = re.findall(
        r"```yaml\n(timelines:.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL
    )
    file = tmp_path / "shop.yaml"
    file.write_text(example("generic") + rules, encoding="utf-8")
    assert len(read_settings(file).cart_timelines) == 3
