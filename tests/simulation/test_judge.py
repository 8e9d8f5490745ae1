"""Each promise, broken by hand: the judge finds it, and finds nothing where nothing is broken."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from simulation.judge.evidence import Code, Evidence, Execution, Message, Try, Visit
from simulation.judge.judging import judge
from simulation.judge.promises import Promise
from simulation.judge.truth import (
    CartTold,
    ErasureTold,
    ForgedTold,
    OrderTold,
    RecordTold,
    Rules,
    StopTold,
    SuppressionTold,
    Truth,
    Who,
    WordTold,
)

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
ANIA = Who("7", "ania@poczta.example", "+48600100200", "Wyndra")
JAN = Who(None, "jan@poczta.example", None, "Qorwin")
SENT = NOON + timedelta(hours=3)


def the_rules(**changes: Any) -> Rules:
    told = Rules(
        shop="kubek",
        since=NOON - timedelta(days=9),
        zone="UTC",
        opens="09:00",
        closes="20:00",
        hours_between=12,
        in_7_days=2,
        new_episode_days=7,
        start_within_hours=48,
        double_opt_in=frozenset(),
        earns_points=True,
    )
    return replace(told, **changes)


def a_cart(cart: str = "c1", who: Who = ANIA, **changes: Any) -> CartTold:
    told = {
        "cart": cart,
        "version": (NOON, 1),
        "created_at": NOON,
        "who": who,
        "mark": f"Kubek {cart} v1x",
        "ticked": {"email": NOON, "sms": NOON},
        "asked": 10,
        "answered": 20,
        "received_at": NOON,
    }
    return CartTold(**{**told, **changes})


def a_message(**changes: Any) -> Message:
    told = Message(
        at=SENT,
        began_at=SENT,
        committed=100,
        channel="email",
        to="ania@poczta.example",
        subject="c1",
        episode=1,
        step="first_email",
        timeline="abandoned_cart",
        text="Cześć, Wyndra! Kubek c1 v1x czeka.",
    )
    return replace(told, **changes)


def a_run(*steps: str, **changes: Any) -> Execution:
    tries = tuple(Try(SENT, step, "sent") for step in steps or ("first_email",))
    told = Execution(
        "name", "abandoned_cart", "c1", 1, "SUCCEEDED", NOON, NOON + timedelta(days=3), tries
    )
    return replace(told, **changes)


def a_record(step: str = "first_email", state: str = "sent", reason: str = "due") -> dict[str, Any]:
    record = json.dumps({"reason": reason, "channel": "email"})
    key = {"PK": "SHOP#kubek#CART#c1", "SK": f"MESSAGE#1#{step}"}
    return key | {"state": state, "record": record}


def a_stored_cart(title: str = "Kubek c1 v1x") -> dict[str, Any]:
    content = json.dumps({"items": [{"title": title}]})
    return {"PK": "SHOP#kubek#CART#c1", "SK": "CART", "content": content}


def an_account(spend: str, points: int, orders: int = 1) -> dict[str, Any]:
    sums = {"spend": spend, "orders": orders, "points": points}
    account = json.dumps({"months": {"2026-03": {"PLN": sums}}})
    return {"PK": "SHOP#kubek#WHO#a-1", "SK": "ACCOUNT", "account": account}


def an_order(**changes: Any) -> OrderTold:
    told = {
        "order": "o1",
        "version": (NOON + timedelta(hours=1), 2),
        "placed_at": NOON + timedelta(hours=1),
        "who": ANIA,
        "carts": ("c1",),
        "total": Decimal("99.50"),
        "asked": 40,
        "answered": 50,
    }
    return OrderTold(**{**told, **changes})


def a_kept_order(order: str = "o1") -> dict[str, Any]:
    return {"PK": f"SHOP#kubek#ALIAS#order#{order}", "SK": "STATE"}


def a_story() -> tuple[Truth, Evidence]:
    """One cart, one reminder, as it should be."""
    truth = Truth(rules=[the_rules()], carts=[a_cart()])
    seen = Evidence(
        messages=[a_message()], executions=[a_run()], items=[a_stored_cart(), a_record()]
    )
    return truth, seen


Break = Callable[[Truth, Evidence], object]


def order_known(truth: Truth, seen: Evidence) -> None:
    truth.orders.append(an_order())
    seen.items += [a_kept_order(), an_account("99.50", 99)]


def order_of_another_cart(truth: Truth, seen: Evidence) -> None:
    truth.orders.append(an_order(carts=(), who=Who(None, "ania@poczta.example")))
    seen.items += [a_kept_order(), an_account("99.50", 99)]


def sent_again(truth: Truth, seen: Evidence) -> None:
    seen.messages.append(a_message(at=SENT + timedelta(hours=13), committed=200))


def second_execution(truth: Truth, seen: Evidence) -> None:
    seen.executions.append(a_run(name="another"))


def box_empty(truth: Truth, seen: Evidence) -> None:
    truth.carts[0].ticked = {}


def anothers_yes(truth: Truth, seen: Evidence) -> None:
    truth.carts[0].ticked = {}
    word = WordTold(channel="email", is_yes=True, at=NOON, by="account", account="8")
    word.asked = word.answered = 5
    truth.words.append(word)


def unclicked(truth: Truth, seen: Evidence) -> None:
    truth.rules[0] = the_rules(double_opt_in=frozenset({"email"}))


def no_in_the_shop(truth: Truth, seen: Evidence) -> None:
    no = WordTold(
        channel="email", is_yes=False, at=NOON + timedelta(hours=1), by="account", account="7"
    )
    no.asked, no.answered = 60, 70
    truth.words.append(no)


def late_yes_after_a_no(truth: Truth, seen: Evidence) -> None:
    no_in_the_shop(truth, seen)
    yes = WordTold(channel="email", is_yes=True, at=NOON, by="account", account="7")
    yes.address, yes.asked, yes.answered = "ania@poczta.example", 80, 90
    truth.words.append(yes)


def stopped(truth: Truth, seen: Evidence) -> None:
    at = NOON + timedelta(hours=1)
    stop = StopTold(at=at, address="ania@poczta.example", channel="email", cart="c9")
    stop.asked, stop.answered = 60, 70
    truth.stops.append(stop)


def stopped_with_a_clock_ahead(truth: Truth, seen: Evidence) -> None:
    """The box was ticked before the stop, though the shop's clock dates it after."""
    stopped(truth, seen)
    truth.carts[0].ticked = {"email": NOON + timedelta(hours=2)}


