import re
from dataclasses import replace
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from support.builders import a_cart
from support.demo_evidence import (
    A_CODE,
    FIRST,
    MONDAY_10,
    SHOPS,
    THIRD,
    a_message,
    a_persona,
    a_sent,
    noted,
)
from support.demo_experiment import a_review
from wracaj.consent.channel import Channel
from wracaj.settings.timeline_rules import Choice
from wracaj.timelines.steps import Reason, RecordState, StepRecord
from wracaj_cli.demo import pages, tables
from wracaj_cli.demo.delivered import Delivered, Origin
from wracaj_cli.demo.fake_shop import FakeShop
from wracaj_cli.demo.ledger import Ledger, Noted, What
from wracaj_cli.demo.outcome import Line, Totals, line_of, totals, unexplained, why_not
from wracaj_cli.demo.promises import Broken
from wracaj_cli.demo.rescue.review import Stay, VisitorLine
from wracaj_cli.demo.rescue.story import Visitor
from wracaj_cli.demo.week import CODE, KUBEK, MAIL, SMS
from wracaj_cli.demo.year.lines import YearLine
from wracaj_cli.demo.year.promises import Standing
from wracaj_cli.demo.year.story import Doing, Kind, On, Regular

TOTALS = Totals(1, 2, 1, 2, 1, 2, 1, "PLN 98.00", 1, 0, 1)
BROKEN = Broken("Nothing twice", "Ania", "e-mail sent at Mon 13:00, the same as before")


def a_line() -> Line:
    ledger = Ledger(
        notes=[
            noted(
                What.ORDERED,
                THIRD,
                basket="1",
                amount=Decimal("98.00"),
                currency="PLN",
                code=A_CODE,
            )
        ]
    )
    persona = a_persona(story="<script>alert(1)</script>")
    messages = [a_message(), a_message(SMS, THIRD), a_message(CODE, THIRD)]
    return line_of(persona, SHOPS[KUBEK], messages, [], ledger)


def a_year_line() -> YearLine:
    regular = Regular(
        "Cecylia Jawor",
        "buys a pot",
        ((On(3, 3), Doing("buys a fig", lambda actor: None)),),
        (),
        688,
        "Srebrny",
    )
    sent = tuple(
        Delivered(a_sent(at=at), Origin("Cecylia Jawor", "1", 1, Kind.THANKS))
        for at in (FIRST, THIRD)
    )
    deed = Noted(
        "Cecylia Jawor", What.ORDERED, FIRST, amount=Decimal("349.00"), currency="PLN", order="1"
    )
    return YearLine(regular, sent, (deed,), Standing(688, "Srebrny", {"PLN": Decimal("539.50")}))


def a_visitor_line() -> VisitorLine:
    visitor = Visitor(
        "Kinga Lis", "is reached by mail", (), ("email", "join_audience"), {"sms": Reason.ORDERED}
    )
    sent = {"email": Delivered(a_sent(at=FIRST), Origin("Kinga Lis", "1", 1, "email"))}
    return VisitorLine(
        visitor, sent, {"sms": Reason.ORDERED}, (Stay(FIRST, THIRD),), (), frozenset()
    )


def acts(**changes: Any) -> pages.Acts:
    told: dict[str, Any] = {
        "lines": [a_line()],
        "totals": TOTALS,
        "broken": [],
        "week": [],
        "year": [],
        "report": "",
        "experiment": a_review(),
    }
    return pages.Acts(**told | changes)


def test_each_channel_is_told_with_its_time_or_its_reason() -> None:
    output = StringIO()
    tables.show_week(Console(file=output, width=150), [a_visitor_line()], [])
    words = " ".join(output.getvalue().split())

    assert "✓ Kinga Lis" in words and "Mon 13:00" in words and "ordered" in words
    assert "Mon 13:00, for 2 days" in words


def test_the_year_is_told_by_customer_and_kind() -> None:
    output = StringIO()
    tables.show_year(Console(file=output, width=150), [a_year_line()], [])

    assert "✓ Cecylia Jawor" in output.getvalue()
    assert "23 Nov ordered PLN 349.00" in output.getvalue().replace("\u00a0", " ")
    assert "thanks: 23 Nov, 25 Nov" in output.getvalue()


def test_the_index_leads_to_a_file_for_each_message_and_loads_nothing_from_elsewhere(
    tmp_path: Path,
) -> None:
    page = pages.write(
        tmp_path / "out",
        acts(week=[a_visitor_line()], year=[a_year_line()], report="<p>report"),
    ).read_text()

    linked = re.findall(r'href="(messages/[^"]+)"', page)
    assert len(linked) == 8  # two of them are of the experiment
    assert "Does it pay?" in page and "held out" in page and "2 shoppers, no messages" in page
    assert "in neither half" in page
    assert all((tmp_path / "out" / file).stat().st_size for file in linked)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert "<script" not in page
    assert "Mon 13:00" in page
    assert A_CODE in page
    assert 'href="report.html"' in page
    assert (tmp_path / "out" / "report.html").read_text() == "<p>report"
    assert "Srebrny, 688 points, PLN 539.50" in page.replace("\u00a0", " ")


