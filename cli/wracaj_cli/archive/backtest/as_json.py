"""A back-test as JSON, with everything that the terminal shows and all that moves."""

from typing import Any

from wracaj_cli.archive.backtest.alone import Alone
from wracaj_cli.archive.backtest.money import cost_of
from wracaj_cli.archive.backtest.moves import Kind, Moves
from wracaj_cli.archive.backtest.showing import Shown
from wracaj_cli.archive.backtest.side import Side
from wracaj_cli.archive.backtest.tally import SelfCheck


def backtest_as_json(shown: Shown) -> dict[str, Any]:
    tally = shown.tally
    return {
        "shop": shown.shop.shop,
        "timeline": shown.timeline,
        "from": shown.days[0],
        "to": shown.days[1],
        "rows": shown.rows,
        "on_their_way": shown.on_their_way,
        "self_check": _check(tally.check),
        "carts": tally.carts,
        "runs": tally.runs,
        "runs_undecided": tally.undecided,
        "runs_unwalked": tally.unwalked,
        "runs_differing": tally.differing,
        "people": tally.people,
        "as_it_was": _side(shown, tally.was),
        "with_file": _side(shown, tally.now),
        "moves": _moves(tally.moves),
        "alone": _alone(tally.alone),
    }


def _check(check: SelfCheck) -> dict[str, Any]:
    return {
        "decisions": check.checked,
        "ours": check.ours,
        "same": check.ours - len(check.different),
        "not_ours": dict(check.not_ours),
        "without_settings": check.without_settings,
        "different": [
            one._asdict() for one in sorted(check.different, key=lambda one: (one.at, one.cart))
        ],
        "changed": [one._asdict() | {"decisions": n} for one, n in check.changed.items()],
    }


def _side(shown: Shown, side: Side) -> dict[str, Any]:
    cost = cost_of(side, shown.tally.was, shown.shop.economics)
    return {
        "messages": side.messages,
        "people": side.people,
        "sent": [
            {"step": step, "channel": channel, "number": number}
            for (step, channel), number in side.sent.items()
        ],
        "not_sent": [
            {"step": step, "reason": reason, "number": number}
            for (step, reason), number in side.not_sent.items()
        ],
        "unknown": dict(side.unknown),
        "delays": {
            reason: {"number": number, "hours": side.delay_seconds[reason] / 3600}
            for reason, number in side.delays.items()
        },
        "with_code": side.with_code,
        "sms_parts": cost.parts,
        "sms_parts_estimated": cost.estimated,
        "cost": cost.money,
        "currency": shown.shop.main_currency,
        "runs_open": side.open_runs,
        "week": [side.week[24 * day : 24 * day + 24] for day in range(7)],
    }


def _moves(moves: Moves) -> dict[str, Any]:
    return {
        "same": moves.same,
        **{kind: moves.of(kind) for kind in Kind},
        "fewer_by_order": moves.fewer_by_order,
        "more_before_order": moves.more_before_order,
        "runs": moves.runs,
        "listed": [one._asdict() for one in moves.first],
    }


def _alone(alone: Alone) -> dict[str, Any]:
    return {
        "carts": alone.people,
        "held_out": alone.held_out,
        "hours": [one._asdict() for one in alone.hours()],
        "fewest_interrupted": [one.hour for one in alone.fewest_interrupted()],
    }
