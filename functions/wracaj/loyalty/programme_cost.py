"""What a loyalty programme gives away, as sums that `margin.py` compares with the shop's margin.

`delivery_cost`: what one delivery costs the shop, tax included like the sales that pay for it.
None: the shop does not state it, and free delivery is left out of the sums.
"""

from collections.abc import Iterable
from decimal import ROUND_FLOOR, Decimal

from wracaj.loyalty import margin
from wracaj.loyalty.margin import CENT, GivenAway, Ladder, Offer
from wracaj.loyalty.programme_terms import Achievement, Gift, Points, ProgrammeDiscount, Terms, Tier

TWELVE_MONTHS = 12


def problem_of(programme: Terms, delivery_cost: Decimal | None) -> str | None:
    """Return the sum that exceeds the margin, in words. None: the margin pays for the programme."""
    always, codes, once = (
        always_given(programme, delivery_cost),
        list(_codes(programme, delivery_cost)),
        list(_given_once(programme, delivery_cost)),
    )
    return _reached_for_nothing(programme) or margin.problem_of(
        programme.margin_percent, programme.currency, always, codes, once
    )


def always_given(programme: Terms, delivery_cost: Decimal | None) -> list[Offer]:
    """Return what each 100 of sales gives away, whatever is bought. It is computed for a customer
    in the best tier."""
    offers: list[Offer] = []
    if points := programme.points:
        rate, point = _best_rate(programme, points), worth_of_point(points, delivery_cost)
        told = f"{points.per_unit} points × {point} × factor {rate / points.per_unit} × 100"
        offers.append(Offer(told, rate * point * 100))
    if programme.cashback:
        offers.append(
            Offer(f"cashback of {programme.cashback.percent} %", programme.cashback.percent)
        )
    return offers + [margin.most_of(ladder) for ladder in _of_spending(programme, delivery_cost)]


def _of_spending(programme: Terms, delivery_cost: Decimal | None) -> Iterable[Ladder]:
    """Yield the ladders of gifts for a spend. Rewards of the same kind of period are one ladder,
    because the same sales pay for them."""
    ladders: dict[str, list[GivenAway]] = {}
    for reward in programme.rewards:
        if cost := reward.discount.cost(delivery_cost):
            told = _told(reward.discount, cost)
            ladders.setdefault(reward.per, []).append(
                GivenAway(f"rewards.{reward.name}", told, cost, reward.threshold)
            )
    if (gift := programme.order_gift) and (cost := gift.discount.cost(delivery_cost)):
        told = _told(gift.discount, cost)
        ladders["order"] = [GivenAway("order_gift", told, cost, gift.order_from)]
    return ladders.values()


def _told(discount: ProgrammeDiscount, cost: Decimal) -> str:
    return f"free delivery {cost}" if discount.free_shipping else f"{cost}"


def _given_once(programme: Terms, delivery_cost: Decimal | None) -> Iterable[Ladder]:
    """Yield the ladders of what is given once in twelve months, or once ever. The tiers are one
    ladder. Each other gift is a ladder of its own, paid by its own months."""
    tiers = [
        GivenAway(
            f"tiers.{tier.name}",
            f"1 × {_told(tier.discount, cost)}",
            cost,
            spent_for(tier, programme),
        )
        for tier in programme.tiers
        if tier.discount
        and (cost := tier.discount.cost(delivery_cost))
        and tier.discount.minimum_total is None
    ]
    if tiers:
        yield tiers
    for name, gift in _gifts(programme):
        if (cost := gift.cost(delivery_cost)) and gift.minimum_total is None:
            mend = "spent_from" if gift.product_cost else "minimum_total or spent_from"
            yield [GivenAway(name, f"1 × {_told(gift, cost)}", cost, gift.spent_from, mend)]
    if programme.points and (point := worth_of_point(programme.points, delivery_cost)):
        for rule in programme.achievements:
            told = f"{rule.most_in_a_year} × {rule.points} points × {point}"
            yield [
                GivenAway(
                    f"achievements.{rule.name}",
                    told,
                    rule.most_in_a_year * rule.points * point,
                    rule.spent_from,
                )
            ]


