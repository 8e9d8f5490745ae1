"""A past is walked with other timings, and what comes of it is what really would have come."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from support.builders import HOUR, NOON, a_holdout, some_settings
from support.frozen_timelines import FROZEN
from support.played_past import (
    PAST,
    SHOP,
    ACart,
    APerson,
    Played,
    backtest,
    changed_script,
    hour,
    moves_of,
    play,
    script,
    sent_with_file,
)
from wracaj.archive.rows import Row, RowKind
from wracaj.timelines.steps import Outcome, Reason
from wracaj_cli.archive.backtest import running
from wracaj_cli.archive.backtest.moves import Kind
from wracaj_cli.archive.backtest.self_check import Finding
from wracaj_cli.archive.backtest.showing import Shown, as_tables

MINUTE = timedelta(minutes=1)
hours = st.integers(0, 60 * 60).map(lambda minutes: minutes / 60)


@st.composite
def carts(draw: st.DrawFn) -> ACart:
    begun = draw(hours)
    touched = sorted({begun, *(begun + draw(hours) / 20 for _ in range(draw(st.integers(0, 2))))})
    last = touched[-1]
    return ACart(
        touched,
        emptied_at=draw(st.none() | hours.map(lambda later: last + 0.1 + later)),
        ordered_at=draw(st.none() | hours.map(lambda later: last + 0.1 + later)),
    )


people = st.lists(
    st.builds(
        APerson,
        st.lists(carts(), min_size=1, max_size=3),
        takes_sms=st.booleans(),
        opts_out_at=st.none() | hours,
    ),
    min_size=1,
    max_size=3,
)
numbers = st.fixed_dictionaries(
    {
        "first_email_after_hours": st.sampled_from([1, 2, 3, 6, 30]),
        "sms_after_hours": st.sampled_from([2, 24, 40]),
        "discount_email_after_hours": st.sampled_from([1, 24]),
    }
)


@given(people)
def test_the_unchanged_timeline_reproduces_every_decision_and_moves_nothing(
    past: list[APerson],
) -> None:
    played = play(past)
    with TemporaryDirectory() as folder:
        found = backtest(played.rows, Path(folder)).tally
    decisions = [row for row in played.rows if row.kind is RowKind.DECISION]
    assert found.check.same == found.check.checked == len(decisions)
    assert not found.check.different and not found.check.changed
    assert found.was == found.now
    assert not found.moves.counts
    assert found.differing == 0


@given(people, numbers)
def test_with_other_timings_messages_leave_when_they_really_would_have(
    past: list[APerson], timings: dict[str, float]
) -> None:
    with TemporaryDirectory() as folder:
        other = script(Path(folder) / "file", **timings)
        played, really = play(past), play(past, other)
        found = backtest(played.rows, Path(folder) / "archive", other)
        walked = sent_with_file(played, found)
    if found.tally.now.unknown:  # an earlier message may go where no decision tells of the channel
        walked, really_sent = first_messages(walked), first_messages(really.sent)
    else:
        really_sent = really.sent
    assert walked.keys() == really_sent.keys()
    for key, at in really_sent.items():
        assert abs(walked[key] - at) < MINUTE, (key, walked[key], at)


Sent = dict[tuple[str, str], datetime]


def first_messages(sent: Sent) -> Sent:
    """Of people with one cart."""
    return {
        (cart, step): at
        for (cart, step), at in sent.items()
        if step == "first_email" and (cart.rpartition("-")[0] + "-1", step) not in sent
    }


def one(played_by: APerson, folder: Path, **timings: float) -> tuple[Played, running.Found]:
    played = play([played_by])
    other = script(folder / "file", **timings)
    return played, backtest(played.rows, folder / "archive", other)


def test_two_hours_instead_of_three_bring_the_first_message_and_all_after_it_an_hour_forward(
    tmp_path: Path,
) -> None:
    _, found = one(APerson(), tmp_path, first_email_after_hours=2)
    moves = moves_of(found)
    assert {move.kind for move in moves.values()} == {Kind.EARLIER}
    assert moves["first_email"].was_at == hour(3)
    assert moves["first_email"].now_at == hour(2)
    assert found.tally.moves.counts == {(step, Kind.EARLIER): 1 for step in moves}


def test_an_order_at_two_and_a_half_hours_comes_after_a_message_at_two(tmp_path: Path) -> None:
    _, found = one(APerson([ACart(ordered_at=2.5)]), tmp_path, first_email_after_hours=2)
    moves = moves_of(found)
    assert [(move.kind, move.was_reason) for move in moves.values()] == [(Kind.NEW, Reason.ORDERED)]
    assert moves["first_email"].now_at == hour(2)
    assert found.tally.moves.more_before_order == 1
    assert (found.tally.was.people, found.tally.now.people) == (0, 1)


def test_an_order_at_three_and_a_half_hours_saves_a_message_at_four(tmp_path: Path) -> None:
    _, found = one(APerson([ACart(ordered_at=3.5)]), tmp_path, first_email_after_hours=4)
    (move,) = moves_of(found).values()
    assert (move.kind, move.now_reason) == (Kind.NO_MORE, Reason.ORDERED)
    assert found.tally.moves.fewer_by_order == 1


def test_an_order_explains_only_the_messages_that_it_stops(tmp_path: Path) -> None:
    """The first message has another name in the file: it leaves as before, and no order is why. The
    SMS finds the order in both pasts."""
    text = (FROZEN / "abandoned_cart.yaml").read_text(encoding="utf-8")
    renamed = changed_script(tmp_path / "file", text.replace("- first_email:", "- hello_email:"))
    played = play([APerson([ACart(ordered_at=5)])])
    found = backtest(played.rows, tmp_path / "archive", renamed)
    assert {step: move.kind for step, move in moves_of(found).items()} == {
        "first_email": Kind.NO_MORE,
        "hello_email": Kind.NEW,
    }
    moves = found.tally.moves
    assert (moves.fewer_by_order, moves.more_before_order) == (0, 0)


def test_a_message_that_is_new_in_the_file_is_told(tmp_path: Path) -> None:
    text = (FROZEN / "abandoned_cart.yaml").read_text(encoding="utf-8")
    more = "  - last_email: { email: cart_reminder, after: sms_after_hours }\n"
    longer = changed_script(tmp_path / "file", text.rstrip("\n") + "\n" + more)
    played = play([APerson()])
    found = backtest(played.rows, tmp_path / "archive", longer)
    names = tuple(name for name, _ in longer.short.named_messages)
    days = (NOON.date(), NOON.date())
    told = Shown(SHOP, "abandoned_cart", days, found.rows, found.tally, messages=names)
    assert told.undecided == ["last_email"]
    with (console := Console(width=110)).capture() as shown:
        console.print(as_tables(told, "en"))
    assert "No decision of these days is about last_email" in shown.get()


def test_a_cart_emptied_meanwhile_gets_no_later_message(tmp_path: Path) -> None:
    _, found = one(APerson([ACart(emptied_at=3.5)]), tmp_path, first_email_after_hours=4)
    (move,) = moves_of(found).values()
    assert (move.kind, move.now_reason) == (Kind.NO_MORE, Reason.CART_EMPTIED)


def test_an_opt_out_counts_from_its_own_moment(tmp_path: Path) -> None:
    _, found = one(APerson(opts_out_at=3.5), tmp_path, first_email_after_hours=4)
    assert moves_of(found)["first_email"].now_reason is Reason.NO_CONSENT
    _, earlier = one(APerson(opts_out_at=2.5), tmp_path / "2", first_email_after_hours=2)
    assert moves_of(earlier)["first_email"].kind is Kind.NEW


def test_the_night_and_the_caps_delay_what_is_walked_too(tmp_path: Path) -> None:
    _, found = one(APerson(), tmp_path, first_email_after_hours=10)
    move = moves_of(found)["first_email"]
    assert move.now_at and 9 <= move.now_at.astimezone(SHOP.zone).hour < 10
    assert found.tally.now.delays == {Reason.QUIET_HOURS: 1}
    close = APerson([ACart(), ACart((2.5,))])
    _, capped = one(close, tmp_path / "2", first_email_after_hours=2)
    assert capped.tally.now.delays[Reason.FREQUENCY_CAP] == 1


def changed(row: Row, **body: object) -> Row:
    return replace(row, body={**row.body, **body})


def test_a_decision_that_comes_out_otherwise_is_named(tmp_path: Path) -> None:
    rows = [
        changed(row, outcome="skipped", reason="no_consent", record=None)
        if row.kind is RowKind.DECISION and row.body["step"]["name"] == "sms"
        else row
        for row in play([APerson()]).rows
    ]
    check = backtest(rows, tmp_path).tally.check
    (different,) = check.different
    assert (different.cart, different.step) == ("cart-0-0", "sms")
    assert different.was == (Outcome.SKIPPED, Reason.NO_CONSENT)
    assert different.now == (Outcome.SENT, Reason.DUE)
    assert (check.same, check.findings) == (2, {Finding.DIFFERENT: 1})


@pytest.mark.parametrize(
    "reason", ["refused", "address_gone", "no_content", "no_discount", "mailbox_limit"]
)
def test_what_came_of_a_due_message_is_counted_apart_and_stays(tmp_path: Path, reason: str) -> None:
    rows = [
        changed(row, outcome="skipped", reason=reason)
        if row.kind is RowKind.DECISION and row.body["step"]["name"] == "first_email"
        else row
        for row in play([APerson()]).rows
    ]
    other = script(tmp_path / "file", first_email_after_hours=2)
    tally = backtest(rows, tmp_path / "archive", other).tally
    assert (tally.check.same, tally.check.findings) == (2, {Finding.NOT_OURS: 1})
    assert tally.now.not_sent["first_email", Reason(reason)] == 1
    assert "first_email" not in moves_of(backtest(rows, tmp_path / "2", other))


def test_a_closed_window_of_the_provider_is_not_taken_for_one_of_the_rules(tmp_path: Path) -> None:
    rows = [
        changed(row, outcome="skipped", reason="window_closed")
        if row.kind is RowKind.DECISION and row.body["step"]["name"] == "first_email"
        else row
        for row in play([APerson()]).rows
    ]
    found = backtest(rows, tmp_path).tally.check
    assert (found.same, found.findings) == (2, {Finding.NOT_OURS: 1})


def test_settings_that_are_not_kept_are_said(tmp_path: Path) -> None:
    rows = [
        changed(row, settings="0" * 12) if row.kind is RowKind.DECISION else row
        for row in play([APerson()]).rows
    ]
    check = backtest(rows, tmp_path).tally.check
    assert check.without_settings == check.checked == 3


def test_other_settings_are_tried_on_the_same_past(tmp_path: Path) -> None:
    past = [APerson([ACart((start,)) for start in (0, 30, 60)]), APerson()]
    strict = some_settings(frequency_cap={"messages_in_7_days": 2}, timings=two_hours())
    played, really = play(past), play(past, PAST, strict)
    found = backtest(played.rows, tmp_path, tried=strict)
    assert not found.tally.check.findings
    assert sent_with_file(played, found) == really.sent
    assert really.sent != played.sent


def two_hours() -> dict[str, dict[str, float]]:
    return {"abandoned_cart": {"first_email_after_hours": 2}}


def test_a_shops_own_numbers_stay_where_the_file_changes_nothing(tmp_path: Path) -> None:
    own = some_settings(timings=two_hours())
    played = play([APerson()], PAST, own)
    same = script(tmp_path / "file")
    found = backtest(played.rows, tmp_path / "archive", same, own).tally
    assert not found.check.changed and not found.moves.counts


def test_a_number_that_the_file_changes_comes_before_the_shops_own(tmp_path: Path) -> None:
    own = some_settings(timings=two_hours())
    played = play([APerson()], PAST, own)
    other = script(tmp_path / "file", first_email_after_hours=5)
    found = backtest(played.rows, tmp_path / "archive", other, own).tally
    assert [(one.was, one.now) for one in found.check.changed] == [(2 * 3600, 5 * 3600)]
    assert found.moves.of(Kind.LATER) > 0


def test_a_message_on_a_channel_without_any_decision_is_unknown(tmp_path: Path) -> None:
    text = (
        (FROZEN / "abandoned_cart.yaml")
        .read_text(encoding="utf-8")
        .replace(
            "messages:\n", "messages:\n  - note: { web_push: cart_push, after: sms_after_hours }\n"
        )
    )
    other = changed_script(tmp_path / "file", text)
    pushing = some_settings(web_push={"contact": "mailto:sklep@kubek.example"})
    found = backtest(play([APerson()]).rows, tmp_path / "archive", other, tried=pushing).tally
    assert found.now.unknown == {"note": 1}


def test_a_step_without_a_decision_failed_and_fails_again(tmp_path: Path) -> None:
    rows = [
        row
        for row in play([APerson(), APerson()]).rows
        if not (
            row.kind is RowKind.DECISION
            and (row.body["cart_id"], row.body["step"]["name"]) == ("cart-0-0", "sms")
        )
    ]
    found = backtest(rows, tmp_path).tally
    assert found.was.sent == found.now.sent
    assert found.now.not_sent["sms", Reason.FAILED] == 1
    assert found.differing == 0


def test_a_row_that_was_archived_twice_counts_once(tmp_path: Path) -> None:
    rows = play([APerson([ACart(ordered_at=40)])]).rows
    once, twice = (
        backtest(rows, tmp_path / "1").tally,
        backtest([*rows, *rows], tmp_path / "2").tally,
    )
    assert once == twice


def test_held_out_carts_show_who_buys_alone(tmp_path: Path) -> None:
    held = some_settings(experiments={"does_it_pay": a_holdout()})
    past = [APerson([ACart(ordered_at=5 + n / 40)]) for n in range(40)]
    past += [APerson() for _ in range(160)]
    rows = [held_out(row) for row in play(past, PAST, held).rows]
    tally = backtest(rows, tmp_path, PAST, held).tally
    assert tally.check.findings[Finding.OF_AN_ARM] == tally.check.not_ours[Reason.IN_HOLDOUT]
    assert tally.check.findings[Finding.OF_AN_ARM] > 200
    assert tally.alone.held_out == 200
    hours = {one.hour: one for one in tally.alone.hours()}
    assert (hours[5].alone, hours[5].bought_next, hours[6].bought_next) == (200, 40, 0)
    fewest = tally.alone.fewest_interrupted()
    assert fewest[0].interrupted == 0 and 5 not in {one.hour for one in fewest}


def held_out(row: Row) -> Row:
    if row.kind is not RowKind.DECISION or row.body["outcome"] not in {"sent", "wait"}:
        return row
    entry = {"arm": "held_out", "person": row.body["person"], "at": row.open["at"]}
    told = {"outcome": "skipped", "reason": "in_holdout", "wait_seconds": 0, "record": None}
    return changed(row, **told, entries={"does_it_pay": entry})


def test_several_processes_find_what_one_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    past = [APerson([ACart(), ACart((n % 7,), ordered_at=n)]) for n in range(30)]
    played = play(past)
    other = script(tmp_path / "file", first_email_after_hours=2)
    alone = backtest(played.rows, tmp_path / "1", other)
    monkeypatch.setattr(running, "ONE_PROCESS", 0)
    monkeypatch.setattr(running, "BYTES_OF_SLICE", 2000)
    together = backtest(played.rows, tmp_path / "2", other, processes=2)
    assert alone.rows == together.rows
    assert alone.tally.now == together.tally.now
    assert alone.tally.was == together.tally.was
    assert alone.tally.moves.first == together.tally.moves.first
    assert together.tally.moves.counts


def test_runs_outside_of_the_period_are_not_walked(tmp_path: Path) -> None:
    rows = play([APerson(), APerson([ACart((72,))])]).rows
    found = backtest(rows, tmp_path, before=NOON + 48 * HOUR).tally
    assert (found.runs, found.carts, found.people) == (1, 1, 1)


def test_nothing_is_known_after_today(tmp_path: Path) -> None:
    other = script(tmp_path / "file", sms_after_hours=2)
    found = backtest(play([APerson()]).rows, tmp_path / "archive", other, now=NOON + 4 * HOUR)
    assert found.tally.now.sent == found.tally.was.sent
    assert found.tally.was.open_runs == found.tally.now.open_runs == 1


def test_a_run_that_is_open_goes_on_beside_one_that_changes(tmp_path: Path) -> None:
    past = [APerson([ACart((0,)), ACart((20,), ordered_at=70)])]
    other = script(tmp_path / "file", sms_after_hours=12)
    found = backtest(play(past).rows, tmp_path / "archive", other, now=NOON + 30 * HOUR)
    really = play(past, other)
    until = NOON + 30 * HOUR
    assert sum(found.tally.now.sent.values()) == sum(at <= until for at in really.sent.values())


def test_the_first_hour_of_a_day_of_the_shop_is_of_the_day_before_by_utc(tmp_path: Path) -> None:
    """The timeline starts at half past midnight in Warsaw: its row lies under the day before."""
    played = play([APerson([ACart((12.5,))])])
    midnight = datetime.combine((NOON + timedelta(days=1)).date(), time(), SHOP.zone)
    found = backtest(played.rows, tmp_path, since=midnight)
    assert midnight < NOON + timedelta(hours=12.5)
    assert (found.tally.runs, found.tally.undecided) == (1, 0)
