"""Brings back what readers said of messages that they do not want, and what they chose."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from archive_replay.restoring import Line, target_of
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent
from wracaj.consent.preferences import Pace, Topic
from wracaj.consent.wording import Wording
from wracaj.customers.birthday import BIRTHDAY
from wracaj.customers.consents import Speaker
from wracaj.customers.customer import Customer
from wracaj.customers.shopper import Shopper
from wracaj.events import Contact
from wracaj.services.guardrails import count_unsubscribe
from wracaj.services.readers import reader_of
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store


@dataclass(frozen=True)
class RestoringStops:
    store: Store
    shop: ShopSettings

    def stop(self, line: Line) -> str:
        if "step" in line:
            self._unsubscribed(line)
        for cart_id in line.get("carts", []):
            moment = datetime.fromisoformat(line["moment"])
            self.store.carts.stop(self.shop.shop, cart_id, moment)
        for name in filter(None, (line.get("address"), line.get("account"))):
            self.store.customers.amend_one(self.shop.shop, name, partial(_stopped, line, name))
        if line.get("account"):
            self._stop_at_record(line["account"])
        if "birthday_version" in line:
            self._born(line)
        wording = Wording(line["wording"]) if line.get("wording") else None
        for channel in map(Channel, line.get("channels", [])):
            word = Consent.model_validate(line["word"])
            log = self.store.consent_log
            log.restore(self.shop.shop, line["address"], channel, word, wording)
        return "done"

    def _stop_at_record(self, account: str) -> None:
        """An account's opt-out also counts for guests at the addresses of its record."""
        known = self.store.customers.get(self.shop.shop, account)
        if known and known.contact.platform_id:
            contact = Contact(platform_id=known.contact.platform_id)
            self.store.customers.amend(self.shop.shop, contact, Shopper.with_noes_at_record)

    def _born(self, line: Line) -> None:
        """What the reader said of their birthday, unless somebody said something newer."""
        version, at = line["birthday_version"] or "", datetime.fromisoformat(line["at"])
        _, _, source = version.partition("#")

        def said(known: Customer) -> Customer:
            is_older = known.versions.get(BIRTHDAY, "") >= version
            if is_older or (known.erased_at and at <= known.erased_at):
                return known
            return known.says_birthday(line["birthday"], at, source)

        self.store.customers.amend_one(self.shop.shop, line["person"], said)

    def _unsubscribed(self, line: Line) -> None:
        """Count the opt-out for its message, and for the experiments of its shopper: once."""
        target, at = target_of(self.store, line), datetime.fromisoformat(line["at"])
        if target:
            self.store.delivery_events.note(target, "unsubscribed", at)
            reader = reader_of(self.store, target)
            count_unsubscribe(self.store, self.shop.shop, [reader.here, reader.owner], at)


def _stopped(line: Line, name: str, known: Customer) -> Customer:
    """What the reader said. An opt-out outlives an erasure; a choice does not."""
    if "word" in line:
        word = Consent.model_validate(line["word"])
        by = Speaker.READER if name == line["address"] else word.address_hash or ""
        for channel in line["channels"]:
            known = known.with_consent(Channel(channel), by, word)
    at = datetime.fromisoformat(line["at"])
    if known.erased_at and at <= known.erased_at:
        return known
    if "declined" in line:
        known = known.with_declined([Topic(topic) for topic in line["declined"]], at)
    if "pace" in line:
        known = known.with_pace(Pace(line["pace"]) if line["pace"] else None, at)
    return known
