"""The clock that jumps, on the real emulator, with machines that wait and a function that returns
the time."""

import io
import json
import os
import random
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count, pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from support.local_stack import running_emulator
from wracaj_cli.clock import Clock
from wracaj_cli.house import ROOT
from wracaj_cli.local import server
from wracaj_cli.local.clients import client_at
from wracaj_cli.local.skipping import CLOCK, NeverQuietError, play_until

BEGINS_AT = datetime(2030, 4, 2, 9, tzinfo=UTC)  # no clock is changed for half a year
SPEED = 20.0
# fifteen real seconds: far less than any wait here, far more than a busy machine needs
LATE = timedelta(minutes=5)
HOUR, DAY = 3600, 86400
PATIENCE = 120.0
ROLE = "arn:aws:iam::000000000000:role/test"
FUNCTION = """
import os, time
from datetime import datetime, timedelta, UTC

def handler(event, context):
    began = datetime.fromisoformat(os.environ["WRACAJ_CLOCK_STARTED_AT"])
    now = began + (datetime.now(UTC) - began) * float(os.environ["WRACAJ_CLOCK_SPEED"])
    if isinstance(event, dict) and "Records" in event:
        told = event["Records"][0]["body"]
        while not os.path.exists(os.path.join(os.path.dirname(told), "go")):
            time.sleep(0.02)
        time.sleep(0.5)
        with open(told, "w") as file:
            file.write(now.isoformat())
    if isinstance(event, dict) and event.get("seconds"):
        time.sleep(event["seconds"])
    print("MiniStack waits for a line of log")
    return now.isoformat()
"""
SLOW = {"seconds": 10}
_names = count()
_client = cache(client_at)  # each takes a tenth of a second to make


@dataclass(frozen=True)
class Machines:
    """An emulator whose clock has started, and what runs on it."""

    url: str
    clock_file: Path

    def client(self, service: str) -> Any:
        return _client(self.url, service)

    def now(self) -> datetime:
        clock = Clock.read(self.clock_file)
        assert clock
        return clock.virtual(datetime.now(UTC))

    def machine(self, states: dict[str, Any], start: str) -> str:
        definition = {"QueryLanguage": "JSONata", "StartAt": start, "States": states}
        name = f"machine-{next(_names)}"
        created = self.client("stepfunctions").create_state_machine(
            name=name, definition=json.dumps(definition), roleArn=ROLE
        )
        return str(created["stateMachineArn"])

    def start(self, machine: str, told: Any) -> str:
        started = self.client("stepfunctions").start_execution(
            stateMachineArn=machine, input=json.dumps(told)
        )
        return str(started["executionArn"])

    def result(self, execution: str) -> Any:
        told = self.client("stepfunctions").describe_execution(executionArn=execution)
        assert told["status"] == "SUCCEEDED", told
        return json.loads(told["output"])

    def state(self) -> Any:
        with server.direct.open(f"{self.url}{CLOCK}", timeout=60) as response:
            return json.load(response)

    def play(self, **time_to_pass: float) -> list[datetime]:
        """The times at which it stopped."""
        stops: list[datetime] = []
        play_until(
            self.url, self.now() + timedelta(**time_to_pass), stops.append, patience=PATIENCE
        )
        return stops


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    home = tmp_path_factory.mktemp("emulator")
    with running_emulator(home, SPEED) as running:
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("says.py", FUNCTION)
        settings = {"Runtime": "python3.13", "Role": ROLE, "Handler": "says.handler", "Timeout": 30}
        client_at(running.url, "lambda").create_function(
            FunctionName="says", Code={"ZipFile": code.getvalue()}, **settings
        )
        Clock.showing(BEGINS_AT, SPEED, datetime.now(UTC)).write(server.clock_file(home))
        yield Machines(running.url, server.clock_file(home))


def wait(seconds: str, following: str) -> dict[str, Any]:
    return {"Type": "Wait", "Seconds": f"{{% {seconds} %}}", "Next": following}


def time_told(output: str, following: str | None) -> dict[str, Any]:
    """The function's answer, in `$states.result.Payload`."""
    call = {"FunctionName": "says", "Payload": {}}
    end: dict[str, Any] = {"Next": following} if following else {"End": True}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": call,
        "Output": f"{{% {output} %}}",
        **end,
    }


# Tells the time, waits, tells it, waits, tells it: of an input {"waits": [s1, s2]} a list of three
# times.
TWO_WAITS = {
    "First": time_told("$merge([$states.input, {'told': [$states.result.Payload]}])", "Wait"),
    "Wait": wait("$states.input.waits[0]", "Second"),
    "Second": time_told(
        "$merge([$states.input, {'told': $append($states.input.told, $states.result.Payload)}])",
        "Wait again",
    ),
    "Wait again": wait("$states.input.waits[1]", "Third"),
    "Third": time_told(
        "{'waits': $states.input.waits, 'told': $append($states.input.told,"
        " $states.result.Payload)}",
        None,
    ),
}


def by_itself(seconds: float) -> timedelta:
    """How much time would pass in so many real seconds if none were jumped over."""
    return timedelta(seconds=seconds * SPEED)


