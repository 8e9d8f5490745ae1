"""A cart's item that two tables have: what both come to."""

from datetime import timedelta
from typing import Any

import pytest

from support.builders import HOUR, NOON
from wracaj.clock import timestamp
from wracaj.store.forgotten_carts import forgotten_until
from wracaj.store.restoring.cart_items import joined_cart
from wracaj.store.subject_items import cart_from
from wracaj.store.table import Item
from wracaj.timelines.long_waits import LongWait

ERASED_AT = NOON
BEFORE, AFTER = (f"{timestamp(NOON + hours * HOUR)}##abc" for hours in (-1, 1))


def an_item(revision: int, **told: Any) -> Item:
    return {"shop": "s", "cart_id": "c", "item_count": 0, "revision": revision, **told}


def waiting(part: int, episode: int = 1) -> Item:
    wait = LongWait(
        episode=episode,
        part=part,
        at=NOON + timedelta(days=part),
        timeline="win_back",
        version="v",
        coming=("a",),
        timings={},
    )
    kept = {"long_wait": wait.model_dump_json(), "long_wait_number": wait.number}
    return kept | {"episode": episode}


def reported(version: str, **told: Any) -> Item:
    """A cart with content and an address, both as of this version."""
    facts = {"content": "{}", "email": f"{version}@example.com"}
    versions = {f"v_{name}": version for name in facts}
    at = {"version": version, "created_at": version.partition("#")[0], "expires_at": 9}
    return facts | versions | at | {"item_count": 1} | told


def erased(revision: int, **told: Any) -> Item:
    mark = {"erased": True, "forgotten": forgotten_until(ERASED_AT), "expires_at": 8}
    return an_item(revision, **mark, **told)


@pytest.mark.parametrize("revision", [2, 9])
def test_an_episode_comes_back_with_its_long_wait(revision: int) -> None:
    both = joined_cart(an_item(5), an_item(revision, **waiting(2)))
    assert (both["episode"], both["long_wait_number"]) == (1, 1002)
    assert LongWait.model_validate_json(both["long_wait"]).part == 2


@pytest.mark.parametrize("revisions", [(2, 9), (9, 2)])
@pytest.mark.parametrize("parts", [(1, 2), (2, 1)])
def test_the_later_long_wait_counts(revisions: tuple[int, int], parts: tuple[int, int]) -> None:
    """The name of the execution of an earlier one is taken."""
    live, old = (an_item(r, **waiting(part)) for r, part in zip(revisions, parts, strict=True))
    both = joined_cart(live, old)
    assert both["long_wait_number"] == 1002
    assert LongWait.model_validate_json(both["long_wait"]).number == 1002


def test_a_long_wait_of_a_newer_episode_stays() -> None:
    both = joined_cart(an_item(2, **waiting(1, episode=2)), an_item(9, **waiting(4)))
    assert (both["episode"], both["long_wait_number"]) == (2, 2001)


@pytest.mark.parametrize("revision", [2, 9])
def test_an_erasure_that_only_the_copy_knows_stands(revision: int) -> None:
    """The mark was lost, and a late webhook made a new item of what was erased."""
    live = an_item(6, **reported(BEFORE, customer_id="e-1", orders={BEFORE}), episode=3)
    both = joined_cart(live, erased(revision, episode=1))
    assert both["erased"] and both["forgotten"] == forgotten_until(ERASED_AT)
    assert not {"email", "content", "customer_id", "orders"} & both.keys()
    assert (both["episode"], both["expires_at"]) == (3, 9)  # this number is used, too


def test_an_order_after_the_erasure_counts() -> None:
    both = joined_cart(an_item(1, orders={BEFORE, AFTER}), erased(5))
    assert both["erased"] and both["orders"] == {AFTER}


@pytest.mark.parametrize("revision", [2, 9])
def test_what_was_reported_after_the_erasure_stays(revision: int) -> None:
    told = {"phone": "+48600100200", "v_phone": BEFORE, "stopped_at": BEFORE[:27]}
    live = an_item(6, **reported(AFTER, created_at=BEFORE[:27], **told), episode=1)
    both = joined_cart(live, erased(revision, episode=1, orders={BEFORE, AFTER}))
    assert both["email"] == f"{AFTER}@example.com"
    assert not {"erased", "phone", "v_phone", "stopped_at", "episode"} & both.keys()
    assert both["forgotten"] == forgotten_until(ERASED_AT)
    cart = cart_from(both)
    assert cart.created_at == NOON + HOUR
    assert cart.newest_episode == 2  # the first may have been used
    assert both.get("orders", set()) <= {AFTER}


def test_a_cart_that_began_anew_before_the_copy_keeps_only_what_is_newer() -> None:
    anew = an_item(7, **reported(AFTER), forgotten=forgotten_until(ERASED_AT), episodes_from=2)
    for live in (an_item(2, **reported(BEFORE)), an_item(9, **reported(BEFORE))):
        both = joined_cart(live, anew)
        assert both["email"] == f"{AFTER}@example.com" and both["episodes_from"] == 2
    newest = f"{timestamp(NOON + 2 * HOUR)}##abc"
    live = an_item(2, **reported(newest, email="old@example.com", v_email=BEFORE))
    both = joined_cart(live, anew)
    assert (both["version"], both["email"]) == (newest, f"{AFTER}@example.com")
    assert both["episodes_from"] == 2


def test_views_of_an_erased_shopper_stay_erased() -> None:
    live = an_item(2, occasion="browse_reminder", views="[]", email="a@b.pl", version=AFTER)
    both = joined_cart(live, erased(5, occasion="browse_reminder"))
    assert both["erased"] and not {"views", "email"} & both.keys()


def test_the_later_of_two_erasures_counts() -> None:
    earlier = forgotten_until(NOON - HOUR)
    live = an_item(2, erased=True, forgotten=earlier, expires_at=8)
    assert joined_cart(live, erased(5))["forgotten"] == forgotten_until(ERASED_AT)
