"""Reports of a page's cart in any order, with repetitions and delays, beside the shop's own events.
The last report is what counts, and nothing follows the order or a stop."""

import itertools
import json
import os
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storefront_cart.plain_titles import LONGEST, harmless
from storefront_cart.report import Report
from storefront_cart.reporting import Reporting
from support.builders import HOUR, NOON, a_step, an_order
from support.clocks import Clock
from support.page_carts import STOREFRONT, a_line, a_report, id_of
from support.scenes import Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.customers.identity import IdentifierKind, identifier_of
from wracaj.errors import PayloadError
from wracaj.events import ConsentChanged, Contact, Product
from wracaj.services.intake.dispatch import Intake
from wracaj.store.page_carts import MOST_AHEAD
from wracaj.timelines.occasion import OccasionKind, occasion_id
from wracaj.timelines.steps import Outcome

MAIL = "ala.nowak@poczta.example"
SECOND = timedelta(seconds=1)
ANY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
_shops = itertools.count()

Json = dict[str, Any]


@dataclass
class Page:
    """A page whose clock is wrong, and a network that delivers when it likes."""

    scene: Scene
    clock: Clock
    name: str = "c"
    wrong_by: timedelta = timedelta(days=400)

    def says(self, second: int, email: str | None = MAIL, **changes: Any) -> Json:
        at = NOON + second * SECOND + self.wrong_by
        return a_report(self.name, email, at=at, **changes)

    def arrives(self, body: Json, second: float) -> str:
        self.clock.time = NOON + second * SECOND
        store = self.scene.store
        taking = Reporting(store, Intake(store, self.scene._start))
        report = Report.read(json.dumps(body).encode())
        return taking.take(self.scene.shop.settings, report)[1]

    @property
    def cart(self) -> Any:
        return self.scene.cart(id_of(self.scene.shop, self.name))


@pytest.fixture
def page(store: Any, clock: Clock) -> Page:
    return a_page(store, clock)


def a_page(store: Any, clock: Clock, **changes: Any) -> Page:
    shop = f"page-carts-{os.getpid()}-{next(_shops)}"
    told = {"storefront": STOREFRONT, "switched_on_at": NOON - 99 * HOUR}
    return Page(a_scene(store, shop, **told, **changes), clock)


STATES: list[Json] = [
    {"items": [a_line(quantity="1")]},
    {"items": [a_line(quantity="2")], "email": None, "wording": None},
    {"items": []},
    {"items": [a_line(quantity="3")], "email": "druga@poczta.example"},
    {"agreed": False, "email": None, "wording": None},
]


