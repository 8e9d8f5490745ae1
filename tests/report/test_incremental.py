"""What came because of the messages of a timeline, beside what is credited to them, and what a
change in one message brings."""

from datetime import timedelta
from typing import Any

import pytest

from support.builders import a_holdout, a_test
from support.reports import a_report
from support.shown_experiments import BEGINS, sent, shown
from wracaj_cli.answers import as_json
from wracaj_cli.experiments.showing import Shown
from wracaj_cli.report.as_json import report_as_json
from wracaj_cli.report.bringing import because
from wracaj_cli.report.changed_messages import changed_messages
from wracaj_cli.report.incremental import Incremental, Unknown, each_and_all, of_timeline
from wracaj_cli.report.incremental_words import change_sentences, timeline_sentences
from wracaj_cli.report.messages import by_timeline
from wracaj_cli.report.reading import Report
from wracaj_cli.report.thousand import cell
from wracaj_cli.report.writing import Writer

EN, PL = Writer("en", "PLN"), Writer("pl", "PLN")
FIRST, SMS, DISCOUNT = (
    f"abandoned_cart#{name}" for name in ("first_email", "sms", "discount_email")
)
ROWS = sent(
    abandoned_cart__first_email={"sent": 900, "attributed_orders": 30},
    abandoned_cart__sms={"sent": 90},
    abandoned_cart__discount_email={"sent": 300},
)
PAYS: dict[str, Any] = {"held_out": (5000, 500), "treated": (5000, 650)}
TWO_EACH = {"treated": {FIRST: {"email": 6000, "orders": 200}, SMS: {"sms": 4000, "orders": 50}}}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def carts_pay(counted: Any = TWO_EACH, **changes: Any) -> Shown:
    told = a_holdout(50, timeline="abandoned_cart", begins=BEGINS)
    return shown(told, "carts_pay", counted, **(PAYS | changes))


def a_report_of(*experiments: Shown, **changes: Any) -> Report:
    changed = {one.name: changed_messages(one.experiment) for one in experiments}
    return a_report(sent=ROWS, experiments=list(experiments), changed=changed, **changes)


def sentences(report: Report, w: Writer = EN) -> str:
    return plain(" ".join(timeline_sentences(report, report.sent, w)))


def test_a_timeline_that_is_held_out_has_its_interval_for_1000_messages_beside_the_credited() -> (
    None
):
    report = a_report_of(carts_pay())
    found = of_timeline(report, "abandoned_cart")
    assert isinstance(found, Incremental)
    (compared,) = found.shown.verdict.comparisons
    assert compared.interval and found.each == 2
    assert found.because.low == pytest.approx(1000 * compared.interval.low / 2)
    assert found.because.estimate == pytest.approx(15)  # 3 more of 100, who got 200 messages
    assert found.credited == pytest.approx(25)
    assert (
        "For 1,000 messages sent: 5.3 to 24.7 orders because of them; credited after a click:"
        " 25.0 orders. A shopper got 2.0 of them on average."
    ) in sentences(report)
    assert (
        "Na 1000 wysłanych wiadomości: od 5,3 do 24,7 zamówienia tylko dzięki nim; przypisane po"
        " kliknięciu: 25,0 zamówienia. Klient dostał ich średnio 2,0."
    ) in sentences(report, PL)


def test_one_holdout_of_several_messages_tells_nothing_of_one_alone() -> None:
    report = a_report_of(carts_pay())
    *each, (total, of_all) = each_and_all(report, report.sent)
    assert [found for _, found in each] == [Unknown.WHOLE_TIMELINE] * 3
    assert [cell(found, EN) for _, found in each] == ["–"] * 3
    assert (cell(of_all, EN), cell(of_all, PL)) == ("5.3 … 24.7", "5,3 … 24,7")
    assert (total.sent, total.orders, total.name) == (1290, 30, "")
    assert sentences(report).endswith(
        "carts_pay holds out all messages of the timeline together, so it does not tell what one of"
        " them brings. A test whose arms differ in one message only tells what that change brings."
    )


def test_a_timeline_of_one_message_says_it_of_that_message() -> None:
    (row,) = rows = sent(win_back__first_email={"sent": 40})
    counted = {"treated": {"win_back#first_email": {"email": 5000}}}
    held_out = shown(a_holdout(50, timeline="win_back"), "back", counted, **PAYS)
    report = a_report(sent=rows, experiments=[held_out])
    ((only, found),) = each_and_all(report, rows)
    assert only is row and isinstance(found, Incremental)
    assert "does not tell" not in sentences(report)


def test_a_holdout_of_all_messages_is_told_on_top_and_not_for_one_of_several_timelines() -> None:
    counted = {"treated": {FIRST: {"email": 6000}, "welcome#welcome_email": {"email": 4000}}}
    report = a_report_of(shown(a_holdout(50), "everything", counted, **PAYS))
    assert of_timeline(report, "abandoned_cart") is Unknown.ALL_TIMELINES_TOGETHER
    assert "5.3 to 24.7 orders because of them" in plain(because(report, EN)[0])
    assert sentences(report) == (
        "What these messages alone bring is unknown: everything holds out the messages of all"
        " timelines together. A holdout with `timeline: abandoned_cart` tells it."
    )


def test_if_all_messages_were_of_one_timeline_a_holdout_of_all_tells_it() -> None:
    report = a_report_of(shown(a_holdout(50), "everything", TWO_EACH, **PAYS))
    assert isinstance(of_timeline(report, "abandoned_cart"), Incremental)


