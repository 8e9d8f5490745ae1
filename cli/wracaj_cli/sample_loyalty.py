"""A made-up loyalty programme, and what a message would say of it."""

from datetime import UTC, date, datetime
from decimal import Decimal

from wracaj.loyalty.grants import Grant, GrantKind, GrantState
from wracaj.loyalty.ledger import Posting
from wracaj.loyalty.points import Expiring
from wracaj.loyalty.programme import Programme
from wracaj.loyalty.progress import Near
from wracaj.messages.loyalty_facts import LoyaltyFacts

PERKS = [
    {"pl": "darmowa dostawa", "en": "free delivery"},
    {"pl": "pierwszeństwo w nowościach", "en": "first to see what is new"},
]
PROGRAMME = Programme.model_validate(
    {
        "currency": "PLN",
        "margin_percent": 40,
        "points": {"per_unit": 1, "value": "0.03"},
        "tiers": [{"name": "Złoty", "threshold": 2000, "perks": PERKS}],
        "rewards": [
            {
                "name": "500 zł w kwartale",
                "threshold": 500,
                "discount": {"amount": 25, "valid_days": 30},
            }
        ],
        "achievements": [
            {
                "name": "Trzy zamówienia w 90 dni",
                "action": "orders",
                "points": 150,
                "spent_from": 50,
            }
        ],
        "birthday": {"percent": 15},
    }
)


def sample_loyalty(template: str) -> LoyaltyFacts | None:
    """Return the facts for this template, or None if its message says nothing of the programme."""
    match template:
        case "reward":
            return LoyaltyFacts(
                programme=PROGRAMME,
                given=(_given(GrantKind.REWARD), _given(GrantKind.ACHIEVEMENT, points=150)),
            )
        case "nudge":
            return LoyaltyFacts(programme=PROGRAMME, near=_near("38"))
        case "cart_reminder" | "cart_discount":
            return LoyaltyFacts(programme=PROGRAMME, reaches=_tier())
        case "points_expiring":
            soon = Expiring(points=250, last_day=date(2026, 11, 30), worth=Decimal("7.50"))
            return LoyaltyFacts(programme=PROGRAMME, expiring=soon)
        case "birthday" | "anniversary":
            return LoyaltyFacts(programme=PROGRAMME, given=(_given(GrantKind(template)),))
    return None


def _given(kind: GrantKind, points: int = 0) -> Grant:
    names = {
        GrantKind.REWARD: PROGRAMME.rewards[0].name,
        GrantKind.ACHIEVEMENT: PROGRAMME.achievements[0].name,
    }
    at = datetime(2026, 11, 22, 13, tzinfo=UTC)
    posted = Posting(month="2026-11", currency="PLN", points=points)
    return Grant(
        key=str(kind),
        kind=kind,
        name=names.get(kind, ""),
        at=at,
        state=GrantState.ISSUED,
        posted=posted,
    )


def _near(missing: str) -> Near:
    reward = PROGRAMME.rewards[0]
    return Near(
        key="reward",
        kind="reward",
        name=reward.name,
        missing=Decimal(missing),
        discount=reward.discount,
    )


def _tier() -> Near:
    tier = PROGRAMME.tiers[0]
    return Near(key="tier", kind="tier", name=tier.name, missing=Decimal(1), perks=tier.perks)
