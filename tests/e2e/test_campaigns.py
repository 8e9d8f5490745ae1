"""A campaign from its file to its mails, with `wracaj campaign`, the real template and machines,
and permissions enforced."""

import itertools
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from support.builders import an_order, some_settings, yes
from support.http_shop import HttpShop, an_http_shop
from support.local_stack import STACK_SPEED, RunningStack
from support.scenes import Scene
from wracaj.consent.channel import Channel
from wracaj.events import ConsentChanged, Contact
from wracaj.settings.shop import Shop
from wracaj_cli.campaigns.status import execution_name
from wracaj_cli.local import SentMessage, set_speed, skip_to
from wracaj_cli.main import app
from wracaj_cli.scoring import score_now
from wracaj_cli.shops.registry import Given, put_shop
from wracaj_cli.shops.target import Target, find_target, local_target

Wracaj = Callable[..., Result]
_numbers = itertools.count()


@pytest.fixture(scope="module")
def target(stack: RunningStack) -> Target:
    return local_target(stack.home)


@pytest.fixture(scope="module")
def codes() -> Iterator[HttpShop]:
    with an_http_shop() as codes:
        codes.says(200, {})
        yield codes


@pytest.fixture
def wracaj(stack: RunningStack, monkeypatch: pytest.MonkeyPatch) -> Wracaj:
    monkeypatch.setattr(
        "wracaj_cli.campaigns.commands.find_target", lambda name: find_target(name, home=stack.home)
    )
    monkeypatch.setenv("COLUMNS", "160")

    def run(*arguments: str, answer: str = "") -> Result:
        """Never a traceback: whatever happens ends in sentences and a number."""
        result = CliRunner().invoke(app, ["campaign", *arguments], input=answer)
        assert result.exception is None or isinstance(result.exception, SystemExit), repr(
            result.exception
        )
        return result

    return run


def a_shop_with(
    target: Target, customers: int, codes: HttpShop | None = None, **settings: Any
) -> Shop:
    """Open day and night; each customer bought more than the one before, and agrees."""
    told: dict[str, Any] = {
        "shop": f"season-{next(_numbers)}",
        "send_window": {"opens": "0:00", "closes": "23:59:59"},
    }
    if codes:
        told["generic"] = {"discount_url": codes.url}
    shop = put_shop(target, some_settings(**(told | settings)), Given())
    scene, bought_at = Scene(target.store(), shop), target.now() - timedelta(days=20)
    for number in range(customers):
        who = Contact(email=f"{shop.id}.{number}@example.com", locale="pl")
        order = an_order(
            order_id=f"{shop.id}-{number}",
            contact=who,
            placed_at=bought_at,
            total=Decimal(100 + 10 * number),
        )
        scene.take(
            order,
            ConsentChanged(
                at=bought_at, contact=who, channel=Channel.EMAIL, consent=yes(bought_at)
            ),
        )
    return shop


def a_file(folder: Path, target: Target, **changes: Any) -> str:
    until = (target.now() + timedelta(days=30)).isoformat()
    told = {
        "campaign": "winter_2026",
        "template": "campaign_season",
        "rate": 600,
        "until": until,
    } | changes
    file = folder / "campaign.yaml"
    file.write_text(json.dumps(told))  # JSON is YAML
    return str(file)


def mails_of(stack: RunningStack, shop: Shop) -> list[SentMessage]:
    return [message for message in stack.outbox() if message.tags.get("shop") == shop.id]