def test_a_broken_promise_stands_out_on_the_page_and_in_the_terminal(tmp_path: Path) -> None:
    page = pages.write(tmp_path, acts(broken=[BROKEN])).read_text()
    output = StringIO()
    tables.show_lines(Console(file=output, width=150), [a_line()], [BROKEN])
    tables.show_promises(Console(file=output, width=150), [BROKEN])

    assert 'class="broken">✗ broken: Nothing twice' in page
    assert BROKEN.what in page
    assert "✗ Ania" in output.getvalue()
    assert (
        "✗ Nothing twice\n    Ania: e-mail sent at Mon 13:00, the same as before"
        in output.getvalue()
    )
    assert "✓ Nothing after the order" in output.getvalue()


def test_many_findings_do_not_hide_each_other() -> None:
    output = StringIO()
    tables.show_promises(Console(file=output, width=150), [BROKEN] * 60)

    assert output.getvalue().count(BROKEN.what) == 8
    assert "and 52 more, all on the page" in output.getvalue()


def test_what_an_earlier_demo_wrote_goes_and_what_others_wrote_stays(tmp_path: Path) -> None:
    pages.write(tmp_path / "ours", acts())
    empty = replace(a_review(), lines=[])
    pages.write(tmp_path / "ours", acts(lines=[], experiment=empty))
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "letter.txt").write_text("mine")

    with pytest.raises(pages.OutFolderError, match="--out"):
        pages.require_ours(tmp_path / "theirs")
    assert not (tmp_path / "ours" / "messages").exists()
    assert (tmp_path / "theirs" / "letter.txt").read_text() == "mine"


@pytest.mark.parametrize("picture", ["parapet.example/zdjecia/lis", "ziarna.example/zdjecia/A-1"])
def test_pictures_that_lead_nowhere_are_drawn(picture: str) -> None:
    html = pages.with_pictures(f'<img src="https://{picture}.jpg">')

    assert html.startswith('<img src="data:image/svg+xml;base64,')


def a_record(
    step: str, reason: Reason, state: RecordState = RecordState.SKIPPED
) -> dict[str, StepRecord]:
    record = StepRecord(
        state=state, reason=reason, at=MONDAY_10, message_id="x", channel=Channel.SMS, template="t"
    )
    return {f"1#{step}": record}


def test_reasons_are_told_in_plain_words_and_the_end_speaks_for_what_follows() -> None:
    sent = a_record(MAIL, Reason.DUE, RecordState.SENT)
    silent = a_cart(episode=1, records=sent | a_record(SMS, Reason.NO_CONSENT))
    bought = a_cart(episode=1, records=sent | a_record(SMS, Reason.ORDERED, RecordState.ORDERED))

    assert why_not(silent, SHOPS[KUBEK]) == ["SMS: no consent"]
    assert why_not(bought, SHOPS[KUBEK]) == ["SMS, discount e-mail: ordered"]
    assert why_not(None, SHOPS[KUBEK]) == ["no timeline: no cart came"]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (2, "rule 2 of the shop's `cart_timelines` says so"),
        (None, "no rule of the shop's `cart_timelines` holds, and abandoned_cart"),
    ],
)
def test_a_cart_that_the_shops_rules_leave_alone_says_so(rule: int | None, words: str) -> None:
    choice = Choice(episode=1, timeline="none", rule=rule, at=MONDAY_10)

    (told,) = why_not(a_cart(episode=1, choice=choice), SHOPS[KUBEK])
    assert told.startswith(f"no timeline: {words}")


def test_what_came_back_of_an_order_is_told_with_its_amount() -> None:
    back = noted(What.SENT_BACK, THIRD, amount=Decimal("84.50"), currency="PLN")
    line = line_of(a_persona(), SHOPS[KUBEK], [], [], Ledger(notes=[back]))
    assert [deed.replace("\u00a0", " ") for deed in line.did] == ["Wed 13:00 sent back PLN 84.50"]


def test_a_reason_that_is_not_the_storys_is_told() -> None:
    cart = a_cart(episode=1, records=a_record(SMS, Reason.NO_CONSENT))

    assert unexplained(a_persona(why={SMS: Reason.NO_CONSENT}), [cart]) == []
    assert unexplained(a_persona(why={SMS: Reason.NO_ADDRESS}), [cart, None]) == [
        "SMS: the story says no_address, the records no_consent"
    ]


def test_only_orders_after_a_message_about_their_cart_count_as_recovered() -> None:
    def order(at: object, basket: str, currency: str = "PLN") -> object:
        return noted(What.ORDERED, at, basket=basket, amount=Decimal("10.00"), currency=currency)  # type: ignore[arg-type]

    before, after, other = order(MONDAY_10, "1"), order(THIRD, "1", "EUR"), order(THIRD, "2")
    ledger = Ledger(notes=[before, after, other])  # type: ignore[list-item]
    server = FakeShop(lambda: MONDAY_10, lambda at: False, "", "")

    found = totals(1, 1, (a_message(at=FIRST), a_message(SMS, at=FIRST)), ledger, server)

    assert (found.recovered, found.recovered_value) == (1, "€10.00")
    assert (found.emails, found.sms, found.sms_segments) == (1, 1, 1)


def test_a_folder_that_cannot_be_made_is_said_before_the_play(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in ("file", "file/pages"):
        with pytest.raises(pages.OutFolderError, match=r"cannot be written .* with --out"):
            pages.require_ours(tmp_path / place)
