"""A reward as a row of the archive, as it stands after a change, and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wracaj.archive.rows import Row, RowKind
from wracaj.loyalty.grants import Grant


def grant_row(shop: str, owner: str, grant: Grant, at: datetime) -> Row:
    """`owner`: the identifier that it was given to, under whose key all of it is sealed."""
    told = grant.model_dump(mode="json", exclude_defaults=True)
    return Row(RowKind.GRANT, shop, at, {"owner": owner}, {owner: {"grant": told}})


def grant_of_line(line: Mapping[str, Any]) -> Grant:
    """Return the reward of a line whose sealed fields were opened."""
    return Grant.model_validate(line["grant"])
