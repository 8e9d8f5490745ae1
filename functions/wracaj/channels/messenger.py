"""Messenger through Meta's Send API. Only within 24 hours after the shopper's own message, and
never with a tag.

https://developers.facebook.com/docs/messenger-platform/reference/send-api
"""

import json
from typing import Any

from wracaj.aws.observability import count
from wracaj.channels import OutgoingMessage
from wracaj.errors import (
    AddressGoneError,
    NotTakenError,
    OutcomeUnknownError,
    RefusedError,
    WindowClosedError,
)
from wracaj.outgoing.meta_graph import INVALID_TOKEN, GraphError, call
from wracaj.text.wording import shorten

LONGEST_TEXT, LONGEST_BUTTON = 640, 20  # of a button template

# https://developers.facebook.com/docs/messenger-platform/error-codes
OUTSIDE_THE_WINDOW = {(10, 2018278), (10, 2018065)}  # the second in older versions of the API
NOBODY = {(100, 2018001)}  # "No matching user found"
NOT_THIS_PERSON = {(200, 1545041)}  # blocked the page, perhaps only for a time
NOT_AVAILABLE = 551
TRY_LATER = {1200}  # "Temporary send message failure. Please try again later."
# "An unknown error occurred": Meta documents that such a message may have been sent all the same.
NOBODY_KNOWS = {1, 2}
WRONG_MESSAGE = {100}
# About the app or the page: a missing permission, or a page that Meta has blocked for a time.
OURS_TO_MEND = {10, 200, 230, 368, INVALID_TOKEN}


def send(message: OutgoingMessage) -> str:
    page, secrets = message.shop.settings.messenger, message.shop.secrets
    if page is None:
        raise RefusedError("the shop has no page on Messenger any more")
    body = json.dumps(_body(message), ensure_ascii=False).encode()
    url = f"{page.address}/{page.page_id}/messages"
    try:
        answer = call("POST", url, secrets.page_token, secrets.app_secret, body, "application/json")
    except GraphError as error:
        raise _told_apart(error) from None
    if not isinstance(answer.get("message_id"), str):
        raise OutcomeUnknownError("an answer without the message's id")
    return str(answer["message_id"])


def _body(message: OutgoingMessage) -> dict[str, Any]:
    button = {
        "type": "web_url",
        "url": message.recovery_link,
        "title": shorten(message.rendered.subject, LONGEST_BUTTON),
    }
    payload = {
        "template_type": "button",
        "text": shorten(message.rendered.text, LONGEST_TEXT),
        "buttons": [button],
    }
    return {
        "recipient": {"id": message.to},
        "messaging_type": "RESPONSE",
        "message": {"attachment": {"type": "template", "payload": payload}},
    }


def _told_apart(error: GraphError) -> Exception:
    what, text = (error.code, error.subcode), str(error)
    if what in OUTSIDE_THE_WINDOW:
        return WindowClosedError(text)
    if what in NOBODY:
        return AddressGoneError(text)
    if what in NOT_THIS_PERSON or error.code == NOT_AVAILABLE:
        return RefusedError(text)
    if error.is_too_many or error.code in TRY_LATER:
        return NotTakenError(text)
    if error.code in OURS_TO_MEND:
        count("MessengerNotAllowed")
        return NotTakenError(text)
    if error.code in NOBODY_KNOWS or error.status >= 500:
        return OutcomeUnknownError(text)
    return RefusedError(text) if error.code in WRONG_MESSAGE else NotTakenError(text)
