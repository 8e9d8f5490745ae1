"""The delivery of messages in the report, beside the sent messages and apart from those that were
not sent."""

import io
import json
import os
import re
from typing import Any

import pytest
from rich.console import Console

from delivery_events.app import read
from delivery_events.processing import DeliveryEventProcessor
from report.test_report import report_of
from support.builders import HOUR, NOON, a_cart_event, a_step
from support.clocks import Clock
from support.local_stack import Emulator
from support.provider_events import about
from support.scenes import Scene, a_scene
from wracaj.errors import DiscountError, OutcomeUnknownError
from wracaj.events import Contact
from wracaj.messages.links import Purpose
from wracaj.store import Store
from wracaj.store.table import Table
from wracaj_cli.report.page import as_page
from wracaj_cli.report.terminal import as_tables

pytestmark = pytest.mark.usefixtures("frozen_timelines")
FATES = ("Delivery", "Delivery", "Bounce", "Complaint")


@pytest.fixture
def scene(emulator: Emulator, clock: Clock, request: pytest.FixtureRequest) -> Scene:
    """Four mails went out: two arrived, one of which was followed back, one bounced, one is called
    spam; a fifth is unknown."""
    name = re.sub(r"\W+", "-", request.node.name)[-20:].strip("-").lower().replace("_", "-")
    scene = a_scene(
        Store(Table(emulator.table, emulator.client("dynamodb"))), f"d-{os.getpid()}-{name}"
    )
    for number, fate in enumerate((*FATES, None)):
        scene.take(
            a_cart_event(
                at=NOON - 4 * HOUR,
                cart_id=f"c{number}",
                contact=Contact(email=f"a{number}@example.com"),
            )
        )
        scene.provider.script = [] if fate else [OutcomeUnknownError("timed out")]
        scene.step(cart_id=f"c{number}")
        if fate:
            hear(scene, about(scene.provider.sent[-1], fate))
    target = scene.store.message_links.target(scene.provider.sent[0].tags["message"])
    assert target
    scene.store.clicks.opened(target, Purpose.CART, NOON)
    scene.step(a_step(name="second"), cart_id="c2")
    return scene


def hear(scene: Scene, event: dict[str, Any]) -> None:
    DeliveryEventProcessor(scene.store).process(read(json.dumps(event)))


def shown(report: Any, width: int = 160) -> str:
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(as_tables(report))
    return console.export_text()


def cells(page: str, step: str) -> list[str]:
    """Return what was sent, arrived, bounced, is spam and was clicked."""
    (row,) = re.findall(rf'<tr><th scope="row">{step}</th>(.*?)</tr>', page, re.DOTALL)
    return re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)[:5]


def test_each_step_shows_what_became_of_its_messages(scene: Scene, emulator: Emulator) -> None:
    report = report_of(scene, emulator)
    (line,) = [line for line in shown(report).splitlines() if "│ first e-mail" in line]
    assert [cell.strip() for cell in line.split("│")[1:-1]] == [
        "first e-mail",
        "4",
        "2",
        "1",
        "1",
        "1",
        "0",
    ]
    page = as_page(report)
    assert cells(page, "first e-mail") == ["4", "2", "1", "1", "1"]
    assert "- first e-mail: unknown whether it left (1)" in shown(report)
    assert "- second: the address is suppressed (1)" in shown(report)
    assert "<b>second</b>: the address is suppressed (1)</li>" in page
    assert [
        name
        for name in ("arrived", "bounced", "spam", "clicked")
        if f'<th scope="col">{name}</th>' not in page
    ] == []


def test_what_ses_tracks_is_shown_only_where_it_tracks(scene: Scene, emulator: Emulator) -> None:
    assert "opened" not in shown(report_of(scene, emulator)) + as_page(report_of(scene, emulator))
    hear(scene, about(scene.provider.sent[0], "Open"))
    report = report_of(scene, emulator)
    assert "opened" in shown(report) and '<th scope="col">opened</th>' in as_page(report)


def test_a_message_that_was_settled_is_not_shown_as_unknown(
    scene: Scene, emulator: Emulator
) -> None:
    tags = scene.provider.sent[0].tags | {"message": unknown_of(scene)}
    hear(scene, about(scene.provider.sent[0].model_copy(update={"tags": tags}), "Delivery"))
    page = as_page(report_of(scene, emulator))
    assert cells(page, "first e-mail") == ["5", "3", "1", "1", "1"]
    assert "unknown whether it left" not in page


def unknown_of(scene: Scene) -> str:
    record = scene.cart("c4").record(1, "first_email")
    return str(record.message_id)


def test_a_terminal_of_80_columns_shows_every_figure(scene: Scene, emulator: Emulator) -> None:
    text = shown(report_of(scene, emulator), width=80)
    table = text[text.index("Abandoned cart") :]
    assert "…" not in table
    for word in ("sent", "arrived", "bounced", "spam", "clicked", "unknown", "first e-mail"):
        assert word in table, word


def test_what_was_sent_without_a_code_stands_beside_what_was_sent_and_is_no_reason_for_sending_none(
    scene: Scene, emulator: Emulator
) -> None:
    def refuse(*_: Any) -> Any:
        raise DiscountError("no such code")

    scene.on_discount, scene.provider.script = refuse, []
    scene.take(
        a_cart_event(at=NOON - 4 * HOUR, cart_id="c9", contact=Contact(email="a9@example.com"))
    )
    offer = {"percent": 10, "valid_days": 3, "if_unavailable": "send_without"}
    scene.step(a_step(name="with_code", template="cart_discount", discount=offer), cart_id="c9")
    report = report_of(scene, emulator)
    assert "1, 1 without a code" in shown(report) and "without discount" not in shown(report)
    assert cells(as_page(report), "with code")[0] == "1, 1 without a code"
    assert "<b>with code</b>" not in as_page(report)