def _codes(programme: Terms, delivery_cost: Decimal | None) -> Iterable[Offer]:
    """Yield the codes that are paid by the one order on which they are used."""
    for name, prize in [*_prizes(programme), *_gifts_and_tiers(programme)]:
        if prize.percent:
            yield Offer(f"{name}: {prize.percent} %", Decimal(prize.percent))
    for name, prize in _gifts_and_tiers(programme):
        if (cost := prize.cost(delivery_cost)) and prize.minimum_total:
            yield of_an_order(name, cost, prize.minimum_total, is_delivery=prize.free_shipping)


def gives_free_shipping(programme: Terms) -> list[str]:
    """Return the parts of the programme that give free delivery, such as "rewards.Kwartał"."""
    given = [*_prizes(programme), *_gifts_and_tiers(programme)]
    return [name for name, discount in given if discount.free_shipping]


def _prizes(programme: Terms) -> list[tuple[str, ProgrammeDiscount]]:
    """Return the discounts that are reached by spending, with their names."""
    found = [(f"rewards.{reward.name}", reward.discount) for reward in programme.rewards]
    if programme.order_gift:
        found.append(("order_gift", programme.order_gift.discount))
    if programme.points and programme.points.exchange:
        found.append(("points.exchange", programme.points.exchange.discount))
    return found


def _gifts_and_tiers(programme: Terms) -> list[tuple[str, ProgrammeDiscount]]:
    tiers = [(f"tiers.{tier.name}", tier.discount) for tier in programme.tiers if tier.discount]
    return [*_gifts(programme), *tiers]


def of_an_order(name: str, cost: Decimal, order: Decimal, *, is_delivery: bool = False) -> Offer:
    given = f"free delivery {cost}" if is_delivery else f"{cost}"
    return Offer(f"{name}: {given} ÷ {order} × 100", cost / order * 100)


def _gifts(programme: Terms) -> list[tuple[str, Gift]]:
    named = [
        (name, getattr(programme, name)) for name in ("first_purchase", "birthday", "anniversary")
    ]
    return [(name, gift) for name, gift in named if gift]


def worth_of_point(points: Points, delivery_cost: Decimal | None) -> Decimal:
    """Return what a point costs the shop: its value in the settings, or its share of an exchanged
    code, whichever is higher."""
    exchange = points.exchange
    cost = exchange.discount.cost(delivery_cost) if exchange else None
    return max(points.value, cost / exchange.points if exchange and cost else Decimal(0))


def _best_rate(programme: Terms, points: Points) -> Decimal:
    return points.per_unit * max(
        (tier.points_factor for tier in programme.tiers), default=Decimal(1)
    )


def spent_for(tier: Tier, programme: Terms) -> Decimal | None:
    """Return the least spend with which the tier can be reached. It assumes the best tier's points
    for orders, and all points of achievements that this spend allows. None: no spend is needed."""
    if tier.by == "spend" or programme.points is None:
        return tier.threshold
    asked = sorted(
        {Decimal(0), *(rule.spent_from or Decimal(0) for rule in programme.achievements)}
    )
    for spent, more in zip(asked, [*asked[1:], None], strict=True):
        achieved = sum(
            _points_of(rule, tier)
            for rule in programme.achievements
            if (rule.spent_from or 0) <= spent
        )
        least = max(
            spent, (tier.threshold - achieved) / _best_rate(programme, programme.points)
        ).quantize(CENT, ROUND_FLOOR)
        if more is None or least < more:
            break
    return least or None


def _points_of(rule: Achievement, tier: Tier) -> int:
    """Return the most points that the achievement can give in the months that the tier counts."""
    return -(-tier.within_months // TWELVE_MONTHS) * rule.most_in_a_year * rule.points


def _reached_for_nothing(programme: Terms) -> str | None:
    for tier in programme.tiers:
        if tier.discount and spent_for(tier, programme) is None:
            points = sum(_points_of(rule, tier) for rule in programme.achievements)
            return (
                f"tiers.{tier.name} is reached by points of achievements alone ({points} of"
                f" {tier.threshold}); raise its threshold"
            )
    return None
