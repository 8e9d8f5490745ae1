"""Makes the state machine of a timeline from its short file.

It begins with `Timings`. A message is a Wait, a Task and a Choice, and a Hold for a message that is
delayed. After a check, a message has no Wait of its own.

Where long waits are moved out, a step ends the execution in `Goes on later`, and a fresh one goes
on in the Hold of the step that is due. `Timings` leads there, so that no other start costs a state.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wracaj.timelines.contract import CURRENT
from wracaj_cli.timelines.durations import seconds_of_one
from wracaj_cli.timelines.going_on import (
    CHECK_HOLD,
    CLOSE_HOLD,
    CLOSING,
    INPUT,
    KEPT,
    LATER,
    WHERE,
    course_of,
    keeps_waits,
    kept_by_a_date,
    where_it_goes_on,
)
from wracaj_cli.timelines.short_file import CheckLine, MessageLine, ShortFile
from wracaj_cli.timelines.tasks import State, closing_task, lambda_task

CLOSE, ENDED = CLOSING, "Timeline ended"
ORDERED, UNWANTED = "Order completed", "No longer wanted"
CLOSE_WAIT = "Wait before the close"
MISSED = "{% $missed %}"
ARMS = "{% [$answer.timings, {}][0] %}"  # as the last step answered them
GONE = "What the timeline is about is gone, or the shopper wants no more of it."
STEP, CHECK = "${ReminderStepFunctionArn}", "${LoyaltyCheckFunctionArn}"


@dataclass(frozen=True)
class Names:
    """The names of one message's states."""

    wait: str | None
    task: str
    choice: str
    hold: str

    @property
    def first(self) -> str:
        return self.wait or self.task


def state_machine(name: str, short: ShortFile, comment: str) -> State:
    return {
        "Comment": comment,
        "QueryLanguage": "JSONata",
        "StartAt": "Timings",
        "States": dict(_states(name, short)),
    }


def _states(name: str, short: ShortFile) -> Iterator[tuple[str, State]]:
    names = names_of(short)
    end = CLOSE_WAIT if short.close_after else CLOSE
    yield "Timings", _timings(short, names)
    if course_of(short):
        yield WHERE, where_it_goes_on(short, [one.hold for one in names])
    if short.check:
        yield from _question(name, short.check, short, names, end)
    kept = kept_by_a_date(short)
    following = [one.first for one in names[1:]] if not short.check else [end] * (len(names) - 1)
    for (step, message), own, after in zip(
        short.named_messages, names, [*following, end], strict=True
    ):
        if own.wait:
            yield own.wait, _wait(message.after or "", own.task)
        yield from _message(name, _step(step, message, short), own, after, kept)
    if short.close_after:
        yield CLOSE_WAIT, _wait(short.close_after, CLOSE)
        yield CLOSE_HOLD, _hold(CLOSE)
    yield from _end(name, may_end_early=keeps_waits(short))


def names_of(short: ShortFile) -> list[Names]:
    """Return the names for each message, in order."""
    words = [message.words(step) for step, message in short.named_messages]
    if short.check:
        return [Names(None, _capital(one), f"Was the {one} sent?", f"Hold {one}") for one in words]
    asked = [f"Ordered before the {following}?" for following in [*words[1:], "end"]]
    return [
        Names(f"Wait for {one}", f"{_capital(one)}, unless ordered", choice, f"Hold {one}")
        for one, choice in zip(words, asked, strict=True)
    ]


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _timings(short: ShortFile, names: list[Names]) -> State:
    """Return the first state. It is a Choice where a timeline may go on after a long wait: that
    costs what a Pass costs."""
    first = short.check.wait if short.check else names[0].first
    begins = {
        **{name: _own_or(name, value) for name, value in short.timings.items()},
        "missed": [],  # messages whose step gave no answer; the next call records them
        "answer": {"timings": {}},  # of the last step
    }
    comment = "Every number of the timeline. Those in the settings of the shop come first."
    if not course_of(short):
        return {"Comment": comment, "Type": "Pass", "Assign": begins, "Next": first}
    goes_on = {
        "Condition": "{% $exists($states.input.resume) %}",
        "Assign": begins | {"answer": "{% $states.input.resume %}"},  # as the last step gave it
        "Next": WHERE,
    }
    return {
        "Comment": f"{comment} A timeline that goes on after a long wait brings its own.",
        "Type": "Choice",
        "Choices": [goes_on],
        "Assign": begins,
        "Default": first,
    }


def _own_or(name: str, value: Any) -> str:
    """Return the shop's value, or ours. In JSONata, an array leaves out missing values, so its
    first entry is the right one."""
    ours = f"'{value}'" if isinstance(value, str) and "'" not in value else json.dumps(value)
    return f"{{% [$states.input.timings.{name}, {ours}][0] %}}"