def bounced(truth: Truth, seen: Evidence) -> None:
    told = SuppressionTold(channel="email", address="ania@poczta.example")
    told.asked, told.answered = 60, 70
    truth.suppressions.append(told)


def to_a_stranger(truth: Truth, seen: Evidence) -> None:
    truth.words.append(
        WordTold(
            channel="email",
            is_yes=True,
            at=NOON,
            by="reader",
            address="jan@poczta.example",
            asked=1,
        )
    )
    seen.messages[0] = a_message(to="jan@poczta.example", text="Kubek c1 v1x")


def with_anothers_cart(truth: Truth, seen: Evidence) -> None:
    truth.carts.append(a_cart("c2", JAN, answered=None))
    seen.messages[0] = a_message(text="Kubek c2 v1x")


def with_anothers_name(truth: Truth, seen: Evidence) -> None:
    truth.carts.append(a_cart("c2", JAN, answered=None))
    seen.messages[0] = a_message(text="Cześć, Qorwin! Kubek c1 v1x")


def to_a_corrected_address(truth: Truth, seen: Evidence) -> None:
    slip = a_cart(who=replace(ANIA, email="anai@poczta.example"), version=(NOON, 0), mark=None)
    truth.carts.append(slip)
    seen.messages[0] = a_message(to="anai@poczta.example", text="Kubek c1 v1x")


def link_to_anothers_cart(truth: Truth, seen: Evidence) -> None:
    truth.carts.append(a_cart("c2", JAN, answered=None))
    seen.visits.append(Visit("c1", "https://kubek.example/koszyk/c2"))


