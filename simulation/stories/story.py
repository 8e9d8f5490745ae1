"""One story: a shop, its shoppers, and what happens to their carts. It keeps the truth."""

from dataclasses import dataclass, replace
from datetime import datetime

from simulation.judge.truth import (
    ErasureTold,
    ForgedTold,
    MergeTold,
    RecordTold,
    Told,
    Who,
    WordTold,
)
from simulation.stories.carts_told import CartNow as CartNow
from simulation.stories.orders_told import OrderNow as OrderNow
from simulation.stories.orders_told import OrdersTold


@dataclass
class Story(OrdersTold):
    """Adds what the shop says of people."""

    def record(self, who: Who) -> None:
        at = self.stamp()
        assert who.account
        told = RecordTold(account=who.account, version=(at, self.stamps), who=who)
        self.truth.records.append(told)
        self.teller.tell(self.shop.platform.record(who, at), [told])

    def consent(
        self, who: Who, channel: str, *, is_yes: bool, said: datetime | None = None
    ) -> None:
        """The shop reports an opt-in or opt-out that was given `said`: now, or earlier."""
        at = self.stamp()
        is_dated = self.shop.platform.name == "generic"  # Shopify's report has the word's time only
        word = WordTold(
            channel=channel,
            is_yes=is_yes,
            at=said or at,
            dated=at if is_dated else None,
            by="account" if who.account else "guest",
            account=who.account,
            address=who.address(channel),
        )
        self.truth.words.append(word)
        tolds: list[Told] = [word]
        if who.account and self.shop.platform.name == "generic":
            record = RecordTold(account=who.account, version=(at, self.stamps), who=who)
            self.truth.records.append(record)
            tolds.append(record)
        state = "subscribed" if is_yes else "unsubscribed"
        body = self.shop.platform.consent(who, channel, state, at, said or at)
        self.teller.tell(body, tolds)

    def erase(self, who: Who, *, is_sole: bool) -> None:
        at = self.stamp()
        orders = [
            now.purchase.order for now in self.orders if now.purchase.who.account == who.account
        ]
        told = ErasureTold(who=who, at=at, is_sole=is_sole)
        self.truth.erasures.append(told)
        self.teller.tell(self.shop.platform.erasure(who, at, orders if who.account else []), [told])

    def merge(self, kept: str, gone: str) -> None:
        at = self.stamp()
        told = MergeTold(kept=kept, gone=gone)
        self.truth.merges.append(told)
        self.teller.tell(self.shop.platform.merge(kept, gone, at), [told])

    def forge(self, what: str, who: Who) -> None:
        """Somebody without the secret reports that the shopper agrees, or has ordered."""
        told = ForgedTold(what=what)
        self.truth.forged.append(told)
        at = self.stamp()
        if self.shop.platform.has_consents:
            body = self.shop.platform.consent(who, "email", "subscribed", at, at)
        else:
            body = self.shop.platform.record(replace(who, account=who.account or "99"), at)
        self.teller.forge(body, told)
