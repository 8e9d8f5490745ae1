"""Templates with mistakes on the real state machine. A message that was lost is recorded as failed,
and no other message is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from support.frozen_timelines import a_repository
from support.http_shop import an_http_shop
from support.local_stack import BEGINS_AT, running_stack
from support.sample_repository import edit
from support.timeline_on_stack import House, Shopper, a_house, a_shopper
from wracaj_cli.main import app
from wracaj_cli.shops.target import find_target

MISTAKE = "cart_reminder.email.j2, line 5: there is no `imie`"
COMMANDS = ("shops.commands", "shopper.command", "report.command")


@dataclass(frozen=True)
class Lost:
    """Of the three messages of a cart the first and the last cannot be rendered."""

    house: House
    shopper: Shopper
    wracaj: Callable[..., str]


def a_broken_copy(folder: Path) -> Path:
    templates = a_repository(folder) / "functions" / "reminder_step" / "templates" / "pl"
    edit(
        templates / "cart_reminder.email.j2", "{% block opening %}", "{% block opening %}{{ imie }}"
    )
    edit(templates / "cart_discount.email.j2", "{% block button %}", "{% block buton %}")
    return folder


@pytest.fixture(scope="module")
def lost(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lost]:
    home, root = tmp_path_factory.mktemp("stack"), a_broken_copy(tmp_path_factory.mktemp("root"))
    with (
        an_http_shop() as codes,
        running_stack(home, root=root, begins_at=BEGINS_AT) as stack,
        pytest.MonkeyPatch.context() as patched,
    ):
        patched.setenv("COLUMNS", "250")
        for command in COMMANDS:
            patched.setattr(
                f"wracaj_cli.{command}.find_target", lambda name: find_target(name, home=home)
            )
        house, shopper = a_house(stack, codes), a_shopper("lost")
        house.post(house.generic, *house.fills(house.generic, shopper))
        stack.skip(timedelta(days=5))
        yield Lost(house, shopper, said)


def said(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_the_timeline_goes_on_to_its_end_and_sends_what_it_can(lost: Lost) -> None:
    house, shopper = lost.house, lost.shopper
    assert house.has_ended(house.generic, shopper)
    assert house.states(house.generic, shopper) == [
        *("Timings", "Wait for first e-mail", "First e-mail, unless ordered"),
        *("Wait for SMS", "SMS, unless ordered", "Ordered before the discount e-mail?"),
        *("Wait for discount e-mail", "Discount e-mail, unless ordered"),
        *("Close the timeline", "Timeline ended"),
    ]
    assert [message.channel for message in house.outbox(shopper)] == ["sms"]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "not sent: it failed"), ("pl", "niewysłana: wystąpił błąd")]
)
def test_the_cart_says_what_was_lost_and_what_to_mend(
    lost: Lost, language: str, words: str
) -> None:
    cart = ("kubek-g", lost.shopper.cart_id, "--language", language)
    told = lost.wracaj("shop", "cart", *cart)
    assert f"{words} (TemplateError: pl/{MISTAKE}" in told
    assert "pl/cart_discount.email.j2: Required block 'button' not found" in told
    assert told.count(words) == 2


def test_the_shopper_s_own_story_says_so(lost: Lost) -> None:
    assert "not sent: it failed" in lost.wracaj("shopper", "kubek-g", lost.shopper.email)


def test_the_report_counts_each_once(lost: Lost) -> None:
    told = lost.wracaj("report", "kubek-g", "--locale", "en")
    assert told.count("it failed (1)") == 2
