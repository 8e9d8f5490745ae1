"""The messages of a report: their order, what came of them, and what they cost."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from wracaj.consent.channel import Channel
from wracaj.settings.sections import EconomicsSettings
from wracaj_cli import house
from wracaj_cli.report.messages import Sent, by_timeline, costs_of, in_order
from wracaj_cli.report.naming import idle_in_words, why_not_sent
from wracaj_cli.report.writing import Writer

pytestmark = pytest.mark.usefixtures("frozen_timelines")
EN, PL = Writer("en", "PLN"), Writer("pl", "PLN")


def a_store(*campaigns: tuple[str, Channel]) -> Any:
    courses = [
        SimpleNamespace(campaign=SimpleNamespace(id=name, channel=channel))
        for name, channel in campaigns
    ]
    return SimpleNamespace(campaigns=SimpleNamespace(all=lambda shop: courses))


def ordered(counted: dict[str, dict[str, int]], *campaigns: tuple[str, Channel]) -> list[Sent]:
    return in_order(a_store(*campaigns), "kubek", counted)


def test_messages_stand_in_the_order_of_their_short_file() -> None:
    rows = ordered(
        {"abandoned_cart#sms": {"sent": 3}, "abandoned_cart#discount_email": {"sent": 1}}
    )
    assert [(row.name, row.channel, row.sent) for row in rows] == [
        ("first_email", Channel.EMAIL, 0),
        ("sms", Channel.SMS, 3),
        ("discount_email", Channel.EMAIL, 1),
    ]


def test_a_message_that_is_in_no_file_any_more_comes_last() -> None:
    rows = ordered({"abandoned_cart#a_message_of_old": {"sent": 3}})
    assert [row.name for row in rows][-1] == "a_message_of_old"
    assert rows[-1].channel is None


def test_a_short_file_that_somebody_is_editing_costs_the_order_and_no_figure(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house, "STATE_MACHINES", tmp_path)
    (tmp_path / "abandoned_cart.yaml").write_text("messages: [")
    counted = {"abandoned_cart#sms": {"sent": 3}, "abandoned_cart#first_email": {"sent": 1}}
    assert [row.name for row in ordered(counted)] == ["first_email", "sms"]


def test_carts_come_first_then_occasions_campaigns_and_what_shoppers_asked_for() -> None:
    names = (
        "data_link",
        "one_of_their_own",
        "campaign",
        "welcome",
        "regular_cart",
        "abandoned_cart",
    )
    counted = {f"{name}#x": {"sent": 1} for name in names} | {"no timeline#rule 1": {"carts": 2}}
    assert list(by_timeline(ordered(counted))) == [
        "abandoned_cart",
        "regular_cart",
        "welcome",
        "campaign",
        "data_link",
        "one_of_their_own",
    ]


def test_campaigns_have_their_own_channel_and_those_that_sent_nothing_are_left_out() -> None:
    counted = {"campaign#winter": {"sent": 9}, "campaign#forgotten": {"sent": 1}}
    told = (("autumn", Channel.EMAIL), ("winter", Channel.WEB_PUSH))
    assert [(row.name, row.channel) for row in ordered(counted, *told)] == [
        ("winter", Channel.WEB_PUSH),
        ("forgotten", None),
    ]


def test_the_question_for_consent_is_asked_on_two_channels() -> None:
    rows = ordered({"confirm_consent#confirm_sms": {"sent": 1, "segments": 2}})
    assert [(row.name, row.channel) for row in rows] == [
        ("confirm_email", Channel.EMAIL),
        ("confirm_sms", Channel.SMS),
    ]


def test_why_not_sent_is_told_in_words_the_most_frequent_first() -> None:
    row = Sent(
        "abandoned_cart#sms",
        {"sent": 1, "skipped_no_consent": 2, "stopped_no_consent": 3, "ordered_ordered": 4}
        | {"unknown": 1, "delivered": 9, "unsubscribed": 7, "codes_used": 1, "attributed_orders": 1}
        | {"skipped_stale": 0},
    )
    assert why_not_sent(row, EN) == "no consent (5), ordered (4), unknown whether it left (1)"
    assert why_not_sent(row, PL) == (
        "brak zgody (5), zamówienie złożone (4), nie wiadomo, czy wyszła (1)"
    )


def test_messages_whose_time_never_came_are_named() -> None:
    rows = ordered({"abandoned_cart#first_email": {"skipped_no_consent": 2}})
    assert idle_in_words(rows, EN) == "Nothing yet: SMS, e-mail with a discount."
    assert idle_in_words(rows[:1], EN) == ""


def test_only_mails_and_parts_of_sms_cost() -> None:
    rows = [
        Sent("abandoned_cart#first_email", {"sent": 10}, Channel.EMAIL),
        Sent("abandoned_cart#sms", {"sent": 10, "segments": 25}, Channel.SMS),
        Sent("multichannel_rescue#push", {"sent": 10}, Channel.WEB_PUSH),
        Sent("abandoned_cart#of_old", {"sent": 10}),
        Sent("abandoned_cart#sms_of_old", {"sent": 10, "segments": 10}),
    ]
    prices = EconomicsSettings(thousand_emails=Decimal(10), sms_part=Decimal("0.1"))
    assert costs_of(rows, prices) == (20, 35, Decimal("3.7"))
    assert costs_of(rows, EconomicsSettings(thousand_emails=Decimal(10))) == (20, 35, None)
    assert costs_of(rows[:1], EconomicsSettings()).total == Decimal("0.004")