def test_a_campaign_reaches_each_customer_of_its_segments_once_with_a_code_of_their_own(
    wracaj: Wracaj, stack: RunningStack, target: Target, codes: HttpShop, tmp_path: Path
) -> None:
    shop = a_shop_with(target, 10, codes)
    score_now(target, shop.id)
    rfm = {one.customer_id: one.rfm for one in target.store().scoring.everybody(shop.id)}
    segment = max(rfm.values(), key=lambda one: one.monetary if one else 0).segment  # type: ignore[union-attr]
    expected = sum(one is not None and one.segment is segment for one in rfm.values())
    file = a_file(
        tmp_path,
        target,
        segments=[segment],
        discount={"amount": "20", "currency": "PLN", "valid_days": 7},
    )
    started = wracaj("start", shop.id, file, "--yes")
    assert started.exit_code == 0, started.output
    stack.skip(timedelta(hours=2))
    mails = mails_of(stack, shop)
    assert 0 < len(mails) == len({mail.to for mail in mails}) == expected < 10
    created = [call.json["data"]["code"] for call in codes.calls]
    assert sorted(code for code in created for mail in mails if code in mail.text) == sorted(
        created
    )
    assert {(mail.tags["timeline"], mail.tags["step"]) for mail in mails} == {
        ("campaign", "winter_2026")
    }
    shown = wracaj("status", shop.id, "winter_2026").output
    assert (
        "all customers were checked" in shown
        and f"{expected} of about {expected}" in shown
        and "waiting" not in shown
    )
    assert "│ winter_2026 │ all customers were checked" in wracaj("list", shop.id).output
    watched = wracaj("status", shop.id, "winter_2026", "--watch")
    assert watched.exit_code == 0 and "all customers were checked" in watched.output


def test_a_stop_holds_back_what_was_asked_and_not_sent(
    wracaj: Wracaj, stack: RunningStack, target: Target, tmp_path: Path
) -> None:
    shop = a_shop_with(target, 3)
    set_speed(2, stack.home)  # once they are asked, the messages wait for a minute and a half
    try:
        assert wracaj("start", shop.id, a_file(tmp_path, target, rate=60), "--yes").exit_code == 0
        while (
            not (course := target.store().campaigns.get(shop.id, "winter_2026"))
            or course.progress.started < 3
        ):
            time.sleep(0.1)
        stopped = wracaj("stop", shop.id, "winter_2026")
    finally:
        set_speed(STACK_SPEED, stack.home)
    assert (
        stopped.output == "winter_2026 is stopped. Sent until now: 0 messages; no other will be.\n"
    )
    stack.skip(timedelta(days=2))
    assert mails_of(stack, shop) == []
    shown = wracaj("status", shop.id, "winter_2026").output
    assert "stopped (" in shown and "3: the campaign was stopped" in shown
    again = wracaj("start", shop.id, a_file(tmp_path, target), "--yes")
    assert again.exit_code == 1 and "was started on" in again.output


def test_one_that_is_to_begin_later_asks_nobody_before(
    wracaj: Wracaj, stack: RunningStack, target: Target, tmp_path: Path
) -> None:
    shop = a_shop_with(target, 2)
    begins = target.now() + timedelta(days=3)
    assert (
        wracaj(
            "start", shop.id, a_file(tmp_path, target, begins=begins.isoformat()), "--yes"
        ).exit_code
        == 0
    )
    skip_to(begins - timedelta(hours=6), stack.home)
    assert mails_of(stack, shop) == []
    assert "not begun yet" in wracaj("status", shop.id, "winter_2026").output
    skip_to(begins + timedelta(hours=6), stack.home)
    assert len(mails_of(stack, shop)) == 2
    assert min(mail.at for mail in mails_of(stack, shop)) >= begins


def test_a_history_of_a_dispatch_and_of_its_messages_holds_ids_only(
    wracaj: Wracaj, stack: RunningStack, target: Target, tmp_path: Path
) -> None:
    shop = a_shop_with(target, 1)
    assert wracaj("start", shop.id, a_file(tmp_path, target), "--yes").exit_code == 0
    stack.skip(timedelta(hours=2))
    machines = target.client("stepfunctions")
    told = ""
    for machine in (target.campaign_dispatch, stack.info.state_machines["campaign"]):
        for execution in machines.list_executions(stateMachineArn=machine, maxResults=100)[
            "executions"
        ]:
            found = machines.get_execution_history(
                executionArn=execution["executionArn"], maxResults=1000
            )["events"]
            told += json.dumps(found, default=str)
    assert shop.id in told and "winter_2026" in told
    assert "@" not in told