def times(result: Any) -> list[datetime]:
    return [datetime.fromisoformat(told) for told in result["told"]]


def assert_in_time(result: Any) -> None:
    """Each wait took as long as it should, by the clock of the function that ran after it."""
    for (begun, ended), seconds in zip(pairwise(times(result)), result["waits"], strict=True):
        assert timedelta() <= ended - begun - timedelta(seconds=seconds) < LATE


def test_waits_end_in_order_each_at_its_own_time(machines: Machines) -> None:
    machine = machines.machine(TWO_WAITS, "First")
    days = {
        name: machines.start(machine, {"waits": [n * DAY, 1 * HOUR]})
        for name, n in (("c", 3), ("a", 1), ("b", 2))
    }
    began, real = machines.now(), time.monotonic()
    stops = machines.play(days=30)
    assert by_itself(time.monotonic() - real) < timedelta(days=1)
    assert stops == sorted(stops)
    assert machines.now() - began >= timedelta(days=30)
    ends = {name: times(machines.result(execution))[-1] for name, execution in days.items()}
    assert sorted(ends, key=lambda name: ends[name]) == ["a", "b", "c"]
    for execution in days.values():
        assert_in_time(machines.result(execution))


def test_time_stops_where_it_was_told_to(machines: Machines) -> None:
    machine = machines.machine(TWO_WAITS, "First")
    execution = machines.start(machine, {"waits": [10 * DAY, DAY]})
    machines.play(days=10.5)
    told = machines.client("stepfunctions").describe_execution(executionArn=execution)
    assert told["status"] == "RUNNING"
    waits_for = datetime.fromisoformat(machines.state()["next"])
    assert timedelta(hours=11) < waits_for - machines.now() < timedelta(hours=13)
    machines.play(days=1)
    assert_in_time(machines.result(execution))


def a_map(at_once: int) -> dict[str, Any]:
    items = {"StartAt": "First", "States": TWO_WAITS}
    return {
        "Each": {
            "Type": "Map",
            "Items": "{% $states.input %}",
            "MaxConcurrency": at_once,
            "ItemProcessor": items,
            "End": True,
        }
    }


def a_parallel() -> dict[str, Any]:
    branches = [{"StartAt": "Each", "States": a_map(at_once)} for at_once in (1, 2)]
    return {"Both": {"Type": "Parallel", "Branches": branches, "End": True}}


def test_nothing_is_late_however_much_runs_at_once(machines: Machines) -> None:
    """Maps with room for few items, Parallels of Maps, and others that are started while time
    jumps."""
    chance = random.Random(7)

    def some_items() -> list[dict[str, Any]]:
        return [
            {"waits": [chance.randrange(1, 30) * HOUR, chance.randrange(1, 30) * HOUR]}
            for _ in range(4)
        ]

    maps = [machines.machine(a_map(at_once), "Each") for at_once in (1, 2, 0)]
    parallel, plain = machines.machine(a_parallel(), "Both"), machines.machine(TWO_WAITS, "First")
    started = [machines.start(machine, some_items()) for machine in maps * 3]
    started += [machines.start(parallel, some_items()) for _ in range(3)]
    late_comers: list[str] = []

    def come_late() -> None:
        for _ in range(30):
            time.sleep(chance.random() / 20)
            late_comers.append(
                machines.start(plain, {"waits": [chance.randrange(1, 90) * HOUR, HOUR]})
            )

    coming = threading.Thread(target=come_late)
    coming.start()
    while coming.is_alive():
        machines.play(hours=5)
    coming.join()
    machines.play(days=30)
    for number, execution in enumerate(started):
        result = machines.result(execution)
        rows = [row for items in result for row in (items if isinstance(items, list) else [items])]
        assert len(rows) == (8 if number >= 9 else 4)
        for row in rows:
            assert_in_time(row)
    for execution in late_comers:
        assert_in_time(machines.result(execution))
    # one item at a time: each begins when the one before has ended
    for execution in started[0:9:3]:
        items = [times(row) for row in machines.result(execution)]
        for before, after in pairwise(items):
            assert timedelta() <= after[0] - before[-1] < LATE
    assert machines.state()["busy"] == {}


