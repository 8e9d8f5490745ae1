"""The JSON output of commands has the keys in docs/operations.md and loses no cents."""

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from support.builders import NOON, a_cart, some_settings
from support.reports import a_report
from wracaj.consent.channel import Channel
from wracaj.events import Contact
from wracaj.loyalty.ledger import Account, Sums
from wracaj.loyalty.programme import Programme
from wracaj.loyalty.summary import loyalty_summary
from wracaj.segments.rfm import Segment
from wracaj.timelines.campaign import Campaign, Course, Progress
from wracaj_cli.answers import as_json
from wracaj_cli.campaigns.status import State, Status, status_as_json
from wracaj_cli.house import ROOT
from wracaj_cli.local import SentMessage
from wracaj_cli.report.as_json import report_as_json
from wracaj_cli.report.figures import Customers
from wracaj_cli.report.messages import Sent
from wracaj_cli.report.reading import Report, SegmentFigures
from wracaj_cli.shopper.as_json import story_as_json
from wracaj_cli.shopper.story import ShopperStory
from wracaj_cli.shops import suppressions
from wracaj_cli.shops.cart_json import cart_as_json

PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")


def some_report() -> Report:
    customers = Customers(["2026-10", "2026-11"])
    customers.add(
        {
            "2026-10": Sums(spend=Decimal("100.10"), orders=1),
            "2026-11": Sums(spend=Decimal("20.00"), orders=1),
        }
    )
    return a_report(
        months=customers.by_month,
        lifetime=customers.lifetime,
        segments=[SegmentFigures(Segment.LOYAL, customers.lifetime, 1, 0)],
        sent=[Sent("abandoned_cart#first_email", {"sent": 12, "skipped_no_consent": 3})],
        elsewhere=["EUR"],
    )


def a_status() -> Status:
    campaign = Campaign(
        id="winter",
        template="campaign_season",
        rate=300,
        begins_at=NOON,
        until=NOON + timedelta(days=3),
    )
    course = Course(
        campaign=campaign,
        started_at=NOON,
        expected=100,
        progress=Progress(started=40, passed_over={"no_consent": 2}),
    )
    return Status(course, State.RUNS, sent=30, unknown=0, not_sent=Counter(no_consent=3))


def a_standing() -> dict[str, Any]:
    programme = Programme(currency="PLN", margin_percent=Decimal(30))
    return loyalty_summary(programme, Account(), [], NOON).model_dump(mode="json")


def a_mail() -> dict[str, Any]:
    mail = SentMessage(channel="email", message_id="m", real_at=NOON, at=NOON, sender="a", to="b")
    return mail.model_dump(mode="json", exclude={"real_at"})


ANSWERS: dict[str, dict[str, Any]] = {
    "wracaj shop cart": cart_as_json(a_cart(), some_settings()),
    "wracaj shop suppressions": suppressions.as_json(
        suppressions.Told(Channel.EMAIL, None, 0, None), Contact(email="a@b.example")
    ),
    "wracaj shopper": story_as_json(
        ShopperStory(shop="kubek", id="1", contact=Contact()), some_settings()
    ),
    "wracaj campaign status": status_as_json(a_status()),
    "wracaj loyalty": a_standing(),
    "wracaj report": report_as_json(some_report()),
    "wracaj local outbox": a_mail(),
}


@pytest.mark.parametrize("command", ANSWERS)
def test_every_key_stands_on_the_page_and_nothing_else_does(command: str) -> None:
    row = next(
        line for line in PAGE.splitlines() if line.startswith("| `") and f"`{command}`" in line
    )
    named = re.findall(
        r"`(\w+)`", re.sub(r"\([^)]*\)|; `messages`:.*", "", row.partition(" | ")[2])
    )
    if command == "wracaj shop cart":
        named.append("messages")
    assert set(ANSWERS[command]) == set(named) - {"list"}


def test_money_and_percents_are_text_and_times_have_their_offset() -> None:
    told = json.loads(as_json(ANSWERS["wracaj report"]))
    assert told["lifetime"]["spend"] == "120.10"
    assert told["months"][0]["spend"] == "100.10" and isinstance(
        told["lifetime"]["repeat_rate"], str
    )
    assert told["until"] == "2026-11-18"
    assert told["messages"] == [
        {
            "timeline": "abandoned_cart",
            "step": "first_email",
            "channel": None,
            "outcomes": {"sent": 12, "skipped_no_consent": 3},
            "orders": 0,
            "paid": "0",
            "codes_used": 0,
            "unsubscribed": 0,
            "cost": "0.0048",
            "incremental": None,
            "incremental_unknown": "nobody_held_out",
            "changes": [],
        }
    ]
    assert json.loads(as_json({"at": datetime(2026, 11, 18, 12, tzinfo=UTC)})) == {
        "at": "2026-11-18T12:00:00+00:00"
    }


def test_a_campaign_counts_those_passed_over_with_those_not_sent() -> None:
    told = ANSWERS["wracaj campaign status"]
    assert (told["state"], told["started"], told["sent"], told["not_sent"]) == (
        "runs",
        40,
        30,
        {"no_consent": 5},
    )
