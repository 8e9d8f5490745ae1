"""Scripts on a clock without a stack. The shoppers' actions only record that they were played."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO

from rich.console import Console

from support.demo_evidence import MONDAY_10, a_link, a_sent
from wracaj.store.message_links import message_id
from wracaj_cli.demo.actor import Actor, OffScriptError, Scene
from wracaj_cli.demo.display import WEEK, PlainDisplay, picture
from wracaj_cli.demo.ledger import Ledger
from wracaj_cli.demo.performance import Performance
from wracaj_cli.demo.story import Action, Persona, Script
from wracaj_cli.demo.week import CODE, KUBEK, MAIL, after, mon
from wracaj_cli.local import SentMessage


@dataclass
class Clock:
    time: datetime = MONDAY_10

    def __call__(self) -> datetime:
        return self.time

    def skip_to(self, moment: datetime) -> None:
        assert moment >= self.time
        self.time = moment


def to_its_end(play: Performance) -> None:
    play.play(lambda: None)


def does(told: str, played: list[str]) -> Action:
    def play(actor: Actor) -> None:
        actor.basket("1")
        played.append(told)

    return Action(told, play)


def a_performance(
    *scripts: Script,
    outbox: Callable[[], list[SentMessage]] = list,
    running: Callable[[], bool] = lambda: False,
) -> Performance:
    cast = tuple(
        Persona(f"Shopper {number}", KUBEK, "", script) for number, script in enumerate(scripts)
    )
    clock = Clock()
    scene = Scene("http://127.0.0.1:1", clock, {}, Ledger(), lambda code, total: total / 10)
    return Performance(
        scene, MONDAY_10, cast, outbox, clock.skip_to, running, happened=lambda at, who, what: None
    )


def at_times(play: Performance, played: list[str]) -> dict[str, datetime]:
    """When each line was played, by the clock there."""
    seen: dict[str, datetime] = {}
    play.happened = lambda at, who, what: seen.update({what: at})
    to_its_end(play)
    assert set(played) <= set(seen)
    return seen


def test_every_line_is_played_at_its_own_minute() -> None:
    played: list[str] = []
    play = a_performance(
        ((mon(10, 30), does("a1", played)), (mon(13), does("a2", played))),
        ((mon(12), does("b1", played)), (mon(14), does("b2", played))),
    )

    seen = at_times(play, played)

    assert played == ["a1", "b1", "a2", "b2"]
    assert [seen[line].hour * 60 + seen[line].minute for line in played] == [630, 720, 780, 840]
    assert all(part.over for part in play.parts)
    assert play.scene.ledger.problems == []


def test_a_line_after_a_message_comes_on_time_however_much_else_goes_on() -> None:
    played: list[str] = []
    sent_at = MONDAY_10 + timedelta(hours=3, minutes=7)
    often = tuple(
        (mon(hour, minute), does(f"{hour}:{minute}", played))
        for hour in range(10, 20)
        for minute in (10, 40)
    )
    play = a_performance(
        ((mon(10, 30), does("fills", played)), (after(MAIL, 1), does("orders", played))), often
    )

    def outbox() -> list[SentMessage]:
        id_ = message_id(KUBEK, play.parts[0].actor.basket("1").cart_id, 1, MAIL)
        return [a_sent(at=sent_at, text=a_link(id_))] if play.scene.now() >= sent_at else []

    play.outbox = outbox
    seen = at_times(play, played)

    assert seen["orders"] == sent_at + timedelta(hours=1)
    assert [message.step for message in play.parts[0].actor.inbox] == [MAIL]


def test_where_nothing_else_is_to_be_played_a_timeline_is_waited_for() -> None:
    played: list[str] = []
    play = a_performance(
        ((mon(10, 30), does("fills", played)), (after(MAIL, 1), does("orders", played)))
    )
    sent_at = MONDAY_10 + timedelta(hours=30)

    def outbox() -> list[SentMessage]:
        id_ = message_id(KUBEK, play.parts[0].actor.basket("1").cart_id, 1, MAIL)
        return [a_sent(at=sent_at, text=a_link(id_))] if play.scene.now() >= sent_at else []

    play.outbox, play.anything_waits = outbox, lambda: "orders" not in played
    to_its_end(play)

    assert played == ["fills", "orders"]
    assert play.scene.now() == sent_at + timedelta(hours=1)


def test_a_message_that_never_comes_ends_the_demo_once_no_timeline_runs() -> None:
    played: list[str] = []
    play = a_performance(
        ((mon(10, 30), does("fills", played)), (after(CODE, 1), does("orders", played)))
    )

    to_its_end(play)

    assert played == ["fills"]
    assert not play.parts[0].over


def test_a_line_that_cannot_be_played_is_noted_and_the_others_go_on() -> None:
    played: list[str] = []

    def fail(actor: Actor) -> None:
        raise OffScriptError("got no email to act on")

    play = a_performance(((mon(10, 30), Action("clicks", fail)), (mon(11), does("orders", played))))
    to_its_end(play)

    assert play.scene.ledger.problems == [("Shopper 0", "clicks: got no email to act on")]
    assert played == ["orders"]


def test_a_demo_without_end_is_ended() -> None:
    play = a_performance((), running=lambda: True)
    play.monday = MONDAY_10 - timedelta(days=8)

    to_its_end(play)

    assert "did not come to its end" in play.scene.ledger.problems[0][1]


def test_the_picture_shows_the_clock_and_the_last_happenings() -> None:
    play, output = a_performance(((mon(10, 30), does("fills", [])),)), StringIO()
    recent = [("Mon 13:02  Ania", "gets an e-mail: [koszyk]", True)]

    Console(file=output, width=100).print(picture(play.progress(), recent, WEEK))

    assert "Monday 10:" in output.getvalue()
    assert "Mon 13:02  Ania" in output.getvalue()
    assert "[koszyk]" in output.getvalue()


def test_without_a_terminal_every_message_is_a_plain_line() -> None:
    output = StringIO()
    display = PlainDisplay(Console(file=output, width=60), WEEK)

    display.happened(MONDAY_10, "Ania", "fills the cart")
    display.happened(
        MONDAY_10, "Ania", "gets an e-mail: [b]Twój koszyk na Ciebie czeka i jeszcze trochę poczeka"
    )
    display.tick(a_performance(((mon(10, 30), does("fills", [])),)).progress())

    lines = output.getvalue().splitlines()
    assert (
        lines[0]
        == "Mon 10:00  Ania gets an e-mail: [b]Twój koszyk na Ciebie czeka i jeszcze trochę poczeka"
    )
    assert lines[1].endswith("0 webhooks · 0 e-mails · 0 SMS · 0 of 1 shoppers through")
