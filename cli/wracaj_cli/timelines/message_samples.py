"""Sample facts for the check of templates: carts with and without details, with and without codes,
and all facts of a loyalty programme.

Carts and codes are combined. Every other list is repeated beside them and not combined with them,
because a template depends on one fact at a time.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain, cycle, product
from typing import Any

from wracaj.discounts.code import DiscountCode, DiscountTerms, mint
from wracaj.events import CartContent, Item
from wracaj.language import Locale
from wracaj.loyalty.grants import Grant, GrantKind, GrantState
from wracaj.loyalty.ledger import Posting
from wracaj.loyalty.points import Expiring
from wracaj.loyalty.programme import Programme
from wracaj.loyalty.programme_terms import ProgrammeDiscount
from wracaj.loyalty.progress import Near
from wracaj.messages.facts import ContentFacts, MessageFacts
from wracaj.messages.loyalty_facts import LoyaltyFacts
from wracaj.timelines.steps import ContentKind
from wracaj_cli.preview import SAMPLE_SHOP
from wracaj_cli.sample_loyalty import PERKS, PROGRAMME

LINK = "https://wracaj.example/c/token"
AT = datetime(2026, 11, 22, 13, tzinfo=UTC)
SHOPS = (
    SAMPLE_SHOP.model_copy(update={"logo_url": "https://kubek.example/logo.png"}),
    SAMPLE_SHOP.model_copy(
        update={"email": SAMPLE_SHOP.email.model_copy(update={"reply_to": None})}
    ),
)
WHOLE = Item(
    title="Kubek",
    quantity=Decimal(2),
    unit_price=Decimal("49.50"),
    image_url="https://kubek.example/kubek.png",
    url="https://kubek.example/kubek",
)
UNSEEN = WHOLE.model_copy(update={"quantity": Decimal("0.5"), "image_url": None, "url": None})
CARTS = (
    CartContent(
        items=(WHOLE, UNSEEN, *[WHOLE] * 9),
        currency="PLN",
        total=Decimal("1084.50"),
    ),
    CartContent(items=(Item(title="", quantity=Decimal(1)),)),
    CartContent(),
)
FULL_PROGRAMME = Programme.model_validate(
    {
        "currency": "PLN",
        "margin_percent": 40,
        "points": {"per_unit": 1, "exchange": {"points": 500, "discount": {"amount": 5}}},
        "tiers": [
            {"name": "Srebrny", "by": "points", "threshold": 500, "points_factor": "1.5"},
            {"name": "Złoty", "threshold": 2000, "perks": PERKS},
        ],
        "rewards": [
            {"name": per, "threshold": 500, "per": per, "discount": {"amount": 5}}
            for per in ("month", "quarter", "half_year", "year", "ever")
        ],
    }
)
BARE_PROGRAMME = Programme.model_validate(
    {"currency": "PLN", "margin_percent": 40, "points": {"value": 0}}
)


def samples(locale: Locale, kind: ContentKind | None) -> Iterator[MessageFacts]:
    """Return the facts for a message with this content, in this language."""
    told = list(_told(kind))
    seen = chain(product(CARTS, _vouchers()), ((CARTS[0], ()) for _ in told))
    others = zip(
        cycle((None, "Ania")), cycle(SHOPS), cycle((None, LINK)), cycle(told), strict=False
    )
    for (content, vouchers), (name, shop, why_link, more) in zip(seen, others, strict=False):
        yield _facts(locale, content, vouchers, more, first_name=name, shop=shop, why_link=why_link)


def _facts(
    locale: Locale,
    content: CartContent,
    vouchers: tuple[DiscountCode, ...],
    told: ContentFacts,
    **more: Any,
) -> MessageFacts:
    facts = {
        "locale": locale,
        "content": content,
        "recovery_link": LINK,
        "unsubscribe_link": LINK,
        "preferences_link": LINK,
        "voucher": vouchers[0] if vouchers else None,
        "more_vouchers": vouchers[1:],
    }
    return MessageFacts.model_validate(facts | more | told)


def _vouchers() -> list[tuple[DiscountCode, ...]]:
    """Return no code, one code of each kind, and all codes together."""
    worths = (
        DiscountTerms(percent=10),
        DiscountTerms(amount=Decimal(20), currency="PLN"),
        DiscountTerms(product_id="7", product_title="Kubek"),
        DiscountTerms(free_shipping=True),
    )
    least = (None, Decimal(150), None, Decimal(100))
    codes = [mint(worth, AT, AT, total, "PLN") for worth, total in zip(worths, least, strict=True)]
    return [(), *((code,) for code in codes), tuple(codes)]


def _told(kind: ContentKind | None) -> Iterator[ContentFacts]:
    match kind:
        case "reward":
            every = [_given(kind) for kind in GrantKind]
            yield from (_loyalty(given=(one,)) | {"points_balance": 480} for one in every)
            yield _loyalty(given=tuple(every))
        case "nudge":
            yield from (_loyalty(near=near) for near in _thresholds())
        case "expiring":
            for worth, balance in ((Decimal(0), 250), (Decimal("7.50"), 480)):
                soon = Expiring(points=250, last_day=date(2026, 11, 30), worth=worth)
                yield _loyalty(expiring=soon) | {"points_balance": balance}
        case "invitation":
            for programme, tier in ((PROGRAMME, None), (FULL_PROGRAMME, "Złoty")):
                yield ContentFacts(programme=programme, points_balance=480, tier=tier)
            yield ContentFacts(programme=BARE_PROGRAMME, points_balance=0, tier=None)
        case _:
            yield ContentFacts()
            yield from (_loyalty(reaches=near) for near in _thresholds())
            yield ContentFacts(points_earned=120, points_balance=120)
            yield ContentFacts(points_earned=1, points_balance=480)


def _loyalty(**told: Any) -> ContentFacts:
    return ContentFacts(loyalty=LoyaltyFacts(programme=PROGRAMME, **told))


def _given(kind: GrantKind) -> Grant:
    named: Mapping[GrantKind, str] = {
        GrantKind.REWARD: "500 zł w kwartale",
        GrantKind.TIER: "Złoty",
    }
    posted = Posting(month="2026-11", currency="PLN", points=150)
    state = GrantState.ISSUED
    return Grant(key=kind, kind=kind, name=named.get(kind, ""), at=AT, state=state, posted=posted)


def _thresholds() -> Iterator[Near]:
    for kind, perks in (("reward", ()), ("tier", PERKS)):
        gives = (ProgrammeDiscount(amount=Decimal(25)), ProgrammeDiscount(free_shipping=True))
        for discount in (None, *gives):
            known = {"key": kind, "kind": kind, "name": "Złoty", "missing": 38, "perks": perks}
            yield Near.model_validate(known | {"discount": discount})
