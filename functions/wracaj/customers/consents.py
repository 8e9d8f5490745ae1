"""The consents given for one identifier, by whom, and double opt-in."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime

from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.customers.choices import Choosing

CONFIRMATION_WAITS = timedelta(days=90)
REFUSAL_WAITS = timedelta(days=7)
EACH = ""  # for an address_hash: an account's opt-out is about each of its addresses


class Speaker(StrEnum):
    """Who gave an opt-in or opt-out for an address."""

    # by a click on a link that we sent there, or reported by the shop without an account; it counts
    # for everybody who uses the address
    READER = "reader"
    GUEST = "guest"  # typed at a checkout without an account; it counts for guests
    # an opt-out of an account whose record has this address; it counts for guests, too
    CUSTOMER = "customer"


class Consenting(Choosing):
    """The consents of a customer. An older consent never replaces a newer one."""

    # account: "{channel}#{address_hash}", or "{channel}#" for each of its addresses; address:
    # "{channel}#{speaker}" → the newest consent
    consent: dict[str, Consent] = {}
    # channel → time of the newest opt-in by a click; the opt-in itself is in its cart
    clicked_opt_ins: dict[Channel, AwareDatetime] = {}
    # channel → the newest opt-in that waits, or waited, for double opt-in
    pending: dict[str, Consent] = {}
    # channel → when the confirmation message was requested
    asked_to_confirm: dict[str, AwareDatetime] = {}

    def with_consent(self, channel: Channel, by: str, word: Consent) -> Self:
        """Add a consent unless a newer one is known. `by`: a Speaker for an address; for an
        account, the hash of the address that the consent is about, or EACH."""
        key = f"{channel}#{by}"
        known = self.consent.get(key)
        if known is not None and known.version >= word.version:
            return self
        return self.model_copy(update={"consent": self.consent | {key: word}})

    def word(self, channel: Channel, by: str) -> Consent | None:
        return self.consent.get(f"{channel}#{by}")

    def words(self, channel: Channel) -> list[Consent]:
        return [word for key, word in self.consent.items() if key.startswith(f"{channel}#")]

    def noes(self, channel: Channel) -> list[Consent]:
        return [word for word in self.words(channel) if word.state is ConsentState.UNSUBSCRIBED]

    def with_click(self, channel: Channel, at: datetime) -> Self:
        newest = max(at, self.clicked_opt_ins.get(channel, at))
        return self.model_copy(update={"clicked_opt_ins": self.clicked_opt_ins | {channel: newest}})

    # Double opt-in

    def with_pending(self, channel: Channel, word: Consent) -> Self:
        """Add an opt-in that waits for double opt-in. It is kept apart from the consents that
        count, so opt-in, opt-out and confirmation give the same result in any order."""
        known = self.pending.get(channel)
        if known is not None and known.version >= word.version:
            return self
        return self.model_copy(update={"pending": self.pending | {channel.value: word}})

    def with_box(self, channel: Channel, box: Consent, *, is_ticked: bool) -> Self:
        """Note whether the box of the waiting opt-in is still ticked. One that was emptied again is
        not asked about. A click on a question that had left before still counts.

        A platform's box has its checkout's time; a box in a shop's page has that of each report,
        and its words after the source.
        """
        waiting = self.pending.get(channel)
        if waiting is None or waiting.to_confirm == is_ticked:
            return self
        of_checkout = (waiting.at, waiting.source) == (box.at, box.source)
        of_page = waiting.source.startswith(f"{box.source}: ") and waiting.at <= box.at
        if not (of_checkout or of_page):
            return self
        told = waiting.model_copy(update={"to_confirm": is_ticked})
        return self.model_copy(update={"pending": self.pending | {channel.value: told}})

    def with_confirmation_asked(self, channel: Channel, at: datetime) -> Self:
        """Note that a confirmation message is requested, if one may be. One may be if an opt-in
        waits and the last request is older than CONFIRMATION_WAITS. After an opt-out since that
        request, REFUSAL_WAITS is enough. The wait is never zero, because anybody can opt somebody
        else's address in and out in turn."""
        asked = self.asked_to_confirm.get(channel)
        refused = asked is not None and any(no.at > asked for no in self.noes(channel))
        waits = REFUSAL_WAITS if refused else CONFIRMATION_WAITS
        if not self.is_to_be_asked(channel) or (asked is not None and at < asked + waits):
            return self
        return self.model_copy(
            update={"asked_to_confirm": self.asked_to_confirm | {channel.value: at}}
        )

    def without_question(self, channel: Channel, at: datetime) -> Self:
        """Remove the confirmation request of this time: it was not sent, or it was answered."""
        asked = {
            known: when
            for known, when in self.asked_to_confirm.items()
            if (known, when) != (channel, at)
        }
        return self.model_copy(update={"asked_to_confirm": asked})

    def confirmed(self, channel: Channel, at: datetime, source: str) -> Self:
        """Turn the waiting opt-in into one that counts, after a click on the link sent to this
        address. Nothing changes if no opt-in waits."""
        if not self.is_pending(channel):
            return self
        yes = Consent(
            state=ConsentState.SUBSCRIBED, at=max(at, self.pending[channel].at), source=source
        )
        asked = self.asked_to_confirm.get(channel)
        return (self.without_question(channel, asked) if asked else self).with_consent(
            channel, Speaker.READER, yes
        )

    def is_pending(self, channel: Channel) -> bool:
        """Whether an opt-in waits for its click. It waits until it is confirmed or a newer opt-out
        comes."""
        waiting = self.pending.get(channel)
        settled = max(self.words(channel), key=lambda word: word.version, default=None)
        if waiting is None or (settled and settled.state is ConsentState.SUBSCRIBED):
            return False
        return settled is None or settled.version < waiting.version

    def is_to_be_asked(self, channel: Channel) -> bool:
        return self.is_pending(channel) and self.pending[channel].to_confirm
