"""What messages bring: the first lines of the report."""

from decimal import Decimal
from typing import Any

from support.builders import a_holdout, a_test
from support.reports import a_report
from support.shown_experiments import sent, shown
from wracaj.consent.channel import Channel
from wracaj.settings.sections import EconomicsSettings
from wracaj_cli.report.bringing import (
    NOBODY_HELD_OUT,
    because,
    brings,
    first_figures,
    first_sentences,
)
from wracaj_cli.report.messages import MessageCosts, Sent
from wracaj_cli.report.writing import Writer


def test_orders_and_money_are_those_credited_to_messages() -> None:
    found = brings(
        a_report(
            sent=sent(
                abandoned_cart__first_email={"attributed_orders": 3, "attributed_cents": 30_050},
                regular_cart__sms={"attributed_orders": 1, "attributed_cents": 1_000},
                win_back__first_email={"attributed_orders": 2, "attributed_cents": 5_000},
                welcome__welcome_email={"sent": 9},
            )
        )
    )
    assert (found.orders, found.carts, found.paid) == (6, 4, Decimal("360.50"))


EN, PL = Writer("en", "PLN"), Writer("pl", "PLN")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_without_a_holdout_it_is_unknown_what_would_have_come_anyway() -> None:
    arms = a_test({"now": {}, "sooner": {"timings": {"first_email_after_hours": 2}}})
    for report in (a_report(), a_report(experiments=[shown(arms)])):
        assert because(report, EN) == [NOBODY_HELD_OUT]
        assert "ile z tego byłoby i bez wiadomości" in plain(because(report, PL)[0])
        assert first_figures(report, EN)["because of the messages"] == "unknown"


def test_what_came_because_of_the_messages_is_an_interval() -> None:
    report = a_report(experiments=[shown(a_holdout(50), held_out=(5000, 500), treated=(5000, 650))])
    (sentence,), (zdanie,) = because(report, EN), because(report, PL)
    assert plain(sentence) == (
        "one, all messages: It pays: 1.1 orders to 4.9 orders more for 100 shoppers."
        " In all 53 to 247 orders because of the messages, among 5,000 shoppers."
    )
    assert plain(zdanie) == (
        "one, wszystkie wiadomości: To się opłaca: od 1,1 zamówienia do 4,9 zamówienia więcej na"
        " 100 klientów. Łącznie od 53 do 247 zamówień dzięki wiadomościom, u 5 000 klientów."
    )
    assert plain(first_figures(report, PL)["tylko dzięki wiadomościom"]) == "od 53 do 247 zamówień"


def test_messages_that_cost_orders_are_a_loss_from_its_smaller_end() -> None:
    report = a_report(experiments=[shown(a_holdout(50), held_out=(5000, 650), treated=(5000, 500))])
    assert plain(because(report, EN)[0]).endswith(
        "In all 53 to 247 orders lost because of the messages, among 5,000 shoppers."
    )
    assert first_figures(report, PL)["tylko dzięki wiadomościom"] == (
        "strata od 53 do 247 zamówień"
    )


def test_a_holdout_of_all_messages_comes_before_that_of_one_timeline() -> None:
    arms: dict[str, Any] = {"held_out": (5000, 500), "treated": (5000, 650)}
    one_timeline = shown(a_holdout(50, timeline="welcome"), "welcomed", **arms)
    everything = shown(a_holdout(50), "everything", held_out=(50, 5), treated=(50, 6))
    both = a_report(experiments=[one_timeline, everything])
    assert [one.partition(",")[0] for one in because(both, EN)] == ["everything"]
    assert first_figures(both, EN)["because of the messages"] == "too early to say"
    alone = a_report(experiments=[one_timeline])
    assert because(alone, PL)[0].startswith("welcomed, Powitanie: To się opłaca")


def test_shares_that_are_wrong_are_told_before_anything_else() -> None:
    report = a_report(experiments=[shown(a_holdout(50), held_out=(4000, 400), treated=(6000, 900))])
    (sentence,) = because(report, EN)
    assert sentence.startswith("one, all messages: The arms do not have the shares")
    assert first_figures(report, EN)["because of the messages"] == "unknown: wrong shares"


MESSAGES = [
    Sent(
        "abandoned_cart#first_email",
        {"sent": 1000, "attributed_orders": 9, "attributed_contribution_cents": 30_000},
        Channel.EMAIL,
    ),
    Sent("abandoned_cart#sms", {"sent": 100, "segments": 150}, Channel.SMS),
    Sent("multichannel_rescue#push", {"sent": 500}, Channel.WEB_PUSH),
]


def test_contribution_is_what_is_left_after_all_messages_are_paid() -> None:
    prices = EconomicsSettings(
        margin_percent=Decimal(30), sms_part=Decimal("0.10"), thousand_emails=Decimal(2)
    )
    report = a_report(sent=MESSAGES, prices=prices)
    assert brings(report).costs == MessageCosts(1000, 150, Decimal(17))
    assert brings(report).contribution == 300 - 17
    assert first_figures(report, EN)["cost of messages"] == "PLN\u00a017.00"
    assert "economics" not in " ".join(first_sentences(report, EN))


def test_what_a_missing_price_or_margin_leaves_unknown_is_said_with_where_to_write_it() -> None:
    report = a_report(sent=MESSAGES)
    assert (brings(report).costs.total, brings(report).contribution) == (None, None)
    figures, sentences = first_figures(report, PL), plain(" ".join(first_sentences(report, PL)))
    assert plain(figures["koszt wiadomości"]) == "nie wiadomo"
    assert "wysłano 150 segmentów SMS" in sentences and "economics.sms_part" in sentences
    assert "economics.margin_percent" in sentences
    mails = a_report(sent=MESSAGES[:1])
    assert (brings(mails).costs.total, brings(mails).contribution) == (Decimal("0.40"), None)
