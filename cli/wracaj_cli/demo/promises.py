"""The promises, checked against the messages that were really sent and against what the shops know.
This module is pure and does not use our own records.

Times are virtual. A message takes some real time from the decision to the provider, and the demo's
clock shows it. Only the check for the end of the send window allows for that, by `GRACE`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wracaj.consent.channel import Channel
from wracaj.discounts.code import DiscountTerms
from wracaj.discounts.wording import discount_words
from wracaj.language import LOCALES
from wracaj.settings.shop import ShopSettings
from wracaj.text.sms_segments import plain_letters
from wracaj_cli.demo.delivered import Delivered
from wracaj_cli.demo.fake_shop import KnownCode
from wracaj_cli.demo.ledger import Ledger, Noted, What
from wracaj_cli.demo.week import CODE, STEP_WORDS, STEPS, ZONE, Person

CODES = "A working code in every discount e-mail, unless the shop was down"
SUMS = "Points, tiers and sums are what the year says"
AUDIENCES = "In one advertising audience at most, and out of it with the order"
TIMES = "Each message at the minute that the timelines and the settings promise"
STORIES = "Each shopper got what the story says"
CREDITED = "The report credits to messages what was bought after a click, and no more"
HELD_BACK = "Who is held out gets no mail about the cart, and everybody else does"
COUNTED = "The experiment counts what each half ordered and paid"
REPLAYED = "Every webhook once more changes no balance and no sum, and sends nothing"
# from the failed request for a code to the message without it, on a busy machine
OUTAGE_TO_MESSAGE = timedelta(hours=3)
# virtual time from a decision to the provider, even on a slow machine
GRACE = timedelta(minutes=2)
Findings = Iterator[tuple[str, str]]  # (shopper, what happened)


@dataclass(frozen=True)
class Broken:
    promise: str
    shopper: str
    what: str


@dataclass(frozen=True)
class Evidence:
    """Everything that the promises are checked against. `begun`: (shopper, basket) → when the cart
    was begun. `addresses`: shopper → the addresses that may get messages."""

    cast: tuple[Person, ...]
    messages: tuple[Delivered, ...]
    ledger: Ledger
    shops: Mapping[str, ShopSettings]
    codes: Mapping[str, KnownCode]
    # requests for a code during the outage of a shop's server: (shop, time)
    turned_away: tuple[tuple[str, datetime], ...]
    begun: Mapping[tuple[str, str], datetime]
    addresses: Mapping[str, frozenset[str]]
    _by_name: dict[str, Person] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {persona.name: persona for persona in self.cast})

    def owned(self) -> Iterator[tuple[Person, Delivered]]:
        for message in self.messages:
            if message.origin:
                yield self._by_name[message.origin.shopper], message


def nothing_after_the_order(evidence: Evidence) -> Findings:
    for persona, message in evidence.owned():
        begun = evidence.begun[persona.name, _basket(message)]
        for order in evidence.ledger.of(persona.name, What.ORDERED, What.WENT_TO_PAY):
            if begun <= order.at < message.at:
                yield (
                    persona.name,
                    f"{told(message)}, but the order was reported at {time_of(order.at)}",
                )


def nothing_twice(evidence: Evidence) -> Findings:
    seen: dict[tuple[object, ...], Delivered] = {}
    for persona, message in evidence.owned():
        first = seen.setdefault((message.origin,), message)
        if first is not message:
            yield persona.name, f"{told(message)}, the same as at {time_of(first.at)}"


def nothing_without_consent(evidence: Evidence) -> Findings:
    for persona, message in evidence.owned():
        said = evidence.ledger.of(persona.name, What.AGREED, What.OBJECTED)
        words = [
            noted for noted in said if noted.channel is message.channel and noted.at < message.at
        ]
        last = max(words, key=lambda noted: noted.at, default=None)
        if last is None or last.what is not What.AGREED:
            yield persona.name, f"{told(message)}; {_word(last, message.channel)}"


def _word(last: Noted | None, channel: Channel) -> str:
    return (
        f"the last consent to {channel} was an opt-out at {time_of(last.at)}"
        if last
        else f"nobody agreed to {channel}"
    )


def nothing_after_unsubscribing(evidence: Evidence) -> Findings:
    yield from _nothing_after(evidence, What.UNSUBSCRIBED)


def nothing_once_forgotten(evidence: Evidence) -> Findings:
    yield from _nothing_after(evidence, What.FORGOTTEN)


def _nothing_after(evidence: Evidence, what: What) -> Findings:
    for persona, message in evidence.owned():
        for noted in evidence.ledger.of(persona.name, what):
            if noted.at < message.at:
                yield persona.name, f"{told(message)}, after {time_of(noted.at)}"


def nothing_outside_the_send_window(evidence: Evidence) -> Findings:
    for persona, message in evidence.owned():
        shop = evidence.shops[persona.shop]
        local = message.at.astimezone(shop.zone)
        opens = datetime.combine(local.date(), shop.send_window.opens, tzinfo=shop.zone)
        closes = datetime.combine(local.date(), shop.send_window.closes, tzinfo=shop.zone) + GRACE
        if not opens <= local < closes:
            yield persona.name, f"{told(message)}, when the shop's window is shut"


def nothing_while_shopping(evidence: Evidence) -> Findings:
    for persona, message in evidence.owned():
        pause = timedelta(minutes=evidence.shops[persona.shop].quiet_minutes_after_activity)
        for touched in evidence.ledger.of(persona.name, What.TOUCHED):
            if touched.basket == _basket(message) and touched.at < message.at < touched.at + pause:
                yield persona.name, f"{told(message)}, active at {time_of(touched.at)}"


def nothing_too_often(evidence: Evidence) -> Findings:
    last: dict[tuple[str, str], datetime] = {}
    for persona, message in sorted(evidence.owned(), key=lambda pair: pair[1].at):
        apart = timedelta(
            hours=evidence.shops[persona.shop].frequency_cap.hours_between_same_channel
        )
        before = last.get((persona.name, message.channel))
        # the first message may have taken longer to the provider
        if before and message.at - before < apart - GRACE:
            yield persona.name, f"{told(message)}, and one just before, at {time_of(before)}"
        last[persona.name, message.channel] = message.at


def codes_are_good(evidence: Evidence) -> Findings:
    """Each code in a message was created in its shop and is in no other message."""
    owners: dict[str, str] = {}
    for persona, message in evidence.owned():
        code = message.code
        if code is None:
            if message.step == CODE and not was_turned_away(evidence, persona.shop, message.at):
                yield (
                    persona.name,
                    f"{told(message)} without a code, though the shop's server was up",
                )
            continue
        known = evidence.codes.get(code)
        if known is None or known.shop != persona.shop:
            yield (
                persona.name,
                f"{told(message)} with the code {code}, which the shop does not know",
            )
        elif not _says(message, known.worth):
            yield (
                persona.name,
                f"{told(message)}: the code gives {known.worth}, the message says otherwise",
            )
        if code in owners:
            yield (
                persona.name,
                f"{told(message)} with the code {code}, which {owners[code]} got, too",
            )
        owners[code] = persona.name


def was_turned_away(evidence: Evidence, shop: str, sent_at: datetime) -> bool:
    return any(
        name == shop and timedelta() <= sent_at - at < OUTAGE_TO_MESSAGE
        for name, at in evidence.turned_away
    )


def _says(message: Delivered, worth: DiscountTerms) -> bool:
    """Return whether the message says what the code gives, in any of the languages. An SMS has no
    Polish letters."""
    words = (
        [worth.product_title]
        if worth.product_title
        else [discount_words(worth, locale) for locale in LOCALES]
    )
    told = _plain(f"{message.sent.subject} {message.sent.text}").replace(" %", "%")
    return any(_plain(one) in told for one in words)


def _plain(words: str) -> str:
    return plain_letters(words.replace("\u00a0", " "))


def right_address(evidence: Evidence) -> Findings:
    """No message goes to an unknown address or to another shopper."""
    for message in evidence.messages:
        if message.origin is None:
            yield message.sent.to, f"{message.channel} at {time_of(message.at)} belongs to no cart"
        elif message.sent.to not in evidence.addresses[message.origin.shopper]:
            yield message.origin.shopper, f"{told(message)} went to {message.sent.to}"


def a_way_out(evidence: Evidence) -> Findings:
    """Every e-mail has a one-click link to unsubscribe (RFC 8058)."""
    for persona, message in evidence.owned():
        one_click = (
            message.sent.headers.get("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
        )
        if message.channel is Channel.EMAIL and not (message.unsubscribe_link and one_click):
            yield persona.name, f"{told(message)} has none"


def no_trouble(evidence: Evidence) -> Findings:
    yield from evidence.ledger.problems


def as_the_story_says(evidence: Evidence) -> Findings:
    """The stories say nothing of a message that was added to the timeline."""
    for persona in evidence.cast:
        own = [message for owner, message in evidence.owned() if owner is persona]
        in_order = sorted(own, key=lambda message: message.at)
        came = tuple(message.step for message in in_order if message.step in STEPS)
        if came != persona.expects:
            yield persona.name, f"expected {_steps(persona.expects)}; sent was {_steps(came)}"
        yield from ((persona.name, what) for what in _wrong_words(persona, own))


def _wrong_words(persona: Person, messages: list[Delivered]) -> Iterator[str]:
    first = messages[0].sent.text if messages else ""
    if messages and persona.mentions and persona.mentions not in first:
        yield f"the first message does not mention {persona.mentions!r}"
    if persona.never_mentions and persona.never_mentions in first:
        yield f"the first message mentions {persona.never_mentions!r}"


PROMISES: Mapping[str, Callable[[Evidence], Findings]] = {
    "Nothing after the order": nothing_after_the_order,
    "Nothing twice": nothing_twice,
    "Nothing without consent": nothing_without_consent,
    "Nothing after unsubscribing": nothing_after_unsubscribing,
    "Nothing once forgotten": nothing_once_forgotten,
    "Nothing outside the send window": nothing_outside_the_send_window,
    "Nothing while the shopper shops": nothing_while_shopping,
    "Nothing too often": nothing_too_often,
    CODES: codes_are_good,
    "To the right shopper only": right_address,
    "A way out in every e-mail": a_way_out,
    STORIES: as_the_story_says,
    "All went as the scripts say": no_trouble,
}

# includes the promises that are checked in other modules
NAMES = (*PROMISES, TIMES, AUDIENCES, SUMS, CREDITED, HELD_BACK, COUNTED, REPLAYED)


def broken_promises(evidence: Evidence) -> list[Broken]:
    return [
        Broken(name, shopper, what)
        for name, check in PROMISES.items()
        for shopper, what in check(evidence)
    ]


def _basket(message: Delivered) -> str:
    return message.origin.basket if message.origin else ""


def told(message: Delivered) -> str:
    return f"{message.kind} sent at {time_of(message.at)}"


def _steps(steps: Iterable[str | None]) -> str:
    return ", ".join(STEP_WORDS.get(step or "", "?") for step in steps) or "nothing"


def time_of(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%a %d %b %H:%M}"
