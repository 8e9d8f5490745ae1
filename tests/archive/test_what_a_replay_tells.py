"""What `wracaj replay` tells of each row, and that it tells no more than happened."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from archive_replay.restoring import Restoring
from support.builders import NOON, some_settings
from wracaj.archive.rows import RowKind
from wracaj.clock import timestamp
from wracaj.store import Store
from wracaj_cli.archive.words import WORDS, sentence

LINE = {"shop": "kubek", "cart_id": "c1", "episode": 1, "step": "first_email"} | {
    "channel": "email",
    "address": "e-1",
    "mark": "delivered",
    "told_at": timestamp(NOON),
}
BOUNCED = {"mark": "bounced", "suppresses": "bounce", "as_old_as": timestamp(NOON)}


def of_a_report(line: dict[str, Any], *, is_known: bool = True) -> str:
    """Return what is told of a provider's report about a message."""
    store = SimpleNamespace(
        message_links=SimpleNamespace(target=lambda _: "a message" if is_known else None),
        delivery_events=SimpleNamespace(note=lambda *_: None),
        customers=SimpleNamespace(amend_one=lambda *_: None),
    )
    result = Restoring(cast(Store, store), some_settings()).delivery(line)
    return sentence(f"{RowKind.DELIVERY}_{result}")


def test_a_mail_that_arrived_is_not_told_as_an_address_that_is_suppressed() -> None:
    assert "suppressed" not in of_a_report(LINE)
    assert "change nothing" in of_a_report(LINE, is_known=False)
    assert "suppressed" in of_a_report(LINE | BOUNCED)


@pytest.mark.parametrize("kind", RowKind)
@pytest.mark.parametrize("came_of_it", ["erased", "failed"])
def test_what_may_come_of_any_row_is_a_sentence(kind: RowKind, came_of_it: str) -> None:
    told = sentence(f"{kind}_{came_of_it}")
    assert ":" in told and "_" not in told


@pytest.mark.parametrize("came_of_it", ["done", "known", "nothing"])
def test_a_long_wait_is_told_in_words(came_of_it: str) -> None:
    assert f"{RowKind.LONG_WAIT}_{came_of_it}" in WORDS
