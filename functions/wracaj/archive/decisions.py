"""A step's decision as a row of the archive, with the facts it was made of."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from wracaj.archive.rows import Row, RowKind
from wracaj.clock import timestamp
from wracaj.consent.channel import Channel
from wracaj.customers.shopper import Shopper
from wracaj.settings.shop import ShopSettings
from wracaj.settings.versions import made_under
from wracaj.timelines.facts import Facts
from wracaj.timelines.steps import (
    Reason,
    Step,
    StepRecord,
    StepRequest,
    StepResult,
)

NOTHING = Facts()
TIMES = ("active_at", "stepped_at", "until")


class MarkKind(StrEnum):
    """What a message announces, and nobody else after it."""

    GRANT = "grant"  # a reward: `what` is its key
    NUDGE = "nudge"  # a threshold that is close
    ONCE = "once"  # what is announced to a shopper only once, see store/once_markers.py


class Mark(NamedTuple):
    """`owner`: the identifier of the shopper under which it is noted."""

    kind: MarkKind
    owner: str
    what: str


class Decision(NamedTuple):
    """What a step came to at a moment, and from what. `barred_elsewhere`: other channel → why no
    message may go to this shopper there; None: it may. `record`: of the message, where one was
    claimed; `address`: the identifier of the address that it goes to. `arms`: experiment → the
    shopper's arm, of those that have a say in this timeline. `marks`: what the message announces,
    noted with its claim."""

    result: StepResult
    facts: Facts
    moment: datetime
    shopper: Shopper | None = None
    barred_elsewhere: Mapping[Channel, Reason | None] = {}
    record: StepRecord | None = None
    address: str | None = None
    arms: Mapping[str, str] = {}
    marks: Sequence[Mark] = ()


def decision_row(shop: ShopSettings, request: StepRequest, step: Step, decision: Decision) -> Row:
    body = {
        "timeline": request.timeline,
        "cart_id": request.cart_id,
        "episode": request.episode,
        "step": step.model_dump(mode="json", exclude_defaults=True),
        "outcome": decision.result.outcome,
        "reason": decision.result.reason,
        "facts": facts_as_json(decision.facts),
        "elsewhere": decision.barred_elsewhere,
    }
    if decision.result.wait_seconds:
        body["wait_seconds"] = decision.result.wait_seconds
    if decision.arms:
        body["arms"] = decision.arms
    if decision.result.timings:
        body["timings"] = decision.result.timings
    personal: dict[str, dict[str, Any]] = {}
    if shopper := decision.shopper:
        body |= _of_shopper(shopper)
        if decision.record and decision.record.voucher:
            voucher = decision.record.voucher.model_dump(mode="json", exclude_defaults=True)
            personal[shopper.id] = {"record.voucher": voucher}
    if record := decision.record:
        kept = record.model_dump(mode="json", exclude_defaults=True, exclude={"voucher"})
        body |= {"record": kept, "address": decision.address}
        body |= {"marks": list(decision.marks)} if decision.marks else {}
    return Row(RowKind.DECISION, shop.shop, decision.moment, body | made_under(shop), personal)


def _of_shopper(shopper: Shopper) -> dict[str, Any]:
    entries = {
        name: {"arm": entry.arm, "person": entry.person, "at": timestamp(entry.at)}
        for name, entry in shopper.arms.items()
    }
    told = {"person": shopper.person, "owner": shopper.id}
    return told | ({"entries": entries} if entries else {})


def marks_of(line: Mapping[str, Any]) -> list[Mark]:
    """Return what the message of a line announces."""
    return [Mark(MarkKind(kind), owner, what) for kind, owner, what in line.get("marks", ())]


def facts_as_json(facts: Facts) -> dict[str, Any]:
    """The facts that are not as in NOTHING."""
    told: dict[str, Any] = {
        name: value
        for name, value, usual in zip(Facts._fields, facts, NOTHING, strict=True)
        if value != usual
    }
    for name in TIMES:
        if name in told:
            told[name] = timestamp(told[name])
    if "earlier" in told:
        told["earlier"] = [facts.earlier.outcome, facts.earlier.reason] if facts.earlier else None
    if "sent" in told:
        told["sent"] = [[one.channel, timestamp(one.at)] for one in facts.sent]
    return told