def test_the_latest_holdout_that_tells_it_counts() -> None:
    later = a_holdout(50, timeline="abandoned_cart", begins=BEGINS + timedelta(days=1))
    too_early = shown(later, "again", TWO_EACH, held_out=(50, 5), treated=(50, 6))
    found = of_timeline(a_report_of(carts_pay(), too_early), "abandoned_cart")
    assert isinstance(found, Incremental) and found.shown.name == "carts_pay"
    assert of_timeline(a_report_of(too_early), "abandoned_cart") is Unknown.TOO_EARLY
    assert "because of them" not in sentences(a_report_of(too_early))


def test_where_nobody_is_held_out_it_is_unknown_and_said() -> None:
    assert of_timeline(a_report_of(), "abandoned_cart") is Unknown.NOBODY_HELD_OUT
    assert "nobody is held out of these messages" in sentences(a_report_of())
    assert "nikomu ich nie wstrzymujemy" in sentences(a_report_of(), PL)
    asked = a_report(sent=sent(data_link__data_link_email={"sent": 3}), experiments=[])
    assert of_timeline(asked, "data_link") is Unknown.ASKED_FOR
    assert sentences(asked).startswith("Shoppers ask for these messages")


def test_arms_with_wrong_shares_tell_nothing() -> None:
    report = a_report_of(carts_pay(held_out=(4000, 400), treated=(6000, 900)))
    assert of_timeline(report, "abandoned_cart") is Unknown.WRONG_SHARES
    assert "because of them" not in sentences(report)


def test_what_messages_cost_is_taken_off_both_in_a_contribution() -> None:
    counted = {"treated": {FIRST: {"email": 10_000, "contribution_cents": 90_000}}}
    told = a_holdout(50, timeline="abandoned_cart", metric="contribution", begins=BEGINS)
    one = shown(told, "worth_it", counted, {"treated": 0.02}, **PAYS)
    found = of_timeline(a_report_of(one), "abandoned_cart")
    assert isinstance(found, Incremental)
    assert found.credited == pytest.approx(80)  # 900, less 100 for 10,000 mails
    assert found.because.estimate == pytest.approx(5)  # 0.03 - 0.02 for a person, who got 2
    assert "PLN 80.00" in sentences(a_report_of(one))


def a_test_of(arm: dict[str, Any], name: str = "bolder", **people: tuple[int, int]) -> Shown:
    told = a_test({"now": {}, "bold": arm}, begins=BEGINS)
    counted = {"bold": {FIRST: {"email": 5000}, DISCOUNT: {"email": 2500}}}
    arms: dict[str, Any] = {"now": (5000, 500), "bold": (5000, 650)} | people
    return shown(told, name, counted, **arms)


@pytest.mark.usefixtures("frozen_timelines")
@pytest.mark.parametrize(
    ("arm", "messages"),
    [
        ({"templates": {"sms": "cart_sms_short"}}, ("sms",)),
        ({"timings": {"discount_percent": 20}}, ("discount_email",)),
        ({"timings": {"discount_email_after_hours": 48}}, ("discount_email",)),
        ({"timings": {"sms_after_hours": 48}}, ("sms", "discount_email")),
        (
            {"timings": {"discount_percent": 20}, "templates": {"sms": "cart_sms_short"}},
            ("sms", "discount_email"),
        ),
        ({"timings": {"a_timing_of_old": 1}}, ()),
    ],
    ids=["template", "code", "the last wait", "a wait before others", "two", "unknown"],
)
def test_an_arm_changes_a_message_and_whatever_waits_for_it(
    arm: dict[str, Any], messages: tuple[str, ...]
) -> None:
    assert changed_messages(a_test_of(arm).experiment) == {"bold": messages}


@pytest.mark.usefixtures("frozen_timelines")
def test_a_test_of_one_message_stands_with_the_message() -> None:
    report = a_report_of(carts_pay(), a_test_of({"timings": {"discount_percent": 20}}))
    ((name, told),) = change_sentences(report, report.sent, EN)
    assert name == "e-mail with a discount"
    assert plain(told) == (
        "bolder, bold instead of now (discount_percent: 20): Better: 1.1 orders to 4.9 orders more"
        " for 100 shoppers. For 1,000 of this message sent, a difference of 21.3 to 98.7 orders."
    )
    assert "bolder" not in sentences(report)
    assert "A test whose arms" not in sentences(report)
    message = report_as_json(report)["messages"][2]
    (change,) = message["changes"]
    assert (message["incremental"], message["incremental_unknown"]) == (None, "whole_timeline")
    assert (change["experiment"], change["arm"], change["with"]) == ("bolder", "bold", "now")
    assert change["interval_of_thousand"]["estimate"] == pytest.approx(60)


@pytest.mark.usefixtures("frozen_timelines")
def test_a_test_of_several_messages_says_that_it_tells_nothing_of_one() -> None:
    report = a_report_of(a_test_of({"timings": {"sms_after_hours": 48}}))
    assert change_sentences(report, report.sent, EN) == []
    assert (
        "bold (sms_after_hours: 48) changes several messages: SMS, e-mail with a discount. What one"
        " of these changes brings, it does not tell."
    ) in sentences(report)


def test_json_has_each_timeline_with_its_sums_and_what_came_because_of_it() -> None:
    told = report_as_json(a_report_of(carts_pay()))
    (timeline,) = told["timelines"]
    assert (timeline["timeline"], timeline["outcomes"]["sent"]) == ("abandoned_cart", 1290)
    assert timeline["incremental"]["experiment"] == "carts_pay"
    assert timeline["incremental"]["interval_of_thousand"]["estimate"] == pytest.approx(15)
    assert timeline["incremental"]["credited_of_thousand"] == pytest.approx(25)
    assert timeline["incremental_unknown"] is None
    assert list(by_timeline(ROWS)) == [timeline["timeline"]]
    assert "nan" not in as_json(told).lower()
