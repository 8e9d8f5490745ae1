"""Calls to Meta's Graph API."""

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

from wracaj.errors import NotTakenError, OutcomeUnknownError, WracajError
from wracaj.outgoing.http import exchange

SECONDS_TO_ANSWER = 12.0  # including the connection
INVALID_TOKEN = 190
# 80000 and the next few are limits of one business use case each. The last two are those of
# audiences and of Messenger. https://developers.facebook.com/docs/graph-api/overview/rate-limiting
TOO_MANY = frozenset({4, 17, 32, 613, *range(80000, 80010), 80014})


class GraphError(WracajError):
    """Meta answered with an error. The text contains neither the token nor the people of the
    call."""

    def __init__(self, status: int, code: int | None = None, subcode: int | None = None) -> None:
        super().__init__(
            f"Meta answered {status}, error"
            f" {code or 'unknown'}{f', subcode {subcode}' if subcode else ''}"
        )
        self.status, self.code, self.subcode = status, code, subcode

    @property
    def is_too_many(self) -> bool:
        return self.code in TOO_MANY or (self.code is None and self.status == 429)


def call(
    method: str, url: str, token: str | None, app_secret: str | None, body: bytes, content_type: str
) -> dict[str, Any]:
    """Return Meta's answer. Raises GraphError; NotTakenError where nothing was sent;
    OutcomeUnknownError where no answer came."""
    if not token:
        raise NotTakenError("the shop's token for Meta is missing; put it with `wracaj shop put`")
    headers = {"authorization": f"Bearer {token}", "content-type": content_type}
    answer = exchange(
        method,
        f"{url}?{urlencode(proof(token, app_secret))}".rstrip("?"),
        headers,
        body,
        SECONDS_TO_ANSWER,
    )
    return _read(answer.status, answer.body)


def proof(token: str, app_secret: str | None) -> dict[str, str]:
    """Prove that the app which got the token uses it. In an app that requires this proof, a stolen
    token is useless. https://developers.facebook.com/docs/graph-api/securing-requests"""
    if not app_secret:
        return {}
    return {
        "appsecret_proof": hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    }


def _read(status: int, answer: bytes) -> dict[str, Any]:
    try:
        told = json.loads(answer)
    except ValueError:
        told = None
    error = told.get("error") if isinstance(told, dict) else None
    if isinstance(error, dict):
        raise GraphError(status, _number(error.get("code")), _number(error.get("error_subcode")))
    if status != 200:
        raise GraphError(status)
    if not isinstance(told, dict):
        raise OutcomeUnknownError("an answer that is none")
    return told


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
