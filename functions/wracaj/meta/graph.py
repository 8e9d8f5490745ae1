"""Calls to Meta's Graph API. Only imported when a call is made: urllib3 takes its time to load."""

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

import urllib3

from wracaj.errors import NotTakenError, OutcomeUnknownError, WracajError

SECONDS_TO_CONNECT, SECONDS_TO_ANSWER = 2.0, 10.0
LONGEST_ANSWER = 65_536
# Raised before a byte of the request was written.
BEFORE_SENDING = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
INVALID_TOKEN = 190
# 80000 and the next few are limits of one business use case each, the last two of audiences and of Messenger.
# https://developers.facebook.com/docs/graph-api/overview/rate-limiting
TOO_MANY = frozenset({4, 17, 32, 613, *range(80000, 80010), 80014})


class GraphError(WracajError):
    """Meta answered, and the answer is no. Its text shows neither the token nor whom the call was about."""

    def __init__(self, status: int, code: int | None = None, subcode: int | None = None) -> None:
        super().__init__(f"Meta answered {status}, error {code or 'unknown'}{f', subcode {subcode}' if subcode else ''}")
        self.status, self.code, self.subcode = status, code, subcode

    @property
    def is_too_many(self) -> bool:
        return self.code in TOO_MANY or (self.code is None and self.status == 429)


def call(method: str, url: str, token: str | None, app_secret: str | None, body: bytes, content_type: str) -> dict[str, Any]:
    """Meta's answer. Raises GraphError; NotTakenError where nothing was sent, OutcomeUnknownError where no answer came."""
    if not token:
        raise NotTakenError("the shop's token for Meta is missing; put it with `wracaj shop put`")
    headers = {"authorization": f"Bearer {token}", "content-type": content_type}
    try:
        status, answer = _exchange(method, f"{url}?{urlencode(proof(token, app_secret))}".rstrip("?"), headers, body)
    except (*BEFORE_SENDING, ValueError) as error:  # ValueError: a token that no header can hold; its text shows it
        raise NotTakenError(type(error).__name__) from None
    except urllib3.exceptions.HTTPError as error:
        raise OutcomeUnknownError(type(error).__name__) from None
    return _read(status, answer)


def proof(token: str, app_secret: str | None) -> dict[str, str]:
    """That the token is used by the app it was given to: without it, a stolen one is of no use where the app asks for this.
    https://developers.facebook.com/docs/graph-api/securing-requests"""
    if not app_secret:
        return {}
    return {"appsecret_proof": hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()}


def _exchange(method: str, url: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
    """On a connection of its own: a kept one dies while Lambda sleeps, and nobody could tell whether the message was taken."""
    timeout = urllib3.Timeout(connect=SECONDS_TO_CONNECT, read=SECONDS_TO_ANSWER)
    with urllib3.PoolManager(timeout=timeout, retries=False) as pool:
        response = pool.request(method, url, body=body, headers=headers, redirect=False, preload_content=False)
        try:
            return response.status, response.read(LONGEST_ANSWER)
        finally:
            response.close()


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
