"""The whole local stack, with small handlers in place of the product's."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from urllib.error import HTTPError
from urllib.request import Request

import pytest
from typer.testing import CliRunner

from support.local_stack import STACK_SPEED, RunningStack, running_stack
from support.sample_repository import a_repository, edit
from wracaj.settings.values import TimelineName
from wracaj_cli import local
from wracaj_cli.clock import Clock
from wracaj_cli.local import LocalStackError, commands
from wracaj_cli.local.deployment import build
from wracaj_cli.local.sent_messages import save
from wracaj_cli.local.server import direct
from wracaj_cli.timelines import made

BEGINS_AT = datetime(2030, 3, 1, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_repository(tmp_path_factory.mktemp("repository"))


@pytest.fixture(scope="module")
def stack(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    with running_stack(
        tmp_path_factory.mktemp("stack"), begins_at=BEGINS_AT, root=repository
    ) as found:
        found.verify_sender("Kubek <sklep@kubek.example>")
        yield found


def post(
    stack: RunningStack, path: str, body: bytes = b"{}", method: str = "POST"
) -> tuple[int, Any]:
    request = Request(
        stack.info.api_url + path,
        data=body,
        method=method,
        headers={"Content-Type": "application/json"},
    )
    try:
        with direct.open(request, timeout=60) as response:
            return response.status, json.load(response)
    except HTTPError as error:
        return error.code, json.load(error)


def play(
    stack: RunningStack, cart_id: str, timeline: str = "abandoned_cart"
) -> list[dict[str, Any]]:
    """Runs a timeline to its end and returns its history."""
    execution = begin(stack, cart_id, timeline)
    stack.skip(timedelta(days=5))
    assert (
        stack.client("stepfunctions").describe_execution(executionArn=execution)["status"]
        == "SUCCEEDED"
    )
    return history_of(stack, execution)


def begin(stack: RunningStack, cart_id: str, timeline: str) -> str:
    machine, start = (
        stack.info.state_machines[timeline],
        {"shop": "kubek", "cart_id": cart_id, "episode": 1},
    )
    started = stack.client("stepfunctions").start_execution(
        stateMachineArn=machine, name=cart_id, input=json.dumps(start)
    )
    return str(started["executionArn"])


def history_of(stack: RunningStack, execution: str) -> list[dict[str, Any]]:
    told = stack.client("stepfunctions").get_execution_history(
        executionArn=execution, maxResults=1000
    )
    events: list[dict[str, Any]] = told["events"]
    return events


def wait_for(condition: Any, seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def states(history: list[dict[str, Any]]) -> list[str]:
    return [
        event["stateEnteredEventDetails"]["name"]
        for event in history
        if "stateEnteredEventDetails" in event
    ]


def first_asked_at(history: list[dict[str, Any]]) -> datetime:
    """The virtual time at which the function was asked for the first message."""
    outputs = [
        json.loads(event["taskSucceededEventDetails"]["output"])
        for event in history
        if "taskSucceededEventDetails" in event
    ]
    return datetime.fromisoformat(outputs[0]["Payload"]["at"])


def test_stack_json_says_what_a_script_needs(stack: RunningStack) -> None:
    told = json.loads((stack.home / "stack.json").read_text())
    assert {
        "api_url",
        "aws_endpoint_url",
        "region",
        "table",
        "clock",
        "state_machines",
        "shops",
        "public_url",
    } <= set(told)
    assert told["region"] == "eu-west-1"
    assert datetime.fromisoformat(told["clock"]["started_at"]).tzinfo
    assert told["clock"]["speed"] == STACK_SPEED
    assert told["public_url"] == told["api_url"]
    assert set(told["state_machines"]) == {
        *get_args(TimelineName),
        "campaign",
        "data_link",
        "confirm_consent",
    }
    for timeline, arn in told["state_machines"].items():
        assert arn.endswith(f"-{timeline.replace('_', '-')}")


def test_a_request_reaches_its_function_as_an_http_api_sends_it(stack: RunningStack) -> None:
    status, told = post(stack, "/webhooks/shopify/kubek?a=b", '{"imię": 1.00}'.encode())
    assert status == 200
    assert told["event"]["routeKey"] == "POST /webhooks/{platform}/{shop}"
    assert told["event"]["pathParameters"] == {"platform": "shopify", "shop": "kubek"}
    assert told["event"]["body"] == '{"imię": 1.00}'
    assert told["stage"] == "local"


def test_a_path_or_method_that_the_template_does_not_name_is_not_found(stack: RunningStack) -> None:
    assert post(stack, "/webhooks/shopify")[0] == 404
    assert post(stack, "/c/token")[0] == 404  # it is GET


def test_functions_live_in_the_virtual_time_that_the_stack_was_told_to_begin_at(
    stack: RunningStack,
) -> None:
    before, (_, told), after = stack.now(), post(stack, "/webhooks/shopify/kubek"), stack.now()
    assert BEGINS_AT < before <= datetime.fromisoformat(told["now"]) <= after


def test_many_requests_at_once_share_a_few_processes(stack: RunningStack) -> None:
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: post(stack, "/webhooks/shopify/kubek"), range(40)))
    assert {status for status, _ in answers} == {200}
    assert len({told["process"] for _, told in answers}) <= 2


def test_a_timeline_waits_in_virtual_time_and_takes_its_branch(stack: RunningStack) -> None:
    began, history = stack.now(), play(stack, "buys")
    assert states(history)[-1] == "Order completed"
    assert timedelta(hours=3) <= first_asked_at(history) - began < timedelta(hours=6)


@pytest.mark.parametrize(("timeline", "waits_days"), [("welcome", 3), ("after_purchase", 21)])
def test_every_timeline_runs_on_the_stack(
    stack: RunningStack, timeline: str, waits_days: int
) -> None:
    execution = begin(stack, f"of-{timeline}", timeline)
    local.skip_to(stack.now() + timedelta(days=waits_days - 1), stack.home)
    assert "Timeline ended" not in states(history_of(stack, execution))
    local.skip_to(stack.now() + timedelta(days=2), stack.home)
    assert states(history_of(stack, execution))[-1] == "Timeline ended"


def test_an_error_is_retried_by_the_name_of_its_class(stack: RunningStack) -> None:
    history = play(stack, "not-taken")
    failures = [
        event["taskFailedEventDetails"]["error"]
        for event in history
        if "taskFailedEventDetails" in event
    ]
    assert set(failures) == {"NotTakenError"}
    assert "Ordered before the SMS?" in states(history)  # and not the way of the Catch


def test_a_process_that_dies_is_retried_by_the_name_that_lambda_has_for_it(
    stack: RunningStack,
) -> None:
    history = play(stack, "dies")
    failures = [
        event["taskFailedEventDetails"]["error"]
        for event in history
        if "taskFailedEventDetails" in event
    ]
    assert set(failures) == {"Runtime.ExitError"}
    assert "Ordered before the SMS?" in states(history)


def test_the_outbox_shows_all_of_a_message_at_the_virtual_time(
    stack: RunningStack, tmp_path: Path
) -> None:
    play(stack, "mails")
    mail, sms = stack.outbox()
    again_and_again = local.Outbox(stack.home)
    # what is known already is not told again
    assert [again_and_again.read() for _ in range(3)] == [[mail, sms]] * 3
    assert (mail.channel, mail.to, mail.subject, mail.text) == (
        "email",
        "ola@ola.example",
        "Zażółć",
        "tekst",
    )
    assert mail.headers == {"List-Unsubscribe": "<https://x.example>"}
    assert mail.tags == {"message": "m1"}
    assert mail.configuration_set == stack.info.configuration_set
    assert (sms.channel, sms.to, sms.text, sms.sender) == ("sms", "+48600100200", "Żółw", "Kubek")
    assert BEGINS_AT < mail.at <= sms.at < stack.now()
    assert [file.name for file in save([mail, sms], tmp_path)] == [
        "001-email-ola@ola.example.html",
        "002-sms-+48600100200.txt",
    ]


def test_a_queued_start_is_drained(stack: RunningStack) -> None:
    body = json.dumps({"shop": "kubek", "cart_id": "queued", "episode": 1})
    sent = stack.client("sqs").send_message(QueueUrl=stack.info.start_queue_url, MessageBody=body)[
        "MessageId"
    ]
    machines, machine = stack.client("stepfunctions"), stack.info.state_machines["abandoned_cart"]
    wait_for(
        lambda: (
            sent
            in {
                run["name"]
                for run in machines.list_executions(stateMachineArn=machine)["executions"]
            }
        )
    )


def test_a_function_may_do_no_more_than_its_policy_says(stack: RunningStack) -> None:
    status, told = post(stack, "/u/token", b"List-Unsubscribe=One-Click")
    assert status == 502
    assert "not authorized to perform: sqs:SendMessage" in told["errorMessage"]


def test_a_second_start_with_another_speed_or_port_is_refused(
    stack: RunningStack, repository: Path
) -> None:
    with pytest.raises(LocalStackError, match="running already, on port"):
        local.up(60, home=stack.home, root=repository)
    with pytest.raises(LocalStackError, match="running already, on port"):
        local.up(port=4566, home=stack.home, root=repository)


def test_a_changed_timing_and_text_reach_the_next_cart_while_shops_and_clock_stay(
    stack: RunningStack, repository: Path
) -> None:
    before = local.record_shop("kubek", "shopify", "secret", stack.home)
    edit(
        repository / "statemachines" / "abandoned_cart.yaml",
        "first_email_after_hours: 3",
        "first_email_after_hours: 2",
    )
    made.write(repository)
    edit(repository / "functions" / "reminder_step" / "app.py", "first text", "second text")
    said: list[str] = []
    again = local.up(progress=said.append, home=stack.home, root=repository)
    assert "running already" in said[0]
    assert again.clock == before.clock
    assert again.shops["kubek"].webhook_secret == "secret"
    began, history = stack.now(), play(stack, "after-the-change")
    assert timedelta(hours=2) <= first_asked_at(history) - began < timedelta(hours=3)
    assert "second text" in json.dumps(history, default=str)
    assert post(stack, "/webhooks/shopify/kubek")[0] == 200


def test_a_stale_timeline_is_refused_before_anything_is_built(tmp_path: Path) -> None:
    repository = a_repository(tmp_path / "repository")
    edit(
        repository / "statemachines" / "welcome.yaml",
        "code_reminder_after_days: 3",
        "code_reminder_after_days: 4",
    )
    with pytest.raises(LocalStackError, match=r"welcome.asl.json.*\[stale\]"):
        local.up(home=tmp_path / "home", root=repository)
    assert not (tmp_path / "home").exists()


def test_sam_build_by_itself_refuses_a_stale_timeline(tmp_path: Path) -> None:
    repository, home = a_repository(tmp_path / "repository"), tmp_path / "home"
    home.mkdir()
    edit(
        repository / "statemachines" / "welcome.yaml",
        "code_reminder_after_days: 3",
        "code_reminder_after_days: 4",
    )
    with pytest.raises(LocalStackError, match=r"welcome.asl.json; run `wracaj timeline write`"):
        build(repository, home)
    made.write(repository)
    build(repository, home)


def test_a_month_is_skipped_and_every_message_has_the_time_at_which_it_was_due(
    stack: RunningStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, before, real = stack.info, stack.now(), time.monotonic()
    monkeypatch.setattr(commands, "HOME", stack.home)
    begin(stack, "mails", "win_back")
    told = CliRunner().invoke(commands.app, ["skip", "5w"])
    assert "Sent meanwhile: 2; see `wracaj local outbox`" in told.output
    # skipped, not waited for
    assert timedelta(seconds=time.monotonic() - real) * STACK_SPEED < timedelta(days=1)
    # also for whoever read stack.json before
    assert timedelta(days=35) <= known.now() - before < timedelta(days=36)
    earlier, told_anew, later = (
        known.now(),
        local.info(stack.home).clock.virtual(datetime.now(UTC)),
        known.now(),
    )
    assert earlier - timedelta(seconds=1) <= told_anew <= later + timedelta(seconds=1)
    raw = json.loads((stack.home / "stack.json").read_text())["clock"]
    assert Clock(**raw) == local.info(stack.home).clock
    mail, _ = stack.outbox()[-2:]
    assert timedelta(days=30) <= mail.at - before < timedelta(days=30, hours=2)


def test_what_has_passed_cannot_be_skipped_to(stack: RunningStack) -> None:
    with pytest.raises(LocalStackError, match="has passed already"):
        local.skip_to(BEGINS_AT, stack.home)


@pytest.mark.parametrize("speed", [1.0, 60.0, 3600.0])
def test_virtual_and_real_time_are_each_other_s_inverse(speed: float) -> None:
    clock = Clock(started_at=BEGINS_AT, speed=speed)
    real = BEGINS_AT + timedelta(seconds=90)
    assert clock.virtual(real) - BEGINS_AT == timedelta(seconds=90) * speed
    assert abs(clock.real(clock.virtual(real)) - real) < timedelta(milliseconds=1)


def test_without_a_stack_there_is_nothing_to_tell(tmp_path: Path) -> None:
    with pytest.raises(LocalStackError, match="wracaj local up"):
        local.info(tmp_path)
    assert local.status(tmp_path).state == "down"
    assert not local.down(tmp_path)
