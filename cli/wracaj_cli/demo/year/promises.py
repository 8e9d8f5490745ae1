"""The promises of the year, checked against the messages that were really sent, what the shop
knows, and what the stories say. This module is pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from wracaj_cli.counted import counted
from wracaj_cli.demo import promises
from wracaj_cli.demo.delivered import Delivered
from wracaj_cli.demo.fake_shop import KnownCode
from wracaj_cli.demo.ledger import Ledger, What
from wracaj_cli.demo.promises import CODES, SUMS, Broken, Evidence, Findings
from wracaj_cli.demo.week import ZONE
from wracaj_cli.demo.year.story import ENDED_BY_ORDERS, WITH_CODE, Kind, Regular

KNOWN = frozenset(map(str, Kind))


@dataclass(frozen=True)
class Standing:
    """The state of a regular customer's account at the end. `spend`: by currency, everything that
    was bought and not given back."""

    points: int
    tier: str | None
    spend: Mapping[str, Decimal]
    # segment of the last night; None if nothing was bought in the programme's currency
    segment: str | None = None


@dataclass(frozen=True)
class YearEvidence:
    """`evidence`: of the year's messages only. A message's basket is here an order or a cart."""

    evidence: Evidence
    regulars: tuple[Regular, ...]
    year: int
    standings: Mapping[str, Standing]
    participants: frozenset[str] = frozenset()  # of the experiment, which has its own promises

    @property
    def ledger(self) -> Ledger:
        return self.evidence.ledger

    def of(self, regular: Regular) -> list[Delivered]:
        own = (
            one
            for one in self.evidence.messages
            if one.origin and one.origin.shopper == regular.name
        )
        return sorted(own, key=lambda message: message.at)


def nothing_after_the_order(year: YearEvidence) -> Findings:
    """What the programme gives is announced whatever was bought since; all else ends with the next
    order."""
    ended = tuple(message for message in year.evidence.messages if message.step in ENDED_BY_ORDERS)
    yield from promises.nothing_after_the_order(replace(year.evidence, messages=ended))


def codes_are_good(year: YearEvidence) -> Findings:
    """Each code in a message was created in the shop, is worth what the message says, and belongs
    to one customer."""
    owners: dict[str, str] = {}
    for persona, message in year.evidence.owned():
        if message.step in WITH_CODE and not message.codes:
            yield persona.name, f"{_told(message)} without a code"
        for code in message.codes:
            known = year.evidence.codes.get(code)
            if known is None or known.shop != persona.shop:
                yield (
                    persona.name,
                    f"{_told(message)} with the code {code}, which the shop does not know",
                )
            elif not _says(message, known):
                yield (
                    persona.name,
                    (
                        f"{_told(message)}: the code {code} gives {known.worth.key}, the message"
                        " says otherwise"
                    ),
                )
            if owners.setdefault(code, persona.name) != persona.name:
                yield (
                    persona.name,
                    f"{_told(message)} with the code {code}, which {owners[code]} got, too",
                )


def _says(message: Delivered, known: KnownCode) -> bool:
    words, worth = _words(message), known.worth
    if worth.percent is not None:
        return f"{worth.percent}%" in words
    if worth.amount is not None:
        return (
            f"{worth.amount:.2f}".replace(".", ",").removesuffix(",00") + " zł" in words
            or f"PLN {worth.amount:.2f}" in words
        )
    if worth.free_shipping:
        return "darmow" in words.lower() or "free delivery" in words.lower()
    return (worth.product_title or "?") in words


def as_the_year_says(year: YearEvidence) -> Findings:
    """It says nothing of a message that was added to a timeline."""
    for regular in year.regulars:
        came = [
            (message.at.astimezone(ZONE).date(), str(message.step))
            for message in year.of(regular)
            if message.step in KNOWN
        ]
        wanted = [(when.of(year.year).date(), str(kind)) for when, kind in regular.gets]
        for day, kind in sorted(set(wanted) - set(came)):
            yield regular.name, f"the message of {day:%d %b} did not come: {kind}"
        for day, kind in sorted(set(came) - set(wanted)):
            yield regular.name, f"came on {day:%d %b}, and nobody expected it: {kind}"
        if set(came) == set(wanted) and came != wanted:
            yield regular.name, "messages came twice, or in another order than the year says"
        yield from ((regular.name, what) for what in _missing_words(regular, year))
    names = {regular.name for regular in year.regulars} | year.participants
    for persona, message in year.evidence.owned():
        if persona.name not in names and message.step in KNOWN - {Kind.ANNIVERSARY}:
            yield persona.name, f"{_told(message)}, who bought before there was a loyalty programme"


def _missing_words(regular: Regular, year: YearEvidence) -> Iterator[str]:
    by_day: dict[date, list[str]] = {}
    for message in year.of(regular):
        by_day.setdefault(message.at.astimezone(ZONE).date(), []).append(_words(message))
    for when, words in regular.says.items():
        texts = by_day.get(when.of(year.year).date(), [])
        if texts and not any(words in text for text in texts):
            yield f"the message of {when} does not say {words!r}"


def sums_are_right(year: YearEvidence) -> Findings:
    """Points and tier are as a person calculated them beforehand. Spend is as the shop's own
    records add it up."""
    for regular in year.regulars:
        standing, till = year.standings[regular.name], _till(regular.name, year.ledger)
        if standing.points != regular.points:
            yield (
                regular.name,
                f"has {counted(standing.points, 'point')}; the year says {regular.points}",
            )
        if standing.tier != regular.tier:
            yield (
                regular.name,
                f"is in the tier {standing.tier or 'none'}; the year says {regular.tier or 'none'}",
            )
        if dict(standing.spend) != till:
            yield (
                regular.name,
                (
                    f"is said to have spent {_sums(standing.spend)}; the shop's till says"
                    f" {_sums(till)}"
                ),
            )


def _till(name: str, ledger: Ledger) -> dict[str, Decimal]:
    signs = {What.ORDERED: 1, What.SENT_BACK: -1, What.CANCELLED: -1}
    sums: dict[str, Decimal] = {}
    for noted in ledger.of(name, *signs):
        if noted.amount is not None and noted.currency:
            sums[noted.currency] = (
                sums.get(noted.currency, Decimal(0)) + signs[noted.what] * noted.amount
            )
    return {currency: amount for currency, amount in sums.items() if amount}


def _sums(spend: Mapping[str, Decimal]) -> str:
    return (
        ", ".join(f"{amount} {currency}" for currency, amount in sorted(spend.items())) or "nothing"
    )


def _as_for_carts(check: Callable[[Evidence], Findings]) -> Callable[[YearEvidence], Findings]:
    return lambda year: check(year.evidence)


YEAR_PROMISES: Mapping[str, Callable[[YearEvidence], Findings]] = {
    "Nothing after the order": nothing_after_the_order,
    "Nothing twice": _as_for_carts(promises.nothing_twice),
    "Nothing without consent": _as_for_carts(promises.nothing_without_consent),
    "Nothing after unsubscribing": _as_for_carts(promises.nothing_after_unsubscribing),
    "Nothing outside the send window": _as_for_carts(promises.nothing_outside_the_send_window),
    "Nothing while the shopper shops": _as_for_carts(promises.nothing_while_shopping),
    "Nothing too often": _as_for_carts(promises.nothing_too_often),
    CODES: codes_are_good,
    "To the right shopper only": _as_for_carts(promises.right_address),
    "A way out in every e-mail": _as_for_carts(promises.a_way_out),
    "Each shopper got what the story says": as_the_year_says,
    SUMS: sums_are_right,
}


def broken_in_the_year(year: YearEvidence) -> list[Broken]:
    return [
        Broken(name, shopper, what)
        for name, check in YEAR_PROMISES.items()
        for shopper, what in check(year)
    ]


def _words(message: Delivered) -> str:
    return f"{message.sent.subject} {message.sent.text}".replace("\u00a0", " ").replace(" %", "%")


def _told(message: Delivered) -> str:
    return f"{message.kind} sent on {message.at.astimezone(ZONE):%d %b %H:%M}"
