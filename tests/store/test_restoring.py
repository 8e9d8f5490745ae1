"""Bringing items back from a copy of the table: nothing that is here is changed, what was lost is
as it was, and nobody erased comes back."""

import random
from dataclasses import replace
from itertools import combinations

import pytest

from support.lost_items import a_copy, a_future, a_past, items_of, without
from support.sam_template import resources
from support.stories.cloud import Cloud
from support.stories.people import ANIA, FIRST, SECOND, STRANGER
from support.stories.standing import points_of
from support.stories.story import Story
from support.stories.telling import a_story, cloud  # noqa: F401
from wracaj.aws import clients
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent
from wracaj.customers.identity import identifiers_of
from wracaj.events import Contact
from wracaj.store import open_store
from wracaj.store.archive_keys import ArchiveKeys
from wracaj.store.restoring.comeback import Verdict
from wracaj.store.restoring.kinds import Kind, kind_of
from wracaj.store.restoring.restorer import WRITES, AnotherKeyError
from wracaj.store.table import Table

LATER = ("revision",)
GONE = "bogna@poczta.example"


@pytest.fixture
def told(cloud: Cloud) -> Story:  # noqa: F811
    return a_story(cloud)


@pytest.fixture
def archive_keys(told: Story) -> ArchiveKeys:
    """Of a table that no restore touches."""
    client = clients.client("dynamodb")
    name = f"keys-{told.shop.id}"
    keys = resources("AWS::DynamoDB::Table")["ArchiveKeys"]
    asked = {key: keys[key] for key in ("BillingMode", "AttributeDefinitions", "KeySchema")}
    client.create_table(TableName=name, **asked)
    return ArchiveKeys(Table(name, client))


def test_where_nothing_was_lost_nothing_is_changed(told: Story) -> None:
    """Though much happened since: orders, an erasure, a guest who has an account now."""
    a_past(told)
    losing = a_copy(told)
    a_future(told)
    before = items_of(losing.live)
    counted = losing.restore()
    assert items_of(losing.live) == before
    assert not {verdict for _, verdict in counted} & WRITES
    assert counted[Kind.ORDER, Verdict.MOVED] == 1  # to the account
    assert counted[Kind.WHO, Verdict.SAME] > 5


