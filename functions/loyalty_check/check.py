"""Grants what a customer has reached, creates its code in the shop, and answers: announce a reward,
send a nudge, or nothing.

Every part may run twice or fail half-way. A grant is written once for its key. Its code is chosen
and stored before the shop is asked to create it, so that a later try asks for the same code.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from wracaj.archive.grants import grant_row
from wracaj.aws.archive_queue import note
from wracaj.aws.observability import count, logger
from wracaj.clock import now
from wracaj.consent.channel import Channel
from wracaj.customers.shopper import Shopper
from wracaj.discounts.code import DiscountCode, mint
from wracaj.errors import ConflictError, DiscountError, NotTakenError
from wracaj.loyalty.earning import celebrated, exchange, grant_of, reached, years_together
from wracaj.loyalty.grants import (
    About,
    Grant,
    GrantKind,
    GrantState,
    Reached,
    given_for_good,
    no_longer_true,
    told_at,
)
from wracaj.loyalty.ledger import Account
from wracaj.loyalty.points import expiring
from wracaj.loyalty.programme import Programme
from wracaj.loyalty.progress import nudge_of
from wracaj.settings.shop import Shop
from wracaj.store import Store
from wracaj.store.grants import Held
from wracaj.timelines.eligibility import reason_to_skip
from wracaj.timelines.occasion import Occasion, OccasionKind
from wracaj.timelines.steps import LoyaltyAnswer, LoyaltyOutcome, Reason, Step

REWARD = Step(name="reward", channel=Channel.EMAIL, template="reward", after_seconds=0)
ROUNDS = 40  # limit of writes of one check, and of its tries after conflicts with other writers

# Returns the code as it was created: a shop with a pool of codes answers with one of its own.
CreateDiscount = Callable[[Shop, DiscountCode, str], DiscountCode]


@dataclass(frozen=True)
class Checker:
    store: Store
    create_discount: CreateDiscount

    def check(self, shop: Shop, cart_id: str) -> LoyaltyAnswer:
        """Check the occasion with this `cart_id`. Raises NotTakenError where the shop could not
        create a code: ask again."""
        about = self.store.carts.occasion(shop.id, cart_id)
        customer = self.store.customers.shopper(shop.id, about.contact) if about else None
        if about is None or about.erased or customer is None or customer.forgot(about):
            return _answer(LoyaltyOutcome.NOTHING, Reason.ERASED)
        programme = shop.settings.loyalty
        if programme is None or not shop.settings.enabled:
            return _answer(LoyaltyOutcome.NOTHING, Reason.SWITCHED_OFF)
        return Check(self, shop, programme, about, customer).answer()


@dataclass(frozen=True)
class Check:
    """The check of one customer on one occasion."""

    checker: Checker
    shop: Shop
    programme: Programme
    occasion: Occasion
    customer: Shopper

    @property
    def store(self) -> Store:
        return self.checker.store

    @property
    def _now(self) -> datetime:
        """Now in the shop's time zone, because months and quarters are those of its calendar."""
        return now().astimezone(self.shop.settings.zone)

    def answer(self) -> LoyaltyAnswer:
        if self.occasion.kind is OccasionKind.POINTS_EXPIRING:
            account = self.store.accounts.get(self.shop.id, self.customer)
            soon = expiring(self.programme, account, self._now.date(), self.occasion.day)
            return _answer(LoyaltyOutcome.EXPIRING if soon else LoyaltyOutcome.NOTHING)
        held, account = self._settled()
        held = self._with_codes(held)
        mine = [one.grant for one in held if self._tells(one.grant)]
        if any(grant.to_tell(self._now) for grant in mine):
            return _answer(LoyaltyOutcome.REWARD)
        if self._may_hear and any(grant.to_issue(self._now) for grant in mine):
            raise NotTakenError(
                "the shop did not create a code just now; the customer's reward waits for it"
            )
        is_close = self.occasion.kind is OccasionKind.LOYALTY and self._is_close(held, account)
        return _answer(LoyaltyOutcome.NUDGE if is_close else LoyaltyOutcome.NOTHING)

    def _settled(self) -> tuple[list[Held], Account]:
        """Grant what was reached, and take back what is no longer reached, one write at a time.

        Returns the grants and the account as read after the last write.
        """
        for _ in range(ROUNDS):
            try:
                if settled := self._read_or_write_one():
                    return settled
            # an order, a refund or another check wrote meanwhile: compute again
            except ConflictError:
                continue
        raise ConflictError(
            "this customer's account is being changed by others all the time; ask again"
        )

    def _read_or_write_one(self) -> tuple[list[Held], Account] | None:
        """The grants and the account, where there is nothing to write. None: something was
        written."""
        moment, about = self._now, self._about()
        held = self.store.grants.of(self.shop.id, self.customer)
        books = self.store.accounts.books(self.shop.id, self.customer.id, self.customer.absorbed)
        untrue = no_longer_true((one.grant for one in held), books.total, moment, about)
        wrong = next(
            (one for one in held if one.grant in untrue or self._is_in_vain(one.grant)), None
        )
        if wrong:
            self.store.grants.take_back(self.shop.id, wrong)
            self._note(Held(wrong.grant.reversed(), wrong.owner))
            return None
        known = {one.grant.key: one for one in held}
        standing = {key for key, one in known.items() if one.grant.state is not GrantState.REVERSED}
        for one in self._reached(books.total, moment, about, known):
            if one.key not in standing:
                earlier = known.get(one.key)
                grant = grant_of(
                    one, self.programme, books.total, moment, earlier.grant if earlier else None
                )
                owner = earlier.owner if earlier else self.customer.id
                self.store.grants.give(self.shop.id, owner, grant, books)
                self._note(Held(grant, owner))
                return None
        return held, books.total

    def _reached(
        self, account: Account, moment: datetime, about: About | None, known: Mapping[str, Held]
    ) -> list[Reached]:
        since = self.shop.settings.switched_on_at
        if self.occasion.kind in {OccasionKind.BIRTHDAY, OccasionKind.ANNIVERSARY}:
            day, grants = self.occasion.day, (one.grant for one in known.values())
            gift = celebrated(self.programme, self.occasion.kind, day, account, grants)
            years = (
                years_together(self.programme, account, moment, since)
                if self.occasion.kind is OccasionKind.ANNIVERSARY
                else []
            )
            return [*([gift] if gift else []), *years]
        reviews = self._reviews()
        granted = given_for_good(one.grant for one in known.values())
        found = reached(
            self.programme,
            account,
            moment,
            since=since,
            about=about,
            reviews=reviews,
            granted=granted,
        )
        bought = exchange(self.programme, account, moment, set(known)) if self._may_hear else None
        return [*found, *([bought] if bought else [])]

    def _reviews(self) -> list[date]:
        counts = any(rule.action == "review" for rule in self.programme.achievements)
        return (
            self.store.grants.reviews(self.shop.id, self.customer, self.shop.settings.zone)
            if counts
            else []
        )

    def _about(self) -> About | None:
        """The order that the occasion is about, in its current state."""
        is_order = self.occasion.kind is OccasionKind.LOYALTY
        order = self.store.accounts.order(self.shop.id, self.occasion.about) if is_order else None
        if order is None:
            return None
        # an unclear refund: nobody knows how much went back
        spend = Decimal(0) if order.state.unclear else order.posted.spend
        return About(order_id=order.state.order_id, spend=spend, currency=order.posted.currency)

    def _is_close(self, held: list[Held], account: Account) -> bool:
        granted = given_for_good(one.grant for one in held)
        near = nudge_of(
            self.programme,
            account,
            self._now,
            granted,
            self.store.grants.nudged(self.shop.id, self.customer),
        )
        return near is not None

    def _with_codes(self, held: list[Held]) -> list[Held]:
        """Create the codes of earned rewards, where the customer may get a message about them."""
        if not self._may_hear:
            return held
        moment = self._now
        return [
            self._issued(one) if self._tells(one.grant) and one.grant.to_issue(moment) else one
            for one in held
        ]

    def _tells(self, grant: Grant) -> bool:
        return told_at(grant, self.occasion.kind, self.occasion.about)

    @property
    def _may_hear(self) -> bool:
        """Whether the customer may get a message about a reward, by the same rules as that
        message."""
        return (
            reason_to_skip(self.occasion, self.customer, REWARD, self.shop.settings, now()) is None
        )

    def _is_in_vain(self, grant: Grant) -> bool:
        """Whether points were exchanged for a code that was not announced and may no longer be
        announced."""
        stands = grant.state is not GrantState.REVERSED and grant.announced_by is None
        return grant.kind is GrantKind.EXCHANGE and stands and not self._may_hear

    def _issued(self, held: Held) -> Held:
        """The grant as ISSUED, once the shop created its code. Until then it stays EARNED."""
        voucher = held.grant.voucher
        if voucher is None or voucher.expires_at <= now():
            voucher = self._minted(held.grant)
            held = self._changed(held, GrantState.EARNED, voucher)
        try:
            created = self.checker.create_discount(self.shop, voucher, self.occasion.cart_id)
        except DiscountError as error:
            logger.error(
                "discount code not created", extra={"shop": self.shop.id, "why": str(error)}
            )
            count("DiscountUnavailable")
            return held
        return self._changed(held, GrantState.ISSUED, created)

    def _changed(self, held: Held, state: GrantState, voucher: DiscountCode) -> Held:
        return self._note(
            self.store.grants.change(self.shop.id, held, state=state, voucher=voucher)
        )

    def _note(self, held: Held) -> Held:
        """Note the grant for the archive, as it stands now."""
        note(grant_row(self.shop.id, held.owner, held.grant, now()))
        return held

    def _minted(self, grant: Grant) -> DiscountCode:
        # only grants with a discount are ever in the state EARNED
        assert grant.discount is not None
        moment, currency = now(), self.programme.currency
        until = moment + timedelta(days=grant.discount.valid_days)
        return mint(
            grant.discount.terms(currency), moment, until, grant.discount.minimum_total, currency
        )


def _answer(outcome: LoyaltyOutcome, reason: Reason | None = None) -> LoyaltyAnswer:
    nothing = outcome is LoyaltyOutcome.NOTHING
    return LoyaltyAnswer(
        outcome=outcome, reason=reason or (Reason.NO_CONTENT if nothing else Reason.DUE)
    )
