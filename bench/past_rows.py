"""The rows of a made-up archive, as the functions write them, and the shop that they are of."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson

from wracaj.archive.decisions import Decision, decision_row
from wracaj.archive.events import event_row
from wracaj.archive.rows import Row, start_row
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.events import CartContent, CartUpdated, Contact, Item, OrderPlaced
from wracaj.settings.reading import parse_settings
from wracaj.timelines.facts import Facts
from wracaj.timelines.steps import (
    Outcome,
    Reason,
    RecordState,
    Step,
    StepRecord,
    StepRequest,
    StepResult,
)
from wracaj.timelines.table import TIMINGS

SHOP, TIMELINE = "million", "abandoned_cart"
BEGINS = datetime(2026, 11, 2, tzinfo=UTC)
SETTINGS = parse_settings(
    {
        "shop": SHOP,
        "platform": "generic",
        "name": "Milion koszyków",
        "postal_address": "ul. Długa 5, 00-238 Warszawa",
        "url": "https://million.example",
        "recovery_hosts": ["million.example"],
        "email": {"sender": "Milion <sklep@million.example>"},
        "economics": {"sms_part": "0.07"},
    }
)
Line = dict[str, Any]


def the_steps() -> tuple[Step, ...]:
    """Those of abandoned_cart."""
    numbers: dict[str, Any] = dict(TIMINGS[TIMELINE])
    hours = ("first_email_after_hours", "sms_after_hours", "discount_email_after_hours")
    discount = {
        key: numbers[f"discount_{key}"] for key in ("percent", "valid_days", "if_unavailable")
    }
    told: tuple[dict[str, Any], ...] = (
        {"name": "first_email", "channel": "email", "template": "cart_reminder"},
        {"name": "sms", "channel": "sms", "template": "cart_sms"},
        {
            "name": "discount_email",
            "channel": "email",
            "template": "cart_discount",
            "discount": discount,
            "asks_reason": True,
        },
    )
    return tuple(
        Step.model_validate({**one, "after_seconds": round(numbers[after] * 3600)})
        for one, after in zip(told, hours, strict=True)
    )


def templates(steps: tuple[Step, ...]) -> dict[str, Line]:
    """A line of each kind, as the functions write it."""
    shopper = Contact(email="ania@poczta.example", phone="+48600100200")
    yes = Consent(state=ConsentState.SUBSCRIBED, at=BEGINS, source="checkout")
    mug = Item(
        product_id="12",
        title="Kubek w kropki",
        quantity=Decimal(2),
        unit_price=Decimal("49.50"),
        image_url="https://million.example/kubek.jpg",
        url="https://million.example/kubek",
    )
    content = CartContent(items=(mug, mug), currency="PLN", total=Decimal("198.00"))
    cart = CartUpdated(
        at=BEGINS,
        cart_id="k",
        created_at=BEGINS,
        content=content,
        contact=shopper,
        consent={Channel.EMAIL: yes, Channel.SMS: yes},
    )
    order = OrderPlaced(
        at=BEGINS,
        order_id="1",
        placed_at=BEGINS,
        contact=shopper,
        cart_ids=("k",),
        currency="PLN",
        total=Decimal("198.00"),
    )
    rows = {
        "cart": event_row(SETTINGS, cart, BEGINS, BEGINS),
        "order": event_row(SETTINGS, order, BEGINS, BEGINS),
        "start": start_row(SHOP, "k", 1, TIMELINE, {}, BEGINS),
        **{step.name: _decision(step) for step in steps},
    }
    return {name: orjson.loads(orjson.dumps(row.open, default=str)) for name, row in rows.items()}


def _decision(step: Step) -> Row:
    record = StepRecord(
        state=RecordState.SENT,
        reason=Reason.DUE,
        at=BEGINS,
        message_id="0" * 32,
        channel=step.channel,
        template=step.template,
        provider_id="0" * 36,
        segments=2 if step.channel is Channel.SMS else None,
    )
    request = StepRequest(shop=SHOP, cart_id="k", episode=1, timeline=TIMELINE, step=step)
    result = StepResult(outcome=Outcome.SENT, reason=Reason.DUE)
    decision = Decision(result, Facts(), BEGINS, record=record)
    return decision_row(SETTINGS, request, step, decision)