@pytest.mark.parametrize("seed", range(6))
def test_what_was_lost_and_had_not_changed_since_is_as_it_was(told: Story, seed: int) -> None:
    a_past(told)
    losing = a_copy(told)
    a_future(told)
    before, then = items_of(losing.live), items_of(losing.copy)
    unchanged = sorted(place for place in then if before.get(place) == then[place])
    lost = random.Random(seed).sample(unchanged, len(unchanged) // 2)
    losing.lose(lost)
    losing.restore()
    after = items_of(losing.live)
    gone = {kind_of(then[place]) for place in before if place not in after}
    # an address that somebody erased since had ordered with
    assert gone <= {Kind.PASSING, Kind.USED_BY}
    assert after.keys() <= before.keys()
    differing = [
        place for place in after if without(after[place], *LATER) != without(before[place], *LATER)
    ]
    assert not differing


def test_what_was_restored_once_stays_as_it_is_the_second_time(told: Story) -> None:
    a_past(told)
    losing = a_copy(told)
    a_future(told)
    losing.lose(items_of(losing.copy))
    losing.restore()
    after = items_of(losing.live)
    counted = losing.restore()
    assert items_of(losing.live) == after
    assert not {verdict for _, verdict in counted} & WRITES


def test_a_dry_run_counts_the_same_and_writes_nothing(told: Story) -> None:
    a_past(told)
    losing = a_copy(told)
    a_future(told)
    losing.lose(items_of(losing.copy))
    before = items_of(losing.live)
    dry = losing.restore(dry_run=True)
    assert items_of(losing.live) == before
    real = losing.restore()
    assert dict(dry) == {one: n for one, n in real.items() if one[1] is not Verdict.SETTLED}


def test_nothing_leaves_twice_or_after_an_order_though_all_was_lost(told: Story) -> None:
    a_past(told)
    losing = a_copy(told)
    sent = {address: len(told.sent_to(address)) for address in (ANIA, FIRST, SECOND)}
    losing.lose(items_of(losing.live))
    losing.restore()
    told.days(5)
    assert {address: len(told.sent_to(address)) for address in sent} == sent
    celinas = [mail.delivery.text for mail in told.mails_to("celina@poczta.example")]
    assert len(celinas) == len(set(celinas)) == 2


def test_a_cart_that_came_again_after_its_item_was_lost_is_still_ordered(told: Story) -> None:
    a_past(told)
    losing = a_copy(told)
    losing.lose(items_of(losing.live))
    told.checkout("c1", id="ania", email=ANIA, total="60.00")
    told.checkout("c3", email=SECOND)
    losing.restore()
    cart = open_store().carts.get(told.shop.id, told.id_of("c1"))
    assert cart and cart.ordered
    sent = len(told.sent_to(ANIA)), len(told.sent_to(SECOND))
    told.days(5)
    assert (len(told.sent_to(ANIA)), len(told.sent_to(SECOND))) == sent


def test_an_opt_out_is_known_again_whatever_was_heard_meanwhile(told: Story) -> None:
    a_past(told)
    losing = a_copy(told)
    losing.lose(items_of(losing.live))
    told.order("o9", email=SECOND)  # the address is known again, and its opt-out is not
    assert not noes_of(told, SECOND)
    losing.restore()
    assert noes_of(told, SECOND)


def noes_of(told: Story, email: str) -> list[Consent]:
    (name,) = identifiers_of(told.shop.id, Contact(email=email)).values()
    known = open_store().customers.read_as_it_is(told.shop.id, name)
    return known.noes(Channel.EMAIL)


def test_balances_add_up_with_orders_from_before_and_after_the_copy(told: Story) -> None:
    a_past(told)
    losing = a_copy(told)
    a_future(told)
    points = {id_: points_of(told, id=id_) for id_ in ("ania", "ela")}
    assert points == {"ania": 160, "ela": 80}
    owners = {place for place in items_of(losing.live) if place[1] == "ACCOUNT"}
    losing.lose(owners)
    assert points_of(told, id="ania") == 0
    losing.restore()
    assert {id_: points_of(told, id=id_) for id_ in points} == points
    told.order("o6", id="ania", email=ANIA, total="5.00")
    assert points_of(told, id="ania") == 165


def test_whatever_is_lost_of_an_order_it_counts_once_when_it_is_told_again(told: Story) -> None:
    """Each of the items that an order writes, alone and together with any other."""
    told.checkout("c1", email=FIRST)
    losing = a_copy(told)
    told.order("o1", cart="c1", email=FIRST, total="40.00")
    whole = items_of(losing.live)
    kinds = {Kind.STATE, Kind.ACCOUNT, Kind.ORDER, Kind.POSTING}
    written = [place for place in whole if kind_of(whole[place]) in kinds]
    assert len(written) == 4
    order = told.orders["o1"]
    for number in range(1, 5):
        for lost in combinations(written, number):
            for item in whole.values():
                losing.live.put(item)
            losing.lose(lost)
            losing.restore()
            told.tell(*told.bodies.order(order, order.placed))
            assert points_of(told, email=FIRST) == 40, lost


def test_an_account_that_began_again_gets_what_it_had(told: Story) -> None:
    a_past(told)
    losing = a_copy(told)
    losing.lose(items_of(losing.live))
    told.record("ania", email=ANIA)
    told.order("o5", id="ania", email=ANIA, total="40.00")
    assert points_of(told, id="ania") == 40
    losing.restore()
    assert points_of(told, id="ania") == 160


def test_a_refund_of_a_lost_order_takes_back_what_the_order_gave(told: Story) -> None:
    """The refund came while the order was lost."""
    a_past(told)
    losing = a_copy(told)
    losing.lose(items_of(losing.live))
    told.say("refund.created", order_id=told.id_of("o1"), refund_id="r1", amount="100.00")
    losing.restore()
    assert points_of(told, id="ania") == 20


def test_nobody_erased_since_comes_back(told: Story) -> None:
    told.checkout("c8", id="bogna", email=GONE)
    a_past(told)
    losing = a_copy(told)
    a_future(told)
    marks = {place for place in items_of(losing.live) if place[1] in {"WHO", "CART"}}
    losing.lose(items_of(losing.live).keys() - marks)
    assert GONE in str(items_of(losing.copy))
    counted = losing.restore()
    assert GONE not in str(items_of(losing.live))
    assert points_of(told, id="bogna") == 0
    assert counted[Kind.ORDER, Verdict.ERASED] and counted[Kind.ACCOUNT, Verdict.ERASED]
    sent = len(told.sent_to(GONE))
    told.days(5)
    assert len(told.sent_to(GONE)) == sent


def test_an_opt_out_outlives_an_erasure_and_the_loss_of_its_mark(
    told: Story, archive_keys: ArchiveKeys
) -> None:
    a_past(told)
    losing = a_copy(told, archive_keys)
    open_store().erasure.archive_keys = archive_keys
    open_store().erasure.erase(told.shop.id, Contact(email=SECOND), told.now)
    losing.lose(items_of(losing.live))
    counted = losing.restore()
    assert not [item for item in items_of(losing.live).values() if SECOND in str(item)]
    assert noes_of(told, SECOND)
    assert counted[Kind.WHO, Verdict.ERASED_AGAIN] and counted[Kind.CART, Verdict.ERASED_AGAIN]
    again = losing.restore()
    assert not {verdict for _, verdict in again} & WRITES


def test_somebody_erased_before_the_copy_stays_erased(told: Story) -> None:
    a_past(told)
    losing = a_copy(told)
    losing.lose(items_of(losing.live))
    losing.restore()
    assert STRANGER not in str(items_of(losing.live))


def test_a_copy_of_another_stack_s_table_is_refused(
    told: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wracaj import keyed_hashes

    a_past(told)
    losing = a_copy(told)
    losing.lose(items_of(losing.live))
    monkeypatch.setattr(keyed_hashes, "_key", lambda: b"another" * 9)
    with pytest.raises(AnotherKeyError):
        losing.restore()
    assert not [one for one in items_of(losing.live) if one[1] == "WHO"]


def test_a_shop_that_was_removed_does_not_come_back(told: Story) -> None:
    a_past(told)
    losing = a_copy(told)
    losing.lose(items_of(losing.live))
    elsewhere = replace(losing, story=a_shop_beside(told))
    counted = elsewhere.restore()
    assert items_of(losing.live) == {}
    assert {verdict for _, verdict in counted} == {Verdict.SHOP_GONE}


def a_shop_beside(told: Story) -> Story:
    settings = told.shop.settings.model_copy(update={"shop": "another"})
    return replace(told, shop=told.shop.model_copy(update={"settings": settings}))
