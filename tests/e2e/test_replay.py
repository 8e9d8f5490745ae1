"""A restore of the table loses hours, and `wracaj replay` brings them back: the orders and rewards,
what left, what was said; nobody erased comes back, and nothing is sent twice or late."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest
from boto3.dynamodb.types import TypeDeserializer
from typer.testing import CliRunner

from support.http_shop import an_http_shop
from support.inbox import Seen
from support.local_stack import RunningStack
from support.timeline_on_stack import House, Shopper, a_house, a_shopper, links_in, visit
from support.webhook_bodies import a_word
from wracaj.customers.identity import IdentifierKind, identifier_of
from wracaj.events import Contact
from wracaj_cli.archive.reading import settle
from wracaj_cli.main import app
from wracaj_cli.shops.target import Target, local_target

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Item = dict[str, Any]
from_wire = TypeDeserializer().deserialize
# Counts changes, when an item goes, when a page was looked at, and when a timeline was found to be
# over: these differ after a replay.
NO_MATTER = {"revision", "expires_at", "recorded_at", "choice", "at", "link_p"}
OF_OCCASIONS = {"episode_ended_at"}
CLUB = {
    "currency": "PLN",
    "margin_percent": 50,
    "rewards": [{"name": "kubek", "threshold": 50, "per": "quarter", "discount": {"amount": "10"}}],
}
PEOPLE = 20  # half of them are held out by chance: too many for all to be
AN_HOUR_LATER = {"loyalty": {"check_after_days": 0.02}}


@pytest.fixture(scope="module")
def house(stack: RunningStack) -> Iterator[House]:
    begins = {"begins": stack.now() - DAY, "ends": stack.now() + 90 * DAY, "smallest_lift": 1}
    held_out = {"hold_out_percent": 50, "days": 1, "timeline": "abandoned_cart"}
    experiments = {"does_it_pay": held_out | begins}
    with an_http_shop() as codes:
        yield a_house(
            stack,
            codes,
            shop="kubek-restored",
            experiments=experiments,
            timelines=["abandoned_cart", "loyalty"],
            loyalty=CLUB,
            timings=AN_HOUR_LATER,
        )


@pytest.fixture(scope="module")
def target(house: House) -> Target:
    return local_target(house.stack.home)


def items(target: Target, shop: str) -> dict[tuple[str, str], Item]:
    pages = target.client("dynamodb").get_paginator("scan").paginate(TableName=target.table)
    wire = [item for page in pages for item in page["Items"]]
    found = [{name: from_wire(value) for name, value in item.items()} for item in wire]
    return {
        (item["PK"], item["SK"]): {n: v for n, v in item.items() if n not in no_matter(item)}
        for item in found
        if (item["PK"].startswith(f"SHOP#{shop}#") or item.get("shop") == shop)
        and not item["PK"].endswith("#ACTIVITY")  # counts what came, a replay included
    }


def no_matter(item: Item) -> set[str]:
    return NO_MATTER | (OF_OCCASIONS if "occasion" in item else set())


def lose(target: Target, lost: dict[tuple[str, str], Item]) -> None:
    """As a restore to a moment before any of these."""
    for pk, sk in lost:
        target.client("dynamodb").delete_item(
            TableName=target.table, Key={"PK": {"S": pk}, "SK": {"S": sk}}
        )


def replay(house: House, since: datetime) -> dict[str, int]:
    day = since.astimezone(house.generic.settings.zone).isoformat(timespec="minutes")
    done = CliRunner().invoke(app, ["replay", house.generic.id, "--from", day, "--json"])
    assert done.exit_code == 0, done.output
    told: dict[str, int] = json.loads(done.stdout)
    return told


def has_ordered(target: Target, shop: str, shopper: Shopper) -> bool:
    cart = target.store().carts.get(shop, shopper.cart_id)
    return cart is not None and cart.ordered


def press(house: House, shopper: Shopper, button: str) -> None:
    """Press a button of the page that the first mail links to, as a browser does."""
    url = links_in(house.outbox(shopper)[0])["p"]
    form = Seen({"body": visit(url)[2]}).form(button)
    assert visit(url, "POST", urlencode(form).encode())[0] in {200, 303}


def sent_to(house: House, shopper: Shopper) -> list[str]:
    return [message.subject or message.text for message in house.outbox(shopper)]


@pytest.mark.timeout(300)
def test_what_a_restore_lost_comes_back_and_nothing_twice(
    house: House, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wracaj_cli.archive.replay.find_target", lambda _: target)
    shop, stack = house.generic, house.stack
    began = stack.now() - timedelta(minutes=1)
    people, regular = [a_shopper("restored") for _ in range(PEOPLE)], a_shopper("restored")
    buys, stops, erased, *others = people
    for shopper in people:
        assert house.post(shop, *house.fills(shop, shopper)).status == 200
    assert house.post(shop, *house.fills(shop, regular)).status == 200
    agreed = {"email": a_word(updated_at=(stack.now() - DAY).isoformat())}
    assert house.post(shop, *house.buys(shop, regular, consent=agreed)).status == 200
    stack.skip(4 * HOUR)
    for shopper in people:
        for mail in house.outbox(shopper)[:1]:
            assert visit(links_in(mail)["c"])[0] in {302, 303}
    assert house.post(shop, *house.buys(shop, buys)).status == 200
    for mail in house.outbox(stops)[:1]:
        assert visit(links_in(mail)["u"], "POST")[0] == 200
    changes_mind = next(one for one in others if house.outbox(one))
    for button in ("Wycofuję zgodę na e-maile", "Zgadzam się na e-maile"):
        press(house, changes_mind, button)
    fresh = a_shopper("restored")
    assert house.post(shop, *house.fills(shop, fresh)).status == 200
    target.store().erasure.erase(shop.id, Contact(email=erased.email), stack.now())
    stack.skip(HOUR)
    assert settle(target) == 0
    before = items(target, shop.id)
    everybody = (*people, fresh, regular)
    mails = {one: sent_to(house, one) for one in everybody}
    assert len([key for key in before if key[1].startswith("GRANT#")]) == 2
    assert len(mails[regular]) == 1  # with the code of the reward

    lose(target, before)
    first = replay(house, began)
    after = items(target, shop.id)
    found = [first.get(name, 0) for name in ("event_done", "event_erased", "erasure_erased")]
    assert found == [PEOPLE + 4, 1, 1], first
    assert (first["opt_in_done"], first["grant_done"] >= 2) == (1, True), first
    is_gone = partial(gone, names_of(shop.id, erased), erased.cart_id)
    assert [key for key in before.keys() - after.keys() if not is_gone(before[key])] == []
    differing = {key for key in before.keys() & after.keys() if before[key] != after[key]}
    assert [(before[key], after[key]) for key in differing if not is_gone(before[key])] == []
    assert not after.keys() - before.keys()

    second = replay(house, began)
    assert items(target, shop.id) == after
    assert "click_done" not in second

    stack.skip(5 * DAY)
    for shopper in everybody:
        told = sent_to(house, shopper)
        assert len(told) == len(set(told))
        assert told[: len(mails.get(shopper, []))] == mails.get(shopper, [])
    assert all(sent_to(house, one) == mails[one] for one in (regular, stops, erased))
    assert not set(sent_to(house, buys)) & {told for one in others for told in mails[one][1:]}
    treated = [one for one in others if mails[one]]
    assert treated
    assert all(len(sent_to(house, one)) == 3 for one in treated)


def names_of(shop: str, shopper: Shopper) -> set[str]:
    return {
        identifier_of(shop, IdentifierKind.EMAIL, shopper.email),
        identifier_of(shop, IdentifierKind.PHONE, shopper.phone),
    }


def gone(names: set[str], cart_id: str, item: Item) -> bool:
    """Whether the item is of the erased shopper, or counts what became of all."""
    holder = item["PK"].rpartition("#")[2]
    counts = "#STATS#" in item["PK"] or "#EXPERIMENT#" in item["PK"]
    return counts or holder in {*names, cart_id} or item.get("cart_id") == cart_id
