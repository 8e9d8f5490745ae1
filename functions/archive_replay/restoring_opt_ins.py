"""Brings back what readers agreed to on our own pages, and the questions that wait for a click."""

from dataclasses import dataclass
from datetime import datetime

from wracaj.archive.opt_ins import Given, OptIn
from wracaj.consent.wording import Wording
from wracaj.customers.consents import Speaker
from wracaj.customers.customer import Customer
from wracaj.customers.shopper import Shopper
from wracaj.events import Contact
from wracaj.services.intake.occasions import Occasions, question
from wracaj.services.start_timeline import start_for
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store


@dataclass(frozen=True)
class RestoringOptIns:
    """Brings back one opt-in: "done", "known" if the table has it or something newer, or "erased".

    An opt-in from before an erasure does not come back, whatever else is known since.
    """

    store: Store
    shop: ShopSettings

    def opt_in(self, told: OptIn, at: str) -> str:
        """`at`: when it was given."""
        moment = datetime.fromisoformat(at)
        if self._is_erased(told, moment):
            return "erased"
        shown = Wording(told.wording) if told.wording else None
        self.store.consent_log.restore(self.shop.shop, told.name, told.channel, told.word, shown)
        if told.given is Given.ASKED:
            return self._asked(told)
        result = self._said(told)
        if told.given is Given.CONFIRMED:
            self._welcome(told)
        return result

    def _is_erased(self, told: OptIn, moment: datetime) -> bool:
        names = [told.name, *filter(None, [told.account])]
        known = self.store.customers.read(self.shop.shop, names).values()
        return any(one.erased_at and moment <= one.erased_at for one in known)

    def _said(self, told: OptIn) -> str:
        """Add the opt-in unless something newer is known. It answers an earlier question."""
        holder, by = told.name, str(Speaker.READER)
        if told.given is Given.BY_ACCOUNT and told.account:
            holder, by = told.account, told.word.address_hash
        result = "known"

        def said(known: Customer) -> Customer:
            nonlocal result
            agreed = known.with_consent(told.channel, by, told.word)
            result = "known" if agreed == known else "done"
            asked = agreed.asked_to_confirm.get(told.channel)
            is_answer = told.given is Given.CONFIRMED and asked and asked <= told.word.at
            return agreed.without_question(told.channel, asked) if is_answer and asked else agreed

        self.store.customers.amend_one(self.shop.shop, holder, said)
        return result

    def _asked(self, told: OptIn) -> str:
        """Bring back the question, so that the link in its message works. It is not asked again."""
        result = "known"

        def asked(shopper: Shopper) -> Shopper:
            nonlocal result
            before = shopper.at(told.channel, told.to)
            here = _with_question(before, told)
            result = "known" if here == before else "done"
            return shopper.changed(here)

        to = Contact(locale=told.locale).with_address(told.channel, told.to)
        shopper = self.store.customers.amend(self.shop.shop, to, asked)
        here = shopper.at(told.channel, told.to) if shopper else None
        if shopper and here and here.asked_to_confirm.get(told.channel) == told.asked_at:
            self._open(told, shopper)
        return result

    def _open(self, told: OptIn, shopper: Shopper) -> None:
        shop = self.shop.shop
        kept = self.store.carts.open_occasion(self.shop, question(shop, told))
        if kept.episode or kept.erased:
            return
        self.store.pointers.remember_occasion(shop, shopper.names.values(), kept.cart_id)
        self.store.carts.started(shop, kept.cart_id, 1)

    def _welcome(self, told: OptIn) -> None:
        """Begin the welcome again: one that began does not begin twice."""
        occasions = Occasions(self.store, start_for(self.store, self.shop))
        to = Contact().with_address(told.channel, told.to)
        if shopper := self.store.customers.shopper(self.shop.shop, to):
            occasions.said(self.shop, shopper, told.channel, told.to, told.word, told.pending)


def _with_question(here: Customer, told: OptIn) -> Customer:
    """Return the address with the opt-in that waits and when its question was asked, unless
    something newer is known."""
    waiting = here.with_pending(told.channel, told.word)
    asked = waiting.asked_to_confirm.get(told.channel)
    is_newer = asked is None or (told.asked_at is not None and asked < told.asked_at)
    if told.asked_at is None or not waiting.is_pending(told.channel) or not is_newer:
        return waiting
    questions = waiting.asked_to_confirm | {told.channel.value: told.asked_at}
    return waiting.model_copy(update={"asked_to_confirm": questions})
