"""Content of loyalty messages: each reward once, one nudge for each threshold, points about to
expire."""

from reminder_step.context import MessageContent, MessageContext
from wracaj.archive.decisions import Mark, MarkKind
from wracaj.loyalty.grants import given_for_good, told_at
from wracaj.loyalty.points import expiring
from wracaj.loyalty.progress import grant_keys, nudge_of, reached_with
from wracaj.messages.facts import ContentFacts
from wracaj.messages.loyalty_facts import LoyaltyFacts
from wracaj.store.grants import Held
from wracaj.timelines.occasion import Occasion

MOST_TOLD = 12  # in one message; the next message has the others


def rewards(given: MessageContext) -> MessageContent | None:
    """Rewards that were granted and not announced yet, or claimed by an earlier try of this
    message."""
    programme, grants = given.shop.loyalty, given.store.grants
    if programme is None or not given.goes_to_recorded_address:
        return None
    to_tell = [held for held in grants.of(given.shop.shop, given.shopper) if _is_for(held, given)][
        :MOST_TOLD
    ]
    if not to_tell:
        return None
    vouchers = tuple(held.grant.voucher for held in to_tell if held.grant.voucher)
    facts = ContentFacts(
        loyalty=LoyaltyFacts(programme=programme, given=tuple(held.grant for held in to_tell)),
        more_vouchers=vouchers,
    )
    actions = tuple(
        grants.marking_announced(given.shop.shop, held, given.message_id) for held in to_tell
    )
    shop, shopper, message = given.shop.shop, given.shopper, given.message_id
    return MessageContent(
        {**facts, **given.read_balance()},
        actions,
        lambda: grants.freeing(shop, shopper, message),
        marks=tuple(Mark(MarkKind.GRANT, held.owner, held.grant.key) for held in to_tell),
    )


def _is_for(held: Held, given: MessageContext) -> bool:
    tells = held.grant.to_tell(given.moment, given.message_id)
    return tells and told_at(held.grant, *given.kind_and_about)


def nudge(given: MessageContext) -> MessageContent | None:
    """Computed from the current account: another order may have been placed since the check."""
    programme, grants, shop = given.shop.loyalty, given.store.grants, given.shop.shop
    if programme is None or not given.goes_to_recorded_address:
        return None
    account = given.read_account()
    granted = given_for_good(held.grant for held in grants.of(shop, given.shopper))
    nudged = grants.nudged(shop, given.shopper, given.message_id)
    near = nudge_of(programme, account, given.local, granted, nudged)
    if near is None:
        return None
    mark = (shop, given.shopper.id, near.key, given.message_id)
    facts = ContentFacts(loyalty=LoyaltyFacts(programme=programme, near=near))
    return MessageContent(
        facts,
        (grants.marking_nudged(*mark),),
        lambda: (grants.freeing_nudge(*mark),),
        marks=(Mark(MarkKind.NUDGE, given.shopper.id, near.key),),
    )


def points_expiring(given: MessageContext) -> MessageContent | None:
    """Only the points that this occasion is about. Points that expire on another day have an
    occasion of their own."""
    programme, subject = given.shop.loyalty, given.subject
    if programme is None or not isinstance(subject, Occasion) or not given.goes_to_recorded_address:
        return None
    account = given.read_account()
    soon = expiring(programme, account, given.local.date(), subject.day)
    if soon is None:
        return None
    return MessageContent(
        ContentFacts(
            loyalty=LoyaltyFacts(programme=programme, expiring=soon), **given.balance_in(account)
        )
    )


def cart_reaches(given: MessageContext) -> ContentFacts:
    """What ordering this cart would reach, as in "Finish this cart and you reach Gold".

    Empty where it reaches nothing, or where the cart's currency is not the programme's.
    """
    programme, content = given.shop.loyalty, given.subject.content
    if (
        programme is None
        or not (programme.tiers or programme.rewards)
        or not given.goes_to_recorded_address
    ):
        return {}
    if content.total is None or content.currency != programme.currency:
        return {}
    account = given.read_account()
    near = reached_with(programme, account, given.local, content.total)
    if near:  # one more request, made only where there is something to promise
        named = given.store.grants.named(
            given.shop.shop, given.shopper, grant_keys(programme, given.local.date())
        )
        granted = given_for_good(held.grant for held in named)
        near = reached_with(programme, account, given.local, content.total, granted)
    return ContentFacts(loyalty=LoyaltyFacts(programme=programme, reaches=near)) if near else {}