def test_a_dry_run_counts_and_changes_nothing(
    wracaj: Wracaj, target: Target, tmp_path: Path
) -> None:
    shop = a_shop_with(target, 3)
    told = wracaj("start", shop.id, a_file(tmp_path, target), "--dry-run")
    assert told.exit_code == 0
    assert "3 │ would be sent to" in told.output and "A dry run" in told.output
    assert wracaj("list", shop.id).output.startswith("There is none yet")


def test_whoever_says_no_to_the_question_starts_nothing(
    wracaj: Wracaj, target: Target, tmp_path: Path
) -> None:
    shop = a_shop_with(target, 1)
    told = wracaj("start", shop.id, a_file(tmp_path, target), answer="n\n")
    assert told.exit_code == 1 and "Send it to 1 customer of Kubek i Spółka?" in told.output
    assert target.store().campaigns.all(shop.id) == []


def test_a_start_that_was_cut_off_is_finished_by_the_same_command(
    wracaj: Wracaj,
    stack: RunningStack,
    target: Target,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop, file = a_shop_with(target, 1), a_file(tmp_path, target)
    with monkeypatch.context() as patched:
        gone = replace(target, campaign_dispatch=f"{target.campaign_dispatch}-that-is-gone")
        patched.setattr("wracaj_cli.campaigns.commands.find_target", lambda _: gone)
        assert wracaj("start", shop.id, file, "--yes").exit_code == 1
    assert [course.pages for course in target.store().campaigns.all(shop.id)] == [0]
    assert wracaj("start", shop.id, file, "--yes").exit_code == 0
    stack.skip(timedelta(hours=2))
    assert len(mails_of(stack, shop)) == 1
    assert wracaj("start", shop.id, file, "--yes").exit_code == 1


def test_of_a_campaign_that_there_is_not_the_command_says_which_there_are(
    wracaj: Wracaj, target: Target
) -> None:
    shop = a_shop_with(target, 0)
    for command in ("stop", "status"):
        told = wracaj(command, shop.id, "sumer")
        assert told.exit_code == 1 and "There is no campaign 'sumer'" in told.output
    assert wracaj("list", "nobody").exit_code == 1


def test_a_text_that_is_only_on_this_machine_starts_nothing(
    wracaj: Wracaj, target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person's own folder has it, what is deployed has not."""
    shop = a_shop_with(target, 1)
    monkeypatch.setattr("wracaj_cli.campaigns.checks._texts", lambda _: [])
    monkeypatch.setattr("wracaj_cli.campaigns.checks.render", lambda *_: None)
    told = wracaj("start", shop.id, a_file(tmp_path, target, template="campaign_easter"), "--yes")
    assert told.exit_code == 1
    assert "campaign_easter is not deployed yet (pl/campaign_easter.email.j2" in told.output
    assert target.store().campaigns.all(shop.id) == []


def test_a_dispatch_that_failed_is_told(
    wracaj: Wracaj, stack: RunningStack, target: Target, tmp_path: Path
) -> None:
    """As where the shop's stored settings cannot be read."""
    shop = a_shop_with(target, 1)
    assert wracaj(
        "start",
        shop.id,
        a_file(tmp_path, target, begins=(target.now() + timedelta(days=9)).isoformat()),
        "--yes",
    )
    target.client("stepfunctions").start_execution(
        stateMachineArn=target.campaign_dispatch,
        name=execution_name(shop.id, "winter_2026", 2),
        input='{"shop": 7}',
    )
    stack.skip(timedelta(minutes=30))
    told = wracaj("status", shop.id, "winter_2026", "--watch")
    assert "stands still" in told.output and "redrive" in told.output
