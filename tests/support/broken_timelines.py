"""Edits that break the short file of abandoned carts, and the problem that each must cause.

The problems `stale` and `not-deployed` are tested elsewhere.
"""

import copy
from collections.abc import Callable
from typing import Any

from support.frozen_timelines import frozen
from wracaj_cli.timelines.problems import Rule
from wracaj_cli.timelines.reading import read

TIMELINE = frozen("abandoned_cart")
GOOD: dict[str, Any] = read(TIMELINE).body  # not yaml.safe_load: the SAM translator changes it
FIRST, SMS, DISCOUNT = "first_email", "sms", "discount_email"
PLACES = {FIRST: 0, SMS: 1, DISCOUNT: 2}
Body = dict[str, Any]
Place = tuple[Any, ...]
Edit = Callable[[Body], Any]


def edited(edit: Edit) -> Body:
    body = copy.deepcopy(GOOD)
    edit(body)
    return body


def assign(name: str, value: object) -> Edit:
    return put("timings", name, value)


def put(*keys_and_value: Any) -> Edit:
    """Set a value: `put("timings", "sms_after_hours", 3)` writes 3 there."""
    *keys, last, value = keys_and_value

    def edit(body: Body) -> None:
        place: Any = body
        for key in keys:
            place = place[key]
        place[last] = value

    return edit


def drop(*keys: Any) -> Edit:
    def edit(body: Body) -> None:
        place: Any = body
        for key in keys[:-1]:
            place = place[key]
        del place[keys[-1]]

    return edit


def message(name: str, key: str, value: object) -> Edit:
    return put("messages", PLACES[name], name, key, value)


def without(name: str, key: str) -> Edit:
    return drop("messages", PLACES[name], name, key)


def named(name: str, other: str) -> Edit:
    """Give the message another name."""

    def edit(body: Body) -> None:
        line = body["messages"][PLACES[name]]
        line[other] = line.pop(name)

    return edit


def renamed(name: str, other: str) -> Edit:
    """Give the timing another name in `timings` only."""
    return lambda body: body["timings"].__setitem__(other, body["timings"].pop(name))


def all_at_once(*edits: Edit) -> Edit:
    return lambda body: [edit(body) for edit in edits]


