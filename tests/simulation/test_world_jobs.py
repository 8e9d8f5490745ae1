"""What the world does besides carts: jobs at their hours, the archive, links, what expires."""

import gzip
import json
from datetime import timedelta
from typing import Any

from simulation.world.deployment import deployed
from simulation.world.faults import FaultPlan
from simulation.world.schedules import next_time
from simulation.world.world import BEGINS_AT, World

from support.worlds import ANNA, SHOP, a_world, mails, put_cart, put_order

Json = dict[str, Any]


def test_schedules_fire_at_their_hour_of_the_shops_zone() -> None:
    night = deployed().schedules["NightlyRfmSchedule"]
    at = next_time(night, BEGINS_AT)
    assert at.isoformat() == "2026-11-24T03:00:00+01:00"
    assert next_time(night, at) == at + timedelta(days=1)
    assert next_time(deployed().schedules["ReconcileSchedule"], BEGINS_AT) == BEGINS_AT + timedelta(
        minutes=15
    )


def test_the_night_and_the_morning_run_their_own_machines() -> None:
    with a_world() as world:
        world.schedules.switch_on("NightlyRfm", "DailyOccasions", "Reconcile")
        put_order(world, customer={"id": "k-1", "email": ANNA})
        world.run(world.now + timedelta(days=1, hours=6))
        ended = {(one.timeline, one.status) for one in world.executions if one.ended_at}
        assert ended >= {("nightly_rfm", "SUCCEEDED"), ("daily_occasions", "SUCCEEDED")}
        assert sum("schedule Reconcile" in line for line in world.log) == 120
        assert [item for item in world.table.items() if "rfm" in item], "Anna has scores"


def test_rows_of_the_archive_are_sealed_and_written() -> None:
    with a_world() as world:
        put_cart(world)
        world.run()
        rows = [
            json.loads(line)
            for raw in world.archive.values()
            for line in gzip.decompress(raw).decode().splitlines()
        ]
        assert {row["shop"] for row in rows} == {"kubek"}
        assert len(rows) >= 4
        assert ANNA not in str(rows)


def test_a_link_in_a_mail_stops_all_mails() -> None:
    with a_world() as world:
        put_cart(world)
        world.run(world.now + timedelta(hours=4))
        (first,) = world.outbox
        link = first.headers["List-Unsubscribe"].strip("<>")
        page = world.follow(link)
        assert page["statusCode"] == 200
        assert world.follow(link, "POST", b"List-Unsubscribe=One-Click")["statusCode"] == 200
        world.run()
        assert len(mails(world)) == 1
        assert world.executions[0].tasks[2].reason == "no_consent"


def test_a_shopper_who_called_a_mail_spam_gets_no_more() -> None:
    with a_world() as world:
        put_cart(world)
        world.on_left = lambda left: world.after(
            timedelta(minutes=5), lambda: told.append(world.complain(left))
        )
        told: list[Any] = []
        world.run()
        assert len(mails(world)) == 1
        assert told[0].handled > 0


def test_a_code_is_created_once_however_often_the_shop_is_asked() -> None:
    with World(1, [SHOP], FaultPlan(rate=0.4, cold_start_rate=0)) as world:
        put_cart(world)
        world.run(world.now + timedelta(hours=50))
        assert world.recover()
        codes = [made.code for made in world.shop_codes]
        assert len(codes) == len(set(codes)) <= 1


def test_expired_items_vanish_some_time_after() -> None:
    with a_world() as world:
        put_cart(world)
        world.run()
        before = len(list(world.table.items()))
        world.run(world.now + timedelta(days=500))
        late = [item for item in world.table.items() if _expires(item) < world.seconds - 864_000]
        assert late == []
        assert len(list(world.table.items())) < before


def _expires(item: Json) -> float:
    return float(item.get("expires_at", {"N": "inf"})["N"])


def test_settings_that_change_are_seen_within_minutes() -> None:
    with a_world() as world:
        put_cart(world)
        world.put_settings(SHOP | {"enabled": False})
        world.run()
        assert mails(world) == []


def test_nothing_is_sent_while_the_switch_is_off() -> None:
    with a_world() as world:
        put_cart(world)
        world.switch(on=False)
        world.run(world.now + timedelta(hours=12))
        assert mails(world) == []
        world.switch(on=True)
        world.run()
        assert mails(world) == ["Cały koszyk 10% taniej"], "the first one was skipped"


def test_in_the_end_all_is_done_whatever_happened() -> None:
    for seed in range(12):
        with World(seed, [SHOP], FaultPlan(rate=0.15)) as world:
            answer = put_cart(world)
            while answer["statusCode"] != 200:  # the shop sends again
                world.run(world.now + timedelta(minutes=10))
                answer = put_cart(world)
            world.run(world.now + timedelta(days=2))
            assert world.recover()
            assert {one.status for one in world.executions} == {"SUCCEEDED"}
            assert world.queues.dead() == []