def _wait(timing: str, following: str) -> State:
    return {"Type": "Wait", "Seconds": _seconds(timing), "Next": following}


def _seconds(timing: str) -> str:
    return f"{{% $round({_number(timing)} * {seconds_of_one(timing)}) %}}"


def _number(timing: str) -> str:
    """Return the timing of the shopper's arm in an experiment, as the last step answered it; else
    the timeline's."""
    return f"[$answer.timings.{timing}, ${timing}][0]"


def _question(
    name: str, check: CheckLine, short: ShortFile, names: list[Names], end: str
) -> Iterator[tuple[str, State]]:
    yield check.wait, _wait(check.after, check.question)
    yield CHECK_HOLD, _hold(check.question)
    asks = lambda_task(CHECK, _payload(name, {}), "found", end, check.answer)
    yield check.question, asks
    answers = [
        {"Condition": f"{{% $found.outcome = '{message.when}' %}}", "Next": own.task}
        for (_, message), own in zip(short.named_messages, names, strict=True)
    ]
    yield check.answer, {"Type": "Choice", "Choices": answers, "Default": end}


def _message(
    name: str, step: State, own: Names, after: str, kept: State
) -> Iterator[tuple[str, State]]:
    """`kept`: what a date keeps after this step; empty where none can be kept."""
    missed = f"{{% $append($missed, [{_missed(step)}]) %}}"
    payload = _payload(name, {"step": step, "missed": MISSED, "timings": ARMS, **kept})
    yield own.task, lambda_task(STEP, payload, "answer", after, own.choice, missed)
    branches = {"ordered": ORDERED, "stopped": UNWANTED, "wait": own.hold}
    choices = [
        {"Condition": f"{{% $answer.outcome = '{outcome}' %}}", "Next": target}
        for outcome, target in branches.items()
    ]
    later = [{"Condition": "{% $answer.moved_out = true %}", "Next": LATER}] if kept else []
    yield own.choice, {"Type": "Choice", "Choices": [*later, *choices], "Default": after}
    yield own.hold, _hold(own.task)


def _hold(following: str) -> State:
    return {
        "Comment": "The step says for how long. Whole seconds, at least one.",
        "Type": "Wait",
        "Seconds": "{% $max([1, $ceil($answer.wait_seconds)]) %}",
        "Next": following,
    }


def _missed(step: State) -> str:
    """Return the JSONata object by which the next call records this message."""
    told = {key: step[key] for key in ("name", "channel", "template") if key in step}
    fields = (f"'{key}': {_in_jsonata(value)}" for key, value in told.items())
    return f"{{{', '.join(fields)}}}"


def _in_jsonata(value: str) -> str:
    """Return a word as a JSONata string, or the expression between `{%` and `%}`."""
    return value[2:-2].strip() if value.startswith("{%") else f"'{value}'"


def _step(step: str, message: MessageLine, short: ShortFile) -> State:
    text = "audience" if message.channel == "audience" else "template"
    discount = short.discounts[message.discount].written if message.discount else None
    told: dict[str, Any] = {
        "name": step,
        "channel": message.channel,
        text: message.sends,
        "after_seconds": _seconds(short.wait_of(message)),
        "discount": discount and {key: _value(value, short) for key, value in discount.items()},
        "instead_of": message.instead_of,
        "repeats_code": message.repeats_code or None,
        "content": message.content_kind,
        "asks_reason": message.asks_reason or None,
    }
    given = {key: f"{{% {INPUT}.message.{key} %}}" for key in message.from_start}
    return {key: value for key, value in (told | given).items() if value is not None}


def _value(value: Any, short: ShortFile) -> Any:
    """Return the value. A word that names a timing is replaced by that timing."""
    return f"{{% {_number(value)} %}}" if value in short.timings else value


def _payload(name: str, more: State) -> State:
    ids = {key: f"{{% {INPUT}.{key} %}}" for key in ("shop", "cart_id", "episode")}
    return ids | {"timeline": name, "contract": CURRENT} | more


def _end(name: str, *, may_end_early: bool) -> Iterator[tuple[str, State]]:
    yield CLOSE, closing_task(STEP, _payload(name, {"close": True, "missed": MISSED}), ENDED)
    yield ENDED, {"Type": "Succeed"}
    yield ORDERED, {"Comment": "Nothing more is sent.", "Type": "Succeed"}
    yield UNWANTED, {"Comment": GONE, "Type": "Succeed"}
    if may_end_early:
        yield LATER, {"Comment": KEPT, "Type": "Succeed"}