BROKEN: list[tuple[str, Edit, Rule, str | None, str]] = [
    ("no word of what it is about", drop("about"), Rule.SHAPE, "about", "missing"),
    ("about nothing that there is", put("about", "basket"), Rule.SHAPE, "about", "cart"),
    ("no word of orders", drop("ends_with_order"), Rule.SHAPE, "ends_with_order", "missing"),
    (
        "an order may do both",
        put("ends_with_order", "perhaps"),
        Rule.SHAPE,
        "ends_with_order",
        "true or false",
    ),
    (
        "a cart that outlives its order",
        put("ends_with_order", False),
        Rule.ENDS_WITH_ORDER,
        None,
        "for ever",
    ),
    ("no timings", drop("timings"), Rule.SHAPE, "timings", "missing"),
    ("a section that is misspelt", put("timngs", {}), Rule.SHAPE, "timngs", "timngs"),
    (
        "two messages on a line",
        put("messages", 0, "again", {"email": "cart_reminder", "after": "sms_after_hours"}),
        Rule.SHAPE,
        "messages",
        "holds one message",
    ),
    ("a message that is empty", put("messages", 1, SMS, None), Rule.SHAPE, SMS, "sms"),
    (
        "a message with no wait before it",
        without(SMS, "after"),
        Rule.NO_WAIT,
        SMS,
        "without a wait",
    ),
    (
        "an answer that nobody asks for",
        message(SMS, "when", "reward"),
        Rule.NO_WAIT,
        SMS,
        "a check, and there is none",
    ),
    (
        "a misspelt answer",
        message(SMS, "when", "rewrd"),
        Rule.SHAPE,
        SMS,
        "reward, nudge or expiring",
    ),
    (
        "a timing that there is not",
        message(SMS, "after", "push_after_days"),
        Rule.NAME,
        SMS,
        "`push_after_days` is none of the timings",
    ),
    (
        "a timing that is misspelt in the message",
        message(SMS, "after", "discount_emial_after_hours"),
        Rule.NAME,
        SMS,
        "`discount_emial_after_hours` is none",
    ),
    (
        "a timing that is misspelt in the timings",
        renamed("sms_after_hours", "sms_atfer_hours"),
        Rule.NAME,
        "timings",
        "nothing reads `sms_atfer_hours`, and line",
    ),
    (
        "a number of the discount that Timings lost",
        drop("timings", "discount_percent"),
        Rule.NAME,
        "discounts",
        "`discount_percent` is none of the timings",
    ),
    (
        "a number that nothing reads",
        assign("push_after_hours", 3),
        Rule.UNUSED,
        "timings",
        "push_after_hours",
    ),
    (
        "a discount that nobody gives",
        without(DISCOUNT, "discount"),
        Rule.UNUSED,
        "discounts",
        "no message gives `whole_cart`",
    ),
    (
        "a discount that there is not",
        message(SMS, "discount", "whole_crat"),
        Rule.NAME,
        SMS,
        "`whole_crat` is none of the discounts",
    ),
    (
        "a wait whose number names no unit",
        all_at_once(renamed("sms_after_hours", "sms_after"), message(SMS, "after", "sms_after")),
        Rule.UNIT,
        "timings",
        "does not say its unit",
    ),
    ("a timing of zero", assign("sms_after_hours", 0), Rule.TIMING, "timings", "not a positive"),
    (
        "a timing of no second",
        assign("sms_after_hours", 0.0001),
        Rule.TIMING,
        "timings",
        "not a positive",
    ),
    ("a negative timing", assign("sms_after_hours", -3), Rule.TIMING, "timings", "not a positive"),
    ("a timing with its unit", assign("sms_after_hours", "3h"), Rule.TIMING, "timings", "3h"),
    ("a timing with a comma", assign("sms_after_hours", "2,5"), Rule.TIMING, "timings", "2,5"),
    ("a timing of true", assign("sms_after_hours", True), Rule.TIMING, "timings", "true"),
    ("a timing of nothing", assign("sms_after_hours", None), Rule.TIMING, "timings", "null"),
    ("a timing in words", assign("sms_after_hours", "a day"), Rule.TIMING, "timings", "a day"),
    (
        "a timing over a year",
        assign("sms_after_hours", 8761),
        Rule.TIMING,
        "timings",
        "more than a year",
    ),
    (
        "an endless timing",
        assign("sms_after_hours", float("inf")),
        Rule.TIMING,
        "timings",
        "not a number",
    ),
    (
        "timings over a year together",
        all_at_once(assign("sms_after_hours", 5000), assign("discount_email_after_hours", 5000)),
        Rule.TOO_LONG,
        "timings",
        "416 d",
    ),
    ("a discount of nothing", assign("discount_percent", 0), Rule.DISCOUNT, "timings", "percent"),
    ("a discount over 100", assign("discount_percent", 101), Rule.DISCOUNT, "timings", "percent"),
    (
        "a discount with its sign",
        assign("discount_percent", "10%"),
        Rule.DISCOUNT,
        "timings",
        "10%",
    ),
    ("a discount with a comma", assign("discount_percent", "2,5"), Rule.DISCOUNT, "timings", "2,5"),
    (
        "a code that is never valid",
        assign("discount_valid_days", 0),
        Rule.DISCOUNT,
        "timings",
        "discount_valid_days",
    ),
    (
        "an unknown way out",
        assign("discount_if_unavailable", "cancel"),
        Rule.DISCOUNT,
        "timings",
        "cancel",
    ),
    (
        "a discount of two things",
        put("discounts", "whole_cart", "amount", 20),
        Rule.DISCOUNT,
        DISCOUNT,
        "exactly one",
    ),
    (
        "a discount and free delivery",
        put("discounts", "whole_cart", "free_shipping", True),
        Rule.DISCOUNT,
        DISCOUNT,
        "exactly one",
    ),
    (
        "no free delivery, and nothing else",
        all_at_once(
            put("discounts", "whole_cart", "percent", None),
            put("discounts", "whole_cart", "free_shipping", False),
            drop("timings", "discount_percent"),
        ),
        Rule.DISCOUNT,
        DISCOUNT,
        "or free_shipping: true",
    ),
    (
        "free delivery in words",
        all_at_once(
            drop("discounts", "whole_cart", "percent"),
            put("discounts", "whole_cart", "free_shipping", "for nothing"),
            drop("timings", "discount_percent"),
        ),
        Rule.DISCOUNT,
        "discounts",
        "must be true or false",
    ),
    (
        "a misspelt part of a discount",
        put("discounts", "whole_cart", "valid_dyas", 3),
        Rule.SHAPE,
        "discounts",
        "valid_dyas",
    ),
    ("an unknown channel", message(SMS, "pigeon", "cart_sms"), Rule.SHAPE, SMS, "pigeon"),
    (
        "a misspelt channel",
        all_at_once(without(FIRST, "email"), message(FIRST, "emial", "cart_reminder")),
        Rule.CHANNEL,
        FIRST,
        "emial",
    ),
    ("two channels", message(SMS, "email", "cart_reminder"), Rule.CHANNEL, SMS, "two channels"),
    ("a channel with nothing to send", message(SMS, "sms", None), Rule.CHANNEL, SMS, "nothing"),
    ("no channel", without(SMS, "sms"), Rule.CHANNEL, SMS, "no channel"),
    ("a step name with spaces", named(SMS, "the sms"), Rule.STEP, "the sms", "the sms"),
    ("a key that messages do not know", message(SMS, "aks_why", True), Rule.SHAPE, SMS, "aks_why"),
    (
        "a switch that is a text",
        message(DISCOUNT, "asks_reason", "sometimes"),
        Rule.SHAPE,
        DISCOUNT,
        "true or false",
    ),
    (
        "a code repeated that nobody gave",
        message(SMS, "repeats_code", True),
        Rule.REPEATED_CODE,
        SMS,
        "no message before it",
    ),
    (
        "a code given and repeated",
        message(DISCOUNT, "repeats_code", True),
        Rule.STEP,
        DISCOUNT,
        "not both",
    ),
    (
        "an audience with a discount",
        all_at_once(
            without(DISCOUNT, "email"),
            message(DISCOUNT, "audience", "cart_rescue"),
        ),
        Rule.STEP,
        DISCOUNT,
        "no text or discount",
    ),
    ("a content that is none", message(SMS, "content", "jokes"), Rule.SHAPE, SMS, "jokes"),
    (
        "a name that is too long for the console",
        message(SMS, "called", "x" * 51),
        Rule.SHAPE,
        SMS,
        "50",
    ),
    (
        "a close after a number that there is not",
        put("close_after", "sms_after_huors"),
        Rule.NAME,
        "close_after",
        "`sms_after_huors` is none",
    ),
    (
        "a template that nobody wrote",
        message(SMS, "sms", "pigeon_post"),
        Rule.TEMPLATE,
        SMS,
        "pl/pigeon_post.sms.j2 and no en/pigeon_post.sms.j2",
    ),
]