def test_no_thread_is_overlooked_between_two_pieces_of_work(tmp_path: Path) -> None:
    """Within one process, where time jumps without pause and every new thread dawdles before its
    first line."""
    program = [
        sys.executable,
        str(ROOT / "tests" / "support" / "hurry.py"),
        str(tmp_path / "clock.json"),
    ]
    paths = os.pathsep.join([str(ROOT / "cli"), str(ROOT / "functions")])
    done = subprocess.run(
        program,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert len(told["late_minutes"]) == 40
    assert all(0 <= minutes < 5 for minutes in told["late_minutes"])
    assert told["left"] == {}


def test_a_retry_is_waited_for_in_virtual_time(machines: Machines) -> None:
    missing = time_told("$states.result.Payload", None) | {
        "Arguments": {"FunctionName": "nobody", "Payload": {}}
    }
    retry = {
        "ErrorEquals": ["States.ALL"],
        "IntervalSeconds": 60,
        "BackoffRate": 1,
        "MaxAttempts": 20,
    }
    fails = {
        **missing,
        "Retry": [retry],
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Told"}],
    }
    machine = machines.machine(
        {"Fails": fails, "Told": time_told("$states.result.Payload", None)}, "Fails"
    )
    began, real, execution = machines.now(), time.monotonic(), machines.start(machine, {})
    machines.play(hours=1)
    assert by_itself(time.monotonic() - real) < timedelta(hours=1)
    took = datetime.fromisoformat(machines.result(execution)) - began
    assert timedelta(minutes=20) <= took < timedelta(minutes=20) + LATE


def test_time_does_not_jump_while_a_function_works(machines: Machines) -> None:
    slow = time_told("$states.result.Payload", "Told")
    slow |= {
        "Arguments": {"FunctionName": "says", "Payload": {"seconds": 1.5}},
        "TimeoutSeconds": 60,
    }
    states = {
        "Slow": slow,
        "Told": time_told("{'told': [$states.input, $states.result.Payload]}", None),
    }
    execution = machines.start(machines.machine(states, "Slow"), {})
    machines.play(days=1)
    before, after = times(machines.result(execution))
    assert by_itself(1.5) <= after - before < by_itself(1.5) + LATE


def test_time_does_not_jump_while_a_queue_is_drained(machines: Machines, tmp_path: Path) -> None:
    sqs = machines.client("sqs")
    url = sqs.create_queue(QueueName="starts")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    machines.client("lambda").create_event_source_mapping(
        EventSourceArn=arn, FunctionName="says", BatchSize=1
    )
    sent_at = machines.now()
    for name in ("first", "second", "third"):
        sqs.send_message(QueueUrl=url, MessageBody=str(tmp_path / name))
    # from the first to the end of the last, taken or not
    assert machines.state()["busy"]["messages in starts"] > 0
    (tmp_path / "go").touch()
    machines.play(days=1)
    assert machines.state()["busy"] == {}
    told = [
        datetime.fromisoformat((tmp_path / name).read_text())
        for name in ("first", "second", "third")
    ]
    assert all(timedelta() <= at - sent_at < LATE for at in told)


def test_a_schedule_is_kept_by_the_virtual_clock_in_its_time_zone(machines: Machines) -> None:
    machine = machines.machine(
        {"Tell": time_told("{'told': [$states.result.Payload], 'given': $states.input}", None)},
        "Tell",
    )
    scheduler = machines.client("scheduler")
    target = {
        "Arn": machine,
        "RoleArn": ROLE,
        "Input": json.dumps({"night": "<aws.scheduler.scheduled-time>"}),
    }
    nightly = {"Name": "nightly", "ScheduleExpression": "cron(30 2 * * ? *)", "Target": target}
    nightly |= {
        "ScheduleExpressionTimezone": "Europe/Warsaw",
        "FlexibleTimeWindow": {"Mode": "OFF"},
    }
    machines.play(hours=_hours_to_noon(machines.now()))
    scheduler.create_schedule(**nightly)
    machines.play(days=7)
    scheduler.update_schedule(**nightly, State="DISABLED")
    machines.play(days=6)
    machines.play(hours=_hours_to_noon(machines.now()))
    scheduler.update_schedule(**nightly, State="ENABLED")  # what it missed is not made up for
    machines.play(hours=12)
    scheduler.update_schedule(**nightly, State="DISABLED")
    runs = machines.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    results = [machines.result(run["executionArn"]) for run in runs]
    assert len(results) == 7
    for result in results:
        scheduled = datetime.fromisoformat(result["given"]["night"])
        assert timedelta() <= times(result)[0] - scheduled < LATE
        assert f"{scheduled.astimezone(ZoneInfo('Europe/Warsaw')):%H:%M}" == "02:30"


def _hours_to_noon(now: datetime) -> float:
    noon = now.replace(hour=12, minute=0)
    return ((noon if noon > now else noon + timedelta(days=1)) - now).total_seconds() / HOUR


def test_what_never_ends_is_named(machines: Machines) -> None:
    slow = time_told("$states.result.Payload", None) | {
        "Arguments": {"FunctionName": "says", "Payload": SLOW}
    }
    machines.start(machines.machine({"Slow": slow}, "Slow"), {})
    call = {"FunctionName": "says", "Payload": json.dumps(SLOW)}
    called = threading.Thread(target=machines.client("lambda").invoke, kwargs=call)
    called.start()
    while machines.state()["busy"].get("function says") != 2:
        time.sleep(0.05)
    with pytest.raises(
        NeverQuietError, match=r"been going on for 1 s.*: 2 function says, requests, timelines"
    ):
        play_until(machines.url, machines.now() + timedelta(days=1), patience=1)
    called.join()
    machines.play(days=1)


def test_time_passes_by_itself_too(machines: Machines) -> None:
    machine = machines.machine(TWO_WAITS, "First")
    execution = machines.start(machine, {"waits": [60, 60]})  # three seconds each
    while (
        machines.client("stepfunctions").describe_execution(executionArn=execution)["status"]
        == "RUNNING"
    ):
        time.sleep(0.1)
    assert_in_time(machines.result(execution))
