"""The daily search on the local stack, started by its own schedule, with the real template, machine
and permissions."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from support.http_shop import an_http_shop
from support.local_stack import RunningStack
from support.timeline_on_stack import Shopper, a_shopper
from support.webhook_bodies import a_generic_order, a_word, an_envelope
from wracaj.aws.shop_config import settings_name
from wracaj.settings.shop import Shop, ShopSettings
from wracaj_cli.house import ROOT
from wracaj_cli.local import SentMessage, skip_to
from wracaj_cli.shops.post import post_webhook
from wracaj_cli.shops.registry import Given, put_shop
from wracaj_cli.shops.settings_file import read_settings
from wracaj_cli.shops.target import local_target

DAY = timedelta(days=1)
PROGRAMME: dict[str, Any] = {
    "currency": "PLN",
    "margin_percent": 40,
    "points": {"per_unit": 1, "value": "0.03", "expire_after_months": 12, "warn_days": 30},
    "birthday": {"percent": 15, "minimum_total": "100", "valid_days": 14},
    "anniversary": {"percent": 10, "minimum_total": "100", "valid_days": 14},
}


@dataclass(frozen=True)
class Club:
    stack: RunningStack
    shop: Shop

    @property
    def today(self) -> date:
        return self.stack.now().astimezone(self.shop.settings.zone).date()

    def knows(self, shopper: Shopper, birthday: date | None = None) -> None:
        at = self.stack.now()
        born = f"1992-{birthday:%m-%d}" if birthday else None
        customer = {"email": shopper.email, "locale": "pl", "birthday": born}
        consent = {"email": a_word(updated_at=(at - DAY).isoformat())}
        self._post(
            "customer.updated",
            {"customer": customer, "consent": consent, "updated_at": at.isoformat()},
        )

    def sold(self, shopper: Shopper, order_id: str, day: date, total: str = "250.00") -> None:
        at = datetime.combine(day, time(12), tzinfo=self.shop.settings.zone).isoformat()
        told: dict[str, Any] = {
            "order_id": order_id,
            "cart_id": None,
            "checkout_id": None,
            "total": total,
            "currency": "PLN",
        }
        told |= {"customer": {"email": shopper.email, "locale": "pl"}, "consent": None}
        self._post("order.created", a_generic_order(**told, created_at=at, updated_at=at))

    def _post(self, topic: str, data: dict[str, Any]) -> None:
        body = an_envelope(topic, {"schema": 1, **data}, timestamp=self.stack.now().isoformat())
        answer = post_webhook(self.stack.info.api_url, self.shop, topic, body)
        assert answer.status == 200, answer

    def mails(self, shopper: Shopper, timeline: str) -> list[SentMessage]:
        return [
            one
            for one in self.stack.outbox()
            if one.to == shopper.email and one.tags["timeline"] == timeline
        ]

    def sent_at(self, message: SentMessage) -> datetime:
        return message.at.astimezone(self.shop.settings.zone)

    def searches(self) -> dict[str, list[dict[str, Any]]]:
        """What became of each execution of the search, by the name of its shop."""
        machines, found = self.stack.client("stepfunctions"), dict[str, list[dict[str, Any]]]()
        arn = self.stack.info.daily_occasions
        for each in machines.list_executions(stateMachineArn=arn, maxResults=1000)["executions"]:
            described = machines.describe_execution(executionArn=each["executionArn"])
            found.setdefault(json.loads(described["input"]).get("shop", ""), []).append(described)
        return found


@dataclass(frozen=True)
class Played:
    club: Club
    begun: date
    anniversary: date
    born: Shopper
    bought: Shopper
    saving: Shopper


@pytest.fixture(scope="module")
def club(stack: RunningStack) -> Iterator[Club]:
    with an_http_shop() as codes:
        codes.says(200, {})
        told = read_settings(ROOT / "examples" / "shops" / "loyalty.yaml").model_dump()
        told |= {
            "shop": "days",
            "loyalty": PROGRAMME,
            "timelines": ["birthday", "anniversary", "points_expiring"],
        }
        told |= {"generic": {"discount_url": codes.url}, "switched_on_at": stack.now() - 500 * DAY}
        yield Club(
            stack, put_shop(local_target(stack.home), ShopSettings.model_validate(told), Given())
        )


@pytest.fixture(scope="module")
def played(club: Club) -> Iterator[Played]:
    """Three days, beside a shop whose settings cannot be read."""
    broken = settings_name(club.stack.info.stage, "days-broken")
    club.stack.client("ssm").put_parameter(
        Name=broken, Value='{"shop": "days-broken"}', Type="String"
    )
    today, people = club.today, [a_shopper(name) for name in ("born", "bought", "saving")]
    born, bought, saving = people
    club.knows(born, birthday=today + 2 * DAY)
    club.knows(bought)
    anniversary = today + (3 if is_leap_day(today + 2 * DAY) else 2) * DAY
    # no point of it expires: one message a day
    club.sold(bought, "D1", a_year_before(anniversary), "0.50")
    club.knows(saving)
    # at most 32 days away: the searches of three days look 30 days ahead
    ends = last_day_of_month(today + 2 * DAY)
    club.sold(saving, "D2", a_year_before(ends).replace(day=5 if today.day > 10 else 20))
    # each has its own minute from 9 on
    noon = datetime.combine(today + 3 * DAY, time(12), tzinfo=club.shop.settings.zone)
    with club.stack.nights():
        skip_to(noon, club.stack.home)
        yield Played(club, today, anniversary, born, bought, saving)
    club.stack.client("ssm").delete_parameter(Name=broken)


def is_leap_day(day: date) -> bool:
    return (day.month, day.day) == (2, 29)


def last_day_of_month(day: date) -> date:
    return (day.replace(day=1) + 31 * DAY).replace(day=1) - DAY


def a_year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if is_leap_day(day) else day.day)


def test_a_birthday_is_greeted_once_on_its_day_in_the_morning_with_a_code(played: Played) -> None:
    (mail,) = played.club.mails(played.born, "birthday")
    sent = played.club.sent_at(mail)
    assert sent.date() == played.begun + 2 * DAY
    assert sent.hour == 9
    assert mail.subject == "Urodzinowy prezent: zakupy 15% taniej"


def test_the_day_of_the_first_order_is_celebrated_a_year_later(played: Played) -> None:
    (mail,) = played.club.mails(played.bought, "anniversary")
    assert played.club.sent_at(mail).date() == played.anniversary
    assert mail.subject == "Nasza rocznica: zakupy 10% taniej"


def test_points_that_are_about_to_go_are_told_of_once(played: Played) -> None:
    (mail,) = played.club.mails(played.saving, "points_expiring")
    assert mail.subject.replace("\xa0", " ").startswith("Masz 250 punktów do wykorzystania do ")
    assert "7,50 zł" in mail.text.replace("\xa0", " ")


def test_a_shop_that_fails_is_alone_in_it_and_its_search_has_failed(played: Played) -> None:
    ended = {
        shop: {each["status"] for each in executions}
        for shop, executions in played.club.searches().items()
    }
    assert ended["days-broken"] == {"FAILED"}
    assert ended["days"] == ended[""] == {"SUCCEEDED"}


def test_a_search_that_is_started_again_begins_nothing_twice(played: Played) -> None:
    club = played.club
    before = len(club.stack.outbox())
    for name in ("again-1", "again-2"):
        machine = club.stack.info.daily_occasions
        club.stack.client("stepfunctions").start_execution(
            stateMachineArn=machine, name=name, input='{"shop": "days"}'
        )
    club.stack.skip(DAY / 2)
    assert (
        len(
            [
                one
                for one in club.stack.outbox()[before:]
                if one.to in {played.born.email, played.bought.email}
            ]
        )
        == 0
    )


def test_a_history_holds_ids_and_days_only(played: Played) -> None:
    machines = played.club.stack.client("stepfunctions")
    for each in played.club.searches()["days"]:
        history = machines.get_execution_history(
            executionArn=each["executionArn"], maxResults=1000
        )["events"]
        told = json.dumps(history, default=str)
        assert "Go through each list" in told and "days" in told
        assert "@" not in told and "poczta" not in told