def at_night(truth: Truth, seen: Evidence) -> None:
    late = NOON + timedelta(hours=10)
    seen.messages[0] = a_message(at=late, began_at=late)


def too_soon(truth: Truth, seen: Evidence) -> None:
    seen.messages.append(a_message(step="discount_email", at=SENT + timedelta(hours=2)))
    seen.executions[0] = a_run("first_email", "discount_email")
    seen.items.append(a_record("discount_email"))


def too_many(truth: Truth, seen: Evidence) -> None:
    for number, step in enumerate(("sms", "discount_email"), 1):
        channel, to = ("sms", ANIA.phone) if step == "sms" else ("email", ANIA.email)
        at = SENT + timedelta(hours=20 * number)
        more = a_message(step=step, channel=channel, to=to, at=at, began_at=at)
        seen.messages.append(more)
        seen.items.append(a_record(step))
    truth.rules[0] = the_rules(opens="00:00", closes="23:59:59")
    seen.executions[0] = a_run("first_email", "sms", "discount_email")


def while_switched_off(truth: Truth, seen: Evidence) -> None:
    truth.rules.append(the_rules(since=NOON + timedelta(hours=1), enabled=False))


def days_late(truth: Truth, seen: Evidence) -> None:
    at = SENT + timedelta(hours=25)
    seen.messages[0] = a_message(at=at, began_at=at)


def erased(truth: Truth, seen: Evidence) -> None:
    one = ErasureTold(who=ANIA, at=NOON + timedelta(hours=1), asked=60, answered=70)
    truth.erasures.append(one)


def erased_and_left_over(truth: Truth, seen: Evidence) -> None:
    one = ErasureTold(who=ANIA, at=NOON + timedelta(hours=9), asked=160, answered=170)
    truth.erasures.append(one)
    seen.items.append({"PK": "SHOP#kubek#CART#c1", "SK": "CART", "email": "ania@poczta.example"})


def two_codes(truth: Truth, seen: Evidence) -> None:
    seen.codes += [Code(code, "c1", 1, "discount_email") for code in ("AAAA-CCCC-DDDD", "EEEE")]


def unknown_code(truth: Truth, seen: Evidence) -> None:
    seen.messages[0] = a_message(text="Kubek c1 v1x, kod AAAA-CCCC-DDDD")


def balance_off(truth: Truth, seen: Evidence) -> None:
    truth.orders.append(an_order(asked=140, answered=150))
    seen.items += [a_kept_order(), an_account("99.50", 198)]


def refund_kept(truth: Truth, seen: Evidence) -> None:
    back = an_order(
        version=(SENT, 9), who=Who(), carts=(), total=None, refunds={"r1": Decimal("99.50")}
    )
    truth.orders += [an_order(asked=140, answered=150), replace(back, asked=160, answered=170)]
    seen.items += [a_kept_order(), an_account("99.50", 99)]


def order_lost(truth: Truth, seen: Evidence) -> None:
    truth.orders.append(an_order(asked=140, answered=150, who=Who()))


def cart_stale(truth: Truth, seen: Evidence) -> None:
    newer = a_cart(version=(NOON + timedelta(minutes=5), 2), mark="Kubek c1 v2x")
    truth.carts.append(newer)


def never_started(truth: Truth, seen: Evidence) -> None:
    seen.executions, seen.messages = [], []


def runs_for_ever(truth: Truth, seen: Evidence) -> None:
    seen.executions.append(a_run(name="n2", episode=2, status="RUNNING"))


def dead_letter(truth: Truth, seen: Evidence) -> None:
    seen.dead_letters.append("start of c1")


def no_reason(truth: Truth, seen: Evidence) -> None:
    seen.executions[0] = a_run("first_email", "sms")


def untrue_order(truth: Truth, seen: Evidence) -> None:
    seen.executions[0] = a_run("first_email", "sms")
    seen.items.append(a_record("sms", "ordered", "ordered"))


def says_sent(truth: Truth, seen: Evidence) -> None:
    seen.executions[0] = a_run("first_email", "sms")
    seen.items.append(a_record("sms"))


def says_skipped(truth: Truth, seen: Evidence) -> None:
    seen.items[1] = a_record(state="skipped", reason="stale")


