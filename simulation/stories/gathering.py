"""Hands what left and what is stored to the judge, in its own words."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from simulation.judge.evidence import Code, Evidence, Execution, Message, Try, Visit

if TYPE_CHECKING:
    from simulation.world.execution import Execution as Run
    from simulation.world.internet import MadeCode
    from simulation.world.services import Left
    from simulation.world.world import World

CHANNELS = {"email": "email", "sms": "sms"}
NO_MESSAGES = {"", "close"}  # tasks that take no step of a message


def evidence_of(world: "World", visits: list[Visit]) -> Evidence:
    return Evidence(
        messages=[_message(left) for left in world.outbox if left.channel in CHANNELS],
        codes=[_code(made) for made in world.shop_codes],
        executions=[_execution(run) for run in world.executions],
        items=[plain(item) for item in world.items()],
        visits=visits,
        dead_letters=dead_letters(world),
        ended_at=world.now,
    )


def _message(left: "Left") -> Message:
    return Message(
        at=left.at,
        began_at=left.began_at,
        committed=left.committed or left.call,  # no write: nothing bound it before the call
        channel=left.channel,
        to=left.to,
        subject=left.invoked["cart_id"],
        episode=left.invoked["episode"],
        step=left.invoked["step"]["name"],
        timeline=left.invoked["timeline"],
        text=f"{left.subject}\n{left.text}",
    )


def _code(made: "MadeCode") -> Code:
    asked = made.invoked
    return Code(made.code, asked["cart_id"], asked["episode"], asked["step"]["name"])


def _execution(run: "Run") -> Execution:
    return Execution(
        name=run.name,
        timeline=run.timeline,
        subject=run.input["cart_id"],
        episode=run.input["episode"],
        status=run.status,
        started_at=run.started_at,
        ended_at=run.ended_at,
        tries=tuple(
            Try(task.at, task.step, task.outcome)
            for task in run.tasks
            if task.step not in NO_MESSAGES
        ),
    )


def plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """DynamoDB's format as plain values."""
    return {name: _value(told) for name, told in item.items()}


def _value(told: Mapping[str, Any]) -> Any:
    ((kind, value),) = told.items()
    match kind:
        case "M":
            return plain(value)
        case "L":
            return [_value(each) for each in value]
        case "NULL":
            return None
    return value


def dead_letters(world: "World") -> list[str]:
    return [str(letter) for letter in getattr(world, "dead_letters", ())]
