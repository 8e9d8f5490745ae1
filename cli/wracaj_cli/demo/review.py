"""The outcome after the last message, read from the outbox, the ledger and the store."""

from dataclasses import dataclass

from wracaj.aws.step_functions import ABANDONED_CART
from wracaj.carts.cart import Cart
from wracaj_cli.demo.actor import Actor
from wracaj_cli.demo.credited import credits_of, differences
from wracaj_cli.demo.outcome import Line, Totals, line_of, totals, unexplained
from wracaj_cli.demo.performance import Part, Performance
from wracaj_cli.demo.promises import CREDITED, Broken, Evidence, broken_promises
from wracaj_cli.demo.punctuality import late_ones
from wracaj_cli.demo.stage import Stage
from wracaj_cli.demo.week import KUBEK, PARAPET, STEPS, ZIARNA
from wracaj_cli.report.reading import read_report
from wracaj_cli.shops.target import local_target

BROKEN_ENDS = ("FAILED", "TIMED_OUT", "ABORTED")
CURRENCY, MONTHS = "PLN", 2  # the week may begin at the end of a month


@dataclass(frozen=True)
class Review:
    lines: list[Line]
    totals: Totals
    broken: list[Broken]
    actors: tuple[Actor, ...]


def review(performance: Performance, stage: Stage) -> Review:
    scene, messages = stage.scene, tuple(performance.messages)
    carts = {part.persona.name: _carts(part, stage) for part in performance.parts}
    _note_troubles(performance, stage, carts)
    lines = [
        line_of(
            part.persona, part.actor.shop.settings, messages, carts[part.persona.name], scene.ledger
        )
        for part in performance.parts
    ]
    count = sum(1 for own in carts.values() for cart in own if cart)
    seen = evidence(performance, stage)
    credited = [
        one
        for shop in (KUBEK, PARAPET, ZIARNA)
        for one in _credited_otherwise(performance, stage, shop)
    ]
    broken = [*broken_promises(seen), *late_ones(seen), *credited]
    actors = tuple(part.actor for part in performance.parts)
    return Review(
        lines, totals(len(lines), count, messages, scene.ledger, stage.server), broken, actors
    )


def _credited_otherwise(performance: Performance, stage: Stage, shop: str) -> list[Broken]:
    report = read_report(local_target(stage.home), shop, CURRENCY, MONTHS)
    names = [one.name for one in performance.cast if one.shop == shop]
    wanted = credits_of(stage.scene.ledger, names, CURRENCY)
    kinds = {f"{ABANDONED_CART}#{step}": step for step in STEPS}
    return [Broken(CREDITED, shop, what) for what in differences(wanted, report.sent, kinds)]


def evidence(performance: Performance, stage: Stage) -> Evidence:
    parts = performance.parts
    return Evidence(
        cast=performance.cast,
        messages=tuple(performance.messages),
        ledger=stage.scene.ledger,
        shops={name: shop.settings for name, shop in stage.scene.shops.items()},
        codes=stage.server.codes,
        turned_away=tuple(stage.server.turned_away),
        begun={
            (part.persona.name, name): basket.begun_at
            for part in parts
            for name, basket in part.actor.baskets.items()
        },
        addresses={part.persona.name: _addresses(part) for part in parts},
    )


def _executions(stage: Stage, status: str) -> list[str]:
    """Return the executions of this status. All timelines are read, because the shops' settings may
    switch on any of them."""
    client = stage.client("stepfunctions")
    return [
        f"{timeline} {execution['name']}"
        for timeline, machine in stage.info.state_machines.items()
        for execution in client.list_executions(
            stateMachineArn=machine, statusFilter=status, maxResults=10
        )["executions"]
    ]


def _carts(part: Part, stage: Stage) -> list[Cart | None]:
    store = local_target(stage.home).store()
    return [
        store.carts.cart_with_records(part.persona.shop, basket.cart_id)
        for basket in part.actor.baskets.values()
    ]


def _addresses(part: Part) -> frozenset[str]:
    contact = part.actor.contact
    return frozenset(filter(None, (contact.email, contact.phone)))


def _note_troubles(
    performance: Performance, stage: Stage, carts: dict[str, list[Cart | None]]
) -> None:
    ledger = stage.scene.ledger
    for part in performance.parts:
        if not part.over:
            ledger.trouble(
                part.persona.name, f"never came to: {part.persona.script[part.line][1].told}"
            )
        for what in unexplained(part.persona, carts[part.persona.name]):
            ledger.trouble(part.persona.name, what)
    for status in BROKEN_ENDS:
        for name in _executions(stage, status):
            ledger.trouble("a timeline", f"{name} ended as {status}")
    for call in stage.server.refused:
        ledger.trouble(
            "a shop's server", f"got a call that it does not believe or understand: {call}"
        )
