"""Edits that break the timeline of abandoned carts, and what each is told as."""

import copy
from collections.abc import Callable
from typing import Any

from wracaj_cli import house
from wracaj_cli.timelines.problems import Rule
from wracaj_cli.timelines.reading import read

TIMELINE = house.STATE_MACHINES / "abandoned_cart.asl.yaml"
# not yaml.safe_load: the SAM translator changes what that makes
GOOD: dict[str, Any] = read(TIMELINE).body
FIRST, SMS, DISCOUNT, CLOSE = (
    "First e-mail, unless ordered",
    "SMS, unless ordered",
    "Discount e-mail, unless ordered",
    "Close the timeline",
)
CHOICE, SMS_WAIT, HOLD = "Ordered before the discount e-mail?", "Wait for SMS", "Hold SMS"
Body = dict[str, Any]
Place = tuple[Any, ...]
Edit = Callable[[Body], Any]


def edited(edit: Edit) -> Body:
    body = copy.deepcopy(GOOD)
    edit(body["States"])
    return body


def assign(name: str, value: object) -> Edit:
    return lambda states: states["Timings"]["Assign"].__setitem__(name, value)


def put(*keys_and_value: Any) -> Edit:
    """`put("SMS", "Catch", 0, "Next", "X")` writes X there."""
    *keys, last, value = keys_and_value

    def edit(states: Body) -> None:
        place: Any = states
        for key in keys:
            place = place[key]
        place[last] = value

    return edit


def drop(*keys: Any) -> Edit:
    def edit(states: Body) -> None:
        place: Any = states
        for key in keys[:-1]:
            place = place[key]
        del place[keys[-1]]

    return edit


def extra(name: str, **body: Any) -> Edit:
    return put(name, body)


def step(message: str, key: str, value: object) -> Edit:
    return put(message, "Arguments", "Payload", "step", key, value)


def without_branch(index: int) -> Edit:
    return drop(CHOICE, "Choices", index)


def all_at_once(*edits: Edit) -> Edit:
    return lambda states: [edit(states) for edit in edits]


