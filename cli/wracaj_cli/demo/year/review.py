"""The outcome of the year for each regular customer, read from the outbox, the ledger and the
accounts, and the report."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from wracaj.events import Contact
from wracaj.loyalty.ledger import Account, sum_up, tier_of
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.store.accounts import Known
from wracaj_cli.demo.actor import Actor
from wracaj_cli.demo.credited import credits_of, differences
from wracaj_cli.demo.experiment.review import ExperimentReview, review_experiment
from wracaj_cli.demo.ledger import What
from wracaj_cli.demo.promises import CREDITED, Broken, Evidence
from wracaj_cli.demo.week import PARAPET
from wracaj_cli.demo.year.lines import YearLine
from wracaj_cli.demo.year.play import Year
from wracaj_cli.demo.year.promises import Standing, YearEvidence, broken_in_the_year
from wracaj_cli.demo.year.punctuality import late_in_the_year
from wracaj_cli.demo.year.story import KINDS
from wracaj_cli.report.page import as_page
from wracaj_cli.report.reading import Report, read_report
from wracaj_cli.shops.target import local_target

DEEDS = (
    What.CLICKED,
    What.ORDERED,
    What.SENT_BACK,
    What.CANCELLED,
    What.REVIEWED,
    What.UNSUBSCRIBED,
)
CURRENCY, MONTHS = "PLN", 12


@dataclass(frozen=True)
class YearReview:
    year: int
    lines: list[YearLine]
    broken: list[Broken]
    report: Report
    experiment: ExperimentReview

    @property
    def report_page(self) -> str:
        return as_page(self.report)


def review_year(year: Year) -> YearReview:
    store = local_target(year.stage.home).store()
    standings = {actor.persona.name: _standing(actor, store, year) for actor in year.actors}
    participants = frozenset(one.name for one in year.participants)
    evidence = YearEvidence(_evidence(year), year.regulars, year.year, standings, participants)
    lines = [
        YearLine(
            regular,
            tuple(evidence.of(regular)),
            tuple(evidence.ledger.of(regular.name, *DEEDS)),
            standings[regular.name],
        )
        for regular in year.regulars
    ]
    settings = year.stage.scene.shops[PARAPET].settings
    report = read_report(
        local_target(year.stage.home), PARAPET, CURRENCY, MONTHS, settings=settings
    )
    experiment = review_experiment(
        year.participating, year.participants, year.messages, store, CURRENCY
    )
    broken = [
        *broken_in_the_year(evidence),
        *late_in_the_year(evidence),
        *_credited_otherwise(year, report),
        *experiment.broken,
    ]
    return YearReview(year.year, lines, broken, report, experiment)


def _credited_otherwise(year: Year, report: Report) -> list[Broken]:
    names = [actor.persona.name for actor in (*year.actors, *year.participating)]
    wanted = credits_of(year.stage.scene.ledger, names, CURRENCY)
    kinds = {f"{timeline}#{step}": str(kind) for (timeline, step), kind in KINDS.items()}
    return [Broken(CREDITED, PARAPET, what) for what in differences(wanted, report.sent, kinds)]


def _standing(actor: Actor, store: Store, year: Year) -> Standing:
    settings = actor.shop.settings
    now = year.stage.scene.now().astimezone(settings.zone)
    account, rfm = _known(actor, store)
    return Standing(
        account.points(now.date()),
        _tier(account, settings, now),
        _spend(account),
        rfm.segment if rfm else None,
    )


def _known(actor: Actor, store: Store) -> Known:
    contact = actor.contact
    whose = Contact(platform_id=contact.customer_id, email=contact.email, phone=contact.phone)
    found = [
        store.accounts.known(PARAPET, customer)
        for customer in store.customers.behind(PARAPET, whose)
    ]
    return max(found, key=lambda one: len(one.account.months), default=Known(Account(), None))


def _tier(account: Account, settings: ShopSettings, now: datetime) -> str | None:
    tier = tier_of(account, settings.loyalty, now) if settings.loyalty else None
    return tier.name if tier else None


def _spend(account: Account) -> Mapping[str, Decimal]:
    currencies = sorted({currency for month in account.months.values() for currency in month})
    sums = {
        code: sum_up(month[code] for month in account.months.values() if code in month).spend
        for code in currencies
    }
    return {code: spend for code, spend in sums.items() if spend}


def _evidence(year: Year) -> Evidence:
    stage, actors = year.stage, year.everybody
    return Evidence(
        cast=tuple(actor.persona for actor in actors),
        messages=tuple(year.messages),
        ledger=stage.scene.ledger,
        shops={name: shop.settings for name, shop in stage.scene.shops.items()},
        codes=stage.server.codes,
        turned_away=(),
        begun={key: at for actor in actors for key, at in _begun(actor).items()},
        addresses={actor.persona.name: _addresses(actor) for actor in actors},
    )


def _begun(actor: Actor) -> dict[tuple[str, str], datetime]:
    """Return what a message may be about → when that began. An order began a second after itself; a
    subscription began with the opt-in."""
    name, ledger = actor.persona.name, actor.scene.ledger
    begun = {(name, basket): cart.begun_at for basket, cart in actor.baskets.items()}
    begun |= {
        (name, one.order): one.at + timedelta(seconds=1)
        for one in ledger.of(name, What.ORDERED)
        if one.order
    }
    others = (
        message.origin.basket
        for message in actor.inbox
        if message.origin and (name, message.origin.basket) not in begun
    )
    yes = ledger.of(name, What.AGREED)
    return begun | {(name, basket): yes[0].at for basket in others if yes}


def _addresses(actor: Actor) -> frozenset[str]:
    return frozenset(filter(None, (actor.contact.email, actor.contact.phone)))