def forged(truth: Truth, seen: Evidence) -> None:
    truth.forged.append(ForgedTold(what="a consent", status=200))


BREAKS: list[tuple[Promise, Break]] = [
    (Promise.AFTER_ORDER, order_known),
    (Promise.AFTER_ORDER, order_of_another_cart),
    (Promise.TWICE, sent_again),
    (Promise.TWICE, second_execution),
    (Promise.CONSENT, box_empty),
    (Promise.CONSENT, anothers_yes),
    (Promise.CONSENT, unclicked),
    (Promise.CONSENT, no_in_the_shop),
    (Promise.CONSENT, late_yes_after_a_no),
    (Promise.STOP, stopped),
    (Promise.STOP, stopped_with_a_clock_ahead),
    (Promise.STOP, bounced),
    (Promise.ADDRESS, to_a_stranger),
    (Promise.ADDRESS, to_a_corrected_address),
    (Promise.ADDRESS, with_anothers_cart),
    (Promise.ADDRESS, with_anothers_name),
    (Promise.ADDRESS, link_to_anothers_cart),
    (Promise.WINDOW, at_night),
    (Promise.CAP, too_soon),
    (Promise.CAP, too_many),
    (Promise.SWITCH, while_switched_off),
    (Promise.STALE, days_late),
    (Promise.ERASURE, erased),
    (Promise.ERASURE, erased_and_left_over),
    (Promise.CODE, two_codes),
    (Promise.CODE, unknown_code),
    (Promise.BALANCE, balance_off),
    (Promise.BALANCE, refund_kept),
    (Promise.LOST, order_lost),
    (Promise.LOST, cart_stale),
    (Promise.LOST, never_started),
    (Promise.ENDS, runs_for_ever),
    (Promise.ENDS, dead_letter),
    (Promise.REASON, no_reason),
    (Promise.REASON, untrue_order),
    (Promise.REASON, says_sent),
    (Promise.REASON, says_skipped),
    (Promise.FORGED, forged),
]


def test_a_story_as_it_should_be_breaks_nothing() -> None:
    assert judge(*a_story()) == []


@pytest.mark.parametrize(("promise", "broken"), BREAKS, ids=[b.__name__ for _, b in BREAKS])
def test_what_breaks_a_promise_is_found(promise: Promise, broken: Break) -> None:
    truth, seen = a_story()
    broken(truth, seen)
    assert promise in {one.promise for one in judge(truth, seen)}


def test_every_promise_is_broken_here_once() -> None:
    assert {promise for promise, _ in BREAKS} == set(Promise)


def test_a_message_that_was_claimed_before_the_order_may_leave() -> None:
    truth, seen = a_story()
    truth.orders.append(an_order(asked=101, answered=110))
    seen.items += [a_kept_order(), an_account("99.50", 99)]
    assert judge(truth, seen) == []


def test_an_order_of_somebody_else_with_the_same_phone_ends_nothing() -> None:
    truth, seen = a_story()
    other = Who(None, "jan@poczta.example", ANIA.phone)
    truth.orders.append(an_order(carts=(), who=other))
    seen.items += [a_kept_order(), an_account("99.50", 99)]
    assert judge(truth, seen) == []


def test_a_newer_yes_counts_again() -> None:
    truth, seen = a_story()
    stopped(truth, seen)
    yes = WordTold(
        channel="email", is_yes=True, at=NOON + timedelta(hours=2), by="reader", asked=80
    )
    yes.address = "ania@poczta.example"
    truth.words.append(yes)
    assert judge(truth, seen) == []


def test_an_erasure_may_empty_the_cart_of_an_address_in_the_account_s_record() -> None:
    """The erasure names the phone alone, and the shop's record has the cart's e-mail beside it."""
    truth, seen = a_story()
    truth.carts[0] = a_cart(who=Who(None, ANIA.email))
    seen.items[0] = a_stored_cart() | {"content": json.dumps({"items": []})}
    assert Promise.LOST in {one.promise for one in judge(truth, seen)}
    record = RecordTold(who=ANIA, account="7", version=(NOON, 0), asked=1, answered=2)
    erasure = ErasureTold(who=Who(None, None, ANIA.phone), at=SENT, asked=160, answered=170)
    truth.records.append(record)
    truth.erasures.append(erasure)
    assert Promise.LOST not in {one.promise for one in judge(truth, seen)}


