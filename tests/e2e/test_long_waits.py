"""Long waits moved out of Step Functions, end to end, on a stack of its own: switched on while a
timeline waits, and switched off while dates are kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from support.frozen_timelines import a_repository
from support.local_stack import BEGINS_AT, RunningStack, running_stack
from support.timeline_on_stack import Shopper, a_shopper, entered, links_in, visit
from support.webhook_bodies import Json, a_generic_order, a_word, an_envelope
from wracaj.aws.step_functions import execution_name
from wracaj.settings.reading import parse_settings
from wracaj.settings.shop import Shop
from wracaj.timelines.occasion import OccasionKind, occasion_id
from wracaj_cli.local import server
from wracaj_cli.local.deployment import deploy
from wracaj_cli.shops.post import post_webhook
from wracaj_cli.shops.registry import Given, put_shop
from wracaj_cli.shops.target import local_target

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MESSAGES = ("first_email", "second_email", "third_email", "fourth_email", "fifth_email")
WAIT = 1.1  # days; a day at most is never moved out
TIMINGS = {f"{message}_after_days": WAIT for message in MESSAGES}
# A stack of its own, deployed three times.
pytestmark = pytest.mark.timeout(900)
ONE_CLICK = b"List-Unsubscribe=One-Click"
PEOPLE = ("before", "stays", "buys-again", "leaves")


@dataclass
class Played:
    """What each shopper got, and when the parameter was switched."""

    stack: RunningStack
    shop: Shop
    people: dict[str, Shopper]
    ordered_at: dict[str, datetime]
    parts_at_first: dict[str, list[list[str]]]

    def post(self, type_: str, data: Json) -> None:
        body = an_envelope(type_, data, timestamp=self.stack.now().isoformat())
        assert post_webhook(self.stack.info.api_url, self.shop, type_, body).status == 200

    def orders(self, name: str, order: str = "o1") -> None:
        moment = self.stack.now()
        self.ordered_at.setdefault(name, moment)
        told = {"order_id": f"{name}-{order}", "cart_id": None, "checkout_id": None}
        at = {"created_at": moment.isoformat(), "updated_at": moment.isoformat()}
        self.post("order.created", a_generic_order(**told, **at, customer=self.person(name)))

    def agrees(self, name: str) -> None:
        yesterday = (self.stack.now() - DAY).isoformat()
        words = {"email": a_word(updated_at=yesterday)}
        self.post("consent.updated", {"customer": self.person(name), "consent": words})

    def person(self, name: str) -> Json:
        return {"id": None, "email": self.people[name].email}

    def switch(self, days: int) -> None:
        running = server.running(self.stack.home)
        assert running
        deploy(running, self.stack.home, LongWaitDays=str(days))

    def steps(self, name: str) -> list[str]:
        to = self.people[name].email
        return [one.tags["step"] for one in self.stack.outbox() if one.to == to]

    def days_of(self, name: str) -> list[float]:
        """After how many days each message came."""
        to, since = self.people[name].email, self.ordered_at[name]
        return [(one.at - since) / DAY for one in self.stack.outbox() if one.to == to]

    def parts(self, name: str, order: str = "o1") -> list[list[str]]:
        """Return the states of each execution of the timeline, those that there are."""
        machines = self.stack.client("stepfunctions")
        arn = self.stack.info.state_machines["win_back"].replace(":stateMachine:", ":execution:")
        cart, found = occasion_id(OccasionKind.WIN_BACK, f"{name}-{order}"), []
        for part in range(1, 7):
            execution = f"{arn}:{execution_name(self.shop.id, cart, 1, part)}"
            try:
                told = machines.get_execution_history(executionArn=execution, maxResults=1000)
            except machines.exceptions.ExecutionDoesNotExist:
                continue
            found.append(entered(told["events"]))
        return found


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    root = a_repository(tmp_path_factory.mktemp("repository"))
    home = tmp_path_factory.mktemp("stack")
    with running_stack(home, root=root, begins_at=BEGINS_AT) as stack:
        yield play(stack)


def play(stack: RunningStack) -> Played:
    people = {name: a_shopper(name) for name in PEOPLE}
    played = Played(stack, a_shop(stack), people, {}, {})
    for name in PEOPLE:
        played.agrees(name)
    played.orders("before")
    played.switch(1)
    for name in PEOPLE[1:]:
        played.orders(name)
    played.parts_at_first = {name: played.parts(name) for name in PEOPLE}
    stack.skip(WAIT * DAY + 3 * HOUR)  # the first messages
    played.orders("buys-again", "o2")
    (mail,) = [one for one in stack.outbox() if one.to == people["leaves"].email]
    assert visit(links_in(mail)["u"], "POST", ONE_CLICK)[0] == 200
    played.switch(0)
    stack.skip(5 * DAY)
    return played


def a_shop(stack: RunningStack) -> Shop:
    raw: dict[str, Any] = {
        "shop": "kubek-w",
        "platform": "generic",
        "name": "Kubek i Spółka",
        "postal_address": "ul. Gliniana 7, 50-001 Wrocław",
        "url": "https://kubek.example",
        "recovery_hosts": ["kubek.example"],
        "email": {"sender": "Kubek i Spółka <sklep@kubek.example>"},
        "send_window": {"opens": "0:00", "closes": "23:59:59"},
        "timelines": ["win_back"],
        "timings": {"win_back": TIMINGS},
    }
    return put_shop(local_target(stack.home), parse_settings(raw), Given())


def test_a_timeline_that_begins_with_a_long_wait_has_no_execution_until_it_is_near(
    played: Played,
) -> None:
    assert played.parts_at_first["stays"] == []
    assert len(played.parts_at_first["before"]) == 1  # it began before the parameter was switched


@pytest.mark.parametrize("name", ["before", "stays"])
def test_every_message_comes_once_and_at_its_time_whatever_is_switched_meanwhile(
    played: Played, name: str
) -> None:
    assert played.steps(name) == list(MESSAGES)
    for number, days in enumerate(played.days_of(name), 1):
        assert WAIT * number <= days < WAIT * number + 0.1


def test_an_execution_that_waited_before_goes_on_later_at_its_next_long_wait(
    played: Played,
) -> None:
    first, second = played.parts("before")
    assert first[:2] == ["Timings", "Wait for first e-mail"] and first[-1] == "Goes on later"
    assert second[:3] == ["Timings", "Where does it go on?", "Hold second e-mail"]


def test_switched_off_the_dates_that_are_kept_still_go_on_and_no_new_one_is_made(
    played: Played,
) -> None:
    first, second = played.parts("stays")
    assert first[-1] == "Goes on later"
    assert "Wait for third e-mail" in second and "Wait for fifth e-mail" in second
    assert second[-2:] == ["Close the timeline", "Timeline ended"]


def test_an_order_while_it_waits_ends_it(played: Played) -> None:
    assert played.steps("buys-again")[0] == "first_email"
    assert played.parts("buys-again")[-1][-1] == "Order completed"
    # what came later belongs to the second order
    of_the_first = [one for one in played.days_of("buys-again") if one < 2 * WAIT]
    assert len(of_the_first) == 1


def test_a_stop_while_it_waits_leaves_silence(played: Played) -> None:
    assert played.steps("leaves") == ["first_email"]


def test_there_is_one_history_for_the_shop_and_nothing_is_left_behind(played: Played) -> None:
    store = local_target(played.stack.home).store()
    cart_id = occasion_id(OccasionKind.WIN_BACK, "stays-o1")
    subject = store.carts.get_with_records(played.shop.id, cart_id)
    assert subject and subject.episode_ended_at
    assert set(subject.records) == {f"1#{message}" for message in MESSAGES}
    queue = played.stack.client("sqs").get_queue_attributes(
        QueueUrl=played.stack.info.start_dead_letters_url,
        AttributeNames=["ApproximateNumberOfMessages"],
    )
    assert queue["Attributes"]["ApproximateNumberOfMessages"] == "0"
