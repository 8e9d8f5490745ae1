"""Adds members to Meta's custom audiences and removes them, by hashes of their addresses. Both may
be repeated.

https://developers.facebook.com/docs/marketing-api/reference/custom-audience/users/
"""

import json
import secrets
from collections.abc import Sequence
from urllib.parse import urlencode

from wracaj.customers.audiences import Place
from wracaj.outgoing.meta_graph import call
from wracaj.settings.meta import AudienceSettings
from wracaj.settings.shop import Shop

MOST_AT_ONCE = 10_000
FORM = "application/x-www-form-urlencoded"


def tell(shop: Shop, places: Sequence[Place], *, joins: bool) -> int:
    """Send the joins or leaves of one audience, MOST_AT_ONCE at most. Return how many rows Meta
    calls invalid.

    Raises GraphError, NotTakenError or OutcomeUnknownError: then send the same again.
    """
    name, audience_id, *_ = places[0]
    # the settings may no longer have this audience, and its members can still leave it
    settings = shop.settings.audiences.get(name) or AudienceSettings(id=audience_id)
    rows = [(place.email, place.phone) for place in places]
    form = {"payload": json.dumps({"schema": ["EMAIL", "PHONE"], "data": rows})} | (
        _session(len(rows)) if joins else {}
    )
    url = f"{settings.address}/{audience_id}/users"
    tokens = shop.secrets
    answer = call(
        "POST" if joins else "DELETE",
        url,
        tokens.ads_token,
        tokens.app_secret,
        urlencode(form).encode(),
        FORM,
    )
    invalid = answer.get("num_invalid_entries", 0)
    return invalid if isinstance(invalid, int) else 0


def _session(count: int) -> dict[str, str]:
    """Each call is a session with one batch."""
    session = {
        "session_id": secrets.randbelow(2**62) + 1,
        "batch_seq": 1,
        "last_batch_flag": True,
        "estimated_num_total": count,
    }
    return {"session": json.dumps(session)}