@pytest.mark.parametrize(
    ("left", "is_trace"),
    [
        ("ania@poczta.example", True),
        ("literowka.ania@poczta.example", False),
        ("Wyndra", True),
        ("Wyndra, literowka.ania@poczta.example", False),
    ],
)
def test_what_is_kept_of_another_address_is_no_trace(left: str, is_trace: bool) -> None:
    truth, seen = a_story()
    slip = Who(None, "literowka.ania@poczta.example", None, "Wyndra")
    truth.carts.append(a_cart("c2", slip))
    erased_and_left_over(truth, seen)
    seen.items[-1] = {"PK": "SHOP#kubek#CART#c2", "SK": "PART", "text": left}
    traces = [one for one in judge(truth, seen) if "still holds" in one.what]
    assert bool(traces) is is_trace


def test_an_order_ends_no_cart_that_became_its_shopper_s_later() -> None:
    truth, seen = a_story()
    truth.carts[0] = a_cart(who=Who())
    truth.carts.append(a_cart(version=(NOON + timedelta(hours=2), 3), asked=60, answered=61))
    order_of_another_cart(truth, seen)
    assert Promise.AFTER_ORDER not in {one.promise for one in judge(truth, seen)}


@pytest.mark.parametrize(("state", "is_due"), [("skipped", True), ("unknown", False)])
def test_a_message_that_may_have_left_begins_the_pause(state: str, is_due: bool) -> None:
    truth, seen = a_story()
    seen.messages.clear()
    seen.executions[0] = a_run(ended_at=NOON + timedelta(days=2))
    seen.items[1] = a_record(state=state, reason="no_address")
    later = NOON + timedelta(days=3)
    truth.carts.append(a_cart(version=(later, 2), received_at=later, asked=200, answered=210))
    assert (Promise.LOST in {one.promise for one in judge(truth, seen)}) is is_due


@pytest.mark.parametrize(("buyer", "is_due"), [(ANIA, False), (JAN, True)])
def test_an_order_that_names_a_cart_alone_is_of_the_cart_s_shopper(
    buyer: Who, is_due: bool
) -> None:
    truth, seen = a_story()
    seen.messages.clear()
    seen.executions[0] = a_run(ended_at=NOON + timedelta(days=2))
    seen.items[1] = a_record(state="skipped", reason="no_address")
    later = NOON + timedelta(days=3)
    truth.carts.append(a_cart(version=(later, 2), received_at=later, asked=200, answered=210))
    truth.carts.append(a_cart("c2", buyer))
    truth.orders.append(an_order(carts=("c2",), who=Who()))
    seen.items += [
        a_kept_order(),
        a_stored_cart("Kubek c2 v1x") | {"PK": "SHOP#kubek#CART#c2"},
    ]
    assert (Promise.LOST in {one.promise for one in judge(truth, seen)}) is is_due


@pytest.mark.parametrize(("account", "is_forgotten"), [("7", False), ("8", False), ("78", True)])
def test_an_erasure_of_one_who_typed_the_address_too_ends_no_opt_in(
    account: str, is_forgotten: bool
) -> None:
    """Nobody here knows which of the two accounts an occasion is of."""
    truth, seen = a_story()
    typed = Who("8", ANIA.email)
    truth.carts = [a_cart(ticked={}), a_cart("c2", typed, ticked={})]
    yes = WordTold(channel="email", is_yes=True, at=NOON, by="reader", address=ANIA.email)
    yes.asked = yes.answered = 25
    truth.words.append(yes)
    truth.erasures += [
        ErasureTold(who=Who(one), at=NOON + timedelta(hours=1), asked=30, answered=40)
        for one in account
    ]
    seen.messages = [a_message(subject="after_purchase~1", timeline="after_purchase")]
    found = {one.promise for one in judge(truth, seen)}
    assert (Promise.CONSENT in found) is is_forgotten


