"""A deploy while timelines run: the stack has the state machines of the release before, executions
wait and are held in them, and this release is deployed. They finish as they would have."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from support.frozen_timelines import NOT_SOURCES
from support.http_shop import an_http_shop
from support.local_stack import BEGINS_AT, RunningStack, running_stack
from support.timeline_on_stack import House, Shopper, a_house, a_shopper
from timeline_digest import with_digest
from wracaj_cli import local
from wracaj_cli.house import ROOT, STATE_MACHINES, TEMPLATE
from wracaj_cli.timelines import made

PREVIOUS = ROOT / "tests" / "statemachines" / "previous"
ALL = ["email", "sms", "email"]
MARK = "In the release before"
pytestmark = pytest.mark.timeout(900)  # two builds and two deploys


def a_repository(folder: Path, machines: Path) -> Path:
    """Today's functions and template, with these state machines."""
    shutil.copy(TEMPLATE, folder)
    shutil.copytree(ROOT / "functions", folder / "functions", ignore=NOT_SOURCES)
    shutil.copytree(machines, folder / "statemachines")
    made.write(folder)  # what the functions know of the timelines
    shutil.copytree(machines, folder / "statemachines", dirs_exist_ok=True)
    return folder


def mark(root: Path) -> None:
    """Let an execution of the release before show that it is one, by a state that does nothing."""
    folder = root / "statemachines"
    short, file = folder / "abandoned_cart.yaml", folder / "abandoned_cart.asl.json"
    machine = json.loads(file.read_text())
    last = machine["States"]["Close the timeline"]
    machine["States"][MARK] = {"Type": "Pass", "Next": last["Next"]}
    last["Next"] = MARK
    file.write_text(with_digest(json.dumps(machine), [short.read_text()]))


@dataclass(frozen=True)
class Upgraded:
    house: House
    shoppers: dict[str, Shopper]
    at_the_deploy: dict[str, str]  # the state of each
    definitions: tuple[str, str]  # before, after


def fills(house: House, *shoppers: Shopper) -> None:
    for shopper in shoppers:
        house.post(house.generic, *house.fills(house.generic, shopper))


def definition(stack: RunningStack) -> str:
    told: dict[str, Any] = stack.client("stepfunctions").describe_state_machine(
        stateMachineArn=stack.info.state_machines["abandoned_cart"]
    )
    return str(told["definition"])


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgraded]:
    before = a_repository(tmp_path_factory.mktemp("before"), PREVIOUS)
    mark(before)
    after = a_repository(tmp_path_factory.mktemp("after"), STATE_MACHINES)
    home = tmp_path_factory.mktemp("stack")
    names = ("waits", "held", "reminded", "buys", "new")
    shoppers = {name: a_shopper(name) for name in names}
    with pytest.MonkeyPatch.context() as patched, an_http_shop() as codes:
        # they are not what today's command would make
        patched.setattr("wracaj_cli.local.stack._require_current_timelines", lambda root: None)
        with running_stack(home, root=before, begins_at=BEGINS_AT) as stack:
            local.switch_schedules("DISABLED", home)
            house, first = a_house(stack, codes), definition(stack)
            fills(house, shoppers["held"], shoppers["reminded"], shoppers["buys"])
            stack.skip(timedelta(hours=2))
            fills(house, shoppers["held"], shoppers["waits"])
            stack.skip(timedelta(hours=1, minutes=30))
            states = {name: house.states(house.generic, shoppers[name])[-1] for name in names[:-1]}
            local.up(home=home, root=after)
            fills(house, shoppers["new"])
            house.post(house.generic, *house.buys(house.generic, shoppers["buys"]))
            stack.skip(timedelta(days=5))
            yield Upgraded(house, shoppers, states, (first, definition(stack)))


def test_another_definition_was_deployed_while_timelines_waited_and_were_held(
    upgraded: Upgraded,
) -> None:
    before, after = upgraded.definitions
    assert before != after
    assert upgraded.at_the_deploy == {
        "waits": "Wait for first e-mail",
        "held": "Hold first e-mail",
        "reminded": "Wait for SMS",
        "buys": "Wait for SMS",
    }


@pytest.mark.parametrize("name", ["waits", "held", "reminded", "new"])
def test_a_timeline_that_ran_across_the_deploy_sends_all_its_messages_once(
    upgraded: Upgraded, name: str
) -> None:
    house, shopper = upgraded.house, upgraded.shoppers[name]
    assert [message.channel for message in reversed(house.outbox(shopper))] == ALL
    assert house.states(house.generic, shopper)[-1] == "Timeline ended"
    assert house.has_ended(house.generic, shopper)


def test_an_order_after_the_deploy_ends_a_timeline_from_before(upgraded: Upgraded) -> None:
    house, shopper = upgraded.house, upgraded.shoppers["buys"]
    assert [message.channel for message in house.outbox(shopper)] == ["email"]
    assert house.states(house.generic, shopper)[-1] == "Order completed"


def test_each_execution_keeps_the_definition_that_it_started_with(upgraded: Upgraded) -> None:
    house, shoppers = upgraded.house, upgraded.shoppers
    passed = {name: house.states(house.generic, one) for name, one in shoppers.items()}
    assert {name for name, states in passed.items() if MARK in states} == {
        *("waits", "held", "reminded")
    }
