"""What a reader agreed to on our own pages, and the question that asks to confirm an opt-in, as a
row of the archive, and back."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime

from wracaj.archive.rows import Row, RowKind
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent
from wracaj.events import Frozen


class Given(StrEnum):
    """By whom, and whether it counts already."""

    BY_READER = "by_reader"  # of the address
    BY_ACCOUNT = "by_account"  # for an address in the account's record
    ASKED = "asked"  # it waits for a click in the message that asks to confirm it
    CONFIRMED = "confirmed"  # by that click


class OptIn(Frozen):
    """`name`: the identifier of the address. `to`: the address; it is sealed. `account`: that gave
    it. `wording`: the text that was shown. `asked_at`: when the question to confirm it was asked.
    `pending`: the opt-in that was confirmed."""

    given: Given
    name: str
    channel: Channel
    word: Consent
    to: str
    account: str | None = None
    locale: str | None = None
    wording: str | None = None
    asked_at: AwareDatetime | None = None
    pending: Consent | None = None


def opt_in_row(shop: str, told: OptIn, at: datetime) -> Row:
    body = told.model_dump(mode="json", exclude_defaults=True, exclude={"to", "name"})
    return Row(
        RowKind.OPT_IN, shop, at, body | {"address": told.name}, {told.name: {"to": told.to}}
    )


def opt_in_of(line: Mapping[str, Any]) -> OptIn:
    """Return the opt-in of a line whose sealed fields were opened."""
    told = {name: line[name] for name in OptIn.model_fields if name in line}
    return OptIn(name=line["address"], **told)