@pytest.mark.parametrize("is_right", [True, False])
def test_what_is_older_than_an_erasure_may_be_stored_after_it_where_the_clock_is_off(
    is_right: bool,
) -> None:
    truth, seen = a_story()
    erased_and_left_over(truth, seen)
    truth.carts.append(a_cart(asked=190, answered=200))
    truth.rules[0] = the_rules(times_of_shop_hold=is_right)
    traces = [one for one in judge(truth, seen) if "still holds" in one.what]
    assert bool(traces) is is_right


@pytest.mark.parametrize(("seconds", "is_due"), [(-1, False), (1, True)])
def test_a_report_that_came_before_the_timeline_ended_begins_no_other(
    seconds: int, is_due: bool
) -> None:
    """The shop's clock is three minutes ahead."""
    truth, seen = a_story()
    seen.messages.clear()
    end = NOON + timedelta(days=2)
    seen.executions[0] = a_run(ended_at=end)
    seen.items[1] = a_record(state="skipped", reason="no_address")
    came, told = end + timedelta(seconds=seconds), end + timedelta(minutes=3)
    truth.carts.append(a_cart(version=(told, 2), received_at=came, asked=200, answered=210))
    assert (Promise.LOST in {one.promise for one in judge(truth, seen)}) is is_due


@pytest.mark.parametrize("asked", [None, 60])
def test_a_report_whose_answer_was_lost_may_have_moved_the_step(asked: int | None) -> None:
    truth, seen = a_story()
    late = NOON + timedelta(days=6)
    seen.messages[0] = a_message(at=late, began_at=late)
    active = late - timedelta(hours=3)
    truth.carts.append(a_cart(version=(active, 2), asked=asked, answered=None, received_at=None))
    assert (Promise.STALE in {one.promise for one in judge(truth, seen)}) is (asked is None)


@pytest.mark.parametrize(("email", "is_true"), [(None, True), ("jan@poczta.example", False)])
def test_an_order_of_a_phone_s_record_may_end_a_cart_with_the_phone_alone(
    email: str | None, is_true: bool
) -> None:
    truth, seen = a_story()
    truth.carts[0] = a_cart(who=Who(None, email, ANIA.phone))
    truth.orders.append(an_order(carts=(), who=Who("7", "ania@poczta.example")))
    truth.records.append(RecordTold(who=ANIA, account="7", version=(NOON, 0), asked=1, answered=2))
    seen.messages.clear()
    seen.items[1] = a_record(state="ordered", reason="ordered")
    seen.items += [a_kept_order(), an_account("99.50", 99)]
    assert (Promise.REASON not in {one.promise for one in judge(truth, seen)}) is is_true


@pytest.mark.parametrize("is_undated", [True, False])
def test_a_deletion_without_a_time_empties_the_cart_whenever_it_comes(is_undated: bool) -> None:
    truth, seen = a_story()
    earlier = (NOON - timedelta(hours=1), 0)
    truth.carts.insert(0, a_cart(version=earlier, mark="", asked=90, is_undated=is_undated))
    seen.items[0] = a_stored_cart() | {"content": json.dumps({"items": []})}
    assert (Promise.LOST not in {one.promise for one in judge(truth, seen)}) is is_undated


@pytest.mark.parametrize("is_right", [True, False])
def test_balances_of_a_shop_whose_clock_is_hours_off_are_not_judged(is_right: bool) -> None:
    truth, seen = a_story()
    balance_off(truth, seen)
    truth.rules[0] = the_rules(times_of_shop_hold=is_right)
    assert (Promise.BALANCE in {one.promise for one in judge(truth, seen)}) is is_right


def test_the_judge_imports_nothing_of_the_product() -> None:
    root = Path(__file__).resolve().parents[2]
    code = (
        "import sys, simulation.judge.judging;"
        "print([n for n in sys.modules if n.split('.')[0] in"
        " ('wracaj', 'wracaj_cli', 'support', 'boto3', 'pydantic')"
        " or n.startswith(('simulation.world', 'simulation.stories'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