BROKEN: list[tuple[str, Edit, Rule, str | None, str]] = [
    (
        "a Next that names no state",
        put("Timings", "Next", "Wait for frist e-mail"),
        Rule.DANGLING,
        "Timings",
        "Wait for frist e-mail",
    ),
    (
        "a branch that names no state",
        put(CHOICE, "Choices", 0, "Next", "Orderd"),
        Rule.DANGLING,
        CHOICE,
        "Orderd",
    ),
    (
        "a Catch that names no state",
        put(SMS, "Catch", 0, "Next", "Nowhere"),
        Rule.DANGLING,
        SMS,
        "Nowhere",
    ),
    (
        "a state that nothing leads to",
        extra("Thank you", Type="Succeed"),
        Rule.UNREACHABLE,
        "Thank you",
        "nothing leads to it",
    ),
    ("a Wait with no Next", drop(SMS_WAIT, "Next"), Rule.DEAD_END, SMS_WAIT, "nothing comes after"),
    (
        "a Choice with no Default",
        drop(CHOICE, "Default"),
        Rule.DEAD_END,
        CHOICE,
        "no branch expects",
    ),
    (
        "an end that cannot be reached",
        put(CLOSE, "Next", CLOSE),
        Rule.NEVER_ENDS,
        CLOSE,
        "no way leads",
    ),
    ("a state without a Type", drop(SMS_WAIT, "Type"), Rule.SHAPE, SMS_WAIT, "no `Type`"),
    ("a state that is empty", put(SMS_WAIT, None), Rule.SHAPE, SMS_WAIT, "holds nothing"),
    ("a Wait without Seconds", drop(SMS_WAIT, "Seconds"), Rule.SHAPE, SMS_WAIT, "exactly one"),
    (
        "a Wait with Seconds and Timestamp",
        put(SMS_WAIT, "Timestamp", "2026-01-01T00:00:00Z"),
        Rule.SHAPE,
        SMS_WAIT,
        "exactly one",
    ),
    ("a Task that calls nothing", drop(SMS, "Resource"), Rule.SHAPE, SMS, "calls no function"),
    (
        "a name that is too long",
        extra("x" * 81, Type="Succeed"),
        Rule.SHAPE,
        "x" * 81,
        "longer than 80",
    ),
    (
        "a message with no Wait before it",
        put("Timings", "Next", FIRST),
        Rule.NO_WAIT,
        FIRST,
        "without a Wait",
    ),
    (
        "a second message right after the first",
        put("Ordered before the SMS?", "Default", SMS),
        Rule.NO_WAIT,
        SMS,
        "Ordered before the SMS?",
    ),
    (
        "a Task without TimeoutSeconds",
        drop(SMS, "TimeoutSeconds"),
        Rule.NO_TIMEOUT,
        SMS,
        "TimeoutSeconds",
    ),
    ("a time-out of nothing", put(SMS, "TimeoutSeconds", 0), Rule.NO_TIMEOUT, SMS, "0"),
    (
        "a close without TimeoutSeconds",
        drop(CLOSE, "TimeoutSeconds"),
        Rule.NO_TIMEOUT,
        CLOSE,
        "TimeoutSeconds",
    ),
    ("a Task without Retry", drop(SMS, "Retry"), Rule.RETRY, SMS, "NotTakenError"),
    ("a close without Retry", drop(CLOSE, "Retry"), Rule.RETRY, CLOSE, "ConflictError"),
    (
        "a Retry that forgets a throttle",
        put(SMS, "Retry", 1, "ErrorEquals", ["States.Timeout"]),
        Rule.RETRY,
        SMS,
        "TooManyRequests",
    ),
    (
        "a Retry that forgets a process that died",
        lambda states: [
            states[SMS]["Retry"][1]["ErrorEquals"].remove(f"Runtime.{end}")
            for end in ("ExitError", "OutOfMemory")
        ],
        Rule.RETRY,
        SMS,
        "Runtime.ExitError, Runtime.OutOfMemory",
    ),
    (
        "a Retry without jitter",
        drop(SMS, "Retry", 0, "JitterStrategy"),
        Rule.RETRY,
        SMS,
        "JitterStrategy",
    ),
    (
        "a Retry that never retries",
        put(SMS, "Retry", 0, "MaxAttempts", 0),
        Rule.RETRY,
        SMS,
        "MaxAttempts",
    ),
    ("a Task without Catch", drop(SMS, "Catch"), Rule.NO_CATCH, SMS, "breaks off"),
    (
        "a Catch of one error alone",
        put(SMS, "Catch", 0, "ErrorEquals", ["NotTakenError"]),
        Rule.NO_CATCH,
        SMS,
        "breaks off",
    ),
    (
        "a Catch that ends the timeline",
        put(SMS, "Catch", 0, "Next", "Timeline ended"),
        Rule.CATCH_LEAVES,
        SMS,
        "Timeline ended",
    ),
    (
        "a Catch that skips a message",
        put(FIRST, "Catch", 0, "Next", "Wait for discount e-mail"),
        Rule.CATCH_LEAVES,
        FIRST,
        "instead of",
    ),
    ("no ordered branch", without_branch(0), Rule.NO_ORDERED_BRANCH, CHOICE, "'ordered'"),
    ("no stopped branch", without_branch(1), Rule.NO_STOPPED_BRANCH, CHOICE, "'stopped'"),
    ("no wait branch", without_branch(2), Rule.NO_WAIT_BRANCH, CHOICE, "'wait'"),
    (
        "an ordered branch that goes on",
        put(CHOICE, "Choices", 0, "Next", "Wait for discount e-mail"),
        Rule.NO_ORDERED_BRANCH,
        CHOICE,
        "goes on",
    ),
    (
        "a misspelt outcome",
        put(CHOICE, "Choices", 0, "Condition", "{% $answer.outcome = 'order' %}"),
        Rule.NO_ORDERED_BRANCH,
        CHOICE,
        "'ordered'",
    ),
    (
        "a hold that never comes back",
        put(HOLD, "Next", "Wait for discount e-mail"),
        Rule.NO_WAIT_BRANCH,
        CHOICE,
        HOLD,
    ),
    (
        "a hold of half seconds",
        put(HOLD, "Seconds", "{% $max([1, $answer.wait_seconds]) %}"),
        Rule.HOLD,
        HOLD,
        "90.5",
    ),
    (
        "a hold of no time at all",
        put(HOLD, "Seconds", "{% $ceil($answer.wait_seconds) %}"),
        Rule.HOLD,
        HOLD,
        "for 0",
    ),
    (
        "skipped is not sent",
        put(CHOICE, "Choices", 1, "Condition", "{% $answer.outcome in ['stopped', 'skipped'] %}"),
        Rule.SENT_BRANCH,
        CHOICE,
        "'skipped'",
    ),
    (
        "a message sent again for ever",
        put(CHOICE, "Default", SMS_WAIT),
        Rule.SENT_BRANCH,
        CHOICE,
        SMS_WAIT,
    ),
    (
        "no closing step",
        all_at_once(
            put(DISCOUNT, "Catch", 0, "Next", "Timeline ended"),
            put("Ordered before the end?", "Default", "Timeline ended"),
        ),
        Rule.NO_CLOSE,
        "Timeline ended",
        "without 'Close the timeline'",
    ),
    (
        "a closing step that closes nothing",
        put(CLOSE, "Arguments", "Payload", "close", False),
        Rule.STEP,
        CLOSE,
        "closes nothing",
    ),
    (
        "after_seconds of another message",
        step(SMS, "after_seconds", "{% $round($first_email_after_hours * 3600) %}"),
        Rule.AFTER_SECONDS,
        SMS,
        "Wait for SMS",
    ),
    (
        "after_seconds left as it was",
        put(SMS_WAIT, "Seconds", "{% $round($first_email_after_hours * 3600) %}"),
        Rule.AFTER_SECONDS,
        SMS,
        "$first_email_after_hours",
    ),
    (
        "a wait in another unit than its number",
        all_at_once(
            put(SMS_WAIT, "Seconds", "{% $round($sms_after_hours * 60) %}"),
            step(SMS, "after_seconds", "{% $round($sms_after_hours * 60) %}"),
        ),
        Rule.UNIT,
        SMS_WAIT,
        "`sms_after_hours` is in hours by its name",
    ),
    (
        "a message of another timeline",
        put(SMS, "Arguments", "Payload", "timeline", "win_back"),
        Rule.TIMELINE,
        SMS,
        "belongs to 'win_back'",
    ),
    (
        "no after_seconds",
        drop(SMS, "Arguments", "Payload", "step", "after_seconds"),
        Rule.AFTER_SECONDS,
        SMS,
        "no `after_seconds`",
    ),
    (
        "a timing of zero",
        assign("sms_after_hours", 0),
        Rule.TIMING,
        "Timings",
        "not a positive duration",
    ),
    (
        "a negative timing",
        assign("sms_after_hours", -3),
        Rule.TIMING,
        "Timings",
        "not a positive duration",
    ),
    ("a timing with its unit", assign("sms_after_hours", "3h"), Rule.TIMING, "Timings", "'3h'"),
    ("a timing of true", assign("sms_after_hours", True), Rule.TIMING, "Timings", "True"),
    (
        "a timing over a year",
        assign("sms_after_hours", 8761),
        Rule.TIMING,
        "Timings",
        "more than a year",
    ),
    (
        "an endless timing",
        assign("sms_after_hours", float("inf")),
        Rule.TIMING,
        "Timings",
        "not a number",
    ),
    (
        "timings over a year together",
        all_at_once(assign("sms_after_hours", 5000), assign("discount_email_after_hours", 5000)),
        Rule.TOO_LONG,
        "Timings",
        "416 d",
    ),
    (
        "a discount of nothing",
        assign("discount_percent", 0),
        Rule.DISCOUNT,
        "Timings",
        "discount_percent",
    ),
    (
        "a discount over 100",
        assign("discount_percent", 101),
        Rule.DISCOUNT,
        "Timings",
        "discount_percent",
    ),
    (
        "a discount with its sign",
        assign("discount_percent", "10%"),
        Rule.DISCOUNT,
        "Timings",
        "10%",
    ),
    (
        "a code that is never valid",
        assign("discount_valid_days", 0),
        Rule.DISCOUNT,
        "Timings",
        "discount_valid_days",
    ),
    (
        "an unknown way out",
        assign("discount_if_unavailable", "cancel"),
        Rule.DISCOUNT,
        "Timings",
        "cancel",
    ),
    ("an unknown channel", step(SMS, "channel", "pigeon"), Rule.CHANNEL, SMS, "pigeon"),
    (
        "a step without a name",
        drop(FIRST, "Arguments", "Payload", "step", "name"),
        Rule.STEP,
        FIRST,
        "step.name",
    ),
    ("a step name with spaces", step(SMS, "name", "the sms"), Rule.STEP, SMS, "the sms"),
    ("a key that steps do not know", step(SMS, "templte", "cart_sms"), Rule.STEP, SMS, "templte"),
    (
        "a code repeated that nobody gave",
        step(SMS, "repeats_code", True),
        Rule.REPEATED_CODE,
        SMS,
        "no message before it",
    ),
    (
        "a code given and repeated",
        step(DISCOUNT, "repeats_code", True),
        Rule.STEP,
        DISCOUNT,
        "not both",
    ),
    (
        "a payload without the cart",
        drop(SMS, "Arguments", "Payload", "cart_id"),
        Rule.STEP,
        SMS,
        "cart_id",
    ),
    (
        "a variable that Timings lost",
        drop("Timings", "Assign", "discount_percent"),
        Rule.VARIABLE,
        DISCOUNT,
        "$discount_percent",
    ),
    (
        "a number that nothing reads",
        assign("push_after_hours", 3),
        Rule.UNUSED,
        "Timings",
        "push_after_hours",
    ),
    (
        "an expression that does not parse",
        put(HOLD, "Seconds", "{% $max([1, %}"),
        Rule.EXPRESSION,
        HOLD,
        "cannot be read",
    ),
    (
        "an expression that is not closed",
        put(HOLD, "Seconds", "{% 1 "),
        Rule.EXPRESSION,
        HOLD,
        "ends with %}",
    ),
    (
        "an expression that fails",
        put(SMS, "Assign", "answer", "{% 'a' * 2 %}"),
        Rule.EXPRESSION,
        SMS,
        "worked out",
    ),
    (
        "a template that nobody wrote",
        step(SMS, "template", "cart_sms_2"),
        Rule.TEMPLATE,
        SMS,
        "pl/cart_sms_2.sms.j2 and no en/cart_sms_2.sms.j2",
    ),
    (
        "a substitution not given",
        put(SMS, "Arguments", "FunctionName", "${StepArn}"),
        Rule.SUBSTITUTION,
        SMS,
        "${StepArn}",
    ),
]