@ANY
@given(
    states=st.lists(st.sampled_from(STATES), min_size=1, max_size=5),
    delays=st.lists(st.floats(0, 200), min_size=6, max_size=6),
    again=st.lists(st.integers(0, 4), max_size=3),
)
def test_in_whatever_order_reports_come_the_cart_ends_as_the_page_had_it(
    store: Any, clock: Clock, states: list[Json], delays: list[float], again: list[int]
) -> None:
    told = [{"items": [a_line()]}, *states]

    def ends_as(page: Page, late: list[float]) -> Json:
        sent = [
            (number * 5 + delay, number * 5, state)
            for number, (state, delay) in enumerate(zip(told, late, strict=False))
        ]
        sent += [(at + 300, second, state) for at, second, state in sent if second // 5 in again]
        for at, second, state in sorted(sent, key=lambda one: one[0]):
            page.arrives(page.says(second, **state), at)
        cart = page.cart
        word = cart.consent.get(Channel.EMAIL)
        return {"content": cart.content, "contact": cart.contact, "state": word and word.state}

    assert ends_as(a_page(store, clock), delays) == ends_as(a_page(store, clock), [0.0] * 6)


@ANY
@given(
    late=st.floats(0, 500),
    report=st.integers(0, 3600),
    repeated=st.lists(st.floats(0, 7200), max_size=4),
    by_cart=st.booleans(),
)
def test_after_the_order_no_report_brings_a_message(
    store: Any, clock: Clock, late: float, report: int, repeated: list[float], by_cart: bool
) -> None:
    """`late`: how long before the order the page still reported."""
    page = a_page(store, clock)
    body = page.says(report)
    page.arrives(body, report)
    placed = NOON + (report + late) * SECOND
    named = {"cart_ids": (id_of(page.scene.shop, "c"),), "contact": Contact()}
    who = named if by_cart else {"cart_ids": (), "contact": Contact(email=MAIL)}
    clock.time = placed
    page.scene.take(an_order(at=placed, placed_at=placed, **who))
    for second in sorted(repeated):
        page.arrives(body | {"items": [a_line(quantity="9")]}, report + late + second)
    for hours in (4, 30):
        clock.time = placed + hours * HOUR
        result = page.scene.step(a_step(after_seconds=0), cart_id=id_of(page.scene.shop, "c"))
        assert result.outcome is not Outcome.SENT
    assert page.scene.provider.sent == []


@ANY
@given(
    stop=st.floats(-500, 500),
    reports=st.lists(st.integers(0, 300), min_size=1, max_size=4),
    carts=st.integers(1, 3),
)
def test_a_stop_wins_whenever_it_comes(
    store: Any, clock: Clock, stop: float, reports: list[int], carts: int
) -> None:
    page, known = a_page(store, clock), []
    moments: list[tuple[float, Any]] = [(stop * 60, None)]
    moments += [(float(second * 60), second) for second in reports]
    for second, report in sorted(moments, key=lambda one: one[0]):
        clock.time = NOON + second * SECOND
        if report is None:
            word = Consent(state=ConsentState.UNSUBSCRIBED, at=clock.time, source="link")
            told = {"channel": Channel.EMAIL, "contact": Contact(email=MAIL)}
            page.scene.take(ConsentChanged(at=clock.time, consent=word, **told))
            continue
        page.name = f"c{report % carts}"
        known.append(page.name)
        page.arrives(page.says(int(second)), second)
    clock.time = NOON + 12 * HOUR
    for name in known:
        page.scene.step(a_step(after_seconds=0), cart_id=id_of(page.scene.shop, name))
    assert page.scene.provider.sent == []


@ANY
@given(page_time=st.integers(1, 2**53 - 1), second=st.integers(1, 2**53 - 1))
def test_a_page_dates_nothing_far_from_its_receipt(
    store: Any, clock: Clock, page_time: int, second: int
) -> None:
    page = a_page(store, clock)
    page.arrives(a_report("c", MAIL, at=page_time), 0)
    page.arrives(a_report("c", MAIL, items=[a_line(quantity="3")], at=second), 60)
    assert page.cart.created_at <= NOON
    assert NOON - HOUR < page.cart.last_activity_at <= clock.time + MOST_AHEAD


def test_a_yes_that_a_stranger_typed_makes_nobody_known(page: Page) -> None:
    """Else the address's owner would get no welcome when they really subscribe."""
    page.arrives(page.says(0), 0)
    log, shop = page.scene.store.consent_log, page.scene.shop.id
    name, later = identifier_of(shop, IdentifierKind.EMAIL, MAIL), NOON + 99 * HOUR
    assert not log.spoke_before(shop, [name], later)
    log.add(shop, name, Channel.EMAIL, Consent(state=ConsentState.SUBSCRIBED, at=NOON + HOUR))
    assert log.spoke_before(shop, [name], later)


@pytest.mark.parametrize("products", [(), (Product(product_id="9", title="Talerz"),)])
def test_what_was_bought_is_not_what_a_page_says(
    store: Any, clock: Clock, products: tuple[Product, ...]
) -> None:
    """The order names the page's cart. What follows it shows nothing of that cart."""
    page = a_page(store, clock, timelines=["abandoned_cart", "after_purchase"])
    page.arrives(page.says(0), 0)
    cart_id = id_of(page.scene.shop, "c")
    page.scene.take(an_order(order_id="o1", placed_at=NOON, cart_ids=(cart_id,), products=products))
    assert page.cart.ordered and page.cart.content.items
    about = store.carts.subject(page.scene.shop.id, occasion_id(OccasionKind.AFTER_PURCHASE, "o1"))
    assert [item.title for item in about.content.items] == [one.title for one in products]


# --- bodies ---------------------------------------------------------------------------------------

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(field=st.sampled_from([*a_report("c", MAIL), "agreed", "more"]), value=VALUES)
def test_any_value_is_read_or_refused_by_its_field(field: str, value: Any) -> None:
    try:
        Report.read(json.dumps(a_report("c", MAIL) | {field: value}).encode())
    except PayloadError as refused:
        assert all(place and words for place, words in refused.problems)


@settings(max_examples=300, deadline=None)
@given(raw=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with pytest.raises(PayloadError):
        Report.read(raw)


def looks_like_host(letters: tuple[str, str, str, str]) -> bool:
    """Whether a word, a dot and two letters follow each other: no ending of a host is shorter."""
    before, _, *after = letters
    return before.isalnum() and all(map(str.isalpha, after))


@settings(max_examples=500, deadline=None)
@given(title=st.text(max_size=300) | st.from_regex(r"(https?://)?[a-z]+\.[a-z]{2,6}(/\w*)?"))
def test_no_title_holds_what_a_mail_program_makes_a_link_of(title: str) -> None:
    shown = harmless(title)
    assert shown and len(shown) <= LONGEST and shown.isprintable()
    assert "@" not in shown and "://" not in shown and "www." not in shown.lower()
    hosts = zip(shown, shown[1:], shown[2:], shown[3:], strict=False)
    assert not [one for one in hosts if one[1] == "." and looks_like_host(one)]
