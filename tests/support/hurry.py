"""A program that runs MiniStack's Step Functions under a clock that jumps without pause, while
every new thread starts late.

Each machine takes a known number of hours, whatever else runs. If time jumps while anything is
under way, even a thread that has not reached its first line, some machine is late by hours. The
program prints by how many minutes each machine was late.
"""

import json
import random
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from wracaj_cli.clock import Clock
from wracaj_cli.emulator import waiting
from wracaj_cli.emulator.footing import module, wrap
from wracaj_cli.emulator.timekeeper import Timekeeper

MACHINES, DAWDLE_SECONDS, SPEED = 40, 0.01, 2.0
chance = random.Random(11)


def dawdling_threads() -> None:
    """Delay the start of every thread. A thread that has not reached its first line could easily be
    missed by the counts."""
    run = threading.Thread.run

    def late(self: threading.Thread) -> None:
        time.sleep(chance.random() * DAWDLE_SECONDS)
        run(self)

    threading.Thread.run = late  # type: ignore[method-assign]


def wait(hours: int, following: str | None) -> dict[str, Any]:
    return {
        "Type": "Wait",
        "Seconds": hours * 3600,
        **({"Next": following} if following else {"End": True}),
    }


def a_map(items: int, at_once: int, hours: int) -> tuple[dict[str, Any], int]:
    states = {"One": wait(hours, "Two"), "Two": wait(1, None)}
    processor = {"StartAt": "One", "States": states}
    state = {
        "Type": "Map",
        "Items": list(range(items)),
        "MaxConcurrency": at_once,
        "ItemProcessor": processor,
    }
    rounds = -(-items // (at_once or items))
    return state, rounds * (hours + 1)


def a_machine() -> tuple[dict[str, Any], int]:
    """Return a definition, and how many hours it takes."""
    first, first_hours = a_map(
        chance.randrange(1, 6), chance.randrange(0, 4), chance.randrange(1, 9)
    )
    branches = [
        a_map(chance.randrange(1, 5), chance.randrange(0, 3), chance.randrange(1, 9))
        for _ in range(3)
    ]
    parallel = [
        {"StartAt": "Each", "States": {"Each": state | {"End": True}}} for state, _ in branches
    ]
    pause = chance.randrange(1, 5)
    states = {
        "Map": first | {"Next": "Pause"},
        "Pause": wait(pause, "Parallel"),
        "Parallel": {"Type": "Parallel", "Branches": parallel, "Next": "Last"},
        "Last": wait(1, None),
    }
    definition = {"QueryLanguage": "JSONata", "StartAt": "Map", "States": states}
    return definition, first_hours + pause + max(hours for _, hours in branches) + 1


def main(file: Path) -> None:
    sys.setswitchinterval(1e-5)
    dawdling_threads()
    states, keeper = module(waiting.SERVICE), Timekeeper(file)
    Clock.showing(datetime(2030, 1, 1, tzinfo=UTC), SPEED, datetime.now(UTC)).write(file)
    bridges = (
        waiting.waits_of_timelines,
        waiting.threads_of_timelines,
        waiting.branches_of_timelines,
        waiting.pools_of_timelines,
    )
    for bridge in bridges:
        bridge(keeper)
    keeper.start()
    took: dict[str, timedelta] = {}

    def timed(run: Any) -> Any:
        def running(execution: str) -> None:
            began = keeper.now()
            run(execution)
            took[execution] = keeper.now() - began

        return running

    wrap(states, "_run_execution", timed)
    expected = start_all(states, keeper)
    while len(took) < len(expected):
        keeper.advance(keeper.now() + timedelta(days=30), patience_seconds=100)
    late = [
        (took[execution] - timedelta(hours=hours)).total_seconds() / 60
        for execution, hours in expected.items()
    ]
    sys.stdout.write(json.dumps({"late_minutes": late, "left": keeper.under_way()}))


def start_all(states: Any, keeper: Timekeeper) -> dict[str, int]:
    """Start some machines at once, and the others while time jumps. Return execution → hours."""
    expected: dict[str, int] = {}
    jumping = threading.Event()

    def jump() -> None:
        while not jumping.is_set():
            keeper.advance(keeper.now() + timedelta(hours=1), patience_seconds=100)

    jumper = threading.Thread(target=jump)
    for number in range(MACHINES):
        definition, hours = a_machine()
        told = {
            "name": f"m{number}",
            "definition": json.dumps(definition),
            "roleArn": "arn:aws:iam::000000000000:role/test",
        }
        machine = json.loads(states._create_state_machine(told)[2])["stateMachineArn"]
        execution = json.loads(states._start_execution({"stateMachineArn": machine})[2])[
            "executionArn"
        ]
        expected[execution] = hours
        if number == MACHINES // 2:
            jumper.start()
    jumping.set()
    jumper.join()
    return expected


if __name__ == "__main__":
    main(Path(sys.argv[1]))
